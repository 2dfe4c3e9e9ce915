//! Scenarios and drills, as they may be set.

use jiff::civil::date;
use yiwang_base::LocalText;
use yiwang_cases::Action;
use yiwang_cases::figures::Scope;
use yiwang_cases::scenario::{BY_CHOICE, Domain, Drill, DrillStep, Scenario, Thresholds};

fn scenario() -> Scenario {
    Scenario {
        code: "lifts".parse().unwrap(),
        domain: Domain::ElderCare,
        gates: Thresholds::default(),
        name: LocalText::new("老人乘梯", "Lifts for older people"),
        pages: vec!["/report".into()],
        retired: false,
        scope: Scope {
            categories: vec!["lift-fault".parse().unwrap()],
            ..Scope::default()
        },
        serves: LocalText::new("高龄老人", "Older people"),
        steps: BY_CHOICE.to_vec(),
    }
}

#[test]
fn a_scenario_reads_back_from_its_json_and_fields_at_fault_are_named() {
    let good = scenario();
    assert_eq!(good.check(), Ok(()));
    let json = serde_json::to_string(&good).unwrap();
    assert_eq!(serde_json::from_str::<Scenario>(&json).unwrap(), good);
    let at = |change: &dyn Fn(&mut Scenario)| {
        let mut one = scenario();
        change(&mut one);
        one.check().unwrap_err().field.unwrap()
    };
    assert_eq!(at(&|one| one.name.en.clear()), "name.en");
    assert_eq!(at(&|one| one.scope.categories.clear()), "categories");
    assert_eq!(at(&|one| one.pages.push("report".into())), "pages[1]");
    // Every case is dispatched; that shows nothing.
    assert_eq!(at(&|one| one.steps.push(Action::Dispatch)), "steps");
    assert_eq!(at(&|one| one.gates.answers = 0), "gates.answers");
    assert_eq!(
        at(&|one| one.gates.used_percent = 101),
        "gates.used_percent"
    );
    let page = || "/a".to_owned();
    assert_eq!(at(&|one| one.pages = vec![page(); 201]), "pages");
}

#[test]
fn a_drill_says_when_who_and_step_by_step_what() {
    let drill = Drill {
        evidence: "演练记录 2026-03".into(),
        on: date(2026, 3, 1),
        scenario: "lifts".parse().unwrap(),
        steps: vec![DrillStep {
            name: "十分钟内到场".into(),
            note: None,
            passed: true,
        }],
        units: vec!["lights".parse().unwrap()],
    };
    let today = date(2026, 3, 1);
    assert_eq!(drill.check(today), Ok(()));
    let at = |change: &dyn Fn(&mut Drill)| {
        let mut one = drill.clone();
        change(&mut one);
        one.check(today).unwrap_err().field.unwrap()
    };
    assert_eq!(at(&|one| one.on = date(2026, 3, 2)), "on");
    assert_eq!(at(&|one| one.units.clear()), "units");
    assert_eq!(at(&|one| one.steps.clear()), "steps");
    assert_eq!(at(&|one| one.evidence.clear()), "evidence");
    assert_eq!(at(&|one| one.steps[0].name.clear()), "steps[0].name");
    // What failed is told.
    assert_eq!(at(&|one| one.steps[0].passed = false), "steps[0].note");
}
