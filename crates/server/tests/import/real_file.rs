//! The real file, where it is at hand.

use std::path::{Path, PathBuf};

use yiwang_base::Purpose;
use yiwang_cases::{MemoryStore, Place, Stage};

use crate::city::{cases, import_whole, rules};

fn shared(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = root.join("../shared/data/cases").join(name);
    if !file.exists() {
        println!("skipped: no ../shared/data");
    }
    file.exists().then_some(file)
}

#[test]
fn all_rows_of_the_boston_sample_are_accounted_for() {
    let Some(path) = shared("boston_311_sample_4995.csv") else {
        return;
    };
    let file = std::fs::read(path).unwrap();
    let (store, mut rules) = (MemoryStore::new(), rules());
    let (report, rejected) = import_whole(&store, &mut rules, &file).unwrap();
    println!("{report:?}");
    assert_eq!(report.rows, 4_995);
    assert_eq!(
        (report.imported, report.known, report.rejected),
        (4_995, 0, 0)
    );
    assert_eq!(rules.units.len(), 11);
    let cases = cases(&store);
    let nowhere = cases.iter().filter(|case| {
        let request = case.request.as_ref().unwrap();
        request.disclose(Purpose::HandleCase).place == Place::default()
    });
    assert_eq!(nowhere.count(), 30);
    assert!(cases.iter().all(|case| case.stage == Stage::Closed));
    let targets = cases.iter().filter(|c| c.deadlines.resolve_by.is_some());
    let without = cases.len() - targets.count();
    println!(
        "{} categories, {without} without a target",
        rules.categories.len()
    );
    let (again, same) = import_whole(&store, &mut rules, &file).unwrap();
    assert_eq!((again.imported, again.known, again.rejected), (0, 4_995, 0));
    assert_eq!(same, rejected);
}
