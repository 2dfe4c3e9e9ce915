//! What a file that somebody attaches is, and without what tells of camera,
//! place and person: such data is dropped before the file is kept.
//!
//! Of a photograph only its orientation stays, so that it is shown upright.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Field, In, Reader, Tag, Value};
use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;
use img_parts::{Bytes, ImageEXIF};
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::FileKind;

/// Parts of a PNG that say how to show it (W3C PNG, 11.2 and 11.3.1–11.3.2).
const SHOWN: [&[u8; 4]; 12] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT",
    b"bKGD", b"pHYs",
];

/// The file without what tells of camera, place and person.
///
/// # Errors
/// A refusal when the bytes are not of that kind.
pub fn cleaned(kind: FileKind, bytes: Bytes) -> Result<Vec<u8>, Refusal> {
    match kind {
        FileKind::Jpeg => jpeg(bytes),
        FileKind::Png => png(bytes),
        FileKind::Pdf if bytes.starts_with(b"%PDF-") => Some(bytes.to_vec()),
        FileKind::Pdf => None,
    }
    .ok_or_else(|| not_of(kind))
}

/// The kind that a media type stands for.
///
/// # Errors
/// A refusal that names those that can be attached.
pub fn kind_of(media_type: &str) -> Result<FileKind, Refusal> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let mut kinds = FileKind::ALL.into_iter();
    kinds
        .find(|kind| kind.media_type().eq_ignore_ascii_case(essence))
        .ok_or_else(|| {
            Refusal::new(
                RefusalKind::Invalid,
                "attach.kind",
                "只能上传 JPEG、PNG 图片和 PDF 文件",
                "photographs (JPEG), pictures (PNG) and PDF documents can be attached",
            )
            .at("Content-Type")
            .found(media_type)
            .allowing(FileKind::ALL.map(FileKind::media_type))
        })
}

fn not_of(kind: FileKind) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "attach.not-readable",
        "文件内容与所称类型不符，或已损坏",
        "the file is not of the kind it is said to be, or is damaged",
    )
    .at("file")
    .allowing([kind.media_type()])
}

fn jpeg(bytes: Bytes) -> Option<Vec<u8>> {
    let mut jpeg = Jpeg::from_bytes(bytes).ok()?;
    let turned = jpeg.exif().and_then(orientation);
    jpeg.segments_mut()
        .retain(|segment| match segment.marker() {
            // The colour profile and how the colours are coded change what is seen.
            markers::APP0 | markers::APP2 | markers::APP14 => {
                segment.marker() != markers::APP2 || segment.contents().starts_with(b"ICC_PROFILE")
            }
            markers::APP1 | markers::APP3..=markers::APP13 | markers::APP15 | markers::COM => false,
            _ => true,
        });
    if let Some(exif) = turned.and_then(exif_of) {
        jpeg.set_exif(Some(exif));
    }
    let scans = jpeg.segments().last().filter(|scan| scan.has_entropy())?;
    let scans = scans.len_with_entropy() - scans.len();
    let mut picture = jpeg.encoder().bytes().to_vec();
    // What follows the end of the picture is shown by nobody, and may be a whole
    // second photograph with its own data (CIPA DC-007). In the scans no other
    // bytes look like the end (ITU-T T.81, B.1.1.5).
    let begin = picture.len() - scans;
    let end = picture[begin..]
        .windows(2)
        .position(|pair| pair == [markers::P, markers::EOI])?;
    picture.truncate(begin + end + 2);
    Some(picture)
}

/// Which side is up, 2 to 8; `None` where the picture is upright as it is.
fn orientation(exif: Bytes) -> Option<u16> {
    let exif = Reader::new().read_raw(exif.to_vec()).ok()?;
    let field = exif.get_field(Tag::Orientation, In::PRIMARY)?;
    let turned = u16::try_from(field.value.get_uint(0)?).ok()?;
    (2..=8).contains(&turned).then_some(turned)
}

