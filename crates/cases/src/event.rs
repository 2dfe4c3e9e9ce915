//! What can happen to a case.

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, CategoryCode, Timestamp, UnitCode};

use crate::{
    Absorbed, Actor, Attached, Deadlines, DueSettled, Extended, ExtensionAsked, Joined,
    JoinedAnswered, Merged, PartReported, ProvisionalDue, Recalled, Redirected, Released,
    ResidentAsked, Resumed, Returned, Scored, Sealed, Shelved, Supervised, UnitAdded, UnitRemoved,
    Unmerged,
};

/// How a request came in (渠道).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 12345 热线.
    Hotline,
    /// The residents' pages.
    Web,
    /// A telephone app.
    App,
    /// 小程序.
    MiniProgram,
    /// A counter or an office.
    Counter,
    /// A grid worker (网格员) saw it.
    GridWorker,
    /// Another system.
    Partner,
    /// The city itself, before anyone complained (未诉先办).
    Proactive,
}

impl Channel {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Channel; 8] = [
        Channel::Hotline,
        Channel::Web,
        Channel::App,
        Channel::MiniProgram,
        Channel::Counter,
        Channel::GridWorker,
        Channel::Partner,
        Channel::Proactive,
    ];
}

/// Where an imported case comes from; importing the same twice adds nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRef {
    /// The case's number there.
    pub id: String,
    /// The system's name.
    pub system: String,
}

/// Why a request is declined (不予受理).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// Not for this city's units.
    OutsideRemit,
    /// It is before a court, in arbitration or under review.
    LegalProceedings,
    /// It cannot be understood or located, and nobody can be asked.
    NotEnoughDetail,
    /// Nothing is asked for.
    NoRequest,
    /// The law forbids what is asked.
    AgainstLaw,
}

impl DeclineReason {
    /// All of them.
    pub const ALL: [DeclineReason; 5] = [
        DeclineReason::OutsideRemit,
        DeclineReason::LegalProceedings,
        DeclineReason::NotEnoughDetail,
        DeclineReason::NoRequest,
        DeclineReason::AgainstLaw,
    ];
}

/// One thing that happened to a case. Holds nothing personal: words are in
/// [`Sealed`]. Fields stand in alphabetical order, as canonical JSON wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// A request came in (上报). Sealed: [`Sealed::Request`].
    Submitted {
        /// By when it is to be accepted or declined.
        accept_by: Timestamp,
        /// The area its point lies in, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<AreaCode>,
        /// What the sender says it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<CategoryCode>,
        /// How it came in.
        channel: Channel,
        /// Where it was imported from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<SourceRef>,
    },
    /// Taken on (受理).
    Accepted {
        /// The area it lies in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<AreaCode>,
        /// What it is about.
        category: CategoryCode,
        /// By when it is to be dispatched.
        dispatch_by: Timestamp,
    },
    /// Not taken on (不予受理). Sealed: a note to the resident.
    Declined {
        /// Why.
        reason: DeclineReason,
        /// Who is responsible, where that is nobody in this city: a body's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        responsible: Option<String>,
    },
    /// Sent to the unit that must act (派单). Sealed: a note, if any.
    Dispatched {
        /// Units that assist the lead (协办单位).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        assisting: Vec<UnitCode>,
        /// It goes to the district's unit because nobody else took it (区级兜底).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        backstop: bool,
        /// The duty is shared or unclear: whoever comes first leads (首接负责).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        first_receiver: bool,
        /// The unit's duty list does not name this; the reason is in `grounds`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        outside_duty: bool,
        /// By when the resident is to be resolved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resolve_by: Option<Timestamp>,
        /// By when the resident is to be contacted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        respond_by: Option<Timestamp>,
        /// The lead unit (主办单位).
        unit: UnitCode,
    },
    /// The unit contacted the resident and began (处置).
    Started {},
    /// The unit says it is done (反馈). Sealed: what was done.
    ReportedBack {
        /// Assisting units that had not reported; why is in `grounds`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        open_parts: Vec<UnitCode>,
        /// By when that is to be verified.
        verify_by: Timestamp,
    },
    /// Checked on site or by telephone (核查). Sealed: what was found.
    Verified {
        /// By when it is to be closed (passed) or done again (failed).
        by: Timestamp,
        /// Whether it is really done.
        pass: bool,
    },
    /// Closed (结案). Sealed: the reason, where it was not verified.
    Closed {
        /// Closed for a logged reason instead of a passed verification.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unverified: bool,
    },
    /// The resident was asked (回访). Sealed: what the resident said.
    CalledBack {
        /// Whether anybody answered.
        reached: bool,
        /// 1 (very dissatisfied) to 5 (very satisfied).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        satisfaction: Option<u8>,
        /// Whether the resident says it is solved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        solved: Option<bool>,
    },
    /// Opened again (重新办理). Sealed: why.
    Reopened {
        /// By when it is to be dispatched again.
        dispatch_by: Timestamp,
    },
    /// All that was sealed beside this case's entries was erased (依法删除).
    /// The legal ground is the entry's grounds.
    Erased {
        /// Numbers of the entries whose sealed part is gone.
        erases: Vec<u64>,
    },
    /// A unit gave it back (退单).
    Returned(Returned),
    /// The desk took it from its unit to send it to another (转派).
    Redirected(Redirected),
    /// The desk took a dispatch back before its unit began (撤回派单).
    Recalled(Recalled),
    /// A unit is to assist (增加协办单位).
    UnitAdded(UnitAdded),
    /// A unit assists no longer (撤去协办单位).
    UnitRemoved(UnitRemoved),
    /// An assisting unit's part is done (协办反馈).
    PartReported(PartReported),
    /// A deadline was counted without knowing all of its days (暂定时限).
    DueProvisional(ProvisionalDue),
    /// A provisional deadline was counted anew (时限核定).
    DueSettled(DueSettled),
    /// The lead unit asks for more time (申请延期).
    ExtensionAsked(ExtensionAsked),
    /// It may take longer (延期).
    Extended(Extended),
    /// It may not take longer (不同意延期). The reason is the entry's grounds.
    ExtensionRefused {},
    /// It is shelved until it can be done (挂账).
    Shelved(Shelved),
    /// The resident was asked for what is missing (请居民补充).
    ResidentAsked(ResidentAsked),
    /// The resident answered, and the clock runs again (居民补充).
    ResidentAnswered(Resumed),
    /// The clock runs again (恢复办理).
    Resumed(Resumed),
    /// It is under supervision (督办).
    Supervised(Supervised),
    /// The lead unit answered those who supervise (督办答复). Sealed: what was done.
    SupervisionAnswered {},
    /// It is under supervision no longer (解除督办). Sealed: why, if said.
    SupervisionReleased {},
    /// A unit's work was scored (考评).
    Scored(Scored),
    /// Somebody who works on it said something (批注). Sealed: what.
    Commented {},
    /// A file was attached (附件).
    Attached(Attached),
    /// The resident withdrew the request (撤诉). Sealed: why.
    Withdrawn {},
    /// Merged with another case as a duplicate (并案).
    Merged(Merged),
    /// Came out of the merge (撤销并案).
    Unmerged(Unmerged),
    /// Another case was merged with this one.
    Absorbed(Absorbed),
    /// A case that was merged with this one came out again.
    Released(Released),
    /// Somebody has the same trouble (同感). Sealed: [`Sealed::Joiner`].
    Joined(Joined),
    /// One who joined said whether it is solved. Sealed: a note, if any.
    JoinedAnswered(JoinedAnswered),
}

