//! Listing, counting, mapping and searching.

use yiwang_base::{CaseId, Span, Timestamp};

use super::desk::Desk;
use super::sample::{Draft, change, happening, minute, point};
use crate::{
    Case, CaseFilter, CaseStore, Channel, DeclineReason, DueSettled, Event, MapTile, Order,
    PageStart, ProvisionalDue, Stage, StoreError,
};

/// Ten cases ten minutes apart, each due two hours later: the third (2) is with
/// a unit in the east, the fourth (3) declined, the seventh and eighth (6, 7)
/// came in at the same moment.
fn ten<S: CaseStore>(desk: &Desk<'_, S>) -> Vec<Case> {
    let mut cases = Vec::new();
    for n in 0..10 {
        let mut draft = Draft::at(if n == 7 { 60 } else { n * 10 });
        draft.request.words = format!("第{n}件 Lamp");
        draft.request.place.point = point(115.0 + n as f64 / 4.0, 39.9);
        if n == 5 {
            draft.request.place.point = None;
            draft.channel = Channel::Hotline;
            draft.category = Some("rubbish");
            draft.area = None;
        }
        let mut case = desk.submit(&draft);
        if n == 2 {
            let dispatched = Event::Dispatched {
                assisting: vec![],
                backstop: false,
                first_receiver: false,
                outside_duty: false,
                resolve_by: Some(minute(400)),
                respond_by: None,
                unit: "lights".parse().unwrap(),
            };
            let accepted = Event::Accepted {
                area: Some("east".parse().unwrap()),
                category: "signs".parse().unwrap(),
                dispatch_by: minute(90),
            };
            case = desk.let_happen(&case, 21, accepted, None);
            case = desk.let_happen(&case, 22, dispatched, None);
        }
        if n == 3 {
            let reason = DeclineReason::OutsideRemit;
            case = desk.let_happen(
                &case,
                31,
                Event::Declined {
                    reason,
                    responsible: None,
                },
                None,
            );
        }
        cases.push(case);
    }
    cases
}

fn positions(cases: &[Case], found: &[CaseId]) -> Vec<usize> {
    found
        .iter()
        .map(|id| cases.iter().position(|case| case.id == *id).unwrap())
        .collect()
}

