//! The weather of the sample city, day by day: invented, but with winters,
//! rainy summers and a few storms a year.

use std::f64::consts::TAU;

use jiff::civil::{Date, date};

use super::dice::Dice;

/// One day's weather.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Day {
    /// Mean temperature, °C.
    pub(crate) warmth: f64,
    /// Rain, mm.
    pub(crate) rain: f64,
    /// Rain of the two days before, mm.
    pub(crate) rain_before: f64,
    /// Whether a storm blows.
    pub(crate) storm: bool,
    /// The hour of the heaviest rain or wind, 0–23.
    pub(crate) peak: u8,
}

/// The weather of one calendar year.
struct Year {
    days: Vec<Day>,
}

/// Weather by date.
pub(crate) struct Weather {
    first: i16,
    years: Vec<Year>,
}

/// Storms a year bring this much rain, mm.
const CLOUDBURST: std::ops::Range<f64> = 48.0..115.0;

impl Weather {
    /// The weather of all years from `first` to `last`.
    pub(crate) fn new(seed: u64, first: i16, last: i16) -> Self {
        Self {
            first,
            years: (first..=last).map(|year| Year::new(seed, year)).collect(),
        }
    }

    /// A day's weather; a mild dry day for years it was not made for.
    pub(crate) fn on(&self, day: Date) -> Day {
        let year = usize::try_from(day.year() - self.first).ok();
        let found = year
            .and_then(|year| self.years.get(year))
            .and_then(|year| year.days.get(day.day_of_year() as usize - 1));
        found.copied().unwrap_or(Day {
            warmth: 12.0,
            rain: 0.0,
            rain_before: 0.0,
            storm: false,
            peak: 12,
        })
    }
}

impl Year {
    fn new(seed: u64, year: i16) -> Self {
        let dice = &mut Dice::new(seed, "weather", year.unsigned_abs().into());
        let first = date(year, 1, 1);
        let length = if first.in_leap_year() { 366 } else { 365 };
        let storms = storms(dice, year);
        let mut days: Vec<Day> = Vec::with_capacity(length);
        let mut odd = 0.0;
        for n in 0..length {
            let season = -libm::cos(TAU * (n as f64 - 20.0) / 365.25);
            // Warm and cold spells last some days.
            odd = 0.75 * odd + 1.7 * dice.normal();
            let wet = 0.07 + 0.26 * (season + 0.15).max(0.0);
            let mut rain = if dice.chance(wet) {
                let mean = 3.0 + 8.0 * season.max(0.0);
                -mean * libm::log(1.0 - dice.unit())
            } else {
                0.0
            };
            rain = rain.min(38.0);
            let mut peak = dice.between(7.0, 21.0) as u8;
            let mut storm = dice.chance(0.008);
            if storms.contains(&n) {
                rain = dice.between(CLOUDBURST.start, CLOUDBURST.end);
                peak = dice.between(13.0, 20.0) as u8;
                storm = true;
            }
            let before = |back: usize| days.len().checked_sub(back).map_or(0.0, |at| days[at].rain);
            let rain_before = before(1) + before(2);
            days.push(Day {
                warmth: 11.0 + 16.5 * season + odd - if rain > 5.0 { 2.0 } else { 0.0 },
                rain,
                rain_before,
                storm,
                peak,
            });
        }
        Self { days }
    }
}

/// Days of the year, counted from 0, on which cloudbursts fall: some in early
/// summer, more in July and August.
fn storms(dice: &mut Dice, year: i16) -> Vec<usize> {
    let from = date(year, 6, 12).day_of_year() as f64;
    let mut days = Vec::new();
    while days.len() < 6 {
        let at = (from + 84.0 * dice.unit()) as usize;
        if days.iter().all(|day: &usize| day.abs_diff(at) > 4) {
            days.push(at);
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn winters_are_cold_summers_warm_and_each_summer_has_its_storms() {
        let weather = Weather::new(1, 2024, 2026);
        let mean = |month: i8, f: &dyn Fn(Day) -> f64| {
            let days = (1..=28).map(|day| f(weather.on(date(2025, month, day))));
            days.sum::<f64>() / 28.0
        };
        assert!(mean(1, &|d| d.warmth) < 0.0);
        assert!(mean(7, &|d| d.warmth) > 22.0);
        assert!(mean(7, &|d| d.rain) > 2.0 * mean(1, &|d| d.rain));
        for year in 2024..=2026 {
            let days = std::iter::successors(Some(date(year, 6, 1)), |d| d.tomorrow().ok());
            let bursts = days
                .take(100)
                .filter(|d| weather.on(*d).rain > 45.0)
                .count();
            assert_eq!(bursts, 6, "{year}");
        }
    }
}
