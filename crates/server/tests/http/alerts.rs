//! From silence to an alert, a case and its end; and public warnings.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use ureq::http::Method;
use yiwang_base::Timestamp;
use yiwang_sensing::registry::{Draft, Entity, Key, Kind, RegistryStore as _, Target, draft_new};
use yiwang_store::{Options, Store};

use crate::common::{Directory, Town, text, town};

fn object(json: Value) -> Map<String, Value> {
    json.as_object().unwrap().clone()
}

fn draft(kind: Kind, body: Value, links: Vec<Target>) -> Draft {
    Draft {
        kind,
        body: object(body),
        links,
    }
}

fn new(kind: Kind, body: Value, links: Vec<Target>) -> Target {
    Target::New(Box::new(draft(kind, body, links)))
}

/// A town with a water gauge in its west street.
fn with_gauge(directory: &Path) {
    let store = Store::open(directory, Options::default()).unwrap();
    let named = |name: &str| json!({"name": name, "description": ""});
    let mut sensor = named("s");
    sensor["encodingType"] = "text/plain".into();
    sensor["metadata"] = "m".into();
    let mut property = named("level");
    property["definition"] = "d".into();
    let mut stream = named("water level");
    stream["observationType"] = "o".into();
    stream["unitOfMeasurement"] = json!({"name": "metre", "symbol": "m", "definition": "d"});
    let links = vec![
        new(Kind::Sensor, sensor, vec![]),
        new(Kind::ObservedProperty, property, vec![]),
    ];
    let stream = new(Kind::Datastream, stream, links);
    let mut location = named("here");
    location["encodingType"] = "application/geo+json".into();
    location["location"] = json!({"type": "Point", "coordinates": [116.25, 39.95]});
    let location = new(Kind::Location, location, vec![]);
    let thing = draft(Kind::Thing, named("gauge"), vec![location, stream]);
    let now = Timestamp::now();
    let nothing = |_: Key| None::<Entity>;
    let change = draft_new(&thing, &nothing, now, &mut |kind| store.new_id(kind)).unwrap();
    pollster::block_on(store.change(change, "system:test".into(), now)).unwrap();
}

fn silence() -> Value {
    json!({"code": "gauge-silent", "reason": "试用", "rule": {
        "name": {"zh": "水位计静默", "en": "Gauge silent"},
        "cause": "silent",
        "category": "road",
        "escalate": [{"after_minutes": 10, "to": "town-hall"}],
        "when": {"one": {
            "measure": {"silence": {}},
            "levels": [{"at": 1, "colour": "yellow"}, {"at": 86_400, "colour": "red"}],
            "streams": {"properties": ["level"], "units": ["m"]},
        }},
    }})
}

