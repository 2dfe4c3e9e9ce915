//! Devices that send readings, and summaries of readings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_base::field::unfit;
use yiwang_base::{Point, Refusal};
use yiwang_history::Summary;
use yiwang_mqtt::{Cause, Dropped, Usage, is_filter};
use yiwang_sensing::device::Device;

use super::{GatewayView, PointBody, SuspicionWord, Time, Word};
use crate::mqtt::OutsideStanding;
use crate::sensing::{DeviceCounts, Retention};

/// A device as it is registered; it sends with the key of the account of its name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceBody {
    /// The things it speaks for; their datastreams are its own.
    #[schema(max_items = 10000)]
    pub things: Vec<u64>,
    /// Which firmware it runs.
    #[schema(max_length = 100)]
    pub firmware: Option<String>,
    /// Where it stands.
    pub place: Option<PointBody>,
    /// Code of the unit that answers for it.
    #[schema(max_length = 64)]
    pub owner: Option<String>,
    /// When it was last calibrated.
    #[schema(format = Date)]
    pub calibrated: Option<String>,
    /// Most readings in a minute.
    #[schema(minimum = 1)]
    pub most_per_minute: u64,
    /// MQTT topics that it may publish under beside those of readings, as
    /// filters; unless said, they stay as they are, at first none.
    #[schema(max_items = 1000)]
    pub publish: Option<Vec<String>>,
    /// MQTT filters that it may subscribe to; unless said, they stay as they
    /// are, at first none.
    #[schema(max_items = 1000)]
    pub subscribe: Option<Vec<String>>,
}

impl DeviceBody {
    /// The device; what is known of a quarantine stays.
    ///
    /// # Errors
    /// A refusal that names the field at fault.
    pub fn device(self, before: Option<Device>) -> Result<Device, Refusal> {
        let wrong =
            |field: &str, found: &str, allowed: &str| unfit(field).found(found).allowing([allowed]);
        if self.most_per_minute == 0 {
            return Err(wrong("most_per_minute", "0", "1–…"));
        }
        let day = self.calibrated.as_deref();
        if let Some(day) = day.filter(|day| day.parse::<jiff::civil::Date>().is_err()) {
            return Err(wrong("calibrated", day, "2026-01-31"));
        }
        let filters = |field: &str, said: Option<Vec<String>>, before: Option<&Vec<String>>| {
            let filters = said.unwrap_or_else(|| before.cloned().unwrap_or_default());
            match filters.iter().find(|filter| !is_filter(filter)) {
                Some(bad) => Err(wrong(field, bad, "gates/7/state, gates/+/state, gates/#")),
                None => Ok(filters),
            }
        };
        let known = before.as_ref();
        let publish = filters("publish", self.publish, known.map(|d| &d.publish))?;
        let subscribe = filters("subscribe", self.subscribe, known.map(|d| &d.subscribe))?;
        let place = self.place.map(|place| Point::new(place.lon, place.lat));
        let place = place.transpose();
        Ok(Device {
            things: self.things,
            firmware: self.firmware,
            place: place.map_err(|error| wrong("place", &error.to_string(), "-180–180, -85–85"))?,
            owner: self.owner,
            calibrated: self.calibrated,
            most_per_minute: self.most_per_minute,
            publish,
            subscribe,
            own_account: before.as_ref().is_some_and(|device| device.own_account),
            quarantine: before.and_then(|device| device.quarantine),
        })
    }
}

