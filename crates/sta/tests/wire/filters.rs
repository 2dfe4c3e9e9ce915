//! What filters come to.

use jiff_time::at;
use serde_json::{Value as Json, json};
use yiwang_base::{Refusal, Timestamp};
use yiwang_sensing::registry::Kind;
use yiwang_sta::{Env, Options, Value, eval, holds};

/// Times of the tests.
mod jiff_time {
    pub(super) fn at(text: &str) -> yiwang_base::Timestamp {
        text.parse().unwrap()
    }
}

/// A JSON object as an entity.
pub(crate) struct Entity(pub(crate) Json);

impl Env for Entity {
    fn property(&self, path: &[String]) -> Result<Value, Refusal> {
        let mut here = vec![&self.0];
        for name in path {
            let mut next = Vec::new();
            for json in here {
                match json {
                    Json::Array(all) => next.extend(all.iter().filter_map(|one| one.get(name))),
                    json => next.extend(json.get(name)),
                }
            }
            here = next;
        }
        Ok(match here.as_slice() {
            [] => Value::Null,
            [one] => Value::from(*one),
            all => Value::Many(all.iter().map(|json| Value::from(*json)).collect()),
        })
    }

    fn now(&self) -> Timestamp {
        at("2026-03-01T00:00:00Z")
    }
}

fn filtered(kind: Kind, entity: Json, filter: &str) -> bool {
    let options = Options::read(kind, [("$filter", filter)].into_iter()).unwrap();
    holds(&options.filter.unwrap(), &Entity(entity)).unwrap()
}

fn observation(filter: &str) -> bool {
    let entity = json!({
        "id": 7, "phenomenonTime": "2026-02-03T04:05:06.500Z", "resultTime": null,
        "result": 12.5, "parameters": {"depth": 3, "who": "it's"},
        "Datastream": {"name": "雨量 A", "unitOfMeasurement": {"name": "mm"}},
        "FeatureOfInterest": {"feature": {"type": "Point", "coordinates": [116.4, 39.9]}},
    });
    filtered(Kind::Observation, entity, filter)
}

#[test]
fn operators_bind_as_the_standard_says() {
    for (filter, expected) in [
        ("result gt 12 and result lt 13", true),
        ("result gt 20 or result lt 13 and result ne 12.5", false),
        (
            "(result gt 20 or result lt 13) and not (result eq 12.5)",
            false,
        ),
        ("not result eq 12.5", false),
        ("result add 2 mul 3 eq 18.5", true),
        ("result sub 2 sub 3 eq 7.5", true),
        ("result mod 5 eq 2.5", true),
        ("result div 0 eq 1", false),
        ("-result lt -12", true),
        ("12.5 eq result", true),
        ("resultTime eq null", true),
        ("result ne null", true),
        ("id eq 7 and @iot.id ge 7", true),
        ("parameters/depth eq 3", true),
        ("parameters/who eq 'it''s'", true),
        ("parameters/none eq null", true),
        ("result eq 'text'", false),
    ] {
        assert_eq!(observation(filter), expected, "{filter}");
    }
}

#[test]
fn texts_and_numbers_have_their_functions() {
    for filter in [
        "substringof('量', Datastream/name)",
        "startswith(Datastream/name, '雨')",
        "endswith(Datastream/name, ' A')",
        "length(Datastream/name) eq 4",
        "indexof(Datastream/name, 'A') eq 3",
        "indexof(Datastream/name, 'z') eq -1",
        "substring(Datastream/name, 1) eq '量 A'",
        "substring(Datastream/name, 0, 2) eq '雨量'",
        "tolower(Datastream/name) eq '雨量 a'",
        "toupper('a') eq 'A'",
        "trim('  a ') eq 'a'",
        "concat(concat('a', 'b'), 'c') eq 'abc'",
        "round(result) eq 13 and floor(result) eq 12 and ceiling(result) eq 13",
        "Datastream/unitOfMeasurement/name eq 'mm'",
    ] {
        assert!(observation(filter), "{filter}");
    }
}

