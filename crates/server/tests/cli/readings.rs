//! Readings from files.

use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::{Value, json};

use crate::binary::Place;

/// A city with one datastream, called `level`, whose sensor measures up to 9 m.
fn place() -> (Place, String) {
    let place = Place::city();
    let add = [
        "user", "add", "gauges", "--role", "partner", "--name", "Gauges",
    ];
    place.run_with_input(&add, "gauges-password-1\n").ok();
    let key = place.run(&["user", "key", "gauges", "--json"]).ok().json();
    let key = key["key"].as_str().unwrap().to_owned();
    let server = place.serve(&[]);
    let thing = json!({
        "name": "gauge", "description": "",
        "Datastreams": [{
            "name": "level", "description": "", "observationType": "OM_Measurement",
            "unitOfMeasurement": {"name": "metre", "symbol": "m", "definition": "ucum:m"},
            "properties": {"range": [0, 9]},
            "Sensor": {"name": "s", "description": "", "encodingType": "text/plain", "metadata": "x"},
            "ObservedProperty": {"name": "level", "definition": "http://x", "description": ""},
        }],
    });
    let made = ureq::post(format!("{}/sta/v1.1/Things", server.url))
        .header("Content-Type", "application/json")
        .header("Authorization", format!("Bearer {key}"))
        .send(thing.to_string());
    assert_eq!(made.unwrap().status(), 201);
    server.stop("TERM");
    (place, key)
}

fn observations(place: &Place, key: &str) -> Vec<(String, f64)> {
    let server = place.serve(&[]);
    let mut found = ureq::get(format!(
        "{}/sta/v1.1/Observations?$orderby=phenomenonTime&$select=phenomenonTime,result",
        server.url
    ))
    .header("Authorization", format!("Bearer {key}"))
    .call()
    .unwrap();
    let found = found.body_mut().read_to_string().unwrap();
    server.stop("TERM");
    let found: Value = serde_json::from_str(&found).unwrap();
    let all = found["value"].as_array().unwrap().iter();
    let one = |one: &Value| {
        let at = one["phenomenonTime"].as_str().unwrap().to_owned();
        (at, one["result"].as_f64().unwrap())
    };
    all.map(one).collect()
}

fn import(place: &Place, file: &str, mapping: &str) -> Value {
    let arguments = ["import", "readings", file, "--mapping", mapping, "--json"];
    place.run(&arguments).ok().json()
}

