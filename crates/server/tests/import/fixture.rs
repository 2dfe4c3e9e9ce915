//! A small invented file with every kind of row.

use std::ops::ControlFlow;

use pollster::block_on;
use yiwang_base::{Purpose, Timestamp};
use yiwang_cases::{Case, CaseStore, Channel, MemoryStore, Sealed, Stage};
use yiwang_server::import::rejects::RejectFile;
use yiwang_server::import::requests::{Run, import};

use crate::city::{boston, cases, import_whole, now, plan, rules, table};

pub(crate) const FILE: &str = include_str!("boston311.csv");
pub(crate) const GOOD: u64 = 13;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn imported() -> (MemoryStore, Vec<Case>) {
    let store = MemoryStore::new();
    import_whole(&store, &mut rules(), FILE.as_bytes()).unwrap();
    let cases = cases(&store);
    (store, cases)
}

pub(crate) fn grounds(store: &MemoryStore, case: &Case) -> Vec<String> {
    let timeline = block_on(store.timeline(case.id)).unwrap();
    timeline
        .into_iter()
        .map(|entry| entry.happening.grounds.unwrap())
        .collect()
}

#[test]
fn a_row_becomes_a_case_with_its_history() {
    let (store, cases) = imported();
    assert_eq!(cases.len() as u64, GOOD);
    let case = &cases[0];
    assert_eq!((case.stage, case.version), (Stage::Closed, 4));
    assert!(case.closed_unverified);
    assert_eq!(case.channel, Channel::Hotline);
    assert_eq!(case.submitted_at, at("2023-03-01T14:00:00Z"));
    assert_eq!(case.dispatched_at, Some(at("2023-03-01T14:00:00Z")));
    assert_eq!(case.closed_at, Some(at("2023-03-02T15:30:00Z")));
    assert_eq!(
        case.deadlines.resolve_by,
        Some(at("2023-03-08T14:00:00Z")),
        "the source's target, not the category's limit"
    );
    assert_eq!(
        case.category.as_ref().unwrap().as_str(),
        "street-light-outages"
    );
    assert_eq!(case.unit.as_ref().unwrap().as_str(), "pwdx");
    assert_eq!(case.area.as_ref().unwrap().as_str(), "north");
    assert_eq!(case.source.as_ref().unwrap().id, "900000000001");
    let request = case.request.as_ref().unwrap().disclose(Purpose::HandleCase);
    assert_eq!(request.words, "Lamp out\nStreet Light Outages");
    assert_eq!(
        request.place.address.as_deref(),
        Some("1 Imagined St Boston MA 02199")
    );
    let timeline = block_on(store.timeline(case.id)).unwrap();
    let words: Vec<_> = timeline.iter().map(|e| e.happening.event.word()).collect();
    assert_eq!(words, ["submitted", "accepted", "dispatched", "closed"]);
    for entry in &timeline {
        assert_eq!(entry.happening.by.to_string(), "import:boston311");
        assert_eq!(entry.recorded_at, now());
    }
    let Some(Sealed::Note(reason)) = &timeline[3].happening.sealed else {
        panic!("the reason is sealed");
    };
    assert_eq!(
        reason.disclose(Purpose::HandleCase),
        "Case Closed Case Resolved Lamp changed."
    );
    assert_eq!(grounds(&store, case), ["boston311 line 2"; 4]);
    let replayed = Case::replay(case.id, timeline.iter().map(|entry| &entry.happening));
    assert_eq!(replayed.unwrap().as_ref(), Some(case));
}

#[test]
fn what_a_row_leaves_open_stays_open() {
    let (store, cases) = imported();
    for (n, due) in [(2, true), (3, false)] {
        assert_eq!(cases[n].stage, Stage::Dispatched);
        assert_eq!(
            cases[n].due_at.is_some(),
            due,
            "due when the source had a target"
        );
    }
    assert_eq!(cases[4].area, None, "no point, no area");
    let address = |case: &Case| {
        let request = case.request.clone().unwrap();
        request.disclose(Purpose::HandleCase).place.address.clone()
    };
    assert_eq!(address(&cases[5]), None);
    // Neither a title nor a reason for closing.
    let request = cases[6].request.clone().unwrap();
    assert_eq!(
        request.disclose(Purpose::HandleCase).words,
        "Street Light Outages"
    );
    let timeline = block_on(store.timeline(cases[6].id)).unwrap();
    let Some(Sealed::Note(reason)) = &timeline[3].happening.sealed else {
        panic!("a reason is sealed");
    };
    assert!(reason.disclose(Purpose::HandleCase).contains("来源未写明"));
}

#[test]
fn a_row_without_a_place_or_a_unit_says_so_and_no_more() {
    let (store, cases) = imported();
    let nowhere = &cases[11];
    let request = nowhere.request.clone().unwrap();
    let place = &request.disclose(Purpose::HandleCase).place;
    assert!(*place == yiwang_cases::Place::default());
    assert_eq!((nowhere.stage, &nowhere.area), (Stage::Closed, &None));
    assert!(grounds(&store, nowhere)[0].ends_with("; the source gives no place"));
    assert!(!grounds(&store, nowhere)[1].contains("place"));
    let nobody = &cases[12];
    assert_eq!((nobody.stage, &nobody.unit), (Stage::Closed, &None));
    assert_eq!((nobody.version, nobody.dispatched_at), (3, None));
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let (store, cases) = imported();
    let request = cases[1].request.clone().unwrap();
    assert_eq!(
        request.disclose(Purpose::HandleCase).words,
        "Pothole, \"deep\"\nby the bridge\nRequest for Pothole Repair"
    );
    assert_eq!(grounds(&store, &cases[1])[0], "boston311 line 3");
    assert_eq!(grounds(&store, &cases[2])[0], "boston311 line 5");
}

