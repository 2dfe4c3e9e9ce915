//! Paths of the trail, and the entry bundles behind some of them
//! (C2SP tlog-tiles).

use std::fmt;
use std::str::FromStr;

use tlog_tiles::Tile;

use crate::{Error, MAX_ENTRY_BYTES, Words};

/// What a path under the trail's base asks for. `width` is 1–256, 256 being a
/// complete tile, which has no `.p/` part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrailPath {
    /// `checkpoint`: the latest signed checkpoint.
    Checkpoint,
    /// `tile/<level>/<index>[.p/<width>]`: hashes.
    Tile {
        /// Level 0–7.
        level: u8,
        /// Index in its level.
        index: u64,
        /// Hashes, 1–256.
        width: u16,
    },
    /// `tile/entries/<index>[.p/<width>]`: canonical entries.
    Entries {
        /// Index of the level-0 tile they belong to.
        index: u64,
        /// Entries, 1–256.
        width: u16,
    },
}

/// Levels a tree of at most 2^64 entries can have.
const MAX_LEVEL: u8 = 7;

impl fmt::Display for TrailPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (level, index, width, entries) = match *self {
            Self::Checkpoint => return f.write_str("checkpoint"),
            Self::Tile {
                level,
                index,
                width,
            } => (level, index, width, false),
            Self::Entries { index, width } => (0, index, width, true),
        };
        if level > MAX_LEVEL || !(1..=256).contains(&width) {
            return Err(fmt::Error);
        }
        // tlog_tiles writes Go's form, `tile/8/data/…`: take its number part,
        // which is the same, and put C2SP's beginning before it.
        let go = Tile::new(8, level, index, width.into(), entries).path();
        let number = go.splitn(4, '/').nth(3).ok_or(fmt::Error)?;
        if entries {
            write!(f, "tile/entries/{number}")
        } else {
            write!(f, "tile/{level}/{number}")
        }
    }
}

impl FromStr for TrailPath {
    type Err = Error;

    /// Strict: there is one spelling for each tile.
    fn from_str(path: &str) -> Result<Self, Error> {
        if path == "checkpoint" {
            return Ok(Self::Checkpoint);
        }
        let bad = || Error::BadPath(path.chars().take(80).collect());
        let (level, number) = path
            .strip_prefix("tile/")
            .and_then(|rest| rest.split_once('/'))
            .ok_or_else(bad)?;
        // from_path panics on levels above 63 and on a width of 0.
        let level_ok = level == "entries"
            || matches!(level.as_bytes(), [digit] if (b'0'..=b'0' + MAX_LEVEL).contains(digit));
        let width_ok = match number.split_once(".p/") {
            None => true,
            Some((_, width)) => {
                width.len() <= 3
                    && !width.starts_with('0')
                    && width.bytes().all(|b| b.is_ascii_digit())
            }
        };
        if !level_ok || !width_ok {
            return Err(bad());
        }
        let go_level = if level == "entries" { "data" } else { level };
        let tile = Tile::from_path(&format!("tile/8/{go_level}/{number}")).map_err(|_| bad())?;
        let width = u16::try_from(tile.width()).map_err(|_| bad())?;
        let index = tile.level_index();
        Ok(if tile.is_data() {
            Self::Entries { index, width }
        } else {
            Self::Tile {
                level: tile.level(),
                index,
                width,
            }
        })
    }
}

/// Packs canonical entries into a bundle: each behind its length as two bytes,
/// most significant first.
///
/// # Errors
/// [`Error::EntryTooLarge`] for an entry beyond [`MAX_ENTRY_BYTES`].
pub fn encode_bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, Error> {
    let mut bundle = Vec::new();
    for entry in entries {
        let length =
            u16::try_from(entry.len()).map_err(|_| Error::EntryTooLarge { bytes: entry.len() })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// Unpacks a bundle into the entries' bytes; at most 256.
///
/// # Errors
/// [`Error::BadBundle`] where it ends too early or holds too many.
pub fn decode_bundle(bundle: &[u8]) -> Result<Vec<&[u8]>, Error> {
    const _: () = assert!(MAX_ENTRY_BYTES == u16::MAX as usize);
    const TOO_MANY: Words = Words::new("最多 256 条", "a bundle holds at most 256 entries");
    const NO_LENGTH: Words = Words::new("缺两字节长度", "two bytes of length expected");
    const TOO_SHORT: Words = Words::new("内容短于所示长度", "it ends before the length it states");
    let mut entries = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let at = bundle.len() - rest.len();
        let damaged = |what| Error::BadBundle { at, what };
        if entries.len() == 256 {
            return Err(damaged(TOO_MANY));
        }
        let (length, tail) = rest.split_first_chunk().ok_or(damaged(NO_LENGTH))?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, tail) = tail.split_at_checked(length).ok_or(damaged(TOO_SHORT))?;
        entries.push(entry);
        rest = tail;
    }
    Ok(entries)
}
