//! More time, standing still, supervision, scores.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_base::Timestamp;
use yiwang_cases::{Case, PauseNow};

use super::{PauseWord, ShelveWord, SupervisionWord, Time, Word};

/// Ask for more time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskExtensionBody {
    /// By when it is to be resolved then.
    #[schema(format = DateTime)]
    pub resolve_by: String,
    /// Why; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// Give more time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendBody {
    /// By when it is to be resolved then; without it, what was asked for.
    #[schema(format = DateTime)]
    pub resolve_by: Option<String>,
    /// Why; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// A reason that stays in the record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// 1 to 300 characters.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// Shelve a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShelveBody {
    /// Why.
    pub reason: ShelveWord,
    /// When the desk looks at it again.
    #[schema(format = DateTime)]
    pub review_by: String,
    /// What the resident is told.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
}

/// Go on with a case that stands still.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeBody {
    /// Why now.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// Put a case under supervision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuperviseBody {
    /// How high.
    pub level: SupervisionWord,
    /// By when the lead unit is to answer.
    #[schema(format = DateTime)]
    pub answer_by: String,
    /// What is expected.
    #[schema(min_length = 1, max_length = 4000)]
    pub note: String,
}

/// Let a case go from supervision.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseBody {
    /// Why.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// Score a unit's work on a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreBody {
    /// Code of the unit whose work it is.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub unit: String,
    /// 1 (bad) to 5 (good).
    #[schema(minimum = 1, maximum = 5)]
    pub score: u8,
    /// On what grounds; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// Time in which no deadline ran.
#[derive(Debug, Serialize, ToSchema)]
pub struct PauseView {
    /// For what.
    pub kind: PauseWord,
    /// Why it is shelved.
    #[schema(required)]
    pub reason: Option<ShelveWord>,
    /// From when.
    pub from: Time,
    /// Until when; for the pause it is in, until when at the latest.
    pub until: Time,
}

/// A supervision.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupervisionView {
    /// Code of the unit that supervises; `null` for a leader or the desk.
    #[schema(required)]
    pub by: Option<String>,
    /// How high.
    pub level: SupervisionWord,
    /// Since when.
    pub from: Time,
    /// By when the lead unit is to answer.
    pub answer_by: Time,
    /// When it answered.
    #[schema(required)]
    pub answered_at: Option<Time>,
    /// When it was let go.
    #[schema(required)]
    pub released_at: Option<Time>,
    /// Whether the answer is late, or came late.
    pub late: bool,
}

/// A score that stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoreView {
    /// Code of the unit that scores; `null` for the desk.
    #[schema(required)]
    pub by: Option<String>,
    /// Code of the unit whose work it is.
    pub unit: String,
    /// When the case was dispatched for which it is.
    pub dispatched_at: Time,
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub score: u8,
    /// When it was given, or last changed.
    pub at: Time,
    /// How often it was changed.
    pub changed: u32,
}

/// What held a case up, who watched, how work was scored.
#[derive(Debug, Serialize, ToSchema)]
pub struct LifeView {
    /// By when it would be resolved with the time that the lead unit asks for.
    #[schema(required)]
    pub extension_asked: Option<Time>,
    /// Times the last dispatch was extended.
    pub extensions: u32,
    /// The pause it is in.
    #[schema(required)]
    pub pause: Option<PauseView>,
    /// Pauses before, oldest first.
    pub pauses: Vec<PauseView>,
    /// Supervisions, oldest first; only the last can be open.
    pub supervisions: Vec<SupervisionView>,
    /// Scores that stand.
    pub scores: Vec<ScoreView>,
    /// It was closed because the resident withdrew it.
    pub withdrawn: bool,
}

impl PauseView {
    /// The pause that a case is in.
    pub fn of(pause: &PauseNow) -> PauseView {
        PauseView {
            kind: Word(pause.kind),
            reason: pause.reason.map(Word),
            from: Time(pause.from),
            until: Time(pause.until),
        }
    }
}

impl LifeView {
    /// Those of a case.
    pub fn of(case: &Case, now: Timestamp) -> LifeView {
        let more = &case.more;
        let unit = |code: &Option<yiwang_base::UnitCode>| code.as_ref().map(ToString::to_string);
        let pauses = more.pauses.past.iter().map(|pause| PauseView {
            kind: Word(pause.kind),
            reason: None,
            from: Time(pause.from),
            until: Time(pause.until),
        });
        let supervisions = more.supervisions.0.iter().map(|watch| SupervisionView {
            by: unit(&watch.by),
            level: Word(watch.level),
            from: Time(watch.from),
            answer_by: Time(watch.answer_by),
            answered_at: watch.answered_at.map(Time),
            released_at: watch.released_at.map(Time),
            late: watch.is_late(now),
        });
        let scores = more.scores.0.iter().map(|given| ScoreView {
            by: unit(&given.by),
            unit: given.unit.to_string(),
            dispatched_at: Time(given.dispatched_at),
            score: given.score,
            at: Time(given.at),
            changed: given.changed,
        });
        LifeView {
            extension_asked: more.extensions.asked.map(Time),
            extensions: more.extensions.granted.len() as u32,
            pause: more.pauses.now.as_ref().map(PauseView::of),
            pauses: pauses.collect(),
            supervisions: supervisions.collect(),
            scores: scores.collect(),
            withdrawn: more.withdrawn,
        }
    }
}
