//! What a file needs before it can be imported.

use std::ops::ControlFlow;

use pollster::block_on;
use yiwang_base::Span;
use yiwang_cases::MemoryStore;
use yiwang_server::import::rejects::RejectFile;
use yiwang_server::import::requests::{Run, import};

use crate::city::{boston, now, plan, rules, table};
use crate::fixture::{FILE, GOOD};

#[test]
fn the_preview_says_what_is_to_be_created() {
    let plan = plan(FILE.as_bytes(), &rules()).unwrap();
    assert_eq!(plan.unreadable["row.time"], 5);
    // Six rows are of the right form and yet refused: texts too long or with
    // control characters, and times to come.
    assert_eq!((plan.rows, plan.readable), (35, GOOD + 6));
    let categories: Vec<_> = plan
        .categories
        .iter()
        .map(|c| {
            (
                c.code.as_str(),
                c.name.en.as_str(),
                c.group.en.as_str(),
                c.resolve,
            )
        })
        .collect();
    let week = Span::WorkingDays { days: 7 };
    assert_eq!(
        categories,
        [
            (
                "request-for-pothole-repair",
                "Request for Pothole Repair",
                "Highway Maintenance",
                week
            ),
            (
                "rodent-activity",
                "Rodent Activity",
                "Environmental Services",
                week
            ),
            (
                "street-light-outages",
                "Street Light Outages",
                "Street Lights",
                week
            ),
        ]
    );
    let units: Vec<_> = plan
        .units
        .iter()
        .map(|u| (u.code.as_str(), u.name.en.as_str(), u.duties.len()))
        .collect();
    assert_eq!(
        units,
        [
            ("gen", "GEN_", 1),
            ("isd", "Inspection (ISD)", 1),
            ("pwdx", "Works Department (PWDx)", 2),
        ]
    );
}

#[test]
fn what_is_known_is_not_created_again_and_duty_lists_only_grow() {
    let mut rules = rules();
    plan(FILE.as_bytes(), &rules).unwrap().apply(&mut rules);
    let again = plan(FILE.as_bytes(), &rules).unwrap();
    assert_eq!((again.categories.len(), again.units.len()), (0, 0));
    let pwdx = rules.units.get_mut(&"pwdx".parse().unwrap()).unwrap();
    pwdx.duties = vec![
        "bridges".parse().unwrap(),
        "street-light-outages".parse().unwrap(),
    ];
    let grown = plan(FILE.as_bytes(), &rules).unwrap();
    let duties: Vec<_> = grown.units[0].duties.iter().map(|d| d.as_str()).collect();
    assert_eq!(
        duties,
        [
            "bridges",
            "street-light-outages",
            "request-for-pothole-repair"
        ]
    );
}

#[test]
fn without_its_categories_a_file_is_rejected_row_by_row() {
    let store = MemoryStore::new();
    let mut rejected = Vec::new();
    let mut rejects = RejectFile::new(&mut rejected);
    let mapping = boston();
    let table = table(FILE.as_bytes(), &mapping).unwrap();
    let run = Run {
        mapping: &mapping,
        now: now(),
        rows: None,
        by: None,
    };
    let empty = rules();
    let all = import(
        &store,
        &table,
        &mut rejects,
        &empty,
        run,
        |_| Vec::new(),
        |_| ControlFlow::Continue(()),
    );
    let report = block_on(all).unwrap();
    assert_eq!((report.imported, report.rejected), (0, 35));
    assert_eq!(report.reasons["category.unknown"], 15);
}
