//! The whistle: what all its events add up to.

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, CaseId, LocalText, Personal, Timestamp, UnitCode};

use super::{
    WhistleEvent, WhistleHappening, WhistleId, WhistleKind, WhistleSealed, WhistleStage,
    WhistleWords,
};

/// Events that do not make a whistle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a whistle begins with being blown, and is blown once; found {found}")]
pub struct WhistleReplayError {
    /// The event found instead.
    pub found: &'static str,
}

/// A unit's refusal to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallRefusal {
    /// When.
    pub at: Timestamp,
    /// Who is responsible, as the unit says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible: Option<UnitCode>,
}

/// One call of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The unit.
    pub unit: UnitCode,
    /// When it was called.
    pub called_at: Timestamp,
    /// By when it is to check in.
    pub check_in_by: Timestamp,
    /// When it checked in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_in_at: Option<Timestamp>,
    /// That it will not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<CallRefusal>,
    /// How the caller scored it, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attendance {
    /// There is still time (待报到).
    Waiting,
    /// It came by its deadline (按时报到).
    OnTime,
    /// It came after its deadline (逾期报到).
    Late,
    /// The deadline has passed and it has not come yet (逾期未到).
    Overdue,
    /// The deadline passed and it never came before the whistle ended (未报到).
    Absent,
    /// It said that it will not come (拒绝).
    Refused,
    /// The whistle ended before its deadline (免于报到).
    Released,
}

impl Attendance {
    /// All of them.
    pub const ALL: [Attendance; 7] = [
        Attendance::Waiting,
        Attendance::OnTime,
        Attendance::Late,
        Attendance::Overdue,
        Attendance::Absent,
        Attendance::Refused,
        Attendance::Released,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Attendance::Waiting => "waiting",
            Attendance::OnTime => "on_time",
            Attendance::Late => "late",
            Attendance::Overdue => "overdue",
            Attendance::Absent => "absent",
            Attendance::Refused => "refused",
            Attendance::Released => "released",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        let (zh, en) = match self {
            Attendance::Waiting => ("待报到", "expected"),
            Attendance::OnTime => ("按时报到", "came in time"),
            Attendance::Late => ("逾期报到", "came late"),
            Attendance::Overdue => ("逾期未到", "overdue"),
            Attendance::Absent => ("未报到", "never came"),
            Attendance::Refused => ("拒绝报到", "refused"),
            Attendance::Released => ("免于报到", "no longer expected"),
        };
        LocalText::new(zh, en)
    }
}

impl Call {
    /// Whether the unit is still expected.
    pub fn is_open(&self) -> bool {
        self.checked_in_at.is_none() && self.refused.is_none()
    }

    /// What became of it, as seen at `now`; `ended_at` is when the whistle ended.
    pub fn attendance(&self, ended_at: Option<Timestamp>, now: Timestamp) -> Attendance {
        match (self.checked_in_at, &self.refused) {
            (Some(at), _) if at <= self.check_in_by => Attendance::OnTime,
            (Some(_), _) => Attendance::Late,
            // Whoever refuses when it is too late to come in time did not come.
            (None, Some(refused)) if refused.at <= self.check_in_by => Attendance::Refused,
            (None, _) => match ended_at {
                Some(at) if at > self.check_in_by => Attendance::Absent,
                Some(_) => Attendance::Released,
                None if now > self.check_in_by => Attendance::Overdue,
                None => Attendance::Waiting,
            },
        }
    }
}

/// A milestone of a campaign (节点).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// What is reached with it.
    pub title: String,
    /// By when.
    pub due: Timestamp,
    /// When it was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached_at: Option<Timestamp>,
}

/// A whistle (哨).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whistle {
    /// Its number.
    pub id: WhistleId,
    /// How many events it has had; a command names the version it was made for.
    pub version: u32,
    /// Its kind.
    pub kind: WhistleKind,
    /// Where it stands.
    pub stage: WhistleStage,
    /// The unit that blew it; `None` for the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UnitCode>,
    /// The case it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The area it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaCode>,
    /// Its calls, in the order in which they were made; a unit that is called
    /// again has several, of which the last counts.
    pub calls: Vec<Call>,
    /// Milestones of a campaign, in the order of the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<Milestone>,
    /// When it was blown.
    pub blown_at: Timestamp,
    /// When the work was last confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// When it was closed or withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// When the last event happened.
    pub changed_at: Timestamp,
    /// Whether its words were erased.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    /// What is asked for; `None` once erased. Sealed, so not part of the rest.
    #[serde(skip)]
    pub words: Option<Personal<WhistleWords>>,
}

