//! Finding readings again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::ops::Range;
use std::sync::Arc;

use yiwang_sensing::{Reading, StreamId};

use crate::amend::Amended;
use crate::batch::Row;
use crate::history::{History, HistoryError, read};
use crate::segment::Level;
use crate::source::{Source, summaries_of};
use crate::summary::{Bucket, Summary};

/// Which streams a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Streams {
    /// All of them.
    All,
    /// These, ascending.
    These(Arc<[u64]>),
}

impl Streams {
    /// One stream.
    pub fn one(stream: StreamId) -> Streams {
        Streams::These(Arc::new([stream.0]))
    }

    /// These streams, in any order.
    pub fn these(streams: impl IntoIterator<Item = StreamId>) -> Streams {
        let mut streams: Vec<u64> = streams.into_iter().map(|stream| stream.0).collect();
        streams.sort_unstable();
        streams.dedup();
        Streams::These(streams.into())
    }

    pub(crate) fn contains(&self, stream: u64) -> bool {
        match self {
            Streams::All => true,
            Streams::These(streams) => streams.binary_search(&stream).is_ok(),
        }
    }

    pub(crate) fn any_between(&self, [low, high]: [u64; 2]) -> bool {
        match self {
            Streams::All => true,
            Streams::These(streams) => {
                let from = streams.partition_point(|stream| *stream < low);
                streams.get(from).is_some_and(|stream| *stream <= high)
            }
        }
    }
}

/// In which order readings come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The earliest first; of the same time, as they arrived.
    Earliest,
    /// The latest first.
    Latest,
    /// As they arrived.
    Arrival,
    /// The last to arrive first.
    LastArrival,
}

impl Order {
    pub(crate) fn by_id(self) -> bool {
        matches!(self, Order::Arrival | Order::LastArrival)
    }

    pub(crate) fn backwards(self) -> bool {
        matches!(self, Order::Latest | Order::LastArrival)
    }

    /// By what rows are sorted; `!` turns the order round without overflow.
    pub(crate) fn key(self, at: i64, id: u64) -> i64 {
        match self {
            Order::Earliest => at,
            Order::Latest => !at,
            Order::Arrival => id.cast_signed(),
            Order::LastArrival => !id.cast_signed(),
        }
    }
}

/// A question for readings.
#[derive(Debug, Clone)]
pub struct Query {
    /// Of which streams.
    pub streams: Streams,
    /// Not earlier than this, milliseconds since 1970-01-01 UTC.
    pub from: i64,
    /// Earlier than this.
    pub to: i64,
    /// With these ids.
    pub ids: Range<u64>,
    /// In which order.
    pub order: Order,
    /// At most so many.
    pub limit: Option<usize>,
    /// What readings were amended when it was asked.
    pub(crate) amended: Arc<Amended>,
}

impl Query {
    /// All readings of these streams, the earliest first.
    pub fn of(streams: Streams) -> Query {
        Query {
            streams,
            from: i64::MIN,
            to: i64::MAX,
            ids: 0..u64::MAX,
            order: Order::Earliest,
            limit: None,
            amended: Arc::default(),
        }
    }

    /// Whether a row as it was kept is asked for; one that was amended is not.
    pub(crate) fn matches(&self, stream: u64, at: i64, id: u64) -> bool {
        self.asks_for(stream, at, id) && !self.amended.has(id)
    }

    pub(crate) fn asks_for(&self, stream: u64, at: i64, id: u64) -> bool {
        at >= self.from && at < self.to && self.ids.contains(&id) && self.streams.contains(stream)
    }
}

/// The readings of an answer, read as they are taken.
pub struct Rows {
    query: Query,
    /// Not read yet: the one with the smallest bound last.
    closed: Vec<(i64, Source)>,
    open: Vec<std::vec::IntoIter<Row>>,
    /// The next row of each that is open, by its key and id.
    next: BinaryHeap<Reverse<(i64, u64, usize)>>,
    heads: Vec<Option<Row>>,
    left: usize,
}

impl Rows {
    fn open_next(&mut self, source: &Source) -> Result<(), HistoryError> {
        let mut rows = source.rows(&self.query)?.into_iter();
        if let Some(head) = rows.next() {
            let key = self.query.order.key(head.reading.at, head.id);
            self.next.push(Reverse((key, head.id, self.open.len())));
            self.heads.push(Some(head));
            self.open.push(rows);
        }
        Ok(())
    }
}

impl Iterator for Rows {
    type Item = Result<Row, HistoryError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        loop {
            let key = self.next.peek().map(|Reverse((key, ..))| *key);
            let due = self
                .closed
                .pop_if(|(bound, _)| key.is_none_or(|key| *bound <= key));
            let Some((_, source)) = due else { break };
            if let Err(error) = self.open_next(&source) {
                self.left = 0;
                return Some(Err(error));
            }
        }
        let Reverse((_, _, source)) = self.next.pop()?;
        let row = self.heads[source].take()?;
        if let Some(head) = self.open[source].next() {
            let key = self.query.order.key(head.reading.at, head.id);
            self.next.push(Reverse((key, head.id, source)));
            self.heads[source] = Some(head);
        }
        self.left -= 1;
        Some(Ok(row))
    }
}

/// Most summaries in an answer.
const MOST_SUMMARIES: usize = 1_000_000;

/// Summaries by stream and begin of their bucket.
#[derive(Debug, Default)]
pub struct Summaries {
    /// The summaries.
    pub all: BTreeMap<(u64, i64), Summary>,
    /// Whether older readings were left out, because only longer buckets, or
    /// ones that begin at other times, are left of them.
    pub coarser_left_out: bool,
}

