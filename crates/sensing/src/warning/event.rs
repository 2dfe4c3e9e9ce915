//! What can happen to a warning, and what it says.

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, Colour, LocalText, Point, Timestamp, UserName};

/// Whether it is meant (CAP 1.2 `status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 实际.
    Actual,
    /// 演练.
    Exercise,
    /// 测试.
    Test,
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 3] = [Status::Actual, Status::Exercise, Status::Test];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Status::Actual => "actual",
            Status::Exercise => "exercise",
            Status::Test => "test",
        }
    }

    /// The word of CAP.
    pub fn cap(self) -> &'static str {
        match self {
            Status::Actual => "Actual",
            Status::Exercise => "Exercise",
            Status::Test => "Test",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        match self {
            Status::Actual => LocalText::new("实际", "actual"),
            Status::Exercise => LocalText::new("演练", "exercise"),
            Status::Test => LocalText::new("测试", "test"),
        }
    }
}

/// What a warning says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// For which areas.
    #[serde(default)]
    pub areas: Vec<AreaCode>,
    /// For where, in words.
    pub area_words: LocalText,
    /// How grave.
    pub colour: Colour,
    /// What is expected.
    pub description: LocalText,
    /// What it is about: `rainstorm`.
    pub event: String,
    /// What it is about, for readers: 暴雨.
    pub event_name: LocalText,
    /// Until when it holds.
    pub expires: Timestamp,
    /// What to do.
    pub instruction: LocalText,
    /// Outlines of where it is for, each closed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outlines: Vec<Vec<Point>>,
}

/// What sort of message (CAP 1.2 `msgType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// 发布.
    Alert,
    /// 变更.
    Update,
    /// 解除.
    Cancel,
}

impl MessageKind {
    /// The word of CAP.
    pub fn cap(self) -> &'static str {
        match self {
            MessageKind::Alert => "Alert",
            MessageKind::Update => "Update",
            MessageKind::Cancel => "Cancel",
        }
    }
}

/// One thing that happened to a warning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WarningEvent {
    /// Drafted (拟稿). On what grounds, is the entry's grounds.
    Drafted {
        /// The alert that it comes of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alert: Option<u64>,
        /// What it says.
        content: Content,
        /// Whether it is meant.
        status: Status,
    },
    /// Written anew before it was issued; an approval is lost by it (改稿).
    Revised {
        /// What it says.
        content: Content,
    },
    /// Approved (审批).
    Approved {
        /// By whom.
        approver: UserName,
    },
    /// Issued (发布).
    Issued {
        /// The identifier of the message.
        identifier: String,
        /// Who says it.
        sender: String,
    },
    /// Updated (变更).
    Updated {
        /// Who approved it, above yellow.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approver: Option<UserName>,
        /// What it says now.
        content: Content,
        /// The identifier of the message.
        identifier: String,
    },
    /// Cancelled (解除); why is the entry's grounds.
    Cancelled {
        /// The identifier of the message; none for a draft.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identifier: Option<String>,
    },
    /// Its time is over (到期).
    Expired {},
}

macro_rules! events {
    ($($event:ident $word:literal $zh:literal $en:literal;)*) => {
        impl WarningEvent {
            /// The word of the interface.
            pub fn word(&self) -> &'static str {
                match self {
                    $(WarningEvent::$event { .. } => $word,)*
                }
            }

            /// Its name for readers.
            pub fn name(&self) -> LocalText {
                match self {
                    $(WarningEvent::$event { .. } => LocalText::new($zh, $en),)*
                }
            }
        }
    };
}

events! {
    Drafted "drafted" "拟稿" "drafted";
    Revised "revised" "改稿" "revised";
    Approved "approved" "审批" "approved";
    Issued "issued" "发布" "issued";
    Updated "updated" "变更" "updated";
    Cancelled "cancelled" "解除" "cancelled";
    Expired "expired" "到期" "expired";
}
