//! Tasks for volunteers, companies and social organisations (共治任务): a unit
//! says what help is wanted, they claim it, report what they did, and the unit
//! confirms it. Confirmed work makes up the ledger of contributions.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yiwang_base::{
    AreaCode, CaseId, LocalText, Personal, Refusal, RefusalKind, Timestamp, UnitCode, UserName,
};

use super::life::{Head, Life, Step, Tag, named, not_now, opens_nothing, words};
use super::{Words, field};
use crate::check::known_unit;
use crate::{Actor, Context};

pub(crate) const OPENING: &[&str] = &["publish"];
pub(crate) const STATES: &[&str] = &["open", "full", "closed", "cancelled"];

/// Most minutes that one person's work on a task counts for: a hundred hours.
const MOST_MINUTES: u32 = 6_000;

named! {
    /// As what somebody helps.
    Capacity {
        Volunteer "volunteer" "志愿者" "volunteer";
        Company "company" "企业" "company";
        Organisation "organisation" "社会组织" "social organisation";
    }
}

named! {
    /// How far a claim is.
    ClaimState {
        Claimed "claimed" "已认领" "claimed";
        Reported "reported" "已完成，待确认" "reported, to be confirmed";
        Confirmed "confirmed" "已确认" "confirmed";
        GivenUp "given_up" "已放弃" "given up";
    }
}

/// What somebody took on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Whose it is: the name of an account.
    pub by: UserName,
    /// As what.
    pub capacity: Capacity,
    /// How far it is.
    pub state: ClaimState,
    /// Minutes: reported, then confirmed.
    #[serde(default)]
    pub minutes: u32,
}

/// A task as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Its title.
    pub title: LocalText,
    /// What is to be done, for the public.
    pub summary: LocalText,
    /// Where.
    pub area: AreaCode,
    /// The unit that asks for help.
    pub unit: UnitCode,
    /// The case that it helps to solve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// How many are wanted.
    pub places: u32,
    /// By when.
    pub due_at: Timestamp,
    /// Claims, in the order in which they were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<LocalText>,
    /// Whether it was called off.
    #[serde(default)]
    pub cancelled: bool,
}

/// A step of a task.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in the task")]
pub enum Command {
    /// Ask for help.
    Publish {
        title: LocalText,
        summary: LocalText,
        area: AreaCode,
        unit: UnitCode,
        case: Option<CaseId>,
        places: u32,
        due: Date,
    },
    /// Take it on.
    Claim { capacity: Capacity },
    /// Leave it to others.
    GiveUp {},
    /// It is done.
    Report {
        minutes: u32,
        /// What was done.
        note: Personal<String>,
    },
    /// The work is confirmed.
    Confirm {
        number: u32,
        /// What counts of the minutes reported; all unless told.
        minutes: Option<u32>,
    },
    /// The work is not done yet.
    SendBack {
        number: u32,
        /// Why; it stays in the record.
        reason: String,
    },
    /// End it.
    Close { report: LocalText },
    /// Call it off.
    Cancel {
        /// Why; it stays in the record.
        reason: String,
    },
}

words! { Command {
    Publish "publish" Claim "claim" GiveUp "give_up" Report "report" Confirm "confirm"
    SendBack "send_back" Close "close" Cancel "cancel"
} }

/// What can happen to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the task")]
pub enum Event {
    /// Help is asked for.
    Published {
        area: AreaCode,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<CaseId>,
        due_at: Timestamp,
        places: u32,
        summary: LocalText,
        title: LocalText,
        unit: UnitCode,
    },
    /// Taken on.
    Claimed { by: UserName, capacity: Capacity },
    /// Left to others.
    GivenUp { by: UserName },
    /// Done. Sealed: what was done.
    Reported { by: UserName, minutes: u32 },
    /// Confirmed.
    Confirmed { minutes: u32, number: u32 },
    /// Not done yet; why is in the grounds.
    SentBack { number: u32 },
    /// Ended.
    Closed { report: LocalText },
    /// Called off; why is in the grounds.
    Cancelled {},
}

words! { Event {
    Published "published" Claimed "claimed" GivenUp "given_up" Reported "reported"
    Confirmed "confirmed" SentBack "sent_back" Closed "closed" Cancelled "cancelled"
} }

/// The account of whoever acts.
fn account<'a>(context: &'a Context<'_>) -> Result<&'a UserName, Refusal> {
    match context.actor {
        Actor::User(name) => Ok(name),
        _ => Err(Refusal::new(
            RefusalKind::Forbidden,
            "task.account",
            "请先登录，再认领任务",
            "sign in to claim a task",
        )
        .at("action")),
    }
}

