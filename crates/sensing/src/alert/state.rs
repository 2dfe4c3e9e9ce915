//! An alert as it stands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, CaseId, Colour, LocalText, Point, RuleCode, Timestamp, UserName};

use super::{AlertEvent, Found, Outcome, Spot, Verdict};
use crate::StreamId;
use crate::docket::{Sheet, Step};
use crate::rule::Escalation;

/// How far somebody is with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// 待确认.
    Raised,
    /// 已确认.
    Acknowledged,
    /// 已处置.
    Handled,
}

impl Handling {
    /// All of them.
    pub const ALL: [Handling; 3] = [Handling::Raised, Handling::Acknowledged, Handling::Handled];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Handling::Raised => "raised",
            Handling::Acknowledged => "acknowledged",
            Handling::Handled => "handled",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        match self {
            Handling::Raised => LocalText::new("待确认", "raised"),
            Handling::Acknowledged => LocalText::new("已确认", "acknowledged"),
            Handling::Handled => LocalText::new("已处置", "handled"),
        }
    }
}

/// What somebody may do with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertAction {
    /// 确认.
    Acknowledge,
    /// 转交.
    HandOver,
    /// 处置.
    Handle,
    /// 静音.
    Silence,
    /// 取消静音.
    Unsilence,
    /// 人工解除.
    Clear,
    /// 转工单.
    MakeCase,
    /// 标注结果.
    Label,
}

impl AlertAction {
    /// All of them.
    pub const ALL: [AlertAction; 8] = [
        AlertAction::Acknowledge,
        AlertAction::HandOver,
        AlertAction::Handle,
        AlertAction::Silence,
        AlertAction::Unsilence,
        AlertAction::MakeCase,
        AlertAction::Clear,
        AlertAction::Label,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            AlertAction::Acknowledge => "acknowledge",
            AlertAction::HandOver => "hand_over",
            AlertAction::Handle => "handle",
            AlertAction::Silence => "silence",
            AlertAction::Unsilence => "unsilence",
            AlertAction::Clear => "clear",
            AlertAction::MakeCase => "make_case",
            AlertAction::Label => "label",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        match self {
            AlertAction::Acknowledge => LocalText::new("确认", "acknowledge"),
            AlertAction::HandOver => LocalText::new("转交", "hand over"),
            AlertAction::Handle => LocalText::new("处置", "handle"),
            AlertAction::Silence => LocalText::new("静音", "silence"),
            AlertAction::Unsilence => LocalText::new("取消静音", "end the silence"),
            AlertAction::Clear => LocalText::new("人工解除", "clear by hand"),
            AlertAction::MakeCase => LocalText::new("转工单", "make a case"),
            AlertAction::Label => LocalText::new("标注结果", "label"),
        }
    }
}

/// One thing of it that is found at present.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Its colour.
    pub colour: Colour,
    /// The rule that finds it.
    pub rule: RuleCode,
    /// On which streams; the first says where.
    pub streams: Vec<StreamId>,
}

/// Whether it would still have been raised (重新判定).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Again {
    /// How many amended readings were taken into account.
    pub amended: u32,
    /// What judging again came to.
    pub verdict: Verdict,
}

/// An alert (告警).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Whether it would still have been raised; none before readings were amended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Again>,
    /// Readings it rests on that were put right or taken back since.
    #[serde(default, skip_serializing_if = "is_none")]
    pub amended: u32,
    /// The case that takes it on.
    pub case: Option<CaseId>,
    /// What it is about.
    pub cause: String,
    /// Since when nothing of it is found any more.
    pub cleared_at: Option<Timestamp>,
    /// How grave it is; when nothing is found any more, how grave it was last.
    pub colour: Colour,
    /// Rungs of the ladder that it has climbed.
    pub escalated: u32,
    /// The ladder.
    pub escalate: Vec<Escalation>,
    /// What of it is found at present.
    pub found: Vec<Standing>,
    /// The gravest it was.
    pub gravest: Colour,
    /// How far somebody is with it.
    pub handling: Handling,
    /// Who holds it.
    pub holder: Option<UserName>,
    /// The graver one nearby that keeps it quiet.
    pub inhibitor: Option<u64>,
    /// Causes whose graver alerts nearby keep it quiet.
    pub inhibited_by: Vec<String>,
    /// What it is called.
    pub name: LocalText,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// When it was raised, by the clock of the house.
    pub raised_at: Timestamp,
    /// Rules that found it, with what they found first.
    pub rules: BTreeMap<RuleCode, Found>,
    /// Until when it keeps quiet.
    pub silenced_until: Option<Timestamp>,
    /// Where it is.
    pub spot: Spot,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

impl Alert {
    /// Whether it rests on a reading of a stream at one of these times. `looks_back` says
    /// of a rule how many seconds before it found something its readings may lie.
    pub fn rests_on(
        &self,
        stream: StreamId,
        times: &[Timestamp],
        looks_back: &dyn Fn(&RuleCode) -> u64,
    ) -> bool {
        self.rules.iter().any(|(rule, first)| {
            let standing = self.found.iter().filter(|found| found.rule == *rule);
            let mut streams = standing
                .flat_map(|found| &found.streams)
                .chain(&first.streams);
            let seconds = i64::try_from(looks_back(rule)).unwrap_or(i64::MAX);
            let since = first.at.as_second().saturating_sub(seconds);
            streams.any(|known| *known == stream) && times.iter().any(|at| at.as_second() >= since)
        })
    }

