//! Bringing files in.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::binary::{BAD, GOOD, Place, REQUESTS, signal, wait};

#[test]
fn areas_then_requests_fill_an_empty_directory() {
    let place = Place::city();
    let city = place.run(&["city", "--json"]).ok().json();
    assert_eq!(city["name"]["en"], "Boston");
    assert_eq!(city["zone"], "America/New_York");
    assert_eq!((&city["areas"], &city["units"]), (&json!(2), &json!(3)));
    let export = place
        .run(&["export", "cases", "--area", "north", "--format", "jsonl"])
        .ok();
    let first: serde_json::Value =
        serde_json::from_str(export.out.lines().last().unwrap()).unwrap();
    assert_eq!(first["area"], "north");
    let mode = |name: &str| place.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    assert_eq!(mode("data/record.sqlite"), 0o600);
    assert_eq!(mode("data/trail.key"), 0o600);
    assert_eq!(mode("data/rejects/requests.csv"), 0o600);
}

#[test]
fn what_is_imported_twice_adds_nothing() {
    let place = Place::city();
    let entries = |place: &Place| place.run(&["verify", "--json"]).ok().json()["entries"].clone();
    let before = entries(&place);
    let report = place.import("requests.csv").ok().json();
    assert_eq!(
        (&report["imported"], &report["known"], &report["rejected"]),
        (&json!(0), &json!(GOOD), &json!(BAD))
    );
    let areas = place
        .run(&["import", "areas", "areas.geojson", "--json"])
        .ok()
        .json();
    assert_eq!((&areas["areas"], &areas["changed"]), (&json!(2), &json!(0)));
    assert_eq!(entries(&place), before);
}

#[test]
fn rejects_say_where_they_are_and_once_mended_they_are_taken() {
    let place = Place::new();
    place.write("requests.csv", REQUESTS);
    let arguments = [
        "import",
        "requests",
        "requests.csv",
        "--profile",
        "boston311",
    ];
    let said = place.run(&arguments).ok().out;
    assert!(said.contains("./data/rejects/requests.csv"), "{said}");
    let rejects = place.read("data/rejects/requests.csv");
    let (head, mut rows) = rejects.split_once('\n').unwrap();
    assert!(head.starts_with("reject_line,reject_column,reject_reason_zh,reject_reason_en"));
    // One row whose identifier is wrong, mended by hand in the reject file itself.
    let bad = rows
        .lines()
        .find(|row| row.contains(",CASE_ENQUIRY_ID,"))
        .unwrap();
    let good = REQUESTS.lines().nth(1).unwrap();
    let mended = format!("{}{}", "1,,,,,", good.replace("900000000001", "777"));
    let text = format!("{head}\n{}", rows.replacen(bad, &mended, 1));
    place.write("data/rejects/requests.csv", &text);
    let report = place.import("data/rejects/requests.csv").ok().json();
    assert_eq!(
        (&report["imported"], &report["rejected"]),
        (&json!(1), &json!(BAD - 1))
    );
    assert_eq!(report["reject_file"], "./data/rejects/requests.again-2.csv");
    assert_eq!(
        place.read("data/rejects/requests.csv"),
        text,
        "what was mended stays"
    );
    rows = "";
    place.write(
        "whole.csv",
        format!("{}\n{good}\n{rows}", REQUESTS.lines().next().unwrap()),
    );
    let report = place.import("whole.csv").ok().json();
    assert_eq!(
        (&report["known"], &report["rejected"]),
        (&json!(1), &json!(0))
    );
    assert!(report.get("reject_file").is_none());
    assert!(
        !place.path("data/rejects/whole.csv").exists(),
        "no rejects, no file"
    );
}