impl Task {
    /// The claim of an account that stands.
    pub fn claim_of(&self, name: &UserName) -> Option<&Claim> {
        let mut all = self.claims.iter();
        all.find(|one| one.by == *name && one.state != ClaimState::GivenUp)
    }

    /// Whether an account's own part lets it take this step; of steps that are not
    /// helpers', yes.
    pub fn lets(&self, name: &UserName, step: &str) -> bool {
        let state = self.claim_of(name).map(|own| own.state);
        match step {
            "claim" => state.is_none(),
            "report" | "give_up" => state == Some(ClaimState::Claimed),
            _ => true,
        }
    }

    fn taken(&self) -> usize {
        let all = self.claims.iter();
        all.filter(|one| one.state != ClaimState::GivenUp).count()
    }

    /// The account's claim, where it is so far that this can be done.
    fn own(&self, action: &str, context: &Context<'_>) -> Result<&UserName, Refusal> {
        let name = account(context)?;
        match self.claim_of(name) {
            Some(own) if own.state == ClaimState::Claimed => Ok(&own.by),
            Some(own) => Err(Refusal::new(
                RefusalKind::NotNow,
                "task.reported",
                format!("您的任务{}，不能再办这一步", own.state.name().zh),
                format!(
                    "your part is {}: this cannot be done now",
                    own.state.name().en
                ),
            )
            .at("action")
            .found(action)),
            None => Err(Refusal::new(
                RefusalKind::NotNow,
                "task.not-claimed",
                "您还没有认领这项任务",
                "you have not claimed this task",
            )
            .at("action")
            .found(action)
            .allowing(["claim"])),
        }
    }

    fn reported(&self, number: u32, context: &Context<'_>) -> Result<&Claim, Refusal> {
        let claim = field::numbered(&self.claims, number, "number")?;
        if claim.state != ClaimState::Reported {
            let waiting = (1_u32..).zip(&self.claims);
            let waiting = waiting.filter(|(_, one)| one.state == ClaimState::Reported);
            return Err(Refusal::new(
                RefusalKind::NotNow,
                "task.not-reported",
                "这一份没有待确认的完成报告",
                "this part has not been reported done",
            )
            .at("number")
            .found(number.to_string())
            .allowing(waiting.map(|(number, _)| number.to_string())));
        }
        if matches!(context.actor, Actor::User(name) if *name == claim.by) {
            return Err(Refusal::new(
                RefusalKind::Forbidden,
                "task.own",
                "不能确认自己的工作",
                "nobody confirms their own work",
            )
            .at("number")
            .found(number.to_string()));
        }
        Ok(claim)
    }
}

