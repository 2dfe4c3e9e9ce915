//! Query options.

use yiwang_sensing::registry::Kind;
use yiwang_sta::Options;

fn read(kind: Kind, pairs: &[(&str, &str)]) -> Result<Options, &'static str> {
    Options::read(kind, pairs.iter().copied()).map_err(|refusal| refusal.code)
}

#[test]
fn expansions_are_nested_in_both_ways() {
    let options = read(
        Kind::Thing,
        &[(
            "$expand",
            "Datastreams($filter=name eq 'a;b';$select=name,id;$expand=Observations($top=1;$orderby=phenomenonTime desc)),Locations,Datastreams/Sensor",
        )],
    )
    .unwrap();
    let [datastreams, locations] = options.expand.as_slice() else {
        panic!("{options:?}");
    };
    assert_eq!(locations.name, "Locations");
    let inner = &datastreams.options;
    assert_eq!(inner.select, ["name", "id"]);
    assert!(inner.filter.is_some());
    let names: Vec<&str> = inner
        .expand
        .iter()
        .map(|expand| expand.name.as_str())
        .collect();
    assert_eq!(names, ["Observations", "Sensor"]);
    assert_eq!(inner.expand[0].options.top, Some(1));
}

#[test]
fn options_that_are_wrong_are_refused_and_those_of_others_left_alone() {
    for (pairs, code) in [
        (&[("$count", "yes")][..], "sta.malformed"),
        (&[("$top", "-1")], "sta.malformed"),
        (&[("$skip", "x")], "sta.malformed"),
        (&[("$search", "x")], "sta.unsupported"),
        (&[("$resultFormat", "xml")], "sta.unsupported"),
        (&[("$resultFormat", "dataArray")], "sta.malformed"),
        (&[("$expand", "Nothing")], "sta.malformed"),
        (&[("$expand", "Datastreams(")], "sta.malformed"),
        (&[("$select", "nothing")], "sta.malformed"),
        (&[("$top", "1"), ("$top", "2")], "sta.malformed"),
    ] {
        assert_eq!(read(Kind::Thing, pairs), Err(code), "{pairs:?}");
    }
    let options = read(
        Kind::Thing,
        &[("token", "x"), ("$top", "5"), ("$count", "true")],
    )
    .unwrap();
    assert_eq!((options.top, options.count), (Some(5), true));
    let pairs = [("$resultFormat", "dataArray"), ("$expand", "Datastream")];
    assert_eq!(read(Kind::Observation, &pairs), Err("sta.malformed"));
}
