use std::io::Write as _;

use encoding_rs::{GB18030, UTF_16LE};
use flate2::write::GzEncoder;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::*;

/// All rows with their lines; the header first.
fn read(bytes: &[u8], reading: &Reading) -> Vec<(u64, Vec<String>)> {
    let table = Table::open(bytes, reading).unwrap();
    let mut rows = table.rows().unwrap();
    let texts = |record: &csv::ByteRecord| {
        let fields = record.iter();
        fields
            .map(|field| String::from_utf8_lossy(field).into_owned())
            .collect()
    };
    let mut all = vec![(0, texts(rows.header()))];
    while let Some(row) = rows.next_row().unwrap() {
        all.push((row.line, texts(&row.record)));
    }
    all
}

fn usual(bytes: &[u8]) -> Vec<Vec<String>> {
    let rows = read(bytes, &Reading::default());
    rows.into_iter().map(|(_, fields)| fields).collect()
}

const TEXT: &str = "编号,内容\n1,路灯不亮,\"转角\"处\n2,污水外溢\n";

fn described(bytes: &[u8]) -> String {
    Table::open(bytes, &Reading::default()).unwrap().describe()
}

#[test]
fn the_encoding_is_found_out() {
    let text = "编号,内容,地点\n1,路灯不亮已经三天,春风路\n2,污水外溢无人处理,解放路\n";
    let expected = usual(text.as_bytes());
    assert_eq!(expected[1], ["1", "路灯不亮已经三天", "春风路"]);
    let (gb, _, _) = GB18030.encode(text);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = |mark: &[u8], rest: &[u8]| [mark, rest].concat();
    for (bytes, name) in [
        (marked(b"\xef\xbb\xbf", text.as_bytes()), "UTF-8"),
        (gb.into_owned(), "gb18030"),
        (marked(b"\xff\xfe", &utf16), "UTF-16LE"),
        (marked(b"\xfe\xff", &big), "UTF-16BE"),
        (utf16, "UTF-16LE"),
        (big, "UTF-16BE"),
    ] {
        assert!(described(&bytes).contains(name), "{}", described(&bytes));
        assert_eq!(usual(&bytes), expected, "{name}");
    }
}

#[test]
fn one_broken_row_does_not_change_the_encoding_of_a_whole_file() {
    let mut bytes = "编号,内容\n".repeat(20).into_bytes();
    bytes.extend(b"1,\xff\n");
    assert!(described(&bytes).contains("UTF-8"));
    let mut rows = Table::open(&bytes[..], &Reading::default())
        .unwrap()
        .rows()
        .unwrap();
    let mut last = None;
    while let Some(row) = rows.next_row().unwrap() {
        last = Some(row);
    }
    assert_eq!(&last.unwrap().record[1], b"\xff", "byte for byte");
}

#[test]
fn what_cannot_be_decoded_is_marked() {
    let (gb, _, _) = GB18030.encode("编号,内容\n1,路灯不亮\n2,污水\n");
    let mut bytes = gb.into_owned();
    bytes.extend(b"3,\xff\n");
    let reading = Reading {
        encoding: Some(GB18030),
        ..Reading::default()
    };
    let mut rows = Table::open(&bytes[..], &reading).unwrap().rows().unwrap();
    let mut garbled = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        garbled.push(row.garbled);
    }
    assert_eq!(garbled, [false, false, true]);
}

#[test]
fn the_delimiter_is_found_out() {
    for (delimiter, name) in [(",", ","), (";", ";"), ("\t", "\\t"), ("|", "|")] {
        let rows = [
            ["id", "words, said; here", "x"],
            ["1", "a\nb", ""],
            ["2", "c", "d"],
        ];
        let rows = rows.map(|row| row.map(|field| format!("\"{field}\"")).join(delimiter));
        let file = rows.join("\r\n");
        assert!(
            described(file.as_bytes()).ends_with(&format!("delimiter \"{name}\"")),
            "{file}"
        );
        let read = read(file.as_bytes(), &Reading::default());
        assert_eq!(read[0].1, ["id", "words, said; here", "x"]);
        assert_eq!(read[1], (2, vec!["1".into(), "a\nb".into(), String::new()]));
        assert_eq!(read[2].0, 4, "lines as an editor counts them");
    }
    // One column only, and nothing at all.
    assert_eq!(usual(b"id\n1\n2\n"), [["id"], ["1"], ["2"]]);
    assert_eq!(usual(b""), [Vec::<String>::new()]);
    let named = Reading {
        delimiter: Some(b'.'),
        ..Reading::default()
    };
    assert_eq!(read(b"a.b\n1.2\n", &named)[1].1, ["1", "2"]);
}

