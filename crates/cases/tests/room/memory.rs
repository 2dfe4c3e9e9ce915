//! What the record in memory lists, counts and finds.

use pollster::block_on;
use yiwang_base::{Point, Timestamp};
use yiwang_cases::{
    Action, Actor, Asked, Case, CaseFilter, CaseStore, Channel, Context, MapTile, MemoryStore,
    Order, Stage, change, execute,
};

use crate::town::{at, good, rules, submit, words};

fn act(
    store: &MemoryStore,
    case: Option<&Case>,
    command: yiwang_cases::Command,
    now: Timestamp,
) -> Case {
    let (rules, actor) = (rules(), Actor::Resident);
    let context = Context {
        rules: &rules,
        actor: &actor,
        grounds: None,
        now,
    };
    let asked = Asked {
        id: case.map(|case| case.id),
        seen_version: None,
        command,
        receipt: None,
    };
    block_on(execute(store, &asked, &context)).unwrap()
}

/// Ten cases an hour apart, from west to east; the third is dispatched, the fourth closed.
fn ten() -> (MemoryStore, Vec<Case>) {
    let store = MemoryStore::new();
    let mut cases = Vec::new();
    for n in 0..10_u8 {
        let now = at(&format!("2026-09-25T{:02}:00:00Z", n));
        let mut request = words();
        request.words = format!("第{n}件 Lamp {n}");
        request.follow_code = Some(format!("CODE-{n}"));
        request.place.point =
            (n != 9).then(|| Point::new(115.0 + f64::from(n) / 4.0, 39.9).unwrap());
        let mut case = act(&store, None, submit(request), now);
        let further: &[Action] = match n {
            3 => &[Action::Accept, Action::Dispatch],
            4 => &[Action::Accept, Action::Close],
            _ => &[],
        };
        for action in further {
            case = act(&store, Some(&case), good(*action), now);
        }
        cases.push(case);
    }
    (store, cases)
}

fn numbers(cases: &[Case]) -> Vec<u64> {
    cases.iter().map(|case| case.id.0).collect()
}

fn found(store: &MemoryStore, filter: &CaseFilter) -> Vec<u64> {
    let page = block_on(store.list(filter, Order::Newest, None, 100)).unwrap();
    numbers(&page.cases)
}

#[test]
fn pages_follow_each_other_without_gap_or_repeat() {
    let (store, cases) = ten();
    for (order, whole) in [
        (Order::Newest, (1..=10).rev().collect::<Vec<u64>>()),
        (Order::Due, vec![1, 2, 3, 4, 6, 7, 8, 9, 10]),
    ] {
        for limit in 1..12 {
            let (mut start, mut seen) = (None, Vec::new());
            loop {
                let page = block_on(store.list(&CaseFilter::default(), order, start, limit));
                let page = page.unwrap();
                assert!(page.cases.len() <= limit);
                seen.extend(numbers(&page.cases));
                start = page.next;
                if start.is_none() {
                    break;
                }
            }
            assert_eq!(seen, whole, "{order:?} by {limit}");
        }
    }
    assert_eq!(cases.len(), 10);
}

#[test]
fn filters_find_what_they_name() {
    let (store, _) = ten();
    let any = CaseFilter::default;
    let stages = CaseFilter {
        stages: vec![Stage::Dispatched, Stage::Closed],
        ..any()
    };
    assert_eq!(found(&store, &stages), [5, 4]);
    let unit = CaseFilter {
        units: vec!["lights".parse().unwrap()],
        ..any()
    };
    assert_eq!(found(&store, &unit), [4]);
    let area = CaseFilter {
        areas: vec!["east".parse().unwrap()],
        ..any()
    };
    assert_eq!(found(&store, &area), [9, 8, 7, 6, 5]);
    let category = CaseFilter {
        categories: vec!["rubbish".parse().unwrap()],
        ..any()
    };
    assert_eq!(found(&store, &category), [0; 0]);
    let channel = CaseFilter {
        channels: vec![Channel::Hotline],
        ..any()
    };
    assert_eq!(found(&store, &channel), [0; 0]);
    let time = CaseFilter {
        from: Some(at("2026-09-25T02:00:00Z")),
        until: Some(at("2026-09-25T04:00:00Z")),
        ..any()
    };
    assert_eq!(found(&store, &time), [4, 3]);
    let late = CaseFilter {
        late_at: Some(at("2026-09-25T03:30:00Z")),
        ..any()
    };
    assert_eq!(found(&store, &late), [2, 1]);
    for (text, expected) in [("lamp 7", vec![8]), ("第2件", vec![3]), ("没有", vec![])] {
        let text = CaseFilter {
            text: Some(text.into()),
            ..any()
        };
        assert_eq!(found(&store, &text), expected);
    }
    let address = CaseFilter {
        text: Some("春风路".into()),
        ..any()
    };
    assert_eq!(found(&store, &address).len(), 10);
}

