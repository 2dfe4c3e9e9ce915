//! How streets are organised: templates, what they would change, and putting it back.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use yiwang_base::{AreaCode, CategoryCode, LocalText, UnitCode};
use yiwang_cases::authority::Flaw;
use yiwang_cases::organization::{Effect, Part, PartKind, Plan, Template, plan, restored, streets};
use yiwang_cases::{Rules, Tier, Unit};

use crate::town::rules;

/// The town, whose halves are streets: in the east the street office answers for rubbish.
fn town() -> Rules {
    let mut rules = rules();
    for code in ["west", "east"] {
        rules.areas.get_mut(&area(code)).unwrap().tier = Some(Tier::Street);
    }
    rules
}

fn area(code: &str) -> AreaCode {
    code.parse().unwrap()
}

fn category(code: &str) -> CategoryCode {
    code.parse().unwrap()
}

fn unit(code: &str) -> UnitCode {
    code.parse().unwrap()
}

fn part(code: &str, duties: &[&str], words: &[&str]) -> Part {
    Part {
        code: unit(code),
        name: LocalText::new(format!("{code}办公室"), format!("{code} Office")),
        kind: PartKind::Office,
        duties: duties.iter().map(|code| category(code)).collect(),
        words: words.iter().map(|word| (*word).to_owned()).collect(),
    }
}

fn template(parts: Vec<Part>) -> Template {
    Template {
        name: LocalText::same("two"),
        parts,
    }
}

fn planned(rules: &Rules, template: &Template) -> Plan {
    plan(rules, template, &area("east"), true, &BTreeSet::new()).unwrap()
}

fn applied(rules: &mut Rules, plan: &Plan) {
    for change in &plan.changes {
        rules
            .units
            .insert(change.after.code.clone(), change.after.clone());
    }
}

#[test]
fn a_part_takes_what_the_street_or_nobody_answers_for_and_what_it_names() {
    let town = town();
    // Everything is in the group 市政设施: rubbish is the street's, orphan nobody's, light a
    // department's, shared two departments'.
    let plan = planned(&town, &template(vec![part("all", &["shared"], &["设施"])]));
    let [made, relieved] = plan.changes.as_slice() else {
        panic!("{plan:?}");
    };
    assert_eq!(made.effect, Effect::Made);
    assert_eq!(made.after.code.as_str(), "east-all");
    assert_eq!(made.after.name.zh, "eastall办公室");
    let duties: Vec<_> = made.after.duties.iter().map(CategoryCode::as_str).collect();
    assert_eq!(duties, ["endless", "orphan", "rubbish", "shared"]);
    assert_eq!(relieved.effect, Effect::Relieved);
    assert_eq!(relieved.after.code.as_str(), "street-east");
    assert!(relieved.after.duties.is_empty());
    assert_eq!(
        plan.unclear,
        [],
        "each category has one unit that comes first"
    );
    assert_eq!(plan.left, []);
}

#[test]
fn what_two_parts_take_and_what_nobody_takes_is_told() {
    let town = town();
    let twice = template(vec![
        part("one", &["rubbish"], &[]),
        part("two", &["rubbish"], &[]),
    ]);
    let plan = planned(&town, &twice);
    let told: Vec<_> = plan
        .unclear
        .iter()
        .map(|one| (one.flaw, one.category.as_str(), one.units.len()))
        .collect();
    assert_eq!(
        told,
        [
            (Flaw::Gap, "endless", 0),
            (Flaw::Gap, "orphan", 0),
            (Flaw::Duplicate, "rubbish", 2),
        ]
    );
    let kept = plan_keeping(&town, &template(vec![part("one", &["rubbish"], &[])]));
    assert!(kept.changes.iter().all(|one| one.effect == Effect::Made));
    let rubbish = kept
        .unclear
        .iter()
        .find(|one| one.category == category("rubbish"));
    assert_eq!(
        rubbish.unwrap().units,
        [unit("east-one"), unit("street-east")]
    );
    let none = planned(&town, &template(vec![part("one", &[], &[])]));
    assert_eq!(
        none.left,
        [category("rubbish")],
        "it stays with the street's office"
    );
}

fn plan_keeping(rules: &Rules, template: &Template) -> Plan {
    plan(rules, template, &area("east"), false, &BTreeSet::new()).unwrap()
}

#[test]
fn the_longest_word_decides_and_a_words_own_name_before_its_groups() {
    let mut town = town();
    town.categories.get_mut(&category("rubbish")).unwrap().name =
        LocalText::new("暴露垃圾", "Exposed rubbish");
    let parts = template(vec![
        part("group", &[], &["市政设施"]),
        part("short", &[], &["垃圾"]),
        part("long", &[], &["暴露垃圾"]),
        part("inside", &[], &["posed rubbish"]),
    ]);
    let plan = planned(&town, &parts);
    let takes: Vec<_> = plan
        .changes
        .iter()
        .filter(|change| change.after.duties.contains(&category("rubbish")))
        .map(|change| change.after.code.as_str())
        .collect();
    assert_eq!(takes, ["east-long"]);
}

#[test]
fn a_unit_that_is_there_by_code_or_name_is_changed_and_not_made_again() {
    let mut town = town();
    let mut office = town.units[&unit("street-east")].clone();
    office.code = unit("old-office");
    office.name = LocalText::same("one办公室");
    town.units.insert(office.code.clone(), office);
    let parts = template(vec![part("one", &["light"], &[])]);
    let plan = planned(&town, &parts);
    let change = &plan.changes[0];
    assert_eq!(
        (change.effect, change.after.code.as_str()),
        (Effect::Changed, "old-office")
    );
    assert_eq!(change.after.duties, [category("light")]);
    applied(&mut town, &plan);
    let again = planned(&town, &parts);
    assert!(again.changes.iter().all(|one| one.effect == Effect::Same));
}

