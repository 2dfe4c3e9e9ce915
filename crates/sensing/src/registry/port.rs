//! What the register asks of a store.

use yiwang_base::{Refusal, RefusalKind, Timestamp};

use super::{Change, Entity, Key, Kind};

/// Largest change, bytes as JSON: what one entry of the record has room for.
pub const MOST_BYTES: usize = 64_000;

/// Why the register could not be read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// A link leads to an entity that is not there.
    #[error("there is no {} {}", .0.0.word(), .0.1)]
    NoSuch(Key),
    /// A change is larger than one entry of the record may be.
    #[error("the change is {0} bytes long; at most {MOST_BYTES} fit into one entry")]
    TooLarge(usize),
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The record is open for reading only.
    #[error("the record takes no writes: {0}")]
    ReadOnly(String),
    /// The record cannot be read or written.
    #[error("{0}")]
    Broken(String),
}

impl From<RegistryError> for Refusal {
    fn from(error: RegistryError) -> Refusal {
        match error {
            RegistryError::NoSuch(key) => super::draft::no_such(key),
            RegistryError::TooLarge(size) => Refusal::new(
                RefusalKind::TooMuch,
                "registry.too-large",
                "一次登记或删除的内容过多，请分几次办理",
                "this makes or removes too much at once; do it in parts",
            )
            .found(size.to_string())
            .allowing([format!("0–{MOST_BYTES}")]),
            RegistryError::Full => Refusal::new(
                RefusalKind::Unavailable,
                "store.full",
                "存储空间已满，暂时不能登记",
                "the disk is full: nothing can be registered now",
            ),
            RegistryError::ReadOnly(_) | RegistryError::Broken(_) => Refusal::new(
                RefusalKind::Unavailable,
                "store.unavailable",
                "暂时不能读写登记簿，请稍后再试",
                "the register cannot be read or written now; try again later",
            )
            .found(error.to_string()),
        }
    }
}

/// Which entities of a kind are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Their kind.
    pub kind: Kind,
    /// Only those that this one is linked to, from either end.
    pub of: Option<Key>,
    /// Only those of this name.
    pub name: Option<String>,
    /// Only those with larger numbers.
    pub after: u64,
    /// Most of them.
    pub limit: usize,
}

/// Some entities, by their numbers, ascending.
pub type Page = Vec<Entity>;

/// Keeps the register. Reading blocks; many may read at once.
pub trait RegistryStore {
    /// Gives out the next number of a kind; none is given twice.
    fn new_id(&self, kind: Kind) -> u64;

    /// Makes a change durable, with its entry in the journal, or nothing of it.
    ///
    /// # Errors
    /// [`RegistryError::NoSuch`] when a link leads nowhere.
    fn change(
        &self,
        change: Change,
        by: String,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), RegistryError>> + Send;

    /// One entity.
    ///
    /// # Errors
    /// When the record cannot be read.
    fn entity(&self, key: Key) -> Result<Option<Entity>, RegistryError>;

    /// Entities by their numbers, ascending.
    ///
    /// # Errors
    /// When the record cannot be read.
    fn page(&self, wanted: &Wanted) -> Result<Page, RegistryError>;

    /// How many entities are wanted, whatever `after` and `limit`.
    ///
    /// # Errors
    /// When the record cannot be read.
    fn count(&self, wanted: &Wanted) -> Result<u64, RegistryError>;

    /// Those of a kind that an entity is linked to, from either end, ascending.
    ///
    /// # Errors
    /// When the record cannot be read.
    fn neighbours(&self, key: Key, kind: Kind) -> Result<Vec<u64>, RegistryError>;
}
