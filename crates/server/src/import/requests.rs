//! `yiwang import requests FILE --mapping MAPPING`, as a library.
//!
//! First [`scan`] reads the file once and says which categories and units it
//! needs; then [`import`] reads it again and writes its cases, batch by batch.
//! It can be stopped between two batches and run again: what is in the record
//! already is passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use yiwang_base::{CategoryCode, LocalText, Refusal, Timestamp, UnitCode};
use yiwang_cases::{
    AtOnce, Case, CaseStore, Category, Change, Rules, Stage, StoreError, Unit, UnitKind, with_steps,
};
use yiwang_store::{Item, ItemKind};

use super::mapping::{Layout, Lookup, Mapping};
use super::rejects::{Reject, RejectFile};
use super::source_case::SourceCase;
use super::table::{Row, Rows, Table, TableError};

/// Cases written at once: enough to share a flush to disk, few enough to stop soon.
const BATCH: usize = 256;

/// Why an import stopped. What was written before stays, and is passed over next time.
#[derive(Debug, thiserror::Error)]
pub enum RequestsError {
    /// The file or the reject file.
    #[error("the file cannot be read, or the reject file not written: {0}")]
    File(#[from] csv::Error),
    /// The reject file.
    #[error("the reject file cannot be written: {0}")]
    Rejects(#[from] std::io::Error),
    /// The file is not what the mapping says.
    #[error(transparent)]
    Header(Refusal),
    /// The record.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TableError> for RequestsError {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Io(error) => RequestsError::File(error.into()),
            TableError::Rows(error) => RequestsError::File(error),
            TableError::Refused(refusal) => RequestsError::Header(refusal),
        }
    }
}

/// What a file needs and holds, before anything is written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// Rows in the file.
    pub rows: u64,
    /// Rows that can be taken as they stand.
    pub readable: u64,
    /// The others, by the word for their reason.
    pub unreadable: BTreeMap<&'static str, u64>,
    /// Categories to create.
    pub categories: Vec<Category>,
    /// Units to create, and units whose duty list grows.
    pub units: Vec<Unit>,
}