impl History {
    /// Readings of one stream with `from_ms <= at < to_ms`, the earliest first:
    /// what a rule or a detector is tried on. Readings whose result is no number
    /// are left out, and so are those of which only summaries are left.
    pub fn readings(
        &self,
        stream: StreamId,
        from_ms: i64,
        to_ms: i64,
    ) -> impl Iterator<Item = Result<Reading, HistoryError>> + use<> {
        let mut query = Query::of(Streams::one(stream));
        (query.from, query.to) = (from_ms, to_ms);
        let rows = self.rows(query).map(|row| row.map(|row| row.reading));
        rows.filter(|reading| !matches!(reading, Ok(reading) if reading.value.is_nan()))
    }

    /// The readings that a query asks for, as of now. A reading of which only a
    /// summary is left is not found.
    pub fn rows(&self, mut query: Query) -> Rows {
        let (chunks, segments) = {
            let readable = read(&self.shared.readable);
            query.amended = Arc::clone(&readable.amended);
            let chunks = readable.parts.iter().flat_map(|part| &part.chunks);
            let chunks: Vec<Source> = chunks.cloned().map(Source::Chunk).collect();
            let segments = readable.segments.iter();
            let segments = segments.filter(|segment| segment.meta.level == Level::Readings);
            let segments: Vec<Source> = segments.cloned().map(Source::Segment).collect();
            (chunks, segments)
        };
        let amended = Some(Source::Amended).filter(|_| !query.amended.is_empty());
        let sources = chunks.into_iter().chain(segments).chain(amended);
        let bounded = sources.filter_map(|source| Some((source.bound(&query)?, source)));
        let mut closed: Vec<(i64, Source)> = bounded.collect();
        closed.sort_by_key(|(bound, _)| Reverse(*bound));
        Rows {
            left: query.limit.unwrap_or(usize::MAX),
            query,
            closed,
            open: Vec::new(),
            next: BinaryHeap::new(),
            heads: Vec::new(),
        }
    }

    /// One reading by its id.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn row(&self, id: u64) -> Result<Option<Row>, HistoryError> {
        let mut query = Query::of(Streams::All);
        query.ids = id..id.saturating_add(1);
        self.rows(query).next().transpose()
    }

    /// How many readings a query asks for, whatever its limit.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn count(&self, query: &Query) -> Result<u64, HistoryError> {
        let rolled_up = {
            let readable = read(&self.shared.readable);
            let mut segments = readable.segments.iter();
            segments.any(|segment| segment.meta.level != Level::Readings)
        };
        if let Streams::These(streams) = &query.streams
            && !rolled_up
            && (query.from, query.to, &query.ids) == (i64::MIN, i64::MAX, &(0..u64::MAX))
        {
            let spans = streams
                .iter()
                .filter_map(|stream| self.span(StreamId(*stream)));
            return Ok(spans.map(|span| span.count).sum());
        }
        let all = Query {
            limit: None,
            ..query.clone()
        };
        let rows = self.rows(all);
        let mut count = 0;
        for (_, source) in rows.closed {
            count += source.count(&rows.query)?;
        }
        Ok(count)
    }

    /// Summaries of the numbers that streams had within `from <= at < to`.
    ///
    /// # Errors
    /// When a segment cannot be read, or there are too many summaries.
    pub fn summaries(
        &self,
        streams: &Streams,
        times: [i64; 2],
        bucket: Bucket,
    ) -> Result<Summaries, HistoryError> {
        self.summaries_by(streams, times, bucket, &|stream| stream)
    }

    /// The same of groups of streams: `group` says which one a stream is in, and
    /// stands in the answer instead of it.
    ///
    /// # Errors
    /// As for [`History::summaries`].
    pub fn summaries_by(
        &self,
        streams: &Streams,
        [from, to]: [i64; 2],
        bucket: Bucket,
        group: &dyn Fn(u64) -> u64,
    ) -> Result<Summaries, HistoryError> {
        let (chunks, segments, amended) = {
            let readable = read(&self.shared.readable);
            let chunks = readable.parts.iter().flat_map(|part| part.chunks.clone());
            let chunks: Vec<_> = chunks.collect();
            let amended = Arc::clone(&readable.amended);
            (chunks, readable.segments.clone(), amended)
        };
        let mut summaries = Summaries::default();
        let all = &mut summaries.all;
        let mut add = |stream, at, summary: Summary| {
            all.entry((group(stream), bucket.start(at)))
                .and_modify(|sum| sum.add(&summary))
                .or_insert(summary);
            if all.len() > MOST_SUMMARIES {
                return Err(HistoryError::TooMany(MOST_SUMMARIES));
            }
            Ok(())
        };
        let mut left_out = false;
        for segment in &segments {
            let finer = segment.meta.bucket();
            if finer.is_some_and(|finer| !bucket.is_made_of(finer)) {
                let [first, last] = segment.meta.times;
                left_out |= first < to && last >= from;
                continue;
            }
            summaries_of(segment, &amended, Some(streams), [from, to], &mut add)?;
        }
        let kept = chunks
            .iter()
            .flat_map(|chunk| (chunk.first..).zip(&chunk.readings))
            .filter(|(id, _)| !amended.has(*id))
            .map(|(_, reading)| *reading);
        let put_right = amended.rows(0..u64::MAX).map(|row| row.reading);
        for reading in kept.chain(put_right) {
            let within = reading.at >= from && reading.at < to;
            if within && !reading.value.is_nan() && streams.contains(reading.stream.0) {
                add(reading.stream.0, reading.at, Summary::of(&reading))?;
            }
        }
        summaries.coarser_left_out = left_out;
        Ok(summaries)
    }
}
