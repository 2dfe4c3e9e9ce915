//! Records of every schema there has been are brought to the latest.
//!
//! `fixtures/schema-N.sql` is the dump of a record written by the program whose
//! latest schema was N: five cases, one of them erased, items, an account, two
//! checkpoints. To make the next one, see [`write_the_fixture_of_the_latest_schema`].

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tempfile::TempDir;
use yiwang_base::{CaseId, Purpose};
use yiwang_cases::{CaseFilter, CaseStore, Order, Stage};
use yiwang_store::{Account, Item, ItemKind, LATEST_SCHEMA, replay, verify};

use crate::desk::{Held, erase, fill, key, now, open, raw, wait};

fn fixture(schema: u32) -> PathBuf {
    let file = format!("tests/record/fixtures/schema-{schema}.sql");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

#[test]
fn every_schema_has_a_fixture_that_opens_verifies_and_replays() {
    for schema in 1..=LATEST_SCHEMA {
        let dump = std::fs::read_to_string(fixture(schema));
        let dump = dump.unwrap_or_else(|_| {
            panic!("schema {schema} has no fixture: run the ignored test of upgrade.rs and commit what it writes")
        });
        let directory = TempDir::new().unwrap();
        let sql = raw(directory.path());
        sql.execute_batch(&dump).unwrap();
        let found: u32 = sql
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(found, schema, "the dump says which schema it is of");
        drop(sql);
        let store = open(directory.path());
        let version: u32 = raw(directory.path())
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(version, LATEST_SCHEMA);
        assert_eq!(store.accounts().unwrap().len(), 1);
        assert_eq!(
            store.items(ItemKind::Area).unwrap()[0].attachment,
            Some(vec![1, 2, 3])
        );
        let any = CaseFilter::default();
        let cases = wait(store.list(&any, Order::Newest, None, 50))
            .unwrap()
            .cases;
        assert_eq!(cases.len(), 5);
        assert!(cases.iter().all(|case| case.stage == Stage::Declined));
        let case = wait(store.case_by_follow_code("CODE3")).unwrap().unwrap();
        assert_eq!(case.id, CaseId(4));
        let words = case
            .request
            .unwrap()
            .disclose(Purpose::Record)
            .words
            .clone();
        assert_eq!(words, "路灯 3 坏了三天");
        // It goes on from there.
        fill(&store, 2);
        wait(store.sign(&key())).unwrap();
        drop(store);
        let report = verify(directory.path(), key().verifier(), &mut |_| {}).unwrap();
        assert_eq!(
            (report.entries, report.checkpoints, report.erased),
            (14 + 4, 3, 2)
        );
        let replayed = replay(directory.path(), true, &mut |_| {}).unwrap();
        assert_eq!(replayed.differing, [""; 0]);
    }
}

/// Writes the fixture of the latest schema, once it is final:
/// `cargo test -p yiwang-store --test record -- --ignored write_the_fixture`.
#[test]
#[ignore = "writes into the source tree"]
fn write_the_fixture_of_the_latest_schema() {
    let store = Held::new();
    let cases = fill(&store, 5);
    wait(store.sign(&key())).unwrap();
    erase(&store, &cases[1]);
    let mut area = Item::of(ItemKind::Area, "west", &"西").unwrap();
    area.attachment = Some(vec![1, 2, 3]);
    let unit = Item::of(ItemKind::Unit, "lights", &"路灯所").unwrap();
    wait(store.set_items(vec![area, unit], "user:root".into(), None, now())).unwrap();
    let account = Account {
        name: "li.na".parse().unwrap(),
        display_name: "李娜".into(),
        role: "operator".into(),
        unit: Some("lights".parse().unwrap()),
        disabled: false,
    };
    wait(store.set_account(account, "$argon2id$x".into(), "user:root".into(), now())).unwrap();
    wait(store.sign(&key())).unwrap();
    let directory = store.close();
    let target = fixture(LATEST_SCHEMA);
    std::fs::create_dir_all(target.parent().unwrap()).unwrap();
    std::fs::write(target, dump(&raw(directory.path()))).unwrap();
}

/// All of a database as statements.
fn dump(sql: &Connection) -> String {
    let mut out = format!("PRAGMA user_version = {LATEST_SCHEMA};\nBEGIN;\n");
    let mut schema = sql
        .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
        .unwrap();
    let mut objects = schema.query([]).unwrap();
    while let Some(object) = objects.next().unwrap() {
        let (kind, name, create): (String, String, String) = (
            object.get(0).unwrap(),
            object.get(1).unwrap(),
            object.get(2).unwrap(),
        );
        out.push_str(&create);
        out.push_str(";\n");
        if kind != "table" {
            continue;
        }
        let mut rows = sql.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let width = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<String> = (0..width)
                .map(|at| literal(row.get_ref(at).unwrap()))
                .collect();
            out.push_str(&format!(
                "INSERT INTO {name} VALUES ({});\n",
                values.join(", ")
            ));
        }
    }
    out.push_str("COMMIT;\n");
    out
}

fn literal(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".into(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(text) => {
            format!(
                "'{}'",
                String::from_utf8(text.to_vec())
                    .unwrap()
                    .replace('\'', "''")
            )
        }
        // Text that is kept as bytes stays readable.
        ValueRef::Blob(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if text.starts_with('{') => {
                format!("CAST('{}' AS BLOB)", text.replace('\'', "''"))
            }
            _ => format!(
                "x'{}'",
                bytes.iter().map(|b| format!("{b:02x}")).collect::<String>()
            ),
        },
    }
}
