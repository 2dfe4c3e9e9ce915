//! Turns: what figures count, told from the events of a case.

use yiwang_base::{AreaCode, CaseId, CategoryCode, Timestamp, UnitCode};

use super::{Condition, Conditions, Countable, Dated, Moment};
use crate::{Case, Channel, Event, Happening, ReplayError, Stage};

/// Which turn of which case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TurnId {
    /// The case.
    pub case: CaseId,
    /// Turns of the case before this one.
    pub number: u32,
}

/// One unit's turn at a case (一次办理), or the time that the desk has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Which.
    pub id: TurnId,
    /// Whether it is the case's last, the case as it stands.
    pub last: bool,
    /// What the case is about.
    pub category: Option<CategoryCode>,
    /// The area it lies in.
    pub area: Option<AreaCode>,
    /// The lead unit; `None` while the desk has it.
    pub unit: Option<UnitCode>,
    /// How the case came in.
    pub channel: Channel,
    /// Where the case stood at the end of the turn; of the last, where it stands.
    pub stage: Stage,
    /// When the case came in.
    pub submitted_at: Moment,
    /// When the turn began at a unit.
    pub dispatched_at: Option<Moment>,
    /// By when the resident is to be contacted.
    pub respond_by: Option<Moment>,
    /// By when it is to be resolved.
    pub resolve_by: Option<Moment>,
    /// By when the next step is due, while it is open.
    pub due_at: Option<Moment>,
    /// When it was closed or declined.
    pub closed_at: Option<Moment>,
    /// What holds of it. [`Countable::at`] adds what depends on the time.
    pub holds: Conditions,
}

/// How a turn ends so that another follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The unit gave it back (退单).
    GivenBack,
    /// The desk sent it to another unit (转派).
    SentOn,
    /// It was opened again (重新办理).
    OpenedAgain,
}

impl Ending {
    fn of(event: &Event) -> Option<Ending> {
        match event {
            Event::Returned(_) => Some(Ending::GivenBack),
            Event::Redirected(_) => Some(Ending::SentOn),
            Event::Reopened { .. } => Some(Ending::OpenedAgain),
            _ => None,
        }
    }

    fn condition(self) -> Condition {
        match self {
            Ending::GivenBack => Condition::GivenBack,
            Ending::SentOn => Condition::SentOn,
            Ending::OpenedAgain => Condition::OpenedAgain,
        }
    }
}

impl Case {
    /// Whether turns came before the last: then the last is told from the
    /// events ([`turns`]), not from the case alone.
    pub fn had_turns(&self) -> bool {
        self.more.returns.count() > 0 || self.more.redirects > 0 || self.reopened > 0
    }
}

/// The turns that a case's events make, oldest first; none for no events.
///
/// # Errors
/// When they do not begin with one submission.
pub fn turns<'a>(
    id: CaseId,
    events: impl IntoIterator<Item = &'a Happening>,
) -> Result<Vec<Turn>, ReplayError> {
    let mut events = events.into_iter();
    let Some(first) = events.next() else {
        return Ok(Vec::new());
    };
    let mut case = Case::begin(id, first)?;
    let mut turns = Vec::new();
    // Whether a unit has it, or had it when the case ended.
    let mut at_unit = false;
    for next in events {
        if let Some(ending) = Ending::of(&next.event)
            // What was closed or declined at the desk and is opened again was a turn too.
            && (at_unit || ending == Ending::OpenedAgain)
        {
            let number = turns.len() as u32;
            turns.push(Turn::of(&case, number, at_unit).ended(ending, next.at));
        }
        at_unit = match next.event {
            Event::Dispatched { .. } => true,
            // It was never the unit's turn.
            Event::Recalled(_) => false,
            _ => at_unit && Ending::of(&next.event).is_none(),
        };
        case.apply(next)?;
    }
    turns.push(Turn::of(&case, turns.len() as u32, at_unit));
    Ok(turns)
}

impl Turn {
    /// The one turn of a case, told from the case alone.
    ///
    /// Only where [`Case::had_turns`] says no.
    pub fn only(case: &Case) -> Turn {
        Turn::of(case, 0, case.unit.is_some())
    }

