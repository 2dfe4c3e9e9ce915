//! Whatever is asked, the answer is that of a plain list.

use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;
use yiwang_history::{
    Appended, Bucket, Level, Order, Query, Row, Said, Streams, Summary, check_segment, write_rows,
};
use yiwang_sensing::{Reading, StreamId};

use crate::town::{batch, keyed, open, reading, seal_all, stored};

#[derive(Debug, Clone)]
enum Step {
    Append(Vec<(u64, i64, Option<f64>)>),
    Repeat,
    ClosePart,
    Seal,
    Reopen,
    Amend(prop::sample::Index, Option<(i64, Option<f64>)>),
}

fn step() -> impl Strategy<Value = Step> {
    let row = (
        0..6_u64,
        0..400_i64,
        proptest::option::weighted(0.9, -50.0..50.0),
    );
    prop_oneof![
        6 => proptest::collection::vec(row, 0..40).prop_map(Step::Append),
        1 => Just(Step::Repeat),
        2 => Just(Step::ClosePart),
        2 => Just(Step::Seal),
        1 => Just(Step::Reopen),
        2 => (any::<prop::sample::Index>(), proptest::option::of((0..400_i64, proptest::option::of(-50.0..50.0))))
            .prop_map(|(which, now)| Step::Amend(which, now)),
    ]
}

