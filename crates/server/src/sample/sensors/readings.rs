//! What the sensors of the sample city read: day rhythms, the city's own
//! weather, and a few faults, each at its time before now.

use std::f64::consts::TAU;

use jiff::civil::Date;
use yiwang_base::{Timestamp, to_millis};
use yiwang_sensing::Reading;

use super::kinds::Measured;
use super::register::Stream;
use crate::sample::dice::Dice;
use crate::sample::weather::{Day, Weather};
use crate::sample::{Plan, SampleCity};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The beat to which everything is read.
const BEAT_MS: i64 = 10 * MINUTE_MS;
/// Days of readings that everything has.
const WEEKS_DAYS: i64 = 21;
/// Days in which what water does is read each beat, beside the storm; before, each hour.
const CLOSE_DAYS: i64 = 7;
/// Longest way back to the last storm, days.
const STORM_WITHIN_DAYS: i64 = 330;

/// How long ago faults began, minutes.
pub(super) const GAS_SILENT: i64 = 30 * 60;
pub(super) const CARE_QUIET: i64 = 20 * 60;
const GAS_LEAK: i64 = 6 * 60;
const COVER_OPEN: i64 = 5 * 60;
const LIFT_SHAKES: i64 = 50 * 60;
const NOISE_STUCK: i64 = 60 * 60;
pub(super) const NOISE_QUARANTINED: i64 = 3 * 60;

/// When everything is read.
pub(super) struct Times {
    zone: jiff::tz::TimeZone,
    now: i64,
    /// When the day of the last storm that has passed began; now, where there was
    /// none lately.
    storm_from: i64,
}

/// All readings, beat by beat.
pub(super) struct Readings<'a> {
    streams: &'a [Stream],
    times: &'a Times,
    weather: Weather,
    states: Vec<State>,
    at: i64,
    day: Today,
}

/// The day that a beat lies in.
struct Today {
    date: Date,
    start: i64,
    weather: Day,
}

/// What a stream remembers.
struct State {
    dice: Dice,
    /// What makes it different from others, about 0.
    bias: f64,
    /// A slow drift, or water that has not run off yet.
    level: f64,
    read_at: i64,
}

impl Times {
    pub(super) fn new(city: &SampleCity, plan: &Plan) -> Times {
        let zone = city.rules.calendar.zone().clone();
        let now = to_millis(plan.now);
        let today = plan.now.to_zoned(zone.clone()).date();
        let weather = weather(city.seed, today);
        let back = std::iter::successors(today.yesterday().ok(), |day| day.yesterday().ok());
        // Two days on, everything about it is over.
        let mut past = back.skip(1).take(STORM_WITHIN_DAYS as usize);
        let storm = past.find(|day| weather.on(*day).rain > 70.0);
        let begins = |day: Date| Some(to_millis(day.to_zoned(zone.clone()).ok()?.timestamp()));
        let storm_from = storm.and_then(begins).unwrap_or(now);
        Times {
            zone,
            now,
            storm_from,
        }
    }

    fn begin(&self) -> i64 {
        let weeks = self.now - WEEKS_DAYS * DAY_MS;
        weeks.min(self.storm_from - DAY_MS) / BEAT_MS * BEAT_MS
    }

    /// Milliseconds from one reading of a stream to the next, at a time.
    fn every(&self, stream: &Stream, at: i64) -> Option<i64> {
        let own = stream.gauge.minutes * MINUTE_MS;
        let is_water = matches!(
            stream.gauge.of,
            Measured::Rain | Measured::Ponding | Measured::River
        );
        if !is_water {
            return (at >= self.now - WEEKS_DAYS * DAY_MS).then_some(own);
        }
        let in_storm = (self.storm_from - DAY_MS..self.storm_from + 2 * DAY_MS).contains(&at);
        let close = in_storm || at >= self.now - CLOSE_DAYS * DAY_MS;
        Some(if close { own } else { HOUR_MS })
    }
}

fn weather(seed: u64, today: Date) -> Weather {
    Weather::new(seed, today.year() - 1, today.year())
}

