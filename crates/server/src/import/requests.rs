//! `yiwang import requests FILE --profile boston311`, as a library.
//!
//! First [`scan`] reads the file once and says which categories and units it
//! needs; then [`import`] reads it again and writes its cases, batch by batch.
//! It can be stopped between two batches and run again: what is in the record
//! already is passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::str::FromStr;
use std::time::{Duration, Instant};

use csv::ByteRecord;
use futures_util::future::join_all;
use yiwang_base::{
    CalendarError, CategoryCode, LocalText, Refusal, RefusalKind, Span, Timestamp, UnitCode,
};
use yiwang_cases::{CaseStore, Category, Change, Rules, StoreError, Unit, UnitKind};

use super::boston311;
use super::rejects::{Reject, RejectFile};
use super::rows::{Row, Rows};
use super::source_case::SourceCase;
use crate::city::CitySettings;

/// Cases written at once: enough to share a flush to disk, few enough to stop soon.
const BATCH: usize = 256;
/// Limits of a category that the source does not give: it is to be resolved in
/// seven working days and the resident contacted in one.
const RESOLVE: Span = Span::WorkingDays { days: 7 };
const RESPOND: Span = Span::WorkingDays { days: 1 };

/// Which system the file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// [`boston311`].
    Boston311,
}

impl Profile {
    /// All of them.
    pub const ALL: [Profile; 1] = [Profile::Boston311];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Boston311 => boston311::SYSTEM,
        }
    }

    /// The settings of the city whose requests these are.
    ///
    /// # Errors
    /// When the time zone's data are missing.
    pub fn city(self) -> Result<CitySettings, CalendarError> {
        match self {
            Profile::Boston311 => {
                CitySettings::new(LocalText::new("波士顿", "Boston"), boston311::ZONE)
            }
        }
    }

    fn columns(self, header: &ByteRecord) -> Result<Columns, Refusal> {
        match self {
            Profile::Boston311 => boston311::Columns::find(header).map(Columns::Boston311),
        }
    }
}

impl FromStr for Profile {
    type Err = Refusal;

    fn from_str(name: &str) -> Result<Self, Refusal> {
        let found = Self::ALL.into_iter().find(|profile| profile.name() == name);
        found.ok_or_else(|| {
            Refusal::new(
                RefusalKind::Invalid,
                "import.profile",
                "没有这种来源格式",
                "there is no such profile",
            )
            .at("profile")
            .found(name)
            .allowing(Self::ALL.map(Profile::name))
        })
    }
}

enum Columns {
    Boston311(boston311::Columns),
}

impl Columns {
    fn parse(&self, row: &Row) -> Result<SourceCase, Reject> {
        match self {
            Columns::Boston311(columns) => boston311::parse_row(columns, &row.record, row.line),
        }
    }

    fn of_field(&self, field: Option<&str>) -> &str {
        match self {
            Columns::Boston311(columns) => columns.of_field(field),
        }
    }
}

