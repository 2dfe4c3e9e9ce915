//! Whatever is done to the files, the check finds it, at the right entry.

use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;
use yiwang_journal::{Entry, Fault, Report, SigningKey, leaf_hash};
use yiwang_store::{Item, ItemKind, VerifyError, verify};

use crate::desk::{Held, erase, fill, key, now, raw, wait};

/// Entries of [`good`]: two tiles full and a third begun.
const SIZE: u64 = 603;
/// The case whose words are erased, its entries, and the entry that says so.
const ERASED: i64 = 20;
const BY: u64 = 600;

/// A good record, closed: 300 cases of two entries each, an erasure, an area
/// with its outline, a unit, four checkpoints.
fn good() -> TempDir {
    let store = Held::new();
    let cases = fill(&store, 150);
    wait(store.sign(&key())).unwrap();
    fill(&store, 150);
    wait(store.sign(&key())).unwrap();
    erase(&store, &cases[ERASED as usize]);
    wait(store.sign(&key())).unwrap();
    let mut area = Item::of(ItemKind::Area, "west", &"West").unwrap();
    area.attachment = Some(b"outline".to_vec());
    let unit = Item::of(ItemKind::Unit, "lights", &"Lights").unwrap();
    wait(store.set_items(vec![area, unit], "user:li.na".into(), None, now())).unwrap();
    wait(store.sign(&key())).unwrap();
    store.close()
}

fn check(directory: &Path) -> Result<Report, VerifyError> {
    verify(directory, key().verifier(), &mut |_| {})
}

fn fault(directory: &Path) -> Fault {
    match check(directory).unwrap_err() {
        VerifyError::Fault(fault) => fault,
        VerifyError::Store(error) => panic!("not a fault: {error}"),
    }
}

/// Copies of one good record, each to be tampered with.
struct Copies(TempDir);

impl Copies {
    fn new() -> Copies {
        Copies(good())
    }

    /// The fault that shows after one thing was done to a copy.
    fn after(&self, tamper: impl FnOnce(&Connection)) -> Fault {
        let copy = TempDir::new().unwrap();
        let name = "record.sqlite";
        std::fs::copy(self.0.path().join(name), copy.path().join(name)).unwrap();
        let sql = raw(copy.path());
        tamper(&sql);
        drop(sql);
        fault(copy.path())
    }

    fn after_sql(&self, statement: &str) -> Fault {
        self.after(|sql| {
            assert!(sql.execute(statement, []).unwrap() > 0, "{statement}");
        })
    }
}

fn at(fault: &Fault) -> (Option<u64>, Option<u64>, &'static str) {
    (fault.first, fault.last, fault.code())
}

fn exactly(entry: u64, code: &'static str) -> (Option<u64>, Option<u64>, &'static str) {
    (Some(entry), Some(entry), code)
}

#[test]
fn a_good_record_is_accepted_and_counted() {
    let directory = good();
    let mut seen = Vec::new();
    let report = verify(directory.path(), key().verifier(), &mut |progress| {
        seen.push((progress.done, progress.total));
    })
    .unwrap();
    assert_eq!((report.entries, report.signed), (SIZE, SIZE));
    assert_eq!((report.checkpoints, report.tiles), (4, 2));
    assert_eq!((report.sealed, report.erased), (601, 2));
    assert_eq!(seen.last(), Some(&(SIZE, SIZE)));
}

#[test]
fn an_empty_record_is_accepted() {
    let directory = Held::new().close();
    assert_eq!(check(directory.path()).unwrap().entries, 0);
}

#[test]
fn another_log_s_key_is_refused() {
    let directory = good();
    let other = SigningKey::from_seed("yiwang.test/trail", &[8; 32]).unwrap();
    let refused = verify(directory.path(), other.verifier(), &mut |_| {});
    let VerifyError::Fault(fault) = refused.unwrap_err() else {
        panic!("the key does not fit");
    };
    assert_eq!(fault.code(), "checkpoint-refused");
}

#[test]
fn any_byte_of_an_entry_or_its_hash_flipped_is_found_at_that_entry() {
    let copies = Copies::new();
    for (seq, column, byte, bit) in [
        (0_u64, "body", 0, 0),
        (1, "body", 40, 3),
        (255, "body", 77, 7),
        (256, "body", 100, 1),
        (599, "body", 10_000, 5),
        (602, "body", 10_000, 6),
        (0, "hash", 0, 7),
        (300, "hash", 31, 0),
        (602, "hash", 16, 4),
    ] {
        let found = copies.after(|sql| flip(sql, "entry", column, seq, byte, bit));
        assert_eq!(at(&found), exactly(seq, "changed"), "{column} {byte}");
    }
}

