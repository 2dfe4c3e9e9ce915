//! What alerts and warnings ask of a store.

use std::future::Future;

use yiwang_base::{Refusal, RefusalKind};

use super::{Sheet, Step};

/// A sheet as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept<S> {
    /// Its number, from 1 for each sort.
    pub id: u64,
    /// The number of steps it has.
    pub version: u64,
    /// How it stands.
    pub sheet: S,
}

/// What was written.
pub type Written<S> = Kept<S>;

/// Which sheets are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those with which something is still to be done, or only the others.
    pub open: Option<bool>,
    /// Only those with smaller numbers.
    pub before: Option<u64>,
    /// Most of them.
    pub limit: usize,
}

/// Why a docket could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocketError {
    /// Somebody else was quicker.
    #[error("it has version {found} now")]
    Changed {
        /// The version it has.
        found: u64,
    },
    /// There is no such sheet.
    #[error("there is no such sheet")]
    NoSuch,
    /// The steps do not follow from how it stands.
    #[error("the step does not follow")]
    DoesNotFollow,
    /// The store cannot be read or written.
    #[error("{0}")]
    Broken(String),
}

impl From<DocketError> for Refusal {
    fn from(error: DocketError) -> Refusal {
        let (kind, code, zh, en) = match error {
            DocketError::Changed { .. } => (
                RefusalKind::Changed,
                "docket.changed",
                "别人已先改动，请重新查看后再办",
                "somebody else was quicker: look again before you go on",
            ),
            DocketError::NoSuch => (
                RefusalKind::NotFound,
                "docket.not-found",
                "没有这条告警或预警",
                "there is no such alert or warning",
            ),
            DocketError::DoesNotFollow | DocketError::Broken(_) => (
                RefusalKind::Unavailable,
                "store.unavailable",
                "暂时不能读写，请稍后再试",
                "the record cannot be read or written now; try again later",
            ),
        };
        Refusal::new(kind, code, zh, en)
    }
}

/// Keeps sheets of one sort. Reading blocks; many may read at once.
pub trait Docket<S: Sheet> {
    /// Writes steps to a new sheet, or to the version of one that was seen; all
    /// of them durably, or none.
    ///
    /// # Errors
    /// [`DocketError::Changed`] when it has another version by now.
    fn write(
        &self,
        seen: Option<(u64, u64)>,
        steps: Vec<Step<S::Event>>,
    ) -> impl Future<Output = Result<Written<S>, DocketError>> + Send;

    /// One sheet.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn sheet(&self, id: u64) -> Result<Option<Kept<S>>, DocketError>;

    /// Sheets by their numbers, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn sheets(&self, filter: Filter) -> Result<Vec<Kept<S>>, DocketError>;

    /// What happened to one, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn steps(&self, id: u64) -> Result<Vec<Step<S::Event>>, DocketError>;
}
