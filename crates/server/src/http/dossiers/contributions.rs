//! The ledger of contributions.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use yiwang_base::UserName;
use yiwang_cases::civic::contribution::ledger;
use yiwang_cases::civic::{Content, Kind};

use super::super::answers::StaffProblems;
use super::super::problem::Answer;
use super::super::session::Visitor;
use super::super::state::{App, now};
use super::all_of;
use crate::policy::Right;
use crate::wire::{ContributionView, ContributionsView, Time, Word};

/// What volunteers, companies and social organisations contributed: whoever gave
/// the most time first. Whoever helps sees their own.
#[utoipa::path(get, path = "/api/v1/contributions", operation_id = "contributions", tag = "together", security(("session" = [])),
    responses((status = 200, body = ContributionsView), StaffProblems))]
pub(in super::super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<ContributionsView>> {
    let helps = visitor.may(Right::HelpOut).is_ok();
    if !helps {
        visitor.may(Right::ReadCases)?;
    }
    let own = visitor.0.as_ref().filter(|_| helps);
    let own = own.map(|user| &user.account.name);
    // Tasks come the newest first; a ledger tells the first one first.
    let mut tasks = all_of(&app, Kind::Task).await?;
    tasks.reverse();
    let tasks = tasks.iter().filter_map(|one| match &one.content {
        Content::Task(task) => Some((one.id, task)),
        _ => None,
    });
    let accounts = app.store.accounts()?.into_iter();
    let names: BTreeMap<UserName, String> = accounts
        .map(|account| (account.name, account.display_name))
        .collect();
    let all = ledger(tasks).into_iter();
    let all = all.filter(|one| own.is_none_or(|own| one.by == *own));
    Ok(Json(ContributionsView {
        contributions: all
            .map(|one| ContributionView {
                name: names.get(&one.by).cloned(),
                by: one.by.to_string(),
                capacity: Word(one.capacity),
                confirmed: one.confirmed.iter().map(ToString::to_string).collect(),
                minutes: one.minutes,
                under_way: one.under_way,
                given_up: one.given_up,
            })
            .collect(),
        as_of: Time(now()),
    }))
}