/// Asks again until it is so.
fn until(what: &str, mut so: impl FnMut() -> Option<Value>) -> Value {
    let begun = Instant::now();
    loop {
        if let Some(found) = so() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "{what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn what_falls_silent_is_an_alert_and_a_case_and_ends_when_both_are_done() {
    let directory = Directory::new();
    town::found(&directory.path());
    with_gauge(&directory.path());
    let town = Town::on(directory);
    let steward = town.person("steward");
    let set = |version: &str, body: &Value| {
        steward.call(
            Method::POST,
            "/api/v1/rules",
            &[("If-Match", version.into())],
            Some(body),
        )
    };
    let first = set("\"0\"", &silence()).expect(200);
    set("\"0\"", &silence()).refused(412, "setting.changed");
    let mut unknown = silence();
    unknown["rule"]["category"] = "nothing".into();
    let refused = set("\"0\"", &unknown).refused(422, "category.unknown");
    assert_eq!(refused["field"], "rule.category");

    let operator = town.person("operator");
    let listed = until("the silence raises an alert with a case", || {
        let listed = operator
            .get("/api/v1/alerts?open=true&colour=yellow&area=west")
            .expect(200);
        let alert = listed["alerts"].get(0)?.clone();
        (!alert["case"].is_null()).then_some(alert)
    });
    assert_eq!(listed["name"]["zh"], "水位计静默");
    assert_eq!(listed["handling"], "raised");
    let case = operator
        .get(&format!("/api/v1/cases/{}", text(&listed["case"])))
        .expect(200);
    assert_eq!(case["category"], "road");
    assert_eq!(case["area"], "west");
    assert_eq!(case["stage"], "accepted");

    let path = format!("/api/v1/alerts/{}/steps", listed["id"]);
    let step = |version: &Value, body: Value| {
        let tag = format!("\"{version}\"");
        operator.call(Method::POST, &path, &[("If-Match", tag)], Some(&body))
    };
    step(&json!(1), json!({"action": "acknowledge"})).refused(412, "docket.changed");
    // Whoever works elsewhere leaves it alone, and nobody hands it to who may not act.
    let crew = town.person("crew");
    let tag = [("If-Match", format!("\"{}\"", listed["version"]))];
    let acknowledge = json!({"action": "acknowledge"});
    crew.call(Method::POST, &path, &tag, Some(&acknowledge))
        .refused(403, "policy.other-area-alert");
    for to in ["auditor", "crew", "nobody"] {
        step(&listed["version"], json!({"action": "hand_over", "to": to}))
            .refused(422, "alert.no-taker");
    }
    let done = json!({"action": "handle", "done": "已更换电池"});
    step(&listed["version"], done.clone()).refused(409, "alert.not-now");
    let held = step(&listed["version"], json!({"action": "acknowledge"})).expect(200);
    assert_eq!(held["alert"]["holder"], "operator");
    let handled = step(&held["alert"]["version"], done).expect(200);
    assert_eq!(
        handled["alert"]["open"], true,
        "it is handled, and still silent"
    );

    let mut gone = silence();
    gone["rule"]["active"] = false.into();
    set(&format!("\"{}\"", first["version"]), &gone).expect(200);
    let over = until("the alert ends with its rule", || {
        let detail = operator
            .get(&format!("/api/v1/alerts/{}", listed["id"]))
            .expect(200);
        (detail["alert"]["open"] == false).then_some(detail)
    });
    let words: Vec<_> = over["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| text(&s["event"]))
        .collect();
    assert_eq!(words.first().map(String::as_str), Some("raised"));
    assert_eq!(words.last().map(String::as_str), Some("cleared"));
    let history = steward
        .get("/api/v1/rules/gauge-silent/history")
        .expect(200);
    assert_eq!(history.as_array().unwrap().len(), 2);
}

fn content(colour: &str) -> Value {
    json!({
        "areas": ["west"],
        "area_words": {"zh": "西街道", "en": "West street"},
        "colour": colour,
        "description": {"zh": "未来三小时降雨量将达 50 毫米以上", "en": "More than 50 mm < three hours & more"},
        "event": "rainstorm",
        "event_name": {"zh": "暴雨", "en": "Rainstorm"},
        "expires": Timestamp::now().checked_add(jiff::SignedDuration::from_hours(6)).unwrap().to_string(),
        "instruction": {"zh": "避免外出", "en": "Stay inside"},
        "outlines": [[
            {"lon": 116.0, "lat": 39.8}, {"lon": 116.5, "lat": 39.8},
            {"lon": 116.5, "lat": 40.1}, {"lon": 116.0, "lat": 39.8},
        ]],
    })
}

#[test]
fn a_warning_above_yellow_is_approved_by_somebody_else_and_published() {
    let town = Town::new();
    let operator = town.person("operator");
    let leader = town.person("leader");
    let settings = town
        .person("steward")
        .get("/api/v1/warning-settings")
        .expect(200);
    let sender = json!({"code": "11010041600000", "sender": "warning@town.example"});
    let set = json!({"sender": sender, "tables": settings["value"]["tables"]});
    let steward = town.person("steward");
    let put = |version: &Value, value: &Value| {
        let seen = [("If-Match", format!("\"{version}\""))];
        let body = json!({"value": value, "grounds": "省级标准"});
        steward.call(Method::PUT, "/api/v1/warning-settings", &seen, Some(&body))
    };
    assert_eq!(settings["version"], 0);
    let first = put(&json!(0), &set).expect(200);
    let changed = put(&json!(0), &set).refused(412, "setting.changed");
    assert!(text(&changed["found"]).starts_with("user:steward "));
    let mut unnamed = set.clone();
    unnamed["tables"][0]["lines"][1]["hours"] = json!(0);
    let refused = put(&first["version"], &unnamed).refused(422, "field.range");
    assert_eq!(refused["field"], "value.tables[0].lines[1].hours");
    let rules = operator.get("/api/v1/rules").expect(200);
    let codes: Vec<_> = rules
        .as_array()
        .unwrap()
        .iter()
        .map(|r| text(&r["code"]))
        .collect();
    assert_eq!(
        codes,
        [
            "warning.rainstorm.12h",
            "warning.rainstorm.3h",
            "warning.rainstorm.6h"
        ]
    );

    // What no table asks for any more is judged no more.
    let without = json!({"sender": set["sender"], "tables": []});
    let second = put(&first["version"], &without).expect(200);
    let rules = operator.get("/api/v1/rules").expect(200);
    let mut all = rules.as_array().unwrap().iter();
    assert!(all.all(|one| one["rule"]["active"] == false), "{rules}");
    put(&second["version"], &set).expect(200);
    let history = steward.get("/api/v1/warning-settings/history").expect(200);
    let tables = |n: usize| {
        let tables = history["versions"][n]["value"]["tables"].as_array();
        tables.map(Vec::len)
    };
    assert_eq!([0, 1, 2, 3].map(tables), [Some(1), Some(0), Some(1), None]);
    assert_eq!(history["versions"][1]["grounds"], "省级标准");
    assert_eq!(history["versions"][1]["value"]["sender"], sender);

    // A draft is seen in CAP before it is one, and keeps its status.
    let seen = json!({"status": "exercise", "content": content("orange")});
    let seen = operator.post("/api/v1/warnings/cap", &seen);
    assert_eq!(seen.status, 200);
    let shown = seen.text();
    assert!(shown.contains("<status>Exercise</status>"), "{shown}");
    valid(&shown);

    let draft = |status: &str| {
        let body = json!({"status": status, "ground": "雨量站", "content": content("orange")});
        operator.post("/api/v1/warnings", &body).expect(201)["warning"].clone()
    };
    let step = |who: &crate::common::Client, warning: &Value, body: Value| {
        let path = format!("/api/v1/warnings/{}/steps", warning["id"]);
        let tag = format!("\"{}\"", warning["version"]);
        who.call(Method::POST, &path, &[("If-Match", tag)], Some(&body))
    };
    let publish = |status: &str| {
        let warning = draft(status);
        step(&operator, &warning, json!({"action": "issue"})).refused(409, "warning.not-now");
        step(&operator, &warning, json!({"action": "approve"})).refused(403, "policy.forbidden");
        let approved = step(&leader, &warning, json!({"action": "approve"})).expect(200);
        let issued = step(&operator, &approved["warning"], json!({"action": "issue"}));
        issued.expect(200)["warning"].clone()
    };
    let exercise = publish("exercise");
    let actual = publish("actual");
    let public = town.nobody().get("/api/v1/public-warnings").expect(200);
    assert_eq!(public.as_array().unwrap().len(), 1);
    assert_eq!(public[0]["id"], actual["id"]);

    let cap = town.nobody().get(&text(&public[0]["cap"]));
    assert_eq!(
        cap.header("content-type"),
        "application/cap+xml; charset=utf-8"
    );
    valid(&cap.text());
    let hidden = format!("/cap/{}.xml", text(&exercise["messages"][0]));
    town.nobody().get(&hidden).refused(404, "warning.not-found");
    let feed = town.nobody().get("/cap/feed.atom").text();
    assert!(feed.contains(&text(&actual["messages"][0])));
    assert!(!feed.contains(&text(&exercise["messages"][0])));

    // What is issued already is seen as what it will be: an update, or its end.
    for (cancel, kind) in [(false, "Update"), (true, "Cancel")] {
        let asked = json!({"status": "actual", "content": content("red"),
            "warning": actual["id"], "cancel": cancel});
        let seen = leader.post("/api/v1/warnings/cap", &asked).text();
        assert!(
            seen.contains(&format!("<msgType>{kind}</msgType>")),
            "{seen}"
        );
        let references = format!("warning@town.example,{},", text(&actual["messages"][0]));
        assert!(seen.contains(&references), "{seen}");
        valid(&seen);
    }

    std::thread::sleep(Duration::from_millis(1_100));
    let graver = json!({"action": "update", "content": content("red")});
    step(&operator, &actual, graver.clone()).refused(403, "policy.forbidden");
    let updated = step(&leader, &actual, graver).expect(200)["warning"].clone();
    std::thread::sleep(Duration::from_millis(1_100));
    let cancel = json!({"action": "cancel", "reason": "雨停"});
    let cancelled = step(&operator, &updated, cancel).expect(200)["warning"].clone();
    assert_eq!(cancelled["stage"], "cancelled");
    let messages = cancelled["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 3);
    for message in messages {
        valid(
            &town
                .nobody()
                .get(&format!("/cap/{}.xml", text(message)))
                .text(),
        );
    }
    let last = town
        .nobody()
        .get(&format!("/cap/{}.xml", text(&messages[2])))
        .text();
    assert!(last.contains("<msgType>Cancel</msgType>"));
    assert!(last.contains(&format!("warning@town.example,{},", text(&messages[0]))));
    let public = town.nobody().get("/api/v1/public-warnings").expect(200);
    assert_eq!(public, json!([]));
}

#[test]
fn the_feed_of_warnings_goes_on_page_by_page_without_exercises() {
    let town = Town::new();
    let (operator, steward) = (town.person("operator"), town.person("steward"));
    let none = [("If-Match", "\"0\"".to_owned())];
    let sender = json!({"code": "11010041600000", "sender": "warning@town.example"});
    let set = json!({"value": {"sender": sender, "tables": []}, "grounds": "x"});
    steward
        .call(Method::PUT, "/api/v1/warning-settings", &none, Some(&set))
        .expect(200);
    let mut issued = Vec::new();
    for n in 0..106 {
        let status = if n % 20 == 3 { "exercise" } else { "actual" };
        let draft = json!({"status": status, "ground": "雨量站", "content": content("blue")});
        let drafted = operator.post("/api/v1/warnings", &draft).expect(201)["warning"].clone();
        let path = format!("/api/v1/warnings/{}/steps", drafted["id"]);
        let tag = [("If-Match", format!("\"{}\"", drafted["version"]))];
        let issue = json!({"action": "issue"});
        let done = operator
            .call(Method::POST, &path, &tag, Some(&issue))
            .expect(200);
        if status == "actual" {
            issued.push(text(&done["warning"]["messages"][0]));
        }
    }
    assert_eq!(issued.len(), 100);
    issued.reverse();
    let entries = |page: &str| -> Vec<String> {
        let ids = page.split("<id>urn:cap:").skip(1);
        ids.map(|rest| rest[..rest.find('<').unwrap()].to_owned())
            .collect()
    };
    let read = |path: &str| town.nobody().get(path).text();
    let one = read("/cap/feed.atom");
    assert_eq!(entries(&one), issued);
    assert!(!one.contains("rel=\"next\""), "a hundred are one page");
    // One more, and the oldest stands on the next page.
    let draft = json!({"status": "actual", "ground": "雨量站", "content": content("blue")});
    let drafted = operator.post("/api/v1/warnings", &draft).expect(201)["warning"].clone();
    let path = format!("/api/v1/warnings/{}/steps", drafted["id"]);
    let tag = [("If-Match", format!("\"{}\"", drafted["version"]))];
    let issue = json!({"action": "issue"});
    operator
        .call(Method::POST, &path, &tag, Some(&issue))
        .expect(200);
    let first = read("/cap/feed.atom");
    let shown = entries(&first);
    assert_eq!((shown.len(), &shown[1..]), (100, &issued[..99]));
    let next = first.find("/cap/feed.atom?before=").unwrap();
    let next = &first[next..next + first[next..].find('"').unwrap()];
    let second = read(next);
    assert_eq!(entries(&second), issued[99..]);
    assert!(!second.contains("rel=\"next\""));
    town.nobody().get("/cap/feed.atom?before=soon").expect(422);
}

/// Checks a message against the schema of CAP 1.2, with a program that is not ours.
fn valid(xml: &str) {
    let schema =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/sensing/CAP-v1.2.xsd");
    if !schema.exists() {
        println!("skipped: no ../shared/data");
        return;
    }
    let checked = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(&schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut checking) = checked else {
        println!("skipped: no xmllint (Debian: libxml2-utils)");
        return;
    };
    let mut into = checking.stdin.take().unwrap();
    into.write_all(xml.as_bytes()).unwrap();
    drop(into);
    let checked = checking.wait_with_output().unwrap();
    assert!(
        checked.status.success(),
        "{}\n{xml}",
        String::from_utf8_lossy(&checked.stderr)
    );
}
