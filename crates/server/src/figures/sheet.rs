//! What the figures say of units in a period, for an appraisal.

use std::collections::BTreeMap;

use jiff::civil::Date;
use yiwang_base::{Refusal, RefusalKind, Timestamp, UnitCode};
use yiwang_cases::civic::appraisal::{Component, Counted, Sheet};
use yiwang_cases::civic::training::Training;
use yiwang_cases::figures::{FigureFilter, FigureQuestion, GroupBy, GroupKey, Moment};
use yiwang_store::Store;

use super::Formulas;
use super::board::board;
use super::question::{first_hands, front_line};
use crate::city::City;

/// The figures that an appraisal is made of.
const COUNTED: [Component; 6] = [
    Component::Response,
    Component::Resolution,
    Component::Satisfaction,
    Component::OnTime,
    Component::FrontLineScore,
    Component::CheckIn,
];

/// What was counted of each unit from the first day to the last, by the latest
/// version of each formula; and of trainings that ended, who came.
///
/// # Errors
/// When a formula is missing, the figures are not read yet, or the record cannot be read.
pub async fn sheet<'a>(
    store: &Store,
    formulas: &Formulas,
    city: &City,
    units: &[UnitCode],
    (from, until): (Date, Date),
    now: Timestamp,
    trainings: impl Iterator<Item = &'a Training>,
) -> Result<Sheet, Refusal> {
    let zone = city.rules.calendar.zone();
    let begins = |day: Date| day.to_zoned(zone.clone()).map(|at| at.timestamp());
    let filter = FigureFilter {
        units: units.iter().cloned().map(Some).collect(),
        from: Some(Moment::of(begins(from).map_err(|_| beyond("from", from))?)),
        until: Some(Moment::of(
            until
                .tomorrow()
                .and_then(begins)
                .map_err(|_| beyond("until", until))?,
        )),
        ..FigureFilter::default()
    };
    let mut told: BTreeMap<&UnitCode, Vec<Counted>> = BTreeMap::new();
    let mut keys = Vec::new();
    for component in COUNTED {
        let formula = formulas.find(component.word(), "formula")?;
        keys.push(formula.key().to_string());
        let question = FigureQuestion {
            formula: formula.clone(),
            filter: filter.clone(),
            now: Moment::of(now),
            front_line: front_line(city),
            first_hands: first_hands(city, formula, None),
            scenarios: city.scopes(),
        };
        let found = board(store, &question, &GroupBy::Unit).await?;
        for figure in &found.figures {
            let GroupKey::Unit(Some(of)) = &figure.key else {
                continue;
            };
            if let Some(unit) = units.iter().find(|unit| *unit == of) {
                told.entry(unit).or_default().push(Counted {
                    component,
                    met: figure.tally.met,
                    counted: figure.tally.counted,
                });
            }
        }
    }
    let within = |one: &&Training| one.report.is_some() && from <= one.on && one.on <= until;
    let trainings: Vec<&Training> = trainings.filter(within).collect();
    let line = |unit: &UnitCode| {
        let attended = trainings.iter().filter_map(|one| one.of(unit));
        let (met, counted) = attended.fold((0, 0), |(came, expected), one| {
            (
                came + u64::from(one.came),
                expected + u64::from(one.expected),
            )
        });
        let mut all = told.remove(unit).unwrap_or_default();
        if counted > 0 {
            all.push(Counted {
                component: Component::Training,
                met,
                counted,
            });
        }
        (unit.clone(), all)
    };
    Ok(Sheet {
        formulas: keys,
        units: units.iter().map(line).collect(),
    })
}

fn beyond(field: &str, day: Date) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "day.beyond",
        "日期超出可用范围",
        "this day is beyond what can be named",
    )
    .at(field)
    .found(day.to_string())
}
