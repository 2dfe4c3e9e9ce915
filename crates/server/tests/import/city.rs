//! An empty city to import into, and a short way to do so.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use pollster::block_on;
use yiwang_base::{AreaCode, LocalText, Point, Timestamp, WorkCalendar, WorkHours};
use yiwang_cases::{
    Area, Case, CaseFilter, CaseStore, DeskLimits, LocateArea, MemoryStore, Order, Rules,
};
use yiwang_server::import::mapping::Mapping;
use yiwang_server::import::rejects::RejectFile;
use yiwang_server::import::requests::{Plan, Report, RequestsError, Run, import, scan};
use yiwang_server::import::table::Table;

struct Halves;

impl LocateArea for Halves {
    fn locate(&self, point: Point) -> Option<AreaCode> {
        let area = if point.lat() < 42.33 {
            "south"
        } else {
            "north"
        };
        area.parse().ok()
    }
}

/// Areas north and south; no categories, no units.
pub(crate) fn rules() -> Rules {
    let area = |code: &str| {
        let code: AreaCode = code.parse().unwrap();
        let area = Area {
            code: code.clone(),
            name: LocalText::same(code.as_str()),
            parent: None,
            leaf: true,
            tier: None,
            retired: false,
        };
        (code, area)
    };
    let hours = WorkHours {
        open: 540,
        close: 1020,
    };
    Rules {
        areas: [area("north"), area("south")].into(),
        categories: BTreeMap::new(),
        units: BTreeMap::new(),
        calendar: WorkCalendar::new("America/New_York", hours, BTreeSet::new(), BTreeSet::new())
            .unwrap(),
        desk: DeskLimits::default(),
        limits: Default::default(),
        locator: Box::new(Halves),
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// What the City of Boston's columns mean.
pub(crate) fn boston() -> Mapping {
    Mapping::built_in("boston311").unwrap()
}

/// A file in memory as the mapping reads it.
pub(crate) fn table(file: &[u8], mapping: &Mapping) -> Result<Table, RequestsError> {
    Ok(Table::open(file, &mapping.reading().unwrap())?)
}

/// What a file of Boston's needs.
pub(crate) fn plan(file: &[u8], rules: &Rules) -> Result<Plan, RequestsError> {
    let mapping = boston();
    scan(&table(file, &mapping)?, &mapping, rules, |_, _| {})
}

/// Scans, creates what is needed, and imports a file of Boston's; gives the
/// report and the reject file.
pub(crate) fn import_whole(
    store: &MemoryStore,
    rules: &mut Rules,
    file: &[u8],
) -> Result<(Report, Vec<u8>), RequestsError> {
    import_mapped(store, rules, file, &boston())
}

/// The same with another mapping.
pub(crate) fn import_mapped(
    store: &MemoryStore,
    rules: &mut Rules,
    file: &[u8],
    mapping: &Mapping,
) -> Result<(Report, Vec<u8>), RequestsError> {
    let table = table(file, mapping)?;
    let plan = scan(&table, mapping, rules, |_, _| {})?;
    plan.apply(rules);
    let mut rejected = Vec::new();
    let mut rejects = RejectFile::new(&mut rejected);
    let run = Run {
        mapping,
        now: now(),
        rows: Some(plan.rows),
        by: None,
    };
    let report = block_on(import(
        store,
        &table,
        &mut rejects,
        rules,
        run,
        |_| Vec::new(),
        |_| ControlFlow::Continue(()),
    ))?;
    drop(rejects);
    assert_eq!(report.rows, plan.rows);
    assert_eq!(
        report.rows,
        report.imported + report.known + report.rejected
    );
    Ok((report, rejected))
}

/// All cases, oldest first.
pub(crate) fn cases(store: &MemoryStore) -> Vec<Case> {
    let any = CaseFilter::default();
    let page = store.list(&any, Order::Newest, None, usize::MAX);
    let mut cases = block_on(page).unwrap().cases;
    // In the order of the file; the newest may stand anywhere in it.
    cases.sort_by_key(|case| case.id);
    cases
}
