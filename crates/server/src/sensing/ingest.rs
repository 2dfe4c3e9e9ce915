//! How readings come in: checked, kept, judged.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_history::{AppendError, Appended, Batch};
use yiwang_sensing::device::Heard;
use yiwang_sensing::{Reading, StreamId};
use yiwang_store::Store;

use super::Sensing;

/// Who sends readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name of the account.
    pub name: String,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The id of the first reading that was kept, where any was and, for a batch
    /// sent again, it is still remembered; the others follow it.
    pub first: Option<u64>,
    /// How many are kept.
    pub kept: u64,
    /// Whether the batch was there already.
    pub repeated: bool,
    /// Readings that were refused, by their position in the batch, and why.
    pub refused: Vec<(u32, Refusal)>,
}

/// What judges readings. It is called with everything that is kept, nothing left
/// out, in the order in which it came; findings are its own to pass on.
pub trait Judge: Send {
    /// Judges readings that are durable.
    fn feed(&mut self, readings: &[Reading]);
}

/// How far a device's clock may be ahead, milliseconds.
const CLOCK_AHEAD_MS: i64 = 5 * 60_000;
/// Times before this are no times of readings: 1900-01-01.
const EARLIEST_MS: i64 = -2_208_988_800_000;

impl Sensing {
    /// Takes a batch: readings that may not be kept are refused one by one and
    /// the others kept together. Returns when they are durable.
    ///
    /// # Errors
    /// A refusal of the whole batch: the sender is quarantined, the disk is
    /// full, or too much is waiting.
    pub async fn take(
        &self,
        store: &Store,
        sender: &Sender,
        batch: Batch,
        now: Timestamp,
    ) -> Result<Taken, Refusal> {
        self.take_some(store, sender, batch, now, false).await
    }

    /// As [`Sensing::take`], but all readings of the batch or none.
    ///
    /// # Errors
    /// As there, and the first refusal of a reading.
    pub async fn take_whole(
        &self,
        store: &Store,
        sender: &Sender,
        batch: Batch,
        now: Timestamp,
    ) -> Result<Taken, Refusal> {
        self.take_some(store, sender, batch, now, true).await
    }

    async fn take_some(
        &self,
        store: &Store,
        sender: &Sender,
        batch: Batch,
        now: Timestamp,
        whole: bool,
    ) -> Result<Taken, Refusal> {
        self.devices.must_be_believed(&sender.name)?;
        let sent = batch.readings.len() as u64;
        let fingerprint = self
            .devices
            .is_registered(&sender.name)
            .then(|| fingerprint(&batch))
            .filter(|_| batch.key.is_none());
        let (batch, refused) = self.check(store, sender, batch, now).await?;
        self.devices.refused(&sender.name, &refused);
        let heard = Heard {
            at: now.as_millisecond(),
            readings: sent,
            out_of_turn: refused.iter().any(|(_, why)| why.code == OUT_OF_TURN),
            fingerprint,
        };
        self.devices.hear(store, &sender.name, heard, now).await?;
        if let (true, Some((_, why))) = (whole, refused.first()) {
            return Err(why.clone());
        }
        let kept = batch.readings.len() as u64;
        if kept == 0 {
            return Ok(Taken {
                first: None,
                kept,
                repeated: false,
                refused,
            });
        }
        let (first, repeated) = match self.append(batch).await? {
            Appended::Stored(chunk) => (Some(chunk.first), false),
            Appended::Repeated(first) => (first, true),
        };
        if let Some(judge) = self.judge.get() {
            judge.has_room().await;
        }
        Ok(Taken {
            first,
            kept,
            repeated,
            refused,
        })
    }

    async fn append(&self, batch: Batch) -> Result<Appended, Refusal> {
        let (tell, told) = tokio::sync::oneshot::channel();
        let (heard, judge) = (self.heard.clone(), self.judge.get().cloned());
        // Called in the order of the log, and whether or not the sender is still there.
        self.history.append_then(batch, move |outcome| {
            if let Ok(Appended::Stored(chunk)) = &outcome {
                if let Some(judge) = judge {
                    judge.readings(Arc::clone(chunk));
                }
                // Nobody may be listening.
                let _ = heard.send(Arc::clone(chunk));
            }
            let _ = tell.send(outcome);
        });
        let outcome = told
            .await
            .unwrap_or_else(|_| Err(AppendError::Broken("the writer has stopped".into())));
        outcome.map_err(|error| not_kept(&error))
    }

