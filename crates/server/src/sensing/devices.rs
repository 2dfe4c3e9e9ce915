//! The devices that send readings: who they are, what of theirs is refused,
//! and which of them are quarantined.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use yiwang_base::{Point, Refusal, RefusalKind, Timestamp};
use yiwang_cases::{StoreError, metres_between};
use yiwang_sensing::device::{Device, Heard, Suspicion, Watch};
use yiwang_store::{Item, ItemKind, Store};

use super::Sensing;

/// What was counted of a sender since the server started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeviceCounts {
    /// When something last came from it.
    pub last_seen: Option<Timestamp>,
    /// Readings that came.
    pub readings: u64,
    /// Readings that were refused.
    pub refused: u64,
    /// Messages that could not be read at all.
    pub malformed: u64,
    /// Why something was last refused.
    pub last_refusal: Option<&'static str>,
    /// How it says that it stands, where it is a gateway.
    pub gateway: Option<GatewayStanding>,
}

/// How a gateway says that it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatewayStanding {
    /// When it said so.
    pub told_at: Timestamp,
    /// Readings that wait there for the city.
    pub waiting: u64,
    /// Most that may.
    pub buffer: u64,
    /// Readings that it did not pass on since it was set up, since more waited.
    pub dropped: u64,
    /// When the last of them was left out.
    pub dropped_at: Option<Timestamp>,
    /// Readings that the city has refused since it was set up.
    pub refused: u64,
}

#[derive(Default)]
struct Sending {
    counts: DeviceCounts,
    watch: Watch,
}

#[derive(Default)]
struct Inner {
    /// Registered devices, each with its number.
    devices: BTreeMap<String, (u32, Device)>,
    things: HashMap<u64, u32>,
    senders: BTreeMap<String, Sending>,
}

/// All of them.
#[derive(Default)]
pub struct Devices(Mutex<Inner>);

/// Senders that are counted by name; of more than this, nobody new is.
const MOST_SENDERS: usize = 100_000;

impl Devices {
    pub(super) fn load(store: &Store) -> Result<Devices, StoreError> {
        let devices = Devices::default();
        devices.reload(store)?;
        Ok(devices)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reload(&self, store: &Store) -> Result<(), StoreError> {
        let items = store.items(ItemKind::Device)?;
        let read = (0..).zip(items).map(|(number, item)| {
            let device: Device = item.read()?;
            Ok((item.code, (number, device)))
        });
        let read: BTreeMap<_, _> = read.collect::<Result<_, StoreError>>()?;
        let mut inner = self.inner();
        inner.things.clear();
        for (number, device) in read.values() {
            let things = device.things.iter().map(|thing| (*thing, *number));
            inner.things.extend(things);
        }
        inner.devices = read;
        Ok(())
    }

    /// The number of a registered device.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.inner().devices.get(name).map(|(number, _)| *number)
    }

    /// Whether somebody who sends is registered as a device.
    pub fn is_registered(&self, name: &str) -> bool {
        self.inner().devices.contains_key(name)
    }

    /// The number of the device that speaks for a thing.
    pub(super) fn of_thing(&self, thing: u64) -> Option<u32> {
        self.inner().things.get(&thing).copied()
    }

    /// Refuses what a quarantined device sends, and counts it.
    pub(super) fn must_be_believed(&self, name: &str) -> Result<(), Refusal> {
        let mut inner = self.inner();
        let device = inner.devices.get(name);
        let Some(why) = device.and_then(|(_, device)| device.quarantine) else {
            return Ok(());
        };
        inner.sender(name).counts.refused += 1;
        Err(quarantined(why))
    }

    /// Counts a message that could not be read.
    pub fn malformed(&self, name: &str, now: Timestamp) {
        let mut inner = self.inner();
        let counts = &mut inner.sender(name).counts;
        counts.malformed += 1;
        counts.last_seen = Some(now);
    }

    /// Takes note of how a gateway says that it stands.
    pub fn gateway_stands(&self, name: &str, standing: GatewayStanding) {
        let mut inner = self.inner();
        let counts = &mut inner.sender(name).counts;
        let before = counts.gateway.map_or(0, |gateway| gateway.dropped);
        if standing.dropped > before {
            let (dropped, buffer) = (standing.dropped, standing.buffer);
            tracing::warn!(
                gateway = name,
                dropped,
                buffer,
                "a gateway did not pass readings on: more waited than its buffer holds"
            );
        }
        counts.gateway = Some(standing);
    }

