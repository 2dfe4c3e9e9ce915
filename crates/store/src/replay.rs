//! Replaying the journal: what the entries add up to, compared with the tables.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use rusqlite::Connection;
use serde_json::Value;
use serde_json::value::RawValue;
use yiwang_base::{CaseId, Purpose, Timestamp};
use yiwang_cases::{
    Actor, Case, Event, Happening, ReplayError, Sealed, StoreError, Whistle, WhistleHappening,
    WhistleId,
};
use yiwang_journal::EntryView;
use yiwang_sensing::alert::{Alert, AlertEvent};
use yiwang_sensing::docket::Step as SheetStep;
use yiwang_sensing::registry::Change;
use yiwang_sensing::warning::{Warning, WarningEvent};

use crate::accounts::{self, AccountData};
use crate::append::CaseData;
use crate::case_row::{Derived, FACTS, facts};
use crate::dockets::{SheetSum, subject_number};
use crate::dossiers::{DossierStep, DossierSum};
use crate::error::{broken, from_sqlite};
use crate::joiners::{self, Joined};
use crate::registry::{RegisterSum, is_register};
use crate::scan::{JournalRow, Scan, ScanProgress};
use crate::segments::{self, SegmentSum};
use crate::whistles::{self, WhistleData};
use crate::{files, items};

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayReport {
    /// Entries read.
    pub entries: u64,
    /// Cases they make.
    pub cases: u64,
    /// What the entries and the tables tell differently, by its subject in the
    /// journal (`case/12`, `unit/lights`): a row that differs, is missing, or
    /// has no entries. At most 100.
    pub differing: Vec<String>,
}

const MOST_DIFFERING: usize = 100;

/// Replays the record in a data directory and, when `compare` is set, compares
/// what comes out with the tables.
///
/// # Errors
/// When the record cannot be read, has a gap, or holds an entry about a case
/// that is not an event.
pub fn replay(
    directory: &Path,
    compare: bool,
    progress: &mut dyn FnMut(ScanProgress),
) -> Result<ReplayReport, StoreError> {
    let (sql, scan) = Scan::open(directory)?;
    let entries = scan.entries;
    let mut sum = Sum::default();
    let mut next = 0;
    scan.run(progress, step, |(seq, step)| {
        if seq != next {
            return Err(broken(format!("entry {next} is missing; check the record")));
        }
        next += 1;
        sum.add(seq, step)
    })?;
    if next != entries {
        return Err(broken(format!("entry {next} is missing; check the record")));
    }
    let cases = sum.cases.len() as u64;
    let differing = if compare {
        sum.compare(sql)?
    } else {
        Vec::new()
    };
    Ok(ReplayReport {
        entries,
        cases,
        differing,
    })
}

/// What one entry adds. Few bytes, since millions are handed from thread to thread.
enum Step {
    Case(CaseStep),
    Item(Box<(String, Value)>),
    Account(Box<(String, AccountData)>),
    Whistle(Box<WhistleStep>),
    Dossier(Box<DossierStep>),
    Register(Box<Change>),
    Segment(Box<(String, Value)>),
    Alert(Box<(u64, SheetStep<AlertEvent>)>),
    Warning(Box<(u64, SheetStep<WarningEvent>)>),
    Other,
}

struct CaseStep {
    id: u64,
    at: Timestamp,
    event: Event,
    /// What is kept of the words, for a submission whose words are not erased.
    derived: Option<Box<Derived>>,
    /// The hash that an attached file was sealed with, unless it is erased.
    file: Option<Box<str>>,
    /// Who joins by it, unless that is erased.
    joined: Option<Box<Joined>>,
    /// The entry stands under another case than it speaks of.
    misplaced: bool,
}

struct WhistleStep {
    id: u64,
    happening: WhistleHappening,
    /// Something is sealed beside it and not erased.
    has_sealed: bool,
}