/// Flips one bit; a byte beyond the end stands for the last one.
fn flip(sql: &Connection, table: &str, column: &str, seq: u64, byte: usize, bit: u8) {
    let read = format!("SELECT {column} FROM {table} WHERE seq = ?1");
    let mut value: Vec<u8> = sql
        .query_row(&read, [seq as i64], |row| row.get(0))
        .unwrap();
    let byte = byte.min(value.len() - 1);
    value[byte] ^= 1 << bit;
    let write = format!("UPDATE {table} SET {column} = ?2 WHERE seq = ?1");
    sql.execute(&write, (seq as i64, value)).unwrap();
}

#[test]
fn any_byte_of_what_is_sealed_flipped_is_found_at_that_entry() {
    let copies = Copies::new();
    for (seq, column, byte) in [
        (0_u64, "salt", 0),
        (0, "body", 0),
        (299, "salt", 31),
        (511, "body", 10_000),
        (601, "body", 3),
    ] {
        let found = copies.after(|sql| flip(sql, "sealed", column, seq, byte, 2));
        assert_eq!(at(&found), exactly(seq, "seal-differs"), "{column} {byte}");
    }
}

#[test]
fn an_entry_rewritten_with_its_hash_is_found_through_tile_or_checkpoint() {
    let copies = Copies::new();
    let rewrite = |sql: &Connection, seq: u64| {
        let read = "SELECT body FROM entry WHERE seq = ?1";
        let body: Vec<u8> = sql.query_row(read, [seq as i64], |row| row.get(0)).unwrap();
        let mut entry: Entry = Entry::parse(&body).unwrap();
        entry.by = "user:mallory".into();
        let body = entry.to_canonical().unwrap();
        let write = "UPDATE entry SET body = ?2, hash = ?3 WHERE seq = ?1";
        let hash = leaf_hash(&body).0;
        sql.execute(write, (seq as i64, body, hash)).unwrap();
    };
    for seq in [0, 137, 255, 256, 511] {
        let found = copies.after(|sql| rewrite(sql, seq));
        assert_eq!(at(&found), exactly(seq, "tile-differs"));
    }
    // Where no tile is complete yet, between the checkpoints.
    let found = copies.after(|sql| rewrite(sql, 600));
    assert_eq!(at(&found), (Some(600), Some(600), "root-differs"));
    let found = copies.after(|sql| rewrite(sql, 520));
    assert_eq!(at(&found), (Some(300), Some(599), "root-differs"));
}

#[test]
fn a_dropped_entry_is_named() {
    let copies = Copies::new();
    for seq in [0_u64, 1, 255, 256, 599] {
        let found = copies.after_sql(&format!("DELETE FROM entry WHERE seq = {seq}"));
        assert_eq!(at(&found), exactly(seq, "missing"));
    }
    let found = copies.after_sql("DELETE FROM entry WHERE seq BETWEEN 100 AND 400");
    assert_eq!(at(&found), (Some(100), Some(400), "missing"));
    // At the end it is the checkpoint that remembers.
    let found = copies.after_sql(&format!("DELETE FROM entry WHERE seq >= {}", SIZE - 2));
    assert_eq!(at(&found), (Some(SIZE - 2), Some(SIZE - 1), "rolled-back"));
    let found = copies.after_sql("DELETE FROM entry");
    assert_eq!(found.first, Some(0));
}

