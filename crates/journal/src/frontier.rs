//! The right edge of the tree, kept in memory by the one writer.

use crate::hash::node_hash;
use crate::tiles::{TILE_BYTES, TILE_WIDTH, TileReader, checked_size};
use crate::{Error, Hash, Words};

/// A complete tile, to be stored for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteTile {
    /// Level, 0 holds the hashes of entries.
    pub level: u8,
    /// Index in its level from 0.
    pub index: u64,
    /// 256 hashes, 8192 bytes.
    pub bytes: Vec<u8>,
}

/// The append-only right edge of the RFC 6962 tree.
///
/// `tlog_tiles` can append too, but asks a reader for earlier hashes at every
/// step and returns loose nodes; this keeps one perfect subtree per bit of the
/// size and the open tile of each level, so that an append is one node hash on
/// average and complete tiles fall out ready to store.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    size: u64,
    /// Roots of the perfect subtrees, largest first: one per set bit of `size`.
    peaks: Vec<Hash>,
    /// Open rightmost tile of each level.
    open: Vec<Vec<u8>>,
    complete: Vec<CompleteTile>,
}

impl Frontier {
    /// The edge of the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the hash of the next entry. Tiles it completes are kept until
    /// [`Self::take_complete`].
    pub fn append(&mut self, leaf: Hash) {
        self.push(0, leaf);
        let mut hash = leaf;
        let mut height = 0u8;
        let mut rest = self.size;
        while rest & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(left, hash);
            height += 1;
            rest >>= 1;
            if height.is_multiple_of(8) {
                self.push(height / 8, hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    fn push(&mut self, level: u8, hash: Hash) {
        let at = usize::from(level);
        if self.open.len() <= at {
            self.open.push(Vec::with_capacity(TILE_BYTES));
        }
        let tile = &mut self.open[at];
        tile.extend_from_slice(&hash.0);
        if tile.len() == TILE_BYTES {
            let bytes = std::mem::replace(tile, Vec::with_capacity(TILE_BYTES));
            self.complete.push(CompleteTile {
                level,
                index: self.size >> (8 * (u32::from(level) + 1)),
                bytes,
            });
        }
    }

    /// Root of the tree (RFC 6962 §2.1); [`Hash::EMPTY_TREE`] when empty.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().copied();
        match peaks.next() {
            None => Hash::EMPTY_TREE,
            Some(last) => peaks.fold(last, |right, left| node_hash(left, right)),
        }
    }

    /// Tiles completed since the last call, in the order they were completed.
    pub fn take_complete(&mut self) -> Vec<CompleteTile> {
        std::mem::take(&mut self.complete)
    }

    /// The open rightmost tile of a level: fewer than 256 hashes, maybe none.
    #[must_use]
    pub fn open_tile(&self, level: u8) -> &[u8] {
        self.open.get(usize::from(level)).map_or(&[], Vec::as_slice)
    }

    /// Number of levels that have, or had, a hash.
    #[must_use]
    pub fn levels(&self) -> u8 {
        u8::try_from(self.open.len()).unwrap_or(u8::MAX)
    }

    /// The edge of a stored tree of `size` entries, from the hashes of the last
    /// `size % 256` entries and the complete tiles. Reads at most 255 tiles per
    /// level above the first, some 65,000 hashes each.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when `tail` has another length, and what
    /// `complete` returns.
    pub fn restore<R: TileReader + ?Sized>(
        size: u64,
        tail: &[Hash],
        complete: &R,
    ) -> Result<Self, Error> {
        checked_size(size)?;
        if tail.len() as u64 != size % TILE_WIDTH {
            return Err(Error::OutOfRange {
                what: Words::new("末段哈希数", "number of tail hashes"),
                found: tail.len() as u64,
                max: size % TILE_WIDTH,
            });
        }
        let mut open = Vec::new();
        let mut level = 0u8;
        while size >> (8 * u32::from(level)) > 0 {
            let width = (size >> (8 * u32::from(level))) % TILE_WIDTH;
            let first = (size >> (8 * (u32::from(level) + 1))) * TILE_WIDTH;
            let mut tile = Vec::with_capacity(TILE_BYTES);
            for at in 0..width {
                let hash = match level.checked_sub(1) {
                    None => tail[usize::try_from(at).unwrap_or(usize::MAX)],
                    Some(below) => tile_root(&read_complete(complete, below, first + at)?)?,
                };
                tile.extend_from_slice(&hash.0);
            }
            open.push(tile);
            level += 1;
        }
        let mut peaks = Vec::new();
        for tile in open.iter().rev() {
            let width = tile.len() / Hash::LEN;
            let mut start = 0;
            for bit in (0..8).rev().map(|b| 1usize << b) {
                if width & bit != 0 {
                    peaks.push(tile_root(
                        &tile[start * Hash::LEN..(start + bit) * Hash::LEN],
                    )?);
                    start += bit;
                }
            }
        }
        Ok(Self {
            size,
            peaks,
            open,
            complete: Vec::new(),
        })
    }
}

fn read_complete<R: TileReader + ?Sized>(
    reader: &R,
    level: u8,
    index: u64,
) -> Result<Vec<u8>, Error> {
    let bytes = reader.tile(level, index, 256)?;
    if bytes.len() == TILE_BYTES {
        return Ok(bytes);
    }
    Err(Error::ShortTile {
        level,
        index,
        found: bytes.len() / Hash::LEN,
        needed: 256,
    })
}

/// Root of the perfect subtree over the hashes in `bytes`: a power of two of them.
fn tile_root(bytes: &[u8]) -> Result<Hash, Error> {
    if bytes.len() == Hash::LEN {
        return Hash::from_slice(bytes);
    }
    let (left, right) = bytes.split_at(bytes.len() / 2);
    Ok(node_hash(tile_root(left)?, tile_root(right)?))
}