/// Exif data that holds the orientation and nothing else.
fn exif_of(turned: u16) -> Option<Bytes> {
    let field = Field {
        tag: Tag::Orientation,
        ifd_num: In::PRIMARY,
        value: Value::Short(vec![turned]),
    };
    let mut writer = Writer::new();
    writer.push_field(&field);
    let mut written = Cursor::new(Vec::new());
    writer.write(&mut written, false).ok()?;
    Some(written.into_inner().into())
}

fn png(bytes: Bytes) -> Option<Vec<u8>> {
    let mut png = Png::from_bytes(bytes).ok()?;
    png.chunks_mut()
        .retain(|chunk| SHOWN.contains(&&chunk.kind()));
    Some(png.encoder().bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use img_parts::jpeg::JpegSegment;

    use super::*;

    const EXIF: &[u8] = b"Exif\0\0";

    /// A photograph taken upside down, with all that a telephone puts into it.
    fn photograph() -> Vec<u8> {
        let mut jpeg = Vec::from([markers::P, markers::SOI]);
        let exif = exif_of(3).unwrap();
        let with_place = [EXIF, &exif, b"GPS 39.9 116.4"].concat();
        for (marker, contents) in [
            (markers::APP0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec()),
            (markers::APP1, with_place),
            (
                markers::APP1,
                b"http://ns.adobe.com/xap/1.0/\0<x>Wang</x>".to_vec(),
            ),
            (markers::APP2, b"ICC_PROFILE\0\x01\x01profile".to_vec()),
            (markers::APP2, b"MPF\0second".to_vec()),
            (markers::APP13, b"Photoshop 3.0\0caption".to_vec()),
            (markers::COM, b"Wang XM".to_vec()),
            (markers::DQT, vec![0; 65]),
        ] {
            let segment = JpegSegment::new_with_contents(marker, contents.into());
            jpeg.extend_from_slice(&segment.encoder().bytes());
        }
        jpeg.extend_from_slice(&[markers::P, markers::SOS, 0, 3, 1, 0x12, 0x34, markers::P, 0]);
        jpeg.extend_from_slice(&[markers::P, markers::EOI]);
        jpeg.extend_from_slice(b"\xff\xd8 a second photograph with GPS \xff\xd9");
        jpeg
    }

    fn holds(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn of_a_photograph_only_what_shows_it_is_left() {
        let before = photograph();
        let after = cleaned(FileKind::Jpeg, before.clone().into()).unwrap();
        for gone in [&b"GPS"[..], b"Wang", b"MPF", b"Photoshop", b"second"] {
            assert!(holds(&before, gone) && !holds(&after, gone), "{gone:?}");
        }
        for kept in [&b"JFIF"[..], b"ICC_PROFILE", &[0x12, 0x34, 0xff, 0]] {
            assert!(holds(&after, kept), "{kept:?}");
        }
        assert!(after.ends_with(&[markers::P, markers::EOI]));
        let jpeg = Jpeg::from_bytes(after.clone().into()).unwrap();
        assert_eq!(jpeg.exif().and_then(orientation), Some(3), "still upright");
        let again = cleaned(FileKind::Jpeg, after.clone().into()).unwrap();
        assert_eq!(again, after, "there is nothing more to clean");
    }

    #[test]
    fn what_is_damaged_or_something_else_is_refused_without_a_panic() {
        let whole = photograph();
        for end in 0..whole.len() {
            for kind in FileKind::ALL {
                // Some beginnings are whole; none may panic.
                let _ = cleaned(kind, whole[..end].to_vec().into());
            }
        }
        for kind in FileKind::ALL {
            let refusal = cleaned(kind, Bytes::from_static(b"<svg onload=x>")).unwrap_err();
            assert_eq!(refusal.code, "attach.not-readable");
            assert_eq!(kind_of(kind.media_type()), Ok(kind));
        }
        assert_eq!(kind_of("text/html").unwrap_err().code, "attach.kind");
    }
}