#[test]
fn entries_swapped_or_moved_up_are_found() {
    let copies = Copies::new();
    let found = copies.after(|sql| {
        sql.execute_batch(
            "UPDATE entry SET seq = -9 WHERE seq = 30; UPDATE entry SET seq = 30 WHERE seq = 40;
             UPDATE entry SET seq = 40 WHERE seq = -9;
             UPDATE sealed SET seq = -9 WHERE seq = 30; UPDATE sealed SET seq = 30 WHERE seq = 40;
             UPDATE sealed SET seq = 40 WHERE seq = -9;",
        )
        .unwrap();
    });
    // The erased entries 40 and 41 lie in the range: a swap with one of them
    // shows in its mark first, else in the tile.
    assert_eq!(found.first, Some(30));
    let found = copies.after(|sql| {
        sql.execute_batch(
            "UPDATE entry SET seq = -9 WHERE seq = 300; UPDATE entry SET seq = 300 WHERE seq = 310;
             UPDATE entry SET seq = 310 WHERE seq = -9;
             UPDATE sealed SET seq = -9 WHERE seq = 300; UPDATE sealed SET seq = 300 WHERE seq = 310;
             UPDATE sealed SET seq = 310 WHERE seq = -9;",
        )
        .unwrap();
    });
    assert_eq!(at(&found), exactly(300, "tile-differs"));
    let found = copies.after(|sql| {
        sql.execute_batch(
            "DELETE FROM entry WHERE seq = 50; DELETE FROM sealed WHERE seq = 50;
             UPDATE entry SET seq = -seq WHERE seq > 50; UPDATE entry SET seq = -seq - 1 WHERE seq < 0;
             UPDATE sealed SET seq = -seq WHERE seq > 50; UPDATE sealed SET seq = -seq - 1 WHERE seq < 0;",
        )
        .unwrap();
    });
    assert_eq!(at(&found), exactly(50, "tile-differs"));
}

#[test]
fn an_entry_slipped_in_anywhere_is_found() {
    let copies = Copies::new();
    for (seq, first) in [
        // Before the first, far behind the last, and at the end.
        (-1, 0),
        (1 << 60, SIZE),
        (i64::MAX, SIZE),
    ] {
        let found = copies.after_sql(&format!(
            "INSERT INTO entry SELECT {seq}, case_id, hash, body FROM entry WHERE seq = 7"
        ));
        assert_eq!(found.first, Some(first), "{seq}: {found}");
    }
    // A well-made entry right behind the last is not signed: nothing tells it
    // from one that the server was about to sign, but that is what is reported.
    let copy = TempDir::new().unwrap();
    let name = "record.sqlite";
    std::fs::copy(copies.0.path().join(name), copy.path().join(name)).unwrap();
    raw(copy.path())
        .execute(
            "INSERT INTO entry SELECT 603, NULL, hash, body FROM entry WHERE seq = 602",
            [],
        )
        .unwrap();
    let report = check(copy.path()).unwrap();
    assert_eq!((report.entries, report.signed), (SIZE + 1, SIZE));
}

#[test]
fn a_seal_taken_away_added_or_faked_is_found() {
    let copies = Copies::new();
    let case = |tamper: &str, expected| {
        assert_eq!(at(&copies.after_sql(tamper)), expected, "{tamper}");
    };
    let erased = ERASED as u64 * 2;
    case(
        "DELETE FROM sealed WHERE seq = 33",
        exactly(33, "seal-missing"),
    );
    case(
        "UPDATE sealed SET body = zeroblob(length(body)), salt = zeroblob(32) WHERE seq = 33",
        exactly(33, "seal-differs"),
    );
    case(
        "INSERT INTO sealed SELECT 602, salt, body FROM sealed WHERE seq = 33",
        exactly(602, "seal-unexpected"),
    );
    case(
        &format!("UPDATE sealed SET body = 'x' WHERE seq = {erased}"),
        exactly(erased, "not-erased"),
    );
    case(
        &format!("DELETE FROM erased WHERE seq = {erased}"),
        exactly(erased, "seal-differs"),
    );
    case(
        &format!("UPDATE erased SET by = {} WHERE seq = {erased}", BY + 1),
        exactly(erased, "erased-without-entry"),
    );
    case(
        &format!("UPDATE erased SET by = 3 WHERE seq = {erased}"),
        exactly(erased, "erased-without-entry"),
    );
    case(
        &format!("INSERT INTO erased VALUES (33, {BY})"),
        exactly(33, "not-erased"),
    );
    case(
        &format!("INSERT INTO erased VALUES (602, {BY})"),
        exactly(602, "seal-unexpected"),
    );
    case(
        "UPDATE sealed SET salt = x'00' WHERE seq = 33",
        exactly(33, "seal-differs"),
    );
    // Erased by hand, with a mark that names an entry that says no such thing.
    let found = copies.after(|sql| {
        sql.execute_batch(&format!(
            "UPDATE sealed SET body = zeroblob(length(body)), salt = zeroblob(32) WHERE seq = 33;
             INSERT INTO erased VALUES (33, {BY});"
        ))
        .unwrap();
    });
    assert_eq!(at(&found), exactly(33, "erased-without-entry"));
}