impl<'a> Readings<'a> {
    pub(super) fn new(
        city: &SampleCity,
        streams: &'a [Stream],
        times: &'a Times,
        now: Timestamp,
    ) -> Self {
        let state = |stream: &Stream| {
            let mut dice = Dice::new(city.seed, stream.gauge.property, stream.number as u64);
            State {
                bias: dice.normal().clamp(-2.0, 2.0),
                level: 0.0,
                read_at: i64::MIN,
                dice,
            }
        };
        let today = now.to_zoned(times.zone.clone()).date();
        Readings {
            states: streams.iter().map(state).collect(),
            streams,
            times,
            weather: weather(city.seed, today),
            at: times.begin(),
            day: Today {
                date: Date::MIN,
                start: i64::MIN,
                weather: weather(city.seed, today).on(today),
            },
        }
    }

    fn look_up_the_day(&mut self) {
        if (self.day.start..self.day.start.saturating_add(DAY_MS)).contains(&self.at) {
            return;
        }
        let zone = &self.times.zone;
        let date = yiwang_base::from_millis(self.at)
            .to_zoned(zone.clone())
            .date();
        let start = date.to_zoned(zone.clone()).map(|start| start.timestamp());
        self.day = Today {
            date,
            start: start.map_or(self.at, to_millis),
            weather: self.weather.on(date),
        };
    }
}

impl Iterator for Readings<'_> {
    /// What is read at one time.
    type Item = (i64, Vec<Reading>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at > self.times.now {
            return None;
        }
        self.look_up_the_day();
        let at = self.at;
        self.at += BEAT_MS;
        let mut read = Vec::new();
        for (stream, state) in self.streams.iter().zip(&mut self.states) {
            let Some(every) = self.times.every(stream, at) else {
                continue;
            };
            if at % every != 0 {
                continue;
            }
            let look = Look {
                ago: (self.times.now - at) / MINUTE_MS,
                hour: (at - self.day.start) as f64 / HOUR_MS as f64,
                hours: (at - state.read_at.max(at - every)) as f64 / HOUR_MS as f64,
                today: &self.day,
            };
            state.read_at = at;
            let value = look.read(stream, state);
            if look.is_sent(stream) {
                let [low, high] = stream.gauge.range;
                read.push(Reading {
                    stream: stream.id,
                    at,
                    value: value.clamp(low, high),
                });
            }
        }
        Some((at, read))
    }
}

/// The circumstances of one reading.
struct Look<'a> {
    /// Minutes before now.
    ago: i64,
    /// The hour of the day, with its part.
    hour: f64,
    /// Hours since the last one.
    hours: f64,
    today: &'a Today,
}

