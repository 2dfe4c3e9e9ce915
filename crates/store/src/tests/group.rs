//! Many jobs, one transaction.

use std::sync::Arc;

use rusqlite::types::Value;
use yiwang_cases::{CaseStore, StoreError};

use super::desk::{Held, look};
use crate::{Item, ItemKind};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_appends_at_once_share_a_few_commits() {
    let store = Arc::new(Held::new());
    let before = store.commits();
    let held = store.hold().await;
    let appending: Vec<_> = (0..3000)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.append_one().await })
        })
        .collect();
    // They need a moment to reach the writer; it is held meanwhile.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    drop(held);
    for appended in appending {
        appended.await.unwrap().unwrap();
    }
    let commits = store.commits() - before;
    assert!(
        (3..30).contains(&commits),
        "{commits} commits for 3000 appends"
    );
    assert_eq!(*store.durable().borrow(), 3000);
    assert_eq!(store.checked().await, 3000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_that_a_caller_chose_are_not_given_out_again() {
    let store = Held::new();
    // Whoever fills an empty record counts for itself.
    let other = Held::new();
    let filled: Vec<_> = (0..5).map(|_| other.case()).collect();
    let last = filled.last().unwrap().after.id;
    for outcome in store.append_all(filled).await.unwrap() {
        outcome.unwrap();
    }
    assert!(store.new_case_id() > last);
    store.append_one().await.unwrap();
    assert_eq!(store.checked().await, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_in_a_group_does_not_harm_the_others() {
    let store = Held::new();
    let first = store.case();
    store.append(first.clone()).await.unwrap();
    let before = store.commits();
    let held = store.hold().await;
    let good = (store.append_one(), store.append_one(), store.append_one());
    let bad = (
        store.append(first),
        store.set_items(
            vec![Item::of(ItemKind::Unit, "lights", &1).unwrap()],
            "user:root".into(),
            None,
            yiwang_base::from_millis(0),
        ),
    );
    let ((one, two, three), refused, items, ()) = tokio::join!(
        async { tokio::join!(good.0, good.1, good.2) },
        bad.0,
        bad.1,
        async { drop(held) }
    );
    assert_eq!((one, two, three), (Ok(()), Ok(()), Ok(())));
    assert_eq!(refused, Err(StoreError::Changed { current: 1 }));
    assert_eq!(items, Ok(1));
    assert!(store.commits() - before <= 2);
    assert_eq!(store.checked().await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_sqlite_takes_the_whole_group_back_and_everyone_is_told() {
    let store = Held::new();
    store.append_one().await.unwrap();
    let mut durable = store.durable();
    durable.borrow_and_update();
    let held = store.hold().await;
    let broken = store.writer.run(|transaction| {
        let failed = transaction
            .sql
            .execute("INSERT INTO entry VALUES (0, 0, 0, 0)", []);
        failed.map_err(crate::error::from_sqlite)
    });
    let (before, broken, after, ()) =
        tokio::join!(store.append_one(), broken, store.append_one(), async {
            drop(held)
        });
    for told in [before, broken.map(|_| ()), after] {
        assert!(matches!(told, Err(StoreError::Broken(_))), "{told:?}");
    }
    assert!(!durable.has_changed().unwrap());
    store.append_one().await.unwrap();
    assert_eq!(store.checked().await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_panics_takes_its_group_back_and_the_record_goes_on() {
    let store = Held::new();
    let held = store.hold().await;
    let panics = store
        .writer
        .run::<(), _>(|_| panic!("a mistake, made by this test"));
    let (panicked, neighbour, ()) = tokio::join!(panics, store.append_one(), async { drop(held) });
    assert!(
        matches!(panicked, Err(StoreError::Broken(_))),
        "{panicked:?}"
    );
    assert!(
        matches!(neighbour, Err(StoreError::Broken(_))),
        "{neighbour:?}"
    );
    store.append_one().await.unwrap();
    assert_eq!(store.checked().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_stops_waiting_does_not_stop_the_record() {
    let store = Held::new();
    let held = store.hold().await;
    let id = {
        let change = store.case();
        let id = change.after.id;
        let mut append = Box::pin(store.append(change));
        assert!(look(append.as_mut()).is_none(), "the writer is held");
        id
    };
    drop(held);
    store.append_one().await.unwrap();
    assert!(store.case_there(id).await, "it was given to the writer");
    assert_eq!(store.checked().await, 2);
}

impl Held {
    async fn case_there(&self, id: yiwang_base::CaseId) -> bool {
        CaseStore::case(&**self, id).await.unwrap().is_some()
    }
}

#[tokio::test]
async fn of_many_changes_in_one_job_each_has_its_own_outcome() {
    let store = Held::new();
    let first = store.case();
    let again = first.clone();
    let outcomes = store.append_all(vec![first, again, store.case()]).await;
    let refused = Err(StoreError::Changed { current: 1 });
    assert_eq!(outcomes.unwrap(), [Ok(()), refused, Ok(())]);
    assert_eq!(store.checked().await, 2);
}

#[tokio::test]
async fn an_acknowledgement_waits_for_the_disk_unless_that_was_waived() {
    for (relaxed, synchronous) in [(false, 2), (true, 1)] {
        let directory = tempfile::TempDir::new().unwrap();
        let options = crate::Options {
            relaxed,
            ..crate::Options::default()
        };
        let store = crate::Store::open(directory.path(), options).unwrap();
        let pragma = |name: &'static str| {
            let query = format!("PRAGMA {name}");
            store.writer.run(move |transaction| {
                let value = transaction
                    .sql
                    .query_row(&query, [], |row| row.get::<_, Value>(0));
                value.map_err(crate::error::from_sqlite)
            })
        };
        assert_eq!(
            pragma("synchronous").await.unwrap(),
            Value::Integer(synchronous)
        );
        // What is deleted is overwritten, and no page is moved while committing.
        assert_eq!(pragma("secure_delete").await.unwrap(), Value::Integer(1));
        assert_eq!(
            pragma("wal_autocheckpoint").await.unwrap(),
            Value::Integer(0)
        );
        assert_eq!(
            pragma("journal_mode").await.unwrap(),
            Value::Text("wal".into())
        );
    }
}
