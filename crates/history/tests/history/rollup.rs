//! Old readings give way to summaries.

use tempfile::TempDir;
use yiwang_history::{AmendError, Bucket, Level, Query, Said, Streams};
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
        let unsettled = history.roll_up(level, 40_000_000, 0).unwrap().unwrap();
        recorded.retain(|meta| !unsettled.meta.replaces.contains(&meta.name));
        recorded.push(unsettled.meta.clone());
        history.settle(unsettled).unwrap();
        assert_eq!(hours().all, before.all, "{level:?}");
        assert!(!hours().coarser_left_out);
    }
    assert!(
        history
            .roll_up(Level::Hour, 40_000_000, 0)
            .unwrap()
            .is_none()
    );
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

#[test]
fn a_roll_up_is_made_of_what_readings_were_put_right_to() {
    let directory = TempDir::new().unwrap();
    let mut recorded = Vec::new();
    let history = open(directory.path(), &[], 10);
    let rows: Vec<_> = (0..20).map(|i| reading(1, i * 1000, 1.0)).collect();
    history.append(batch(rows)).unwrap();
    history.append(batch(vec![])).unwrap();
    history.close_part();
    let said = |at, value| {
        Some(Said {
            at,
            value: Some(value),
            note: None,
        })
    };
    let amend = |id, now| {
        let amendment = history.amendment(id, now).unwrap();
        history.amend([amendment.clone()]);
        amendment
    };
    let amendments = vec![
        amend(3, said(3000, 100.0)),
        amend(19, None),
        amend(0, said(500, 5.0)),
    ];
    seal_all(&history, &mut recorded);
    let minutes = || {
        history
            .summaries(&Streams::All, [0, i64::MAX], Bucket::MINUTE)
            .unwrap()
            .all
    };
    let before = minutes();
    let sum = &before[&(1, 0)];
    assert_eq!((sum.count, sum.max, sum.sum), (19, 100.0, 122.0));
    assert_eq!((sum.first_at, sum.last_at), (500, 18_000));
    let span = history.span(StreamId(1)).unwrap();
    assert_eq!((span.count, span.first_at, span.last_at), (19, 500, 18_000));
    let unsettled = history
        .roll_up(Level::Minute, 1_000_000, 0)
        .unwrap()
        .unwrap();
    // What is on its way into a summary waits; what is in one is no reading any more.
    let busy = history.amendment(5, None);
    assert!(matches!(busy, Err(AmendError::Busy)), "{busy:?}");
    recorded = vec![unsettled.meta.clone()];
    history.settle(unsettled).unwrap();
    assert!(matches!(
        history.amendment(5, None),
        Err(AmendError::NoReading)
    ));
    assert_eq!(minutes(), before);
    assert_eq!(history.span(StreamId(1)), Some(span));
    drop(history);
    let again = open(directory.path(), &recorded, 10);
    again.amend(amendments);
    let found = again.summaries(&Streams::All, [0, i64::MAX], Bucket::MINUTE);
    assert_eq!(found.unwrap().all, before);
    assert_eq!(again.rows(Query::of(Streams::All)).count(), 0);
}

#[test]
fn days_of_the_city_are_answered_when_only_days_are_left() {
    const HOUR: i64 = 3_600_000;
    let directory = TempDir::new().unwrap();
    let history = open(directory.path(), &[], 100);
    let rows: Vec<_> = (0..200)
        .map(|i| reading(1 + i % 2, i.cast_signed() * HOUR, 1.0))
        .collect();
    history.append(batch(rows)).unwrap();
    history.append(batch(vec![])).unwrap();
    history.close_part();
    seal_all(&history, &mut Vec::new());
    let days = Bucket {
        offset_ms: 8 * HOUR,
        ..Bucket::DAY
    };
    let ask = |bucket| {
        history
            .summaries(&Streams::All, [i64::MIN, i64::MAX], bucket)
            .unwrap()
    };
    let before = ask(days).all;
    let all = ask(Bucket::ALL).all;
    assert_eq!(all.len(), 2, "one for each stream");
    for level in [Level::Minute, Level::Hour, Level::Day] {
        let unsettled = history.roll_up(level, i64::MAX, 8 * HOUR).unwrap().unwrap();
        history.settle(unsettled).unwrap();
        let found = ask(days);
        assert_eq!(
            (&found.all, found.coarser_left_out),
            (&before, false),
            "{level:?}"
        );
        assert_eq!(ask(Bucket::ALL).all, all, "{level:?}");
    }
    assert!(
        ask(Bucket::DAY).coarser_left_out,
        "days of UTC are no days of the city"
    );
    // Both streams as one group.
    let times = [i64::MIN, i64::MAX];
    let together = history
        .summaries_by(&Streams::All, times, Bucket::ALL, &|_| 7)
        .unwrap();
    let together: Vec<_> = together
        .all
        .into_iter()
        .map(|((group, _), s)| (group, s.count))
        .collect();
    assert_eq!(together, [(7, 200)]);
}
