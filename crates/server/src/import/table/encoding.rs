//! In which encoding a file is.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a file is looked at: rows far down may be the first that are not ASCII.
const LOOK_AT: u64 = 64 << 20;
/// How much of it tells UTF-16 without a mark from other encodings.
const NULS_IN: usize = 4096;
/// So many sound characters outvote one that is broken.
const OUTVOTE: u64 = 16;

/// The encoding of a file, from its bytes: a byte order mark, sound UTF-8, the
/// zero bytes of UTF-16, or else what its letters look like.
pub(super) fn detect(file: impl Read) -> io::Result<&'static Encoding> {
    let mut file = file.take(LOOK_AT);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut utf8 = Utf8Count::default();
    let mut first = true;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = fill(&mut file, &mut buffer)?;
        let part = &buffer[..read];
        if std::mem::take(&mut first)
            && let Some(marked) = by_mark(part).or_else(|| by_nuls(part))
        {
            return Ok(marked);
        }
        utf8.count(part);
        detector.feed(part, read < buffer.len());
        if read < buffer.len() {
            break;
        }
    }
    // A row that is broken does not make another encoding of a whole file.
    if utf8.broken == 0 || utf8.sound > utf8.broken * OUTVOTE {
        return Ok(UTF_8);
    }
    let guess = detector.guess(None, Utf8Detection::Deny);
    // GB18030 has all that GBK has, and the rarer names.
    Ok(if guess == GBK { GB18030 } else { guess })
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

fn by_mark(head: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_bom(head).map(|(encoding, _)| encoding)
}

/// UTF-16 without a mark: every other byte of commas and digits is zero.
fn by_nuls(head: &[u8]) -> Option<&'static Encoding> {
    let head = &head[..head.len().min(NULS_IN)];
    let zeros = |odd: usize| {
        head.iter()
            .skip(odd)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let many = head.len() / 16;
    match (even > many, odd > many) {
        (true, false) if odd == 0 => Some(UTF_16BE),
        (false, true) if even == 0 => Some(UTF_16LE),
        _ => None,
    }
}

/// Characters of more than one byte, over parts that may cut one in two.
#[derive(Default)]
struct Utf8Count {
    sound: u64,
    broken: u64,
    /// The beginning of a character that the last part ended in.
    cut: Vec<u8>,
}

impl Utf8Count {
    fn count(&mut self, part: &[u8]) {
        let joined;
        let mut rest = if self.cut.is_empty() {
            part
        } else {
            joined = [std::mem::take(&mut self.cut).as_slice(), part].concat();
            &joined[..]
        };
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.sound += long_characters(text);
                    return;
                }
                Err(error) => {
                    let (sound, after) = rest.split_at(error.valid_up_to());
                    self.sound += long_characters(std::str::from_utf8(sound).unwrap_or_default());
                    let Some(length) = error.error_len() else {
                        self.cut = after.to_vec();
                        return;
                    };
                    self.broken += 1;
                    rest = &after[length..];
                }
            }
        }
    }
}

fn long_characters(text: &str) -> u64 {
    text.chars().filter(|c| !c.is_ascii()).count() as u64
}