/// Why a quarantined device is believed again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseDeviceBody {
    /// What was found, and what was done.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// A device, or a program that has sent readings.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceView {
    /// The name of its account.
    pub name: String,
    /// The entry that last set it: what `If-Match` names; `0` for a program.
    pub version: u64,
    /// Whether it is registered as a device; a program is not.
    pub registered: bool,
    /// Whether its account was made with it: then whoever keeps devices keeps its keys.
    pub own_account: bool,
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
    #[schema(required)]
    pub most_per_minute: Option<u64>,
    /// MQTT topics that it may publish under beside those of readings.
    pub publish: Vec<String>,
    /// MQTT filters that it may subscribe to.
    pub subscribe: Vec<String>,
    /// Why nothing is taken from it.
    #[schema(required)]
    pub quarantine: Option<SuspicionWord>,
    /// When something last came from it, since the server started.
    #[schema(required)]
    pub last_seen: Option<Time>,
    /// Readings that came since the server started.
    pub readings: u64,
    /// Readings that were refused.
    pub refused: u64,
    /// Messages that could not be read.
    pub malformed: u64,
    /// Why something was last refused, `reading.impossible`.
    #[schema(required)]
    pub last_refusal: Option<&'static str>,
    /// Messages of MQTT for it that were dropped since the server started: it was
    /// away or slow, and too much waited.
    pub mqtt_dropped: u64,
    /// How it says that it stands, where it is a gateway.
    #[schema(required)]
    pub gateway: Option<GatewayView>,
}

impl DeviceView {
    /// The view of one.
    pub fn of(
        (name, device, counts): (String, Option<Device>, DeviceCounts),
        version: u64,
        mqtt: Usage,
    ) -> DeviceView {
        let registered = device.is_some();
        let point = |point: Point| PointBody {
            lon: point.lon(),
            lat: point.lat(),
        };
        let device = device.as_ref();
        DeviceView {
            name,
            version,
            registered,
            own_account: device.is_some_and(|device| device.own_account),
            things: device.map_or(Vec::new(), |device| device.things.clone()),
            firmware: device.and_then(|device| device.firmware.clone()),
            place: device.and_then(|device| device.place).map(point),
            owner: device.and_then(|device| device.owner.clone()),
            calibrated: device.and_then(|device| device.calibrated.clone()),
            most_per_minute: device.map(|device| device.most_per_minute),
            publish: device.map_or(Vec::new(), |device| device.publish.clone()),
            subscribe: device.map_or(Vec::new(), |device| device.subscribe.clone()),
            quarantine: device.and_then(|device| device.quarantine).map(Word),
            last_seen: counts.last_seen.map(Time),
            readings: counts.readings,
            refused: counts.refused,
            malformed: counts.malformed,
            last_refusal: counts.last_refusal,
            mqtt_dropped: mqtt.dropped.total(),
            gateway: counts.gateway.map(GatewayView::from),
        }
    }
}

/// How MQTT stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct MqttView {
    /// Where the broker listens; none where it does not.
    #[schema(required)]
    pub listening: Option<String>,
    /// Clients that are connected.
    pub connected: usize,
    /// Sessions, also of clients that are away.
    pub sessions: usize,
    /// Bytes that are kept for clients, and retained.
    pub bytes: usize,
    /// Retained messages.
    pub retained: usize,
    /// Messages that were dropped since the server started.
    pub dropped: u64,
    /// The same by cause.
    pub dropped_by: DroppedView,
    /// The broker that is not ours; none where none is set.
    #[schema(required)]
    pub outside: Option<OutsideView>,
}

/// Messages that the broker dropped since the server started, by cause.
#[derive(Debug, Serialize, ToSchema)]
pub struct DroppedView {
    /// Of QoS 0: as much waited for its client as may, which was slow.
    pub at_most_once: u64,
    /// Of QoS 1: as much waited for its client as may, which was away or slow.
    pub queue: u64,
    /// Larger than all that is kept for one client.
    pub too_large: u64,
    /// As much was kept for its account, or for all, as may be.
    pub memory: u64,
    /// As many were retained, of its account or of all, as may be.
    pub retained: u64,
}

impl From<Dropped> for DroppedView {
    fn from(dropped: Dropped) -> DroppedView {
        DroppedView {
            at_most_once: dropped.by(Cause::AtMostOnce),
            queue: dropped.by(Cause::Queue),
            too_large: dropped.by(Cause::TooLarge),
            memory: dropped.by(Cause::Memory),
            retained: dropped.by(Cause::Retained),
        }
    }
}

