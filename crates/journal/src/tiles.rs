//! Reading the tree: roots and proofs out of tiles, and checking proofs.
//!
//! The algorithms are those of `tlog_tiles`; this file gives them our tiles
//! and keeps out the inputs on which they would panic.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tlog_tiles::{HashReader, Tile};

use crate::frontier::Frontier;
use crate::{Error, Hash, Words};

/// Hashes in a complete tile.
pub const TILE_WIDTH: u64 = 256;
/// Bytes of a complete tile.
pub const TILE_BYTES: usize = 8192;
/// Levels of a tile: `tlog_tiles` counts 8 tree levels to one.
const TILE_HEIGHT: u8 = 8;
/// Largest tree handled. The limit keeps shifts in `tlog_tiles` from overflowing.
pub const MAX_SIZE: u64 = 1 << 48;

pub(crate) fn checked_size(size: u64) -> Result<(), Error> {
    if size > MAX_SIZE {
        return Err(Error::OutOfRange {
            what: Words::new("树的大小", "tree size"),
            found: size,
            max: MAX_SIZE,
        });
    }
    Ok(())
}

/// Gives the tiles of a stored tree.
pub trait TileReader {
    /// The first `width` (1–256) hashes of tile `index` of `level`, 32 bytes
    /// each; more may follow. A tile as it stood in an older, smaller tree is
    /// the beginning of the tile as it stands now.
    ///
    /// # Errors
    /// [`Error::Read`] or [`Error::ShortTile`] when it is not there.
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, Error>;
}

impl<R: TileReader + ?Sized> TileReader for &R {
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, Error> {
        (**self).tile(level, index, width)
    }
}

/// A store that keeps complete tiles, and the writer's frontier for the rest.
#[derive(Debug, Clone, Copy)]
pub struct WithFrontier<'a, R> {
    /// The open tiles of the right edge.
    pub frontier: &'a Frontier,
    /// The complete tiles.
    pub complete: R,
}

impl<R: TileReader> TileReader for WithFrontier<'_, R> {
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, Error> {
        let open_index = self
            .frontier
            .size()
            .checked_shr(8 * (u32::from(level) + 1))
            .unwrap_or(0);
        if index < open_index {
            return self.complete.tile(level, index, width);
        }
        let open = if index == open_index {
            self.frontier.open_tile(level)
        } else {
            &[]
        };
        if open.len() < usize::from(width) * Hash::LEN {
            return Err(Error::ShortTile {
                level,
                index,
                found: open.len() / Hash::LEN,
                needed: width.into(),
            });
        }
        Ok(open.to_vec())
    }
}

/// Lets `tlog_tiles` read single nodes out of whole tiles.
struct Nodes<'a, R: ?Sized> {
    reader: &'a R,
    size: u64,
    cache: RefCell<HashMap<(u8, u64), Vec<u8>>>,
    failure: RefCell<Option<Error>>,
}

impl<'a, R: TileReader + ?Sized> Nodes<'a, R> {
    fn new(reader: &'a R, size: u64) -> Result<Self, Error> {
        checked_size(size)?;
        Ok(Self {
            reader,
            size,
            cache: RefCell::default(),
            failure: RefCell::default(),
        })
    }

    fn node(&self, index: u64) -> Result<tlog_tiles::Hash, Error> {
        let least = Tile::from_index(TILE_HEIGHT, index);
        // The least tile may be narrower than what the tree of this size has.
        let tile = least.parent(0, self.size).unwrap_or(least);
        let key = (tile.level(), tile.level_index());
        let needed = tile.width() as usize;
        let mut cache = self.cache.borrow_mut();
        let bytes = match cache.entry(key) {
            Entry::Occupied(slot) => slot.into_mut(),
            Entry::Vacant(slot) => {
                let width = u16::try_from(needed).unwrap_or(256);
                let bytes = self.reader.tile(key.0, key.1, width)?;
                if bytes.len() < needed * Hash::LEN {
                    return Err(Error::ShortTile {
                        level: key.0,
                        index: key.1,
                        found: bytes.len() / Hash::LEN,
                        needed,
                    });
                }
                slot.insert(bytes)
            }
        };
        tile.hash_at_index(bytes, index).map_err(proof_error)
    }

    /// What `tlog_tiles` returned, or our own error if the reader had one.
    fn finish<T>(&self, result: Result<T, tlog_tiles::Error>) -> Result<T, Error> {
        match self.failure.take() {
            Some(error) => Err(error),
            None => result.map_err(proof_error),
        }
    }
}

