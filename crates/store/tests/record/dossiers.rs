//! Dossiers on the disk: replayed, verified, erased.

use std::collections::BTreeMap;

use yiwang_base::LocalText;
use yiwang_cases::Actor;
use yiwang_cases::civic::{
    Ballot, Deed, Dossier, DossierChange, DossierEvent, DossierStore, Recast, Voter, Words,
    consultation, dispute,
};
use yiwang_cases::conformance::sample::minute;
use yiwang_store::{Store, replay, verify};

use crate::desk::{Held, key, raw, wait};

fn write(
    store: &Store,
    before: Option<&Dossier>,
    event: DossierEvent,
    said: Option<&str>,
) -> Dossier {
    let words = said.map(|text| Words::new(BTreeMap::from([("words".into(), text.into())])));
    let deed = Deed {
        at: minute(1),
        by: Actor::Resident,
        grounds: None,
        event,
        words,
    };
    let after = match before {
        Some(before) => {
            let mut after = before.clone();
            assert!(after.apply(&deed));
            after
        }
        None => Dossier::begin(store.new_dossier_id(), &deed).unwrap(),
    };
    let change = DossierChange {
        expected_version: before.map_or(0, |one| one.version),
        deeds: vec![deed],
        after: after.clone(),
        recorded_at: minute(1),
        receipt: None,
        case: None,
    };
    wait(store.append_dossier(change)).unwrap();
    after
}

/// A dispute whose words were erased, and a consultation with two voices.
fn filled() -> tempfile::TempDir {
    let store = Held::new();
    let text = LocalText::same;
    let registered = DossierEvent::Dispute(dispute::Event::Registered {
        area: "west".parse().unwrap(),
        cases: vec![],
        parties: 2,
        title: text("漏水"),
        track: dispute::Track::Legal,
        unit: "lights".parse().unwrap(),
    });
    let opened = write(&store, None, registered, Some("楼上漏水三个月"));
    let erases = wait(store.sealed_deeds(opened.id)).unwrap();
    write(&store, Some(&opened), DossierEvent::Erased { erases }, None);
    let announced = DossierEvent::Consultation(consultation::Event::Announced {
        area: None,
        choose: 1,
        closes_at: minute(90),
        entitled: None,
        opens_at: minute(0),
        options: vec![text("甲"), text("乙")],
        question: text("?"),
        recast: Recast::Replace,
        title: text("空地"),
        unit: "lights".parse().unwrap(),
    });
    let vote = write(&store, None, announced, None);
    for person in [1, 2] {
        let ballot = Ballot {
            dossier: vote.id,
            expected_version: 1,
            round: 0,
            voter: Voter([person; 32]),
            options: vec![0],
            recast: Recast::Replace,
            at: minute(2),
            by: Actor::Resident,
        };
        wait(store.cast(ballot)).unwrap();
    }
    assert!(wait(store.forget_erased()).unwrap());
    wait(store.sign(&key())).unwrap();
    store.close()
}

#[test]
fn what_dossiers_add_up_to_verifies_and_what_was_erased_is_nowhere() {
    let directory = filled();
    let report = verify(directory.path(), key().verifier(), &mut |_| {}).unwrap();
    assert_eq!((report.entries, report.erased), (5, 1));
    let replayed = replay(directory.path(), true, &mut |_| {}).unwrap();
    assert_eq!(replayed.differing, [""; 0]);
    for file in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(memchr::memmem::find(&bytes, "漏水三个月".as_bytes()).is_none());
    }
}

#[test]
fn any_row_of_a_dossier_that_was_changed_is_found() {
    let changes = [
        ("UPDATE dossier SET version = 7 WHERE id = 1", "dossier/1"),
        (
            "UPDATE dossier SET kind = 'topic' WHERE id = 2",
            "dossier/2",
        ),
        (
            "UPDATE dossier SET state = 'closed' WHERE id = 1",
            "dossier/1",
        ),
        ("UPDATE dossier SET due_at = 3 WHERE id = 2", "dossier/2"),
        ("UPDATE dossier SET opened_at = 3 WHERE id = 2", "dossier/2"),
        (
            "UPDATE dossier SET changed_at = 3 WHERE id = 2",
            "dossier/2",
        ),
        ("UPDATE dossier SET erased = 0 WHERE id = 1", "dossier/1"),
        (
            "UPDATE dossier SET body = replace(body, '漏', '渗') WHERE id = 1",
            "dossier/1",
        ),
        ("DELETE FROM dossier WHERE id = 1", "dossier/1"),
        (
            "INSERT INTO dossier SELECT 9, version, kind, state, due_at, opened_at, changed_at, erased, body FROM dossier WHERE id = 1",
            "dossier/9",
        ),
        (
            "DELETE FROM dossier_tag WHERE tag = 'area:west'",
            "dossier/1",
        ),
        (
            "INSERT INTO dossier_tag VALUES ('area:east', 2)",
            "dossier/2",
        ),
        ("DELETE FROM dossier_entry WHERE seq = 0", "dossier/1"),
        (
            "DELETE FROM voice WHERE voter = x'0101010101010101010101010101010101010101010101010101010101010101'",
            "dossier/2",
        ),
        (
            "INSERT INTO voice VALUES (2, 0, zeroblob(32), '[0]')",
            "dossier/2",
        ),
        ("UPDATE voice SET options = '[1]'", "dossier/2"),
    ];
    for (change, subject) in changes {
        let directory = filled();
        raw(directory.path()).execute_batch(change).unwrap();
        let found = replay(directory.path(), true, &mut |_| {}).unwrap();
        assert_eq!(found.differing, [subject], "{change}");
    }
}
