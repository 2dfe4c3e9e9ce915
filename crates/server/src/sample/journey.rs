//! What becomes of a request: each step decided by the cases room at the time
//! it is taken, up to now. Times are invented, rules are not.

use sha2::{Digest as _, Sha256};
use yiwang_base::{AreaCode, CaseId, Personal, Refusal, Timestamp};
use yiwang_cases::{
    Actor, Attach, Case, Change, Command, Context, DeclineReason, File, FileKind, Happening, Rules,
    Stage, StoreError, Submit, decide,
};

use super::arrivals::later;
use super::dice::Dice;
use super::matter::Matter;
use super::phrases::{Declined, Phrases};
use super::pictures::Scene;
use super::shift::Shift;
use super::staff::Staff;
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
    /// How many requests came in after this one.
    pub(crate) before_last: u64,
    /// The first case about the same thing.
    pub(crate) same_as: Option<CaseId>,
    pub(crate) decline: Option<(DeclineReason, &'a Declined)>,
    /// What the sender took a picture of.
    pub(crate) picture: Option<Scene>,
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
pub(super) struct Journey<'a> {
    pub(super) office: &'a Office<'a>,
    pub(super) dice: &'a mut Dice,
    pub(super) matter: &'a Matter,
    pub(super) case: Case,
    happenings: Vec<Happening>,
    /// When the last step was taken.
    pub(super) at: Timestamp,
    /// The stage that nobody has got it out of yet.
    waits_in: Option<Stage>,
    /// What is to be seen once more when it is done.
    pub(super) picture: Option<Scene>,
}

/// Some of what came in lately is still lying where it came in, at the desk or
/// at the unit: the desk is to have work, some of it late. Of the very last
/// there are always some, however few come in at this hour.
fn waits_in(errand: &Errand<'_>, now: Timestamp) -> Option<Stage> {
    let hours = now.duration_since(errand.at).as_hours();
    let lately = |within: i64, last: u64| hours < within || errand.before_last < last;
    match errand.id.0 % 8 {
        0 | 2 | 4 | 6 if lately(3, 6) => Some(Stage::Submitted),
        1 | 5 if lately(6, 12) => Some(Stage::Accepted),
        3 | 7 if lately(26, 16) => Some(Stage::Dispatched),
        1 if (30..240).contains(&hours) => Some(Stage::Verified),
        _ => None,
    }
}

/// The journey has come to the present, or to its end.
pub(super) enum Pause {
    Now,
    Refused(Refusal),
}

pub(super) type Step = Result<(), Pause>;

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
            picture: errand.picture,
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

    pub(super) fn shift(&self) -> Shift<'_> {
        Shift::new(&self.rules.calendar)
    }
}

impl Journey<'_> {
    fn go(&mut self, errand: &Errand<'_>) -> Step {
        if let Some(scene) = errand.picture {
            self.attach(errand.by, (scene, false), "现场.png")?;
        }
        self.waits_in = waits_in(errand, self.office.now);
        let minutes = self.desk_minutes(24.0);
        self.wait(minutes);
        if let Some((reason, declined)) = errand.decline {
            let note = staff_note(&declined.note, self.dice).unwrap_or_default();
            let responsible = self.maybe(&declined.responsible);
            return self.desk(Command::Decline {
                reason,
                responsible,
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

    /// A picture of the place, for the resident to see as well.
    pub(super) fn attach(
        &mut self,
        actor: &Actor,
        (scene, mended): (Scene, bool),
        name: &str,
    ) -> Step {
        let broken = |error: std::io::Error| StoreError::Broken(error.to_string());
        let bytes = scene.draw(mended).map_err(broken);
        let bytes = bytes.map_err(|error| Pause::Refused(error.into()))?;
        let file = File {
            name: Some(name.to_owned()),
            sha256: hex::encode(Sha256::digest(&bytes)),
            bytes: bytes.into(),
        };
        let attach = Attach {
            kind: FileKind::Png,
            for_resident: true,
            file: Personal::new(file),
        };
        self.step(actor, Command::Attach(attach))
    }

    /// Minutes the desk takes: longer by night.
    pub(super) fn desk_minutes(&mut self, median: f64) -> f64 {
        let hour = self.office.shift().hour(self.at);
        let night = if (7..22).contains(&hour) { 1.0 } else { 1.5 };
        self.dice.around(median, 0.65) * night
    }

    /// One of these phrases, if there are any.
    pub(super) fn maybe(&mut self, phrases: &[String]) -> Option<String> {
        staff_note(phrases, self.dice)
    }

    pub(super) fn wait(&mut self, minutes: f64) {
        self.at = later(self.at, minutes);
    }

    /// Waits about this share of the time until something is due, and on to
    /// when people work.
    pub(super) fn wait_share(&mut self, due: Option<Timestamp>, share: f64, sigma: f64) {
        let left = due.map_or(120.0, |due| {
            due.duration_since(self.at).as_secs_f64() / 60.0
        });
        let share = self.dice.around(share, sigma).min(12.0);
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
    pub(super) fn desk(&mut self, command: Command) -> Step {
        let hour = self.office.shift().hour(self.at);
        let operator = self.office.staff.operator(hour).clone();
        self.step(&operator, command)
    }

    pub(super) fn step(&mut self, actor: &Actor, command: Command) -> Step {
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
