//! What became of what was found: alerts, who took them up and what they did,
//! and the cases that came of them, each step at its time.

use std::collections::{BTreeMap, HashMap};

use jiff::SignedDuration;
use yiwang_base::{CaseId, CategoryCode, Colour, Personal, Timestamp, UserName};
use yiwang_cases::{Actor, Asked, Case, Command, Context, Limits, execute};
use yiwang_sensing::StreamId;
use yiwang_sensing::alert::{Alert, AlertCommand, Handling, Outcome, Spot, inhibitor};
use yiwang_sensing::docket::{Kept, Sheet as _};
use yiwang_sensing::rule::{Finding, Stream};
use yiwang_store::Store;

use super::{refused, warnings};
use crate::alerting::Rules;
use crate::city::City;
use crate::flows::alerts::{act_at, alert_of, found_of, new_case, outcome_of, raise};
use crate::flows::warnings::is_of_table;
use crate::sample::dice::Dice;
use crate::sample::staff::{NIGHT_OPERATOR, OPERATOR, VERIFIER, handler};
use crate::sample::{Plan, SampleError};

/// What somebody, or the clock, does with an alert.
enum Deed {
    Acknowledge,
    Handle(&'static str),
    Silence(&'static str),
    Label(Outcome),
    Tick,
    Case(Road),
}

/// A step of the case of an alert.
#[derive(Clone, Copy)]
enum Road {
    Dispatch,
    Start,
    ReportBack,
    Verify,
    Close,
}

/// Minutes after a case is opened.
const ROAD: [(Road, i64); 5] = [
    (Road::Dispatch, 9),
    (Road::Start, 31),
    (Road::ReportBack, 96),
    (Road::Verify, 161),
    (Road::Close, 168),
];
/// How long an instrument that waits to be mended is silenced, hours.
const SILENCE_HOURS: i64 = 120;
/// What was raised longer ago is over.
const NEW_HOURS: i64 = 60;
/// Seconds from what is found to the alert.
const PROMPT: i64 = 2;

/// All that became of what was found.
pub(super) struct Story<'a> {
    store: &'a Store,
    city: &'a City,
    plan: &'a Plan,
    rules: &'a Rules,
    streams: &'a HashMap<StreamId, Stream>,
    alerts: BTreeMap<u64, Kept<Alert>>,
    /// What is still to be done, by time and in the order it was thought of.
    ahead: BTreeMap<(Timestamp, u64), (u64, Deed)>,
    thought: u64,
    /// When the last step was taken.
    clock: Timestamp,
    warned: bool,
}

impl<'a> Story<'a> {
    pub(super) fn new(
        store: &'a Store,
        city: &'a City,
        plan: &'a Plan,
        rules: &'a Rules,
        streams: &'a HashMap<StreamId, Stream>,
    ) -> Self {
        Story {
            store,
            city,
            plan,
            rules,
            streams,
            alerts: BTreeMap::new(),
            ahead: BTreeMap::new(),
            thought: 0,
            clock: Timestamp::UNIX_EPOCH,
            warned: false,
        }
    }

    /// Goes on with what was found next.
    pub(super) async fn go_on(&mut self, found: Vec<Finding>) -> Result<(), SampleError> {
        for finding in found {
            let at = yiwang_base::from_millis(finding.at) + SignedDuration::from_secs(PROMPT);
            self.do_until(at).await?;
            self.clock = self.clock.max(at);
            self.take(&finding).await?;
        }
        Ok(())
    }

    /// Does what is to be done up to now.
    pub(super) async fn end(mut self) -> Result<(), SampleError> {
        self.do_until(self.plan.now).await
    }

    async fn do_until(&mut self, until: Timestamp) -> Result<(), SampleError> {
        while let Some(first) = self.ahead.first_entry() {
            let (at, _) = *first.key();
            if at > until {
                return Ok(());
            }
            let (alert, deed) = first.remove();
            self.clock = self.clock.max(at);
            self.act(alert, deed).await?;
        }
        Ok(())
    }

    fn later(&mut self, alert: u64, minutes: i64, deed: Deed) {
        let at = self.clock + SignedDuration::from_mins(minutes);
        self.thought += 1;
        self.ahead.insert((at, self.thought), (alert, deed));
    }

