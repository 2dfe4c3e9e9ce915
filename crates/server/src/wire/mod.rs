//! Wire types: the JSON that callers see. Domain types never leave as they are.

mod case;
mod city;
mod request;

pub use case::{
    CallBackView, CaseDetail, CasePage, CaseRow, CountsView, SuggestedUnit, TimelineRow,
};
pub(crate) use case::{seen_note, seen_words};
pub use city::{AreaView, CategoryView, CityView, Named, UnitView};
pub use request::{
    AcceptBody, AnswerBody, CallBackBody, CloseBody, Credentials, DeclineBody, DispatchBody,
    EraseBody, FollowRow, FollowView, NoteBody, PlaceBody, PointBody, ReporterBody, RequestBody,
    SessionView, StartBody, SubmittedView, UserView, VerifyBody,
};

use serde::Serialize;
use utoipa::ToSchema;
use yiwang_base::LocalText;

/// The same text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Text {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&LocalText> for Text {
    fn from(text: &LocalText) -> Self {
        Self {
            zh: text.zh.clone(),
            en: text.en.clone(),
        }
    }
}

impl From<LocalText> for Text {
    fn from(text: LocalText) -> Self {
        Self {
            zh: text.zh,
            en: text.en,
        }
    }
}

/// RFC 3339 in UTC with milliseconds.
pub fn time(at: yiwang_base::Timestamp) -> String {
    format!("{at:.3}")
}
