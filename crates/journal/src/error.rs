//! What can be wrong with journal material handed to this room.

use std::fmt;

use thiserror::Error;
use yiwang_base::LocalText;

/// A fixed phrase in both languages, for the inside of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// 简体中文.
    pub zh: &'static str,
}

impl Words {
    pub(crate) const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { en, zh }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.en)
    }
}

/// Why the journal refused something. `Display` is English, [`Error::text`] both.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// Canonical bytes longer than an entry bundle can hold.
    #[error(
        "the entry is {bytes} bytes long; at most {max} fit into the trail: keep long text sealed beside the entry",
        max = crate::MAX_ENTRY_BYTES
    )]
    EntryTooLarge {
        /// Length found.
        bytes: usize,
    },
    /// A number other programs cannot read back exactly.
    #[error(
        "the number {found} lies outside ±(2^53−1), where JSON readers agree on every digit: write it as a string"
    )]
    UnsafeNumber {
        /// The number as written.
        found: String,
    },
    /// Bytes that are not an entry.
    #[error("not a journal entry: {0}")]
    NotAnEntry(String),
    /// An entry whose bytes are not the one canonical form.
    #[error("the entry is not in canonical form (RFC 8785): differs from byte {at} on")]
    NotCanonical {
        /// First byte that differs.
        at: usize,
    },
    /// Text that is not a hash.
    #[error("not a hash: expected 64 hexadecimal digits (32 bytes), found {found} characters")]
    BadHash {
        /// Length of what was found.
        found: usize,
    },
    /// A path outside the C2SP tlog-tiles layout.
    #[error(
        "not a path of the trail: {0:?}; allowed are checkpoint, tile/<level>/<index>[.p/<width>] and tile/entries/<index>[.p/<width>]"
    )]
    BadPath(String),
    /// A damaged entry bundle.
    #[error("damaged entry bundle at byte {at}: {what}")]
    BadBundle {
        /// Offset of the damage.
        at: usize,
        /// What was expected there.
        what: Words,
    },
    /// Text that is not a usable key.
    #[error("not a verifier key ({0}): expected name+hash+base64 as in C2SP signed-note")]
    BadKey(String),
    /// Text that is not a usable signing key; it is not repeated here.
    #[error("not a signing key: expected PRIVATE+KEY+name+hash+base64 with a hash that agrees")]
    BadSigningKey,
    /// A name no key may carry.
    #[error("{0:?} cannot name a log: it must not be empty nor hold spaces, newlines or +")]
    BadOrigin(String),
    /// A note that cannot be read, or is not signed by the expected key.
    #[error("checkpoint refused: {0}")]
    BadCheckpoint(String),
    /// A proof file that cannot be read.
    #[error("not a tlog-proof at line {line}: expected {expected}")]
    BadProof {
        /// Line number from 1.
        line: usize,
        /// What should stand there.
        expected: Words,
    },
    /// A proof that proves something else.
    #[error("the proof does not lead to the root in the checkpoint")]
    ProofFails,
    /// An index or size outside the tree.
    #[error("{what} {found} lies outside the tree; at most {max} is allowed")]
    OutOfRange {
        /// What the number is.
        what: Words,
        /// The number.
        found: u64,
        /// The largest allowed.
        max: u64,
    },
    /// A tile shorter than the tree needs.
    #[error("tile {index} of level {level} has {found} hashes, {needed} are needed")]
    ShortTile {
        /// Tile level.
        level: u8,
        /// Tile index in its level.
        index: u64,
        /// Hashes found.
        found: usize,
        /// Hashes needed.
        needed: usize,
    },
    /// The caller's reader could not read.
    #[error("could not read the trail: {0}")]
    Read(String),
}

impl Error {
    /// The sentence in Chinese and English.
    #[must_use]
    pub fn text(&self) -> LocalText {
        LocalText::new(self.zh(), self.to_string())
    }

    pub(crate) fn zh(&self) -> String {
        match self {
            Self::EntryTooLarge { bytes } => format!(
                "条目长 {bytes} 字节，存证链每条最多 {} 字节：长文本请密封存放在条目旁",
                crate::MAX_ENTRY_BYTES
            ),
            Self::UnsafeNumber { found } => {
                format!("数字 {found} 超出 ±(2^53−1)，各程序读出的值可能不同：请写成字符串")
            }
            Self::NotAnEntry(why) => format!("不是日志条目：{why}"),
            Self::NotCanonical { at } => {
                format!("条目不是规范形式(RFC 8785)：从第 {at} 字节起不同")
            }
            Self::BadHash { found } => {
                format!("不是哈希值：应为 64 位十六进制(32 字节)，实有 {found} 个字符")
            }
            Self::BadPath(path) => format!(
                "不是存证链的路径：{path:?}；允许 checkpoint、tile/<层>/<序号>[.p/<宽>] 和 tile/entries/<序号>[.p/<宽>]"
            ),
            Self::BadBundle { at, what } => format!("条目包在第 {at} 字节处损坏：{}", what.zh),
            Self::BadKey(why) => {
                format!("不是验证公钥({why})：应为 C2SP signed-note 的 名称+哈希+base64")
            }
            Self::BadSigningKey => {
                "不是签名密钥：应为 PRIVATE+KEY+名称+哈希+base64，且哈希相符".to_owned()
            }
            Self::BadOrigin(name) => {
                format!("{name:?} 不能作日志名：不可为空，不可含空格、换行或 +")
            }
            Self::BadCheckpoint(why) => format!("检查点被拒：{why}"),
            Self::BadProof { line, expected } => {
                format!("第 {line} 行不是 tlog-proof：应为 {}", expected.zh)
            }
            Self::ProofFails => "证明推不出检查点里的根".to_owned(),
            Self::OutOfRange { what, found, max } => {
                format!("{} {found} 超出树的范围，最大为 {max}", what.zh)
            }
            Self::ShortTile {
                level,
                index,
                found,
                needed,
            } => format!("第 {level} 层第 {index} 块只有 {found} 个哈希，需要 {needed} 个"),
            Self::Read(why) => format!("读取存证链失败：{why}"),
        }
    }
}
