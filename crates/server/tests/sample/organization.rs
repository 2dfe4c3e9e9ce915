//! The template that comes with the program, and what it makes of the sample city's streets.

use std::collections::BTreeSet;

use yiwang_cases::organization::{PartKind, plan, streets};
use yiwang_server::organization::default_template;
use yiwang_server::sample::{SampleCity, Size};

#[test]
fn the_template_that_ships_has_six_offices_and_two_centres() {
    let shipped = default_template().unwrap();
    shipped.check().unwrap();
    let of = |kind| {
        shipped
            .parts
            .iter()
            .filter(|part| part.kind == kind)
            .count()
    };
    assert_eq!((of(PartKind::Office), of(PartKind::Centre)), (6, 2));
}

#[test]
fn it_divides_what_a_street_answers_for_without_doubt() {
    let rules = SampleCity::new(7, Size::Small).unwrap().rules;
    let shipped = default_template().unwrap();
    for street in streets(&rules) {
        let plan = plan(&rules, &shipped, &street.code, true, &BTreeSet::new()).unwrap();
        assert_eq!(plan.unclear, []);
        assert_eq!(plan.left, []);
        let with_duties = plan
            .changes
            .iter()
            .filter(|one| !one.after.duties.is_empty());
        assert_eq!(with_duties.count(), 4, "{plan:#?}");
    }
}