impl Plan {
    /// The categories and units as items of the record.
    ///
    /// # Errors
    /// When one cannot be written as JSON.
    pub fn items(&self) -> Result<Vec<Item>, StoreError> {
        let categories = self.categories.iter();
        let categories = categories.map(|one| Item::of(ItemKind::Category, one.code.as_str(), one));
        let units = self.units.iter();
        let units = units.map(|one| Item::of(ItemKind::Unit, one.code.as_str(), one));
        categories.chain(units).collect()
    }

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
/// `rules` do not have. `look` sees each row with what becomes of it.
///
/// # Errors
/// When the file cannot be read or is not what the mapping says.
pub fn scan(
    table: &Table,
    mapping: &Mapping,
    rules: &Rules,
    mut look: impl FnMut(&Row, &Result<SourceCase, Reject>),
) -> Result<Plan, RequestsError> {
    let (mut rows, layout) = open(table, mapping, rules)?;
    let lookup = Lookup::of(rules);
    let mut plan = Plan::default();
    let mut categories: BTreeMap<CategoryCode, Category> = BTreeMap::new();
    let mut units: BTreeMap<UnitCode, SeenUnit> = BTreeMap::new();
    while let Some(row) = rows.next_row()? {
        plan.rows += 1;
        let read = layout.case(&row, &lookup);
        look(&row, &read);
        let case = match read {
            Ok(case) => case,
            Err(reject) => {
                *plan.unreadable.entry(reject.code).or_default() += 1;
                continue;
            }
        };
        plan.readable += 1;
        let Some(category) = case.category else {
            continue;
        };
        if let Some(unit) = case.unit {
            let label = unit.label();
            let seen = units.entry(unit.code).or_default();
            seen.duties.insert(category.code.clone());
            *seen.labels.entry(label).or_default() += 1;
        }
        if !rules.categories.contains_key(&category.code)
            && let Some(part) = &mapping.category
        {
            categories
                .entry(category.code.clone())
                .or_insert_with(|| Category {
                    code: category.code,
                    name: LocalText::same(category.name),
                    group: LocalText::same(category.group),
                    respond: part.respond,
                    resolve: part.resolve,
                    questions: Vec::new(),
                    own: Default::default(),
                });
        }
    }
    plan.categories = categories.into_values().collect();
    if let Some(part) = mapping.unit.as_ref().filter(|part| part.create) {
        plan.units = units
            .into_iter()
            .filter_map(|(code, seen)| unit_to_write(code, seen, part.kind, rules))
            .collect();
    }
    Ok(plan)
}

fn open(table: &Table, mapping: &Mapping, rules: &Rules) -> Result<(Rows, Layout), RequestsError> {
    let rows = table.rows()?;
    let layout = Layout::find(mapping, rows.header(), rules.calendar.zone());
    Ok((rows, layout.map_err(RequestsError::Header)?))
}

/// The unit as it is to be written; `None` if the rules have all of it.
fn unit_to_write(code: UnitCode, seen: SeenUnit, kind: UnitKind, rules: &Rules) -> Option<Unit> {
    let mut unit = match rules.units.get(&code) {
        Some(known) if seen.duties.iter().all(|duty| known.duties.contains(duty)) => return None,
        Some(known) => known.clone(),
        None => Unit {
            name: seen.labels.into_iter().max_by_key(|(_, times)| *times)?.0,
            code,
            kind,
            duties: Vec::new(),
            areas: Vec::new(),
            retired: false,
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
    /// Of those, accepted and dispatched at once.
    pub dispatched: u64,
    /// Of those, cases that nobody has taken on yet: they wait for a person.
    pub waiting: u64,
    /// Rows whose case was in the record already.
    pub known: u64,
    /// Rows in the reject file.
    pub rejected: u64,
    /// Rejects by the word for their reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// False when it was stopped before the end of the file.
    pub finished: bool,
}

/// The meaning, the time and the size of an import.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// What the columns mean.
    pub mapping: &'a Mapping,
    /// When this is recorded.
    pub now: Timestamp,
    /// Rows in the file, from [`scan`].
    pub rows: Option<u64>,
    /// Who gave the file, where that is not who keeps the machine; goes into the grounds.
    pub by: Option<&'a str>,
}

/// Writes the cases of a file. `watch` hears of each batch and stops the
/// import by [`ControlFlow::Break`]; after that it can simply be run again.
/// `steps` says what is done at once with a case that nobody has taken on yet.
///
/// # Errors
/// When a file or the record fails. Whole batches written before that stay.
pub async fn import<S, W>(
    store: &S,
    table: &Table,
    rejects: &mut RejectFile<'_, W>,
    rules: &Rules,
    run: Run<'_>,
    steps: impl Fn(&Case) -> Vec<AtOnce>,
    mut watch: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Report, RequestsError>
where
    S: CaseStore,
    W: Write,
{
    let began = Instant::now();
    let (mut rows, layout) = open(table, run.mapping, rules)?;
    let lookup = Lookup::of(rules);
    rejects.set_header(rows.header());
    let mut report = Report::default();
    loop {
        let mut batch: Vec<(Fate, Change)> = Vec::with_capacity(BATCH);
        let mut read = 0;
        while read < BATCH {
            let Some(row) = rows.next_row()? else {
                report.finished = true;
                break;
            };
            read += 1;
            match take(store, &row, (&layout, &lookup), rules, run).await? {
                Taken::New(change) if change.after.stage == Stage::Submitted => {
                    let at_once = steps(&change.after);
                    let change = with_steps(*change, &at_once, rules, run.now);
                    let fate = match change.after.stage {
                        Stage::Submitted => Fate::Waits,
                        _ => Fate::Dispatched,
                    };
                    batch.push((fate, change));
                }
                Taken::New(change) => batch.push((Fate::AsTheFileSays, *change)),
                Taken::Known => report.known += 1,
                Taken::No(reject) => {
                    rejects.write(row.line, &reject, &row.record)?;
                    report.rejected += 1;
                    *report.reasons.entry(reject.code).or_default() += 1;
                }
            }
        }
        let (fates, changes): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let written = join_all(changes.into_iter().map(|change| store.append(change)));
        for (fate, written) in fates.into_iter().zip(written.await) {
            match written {
                Ok(()) => {
                    report.imported += 1;
                    report.dispatched += u64::from(fate == Fate::Dispatched);
                    report.waiting += u64::from(fate == Fate::Waits);
                }
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

/// What becomes of a case that is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// What its row says.
    AsTheFileSays,
    /// It was dispatched at once.
    Dispatched,
    /// Nobody has taken it on.
    Waits,
}

enum Taken {
    New(Box<Change>),
    Known,
    No(Reject),
}

async fn take<S: CaseStore>(
    store: &S,
    row: &Row,
    (layout, lookup): (&Layout, &Lookup),
    rules: &Rules,
    run: Run<'_>,
) -> Result<Taken, StoreError> {
    let mut case = match layout.case(row, lookup) {
        Ok(case) => case,
        Err(reject) => return Ok(Taken::No(reject)),
    };
    if store.by_source(&case.source).await?.is_some() {
        return Ok(Taken::Known);
    }
    case.assumed
        .extend(run.by.map(|by| format!("given by {by}")));
    Ok(match case.history(rules, run.now, || store.new_case_id()) {
        Ok(change) => Taken::New(Box::new(change)),
        Err(refusal) => {
            let column = layout.of_field(refusal.field.as_deref()).to_owned();
            Taken::No(Reject::from_refusal(refusal, &column))
        }
    })
}