#[test]
fn times_are_compared_as_times() {
    for (filter, expected) in [
        ("phenomenonTime gt 2026-02-03T04:05:06Z", true),
        ("phenomenonTime eq 2026-02-03T12:05:06.500+08:00", true),
        ("phenomenonTime lt 2026-02-03T04:05:06.500Z", false),
        ("phenomenonTime le 2026-02-03T04:05:06.500Z", true),
        ("phenomenonTime lt now()", true),
        ("phenomenonTime gt now() sub duration'P30D'", true),
        ("phenomenonTime gt now() sub duration'P1D'", false),
        ("now() sub phenomenonTime gt duration'P20D'", true),
        (
            "phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime()",
            true,
        ),
        (
            "year(phenomenonTime) eq 2026 and month(phenomenonTime) eq 2 and day(phenomenonTime) eq 3",
            true,
        ),
        (
            "hour(phenomenonTime) eq 4 and minute(phenomenonTime) eq 5 and second(phenomenonTime) eq 6",
            true,
        ),
        ("fractionalseconds(phenomenonTime) eq 0.5", true),
        ("date(phenomenonTime) eq 2026-02-03", true),
        ("date(phenomenonTime) lt 2026-02-03", false),
        ("time(phenomenonTime) gt 04:00:00", true),
        ("totaloffsetminutes(phenomenonTime) eq 0", true),
        (
            "phenomenonTime lt 2026-02-04T00:00:00Z/2026-02-05T00:00:00Z",
            true,
        ),
    ] {
        assert_eq!(observation(filter), expected, "{filter}");
    }
}

#[test]
fn shapes_stand_to_each_other() {
    let around = "geography'POLYGON ((116 39, 117 39, 117 40, 116 40, 116 39))'";
    for (filter, expected) in [
        (
            format!("st_within(FeatureOfInterest/feature, {around})"),
            true,
        ),
        (
            format!("st_contains({around}, FeatureOfInterest/feature)"),
            true,
        ),
        (
            format!("geo.intersects(FeatureOfInterest/feature, {around})"),
            true,
        ),
        (
            format!("st_disjoint(FeatureOfInterest/feature, {around})"),
            false,
        ),
        (
            format!("st_relate(FeatureOfInterest/feature, {around}, 'T*F**F***')"),
            true,
        ),
        (
            "geo.distance(FeatureOfInterest/feature, geography'POINT (116.4 39.4)') lt 0.6".into(),
            true,
        ),
        (
            "geo.length(geography'LINESTRING (0 0, 3 4)') eq 5".into(),
            true,
        ),
        (
            "st_equals(FeatureOfInterest/feature, geography'SRID=4326;POINT (116.4 39.9)')".into(),
            true,
        ),
        (
            "st_crosses(geography'LINESTRING (0 0, 2 2)', geography'LINESTRING (0 2, 2 0)')".into(),
            true,
        ),
        (
            "st_touches(geography'LINESTRING (0 0, 2 2)', geography'POINT (0 0)')".into(),
            true,
        ),
    ] {
        assert_eq!(observation(&filter), expected, "{filter}");
    }
}

#[test]
fn of_several_related_entities_one_is_enough() {
    let thing = json!({"name": "t", "Datastreams": [{"name": "a"}, {"name": "b"}]});
    for (filter, expected) in [
        ("Datastreams/name eq 'b'", true),
        ("Datastreams/name eq 'c'", false),
        ("startswith(Datastreams/name, 'a')", true),
    ] {
        assert_eq!(
            filtered(Kind::Thing, thing.clone(), filter),
            expected,
            "{filter}"
        );
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_what_is_allowed() {
    for filter in [
        "",
        "result gt",
        "result gt 1 1",
        "(result eq 1",
        "nothing(result)",
        "length()",
        "resul eq 1",
        "Datastream/nam eq 'x'",
        "result eq 'open",
        "result eq 1e",
        "substring(result)",
        "Datastream eq 1",
        "phenomenonTime eq 2026-13-01T00:00:00Z",
        "st_within(result, geography'POINT')",
        "geography'POINT (1 inf)' eq 1",
        "result ? 1",
    ] {
        let refused = Options::read(Kind::Observation, [("$filter", filter)].into_iter());
        assert_eq!(refused.unwrap_err().code, "sta.malformed", "{filter}");
    }
}

#[test]
fn an_order_puts_nothing_first() {
    let key = |entity: Json| {
        let options =
            Options::read(Kind::Observation, [("$orderby", "result desc")].into_iter()).unwrap();
        assert!(options.order[0].descending);
        eval(&options.order[0].by, &Entity(entity)).unwrap()
    };
    let (none, one, two) = (
        key(json!({})),
        key(json!({"result": 1})),
        key(json!({"result": 2})),
    );
    assert!(none.order(&one).is_lt() && one.order(&two).is_lt());
}
