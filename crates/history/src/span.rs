//! What is known of each stream without looking: how many readings, from when
//! to when, and the latest.

use std::collections::HashMap;

use yiwang_sensing::{Reading, StreamId};

use crate::frame::Take;
use crate::summary::Summary;

/// All readings of a stream in a few numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// How many there ever were.
    pub count: u64,
    /// The earliest, milliseconds since 1970-01-01 UTC.
    pub first_at: i64,
    /// The latest.
    pub last_at: i64,
    /// The value of the latest; of two at the same time the one that came later.
    pub last_value: f64,
    /// The id of the latest.
    pub last_id: u64,
}

/// A span that amendments change for good, since their readings are rolled up.
pub(crate) struct SpanPutRight {
    pub(crate) stream: u64,
    /// How many readings were taken back.
    pub(crate) gone: u64,
    pub(crate) before: Span,
    pub(crate) after: Option<Span>,
}

const NONE: Span = Span {
    count: 0,
    first_at: i64::MAX,
    last_at: i64::MIN,
    last_value: f64::NAN,
    last_id: 0,
};

/// Streams with smaller numbers have a place in the array.
const DENSE: u64 = 1 << 24;

/// The spans of all streams up to some row.
#[derive(Default)]
pub(crate) struct Spans {
    /// Rows before this are in.
    pub(crate) rows: u64,
    dense: Vec<Span>,
    sparse: HashMap<u64, Span>,
}

impl Spans {
    pub(crate) fn get(&self, stream: StreamId) -> Option<Span> {
        let found = usize::try_from(stream.0)
            .ok()
            .and_then(|index| self.dense.get(index))
            .or_else(|| self.sparse.get(&stream.0));
        found.filter(|span| span.count > 0).copied()
    }

    fn slot(&mut self, stream: u64) -> &mut Span {
        if stream >= DENSE {
            return self.sparse.entry(stream).or_insert(NONE);
        }
        let index = stream as usize;
        if index >= self.dense.len() {
            self.dense.resize((index + 1).next_power_of_two(), NONE);
        }
        &mut self.dense[index]
    }

    /// Adds a reading; which rows are in is up to the caller to say.
    pub(crate) fn add(&mut self, id: u64, reading: &Reading) {
        let span = self.slot(reading.stream.0);
        span.count += 1;
        span.first_at = span.first_at.min(reading.at);
        if (reading.at, id) >= (span.last_at, span.last_id) {
            span.last_at = reading.at;
            span.last_value = reading.value;
            span.last_id = id;
        }
    }

    /// Adds readings of which only a summary is left.
    pub(crate) fn add_summary(&mut self, id: u64, stream: u64, summary: &Summary) {
        let span = self.slot(stream);
        span.count += summary.count;
        span.first_at = span.first_at.min(summary.first_at);
        if (summary.last_at, id) >= (span.last_at, span.last_id) {
            span.last_at = summary.last_at;
            span.last_value = summary.last;
            span.last_id = id;
        }
    }

    /// Takes over what amendments made of spans, where they are still as they were.
    pub(crate) fn put_right(&mut self, spans: &[SpanPutRight]) {
        for put_right in spans {
            let SpanPutRight {
                stream,
                gone,
                before,
                after,
            } = put_right;
            let span = self.slot(*stream);
            span.count = span.count.saturating_sub(*gone);
            let Some(after) = after else { continue };
            if span.first_at == before.first_at {
                span.first_at = after.first_at;
            }
            if span.last_id == before.last_id {
                (span.last_at, span.last_id) = (after.last_at, after.last_id);
                span.last_value = after.last_value;
            }
        }
    }

    /// The spans as bytes, with a checksum.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let dense = (0..).zip(&self.dense);
        let all = dense.chain(self.sparse.iter().map(|(stream, span)| (*stream, span)));
        let mut bytes = self.rows.to_le_bytes().to_vec();
        for (stream, span) in all.filter(|(_, span)| span.count > 0) {
            for number in [
                stream,
                span.count,
                span.first_at.cast_unsigned(),
                span.last_at.cast_unsigned(),
                span.last_value.to_bits(),
                span.last_id,
            ] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
        let crc = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// `None` where the bytes are not whole: then they are counted again.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Spans> {
        let (body, crc) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
        if crc32fast::hash(body) != u32::from_le_bytes(crc.try_into().ok()?) {
            return None;
        }
        let mut take = Take(body);
        let mut spans = Spans {
            rows: take.u64()?,
            ..Spans::default()
        };
        while !take.0.is_empty() {
            let stream = take.u64()?;
            *spans.slot(stream) = Span {
                count: take.u64()?,
                first_at: take.u64()?.cast_signed(),
                last_at: take.u64()?.cast_signed(),
                last_value: f64::from_bits(take.u64()?),
                last_id: take.u64()?,
            };
        }
        Some(spans)
    }
}
