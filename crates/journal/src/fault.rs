//! What a check of the record found wrong, and at which entry.

use std::fmt;

use yiwang_base::LocalText;

use crate::Error;

/// The first thing found wrong. `Display` is English, [`Fault::text`] both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Number of the first bad entry, or of the first that may be bad. `None`
    /// when the document as a whole is wrong.
    pub first: Option<u64>,
    /// Last entry that may be bad; equal to `first` when it is known exactly.
    pub last: Option<u64>,
    /// What is wrong.
    pub what: What,
}

/// The kinds of fault.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// The stored bytes no longer hash to the hash stored with them.
    Changed,
    /// The stored bytes are not an entry.
    Unreadable(Error),
    /// The entry is not there; the next one stored has number `found`.
    Missing {
        /// Number found in its place.
        found: u64,
    },
    /// The record ends before this entry, though a tile holds its hash.
    Dropped,
    /// An entry number came again or out of order.
    OutOfOrder {
        /// Number found in its place.
        found: u64,
    },
    /// The entries are not those a stored tile was made from.
    TileDiffers {
        /// Tile level.
        level: u8,
        /// Tile index.
        index: u64,
        /// Where the entry that the tile has here now stands, if nearby.
        moved_to: Option<u64>,
    },
    /// A stored tile cannot be read.
    TileMissing {
        /// Tile level.
        level: u8,
        /// Tile index.
        index: u64,
        /// Why.
        why: Error,
    },
    /// The entry has a seal, but neither its text nor a mark of erasure is stored.
    SealMissing,
    /// Sealed text or a mark of erasure is stored, but the entry has no seal.
    SealUnexpected,
    /// The sealed text, or its salt, is not the one the entry was made with.
    SealDiffers,
    /// Marked as erased, but no entry `by` says so.
    ErasedWithoutEntry {
        /// The entry that should say so.
        by: Option<u64>,
    },
    /// Entry `by` is to have erased it, but it is still there or not marked so.
    NotErased {
        /// That entry.
        by: u64,
    },
    /// A checkpoint cannot be read or is not signed by the log's key.
    CheckpointRefused {
        /// Its position among the checkpoints, from 1.
        number: usize,
        /// Why.
        why: Error,
    },
    /// The entries do not give the root that was signed.
    RootDiffers {
        /// Size of the checkpoint.
        size: u64,
    },
    /// A checkpoint was signed over more entries than there are.
    RolledBack {
        /// Entries there are.
        have: u64,
        /// Size of the checkpoint.
        signed: u64,
    },
    /// The document was made by another log than the reader trusts.
    KeyDiffers,
    /// The key in the document cannot be read.
    BadKey(Error),
    /// The inclusion proof does not lead to the signed root.
    ProofFails(Error),
    /// The entry concerns something else than the document claims.
    WrongSubject {
        /// What it concerns.
        found: String,
    },
    /// The document has no entry.
    Empty,
}

impl Fault {
    pub(crate) fn at(entry: u64, what: What) -> Self {
        Self::between(entry, entry, what)
    }

    pub(crate) fn between(first: u64, last: u64, what: What) -> Self {
        Self {
            first: Some(first),
            last: Some(last),
            what,
        }
    }

    pub(crate) fn whole(what: What) -> Self {
        Self {
            first: None,
            last: None,
            what,
        }
    }

    /// The sentence in Chinese and English.
    #[must_use]
    pub fn text(&self) -> LocalText {
        let place = match (self.first, self.last) {
            (Some(first), Some(last)) if first == last => format!("第 {first} 条:"),
            (Some(first), Some(last)) => format!("第 {first} 至 {last} 条之间:"),
            _ => String::new(),
        };
        LocalText::new(format!("{place}{}", self.what.zh()), self.to_string())
    }

