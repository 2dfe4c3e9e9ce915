//! Alerts and warnings on the disk: kept, replayed, compared.

use yiwang_sensing::alert::Alert;
use yiwang_sensing::docket::{Docket, alert_trial, conforms, warning_trial};
use yiwang_sensing::warning::Warning;
use yiwang_store::{Store, replay, verify};

use crate::desk::{Held, key, open, raw, wait};

fn filled() -> Held {
    let store = Held::new();
    wait(conforms::<Alert, Store>(&store, &alert_trial().unwrap())).unwrap();
    wait(conforms::<Warning, Store>(
        &store,
        &warning_trial().unwrap(),
    ))
    .unwrap();
    store
}

#[test]
fn the_record_is_a_docket() {
    let store = filled();
    let moved = wait(store.sheets_from::<Alert>(0, 100)).unwrap();
    let events: Vec<_> = moved.iter().map(|m| (m.kept.id, m.event)).collect();
    assert_eq!(
        events,
        [
            (1, "raised"),
            (2, "raised"),
            (1, "acknowledged"),
            (1, "handled"),
            (1, "found"),
            (1, "cleared")
        ]
    );
    let later = wait(store.sheets_from::<Alert>(moved[5].seq, 100)).unwrap();
    assert_eq!(later.len(), 1);
}

#[test]
fn replaying_gives_the_same_alerts_and_warnings_and_finds_what_was_changed() {
    let store = filled();
    wait(store.sign(&key())).unwrap();
    let directory = store.close();
    let report = replay(directory.path(), true, &mut |_| {}).unwrap();
    assert_eq!(report.differing, [""; 0]);
    verify(directory.path(), key().verifier(), &mut |_| {}).unwrap();
    let again = open(directory.path());
    let kept: Option<_> = Docket::<Alert>::sheet(&again, 1).unwrap();
    assert_eq!(kept.map(|k| k.version), Some(5));
    drop(again);
    for (change, subject) in [
        (
            "UPDATE sheet SET open = 1 WHERE kind = 'alert' AND id = 1",
            "alert/1",
        ),
        (
            "DELETE FROM sheet WHERE kind = 'warning' AND id = 2",
            "warning/2",
        ),
    ] {
        raw(directory.path()).execute(change, []).unwrap();
        let report = replay(directory.path(), true, &mut |_| {}).unwrap();
        assert!(report.differing.contains(&subject.to_owned()), "{change}");
    }
}