impl Whistle {
    /// The whistle that is blown.
    ///
    /// # Errors
    /// When the event is not [`WhistleEvent::Blown`].
    pub fn begin(id: WhistleId, first: &WhistleHappening) -> Result<Whistle, WhistleReplayError> {
        let WhistleEvent::Blown {
            area,
            by,
            calls,
            case,
            kind,
            milestones,
        } = &first.event
        else {
            return Err(WhistleReplayError {
                found: first.event.word(),
            });
        };
        let words = match &first.sealed {
            Some(WhistleSealed::Words(words)) => Some(words.clone()),
            _ => None,
        };
        let calls = calls.iter().map(|called| Call::new(called, first.at));
        let milestones = milestones.iter().map(|planned| Milestone {
            title: planned.title.clone(),
            due: planned.due,
            reached_at: None,
        });
        Ok(Whistle {
            id,
            version: 1,
            kind: *kind,
            stage: WhistleStage::Blown,
            by: by.clone(),
            case: *case,
            area: area.clone(),
            calls: calls.collect(),
            milestones: milestones.collect(),
            blown_at: first.at,
            confirmed_at: None,
            ended_at: None,
            changed_at: first.at,
            erased: words.is_none(),
            words,
        })
    }

    /// The whistle after one more event.
    ///
    /// # Errors
    /// When the event blows it a second time.
    pub fn apply(&mut self, next: &WhistleHappening) -> Result<(), WhistleReplayError> {
        match &next.event {
            WhistleEvent::Blown { .. } => {
                return Err(WhistleReplayError {
                    found: "blown a second time",
                });
            }
            WhistleEvent::UnitCalled(called) => {
                self.calls.push(Call::new(called, next.at));
                // There is work again that nobody has confirmed.
                self.stage = WhistleStage::Blown;
                self.confirmed_at = None;
            }
            WhistleEvent::CheckedIn { unit, .. } => {
                if let Some(call) = self.call_mut(unit) {
                    call.checked_in_at = Some(next.at);
                }
            }
            WhistleEvent::CallRefused { responsible, unit } => {
                if let Some(call) = self.call_mut(unit) {
                    call.refused = Some(CallRefusal {
                        at: next.at,
                        responsible: responsible.clone(),
                    });
                }
            }
            WhistleEvent::MilestoneReached { milestone, .. } => {
                if let Some(milestone) = self.milestones.get_mut(*milestone as usize) {
                    milestone.reached_at = Some(next.at);
                }
            }
            WhistleEvent::MilestoneReopened { milestone } => {
                if let Some(milestone) = self.milestones.get_mut(*milestone as usize) {
                    milestone.reached_at = None;
                }
            }
            WhistleEvent::Confirmed {} => {
                self.stage = WhistleStage::Confirmed;
                self.confirmed_at = Some(next.at);
            }
            WhistleEvent::UnitScored { score, unit } => {
                if let Some(call) = self.call_mut(unit) {
                    call.score = Some(*score);
                }
            }
            WhistleEvent::Closed { .. } => {
                self.stage = WhistleStage::Closed;
                self.ended_at = Some(next.at);
            }
            WhistleEvent::Withdrawn {} => {
                self.stage = WhistleStage::Withdrawn;
                self.ended_at = Some(next.at);
            }
            WhistleEvent::Erased { .. } => {
                self.words = None;
                self.erased = true;
            }
        }
        self.version += 1;
        self.changed_at = next.at;
        Ok(())
    }

    /// The whistle that a sequence of events makes; `None` for no events.
    ///
    /// # Errors
    /// When they do not begin with one that blows it.
    pub fn replay<'a>(
        id: WhistleId,
        events: impl IntoIterator<Item = &'a WhistleHappening>,
    ) -> Result<Option<Whistle>, WhistleReplayError> {
        let mut events = events.into_iter();
        let Some(first) = events.next() else {
            return Ok(None);
        };
        let mut whistle = Whistle::begin(id, first)?;
        for next in events {
            whistle.apply(next)?;
        }
        Ok(Some(whistle))
    }

    /// The call of a unit that counts: its last.
    pub fn call(&self, unit: &UnitCode) -> Option<&Call> {
        self.calls.iter().rev().find(|call| call.unit == *unit)
    }

    fn call_mut(&mut self, unit: &UnitCode) -> Option<&mut Call> {
        self.calls.iter_mut().rev().find(|call| call.unit == *unit)
    }

    /// Calls on which a unit is still expected.
    pub fn open_calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| call.is_open())
    }

    /// By when the next thing is due: a check-in, then a milestone. `None` when
    /// the caller has confirmed, or nobody is waited for.
    pub fn due_at(&self) -> Option<Timestamp> {
        if self.stage != WhistleStage::Blown {
            return None;
        }
        let check_ins = self.open_calls().map(|call| call.check_in_by);
        let open = self.milestones.iter().filter(|m| m.reached_at.is_none());
        check_ins.chain(open.map(|m| m.due)).min()
    }

    /// Whether what is due is late at `now`.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.due_at().is_some_and(|due| due < now)
    }

    /// Whether the unit blew it or was called.
    pub fn concerns(&self, unit: &UnitCode) -> bool {
        self.by.as_ref() == Some(unit) || self.call(unit).is_some()
    }
}

impl Call {
    fn new(called: &super::Called, at: Timestamp) -> Call {
        Call {
            unit: called.unit.clone(),
            called_at: at,
            check_in_by: called.check_in_by,
            checked_in_at: None,
            refused: None,
            score: None,
        }
    }
}