#[test]
fn files_that_cannot_be_imported_are_refused_before_anything_is_made() {
    let place = Place::new();
    let requests =
        |file: &str, profile: &str| place.run(&["import", "requests", file, "--profile", profile]);
    requests("none.csv", "boston311").refused(1, &["none.csv", "No such file"]);
    place.write("requests.csv", REQUESTS);
    let said = ["no such profile", "found:   chicago", "allowed: boston311"];
    requests("requests.csv", "chicago").refused(1, &said);
    place
        .run(&["import", "areas", "none.geojson"])
        .refused(1, &["none.geojson"]);
    place.write("areas.geojson", r#"{"type": "Feature"}"#);
    place
        .run(&["import", "areas", "areas.geojson"])
        .refused(1, &["FeatureCollection"]);
    let same = [
        "import",
        "requests",
        "requests.csv",
        "--profile",
        "boston311",
    ];
    let same: Vec<&str> = same
        .into_iter()
        .chain(["--rejects", "./requests.csv"])
        .collect();
    place.run(&same).refused(1, &["--rejects", "another file"]);
    assert_eq!(place.read("requests.csv"), REQUESTS);
    assert!(!place.path("data").exists());
    place.write("other.csv", "a,b,c\n1,2,3\n");
    let said = [
        "other.csv",
        "lacks columns",
        "CASE_ENQUIRY_ID",
        "found:   a,b,c",
    ];
    requests("other.csv", "boston311").refused(1, &said);
}

#[test]
fn a_bad_area_is_reported_and_the_others_are_taken() {
    let place = Place::new();
    let good = crate::binary::AREAS;
    place.write("areas.geojson", good.replace("\"Polygon\"", "\"Point\""));
    let report = place.run(&["import", "areas", "areas.geojson", "--json"]);
    assert_eq!(report.code, 1, "nothing could be taken");
    place.write(
        "areas.geojson",
        good.replacen("\"name\": \"South\"", "\"note\": 1", 1),
    );
    let report = place
        .run(&["import", "areas", "areas.geojson", "--json"])
        .ok()
        .json();
    assert_eq!(
        (&report["areas"], &report["features"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(report["rejected"][0]["feature"], 1);
    let named = ["import", "areas", "areas.geojson", "--name-field", "title"];
    place.run(&named).refused(1, &["title", "name, note"]);
}

#[test]
fn an_import_stopped_by_ctrl_c_goes_on_when_it_is_run_again() {
    const ROWS: u64 = 6_000;
    let place = Place::new();
    let head = REQUESTS.lines().next().unwrap();
    let row = REQUESTS.lines().nth(1).unwrap();
    let rows = (0..ROWS).map(|n| row.replace("900000000001", &format!("8{n:011}")) + "\n");
    place.write("many.csv", format!("{head}\n{}", rows.collect::<String>()));
    let arguments = [
        "import",
        "requests",
        "many.csv",
        "--profile",
        "boston311",
        "--json",
    ];
    let child = place.command(&arguments).spawn().unwrap();
    let began = Instant::now();
    let count = |place: &Place| -> u64 {
        let path = place.path("data/record.sqlite");
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        rusqlite::Connection::open_with_flags(path, flags)
            .and_then(|sql| {
                sql.query_row("SELECT count(*) FROM cases", [], |row| row.get::<_, i64>(0))
            })
            .unwrap_or(0)
            .unsigned_abs()
    };
    while count(&place) == 0 {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "nothing is written"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    signal(&child, "INT");
    let stopped = wait(child);
    assert_eq!(stopped.code, 130, "{}", stopped.err);
    assert!(stopped.err.contains("stopping after this batch"));
    let report = stopped.json();
    let first = report["imported"].as_u64().unwrap();
    assert!(first > 0 && first < ROWS, "{report}");
    assert_eq!(report["finished"], false);
    assert_eq!(count(&place), first);
    let report = place.import("many.csv").ok().json();
    assert_eq!(report["known"], json!(first));
    assert_eq!(report["imported"], json!(ROWS - first));
    assert_eq!(count(&place), ROWS);
    assert_eq!(
        place.run(&["verify", "--json"]).ok().json()["cases"],
        json!(ROWS)
    );
}

#[test]
fn the_city_can_be_named_and_its_calendar_set() {
    let place = Place::new();
    let set = [
        "city",
        "--name",
        "Yunling",
        "--name-zh",
        "云陵",
        "--zone",
        "Asia/Shanghai",
        "--hours",
        "08:30-17:00",
        "--holiday",
        "2026-10-01",
        "--workday",
        "2026-10-10",
        "--json",
    ];
    let city = place.run(&set).ok().json();
    assert_eq!(city["name"], json!({"zh": "云陵", "en": "Yunling"}));
    assert_eq!(city["hours"], json!({"open": 510, "close": 1020}));
    assert_eq!(city["holidays"], json!(["2026-10-01"]));
    let change = [
        "city",
        "--workday",
        "2026-10-01",
        "--ordinary-day",
        "2026-10-10",
        "--json",
    ];
    let city = place.run(&change).ok().json();
    assert_eq!(
        (&city["holidays"], &city["make_up_days"]),
        (&json!([]), &json!(["2026-10-01"]))
    );
    assert_eq!(city["name"]["en"], "Yunling", "what is not named stays");
    place
        .run(&["city", "--zone", "Mars/Olympus"])
        .refused(1, &["Mars/Olympus", "Asia/Shanghai"]);
    place
        .run(&["city", "--hours", "17:00-09:00"])
        .refused(1, &["open before they close"]);
    place
        .run(&["city", "--holiday", "tomorrow"])
        .refused(2, &["--holiday"]);
    assert_eq!(place.run(&["city", "--json"]).ok().json(), city);
    // The settings are there already: an import does not touch them.
    place.write("requests.csv", REQUESTS);
    place.import("requests.csv").ok();
    assert_eq!(
        place.run(&["city", "--json"]).ok().json()["zone"],
        "Asia/Shanghai"
    );
}

#[test]
fn years_of_the_calendar_are_imported_listed_and_replaced() {
    let place = Place::new();
    place.run(&["city", "--name", "Yunling"]).ok();
    let none = place.run(&["city", "calendar"]).ok();
    assert!(
        none.out.contains("import calendar --mainland-china"),
        "{}",
        none.out
    );
    let import = place.run(&["import", "calendar", "--mainland-china", "--json"]);
    let report = import.ok().json();
    assert_eq!(report["years"], json!([2024, 2025, 2026]));
    let city = place.run(&["city", "--json"]).ok().json();
    assert_eq!(city["unlisted_years"], "refuse");
    place.write("2027.toml", "year = 2027\nsource = \"notice\"\n");
    place
        .run(&["import", "calendar", "2027.toml"])
        .refused(1, &["holidays"]);
    let year = "year = 2026\nsource = \"another notice\"\n[[holidays]]\nname = {zh=\"元旦\", en=\"New Year\"}\nfrom = \"2026-01-01\"\nto = \"2026-01-01\"\n";
    place.write("2026.toml", year);
    place.run(&["import", "calendar", "2026.toml"]).ok();
    let history = place.run(&["city", "calendar", "2026", "--history", "--json"]);
    let history = history.ok().json();
    assert_eq!(history.as_array().unwrap().len(), 2);
    assert_eq!(history[1]["source"], "another notice");
    assert_eq!(history[1]["set_by"], "system:command-line");
    place
        .run(&["city", "calendar", "2031"])
        .refused(1, &["2031", "2024"]);
    let hours = [
        "city",
        "--break",
        "12:00-13:30",
        "--weekday",
        "sat=09:00-12:00",
        "--unlisted-years",
        "plain-week",
        "--json",
    ];
    let city = place.run(&hours).ok().json();
    assert_eq!(city["breaks"], json!([{"open": 720, "close": 810}]));
    assert_eq!(
        city["weekdays"],
        json!({"sat": [{"open": 540, "close": 720}]})
    );
    assert_eq!(
        city.get("unlisted_years"),
        None,
        "the plain week needs no word"
    );
    assert_eq!(city["years"].as_array().unwrap().len(), 3, "years stay");
    place
        .run(&["city", "--weekday", "someday=9-12"])
        .refused(1, &["sat=09:00-12:00"]);
}

#[test]
fn a_draft_a_preview_and_an_import_are_three_commands() {
    let place = Place::new();
    let rows: String = (0..40)
        .map(|n| {
            format!(
                "{n};2026/1/{} 8:05:00;路灯{n}不亮很久了;春风路{n}号;市政\n",
                n % 28 + 1
            )
        })
        .collect();
    let text = format!("编号;时间;内容;地址;类型\n{rows}x;soon;;;市政\n");
    let (bytes, _, _) = encoding_rs::GB18030.encode(&text);
    place.write("12345.csv", &bytes);
    let guess = ["import", "requests", "12345.csv", "--guess"];
    let draft = place.run(&guess).ok().out;
    assert!(
        draft.contains("gb18030") && draft.contains("40 of 41 rows"),
        "{draft}"
    );
    assert!(!place.path("data").exists(), "looking makes nothing");
    place.write("12345.toml", &draft);
    let mapped = [
        "import",
        "requests",
        "12345.csv",
        "--mapping",
        "12345.toml",
        "--json",
    ];
    let mut dry = mapped.to_vec();
    dry.extend(["--dry-run", "2"]);
    let preview = place.run(&dry).ok();
    assert!(
        !preview.out.contains("路灯0"),
        "no words of residents: {}",
        preview.out
    );
    let preview = preview.json();
    assert_eq!(
        (&preview["rows"], &preview["readable"]),
        (&json!(41), &json!(40))
    );
    assert_eq!(preview["rejected"], json!({"row.time": 1}));
    assert_eq!(preview["first"].as_array().unwrap().len(), 2);
    assert_eq!(preview["first"][0]["stage"], "accepted");
    assert!(!place.path("data").exists(), "a preview writes nothing");
    let report = place.run(&mapped).ok().json();
    assert_eq!(
        (&report["imported"], &report["rejected"]),
        (&json!(40), &json!(1))
    );
    let rejects = place
        .read("data/rejects/12345.csv")
        .replace("soon", "2026-02-01 08:00:00");
    place.write(
        "data/rejects/12345.csv",
        rejects.replace(",,,市政", ",路灯,路,市政"),
    );
    let mut again = mapped.to_vec();
    again[2] = "data/rejects/12345.csv";
    let report = place.run(&again).ok().json();
    assert_eq!(
        (&report["imported"], &report["rejected"]),
        (&json!(1), &json!(0))
    );
    let export = place
        .run(&["export", "cases", "--format", "jsonl"])
        .ok()
        .out;
    assert_eq!(export.lines().count(), 41);
    for wrong in [
        &mapped[..3],
        &["import", "requests", "12345.csv", "--guess", "--dry-run"],
    ] {
        assert_eq!(place.run(wrong).code, 2);
    }
    place.write("12345.toml", draft.replace("[id]", "[number]"));
    place
        .run(&mapped)
        .refused(1, &["12345.toml", "line", "number"]);
}

#[test]
fn categories_come_from_a_table_and_keep_their_limits() {
    let place = Place::new();
    place.write(
        "matters.csv",
        "大类,小类,备注\n市政,路灯,\n,其他,\n环卫,其他,x\n环卫,,\n市政,路灯,\n",
    );
    let import = ["import", "categories", "matters.csv", "--json"];
    let report = place.run(&import).ok().json();
    assert_eq!(
        (&report["categories"], &report["changed"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(report["levels"][0], json!({"column": "大类", "names": 2}));
    let lines: Vec<_> = report["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["line"])
        .collect();
    assert_eq!(lines, [&json!(5), &json!(6)]);
    let mut later = import.to_vec();
    later.extend(["--resolve-days", "3"]);
    let again = place.run(&later).ok().json();
    assert_eq!(again["changed"], 0, "what is known keeps its limits");
    let unknown = ["import", "categories", "matters.csv", "--level", "中类"];
    place
        .run(&unknown)
        .refused(1, &["matters.csv", "中类", "大类"]);
    assert_eq!(place.run(&["city", "--json"]).ok().json()["categories"], 3);
}

#[test]
fn beside_a_server_requests_are_imported_by_it() {
    let place = Place::new();
    place.write("requests.csv", REQUESTS);
    let server = place.serve(&[]);
    let report = place.import("requests.csv").ok().json();
    assert_eq!(
        (&report["imported"], &report["known"], &report["rejected"]),
        (&json!(GOOD), &json!(0), &json!(BAD))
    );
    // It goes by what came with the file without a new start.
    assert!(report["categories_added"].as_u64() > Some(0));
    let city = server.get("/api/v1/city");
    assert!(
        city.contains("Boston") && city.contains("\"categories\":[{"),
        "{city}"
    );
    let rejects = place.read("data/rejects/requests.csv");
    assert!(rejects.lines().count() as u64 > BAD, "{rejects}");
    let again = place.import("requests.csv").ok().json();
    assert_eq!(
        (&again["imported"], &again["known"]),
        (&json!(0), &json!(GOOD))
    );
    place
        .run(&["import", "requests", "none.csv", "--profile", "boston311"])
        .refused(1, &["none.csv"]);
    server.stop("TERM");
    assert_eq!(place.run(&["verify", "--json"]).ok().json()["ok"], true);
}
