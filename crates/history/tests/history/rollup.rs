//! Old readings give way to summaries.

use tempfile::TempDir;
use yiwang_history::{Bucket, Level, Query, Streams};
use yiwang_sensing::StreamId;

use crate::town::{batch, open, reading, seal_all};

#[test]
fn what_is_rolled_up_answers_as_the_readings_did() {
    let directory = TempDir::new().unwrap();
    let mut recorded = Vec::new();
    let history = open(directory.path(), &[], 500);
    let rows: Vec<_> = (0..3000_i64)
        .map(|i| reading(i.unsigned_abs() % 3, i * 20_000, (i % 17) as f64))
        .collect();
    rows.chunks(100).for_each(|rows| {
        history.append(batch(rows.to_vec())).unwrap();
    });
    history.append(batch(vec![])).unwrap();
    seal_all(&history, &mut recorded);
    let hours = || {
        history
            .summaries(&Streams::All, [0, i64::MAX], Bucket::HOUR)
            .unwrap()
    };
    let before = hours();
    for level in [Level::Minute, Level::Hour] {
        let unsettled = history.roll_up(level, 40_000_000).unwrap().unwrap();
        recorded.retain(|meta| !unsettled.meta.replaces.contains(&meta.name));
        recorded.push(unsettled.meta.clone());
        history.settle(unsettled).unwrap();
        assert_eq!(hours().all, before.all, "{level:?}");
        assert!(!hours().coarser_left_out);
    }
    assert!(history.roll_up(Level::Hour, 40_000_000).unwrap().is_none());
    let minutes = history
        .summaries(&Streams::All, [0, i64::MAX], Bucket::MINUTE)
        .unwrap();
    assert!(minutes.coarser_left_out);
    let left = history.rows(Query::of(Streams::All)).count();
    let one = Query::of(Streams::one(StreamId(2)));
    let found = history.rows(one.clone()).count() as u64;
    assert_eq!(history.count(&one).unwrap(), found);
    assert_eq!(left, 1000, "of the first 2000 only summaries are left");
    let span = history.span(StreamId(2)).unwrap();
    drop(history);
    let again = open(directory.path(), &recorded, 500);
    assert_eq!(again.span(StreamId(2)), Some(span));
    assert_eq!(
        again
            .summaries(&Streams::All, [0, i64::MAX], Bucket::HOUR)
            .unwrap()
            .all,
        before.all
    );
    assert_eq!(again.next_id(), 3000);
}