    async fn take(&mut self, finding: &Finding) -> Result<(), SampleError> {
        let Some(rule) = self.rules.get(&finding.rule) else {
            return Ok(());
        };
        let found = found_of(finding);
        let first = finding.streams.first();
        let Some(stream) = first.and_then(|id| self.streams.get(id)) else {
            return Ok(());
        };
        let spot = Spot {
            area: stream.areas.first().cloned(),
            point: stream.point,
            thing: stream.thing,
        };
        let open = self.alerts.values().filter(|kept| kept.sheet.is_open());
        let before = alert_of(open, rule, &found, &spot).cloned();
        if before.is_none() && found.to.is_none() {
            return Ok(());
        }
        let command = match before {
            Some(_) => AlertCommand::Find(found),
            None => raise(rule, found, spot),
        };
        let by = format!("system:rule/{}", finding.rule);
        let kept = self.step(before.as_ref(), &command, &by).await?;
        match before {
            None => self.plan_for(&kept, finding.rule.as_str()),
            Some(before) if before.sheet.handling != kept.sheet.handling => {
                self.later(kept.id, 55, Deed::Handle("情况再次出现，已到场复查处置。"));
            }
            Some(_) => {}
        }
        self.follow_up(kept).await
    }

    /// What an alert brings about by itself.
    async fn follow_up(&mut self, kept: Kept<Alert>) -> Result<(), SampleError> {
        let alert = &kept.sheet;
        if alert.stands()
            && !self.warned
            && alert.colour >= Colour::Orange
            && alert.rules.keys().any(is_of_table)
        {
            self.warned = true;
            warnings::storm(self.store, self.city, &kept, self.clock).await?;
        }
        let mut rules = alert
            .rules
            .keys()
            .filter_map(|code| Some((code, self.rules.get(code)?)));
        let wants = rules
            .find(|(_, rule)| rule.category.is_some() && alert.gravest >= rule.opens_case_from);
        let (None, Some((code, rule))) = (alert.case, wants) else {
            return Ok(());
        };
        let by = format!("system:rule/{code}");
        let case = self.open_case(&kept, &by, rule.category.clone()).await?;
        let link = AlertCommand::LinkCase {
            case: case.id,
            joined: false,
            reason: None,
        };
        let goes_on = self.is_new(alert) && matches!(code.as_str(), "cover-open" | "care-quiet");
        self.step(Some(&kept), &link, &by).await?;
        let steps = ROAD.iter().take(if goes_on { 2 } else { ROAD.len() });
        for (step, minutes) in steps {
            self.later(kept.id, *minutes, Deed::Case(*step));
        }
        Ok(())
    }

    async fn open_case(
        &self,
        kept: &Kept<Alert>,
        by: &str,
        category: Option<CategoryCode>,
    ) -> Result<Case, SampleError> {
        let actor = Actor::System(by.trim_start_matches("system:").to_owned());
        let context = self.context(&actor);
        let made = new_case(self.store, self.city, category, true, kept, &context).await;
        made.map_err(refused)
    }

    /// What people will do with a new alert.
    fn plan_for(&mut self, kept: &Kept<Alert>, rule: &str) {
        let dice = &mut Dice::new(self.plan.seed, "alerts", kept.id);
        for rung in &kept.sheet.escalate {
            self.later(kept.id, i64::from(rung.after_minutes), Deed::Tick);
        }
        let soon = 2 + dice.below(6) as i64;
        let done = 50 + dice.below(90) as i64;
        let is_new = self.is_new(&kept.sheet);
        let (words, outcome) = match rule {
            // Nobody has come to these yet.
            "gas-silent" | "lift-fault" if is_new => return,
            "noise-stuck" if is_new => {
                self.later(kept.id, 240, Deed::Silence("等待厂家更换传声器。"));
                return;
            }
            "cover-open" | "care-quiet" if is_new => {
                self.later(kept.id, soon, Deed::Acknowledge);
                return;
            }
            "air-unusual" => ("现场核实为仪器风扇停转，已复位。", Outcome::False),
            "night-noise" => ("已到工地制止夜间施工并登记。", Outcome::Real),
            "gas-leak" => ("已关阀、通风，更换灶前软管。", Outcome::Real),
            _ => ("已派人到场值守、排水，水退后撤离。", Outcome::Real),
        };
        self.later(kept.id, soon, Deed::Acknowledge);
        self.later(kept.id, done, Deed::Handle(words));
        self.later(kept.id, done + 6, Deed::Label(outcome));
    }

    /// Whether it was raised so lately that somebody may still be at it.
    fn is_new(&self, alert: &Alert) -> bool {
        let age = self.plan.now.duration_since(alert.raised_at);
        age.as_hours() < NEW_HOURS
    }