    /// Counts readings that were refused.
    pub fn refused(&self, name: &str, refused: &[(u32, Refusal)]) {
        if let Some((_, why)) = refused.last() {
            let mut inner = self.inner();
            let counts = &mut inner.sender(name).counts;
            counts.refused += refused.len() as u64;
            counts.last_refusal = Some(why.code);
        }
    }

    /// Takes note of a message, and quarantines whoever sent it where the rule
    /// of devices says so; then the message is refused.
    pub(super) async fn hear(
        &self,
        store: &Store,
        name: &str,
        heard: Heard,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let suspicion = {
            let mut inner = self.inner();
            let most = inner.devices.get(name).map(|(_, d)| d.most_per_minute);
            let sender = inner.sender(name);
            sender.counts.last_seen = Some(now);
            sender.counts.readings += heard.readings;
            most.and_then(|most| sender.watch.hear(heard, most))
        };
        self.quarantine(store, name, suspicion, now).await
    }

    /// Takes note of where a device says that it is.
    ///
    /// # Errors
    /// When it is not believed.
    pub async fn stand(
        &self,
        store: &Store,
        name: &str,
        place: Point,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.must_be_believed(name)?;
        let suspicion = {
            let mut inner = self.inner();
            if !inner.devices.contains_key(name) {
                return Ok(());
            }
            let watch = &mut inner.sender(name).watch;
            watch.stand(now.as_millisecond(), place, metres_between)
        };
        self.quarantine(store, name, suspicion, now).await
    }

    async fn quarantine(
        &self,
        store: &Store,
        name: &str,
        suspicion: Option<Suspicion>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let Some(why) = suspicion else { return Ok(()) };
        let Some(mut device) = self.device(name) else {
            return Ok(());
        };
        tracing::warn!(device = name, why = why.word(), "a device is quarantined");
        device.quarantine = Some(why);
        let item = Item::of(ItemKind::Device, name, &device)?;
        let grounds = Some(format!("{}; {}", why.name().zh, why.name().en));
        store
            .set_items(vec![item], "system:sensing".into(), grounds, now)
            .await?;
        self.reload(store)?;
        Err(quarantined(why))
    }

    /// A registered device.
    pub fn device(&self, name: &str) -> Option<Device> {
        let inner = self.inner();
        inner.devices.get(name).map(|(_, device)| device.clone())
    }

    /// All registered devices and all who sent, with what was counted.
    pub fn list(&self) -> Vec<(String, Option<Device>, DeviceCounts)> {
        let inner = self.inner();
        let mut names: Vec<&String> = inner.devices.keys().chain(inner.senders.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let one = |name: &String| {
            let device = inner.devices.get(name).map(|(_, device)| device.clone());
            let counts = inner.senders.get(name).map(|sender| sender.counts);
            (name.clone(), device, counts.unwrap_or_default())
        };
        names.into_iter().map(one).collect()
    }
}

impl Inner {
    fn sender(&mut self, name: &str) -> &mut Sending {
        let known = self.senders.contains_key(name) || self.senders.len() < MOST_SENDERS;
        let name = if known { name } else { "…" };
        self.senders.entry(name.to_owned()).or_default()
    }
}

impl Sensing {
    /// Registers a device, or changes what is registered of it.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn set_device(
        &self,
        store: &Store,
        name: &str,
        device: &Device,
        by: String,
        grounds: Option<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let item = Item::of(ItemKind::Device, name, device)?;
        store.set_items(vec![item], by, grounds, now).await?;
        self.devices.reload(store)?;
        // What made it suspicious before counts no more.
        self.devices.inner().sender(name).watch = Watch::default();
        self.owners_changed();
        Ok(())
    }
}

fn quarantined(why: Suspicion) -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "device.quarantined",
        format!("设备已隔离：{}；请联系数据管理员", why.name().zh),
        format!(
            "the device is quarantined ({}); ask the data steward",
            why.name().en
        ),
    )
}
