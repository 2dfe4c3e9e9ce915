//! What figures ask of a store.

use std::future::Future;

use super::{Board, Countable, FigureQuestion, GroupBy, Turn, TurnId, Verdict};
use crate::StoreError;

/// Which of the turns behind a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// All that the question is about.
    All,
    /// Those counted.
    Counted,
    /// Those counted and met.
    Met,
    /// Those counted and not met.
    NotMet,
    /// Those left out, for any reason.
    LeftOut,
    /// Those left out for the reason at this position.
    Reason(usize),
}

impl Part {
    /// Whether a turn with this verdict is among them.
    pub fn has(self, verdict: Verdict) -> bool {
        match self {
            Part::All => true,
            Part::Counted => matches!(verdict, Verdict::Met | Verdict::NotMet),
            Part::Met => verdict == Verdict::Met,
            Part::NotMet => verdict == Verdict::NotMet,
            Part::LeftOut => matches!(verdict, Verdict::LeftOut(_)),
            Part::Reason(reason) => verdict == Verdict::LeftOut(reason),
        }
    }
}

/// A turn or call behind a figure, and what the formula says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind<T = Turn> {
    /// The turn or call.
    pub turn: T,
    /// Whether it counts, and how.
    pub verdict: Verdict,
}

/// Where a page begins: after this turn.
pub type BehindStart = TurnId;

/// One page of the turns or calls behind a figure: the case or whistle with the
/// highest number first, of one the last turn or call first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BehindPage<T: Countable = Turn> {
    /// The turns.
    pub turns: Vec<Behind<T>>,
    /// Where the next page begins, if there is one.
    pub next: Option<T::Id>,
}

/// How far the figures are made ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Cases read.
    pub done: u64,
    /// Cases to read.
    pub total: u64,
    /// Whether questions are answered.
    pub ready: bool,
}

/// The turns of all cases, kept for counting. What it answers is as the record
/// was at a moment after the question was asked.
pub trait FigureStore: Send + Sync {
    /// How far it is made ready.
    fn progress(&self) -> Progress;

    /// Counts.
    ///
    /// # Errors
    /// [`StoreError::Loading`] until it is ready.
    fn board(
        &self,
        question: &FigureQuestion,
        group: &GroupBy,
    ) -> impl Future<Output = Result<Board, StoreError>> + Send;

    /// A page of the turns behind a figure, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Loading`] until it is ready.
    fn behind(
        &self,
        question: &FigureQuestion,
        part: Part,
        start: Option<BehindStart>,
        limit: usize,
    ) -> impl Future<Output = Result<BehindPage, StoreError>> + Send;
}
