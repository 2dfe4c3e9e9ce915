//! Cases and their timelines read back as they were written.

use std::collections::BTreeSet;

use yiwang_base::{CaseId, from_millis, to_millis};

use super::desk::Desk;
use super::sample::{Draft, change, happening, li_na, minute, note, point};
use crate::{
    Actor, Case, CaseFilter, CaseStore, Channel, DeclineReason, Event, Happening, Order, Sealed,
    SourceRef, Stage,
};

/// Every sort of event, each with every sort of content.
fn long_road() -> Vec<Happening> {
    let unit = |code: &str| code.parse().unwrap();
    let submitted = Draft {
        channel: Channel::Partner,
        category: None,
        area: None,
        source: Some(SourceRef {
            id: "市-101\"; --".into(),
            system: "elsewhere".into(),
        }),
        ..Draft::at(0)
    };
    let events = [
        (
            Event::Declined {
                reason: DeclineReason::LegalProceedings,
                responsible: None,
            },
            note("法院已受理"),
        ),
        (
            Event::Reopened {
                dispatch_by: minute(70),
            },
            note("撤诉了"),
        ),
        (
            Event::Accepted {
                area: Some("east".parse().unwrap()),
                category: "light".parse().unwrap(),
                dispatch_by: minute(80),
            },
            None,
        ),
        (
            Event::Dispatched {
                assisting: vec![],
                backstop: false,
                first_receiver: false,
                outside_duty: true,
                resolve_by: Some(minute(500)),
                respond_by: Some(minute(100)),
                unit: unit("lights"),
            },
            note("请尽快"),
        ),
        (Event::Started {}, None),
        (
            Event::ReportedBack {
                open_parts: vec![],
                verify_by: minute(600),
            },
            note("换了灯泡"),
        ),
        (
            Event::Verified {
                by: minute(700),
                pass: false,
            },
            note("还是不亮"),
        ),
        (
            Event::ReportedBack {
                open_parts: vec![],
                verify_by: minute(800),
            },
            note("换了线路"),
        ),
        (
            Event::Verified {
                by: minute(900),
                pass: true,
            },
            None,
        ),
        (Event::Closed { unverified: false }, None),
        (
            Event::CalledBack {
                reached: true,
                satisfaction: Some(2),
                solved: Some(false),
            },
            note("又灭了"),
        ),
        (
            Event::Reopened {
                dispatch_by: minute(1000),
            },
            note("又灭了"),
        ),
        (
            Event::Dispatched {
                assisting: vec![],
                backstop: false,
                first_receiver: false,
                outside_duty: false,
                resolve_by: None,
                respond_by: None,
                unit: unit("street-east"),
            },
            None,
        ),
        (Event::Closed { unverified: true }, note("拆迁")),
        (
            Event::CalledBack {
                reached: false,
                satisfaction: None,
                solved: None,
            },
            None,
        ),
    ];
    let mut road = vec![submitted.happening()];
    for (at, (event, sealed)) in (10..).step_by(10).zip(events) {
        road.push(happening(at, event, sealed));
    }
    road[0].by = Actor::Import("elsewhere".into());
    road[0].grounds = Some("《条例》第12条 \u{1F4A1}".into());
    road[3].by = Actor::System("duty-list/1".into());
    road[4].by = Actor::Resident;
    road
}

/// A case of every sort of event reads back, after each of them, as it was written.
pub fn a_case_of_every_sort_of_event_reads_back_as_it_was_written<S: CaseStore>(
    desk: &Desk<'_, S>,
) {
    let id = desk.new_id();
    let mut case: Option<Case> = None;
    let other = desk.submit(&Draft::at(3));
    for (position, next) in long_road().into_iter().enumerate() {
        let mut change = change(id, case.as_ref(), vec![next.clone()]);
        // Recorded a little later than it happened, to the millisecond.
        change.recorded_at = from_millis(to_millis(next.at) + 2_345);
        let recorded_at = change.recorded_at;
        case = Some(change.after.clone());
        desk.append(change).unwrap();
        assert_eq!(desk.case(id), case, "after {}", next.event.word());
        let timeline = desk.timeline(id);
        assert_eq!(timeline.len(), position + 1);
        let last = timeline.last().unwrap();
        assert_eq!((last.recorded_at, &last.happening), (recorded_at, &next));
    }
    let timeline = desk.timeline(id);
    assert!(timeline.is_sorted_by(|a, b| a.seq < b.seq));
    let replayed = Case::replay(id, timeline.iter().map(|entry| &entry.happening));
    assert_eq!(replayed.unwrap(), case);
    // The other case is as it was.
    assert_eq!(desk.timeline(other.id).len(), 1);
    assert_eq!(desk.case(other.id), Some(other));
}

/// A whole history can be written as one change.
pub fn a_history_can_be_written_as_one_change<S: CaseStore>(desk: &Desk<'_, S>) {
    let id = desk.new_id();
    let mut whole = change(id, None, long_road());
    whole.recorded_at = minute(5_000);
    let case = whole.after.clone();
    desk.append(whole).unwrap();
    assert_eq!(desk.case(id), Some(case));
    let timeline = desk.timeline(id);
    let happenings: Vec<_> = timeline.iter().map(|e| e.happening.clone()).collect();
    assert_eq!(happenings, long_road());
    assert!(timeline.iter().all(|e| e.recorded_at == minute(5_000)));
    assert!(timeline.is_sorted_by(|a, b| a.seq < b.seq));
}

