//! Learning from closed cases, and dispatching by what was learnt.

use serde_json::{Value, json};

use crate::binary::{AREAS, Place, Serving};

const HEADER: &str = "CASE_ENQUIRY_ID,OPEN_DT,TARGET_DT,CLOSED_DT,OnTime_Status,CASE_STATUS,CLOSURE_REASON,CASE_TITLE,SUBJECT,REASON,TYPE,QUEUE,Department,SubmittedPhoto,ClosedPhoto,Location,LATITUDE,LONGITUDE,Source";

/// A city with 240 closed cases of two categories, each done by its own unit
/// within hours or days.
fn taught_city() -> Place {
    let place = Place::new();
    let mut file = format!("{HEADER}\n");
    let lamps = [
        "Street light out",
        "Lamp post dark",
        "Street lamp flickers",
        "Light is broken",
    ];
    let bins = [
        "Rubbish not collected",
        "Garbage bin overflows",
        "Trash on the pavement",
        "Missed garbage pickup",
    ];
    for n in 0..240 {
        let day = n % 28 + 1;
        let (words, kind, unit, closed) = if n % 2 == 0 {
            (
                lamps[n / 2 % 4],
                "Street Light Outages",
                "PWDx",
                format!("2023-03-{day:02} 15:00:00"),
            )
        } else {
            (
                bins[n / 2 % 4],
                "Missed Trash",
                "SANI",
                format!("2023-04-{day:02} 15:00:00"),
            )
        };
        file += &format!(
            "{},2023-03-{day:02} 09:00:00,,{closed},ONTIME,Closed,Case Closed Case Resolved Done. ,{words},Works,Works,{kind},Q,{unit},,,{n} Imagined St  Boston  MA  02199,42.35,-71.06,Constituent Call\n",
            900_000_000_000u64 + n as u64,
        );
    }
    place.write("areas.geojson", AREAS);
    place.write("requests.csv", file);
    place.run(&["import", "areas", "areas.geojson"]).ok();
    let report = place.import("requests.csv").ok().json();
    assert_eq!(report["imported"], 240, "{report}");
    place
}

/// The events of the case that came in as the last but so many: kind, who, grounds.
fn last_but(place: &Place, so_many: u32) -> Vec<(String, String, Value)> {
    let sql = place.sql();
    let mut entries = sql
        .prepare(
            "SELECT body FROM entry WHERE case_id = \
             (SELECT id FROM cases ORDER BY id DESC LIMIT 1 OFFSET ?1) ORDER BY seq",
        )
        .unwrap();
    let bodies = entries
        .query_map([so_many], |row| row.get::<_, Vec<u8>>(0))
        .unwrap();
    bodies
        .map(|body| {
            let entry: Value = serde_json::from_slice(&body.unwrap()).unwrap();
            let text = |name: &str| entry[name].as_str().unwrap().to_owned();
            (text("kind"), text("by"), entry["grounds"].clone())
        })
        .collect()
}

