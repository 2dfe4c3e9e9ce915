//! What the city's judgement suggests.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_cases::triage::{LikelyLead, Suggestion};

use super::object::object;
use super::{PlaceBody, Text, Time};
use crate::judging::UsuallyDone;

/// Words that are being written, to be judged; nothing of it is kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestBody {
    /// What it is about; 1 to 4000 characters.
    #[schema(min_length = 1, max_length = 4000)]
    pub words: String,
    /// Where it is, as far as that is known yet.
    #[serde(default, deserialize_with = "object")]
    pub place: PlaceBody,
}

/// What fits a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionView {
    /// The model that judged, `triage/3`; `null` where categories were found by
    /// their names, until enough cases are closed.
    #[schema(required)]
    pub model: Option<String>,
    /// Nothing is suggested because the case is in the control of a timing study.
    pub held_back: bool,
    /// Categories, the likeliest first; none where nothing fits.
    pub categories: Vec<SuggestedCategory>,
}

/// A category that fits.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedCategory {
    /// Its code.
    pub category: String,
    /// Probability that it is right, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: f64,
    /// Words of the request that speak for it, the strongest first.
    pub words: Vec<String>,
    /// Units that may lead, the likeliest first; for staff.
    pub units: Vec<SuggestedLead>,
}

/// A unit that may lead.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedLead {
    /// Its code.
    pub unit: String,
    /// How probable it is among the units that may, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: f64,
    /// How many cases of the category it has handled.
    pub handled: u32,
}

/// When cases like this one are usually done.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsualView {
    /// Half of them by then.
    pub half_by: Time,
    /// Nine of ten by then.
    pub by: Time,
    /// How many closed cases are like it in category and unit.
    pub like_it: u64,
}

/// Messages that speak of the same thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopicView {
    /// The case whose words are most like the others'.
    pub core: String,
    /// Its words.
    pub words: String,
    /// How hot it is: cases, the quicker after each other the hotter.
    pub heat: f64,
    /// Numbers of its cases.
    pub cases: Vec<String>,
    /// Areas in which they lie, those with most cases first.
    pub areas: Vec<CodeCount>,
    /// Their categories, those with most cases first.
    pub categories: Vec<CodeCount>,
    /// When the first came in.
    pub first: Time,
    /// When the last came in.
    pub last: Time,
}

/// A code with how many cases have it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeCount {
    /// The code.
    pub code: String,
    /// How many.
    pub count: u64,
}

/// What residents need: the hot topics of some days.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopicsView {
    /// The hottest first.
    pub topics: Vec<TopicView>,
    /// How many cases were looked at: the newest of these days.
    pub looked_at: u64,
    /// Whether there were more cases than are looked at.
    pub more: bool,
    /// How heat is counted.
    pub heat: Text,
    /// The time to which days were counted.
    pub as_of: Time,
}

impl SuggestedCategory {
    /// As a reader sees it who may or may not know the units.
    pub fn of(suggestion: Suggestion, with_units: bool) -> SuggestedCategory {
        let units = suggestion.units.into_iter().filter(|_| with_units);
        SuggestedCategory {
            category: suggestion.category.to_string(),
            confidence: thousandths(f64::from(suggestion.confidence)),
            words: suggestion.words,
            units: units.map(SuggestedLead::from).collect(),
        }
    }
}

impl From<LikelyLead> for SuggestedLead {
    fn from(lead: LikelyLead) -> Self {
        SuggestedLead {
            unit: lead.unit.to_string(),
            confidence: thousandths(lead.confidence),
            handled: lead.handled,
        }
    }
}

impl From<UsuallyDone> for UsualView {
    fn from(usual: UsuallyDone) -> Self {
        UsualView {
            half_by: Time(usual.half_by),
            by: Time(usual.by),
            like_it: usual.like_it as u64,
        }
    }
}

/// No more digits than the confidence has.
fn thousandths(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}
