//! What can happen to a whistle.

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, CaseId, LocalText, Timestamp, UnitCode};

use super::{WhistleKind, WhistleSealed};
use crate::Actor;

/// A unit that is called, and by when it is to check in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Called {
    /// By when.
    pub check_in_by: Timestamp,
    /// The unit.
    pub unit: UnitCode,
}

/// A milestone (节点) as it was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// By when it is to be reached.
    pub due: Timestamp,
    /// What is reached with it, as it will stand in the record.
    pub title: String,
}

/// One thing that happened to a whistle. Holds nothing personal: words are in
/// [`WhistleSealed`]. Fields stand in alphabetical order, as canonical JSON wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WhistleEvent {
    /// Blown (吹哨). Sealed: what is asked for, and where.
    Blown {
        /// The area it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<AreaCode>,
        /// The unit that blew it; absent for the desk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UnitCode>,
        /// Units that are called.
        calls: Vec<Called>,
        /// The case it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<CaseId>,
        /// Its kind.
        kind: WhistleKind,
        /// Milestones of a campaign.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        milestones: Vec<Planned>,
    },
    /// One more unit is called, or one that refused is called again; why it is
    /// called again is the entry's grounds.
    UnitCalled(Called),
    /// A unit checked in (报到). Sealed: who, where and when.
    CheckedIn {
        /// After its deadline.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        late: bool,
        /// The unit.
        unit: UnitCode,
    },
    /// A unit will not come; why is the entry's grounds.
    CallRefused {
        /// Who is responsible, as the unit says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        responsible: Option<UnitCode>,
        /// The unit.
        unit: UnitCode,
    },
    /// A milestone was reached. Sealed: a note, if any.
    MilestoneReached {
        /// After it was due.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        late: bool,
        /// Its place in the plan, from 0.
        milestone: u32,
    },
    /// It was not reached after all; why is the entry's grounds.
    MilestoneReopened {
        /// Its place in the plan, from 0.
        milestone: u32,
    },
    /// The caller says that the work is done (确认). Sealed: a note, if any.
    Confirmed {},
    /// The caller scored a unit (考评). Sealed: a note, if any.
    UnitScored {
        /// 1 (very bad) to 5 (very good).
        score: u8,
        /// The unit.
        unit: UnitCode,
    },
    /// Over (销哨). Why it is closed all the same, where something was left
    /// open, is the entry's grounds.
    Closed {
        /// Units that had not come.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        absent: Vec<UnitCode>,
        /// Milestones that were not reached, by their places in the plan.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        open_milestones: Vec<u32>,
        /// The work was not confirmed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unconfirmed: bool,
    },
    /// Taken back before anybody came (撤哨); why is the entry's grounds.
    Withdrawn {},
    /// All that was sealed beside this whistle's entries was erased (依法删除).
    /// The legal ground is the entry's grounds.
    Erased {
        /// Numbers of the entries whose sealed part is gone.
        erases: Vec<u64>,
    },
}

macro_rules! events {
    ($($event:ident $word:literal $zh:literal $en:literal;)*) => {
        impl WhistleEvent {
            /// The words of all sorts of events.
            pub const WORDS: [&str; [$($word),*].len()] = [$($word),*];

            /// The word of the interface, `checked_in`.
            pub fn word(&self) -> &'static str {
                match self {
                    $(WhistleEvent::$event { .. } => $word,)*
                }
            }

            /// For readers, the name of the sort of event that a word stands for.
            pub fn name_of(word: &str) -> Option<LocalText> {
                match word {
                    $($word => Some(LocalText::new($zh, $en)),)*
                    _ => None,
                }
            }
        }
    };
}

events! {
    Blown "blown" "吹哨" "blown";
    UnitCalled "unit_called" "增叫单位" "unit called";
    CheckedIn "checked_in" "报到" "checked in";
    CallRefused "call_refused" "拒绝报到" "call refused";
    MilestoneReached "milestone_reached" "节点完成" "milestone reached";
    MilestoneReopened "milestone_reopened" "节点恢复" "milestone opened again";
    Confirmed "confirmed" "确认完成" "confirmed";
    UnitScored "unit_scored" "考评" "unit scored";
    Closed "closed" "销哨" "closed";
    Withdrawn "withdrawn" "撤哨" "withdrawn";
    Erased "erased" "依法删除" "erased";
}

/// An event with its circumstances.
#[derive(Debug, Clone, PartialEq)]
pub struct WhistleHappening {
    /// When it happened.
    pub at: Timestamp,
    /// Who caused it.
    pub by: Actor,
    /// On what grounds.
    pub grounds: Option<String>,
    /// What happened.
    pub event: WhistleEvent,
    /// What is sealed beside it; `None` also when it was erased.
    pub sealed: Option<WhistleSealed>,
}
