//! What SQLite reports when something fails, made to happen in this process.
//! Faults of a real disk are in `tests/faults`.

use std::path::Path;

use yiwang_cases::{CaseFilter, CaseStore, Order, StoreError};

use super::desk::Held;
use crate::error::look_closer;

/// Appends until it fails; returns what failed and how many were written.
async fn until_it_fails(store: &Held) -> (StoreError, u64) {
    for written in 0.. {
        if let Err(error) = store.append_one().await {
            return (error, written);
        }
    }
    unreachable!("it never fails");
}

async fn cases(store: &Held) -> usize {
    let any = CaseFilter::default();
    let page = store.list(&any, Order::Newest, None, usize::MAX).await;
    page.unwrap().cases.len()
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_lost_and_it_goes_on_when_there_is_space() {
    let store = Held::new();
    for _ in 0..20 {
        store.append_one().await.unwrap();
    }
    store
        .on_writer(|sql| {
            let pages: i64 = sql
                .query_row("PRAGMA page_count", [], |row| row.get(0))
                .unwrap();
            let limit = format!("PRAGMA max_page_count = {}", pages + 20);
            sql.query_row(&limit, [], |_| Ok(())).unwrap();
        })
        .await;
    let mut durable = store.durable();
    let (error, written) = until_it_fails(&store).await;
    assert_eq!(error, StoreError::Full);
    assert!(written > 5);
    let acknowledged = 20 + written;
    assert_eq!(*durable.borrow_and_update(), acknowledged);
    // Reading goes on, writing is refused the same way each time.
    assert_eq!(cases(&store).await as u64, acknowledged);
    assert_eq!(
        store.append_all(vec![store.case(); 30]).await,
        Err(StoreError::Full)
    );
    assert!(!durable.has_changed().unwrap());
    assert_eq!(cases(&store).await as u64, acknowledged);
    let released = store.writer.run(|transaction| {
        let limit = "PRAGMA max_page_count = 1000000";
        let set = transaction.sql.query_row(limit, [], |_| Ok(()));
        set.map_err(crate::error::from_sqlite)
    });
    released.await.unwrap();
    store.append_one().await.unwrap();
    assert_eq!(store.checked().await, acknowledged + 1);
    assert_eq!(cases(&store).await as u64, acknowledged + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_fails_is_acknowledged_to_nobody() {
    let store = Held::new();
    store.append_one().await.unwrap();
    let held = store.hold().await;
    // What refers to nothing is found only when the transaction is to be committed.
    let spoil = store.writer.run(|transaction| {
        let spoilt = transaction.sql.execute_batch(
            "CREATE TABLE one (id INTEGER PRIMARY KEY);
             CREATE TABLE two (one REFERENCES one DEFERRABLE INITIALLY DEFERRED);
             INSERT INTO two VALUES (1);",
        );
        spoilt.map_err(crate::error::from_sqlite)
    });
    let (spoilt, first, second, ()) =
        tokio::join!(spoil, store.append_one(), store.append_one(), async {
            drop(held)
        });
    for told in [spoilt, first, second] {
        assert!(matches!(told, Err(StoreError::Broken(_))), "{told:?}");
    }
    assert_eq!(*store.durable().borrow(), 1);
    assert_eq!(cases(&store).await, 1);
    store.append_one().await.unwrap();
    assert_eq!(store.checked().await, 2);
    assert_eq!(cases(&store).await, 2);
}

#[test]
fn what_sqlite_cannot_say_a_look_at_the_disk_can() {
    let broken = || StoreError::Broken("disk I/O error".into());
    let directory = tempfile::TempDir::new().unwrap();
    let file = directory.path().join("record.sqlite-wal");
    // The disk takes writes: nothing more is known.
    assert_eq!(look_closer(&file, broken()), broken());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    // There is such a disk on every Linux: it is always full.
    if Path::new("/dev/full").exists() {
        std::os::unix::fs::symlink("/dev/full", directory.path().join("probe")).unwrap();
        assert_eq!(look_closer(&file, broken()), StoreError::Full);
    }
    // What SQLite did say stays.
    assert_eq!(look_closer(&file, StoreError::Full), StoreError::Full);
}