/// A server that just started learns from its record in the background.
fn wait_until_taught(server: &Serving) {
    let body = json!({"words": "street light"}).to_string();
    for _ in 0..600 {
        let answer = ureq::post(format!("{}/api/v1/suggestions", server.url))
            .header("Content-Type", "application/json")
            .send(&body);
        let text = answer.unwrap().body_mut().read_to_string().unwrap();
        if text.contains("triage/") {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the server has not learnt within half a minute");
}

#[test]
fn a_city_learns_from_its_closed_cases_and_dispatches_what_it_is_sure_of() {
    let place = taught_city();
    let off = place.run(&["train", "--json"]).ok().json();
    assert_eq!(
        (&off["closed_cases"], &off["model"]["version"]),
        (&json!(240), &json!(1))
    );
    assert_eq!(
        (&off["model"]["categories"], &off["automatic_in_force"]),
        (&json!(2), &json!(false))
    );
    let server = place.serve(&[]);
    server.submit("The street light at my corner is broken");
    server.stop("TERM");
    assert_eq!(
        last_but(&place, 0).len(),
        1,
        "off until somebody turns it on"
    );

    let on = place
        .run(&["train", "--automatic-from", "0.8", "--json"])
        .ok()
        .json();
    assert_eq!(on["automatic_in_force"], true, "{on}");
    assert_eq!(on["model"]["version"], 2);
    let server = place.serve(&[]);
    wait_until_taught(&server);
    server.submit("The street light at my corner is broken");
    server.submit("qqq");
    server.stop("TERM");
    assert_eq!(last_but(&place, 0).len(), 1, "nobody knows what this means");
    let events = last_but(&place, 1);
    let by: Vec<&str> = events.iter().map(|(_, by, _)| by.as_str()).collect();
    assert_eq!(by, ["resident", "system:triage/2", "system:triage/2"]);
    let grounds = events[2].2.as_str().unwrap();
    assert!(
        grounds.starts_with("confidence 0.") && grounds.ends_with("deciding words"),
        "{grounds}"
    );
    assert!(!grounds.contains("light"), "words stay sealed");
}

#[test]
fn beside_a_server_the_city_its_areas_and_its_model_are_set_by_it() {
    let place = taught_city();
    place.run(&["train"]).ok();
    let server = place.serve(&[]);
    wait_until_taught(&server);
    place.run(&["city", "--name-zh", "云陵"]).ok();
    assert!(server.get("/api/v1/city").contains("云陵"));
    place.write("more.csv", "code,name\nharbour,Harbour\n");
    let more = ["import", "areas", "more.csv", "--tier", "street", "--json"];
    assert_eq!(place.run(&more).ok().json()["changed"], 1);
    assert!(server.get("/api/v1/city").contains("Harbour"));
    assert_eq!(place.run(&more).ok().json()["changed"], 0);
    let on = place.run(&["train", "--automatic-from", "0.8", "--json"]);
    let on = on.ok().json();
    assert_eq!(on["automatic_in_force"], true, "{on}");
    server.submit("The street light at my corner is broken");
    server.stop("TERM");
    let events = last_but(&place, 0);
    let by: Vec<&str> = events.iter().map(|(_, by, _)| by.as_str()).collect();
    assert_eq!(by, ["resident", "system:triage/2", "system:triage/2"]);
    assert_eq!(place.run(&["verify", "--json"]).ok().json()["ok"], true);
}

#[test]
fn too_few_cases_train_no_model_and_wrong_thresholds_are_refused() {
    let place = Place::city();
    let report = place
        .run(&["train", "--automatic-from", "0.9", "--json"])
        .ok()
        .json();
    assert_eq!(
        (&report["model"], &report["automatic_in_force"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(report["automatic"]["from_permille"], 900);
    assert!(
        place
            .run(&["train"])
            .ok()
            .out
            .contains("too few to learn from")
    );
    place
        .run(&["train", "--automatic-from", "0.3"])
        .refused(2, &["0.5 to 0.999"]);
    let off = place
        .run(&["train", "--automatic-off", "--json"])
        .ok()
        .json();
    assert_eq!(off["automatic"], json!({}));
    assert_eq!(place.run(&["verify", "--json"]).ok().json()["ok"], true);
}

const MAPPING: &str = r#"
system = "hotline"
id.column = "no"
submitted.column = "came"
words.columns = ["words"]
place = { lon = "lon", lat = "lat" }
"#;

/// A file with one request that the taught city is sure of, and one that nobody knows.
fn import_new(place: &Place, from: u32) -> Value {
    let (sure, later) = (from, from + 1);
    place.write(
        "new.csv",
        format!(
            "no,came,words,lon,lat\n\
             {sure},2026-02-01 08:00,The street light at my corner is broken,-71.06,42.35\n\
             {later},2026-02-01 08:05,qqq,-71.06,42.35\n"
        ),
    );
    place.write("new.toml", MAPPING);
    let import = ["import", "requests", "new.csv", "--mapping", "new.toml"];
    place.run(&[&import[..], &["--json"]].concat()).ok().json()
}

fn counted(report: &Value) -> [&Value; 3] {
    ["imported", "dispatched", "waiting"].map(|name| &report[name])
}

#[test]
fn an_import_dispatches_what_the_model_is_sure_of_and_says_how_many_wait_for_a_person() {
    let place = taught_city();
    let without = import_new(&place, 1);
    assert_eq!(counted(&without), [&json!(2), &json!(0), &json!(2)]);
    let on = place.run(&["train", "--automatic-from", "0.8", "--json"]);
    assert_eq!(on.ok().json()["automatic_in_force"], true);
    let with = import_new(&place, 3);
    assert_eq!(counted(&with), [&json!(2), &json!(1), &json!(1)]);
    let by = |so_many| -> Vec<String> {
        let events = last_but(&place, so_many).into_iter();
        events.map(|(_, by, _)| by).collect()
    };
    let sure = ["import:hotline", "system:triage/1", "system:triage/1"];
    assert_eq!(by(1), sure);
    assert_eq!(by(0), ["import:hotline"]);
    // The same beside a server that runs on the record.
    let server = place.serve(&[]);
    wait_until_taught(&server);
    let beside = import_new(&place, 5);
    server.stop("TERM");
    assert_eq!(counted(&beside), [&json!(2), &json!(1), &json!(1)]);
    assert_eq!(by(1), sure);
    assert_eq!(place.run(&["verify", "--json"]).ok().json()["ok"], true);
}
