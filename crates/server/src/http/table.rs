//! A table of requests that the desk uploads: read under a mapping, as the
//! command line does.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yiwang_base::{Lang, Purpose, Refusal, RefusalKind};
use yiwang_cases::{Case, Rules, StoreError};

use super::answers::BatchProblems;
use super::body::Body;
use super::problem::{Answer, reader_language};
use super::session::Visitor;
use super::state::{App, now};
use crate::import::guess::{guess, system_of};
use crate::import::mapping::Mapping;
use crate::import::rejects::{Reject, RejectFile};
use crate::import::requests::{RequestsError, Run, import, scan};
use crate::import::table::{Reading, Table};
use crate::policy::Right;
use crate::wire::{RejectedRow, TableBody, TableView};

/// Most rejected rows in an answer.
const MOST_REJECTS: usize = 100;

/// Take the requests of a table, or look what would become of them. Categories
/// and units are matched, never created here: that is the steward's.
#[utoipa::path(post, path = "/api/v1/requests/table", operation_id = "submit_table", tag = "requests", security(("session" = [])),
    request_body = TableBody,
    responses((status = 200, body = TableView), BatchProblems))]
pub(super) async fn submit_table(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: axum::http::HeaderMap,
    Body { value: body, .. }: Body<TableBody>,
) -> Answer<Json<TableView>> {
    let actor = visitor.actor();
    visitor.may(Right::SubmitTable)?;
    let lang = reader_language(&headers);
    let bytes = STANDARD.decode(body.content.as_bytes()).map_err(|_| {
        Refusal::new(
            RefusalKind::Invalid,
            "table.base64",
            "文件内容须为 Base64",
            "the content of the file must be Base64",
        )
        .at("content")
    })?;
    let city = app.city();
    let (text, mapping, table) = read(&body, &bytes, &city.rules)?;
    let mut view = TableView {
        file: table.describe(),
        mapping: text,
        rows: 0,
        taken: 0,
        known: 0,
        rejected: BTreeMap::new(),
        rejects: Vec::new(),
    };
    if body.dry_run {
        look(&mut view, &table, &mapping, &city.rules, lang)?;
    } else {
        let by = actor.to_string();
        take(
            &app,
            &mut view,
            (&table, &mapping),
            &city.rules,
            (&by, lang),
        )
        .await?;
    }
    Ok(Json(view))
}

/// The mapping, given or drafted, and the table as it reads it.
fn read(
    body: &TableBody,
    bytes: &[u8],
    rules: &Rules,
) -> Result<(String, Mapping, Table), Refusal> {
    let text = match &body.mapping {
        Some(text) => text.clone(),
        None => {
            let reading = Reading::default();
            let table = Table::open(bytes, &reading).map_err(|error| refuse(error.into()))?;
            let draft = guess(&table, &reading, &system_of(&body.name), rules);
            draft.map_err(refuse)?.mapping
        }
    };
    let mut mapping = Mapping::read(&text).map_err(|refusal| {
        let line = refusal.field.clone().unwrap_or_default();
        refusal.at(format!("mapping: {line}"))
    })?;
    if let Some(category) = &mut mapping.category {
        category.create = false;
    }
    if let Some(unit) = &mut mapping.unit {
        unit.create = false;
    }
    let table = Table::open(bytes, &mapping.reading()?).map_err(|error| refuse(error.into()))?;
    Ok((text, mapping, table))
}

fn look(
    view: &mut TableView,
    table: &Table,
    mapping: &Mapping,
    rules: &Rules,
    lang: Lang,
) -> Result<(), Refusal> {
    let rejects = &mut view.rejects;
    let plan = scan(table, mapping, rules, |row, read| {
        if let Err(reject) = read
            && rejects.len() < MOST_REJECTS
        {
            rejects.push(rejected(row.line, reject, lang));
        }
    });
    let plan = plan.map_err(refuse)?;
    (view.rows, view.taken, view.rejected) = (plan.rows, plan.readable, plan.unreadable);
    Ok(())
}

async fn take(
    app: &App,
    view: &mut TableView,
    (table, mapping): (&Table, &Mapping),
    rules: &Rules,
    (by, lang): (&str, Lang),
) -> Result<(), Refusal> {
    let run = Run {
        mapping,
        now: now(),
        rows: None,
        by: Some(by),
    };
    let rejects = &mut view.rejects;
    let mut file = RejectFile::watched(std::io::sink(), |line, reject| {
        if rejects.len() < MOST_REJECTS {
            rejects.push(rejected(line, reject, lang));
        }
    });
    let (judging, city) = (app.judging(), app.city());
    let steps = |case: &Case| judging.steps(&city, case);
    let watch = |_| ControlFlow::Continue(());
    let report = import(&app.store, table, &mut file, rules, run, steps, watch);
    let report = report.await.map_err(refuse)?;
    drop(file);
    (view.rows, view.taken, view.known) = (report.rows, report.imported, report.known);
    view.rejected = report.reasons;
    Ok(())
}

fn rejected(line: u64, reject: &Reject, lang: Lang) -> RejectedRow {
    RejectedRow {
        line,
        column: reject.column.clone(),
        code: reject.code.to_owned(),
        detail: reject.reason.get(lang).to_owned(),
        // The desk sees what it sent.
        found: reject.found.disclose(Purpose::HandleCase).clone(),
    }
}

fn refuse(error: RequestsError) -> Refusal {
    match error {
        RequestsError::Header(refusal) => refusal,
        RequestsError::Store(error) => error.into(),
        RequestsError::File(error) => Refusal::new(
            RefusalKind::Invalid,
            "table.rows",
            format!("文件不能按行读出：{error}"),
            format!("the file cannot be read as rows: {error}"),
        )
        .at("content"),
        RequestsError::Rejects(error) => StoreError::Broken(error.to_string()).into(),
    }
}
