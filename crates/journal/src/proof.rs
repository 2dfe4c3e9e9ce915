//! Receipts (存证回执): `tlog-proof@v1`, a proof of one entry as a text file
//! that needs no server to check (C2SP tlog-proof).

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::tiles::verify_inclusion;
use crate::{Checkpoint, Error, Hash, VerifierKey, Words, leaf_hash};

const HEADER: &str = "c2sp.org/tlog-proof@v1";
const BLANK_LINE: Words = Words::new("检查点前的空行", "a blank line before the checkpoint");
const EXTRA: Words = Words::new("extra 和 base64", "extra and base64");
const INDEX: Words = Words::new("index 和序号", "index and a number");
const HASH: Words = Words::new("base64 的 32 字节哈希", "a hash of 32 bytes in base64");

/// Proof that one entry is in the tree of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Anything the maker added. Nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// Number of the entry.
    pub index: u64,
    /// From the entry's sibling up to the root's child.
    pub hashes: Vec<Hash>,
    /// The signed note, verbatim.
    pub checkpoint: String,
}

impl TlogProof {
    /// Checks that `entry_bytes` is in the log of `key`, and returns under
    /// which checkpoint.
    ///
    /// # Errors
    /// [`Error::BadCheckpoint`], [`Error::OutOfRange`] or [`Error::ProofFails`].
    pub fn verify(&self, entry_bytes: &[u8], key: &VerifierKey) -> Result<Checkpoint, Error> {
        let checkpoint = key.open(&self.checkpoint)?;
        let leaf = leaf_hash(entry_bytes);
        verify_inclusion(
            &self.hashes,
            self.index,
            leaf,
            checkpoint.size,
            checkpoint.root,
        )?;
        Ok(checkpoint)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", BASE64_STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{}", BASE64_STANDARD.encode(hash.0))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = |line, expected| Error::BadProof { line, expected };
        let (head, checkpoint) = text.split_once("\n\n").ok_or(bad(1, BLANK_LINE))?;
        let mut lines = head.split('\n').zip(1..).peekable();
        if lines.next().is_none_or(|(line, _)| line != HEADER) {
            return Err(bad(1, Words::new(HEADER, HEADER)));
        }
        let extra = match lines.peek() {
            Some(&(line, number)) if line.starts_with("extra ") => {
                lines.next();
                let decoded = BASE64_STANDARD.decode(&line["extra ".len()..]);
                Some(decoded.map_err(|_| bad(number, EXTRA))?)
            }
            _ => None,
        };
        let (line, number) = lines.next().ok_or(bad(2, INDEX))?;
        let index = line
            .strip_prefix("index ")
            .and_then(|digits| Some((digits, digits.parse::<u64>().ok()?)))
            .filter(|(digits, index)| *digits == index.to_string())
            .map(|(_, index)| index)
            .ok_or(bad(number, INDEX))?;
        let hashes = lines
            .map(|(line, number)| {
                BASE64_STANDARD
                    .decode(line)
                    .ok()
                    .and_then(|bytes| Hash::from_slice(&bytes).ok())
                    .ok_or(bad(number, HASH))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint: checkpoint.to_owned(),
        })
    }
}
