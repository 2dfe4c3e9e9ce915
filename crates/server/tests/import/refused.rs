//! Rows and files that cannot be taken.

use yiwang_cases::MemoryStore;
use yiwang_server::import::mapping::Mapping;
use yiwang_server::import::rejects::REJECT_COLUMNS;
use yiwang_server::import::requests::RequestsError;

use crate::city::{cases, import_whole, plan, rules};
use crate::fixture::{FILE, GOOD, grounds, imported};

fn reject_rows(file: &[u8]) -> Vec<csv::ByteRecord> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    reader.byte_records().map(Result::unwrap).collect()
}

#[test]
fn each_row_that_cannot_be_taken_says_why() {
    let store = MemoryStore::new();
    let mut bytes = FILE.as_bytes().to_vec();
    let last = FILE
        .lines()
        .nth(1)
        .unwrap()
        .replace("900000000001", "900000000099");
    let last = last.replace("Lamp out", "Lamp \u{1}out");
    bytes.extend(last.bytes().map(|byte| if byte == 1 { 0xFF } else { byte }));
    let (report, rejected) = import_whole(&store, &mut rules(), &bytes).unwrap();
    assert_eq!((report.imported, report.rejected), (GOOD, 23));
    let rows = reject_rows(&rejected);
    let told: Vec<(String, String)> = rows
        .iter()
        .map(|row| {
            let field = |n: usize| String::from_utf8_lossy(&row[n]).into_owned();
            assert!(!field(2).is_empty() && !field(3).is_empty());
            (field(1), field(4))
        })
        .collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(c, f)| (c.as_str(), f.as_str())).collect();
    let long = "x".repeat(120);
    assert_eq!(
        told,
        [
            ("CASE_ENQUIRY_ID", ""),
            ("CASE_ENQUIRY_ID", "90-1"),
            ("OPEN_DT", ""),
            ("OPEN_DT", "March 1st"),
            ("OPEN_DT", "2023-02-30 09:00:00"),
            ("TARGET_DT", "soon"),
            ("CLOSED_DT", "2023-03-01"),
            ("CLOSED_DT", "2023-02-28 10:30:00"),
            ("LATITUDE", "142.35"),
            ("LONGITUDE", "-1071.06"),
            ("LATITUDE", "NaN"),
            ("LONGITUDE", ""),
            ("TYPE", ""),
            ("TYPE", "???"),
            ("REASON", long.as_str()),
            ("CASE_TITLE", "4520"),
            ("Location", "419"),
            ("CLOSURE_REASON", "4499"),
            ("CASE_TITLE", ""),
            ("", "20"),
            ("OPEN_DT", "2031-01-01T05:00:00Z"),
            ("CLOSED_DT", "2031-01-01T05:00:00Z"),
            ("CASE_TITLE", "Lamp \u{FFFD}out"),
        ]
    );
    let original = bytes.split(|byte| *byte == b'\n').next_back().unwrap();
    let kept: Vec<&[u8]> = rows[22].iter().skip(5).collect();
    let was: Vec<&[u8]> = original.split(|byte| *byte == b',').collect();
    assert_eq!(kept, was, "the row stays byte for byte as it was");
}

#[test]
fn a_mended_reject_file_can_be_imported() {
    let (store, _) = imported();
    let (_, rejected) = import_whole(&store, &mut rules(), FILE.as_bytes()).unwrap();
    // Unmended, the same rows come back for the same reasons, on the same lines.
    let (report, again) = import_whole(&store, &mut rules(), &rejected).unwrap();
    assert_eq!((report.imported, report.rejected), (0, 22));
    assert_eq!(again, rejected);
    let mended = String::from_utf8(rejected).unwrap();
    assert!(mended.starts_with(&REJECT_COLUMNS.join(",")));
    let mended = mended.replace("March 1st", "2023-03-01 09:00:00");
    let mended = mended.replace(",soon,", ",,");
    let (report, _) = import_whole(&store, &mut rules(), mended.as_bytes()).unwrap();
    assert_eq!((report.imported, report.rejected), (2, 20));
    let newest = cases(&store).pop().unwrap();
    assert_eq!(grounds(&store, &newest)[0], "boston311 line 19");
}

#[test]
fn a_file_of_another_kind_is_refused_before_anything_is_written() {
    for file in ["", "a,b,c\n1,2,3\n", "CASE_ENQUIRY_ID,OPEN_DT\n1,2\n"] {
        let result = plan(file.as_bytes(), &rules());
        let Err(RequestsError::Header(refusal)) = result else {
            panic!("{file:?} must be refused");
        };
        assert_eq!(refusal.code, "file.columns");
        assert!(refusal.message.en.contains("CLOSED_DT"));
        assert!(refusal.message.zh.contains("CLOSED_DT"));
    }
    let refusal = Mapping::built_in("chicago").unwrap_err();
    assert_eq!(refusal.allowed, ["boston311"]);
}

#[test]
fn a_quotation_mark_that_is_never_closed_stops_the_import() {
    let mut endless = FILE.replace("Lamp out", "\"Lamp out").into_bytes();
    endless.extend(std::iter::repeat_n(b'x', 6 << 20));
    let result = import_whole(&MemoryStore::new(), &mut rules(), &endless);
    let Err(RequestsError::File(error)) = result else {
        panic!("must stop");
    };
    assert!(error.to_string().contains("quotation mark"), "{error}");
}
