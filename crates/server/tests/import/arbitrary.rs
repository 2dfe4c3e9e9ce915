//! Whatever bytes come: no panic, and every row is accounted for.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use yiwang_cases::MemoryStore;
use yiwang_server::import::mapping::{Layout, Lookup};
use yiwang_server::import::requests::RequestsError;
use yiwang_server::import::table::Row;

use crate::city::{boston, cases, import_whole, rules};

const FILE: &str = include_str!("boston311.csv");

fn rows_of(file: &[u8]) -> Vec<csv::ByteRecord> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    reader.byte_records().map(Result::unwrap).collect()
}

/// Imports and holds the reject file against what went in.
fn assert_accounted(file: &[u8]) -> Result<(), TestCaseError> {
    let store = MemoryStore::new();
    let (report, rejected) = match import_whole(&store, &mut rules(), file) {
        Ok(done) => done,
        Err(RequestsError::Header(_)) => return Ok(()),
        Err(other) => return Err(TestCaseError::fail(other.to_string())),
    };
    let rows = rows_of(file);
    prop_assert_eq!(report.rows, rows.len() as u64);
    prop_assert_eq!(report.imported, cases(&store).len() as u64);
    prop_assert_eq!(report.reasons.values().sum::<u64>(), report.rejected);
    let rejects = rows_of(&rejected);
    prop_assert_eq!(report.rejected, rejects.len() as u64);
    // Each rejected row is one of the file's, in its order, byte for byte.
    let mut originals = rows.iter();
    for reject in &rejects {
        let kept: csv::ByteRecord = reject.iter().skip(5).collect();
        prop_assert!(
            originals.any(|row| row.iter().eq(kept.iter())),
            "{:?} is no row of the file",
            kept
        );
    }
    Ok(())
}

/// What a row of Boston's becomes, in short.
fn parsed(record: csv::ByteRecord) -> String {
    let header = FILE.lines().next().unwrap().split(',').collect();
    let rules = rules();
    let layout = Layout::find(&boston(), &header, rules.calendar.zone()).unwrap();
    let row = Row {
        line: 2,
        record,
        garbled: false,
    };
    format!("{:?}", layout.case(&row, &Lookup::of(&rules)))
}

/// Pieces that files break at.
fn splinter() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..12),
        select(vec![
            "\"",
            "\"\"",
            ",",
            ",,",
            "\n",
            "\r\n",
            "\r",
            "\0",
            "\u{FEFF}",
            "NaN",
            "inf",
            "1e999",
            "-",
            "9999-12-31 23:59:59",
            "-0001-01-01 00:00:00",
            "0000-00-00 00:00:00",
            "2023-03-12 02:30:00",
            "999999999999999999999",
            "路灯",
            "\u{202E}",
            "=1+1",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(file in proptest::collection::vec(any::<u8>(), 0..600)) {
        assert_accounted(&file)?;
    }

    #[test]
    fn any_bytes_after_a_good_header(rest in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut file = FILE.lines().next().unwrap().as_bytes().to_vec();
        file.push(b'\n');
        file.extend(rest);
        assert_accounted(&file)?;
    }

    #[test]
    fn a_good_file_with_splinters_in_it(
        splinters in proptest::collection::vec((any::<Index>(), splinter(), 0..9_usize), 1..12)
    ) {
        let mut file = FILE.as_bytes().to_vec();
        for (place, splinter, dropped) in splinters {
            let from = place.index(file.len());
            let to = (from + dropped).min(file.len());
            file.splice(from..to, splinter);
        }
        assert_accounted(&file)?;
    }

    #[test]
    fn any_fields_in_a_row(fields in proptest::collection::vec(any::<Vec<u8>>(), 35)) {
        let _ = parsed(fields.iter().collect());
    }

    #[test]
    fn odd_fields_in_a_good_row(
        odd in proptest::collection::vec((0..35_usize, splinter()), 1..5)
    ) {
        let good: Vec<&str> = FILE.lines().nth(1).unwrap().split(',').collect();
        let mut fields: Vec<Vec<u8>> = good.iter().map(|f| f.as_bytes().to_vec()).collect();
        for (n, splinter) in odd {
            fields[n] = splinter;
        }
        let record: csv::ByteRecord = fields.iter().collect();
        prop_assert_eq!(parsed(record.clone()), parsed(record));
    }
}
