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
                    "一班须在开始之后结束,最长 7 天",
                    "a shift ends after it begins, and lasts 7 days at most",
                )
                .at(field("until"))
                .found(shift.until.to_string()));
            }
        }
        shifts.sort_by_key(|shift| (shift.from, shift.until));
        Ok(Roster { unit, shifts })
    }

    /// Who is on duty at a time.
    pub fn on_duty(&self, at: Timestamp) -> impl Iterator<Item = &Shift> {
        let on_duty = move |shift: &&Shift| (shift.from..shift.until).contains(&at);
        self.shifts.iter().filter(on_duty)
    }
}
