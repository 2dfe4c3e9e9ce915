//! What becomes of a request: each step decided by the cases room at the time
//! it is taken, up to now. Times are invented, rules are not.

use yiwang_base::{AreaCode, CaseId, CategoryCode, Personal, Refusal, Timestamp, UnitCode};
use yiwang_cases::{
    Actor, Case, Change, Command, Context, DeclineReason, Happening, Limits, Rules, Stage,
    StoreError, Submit, decide,
};

use super::arrivals::later;
use super::dice::Dice;
use super::matter::Matter;
use super::phrases::{Declined, Phrases};
use super::shift::Shift;
use super::staff::{Manner, Staff};
use super::words::staff_note;

/// What the desk and the units need to know of a request.
pub(crate) struct Errand<'a> {
    pub(crate) id: CaseId,
    pub(crate) at: Timestamp,
    pub(crate) by: &'a Actor,
    pub(crate) submit: Submit,
    pub(crate) matter: &'a Matter,
    /// The area, where the request itself does not say.
    pub(crate) area: Option<AreaCode>,
    /// The first case about the same thing.
    pub(crate) same_as: Option<CaseId>,
    pub(crate) decline: Option<(DeclineReason, &'a Declined)>,
}

/// Where journeys are made.
pub(crate) struct Office<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) staff: &'a Staff,
    pub(crate) phrases: &'a Phrases,
    /// Says of the first event that the city is invented.
    pub(crate) grounds: &'a str,
    pub(crate) now: Timestamp,
}

/// A case on its way.
struct Journey<'a> {
    office: &'a Office<'a>,
    dice: &'a mut Dice,
    matter: &'a Matter,
    case: Case,
    happenings: Vec<Happening>,
    /// When the last step was taken.
    at: Timestamp,
    /// The stage that nobody has got it out of yet.
    waits_in: Option<Stage>,
}

/// Some of what came in lately is still lying where it came in, at the desk or
/// at the unit: the desk is to have work, some of it late.
fn waits_in(errand: &Errand<'_>, now: Timestamp) -> Option<Stage> {
    match (now.duration_since(errand.at).as_hours(), errand.id.0 % 4) {
        (0..3, 0 | 2) => Some(Stage::Submitted),
        (0..6, 1) => Some(Stage::Accepted),
        (0..26, 3) => Some(Stage::Dispatched),
        _ => None,
    }
}

/// The journey has come to the present, or to its end.
enum Pause {
    Now,
    Refused(Refusal),
}

type Step = Result<(), Pause>;

impl Office<'_> {
    /// The whole history of a request as one change.
    ///
    /// # Errors
    /// A refusal on the way, which is a bug.
    pub(crate) fn journey(&self, errand: Errand<'_>, dice: &mut Dice) -> Result<Change, Refusal> {
        let context = Context {
            rules: self.rules,
            actor: errand.by,
            grounds: Some(self.grounds),
            now: errand.at,
        };
        let happenings = decide(None, &Command::Submit(errand.submit.clone()), &context)?;
        let case = happenings
            .first()
            .and_then(|first| Case::begin(errand.id, first).ok())
            .ok_or_else(|| StoreError::Broken("a submission begins no case".into()))?;
        let mut journey = Journey {
            office: self,
            dice,
            matter: errand.matter,
            case,
            happenings,
            at: errand.at,
            waits_in: None,
        };
        match journey.go(&errand) {
            Ok(()) | Err(Pause::Now) => {}
            Err(Pause::Refused(refusal)) => return Err(refusal),
        }
        Ok(Change {
            expected_version: 0,
            happenings: journey.happenings,
            after: journey.case,
            recorded_at: self.now,
            receipt: None,
        })
    }

    fn shift(&self) -> Shift<'_> {
        Shift::new(&self.rules.calendar)
    }
}

