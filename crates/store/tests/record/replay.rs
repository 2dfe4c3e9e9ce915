//! The tables are what the entries add up to.

use std::path::Path;

use tempfile::TempDir;
use yiwang_cases::conformance::sample::{Draft, change, happening, straight_road};
use yiwang_cases::{CaseStore, StoreError};
use yiwang_store::{Account, Item, ItemKind, ReplayReport, replay};

use crate::desk::{Held, erase, fill, now, raw, wait};

fn good() -> TempDir {
    let store = Held::new();
    let cases = fill(&store, 60);
    erase(&store, &cases[5]);
    let mut road = vec![Draft::at(0).happening()];
    let events = straight_road().into_iter();
    road.extend(events.map(|event| happening(20, event, None)));
    wait(store.append(change(store.new_case_id(), None, road))).unwrap();
    let unit = Item::of(
        ItemKind::Unit,
        "lights",
        &serde_json::json!({"b": 1.0, "a": 0.1}),
    )
    .unwrap();
    let mut area = Item::of(ItemKind::Area, "west", &"West").unwrap();
    area.attachment = Some(vec![1, 2, 3]);
    let items = vec![unit, area];
    wait(store.set_items(items, "user:li.na".into(), None, now())).unwrap();
    let account = Account {
        name: "li.na".parse().unwrap(),
        display_name: "李娜".into(),
        role: "operator".into(),
        unit: Some("lights".parse().unwrap()),
        disabled: false,
    };
    wait(store.set_account(account, "$argon2id$x".into(), "system:setup".into(), now())).unwrap();
    store.close()
}

fn report(directory: &Path) -> Result<ReplayReport, StoreError> {
    replay(directory, true, &mut |_| {})
}

/// What differs after statements were carried out on the tables.
fn differing(statements: &str) -> Vec<String> {
    let directory = good();
    raw(directory.path()).execute_batch(statements).unwrap();
    report(directory.path()).unwrap().differing
}

#[test]
fn a_good_record_replays_to_its_tables() {
    let directory = good();
    let found = report(directory.path()).unwrap();
    assert_eq!((found.entries, found.cases), (60 * 2 + 1 + 5 + 3, 61));
    assert_eq!(found.differing, [""; 0]);
    let empty = Held::new().close();
    let found = report(empty.path()).unwrap();
    assert_eq!((found.entries, found.cases), (0, 0));
}

