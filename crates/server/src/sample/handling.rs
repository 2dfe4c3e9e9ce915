//! From the dispatch to the call-back: what units, verifiers and the desk do
//! with a case that was accepted.

use yiwang_base::{Personal, UnitCode};
use yiwang_cases::{
    Action, Actor, AddUnit, Command, Limits, Redirect, ReportPart, Return, ReturnReason, Stage,
    StoreError, Unit, Withdraw, possible,
};

use super::journey::{Journey, Pause, Step};
use super::staff::Manner;

/// Share of dispatches that the unit gives back.
const RETURNED: f64 = 0.045;
/// Share of dispatches that the desk takes back to send elsewhere.
const REDIRECTED: f64 = 0.012;
/// Share of dispatches with a second unit that assists.
const ASSISTED: f64 = 0.06;

/// A unit of the city with whoever acts for it.
struct Lead {
    unit: UnitCode,
    handler: Actor,
    manner: Manner,
}

impl Journey<'_> {
    /// From the dispatch to the closing.
    pub(super) fn handle(&mut self, round: u32) -> Step {
        let lead = self.dispatched()?;
        // What was done badly is done again with more care.
        let pace = lead.manner.pace / (1.0 + 0.3 * f64::from(round));
        self.wait_share(self.case.deadlines.respond_by, 0.36 * pace, 0.5);
        self.step(&lead.handler, Command::Start)?;
        if self.dice.chance(0.012) {
            self.wait(90.0);
            let reason = self.maybe(&self.office.phrases.withdrawn);
            let note = Personal::new(reason.unwrap_or_default());
            return self.desk(Command::Withdraw(Withdraw { note }));
        }
        self.detours(&lead.handler)?;
        // A few are left lying.
        let stuck = if self.dice.chance(0.015) { 14.0 } else { 1.0 };
        self.wait_share(self.case.deadlines.resolve_by, 0.25 * pace, 0.45);
        self.assisted(&lead)?;
        self.wait_share(self.case.deadlines.resolve_by, 0.3 * pace * stuck, 0.45);
        self.reported(&lead.handler)?;
        self.verified(&lead)?;
        // Some lie until the next morning.
        let longer = if self.dice.chance(0.3) { 600.0 } else { 100.0 };
        let minutes = self.desk_minutes(longer);
        self.wait(minutes);
        self.at = self.office.shift().by_day(self.at, self.dice);
        let note = self.maybe(&self.office.phrases.closed);
        self.desk(Command::Close {
            reason: note.map(Personal::new),
        })?;
        self.scored()
    }

    /// Sent to a unit that keeps it.
    fn dispatched(&mut self) -> Result<Lead, Pause> {
        self.dispatch()?;
        // Given back twice, it goes to the district's government, which cannot
        // give it back.
        while self.dice.chance(RETURNED) && possible(&self.case).contains(&Action::Return) {
            let lead = self.lead()?;
            self.wait_share(self.case.deadlines.respond_by, 0.2, 0.5);
            let reason = *self.dice.pick(&ReturnReason::ALL);
            let notes = self.office.phrases.return_note.get(&reason);
            let note = notes.and_then(|notes| self.maybe(notes));
            let others = self.other_dutiful(&lead.unit);
            let responsible = others.first().cloned();
            self.step(
                &lead.handler,
                Command::Return(Return {
                    reason,
                    responsible,
                    note: Personal::new(note.unwrap_or_default()),
                }),
            )?;
            if self.case.stage == Stage::Accepted {
                self.dispatch()?;
            }
        }
        let lead = self.lead()?;
        let others = self.other_dutiful(&lead.unit);
        if self.dice.chance(REDIRECTED)
            && let Some(unit) = others.first().cloned()
            && let Some(reason) = self.maybe(&self.office.phrases.redirect_reason)
        {
            self.wait_share(self.case.deadlines.respond_by, 0.9, 0.3);
            self.desk(Command::Redirect(Redirect {
                unit,
                assisting: Vec::new(),
                reason,
                note: None,
            }))?;
        }
        self.lead()
    }

    fn dispatch(&mut self) -> Step {
        let minutes = self.desk_minutes(15.0);
        self.wait(minutes);
        let (unit, reason) = self.choose_unit()?;
        let note = self
            .dice
            .chance(0.12)
            .then_some(&self.office.phrases.dispatch_note);
        let note = note.and_then(|notes| self.maybe(notes));
        let mut assisting = Vec::new();
        if self.dice.chance(ASSISTED) {
            assisting.extend(self.other_dutiful(&unit).first().cloned());
        }
        self.desk(Command::Dispatch {
            unit,
            assisting,
            limits: Limits::ByCategory,
            reason,
            note: note.map(Personal::new),
        })
    }

    /// Whoever has the case.
    fn lead(&self) -> Result<Lead, Pause> {
        let unit = self.case.unit.clone();
        let found = unit.and_then(|unit| {
            let (handler, manner) = self.office.staff.unit(&unit)?.clone();
            Some(Lead {
                unit,
                handler,
                manner,
            })
        });
        found.ok_or_else(|| broken("a dispatched case that nobody has"))
    }

    /// Other units whose duty it is, none that gave the case back.
    fn other_dutiful(&self, than: &UnitCode) -> Vec<UnitCode> {
        let area = self.case.area.as_ref();
        let dutiful = self.office.rules.dutiful_units(&self.matter.code, area);
        let free = |unit: &&Unit| unit.code != *than && !self.gave_back(&unit.code);
        let others = dutiful.into_iter().filter(free);
        others.map(|unit| unit.code.clone()).collect()
    }

    fn gave_back(&self, unit: &UnitCode) -> bool {
        self.case.more.returns.by.contains(unit)
    }

    /// The lowest tier that can act, as a rule; now and then somebody else,
    /// with a reason.
    fn choose_unit(&mut self) -> Result<(UnitCode, Option<String>), Pause> {
        let rules = self.office.rules;
        let area = self.case.area.clone();
        let dutiful = rules.dutiful_units(&self.matter.code, area.as_ref());
        let free: Vec<&Unit> = dutiful
            .iter()
            .copied()
            .filter(|unit| !self.gave_back(&unit.code))
            .collect();
        if self.dice.chance(0.01) {
            let any = self.dice.below(rules.units.len());
            let other = rules
                .units
                .values()
                .nth(any)
                .filter(|unit| !unit.duties.is_empty());
            if let Some(other) = other
                && !rules.answers_for(other, &self.matter.code, area.as_ref())
                && !self.gave_back(&other.code)
            {
                let reason = self.maybe(&self.office.phrases.outside_reason);
                return Ok((other.code.clone(), reason));
            }
        }
        if let Some(local) = free.first().filter(|unit| !unit.areas.is_empty())
            && self.dice.chance(0.64)
        {
            return Ok((local.code.clone(), None));
        }
        let usual = self
            .matter
            .units
            .iter()
            .filter(|unit| free.iter().any(|f| f.code == **unit));
        let usual: Vec<&UnitCode> = usual.collect();
        if let Some(first) = usual.first() {
            let second = usual.get(1).filter(|_| self.dice.chance(0.15));
            return Ok(((*second.unwrap_or(first)).clone(), None));
        }
        if let Some(last) = free.first() {
            return Ok((last.code.clone(), None));
        }
        // Everybody gave it back: one of them has it after all.
        let reason = self.maybe(&self.office.phrases.again_reason);
        let first = dutiful
            .first()
            .ok_or_else(|| broken("a category that is nobody's duty"))?;
        Ok((first.code.clone(), reason))
    }

    /// Whoever assists does its part. A lead by first-receiver duty may ask
    /// somebody itself.
    fn assisted(&mut self, lead: &Lead) -> Step {
        let others = self.other_dutiful(&lead.unit);
        if self.case.more.parts.0.is_empty()
            && self.case.more.lead.may_choose_assistants()
            && self.dice.chance(0.1)
            && let Some(unit) = others.first().cloned()
        {
            self.step(
                &lead.handler,
                Command::AddUnit(AddUnit {
                    by: Some(lead.unit.clone()),
                    unit,
                    note: None,
                }),
            )?;
        }
        let open: Vec<UnitCode> = self.case.more.parts.open().cloned().collect();
        for unit in open {
            if self.dice.chance(0.12) {
                continue;
            }
            let Some((handler, _)) = self.office.staff.unit(&unit).cloned() else {
                continue;
            };
            self.wait_share(self.case.deadlines.resolve_by, 0.12, 0.4);
            let note = self
                .maybe(&self.office.phrases.part_done)
                .unwrap_or_default();
            self.step(
                &handler,
                Command::ReportPart(ReportPart {
                    unit,
                    note: Personal::new(note),
                }),
            )?;
        }
        Ok(())
    }

    fn reported(&mut self, handler: &Actor) -> Step {
        if let Some(scene) = self.picture.take() {
            self.attach(handler, (scene, true), "处置后.png")?;
        }
        let note = self.maybe(&self.matter.done).unwrap_or_default();
        let waits = self.case.more.parts.open().next().is_some();
        let reasons = waits.then_some(&self.office.phrases.open_parts_reason);
        let open_parts_reason = reasons.and_then(|reasons| self.maybe(reasons));
        self.step(
            handler,
            Command::ReportBack {
                note: Personal::new(note),
                open_parts_reason,
            },
        )
    }

    /// Verified until it passes.
    fn verified(&mut self, lead: &Lead) -> Step {
        let verifier = self.office.staff.verifier.clone();
        let mut slips = lead.manner.slips;
        loop {
            self.wait_share(self.case.due_at, 0.33, 0.6);
            let fails = self.dice.chance(slips);
            let notes = match fails {
                true => &self.matter.undone,
                false => &self.office.phrases.verified,
            };
            let note = self.maybe(notes).map(Personal::new);
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
            self.wait_share(self.case.due_at, 0.5 * lead.manner.pace, 0.4);
            self.reported(&lead.handler)?;
        }
    }

    /// Whether the resident, when asked, wants it done again.
    pub(super) fn called_back(&mut self, round: u32) -> Result<bool, Pause> {
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
        let liked = self.lead().map_or(0.0, |lead| lead.manner.liked);
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
        let note = notes.and_then(|notes| self.maybe(notes));
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
        let note = self.maybe(&self.office.phrases.reopen).unwrap_or_default();
        self.desk(Command::Reopen {
            note: Personal::new(note),
        })?;
        Ok(true)
    }
}

fn broken(what: &str) -> Pause {
    Pause::Refused(StoreError::Broken(what.to_owned()).into())
}
