//! A small log in memory, and a plain Merkle tree written straight from the
//! RFC to compare with.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test helper fails by panicking")]

use std::collections::HashMap;

use proptest::prelude::ProptestConfig;
use serde_json::json;
use sha2::{Digest, Sha256};
use yiwang_journal::{
    Entry, Error, Frontier, Hash, Record, Sealed, SigningKey, TileReader, leaf_hash, seal,
};

pub(crate) const ORIGIN: &str = "yiwang.test/trail";

pub(crate) fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

/// Property tests that leave no files behind: a failure prints its input.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        cases: count,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// MTH of RFC 6962 §2.1, word for word.
pub(crate) fn plain_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash(Sha256::digest([]).into()),
        [one] => *one,
        _ => {
            let k = 1 << (usize::BITS - 1 - (leaves.len() - 1).leading_zeros());
            let (left, right) = leaves.split_at(k);
            let mut hasher = Sha256::new();
            hasher.update([1]);
            hasher.update(plain_root(left).0);
            hasher.update(plain_root(right).0);
            Hash(hasher.finalize().into())
        }
    }
}

/// Tiles as a store keeps them: complete ones, and the open ones if `keep_open`.
#[derive(Default, Clone)]
pub(crate) struct Tiles(pub(crate) HashMap<(u8, u64), Vec<u8>>);

impl TileReader for Tiles {
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, Error> {
        let tile = self.0.get(&(level, index)).cloned().unwrap_or_default();
        if tile.len() < usize::from(width) * 32 {
            return Err(Error::Read(format!("no tile {level}/{index} of {width}")));
        }
        Ok(tile)
    }
}

pub(crate) fn tree(leaves: &[Hash]) -> (Frontier, Tiles) {
    let mut frontier = Frontier::new();
    let mut tiles = Tiles::default();
    for &leaf in leaves {
        frontier.append(leaf);
        for tile in frontier.take_complete() {
            tiles.0.insert((tile.level, tile.index), tile.bytes);
        }
    }
    (frontier, tiles)
}

pub(crate) fn numbered(count: u64) -> Vec<Hash> {
    (0..count).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

/// What a store keeps beside an entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Beside {
    Nothing,
    Seal([u8; 32], Vec<u8>),
    Erased(u64),
}

/// One stored row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) seq: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) leaf: Hash,
    pub(crate) beside: Beside,
}

impl Row {
    pub(crate) fn record(&self) -> Record<'_> {
        Record {
            seq: self.seq,
            bytes: &self.bytes,
            leaf: self.leaf,
            sealed: match &self.beside {
                Beside::Nothing => Sealed::None,
                Beside::Seal(salt, body) => Sealed::Present { salt, body },
                Beside::Erased(by) => Sealed::Erased { by: *by },
            },
        }
    }
}

/// A whole record: rows, tiles, checkpoints.
#[derive(Clone)]
pub(crate) struct Log {
    pub(crate) rows: Vec<Row>,
    pub(crate) tiles: Tiles,
    pub(crate) checkpoints: Vec<String>,
}

pub(crate) fn entry(seq: u64, sealed: Option<Hash>) -> Entry {
    Entry {
        at: jiff::Timestamp::from_millisecond(1_790_000_000_000 + seq as i64).unwrap(),
        by: "user:li.na".to_owned(),
        data: json!({"category": "road", "n": seq, "place": {"lat": "39.9", "lon": "116.4"}}),
        grounds: seq.is_multiple_of(3).then(|| "市容条例 第12条".to_owned()),
        kind: "case.submitted".to_owned(),
        sealed,
        subject: format!("case/{seq}"),
        v: 1,
    }
}

/// A good log of `count` entries: every fifth one sealed, entry 5 erased by
/// entry 11, a checkpoint every `every` entries and at the end.
pub(crate) fn log(count: u64, every: u64, keep_open: bool) -> Log {
    let (key, mut frontier) = (key(), Frontier::new());
    let (mut rows, mut tiles, mut checkpoints) = (Vec::new(), Tiles::default(), Vec::new());
    for seq in 0..count {
        let salt = [seq as u8; 32];
        let body = format!("{{\"words\":\"我家门口 {seq}\"}}").into_bytes();
        let sealed = seq.is_multiple_of(5).then(|| seal::commit(&salt, &body));
        let mut entry = entry(seq, sealed);
        let mut beside = match sealed {
            Some(_) => Beside::Seal(salt, body),
            None => Beside::Nothing,
        };
        if seq == 5 && count > 11 {
            beside = Beside::Erased(11);
        }
        if seq == 11 {
            entry.kind = "case.erased".to_owned();
            entry.data = json!({"erases": [5]});
        }
        let bytes = entry.to_canonical().unwrap();
        let leaf = leaf_hash(&bytes);
        frontier.append(leaf);
        for tile in frontier.take_complete() {
            tiles.0.insert((tile.level, tile.index), tile.bytes);
        }
        rows.push(Row {
            seq,
            bytes,
            leaf,
            beside,
        });
        if (seq + 1).is_multiple_of(every) || seq + 1 == count {
            checkpoints.push(key.sign(seq + 1, frontier.root()).unwrap());
        }
    }
    if keep_open {
        for level in 0..frontier.levels() {
            let index = count >> (8 * (u32::from(level) + 1));
            let open = frontier.open_tile(level).to_vec();
            tiles.0.insert((level, index), open);
        }
    }
    Log {
        rows,
        tiles,
        checkpoints,
    }
}
