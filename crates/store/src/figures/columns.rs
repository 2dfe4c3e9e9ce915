//! Rows of forty bytes, column by column.

use yiwang_cases::figures::{Condition, Conditions, Moment, Turn};
use yiwang_cases::{Channel, Stage};

use crate::case_row::{channel_number, stage_number};

/// Rows that lie together: whole ones are added, so that nothing is ever copied
/// to make room.
pub(super) const CHUNK: usize = 1 << 16;

/// Places of the times of a turn.
pub(super) const SUBMITTED: usize = 0;
pub(super) const DISPATCHED: usize = 1;
pub(super) const RESPOND_BY: usize = 2;
pub(super) const RESOLVE_BY: usize = 3;
pub(super) const DUE: usize = 4;
pub(super) const CLOSED: usize = 5;
const TIMES: usize = 6;

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Row {
    /// Seconds since 1970; 0 for none.
    pub(super) times: [u32; TIMES],
    pub(super) area: u32,
    /// The lead unit of the case; see [`unit_of_turn`].
    pub(super) unit: u16,
    pub(super) category: u16,
    /// Conditions, and above them stage and channel. Some condition holds of
    /// every turn, so 0 is no turn.
    pub(super) bits: u64,
}

const STAGE_SHIFT: u32 = Conditions::BITS;
const CHANNEL_SHIFT: u32 = Conditions::BITS + 4;
/// Stages and channels have four bits each.
const WORD: usize = 0xf;
const _: () = assert!(Stage::ALL.len() <= WORD + 1 && Channel::ALL.len() <= WORD + 1);

/// The bits of a turn.
pub(super) fn bits_of(turn: &Turn) -> u64 {
    turn.holds.bits()
        | (stage_number(turn.stage) as u64) << STAGE_SHIFT
        | (channel_number(turn.channel) as u64) << CHANNEL_SHIFT
}

/// The number of the unit that had the turn: 0 while the desk has the case.
#[inline]
pub(super) fn unit_of_turn(bits: u64, unit: u16) -> usize {
    if Conditions::from_bits(bits).has(Condition::Dispatched) {
        unit.into()
    } else {
        0
    }
}

/// A stage's number in the bits of a row.
pub(super) fn stage_in(bits: u64) -> usize {
    (bits >> STAGE_SHIFT) as usize & WORD
}

/// A channel's number in the bits of a row.
pub(super) fn channel_in(bits: u64) -> usize {
    (bits >> CHANNEL_SHIFT) as usize & WORD
}

/// Stage and channel of a row; `None` for numbers that stand for nothing.
pub(super) fn words_in(bits: u64) -> Option<(Stage, Channel)> {
    let stage = Stage::ALL.get(stage_in(bits))?;
    Some((*stage, *Channel::ALL.get(channel_in(bits))?))
}

/// A time as a column holds it.
pub(super) fn seconds(at: Option<Moment>) -> u32 {
    at.map_or(0, Moment::seconds)
}

/// [`CHUNK`] rows.
pub(super) struct Chunk {
    pub(super) times: [Box<[u32]>; TIMES],
    pub(super) areas: Box<[u32]>,
    pub(super) units: Box<[u16]>,
    pub(super) categories: Box<[u16]>,
    pub(super) bits: Box<[u64]>,
    /// No case in it came in later than this.
    pub(super) last_submitted: u32,
}

impl Chunk {
    fn empty() -> Chunk {
        Chunk {
            times: std::array::from_fn(|_| vec![0; CHUNK].into()),
            areas: vec![0; CHUNK].into(),
            units: vec![0; CHUNK].into(),
            categories: vec![0; CHUNK].into(),
            bits: vec![0; CHUNK].into(),
            last_submitted: 0,
        }
    }

    /// The row at a place.
    pub(super) fn row(&self, at: usize) -> Row {
        Row {
            times: std::array::from_fn(|time| self.times[time][at]),
            area: self.areas[at],
            unit: self.units[at],
            category: self.categories[at],
            bits: self.bits[at],
        }
    }
}

/// Rows by number.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) chunks: Vec<Chunk>,
}

impl Columns {
    /// Puts a row at a number.
    pub(super) fn set(&mut self, number: usize, row: Row) {
        while self.chunks.len() <= number / CHUNK {
            self.chunks.push(Chunk::empty());
        }
        let chunk = &mut self.chunks[number / CHUNK];
        let at = number % CHUNK;
        for (column, time) in chunk.times.iter_mut().zip(row.times) {
            column[at] = time;
        }
        chunk.areas[at] = row.area;
        chunk.units[at] = row.unit;
        chunk.categories[at] = row.category;
        chunk.bits[at] = row.bits;
        chunk.last_submitted = chunk.last_submitted.max(row.times[SUBMITTED]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_forty_bytes_in_the_columns() {
        let chunk = Chunk::empty();
        let bytes = chunk.times.iter().map(|column| size_of_val(&**column));
        let bytes: usize = bytes.sum::<usize>()
            + size_of_val(&*chunk.areas)
            + size_of_val(&*chunk.units)
            + size_of_val(&*chunk.categories)
            + size_of_val(&*chunk.bits);
        assert_eq!(bytes / CHUNK, 40);
    }

    #[test]
    fn a_row_reads_back_as_it_was_put() {
        let mut columns = Columns::default();
        let row = Row {
            times: [1, 2, 3, 4, 5, 6],
            area: 7,
            unit: 8,
            category: 9,
            bits: 10,
        };
        let number = 3 * CHUNK + 17;
        columns.set(number, row);
        assert_eq!(columns.chunks.len(), 4);
        assert_eq!(columns.chunks[3].row(17), row);
        assert_eq!(columns.chunks[3].row(18), Row::default());
    }
}
