//! Categories, units and limits.

use std::collections::BTreeSet;

use yiwang_base::Span;
use yiwang_cases::UnitKind;

use crate::city;

#[test]
fn every_category_is_somebodys_duty_in_every_area() {
    let rules = &city().rules;
    for category in rules.categories.values() {
        for area in rules.areas.values().filter(|area| area.leaf) {
            let units = rules.dutiful_units(&category.code, Some(&area.code));
            assert!(!units.is_empty(), "{} in {}", category.code, area.code);
        }
        let units = rules.dutiful_units(&category.code, None);
        assert!(!units.is_empty(), "{} anywhere", category.code);
    }
}

#[test]
fn every_unit_has_a_duty_or_is_the_backstop_of_its_district() {
    let rules = &city().rules;
    for unit in rules.units.values() {
        assert_eq!(
            unit.duties.is_empty(),
            unit.kind == UnitKind::District,
            "{}",
            unit.code
        );
    }
    for area in rules.areas.values().filter(|area| area.leaf) {
        let backstop = rules.backstop(Some(&area.code)).unwrap();
        assert_eq!(backstop.areas.first(), area.parent.as_ref());
    }
}

#[test]
fn categories_come_in_groups_and_have_the_limits_that_cities_set() {
    let rules = &city().rules;
    let groups: BTreeSet<&str> = rules
        .categories
        .values()
        .map(|c| c.group.zh.as_str())
        .collect();
    assert_eq!((rules.categories.len(), groups.len()), (61, 9));
    let limit = |code: &str| rules.categories[&code.parse().unwrap()].resolve;
    let clock = |hours: u32| Span::Clock {
        minutes: hours * 60,
    };
    assert_eq!(limit("exposed-rubbish"), Span::Working { minutes: 240 });
    assert_eq!(limit("standing-water"), Span::Working { minutes: 240 });
    assert_eq!(limit("tree-trim"), Span::WorkingDays { days: 5 });
    assert_eq!(limit("gas-leak"), clock(2));
    assert_eq!(limit("no-heating"), clock(24));
    assert_eq!(limit("consumer"), clock(7 * 24));
    assert_eq!(limit("illegal-building"), clock(15 * 24));
}