#[test]
fn channels_keep_their_kind() {
    let (_, cases) = imported();
    let channels: Vec<Channel> = cases[..6].iter().map(|case| case.channel).collect();
    use Channel::{App, Counter, GridWorker, Hotline, Partner, Web};
    assert_eq!(channels, [Hotline, App, GridWorker, Web, Counter, Partner]);
}

#[test]
fn where_the_clocks_changed_the_record_says_what_was_assumed() {
    let (store, cases) = imported();
    // 02:30 did not exist: an hour later by the new offset.
    assert_eq!(cases[7].submitted_at, at("2023-03-12T07:30:00Z"));
    assert!(grounds(&store, &cases[7])[0].ends_with(
        "; opened 2023-03-12T02:30:00 was skipped by the clocks, read with the offset before"
    ));
    // 01:56 came twice: the first of them.
    assert_eq!(cases[8].closed_at, Some(at("2023-11-05T05:56:00Z")));
    let said = grounds(&store, &cases[8]);
    assert_eq!(said[0], "boston311 line 11");
    assert!(said[3].ends_with("; closed 2023-11-05T01:56:00 came twice, the earlier taken"));
    // Opened at the first 01:50, closed at 01:10: that can only be the second.
    assert_eq!(cases[9].submitted_at, at("2023-11-05T05:50:00Z"));
    assert_eq!(cases[9].closed_at, Some(at("2023-11-05T06:10:00Z")));
    let said = grounds(&store, &cases[9]);
    assert!(said[2].contains("target 2024-03-10T02:15:00 was skipped"));
    assert!(said[3].contains("the later taken"));
}

#[test]
fn importing_twice_adds_nothing() {
    let (store, before) = imported();
    let (report, _) = import_whole(&store, &mut rules(), FILE.as_bytes()).unwrap();
    assert_eq!(
        (report.imported, report.known, report.rejected),
        (0, GOOD, 22)
    );
    assert_eq!(cases(&store), before);
    assert_eq!(
        store.new_case_id().0,
        GOOD + 1,
        "no number was spent on what is known"
    );
}

#[test]
fn a_case_named_twice_in_one_file_is_taken_once() {
    let store = MemoryStore::new();
    let twice = format!("{FILE}{}\n", FILE.lines().nth(1).unwrap());
    let (report, _) = import_whole(&store, &mut rules(), twice.as_bytes()).unwrap();
    assert_eq!((report.imported, report.known), (GOOD, 1));
}

#[test]
fn an_import_can_be_stopped_and_run_again() {
    let mut file = FILE.lines().next().unwrap().to_owned() + "\n";
    let row = FILE.lines().nth(1).unwrap();
    for n in 0..1_000 {
        file += &row.replace("900000000001", &format!("8{n:011}"));
        file += "\n";
    }
    let store = MemoryStore::new();
    let mut rules = rules();
    let plan = plan(file.as_bytes(), &rules).unwrap();
    plan.apply(&mut rules);
    let mapping = boston();
    let table = table(file.as_bytes(), &mapping).unwrap();
    let run = Run {
        mapping: &mapping,
        now: now(),
        rows: Some(plan.rows),
        by: None,
    };
    let mut rounds = 0;
    loop {
        rounds += 1;
        let mut heard = Vec::new();
        let mut rejects = RejectFile::new(Vec::new());
        let fresh = cases(&store).len() as u64;
        let part = import(
            &store,
            &table,
            &mut rejects,
            &rules,
            run,
            |_| Vec::new(),
            |progress| {
                heard.push(progress);
                // Stop as soon as something new was written.
                if progress.rows > fresh {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            },
        );
        let report = block_on(part).unwrap();
        assert!(heard.is_sorted_by(|a, b| a.rows < b.rows));
        assert!(
            heard
                .iter()
                .all(|p| p.of == Some(1_000) && p.rate > 0.0 && p.left.is_some())
        );
        assert_eq!(cases(&store).len() as u64, fresh + report.imported);
        if report.finished {
            break;
        }
    }
    assert_eq!(rounds, 4, "batches of 256");
    assert_eq!(cases(&store).len(), 1_000);
    assert_eq!(store.new_case_id().0, 1_001);
}

#[test]
fn a_byte_order_mark_and_other_line_ends_are_no_matter() {
    let (_, expected) = imported();
    let windows = format!("\u{FEFF}{}", FILE.replace('\n', "\r\n"));
    let store = MemoryStore::new();
    let (report, _) = import_whole(&store, &mut rules(), windows.as_bytes()).unwrap();
    assert_eq!(report.imported, GOOD);
    assert_eq!(cases(&store)[0], expected[0]);
}