/// What is not there is nothing, not an error.
pub fn a_case_that_is_not_there_is_not_found<S: CaseStore>(desk: &Desk<'_, S>) {
    desk.submit(&Draft::at(0));
    for id in [0, 99, i64::MAX as u64, u64::MAX].map(CaseId) {
        assert_eq!(desk.case(id), None);
        assert_eq!(desk.timeline(id), []);
    }
    assert_eq!(desk.by_follow_code(""), None);
    let nowhere = SourceRef {
        id: String::new(),
        system: String::new(),
    };
    assert_eq!(desk.by_source(&nowhere), None);
}

/// A number is given once, also when several ask.
pub fn a_number_is_not_given_twice<S: CaseStore>(desk: &Desk<'_, S>) {
    let used = desk.submit(&Draft::at(0)).id;
    let given: Vec<CaseId> = std::thread::scope(|scope| {
        let ask = || (0..100).map(|_| desk.new_id()).collect::<Vec<_>>();
        let asking: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        asking.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    let different: BTreeSet<CaseId> = given.iter().copied().collect();
    assert_eq!(different.len(), 400);
    assert!(!different.contains(&used));
    assert!(different.iter().all(|id| id.0 > 0));
}

/// Words in any script read back as they were said, and are found.
pub fn words_in_any_script_read_back_as_they_were_said<S: CaseStore>(desk: &Desk<'_, S>) {
    let said = [
        "路灯坏了三天,孩子不敢走",
        "𠮷野家门口 🕯️👩‍👩‍👧 \u{202e}abc",
        "ئەسسالامۇ ئەلەيكۇم",
        "བཀྲ་ཤིས་བདེ་ལེགས།",
        "Straße, ČESKÝ, ΣΊΣΥΦΟΣ",
        "'; DROP TABLE cases; -- \\ \" \\u0000 {\"note\":1} %_?",
        "first\r\nsecond\tthird",
        "e\u{301} is not é",
    ];
    for (at, text) in (0..).zip(said) {
        let mut draft = Draft::at(at);
        draft.request.words = text.to_owned();
        draft.request.place.address = Some(format!("{text} 8"));
        draft.request.reporter.name = Some(text.to_owned());
        let case = desk.submit(&draft);
        let case = desk.let_happen(
            &case,
            at,
            Event::Declined {
                reason: DeclineReason::NoRequest,
                responsible: None,
            },
            note(text),
        );
        assert_eq!(desk.case(case.id).as_ref(), Some(&case));
        let timeline = desk.timeline(case.id);
        assert_eq!(timeline[1].happening.sealed, note(text));
        let filter = CaseFilter {
            text: Some(text.to_owned()),
            ..CaseFilter::default()
        };
        assert_eq!(desk.found(&filter), [case.id], "{text}");
    }
}

/// The longest that the room lets through fits.
pub fn the_longest_texts_fit<S: CaseStore>(desk: &Desk<'_, S>) {
    let long = |count: usize| "\u{1F4A1}".repeat(count);
    let mut draft = Draft::at(0);
    draft.request.words = long(4_000);
    draft.request.place.address = Some(long(300));
    draft.request.reporter.name = Some(long(300));
    draft.request.reporter.phone = Some(long(300));
    draft.source = Some(SourceRef {
        id: long(300),
        system: long(300),
    });
    let id = desk.new_id();
    let mut first = draft.happening();
    first.grounds = Some(long(300));
    let code = "x".repeat(64);
    let accepted = happening(
        1,
        Event::Accepted {
            area: Some(code.parse().unwrap()),
            category: code.parse().unwrap(),
            dispatch_by: minute(2),
        },
        note(&long(4_000)),
    );
    let change = change(id, None, vec![first, accepted]);
    let case = change.after.clone();
    desk.append(change).unwrap();
    assert_eq!(desk.case(id).as_ref(), Some(&case));
    assert_eq!(desk.by_source(case.source.as_ref().unwrap()), Some(id));
    assert_eq!(desk.timeline(id)[1].happening.sealed, note(&long(4_000)));
}

/// Times of any age are kept to the millisecond, points as they were given.
pub fn times_before_1970_and_far_ahead_are_kept<S: CaseStore>(desk: &Desk<'_, S>) {
    for (lon, lat, millis) in [
        (-180.0, -85.0, -2_208_988_800_001),
        (180.0, 85.0, -1),
        (0.1 + 0.2, -1e-300, 0),
        (115.123_456_789_012_34, 39.999_999_999_999_99, 999),
        (-0.0, 1.0 / 3.0, 4_102_444_800_123),
    ] {
        let mut draft = Draft::at(0);
        draft.request.place.point = point(lon, lat);
        let mut first = draft.happening();
        first.at = from_millis(millis);
        first.by = li_na();
        let change = change(desk.new_id(), None, vec![first.clone()]);
        let case = change.after.clone();
        desk.append(change).unwrap();
        assert_eq!(desk.case(case.id).as_ref(), Some(&case));
        let entry = desk.timeline(case.id).remove(0);
        assert_eq!(entry.happening, first);
        assert_eq!(entry.recorded_at, first.at);
    }
    let old_first = desk.all(&CaseFilter::default(), Order::Newest, 2);
    assert!(old_first.is_sorted_by(|a, b| a.submitted_at > b.submitted_at));
    assert_eq!(old_first.len(), 5);
    assert!(old_first.iter().all(|case| case.stage == Stage::Submitted));
    let sealed = desk.timeline(old_first[0].id).remove(0).happening.sealed;
    assert!(matches!(sealed, Some(Sealed::Request(_))));
}
