//! Who sees a matter and who may act on it (看得见 · 管得着).
//!
//! A unit *sees* what happens in its own areas, whatever it is about: the street
//! office walks its streets. A unit *may act* where its duty list names the
//! category. The two seldom agree: whoever sees and may not act passes it on to
//! whoever may, the lowest tier first; where nobody may act there is a gap, and
//! where several may at the same tier each waits for the other (各自为政).

use std::collections::{BTreeMap, BTreeSet};

use yiwang_base::{AreaCode, CategoryCode, UnitCode};

use crate::{Rules, Tier, Unit, UnitKind};

/// What a unit is to a matter at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung<'a> {
    /// The unit.
    pub unit: &'a Unit,
    /// The tier at which it stands: of the smallest of its areas that has the place in it.
    pub tier: Option<Tier>,
    /// How many areas up from the place that one is; the whole city is farthest.
    pub steps: usize,
    /// Whether it may act; else it only sees.
    pub acts: bool,
    /// Whether it takes what nobody else takes (区级兜底).
    pub backstop: bool,
}

/// The units that see a matter at a place or may act on it, the lowest tier
/// first; at the same tier those that may act before those that only see.
pub fn ladder<'a>(
    rules: &'a Rules,
    category: &CategoryCode,
    area: Option<&AreaCode>,
) -> Vec<Rung<'a>> {
    let units = rules.units.values().filter(|unit| rules.covers(unit, area));
    let mut rungs: Vec<Rung<'a>> = units
        .map(|unit| Rung {
            unit,
            tier: tier_of(rules, area, unit),
            steps: rules.steps_up(area, unit),
            acts: unit.duties.contains(category),
            backstop: unit.kind == UnitKind::District,
        })
        // A department of the whole city sees its own matters only.
        .filter(|rung| rung.acts || !rung.unit.areas.is_empty())
        .collect();
    rungs.sort_by_key(|rung| (rung.steps, !rung.acts));
    rungs
}

fn tier_of(rules: &Rules, area: Option<&AreaCode>, unit: &Unit) -> Option<Tier> {
    let mut current = area;
    for _ in 0..=rules.areas.len() {
        let code = current?;
        let here = rules.areas.get(code)?;
        if unit.areas.contains(code) {
            return here.tier;
        }
        current = here.parent.as_ref();
    }
    None
}

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The unit that reports may act itself.
    Acts,
    /// To the first of these that takes it: the lowest tier that may act.
    PassOn(Vec<UnitCode>),
    /// Nobody may act; the district's unit takes it, where there is one.
    Backstop(Option<UnitCode>),
}

/// Where a report of a unit goes that sees a matter at a place.
pub fn route(
    rules: &Rules,
    category: &CategoryCode,
    area: Option<&AreaCode>,
    from: &UnitCode,
) -> Route {
    let dutiful = rules.dutiful_units(category, area);
    if dutiful.iter().any(|unit| unit.code == *from) {
        return Route::Acts;
    }
    if dutiful.is_empty() {
        return Route::Backstop(rules.backstop(area).map(|unit| unit.code.clone()));
    }
    Route::PassOn(dutiful.iter().map(|unit| unit.code.clone()).collect())
}

/// Which way a matter is taken that a unit cannot end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To a larger area's unit (上交).
    Up,
    /// To a smaller area's unit (下沉).
    Down,
}

/// The next unit up or down from a unit that may act on the matter; upward, in
/// the end the district's own.
pub fn escalate<'a>(
    rules: &'a Rules,
    category: &CategoryCode,
    area: Option<&AreaCode>,
    from: &UnitCode,
    direction: Direction,
) -> Option<&'a Unit> {
    let rungs = ladder(rules, category, area);
    let here = rungs.iter().find(|rung| rung.unit.code == *from)?.steps;
    let mut others = rungs
        .into_iter()
        .filter(|rung| rung.acts || (rung.backstop && direction == Direction::Up));
    match direction {
        Direction::Up => others.find(|rung| rung.steps > here),
        Direction::Down => others.take_while(|rung| rung.steps < here).last(),
    }
    .map(|rung| rung.unit)
}

/// What is wrong with who may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flaw {
    /// Nobody may act.
    Gap,
    /// Several may, at the same tier, and none below them.
    Duplicate,
}

impl Flaw {
    /// All of them.
    pub const ALL: [Flaw; 2] = [Flaw::Gap, Flaw::Duplicate];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Flaw::Gap => "gap",
            Flaw::Duplicate => "duplicate",
        }
    }
}