    /// Parts what may be kept from what may not.
    pub(super) async fn check(
        &self,
        store: &Store,
        sender: &Sender,
        mut batch: Batch,
        now: Timestamp,
    ) -> Result<(Batch, Vec<(u32, Refusal)>), Refusal> {
        let latest = now.as_millisecond() + CLOCK_AHEAD_MS;
        let device = self.devices.number(&sender.name);
        let owners = self.known.owners(self, store, &batch.readings, now).await?;
        let mut refused = Vec::new();
        let notes = &mut batch.notes;
        for ((position, reading), owner) in (0..).zip(&batch.readings).zip(owners) {
            let why = if owner.is_none() {
                Some(no_stream(reading))
            } else if reading.at > latest {
                Some(impossible(
                    "phenomenonTime",
                    "时间在将来",
                    "this is in the future",
                    &time(reading),
                ))
            } else if reading.at < EARLIEST_MS {
                Some(impossible(
                    "phenomenonTime",
                    "时间过早",
                    "this is too long ago",
                    &time(reading),
                ))
            } else if reading.value.is_infinite() {
                Some(impossible(
                    "result",
                    "不是有限的数",
                    "this is no finite number",
                    "∞",
                ))
            } else if reading.value.is_nan()
                && notes.binary_search_by_key(&position, |n| n.0).is_err()
            {
                Some(impossible("result", "不是数", "this is no number", "NaN"))
            } else if device.is_some() && owner != Some(device) {
                Some(out_of_turn(reading))
            } else {
                self.known.out_of_range(reading).map(|[low, high]| {
                    let found = reading.value.to_string();
                    impossible(
                        "result",
                        "超出量程",
                        "this is out of the sensor's range",
                        &found,
                    )
                    .allowing([format!("{low}–{high}")])
                })
            };
            refused.extend(why.map(|why| (position, why)));
        }
        if !refused.is_empty() {
            leave_out(&mut batch, &refused);
        }
        Ok((batch, refused))
    }
}

impl Sensing {
    /// Whether a sender may speak for a stream: a registered device for its own only.
    pub(super) async fn must_own(
        &self,
        store: &Store,
        sender: &Sender,
        stream: StreamId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.devices.must_be_believed(&sender.name)?;
        let device = self.devices.number(&sender.name);
        let reading = Reading {
            stream,
            at: 0,
            value: 0.0,
        };
        let owners = self.known.owners(self, store, &[reading], now).await?;
        match owners.first() {
            Some(Some(owner)) if device.is_none() || *owner == device => Ok(()),
            Some(Some(_)) => Err(out_of_turn(&reading)),
            _ => Err(no_stream(&reading)),
        }
    }
}

/// Takes refused readings out of a batch; notes move along.
fn leave_out(batch: &mut Batch, refused: &[(u32, Refusal)]) {
    let is_refused = |position: u32| refused.binary_search_by_key(&position, |r| r.0).is_ok();
    let mut position = 0;
    batch.readings.retain(|_| {
        position += 1;
        !is_refused(position - 1)
    });
    batch.notes.retain(|(position, _)| !is_refused(*position));
    for (position, _) in &mut batch.notes {
        *position -= refused.partition_point(|r| r.0 < *position) as u32;
    }
}

fn fingerprint(batch: &Batch) -> u64 {
    let mut hash = DefaultHasher::new();
    for reading in &batch.readings {
        (reading.stream, reading.at, reading.value.to_bits()).hash(&mut hash);
    }
    hash.finish()
}

fn time(reading: &Reading) -> String {
    Timestamp::from_millisecond(reading.at)
        .map_or_else(|_| reading.at.to_string(), |t| t.to_string())
}

/// The code of a refusal of what a device sends for others.
pub(super) const OUT_OF_TURN: &str = "reading.out-of-turn";

fn out_of_turn(reading: &Reading) -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        OUT_OF_TURN,
        "此数据流不属于这台设备",
        "this datastream is not the device's own",
    )
    .at("Datastream")
    .found(reading.stream.0.to_string())
}

fn no_stream(reading: &Reading) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "reading.no-stream",
        "没有这个数据流",
        "there is no such datastream",
    )
    .at("Datastream")
    .found(reading.stream.0.to_string())
}

fn impossible(field: &str, zh: &str, en: &str, found: &str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "reading.impossible", zh, en)
        .at(field)
        .found(found)
}

fn not_kept(error: &AppendError) -> Refusal {
    let (kind, code, zh, en) = match error {
        AppendError::Full => (
            RefusalKind::Unavailable,
            "store.full",
            "存储空间已满，读数未保存，请稍后再发",
            "the disk is full: nothing was kept; send it again later",
        ),
        AppendError::Behind => (
            RefusalKind::Unavailable,
            "reading.behind",
            "待写入的读数过多，请稍后再发",
            "too much is waiting to be written; send it again later",
        ),
        AppendError::TooLarge(_) => (
            RefusalKind::TooMuch,
            "reading.too-large",
            "一批过大，请分开发送",
            "the batch is too large; send it in parts",
        ),
        AppendError::ReadOnly(_) | AppendError::Broken(_) => {
            tracing::error!(%error, "readings cannot be kept");
            (
                RefusalKind::Unavailable,
                "store.unavailable",
                "读数暂时不能保存，请稍后再发",
                "readings cannot be kept now; send it again later",
            )
        }
    };
    Refusal::new(kind, code, zh, en)
}
