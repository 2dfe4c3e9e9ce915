//! More time, standing still, supervision, scores, words between units, withdrawing.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use yiwang_base::{Personal, Refusal, RefusalKind, Timestamp};
use yiwang_cases::{
    Action, AnswerQuestion, AnswerSupervision, AskExtension, AskResident, Command, Comment, Extend,
    RefuseExtension, Release, Resume, Score, Shelve, Supervise, Withdraw,
};

use super::super::answers::{CaseAnswer, CommandProblems};
use super::super::body::Body;
use super::super::parameters::{CasePath, CommandHeaders};
use super::super::problem::Answer;
use super::super::session::Visitor;
use super::super::state::App;
use super::{AsksFor, act, asked, calls, code, given, note};
use crate::policy::User;
use crate::wire::{
    AskExtensionBody, ExtendBody, NoteBody, ReasonBody, ReleaseBody, ResumeBody, ScoreBody,
    ShelveBody, SuperviseBody,
};

calls! {
    /// Ask for more time (申请延期).
    ask_extension "/api/v1/cases/{id}/ask-extension" AskExtensionBody;
    /// Give more time (延期): once, and never beyond double, unless the city allows more.
    extend "/api/v1/cases/{id}/extend" ExtendBody;
    /// Shelve it until it can be done (挂账); the clock stands still.
    shelve "/api/v1/cases/{id}/shelve" ShelveBody;
    /// Go on with a case that stands still (恢复办理).
    resume "/api/v1/cases/{id}/resume" ResumeBody;
    /// Put it under supervision (督办).
    supervise "/api/v1/cases/{id}/supervise" SuperviseBody;
    /// Let it go from supervision (解除督办).
    release "/api/v1/cases/{id}/release" ReleaseBody;
    /// Score a unit's work on it (考评); a later score takes the earlier one's place.
    score "/api/v1/cases/{id}/score" ScoreBody;
}

/// Calls whose body is one text.
macro_rules! texts {
    ($($(#[$doc:meta])+ $name:ident $path:literal $body:ident $field:ident $make:expr;)*) => {$(
        $(#[$doc])+
        #[utoipa::path(post, path = $path, tag = "cases", security(("session" = [])), request_body = $body,
            params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
        pub(crate) async fn $name(
            State(app): State<Arc<App>>,
            visitor: Visitor,
            Path(id): Path<String>,
            headers: HeaderMap,
            Body { value: body, bytes }: Body<$body>,
        ) -> Answer<Response> {
            act(&app, visitor, &headers, &id, &bytes, ($make)(body.$field)).await
        }
    )*};
}

fn said(text: String) -> Personal<String> {
    Personal::new(text)
}

texts! {
    /// Give no more time (不同意延期).
    refuse_extension "/api/v1/cases/{id}/refuse-extension" ReasonBody reason
        |reason| Command::RefuseExtension(RefuseExtension { reason });
    /// Ask the resident for what is missing (请居民补充); the clock stands still.
    ask_resident "/api/v1/cases/{id}/ask-resident" NoteBody note
        |note| Command::AskResident(AskResident { note: said(note) });
    /// Write down what the resident answers (居民补充); the clock runs again.
    answer_question "/api/v1/cases/{id}/answer-question" NoteBody note
        |note| Command::AnswerQuestion(AnswerQuestion { note: said(note) });
    /// Answer those who supervise (督办答复).
    answer_supervision "/api/v1/cases/{id}/answer-supervision" NoteBody note
        |note| Command::AnswerSupervision(AnswerSupervision { note: said(note) });
    /// Say something to the others who work on it (批注); the resident does not see it.
    comment "/api/v1/cases/{id}/comment" NoteBody note
        |note| Command::Comment(Comment { note: said(note) });
    /// Withdraw it on the resident's word (撤诉).
    withdraw "/api/v1/cases/{id}/withdraw" NoteBody note
        |note| Command::Withdraw(Withdraw { note: said(note) });
}

/// A time from a body.
fn time(text: &str, field: &str) -> Result<Timestamp, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            RefusalKind::Invalid,
            "time.malformed",
            "时间的写法不对，请用 RFC 3339 格式并写明时区",
            "a time is written as in RFC 3339, with its offset",
        )
        .at(field)
        .found(text)
        .allowing(["2026-01-31T08:00:00Z", "2026-01-31T16:00:00+08:00"])
    })
}

impl AsksFor for AskExtensionBody {
    const ACTION: Action = Action::AskExtension;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::AskExtension(AskExtension {
            resolve_by: time(&self.resolve_by, "resolve_by")?,
            reason: self.reason,
        }))
    }
}

impl AsksFor for ExtendBody {
    const ACTION: Action = Action::Extend;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        let resolve_by = given(self.resolve_by);
        Ok(Command::Extend(Extend {
            resolve_by: resolve_by
                .map(|text| time(&text, "resolve_by"))
                .transpose()?,
            reason: self.reason,
        }))
    }
}

impl AsksFor for ShelveBody {
    const ACTION: Action = Action::Shelve;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::Shelve(Shelve {
            reason: self.reason.0,
            review_by: time(&self.review_by, "review_by")?,
            note: said(self.note),
        }))
    }
}

impl AsksFor for ResumeBody {
    const ACTION: Action = Action::Resume;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::Resume(Resume {
            note: note(self.note),
        }))
    }
}

impl AsksFor for SuperviseBody {
    const ACTION: Action = Action::Supervise;

    fn command(self, user: &User) -> Result<Command, Refusal> {
        Ok(Command::Supervise(Supervise {
            by: user.bound_to()?.cloned(),
            level: self.level.0,
            answer_by: time(&self.answer_by, "answer_by")?,
            note: said(self.note),
        }))
    }
}

impl AsksFor for ReleaseBody {
    const ACTION: Action = Action::Release;

    fn command(self, user: &User) -> Result<Command, Refusal> {
        Ok(Command::Release(Release {
            by: user.bound_to()?.cloned(),
            note: note(self.note),
        }))
    }
}

impl AsksFor for ScoreBody {
    const ACTION: Action = Action::Score;

    fn command(self, user: &User) -> Result<Command, Refusal> {
        Ok(Command::Score(Score {
            by: user.bound_to()?.cloned(),
            unit: code(&self.unit, "unit")?,
            score: self.score,
            reason: self.reason,
        }))
    }
}
