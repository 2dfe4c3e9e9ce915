//! What happens to some cases between the start and the report: the resident is
//! asked, it is shelved, it takes longer, somebody watches; and how the units'
//! work is scored afterwards.

use yiwang_base::Personal;
use yiwang_cases::{
    Action, Actor, AnswerQuestion, AnswerSupervision, AskExtension, AskResident, Command, Comment,
    Extend, RefuseExtension, Release, Resume, Score, Shelve, ShelveReason, Supervise,
    SupervisionLevel, possible,
};

use super::arrivals::later;
use super::journey::{Journey, Step};

/// Share of cases in which the resident is asked for more.
const ASKED: f64 = 0.02;
/// Share of cases that are shelved.
const SHELVED: f64 = 0.008;
/// Share of cases for which the unit asks for more time.
const EXTENDED: f64 = 0.04;
/// Share of cases that are watched.
const SUPERVISED: f64 = 0.012;
/// Share of cases about which units say something to each other.
const COMMENTED: f64 = 0.05;
/// Share of closed cases whose lead is scored.
const SCORED: f64 = 0.06;

impl Journey<'_> {
    /// Whatever holds the case up; nothing, for most.
    pub(super) fn detours(&mut self, handler: &Actor) -> Step {
        if self.dice.chance(COMMENTED) {
            self.wait(25.0);
            let note = self.maybe(&self.office.phrases.detours.comment);
            let note = Personal::new(note.unwrap_or_default());
            self.step(handler, Command::Comment(Comment { note }))?;
        }
        if self.dice.chance(ASKED) {
            self.ask_resident(handler)?;
        }
        if self.dice.chance(SHELVED) {
            self.shelve()?;
        }
        if self.dice.chance(EXTENDED) {
            self.ask_for_time(handler)?;
        }
        if self.dice.chance(SUPERVISED) {
            self.supervise(handler)?;
        }
        Ok(())
    }

    fn ask_resident(&mut self, handler: &Actor) -> Step {
        self.wait(20.0);
        let question = self.maybe(&self.office.phrases.detours.question);
        let note = Personal::new(question.unwrap_or_default());
        self.step(handler, Command::AskResident(AskResident { note }))?;
        let hours = self.dice.around(9.0, 0.8);
        self.wait(60.0 * hours);
        if self.dice.chance(0.8) {
            let answer = self.maybe(&self.office.phrases.detours.answer);
            let note = Personal::new(answer.unwrap_or_default());
            return self.step(
                &Actor::Resident,
                Command::AnswerQuestion(AnswerQuestion { note }),
            );
        }
        self.step(handler, Command::Resume(Resume { note: None }))
    }

    fn shelve(&mut self) -> Step {
        let minutes = self.desk_minutes(200.0);
        self.wait(minutes);
        let reason = *self.dice.pick(&ShelveReason::ALL);
        let days = self.dice.between(30.0, 120.0);
        let review_by = later(self.at, days * 24.0 * 60.0);
        let note = self.maybe(&self.office.phrases.detours.shelve);
        self.desk(Command::Shelve(Shelve {
            reason,
            review_by,
            note: Personal::new(note.unwrap_or_default()),
        }))?;
        let share = self.dice.between(0.4, 1.1);
        let pause = review_by.duration_since(self.at).as_secs_f64() / 60.0;
        self.wait(pause * share);
        self.at = self.office.shift().by_day(self.at, self.dice);
        self.desk(Command::Resume(Resume { note: None }))
    }

    fn ask_for_time(&mut self, handler: &Actor) -> Step {
        let Some(owed) = self
            .case
            .deadlines
            .resolve_by
            .filter(|owed| *owed > self.at)
        else {
            return Ok(());
        };
        let limit = self.office.rules.categories.get(&self.matter.code);
        let Some(limit) = limit.map(|category| self.office.rules.handling(category).resolve) else {
            return Ok(());
        };
        // Half as long again, and never nothing.
        let more = limit.with_amount((limit.amount() / 2).max(1));
        let calendar = &self.office.rules.calendar;
        let Ok(resolve_by) = calendar.due(owed, more) else {
            return Ok(());
        };
        // For what is urgent nobody has time to ask.
        if resolve_by.duration_since(self.at).as_hours() < 24 {
            return Ok(());
        }
        let reason = self.maybe(&self.office.phrases.detours.more_time);
        let reason = reason.unwrap_or_default();
        self.step(
            handler,
            Command::AskExtension(AskExtension { resolve_by, reason }),
        )?;
        let minutes = self.desk_minutes(150.0);
        self.wait(minutes);
        if self.dice.chance(0.8) {
            let reason = self.maybe(&self.office.phrases.detours.granted);
            let reason = reason.unwrap_or_default();
            return self.desk(Command::Extend(Extend {
                resolve_by: None,
                reason,
            }));
        }
        let reason = self.maybe(&self.office.phrases.detours.not_granted);
        let reason = reason.unwrap_or_default();
        self.desk(Command::RefuseExtension(RefuseExtension { reason }))
    }

    fn supervise(&mut self, handler: &Actor) -> Step {
        if !possible(&self.case).contains(&Action::Supervise) {
            return Ok(());
        }
        self.wait(90.0);
        let level = *self.dice.pick(&SupervisionLevel::ALL);
        let answer_by = later(self.at, 24.0 * 60.0);
        let note = self.maybe(&self.office.phrases.detours.supervise);
        self.desk(Command::Supervise(Supervise {
            by: None,
            level,
            answer_by,
            note: Personal::new(note.unwrap_or_default()),
        }))?;
        self.wait_share(Some(answer_by), 0.6, 0.5);
        let note = self.maybe(&self.office.phrases.detours.supervise_answer);
        let note = Personal::new(note.unwrap_or_default());
        self.step(
            handler,
            Command::AnswerSupervision(AnswerSupervision { note }),
        )?;
        let minutes = self.desk_minutes(60.0);
        self.wait(minutes);
        self.desk(Command::Release(Release {
            by: None,
            note: None,
        }))
    }

    /// The desk scores the lead's work, now and then.
    pub(super) fn scored(&mut self) -> Step {
        let Some(unit) = self.case.unit.clone().filter(|_| self.dice.chance(SCORED)) else {
            return Ok(());
        };
        let failed = self.case.failed_verifications > 0;
        let late = matches!(
            (self.case.deadlines.resolve_by, self.case.reported_at),
            (Some(due), Some(done)) if done > due
        );
        let score = 5 - 2 * u8::from(failed) - u8::from(late);
        let reasons = &self.office.phrases.detours.score;
        let reason = reasons.get(usize::from(score) - 1).cloned();
        self.desk(Command::Score(Score {
            by: None,
            unit,
            score,
            reason: reason.unwrap_or_default(),
        }))
    }
}
