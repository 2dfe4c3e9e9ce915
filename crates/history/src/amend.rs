//! Readings that were put right or taken back after they had been kept.
//!
//! What is kept never changes: an *amendment* lies beside it, in the record that
//! says who made it and why, and every answer honours it. Where a roll-up takes
//! the place of readings, it is made of what they were put right to, and their
//! amendments have done their work.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use yiwang_sensing::{Reading, StreamId};

use crate::batch::Row;
use crate::history::{History, HistoryError, lock, read, write};
use crate::query::{Order, Query, Streams};
use crate::segment::Level;
use crate::span::{Span, SpanPutRight};

/// Most amendments at a time; more are refused.
pub const MOST_AMENDMENTS: usize = 1_000_000;

/// What a reading says, apart from whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// When, milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// The value; none where the result is no number.
    pub value: Option<f64>,
    /// What else is known, as in a batch.
    pub note: Option<Box<str>>,
}

impl Said {
    fn of(row: &Row) -> Said {
        Said {
            at: row.reading.at,
            value: Some(row.reading.value).filter(|value| !value.is_nan()),
            note: row.note.clone(),
        }
    }
}

/// A reading that was put right, or taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// The reading's id.
    pub id: u64,
    /// Its stream.
    pub stream: u64,
    /// What was kept of it.
    pub was: Said,
    /// What holds now; none where it was taken back.
    pub now: Option<Said>,
}

impl Amendment {
    fn row(&self) -> Option<Row> {
        let now = self.now.as_ref()?;
        Some(Row {
            id: self.id,
            reading: Reading {
                stream: StreamId(self.stream),
                at: now.at,
                value: now.value.unwrap_or(f64::NAN),
            },
            note: now.note.clone(),
        })
    }
}

/// Why a reading cannot be amended.
#[derive(Debug, thiserror::Error)]
pub enum AmendError {
    /// There is none of this id, or only a summary is left of it.
    #[error("there is no such reading")]
    NoReading,
    /// It is about to give way to a summary.
    #[error("the reading is being rolled up")]
    Busy,
    /// There are as many as may be.
    #[error("there are {MOST_AMENDMENTS} amendments already")]
    TooMany,
    /// The reading cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// All amendments of readings that are there, by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Amended {
    by_id: BTreeMap<u64, Amendment>,
    streams: HashMap<u64, usize>,
}

impl Amended {
    pub(crate) fn has(&self, id: u64) -> bool {
        !self.by_id.is_empty() && self.by_id.contains_key(&id)
    }

    pub(crate) fn any_in(&self, [first, last]: [u64; 2]) -> bool {
        self.by_id.range(first..=last).next().is_some()
    }

    fn of_stream(&self, stream: u64) -> impl Iterator<Item = &Amendment> {
        let there = self.streams.contains_key(&stream);
        let all = there.then(|| self.by_id.values());
        all.into_iter()
            .flatten()
            .filter(move |amendment| amendment.stream == stream)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The readings that were put right, with ids in this range.
    pub(crate) fn rows(&self, ids: Range<u64>) -> impl Iterator<Item = Row> + '_ {
        let ids = if ids.is_empty() { 0..0 } else { ids };
        let found = self.by_id.range(ids);
        found.filter_map(|(_, amendment)| amendment.row())
    }

    fn insert(&mut self, amendment: Amendment) {
        let stream = amendment.stream;
        if self.by_id.insert(amendment.id, amendment).is_none() {
            *self.streams.entry(stream).or_default() += 1;
        }
    }

    /// Without those of readings that are rolled up.
    pub(crate) fn without(&self, [first, last]: [u64; 2]) -> Amended {
        let mut left = Amended::default();
        let kept = self.by_id.values();
        for amendment in kept.filter(|a| !(first..=last).contains(&a.id)) {
            left.insert(amendment.clone());
        }
        left
    }
}

