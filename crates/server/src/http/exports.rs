//! Tables to take away: boards and lists of cases, as CSV or as a workbook.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use form_urlencoded::Serializer;
use yiwang_base::{Lang, Refusal, RefusalKind};
use yiwang_cases::{CaseFilter, CaseStore, Order, StoreError};

use super::answers::ExportProblems;
use super::figures::soon_ready;
use super::filter;
use super::parameters::{BoardQuery, CaseFilterQuery, ExportQuery, ExportWordsQuery};
use super::problem::{Answer, reader_language};
use super::session::Visitor;
use super::state::{App, now};
use crate::city::City;
use crate::export::{Column, Format, Row, Table, board_columns, board_rows, columns};
use crate::figures::{Asked, count, wrong};
use crate::policy::{Right, Sight};

/// Most cases of one table: what is longer is taken out on the machine itself.
const MAX_CASES: u64 = 100_000;
/// Cases read at once.
const PAGE: usize = 500;

/// A board as a table: all parts together first, then each part.
#[utoipa::path(get, path = "/api/v1/figures/export", operation_id = "export_board", tag = "figures", security(("session" = [])),
    params(BoardQuery, ExportQuery),
    responses(
        (status = 200, description = "The table, CSV or XLSX", content(
            (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        ExportProblems))]
pub(super) async fn board(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    visitor.with(Right::ReadFigures)?;
    let (form, query) = Form::split(&query.unwrap_or_default(), false)?;
    let (city, formulas) = (app.city(), app.formulas());
    let asked = Asked::read(&query, false, &city, &formulas, now())?;
    soon_ready(&app).await;
    let board = count(&app.store, &formulas, &asked).await?;
    let mut table = Table::begin(Vec::new(), form.format, board_columns(&board)).map_err(failed)?;
    for row in board_rows(&board, &city, reader_language(&headers)) {
        table.row(row.into_iter()).map_err(failed)?;
    }
    let name = format!("figures-{}", board.formula.key);
    Ok(form.answer(&name, table.finish().map_err(failed)?))
}

/// A list of cases as a table, the newest first, at most 100,000.
#[utoipa::path(get, path = "/api/v1/cases/export", operation_id = "export_cases", tag = "cases", security(("session" = [])),
    params(CaseFilterQuery, ExportQuery, ExportWordsQuery),
    responses(
        (status = 200, description = "The table, CSV or XLSX", content(
            (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        ExportProblems))]
pub(super) async fn cases(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let user = visitor.with(Right::ReadCases)?;
    let (form, query) = Form::split(&query.unwrap_or_default(), true)?;
    let sight = if form.words {
        user.must(Right::ReadWords)?;
        user.sight()
    } else {
        Sight::NONE
    };
    let city = app.city();
    let filter = filter::read(&query, &city, &user, now())?.filter;
    check_size(&app, &filter).await?;
    let list = List {
        app: &app,
        city: &city,
        columns: columns(sight),
        lang: reader_language(&headers),
    };
    let (bytes, rows) = list.table(&filter, form.format).await?;
    // Who took what out of the house, without any of it.
    tracing::info!(user = %user.account.name, rows, words = form.words, "a table of cases was exported");
    Ok(form.answer("cases", bytes))
}

async fn check_size(app: &App, filter: &CaseFilter) -> Result<(), Refusal> {
    let counts = app.store.counts(filter, now()).await?;
    let total: u64 = counts.by_stage.values().sum();
    if total <= MAX_CASES {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::TooMuch,
        "export.too-many",
        "案卷过多，请缩小范围，或在服务器上用 yiwang export cases 导出",
        "there are too many cases: narrow the list, or use `yiwang export cases` on the machine",
    )
    .at("query")
    .found(total.to_string())
    .allowing([format!("0–{MAX_CASES}")]))
}

struct List<'a> {
    app: &'a App,
    city: &'a City,
    columns: Vec<Column>,
    lang: Lang,
}

impl List<'_> {
    /// The whole table, and how many rows it has.
    async fn table(&self, filter: &CaseFilter, format: Format) -> Result<(Vec<u8>, u64), Refusal> {
        let names = self.columns.iter().map(|(name, _)| (*name).to_owned());
        let mut table = Table::begin(Vec::new(), format, names.collect()).map_err(failed)?;
        let (mut start, mut rows) = (None, 0);
        loop {
            let page = self.app.store.list(filter, Order::Newest, start, PAGE);
            let page = page.await?;
            for case in &page.cases {
                let row = Row {
                    case,
                    city: self.city,
                    lang: self.lang,
                };
                let cells = self.columns.iter().map(|(_, cell)| cell(&row));
                table.row(cells).map_err(failed)?;
                rows += 1;
            }
            start = page.next;
            // Others may have come in since they were counted.
            if start.is_none() || rows >= MAX_CASES {
                return Ok((table.finish().map_err(failed)?, rows));
            }
        }
    }
}

/// In which form a table is wanted.
pub(super) struct Form {
    pub(super) format: Format,
    words: bool,
}

impl Form {
    /// The form, and the rest of the query.
    pub(super) fn split(query: &str, of_cases: bool) -> Result<(Form, String), Refusal> {
        let (mut word, mut bom, mut words) = (String::from("csv"), false, false);
        let mut rest = Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "format" if !value.is_empty() => word = value.into_owned(),
                "bom" => bom = flag("bom", &value)?,
                "words" if of_cases => words = flag("words", &value)?,
                _ => {
                    rest.append_pair(&name, &value);
                }
            }
        }
        let format = match word.as_str() {
            "csv" => Format::Csv { bom },
            "xlsx" => Format::Xlsx,
            other => return Err(wrong("format", other, ["csv", "xlsx"])),
        };
        Ok((Form { format, words }, rest.finish()))
    }

    pub(super) fn answer(&self, name: &str, bytes: Vec<u8>) -> Response {
        let (kind, ending) = match self.format {
            Format::Xlsx => (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "xlsx",
            ),
            Format::Csv { .. } | Format::Jsonl => ("text/csv; charset=utf-8", "csv"),
        };
        let disposition = format!("attachment; filename=\"yiwang-{name}.{ending}\"");
        let headers = [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        (headers, bytes).into_response()
    }
}

fn flag(field: &str, value: &str) -> Result<bool, Refusal> {
    match value {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        other => Err(wrong(field, other, ["true", "false"])),
    }
}

pub(super) fn failed(error: std::io::Error) -> Refusal {
    StoreError::Broken(error.to_string()).into()
}
