//! The keys of devices, and what was registered of a device over time.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_base::Timestamp;
use yiwang_sensing::device::Device;
use yiwang_store::{Key, KeysChanged};

use super::{PointBody, SuspicionWord, Time, Word};

/// A new key of a device.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceKeyBody {
    /// Days until it ends; 365 unless given.
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<u16>,
    /// Whether the keys that it had before end in the same change.
    #[serde(default)]
    pub end_others: bool,
}

/// A key of a device; the key itself is told once, when it is made.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceKeyView {
    /// By which it is told apart: the beginning of its hash.
    pub id: String,
    /// When it was made; unknown of those from before this was kept.
    #[schema(required)]
    pub made_at: Option<Time>,
    /// Who made it, as the record names them.
    #[schema(required)]
    pub made_by: Option<String>,
    /// When it was last used, to ten minutes.
    #[schema(required)]
    pub used_at: Option<Time>,
    /// When it ends.
    pub ends: Time,
}

impl From<Key> for DeviceKeyView {
    fn from(key: Key) -> Self {
        Self {
            id: key.id,
            made_at: key.made_at.map(Time),
            made_by: key.made_by,
            used_at: key.used_at.map(Time),
            ends: Time(key.ends),
        }
    }
}

/// What was registered of a device at a time, and the keys it had.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct DeviceVersion {
    /// The things it speaks for.
    pub things: Vec<u64>,
    /// Which firmware it runs.
    #[schema(required)]
    pub firmware: Option<String>,
    /// Where it stands.
    #[schema(required)]
    pub place: Option<PointBody>,
    /// Code of the unit that answers for it.
    #[schema(required)]
    pub owner: Option<String>,
    /// When it was last calibrated.
    #[schema(required, format = Date)]
    pub calibrated: Option<String>,
    /// Most readings in a minute.
    pub most_per_minute: u64,
    /// MQTT topics that it may publish under beside those of readings.
    pub publish: Vec<String>,
    /// MQTT filters that it may subscribe to.
    pub subscribe: Vec<String>,
    /// Why nothing was taken from it.
    #[schema(required)]
    pub quarantine: Option<SuspicionWord>,
    /// The ids of its keys.
    #[schema(value_type = Vec<String>)]
    pub keys: HeldKeys,
}

/// The keys of an account as its record goes by: their ids, each with when it ends.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HeldKeys(Vec<(String, Timestamp)>);

impl HeldKeys {
    /// After keys changed at `at`; those that had ended by then are gone too.
    pub fn change(&mut self, changed: KeysChanged, at: Timestamp) {
        self.0
            .retain(|(id, ends)| *ends > at && !changed.ended.contains(id));
        self.0.extend(changed.made.map(|made| (made.id, made.ends)));
    }

    /// After the account was set, as with a password, which ends its keys; whether there
    /// were any.
    pub fn end_all(&mut self) -> bool {
        !std::mem::take(&mut self.0).is_empty()
    }
}

impl Serialize for HeldKeys {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(id, _)| id))
    }
}

impl DeviceVersion {
    /// After it was registered so.
    pub fn set(&mut self, device: Device) {
        let point = |point: yiwang_base::Point| PointBody {
            lon: point.lon(),
            lat: point.lat(),
        };
        *self = DeviceVersion {
            things: device.things,
            firmware: device.firmware,
            place: device.place.map(point),
            owner: device.owner,
            calibrated: device.calibrated,
            most_per_minute: device.most_per_minute,
            publish: device.publish,
            subscribe: device.subscribe,
            quarantine: device.quarantine.map(Word),
            keys: std::mem::take(&mut self.keys),
        };
    }
}
