//! An import of requests that the command line hands to the running server.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::{Actor, Case, StoreError};

use super::body;
use super::problem::Answer;
use super::state::{App, now};
use crate::city::CitySettings;
use crate::import::mapping::Mapping;
use crate::import::rejects::RejectFile;
use crate::import::requests::{RequestsError, Run, import, scan};
use crate::import::table::Table;

/// Where the command line has requests imported.
pub const REQUESTS: &str = "/control/requests";

/// An import to do. Paths are of this machine, from its root.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestsToImport {
    /// What the columns mean, TOML.
    pub mapping: String,
    /// The file.
    pub file: PathBuf,
    /// Where rows go that cannot be taken: a file that is there.
    pub rejects: PathBuf,
    /// On what grounds categories and units are made.
    pub grounds: String,
}

/// What an import did.
#[derive(Debug, Serialize, Deserialize)]
pub struct RequestsImported {
    /// Rows dealt with.
    pub rows: u64,
    /// Cases written.
    pub imported: u64,
    /// Of those, accepted and dispatched at once by the city's model.
    pub dispatched: u64,
    /// Of those, cases that nobody has taken on yet: they wait for a person.
    pub waiting: u64,
    /// Rows whose case was in the record already.
    pub known: u64,
    /// Rows in the reject file.
    pub rejected: u64,
    /// Rejects by the word for their reason.
    pub reasons: BTreeMap<String, u64>,
    /// The reject file, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reject_file: Option<PathBuf>,
    /// Categories that were added.
    pub categories_added: usize,
    /// Units that were added or got more duties.
    pub units_changed: usize,
    /// False when it was stopped.
    pub finished: bool,
    /// How long it took.
    pub seconds: f64,
}

/// Imports a file as the command line does, and goes by the categories and units
/// that came with it from then on. Whoever breaks the connection stops it between
/// two batches.
pub(super) async fn import_requests(
    State(app): State<Arc<App>>,
    bytes: Bytes,
) -> Answer<Json<RequestsImported>> {
    let asked: RequestsToImport = body::read(&bytes)?;
    let began = Instant::now();
    let mapping = Mapping::read(&asked.mapping)?;
    let by = Actor::Import(mapping.system.clone()).to_string();
    let table = Table::open(asked.file.as_path(), &mapping.reading()?);
    let table = table.map_err(|error| refuse(error.into()))?;
    let plan = {
        let turn = app.city_change().await;
        if CitySettings::stored(&app.store)?.is_none() {
            let settings = mapping.city_settings().map_err(|error| {
                Refusal::new(
                    RefusalKind::Invalid,
                    "import.zone",
                    "映射里的时区不可用",
                    "the time zone of the mapping cannot be used",
                )
                .at("time.zone")
                .found(error.to_string())
            })?;
            let grounds = Some("the city had no settings".to_owned());
            app.set_items(&turn, vec![settings.item()?], by.clone(), grounds)
                .await?;
        }
        let rules = &app.city().rules;
        let plan = tokio::task::block_in_place(|| scan(&table, &mapping, rules, |_, _| {}));
        let plan = plan.map_err(refuse)?;
        app.set_items(&turn, plan.items()?, by, Some(asked.grounds))
            .await?;
        plan
    };
    let file = OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(&asked.rejects);
    let file = file.map_err(|error| refuse(error.into()))?;
    let mut rejects = RejectFile::new(BufWriter::new(file));
    let run = Run {
        mapping: &mapping,
        now: now(),
        rows: Some(plan.rows),
        by: None,
    };
    let (judging, city) = (app.judging(), app.city());
    let steps = |case: &Case| judging.steps(&city, case);
    let go_on = |_| ControlFlow::Continue(());
    let done = import(
        &app.store,
        &table,
        &mut rejects,
        &city.rules,
        run,
        steps,
        go_on,
    );
    let done = done.await.map_err(refuse)?;
    let reasons = done.reasons.into_iter();
    Ok(Json(RequestsImported {
        rows: done.rows,
        imported: done.imported,
        dispatched: done.dispatched,
        waiting: done.waiting,
        known: done.known,
        rejected: done.rejected,
        reasons: reasons.map(|(word, n)| (word.to_owned(), n)).collect(),
        reject_file: (done.rejected > 0).then_some(asked.rejects),
        categories_added: plan.categories.len(),
        units_changed: plan.units.len(),
        finished: done.finished,
        seconds: began.elapsed().as_secs_f64(),
    }))
}

fn refuse(error: RequestsError) -> Refusal {
    match error {
        RequestsError::Header(refusal) => refusal,
        RequestsError::Store(error) => error.into(),
        error @ (RequestsError::File(_) | RequestsError::Rejects(_)) => {
            StoreError::Broken(error.to_string()).into()
        }
    }
}