impl Event {
    /// The deadlines it sets. A new sort of event that sets one names it here,
    /// or nobody is told where it is provisional.
    pub(crate) fn deadlines(&self) -> Vec<Timestamp> {
        match self {
            Event::Submitted { accept_by: by, .. }
            | Event::Accepted {
                dispatch_by: by, ..
            }
            | Event::ReportedBack { verify_by: by, .. }
            | Event::Verified { by, .. }
            | Event::Reopened { dispatch_by: by }
            | Event::Returned(Returned {
                dispatch_by: by, ..
            })
            | Event::Recalled(Recalled {
                dispatch_by: by, ..
            }) => vec![*by],
            Event::Dispatched {
                respond_by,
                resolve_by,
                ..
            } => respond_by.iter().chain(resolve_by).copied().collect(),
            Event::ResidentAnswered(resumed) | Event::Resumed(resumed) => {
                let Resumed {
                    due_at,
                    resolve_by,
                    respond_by,
                } = resumed;
                let all = due_at.iter().chain(resolve_by).chain(respond_by);
                all.copied().collect()
            }
            Event::ResidentAsked(asked) => vec![asked.answer_by],
            Event::Declined { .. }
            | Event::Started {}
            | Event::Closed { .. }
            | Event::CalledBack { .. }
            | Event::Erased { .. }
            | Event::Redirected(_)
            | Event::UnitAdded(_)
            | Event::UnitRemoved(_)
            | Event::PartReported(_)
            | Event::DueProvisional(_)
            | Event::DueSettled(_)
            // Dates that somebody chose are counted by no calendar.
            | Event::ExtensionAsked(_)
            | Event::Extended(_)
            | Event::ExtensionRefused {}
            | Event::Shelved(_)
            | Event::Supervised(_)
            | Event::SupervisionAnswered {}
            | Event::SupervisionReleased {}
            | Event::Scored(_)
            | Event::Commented {}
            | Event::Attached(_)
            | Event::Withdrawn {}
            | Event::Merged(_)
            | Event::Unmerged(_)
            | Event::Absorbed(_)
            | Event::Released(_)
            | Event::Joined(_)
            | Event::JoinedAnswered(_) => Vec::new(),
        }
    }

    /// Whether what is sealed beside it was said by the resident or to the
    /// resident; other notes are between units.
    pub fn speaks_with_resident(&self) -> bool {
        matches!(
            self,
            Event::Submitted { .. }
                | Event::Declined { .. }
                | Event::ReportedBack { .. }
                | Event::Verified { .. }
                | Event::Closed { .. }
                | Event::CalledBack { .. }
                | Event::Reopened { .. }
                | Event::Shelved(_)
                | Event::ResidentAsked(_)
                | Event::ResidentAnswered(_)
                | Event::Withdrawn {}
        )
    }
}

/// An event with its circumstances.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// When it happened. For imported history this lies before the time it was recorded.
    pub at: Timestamp,
    /// Who caused it.
    pub by: Actor,
    /// On what grounds: the rule, the reason, the file and line.
    pub grounds: Option<String>,
    /// What happened.
    pub event: Event,
    /// What is sealed beside it; `None` also when it was erased.
    pub sealed: Option<Sealed>,
}

/// The current deadlines that events set.
pub(crate) fn dispatched_deadlines(event: &Event) -> Option<Deadlines> {
    match event {
        Event::Dispatched {
            respond_by,
            resolve_by,
            ..
        } => Some(Deadlines {
            respond_by: *respond_by,
            resolve_by: *resolve_by,
        }),
        _ => None,
    }
}