/// As a program for tables of data writes it: compressed, times in nanoseconds by
/// the clocks of the place, a column of lists that no reading needs.
fn write_parquet(place: &Place, rows: &[(&str, i64, Option<f64>)]) {
    let schema = "message schema {
        optional binary gauge (STRING);
        optional int64 time (TIMESTAMP(NANOS,false));
        optional double level_m;
        optional group tags (LIST) { repeated group list { optional binary element (STRING); } }
    }";
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap()))
        .build();
    let file = std::fs::File::create(place.path("levels.parquet")).unwrap();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let all = vec![1_i16; rows.len()];
    let mut column = group.next_column().unwrap().unwrap();
    let names: Vec<ByteArray> = rows.iter().map(|row| ByteArray::from(row.0)).collect();
    let typed = column.typed::<ByteArrayType>();
    typed.write_batch(&names, Some(&all), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let times: Vec<i64> = rows.iter().map(|row| row.1 * 1_000_000_000).collect();
    let typed = column.typed::<Int64Type>();
    typed.write_batch(&times, Some(&all), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let values: Vec<f64> = rows.iter().filter_map(|row| row.2).collect();
    let there: Vec<i16> = rows.iter().map(|row| i16::from(row.2.is_some())).collect();
    let typed = column.typed::<DoubleType>();
    typed.write_batch(&values, Some(&there), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let none = vec![0_i16; rows.len()];
    let typed = column.typed::<ByteArrayType>();
    typed.write_batch(&[], Some(&none), Some(&none)).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
}

const MAPPING: &str = "at = \"time\"\nvalue = \"level_m\"\nstream = \"gauge\"\n";

#[test]
fn parquet_and_csv_are_read_by_the_same_mapping_and_twice_adds_nothing() {
    let (place, key) = place();
    // 2026-01-31 08:00 by the clocks of Shanghai is midnight in UTC.
    let eight = 1_769_846_400;
    write_parquet(
        &place,
        &[
            ("level", eight, Some(1.25)),
            ("level", eight + 60, None),
            ("nowhere", eight + 120, Some(1.5)),
            ("level", eight + 180, Some(99.0)),
            ("level", eight + 240, Some(1.75)),
        ],
    );
    place.write(
        "levels.toml",
        format!("{MAPPING}zone = \"Asia/Shanghai\"\n"),
    );
    let report = import(&place, "levels.parquet", "levels.toml");
    let counts = |report: &Value| {
        [&report["rows"], &report["kept"], &report["rejected"]].map(|count| count.as_u64().unwrap())
    };
    assert_eq!(counts(&report), [5, 2, 3], "{report}");
    // Words beside what the mapping says do not make it another one.
    place.write(
        "levels.toml",
        format!("# Gauges\n{MAPPING}zone = \"Asia/Shanghai\"\n"),
    );
    let again = import(&place, "levels.parquet", "levels.toml");
    assert_eq!(counts(&again), [5, 0, 3], "{again}");
    assert_eq!(again["known"], 2);
    let rejects = place.read("data/rejects/levels.csv");
    let mut lines = rejects.lines();
    let head = "reject_line,reject_column,reject_reason_zh,reject_reason_en,reject_found,gauge,time,level_m";
    assert_eq!(lines.next(), Some(head), "{rejects}");
    let mut starts: Vec<String> = lines
        .map(|line| line.split(',').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    starts.sort();
    assert_eq!(starts, ["2 level_m", "3 gauge", "4 level_m"], "{rejects}");
    assert!(
        rejects.contains("nowhere,2026-01-31T08:02:00,1.5"),
        "{rejects}"
    );
    // Mended in the reject file, a row is taken from there.
    let mended = rejects.replace("nowhere,2026", "level,2026");
    place.write("data/rejects/levels.csv", mended);
    let report = import(&place, "data/rejects/levels.csv", "levels.toml");
    assert_eq!(counts(&report), [3, 1, 2], "{report}");
    assert!(
        report["rejects"]
            .as_str()
            .unwrap()
            .ends_with("levels.again-2.csv")
    );
    let expected = [(0, 1.25), (2, 1.5), (4, 1.75)];
    let expected =
        expected.map(|(minute, value)| (format!("2026-01-31T00:0{minute}:00.000Z"), value));
    assert_eq!(observations(&place, &key), expected);
}

#[test]
fn a_row_of_csv_that_cannot_be_taken_is_kept_with_its_line() {
    let (place, key) = place();
    let mut file = b"gauge,time,level_m\nlevel,1769817600,1.5\n".to_vec();
    file.extend(b"level,NaN,2\n\xff\xfe,1769817660,2\nlevel,2026-01-31T00:02:00Z,2.5\n");
    place.write("levels.csv", file);
    place.write("levels.toml", format!("{MAPPING}times = \"epoch_s\"\n"));
    let report = import(&place, "levels.csv", "levels.toml");
    assert_eq!(
        (&report["kept"], &report["rejected"]),
        (&json!(2), &json!(2))
    );
    let rejects = place.read_bytes("data/rejects/levels.csv");
    let rejects = String::from_utf8_lossy(&rejects);
    assert!(rejects.contains("\n3,time,"), "{rejects}");
    assert!(rejects.contains("\n4,,"), "{rejects}");
    assert_eq!(observations(&place, &key).len(), 2);
}

#[test]
fn a_file_or_mapping_that_makes_no_sense_is_refused_with_what_is_allowed() {
    let (place, _) = place();
    place.write("levels.csv", "gauge,time,level_m\n");
    let run = |file: &str, mapping: &str| {
        place.write("levels.toml", mapping);
        place.run(&["import", "readings", file, "--mapping", "levels.toml"])
    };
    let other = MAPPING.replace("level_m", "depth");
    run("levels.csv", &other).refused(1, &["no such column", "depth", "level_m"]);
    let zone = format!("{MAPPING}zone = \"Mars/Olympus\"\n");
    run("levels.csv", &zone).refused(1, &["no such time zone", "Asia/Shanghai"]);
    // Half a file of Parquet is none.
    place.write("half.parquet", b"PAR1 and then nothing");
    run("half.parquet", MAPPING).refused(1, &["half.parquet"]);
}