impl Life for Task {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::Publish {
            title,
            summary,
            area,
            unit,
            case,
            places,
            due,
        } = command
        else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        field::title(title, "title")?;
        field::summary(summary, "summary")?;
        field::known_area(context.rules, area, "area")?;
        known_unit(context.rules, unit, "unit")?;
        field::within(*places, "places", 1, field::MOST as u32)?;
        field::not_past(*due, "due", context)?;
        Ok(Step::new(Event::Published {
            area: area.clone(),
            case: *case,
            due_at: field::end_of(*due, "due", context)?,
            places: *places,
            summary: summary.clone(),
            title: title.clone(),
            unit: unit.clone(),
        }))
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Event>>, Refusal> {
        match command {
            Command::Publish { .. } => Err(not_now("publish", &self.possible())),
            Command::Claim { capacity } => {
                let by = account(context)?.clone();
                if self.claim_of(&by).is_some() {
                    return Err(Refusal::new(
                        RefusalKind::NotNow,
                        "task.claimed",
                        "您已认领这项任务",
                        "you have claimed this task already",
                    )
                    .at("action"));
                }
                if context.now >= self.due_at {
                    return Err(Refusal::new(
                        RefusalKind::NotNow,
                        "task.over",
                        "任务已到期，不再认领",
                        "the task is past its day: it is not claimed any more",
                    )
                    .at("action")
                    .found(format!("{:.3}", self.due_at)));
                }
                // Whoever gave up keeps a line: the list ends somewhere.
                field::within(self.claims.len() + 1, "action", 1, 10 * field::MOST)?;
                Ok(Step::new(Event::Claimed {
                    by,
                    capacity: *capacity,
                }))
            }
            Command::GiveUp {} => {
                let by = self.own("give_up", context)?.clone();
                Ok(Step::new(Event::GivenUp { by }))
            }
            Command::Report { minutes, note } => {
                let by = self.own("report", context)?.clone();
                field::within(*minutes, "minutes", 1, MOST_MINUTES)?;
                field::said(note, "note")?;
                let event = Event::Reported {
                    by,
                    minutes: *minutes,
                };
                Ok(Step::sealing(event, Words::one("note", note)))
            }
            Command::Confirm { number, minutes } => {
                let claim = self.reported(*number, context)?;
                let minutes = minutes.unwrap_or(claim.minutes);
                field::within(minutes, "minutes", 1, claim.minutes)?;
                Ok(Step::new(Event::Confirmed {
                    minutes,
                    number: *number,
                }))
            }
            Command::SendBack { number, reason } => {
                self.reported(*number, context)?;
                Step::because(Event::SentBack { number: *number }, reason)
            }
            Command::Close { report } => {
                field::summary(report, "report")?;
                let mut claims = self.claims.iter();
                if claims.any(|one| one.state == ClaimState::Reported) {
                    return Err(Refusal::new(
                        RefusalKind::NotNow,
                        "task.unconfirmed",
                        "还有完成报告没有确认，请先确认或退回",
                        "some parts are reported and not confirmed: confirm them or send them back first",
                    )
                    .at("action")
                    .found("close")
                    .allowing(["confirm", "send_back"]));
                }
                Ok(Step::new(Event::Closed {
                    report: report.clone(),
                }))
            }
            Command::Cancel { reason } => Step::because(Event::Cancelled {}, reason),
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::Published {
            area,
            case,
            due_at,
            places,
            summary,
            title,
            unit,
        } = event
        else {
            return None;
        };
        Some(Task {
            title: title.clone(),
            summary: summary.clone(),
            area: area.clone(),
            unit: unit.clone(),
            case: *case,
            places: *places,
            due_at: *due_at,
            claims: Vec::new(),
            report: None,
            cancelled: false,
        })
    }

    fn apply(&mut self, event: &Event, _: Timestamp) {
        let standing = |name: &UserName| {
            let name = name.clone();
            move |one: &&mut Claim| one.by == name && one.state != ClaimState::GivenUp
        };
        match event {
            Event::Published { .. } => {}
            Event::Claimed { by, capacity } => self.claims.push(Claim {
                by: by.clone(),
                capacity: *capacity,
                state: ClaimState::Claimed,
                minutes: 0,
            }),
            Event::GivenUp { by } => {
                if let Some(own) = self.claims.iter_mut().find(standing(by)) {
                    own.state = ClaimState::GivenUp;
                }
            }
            Event::Reported { by, minutes } => {
                if let Some(own) = self.claims.iter_mut().find(standing(by)) {
                    own.state = ClaimState::Reported;
                    own.minutes = *minutes;
                }
            }
            Event::Confirmed { minutes, number } => {
                if let Some(one) = self.claims.get_mut((*number as usize).wrapping_sub(1)) {
                    one.state = ClaimState::Confirmed;
                    one.minutes = *minutes;
                }
            }
            Event::SentBack { number } => {
                if let Some(one) = self.claims.get_mut((*number as usize).wrapping_sub(1)) {
                    one.state = ClaimState::Claimed;
                    one.minutes = 0;
                }
            }
            Event::Closed { report } => self.report = Some(report.clone()),
            Event::Cancelled {} => self.cancelled = true,
        }
    }

    fn head(&self) -> Head {
        let state = if self.cancelled {
            "cancelled"
        } else if self.report.is_some() {
            "closed"
        } else if self.taken() >= self.places as usize {
            "full"
        } else {
            "open"
        };
        let mut tags = vec![Tag::Area(self.area.clone()), Tag::Unit(self.unit.clone())];
        tags.extend(self.case.map(Tag::Case));
        Head {
            state,
            title: Some(self.title.clone()),
            unit: Some(self.unit.clone()),
            due_at: Some(self.due_at).filter(|_| matches!(state, "open" | "full")),
            tags,
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        let has = |state| self.claims.iter().any(|one| one.state == state);
        let mut steps = match self.head().state {
            "open" => vec!["claim"],
            "full" => vec![],
            _ => return vec![],
        };
        if has(ClaimState::Claimed) {
            steps.extend(["report", "give_up"]);
        }
        if has(ClaimState::Reported) {
            steps.extend(["confirm", "send_back"]);
        }
        steps.extend(["close", "cancel"]);
        steps
    }
}

/// Steps that whoever helps takes; all others are the unit's.
pub const HELPERS_STEPS: [&str; 3] = ["claim", "give_up", "report"];
