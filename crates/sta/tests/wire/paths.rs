//! Resource paths.

use yiwang_sensing::registry::Kind;
use yiwang_sta::{End, Path};

#[test]
fn paths_lead_to_sets_entities_and_properties() {
    let set = Path::read("Things(1)/Datastreams(2)/Observations").unwrap();
    assert!(set.is_set());
    assert_eq!(set.steps.len(), 3);
    assert_eq!(
        (set.last().kind, set.steps[1].id),
        (Kind::Observation, Some(2))
    );
    let one = Path::read("/Observations(5)/Datastream/Thing/").unwrap();
    assert!(!one.is_set());
    assert_eq!(one.last().kind, Kind::Thing);
    let property = Path::read("Datastreams(5)/unitOfMeasurement/name/$value").unwrap();
    assert_eq!(
        property.end,
        End::Bare(vec!["unitOfMeasurement".into(), "name".into()])
    );
    assert_eq!(Path::read("Things/$ref").unwrap().end, End::Ref);
    assert_eq!(Path::read("Things%281%29").unwrap().steps[0].id, Some(1));
}

#[test]
fn what_leads_nowhere_is_refused() {
    for path in [
        "",
        "Thing",
        "Things(x)",
        "Things()",
        "Things(1",
        "Things(-1)",
        "Things(1)/Things",
        "Things/name",
        "Things/Datastreams",
        "Observations(1)/Datastream(2)",
        "Things(1)/nothing",
        "Things(1)/$value",
        "Things(1)/$ref/x",
        "Things(99999999999999999999)",
        "Things(1)/%ff",
    ] {
        assert_eq!(
            Path::read(path).unwrap_err().code,
            "sta.no-such-path",
            "{path}"
        );
    }
}
