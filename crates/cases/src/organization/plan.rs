//! What applying a template to a street would change.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, CategoryCode, LocalText, Refusal, RefusalKind, UnitCode};

use super::{Part, Template};
use crate::authority::{Flaw, Unclear, unclear_within};
use crate::{Area, AreaIndex, Rules, Tier, Unit, UnitKind};

/// What becomes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It is made, or comes into use again.
    Made,
    /// It is there already, and its duties become those of its part.
    Changed,
    /// It is there already, as its part says.
    Same,
    /// It is no part, and hands over what parts take.
    Relieved,
    /// An earlier application made it, and the template has no such part: it goes out of use.
    Ended,
}

impl Effect {
    /// All of them.
    pub const ALL: [Effect; 5] = [
        Effect::Made,
        Effect::Changed,
        Effect::Same,
        Effect::Relieved,
        Effect::Ended,
    ];

    /// The word of the interface, `made`.
    pub fn word(self) -> &'static str {
        match self {
            Effect::Made => "made",
            Effect::Changed => "changed",
            Effect::Same => "same",
            Effect::Relieved => "relieved",
            Effect::Ended => "ended",
        }
    }
}

/// A unit before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitChange {
    /// As it is now, where it is there.
    pub before: Option<Unit>,
    /// As it will be.
    pub after: Unit,
    /// What becomes of it.
    pub effect: Effect,
    /// The code of its part, where it is one.
    pub part: Option<UnitCode>,
}

/// What applying a template to a street would change, and what would not be clear then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Units of parts in the template's order, then others of the street.
    pub changes: Vec<UnitChange>,
    /// Categories for which, within the street, nobody acts once it is applied, or several
    /// units at the same tier, one of them the street's own.
    pub unclear: Vec<Unclear>,
    /// Categories of the street that no part takes: they stay where they are.
    pub left: Vec<CategoryCode>,
}

/// The streets of a city: areas of that tier; where no area has a tier, the smallest ones.
pub fn streets(rules: &Rules) -> Vec<&Area> {
    let current = || rules.areas.values().filter(|area| !area.retired);
    if current().any(|area| area.tier.is_some()) {
        return current()
            .filter(|area| area.tier == Some(Tier::Street))
            .collect();
    }
    current().filter(|area| area.leaf).collect()
}

/// What applying a template to a street would change. With `hand_over`, what parts take
/// leaves the duty lists of the street's other units. `former` are the units that an
/// application which still stands has made there.
///
/// No category loses its last unit by being handed over: only what a part takes is.
///
/// # Errors
/// When there is no such street, or the code of a unit that would be made is too long or
/// is that of a unit elsewhere.
pub fn plan(
    rules: &Rules,
    template: &Template,
    street: &AreaCode,
    hand_over: bool,
    former: &BTreeSet<UnitCode>,
) -> Result<Plan, Refusal> {
    let known = streets(rules);
    let Some(area) = known.iter().find(|area| area.code == *street) else {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "organization.street",
            "没有这个街道；模板只用于街道",
            "there is no such street; templates are for streets",
        )
        .at("street")
        .found(street.as_str())
        .allowing(known.iter().map(|area| area.code.to_string())));
    };
    let takers = takers(rules, template, street);
    let mut after = rules.units.clone();
    let mut changes = Vec::new();
    let mut parts = BTreeSet::new();
    for (place, part) in template.parts.iter().enumerate() {
        let duties = takers
            .iter()
            .filter(|(_, parts)| parts.contains(&place))
            .map(|(category, _)| (*category).clone())
            .collect();
        let change = of_part(rules, area, part, duties, &parts)?;
        parts.insert(change.after.code.clone());
        changes.push(change);
    }
    for unit in rules.units.values() {
        if unit.retired || parts.contains(&unit.code) || unit.areas != [street.clone()] {
            continue;
        }
        let mut then = unit.clone();
        let effect = if former.contains(&unit.code) {
            then.duties.clear();
            then.retired = true;
            Effect::Ended
        } else if hand_over && unit.kind == UnitKind::Street {
            then.duties.retain(|duty| !takers.contains_key(duty));
            Effect::Relieved
        } else {
            continue;
        };
        if then != *unit {
            changes.push(UnitChange {
                before: Some(unit.clone()),
                after: then,
                effect,
                part: None,
            });
        }
    }
    for change in &changes {
        after.insert(change.after.code.clone(), change.after.clone());
    }
    let left = rules.categories.keys();
    let left =
        left.filter(|code| !takers.contains_key(code) && is_street_duty(rules, code, street));
    Ok(Plan {
        left: left.cloned().collect(),
        unclear: unclear_here(&with_units(rules, after), street),
        changes,
    })
}

