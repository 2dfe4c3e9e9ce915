//! Roll-ups: old readings give way to summaries of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::history::{History, HistoryError, lock, read};
use crate::seal::{Unsettled, write_file};
use crate::segment::{Level, Segment, SegmentMeta};
use crate::source::summaries_of;
use crate::summary::Summary;
use crate::table::write_summaries;

/// Most summaries in one roll-up.
const MOST_SUMMARIES: usize = 4_000_000;

impl History {
    /// Makes a roll-up of the oldest segments that are finer than `level` and
    /// all of whose readings are earlier than `before`; `None` where there are
    /// none. Hours and days begin by clocks that are `offset_ms` ahead of UTC, or by
    /// UTC where what it is made of does not add up to that. It counts after
    /// [`History::settle`].
    ///
    /// # Errors
    /// When a segment cannot be read or the file cannot be written: everything
    /// stays then.
    pub fn roll_up(
        &self,
        level: Level,
        before: i64,
        offset_ms: i64,
    ) -> Result<Option<Unsettled>, HistoryError> {
        let (Some(local), Some(utc)) = (level.bucket(offset_ms), level.bucket(0)) else {
            return Ok(None);
        };
        let _turn = lock(&self.sealing);
        let (mut old, amended): (Vec<Arc<Segment>>, _) = {
            let readable = read(&self.shared.readable);
            let segments = readable.segments.iter();
            let old = segments.filter(|s| s.meta.level < level && s.meta.times[1] < before);
            let old: Vec<_> = old.cloned().collect();
            let ids = |end: fn(&Segment) -> u64| old.iter().map(move |segment| end(segment));
            let first = ids(|segment| segment.meta.ids[0]).min();
            let last = ids(|segment| segment.meta.ids[1]).max();
            *lock(&self.shared.rolling) = first.zip(last).map(|(first, last)| [first, last]);
            (old, Arc::clone(&readable.amended))
        };
        let finer = old.iter().filter_map(|segment| segment.meta.bucket());
        let adds_up = finer.into_iter().all(|finer| local.is_made_of(finer));
        let bucket = if adds_up { local } else { utc };
        old.sort_unstable_by_key(|segment| segment.meta.ids);
        let mut sums: BTreeMap<(u64, i64), Summary> = BTreeMap::new();
        let mut taken: Vec<&SegmentMeta> = Vec::new();
        for segment in &old {
            // Ids of a roll-up are one range, with nothing else in it.
            if taken
                .last()
                .is_some_and(|last| last.ids[1] + 1 != segment.meta.ids[0])
            {
                break;
            }
            summaries_of(
                segment,
                &amended,
                None,
                [i64::MIN, i64::MAX],
                &mut |stream, at, summary| {
                    let key = (stream, bucket.start(at));
                    sums.entry(key)
                        .and_modify(|sum| sum.add(&summary))
                        .or_insert(summary);
                    Ok(())
                },
            )?;
            if segment.meta.level == Level::Readings {
                let [first, last] = segment.meta.ids;
                let put_right = amended.rows(first..last + 1).map(|row| row.reading);
                for reading in put_right.filter(|reading| !reading.value.is_nan()) {
                    let key = (reading.stream.0, bucket.start(reading.at));
                    let summary = Summary::of(&reading);
                    sums.entry(key)
                        .and_modify(|sum| sum.add(&summary))
                        .or_insert(summary);
                }
            }
            taken.push(&segment.meta);
            if sums.len() >= MOST_SUMMARIES {
                break;
            }
        }
        let (Some(first), Some(last)) = (taken.first(), taken.last()) else {
            return Ok(None);
        };
        let ids = [first.ids[0], last.ids[1]];
        let rows: Vec<(u64, i64, Summary)> = sums
            .into_iter()
            .map(|((stream, at), summary)| (stream, at, summary))
            .collect();
        let name = format!("{:020}-{:020}-{}.parquet", ids[0], ids[1], level.word());
        let (sha256, bytes) = write_file(&self.directory, &name, |target| {
            write_summaries(target, &rows)
        })?;
        let range = |of: fn(&SegmentMeta) -> [i64; 2]| {
            let all = taken.iter().map(|meta| of(meta));
            all.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])])
                .unwrap_or_default()
        };
        let mut times = range(|meta| meta.times);
        for (_, at, _) in &rows {
            // A reading may have been put right to another time.
            times = [times[0].min(*at), times[1].max(*at)];
        }
        let streams = taken.iter().map(|meta| meta.streams);
        let streams = streams.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])]);
        Ok(Some(Unsettled {
            meta: SegmentMeta {
                name,
                level,
                rows: rows.len() as u64,
                ids,
                streams: streams.unwrap_or_default(),
                times,
                bytes,
                sha256,
                replaces: taken.iter().map(|meta| meta.name.clone()).collect(),
                offset_ms: bucket.offset_ms,
            },
            part: None,
        }))
    }
}