/// Reads an entry; the costly part of a replay.
fn step(row: &JournalRow<'_>) -> Result<(u64, Step), StoreError> {
    let unreadable = |error: &dyn std::fmt::Display| broken(format!("entry {}: {error}", row.seq));
    // Nearly all entries are about cases; of the others the data is read once more.
    if let Ok(entry) = EntryView::<CaseData>::parse(row.body)
        && let Some(id) = case_number(&entry.subject)
    {
        let derived = match (&entry.data.event, &row.sealed) {
            (Event::Submitted { .. }, Some(sealed)) if row.erased_by.is_none() => {
                match serde_json::from_slice(sealed.body).map_err(|e| unreadable(&e))? {
                    Sealed::Request(words) => {
                        let words = words.disclose(Purpose::Record);
                        Some(Box::new(Derived::of(row.seq, words)))
                    }
                    Sealed::Note(_) | Sealed::File(_) | Sealed::Joiner(_) => None,
                }
            }
            _ => None,
        };
        let file = match (&entry.data.event, &row.sealed) {
            (Event::Attached(_), Some(sealed)) if row.erased_by.is_none() => {
                files::sealed_hash(sealed.body).map(Box::from)
            }
            _ => None,
        };
        let joined = match (&entry.data.event, &row.sealed) {
            (Event::Joined(_), Some(sealed)) if row.erased_by.is_none() => {
                let sealed = serde_json::from_slice(sealed.body).map_err(|e| unreadable(&e))?;
                Joined::of(&entry.data.event, Some(&sealed)).map(Box::new)
            }
            _ => None,
        };
        let step = Step::Case(CaseStep {
            joined,
            id,
            at: entry.data.happened.unwrap_or(entry.at),
            event: entry.data.event,
            derived,
            file,
            misplaced: row.case_id != Some(id),
        });
        return Ok((row.seq, step));
    }
    let entry = EntryView::<&RawValue>::parse(row.body).map_err(|e| unreadable(&e))?;
    let subject = entry.subject.into_owned();
    let data = entry.data.get();
    let step = if subject.starts_with("case/") {
        let error = serde_json::from_str::<CaseData>(data).err();
        return Err(unreadable(&error.map_or_else(
            || format!("{subject} is no case"),
            |error| error.to_string(),
        )));
    } else if subject.starts_with("account/") {
        let data = serde_json::from_str(data).map_err(|e| unreadable(&e))?;
        Step::Account(Box::new((subject, data)))
    } else if let Some(id) = whistles::subject_number(&subject) {
        let data: WhistleData = serde_json::from_str(data).map_err(|e| unreadable(&e))?;
        Step::Whistle(Box::new(WhistleStep {
            id,
            happening: WhistleHappening {
                at: data.happened.unwrap_or(entry.at),
                // Neither who nor why changes what a whistle is.
                by: Actor::Resident,
                grounds: None,
                event: data.event,
                sealed: None,
            },
            has_sealed: row.sealed.is_some() && row.erased_by.is_none(),
        }))
    } else if subject.starts_with("dossier/") {
        let step = DossierStep::read(row.seq, &subject, &entry.kind, entry.at, data);
        Step::Dossier(Box::new(step.map_err(|e| unreadable(&e))?))
    } else if is_register(&subject) {
        let change = serde_json::from_str(data).map_err(|e| unreadable(&e))?;
        Step::Register(Box::new(change))
    } else if let Some(name) = segments::subject_name(&subject) {
        let data = serde_json::from_str(data).map_err(|e| unreadable(&e))?;
        Step::Segment(Box::new((name.to_owned(), data)))
    } else if let Some(id) = subject_number::<Alert>(&subject) {
        let event = serde_json::from_str(data).map_err(|e| unreadable(&e))?;
        let by = entry.by.into_owned();
        Step::Alert(Box::new((id, sheet_step(entry.at, by, event))))
    } else if let Some(id) = subject_number::<Warning>(&subject) {
        let event = serde_json::from_str(data).map_err(|e| unreadable(&e))?;
        let by = entry.by.into_owned();
        Step::Warning(Box::new((id, sheet_step(entry.at, by, event))))
    } else if items::is_item(&subject) {
        let data = serde_json::from_str(data).map_err(|e| unreadable(&e))?;
        Step::Item(Box::new((subject, data)))
    } else {
        Step::Other
    };
    Ok((row.seq, step))
}

/// Why does not change how an alert or a warning stands.
fn sheet_step<E>(at: Timestamp, by: String, event: E) -> SheetStep<E> {
    SheetStep {
        at,
        by,
        event,
        grounds: None,
    }
}

fn case_number(subject: &str) -> Option<u64> {
    subject.strip_prefix("case/")?.parse().ok()
}

