//! The case: what all its events add up to.

use yiwang_base::{
    AreaCode, CaseId, CategoryCode, Personal, Refusal, RefusalKind, Timestamp, UnitCode,
};

use crate::event::dispatched_deadlines;
use crate::{
    Channel, DUE_SOON, DeclineReason, Event, Extensions, Happening, Lead, More, Parts,
    RequestWords, Sealed, SourceRef, Stage,
};

/// What the lead unit owes the resident, from the last dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deadlines {
    /// By when the resident is to be contacted.
    pub respond_by: Option<Timestamp>,
    /// By when it is to be resolved.
    pub resolve_by: Option<Timestamp>,
}

/// What the resident said when last asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallBack {
    /// When.
    pub at: Timestamp,
    /// Whether anybody answered.
    pub reached: bool,
    /// Whether the resident says it is solved.
    pub solved: Option<bool>,
    /// 1 to 5.
    pub satisfaction: Option<u8>,
}

/// A case (案卷).
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its number.
    pub id: CaseId,
    /// How many events it has had; a command names the version it was made for.
    pub version: u32,
    /// Where it stands.
    pub stage: Stage,
    /// How it came in.
    pub channel: Channel,
    /// What it is about; before acceptance, what the sender says.
    pub category: Option<CategoryCode>,
    /// The area it lies in.
    pub area: Option<AreaCode>,
    /// The lead unit, from the last dispatch.
    pub unit: Option<UnitCode>,
    /// Why it was declined.
    pub decline: Option<DeclineReason>,
    /// Where it was imported from.
    pub source: Option<SourceRef>,
    /// What was said; `None` once erased.
    pub request: Option<Personal<RequestWords>>,
    /// Whether its words were erased.
    pub erased: bool,
    /// By when the next step is due; `None` when nobody has to act.
    pub due_at: Option<Timestamp>,
    /// What the lead unit owes.
    pub deadlines: Deadlines,
    /// When it came in.
    pub submitted_at: Timestamp,
    /// When it was last dispatched.
    pub dispatched_at: Option<Timestamp>,
    /// When the resident was first contacted since the last dispatch.
    pub started_at: Option<Timestamp>,
    /// When the unit last said it is done.
    pub reported_at: Option<Timestamp>,
    /// When it was closed or declined, if it is.
    pub closed_at: Option<Timestamp>,
    /// Whether it was closed without a passed verification.
    pub closed_unverified: bool,
    /// Failed verifications.
    pub failed_verifications: u32,
    /// Times it was opened again.
    pub reopened: u32,
    /// The last call-back.
    pub call_back: Option<CallBack>,
    /// When the last event happened.
    pub changed_at: Timestamp,
    /// What only some cases go through.
    pub more: More,
}

/// Events that do not make a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// A case begins with a submission and with nothing else.
    #[error("a case begins with exactly one submission, found {found}")]
    Beginning {
        /// The event found instead.
        found: &'static str,
    },
}

impl Case {
    /// The case that a submission begins.
    ///
    /// # Errors
    /// When the event is not [`Event::Submitted`].
    pub fn begin(id: CaseId, first: &Happening) -> Result<Case, ReplayError> {
        let Event::Submitted {
            accept_by,
            area,
            category,
            channel,
            source,
        } = &first.event
        else {
            return Err(ReplayError::Beginning {
                found: first.event.word(),
            });
        };
        let request = match &first.sealed {
            Some(Sealed::Request(words)) => Some(words.clone()),
            _ => None,
        };
        Ok(Case {
            id,
            version: 1,
            stage: Stage::Submitted,
            channel: *channel,
            category: category.clone(),
            area: area.clone(),
            unit: None,
            decline: None,
            source: source.clone(),
            erased: request.is_none(),
            request,
            due_at: Some(*accept_by),
            deadlines: Deadlines::default(),
            submitted_at: first.at,
            dispatched_at: None,
            started_at: None,
            reported_at: None,
            closed_at: None,
            closed_unverified: false,
            failed_verifications: 0,
            reopened: 0,
            call_back: None,
            changed_at: first.at,
            more: More::default(),
        })
    }

