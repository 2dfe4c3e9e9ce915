//! Which tier is the lowest that may act (一线处置), place by place.

use std::collections::{BTreeMap, BTreeSet};

use yiwang_base::{AreaCode, CategoryCode, UnitCode};

use crate::{Area, Unit};

/// How many areas up from a place something begins.
pub type Steps = u8;

/// For each category and place the lowest tier that may act, by the duty lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FirstHands {
    /// Areas, each after the one it lies in, with the place of that one.
    areas: Vec<Option<usize>>,
    places: BTreeMap<AreaCode, usize>,
    /// The areas of each unit; none for the whole city.
    units: BTreeMap<UnitCode, BTreeSet<AreaCode>>,
    /// The units that a duty list names for a category.
    duties: BTreeMap<CategoryCode, BTreeSet<UnitCode>>,
}

impl FirstHands {
    /// Nobody: farther up than the whole city.
    pub const NOBODY: Steps = Steps::MAX;
    const WHOLE_CITY: Steps = Steps::MAX - 1;

    /// Those of a city with these areas and units.
    pub fn of<'a>(
        areas: &BTreeMap<AreaCode, Area>,
        units: impl IntoIterator<Item = &'a Unit>,
    ) -> FirstHands {
        let mut hands = FirstHands::default();
        for code in areas.keys() {
            hands.put(areas, code);
        }
        for unit in units {
            let areas = unit.areas.iter().cloned().collect();
            hands.units.insert(unit.code.clone(), areas);
            for category in &unit.duties {
                let named = hands.duties.entry(category.clone()).or_default();
                named.insert(unit.code.clone());
            }
        }
        hands
    }

    /// Puts an area after those around it; a loop of areas is cut.
    fn put(&mut self, areas: &BTreeMap<AreaCode, Area>, code: &AreaCode) {
        let mut chain = Vec::new();
        let mut current = Some(code);
        while let Some(code) = current
            && !self.places.contains_key(code)
            && !chain.contains(&code)
        {
            chain.push(code);
            current = areas.get(code).and_then(|area| area.parent.as_ref());
        }
        let mut around = current.and_then(|code| self.places.get(code).copied());
        for code in chain.into_iter().rev() {
            self.places.insert(code.clone(), self.areas.len());
            self.areas.push(around);
            around = Some(self.areas.len() - 1);
        }
    }

    /// The place of an area among [`FirstHands::lowest`] and [`FirstHands::unit`];
    /// an area that is not known has the one of no area.
    pub fn place(&self, area: Option<&AreaCode>) -> usize {
        let known = area.and_then(|area| self.places.get(area));
        known.copied().unwrap_or(self.areas.len())
    }

    /// For every place, how far up the lowest tier is that may act on a category.
    pub fn lowest(&self, category: Option<&CategoryCode>) -> Vec<Steps> {
        let named = category.and_then(|category| self.duties.get(category));
        self.steps(named.into_iter().flatten())
    }

    /// For every place, how far up the unit is.
    pub fn unit(&self, unit: Option<&UnitCode>) -> Vec<Steps> {
        self.steps(unit)
    }

    fn steps<'a>(&'a self, units: impl IntoIterator<Item = &'a UnitCode>) -> Vec<Steps> {
        let mut seats = vec![false; self.areas.len()];
        let mut farthest = Self::NOBODY;
        for areas in units.into_iter().filter_map(|unit| self.units.get(unit)) {
            if areas.is_empty() {
                farthest = Self::WHOLE_CITY;
            }
            for area in areas.iter().filter_map(|area| self.places.get(area)) {
                seats[*area] = true;
            }
        }
        let mut steps: Vec<Steps> = Vec::with_capacity(self.areas.len() + 1);
        for (around, seat) in self.areas.iter().zip(seats) {
            let above = around.map_or(farthest, |around| steps[around]);
            steps.push(match (seat, above) {
                (true, _) => 0,
                (false, Self::WHOLE_CITY..) => above,
                (false, _) => (above + 1).min(Self::WHOLE_CITY - 1),
            });
        }
        steps.push(farthest);
        steps
    }
}