#[test]
fn any_column_of_a_case_that_was_changed_is_found() {
    let columns = [
        ("version", "version + 1"),
        ("stage", "1"),
        ("channel", "0"),
        ("category", "'other'"),
        ("area", "NULL"),
        ("unit", "'lights'"),
        ("decline", "0"),
        ("source_system", "'x', source_id = 'y'"),
        ("request_seq", "request_seq + 2"),
        ("request_seq", "NULL"),
        ("follow_code", "zeroblob(32)"),
        ("follow_code", "NULL"),
        ("block", "block + 1"),
        ("due_at", "1"),
        ("respond_by", "1"),
        ("resolve_by", "1"),
        ("submitted_at", "submitted_at - 1"),
        ("dispatched_at", "1"),
        ("started_at", "1"),
        ("reported_at", "1"),
        ("closed_at", "closed_at + 1"),
        ("closed_unverified", "1"),
        ("failed_verifications", "1"),
        ("reopened", "1"),
        ("call_back_at", "1, call_back_reached = 1"),
        ("changed_at", "changed_at + 1"),
        ("more", "'{\"unknown\":1}'"),
        ("stage", "99"),
        ("category", "'Not A Code'"),
        ("changed_at", "'text'"),
    ];
    let directory = good();
    let sql = raw(directory.path());
    for (column, value) in columns {
        sql.execute_batch("BEGIN").unwrap();
        sql.execute(
            &format!("UPDATE cases SET {column} = {value} WHERE id = 8"),
            [],
        )
        .unwrap();
        sql.execute_batch("COMMIT").unwrap();
        let found = report(directory.path()).unwrap();
        assert_eq!(found.differing, ["case/8"], "{column} = {value}");
        // Back to what it was, from another good record.
        let other = good();
        let from = other.path().join("record.sqlite");
        sql.execute("ATTACH ?1 AS good", [from.to_str().unwrap()])
            .unwrap();
        sql.execute_batch(
            "DELETE FROM cases WHERE id = 8; INSERT INTO cases SELECT * FROM good.cases WHERE id = 8;
             DETACH good;",
        )
        .unwrap();
    }
    // Every column but the number itself was tried.
    let all: i64 = sql
        .query_row(
            "SELECT count(*) FROM pragma_table_info('cases')",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let mut tried: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
    tried.sort_unstable();
    tried.dedup();
    // `source_id` and three of the call-back go with their neighbours.
    assert_eq!(tried.len() as i64, all - 1 - 1 - 3);
}

#[test]
fn rows_missing_added_or_moved_are_found() {
    assert_eq!(differing("DELETE FROM cases WHERE id = 8"), ["case/8"]);
    assert_eq!(
        differing(
            "INSERT INTO cases (id, version, stage, channel, submitted_at, closed_unverified, \
             failed_verifications, reopened, changed_at) VALUES (99, 1, 0, 0, 1, 0, 0, 0, 1)"
        ),
        ["case/99"]
    );
    assert_eq!(
        differing("UPDATE cases SET id = 99 WHERE id = 8"),
        ["case/8", "case/99"]
    );
    // An entry shown in another case's timeline.
    assert_eq!(
        differing("UPDATE entry SET case_id = 9 WHERE seq = 15"),
        ["case/8"]
    );
    assert_eq!(
        differing("UPDATE entry SET case_id = NULL WHERE seq = 15"),
        ["case/8"]
    );
    // Words brought back after an erasure, as far as the tables go.
    assert_eq!(
        differing("UPDATE cases SET request_seq = 10 WHERE id = 6"),
        ["case/6"]
    );
}

#[test]
fn a_unit_added_to_or_taken_from_a_case_is_found() {
    assert_eq!(
        differing("INSERT INTO case_unit VALUES (8, 'nobody')"),
        ["case/8"]
    );
    assert_eq!(differing("DELETE FROM case_unit"), ["case/61"]);
    assert_eq!(
        differing("UPDATE case_unit SET unit = 'nobody'"),
        ["case/61"]
    );
    // A unit of a case that is not there, before, between and behind those that are.
    for id in [-5, 0, 99] {
        let insert = format!("INSERT INTO case_unit VALUES ({id}, 'nobody')");
        assert_eq!(differing(&insert), [format!("case/{}", id as u64)]);
    }
}

#[test]
fn items_and_accounts_that_were_changed_are_found() {
    assert_eq!(
        differing("UPDATE item SET body = '{\"a\":0.2,\"b\":1}' WHERE code = 'lights'"),
        ["unit/lights"]
    );
    assert_eq!(
        differing("UPDATE item SET body = 'not json'"),
        ["area/west", "unit/lights"]
    );
    assert_eq!(
        differing("UPDATE item SET seq = 3 WHERE code = 'west'"),
        ["area/west"]
    );
    assert_eq!(
        differing("DELETE FROM item WHERE code = 'west'"),
        ["area/west"]
    );
    assert_eq!(
        differing("UPDATE account SET role = 'administrator'"),
        ["account/li.na"]
    );
    assert_eq!(
        differing("UPDATE account SET disabled = 1"),
        ["account/li.na"]
    );
    assert_eq!(
        differing("UPDATE account SET unit = NULL"),
        ["account/li.na"]
    );
    assert_eq!(
        differing(
            "INSERT INTO account (name, display_name, role, password_hash) \
             VALUES ('mallory', '', 'administrator', '')"
        ),
        ["account/mallory"]
    );
}

#[test]
fn a_gap_in_the_journal_stops_a_replay() {
    for seq in [0, 7, 128] {
        let directory = good();
        let sql = raw(directory.path());
        sql.execute("DELETE FROM entry WHERE seq = ?1", [seq])
            .unwrap();
        sql.execute("UPDATE entry SET seq = 1 << 60 WHERE seq = 127", [])
            .unwrap();
        let error = report(directory.path()).unwrap_err().to_string();
        let first = seq.min(127);
        assert!(
            error.contains(&format!("entry {first} is missing")),
            "{error}"
        );
    }
}

#[test]
fn an_entry_that_is_no_event_stops_a_replay_and_is_named() {
    let directory = good();
    raw(directory.path())
        .execute(
            "UPDATE entry SET body = replace(body, 'declined', 'vanished') WHERE seq = 15",
            [],
        )
        .unwrap();
    let error = report(directory.path()).unwrap_err().to_string();
    assert!(error.contains("entry 15"), "{error}");
}
