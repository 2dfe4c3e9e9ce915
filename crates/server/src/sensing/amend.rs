//! Readings that are put right or taken back. What was kept stays as it was: an
//! entry of the record says what holds now, who said so and when, and every
//! answer honours it. An open alert that rests on such a reading says so, is judged again,
//! and stays as it is.

use tokio::sync::MutexGuard;
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_cases::StoreError;
use yiwang_history::{AmendError, Amendment, Batch, MOST_AMENDMENTS, Row, Said};
use yiwang_sensing::Reading;
use yiwang_store::{Item, ItemKind, Store};

use super::{Sender, Sensing};

/// A turn to amend readings, with what is to be amended.
pub struct Amending<'a> {
    sensing: &'a Sensing,
    store: &'a Store,
    sender: &'a Sender,
    now: Timestamp,
    amendments: Vec<Amendment>,
    _turn: MutexGuard<'a, ()>,
}

/// What the record says of readings that were amended.
pub(super) fn recorded(store: &Store) -> Result<Vec<Amendment>, StoreError> {
    let items = store.items(ItemKind::ReadingAmendment)?;
    items.iter().map(Item::read).collect()
}

impl Sensing {
    /// Begins to amend readings, once nobody else does.
    pub async fn amending<'a>(
        &'a self,
        store: &'a Store,
        sender: &'a Sender,
        now: Timestamp,
    ) -> Amending<'a> {
        Amending {
            sensing: self,
            store,
            sender,
            now,
            amendments: Vec::new(),
            _turn: self.amending.lock().await,
        }
    }
}

impl Amending<'_> {
    /// A reading as it holds now.
    ///
    /// # Errors
    /// When there is none of this id, or only a summary is left of it.
    pub fn row(&self, id: u64) -> Result<Row, Refusal> {
        let row = self.sensing.history.row(id);
        row.map_err(|error| refused(AmendError::History(error)))?
            .ok_or_else(|| refused(AmendError::NoReading))
    }

    /// Puts a reading right: to what may be kept as a new one may.
    ///
    /// # Errors
    /// As for a new reading, and when it cannot be amended.
    pub async fn put_right(&mut self, id: u64, said: Said) -> Result<(), Refusal> {
        let reading = Reading {
            at: said.at,
            value: said.value.unwrap_or(f64::NAN),
            ..self.row(id)?.reading
        };
        let batch = Batch {
            readings: vec![reading],
            notes: said
                .note
                .clone()
                .map(|note| (0, note))
                .into_iter()
                .collect(),
            key: None,
        };
        let check = self.sensing.check(self.store, self.sender, batch, self.now);
        if let Some((_, why)) = check.await?.1.into_iter().next() {
            return Err(why);
        }
        self.amend(id, Some(said))
    }

    /// Takes a reading back.
    ///
    /// # Errors
    /// When it is not the sender's own, or cannot be amended.
    pub async fn take_back(&mut self, id: u64) -> Result<(), Refusal> {
        let row = self.row(id)?;
        let stream = row.reading.stream;
        self.sensing
            .must_own(self.store, self.sender, stream, self.now)
            .await?;
        self.amend(id, None)
    }

    fn amend(&mut self, id: u64, now: Option<Said>) -> Result<(), Refusal> {
        let amendment = self.sensing.history.amendment(id, now).map_err(refused)?;
        self.amendments.retain(|before| before.id != id);
        self.amendments.push(amendment);
        Ok(())
    }

    /// Writes all of it down in the record, at once; then it holds. Returns what was
    /// amended.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn finish(
        self,
        by: String,
        grounds: Option<String>,
    ) -> Result<Vec<Amendment>, Refusal> {
        let item = |one: &Amendment| Item::of(ItemKind::ReadingAmendment, &one.id.to_string(), one);
        let items = self.amendments.iter().map(item);
        let items = items.collect::<Result<Vec<_>, _>>()?;
        self.store.set_items(items, by, grounds, self.now).await?;
        self.sensing.history.amend(self.amendments.clone());
        Ok(self.amendments)
    }
}

fn refused(error: AmendError) -> Refusal {
    match error {
        AmendError::NoReading => Refusal::new(
            RefusalKind::NotFound,
            "reading.none",
            "没有这条读数，或只剩汇总",
            "there is no such reading, or only a summary is left of it",
        ),
        AmendError::Busy => Refusal::new(
            RefusalKind::Unavailable,
            "reading.rolled-up",
            "此读数正在汇总，请稍后再试",
            "the reading is being summed up; try again later",
        ),
        AmendError::TooMany => Refusal::new(
            RefusalKind::Unavailable,
            "reading.amended",
            "更正过的读数过多，汇总旧读数之后才能再更正",
            "too many readings are amended; more can be once old ones are summed up",
        )
        .allowing([format!("0–{MOST_AMENDMENTS}")]),
        AmendError::History(error) => {
            tracing::error!(%error, "a reading cannot be read");
            Refusal::new(
                RefusalKind::Unavailable,
                "store.unavailable",
                "读数暂时不能读出，请稍后再试",
                "readings cannot be read now; try again later",
            )
        }
    }
}