/// Why an import stopped. What was written before stays, and is passed over next time.
#[derive(Debug, thiserror::Error)]
pub enum RequestsError {
    /// The file or the reject file.
    #[error("the file cannot be read, or the reject file not written: {0}")]
    File(#[from] csv::Error),
    /// The reject file.
    #[error("the reject file cannot be written: {0}")]
    Rejects(#[from] std::io::Error),
    /// The file is not of this profile.
    #[error(transparent)]
    Header(Refusal),
    /// The record.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a file needs and holds, before anything is written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// Rows in the file.
    pub rows: u64,
    /// Rows that can be taken as they stand.
    pub readable: u64,
    /// Categories to create.
    pub categories: Vec<Category>,
    /// Units to create, and units whose duty list grows.
    pub units: Vec<Unit>,
}

impl Plan {
    /// Adds what the file needs to the rules.
    pub fn apply(&self, rules: &mut Rules) {
        let categories = self.categories.iter().cloned();
        rules
            .categories
            .extend(categories.map(|category| (category.code.clone(), category)));
        let units = self.units.iter().cloned();
        rules
            .units
            .extend(units.map(|unit| (unit.code.clone(), unit)));
    }
}

/// What the rows say of one unit.
#[derive(Default)]
struct SeenUnit {
    duties: BTreeSet<CategoryCode>,
    /// How often each label was used; the most frequent becomes its name.
    labels: BTreeMap<LocalText, u64>,
}

/// Reads the whole file and says which categories and units it needs that
/// `rules` do not have.
///
/// # Errors
/// When the file cannot be read or is not of this profile.
pub fn scan<R: Read>(file: R, profile: Profile, rules: &Rules) -> Result<Plan, RequestsError> {
    let mut rows = Rows::open(file)?;
    let columns = profile
        .columns(rows.header())
        .map_err(RequestsError::Header)?;
    let mut plan = Plan::default();
    let mut categories: BTreeMap<CategoryCode, Category> = BTreeMap::new();
    let mut units: BTreeMap<UnitCode, SeenUnit> = BTreeMap::new();
    while let Some(row) = rows.next_row()? {
        plan.rows += 1;
        let Ok(case) = columns.parse(&row) else {
            continue;
        };
        plan.readable += 1;
        let seen = units.entry(case.unit.clone()).or_default();
        seen.duties.insert(case.category.clone());
        *seen.labels.entry(case.unit_label()).or_default() += 1;
        if !rules.categories.contains_key(&case.category) {
            categories
                .entry(case.category.clone())
                .or_insert_with(|| Category {
                    code: case.category,
                    name: LocalText::same(case.category_name),
                    group: LocalText::same(case.group_name),
                    respond: RESPOND,
                    resolve: RESOLVE,
                    questions: Vec::new(),
                    own: Default::default(),
                });
        }
    }
    plan.categories = categories.into_values().collect();
    plan.units = units
        .into_iter()
        .filter_map(|(code, seen)| unit_to_write(code, seen, rules))
        .collect();
    Ok(plan)
}

/// The unit as it is to be written; `None` if the rules have all of it.
fn unit_to_write(code: UnitCode, seen: SeenUnit, rules: &Rules) -> Option<Unit> {
    let mut unit = match rules.units.get(&code) {
        Some(known) if seen.duties.iter().all(|duty| known.duties.contains(duty)) => return None,
        Some(known) => known.clone(),
        None => Unit {
            name: seen.labels.into_iter().max_by_key(|(_, times)| *times)?.0,
            code,
            kind: UnitKind::Department,
            duties: Vec::new(),
            areas: Vec::new(),
        },
    };
    for duty in seen.duties {
        if !unit.duties.contains(&duty) {
            unit.duties.push(duty);
        }
    }
    Some(unit)
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Rows dealt with.
    pub rows: u64,
    /// Rows in all, if known.
    pub of: Option<u64>,
    /// Rows a second since the start.
    pub rate: f64,
    /// Time left at this rate, if the number of rows is known.
    pub left: Option<Duration>,
}

impl Progress {
    fn at(rows: u64, of: Option<u64>, elapsed: Duration) -> Self {
        let rate = rows as f64 / elapsed.as_secs_f64().max(1e-6);
        let left = of.filter(|_| rate > 0.0).map(|of| {
            let seconds = of.saturating_sub(rows) as f64 / rate;
            Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
        });
        Self {
            rows,
            of,
            rate,
            left,
        }
    }
}

/// What an import did; `rows = imported + known + rejected`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Rows dealt with.
    pub rows: u64,
    /// Cases written.
    pub imported: u64,
    /// Rows whose case was in the record already.
    pub known: u64,
    /// Rows in the reject file.
    pub rejected: u64,
    /// Rejects by the word for their reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// False when it was stopped before the end of the file.
    pub finished: bool,
}

/// The time and the size of an import.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// The file's system.
    pub profile: Profile,
    /// When this is recorded.
    pub now: Timestamp,
    /// Rows in the file, from [`scan`].
    pub rows: Option<u64>,
}

/// Writes the cases of a file. `watch` hears of each batch and stops the
/// import by [`ControlFlow::Break`]; after that it can simply be run again.
///
/// # Errors
/// When a file or the record fails. Whole batches written before that stay.
pub async fn import<S, R, W>(
    store: &S,
    file: R,
    rejects: &mut RejectFile<W>,
    rules: &Rules,
    run: Run,
    mut watch: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Report, RequestsError>
where
    S: CaseStore,
    R: Read,
    W: Write,
{
    let began = Instant::now();
    let mut rows = Rows::open(file)?;
    let columns = run
        .profile
        .columns(rows.header())
        .map_err(RequestsError::Header)?;
    rejects.set_header(rows.header());
    let mut report = Report::default();
    loop {
        let mut batch: Vec<Change> = Vec::with_capacity(BATCH);
        let mut read = 0;
        while read < BATCH {
            let Some(row) = rows.next_row()? else {
                report.finished = true;
                break;
            };
            read += 1;
            match take(store, &row, &columns, rules, run.now).await? {
                Taken::New(change) => batch.push(*change),
                Taken::Known => report.known += 1,
                Taken::No(reject) => {
                    rejects.write(row.line, &reject, &row.record)?;
                    report.rejected += 1;
                    *report.reasons.entry(reject.code).or_default() += 1;
                }
            }
        }
        for written in join_all(batch.into_iter().map(|change| store.append(change))).await {
            match written {
                Ok(()) => report.imported += 1,
                // The file names the same case twice: the first row counts.
                Err(StoreError::SourceKnown(_)) => report.known += 1,
                Err(error) => return Err(error.into()),
            }
        }
        rejects.flush()?;
        report.rows = report.imported + report.known + report.rejected;
        let progress = Progress::at(report.rows, run.rows, began.elapsed());
        if watch(progress).is_break() || report.finished {
            return Ok(report);
        }
    }
}

enum Taken {
    New(Box<Change>),
    Known,
    No(Reject),
}

async fn take<S: CaseStore>(
    store: &S,
    row: &Row,
    columns: &Columns,
    rules: &Rules,
    now: Timestamp,
) -> Result<Taken, StoreError> {
    let case = match columns.parse(row) {
        Ok(case) => case,
        Err(reject) => return Ok(Taken::No(reject)),
    };
    if store.by_source(&case.source).await?.is_some() {
        return Ok(Taken::Known);
    }
    Ok(match case.history(rules, now, || store.new_case_id()) {
        Ok(change) => Taken::New(Box::new(change)),
        Err(refusal) => {
            let column = columns.of_field(refusal.field.as_deref()).to_owned();
            Taken::No(Reject::from_refusal(refusal, &column))
        }
    })
}
