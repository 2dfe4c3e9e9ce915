//! How much work each unit has (工作负荷): what is open, what comes in now and
//! usually, and how many people there are for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::SignedDuration;
use yiwang_base::{Timestamp, UnitCode};
use yiwang_cases::figures::{
    FigureFilter, FigureQuestion, FigureStore as _, GroupBy, GroupKey, Moment, Tally,
    default_formula,
};
use yiwang_cases::{StoreError, UnitKind};
use yiwang_store::Store;

use super::question::front_line;
use crate::city::City;
use crate::grid::residents;

/// How many weeks before this one tell what is usual.
pub const USUAL_WEEKS: u32 = 12;
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The load of a unit, or of all units of a tier.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Load {
    /// Cases it leads that are open.
    pub open: u64,
    /// Of these, those whose next step is late.
    pub late: u64,
    /// Dispatched to it in the last seven days.
    pub week: u64,
    /// Dispatched to it in a week, on average over the [`USUAL_WEEKS`] before these days.
    pub usual_week: f64,
    /// People who sign in for it.
    pub workers: u32,
    /// People who live in its areas, where a grid counts them and it is not there for the
    /// whole city.
    pub residents: Option<u64>,
}

impl Load {
    /// Open cases for each of its people; `None` where nobody signs in for it.
    pub fn per_worker(&self) -> Option<f64> {
        (self.workers > 0).then(|| self.open as f64 / f64::from(self.workers))
    }

    /// Open cases for a thousand residents; `None` where nobody is counted.
    pub fn per_thousand(&self) -> Option<f64> {
        let residents = self.residents.filter(|residents| *residents > 0)?;
        Some(self.open as f64 * 1000.0 / residents as f64)
    }

    /// Residents for each of its people; `None` where nobody is counted or signs in.
    pub fn residents_per_worker(&self) -> Option<f64> {
        let residents = self.residents.filter(|_| self.workers > 0)?;
        Some(residents as f64 / f64::from(self.workers))
    }
}

/// The load of each tier that has units: what its units have together. Residents are
/// counted where every one of them counts some, and only once a tier, since areas of
/// one tier do not overlap.
pub fn by_tier(city: &City, loads: &BTreeMap<UnitCode, Load>) -> Vec<(UnitKind, usize, Load)> {
    let of = |kind: UnitKind| {
        let units = city.rules.units.values().filter(|unit| unit.kind == kind);
        let own: Vec<&Load> = units.filter_map(|unit| loads.get(&unit.code)).collect();
        let sum = |count: fn(&Load) -> u64| own.iter().map(|load| count(load)).sum();
        let together = Load {
            open: sum(|load| load.open),
            late: sum(|load| load.late),
            week: sum(|load| load.week),
            usual_week: own.iter().map(|load| load.usual_week).sum(),
            workers: own.iter().map(|load| load.workers).sum(),
            residents: own.iter().map(|load| load.residents).sum(),
        };
        (!own.is_empty()).then_some((kind, own.len(), together))
    };
    UnitKind::ALL.into_iter().filter_map(of).collect()
}

/// The load of every unit of the city, those with none too.
///
/// # Errors
/// When the figures are not read yet, or the record cannot be read.
pub async fn load(
    store: &Store,
    city: &City,
    now: Timestamp,
) -> Result<BTreeMap<UnitCode, Load>, StoreError> {
    let names = city.rules.units.keys().cloned();
    let mut loads: BTreeMap<UnitCode, Load> = names.map(|unit| (unit, Load::default())).collect();
    let (week, usual) = (now - WEEK, now - WEEK * (USUAL_WEEKS as i32 + 1));
    let count = |code, from, until| by_unit(store, city, code, now, from, until);
    for (unit, tally) in count("overdue", None, None).await? {
        if let Some(load) = loads.get_mut(&unit) {
            (load.open, load.late) = (tally.counted, tally.met);
        }
    }
    for (unit, tally) in count("response", Some(week), None).await? {
        if let Some(load) = loads.get_mut(&unit) {
            load.week = tally.all();
        }
    }
    for (unit, tally) in count("response", Some(usual), Some(week)).await? {
        if let Some(load) = loads.get_mut(&unit) {
            load.usual_week = tally.all() as f64 / f64::from(USUAL_WEEKS);
        }
    }
    for (unit, workers) in super::board::workers(store)? {
        if let Some(load) = loads.get_mut(&unit) {
            load.workers = workers;
        }
    }
    let residents = residents(store)?;
    for (unit, load) in &mut loads {
        let areas = city.areas_of(unit).filter(|_| !residents.is_empty());
        load.residents = areas.map(|areas| {
            let people = areas.iter().filter_map(|area| residents.get(area));
            people.sum()
        });
    }
    Ok(loads)
}

/// Tallies by unit, by version 1 of a formula: what later versions leave out is
/// no less work.
async fn by_unit(
    store: &Store,
    city: &City,
    code: &str,
    now: Timestamp,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<Vec<(UnitCode, Tally)>, StoreError> {
    let formula = default_formula(code)
        .ok_or_else(|| StoreError::Broken(format!("there is no formula {code}")))?;
    let filter = FigureFilter {
        from: from.map(Moment::of),
        until: until.map(Moment::of),
        ..FigureFilter::default()
    };
    let front_line: BTreeSet<UnitCode> = front_line(city);
    let question = FigureQuestion {
        formula,
        filter,
        now: Moment::of(now),
        front_line,
        first_hands: Arc::default(),
        scenarios: Arc::default(),
    };
    let board = store.board(&question, &GroupBy::Unit).await?;
    let figures = board.figures.into_iter();
    Ok(figures
        .filter_map(|figure| match figure.key {
            GroupKey::Unit(Some(unit)) => Some((unit, figure.tally)),
            _ => None,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_load_of_a_worker_is_told_only_where_there_is_one() {
        let load = |workers| Load {
            open: 9,
            workers,
            ..Load::default()
        };
        assert_eq!(load(0).per_worker(), None);
        assert_eq!(load(2).per_worker(), Some(4.5));
        assert_eq!(load(2).per_thousand(), None);
        let counted = |residents| Load {
            residents: Some(residents),
            ..load(2)
        };
        assert_eq!(counted(3000).per_thousand(), Some(3.0));
        assert_eq!(counted(3000).residents_per_worker(), Some(1500.0));
        assert_eq!(counted(0).per_thousand(), None);
    }
}