/// A category for which it is not clear who acts, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unclear {
    /// What is wrong.
    pub flaw: Flaw,
    /// The category.
    pub category: CategoryCode,
    /// Where; an area that has others in it stands for all of them. None for the
    /// whole city.
    pub areas: Vec<AreaCode>,
    /// The units that may all act.
    pub units: Vec<UnitCode>,
}

/// For which categories it is not clear who acts, and where: nobody, or several
/// at the same tier.
pub fn unclear(rules: &Rules) -> Vec<Unclear> {
    unclear_at(rules, &places(rules))
}

/// The same within one area; none of the areas told means all of that area.
pub fn unclear_within(rules: &Rules, area: &AreaCode) -> Vec<Unclear> {
    let mut inside = places(rules);
    inside.retain(|place| rules.lies_in(place, area));
    unclear_at(rules, &inside)
}

fn unclear_at(rules: &Rules, places: &[&AreaCode]) -> Vec<Unclear> {
    // Which units cover a place, and how near: the same for all categories.
    let near: Vec<Vec<(usize, &Unit)>> = places
        .iter()
        .map(|place| {
            let units = rules.units.values();
            let units = units.filter(|unit| rules.covers(unit, Some(place)));
            let mut near: Vec<_> = units
                .map(|unit| (rules.steps_up(Some(place), unit), unit))
                .collect();
            near.sort_by_key(|(steps, unit)| (*steps, &unit.code));
            near
        })
        .collect();
    let mut found = Vec::new();
    for category in rules.categories.keys() {
        let acting: BTreeSet<&UnitCode> = rules
            .units
            .values()
            .filter(|unit| unit.duties.contains(category))
            .map(|unit| &unit.code)
            .collect();
        let mut by_units: BTreeMap<Vec<UnitCode>, BTreeSet<&AreaCode>> = BTreeMap::new();
        for (place, near) in places.iter().zip(&near) {
            let mut able = near.iter().filter(|(_, unit)| acting.contains(&unit.code));
            let units: Vec<UnitCode> = match able.next() {
                None => Vec::new(),
                Some((steps, first)) => {
                    let same = able.take_while(|(other, _)| other == steps);
                    let mut all = vec![first.code.clone()];
                    all.extend(same.map(|(_, unit)| unit.code.clone()));
                    all
                }
            };
            if units.len() != 1 {
                by_units.entry(units).or_default().insert(place);
            }
        }
        found.extend(by_units.into_iter().map(|(units, at)| Unclear {
            flaw: if units.is_empty() {
                Flaw::Gap
            } else {
                Flaw::Duplicate
            },
            category: category.clone(),
            areas: gathered(rules, places, at),
            units,
        }));
    }
    found.sort();
    found
}

/// Where a case can lie: leaves; in a city without outlines, the smallest areas.
fn places(rules: &Rules) -> Vec<&AreaCode> {
    let current = || rules.areas.values().filter(|area| !area.retired);
    let leaves: Vec<_> = current()
        .filter(|area| area.leaf)
        .map(|area| &area.code)
        .collect();
    if !leaves.is_empty() {
        return leaves;
    }
    let parents: BTreeSet<_> = current().filter_map(|area| area.parent.as_ref()).collect();
    current()
        .map(|area| &area.code)
        .filter(|code| !parents.contains(code))
        .collect()
}

/// Areas in place of all the places in them, as long as those are all there;
/// none where they are all places there are.
fn gathered<'a>(
    rules: &'a Rules,
    all: &[&'a AreaCode],
    mut at: BTreeSet<&'a AreaCode>,
) -> Vec<AreaCode> {
    if at.len() == all.len() {
        return Vec::new();
    }
    let mut places: BTreeMap<&AreaCode, BTreeSet<&AreaCode>> = BTreeMap::new();
    for place in all {
        let mut parent = rules
            .areas
            .get(*place)
            .and_then(|area| area.parent.as_ref());
        for _ in 0..rules.areas.len() {
            let Some(code) = parent else { break };
            places.entry(code).or_default().insert(place);
            parent = rules.areas.get(code).and_then(|area| area.parent.as_ref());
        }
    }
    let mut whole: Vec<_> = places
        .into_iter()
        .filter(|(_, inside)| inside.len() > 1 && inside.is_subset(&at))
        .collect();
    // The largest first: what lies in it needs no further word.
    whole.sort_by_key(|(code, inside)| (std::cmp::Reverse(inside.len()), *code));
    let mut told = Vec::new();
    for (code, inside) in whole {
        if inside.is_subset(&at) {
            at.retain(|place| !inside.contains(place));
            told.push(code.clone());
        }
    }
    told.extend(at.into_iter().cloned());
    told.sort();
    told
}