    /// A word for programs: `changed`, `missing`, …
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.what {
            What::Changed => "changed",
            What::Unreadable(_) => "unreadable",
            What::Missing { .. } => "missing",
            What::Dropped => "dropped",
            What::OutOfOrder { .. } => "out-of-order",
            What::TileDiffers { .. } => "tile-differs",
            What::TileMissing { .. } => "tile-missing",
            What::SealMissing => "seal-missing",
            What::SealUnexpected => "seal-unexpected",
            What::SealDiffers => "seal-differs",
            What::ErasedWithoutEntry { .. } => "erased-without-entry",
            What::NotErased { .. } => "not-erased",
            What::CheckpointRefused { .. } => "checkpoint-refused",
            What::RootDiffers { .. } => "root-differs",
            What::RolledBack { .. } => "rolled-back",
            What::KeyDiffers => "key-differs",
            What::BadKey(_) => "bad-key",
            What::ProofFails(_) => "proof-fails",
            What::WrongSubject { .. } => "wrong-subject",
            What::Empty => "empty",
        }
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.last) {
            (Some(first), Some(last)) if first == last => write!(f, "entry {first}: ")?,
            (Some(first), Some(last)) => write!(f, "between entries {first} and {last}: ")?,
            _ => {}
        }
        self.what.fmt(f)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("its bytes were changed: they no longer give its hash"),
            Self::Unreadable(why) => write!(f, "its bytes cannot be read: {why}"),
            Self::Missing { found } => write!(f, "it is missing; entry {found} follows instead"),
            Self::Dropped => f.write_str("it is missing at the end, but the tiles hold its hash"),
            Self::OutOfOrder { found } => write!(f, "entry {found} stands in its place"),
            Self::TileDiffers {
                level,
                index,
                moved_to: None,
            } => write!(
                f,
                "changed, moved or replaced: tile {index} of level {level} was made from something else"
            ),
            Self::TileDiffers {
                level,
                index,
                moved_to: Some(to),
            } => write!(
                f,
                "moved: by tile {index} of level {level}, what now is entry {to} belongs here"
            ),
            Self::TileMissing { level, index, why } => {
                write!(f, "tile {index} of level {level} cannot be read: {why}")
            }
            Self::SealMissing => {
                f.write_str("its sealed text is gone, and nothing marks it as erased")
            }
            Self::SealUnexpected => {
                f.write_str("sealed text is stored for it, but it was made without a seal")
            }
            Self::SealDiffers => {
                f.write_str("its sealed text or salt was changed: they no longer give its seal")
            }
            Self::ErasedWithoutEntry { by: Some(by) } => {
                write!(f, "marked as erased by entry {by}, which does not say so")
            }
            Self::ErasedWithoutEntry { by: None } => {
                f.write_str("marked as erased, but no entry says so")
            }
            Self::NotErased { by } => {
                write!(f, "entry {by} was to erase it, but it is still there")
            }
            Self::CheckpointRefused { number, why } => {
                write!(f, "checkpoint number {number} is not valid: {why}")
            }
            Self::RootDiffers { size } => write!(
                f,
                "changed, dropped or moved: they do not give the root signed at size {size}"
            ),
            Self::RolledBack { have, signed } => write!(
                f,
                "missing at the end: {signed} entries were signed, {have} are there"
            ),
            Self::KeyDiffers => f.write_str("it was made by another log than the one you trust"),
            Self::BadKey(why) => write!(f, "its key cannot be read: {why}"),
            Self::ProofFails(why) => write!(f, "it is not in the signed record: {why}"),
            Self::WrongSubject { found } => write!(f, "it concerns {found}, not this case"),
            Self::Empty => f.write_str("it has no entry"),
        }
    }
}

impl What {
    fn zh(&self) -> String {
        match self {
            Self::Changed => "内容被改动，与其哈希不符".to_owned(),
            Self::Unreadable(why) => format!("内容无法读取：{}", why.zh()),
            Self::Missing { found } => format!("缺失，其后直接是第 {found} 条"),
            Self::Dropped => "末尾缺失，但哈希块中有它的哈希".to_owned(),
            Self::OutOfOrder { found } => format!("此处是第 {found} 条，顺序错乱"),
            Self::TileDiffers {
                level,
                index,
                moved_to: None,
            } => format!("被改动、移动或替换，与第 {level} 层第 {index} 块哈希不符"),
            Self::TileDiffers {
                level,
                index,
                moved_to: Some(to),
            } => format!("被移动：按第 {level} 层第 {index} 块，此处应是现在的第 {to} 条"),
            Self::TileMissing { level, index, why } => {
                format!("第 {level} 层第 {index} 块无法读取：{}", why.zh())
            }
            Self::SealMissing => "密封内容不见了，且没有删除标记".to_owned(),
            Self::SealUnexpected => "存有密封内容，但条目本身没有密封".to_owned(),
            Self::SealDiffers => "密封内容或盐被改动，与封印不符".to_owned(),
            Self::ErasedWithoutEntry { by: Some(by) } => {
                format!("标记为由第 {by} 条删除，但该条并未载明")
            }
            Self::ErasedWithoutEntry { by: None } => "标记为已删除，但没有条目载明".to_owned(),
            Self::NotErased { by } => format!("应由第 {by} 条删除，却仍在"),
            Self::CheckpointRefused { number, why } => {
                format!("第 {number} 个检查点无效：{}", why.zh())
            }
            Self::RootDiffers { size } => {
                format!("被改动、删除或移动，推不出 {size} 条时签名的根")
            }
            Self::RolledBack { have, signed } => {
                format!("末尾缺失：曾签名 {signed} 条，现有 {have} 条")
            }
            Self::KeyDiffers => "不是由您信任的日志出具".to_owned(),
            Self::BadKey(why) => format!("公钥无法读取：{}", why.zh()),
            Self::ProofFails(why) => format!("不在已签名的记录中：{}", why.zh()),
            Self::WrongSubject { found } => format!("涉及的是 {found}，不是本案"),
            Self::Empty => "没有任何条目".to_owned(),
        }
    }
}