/// Pages follow each other without gap or repeat, whatever their length.
pub fn pages_follow_each_other_without_gap_or_repeat<S: CaseStore>(desk: &Desk<'_, S>) {
    let cases = ten(desk);
    for (order, whole) in [
        // Of two that came at once the later number is the newer.
        (Order::Newest, vec![9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        // Nobody has to act on the declined one; the dispatched is due last.
        (Order::Due, vec![0, 1, 4, 5, 6, 7, 8, 9, 2]),
    ] {
        for limit in 1..12 {
            let ids: Vec<CaseId> = desk
                .all(&CaseFilter::default(), order, limit)
                .iter()
                .map(|case| case.id)
                .collect();
            assert_eq!(positions(&cases, &ids), whole, "{order:?} by {limit}");
        }
    }
    // A page that ends with the last row is the last page.
    let page = desk.list(&CaseFilter::default(), Order::Newest, None, 10);
    assert_eq!((page.cases.len(), page.next), (10, None));
    // What comes in later does not move what follows.
    let first = desk.list(&CaseFilter::default(), Order::Newest, None, 4);
    desk.submit(&Draft::at(1_000));
    let second = desk.list(&CaseFilter::default(), Order::Newest, first.next, 4);
    let ids: Vec<CaseId> = second.cases.iter().map(|case| case.id).collect();
    assert_eq!(positions(&cases, &ids), [5, 4, 3, 2]);
}

/// Each filter by itself, and together.
pub fn each_filter_finds_what_it_names<S: CaseStore>(desk: &Desk<'_, S>) {
    let cases = ten(desk);
    let any = CaseFilter::default;
    let code = |code: &str| code.parse().unwrap();
    let filters = [
        (any(), vec![9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        (
            CaseFilter {
                stages: vec![Stage::Dispatched, Stage::Declined],
                ..any()
            },
            vec![3, 2],
        ),
        (
            CaseFilter {
                stages: vec![Stage::Closed],
                ..any()
            },
            vec![],
        ),
        (
            CaseFilter {
                units: vec![code("lights"), code("nobody")],
                ..any()
            },
            vec![2],
        ),
        (
            CaseFilter {
                areas: vec!["east".parse().unwrap()],
                ..any()
            },
            vec![2],
        ),
        (
            CaseFilter {
                categories: vec!["rubbish".parse().unwrap(), "signs".parse().unwrap()],
                ..any()
            },
            vec![5, 2],
        ),
        (
            CaseFilter {
                channels: vec![Channel::Hotline, Channel::App],
                ..any()
            },
            vec![5],
        ),
        (
            // From this minute on, until before that one.
            CaseFilter {
                from: Some(minute(20)),
                until: Some(minute(60)),
                ..any()
            },
            vec![5, 4, 3, 2],
        ),
        (
            // Due before, not at.
            CaseFilter {
                late_at: Some(minute(160)),
                ..any()
            },
            vec![1, 0],
        ),
        (
            // Due at that time or within four hours after it.
            CaseFilter {
                due_soon_at: Some(minute(160)),
                ..any()
            },
            vec![9, 8, 7, 6, 5, 4],
        ),
        (
            CaseFilter {
                late_at: Some(minute(161)),
                from: Some(minute(10)),
                areas: vec!["west".parse().unwrap()],
                ..any()
            },
            vec![4, 1],
        ),
    ];
    for (filter, expected) in filters {
        let found = desk.found(&filter);
        assert_eq!(positions(&cases, &found), expected, "{filter:?}");
        let counts = desk.counts(&filter, minute(0));
        let counted = counts.by_stage.values().sum::<u64>();
        assert_eq!(counted, expected.len() as u64, "{filter:?}");
    }
}

/// Cases whose deadline waits for a year of the calendar, until it is settled.
pub fn provisional_deadlines_are_found_until_they_are_settled<S: CaseStore>(desk: &Desk<'_, S>) {
    let cases = ten(desk);
    let filter = CaseFilter {
        provisional: true,
        ..CaseFilter::default()
    };
    assert_eq!(desk.found(&filter), []);
    let due = cases[4].due_at.unwrap();
    let mark = Event::DueProvisional(ProvisionalDue {
        due,
        from: minute(40),
        missing: 2027,
        span: Span::WorkingDays { days: 3 },
    });
    let waiting = desk.let_happen(&cases[4], 41, mark.clone(), None);
    // A mark of a moment that is nobody's deadline finds nothing.
    desk.let_happen(
        &cases[5],
        51,
        Event::DueProvisional(ProvisionalDue {
            due: minute(9_999),
            from: minute(50),
            missing: 2027,
            span: Span::WorkingDays { days: 3 },
        }),
        None,
    );
    assert_eq!(desk.found(&filter), [waiting.id]);
    let counted = desk.counts(&filter, minute(0)).by_stage;
    assert_eq!(counted.values().sum::<u64>(), 1);
    let settled = Event::DueSettled(DueSettled {
        due: minute(5_000),
        was: due,
    });
    let settled = desk.let_happen(&waiting, 42, settled, None);
    assert_eq!(settled.due_at, Some(minute(5_000)));
    assert_eq!(desk.found(&filter), []);
}

/// Words are found in what was said and in the address, nowhere else.
pub fn text_is_found_in_words_and_address_in_small_or_capital_letters<S: CaseStore>(
    desk: &Desk<'_, S>,
) {
    let mut draft = Draft::at(0);
    draft.request.words = "Laterne in der STRASSE kaputt, 100% dunkel".into();
    draft.request.place.address = Some("Öresund \"8\"".into());
    let german = desk.submit(&draft).id;
    draft.request.words = "路灯不亮_真的".into();
    draft.request.place.address = None;
    let chinese = desk.submit(&draft).id;
    let ids = [german, chinese];
    for (text, expected) in [
        ("strasse", vec![german]),
        ("LATERNE IN", vec![german]),
        ("öRESUND", vec![german]),
        (" \"8\" ", vec![german]),
        ("100% d", vec![german]),
        ("0%k", vec![]),
        ("_", vec![chinese]),
        ("不亮", vec![chinese]),
        ("不  亮", vec![]),
        ("   ", vec![chinese, german]),
        ("", vec![chinese, german]),
        // Neither names nor telephone numbers are searched.
        ("王小明", vec![]),
        ("99000", vec![]),
    ] {
        let filter = CaseFilter {
            text: Some(text.into()),
            ..CaseFilter::default()
        };
        assert_eq!(desk.found(&filter), expected, "{text:?} in {ids:?}");
        let counted = desk.counts(&filter, minute(0)).by_stage;
        assert_eq!(counted.values().sum::<u64>(), expected.len() as u64);
    }
}

/// A case's number finds that case and no other.
pub fn a_case_number_finds_its_case<S: CaseStore>(desk: &Desk<'_, S>) {
    let ids: Vec<CaseId> = (0..12).map(|n| desk.submit(&Draft::at(n)).id).collect();
    for id in &ids {
        for text in [id.to_string(), format!(" c{} ", id.0), id.0.to_string()] {
            let filter = CaseFilter {
                text: Some(text.clone()),
                ..CaseFilter::default()
            };
            assert_eq!(desk.found(&filter), [*id], "{text:?}");
        }
    }
    let nobody = CaseFilter {
        text: Some(format!("C{}", i64::MAX)),
        ..CaseFilter::default()
    };
    assert_eq!(desk.found(&nobody), []);
}

/// Counts by stage; late before, soon within four hours from now on.
pub fn counts_tell_late_from_soon<S: CaseStore>(desk: &Desk<'_, S>) {
    ten(desk);
    let counts = |now: Timestamp| desk.counts(&CaseFilter::default(), now);
    let now = counts(minute(160));
    assert_eq!(now.by_stage[&Stage::Submitted], 8);
    assert_eq!(now.by_stage[&Stage::Dispatched], 1);
    assert_eq!(now.by_stage[&Stage::Declined], 1);
    assert_eq!(now.by_stage.len(), 3);
    // Due at 120, 130 | 160, 170, 180, 180, 200, 210 | 400.
    assert_eq!((now.late, now.due_soon), (2, 6));
    let now = counts(minute(161));
    assert_eq!((now.late, now.due_soon), (3, 6));
    let none = CaseFilter {
        stages: vec![Stage::Closed],
        ..CaseFilter::default()
    };
    assert_eq!(desk.counts(&none, minute(0)), crate::Counts::default());
}

/// A tile of the map gathers its cases in marks.
pub fn a_tile_gathers_cases_in_marks<S: CaseStore>(desk: &Desk<'_, S>) {
    let cases = ten(desk);
    let tile = |zoom, x, y| MapTile { zoom, x, y };
    let any = CaseFilter::default();
    // The whole world: one mark, of the last number; one case has no point.
    let world = desk.points(tile(0, 0, 0), &any, minute(161));
    assert_eq!(world.len(), 1);
    assert_eq!(
        (world[0].id, world[0].count, world[0].late),
        (cases[9].id, 9, 3)
    );
    assert_eq!((world[0].stage, world[0].open), (Stage::Submitted, 8));
    // 115° E 39.9° N lies in this tile, the next case three tiles further.
    let near = desk.points(tile(12, 3356, 1552), &any, minute(161));
    assert_eq!(near.len(), 1);
    assert_eq!(
        (near[0].id, near[0].count, near[0].late),
        (cases[0].id, 1, 1)
    );
    assert!((near[0].point.lon() - 115.0).abs() < 1e-5);
    assert!((near[0].point.lat() - 39.9).abs() < 1e-5);
    assert_eq!(desk.points(tile(12, 3357, 1552), &any, minute(0)), []);
    let declined = CaseFilter {
        stages: vec![Stage::Declined],
        ..CaseFilter::default()
    };
    let marks = desk.points(tile(3, 6, 3), &declined, minute(0));
    assert_eq!(marks.len(), 1);
    assert_eq!(
        (marks[0].id, marks[0].stage, marks[0].late),
        (cases[3].id, Stage::Declined, 0)
    );
    // The deepest zoom, where every cell has its own mark.
    let deepest = desk.points(tile(24, 13_747_803, 6_359_000), &any, minute(0));
    assert_eq!(deepest, []);
}

/// A follow code finds its case and belongs to no other.
pub fn a_follow_code_belongs_to_one_case<S: CaseStore>(desk: &Desk<'_, S>) {
    let with = |code: &str| {
        let mut draft = Draft::at(0);
        draft.request.follow_code = Some(code.into());
        draft
    };
    let case = desk.submit(&with("K7Q2XWPM0000"));
    desk.submit(&with("K7Q2XWPM0001"));
    assert_eq!(desk.by_follow_code("K7Q2XWPM0000"), Some(case.clone()));
    assert_eq!(desk.by_follow_code("k7q2xwpm0000"), None);
    assert_eq!(desk.by_follow_code("K7Q2XWPM000"), None);
    let again = change(desk.new_id(), None, vec![with("K7Q2XWPM0000").happening()]);
    assert_eq!(desk.append(again), Err(StoreError::FollowCodeTaken));
    let reason = DeclineReason::NoRequest;
    let declined = vec![happening(
        1,
        Event::Declined {
            reason,
            responsible: None,
        },
        None,
    )];
    desk.append(change(case.id, Some(&case), declined)).unwrap();
    let stored = desk.by_follow_code("K7Q2XWPM0000").unwrap();
    assert_eq!((stored.id, stored.version), (case.id, 2));
}

/// Limits and starts that no honest caller gives are answered without harm.
pub fn strange_limits_and_starts_do_no_harm<S: CaseStore>(desk: &Desk<'_, S>) {
    ten(desk);
    let any = CaseFilter::default();
    for order in [Order::Newest, Order::Due] {
        let all = desk.list(&any, order, None, usize::MAX);
        assert_eq!(all.next, None);
        assert!(all.cases.len() >= 9);
        let none = desk.list(&any, order, None, 0);
        assert_eq!((none.cases.len(), none.next), (0, None));
        for key in [i64::MIN, -1, 0, i64::MAX] {
            for id in [0, i64::MAX as u64, u64::MAX].map(CaseId) {
                let page = desk.list(&any, order, Some(PageStart { key, id }), 50);
                let whole = match order {
                    Order::Newest => key == i64::MAX,
                    Order::Due => key < i64::MAX,
                };
                let expected = if whole { all.cases.len() } else { 0 };
                assert_eq!(page.cases.len(), expected, "{order:?} {key} {id}");
            }
        }
    }
}
