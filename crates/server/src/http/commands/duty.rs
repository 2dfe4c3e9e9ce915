//! Giving back, sending on, leading and assisting.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use yiwang_base::{Personal, Refusal};
use yiwang_cases::{Action, AddUnit, Command, Recall, Redirect, RemoveUnit, ReportPart, Return};

use super::super::answers::{CaseAnswer, CommandProblems};
use super::super::body::Body;
use super::super::parameters::{CasePath, CommandHeaders};
use super::super::problem::Answer;
use super::super::session::Visitor;
use super::super::state::App;
use super::{AsksFor, asked, calls, code, codes, note};
use crate::policy::User;
use crate::wire::{
    AddUnitBody, RecallBody, RedirectBody, RemoveUnitBody, ReportPartBody, ReturnBody,
    SettleDueBody,
};

calls! {
    /// Give it back to the desk (退单); the second time the district's unit takes it.
    give_back "/api/v1/cases/{id}/return" ReturnBody;
    /// Take it from its unit and send it to another (转派).
    redirect "/api/v1/cases/{id}/redirect" RedirectBody;
    /// Take back a dispatch on which its unit has not begun (撤回派单).
    recall "/api/v1/cases/{id}/recall" RecallBody;
    /// Let a unit assist (增加协办单位).
    add_unit "/api/v1/cases/{id}/add-unit" AddUnitBody;
    /// Let an assisting unit go (撤去协办单位).
    remove_unit "/api/v1/cases/{id}/remove-unit" RemoveUnitBody;
    /// Say that one's part is done (协办反馈).
    report_part "/api/v1/cases/{id}/report-part" ReportPartBody;
    /// Count provisional deadlines anew by the calendar as it is now (核定时限).
    settle_due "/api/v1/cases/{id}/settle-due" SettleDueBody;
}

impl AsksFor for ReturnBody {
    const ACTION: Action = Action::Return;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        let responsible = self.responsible.filter(|code| !code.is_empty());
        Ok(Command::Return(Return {
            reason: self.reason.0,
            responsible: responsible
                .map(|text| code(&text, "responsible"))
                .transpose()?,
            note: Personal::new(self.note),
        }))
    }
}

impl AsksFor for RedirectBody {
    const ACTION: Action = Action::Redirect;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::Redirect(Redirect {
            unit: code(&self.unit, "unit")?,
            assisting: codes(&self.assisting, "assisting")?,
            reason: self.reason,
            note: note(self.note),
        }))
    }
}

impl AsksFor for RecallBody {
    const ACTION: Action = Action::Recall;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        let reason = self.reason.filter(|reason| !reason.is_empty());
        Ok(Command::Recall(Recall { reason }))
    }
}

impl AsksFor for AddUnitBody {
    const ACTION: Action = Action::AddUnit;

    fn command(self, user: &User) -> Result<Command, Refusal> {
        Ok(Command::AddUnit(AddUnit {
            by: user.bound_to()?.cloned(),
            unit: code(&self.unit, "unit")?,
            note: note(self.note),
        }))
    }
}

impl AsksFor for RemoveUnitBody {
    const ACTION: Action = Action::RemoveUnit;

    fn command(self, user: &User) -> Result<Command, Refusal> {
        Ok(Command::RemoveUnit(RemoveUnit {
            by: user.bound_to()?.cloned(),
            unit: code(&self.unit, "unit")?,
            reason: self.reason,
        }))
    }
}

impl AsksFor for ReportPartBody {
    const ACTION: Action = Action::ReportPart;

    fn command(self, user: &User) -> Result<Command, Refusal> {
        Ok(Command::ReportPart(ReportPart {
            unit: user.own_unit()?.clone(),
            note: Personal::new(self.note),
        }))
    }
}

impl AsksFor for SettleDueBody {
    const ACTION: Action = Action::SettleDue;

    fn command(self, _: &User) -> Result<Command, Refusal> {
        Ok(Command::SettleDue)
    }
}
