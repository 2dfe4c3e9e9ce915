//! Appraisals of units (考评): what the honest figures, the front line's scores
//! and trainings say of a period, open to objection before it is published.
//!
//! **The formula, `appraisal/1`.** Each component is a share, met of counted, with
//! a weight; weights add up to 100. A component with fewer than
//! [`FEWEST`] counted says nothing of a unit and is left out, and the
//! others weigh as much more. Points are Σ(weight × met ÷ counted) ÷ Σ(weight),
//! in hundredths of a point of 100, rounded down. A unit without any component
//! has no points and no grade.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yiwang_base::{LocalText, Personal, Refusal, RefusalKind, Timestamp, UnitCode};

use super::life::{Head, Life, Step, Tag, named, not_now, opens_nothing, words};
use super::{Words, field};
use crate::Context;
use crate::check::known_unit;

pub(crate) const OPENING: &[&str] = &["draw_up"];
pub(crate) const STATES: &[&str] = &["drawn_up", "published", "withdrawn"];

/// The formula, as the record names it.
pub const FORMULA: &str = "appraisal/1";
/// Fewer counted than this say nothing of a unit; trainings count from the first.
pub const FEWEST: u64 = 5;
/// Longest period, days.
const LONGEST_DAYS: i32 = 366;

named! {
    /// What a unit is appraised by.
    Component {
        Response "response" "响应率" "response";
        Resolution "resolution" "解决率" "resolution";
        Satisfaction "satisfaction" "满意率（服务评价）" "satisfaction (service rating)";
        OnTime "on_time" "按时办结率" "on time";
        FrontLineScore "front_line_score" "一线考评优良率" "front line's scores";
        CheckIn "check_in" "报到率" "check-in";
        Training "training" "培训到训率" "training attendance";
    }
}

named! {
    /// What the points mean.
    Standing {
        Excellent "excellent" "优秀" "excellent";
        Good "good" "良好" "good";
        Fair "fair" "合格" "fair";
        Poor "poor" "不合格" "poor";
    }
}

impl Standing {
    /// From so many hundredths of a point on.
    pub fn of(points: u32) -> Standing {
        match points {
            9_000.. => Standing::Excellent,
            7_500.. => Standing::Good,
            6_000.. => Standing::Fair,
            _ => Standing::Poor,
        }
    }
}

/// How much each component weighs; they add up to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as the components")]
pub struct Weights {
    pub check_in: u32,
    pub front_line_score: u32,
    pub on_time: u32,
    pub resolution: u32,
    pub response: u32,
    pub satisfaction: u32,
    pub training: u32,
}

impl Default for Weights {
    fn default() -> Self {
        Weights {
            response: 15,
            resolution: 25,
            satisfaction: 20,
            on_time: 15,
            front_line_score: 15,
            check_in: 5,
            training: 5,
        }
    }
}

impl Weights {
    /// The weight of a component.
    pub fn of(&self, component: Component) -> u32 {
        match component {
            Component::Response => self.response,
            Component::Resolution => self.resolution,
            Component::Satisfaction => self.satisfaction,
            Component::OnTime => self.on_time,
            Component::FrontLineScore => self.front_line_score,
            Component::CheckIn => self.check_in,
            Component::Training => self.training,
        }
    }

    fn check(&self) -> Result<(), Refusal> {
        let sum: u64 = Component::ALL.iter().map(|c| u64::from(self.of(*c))).sum();
        if sum == 100 {
            return Ok(());
        }
        Err(Refusal::new(
            RefusalKind::Invalid,
            "appraisal.weights",
            format!("各项权重合计须为 100，现为 {sum}"),
            format!("weights add up to 100; these add up to {sum}"),
        )
        .at("weights")
        .found(sum.to_string())
        .allowing(["100"]))
    }
}

/// What was counted of one component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// Of what.
    pub component: Component,
    /// Counted, met or not.
    pub counted: u64,
    /// Met.
    pub met: u64,
}

impl Counted {
    /// Whether enough were counted to say something.
    pub fn tells(&self) -> bool {
        let fewest = match self.component {
            Component::Training => 1,
            _ => FEWEST,
        };
        self.counted >= fewest
    }
}

/// The points that components make, hundredths; `None` where none says anything.
pub fn points(counted: &[Counted], weights: &Weights) -> Option<u32> {
    let telling = counted.iter().filter(|one| one.tells());
    let (sum, weight) = telling.fold((0_u128, 0_u128), |(sum, all), one| {
        let weight = u128::from(weights.of(one.component));
        let met = u128::from(one.met.min(one.counted));
        // Millionths, so that rounding down happens once.
        (
            sum + weight * met * 10_000 * 1_000_000 / u128::from(one.counted),
            all + weight,
        )
    });
    let points = sum.checked_div(weight)? / 1_000_000;
    u32::try_from(points).ok()
}

/// What the server counted: of each unit, and by which formulas.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Formulas with their versions, `resolution.1`.
    pub formulas: Vec<String>,
    /// What was counted of each unit.
    pub units: Vec<(UnitCode, Vec<Counted>)>,
}

