//! Who leads, who assists, who gave it back.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_cases::Case;

use super::{ReturnWord, Time};

/// Give a case back to the desk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnBody {
    /// Why.
    pub reason: ReturnWord,
    /// Code of the unit that is responsible, if you know.
    pub responsible: Option<String>,
    /// What speaks for it.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
}

/// Count provisional deadlines anew.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleDueBody {}

/// Take a case from its unit and send it to another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedirectBody {
    /// Code of the unit that leads from now on.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub unit: String,
    /// Codes of units that assist it.
    #[serde(default)]
    pub assisting: Vec<String>,
    /// Why; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
    /// A note to the unit.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// Take back a dispatch on which its unit has not begun.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecallBody {
    /// Why; it stays in the record.
    #[schema(max_length = 300)]
    pub reason: Option<String>,
}

/// Let a unit assist.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddUnitBody {
    /// Code of the unit; one that has done its part is asked again.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub unit: String,
    /// What it is to do.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// Let an assisting unit go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveUnitBody {
    /// Code of the unit.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub unit: String,
    /// Why; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// Say that one's part is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportPartBody {
    /// What was done.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
}

/// Who leads, who assists, who gave it back.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyView {
    /// The lead is the district's unit because nobody else took it.
    pub backstop: bool,
    /// The lead came first, and the duty is shared or unclear.
    pub first_receiver: bool,
    /// Assisting units and their parts.
    pub parts: Vec<PartView>,
    /// Codes of the units that gave it back, oldest first.
    pub returned_by: Vec<String>,
    /// Code of the unit that is responsible, as the last one that gave it back says.
    #[schema(required)]
    pub responsible: Option<String>,
    /// Times the desk sent it on to another unit.
    pub redirects: u32,
}

/// What one assisting unit is to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartView {
    /// Code of the unit.
    pub unit: String,
    /// When it was asked last.
    pub asked_at: Time,
    /// When it said that its part is done.
    #[schema(required)]
    pub reported_at: Option<Time>,
}

impl DutyView {
    /// Those of a case.
    pub fn of(case: &Case) -> DutyView {
        let more = &case.more;
        let parts = more.parts.0.iter().map(|part| PartView {
            unit: part.unit.to_string(),
            asked_at: Time(part.asked_at),
            reported_at: part.reported_at.map(Time),
        });
        DutyView {
            backstop: more.lead.backstop,
            first_receiver: more.lead.first_receiver,
            parts: parts.collect(),
            returned_by: more.returns.by.iter().map(ToString::to_string).collect(),
            responsible: more.returns.responsible.as_ref().map(ToString::to_string),
            redirects: more.redirects,
        }
    }
}
