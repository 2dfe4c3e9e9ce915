//! Which batches of which source have been taken.

use std::collections::{BTreeMap, HashMap};

use crate::batch::BatchKey;
use crate::frame::Take;

/// Most batches of a source of which the first id is remembered, or that may be
/// ahead of one that is missing. Beyond it the missing one is given up: were it
/// sent after all, it would be taken for a repeated one.
const MOST: usize = 1024;

/// What is remembered of all sources.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Keys(HashMap<String, Taken>);

/// What is remembered of one source.
#[derive(Debug, Default, Clone, PartialEq)]
struct Taken {
    /// All batches below this were taken or given up.
    floor: u64,
    /// Batches that were taken, with the id of their first reading.
    recent: BTreeMap<u64, u64>,
}

impl Keys {
    /// Whether the batch was taken before: the id of its first reading, where
    /// that is remembered.
    pub(crate) fn taken(&self, key: &BatchKey) -> Option<Option<u64>> {
        let taken = self.0.get(&key.source)?;
        let first = taken.recent.get(&key.seq).copied();
        (first.is_some() || key.seq < taken.floor).then_some(first)
    }

    /// Remembers that the batch was taken.
    pub(crate) fn take(&mut self, key: &BatchKey, first: u64) {
        let taken = match self.0.get_mut(&key.source) {
            Some(taken) => taken,
            None => self.0.entry(key.source.clone()).or_default(),
        };
        taken.recent.insert(key.seq, first);
        if taken.recent.len() > MOST
            && let Some((oldest, _)) = taken.recent.pop_first()
        {
            taken.floor = taken.floor.max(oldest + 1);
        }
    }

    /// Forgets a batch that was not kept after all.
    pub(crate) fn forget(&mut self, key: &BatchKey) {
        if let Some(taken) = self.0.get_mut(&key.source) {
            taken.recent.remove(&key.seq);
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (source, taken) in &self.0 {
            bytes.push(source.len() as u8);
            bytes.extend_from_slice(source.as_bytes());
            bytes.extend_from_slice(&taken.floor.to_le_bytes());
            bytes.extend_from_slice(&(taken.recent.len() as u32).to_le_bytes());
            for (seq, first) in &taken.recent {
                bytes.extend_from_slice(&seq.to_le_bytes());
                bytes.extend_from_slice(&first.to_le_bytes());
            }
        }
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Keys> {
        let mut take = Take(bytes);
        let mut keys = HashMap::new();
        while !take.0.is_empty() {
            let source = std::str::from_utf8(take.bytes_of_length_u8()?).ok()?;
            let mut taken = Taken {
                floor: take.u64()?,
                recent: BTreeMap::new(),
            };
            for _ in 0..take.u32()? {
                taken.recent.insert(take.u64()?, take.u64()?);
            }
            keys.insert(source.to_owned(), taken);
        }
        Some(Keys(keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seq: u64) -> BatchKey {
        BatchKey {
            source: "pump-7".into(),
            seq,
        }
    }

    #[test]
    fn a_batch_is_known_after_it_was_taken_whatever_the_order() {
        let mut keys = Keys::default();
        for seq in [3, 1, 2] {
            assert_eq!(keys.taken(&key(seq)), None);
            keys.take(&key(seq), seq * 10);
        }
        assert_eq!(keys.taken(&key(2)), Some(Some(20)));
        assert_eq!(keys.taken(&key(4)), None);
        assert_eq!(keys.taken(&key(0)), None, "it may come late");
        assert_eq!(Keys::from_bytes(&keys.to_bytes()), Some(keys));
    }

    #[test]
    fn the_memory_of_a_source_is_bounded_and_old_batches_stay_known() {
        let mut keys = Keys::default();
        for seq in 0..5000 {
            keys.take(&key(seq), seq);
        }
        assert_eq!(keys.taken(&key(17)), Some(None));
        assert_eq!(keys.taken(&key(4999)), Some(Some(4999)));
        assert_eq!(keys.0["pump-7"].recent.len(), MOST);
    }
}