#[test]
fn counts_tell_late_from_soon() {
    let (store, _) = ten();
    let now = at("2026-09-25T03:30:00Z");
    let counts = block_on(store.counts(&CaseFilter::default(), now)).unwrap();
    assert_eq!(counts.by_stage[&Stage::Submitted], 8);
    assert_eq!(counts.by_stage[&Stage::Dispatched], 1);
    assert_eq!(counts.by_stage[&Stage::Closed], 1);
    // Due at 2, 3 | 4, 5, 7 (the closed one not) | 8 and later.
    assert_eq!((counts.late, counts.due_soon), (2, 3));
}

#[test]
fn a_tile_gathers_its_cases_in_marks() {
    let (store, _) = ten();
    let points = |zoom, x, y| {
        let tile = MapTile { zoom, x, y };
        let now = at("2026-09-25T03:30:00Z");
        block_on(store.points(tile, &CaseFilter::default(), now)).unwrap()
    };
    // The whole world: one mark, of the newest; one case has no point.
    let world = points(0, 0, 0);
    assert_eq!(world.len(), 1);
    assert_eq!((world[0].id.0, world[0].count, world[0].late), (9, 9, 2));
    // 115.0° E 39.9° N lies in this tile, 115.25° E three tiles further.
    let near = points(12, 3356, 1552);
    assert_eq!(near.len(), 1);
    assert_eq!((near[0].id.0, near[0].count, near[0].late), (1, 1, 1));
    assert!((near[0].point.lon() - 115.0).abs() < 1e-5);
    assert!((near[0].point.lat() - 39.9).abs() < 1e-5);
    assert_eq!(points(12, 3357, 1552), []);
}

#[test]
fn a_follow_code_finds_its_case_until_it_is_erased() {
    let (store, cases) = ten();
    let by_code = |code: &str| block_on(store.case_by_follow_code(code)).unwrap();
    assert_eq!(by_code("CODE-2"), Some(cases[2].clone()));
    assert_eq!(by_code("CODE-99"), None);
    let entries = block_on(store.timeline(cases[2].id)).unwrap();
    let erase = yiwang_cases::Command::Erase {
        ground: "article 47".into(),
        entries: entries.iter().map(|entry| entry.seq).collect(),
    };
    let erased = act(&store, Some(&cases[2]), erase, at("2026-09-26T00:00:00Z"));
    assert_eq!(by_code("CODE-2"), None);
    let timeline = block_on(store.timeline(erased.id)).unwrap();
    assert!(
        timeline
            .iter()
            .all(|entry| entry.happening.sealed.is_none())
    );
    let replayed = Case::replay(erased.id, timeline.iter().map(|entry| &entry.happening));
    assert_eq!(replayed.unwrap(), Some(erased));
}

#[test]
fn a_history_can_be_recorded_later_than_it_happened() {
    let store = MemoryStore::new();
    let (rules, actor) = (rules(), Actor::Import("boston311".into()));
    let now = at("2026-09-25T02:00:00Z");
    let context = Context {
        rules: &rules,
        actor: &actor,
        grounds: Some("boston311 line 2"),
        now: at("2015-06-01T12:00:00Z"),
    };
    let asked = Asked {
        id: None,
        seen_version: None,
        command: good(Action::Submit),
        receipt: None,
    };
    let mut change = change(&store, None, &asked, &context).unwrap();
    change.recorded_at = now;
    let id = change.after.id;
    block_on(store.append(change)).unwrap();
    let entry = block_on(store.timeline(id)).unwrap().remove(0);
    assert_eq!(entry.recorded_at, now);
    assert_eq!(entry.happening.at, at("2015-06-01T12:00:00Z"));
    assert_eq!(entry.happening.by.to_string(), "import:boston311");
    assert_eq!(entry.happening.grounds.as_deref(), Some("boston311 line 2"));
}

#[test]
fn the_newest_is_the_last_submitted_not_the_highest_number() {
    let store = MemoryStore::new();
    for hour in ["05", "03", "04", "03"] {
        let now = at(&format!("2026-09-25T{hour}:00:00Z"));
        let mut request = words();
        request.follow_code = None;
        act(&store, None, submit(request), now);
    }
    let mut seen = Vec::new();
    let mut start = None;
    loop {
        let any = CaseFilter::default();
        let page = block_on(store.list(&any, Order::Newest, start, 1)).unwrap();
        seen.extend(numbers(&page.cases));
        start = page.next;
        if start.is_none() {
            break;
        }
    }
    assert_eq!(seen, [1, 3, 4, 2]);
}

#[test]
fn two_changes_of_a_case_can_be_written_as_one() {
    let store = MemoryStore::new();
    let (rules, actor) = (rules(), Actor::Resident);
    let context = Context {
        rules: &rules,
        actor: &actor,
        grounds: None,
        now: at("2026-09-25T02:00:00Z"),
    };
    let asked = |action| Asked {
        id: None,
        seen_version: None,
        command: good(action),
        receipt: None,
    };
    let first = change(&store, None, &asked(Action::Submit), &context).unwrap();
    let second = change(&store, Some(&first.after), &asked(Action::Accept), &context).unwrap();
    let both = first.and(second);
    assert_eq!((both.expected_version, both.after.version), (0, 2));
    let id = both.after.id;
    block_on(store.append(both)).unwrap();
    assert_eq!(block_on(store.timeline(id)).unwrap().len(), 2);
}
