//! Frames of the log: a header with a checksum, then a payload with another.
//!
//! Little-endian. Header, 24 bytes: `YWR1`, length of the payload (u32), row
//! number of the first reading (u64), CRC-32 of the payload, CRC-32 of the
//! header before it. Payload: kind (0 batch, 1 keys), then for a batch the key
//! (length of the source u8, source, seq u64; length 0: none), number of
//! readings (u32), number of notes (u32), readings of 24 bytes (stream, time,
//! value), notes (position u32, length u32, text).

use yiwang_sensing::{Reading, StreamId};

use crate::batch::{Batch, BatchKey, MOST_BYTES};

pub(crate) const HEADER: usize = 24;
const MAGIC: [u8; 4] = *b"YWR1";
const BATCH: u8 = 0;
const KEYS: u8 = 1;
const READING: usize = 24;

/// What a frame holds.
#[derive(Debug, PartialEq)]
pub(crate) enum Payload {
    Batch(Batch),
    /// What the keys remember, in their own form.
    Keys(Vec<u8>),
}

/// A payload with its checksum, waiting for its row number.
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    crc: u32,
}

impl Encoded {
    fn new(bytes: Vec<u8>) -> Encoded {
        let crc = crc32fast::hash(&bytes);
        Encoded { bytes, crc }
    }

    /// The header, once it is known where the first reading stands.
    pub(crate) fn header(&self, first: u64) -> [u8; HEADER] {
        let mut header = [0; HEADER];
        header[..4].copy_from_slice(&MAGIC);
        header[4..8].copy_from_slice(&(self.bytes.len() as u32).to_le_bytes());
        header[8..16].copy_from_slice(&first.to_le_bytes());
        header[16..20].copy_from_slice(&self.crc.to_le_bytes());
        let crc = crc32fast::hash(&header[..20]);
        header[20..].copy_from_slice(&crc.to_le_bytes());
        header
    }
}

/// The payload of a batch; `None` where its parts are too long for a frame.
pub(crate) fn encode_batch(batch: &Batch) -> Option<Encoded> {
    let source = batch.key.as_ref().map_or("", |key| &key.source);
    let notes: usize = batch.notes.iter().map(|(_, note)| 8 + note.len()).sum();
    let size = 18 + source.len() + batch.readings.len() * READING + notes;
    if size > MOST_BYTES {
        return None;
    }
    let mut bytes = Vec::with_capacity(size);
    bytes.push(BATCH);
    bytes.push(u8::try_from(source.len()).ok()?);
    bytes.extend_from_slice(source.as_bytes());
    if let Some(key) = &batch.key {
        bytes.extend_from_slice(&key.seq.to_le_bytes());
    }
    bytes.extend_from_slice(&(batch.readings.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&(batch.notes.len() as u32).to_le_bytes());
    for reading in &batch.readings {
        let mut row = [0; READING];
        row[..8].copy_from_slice(&reading.stream.0.to_le_bytes());
        row[8..16].copy_from_slice(&reading.at.to_le_bytes());
        row[16..].copy_from_slice(&reading.value.to_le_bytes());
        bytes.extend_from_slice(&row);
    }
    for (position, note) in &batch.notes {
        bytes.extend_from_slice(&position.to_le_bytes());
        bytes.extend_from_slice(&(note.len() as u32).to_le_bytes());
        bytes.extend_from_slice(note.as_bytes());
    }
    Some(Encoded::new(bytes))
}

/// The payload that carries over what keys remember.
pub(crate) fn encode_keys(keys: &[u8]) -> Encoded {
    let mut bytes = Vec::with_capacity(1 + keys.len());
    bytes.push(KEYS);
    bytes.extend_from_slice(keys);
    Encoded::new(bytes)
}

/// A header that is whole.
pub(crate) struct Header {
    pub(crate) length: usize,
    pub(crate) first: u64,
    crc: u32,
}

/// Reads a header; `None` where it is none or was cut off.
pub(crate) fn read_header(bytes: &[u8]) -> Option<Header> {
    let header = bytes.get(..HEADER)?;
    let u32_at = |at: usize| Some(u32::from_le_bytes(header.get(at..at + 4)?.try_into().ok()?));
    let whole = header.starts_with(&MAGIC) && u32_at(20)? == crc32fast::hash(&header[..20]);
    let length = u32_at(4)? as usize;
    // The keys of many sources may be longer than a batch may be.
    whole.then_some(Header {
        length,
        first: u64::from_le_bytes(header.get(8..16)?.try_into().ok()?),
        crc: u32_at(16)?,
    })
}

/// Reads the payload of a header; `None` where it is not whole.
pub(crate) fn read_payload(header: &Header, payload: &[u8]) -> Option<Payload> {
    if crc32fast::hash(payload) != header.crc {
        return None;
    }
    let mut take = Take(payload);
    match take.u8()? {
        BATCH => {
            let source = take.bytes_of_length_u8()?;
            let key = if source.is_empty() {
                None
            } else {
                Some(BatchKey {
                    source: std::str::from_utf8(source).ok()?.to_owned(),
                    seq: take.u64()?,
                })
            };
            let (rows, count) = (take.u32()?, take.u32()?);
            let rows = take.bytes((rows as usize).checked_mul(READING)?)?;
            let readings = rows.chunks_exact(READING).map(|row| {
                let mut row = Take(row);
                Some(Reading {
                    stream: StreamId(row.u64()?),
                    at: row.u64()?.cast_signed(),
                    value: f64::from_bits(row.u64()?),
                })
            });
            let readings = readings.collect::<Option<Vec<_>>>()?;
            let mut notes = Vec::new();
            for _ in 0..count {
                let (position, length) = (take.u32()?, take.u32()?);
                let note = std::str::from_utf8(take.bytes(length as usize)?).ok()?;
                notes.push((position, note.into()));
            }
            take.0.is_empty().then_some(Payload::Batch(Batch {
                readings,
                notes,
                key,
            }))
        }
        KEYS => Some(Payload::Keys(take.0.to_vec())),
        _ => None,
    }
}

/// Takes values off the front of bytes.
pub(crate) struct Take<'a>(pub(crate) &'a [u8]);