#[test]
fn what_an_earlier_template_made_and_this_one_does_not_have_goes_out_of_use() {
    let mut town = town();
    let first = planned(
        &town,
        &template(vec![part("one", &["rubbish"], &[]), part("two", &[], &[])]),
    );
    applied(&mut town, &first);
    let former = BTreeSet::from([unit("east-one"), unit("east-two")]);
    let parts = template(vec![part("two", &["rubbish"], &[])]);
    let then = plan(&town, &parts, &area("east"), true, &former).unwrap();
    let told: Vec<_> = then
        .changes
        .iter()
        .map(|one| (one.after.code.as_str(), one.effect, one.after.retired))
        .collect();
    assert_eq!(
        told,
        [
            ("east-two", Effect::Changed, false),
            ("east-one", Effect::Ended, true),
        ]
    );
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let mut town = town();
    let parts = template(vec![part("one", &[], &[])]);
    let refused = |rules: &Rules, parts: &Template, street: &str| {
        plan(rules, parts, &area(street), true, &BTreeSet::new()).unwrap_err()
    };
    for wrong in ["moon", "town"] {
        let refusal = refused(&town, &parts, wrong);
        assert_eq!(refusal.code, "organization.street");
        assert_eq!(refusal.allowed, ["east", "west"]);
    }
    let long = template(vec![part(&"x".repeat(64), &[], &[])]);
    assert_eq!(refused(&town, &long, "east").code, "organization.code-long");
    let mut other = town.units[&unit("street-east")].clone();
    other.code = unit("east-one");
    other.areas = vec![area("west")];
    town.units.insert(other.code.clone(), other);
    assert_eq!(
        refused(&town, &parts, "east").code,
        "organization.code-taken"
    );

    let field = |parts: Vec<Part>| template(parts).check().unwrap_err().field.unwrap();
    assert_eq!(field(vec![]), "parts");
    assert_eq!(
        field(vec![part("one", &[], &[]), part("one", &[], &[])]),
        "parts[1].code"
    );
    let mut named = part("two", &[], &[]);
    named.name.zh = "one办公室".into();
    assert_eq!(
        field(vec![part("one", &[], &[]), named]),
        "parts[1].name.zh"
    );
    assert_eq!(
        field(vec![part("one", &[], &["垃圾", " "])]),
        "parts[0].words[1]"
    );
}

#[test]
fn in_a_city_without_tiers_the_smallest_areas_are_streets() {
    let rules = rules();
    let codes: Vec<_> = streets(&rules)
        .into_iter()
        .map(|area| area.code.as_str())
        .collect();
    assert_eq!(codes, ["east", "west"]);
}

#[test]
fn what_was_changed_since_is_not_put_back() {
    let mut town = town();
    let plan = planned(&town, &template(vec![part("one", &["rubbish"], &[])]));
    applied(&mut town, &plan);
    town.units.get_mut(&unit("street-east")).unwrap().duties = vec![category("light")];
    let refusal = restored(&town.units, &plan.changes).unwrap_err();
    assert_eq!(refusal.code, "organization.changed-since");
    assert_eq!(refusal.found.as_deref(), Some("street-east"));
}

fn any_template() -> impl Strategy<Value = Template> {
    let categories = ["light", "rubbish", "shared", "orphan", "endless"];
    let words = ["设施", "light", "rub", "shared", "end"];
    let parts_of = (
        btree_set(prop::sample::select(categories.to_vec()), 0..3),
        btree_set(prop::sample::select(words.to_vec()), 0..3),
    );
    vec(parts_of, 1..5).prop_map(|parts| {
        let parts = parts.into_iter().enumerate().map(|(n, (duties, words))| {
            let duties: Vec<_> = duties.into_iter().collect();
            let words: Vec<_> = words.into_iter().collect();
            part(&format!("p{n}"), &duties, &words)
        });
        template(parts.collect())
    })
}

/// Who answers for each category in the east, whether a unit does at all.
fn answered(rules: &Rules) -> BTreeSet<CategoryCode> {
    let east = area("east");
    let answered = rules.categories.keys();
    let answered = answered.filter(|code| !rules.dutiful_units(code, Some(&east)).is_empty());
    answered.cloned().collect()
}

fn in_use(units: &BTreeMap<UnitCode, Unit>) -> Vec<&Unit> {
    units.values().filter(|unit| !unit.retired).collect()
}

proptest! {
    #[test]
    fn applying_loses_no_duty_changes_no_other_street_and_is_put_back_whole(
        template in any_template(), hand_over: bool,
    ) {
        let before = town();
        let mut town = town();
        let plan = plan(&town, &template, &area("east"), hand_over, &BTreeSet::new()).unwrap();
        applied(&mut town, &plan);
        prop_assert!(answered(&before).is_subset(&answered(&town)));
        for unit in before.units.values().filter(|unit| unit.areas != [area("east")]) {
            prop_assert_eq!(&town.units[&unit.code], unit);
        }
        let again = planned_with(&town, &template, hand_over);
        prop_assert!(again.changes.iter().all(|one| one.effect == Effect::Same));
        for unit in restored(&town.units, &plan.changes).unwrap() {
            town.units.insert(unit.code.clone(), unit);
        }
        prop_assert_eq!(in_use(&town.units), in_use(&before.units));
        prop_assert_eq!(answered(&town), answered(&before));
    }
}

fn planned_with(rules: &Rules, template: &Template, hand_over: bool) -> Plan {
    plan(rules, template, &area("east"), hand_over, &BTreeSet::new()).unwrap()
}