    /// Whoever sits at the desk now.
    fn operator(&self) -> &'static str {
        let zone = self.city.rules.calendar.zone().clone();
        let hour = self.clock.to_zoned(zone).hour();
        if (8..20).contains(&hour) {
            OPERATOR
        } else {
            NIGHT_OPERATOR
        }
    }

    fn context<'b>(&'b self, actor: &'b Actor) -> Context<'b> {
        Context {
            rules: &self.city.rules,
            actor,
            grounds: None,
            now: self.clock,
        }
    }

    async fn act(&mut self, alert: u64, deed: Deed) -> Result<(), SampleError> {
        let Some(kept) = self.alerts.get(&alert).cloned() else {
            return Ok(());
        };
        let operator = self.operator();
        let by = format!("user:{operator}");
        let (command, by) = match deed {
            Deed::Acknowledge => {
                let holder: UserName = operator.parse()?;
                (AlertCommand::Acknowledge { holder }, by)
            }
            Deed::Handle(_) if kept.sheet.handling == Handling::Handled => return Ok(()),
            Deed::Handle(done) => {
                let done = done.to_owned();
                (AlertCommand::Handle { done }, by)
            }
            Deed::Silence(reason) => {
                let until = self.clock + SignedDuration::from_hours(SILENCE_HOURS);
                let reason = reason.to_owned();
                (AlertCommand::Silence { until, reason }, by)
            }
            // Where a case took it on, its end says what came of it.
            Deed::Label(_) if kept.sheet.case.is_some() => return Ok(()),
            Deed::Label(outcome) => (AlertCommand::Label { outcome }, by),
            Deed::Tick => {
                let all: Vec<Kept<Alert>> = self.alerts.values().cloned().collect();
                let inhibitor = inhibitor(&kept, &all);
                (AlertCommand::Tick { inhibitor }, "system:clock".to_owned())
            }
            Deed::Case(step) => return self.case_step(kept, step).await,
        };
        self.step(Some(&kept), &command, &by).await.map(drop)
    }

    async fn case_step(&mut self, kept: Kept<Alert>, step: Road) -> Result<(), SampleError> {
        let (Some(id), Some(category)) = (kept.sheet.case, self.category(&kept)) else {
            return Ok(());
        };
        let unit = self.city.rules.units.values();
        let mut unit = unit.filter(|unit| unit.areas.is_empty() && unit.duties.contains(&category));
        let Some(unit) = unit.next().map(|unit| unit.code.clone()) else {
            return Ok(());
        };
        let (desk, staff) = (self.operator().to_owned(), handler(&unit));
        let note = |words: &str| Personal::new(words.to_owned());
        let (who, command) = match step {
            Road::Dispatch => {
                let dispatch = Command::Dispatch {
                    unit,
                    assisting: Vec::new(),
                    limits: Limits::ByCategory,
                    reason: None,
                    note: None,
                };
                (desk, dispatch)
            }
            Road::Start => (staff, Command::Start),
            Road::ReportBack => {
                let report = Command::ReportBack {
                    note: note("已到场处置完毕，传感器读数恢复正常。"),
                    open_parts_reason: None,
                };
                (staff, report)
            }
            Road::Verify => {
                let verify = Command::Verify {
                    pass: true,
                    note: None,
                };
                (VERIFIER.to_owned(), verify)
            }
            Road::Close => (desk, Command::Close { reason: None }),
        };
        let case = self.execute(id, &who, command).await?;
        if let Some(outcome) = outcome_of(&case) {
            let label = AlertCommand::Label { outcome };
            self.step(Some(&kept), &label, "system:case-outcome")
                .await?;
        }
        Ok(())
    }

    /// The category of an alert's case.
    fn category(&self, kept: &Kept<Alert>) -> Option<CategoryCode> {
        let mut rules = kept.sheet.rules.keys();
        rules.find_map(|code| self.rules.get(code)?.category.clone())
    }

    async fn execute(&self, id: CaseId, who: &str, command: Command) -> Result<Case, SampleError> {
        let actor = Actor::User(who.parse()?);
        let asked = Asked {
            id: Some(id),
            seen_version: None,
            command,
            receipt: None,
        };
        let done = execute(self.store, &asked, &self.context(&actor)).await;
        done.map_err(refused)
    }

    async fn step(
        &mut self,
        before: Option<&Kept<Alert>>,
        command: &AlertCommand,
        by: &str,
    ) -> Result<Kept<Alert>, SampleError> {
        let stepped = act_at(self.store, before, command, by, self.clock).await;
        let kept = stepped.map_err(refused)?;
        self.alerts.insert(kept.id, kept.clone());
        Ok(kept)
    }
}
