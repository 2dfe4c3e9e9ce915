//! How many readings are kept in a second, durably, while parts are sealed:
//! `cargo test --release -p yiwang-history --test history -- --ignored --nocapture rate`

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use yiwang_history::{Bucket, History, Options, Order, Query, Streams};
use yiwang_sensing::StreamId;

use crate::town::{batch, reading};

const BATCH: u64 = 10_000;
const STREAMS: u64 = 20_000;

#[test]
#[ignore = "measures, and takes ten seconds"]
fn rate() {
    let directory = TempDir::new().unwrap();
    let history = History::open(directory.path(), &[], Options::default()).unwrap();
    let history = Arc::new(history);
    let stop = Arc::new(AtomicBool::new(false));
    let sealing = {
        let (history, stop) = (Arc::clone(&history), Arc::clone(&stop));
        std::thread::spawn(move || {
            let (mut bytes, mut rows) = (0, 0);
            while !stop.load(Ordering::Relaxed) {
                history.wait_for_part(Duration::from_millis(20));
                while let Some(unsettled) = history.seal().unwrap() {
                    bytes += unsettled.meta.bytes;
                    rows += unsettled.meta.rows;
                    history.settle(unsettled).unwrap();
                }
            }
            (bytes, rows)
        })
    };
    let begun = Instant::now();
    let until = begun + Duration::from_secs(10);
    let senders: Vec<_> = (0..4_u64)
        .map(|sender| {
            let history = Arc::clone(&history);
            std::thread::spawn(move || {
                let (mut kept, mut n) = (0, sender);
                while Instant::now() < until {
                    let rows = (0..BATCH).map(|i| {
                        let count = n * BATCH + i;
                        let round = count / STREAMS;
                        let value = ((count % STREAMS * 7 + round * 3) % 1000) as f64 / 10.0;
                        reading(1 + count % STREAMS, round as i64 * 1000, value)
                    });
                    history.append(batch(rows.collect())).unwrap();
                    kept += BATCH;
                    n += 4;
                }
                kept
            })
        })
        .collect();
    let kept: u64 = senders.into_iter().map(|s| s.join().unwrap()).sum();
    let seconds = begun.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    let (bytes, rows) = sealing.join().unwrap();
    assert_eq!(history.next_id(), kept);
    println!(
        "{:.0} readings/s durable in batches of {BATCH}",
        kept as f64 / seconds
    );
    println!(
        "{:.2} bytes a reading in {rows} sealed",
        bytes as f64 / rows.max(1) as f64
    );
    let asked = |name: &str, ask: &dyn Fn() -> u64| {
        let begun = Instant::now();
        let found = ask();
        println!(
            "{name}: {found} in {:.1} ms",
            begun.elapsed().as_secs_f64() * 1000.0
        );
    };
    let mut latest = Query::of(Streams::one(StreamId(77)));
    (latest.order, latest.limit) = (Order::Latest, Some(1));
    asked("latest of one stream", &|| {
        history.rows(latest.clone()).count() as u64
    });
    let one = Query::of(Streams::one(StreamId(78)));
    asked("all of one stream", &|| {
        history.rows(one.clone()).count() as u64
    });
    let streams = Streams::these((1..=100).map(StreamId));
    let hours = || {
        history
            .summaries(&streams, [0, i64::MAX], Bucket::HOUR)
            .unwrap()
    };
    asked("hours of 100 streams", &|| hours().all.len() as u64);
    let all = || {
        history
            .summaries(&Streams::All, [0, i64::MAX], Bucket::DAY)
            .unwrap()
    };
    asked("days of all streams", &|| all().all.len() as u64);
}
