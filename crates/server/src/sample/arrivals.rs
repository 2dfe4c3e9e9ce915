//! When requests come in, and about what: two years of days, each with its
//! season, weather, weekday and hours, up to now.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use yiwang_base::{from_millis, to_millis};

use super::city::SampleCity;
use super::dice::Dice;
use super::matter::Matter;
use super::season;
use super::weather::{Day, Weather};

/// How far back the record goes, days.
const DAYS: i64 = 730;
/// The desk is to have work: at least so many requests came in yesterday and
/// today, or this share of all where there are few.
const LATELY: f64 = 56.0;
const LATELY_SHARE: f64 = 0.1;
/// Days over which it grows to that.
const WEEK: usize = 8;

/// One request to come: when, and the number of its matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrival {
    pub(crate) at: Timestamp,
    pub(crate) matter: usize,
}

struct DayPlan {
    date: Date,
    day: Day,
    start: Timestamp,
    /// Milliseconds of the day that are over: all of them but for today.
    over: i64,
    /// By matter.
    weights: Vec<f64>,
    /// Requests up to the end of this day.
    upto: u64,
}

/// All days with how many requests each has.
pub(crate) struct Arrivals {
    days: Vec<DayPlan>,
}

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

impl Arrivals {
    /// `total` requests in the two years before `now`.
    pub(crate) fn new(city: &SampleCity, now: Timestamp, total: u64) -> Self {
        let calendar = &city.rules.calendar;
        let zone = calendar.zone();
        let today = now.to_zoned(zone.clone()).date();
        let first = today.saturating_sub(DAYS.days());
        let weather = Weather::new(city.seed, first.year(), today.year());
        let matters: Vec<&Matter> = city.matters().collect();
        let dice = &mut Dice::new(city.seed, "arrivals", 0);
        let mut days = Vec::new();
        let dates = std::iter::successors(Some(first), |date| date.tomorrow().ok());
        for date in dates.take_while(|date| *date <= today) {
            let Ok(start) = date.to_zoned(zone.clone()) else {
                continue;
            };
            let start = start.timestamp();
            let over = (to_millis(now) - to_millis(start)).min(DAY_MS);
            let day = weather.on(date);
            let some = dice.around(1.0, 0.09);
            let weights = matters
                .iter()
                .map(|matter| {
                    let weight = season::weight(matter, date, day, &city.holidays, calendar);
                    weight * some * share_over(&season::hours(matter.hours, day), over)
                })
                .collect();
            days.push(DayPlan {
                date,
                day,
                start,
                over,
                weights,
                upto: 0,
            });
        }
        busy_lately(&mut days, total);
        share_out(&mut days, total);
        Self { days }
    }

    /// How many days there are.
    pub(crate) fn days(&self) -> usize {
        self.days.len()
    }

    /// The requests of a day in the order in which they come.
    pub(crate) fn on(&self, city: &SampleCity, number: usize) -> Vec<Arrival> {
        let Some(plan) = self.days.get(number) else {
            return Vec::new();
        };
        let before = number.checked_sub(1).map_or(0, |n| self.days[n].upto);
        let date = plan.date;
        let stamp = i64::from(date.year()) * 1000 + i64::from(date.day_of_year());
        let dice = &mut Dice::new(city.seed, "day", stamp.unsigned_abs());
        let matters: Vec<&Matter> = city.matters().collect();
        let mut arrivals: Vec<Arrival> = (before..plan.upto)
            .map(|_| {
                let matter = dice.weighted(&plan.weights);
                let hours = season::hours(matters[matter].hours, plan.day);
                Arrival {
                    at: plan.moment(&hours, dice),
                    matter,
                }
            })
            .collect();
        arrivals.sort();
        arrivals
    }
}

impl DayPlan {
    /// A moment of the day that is over already.
    fn moment(&self, hours: &[f64; 24], dice: &mut Dice) -> Timestamp {
        let mut weights = *hours;
        for (hour, weight) in weights.iter_mut().enumerate() {
            *weight *= hour_over(hour, self.over);
        }
        let hour = dice.weighted(&weights);
        let room = (self.over - hour as i64 * HOUR_MS).clamp(1, HOUR_MS);
        let within = (dice.unit() * room as f64) as i64;
        from_millis(to_millis(self.start) + hour as i64 * HOUR_MS + within)
    }
}

/// The share of an hour that is over when so much of the day is.
fn hour_over(hour: usize, over: i64) -> f64 {
    ((over - hour as i64 * HOUR_MS) as f64 / HOUR_MS as f64).clamp(0.0, 1.0)
}

fn share_over(hours: &[f64; 24], over: i64) -> f64 {
    let whole: f64 = hours.iter().sum();
    let part: f64 = hours
        .iter()
        .enumerate()
        .map(|(h, w)| w * hour_over(h, over))
        .sum();
    part / whole
}

/// A busy week at the end, busier from day to day.
fn busy_lately(days: &mut [DayPlan], total: u64) {
    let sum = |days: &[DayPlan]| days.iter().flat_map(|d| &d.weights).sum::<f64>();
    let (whole, lately) = (sum(days), sum(&days[days.len().saturating_sub(2)..]));
    let want = LATELY.min(total as f64 * LATELY_SHARE);
    let expected = total as f64 * lately / whole.max(1e-9);
    if expected <= 0.0 || expected >= want {
        return;
    }
    let times = want / expected;
    for (ago, day) in days.iter_mut().rev().enumerate().take(WEEK) {
        let share = 1.0 - ago.saturating_sub(1) as f64 / WEEK as f64;
        let times = libm::pow(times, share);
        day.weights.iter_mut().for_each(|weight| *weight *= times);
    }
}

/// Shares the requests out over the days, to the last one.
fn share_out(days: &mut [DayPlan], total: u64) {
    let whole: f64 = days.iter().flat_map(|d| &d.weights).sum();
    let mut gone = 0.0;
    for day in days.iter_mut() {
        gone += day.weights.iter().sum::<f64>();
        day.upto = (total as f64 * gone / whole.max(1e-9)).round() as u64;
    }
    if let Some(last) = days.last_mut() {
        last.upto = total;
    }
}

/// A time later by so many minutes, to the millisecond.
pub(crate) fn later(at: Timestamp, minutes: f64) -> Timestamp {
    let millis = (minutes.max(0.0) * 60_000.0) as i64;
    at.saturating_add(SignedDuration::from_millis(millis))
        .unwrap_or(at)
}
