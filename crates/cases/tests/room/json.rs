//! What goes into the journal is canonical JSON without floating-point numbers.

use proptest::prelude::*;
use serde_json::Value;
use yiwang_base::{AreaCode, CategoryCode, Personal, Point, Purpose, Timestamp, UnitCode};
use yiwang_cases::{
    Channel, DeclineReason, Event, Place, Reporter, RequestWords, Sealed, SourceRef,
};

fn time() -> impl Strategy<Value = Timestamp> {
    // 1970 to 2100, in milliseconds as the record keeps them.
    (0..4_102_444_800_000_i64).prop_map(|ms| Timestamp::from_millisecond(ms).unwrap())
}

fn code() -> impl Strategy<Value = String> {
    "[a-z0-9][a-z0-9._-]{0,63}"
}

fn event() -> impl Strategy<Value = Event> {
    let area = || proptest::option::of(code().prop_map(|c| c.parse::<AreaCode>().unwrap()));
    let category = || code().prop_map(|c| c.parse::<CategoryCode>().unwrap());
    let source =
        (any::<String>(), any::<String>()).prop_map(|(id, system)| SourceRef { id, system });
    prop_oneof![
        (
            time(),
            area(),
            proptest::option::of(category()),
            proptest::sample::select(Channel::ALL.to_vec()),
            proptest::option::of(source)
        )
            .prop_map(
                |(accept_by, area, category, channel, source)| Event::Submitted {
                    accept_by,
                    area,
                    category,
                    channel,
                    source
                }
            ),
        (area(), category(), time()).prop_map(|(area, category, dispatch_by)| Event::Accepted {
            area,
            category,
            dispatch_by
        }),
        proptest::sample::select(DeclineReason::ALL.to_vec())
            .prop_map(|reason| Event::Declined { reason }),
        (
            any::<bool>(),
            proptest::option::of(time()),
            proptest::option::of(time()),
            code()
        )
            .prop_map(
                |(outside_duty, resolve_by, respond_by, unit)| Event::Dispatched {
                    outside_duty,
                    resolve_by,
                    respond_by,
                    unit: unit.parse::<UnitCode>().unwrap()
                }
            ),
        Just(Event::Started {}),
        time().prop_map(|verify_by| Event::ReportedBack { verify_by }),
        (time(), any::<bool>()).prop_map(|(by, pass)| Event::Verified { by, pass }),
        any::<bool>().prop_map(|unverified| Event::Closed { unverified }),
        (
            any::<bool>(),
            proptest::option::of(any::<u8>()),
            proptest::option::of(any::<bool>())
        )
            .prop_map(|(reached, satisfaction, solved)| Event::CalledBack {
                reached,
                satisfaction,
                solved
            }),
        time().prop_map(|dispatch_by| Event::Reopened { dispatch_by }),
        proptest::collection::vec(0..1_u64 << 53, 0..9).prop_map(|erases| Event::Erased { erases }),
    ]
}

fn request() -> impl Strategy<Value = Sealed> {
    let point = proptest::option::of((-180.0..=180.0, -85.0..=85.0))
        .prop_map(|xy| xy.map(|(lon, lat)| Point::new(lon, lat).unwrap()));
    let text = || proptest::option::of(any::<String>());
    let answers = proptest::collection::btree_map(
        any::<String>(),
        proptest::collection::vec(any::<String>(), 0..3),
        0..3,
    );
    let who = (text(), text(), text());
    let rest = (text(), answers, text());
    (any::<String>(), text(), point, who, rest).prop_map(
        |(words, address, point, (name, phone, email), (follow_code, answers, media_url))| {
            Sealed::Request(Personal::new(RequestWords {
                words,
                place: Place { address, point },
                reporter: Reporter { name, phone, email },
                follow_code,
                answers,
                media_url,
            }))
        },
    )
}

fn sealed() -> impl Strategy<Value = Sealed> {
    prop_oneof![
        request(),
        any::<String>().prop_map(|text| Sealed::Note(Personal::new(text))),
    ]
}

fn whole_numbers_only(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_u64() || number.is_i64(),
        Value::Array(items) => items.iter().all(whole_numbers_only),
        Value::Object(fields) => fields.values().all(whole_numbers_only),
        _ => true,
    }
}

proptest! {
    #[test]
    fn an_event_reads_back_as_written(event in event()) {
        let json = serde_json::to_string(&event).unwrap();
        prop_assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    }

    #[test]
    fn an_event_is_written_in_canonical_form(event in event()) {
        let json = serde_json::to_string(&event).unwrap();
        prop_assert_eq!(serde_json_canonicalizer::to_string(&event).unwrap(), json);
    }

    #[test]
    fn an_event_holds_no_floating_point_number(event in event()) {
        prop_assert!(whole_numbers_only(&serde_json::to_value(&event).unwrap()));
    }

    #[test]
    fn the_word_of_an_event_is_its_key(event in event()) {
        let json = serde_json::to_value(&event).unwrap();
        let keys: Vec<_> = json.as_object().unwrap().keys().collect();
        prop_assert_eq!(keys, [event.word()]);
    }

    #[test]
    fn the_sealed_part_reads_back_as_written(sealed in sealed()) {
        let mut bytes = Vec::new();
        sealed
            .disclose_as(Purpose::Record, &mut serde_json::Serializer::new(&mut bytes))
            .unwrap();
        prop_assert_eq!(serde_json::from_slice::<Sealed>(&bytes).unwrap(), sealed);
    }

    #[test]
    fn bytes_that_are_no_event_are_refused_without_a_panic(text in ".{0,80}") {
        let _ = serde_json::from_str::<Event>(&text);
        let _ = serde_json::from_str::<Sealed>(&text);
    }
}

#[test]
fn an_event_with_an_unknown_field_is_not_read() {
    for json in [
        r#"{"closed":{"unverified":true,"why":"x"}}"#,
        r#"{"started":{"at":1}}"#,
        r#"{"sold":{}}"#,
        r#"{"verified":{"by":"2026-01-01T00:00:00Z"}}"#,
        r#"{"accepted":{"category":"Not A Code","dispatch_by":"2026-01-01T00:00:00Z"}}"#,
    ] {
        assert!(serde_json::from_str::<Event>(json).is_err(), "{json}");
    }
    assert!(serde_json::from_str::<Sealed>(r#"{"request":{"words":"x","age":9}}"#).is_err());
}

#[test]
fn the_form_of_events_stays_what_it_is() {
    // Entries are hashed as they stand: a change here breaks every record made before.
    let by: Timestamp = "2026-09-25T02:00:00.5Z".parse().unwrap();
    let verified = Event::Verified { by, pass: true };
    let dispatched = Event::Dispatched {
        outside_duty: true,
        resolve_by: Some(by),
        respond_by: None,
        unit: "lights".parse().unwrap(),
    };
    for (event, json) in [
        (
            verified,
            r#"{"verified":{"by":"2026-09-25T02:00:00.5Z","pass":true}}"#,
        ),
        (
            dispatched,
            r#"{"dispatched":{"outside_duty":true,"resolve_by":"2026-09-25T02:00:00.5Z","unit":"lights"}}"#,
        ),
        (Event::Started {}, r#"{"started":{}}"#),
        (Event::Closed { unverified: false }, r#"{"closed":{}}"#),
    ] {
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
    }
}
