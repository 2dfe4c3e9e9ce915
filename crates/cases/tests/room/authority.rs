//! Who sees, who may act, and where neither is clear.

use yiwang_base::{AreaCode, CategoryCode, UnitCode};
use yiwang_cases::authority::{Direction, Flaw, Route, escalate, ladder, route, unclear};
use yiwang_cases::{Rules, Tier};

use crate::town::rules;

fn category(code: &str) -> CategoryCode {
    code.parse().unwrap()
}

fn area(code: &str) -> AreaCode {
    code.parse().unwrap()
}

fn unit(code: &str) -> UnitCode {
    code.parse().unwrap()
}

/// The town, its halves being streets.
fn town() -> Rules {
    let mut rules = rules();
    for area in rules.areas.values_mut() {
        area.tier = Some(if area.leaf {
            Tier::Street
        } else {
            Tier::District
        });
    }
    rules
}

fn told(rules: &Rules, about: &str, at: &str) -> Vec<(String, bool)> {
    let rungs = ladder(rules, &category(about), Some(&area(at)));
    rungs
        .iter()
        .map(|rung| (rung.unit.code.to_string(), rung.acts))
        .collect()
}

#[test]
fn the_lowest_tier_comes_first_and_who_only_sees_is_told_apart() {
    let rules = town();
    let yes = |code: &str| (code.to_owned(), true);
    let no = |code: &str| (code.to_owned(), false);
    assert_eq!(
        told(&rules, "rubbish", "east"),
        [yes("street-east"), yes("district")]
    );
    assert_eq!(
        told(&rules, "light", "west"),
        [yes("lights-west"), no("district"), yes("lights")]
    );
    // The street office sees a lamp in its street and may not mend it.
    assert_eq!(
        told(&rules, "light", "east"),
        [no("street-east"), no("district"), yes("lights")]
    );
    let at = area("east");
    let tiers: Vec<_> = ladder(&rules, &category("rubbish"), Some(&at))
        .iter()
        .map(|rung| rung.tier)
        .collect();
    assert_eq!(tiers, [Some(Tier::Street), Some(Tier::District)]);
}

#[test]
fn who_sees_and_may_not_act_passes_it_on_to_who_may() {
    let rules = town();
    let goes = |about: &str, at: &str, from: &str| {
        route(&rules, &category(about), Some(&area(at)), &unit(from))
    };
    assert_eq!(goes("rubbish", "east", "street-east"), Route::Acts);
    assert_eq!(
        goes("light", "east", "street-east"),
        Route::PassOn(vec![unit("lights")])
    );
    assert_eq!(
        goes("light", "west", "district"),
        Route::PassOn(vec![unit("lights-west"), unit("lights")])
    );
    assert_eq!(
        goes("orphan", "east", "street-east"),
        Route::Backstop(Some(unit("district")))
    );
}

#[test]
fn a_matter_goes_up_to_the_next_larger_area_and_down_to_the_next_smaller() {
    let rules = town();
    let goes = |about: &str, at: &str, from: &str, direction| {
        let found = escalate(
            &rules,
            &category(about),
            Some(&area(at)),
            &unit(from),
            direction,
        );
        found.map(|unit| unit.code.to_string())
    };
    let (up, down) = (Direction::Up, Direction::Down);
    assert_eq!(
        goes("rubbish", "east", "street-east", up).as_deref(),
        Some("district")
    );
    assert_eq!(
        goes("rubbish", "east", "district", down).as_deref(),
        Some("street-east")
    );
    assert_eq!(goes("rubbish", "east", "street-east", down), None);
    // The district takes what is taken up to it, though its list does not name it.
    assert_eq!(
        goes("light", "west", "lights-west", up).as_deref(),
        Some("district")
    );
    assert_eq!(
        goes("light", "west", "lights", down).as_deref(),
        Some("lights-west")
    );
    assert_eq!(
        goes("light", "west", "idle", up),
        None,
        "it has no part in this"
    );
}

#[test]
fn the_nearer_units_duty_is_clear_and_two_of_the_same_tier_make_it_unclear() {
    let mut rules = town();
    assert!(rules.duty_is_clear(&category("rubbish"), Some(&area("east"))));
    assert!(!rules.duty_is_clear(&category("shared"), Some(&area("east"))));
    let mut twin = rules.units[&unit("street-east")].clone();
    twin.code = unit("street-east-2");
    rules.units.insert(twin.code.clone(), twin);
    assert!(!rules.duty_is_clear(&category("rubbish"), Some(&area("east"))));
}

#[test]
fn gaps_and_duplicates_are_listed_with_where_they_are() {
    let mut rules = town();
    let told = |rules: &Rules| -> Vec<_> {
        unclear(rules)
            .into_iter()
            .map(|one| {
                let areas: Vec<_> = one.areas.iter().map(ToString::to_string).collect();
                let units: Vec<_> = one.units.iter().map(ToString::to_string).collect();
                (one.flaw, one.category.to_string(), areas, units)
            })
            .collect()
    };
    let none = Vec::<String>::new;
    let gap = |code: &str, areas: Vec<String>| (Flaw::Gap, code.to_owned(), areas, none());
    let both = ["idle", "lights"].map(str::to_owned).to_vec();
    let shared = (Flaw::Duplicate, "shared".to_owned(), none(), both);
    assert_eq!(
        told(&rules),
        [
            gap("endless", none()),
            gap("orphan", none()),
            shared.clone()
        ]
    );
    // Without the district's duty, the west has nobody for its rubbish.
    rules
        .units
        .get_mut(&unit("district"))
        .unwrap()
        .duties
        .clear();
    assert_eq!(
        told(&rules),
        [
            gap("endless", none()),
            gap("orphan", none()),
            gap("rubbish", vec!["west".to_owned()]),
            shared
        ]
    );
}
