//! Which unit leads (主办单位): the one that handled such cases before.

use std::collections::BTreeMap;

use yiwang_base::{AreaCode, CategoryCode, UnitCode};

use crate::{Case, Rules};

/// How many cases' weight what is known of a category, or of the duty lists,
/// has beside what is known of the category in an area.
const WEIGHT_OF_OUTER: f64 = 3.0;

/// What a unit did with cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Record {
    handled: u32,
    gave_back: u32,
}

impl Record {
    /// Cases that speak for the unit: those it gave back count against it.
    fn speaks(self) -> f64 {
        f64::from(self.handled.saturating_sub(self.gave_back))
    }
}

/// Who handled what, and who gave it back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Leads {
    /// By category, and area or `None` for all areas.
    by: BTreeMap<(CategoryCode, Option<AreaCode>), BTreeMap<UnitCode, Record>>,
}

/// A unit that may lead, with how probable it is among those that may.
#[derive(Debug, Clone, PartialEq)]
pub struct LikelyLead {
    /// The unit.
    pub unit: UnitCode,
    /// 0…1.
    pub confidence: f64,
    /// How many cases of the category it handled in the city.
    pub handled: u32,
}

impl Leads {
    /// Learns from a case that was handled to its end.
    pub fn learn(&mut self, case: &Case) {
        let (Some(category), Some(unit)) = (&case.category, &case.unit) else {
            return;
        };
        let area = case.area.as_ref();
        self.record(category, area, unit, |record| record.handled += 1);
        for unit in &case.more.returns.by {
            self.record(category, area, unit, |record| record.gave_back += 1);
        }
    }

    fn record(
        &mut self,
        category: &CategoryCode,
        area: Option<&AreaCode>,
        unit: &UnitCode,
        change: impl Fn(&mut Record),
    ) {
        for area in [None, area.cloned()]
            .into_iter()
            .take(1 + usize::from(area.is_some()))
        {
            let units = self.by.entry((category.clone(), area)).or_default();
            change(units.entry(unit.clone()).or_default());
        }
    }

    /// Units whose duty list names the category in this area, the likeliest
    /// first. Of units that never had such a case the order of the duty lists
    /// decides: each counts half of the one before.
    pub fn rank(
        &self,
        rules: &Rules,
        category: &CategoryCode,
        area: Option<&AreaCode>,
    ) -> Vec<LikelyLead> {
        let units = rules.dutiful_units(category, area);
        let in_city = self.by.get(&(category.clone(), None));
        let here = area.and_then(|area| self.by.get(&(category.clone(), Some(area.clone()))));
        let record = |at: Option<&BTreeMap<UnitCode, Record>>, unit: &UnitCode| {
            at.and_then(|units| units.get(unit))
                .copied()
                .unwrap_or_default()
        };
        let codes: Vec<UnitCode> = units.into_iter().map(|unit| unit.code.clone()).collect();
        let listed = (0..codes.len()).map(|n| 0.5f64.powi(n.min(60) as i32));
        let city = blend(
            listed.collect(),
            codes.iter().map(|unit| record(in_city, unit)),
        );
        let local = blend(city, codes.iter().map(|unit| record(here, unit)));
        let mut ranked: Vec<LikelyLead> = codes
            .into_iter()
            .zip(local)
            .map(|(unit, confidence)| LikelyLead {
                handled: record(in_city, &unit).handled,
                unit,
                confidence,
            })
            .collect();
        ranked.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        ranked
    }
}

/// Shares by records, drawn towards those of the wider circle.
fn blend(outer: Vec<f64>, records: impl Iterator<Item = Record>) -> Vec<f64> {
    let whole: f64 = outer.iter().sum();
    let weights: Vec<f64> = records
        .zip(outer)
        .map(|(record, outer)| record.speaks() + WEIGHT_OF_OUTER * outer / whole)
        .collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}