impl<'a> Take<'a> {
    pub(crate) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        Some(self.bytes(1)?[0])
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(4)?.try_into().ok()?))
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.bytes(8)?.try_into().ok()?))
    }

    pub(crate) fn bytes_of_length_u8(&mut self) -> Option<&'a [u8]> {
        let length = self.u8()?;
        self.bytes(length as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn batch() -> impl Strategy<Value = Batch> {
        let reading =
            (any::<u64>(), any::<i64>(), -1e9..1e9f64).prop_map(|(s, at, value)| Reading {
                stream: StreamId(s),
                at,
                value,
            });
        let key = proptest::option::of(("[a-z]{1,9}", any::<u64>()));
        (
            proptest::collection::vec(reading, 0..50),
            proptest::collection::vec(".{0,9}", 0..5),
            key,
        )
            .prop_map(|(readings, notes, key)| Batch {
                readings,
                notes: (0..).zip(notes.into_iter().map(Box::from)).collect(),
                key: key.map(|(source, seq)| BatchKey { source, seq }),
            })
    }

    proptest! {
        #[test]
        fn a_batch_comes_back_as_it_was(batch in batch(), first in any::<u64>()) {
            let encoded = encode_batch(&batch).unwrap();
            let header = read_header(&encoded.header(first)).unwrap();
            prop_assert_eq!(header.first, first);
            prop_assert_eq!(read_payload(&header, &encoded.bytes), Some(Payload::Batch(batch)));
        }

        #[test]
        fn a_changed_byte_is_noticed(batch in batch(), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let encoded = encode_batch(&batch).unwrap();
            let mut all = encoded.header(7).to_vec();
            all.extend_from_slice(&encoded.bytes);
            let at = at.index(all.len());
            all[at] ^= 1 << bit;
            let read = read_header(&all).and_then(|header| read_payload(&header, &all[HEADER..]));
            prop_assert_eq!(read, None);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let header = Header { length: bytes.len(), first: 0, crc: crc32fast::hash(&bytes) };
            let _ = read_payload(&header, &bytes);
            let _ = read_header(&bytes);
        }
    }
}