impl Journey<'_> {
    fn go(&mut self, errand: &Errand<'_>) -> Step {
        self.waits_in = waits_in(errand, self.office.now);
        let minutes = self.desk_minutes(24.0);
        self.wait(minutes);
        if let Some((reason, declined)) = errand.decline {
            let note = staff_note(&declined.note, self.dice).unwrap_or_default();
            return self.desk(Command::Decline {
                reason,
                responsible: None,
                note: Personal::new(note),
            });
        }
        self.desk(Command::Accept {
            category: self.matter.code.clone(),
            area: errand.area.clone(),
        })?;
        if let Some(first) = errand.same_as
            && self.dice.chance(0.3)
        {
            let minutes = self.desk_minutes(12.0);
            self.wait(minutes);
            let reason = self.dice.pick(&self.office.phrases.duplicate);
            let reason = reason.replace("{case}", &first.to_string());
            return self.desk(Command::Close {
                reason: Some(Personal::new(reason)),
            });
        }
        // Once again when it was not solved; after that the resident gives up.
        for round in 0..3 {
            self.handle(round)?;
            if !self.called_back(round)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// From the dispatch to the closing.
    fn handle(&mut self, round: u32) -> Step {
        let minutes = self.desk_minutes(15.0);
        self.wait(minutes);
        let (unit, reason) = self.choose_unit()?;
        let note = self
            .dice
            .chance(0.12)
            .then_some(&self.office.phrases.dispatch_note);
        let note = note.and_then(|notes| staff_note(notes, self.dice));
        self.desk(Command::Dispatch {
            unit: unit.clone(),
            assisting: Vec::new(),
            limits: Limits::ByCategory,
            reason,
            note: note.map(Personal::new),
        })?;
        let found = self.office.staff.unit(&unit);
        let Some((handler, manner)) = found else {
            return Err(Pause::Refused(
                StoreError::Broken(format!("nobody works at {unit}")).into(),
            ));
        };
        // What was done badly is done again with more care.
        let pace = manner.pace / (1.0 + 0.3 * f64::from(round));
        self.wait_share(self.case.deadlines.respond_by, 0.36 * pace, 0.5);
        self.step(handler, Command::Start)?;
        if self.dice.chance(0.012) {
            self.wait(90.0);
            let reason = staff_note(&self.office.phrases.withdrawn, self.dice);
            return self.desk(Command::Close {
                reason: reason.map(Personal::new),
            });
        }
        // A few are left lying.
        let stuck = if self.dice.chance(0.02) { 6.0 } else { 1.0 };
        self.wait_share(self.case.deadlines.resolve_by, 0.47 * pace * stuck, 0.45);
        self.reported(handler)?;
        self.verified(handler, manner)?;
        let minutes = self.desk_minutes(100.0);
        self.wait(minutes);
        self.at = self.office.shift().by_day(self.at, self.dice);
        let note = staff_note(&self.office.phrases.closed, self.dice);
        self.desk(Command::Close {
            reason: note.map(Personal::new),
        })
    }

    fn reported(&mut self, handler: &Actor) -> Step {
        let note = staff_note(&self.matter.done, self.dice).unwrap_or_default();
        self.step(
            handler,
            Command::ReportBack {
                note: Personal::new(note),
                open_parts_reason: None,
            },
        )
    }

    /// Verified until it passes.
    fn verified(&mut self, handler: &Actor, manner: &Manner) -> Step {
        let mut slips = manner.slips;
        loop {
            self.wait_share(self.case.due_at, 0.33, 0.6);
            let fails = self.dice.chance(slips);
            let notes = if fails {
                &self.matter.undone
            } else {
                &self.office.phrases.verified
            };
            let note = staff_note(notes, self.dice).map(Personal::new);
            let verifier = self.office.staff.verifier.clone();
            let failed = fails && note.is_some();
            self.step(
                &verifier,
                Command::Verify {
                    pass: !failed,
                    note,
                },
            )?;
            if !failed {
                return Ok(());
            }
            slips /= 3.0;
            self.wait_share(self.case.due_at, 0.5 * manner.pace, 0.4);
            self.reported(handler)?;
        }
    }

    /// Whether the resident, when asked, wants it done again.
    fn called_back(&mut self, round: u32) -> Result<bool, Pause> {
        if !self.dice.chance(0.68) {
            return Ok(false);
        }
        let hours = self.dice.around(22.0, 0.5);
        self.wait(60.0 * hours);
        self.at = self.office.shift().by_day(self.at, self.dice);
        let late = matches!(
            (self.case.deadlines.resolve_by, self.case.reported_at),
            (Some(due), Some(done)) if done > due
        );
        let liked = self
            .case
            .unit
            .as_ref()
            .and_then(|unit| self.office.staff.unit(unit));
        let liked = liked.map_or(0.0, |(_, manner)| manner.liked);
        let reached = self.dice.chance(0.83);
        let mood = 4.25 + liked + 0.9 * self.dice.normal()
            - if late { 1.2 } else { 0.0 }
            - 0.6 * f64::from(self.case.failed_verifications)
            - 0.4 * f64::from(round);
        let score = mood.round().clamp(1.0, 5.0) as u8;
        let solved = score > 2 || self.dice.chance(0.3);
        let key = if reached {
            score.to_string()
        } else {
            "none".into()
        };
        let notes = self.office.phrases.call_back.get(&key);
        let note = notes.and_then(|notes| staff_note(notes, self.dice));
        self.desk(Command::CallBack {
            reached,
            solved: reached.then_some(solved),
            satisfaction: reached.then_some(score),
            note: note.map(Personal::new),
        })?;
        if !reached || solved || round > 1 || !self.dice.chance(0.75) {
            return Ok(false);
        }
        let minutes = self.desk_minutes(70.0);
        self.wait(minutes);
        let note = staff_note(&self.office.phrases.reopen, self.dice).unwrap_or_default();
        self.desk(Command::Reopen {
            note: Personal::new(note),
        })?;
        Ok(true)
    }

    /// The lowest tier that can act, as a rule; now and then somebody else,
    /// with a reason.
    fn choose_unit(&mut self) -> Result<(UnitCode, Option<String>), Pause> {
        let rules = self.office.rules;
        let category: &CategoryCode = &self.matter.code;
        let dutiful = rules.dutiful_units(category, self.case.area.as_ref());
        let local = dutiful.first().filter(|unit| !unit.areas.is_empty());
        if self.dice.chance(0.012)
            && let Some(other) = rules.units.values().nth(self.dice.below(rules.units.len()))
            && !rules.answers_for(other, category, self.case.area.as_ref())
        {
            let reason = staff_note(&self.office.phrases.outside_reason, self.dice);
            return Ok((other.code.clone(), reason));
        }
        if let Some(local) = local
            && self.dice.chance(0.64)
        {
            return Ok((local.code.clone(), None));
        }
        let first = usize::from(self.dice.chance(0.15)).min(self.matter.units.len() - 1);
        Ok((self.matter.units[first].clone(), None))
    }

    /// Minutes the desk takes: longer by night.
    fn desk_minutes(&mut self, median: f64) -> f64 {
        let hour = self.office.shift().hour(self.at);
        let night = if (7..22).contains(&hour) { 1.0 } else { 1.5 };
        self.dice.around(median, 0.65) * night
    }

    fn wait(&mut self, minutes: f64) {
        self.at = later(self.at, minutes);
    }

    /// Waits about this share of the time until something is due, and on to
    /// when people work.
    fn wait_share(&mut self, due: Option<Timestamp>, share: f64, sigma: f64) {
        let left = due.map_or(120.0, |due| {
            due.duration_since(self.at).as_secs_f64() / 60.0
        });
        let share = self.dice.around(share, sigma).min(8.0);
        self.wait(left.max(45.0) * share);
        let shift = self.office.shift();
        if !self.matter.is_emergency() {
            self.at = match self.matter.resolve {
                yiwang_base::Span::Clock { .. } => shift.by_day(self.at, self.dice),
                _ => shift.at_work(self.at, self.dice),
            };
        }
    }

    /// A step of whoever sits at the desk.
    fn desk(&mut self, command: Command) -> Step {
        let hour = self.office.shift().hour(self.at);
        let operator = self.office.staff.operator(hour).clone();
        self.step(&operator, command)
    }

    fn step(&mut self, actor: &Actor, command: Command) -> Step {
        if self.at > self.office.now || self.waits_in == Some(self.case.stage) {
            return Err(Pause::Now);
        }
        let context = Context {
            rules: self.office.rules,
            actor,
            grounds: None,
            now: self.at,
        };
        let next = decide(Some(&self.case), &command, &context).map_err(Pause::Refused)?;
        for happening in &next {
            self.case
                .apply(happening)
                .map_err(|error| Pause::Refused(StoreError::Broken(error.to_string()).into()))?;
        }
        self.happenings.extend(next);
        Ok(())
    }
}