#[test]
fn gzip_is_opened_and_rows_above_the_header_are_passed_over() {
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all("一季度\n\nid,words\n1,x\n".as_bytes())
        .unwrap();
    let reading = Reading {
        header_row: Some(2),
        ..Reading::default()
    };
    let rows = read(&gzip.finish().unwrap(), &reading);
    assert_eq!(rows[0].1, ["id", "words"]);
    assert_eq!(rows[1], (4, vec!["1".into(), "x".into()]));
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("其他").unwrap();
    sheet.write(0, 0, "none").unwrap();
    let sheet = book.add_worksheet().set_name("诉求").unwrap();
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    for (column, name) in ["编号", "时间", "内容", "满意度"].into_iter().enumerate() {
        sheet.write(0, column as u16, name).unwrap();
    }
    sheet.write(2, 0, 13_900_001_234_i64).unwrap();
    let at = ExcelDateTime::from_ymd(2026, 1, 31)
        .unwrap()
        .and_hms(8, 5, 0)
        .unwrap();
    sheet.write_with_format(2, 1, &at, &date).unwrap();
    sheet.write(2, 2, "路灯\n不亮").unwrap();
    sheet.write(3, 0, "a-1").unwrap();
    sheet.write(3, 1, 45_943.5).unwrap();
    sheet.write(3, 3, true).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_sheet_is_rows_of_text() {
    let reading = Reading {
        sheet: Some("诉求".into()),
        ..Reading::default()
    };
    let rows = read(&workbook(), &reading);
    assert_eq!(rows[0].1, ["编号", "时间", "内容", "满意度"]);
    let text = |row: &(u64, Vec<String>)| (row.0, row.1.join("|"));
    assert_eq!(
        text(&rows[1]),
        (3, "13900001234|2026-01-31 08:05:00|路灯\n不亮|".into())
    );
    assert_eq!(text(&rows[2]), (4, "a-1|45943.5||true".into()));
    assert_eq!(described(&workbook()), "XLSX, sheet \"其他\"");
    let Err(TableError::Refused(refusal)) = Table::open(
        &workbook()[..],
        &Reading {
            sheet: Some("Sheet9".into()),
            ..Reading::default()
        },
    ) else {
        panic!("there is no such sheet");
    };
    assert_eq!(
        (refusal.code, refusal.allowed),
        ("file.sheet", vec!["其他".into(), "诉求".into()])
    );
}

#[test]
fn a_workbook_that_is_none_is_refused() {
    let whole = workbook();
    for bytes in [
        &whole[..whole.len() / 2],
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ] {
        let refused = Table::open(bytes, &Reading::default());
        assert!(matches!(refused, Err(TableError::Refused(_))));
    }
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 16_000, "far off").unwrap();
    let Err(TableError::Refused(refusal)) =
        Table::open(&book.save_to_buffer().unwrap()[..], &Reading::default())
    else {
        panic!("it is too wide");
    };
    assert_eq!(refusal.code, "file.too-large");
}

#[test]
fn a_reject_file_is_known_by_its_head() {
    let head = REJECT_COLUMNS.join(",");
    let file = format!("{head},编号,a;b;c\n7,,,,,1,x;y;z\n");
    let reading = Reading {
        encoding: Some(UTF_16LE),
        delimiter: Some(b';'),
        header_row: Some(3),
        ..Reading::default()
    };
    let rows = read(file.as_bytes(), &reading);
    assert_eq!(rows[0].1, ["编号", "a;b;c"]);
    assert_eq!(rows[1], (7, vec!["1".into(), "x;y;z".into()]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever the bytes: rows, or an error that says why.
    #[test]
    fn any_bytes_are_a_table_or_refused(
        head in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"\x1f\x8b\x08", b"\xff\xfe", b"\xfe\xff", TEXT.as_bytes()]),
        rest in prop::collection::vec(any::<u8>(), 0..400),
        header_row in 1..4_u64,
    ) {
        let bytes = [head, &rest].concat();
        let reading = Reading { header_row: Some(header_row), ..Reading::default() };
        if let Ok(mut rows) = Table::open(&bytes[..], &reading).and_then(|table| table.rows()) {
            let mut count = 0;
            while let Ok(Some(_)) = rows.next_row() {
                count += 1;
                prop_assert!(count <= bytes.len());
            }
        }
    }

    /// A workbook with bytes changed in it: rows or a refusal, never a panic.
    #[test]
    fn a_damaged_workbook_is_a_table_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)
    ) {
        let mut bytes = workbook();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(table) = Table::open(&bytes[..], &Reading::default()) {
            let mut rows = table.rows().unwrap();
            while let Ok(Some(_)) = rows.next_row() {}
        }
    }

    /// What is written in an encoding is read back the same.
    #[test]
    fn text_comes_back_from_any_encoding(words in prop::collection::vec("[\u{4e00}-\u{9fa5}]{4,20}", 8..30)) {
        let text = format!("编号,内容\n{}", words.iter().enumerate().map(|(n, w)| format!("{n},{w}\n")).collect::<String>());
        let expected = usual(text.as_bytes());
        let (gb, _, _) = GB18030.encode(&text);
        let reading = Reading { encoding: Some(GB18030), ..Reading::default() };
        let decoded: Vec<_> = read(&gb, &reading).into_iter().map(|(_, fields)| fields).collect();
        prop_assert_eq!(decoded, expected);
    }
}
