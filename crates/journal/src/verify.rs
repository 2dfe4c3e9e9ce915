//! Checking a whole record: every entry, seal, tile and checkpoint, in one
//! pass, stopping at the first bad entry and naming it.
//!
//! The work is split so that a caller can use two threads: [`check`] needs one
//! entry only (hashing and reading, nearly all of the time), [`Verifier::take`]
//! joins the results in order.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::check::{Checked, Record, check};
use crate::frontier::Frontier;
use crate::tiles::{TILE_WIDTH, TileReader};
use crate::{Checkpoint, Fault, Hash, VerifierKey, What};

/// What a good record shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Number of entries.
    pub entries: u64,
    /// Root over them.
    pub root: Hash,
    /// Checkpoints, all signed by the key and all leading to their root.
    pub checkpoints: usize,
    /// Entries the last checkpoint covers; those after it are not signed yet.
    pub signed: u64,
    /// Entries with a seal.
    pub sealed: u64,
    /// Seals whose text was erased, each by an entry that says so.
    pub erased: u64,
    /// Complete tiles compared.
    pub tiles: u64,
}

/// A note and the size it states; an unreadable note takes the size before it.
struct Pending {
    number: usize,
    size: u64,
    note: String,
}

/// Joins checked entries in order and compares them with tiles and checkpoints.
pub struct Verifier<R> {
    key: VerifierKey,
    tiles: R,
    frontier: Frontier,
    /// Largest size first, so that the next is popped.
    pending: Vec<Pending>,
    report: Report,
    /// Erased entries still waiting for the entry that says so.
    awaited: BTreeMap<u64, BTreeSet<u64>>,
    erased: HashSet<u64>,
}

impl<R: TileReader> Verifier<R> {
    /// A verifier for the log of `key` with all its stored checkpoints, in the
    /// order of their sizes, and its stored tiles. `tiles` need not have the
    /// open tiles of the right edge; with them, exchanged entries there are
    /// named exactly and not only as lying between two checkpoints.
    pub fn new(key: &VerifierKey, checkpoints: impl IntoIterator<Item = String>, tiles: R) -> Self {
        let mut before = 0;
        let mut pending: Vec<_> = checkpoints
            .into_iter()
            .zip(1..)
            .map(|(note, number)| {
                if let Ok(checkpoint) = Checkpoint::read_unverified(&note) {
                    before = checkpoint.size;
                }
                let size = before;
                Pending { number, size, note }
            })
            .collect();
        pending.sort_by_key(|p| (std::cmp::Reverse(p.size), std::cmp::Reverse(p.number)));
        Self {
            key: key.clone(),
            tiles,
            frontier: Frontier::new(),
            pending,
            report: Report {
                entries: 0,
                root: Hash::EMPTY_TREE,
                checkpoints: 0,
                signed: 0,
                sealed: 0,
                erased: 0,
                tiles: 0,
            },
            awaited: BTreeMap::new(),
            erased: HashSet::new(),
        }
    }

    /// Checks and takes the next entry.
    ///
    /// # Errors
    /// The first [`Fault`]; the verifier is of no use afterwards.
    pub fn feed(&mut self, record: &Record<'_>) -> Result<(), Fault> {
        self.take(check(record))
    }

    /// Takes the next entry, checked before.
    ///
    /// # Errors
    /// The first [`Fault`]; the verifier is of no use afterwards.
    pub fn take(&mut self, checked: Checked) -> Result<(), Fault> {
        let next = self.frontier.size();
        if next == 0 {
            self.due_checkpoints()?;
        }
        let found = checked.seq;
        if found > next {
            let what = What::Missing { found };
            return Err(self.earlier(Fault::between(next, found - 1, what)));
        }
        if found < next {
            return Err(self.earlier(Fault::at(next, What::OutOfOrder { found })));
        }
        if let Some(what) = checked.bad {
            return Err(self.earlier(Fault::at(next, what)));
        }
        self.report.sealed += u64::from(checked.sealed);
        if let Some(by) = checked.erased_by {
            self.awaited.entry(by).or_default().insert(next);
            self.erased.insert(next);
        }
        self.frontier.append(checked.leaf);
        for tile in self.frontier.take_complete() {
            self.report.tiles += 1;
            match self.tiles.tile(tile.level, tile.index, 256) {
                Ok(stored) => {
                    self.compare(tile.level, tile.index, &tile.bytes, &stored)?;
                }
                Err(why) => {
                    let (level, index) = (tile.level, tile.index);
                    let what = What::TileMissing { level, index, why };
                    let (first, last) = covered(level, index * TILE_WIDTH, TILE_WIDTH);
                    return Err(self.earlier(Fault::between(first, last, what)));
                }
            }
        }
        // After the tile, so that an entry slid into the place of an erasure is
        // seen as that and not as an erasure unsaid.
        if let Err(fault) = self.settle_erasures(next, checked.erases.as_deref()) {
            return Err(self.earlier(fault));
        }
        self.due_checkpoints()
    }

