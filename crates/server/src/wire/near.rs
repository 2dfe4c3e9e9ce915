//! What was done near a place, where complaints come back, and how much work there is.

use serde::Serialize;
use utoipa::ToSchema;
use yiwang_cases::{DoneNear, Recurring, Square};

use super::{DoneOutcomeWord, PointBody, Time, UnitKindWord, Word};
use crate::figures::Load;

/// A closed case, without whatever would tell whose it was.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoneView {
    /// The middle of the square of about 200 m that it lies in.
    pub about: PointBody,
    /// Code of its category.
    pub category: String,
    /// The day it was closed, in the city.
    #[schema(value_type = String, format = Date)]
    pub closed_on: String,
    /// From coming in to closed, hours, rounded up.
    pub hours: u64,
    /// How it ended.
    pub outcome: DoneOutcomeWord,
}

impl DoneView {
    /// The view; `None` off the map.
    pub fn of(done: &DoneNear, zone: &jiff::tz::TimeZone) -> Option<DoneView> {
        Some(DoneView {
            about: about(done.square)?,
            category: done.category.to_string(),
            closed_on: done.closed_at.to_zoned(zone.clone()).date().to_string(),
            hours: done.hours,
            outcome: Word(done.outcome),
        })
    }
}

/// The middle of a square.
fn about(square: Square) -> Option<PointBody> {
    let middle = square.middle()?;
    let cut = |degrees: f64| (degrees * 1e4).round() / 1e4;
    Some(PointBody {
        lon: cut(middle.lon()),
        lat: cut(middle.lat()),
    })
}

/// What was done near a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct NearView {
    /// The cases, the last closed first; at most 200.
    pub done: Vec<DoneView>,
    /// How many cases are not told: their square has too few.
    pub withheld: usize,
    /// How many cases a square has at least before they are told.
    pub fewest: usize,
    /// Whether there are more than are told.
    pub more: bool,
    /// Cases that came in from then on.
    pub from: Time,
    /// When it was read.
    pub as_of: Time,
}

/// A place where the same is complained about again and again.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecurringView {
    /// The middle of a square of about 200 m.
    pub about: PointBody,
    /// Code of the category.
    pub category: String,
    /// How many times.
    pub cases: usize,
    /// How many of them are open.
    pub open: usize,
    /// When the last came in.
    pub last: Time,
}

impl RecurringView {
    /// The view; `None` off the map.
    pub fn of(one: &Recurring) -> Option<RecurringView> {
        Some(RecurringView {
            about: about(one.square)?,
            category: one.category.to_string(),
            cases: one.cases,
            open: one.open,
            last: Time(one.last),
        })
    }
}

/// Places where complaints come back.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecurringsView {
    /// The places, most complaints first; at most 100.
    pub places: Vec<RecurringView>,
    /// Cases that were looked at, the newest.
    pub looked_at: usize,
    /// Whether there are more of them.
    pub more: bool,
    /// When they were read.
    pub as_of: Time,
}

/// How much work a unit has.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitLoadView {
    /// The unit's code.
    pub unit: String,
    /// How much.
    #[serde(flatten)]
    pub load: WorkView,
}

/// How much work the units of a tier have together.
#[derive(Debug, Serialize, ToSchema)]
pub struct TierLoadView {
    /// The tier.
    pub tier: UnitKindWord,
    /// How many units it has.
    pub units: usize,
    /// How much.
    #[serde(flatten)]
    pub load: WorkView,
}

/// How much work there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkView {
    /// Cases it leads that are open.
    pub open: u64,
    /// Of these, those whose next step is late.
    pub late: u64,
    /// Dispatched to it in the last seven days.
    pub week: u64,
    /// Dispatched to it in a week, on average over the twelve weeks before these days.
    pub usual_week: f64,
    /// People who sign in for it.
    pub workers: u32,
    /// Open cases for each of them; `null` where there is nobody.
    pub per_worker: Option<f64>,
    /// People who live in its areas; `null` where no grid that stands counts them, and for
    /// units of the whole city.
    pub residents: Option<u64>,
    /// Open cases for a thousand of them.
    pub per_thousand: Option<f64>,
    /// Residents for each of its people.
    pub residents_per_worker: Option<f64>,
}

impl From<&Load> for WorkView {
    fn from(load: &Load) -> WorkView {
        let tenth = |number: f64| (number * 10.0).round() / 10.0;
        WorkView {
            open: load.open,
            late: load.late,
            week: load.week,
            usual_week: tenth(load.usual_week),
            workers: load.workers,
            per_worker: load.per_worker().map(tenth),
            residents: load.residents,
            per_thousand: load.per_thousand().map(tenth),
            residents_per_worker: load.residents_per_worker().map(tenth),
        }
    }
}

/// How much work the units have.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoadView {
    /// All units, by code.
    pub units: Vec<UnitLoadView>,
    /// All tiers that have units, the lowest first.
    pub tiers: Vec<TierLoadView>,
    /// How many weeks tell what is usual.
    pub usual_weeks: u32,
    /// When it was counted.
    pub as_of: Time,
}