    /// The case after one more event (`evolve` of the house's floor plan).
    ///
    /// # Errors
    /// When the event is a second submission.
    pub fn apply(&mut self, next: &Happening) -> Result<(), ReplayError> {
        match &next.event {
            Event::Submitted { .. } => {
                return Err(ReplayError::Beginning {
                    found: "a second submission",
                });
            }
            Event::Accepted {
                area,
                category,
                dispatch_by,
            } => {
                self.category = Some(category.clone());
                if area.is_some() {
                    self.area.clone_from(area);
                }
                self.to(Stage::Accepted, Some(*dispatch_by));
            }
            Event::Declined { reason, .. } => {
                self.decline = Some(*reason);
                self.closed_at = Some(next.at);
                self.to(Stage::Declined, None);
            }
            Event::Dispatched {
                assisting,
                backstop,
                first_receiver,
                unit,
                ..
            } => {
                self.more.lead = Lead {
                    backstop: *backstop,
                    first_receiver: *first_receiver,
                };
                self.more.parts = Parts::of(assisting, next.at);
                self.more.extensions = Extensions::default();
                self.deadlines = dispatched_deadlines(&next.event).unwrap_or_default();
                self.unit = Some(unit.clone());
                self.dispatched_at = Some(next.at);
                self.started_at = None;
                self.reported_at = None;
                let due = self.deadlines.respond_by.or(self.deadlines.resolve_by);
                self.to(Stage::Dispatched, due);
            }
            Event::Started {} => {
                self.started_at = Some(next.at);
                self.to(Stage::InProgress, self.deadlines.resolve_by);
            }
            Event::ReportedBack { verify_by, .. } => {
                self.reported_at = Some(next.at);
                self.to(Stage::Reported, Some(*verify_by));
            }
            Event::Verified { by, pass: true } => self.to(Stage::Verified, Some(*by)),
            Event::Verified { by, pass: false } => {
                self.failed_verifications += 1;
                self.to(Stage::InProgress, Some(*by));
            }
            Event::Closed { unverified } => {
                self.closed_at = Some(next.at);
                self.closed_unverified = *unverified;
                self.to(Stage::Closed, None);
            }
            Event::CalledBack {
                reached,
                satisfaction,
                solved,
            } => {
                self.call_back = Some(CallBack {
                    at: next.at,
                    reached: *reached,
                    solved: *solved,
                    satisfaction: *satisfaction,
                });
            }
            Event::Reopened { dispatch_by } => {
                self.reopened += 1;
                self.decline = None;
                self.closed_at = None;
                self.closed_unverified = false;
                self.more.withdrawn = false;
                self.call_back = None;
                // A declined request has no category yet: it is accepted first.
                let stage = if self.dispatched_at.is_some() {
                    Stage::Accepted
                } else {
                    Stage::Submitted
                };
                self.to(stage, Some(*dispatch_by));
            }
            Event::Erased { .. } => {
                self.request = None;
                self.erased = true;
            }
            Event::Returned(returned) => returned.apply(self),
            Event::Redirected(redirected) => redirected.apply(self, next.at),
            Event::Recalled(recalled) => recalled.apply(self),
            Event::UnitAdded(added) => added.apply(&mut self.more.parts, next.at),
            Event::UnitRemoved(removed) => removed.apply(&mut self.more.parts),
            Event::PartReported(reported) => reported.apply(&mut self.more.parts, next.at),
            Event::DueProvisional(due) => due.apply(self),
            Event::DueSettled(settled) => settled.apply(self),
            Event::ExtensionAsked(asked) => asked.apply(self),
            Event::Extended(extended) => extended.apply(self),
            Event::ExtensionRefused {} => self.more.extensions.asked = None,
            Event::Shelved(shelved) => shelved.apply(self, next.at),
            Event::ResidentAsked(asked) => asked.apply(self, next.at),
            Event::ResidentAnswered(resumed) | Event::Resumed(resumed) => {
                resumed.apply(self, next.at);
            }
            Event::Supervised(watched) => watched.apply(&mut self.more.supervisions, next.at),
            Event::SupervisionAnswered {} => self.more.supervisions.answer(next.at),
            Event::SupervisionReleased {} => self.more.supervisions.release(next.at),
            Event::Scored(scored) => scored.apply(self, next.at),
            Event::Commented {} => {}
            Event::Attached(attached) => attached.apply(self),
            Event::Withdrawn {} => self.withdraw(next.at),
            Event::Merged(merged) => merged.apply(self, next.at),
            Event::Unmerged(unmerged) => unmerged.apply(self),
            Event::Absorbed(absorbed) => absorbed.apply(self),
            Event::Released(released) => released.apply(self),
            Event::Joined(joined) => joined.apply(&mut self.more.joiners),
            Event::JoinedAnswered(answered) => answered.apply(&mut self.more.joiners, next.at),
        }
        // Only what a unit has in hand can stand still.
        if !self.stage.is_handled() {
            self.more.pauses.end(next.at);
        }
        self.forget_old_provisional();
        self.version += 1;
        self.changed_at = next.at;
        Ok(())
    }

    /// The case that a sequence of events makes; `None` for no events.
    ///
    /// # Errors
    /// When they do not begin with one submission.
    pub fn replay<'a>(
        id: CaseId,
        events: impl IntoIterator<Item = &'a Happening>,
    ) -> Result<Option<Case>, ReplayError> {
        let mut events = events.into_iter();
        let Some(first) = events.next() else {
            return Ok(None);
        };
        let mut case = Case::begin(id, first)?;
        for next in events {
            case.apply(next)?;
        }
        Ok(Some(case))
    }

    /// Whether the step that is due is late at `now`.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|due| due < now)
    }

    /// Whether the next step is due within [`DUE_SOON`] of now, and not late yet.
    pub fn is_due_soon(&self, now: Timestamp) -> bool {
        self.due_at
            .is_some_and(|due| due >= now && due.duration_since(now) < DUE_SOON)
    }

    /// The lead unit of a case that a unit has in hand.
    pub(crate) fn lead_unit(&self) -> Result<&UnitCode, Refusal> {
        self.unit.as_ref().ok_or_else(|| {
            Refusal::new(
                RefusalKind::NotNow,
                "case.no-lead",
                "案卷没有主办单位",
                "no unit leads this case",
            )
            .at("unit")
        })
    }

    pub(crate) fn to(&mut self, stage: Stage, due: Option<Timestamp>) {
        self.stage = stage;
        self.due_at = due;
    }
}