    fn of(case: &Case, number: u32, at_unit: bool) -> Turn {
        let at_unit_only = |at: Option<Timestamp>| at.filter(|_| at_unit);
        let dispatched_at = at_unit_only(case.dispatched_at);
        let started_at = at_unit_only(case.started_at);
        // What stands still is not late before the pause is over; from when it
        // runs on, only the working calendar could tell.
        let held = case.more.pauses.now.as_ref().map(|pause| pause.until);
        let limit = |by| at_unit_only(by).map(|by| held.map_or(by, |held| held.max(by)));
        let respond_by = limit(case.deadlines.respond_by);
        let resolve_by = limit(case.deadlines.resolve_by);
        let is_done = matches!(
            case.stage,
            Stage::Reported | Stage::Verified | Stage::Closed
        );
        let done_at = at_unit_only(case.reported_at.or(case.closed_at)).filter(|_| is_done);
        // What was done late stays late, also while the case stands still.
        let in_time = |at: Option<Timestamp>, by: Option<Timestamp>| {
            at.zip(by).is_some_and(|(at, by)| at <= by)
        };
        let answer = case.call_back.as_ref();
        let reached = answer.filter(|answer| answer.reached);
        let solved = reached.and_then(|answer| answer.solved);
        let rating = reached.and_then(|answer| answer.satisfaction);
        let closed = case.stage == Stage::Closed;
        let scores: Vec<u32> = case
            .more
            .scores
            .0
            .iter()
            .filter(|given| {
                let own = case.unit.as_ref() == Some(&given.unit);
                at_unit
                    && own
                    && given.by.is_some()
                    && case.dispatched_at == Some(given.dispatched_at)
            })
            .map(|given| given.score.into())
            .collect();
        let well_scored = scores.iter().sum::<u32>() >= 4 * scores.len() as u32;
        use Condition as C;
        let told = [
            (C::Dispatched, dispatched_at.is_some()),
            (C::Contacted, started_at.is_some()),
            (
                C::ContactedInTime,
                in_time(started_at, case.deadlines.respond_by),
            ),
            (C::ContactLimit, respond_by.is_some()),
            (C::ResolveLimit, resolve_by.is_some()),
            (C::Done, done_at.is_some()),
            (C::DoneInTime, in_time(done_at, case.deadlines.resolve_by)),
            (C::Open, case.stage.is_open()),
            (C::Closed, closed),
            (C::Declined, case.stage == Stage::Declined),
            (C::Unverified, closed && case.closed_unverified),
            (C::Withdrawn, closed && case.more.withdrawn),
            (C::Merged, case.stage == Stage::Merged),
            (
                C::Extended,
                at_unit && !case.more.extensions.granted.is_empty(),
            ),
            (C::FailedVerification, case.failed_verifications > 0),
            (C::CalledBack, answer.is_some()),
            (C::Reached, reached.is_some()),
            (C::Solved, solved == Some(true)),
            (C::NotSolved, solved == Some(false)),
            (C::Rated, rating.is_some()),
            (C::RatedAtLeast3, rating >= Some(3)),
            (C::RatedAtLeast4, rating >= Some(4)),
            (C::Rated5, rating >= Some(5)),
            (C::FirstTurn, number == 0),
            (C::FirstReceiver, at_unit && case.more.lead.first_receiver),
            (C::Backstop, at_unit && case.more.lead.backstop),
            (C::Assisted, at_unit && !case.more.parts.0.is_empty()),
            (C::Scored, !scores.is_empty()),
            (C::ScoredAtLeast4, !scores.is_empty() && well_scored),
            (C::Imported, case.source.is_some()),
            (C::ResidentAsked, case.more.pauses.asked_resident()),
            (
                C::ToldAgain,
                case.more.joiners.count > 0 || !case.more.duplicates.is_empty(),
            ),
        ];
        let holding = told.into_iter().filter(|(_, holds)| *holds);
        Turn {
            id: TurnId {
                case: case.id,
                number,
            },
            last: true,
            category: case.category.clone(),
            area: case.area.clone(),
            unit: case.unit.clone().filter(|_| at_unit),
            channel: case.channel,
            stage: case.stage,
            submitted_at: Moment::of(case.submitted_at),
            dispatched_at: dispatched_at.map(Moment::of),
            respond_by: respond_by.map(Moment::of),
            resolve_by: resolve_by.map(Moment::of),
            due_at: case.due_at.map(Moment::of),
            closed_at: case.closed_at.map(Moment::of),
            holds: holding.map(|(condition, _)| condition).collect(),
        }
    }

    /// The turn as it was when it ended: what depends on the time is settled.
    fn ended(mut self, ending: Ending, at: Timestamp) -> Turn {
        let over = self.at(Moment::of(at));
        let open = [Condition::Open, Condition::StepLate];
        let kept = Condition::ALL
            .into_iter()
            .filter(|condition| over.has(*condition) && !open.contains(condition));
        self.holds = kept.chain([Condition::Ended, ending.condition()]).collect();
        self.last = false;
        self.due_at = None;
        self
    }
}

impl Countable for Turn {
    type Id = TurnId;

    fn id(&self) -> TurnId {
        self.id
    }

    fn counts_as_case(&self) -> bool {
        self.last
    }

    fn unit(&self) -> Option<&UnitCode> {
        self.unit.as_ref()
    }

    fn area(&self) -> Option<&AreaCode> {
        self.area.as_ref()
    }

    fn category(&self) -> Option<&CategoryCode> {
        self.category.as_ref()
    }

    fn channel(&self) -> Option<Channel> {
        Some(self.channel)
    }

    fn stage(&self) -> Option<Stage> {
        Some(self.stage)
    }

    fn date(&self, dated: Dated) -> Option<Moment> {
        match dated {
            Dated::Submitted => Some(self.submitted_at),
            Dated::Dispatched => self.dispatched_at,
            Dated::Closed => self.closed_at,
            Dated::Called => None,
        }
    }

    /// What holds of it at a time. Of a turn that has ended, what held then.
    fn at(&self, now: Moment) -> Conditions {
        if self.holds.has(Condition::Ended) {
            return self.holds;
        }
        let passed = |by: Option<Moment>| by.is_some_and(|by| by < now);
        let has = |condition| self.holds.has(condition);
        self.holds
            .with(
                Condition::ContactOverdue,
                !has(Condition::Contacted) && passed(self.respond_by),
            )
            .with(
                Condition::DoneOverdue,
                !has(Condition::Done) && passed(self.resolve_by),
            )
            .with(
                Condition::StepLate,
                has(Condition::Open) && passed(self.due_at),
            )
    }
}
