//! Both languages are there, everywhere.

use std::collections::BTreeMap;

use yiwang_base::LocalText;

use crate::city;

fn is_chinese(letter: char) -> bool {
    ('\u{3000}'..='\u{303f}').contains(&letter)
        || ('\u{4e00}'..='\u{9fff}').contains(&letter)
        || ('\u{ff00}'..='\u{ffef}').contains(&letter)
}

#[track_caller]
fn check(what: &str, name: &LocalText) {
    assert!(name.zh.chars().any(is_chinese), "{what}: {name:?}");
    assert!(!name.en.trim().is_empty(), "{what}: {name:?}");
    assert!(!name.en.chars().any(is_chinese), "{what}: {name:?}");
}

#[test]
fn everything_with_a_name_has_it_in_chinese_and_in_english() {
    let rules = &city().rules;
    for area in rules.areas.values() {
        check(area.code.as_str(), &area.name);
    }
    for unit in rules.units.values() {
        check(unit.code.as_str(), &unit.name);
    }
    for category in rules.categories.values() {
        check(category.code.as_str(), &category.name);
        check(category.code.as_str(), &category.group);
        for question in &category.questions {
            check(&question.code, &question.asks);
            question
                .choices
                .iter()
                .for_each(|choice| check(&choice.key, &choice.name));
        }
    }
}

#[test]
fn what_the_map_names_it_names_in_both_and_no_two_streets_alike() {
    let mut roads = BTreeMap::new();
    for feature in city().features() {
        let names = &feature.names;
        if names.is_empty() {
            continue;
        }
        let name = LocalText::new(
            names.zh.clone().unwrap_or_default(),
            names.en.clone().unwrap_or_default(),
        );
        check(&feature.class, &name);
        assert_eq!(names.local.as_ref(), Some(&name.zh));
        if feature.layer == yiwang_store::basemap::Layer::Road {
            assert_eq!(
                roads.insert(name.zh.clone(), name.en.clone()),
                None,
                "{name:?}"
            );
        }
    }
    assert!(roads.len() > 150, "{}", roads.len());
    let mut english: Vec<&String> = roads.values().collect();
    english.sort();
    english.dedup();
    // Different characters can sound alike.
    assert!(english.len() * 100 > roads.len() * 90);
}
