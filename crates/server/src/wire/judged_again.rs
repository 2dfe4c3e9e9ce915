//! Whether an alert would still have been raised, as staff see it.

use serde::Serialize;
use utoipa::ToSchema;
use yiwang_sensing::alert::{Again, Unclear, Verdict};

use super::{ColourWord, Time, Word};

/// Whether an alert would still have been raised, as its readings hold now.
#[derive(Debug, Serialize, ToSchema)]
pub struct JudgedAgainView {
    /// What judging again came to.
    pub verdict: VerdictWord,
    /// Where it would: from when on it would have been found, event time.
    #[schema(required)]
    pub at: Option<Time>,
    /// Where it would: how grave it would have become.
    #[schema(required)]
    pub colour: Option<ColourWord>,
    /// Where it would: by which rule.
    #[schema(required)]
    pub rule: Option<String>,
    /// How many amended readings were taken into account.
    pub amended: u32,
}

/// What judging again came to: it would still be raised, it would not, or it cannot be
/// told: it is not found again by what was judged then, the rule as it was is not in the
/// record, or there are too many readings.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictWord {
    /// It would.
    Raised,
    /// It would not.
    NotRaised,
    /// It rests on what the rule had learned, or on an order of arrival that is not kept.
    NotFoundAgain,
    /// The rule as it was then is not in the record.
    RuleUnknown,
    /// More readings than are judged again.
    TooMuch,
}

impl From<&Again> for JudgedAgainView {
    fn from(again: &Again) -> Self {
        let mut view = Self {
            verdict: match &again.verdict {
                Verdict::Raised { .. } => VerdictWord::Raised,
                Verdict::NotRaised {} => VerdictWord::NotRaised,
                Verdict::Unclear { why } => match why {
                    Unclear::NotFoundAgain => VerdictWord::NotFoundAgain,
                    Unclear::RuleUnknown => VerdictWord::RuleUnknown,
                    Unclear::TooMuch => VerdictWord::TooMuch,
                },
            },
            at: None,
            colour: None,
            rule: None,
            amended: again.amended,
        };
        if let Verdict::Raised { at, colour, rule } = &again.verdict {
            view.at = Some(Time(*at));
            view.colour = Some(Word(*colour));
            view.rule = Some(rule.to_string());
        }
        view
    }
}