impl History {
    /// What an amendment would say, for a reading that is there: `now` is what is
    /// to hold. It counts after [`History::amend`].
    ///
    /// # Errors
    /// [`AmendError`].
    pub fn amendment(&self, id: u64, now: Option<Said>) -> Result<Amendment, AmendError> {
        let row = self.row(id)?.ok_or(AmendError::NoReading)?;
        let amended = Arc::clone(&read(&self.shared.readable).amended);
        if lock(&self.shared.rolling).is_some_and(|[first, last]| (first..=last).contains(&id)) {
            return Err(AmendError::Busy);
        }
        if amended.by_id.len() >= MOST_AMENDMENTS {
            return Err(AmendError::TooMany);
        }
        let was = match amended.by_id.get(&id) {
            Some(before) => before.was.clone(),
            None => Said::of(&row),
        };
        Ok(Amendment {
            id,
            stream: row.reading.stream.0,
            was,
            now,
        })
    }

    /// The amendments of readings of these streams.
    pub fn amendments_of(&self, streams: &[StreamId]) -> Vec<Amendment> {
        let amended = Arc::clone(&read(&self.shared.readable).amended);
        let of_each = streams
            .iter()
            .flat_map(|stream| amended.of_stream(stream.0));
        of_each.cloned().collect()
    }

    /// Lets amendments hold, once the record says so. Those of readings of which
    /// only a summary is left are passed over: the summary is made of them.
    pub fn amend(&self, amendments: impl IntoIterator<Item = Amendment>) {
        let mut readable = write(&self.shared.readable);
        let rolled_up: Vec<[u64; 2]> = readable
            .segments
            .iter()
            .filter(|segment| segment.meta.level != Level::Readings)
            .map(|segment| segment.meta.ids)
            .collect();
        let amended = Arc::make_mut(&mut readable.amended);
        for amendment in amendments {
            let gone = |[first, last]: &[u64; 2]| (*first..=*last).contains(&amendment.id);
            if !rolled_up.iter().any(gone) {
                amended.insert(amendment);
            }
        }
    }

    /// The span of a stream some of whose readings were amended.
    pub(crate) fn amended_span(&self, stream: StreamId, mut span: Span) -> Option<Span> {
        let amended = Arc::clone(&read(&self.shared.readable).amended);
        let (mut first_changed, mut last_changed) = (false, false);
        for amendment in amended.of_stream(stream.0) {
            let now = amendment.now.as_ref().map(|now| now.at);
            span.count -= u64::from(now.is_none()).min(span.count);
            first_changed |= amendment.was.at <= span.first_at;
            first_changed |= now.is_some_and(|at| at < span.first_at);
            last_changed |= amendment.id == span.last_id;
            last_changed |=
                now.is_some_and(|at| (at, amendment.id) >= (span.last_at, span.last_id));
        }
        if span.count == 0 {
            return None;
        }
        let one = |order, from| {
            let mut query = Query::of(Streams::one(stream));
            (query.from, query.order, query.limit) = (from, order, Some(1));
            self.rows(query).next()?.ok()
        };
        if first_changed && let Some(first) = one(Order::Earliest, i64::MIN) {
            span.first_at = first.reading.at;
        }
        // Of readings at the latest time the order begins with the one that came
        // first; the span's is the one that came last.
        let last = || one(Order::LastArrival, one(Order::Latest, i64::MIN)?.reading.at);
        if last_changed && let Some(last) = last() {
            (span.last_at, span.last_id) = (last.reading.at, last.id);
            span.last_value = last.reading.value;
        }
        Some(span)
    }

    /// What the amendments of readings that are rolled up leave of the spans of
    /// their streams: each with what it was, how many readings are gone, and what
    /// it is.
    pub(crate) fn spans_put_right(&self, [first, last]: [u64; 2]) -> Vec<SpanPutRight> {
        let amended = Arc::clone(&read(&self.shared.readable).amended);
        let mut gone: BTreeMap<u64, u64> = BTreeMap::new();
        for (_, amendment) in amended.by_id.range(first..=last) {
            let gone = gone.entry(amendment.stream).or_default();
            *gone += u64::from(amendment.now.is_none());
        }
        let put_right = gone.into_iter().filter_map(|(stream, gone)| {
            let before = read(&self.shared.spans).get(StreamId(stream))?;
            Some(SpanPutRight {
                stream,
                gone,
                before,
                after: self.amended_span(StreamId(stream), before),
            })
        });
        put_right.collect()
    }

    /// Whether readings of a stream were amended.
    pub(crate) fn is_amended(&self, stream: StreamId) -> bool {
        let readable = read(&self.shared.readable);
        readable.amended.streams.contains_key(&stream.0)
    }
}