    /// Whether readings that it rests on were amended since it was judged last.
    pub fn must_be_judged_again(&self) -> bool {
        self.amended > self.again.as_ref().map_or(0, |again| again.amended)
    }

    /// Whether something of it is found at present.
    pub fn stands(&self) -> bool {
        self.cleared_at.is_none()
    }

    /// Whether it is heard at a time: neither silenced nor inhibited.
    pub fn is_heard(&self, now: Timestamp) -> bool {
        self.inhibitor.is_none() && self.silenced_until.is_none_or(|until| until <= now)
    }

    /// The area that it is in.
    pub fn area(&self) -> Option<&AreaCode> {
        self.spot.area.as_ref()
    }

    /// The thing that it was raised at.
    pub fn thing(&self) -> u64 {
        self.spot.thing
    }

    /// Where it is.
    pub fn point(&self) -> Option<Point> {
        self.spot.point
    }

    fn note(&mut self, found: &Found) {
        let place = found.streams.first();
        self.found
            .retain(|f| f.rule != found.rule || f.streams.first() != place);
        if let Some(colour) = found.to {
            self.found.push(Standing {
                colour,
                rule: found.rule.clone(),
                streams: found.streams.clone(),
            });
            self.rules
                .entry(found.rule.clone())
                .or_insert_with(|| found.clone());
            // It is found again, so whatever was done has not ended it.
            if self.cleared_at.take().is_some() && self.handling == Handling::Handled {
                self.handling = Handling::Acknowledged;
            }
        }
        if let Some(gravest) = self.found.iter().map(|f| f.colour).max() {
            self.colour = gravest;
            self.gravest = self.gravest.max(gravest);
        }
    }
}

impl Sheet for Alert {
    type Event = AlertEvent;

    const WORD: &'static str = "alert";

    fn take(before: Option<Self>, _: u64, step: &Step<AlertEvent>) -> Option<Self> {
        let mut alert = match (before, &step.event) {
            (
                None,
                AlertEvent::Raised {
                    area,
                    cause,
                    escalate,
                    found,
                    inhibited_by,
                    name,
                    point,
                    thing,
                },
            ) => {
                let colour = found.to?;
                let mut alert = Alert {
                    again: None,
                    amended: 0,
                    case: None,
                    cause: cause.clone(),
                    cleared_at: None,
                    colour,
                    escalated: 0,
                    escalate: escalate.clone(),
                    found: Vec::new(),
                    gravest: colour,
                    handling: Handling::Raised,
                    holder: None,
                    inhibitor: None,
                    inhibited_by: inhibited_by.clone(),
                    name: name.clone(),
                    outcome: None,
                    raised_at: step.at,
                    rules: BTreeMap::new(),
                    silenced_until: None,
                    spot: Spot {
                        area: area.clone(),
                        point: *point,
                        thing: *thing,
                    },
                };
                alert.note(found);
                return Some(alert);
            }
            (None, _) | (Some(_), AlertEvent::Raised { .. }) => return None,
            (Some(alert), _) => alert,
        };
        match &step.event {
            AlertEvent::Raised { .. } => return None,
            AlertEvent::Found(found) => alert.note(found),
            AlertEvent::Cleared {} => {
                alert.cleared_at = Some(step.at);
                // By hand it may be while something is found: that counts no more, and
                // is another alert if it is found anew.
                alert.found.clear();
            }
            AlertEvent::Acknowledged { holder } => {
                alert.holder = Some(holder.clone());
                alert.handling = Handling::Acknowledged;
            }
            AlertEvent::HandedOver { to } => alert.holder = Some(to.clone()),
            AlertEvent::Handled {} => alert.handling = Handling::Handled,
            AlertEvent::Silenced { until } => alert.silenced_until = Some(*until),
            AlertEvent::Unsilenced {} => alert.silenced_until = None,
            AlertEvent::Inhibited { by } => alert.inhibitor = Some(*by),
            AlertEvent::Released {} => alert.inhibitor = None,
            AlertEvent::Escalated { rung, .. } => alert.escalated = rung + 1,
            AlertEvent::CaseLinked { case, .. } => alert.case = Some(*case),
            AlertEvent::Labelled { outcome } => alert.outcome = Some(*outcome),
            AlertEvent::ReadingsAmended { count, .. } => {
                alert.amended = alert.amended.saturating_add(*count);
            }
            AlertEvent::JudgedAgain { amended, verdict } => {
                alert.again = Some(Again {
                    amended: *amended,
                    verdict: verdict.clone(),
                });
            }
        }
        Some(alert)
    }

    fn is_open(&self) -> bool {
        self.stands() || self.handling != Handling::Handled
    }

    fn word(event: &AlertEvent) -> &'static str {
        event.word()
    }
}