/// What the entries add up to.
#[derive(Default)]
struct Sum {
    /// Boxed, so that a growing table need not be copied with all that is in it.
    cases: HashMap<u64, Box<(Case, Derived)>>,
    items: HashMap<String, (u64, Value)>,
    accounts: HashMap<String, AccountData>,
    dossiers: DossierSum,
    register: RegisterSum,
    segments: SegmentSum,
    alerts: SheetSum<Alert>,
    warnings: SheetSum<Warning>,
    misplaced: BTreeSet<u64>,
    /// Who joins by an entry, and which case.
    joined: HashMap<u64, (u64, Joined)>,
    /// Each with the entry that its words are sealed beside.
    whistles: HashMap<u64, (Whistle, Option<i64>)>,
    /// Which whistle an entry is about.
    whistle_entries: HashMap<u64, u64>,
    /// Files that must be there: the entry, its case, and their hash.
    files: Vec<(u64, u64, Box<str>)>,
}

impl Sum {
    fn add(&mut self, seq: u64, step: Step) -> Result<(), StoreError> {
        match step {
            Step::Case(step) => {
                if step.misplaced && self.misplaced.len() < MOST_DIFFERING {
                    self.misplaced.insert(step.id);
                }
                if let Some(hash) = step.file.clone() {
                    self.files.push((seq, step.id, hash));
                }
                if let Some(joined) = &step.joined {
                    self.joined.insert(seq, (step.id, (**joined).clone()));
                }
                self.add_event(step)
                    .map_err(|error| broken(format!("entry {seq}: {error}")))?;
            }
            Step::Item(item) => {
                let (subject, data) = *item;
                self.items.insert(subject, (seq, data));
            }
            Step::Account(account) => {
                let (subject, data) = *account;
                self.accounts.insert(subject, data);
            }
            Step::Whistle(step) => self
                .add_whistle(seq, *step)
                .map_err(|error| broken(format!("entry {seq}: {error}")))?,
            Step::Dossier(step) => self
                .dossiers
                .add(*step)
                .map_err(|error| broken(format!("entry {seq}: {error}")))?,
            Step::Register(change) => self.register.add(*change),
            Step::Segment(segment) => self.segments.add(&segment.0, segment.1),
            Step::Alert(step) => self
                .alerts
                .add(step.0, &step.1)
                .map_err(|error| broken(format!("entry {seq}: {error}")))?,
            Step::Warning(step) => self
                .warnings
                .add(step.0, &step.1)
                .map_err(|error| broken(format!("entry {seq}: {error}")))?,
            Step::Other => {}
        }
        Ok(())
    }

    fn add_whistle(
        &mut self,
        seq: u64,
        step: WhistleStep,
    ) -> Result<(), yiwang_cases::WhistleReplayError> {
        self.whistle_entries.insert(seq, step.id);
        match self.whistles.entry(step.id) {
            Entry::Occupied(mut known) => known.get_mut().0.apply(&step.happening)?,
            Entry::Vacant(place) => {
                let mut whistle = Whistle::begin(WhistleId(step.id), &step.happening)?;
                // The words are not kept: they stand in one place only. An
                // erasure comes later in the journal.
                whistle.erased = false;
                let words_seq = step.has_sealed.then_some(seq as i64);
                place.insert((whistle, words_seq));
            }
        }
        Ok(())
    }

    fn add_event(&mut self, step: CaseStep) -> Result<(), ReplayError> {
        let next = Happening {
            at: step.at,
            // Neither who nor why changes what a case is.
            by: Actor::Resident,
            grounds: None,
            event: step.event,
            sealed: None,
        };
        match self.cases.entry(step.id) {
            Entry::Occupied(mut known) => {
                let (case, derived) = known.get_mut().as_mut();
                case.apply(&next)?;
                if case.erased {
                    *derived = Derived::default();
                }
            }
            Entry::Vacant(place) => {
                let mut case = Case::begin(CaseId(step.id), &next)?;
                // The words are not kept: they stand in one place only.
                case.erased = step.derived.is_none();
                let derived = step.derived.map_or_else(Derived::default, |kept| *kept);
                place.insert(Box::new((case, derived)));
            }
        }
        Ok(())
    }

