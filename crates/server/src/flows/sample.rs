//! The sample city's devices go on sending while it is served: what each sent a week
//! before, as of now. What they would have sent while it was not served, they send when it
//! is again. For demonstrations, and only where it is asked for.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use yiwang_base::{Refusal, Timestamp, from_millis, to_millis, truncate_millis};
use yiwang_cases::StoreError;
use yiwang_history::{Batch, Query, Streams};
use yiwang_sensing::device::Device;
use yiwang_sensing::registry::{Key, Kind, RegistryStore as _};
use yiwang_sensing::{Reading, StreamId};
use yiwang_store::{ItemKind, Store};

use crate::http::App;
use crate::sample::FILLED_BY;
use crate::sensing::{Sender, Sensing};

const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// How often they send.
const EVERY: Duration = Duration::from_secs(60);
/// The longest time that they catch up.
const MOST_CAUGHT_UP_MS: i64 = WEEK_MS;
/// How much of it at once: rules on several devices are to find them side by side.
const AT_ONCE_MS: i64 = 3_600_000;

/// Lets the devices of the sample city send for as long as the server runs.
pub async fn replay(app: Arc<App>) {
    let devices = match devices(&app.store) {
        Ok(devices) => devices,
        Err(error) => {
            return tracing::error!(%error, "the devices of the sample city are not known");
        }
    };
    if devices.is_empty() {
        tracing::warn!("this is no sample city: no device sends by itself");
        return;
    }
    tracing::info!(
        devices = devices.len(),
        "the devices of the sample city send what they sent a week ago"
    );
    let mut since = to_millis(Timestamp::now());
    match catch_up(&app.store, &app.sensing, &devices, since).await {
        Ok(readings) => tracing::info!(
            readings,
            "the devices of the sample city have caught up with what they missed"
        ),
        Err(refusal) => tracing::warn!(%refusal, "devices of the sample city could not catch up"),
    }
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let now = truncate_millis(Timestamp::now());
        let times = since..to_millis(now);
        match send(&app.store, &app.sensing, &devices, &times, WEEK_MS).await {
            Ok(readings) => tracing::debug!(readings, "devices of the sample city have sent"),
            Err(refusal) => tracing::warn!(%refusal, "a device of the sample city could not send"),
        }
        since = times.end;
    }
}

/// The devices that the sample city registered, whoever changed them since.
///
/// # Errors
/// When the record cannot be read.
pub fn devices(store: &Store) -> Result<Vec<String>, StoreError> {
    let items = store.items(ItemKind::Device)?;
    let subjects: Vec<String> = items.iter().map(|i| format!("device/{}", i.code)).collect();
    let asked: Vec<&str> = subjects.iter().map(String::as_str).collect();
    let mut first = BTreeMap::new();
    for (subject, entry) in store.entries_of(&asked)? {
        first.entry(subject).or_insert(entry.by);
    }
    let filled = first.into_iter().filter(|(_, by)| by == FILLED_BY);
    let names =
        filled.filter_map(|(subject, _)| subject.strip_prefix("device/").map(str::to_owned));
    Ok(names.collect())
}

/// Sends what these devices have not sent since the last reading of any of them, at most
/// for a week: what each sent so many whole weeks before that there was something. Until
/// `now`, milliseconds since 1970-01-01 UTC. Returns how many readings.
///
/// # Errors
/// As for [`send`].
pub async fn catch_up(
    store: &Store,
    sensing: &Sensing,
    devices: &[String],
    now: i64,
) -> Result<u64, Refusal> {
    let mut last = None;
    for name in devices {
        if let Some(device) = sensing.devices.device(name) {
            let streams = streams_of(store, &device)?.into_iter();
            let spans = streams.filter_map(|stream| sensing.history.span(stream));
            last = last.max(spans.map(|span| span.last_at).max());
        }
    }
    let Some(last) = last else {
        return Ok(0);
    };
    let (mut sent, mut since) = (0, (last + 1).max(now - MOST_CAUGHT_UP_MS));
    while since < now {
        let until = now.min(since + AT_ONCE_MS);
        sent += send(
            store,
            sensing,
            devices,
            &(since..until),
            before(until, last),
        )
        .await?;
        since = until;
    }
    Ok(sent)
}

/// How much earlier there is something to send, in whole weeks: after a longer pause, the
/// week before has none either.
fn before(until: i64, last: i64) -> i64 {
    let weeks = (until - last + WEEK_MS - 1) / WEEK_MS;
    weeks.max(1) * WEEK_MS
}

fn streams_of(store: &Store, device: &Device) -> Result<Vec<StreamId>, Refusal> {
    let mut streams = Vec::new();
    for thing in &device.things {
        let of = store.neighbours(Key(Kind::Thing, *thing), Kind::Datastream)?;
        streams.extend(of.into_iter().map(StreamId));
    }
    Ok(streams)
}

/// Sends what these devices sent so long before these times, milliseconds since
/// 1970-01-01 UTC, as of then. One that is quarantined is left out. Returns how many
/// readings.
///
/// # Errors
/// When the record or the readings cannot be read, or nothing can be kept.
pub async fn send(
    store: &Store,
    sensing: &Sensing,
    devices: &[String],
    times: &Range<i64>,
    before: i64,
) -> Result<u64, Refusal> {
    let mut sent = 0;
    for name in devices {
        let believed = |device: &Device| device.quarantine.is_none();
        let Some(device) = sensing.devices.device(name).filter(believed) else {
            continue;
        };
        let mut query = Query::of(Streams::these(streams_of(store, &device)?));
        (query.from, query.to) = (times.start - before, times.end - before);
        let history = Arc::clone(&sensing.history);
        let read = tokio::task::spawn_blocking(move || {
            let rows = history.rows(query);
            let rows = rows.map(|row| row.map(|row| row.reading));
            rows.collect::<Result<Vec<Reading>, _>>()
        });
        let read = match read.await {
            Ok(Ok(read)) => read,
            Ok(Err(error)) => return Err(StoreError::Broken(error.to_string()).into()),
            Err(error) => return Err(StoreError::Broken(error.to_string()).into()),
        };
        let readings: Vec<Reading> = read
            .into_iter()
            .map(|reading| Reading {
                at: reading.at + before,
                ..reading
            })
            .collect();
        let sender = Sender { name: name.clone() };
        // Of what was sent over hours, no minute is to hold it all: that would be a flood.
        let most = usize::try_from(device.most_per_minute / 2).unwrap_or(usize::MAX);
        for part in readings.chunks(most.max(1)) {
            let Some(last) = part.last() else { continue };
            sent += part.len() as u64;
            let batch = Batch {
                readings: part.to_vec(),
                ..Batch::default()
            };
            let then = from_millis(last.at);
            sensing.take(store, &sender, batch, then).await?;
        }
    }
    Ok(sent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_again_is_of_a_week_before_the_pause() {
        let day = WEEK_MS / 7;
        assert_eq!(before(day / 2, 0), WEEK_MS);
        assert_eq!(before(WEEK_MS, 0), WEEK_MS);
        assert_eq!(before(WEEK_MS + 1, 0), 2 * WEEK_MS);
        // A month: what is sent for its last day is of the week before it began.
        assert_eq!(before(30 * day, 0), 5 * WEEK_MS);
    }
}
