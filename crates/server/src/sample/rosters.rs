//! Duty rosters of the sample city (值班表): utilities in three shifts, street offices in
//! two, the others around the clock. Some shifts nobody has: that is to be seen as well.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use yiwang_base::Personal;
use yiwang_cases::{OnCall, Roster, Shift, StoreError, Unit, UnitKind};
use yiwang_store::Item;

use super::city::{Plan, SampleCity};
use super::dice::Dice;
use super::{SampleError, people};
use crate::rosters;

/// Days that rosters reach back and ahead.
const BACK: i32 = 3;
const AHEAD: i32 = 14;
/// Share of shifts that nobody has.
const EMPTY: f64 = 0.015;

/// The rosters of all units, as items of the record.
pub(super) fn items(city: &SampleCity, plan: &Plan) -> Result<Vec<Item>, SampleError> {
    let units = city.rules.units.values().enumerate();
    let one = |(number, unit): (usize, &Unit)| {
        let dice = &mut Dice::new(city.seed, "roster", number as u64);
        let roster = roster(city, unit, plan.now, dice)?;
        Ok(rosters::item(&roster)?)
    };
    units.map(one).collect()
}

fn roster(
    city: &SampleCity,
    unit: &Unit,
    now: Timestamp,
    dice: &mut Dice,
) -> Result<Roster, SampleError> {
    let zone = city.rules.calendar.zone();
    let changes: &[i8] = match unit.kind {
        UnitKind::Utility => &[0, 8, 16],
        UnitKind::Street | UnitKind::Community => &[8, 20],
        UnitKind::Department | UnitKind::District => &[9],
    };
    let crew: Vec<OnCall> = (0..4 + dice.below(4))
        .map(|_| OnCall {
            person: people::name(&city.phrases, dice).zh,
            phone: people::phone(dice),
        })
        .collect();
    let today = now.to_zoned(zone.clone()).date();
    let begins = (-BACK..=AHEAD).flat_map(|day| changes.iter().map(move |hour| (day, *hour)));
    let begins: Vec<Timestamp> = begins
        .map(|(day, hour)| instant(today, day, hour, zone))
        .collect::<Result<_, _>>()
        .map_err(|error| StoreError::Broken(error.to_string()))?;
    let mut shifts = Vec::with_capacity(begins.len());
    for (number, pair) in begins.windows(2).enumerate() {
        if dice.chance(EMPTY) {
            continue;
        }
        shifts.push(Shift {
            from: pair[0],
            until: pair[1],
            on_call: Personal::new(crew[number % crew.len()].clone()),
        });
    }
    Roster::new(unit.code.clone(), shifts).map_err(SampleError::Refused)
}

fn instant(
    today: Date,
    day: i32,
    hour: i8,
    zone: &jiff::tz::TimeZone,
) -> Result<Timestamp, jiff::Error> {
    let date = today.checked_add(Span::new().days(day))?;
    let local = date.at(hour, 0, 0, 0);
    Ok(local.to_zoned(zone.clone())?.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::city::Size;
    use super::*;

    #[test]
    fn every_unit_has_a_roster_around_the_present_and_some_shifts_are_nobodys() {
        let now: Timestamp = "2026-11-24T10:30:00+08:00".parse().unwrap();
        let city = SampleCity::new(1, Size::Small).unwrap();
        let plan = Plan::new(1, Size::Small, now);
        let items = items(&city, &plan).unwrap();
        assert_eq!(items.len(), city.rules.units.len());
        let week = now + SignedDuration::from_hours(7 * 24);
        let (mut manned, mut gaps) = (0, 0);
        for item in &items {
            let roster = rosters::of(&item.code.parse().unwrap(), item).unwrap();
            manned += usize::from(roster.on_duty(now).next().is_some());
            gaps += roster.gaps(now, week).len();
            let names = item.body.to_string();
            assert!(
                !names.contains("1990000"),
                "who it is stands beside the journal"
            );
        }
        assert!(manned * 10 > items.len() * 9, "{manned} of {}", items.len());
        assert!(gaps > 0, "a gap is to be seen");
    }
}