fn same(found: &[Row], expected: &[Row]) -> bool {
    let same = |(a, b): (&Row, &Row)| {
        let values = a.reading.value.to_bits() == b.reading.value.to_bits();
        (a.id, a.reading.stream, a.reading.at, &a.note)
            == (b.id, b.reading.stream, b.reading.at, &b.note)
            && values
    };
    found.len() == expected.len() && found.iter().zip(expected).all(same)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn answers_are_those_of_a_plain_list(
        steps in proptest::collection::vec(step(), 1..25),
        asked in proptest::collection::btree_set(0..6_u64, 1..4),
        (from, to) in (0..400_i64, 0..400_i64),
        limit in proptest::option::of(0..30_usize),
    ) {
        let directory = TempDir::new().unwrap();
        let mut recorded = Vec::new();
        let mut history = open(directory.path(), &recorded, 100);
        let mut list: Vec<Row> = Vec::new();
        let mut appended = 0;
        let mut amendments = Vec::new();
        let mut seq = 0;
        let mut last = None;
        for step in steps {
            match step {
                Step::Append(rows) => {
                    let first = appended;
                    let mut sent = keyed(Vec::new(), seq);
                    for (position, (stream, at, value)) in (0..).zip(rows) {
                        let reading = reading(stream, at, value.unwrap_or(f64::NAN));
                        let note = value.is_none().then(|| Box::from(r#"{"result":"开"}"#));
                        sent.notes.extend(note.clone().map(|note| (position, note)));
                        sent.readings.push(reading);
                        list.push(Row { id: first + u64::from(position), reading, note });
                    }
                    appended += sent.readings.len() as u64;
                    seq += 1;
                    last = Some((sent.clone(), first));
                    prop_assert_eq!(stored(history.append(sent).unwrap()), first);
                }
                Step::Repeat => {
                    if let Some((sent, first)) = last.clone() {
                        let again = history.append(sent).unwrap();
                        let known = matches!(again, Appended::Repeated(Some(known)) if known == first);
                        prop_assert!(known);
                    }
                }
                Step::ClosePart => history.close_part(),
                Step::Seal => seal_all(&history, &mut recorded),
                Step::Reopen => {
                    drop(history);
                    history = open(directory.path(), &recorded, 100);
                    prop_assert_eq!(history.found(), &yiwang_history::Found::default());
                    history.amend(amendments.clone());
                }
                Step::Amend(..) if list.is_empty() => {}
                Step::Amend(which, now) => {
                    let place = which.index(list.len());
                    let row = &mut list[place];
                    let said = now.map(|(at, value)| Said { at, value, note: None });
                    let amendment = history.amendment(row.id, said).unwrap();
                    history.amend([amendment.clone()]);
                    amendments.push(amendment);
                    match now {
                        Some((at, value)) => {
                            row.reading.at = at;
                            row.reading.value = value.unwrap_or(f64::NAN);
                            row.note = None;
                        }
                        None => drop(list.remove(place)),
                    }
                }
            }
        }
        prop_assert_eq!(history.next_id(), appended);
        for order in [Order::Earliest, Order::Latest, Order::Arrival, Order::LastArrival] {
            let mut query = Query::of(Streams::these(asked.iter().copied().map(StreamId)));
            (query.from, query.to, query.order, query.limit) = (from, to, order, limit);
            let matching = list.iter().filter(|row| {
                asked.contains(&row.reading.stream.0) && (from..to).contains(&row.reading.at)
            });
            let mut expected: Vec<Row> = matching.cloned().collect();
            prop_assert_eq!(history.count(&query).unwrap(), expected.len() as u64);
            match order {
                Order::Earliest => expected.sort_by_key(|row| (row.reading.at, row.id)),
                Order::Latest => expected.sort_by_key(|row| (-row.reading.at, row.id)),
                Order::Arrival => {}
                Order::LastArrival => expected.reverse(),
            }
            expected.truncate(limit.unwrap_or(usize::MAX));
            let found: Vec<Row> = history.rows(query).map(Result::unwrap).collect();
            prop_assert!(same(&found, &expected), "{order:?}: {found:?} {expected:?}");
        }
        for stream in 0..6 {
            let own: Vec<&Row> = list.iter().filter(|row| row.reading.stream.0 == stream).collect();
            let span = history.span(StreamId(stream));
            prop_assert_eq!(span.map_or(0, |span| span.count), own.len() as u64);
            let latest = own.iter().max_by_key(|row| (row.reading.at, row.id));
            prop_assert_eq!(span.map(|span| (span.last_at, span.last_id)), latest.map(|row| (row.reading.at, row.id)));
            let numbers: Vec<Reading> = history.readings(StreamId(stream), from, to).map(Result::unwrap).collect();
            let expected = own.iter().filter(|row| (from..to).contains(&row.reading.at) && !row.reading.value.is_nan());
            prop_assert_eq!(numbers.len(), expected.count());
        }
        let bucket = Bucket { width_ms: 60, offset_ms: 7 };
        let summaries = history.summaries(&Streams::All, [from, to], bucket).unwrap();
        let mut expected = std::collections::BTreeMap::new();
        for row in &list {
            let reading = &row.reading;
            if (from..to).contains(&reading.at) && !reading.value.is_nan() {
                expected.entry((reading.stream.0, bucket.start(reading.at)))
                    .or_insert_with(Vec::new).push(reading.value);
            }
        }
        prop_assert_eq!(summaries.all.len(), expected.len());
        for (key, values) in expected {
            let found: &Summary = &summaries.all[&key];
            prop_assert_eq!(found.count, values.len() as u64);
            prop_assert_eq!(found.min, values.iter().copied().fold(f64::MAX, f64::min));
            prop_assert_eq!(found.max, values.iter().copied().fold(f64::MIN, f64::max));
        }
        for row in list.iter().step_by(7) {
            let found = history.row(row.id).unwrap().unwrap();
            prop_assert!(same(&[found], std::slice::from_ref(row)));
        }
    }
}

#[test]
fn of_readings_at_the_latest_time_the_span_names_the_one_that_came_last() {
    let directory = TempDir::new().unwrap();
    let history = open(directory.path(), &[], 1000);
    let rows = [5, 9, 9, 10].map(|at| reading(1, at, 0.5));
    history.append(batch(rows.to_vec())).unwrap();
    let taken_back = history.amendment(3, None).unwrap();
    history.amend([taken_back]);
    let span = history.span(StreamId(1)).unwrap();
    assert_eq!((span.count, span.last_at, span.last_id), (3, 9, 2));
}

#[test]
fn a_segment_holds_what_the_record_says_and_a_changed_byte_is_found() {
    let directory = TempDir::new().unwrap();
    let mut recorded = Vec::new();
    let history = open(directory.path(), &recorded, 50);
    let rows = (0..120).map(|i| reading(i % 7, i64::try_from(i).unwrap() * 1000, 0.5));
    for chunk in rows.collect::<Vec<_>>().chunks(30) {
        history.append(batch(chunk.to_vec())).unwrap();
    }
    assert!(history.wait_for_part(Duration::from_secs(1)));
    seal_all(&history, &mut recorded);
    assert_eq!(recorded.len(), 2);
    let first = &recorded[0];
    assert_eq!(
        (first.rows, first.ids, first.streams),
        (60, [0, 59], [0, 6])
    );
    assert_eq!((first.level, first.times), (Level::Readings, [0, 59_000]));
    assert_eq!(check_segment(directory.path(), first), None);
    let path = directory.path().join("segments").join(&first.name);
    let mut bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes.len() as u64, first.bytes);
    bytes[100] ^= 1;
    std::fs::write(path, bytes).unwrap();
    assert!(check_segment(directory.path(), first).is_some());
}

#[test]
fn rows_go_out_as_a_parquet_file() {
    let directory = TempDir::new().unwrap();
    let history = open(directory.path(), &[], 1000);
    history
        .append(batch(vec![reading(3, 5, 1.5), reading(4, 6, f64::NAN)]))
        .unwrap();
    let file = write_rows(Vec::new(), history.rows(Query::of(Streams::All))).unwrap();
    assert!(file.starts_with(b"PAR1") && file.ends_with(b"PAR1"));
}
