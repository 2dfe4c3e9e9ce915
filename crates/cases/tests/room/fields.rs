//! What each field must hold, and what a refusal says when it does not.

use yiwang_base::{Personal, Point, Refusal, RefusalKind};
use yiwang_cases::{
    Actor, Channel, Command, Context, DeclineReason, Event, Limits, RequestWords, Sealed,
    SourceRef, Stage, Submit,
};

use crate::town::{FRIDAY, SECRETS, accept, at, case_at, decide_at, note, rules, submit, words};

#[track_caller]
pub(crate) fn refused(stage: Option<Stage>, command: &Command, code: &str, field: &str) -> Refusal {
    let case = stage.map(case_at);
    let refusal = decide_at(case.as_ref(), command, at(FRIDAY)).expect_err("must be refused");
    assert_eq!(refusal.kind, RefusalKind::Invalid, "{refusal:?}");
    assert_eq!(refusal.code, code, "{refusal:?}");
    assert_eq!(refusal.field.as_deref(), Some(field), "{refusal:?}");
    assert!(!refusal.message.zh.is_empty() && !refusal.message.en.is_empty());
    let shown = format!("{refusal:?}");
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{shown}");
    }
    refusal
}

/// Each way in which a text may be wrong, with the code that says so.
pub(crate) fn wrong_texts(max: usize) -> [(String, &'static str); 5] {
    [
        (String::new(), "field.missing"),
        (" \n\t ".into(), "field.missing"),
        ("路".repeat(max + 1), "field.too-long"),
        ("路灯\u{0}".into(), "field.control-character"),
        ("\u{1b}[2J路灯".into(), "field.control-character"),
    ]
}

#[test]
fn the_words_of_a_request_are_there_and_not_too_long() {
    for (text, code) in wrong_texts(4_000) {
        let request = RequestWords {
            words: text,
            ..words()
        };
        refused(None, &submit(request), code, "words");
    }
    let longest = RequestWords {
        words: format!("{}\r\n\t", "路".repeat(3_997)),
        ..words()
    };
    assert!(decide_at(None, &submit(longest), at(FRIDAY)).is_ok());
    let too_long = RequestWords {
        words: "路".repeat(4_001),
        ..words()
    };
    let refusal = refused(None, &submit(too_long), "field.too-long", "words");
    assert_eq!(refusal.found.as_deref(), Some("4001"));
    assert_eq!(refusal.allowed, ["1–4000"]);
}

#[test]
fn short_fields_of_a_request_are_short() {
    type Set = fn(&mut RequestWords, String);
    let fields: [(&str, Set); 3] = [
        ("place.address", |r, text| r.place.address = Some(text)),
        ("reporter.name", |r, text| r.reporter.name = Some(text)),
        ("reporter.phone", |r, text| r.reporter.phone = Some(text)),
    ];
    for (field, set) in fields {
        for (text, code) in wrong_texts(300) {
            let mut request = words();
            set(&mut request, text);
            refused(None, &submit(request), code, field);
        }
        let mut request = words();
        set(&mut request, "路".repeat(300));
        assert!(decide_at(None, &submit(request), at(FRIDAY)).is_ok());
    }
}

#[test]
fn a_request_says_where() {
    for address in [None, Some(""), Some("  ")] {
        let mut request = words();
        request.place.point = None;
        request.place.address = address.map(str::to_owned);
        refused(None, &submit(request), "field.missing", "place");
    }
    let mut by_address = words();
    by_address.place.point = None;
    let mut by_point = words();
    by_point.place.address = None;
    for request in [by_address, by_point] {
        assert!(decide_at(None, &submit(request), at(FRIDAY)).is_ok());
    }
}

#[test]
fn only_the_history_of_another_system_may_say_nothing_of_where_it_was() {
    let mut nowhere = words();
    nowhere.place = yiwang_cases::Place::default();
    let command = submit(nowhere);
    let rules = rules();
    let decided = |actor: &Actor| {
        let context = Context {
            rules: &rules,
            actor,
            grounds: None,
            now: at(FRIDAY),
        };
        yiwang_cases::decide(None, &command, &context)
    };
    for actor in ["resident", "user:li.na", "system:rule/1"] {
        let refusal = decided(&actor.parse().unwrap()).unwrap_err();
        assert_eq!(refusal.field.as_deref(), Some("place"), "{actor}");
    }
    let happenings = decided(&Actor::Import("hotline-2019".into())).unwrap();
    assert!(matches!(
        happenings[0].event,
        yiwang_cases::Event::Submitted { area: None, .. }
    ));
}

#[test]
fn a_source_is_named_plainly() {
    let from = |system: &str, id: &str| {
        Command::Submit(Submit {
            channel: Channel::Partner,
            category: None,
            request: Personal::new(words()),
            source: Some(SourceRef {
                id: id.into(),
                system: system.into(),
            }),
        })
    };
    for (text, code) in wrong_texts(300) {
        refused(None, &from("boston311", &text), code, "source.id");
        refused(None, &from(&text, "101"), code, "source.system");
    }
    assert!(decide_at(None, &from("boston311", "101"), at(FRIDAY)).is_ok());
}

#[test]
fn the_area_is_the_one_the_point_lies_in() {
    let area_of = |point: Option<Point>| {
        let mut request = words();
        request.place.point = point;
        let happenings = decide_at(None, &submit(request), at(FRIDAY)).unwrap();
        match &happenings[0].event {
            Event::Submitted { area, .. } => area.as_ref().map(ToString::to_string),
            other => panic!("{other:?}"),
        }
    };
    let point = |lon, lat| Some(Point::new(lon, lat).unwrap());
    assert_eq!(area_of(point(115.9, 39.9)).as_deref(), Some("west"));
    assert_eq!(area_of(point(116.1, 39.9)).as_deref(), Some("east"));
    assert_eq!(area_of(point(116.1, 70.0)), None);
    assert_eq!(area_of(None), None);
}

#[test]
fn an_unknown_category_is_refused_with_the_known_ones() {
    let unknown: Command = Command::Accept {
        category: "moon".parse().unwrap(),
        area: None,
    };
    let said = Command::Submit(Submit {
        channel: Channel::Web,
        category: Some("moon".parse().unwrap()),
        request: Personal::new(words()),
        source: None,
    });
    for (stage, command) in [(Some(Stage::Submitted), unknown), (None, said)] {
        let refusal = refused(stage, &command, "category.unknown", "category");
        assert_eq!(refusal.found.as_deref(), Some("moon"));
        assert_eq!(
            refusal.allowed,
            ["endless", "light", "orphan", "rubbish", "shared"]
        );
    }
}

#[test]
fn the_desk_may_name_another_area_but_a_known_one() {
    let in_area = |code: &str| Command::Accept {
        category: "light".parse().unwrap(),
        area: Some(code.parse().unwrap()),
    };
    let refusal = refused(
        Some(Stage::Submitted),
        &in_area("north"),
        "area.unknown",
        "area",
    );
    assert_eq!(refusal.found.as_deref(), Some("north"));
    let written = |code| {
        let happenings = decide_at(Some(&case_at(Stage::Submitted)), &in_area(code), at(FRIDAY));
        match happenings.unwrap().remove(0).event {
            Event::Accepted { area, .. } => area.map(String::from),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(written("east").as_deref(), Some("east"));
    assert_eq!(
        written("west"),
        None,
        "nothing is written when it is the same"
    );
}

#[test]
fn a_decline_may_name_who_is_responsible() {
    let declined = |responsible: &str| Command::Decline {
        reason: DeclineReason::OutsideRemit,
        responsible: Some(responsible.into()),
        note: note("换了灯泡"),
    };
    for (text, code) in wrong_texts(300) {
        refused(
            Some(Stage::Submitted),
            &declined(&text),
            code,
            "responsible",
        );
    }
    let case = case_at(Stage::Submitted);
    let happening = decide_at(Some(&case), &declined("省电力公司"), at(FRIDAY))
        .unwrap()
        .remove(0);
    assert_eq!(
        happening.event,
        Event::Declined {
            reason: DeclineReason::OutsideRemit,
            responsible: Some("省电力公司".into())
        }
    );
}

#[test]
fn notes_are_there_and_not_too_long() {
    let wrong = |text: &str| -> Vec<(Stage, Command, &'static str)> {
        let said = || note(text);
        vec![
            (
                Stage::Submitted,
                Command::Decline {
                    reason: DeclineReason::NoRequest,
                    responsible: None,
                    note: said(),
                },
                "note",
            ),
            (
                Stage::Accepted,
                Command::Dispatch {
                    unit: "lights".parse().unwrap(),
                    assisting: vec![],
                    limits: Limits::ByCategory,
                    reason: None,
                    note: Some(said()),
                },
                "note",
            ),
            (
                Stage::InProgress,
                Command::ReportBack {
                    note: said(),
                    open_parts_reason: None,
                },
                "note",
            ),
            (
                Stage::Reported,
                Command::Verify {
                    pass: true,
                    note: Some(said()),
                },
                "note",
            ),
            (
                Stage::Reported,
                Command::Verify {
                    pass: false,
                    note: Some(said()),
                },
                "note",
            ),
            (
                Stage::Verified,
                Command::Close {
                    reason: Some(said()),
                },
                "reason",
            ),
            (
                Stage::Dispatched,
                Command::Close {
                    reason: Some(said()),
                },
                "reason",
            ),
            (
                Stage::Closed,
                Command::CallBack {
                    reached: false,
                    solved: None,
                    satisfaction: None,
                    note: Some(said()),
                },
                "note",
            ),
            (Stage::Closed, Command::Reopen { note: said() }, "note"),
        ]
    };
    for (text, code) in wrong_texts(4_000) {
        for (stage, command, field) in wrong(&text) {
            refused(Some(stage), &command, code, field);
        }
    }
    for (stage, command, _) in wrong("换了灯泡") {
        let happenings = decide_at(Some(&case_at(stage)), &command, at(FRIDAY)).unwrap();
        assert_eq!(happenings[0].sealed, Some(Sealed::Note(note("换了灯泡"))));
    }
    for (text, code) in wrong_texts(300) {
        let erase = Command::Erase {
            ground: text,
            entries: vec![1],
        };
        refused(Some(Stage::Closed), &erase, code, "ground");
    }
}

#[test]
fn a_failed_verification_says_what_is_not_done() {
    let failed = Command::Verify {
        pass: false,
        note: None,
    };
    refused(Some(Stage::Reported), &failed, "field.missing", "note");
}

#[test]
fn a_call_back_writes_down_an_answer_only_if_there_was_one() {
    let ask = |reached, solved, satisfaction| Command::CallBack {
        reached,
        solved,
        satisfaction,
        note: None,
    };
    for score in [0, 6, 255] {
        let refusal = refused(
            Some(Stage::Closed),
            &ask(true, Some(true), Some(score)),
            "call-back.satisfaction",
            "satisfaction",
        );
        assert_eq!(refusal.allowed, ["1", "2", "3", "4", "5"]);
        assert_eq!(refusal.found, Some(score.to_string()));
    }
    refused(
        Some(Stage::Closed),
        &ask(true, None, Some(3)),
        "field.missing",
        "solved",
    );
    for answer in [
        ask(false, Some(false), None),
        ask(false, None, Some(1)),
        ask(false, Some(true), Some(5)),
    ] {
        refused(
            Some(Stage::Closed),
            &answer,
            "call-back.not-reached",
            "reached",
        );
    }
    let fine = [
        ask(false, None, None),
        ask(true, Some(false), None),
        ask(true, Some(true), Some(1)),
        ask(true, Some(true), Some(5)),
    ];
    for stage in [Stage::Verified, Stage::Closed] {
        for command in &fine {
            assert!(decide_at(Some(&case_at(stage)), command, at(FRIDAY)).is_ok());
        }
    }
}

#[test]
fn acceptance_settles_the_category() {
    let case = crate::town::after(Some(&case_at(Stage::Submitted)), &accept(), at(FRIDAY)).unwrap();
    assert_eq!(case.category.unwrap().as_str(), "light");
    assert_eq!(
        case_at(Stage::Submitted).category.unwrap().as_str(),
        "light",
        "before it, what the sender says"
    );
}
