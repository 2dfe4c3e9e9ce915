//! Duty rosters (值班表) as items of the record: the journal says the times; who it is
//! stands beside it, sealed.

use serde::{Deserialize, Serialize};
use yiwang_base::{Personal, Purpose, Timestamp, UnitCode};
use yiwang_cases::{OnCall, Roster, Shift, StoreError};
use yiwang_store::{Item, ItemKind};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Times {
    shifts: Vec<Hours>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    from: Timestamp,
    until: Timestamp,
}

/// A roster as it is kept.
///
/// # Errors
/// When it has no JSON form.
pub(crate) fn item(roster: &Roster) -> Result<Item, StoreError> {
    let shifts = roster.shifts.iter();
    let times = Times {
        shifts: shifts
            .map(|shift| Hours {
                from: shift.from,
                until: shift.until,
            })
            .collect(),
    };
    let shifts = roster.shifts.iter();
    let people: Vec<&OnCall> = shifts
        .map(|shift| shift.on_call.disclose(Purpose::Record))
        .collect();
    let mut item = Item::of(ItemKind::Roster, roster.unit.as_str(), &times)?;
    let people = serde_json::to_vec(&people).map_err(|e| StoreError::Broken(e.to_string()))?;
    item.attachment = Some(people);
    Ok(item)
}

/// The roster of a unit that an item keeps.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn of(unit: &UnitCode, item: &Item) -> Result<Roster, StoreError> {
    let times: Times = item.read()?;
    let people: Vec<OnCall> =
        serde_json::from_slice(item.attachment.as_deref().unwrap_or_default())
            .map_err(|error| StoreError::Broken(format!("roster of {unit}: {error}")))?;
    let shifts = times.shifts.into_iter().zip(people);
    Ok(Roster {
        unit: unit.clone(),
        shifts: shifts
            .map(|(hours, on_call)| Shift {
                from: hours.from,
                until: hours.until,
                on_call: Personal::new(on_call),
            })
            .collect(),
    })
}
