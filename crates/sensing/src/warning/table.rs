//! From which amount on which colour is due.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yiwang_base::{Colour, LocalText, Refusal, RefusalKind};

use crate::check::{range, text};
use crate::rule::{Condition, Level, Measure, Rule, Scope, Side, When};

/// One line of a table: so much within so many hours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// At least so much, in the unit of the streams.
    pub amount: f64,
    /// The colour that is due.
    pub colour: Colour,
    /// Within so many hours.
    pub hours: u32,
}

/// A table of thresholds (预警标准). They differ by province, so they are data;
/// [`Table::rainstorm`] is where a city begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What it is about: `rainstorm`.
    pub event: String,
    /// What it is about, for readers: 暴雨.
    pub event_name: LocalText,
    /// Its lines.
    pub lines: Vec<Due>,
    /// Which streams it is for.
    pub streams: Scope,
}

impl Table {
    /// Rainstorm as the China Meteorological Administration's order 16 (2007) has
    /// it, in millimetres.
    pub fn rainstorm() -> Self {
        let line = |colour, hours, amount| Due {
            amount,
            colour,
            hours,
        };
        Self {
            event: "rainstorm".to_owned(),
            event_name: LocalText::new("暴雨", "rainstorm"),
            lines: vec![
                line(Colour::Blue, 12, 50.0),
                line(Colour::Yellow, 6, 50.0),
                line(Colour::Orange, 3, 50.0),
                line(Colour::Red, 3, 100.0),
            ],
            streams: Scope {
                properties: vec!["rainfall".to_owned()],
                units: vec!["mm".to_owned()],
                ..Scope::default()
            },
        }
    }

    /// Refuses a table that could not be followed.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn check(&self) -> Result<(), Refusal> {
        text(&self.event, "event", 40)?;
        range(self.lines.len(), 1..=16, "lines")?;
        for (place, line) in self.lines.iter().enumerate() {
            range(line.hours, 1..=168, &format!("lines[{place}].hours"))?;
            range(line.amount, 0.001..=1e6, &format!("lines[{place}].amount"))?;
            let before = &self.lines[..place];
            let twice = |other: &Due| other.hours == line.hours && other.colour == line.colour;
            if before.iter().any(twice) {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "warning.line-twice",
                    "同一时长、同一颜色只能有一行",
                    "one line for each colour and number of hours",
                )
                .at(format!("lines[{place}]")));
            }
        }
        self.rules().iter().try_for_each(|(_, rule)| rule.check())
    }

    /// The gravest colour that is due, given what fell within so many hours.
    pub fn due(&self, fallen: impl Fn(u32) -> f64) -> Option<Colour> {
        let reached = self.lines.iter().filter(|l| fallen(l.hours) >= l.amount);
        reached.map(|line| line.colour).max()
    }

    /// The rules that find what is due, one for each number of hours.
    pub fn rules(&self) -> Vec<(u32, Rule)> {
        let mut by_hours: BTreeMap<u32, Vec<Due>> = BTreeMap::new();
        for line in &self.lines {
            by_hours.entry(line.hours).or_default().push(*line);
        }
        by_hours
            .into_iter()
            .map(|(hours, mut lines)| {
                lines.sort_by_key(|line| line.colour);
                let rule = self.rule(hours, &lines);
                (hours, rule)
            })
            .collect()
    }

    fn rule(&self, hours: u32, lines: &[Due]) -> Rule {
        let level = |line: &Due| Level {
            at: line.amount,
            colour: line.colour,
        };
        let (zh, en) = (&self.event_name.zh, &self.event_name.en);
        Rule {
            active: true,
            category: None,
            cause: self.event.clone(),
            cause_name: Some(self.event_name.clone()),
            escalate: Vec::new(),
            inhibited_by: Vec::new(),
            name: LocalText::new(format!("{zh}({hours} 小时)"), format!("{en} ({hours} h)")),
            opens_case_from: Colour::Blue,
            removed: false,
            when: When::One(Condition {
                back_by: 0.0,
                clear_after_seconds: 0,
                held_seconds: 0,
                levels: lines.iter().map(level).collect(),
                measure: Measure::Sum {
                    over_seconds: hours * 3_600,
                },
                side: Side::Above,
                streams: self.streams.clone(),
            }),
        }
    }
}