impl Look<'_> {
    fn read(&self, stream: &Stream, state: &mut State) -> f64 {
        let first = stream.number == 0;
        let last = stream.number + 1 == stream.of;
        let noise = state.dice.normal();
        match stream.gauge.of {
            Measured::Rain => tenths(self.rain() * (1.0 + 0.07 * state.bias)),
            Measured::Ponding => {
                // The first has a drain that takes half of what the others' take.
                let gain = if first { 1.7 } else { 0.9 + 0.1 * state.bias };
                state.level *= libm::exp(-self.hours / 1.2);
                state.level += self.rain() * gain;
                tenths((state.level + 0.2 * noise).max(0.0))
            }
            Measured::River => {
                state.level *= libm::exp(-self.hours / 11.0);
                state.level += self.rain() * 0.021;
                thousandths(2.1 + 0.15 * state.bias + state.level + 0.004 * noise)
            }
            Measured::Gas => {
                let leak = match self.ago {
                    ago if first && (GAS_LEAK - 90..=GAS_LEAK).contains(&ago) => {
                        27.0 - 0.2 * (ago - (GAS_LEAK - 45)).abs() as f64
                    }
                    _ => 0.0,
                };
                tenths((0.4 + 0.3 * noise).max(0.0) + leak)
            }
            Measured::LiftShaking => {
                let bad = last && self.ago <= LIFT_SHAKES;
                let used = self.busy();
                let worn = if bad { 6.5 } else { 0.0 };
                tenths(1.2 + 2.4 * used + 0.25 * noise + 0.2 * state.bias + worn)
            }
            Measured::LiftDoor => {
                let bad = last && self.ago <= LIFT_SHAKES;
                let mean = self.busy() * if bad { 9.0 } else { 0.6 };
                (mean + 0.6 * noise + if bad { 3.0 } else { 0.0 })
                    .max(0.0)
                    .round()
            }
            Measured::CoverTilt => {
                let open = first && self.ago <= COVER_OPEN;
                tenths(0.8 + 0.2 * noise + if open { 41.0 } else { 0.0 })
            }
            Measured::Fine => {
                state.level = 0.93 * state.level + 3.1 * noise;
                let washed = if self.today.weather.rain > 5.0 {
                    0.5
                } else {
                    1.0
                };
                let cold = (12.0 - self.today.weather.warmth).max(0.0);
                let rush = bump(self.hour, 8.0, 1.6) + bump(self.hour, 20.0, 2.4);
                let value = 30.0 + 1.1 * cold + 14.0 * rush + 2.0 * state.bias + state.level;
                // Its fan stops now and then for one reading.
                let spike = first && matches!(self.ago / 60, 26 | 55 | 101);
                (value.max(4.0) * washed + if spike { 640.0 } else { 0.0 }).round()
            }
            Measured::Warmth => {
                let day = libm::cos(TAU * (self.hour - 14.5) / 24.0);
                tenths(self.today.weather.warmth + 4.5 * day + 0.3 * noise + 0.3 * state.bias)
            }
            Measured::Noise => {
                if stream.number == 1 && self.ago <= NOISE_STUCK {
                    return 53.2;
                }
                let at_work = !self.is_rest() && (7.0..18.5).contains(&self.hour);
                let day = 47.0 + 13.0 * self.busy() + if at_work { 7.0 } else { 0.0 };
                let by_night = first && self.is_night_work();
                let level = if by_night { 79.0 } else { day };
                tenths(level + 1.1 * noise + 0.8 * state.bias)
            }
            Measured::Water => {
                if first && self.ago <= CARE_QUIET {
                    return 0.0;
                }
                let up = bump(self.hour, 7.0 + 0.3 * state.bias, 0.8);
                let meals = bump(self.hour, 11.6, 0.7) + bump(self.hour, 17.8, 0.9);
                let bed = bump(self.hour, 21.0, 0.8);
                let chance = (0.96 * up + 0.85 * meals + 0.7 * bed).min(0.97);
                let used = state.dice.chance(chance);
                if used {
                    (4.0 + 9.0 * state.dice.unit()).round()
                } else {
                    0.0
                }
            }
        }
    }

    /// Whether what was read was sent at all.
    fn is_sent(&self, stream: &Stream) -> bool {
        let last = stream.number + 1 == stream.of;
        match stream.gauge.of {
            Measured::Gas => !(last && self.ago < GAS_SILENT),
            Measured::Noise => !(last && self.ago < NOISE_QUARANTINED),
            _ => true,
        }
    }

    /// Rain since the last reading, mm: the day's rain, most of it about its peak.
    fn rain(&self) -> f64 {
        let day = self.today.weather;
        if day.rain < 0.5 {
            return 0.0;
        }
        let spread = if day.storm { 1.1 } else { 2.2 };
        let upto = |hour: f64| {
            let far = (hour - f64::from(day.peak)) / spread;
            day.rain / (1.0 + libm::exp(-1.702 * far))
        };
        upto(self.hour) - upto((self.hour - self.hours).max(0.0))
    }

    /// How much goes on at this hour, 0 to 1.
    fn busy(&self) -> f64 {
        let day = 1.0 / (1.0 + libm::exp(-2.0 * (self.hour - 6.8)));
        let night = 1.0 / (1.0 + libm::exp(-1.6 * (22.3 - self.hour)));
        day * night
    }

    fn is_rest(&self) -> bool {
        matches!(
            self.today.date.weekday(),
            jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday
        )
    }

    /// The site works on at night, two nights before this one.
    fn is_night_work(&self) -> bool {
        let late = self.hour >= 22.5 || self.hour < 2.0;
        late && (40 * 60..64 * 60).contains(&self.ago)
    }
}

/// 1 at an hour, less the further from it.
fn bump(hour: f64, at: f64, spread: f64) -> f64 {
    let far = (hour - at) / spread;
    libm::exp(-0.5 * far * far)
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
