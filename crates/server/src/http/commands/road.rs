//! The straight road of a case: from taking it on to calling the resident back.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use yiwang_base::{Personal, Refusal};
use yiwang_cases::{Action, Command, Limits};

use super::super::answers::{CaseAnswer, CommandProblems};
use super::super::body::Body;
use super::super::parameters::{CasePath, CommandHeaders};
use super::super::problem::Answer;
use super::super::session::Visitor;
use super::super::state::App;
use super::{AsksFor, act, asked, calls, code, codes, given, note};
use crate::policy::User;
use crate::wire::{
    AcceptBody, CallBackBody, CloseBody, DeclineBody, DispatchBody, NoteBody, ReportBackBody,
    StartBody, VerifyBody,
};

calls! {
    /// Take a request on (受理).
    accept "/api/v1/cases/{id}/accept" AcceptBody;
    /// Decline a request (不予受理).
    decline "/api/v1/cases/{id}/decline" DeclineBody;
    /// Send it to the unit that must act (派单).
    dispatch "/api/v1/cases/{id}/dispatch" DispatchBody;
    /// Begin; the resident has been contacted.
    start "/api/v1/cases/{id}/start" StartBody;
    /// Say that it is done (反馈).
    report_back "/api/v1/cases/{id}/report-back" ReportBackBody;
    /// Check what was done (核查).
    verify "/api/v1/cases/{id}/verify" VerifyBody;
    /// Close it (结案).
    close "/api/v1/cases/{id}/close" CloseBody;
    /// Write down what the resident says (回访).
    call_back "/api/v1/cases/{id}/call-back" CallBackBody;
}

/// Open it again (重新办理).
#[utoipa::path(post, path = "/api/v1/cases/{id}/reopen", tag = "cases", security(("session" = [])), request_body = NoteBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(crate) async fn reopen(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<NoteBody>,
) -> Answer<Response> {
    let command = Command::Reopen {
        note: Personal::new(body.note),
    };
    act(&app, visitor, &headers, &id, &bytes, command).await
}

impl AsksFor for AcceptBody {
    const ACTION: Action = Action::Accept;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        let area = self.area.filter(|area| !area.is_empty());
        Ok(Command::Accept {
            category: code(&self.category, "category")?,
            area: area.map(|area| code(&area, "area")).transpose()?,
        })
    }
}

impl AsksFor for DeclineBody {
    const ACTION: Action = Action::Decline;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::Decline {
            reason: self.reason.0,
            responsible: given(self.responsible),
            note: Personal::new(self.note),
        })
    }
}

impl AsksFor for DispatchBody {
    const ACTION: Action = Action::Dispatch;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::Dispatch {
            unit: code(&self.unit, "unit")?,
            assisting: codes(&self.assisting, "assisting")?,
            limits: Limits::ByCategory,
            reason: given(self.reason),
            note: note(self.note),
        })
    }
}

impl AsksFor for StartBody {
    const ACTION: Action = Action::Start;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::Start)
    }
}

impl AsksFor for ReportBackBody {
    const ACTION: Action = Action::ReportBack;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::ReportBack {
            note: Personal::new(self.note),
            open_parts_reason: given(self.open_parts_reason),
        })
    }
}

impl AsksFor for VerifyBody {
    const ACTION: Action = Action::Verify;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::Verify {
            pass: self.pass,
            note: note(self.note),
        })
    }
}

impl AsksFor for CloseBody {
    const ACTION: Action = Action::Close;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::Close {
            reason: note(self.reason),
        })
    }
}

impl AsksFor for CallBackBody {
    const ACTION: Action = Action::CallBack;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::CallBack {
            reached: self.reached,
            solved: self.solved,
            satisfaction: self.satisfaction,
            note: note(self.note),
        })
    }
}