/// What is not clear in a street and is the street's own matter: what nobody answers for,
/// and what a unit of its own answers for along with others. That departments of the
/// whole city share a duty is none of a template's.
fn unclear_here(rules: &Rules, street: &AreaCode) -> Vec<Unclear> {
    let own = |code: &UnitCode| {
        let unit = rules.units.get(code);
        unit.is_some_and(|unit| unit.areas.contains(street))
    };
    let mut unclear = unclear_within(rules, street);
    unclear.retain(|one| one.flaw == Flaw::Gap || one.units.iter().any(own));
    unclear
}

/// Which parts take a category, by their places; those that no part takes are not in it.
fn takers<'a>(
    rules: &'a Rules,
    template: &Template,
    street: &AreaCode,
) -> BTreeMap<&'a CategoryCode, BTreeSet<usize>> {
    let mut takers = BTreeMap::new();
    for (code, category) in &rules.categories {
        let parts = || template.parts.iter().enumerate();
        let mut taking: BTreeSet<usize> = parts()
            .filter(|(_, part)| part.duties.contains(code))
            .map(|(place, _)| place)
            .collect();
        let open = || {
            is_street_duty(rules, code, street)
                || rules.dutiful_units(code, Some(street)).is_empty()
        };
        if taking.is_empty() && open() {
            let best = parts().filter_map(|(_, part)| part.fit(category)).max();
            let fits = |part: &Part| best.is_some() && part.fit(category) == best;
            taking = parts()
                .filter(|(_, part)| fits(part))
                .map(|(place, _)| place)
                .collect();
        }
        if !taking.is_empty() {
            takers.insert(code, taking);
        }
    }
    takers
}

/// Whether a unit of the street itself answers for the category.
fn is_street_duty(rules: &Rules, category: &CategoryCode, street: &AreaCode) -> bool {
    rules.units.values().any(|unit| {
        unit.kind == UnitKind::Street
            && !unit.retired
            && unit.areas.contains(street)
            && unit.duties.contains(category)
    })
}

/// The unit of a part in a street: that of its code, or one of its name there.
fn of_part(
    rules: &Rules,
    street: &Area,
    part: &Part,
    duties: Vec<CategoryCode>,
    used: &BTreeSet<UnitCode>,
) -> Result<UnitChange, Refusal> {
    let text = format!("{}-{}", street.code, part.code);
    let code: UnitCode = text.parse().map_err(|_| {
        Refusal::new(
            RefusalKind::Invalid,
            "organization.code-long",
            "街道代码加机构代码超过 64 个字符，请把机构代码改短",
            "the codes of the street and the part together have more than 64 characters: \
             shorten that of the part",
        )
        .at("template")
        .found(&text)
    })?;
    let name = LocalText::new(
        format!("{}{}", street.name.zh, part.name.zh),
        format!("{} {}", street.name.en, part.name.en),
    );
    let here = |unit: &Unit| unit.areas == [street.code.clone()];
    let called = |unit: &&Unit| {
        let own = &unit.name.zh;
        here(unit) && !used.contains(&unit.code) && (*own == name.zh || *own == part.name.zh)
    };
    let before = match rules.units.get(&code) {
        Some(unit) if !here(unit) => {
            return Err(Refusal::new(
                RefusalKind::NotNow,
                "organization.code-taken",
                "这个代码已是别处一个单位的，请先改模板里的机构代码",
                "a unit elsewhere has this code: change that of the part in the template first",
            )
            .at("template")
            .found(code.as_str()));
        }
        Some(unit) => Some(unit.clone()),
        None => rules.units.values().find(called).cloned(),
    };
    let mut after = before.clone().unwrap_or_else(|| Unit {
        code,
        name,
        kind: UnitKind::Street,
        duties: Vec::new(),
        areas: vec![street.code.clone()],
        retired: false,
    });
    after.duties = duties;
    after.retired = false;
    let effect = match &before {
        None => Effect::Made,
        Some(before) if before.retired => Effect::Made,
        Some(before) if same(before, &after) => {
            // The order of a duty list says nothing.
            after.duties.clone_from(&before.duties);
            Effect::Same
        }
        Some(_) => Effect::Changed,
    };
    Ok(UnitChange {
        before,
        after,
        effect,
        part: Some(part.code.clone()),
    })
}

fn same(before: &Unit, after: &Unit) -> bool {
    let set = |unit: &Unit| unit.duties.iter().cloned().collect::<BTreeSet<_>>();
    set(before) == set(after)
}

/// The same rules with other units, for looking up who answers for what. They know no
/// outlines.
fn with_units(rules: &Rules, units: BTreeMap<UnitCode, Unit>) -> Rules {
    Rules {
        areas: rules.areas.clone(),
        categories: rules.categories.clone(),
        units,
        calendar: rules.calendar.clone(),
        desk: rules.desk.clone(),
        limits: rules.limits,
        locator: Box::new(AreaIndex::new([])),
    }
}