/// What is said of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What was counted.
    pub counted: Vec<Counted>,
    /// Whether the unit objected, and nobody has answered.
    #[serde(default)]
    pub objected: bool,
    /// Points, hundredths; `None` where too little was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
    /// Whether an objection was answered.
    #[serde(default)]
    pub settled: bool,
    /// What the points mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// The unit.
    pub unit: UnitCode,
}

/// An appraisal as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appraisal {
    /// Its title.
    pub title: LocalText,
    /// The unit that appraises.
    pub unit: UnitCode,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Units may object until then.
    pub objections_by: Timestamp,
    /// How much each component weighs.
    pub weights: Weights,
    /// By which formula points are made.
    pub formula: String,
    /// By which formulas it was counted.
    pub formulas: Vec<String>,
    /// What is said of each unit.
    pub lines: Vec<Line>,
    /// Whether it is published.
    #[serde(default)]
    pub published: bool,
    /// Whether it was taken back.
    #[serde(default)]
    pub withdrawn: bool,
}

/// A step of an appraisal.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in the appraisal")]
pub enum Command {
    /// Draw one up.
    DrawUp {
        title: LocalText,
        unit: UnitCode,
        units: Vec<UnitCode>,
        from: Date,
        until: Date,
        /// Units may object until the end of this day.
        objections_by: Date,
        /// The usual ones unless told.
        weights: Option<Weights>,
        /// As the server counts.
        sheet: Sheet,
    },
    /// A unit objects (申诉).
    Object {
        unit: UnitCode,
        /// Why.
        words: Personal<String>,
    },
    /// An objection is answered.
    Settle {
        unit: UnitCode,
        /// New points, hundredths; the points stand unless told.
        points: Option<u32>,
        /// Why; it stays in the record.
        reason: String,
    },
    /// Publish it.
    Publish {},
    /// Take it back.
    Withdraw {
        /// Why; it stays in the record.
        reason: String,
    },
}

words! { Command {
    DrawUp "draw_up" Object "object" Settle "settle" Publish "publish" Withdraw "withdraw"
} }

/// What can happen to an appraisal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the appraisal")]
pub enum Event {
    /// Drawn up.
    DrawnUp {
        formula: String,
        formulas: Vec<String>,
        from: Date,
        lines: Vec<Line>,
        objections_by: Timestamp,
        title: LocalText,
        unit: UnitCode,
        until: Date,
        weights: Weights,
    },
    /// A unit objected. Sealed: why.
    Objected { unit: UnitCode },
    /// An objection was answered; why is in the grounds.
    Settled {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        points: Option<u32>,
        unit: UnitCode,
    },
    /// Published.
    Published {},
    /// Taken back; why is in the grounds.
    Withdrawn {},
}

words! { Event {
    DrawnUp "drawn_up" Objected "objected" Settled "settled" Published "published"
    Withdrawn "withdrawn"
} }

impl Appraisal {
    /// What is said of a unit.
    pub fn line(&self, unit: &UnitCode) -> Option<&Line> {
        self.lines.iter().find(|line| line.unit == *unit)
    }

    fn of(&self, unit: &UnitCode) -> Result<&Line, Refusal> {
        self.line(unit).ok_or_else(|| {
            Refusal::new(
                RefusalKind::Invalid,
                "appraisal.not-appraised",
                "该单位不在这次考评之列",
                "this unit is not appraised here",
            )
            .at("unit")
            .found(unit.as_str())
            .allowing(self.lines.iter().map(|line| line.unit.to_string()))
        })
    }

    fn object(&self, unit: &UnitCode, context: &Context<'_>) -> Result<(), Refusal> {
        let line = self.of(unit)?;
        if context.now >= self.objections_by {
            return Err(not_yet(
                "appraisal.objections-over",
                "申诉期已过",
                "the time for objections is over",
            )
            .found(format!("{:.3}", self.objections_by)));
        }
        if line.objected || line.settled {
            return Err(not_yet(
                "appraisal.objected",
                "该单位已就这次考评提出过申诉",
                "this unit has objected to this appraisal already",
            )
            .found(unit.as_str()));
        }
        Ok(())
    }

    fn check_ripe(&self, context: &Context<'_>) -> Result<(), Refusal> {
        if context.now < self.objections_by {
            return Err(not_yet(
                "appraisal.objections-open",
                "申诉期未满，暂不能公布",
                "units may still object: it cannot be published yet",
            )
            .allowing([format!("≥ {:.3}", self.objections_by)]));
        }
        let open = self.lines.iter().filter(|line| line.objected);
        let open: Vec<String> = open.map(|line| line.unit.to_string()).collect();
        if open.is_empty() {
            return Ok(());
        }
        Err(not_yet(
            "appraisal.unsettled",
            "还有申诉没有答复，请先答复",
            "some objections are not answered: answer them first",
        )
        .found(open.join(", "))
        .allowing(["settle"]))
    }
}

fn not_yet(code: &'static str, zh: &str, en: &str) -> Refusal {
    Refusal::new(RefusalKind::NotNow, code, zh, en).at("action")
}