    fn compare(mut self, sql: Connection) -> Result<Vec<String>, StoreError> {
        let mut differing = std::mem::take(&mut self.misplaced);
        let sql = self.compare_cases(sql, &mut differing)?;
        for (seq, id, hash) in &self.files {
            if !files::is_whole(&sql, *seq, hash)? {
                differing.insert(*id);
            }
        }
        differing.extend(joiners::differing(&sql, self.joined.drain().collect())?);
        let mut subjects: Vec<String> = differing.iter().map(|id| format!("case/{id}")).collect();
        subjects.extend(items::differing(&sql, self.items)?);
        subjects.extend(accounts::differing(&sql, self.accounts)?);
        subjects.extend(whistles::differing(
            &sql,
            self.whistles,
            self.whistle_entries,
        )?);
        subjects.extend(self.dossiers.differing(&sql)?);
        subjects.extend(self.register.differing(&sql)?);
        subjects.extend(self.segments.differing(&sql)?);
        subjects.extend(self.alerts.differing(&sql)?);
        subjects.extend(self.warnings.differing(&sql)?);
        subjects.truncate(MOST_DIFFERING);
        Ok(subjects)
    }

    /// Compares with rows that another thread reads.
    fn compare_cases(
        &mut self,
        sql: Connection,
        differing: &mut BTreeSet<u64>,
    ) -> Result<Connection, StoreError> {
        let (give, take) = sync_channel(WAITING);
        std::thread::scope(|scope| {
            let reading = scope.spawn(move || read_cases(&sql, &give).map(|()| sql));
            for batch in take {
                for stored in batch {
                    let expected = self.cases.remove(&stored.id);
                    let same = match (expected.as_deref(), stored.facts) {
                        (Some((case, derived)), Some(facts)) => {
                            let units = case.units_beside_lead();
                            *case == facts.0
                                && *derived == facts.1
                                && units.iter().map(|unit| unit.as_str()).eq(&stored.units)
                        }
                        _ => false,
                    };
                    if !same {
                        differing.insert(stored.id);
                    }
                }
            }
            differing.extend(self.cases.drain().map(|(id, _)| id));
            reading.join().map_err(|_| broken("reading stopped"))?
        })
    }
}

/// Rows handed over at once, and how many such batches may wait.
const BATCH: usize = 1024;
const WAITING: usize = 8;

/// A case as the tables tell it.
struct Stored {
    id: u64,
    /// `None` for a row that cannot be read, and so differs from any.
    facts: Option<(Case, Derived)>,
    units: Vec<String>,
}

fn read_cases(sql: &Connection, give: &SyncSender<Vec<Stored>>) -> Result<(), StoreError> {
    let mut cases = sql
        .prepare(&format!("SELECT {} FROM cases ORDER BY id", *FACTS))
        .map_err(from_sqlite)?;
    let mut cases = cases.query([]).map_err(from_sqlite)?;
    let mut units = sql
        .prepare("SELECT case_id, unit FROM case_unit ORDER BY case_id, unit")
        .map_err(from_sqlite)?;
    let mut units = units
        .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))
        .map_err(from_sqlite)?
        .peekable();
    let mut batch = Vec::with_capacity(BATCH);
    let mut hand_over = |stored: Option<Stored>| {
        let last = stored.is_none();
        batch.extend(stored);
        if last || batch.len() == BATCH {
            // Whoever takes them goes on to the end.
            let _ = give.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
        }
    };
    while let Some(row) = cases.next().map_err(from_sqlite)? {
        let id: i64 = row.get(0).map_err(from_sqlite)?;
        let mut own = Vec::new();
        while let Some(unit) = units.next_if(|unit| !matches!(unit, Ok((of, _)) if *of > id)) {
            let (of, unit) = unit.map_err(from_sqlite)?;
            if of == id {
                own.push(unit);
            } else {
                // A unit of a case that is not there.
                hand_over(Some(Stored::unit_alone(of)));
            }
        }
        let facts = facts(row).and_then(|case| Ok((case, Derived::from_row(row)?)));
        hand_over(Some(Stored {
            id: id as u64,
            facts: facts.ok(),
            units: own,
        }));
    }
    for unit in units {
        let (of, _) = unit.map_err(from_sqlite)?;
        hand_over(Some(Stored::unit_alone(of)));
    }
    hand_over(None);
    Ok(())
}

impl Stored {
    fn unit_alone(of: i64) -> Stored {
        Stored {
            id: of as u64,
            facts: None,
            units: Vec::new(),
        }
    }
}