#[test]
fn a_tile_changed_or_gone_is_found_at_its_entry() {
    let copies = Copies::new();
    for (index, byte, entry) in [(0, 0, 0), (0, 8191, 255), (1, 4 * 32, 260)] {
        let found = copies.after(|sql| {
            let mut hashes: Vec<u8> = sql
                .query_row(
                    "SELECT hashes FROM tile WHERE level = 0 AND idx = ?1",
                    [index],
                    |row| row.get(0),
                )
                .unwrap();
            hashes[byte] ^= 1;
            let write = "UPDATE tile SET hashes = ?2 WHERE level = 0 AND idx = ?1";
            sql.execute(write, (index, hashes)).unwrap();
        });
        assert_eq!(at(&found), exactly(entry, "tile-differs"));
    }
    let found = copies.after_sql("DELETE FROM tile WHERE idx = 1");
    assert_eq!(at(&found), (Some(256), Some(511), "tile-missing"));
}

#[test]
fn a_checkpoint_changed_or_replaced_is_found() {
    let copies = Copies::new();
    for (what, with) in [
        // The size, the root, the signature, the log's name.
        ("\n600\n", "\n601\n"),
        ("\n\n", "\n=\n\n"),
        ("yiwang.test", "yiwang.best"),
    ] {
        let found = copies.after(|sql| {
            let write = "UPDATE checkpoint SET note = replace(note, ?1, ?2) WHERE size = 600";
            sql.execute(write, [what, with]).unwrap();
        });
        assert_eq!(found.code(), "checkpoint-refused", "{what:?}: {found}");
        assert!(found.last.unwrap() <= 600, "{found}");
    }
    // Signed rightly, but over another tree.
    let found = copies.after(|sql| {
        let note = key().sign(600, leaf_hash(b"another")).unwrap();
        let write = "UPDATE checkpoint SET note = ?1 WHERE size = 600";
        sql.execute(write, [note]).unwrap();
    });
    assert_eq!(at(&found), (Some(300), Some(599), "root-differs"));
}

#[test]
fn values_of_another_type_are_found_and_do_not_stop_the_check_with_a_panic() {
    let copies = Copies::new();
    for tamper in [
        "UPDATE entry SET body = 'text' WHERE seq = 9",
        "UPDATE entry SET body = 7 WHERE seq = 9",
        "UPDATE entry SET hash = 'text' WHERE seq = 9",
        "UPDATE sealed SET salt = 'text' WHERE seq = 9",
        "UPDATE sealed SET body = 1.5 WHERE seq = 9",
        "INSERT INTO erased VALUES (9, 'text')",
    ] {
        let copy = TempDir::new().unwrap();
        let name = "record.sqlite";
        std::fs::copy(copies.0.path().join(name), copy.path().join(name)).unwrap();
        raw(copy.path()).execute(tamper, []).unwrap();
        let error = check(copy.path()).unwrap_err().to_string();
        assert!(error.contains("entry 9"), "{tamper}: {error}");
    }
}

#[test]
fn a_record_is_checked_while_a_server_writes_to_it() {
    let store = Held::new();
    fill(&store, 200);
    wait(store.sign(&key())).unwrap();
    let directory = store.directory().to_owned();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for _ in 0..30 {
                let cases = fill(&store, 20);
                erase(&store, &cases[3]);
                wait(store.sign(&key())).unwrap();
            }
        });
        let mut sizes = Vec::new();
        while !writing.is_finished() {
            sizes.push(check(&directory).unwrap().entries);
            let replayed = yiwang_store::replay(&directory, true, &mut |_| {}).unwrap();
            assert_eq!(replayed.differing, [""; 0]);
        }
        assert!(sizes.is_sorted());
        assert!(sizes.first() < sizes.last(), "{sizes:?}");
    });
}

#[test]
fn a_directory_without_a_record_is_told_apart_from_a_bad_one() {
    let nothing = TempDir::new().unwrap();
    let error = check(nothing.path()).unwrap_err().to_string();
    assert!(error.contains("there is no record in"), "{error}");
    std::fs::write(
        nothing.path().join("record.sqlite"),
        b"not a database at all",
    )
    .unwrap();
    let error = check(nothing.path()).unwrap_err().to_string();
    assert!(error.contains("not a database"), "{error}");
}
