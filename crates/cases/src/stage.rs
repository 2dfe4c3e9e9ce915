//! Where a case stands.

use serde::{Deserialize, Serialize};
use yiwang_base::LocalText;

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 待受理.
    Submitted,
    /// 待派单.
    Accepted,
    /// 已派单,待处置.
    Dispatched,
    /// 处置中.
    InProgress,
    /// 已反馈,待核查.
    Reported,
    /// 核查通过,待结案.
    Verified,
    /// 已结案.
    Closed,
    /// 不予受理.
    Declined,
    /// 已并案: it follows another case.
    Merged,
}

impl Stage {
    /// All of them, in the order of the road.
    pub const ALL: [Stage; 9] = [
        Stage::Submitted,
        Stage::Accepted,
        Stage::Dispatched,
        Stage::InProgress,
        Stage::Reported,
        Stage::Verified,
        Stage::Closed,
        Stage::Declined,
        Stage::Merged,
    ];

    /// Whether someone still has to act.
    pub fn is_open(self) -> bool {
        !matches!(self, Stage::Closed | Stage::Declined | Stage::Merged)
    }

    /// Whether a unit has it in hand.
    pub fn is_handled(self) -> bool {
        matches!(self, Stage::Dispatched | Stage::InProgress)
    }

    /// The word of the interface, `in_progress`.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Submitted => "submitted",
            Stage::Accepted => "accepted",
            Stage::Dispatched => "dispatched",
            Stage::InProgress => "in_progress",
            Stage::Reported => "reported",
            Stage::Verified => "verified",
            Stage::Closed => "closed",
            Stage::Declined => "declined",
            Stage::Merged => "merged",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        let (zh, en) = match self {
            Stage::Submitted => ("待受理", "submitted"),
            Stage::Accepted => ("待派单", "accepted"),
            Stage::Dispatched => ("待处置", "dispatched"),
            Stage::InProgress => ("处置中", "in progress"),
            Stage::Reported => ("待核查", "reported back"),
            Stage::Verified => ("待结案", "verified"),
            Stage::Closed => ("已结案", "closed"),
            Stage::Declined => ("不予受理", "declined"),
            Stage::Merged => ("已并案", "merged"),
        };
        LocalText::new(zh, en)
    }
}
