//! What callers send, and what residents get.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::object::{maybe_object, object};
use super::{
    ActionWord, CallBackView, ChannelWord, DeclineWord, EventWord, FileView, PauseView, StageWord,
    Text, Time, UsualView,
};

/// A new request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestBody {
    /// What it is about, in the sender's words; 1 to 4000 characters.
    #[schema(min_length = 1, max_length = 4000)]
    pub words: String,
    /// Code of a category, if the sender knows one.
    pub category: Option<String>,
    /// How it came in; staff only, residents' requests are `web`.
    pub channel: Option<ChannelWord>,
    /// Where it is: a point, an address or both.
    #[serde(deserialize_with = "object")]
    pub place: PlaceBody,
    /// Who sends it; optional.
    #[serde(default, deserialize_with = "object")]
    pub reporter: ReporterBody,
}

/// Where something is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceBody {
    /// In words, at most 300 characters.
    #[schema(max_length = 300)]
    pub address: Option<String>,
    /// On the map.
    #[serde(default, deserialize_with = "maybe_object")]
    pub point: Option<PointBody>,
}

/// WGS 84, degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointBody {
    /// East, -180 to 180.
    #[schema(minimum = -180, maximum = 180)]
    pub lon: f64,
    /// North, -85 to 85.
    #[schema(minimum = -85, maximum = 85)]
    pub lat: f64,
}

/// Who sends it.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReporterBody {
    /// At most 300 characters.
    #[schema(max_length = 300)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// At most 300 characters.
    #[schema(max_length = 300)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// A request that came in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmittedView {
    /// The case's number, `C1024`.
    #[schema(pattern = "^C[1-9][0-9]*$")]
    pub id: String,
    /// The code by which the sender follows it, `ABCD-EFGH-JKMN`; `null` once erased.
    #[schema(required)]
    pub follow_code: Option<String>,
    /// Where it stands.
    pub stage: StageWord,
    /// The area its point lies in.
    #[schema(required)]
    pub area: Option<String>,
    /// By when it will be accepted or declined.
    pub accept_by: Time,
}

/// Take a request on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptBody {
    /// Code of the category.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub category: String,
    /// Code of the area, where it differs from what the point says.
    pub area: Option<String>,
}

/// Decline a request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineBody {
    /// Why.
    pub reason: DeclineWord,
    /// Who is responsible, where that is nobody in this city: a body's name; it
    /// stays in the record.
    #[schema(max_length = 300)]
    pub responsible: Option<String>,
    /// What the resident is told.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
}

/// Send a case to the unit that must act.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispatchBody {
    /// Code of the lead unit.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub unit: String,
    /// Codes of units that assist it.
    #[serde(default)]
    pub assisting: Vec<String>,
    /// Why this unit, where its duty list does not name the matter or it gave
    /// the case back before.
    #[schema(max_length = 300)]
    pub reason: Option<String>,
    /// A note to the unit.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// Begin.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartBody {}

/// A note in words: why it is opened again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    /// 1 to 4000 characters.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
}

/// What was done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportBackBody {
    /// 1 to 4000 characters.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
    /// Why it does not wait for assisting units that have not reported; it
    /// stays in the record.
    #[schema(max_length = 300)]
    pub open_parts_reason: Option<String>,
}

/// What a check found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyBody {
    /// Whether it is really done.
    pub pass: bool,
    /// What was found; required when it is not done.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// Close a case.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {
    /// Required without a passed verification.
    #[schema(max_length = 4000)]
    pub reason: Option<String>,
}

/// What the resident said when called back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallBackBody {
    /// Whether anybody answered.
    pub reached: bool,
    /// Whether the resident says it is solved.
    pub solved: Option<bool>,
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub satisfaction: Option<u8>,
    /// In the resident's words.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// A resident's own answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// Whether it is solved.
    pub solved: bool,
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub satisfaction: Option<u8>,
    /// In the resident's words.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// Erase the words and personal data of a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseBody {
    /// The legal ground; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub ground: String,
}

/// A resident's own case, or one that the resident joined.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowView {
    /// The case's number.
    pub id: String,
    /// The case that it was merged with and follows: stage, unit, dates and what
    /// can be done are that one's.
    #[schema(required)]
    pub follows: Option<String>,
    /// Whether the resident joined the case of somebody else.
    pub joined: bool,
    /// Where it stands.
    pub stage: StageWord,
    /// Code of its category.
    #[schema(required)]
    pub category: Option<String>,
    /// Code of its area.
    #[schema(required)]
    pub area: Option<String>,
    /// Code of the unit that handles it.
    #[schema(required)]
    pub unit: Option<String>,
    /// That unit's name.
    #[schema(required)]
    pub unit_name: Option<Text>,
    /// When it came in.
    pub submitted_at: Time,
    /// By when the next step is due.
    #[schema(required)]
    pub due_at: Option<Time>,
    /// When cases like it are usually done; `null` once it is done, and where too
    /// little is known.
    #[schema(required)]
    pub usually_done: Option<UsualView>,
    /// What the sender wrote; `null` once erased.
    #[schema(required)]
    pub words: Option<String>,
    /// The address given.
    #[schema(required)]
    pub address: Option<String>,
    /// What the sender can do now: `call_back`, `reopen`, `answer_question`, `attach`,
    /// `withdraw`.
    pub can: Vec<ActionWord>,
    /// What happened, oldest first.
    pub timeline: Vec<FollowRow>,
    /// What the sender said last.
    #[schema(required)]
    pub call_back: Option<CallBackView>,
    /// Whether it stands still: shelved, or until the sender answers.
    #[schema(required)]
    pub pause: Option<PauseView>,
    /// Files of the sender, and those that the units show.
    pub files: Vec<FileView>,
}

/// One thing that happened, as a resident sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowRow {
    /// When.
    pub at: Time,
    /// What, `dispatched`.
    pub event: EventWord,
    /// What was said about it.
    #[schema(required)]
    pub note: Option<String>,
}