/// How the connection to a broker that is not ours stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutsideView {
    /// Its host.
    pub host: String,
    /// Whether it is connected.
    pub connected: bool,
    /// Since when it is, or is not.
    #[schema(required)]
    pub since: Option<Time>,
    /// Why it is not.
    #[schema(required)]
    pub why: Option<String>,
    /// Connections that broke since the server started.
    pub broken: u64,
    /// Messages that were taken since the server started.
    pub messages: u64,
    /// Messages that it dropped since it started, for us or others, as it says
    /// itself; none where it does not say.
    #[schema(required)]
    pub dropped: Option<u64>,
}

impl From<OutsideStanding> for OutsideView {
    fn from(standing: OutsideStanding) -> OutsideView {
        OutsideView {
            host: standing.host,
            connected: standing.connected,
            since: standing.since.map(Time),
            why: standing.why,
            broken: standing.broken,
            messages: standing.messages,
            dropped: standing.dropped,
        }
    }
}

/// After how many days readings, and summaries of them, give way to coarser ones;
/// 0 keeps them for good. Summaries by day stay for good.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionBody {
    /// Readings, to summaries by minute.
    #[schema(maximum = 36500)]
    pub readings_days: u32,
    /// Those, to summaries by hour.
    #[schema(maximum = 36500)]
    pub minute_days: u32,
    /// Those, to summaries by day.
    #[schema(maximum = 36500)]
    pub hour_days: u32,
}

impl RetentionBody {
    /// What is asked for.
    ///
    /// # Errors
    /// When coarser summaries would be kept for a shorter time than finer ones.
    pub fn retention(self) -> Result<Retention, Refusal> {
        Retention {
            readings_days: self.readings_days,
            minute_days: self.minute_days,
            hour_days: self.hour_days,
        }
        .check()
    }
}

impl From<&Retention> for RetentionBody {
    fn from(retention: &Retention) -> Self {
        Self {
            readings_days: retention.readings_days,
            minute_days: retention.minute_days,
            hour_days: retention.hour_days,
        }
    }
}

/// Readings of one datastream in one bucket of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryView {
    /// The datastream's number.
    pub stream: u64,
    /// When the bucket begins.
    pub from: Time,
    /// How many readings with a number.
    pub count: u64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// Their mean.
    pub mean: f64,
    /// Their sum.
    pub sum: f64,
    /// The earliest.
    pub first: f64,
    /// The latest.
    pub last: f64,
}

impl SummaryView {
    /// The view of one.
    pub fn of(stream: u64, from: Time, summary: &Summary) -> SummaryView {
        SummaryView {
            stream,
            from,
            count: summary.count,
            min: summary.min,
            max: summary.max,
            mean: summary.mean(),
            sum: summary.sum,
            first: summary.first,
            last: summary.last,
        }
    }
}

/// Readings of a group of datastreams in one stretch of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct AggregateView {
    /// Whose: the number of a datastream or thing, the code of an area, or `city`.
    pub of: String,
    /// What is observed.
    pub property: String,
    /// The symbol of its unit.
    pub unit: String,
    /// When the stretch begins.
    pub from: Time,
    /// How many readings with a number.
    pub count: u64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// Their mean: each reading counts as much as any other.
    pub mean: f64,
    /// Their sum.
    pub sum: f64,
}

/// Aggregates of readings.
#[derive(Debug, Serialize, ToSchema)]
pub struct AggregatesView {
    /// By group, then by measure and time.
    pub aggregates: Vec<AggregateView>,
    /// Whether older readings are left out, because only longer stretches are left
    /// of them.
    pub coarser_left_out: bool,
}

/// Summaries of readings.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummariesView {
    /// By datastream, then by time.
    pub summaries: Vec<SummaryView>,
    /// Whether older readings are left out, because only longer buckets are left
    /// of them.
    pub coarser_left_out: bool,
}
