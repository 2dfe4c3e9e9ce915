//! Duty rosters (值班表): who of a unit is on duty, and when.

use serde::{Deserialize, Serialize};
use yiwang_base::{Personal, Purpose, Refusal, RefusalKind, Timestamp, UnitCode};

use crate::check::{MAX_SHORT, text};

/// Most shifts of one unit's roster.
pub const MAX_SHIFTS: usize = 1_000;
/// Longest shift.
const LONGEST: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

/// Someone on duty: name, and the number by which to call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnCall {
    /// Name.
    pub person: String,
    /// Telephone number.
    pub phone: String,
}

/// When somebody is on duty.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// From when.
    pub from: Timestamp,
    /// Until when, not included.
    pub until: Timestamp,
    /// Who.
    pub on_call: Personal<OnCall>,
}

/// A unit's roster (值班表), ordered by time.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    /// The unit.
    pub unit: UnitCode,
    /// Its shifts; several people may be on duty at once.
    pub shifts: Vec<Shift>,
}

impl Roster {
    /// A roster in order, or what is wrong with it.
    ///
    /// # Errors
    /// A [`Refusal`] that names the shift at fault.
    pub fn new(unit: UnitCode, mut shifts: Vec<Shift>) -> Result<Roster, Refusal> {
        if shifts.len() > MAX_SHIFTS {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "roster.too-long",
                format!("值班表最多 {MAX_SHIFTS} 班"),
                format!("a roster has at most {MAX_SHIFTS} shifts"),
            )
            .at("shifts")
            .found(shifts.len().to_string()));
        }
        for (position, shift) in shifts.iter().enumerate() {
            let field = |name: &str| format!("shifts[{position}].{name}");
            let on_call = shift.on_call.disclose(Purpose::Record);
            text(&on_call.person, &field("person"), MAX_SHORT)?;
            text(&on_call.phone, &field("phone"), MAX_SHORT)?;
            if shift.until <= shift.from || shift.until.duration_since(shift.from) > LONGEST {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "roster.shift",
                    "一班须在开始之后结束，最长 7 天",
                    "a shift ends after it begins, and lasts 7 days at most",
                )
                .at(field("until"))
                .found(shift.until.to_string()));
            }
        }
        shifts.sort_by_key(|shift| (shift.from, shift.until));
        Ok(Roster { unit, shifts })
    }

    /// Stretches between two times in which nobody is on duty, in order.
    pub fn gaps(&self, from: Timestamp, until: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let mut gaps = Vec::new();
        let mut covered = from;
        for shift in &self.shifts {
            if shift.from >= until {
                break;
            }
            if shift.from > covered {
                gaps.push((covered, shift.from));
            }
            covered = covered.max(shift.until);
        }
        if covered < until {
            gaps.push((covered, until));
        }
        gaps
    }

    /// The roster once the people of two shifts have changed places (换班). Shifts are
    /// named by their positions.
    ///
    /// # Errors
    /// A [`Refusal`] where there is no such shift, both have the same person, or somebody
    /// would be on two shifts at once.
    pub fn swapped(&self, first: usize, second: usize) -> Result<Roster, Refusal> {
        let (one, other) = (self.shift(first, "first")?, self.shift(second, "second")?);
        let person = |shift: &Shift| shift.on_call.disclose(Purpose::Record).person.clone();
        if person(one) == person(other) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "roster.same-person",
                "两班是同一个人，无须换班",
                "both shifts have the same person: there is nothing to swap",
            )
            .at("second"));
        }
        let mut shifts = self.shifts.clone();
        shifts[first].on_call = other.on_call.clone();
        shifts[second].on_call = one.on_call.clone();
        for (position, field) in [(first, "first"), (second, "second")] {
            let here = &shifts[position];
            let twice = shifts.iter().enumerate().any(|(at, shift)| {
                let overlap = shift.from < here.until && here.from < shift.until;
                at != position && overlap && person(shift) == person(here)
            });
            if twice {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "roster.twice",
                    "换班后会有人同时值两班",
                    "somebody would be on two shifts at once",
                )
                .at(field)
                .found(here.from.to_string()));
            }
        }
        Ok(Roster {
            unit: self.unit.clone(),
            shifts,
        })
    }

    fn shift(&self, position: usize, field: &str) -> Result<&Shift, Refusal> {
        self.shifts.get(position).ok_or_else(|| {
            Refusal::new(
                RefusalKind::Invalid,
                "roster.no-shift",
                "值班表中没有这一班",
                "the roster has no such shift",
            )
            .at(field)
            .found(position.to_string())
            .allowing([format!("< {}", self.shifts.len())])
        })
    }

    /// Who is on duty at a time.
    pub fn on_duty(&self, at: Timestamp) -> impl Iterator<Item = &Shift> {
        let on_duty = move |shift: &&Shift| (shift.from..shift.until).contains(&at);
        self.shifts.iter().filter(on_duty)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use yiwang_base::from_millis;

    use super::*;

    fn hour(hours: i64) -> Timestamp {
        from_millis(hours * 3_600_000)
    }

    fn roster(shifts: &[(&str, i64, i64)]) -> Roster {
        let shifts = shifts.iter().map(|(person, from, until)| Shift {
            from: hour(*from),
            until: hour(*until),
            on_call: Personal::new(OnCall {
                person: (*person).into(),
                phone: "1".into(),
            }),
        });
        Roster::new("lights".parse().unwrap(), shifts.collect()).unwrap()
    }

    fn people(roster: &Roster) -> Vec<String> {
        let shifts = roster.shifts.iter();
        let person = |shift: &Shift| shift.on_call.disclose(Purpose::Record).person.clone();
        shifts.map(person).collect()
    }

    #[test]
    fn gaps_are_where_nobody_sits() {
        let week = roster(&[("a", 0, 8), ("b", 6, 10), ("c", 12, 20)]);
        let gaps = week.gaps(hour(-2), hour(24));
        let expected = [(-2, 0), (10, 12), (20, 24)];
        assert_eq!(
            gaps,
            expected.map(|(from, until)| (hour(from), hour(until)))
        );
        assert_eq!(week.gaps(hour(1), hour(9)), []);
        assert_eq!(roster(&[]).gaps(hour(0), hour(1)), [(hour(0), hour(1))]);
    }

    #[test]
    fn two_people_change_places_and_nobody_sits_twice() {
        let week = roster(&[("a", 0, 8), ("b", 8, 16), ("a", 14, 20)]);
        let refused = |first, second| week.swapped(first, second).unwrap_err().code;
        // `a` would sit from 8 to 16 and from 14 to 20.
        assert_eq!(refused(0, 1), "roster.twice");
        assert_eq!(refused(0, 2), "roster.same-person");
        assert_eq!(refused(0, 3), "roster.no-shift");
        let swapped = roster(&[("a", 0, 8), ("b", 8, 16)]).swapped(0, 1).unwrap();
        assert_eq!(people(&swapped), ["b", "a"]);
    }

    proptest! {
        /// An hour is in a gap, or somebody is on duty, and never both.
        #[test]
        fn every_hour_is_covered_or_in_a_gap(
            shifts in prop::collection::vec((0i64..40, 1i64..12), 0..8)
        ) {
            let shifts: Vec<(&str, i64, i64)> = shifts
                .iter()
                .map(|(from, hours)| ("a", *from, from + hours))
                .collect();
            let roster = roster(&shifts);
            let gaps = roster.gaps(hour(0), hour(60));
            for at in 0..60 {
                let on = roster.on_duty(hour(at)).next().is_some();
                let free = gaps.iter().any(|(from, until)| (*from..*until).contains(&hour(at)));
                prop_assert_eq!(on, !free);
            }
        }
    }
}
