//! Drafts for the real files, where they are at hand: each works as it is.

use std::path::{Path, PathBuf};

use yiwang_base::{LocalText, Span};
use yiwang_cases::{MemoryStore, Stage};
use yiwang_server::city::{City, CitySettings};
use yiwang_server::import::categories::{CategoryFields, read_categories};
use yiwang_server::import::guess::{Draft, guess};
use yiwang_server::import::mapping::Mapping;
use yiwang_server::import::table::{Reading, Table};

use crate::city::{cases, import_mapped};

fn shared(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = root.join("../shared/data/cases").join(name);
    if !file.exists() {
        println!("skipped: no ../shared/data");
    }
    file.exists().then_some(file)
}

/// Drafts a mapping for a file and imports the file with it.
fn whole(name: &str) -> Option<(Draft, MemoryStore)> {
    let path = shared(name)?;
    let settings = CitySettings::new(LocalText::same("x"), "Asia/Shanghai").unwrap();
    let mut rules = City::bare(settings).rules;
    let reading = Reading::default();
    let table = Table::open(path.as_path(), &reading).unwrap();
    let draft = guess(&table, &reading, "test", &rules).unwrap();
    let mapping = Mapping::read(&draft.mapping).unwrap();
    let store = MemoryStore::new();
    let file = std::fs::read(&path).unwrap();
    let (report, rejected) = import_mapped(&store, &mut rules, &file, &mapping).unwrap();
    println!("{}", draft.mapping);
    println!("{name}: {report:?}");
    let shown: String = String::from_utf8_lossy(&rejected)
        .chars()
        .take(600)
        .collect();
    // What is longer than a request may be is for a person to shorten.
    let too_long = report.reasons.get("field.too-long").copied();
    let too_long = too_long.unwrap_or_default();
    assert_eq!(report.rejected, too_long, "{shown}");
    assert!(too_long <= 5, "{shown}");
    // A case that a file names twice is taken once.
    assert!(report.known <= 4, "{}", report.known);
    assert_eq!(report.imported + report.known + too_long, draft.rows);
    Some((draft, store))
}

#[test]
fn messages_that_say_neither_place_nor_end_come_in_as_they_are() {
    let Some((draft, store)) = whole("messages_labelled_dev.csv") else {
        return;
    };
    assert_eq!((draft.rows, draft.readable), (1_026, 1_026));
    let cases = cases(&store);
    assert!(cases.iter().all(|case| case.stage == Stage::Accepted));
    let categories: std::collections::BTreeSet<_> =
        cases.iter().map(|case| case.category.clone()).collect();
    assert_eq!(categories.len(), 7);
}

#[test]
fn a_workbook_of_messages_comes_in_as_it_is() {
    let Some((draft, store)) = whole("messages_hotspots_4326.xlsx") else {
        return;
    };
    assert_eq!((draft.rows, draft.readable), (4_326, 4_326));
    assert!(
        cases(&store)
            .iter()
            .all(|case| case.stage == Stage::Submitted)
    );
}

#[test]
fn what_boston_publishes_comes_in_by_a_draft_too() {
    let Some((draft, store)) = whole("boston_311_sample_4995.csv") else {
        return;
    };
    assert_eq!((draft.rows, draft.readable), (4_995, 4_995));
    assert!(cases(&store).iter().all(|case| case.stage == Stage::Closed));
    let Some((draft, _)) = whole("boston_311_animal_33952.csv.gz") else {
        return;
    };
    assert_eq!((draft.rows, draft.readable), (33_952, 33_952));
}

#[test]
fn a_taxonomy_of_three_levels_is_517_categories() {
    let Some(path) = shared("taxonomy_517.xlsx") else {
        return;
    };
    let table = Table::open(path.as_path(), &Reading::default()).unwrap();
    let fields = CategoryFields {
        levels: Vec::new(),
        code: None,
        respond: Span::WorkingDays { days: 1 },
        resolve: Span::WorkingDays { days: 7 },
    };
    let import = read_categories(&table, &fields).unwrap();
    let counts: Vec<usize> = import.levels.iter().map(|(_, names)| *names).collect();
    // 103 names at the second level, some under several parents.
    assert_eq!(counts, [15, 118, 517]);
    assert_eq!(import.rejected, []);
    let names: std::collections::BTreeSet<_> =
        import.categories.iter().map(|one| &one.name.zh).collect();
    assert_eq!(
        (import.categories.len(), names.len()),
        (517, 517),
        "each has a name of its own"
    );
}