impl<R: TileReader + ?Sized> HashReader for Nodes<'_, R> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let nodes: Result<_, _> = indexes.iter().map(|&i| self.node(i)).collect();
        nodes.map_err(|error| {
            self.failure.replace(Some(error));
            tlog_tiles::Error::IndexesNotInTree
        })
    }
}

fn proof_error(_: tlog_tiles::Error) -> Error {
    Error::ProofFails
}

fn plain(hashes: Vec<tlog_tiles::Hash>) -> Vec<Hash> {
    hashes.into_iter().map(Hash::from).collect()
}

/// Root of the tree as it was at `size` entries.
///
/// # Errors
/// What the reader returns; [`Error::OutOfRange`] beyond [`MAX_SIZE`].
pub fn root<R: TileReader + ?Sized>(reader: &R, size: u64) -> Result<Hash, Error> {
    let nodes = Nodes::new(reader, size)?;
    let root = tlog_tiles::tree_hash(size, &nodes);
    nodes.finish(root).map(Hash::from)
}

/// Proof that entry `index` is in the tree of `size` entries (RFC 9162 §2.1.3).
///
/// # Errors
/// [`Error::OutOfRange`] unless `index < size`; what the reader returns.
pub fn inclusion_proof<R: TileReader + ?Sized>(
    reader: &R,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, Error> {
    in_tree(index, size)?;
    let nodes = Nodes::new(reader, size)?;
    let proof = tlog_tiles::prove_record(size, index, &nodes);
    nodes.finish(proof).map(plain)
}

/// Proof that the tree of `new` entries begins with the tree of `old`
/// (RFC 9162 §2.1.4). Empty for `old` = 0, where nothing needs proof.
///
/// # Errors
/// [`Error::OutOfRange`] unless `old ≤ new`; what the reader returns.
pub fn consistency_proof<R: TileReader + ?Sized>(
    reader: &R,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, Error> {
    older(old, new)?;
    if old == 0 {
        return Ok(Vec::new());
    }
    let nodes = Nodes::new(reader, new)?;
    let proof = tlog_tiles::prove_tree(new, old, &nodes);
    nodes.finish(proof).map(plain)
}

/// Checks a proof of inclusion: entry `index`, whose hash is `leaf`, is in the
/// tree of `size` entries with this `root`.
///
/// # Errors
/// [`Error::ProofFails`], or [`Error::OutOfRange`] unless `index < size`.
pub fn verify_inclusion(
    proof: &[Hash],
    index: u64,
    leaf: Hash,
    size: u64,
    root: Hash,
) -> Result<(), Error> {
    in_tree(index, size)?;
    let proof = borrowed(proof)?;
    tlog_tiles::check_record(&proof, size, root.into(), index, leaf.into()).map_err(proof_error)
}

/// Checks a proof of consistency between two roots.
///
/// # Errors
/// [`Error::ProofFails`], or [`Error::OutOfRange`] unless `old ≤ new`.
pub fn verify_consistency(
    proof: &[Hash],
    old: u64,
    old_root: Hash,
    new: u64,
    new_root: Hash,
) -> Result<(), Error> {
    older(old, new)?;
    if old == 0 {
        let empty_new = new > 0 || new_root == Hash::EMPTY_TREE;
        return if proof.is_empty() && old_root == Hash::EMPTY_TREE && empty_new {
            Ok(())
        } else {
            Err(Error::ProofFails)
        };
    }
    let proof = borrowed(proof)?;
    tlog_tiles::check_tree(&proof, new, new_root.into(), old, old_root.into()).map_err(proof_error)
}

/// `tlog_tiles` copies the proof once per step, so an absurdly long one would
/// be slow before it fails; no proof in a tree of 2^48 entries has 100 hashes.
fn borrowed(proof: &[Hash]) -> Result<Vec<tlog_tiles::Hash>, Error> {
    if proof.len() > 100 {
        return Err(Error::ProofFails);
    }
    Ok(proof.iter().map(|&hash| hash.into()).collect())
}

fn in_tree(index: u64, size: u64) -> Result<(), Error> {
    checked_size(size)?;
    if index >= size {
        return Err(Error::OutOfRange {
            what: Words::new("条目", "entry"),
            found: index,
            max: size.saturating_sub(1),
        });
    }
    Ok(())
}

fn older(old: u64, new: u64) -> Result<(), Error> {
    checked_size(new)?;
    if old > new {
        return Err(Error::OutOfRange {
            what: Words::new("较早的大小", "older size"),
            found: old,
            max: new,
        });
    }
    Ok(())
}