    /// Ends the pass.
    ///
    /// # Errors
    /// The first [`Fault`] that shows only now: entries missing at the end, or
    /// an erasure that nothing says.
    pub fn finish(mut self) -> Result<Report, Fault> {
        let have = self.frontier.size();
        if have == 0 {
            self.due_checkpoints()?;
        }
        if let Some(next) = self.pending.last() {
            let signed = next.size;
            let what = match self.key.open(&next.note) {
                Ok(_) => What::RolledBack { have, signed },
                Err(why) => What::CheckpointRefused {
                    number: next.number,
                    why,
                },
            };
            let last = signed.saturating_sub(1).max(have);
            return Err(self.earlier(Fault::between(have, last, what)));
        }
        self.check_open_tiles(true)?;
        if let Some((&by, seqs)) = self.awaited.iter().min_by_key(|(_, seqs)| seqs.first())
            && let Some(&first) = seqs.first()
        {
            let what = What::ErasedWithoutEntry { by: Some(by) };
            return Err(Fault::at(first, what));
        }
        self.report.entries = have;
        self.report.root = self.frontier.root();
        self.report.erased = self.erased.len() as u64;
        Ok(self.report)
    }

    /// Entry `seq` is the one that entries marked "erased by `seq`" wait for.
    fn settle_erasures(&mut self, seq: u64, erases: Option<&[u64]>) -> Result<(), Fault> {
        let named = erases.unwrap_or_default();
        let mut waiting = self.awaited.remove(&seq).unwrap_or_default();
        for erased in named {
            waiting.remove(erased);
        }
        let unsaid = waiting.first().copied();
        let undone = named.iter().copied().filter(|n| !self.erased.contains(n));
        let undone = undone.min();
        match (unsaid, undone) {
            (Some(unsaid), undone) if undone.is_none_or(|undone| unsaid < undone) => Err(
                Fault::at(unsaid, What::ErasedWithoutEntry { by: Some(seq) }),
            ),
            (_, Some(undone)) => Err(Fault::at(undone, What::NotErased { by: seq })),
            _ => Ok(()),
        }
    }

    fn due_checkpoints(&mut self) -> Result<(), Fault> {
        let size = self.frontier.size();
        while self.pending.last().is_some_and(|p| p.size == size) {
            let Some(next) = self.pending.pop() else {
                break;
            };
            let first = self.report.signed.min(size.saturating_sub(1));
            let last = size.saturating_sub(1);
            let opened = self.key.open(&next.note);
            let what = match opened {
                Ok(checkpoint) if checkpoint.root == self.frontier.root() => {
                    self.report.checkpoints += 1;
                    self.report.signed = size;
                    continue;
                }
                Ok(_) => What::RootDiffers { size },
                Err(why) => What::CheckpointRefused {
                    number: next.number,
                    why,
                },
            };
            return Err(self.earlier(Fault::between(first, last, what)));
        }
        Ok(())
    }

    /// The fault given, or the one that the open tiles show. Without this, an
    /// exchange early in a tile would hide behind a change late in it, as a tile
    /// is compared only when it is full; and entries that slid up one place
    /// would be reported as an erasure that its entry does not say.
    fn earlier(&self, fault: Fault) -> Fault {
        self.check_open_tiles(false).err().unwrap_or(fault)
    }

    /// Compares the open tiles, highest level (earliest entries) first, as far
    /// as they are stored; `at_end`, a stored one must not know more entries.
    fn check_open_tiles(&self, at_end: bool) -> Result<(), Fault> {
        for level in (0..self.frontier.levels().max(1)).rev() {
            let open = self.frontier.open_tile(level);
            let size = self.frontier.size();
            let index = size >> (8 * (u32::from(level) + 1));
            let width = u16::try_from(open.len() / Hash::LEN).unwrap_or(u16::MAX);
            let Ok(stored) = self.tiles.tile(level, index, width.max(1)) else {
                continue;
            };
            self.compare(level, index, open, &stored)?;
            if at_end && stored.len() > open.len() && level == 0 {
                return Err(Fault::at(size, What::Dropped));
            }
        }
        Ok(())
    }

    /// Compares computed hashes with the beginning of a stored tile.
    fn compare(&self, level: u8, index: u64, ours: &[u8], stored: &[u8]) -> Result<(), Fault> {
        let pairs = ours.chunks(Hash::LEN).zip(stored.chunks(Hash::LEN));
        let Some((position, (_, expected))) =
            pairs.enumerate().find(|(_, (ours, stored))| ours != stored)
        else {
            return Ok(());
        };
        let number = index * TILE_WIDTH + position as u64;
        let (first, last) = covered(level, number, 1);
        let moved_to = ours
            .chunks(Hash::LEN)
            .position(|hash| level == 0 && hash == expected)
            .map(|at| index * TILE_WIDTH + at as u64);
        let what = What::TileDiffers {
            level,
            index,
            moved_to,
        };
        Err(Fault::between(first, last, what))
    }
}

/// First and last entry under `count` hashes of a level, from `number` on.
fn covered(level: u8, number: u64, count: u64) -> (u64, u64) {
    let shift = 8 * u32::from(level);
    (number << shift, ((number + count) << shift) - 1)
}
