//! Whistles on the disk: they live through a restart, replay, and verify.

use yiwang_base::Personal;
use yiwang_cases::conformance::sample::{li_na, minute};
use yiwang_cases::{
    Called, Place, Presence, Whistle, WhistleAppended, WhistleChange, WhistleEvent,
    WhistleHappening, WhistleId, WhistleKind, WhistleSealed, WhistleStore, WhistleWords,
};
use yiwang_store::{Store, replay, verify};

use crate::desk::{Held, fill, key, raw, wait};

fn happening(event: WhistleEvent, sealed: Option<WhistleSealed>) -> WhistleHappening {
    WhistleHappening {
        at: minute(0),
        by: li_na(),
        grounds: None,
        event,
        sealed,
    }
}

fn write(store: &Store, before: Option<&Whistle>, next: WhistleHappening) -> Whistle {
    let after = match before {
        None => Whistle::begin(store.new_whistle_id(), &next).unwrap(),
        Some(whistle) => {
            let mut after = whistle.clone();
            after.apply(&next).unwrap();
            after
        }
    };
    let change = WhistleChange {
        expected_version: after.version - 1,
        recorded_at: next.at,
        happening: next,
        after: after.clone(),
        receipt: None,
    };
    let written = wait(store.append_whistle(change)).unwrap();
    assert_eq!(written, WhistleAppended::Done);
    after
}

fn blow(store: &Store) -> Whistle {
    let event = WhistleEvent::Blown {
        area: None,
        by: None,
        calls: vec![Called {
            check_in_by: minute(30),
            unit: "lights".parse().unwrap(),
        }],
        case: None,
        kind: WhistleKind::Emergency,
        milestones: vec![],
    };
    let words = WhistleWords {
        words: "路口坍塌".into(),
        place: Place::default(),
    };
    let sealed = WhistleSealed::Words(Personal::new(words));
    write(store, None, happening(event, Some(sealed)))
}

fn check_in(store: &Store, whistle: &Whistle) -> Whistle {
    let event = WhistleEvent::CheckedIn {
        late: false,
        unit: "lights".parse().unwrap(),
    };
    let presence = Presence {
        person: "王小明".into(),
        ..Presence::default()
    };
    let sealed = WhistleSealed::Presence(Personal::new(presence));
    write(store, Some(whistle), happening(event, Some(sealed)))
}

/// Cases and two whistles, one of them erased.
fn two(store: &Store) -> [Whistle; 2] {
    fill(store, 2);
    let [first, second] = [blow(store), blow(store)];
    let first = check_in(store, &first);
    let second = check_in(store, &second);
    let erases = wait(store.whistle_sealed(second.id)).unwrap();
    let erased = happening(WhistleEvent::Erased { erases }, None);
    let second = write(store, Some(&second), erased);
    wait(store.sign(&key())).unwrap();
    [first, second]
}

#[test]
fn whistles_live_through_a_restart_and_their_numbers_go_on() {
    let mut store = Held::new();
    let whistles = two(&store);
    store.reopen();
    for whistle in &whistles {
        let stored = wait(store.whistle(whistle.id)).unwrap();
        assert_eq!(stored.as_ref(), Some(whistle));
    }
    assert_eq!(store.new_whistle_id(), WhistleId(3));
}

#[test]
fn a_record_with_whistles_verifies_and_replays_to_the_same_rows() {
    let store = Held::new();
    two(&store);
    let directory = store.close();
    let report = verify(directory.path(), key().verifier(), &mut |_| {}).unwrap();
    assert_eq!((report.entries, report.erased), (4 + 5, 2));
    let replayed = replay(directory.path(), true, &mut |_| {}).unwrap();
    assert_eq!(replayed.differing, [""; 0]);
}

#[test]
fn a_row_of_a_whistle_that_says_something_else_is_found_by_the_replay() {
    let tamper = [
        "UPDATE whistle SET due_at = 5 WHERE id = 1",
        "UPDATE whistle SET body = replace(body, 'lights', 'police') WHERE id = 1",
        "UPDATE whistle SET words_seq = NULL WHERE id = 1",
        "UPDATE whistle_call SET unit = 'police' WHERE whistle_id = 1",
        "DELETE FROM whistle_call WHERE whistle_id = 1",
        "DELETE FROM whistle_entry WHERE whistle_id = 1",
        "DELETE FROM whistle WHERE id = 1",
    ];
    for sql in tamper {
        let store = Held::new();
        two(&store);
        let directory = store.close();
        assert_eq!(
            raw(directory.path()).execute(sql, []).unwrap(),
            changed(sql)
        );
        let replayed = replay(directory.path(), true, &mut |_| {}).unwrap();
        assert_eq!(replayed.differing, ["whistle/1"], "{sql}");
    }
}

/// Rows that a statement above changes.
fn changed(sql: &str) -> usize {
    if sql.contains("whistle_entry") { 2 } else { 1 }
}

#[test]
fn the_feed_tells_changes_of_whistles_with_the_whistle_as_it_is_now() {
    let store = Held::new();
    two(&store);
    let changes = wait(store.whistle_changes_from(0, 50)).unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|change| (change.seq, change.event, change.whistle.version))
        .collect();
    assert_eq!(
        told,
        [
            (4, "blown", 2),
            (5, "blown", 3),
            (6, "checked_in", 2),
            (7, "checked_in", 3),
            (8, "erased", 3),
        ]
    );
    assert_eq!(wait(store.whistle_changes_from(7, 1)).unwrap().len(), 1);
    // The feed of cases knows nothing of them.
    assert_eq!(wait(store.changes_from(0, 50)).unwrap().len(), 4);
}
