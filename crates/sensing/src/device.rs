//! Devices (设备): which streams are theirs, and when not to believe them.

use serde::{Deserialize, Serialize};
use yiwang_base::{LocalText, Point};

/// A device as it is registered. Its name is that of the account whose key it
/// sends with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The things it speaks for; their datastreams are its own.
    pub things: Vec<u64>,
    /// Which firmware it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Point>,
    /// Which unit answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// When it was last calibrated, `2026-01-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibrated: Option<String>,
    /// Most readings in a minute.
    pub most_per_minute: u64,
    /// Topics that it may publish under beside those of readings, as filters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publish: Vec<String>,
    /// What it may subscribe to, as filters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subscribe: Vec<String>,
    /// Whether its account was made when it was registered. An account that was there
    /// before is a program's, whose keys are not for whoever keeps devices to give.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_account: bool,
    /// Why nothing is taken from it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<Suspicion>,
}

/// Why a device is not believed (隔离原因).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspicion {
    /// It sends for streams that are not its own (越权发送).
    OutOfTurn,
    /// It sends more than it may (发送过密).
    Flood,
    /// It sends the same again and again (重放).
    Replay,
    /// It was elsewhere sooner than anything travels (位置跳变).
    Jump,
}

impl Suspicion {
    /// All of them.
    pub const ALL: [Suspicion; 4] = [
        Suspicion::OutOfTurn,
        Suspicion::Flood,
        Suspicion::Replay,
        Suspicion::Jump,
    ];

    /// The word of the record and the interface.
    pub fn word(self) -> &'static str {
        match self {
            Suspicion::OutOfTurn => "out_of_turn",
            Suspicion::Flood => "flood",
            Suspicion::Replay => "replay",
            Suspicion::Jump => "jump",
        }
    }

    /// Its name.
    pub fn name(self) -> LocalText {
        match self {
            Suspicion::OutOfTurn => LocalText::new("越权发送", "Speaks for others"),
            Suspicion::Flood => LocalText::new("发送过密", "Floods"),
            Suspicion::Replay => LocalText::new("重放", "Replays"),
            Suspicion::Jump => LocalText::new("位置跳变", "Jumps in place"),
        }
    }
}

/// How many such messages within [`WINDOW_MS`] are one too many: a wrong
/// number typed once is no attack.
const MOST_OUT_OF_TURN: u32 = 10;
const MOST_REPLAYS: u32 = 10;
/// Over how long messages are counted, milliseconds.
pub const WINDOW_MS: i64 = 60_000;
/// How many messages are known again.
const REMEMBERED: usize = 64;
/// Faster than a car on a clear road, metres a second: 200 km/h.
const FASTEST: f64 = 55.6;
/// What a position is off by anyway, metres.
const BLUR: f64 = 200.0;

/// One message of a device.
#[derive(Debug, Clone, Copy)]
pub struct Heard {
    /// When it came, milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// How many readings it holds.
    pub readings: u64,
    /// Whether some are for streams that are not the device's.
    pub out_of_turn: bool,
    /// A hash of the readings, by which the same message is known again; none
    /// where the message has a key, under which it may be sent again.
    pub fingerprint: Option<u64>,
}

/// What is remembered of a device: a few numbers, whatever it sends.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    since: i64,
    readings: u64,
    out_of_turn: u32,
    replays: u32,
    known: std::collections::VecDeque<u64>,
    place: Option<(i64, Point)>,
}

impl Watch {
    /// Takes note of a message; says whether from now on the device is not to
    /// be believed.
    pub fn hear(&mut self, heard: Heard, most_per_minute: u64) -> Option<Suspicion> {
        if heard.at - self.since >= WINDOW_MS || heard.at < self.since {
            (self.since, self.readings) = (heard.at, 0);
            (self.out_of_turn, self.replays) = (0, 0);
        }
        self.readings = self.readings.saturating_add(heard.readings);
        self.out_of_turn += u32::from(heard.out_of_turn);
        if let Some(fingerprint) = heard.fingerprint {
            self.replays += u32::from(self.known.contains(&fingerprint));
            self.known.push_back(fingerprint);
            if self.known.len() > REMEMBERED {
                self.known.pop_front();
            }
        }
        if self.out_of_turn >= MOST_OUT_OF_TURN {
            Some(Suspicion::OutOfTurn)
        } else if self.readings > most_per_minute {
            Some(Suspicion::Flood)
        } else if self.replays >= MOST_REPLAYS {
            Some(Suspicion::Replay)
        } else {
            None
        }
    }

    /// Takes note of where the device says it is; `metres` measures between points.
    pub fn stand(
        &mut self,
        at: i64,
        place: Point,
        metres: impl Fn(Point, Point) -> f64,
    ) -> Option<Suspicion> {
        let before = self.place.replace((at, place));
        let (then, from) = before?;
        let seconds = (at - then).max(0) as f64 / 1000.0;
        let jumped = metres(from, place) > BLUR + FASTEST * seconds;
        jumped.then_some(Suspicion::Jump)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(at: i64) -> Heard {
        Heard {
            at,
            readings: 10,
            out_of_turn: false,
            fingerprint: None,
        }
    }

    #[test]
    fn who_floods_is_not_believed_and_who_keeps_to_the_rate_is() {
        let mut watch = Watch::default();
        let slow = (0..1000).find_map(|i| watch.hear(heard(i * 7000), 100));
        assert_eq!(slow, None);
        let fast = (0..1000).find_map(|i| watch.hear(heard(8_000_000 + i * 1000), 100));
        assert_eq!(fast, Some(Suspicion::Flood));
    }

    #[test]
    fn one_slip_is_forgiven_and_many_are_not() {
        let slip = Heard {
            out_of_turn: true,
            ..heard(0)
        };
        let mut watch = Watch::default();
        assert_eq!(watch.hear(slip, 1000), None);
        let many = (0..20).find_map(|_| watch.hear(slip, 1000));
        assert_eq!(many, Some(Suspicion::OutOfTurn));
        let same = Heard {
            fingerprint: Some(7),
            ..heard(0)
        };
        let mut watch = Watch::default();
        assert_eq!(watch.hear(same, 1000), None);
        let again = (0..20).find_map(|_| watch.hear(same, 1000));
        assert_eq!(again, Some(Suspicion::Replay));
    }

    #[test]
    fn nothing_is_elsewhere_at_once() {
        let at = |lon: f64| Point::new(lon, 39.9).unwrap();
        let metres = |a: Point, b: Point| (a.lon() - b.lon()).abs() * 85_000.0;
        let mut watch = Watch::default();
        assert_eq!(watch.stand(0, at(116.4), metres), None);
        assert_eq!(
            watch.stand(60_000, at(116.41), metres),
            None,
            "850 m in a minute"
        );
        assert_eq!(
            watch.stand(61_000, at(117.4), metres),
            Some(Suspicion::Jump)
        );
    }
}
