//! What goes into the journal is canonical JSON without floating-point numbers.

use proptest::prelude::*;
use serde_json::Value;
use yiwang_base::{Personal, Point, Purpose, Timestamp};
use yiwang_cases::{Event, File, Joiner, Place, Reporter, RequestWords, Sealed};

use crate::any_event::event;

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
        (proptest::option::of(any::<String>()), any::<String>()).prop_map(|(name, sha256)| {
            Sealed::File(Personal::new(File {
                name,
                sha256,
                bytes: [].into(),
            }))
        }),
        (any::<String>(), any::<String>()).prop_map(|(words, follow_code)| {
            Sealed::Joiner(Personal::new(Joiner {
                words: Some(words),
                follow_code,
                ..Joiner::default()
            }))
        }),
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
        assisting: vec![],
        backstop: false,
        first_receiver: false,
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

/// Events as they were written before cases could be given back or shared.
const FIRST_FORMS: [&str; 15] = [
    r#"{"submitted":{"accept_by":"2026-09-25T04:00:00Z","area":"west","category":"light","channel":"mini_program","source":{"id":"101","system":"boston311"}}}"#,
    r#"{"submitted":{"accept_by":"2026-09-25T04:00:00Z","channel":"web"}}"#,
    r#"{"accepted":{"area":"east","category":"light","dispatch_by":"2026-09-25T04:00:00Z"}}"#,
    r#"{"declined":{"reason":"legal_proceedings"}}"#,
    r#"{"dispatched":{"outside_duty":true,"resolve_by":"2026-09-29T10:00:00Z","respond_by":"2026-09-25T04:00:00Z","unit":"lights"}}"#,
    r#"{"dispatched":{"unit":"lights"}}"#,
    r#"{"started":{}}"#,
    r#"{"reported_back":{"verify_by":"2026-09-27T10:00:00Z"}}"#,
    r#"{"verified":{"by":"2026-09-27T10:00:00Z","pass":true}}"#,
    r#"{"verified":{"by":"2026-09-27T10:00:00Z","pass":false}}"#,
    r#"{"closed":{}}"#,
    r#"{"closed":{"unverified":true}}"#,
    r#"{"called_back":{"reached":true,"satisfaction":5,"solved":true}}"#,
    r#"{"reopened":{"dispatch_by":"2026-09-25T04:00:00Z"}}"#,
    r#"{"erased":{"erases":[0,7]}}"#,
];

#[test]
fn events_of_the_first_forms_are_read_and_written_as_ever() {
    for json in FIRST_FORMS {
        let event: Event = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
    }
}

#[test]
fn every_sort_of_event_has_a_name() {
    for word in Event::WORDS {
        let name = Event::name_of(word).unwrap();
        assert!(!name.zh.is_empty() && !name.en.is_empty());
    }
    assert_eq!(Event::name_of("sold"), None);
}