/// The period, which must be over.
fn check_period(from: Date, until: Date, context: &Context<'_>) -> Result<(), Refusal> {
    field::not_future(until, "until", context)?;
    let days = from.until(until).map_or(-1, |span| span.get_days());
    if (0..LONGEST_DAYS).contains(&days) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "appraisal.period",
        format!("考评周期至少 1 天、最长 {LONGEST_DAYS} 天，起始日不晚于截止日"),
        format!("a period has 1 to {LONGEST_DAYS} days and begins before it ends"),
    )
    .at("from")
    .found(from.to_string())
    .allowing([format!("≤ {until}")]))
}

impl Life for Appraisal {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::DrawUp {
            title,
            unit,
            units,
            from,
            until,
            objections_by,
            weights,
            sheet,
        } = command
        else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        field::title(title, "title")?;
        known_unit(context.rules, unit, "unit")?;
        field::some(units, "units")?;
        field::units(context.rules, units, "units")?;
        check_period(*from, *until, context)?;
        field::not_past(*objections_by, "objections_by", context)?;
        let weights = weights.unwrap_or_default();
        weights.check()?;
        let line = |unit: &UnitCode| {
            let found = sheet.units.iter().find(|(of, _)| of == unit);
            let counted = found
                .map(|(_, counted)| counted.clone())
                .unwrap_or_default();
            let points = points(&counted, &weights);
            Line {
                unit: unit.clone(),
                counted,
                points,
                standing: points.map(Standing::of),
                objected: false,
                settled: false,
            }
        };
        Ok(Step::new(Event::DrawnUp {
            formula: FORMULA.into(),
            formulas: sheet.formulas.clone(),
            from: *from,
            lines: units.iter().map(line).collect(),
            objections_by: field::end_of(*objections_by, "objections_by", context)?,
            title: title.clone(),
            unit: unit.clone(),
            until: *until,
            weights,
        }))
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Event>>, Refusal> {
        match command {
            Command::DrawUp { .. } => Err(not_now("draw_up", &self.possible())),
            Command::Object { unit, words } => {
                self.object(unit, context)?;
                field::said(words, "words")?;
                let event = Event::Objected { unit: unit.clone() };
                Ok(Step::sealing(event, Words::one("words", words)))
            }
            Command::Settle {
                unit,
                points,
                reason,
            } => {
                if !self.of(unit)?.objected {
                    let open = self.lines.iter().filter(|line| line.objected);
                    return Err(not_yet(
                        "appraisal.no-objection",
                        "该单位没有待答复的申诉",
                        "no objection of this unit waits for an answer",
                    )
                    .found(unit.as_str())
                    .allowing(open.map(|line| line.unit.to_string())));
                }
                if let Some(points) = points {
                    field::within(*points, "points", 0, 10_000)?;
                }
                let event = Event::Settled {
                    points: *points,
                    unit: unit.clone(),
                };
                Step::because(event, reason)
            }
            Command::Publish {} => {
                self.check_ripe(context)?;
                Ok(Step::new(Event::Published {}))
            }
            Command::Withdraw { reason } => Step::because(Event::Withdrawn {}, reason),
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::DrawnUp {
            formula,
            formulas,
            from,
            lines,
            objections_by,
            title,
            unit,
            until,
            weights,
        } = event
        else {
            return None;
        };
        Some(Appraisal {
            title: title.clone(),
            unit: unit.clone(),
            from: *from,
            until: *until,
            objections_by: *objections_by,
            weights: *weights,
            formula: formula.clone(),
            formulas: formulas.clone(),
            lines: lines.clone(),
            published: false,
            withdrawn: false,
        })
    }

    fn apply(&mut self, event: &Event, _: Timestamp) {
        match event {
            Event::DrawnUp { .. } => {}
            Event::Objected { unit } => {
                for line in self.lines.iter_mut().filter(|line| line.unit == *unit) {
                    line.objected = true;
                }
            }
            Event::Settled { points, unit } => {
                for line in self.lines.iter_mut().filter(|line| line.unit == *unit) {
                    line.objected = false;
                    line.settled = true;
                    line.points = points.or(line.points);
                    line.standing = line.points.map(Standing::of);
                }
            }
            Event::Published {} => self.published = true,
            Event::Withdrawn {} => self.withdrawn = true,
        }
    }

    fn head(&self) -> Head {
        let state = match (self.withdrawn, self.published) {
            (true, _) => "withdrawn",
            (_, true) => "published",
            _ => "drawn_up",
        };
        let mut tags = vec![Tag::Unit(self.unit.clone())];
        tags.extend(self.lines.iter().map(|line| Tag::Unit(line.unit.clone())));
        tags.sort_unstable();
        tags.dedup();
        Head {
            state,
            title: Some(self.title.clone()),
            unit: Some(self.unit.clone()),
            due_at: Some(self.objections_by).filter(|_| state == "drawn_up"),
            tags,
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        let objected = self.lines.iter().any(|line| line.objected);
        match self.head().state {
            "drawn_up" if objected => vec!["settle", "object", "publish", "withdraw"],
            "drawn_up" => vec!["object", "publish", "withdraw"],
            "published" => vec!["withdraw"],
            _ => vec![],
        }
    }
}
