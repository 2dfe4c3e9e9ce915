//! Readings that come in are judged: alerts, cases, drafts of warnings, and
//! nothing twice when the server is killed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::http::Method;
use yiwang_base::Timestamp;

use crate::common::{Client, Server, Town, text};

/// Asks again until it is so.
fn until<T>(what: &str, mut so: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = so() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A thing with one stream of this property; the stream's number.
fn gauge(partner: &Client, property: &str, unit: &str, (lon, lat): (f64, f64)) -> u64 {
    let thing = json!({
        "name": property, "description": "",
        "Locations": [{
            "name": "here", "description": "", "encodingType": "application/geo+json",
            "location": {"type": "Point", "coordinates": [lon, lat]},
        }],
        "Datastreams": [{
            "name": property, "description": "", "observationType": "OM_Measurement",
            "unitOfMeasurement": {"name": unit, "symbol": unit, "definition": unit},
            "Sensor": {"name": "s", "description": "", "encodingType": "text/plain", "metadata": "m"},
            "ObservedProperty": {"name": property, "definition": "d", "description": ""},
        }],
    });
    let made = partner.post("/sta/v1.1/Things", &thing);
    made.expect(201);
    let location = made.header("location");
    let path = &location[location.find("/sta").unwrap()..];
    let streams = partner.get(&format!("{path}/Datastreams")).expect(200);
    streams["value"][0]["@iot.id"].as_u64().unwrap()
}

fn at(seconds_ago: i64) -> String {
    let ago = jiff::SignedDuration::from_secs(seconds_ago);
    let at = Timestamp::now().checked_sub(ago).unwrap();
    at.round(jiff::Unit::Second).unwrap().to_string()
}

fn send(partner: &Client, stream: u64, readings: &[(String, f64)]) {
    let rows: Vec<Value> = readings.iter().map(|(at, v)| json!([at, v])).collect();
    let body = json!([{
        "Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"],
        "dataArray@iot.count": rows.len(), "dataArray": rows,
    }]);
    let answer = partner
        .post("/sta/v1.1/CreateObservations", &body)
        .expect(201);
    assert!(
        answer.as_array().unwrap().iter().all(|a| a != "error"),
        "{answer}"
    );
}

fn rule(code: &str, category: Option<&str>, condition: Value) -> Value {
    let mut rule = json!({
        "name": {"zh": "水位过高", "en": "High water"}, "cause": "ponding",
        "when": {"one": condition},
    });
    if let Some(category) = category {
        rule["category"] = category.into();
    }
    json!({"code": code, "reason": "试用", "rule": rule})
}

fn high(property: &str) -> Value {
    json!({
        "measure": {"value": {}}, "back_by": 0.1,
        "levels": [{"at": 0.5, "colour": "yellow"}, {"at": 1.0, "colour": "red"}],
        "streams": {"properties": [property], "units": ["m"]},
    })
}

fn set(town: &Town, body: &Value) {
    let none = [("If-Match", "\"0\"".to_owned())];
    town.person("steward")
        .call(Method::POST, "/api/v1/rules", &none, Some(body))
        .expect(200);
}

/// Sets a rule that is there.
fn change(town: &Town, body: &Value) {
    let steward = town.person("steward");
    let rules = steward.get("/api/v1/rules").expect(200);
    let mut rules = rules.as_array().unwrap().iter();
    let there = rules.find(|rule| rule["code"] == body["code"]).unwrap();
    let seen = [("If-Match", format!("\"{}\"", there["version"]))];
    let answer = steward.call(Method::POST, "/api/v1/rules", &seen, Some(body));
    answer.expect(200);
}

fn alerts(town: &Town, query: &str) -> Vec<Value> {
    let path = format!("/api/v1/alerts?{query}");
    let listed = town.person("operator").get(&path).expect(200);
    listed["alerts"].as_array().unwrap().clone()
}

/// What happened to each alert, by the name of its event.
fn histories(town: &Town) -> BTreeMap<u64, Vec<String>> {
    let operator = town.person("operator");
    let one = |alert: Value| {
        let id = alert["id"].as_u64().unwrap();
        let detail = operator.get(&format!("/api/v1/alerts/{id}")).expect(200);
        let steps = detail["steps"].as_array().unwrap().iter();
        (id, steps.map(|step| text(&step["event"])).collect())
    };
    alerts(town, "limit=200").into_iter().map(one).collect()
}

const WEST: (f64, f64) = (116.25, 39.95);

#[test]
fn a_reading_of_a_new_stream_raises_an_alert_and_a_case_whose_end_labels_it() {
    let town = Town::new();
    set(&town, &rule("ponding", Some("light"), high("depth")));
    let partner = town.person("partner");
    let stream = gauge(&partner, "depth", "m", WEST);
    let mut feed = town.feed("operator", None);
    feed.next();
    let sent = Instant::now();
    send(&partner, stream, &[(at(20), 0.1), (at(10), 0.7)]);
    let alert = until("the reading raises an alert", || {
        alerts(&town, "open=true").pop()
    });
    println!("reading to alert, seen over HTTP: {:?}", sent.elapsed());
    assert_eq!(
        (&alert["colour"], &alert["area"]),
        (&json!("yellow"), &json!("west"))
    );
    assert_eq!(alert["streams"], json!([stream]));
    let case = until("a case takes it on", || {
        let alert = alerts(&town, "open=true").pop()?;
        alert["case"].as_str().map(str::to_owned)
    });
    send(&partner, stream, &[(at(5), 1.2), (at(1), 0.2)]);
    let operator = town.person("operator");
    let cleared = until("it clears and stays to be acknowledged", || {
        alerts(&town, "open=true")
            .pop()
            .filter(|alert| alert["stands"] == false)
    });
    assert_eq!(
        (&cleared["gravest"], &cleared["handling"]),
        (&json!("red"), &json!("raised"))
    );
    let shown = operator.get(&format!("/api/v1/cases/{case}")).expect(200);
    assert_eq!(shown["stage"], "accepted");
    let road = [
        ("operator", "dispatch", json!({"unit": "lights"})),
        ("unit", "start", json!({})),
        ("unit", "report-back", json!({"note": "已排水"})),
        ("verifier", "verify", json!({"pass": true})),
        ("operator", "close", json!({})),
    ];
    for (version, (who, action, body)) in (2..).zip(road) {
        let answer = town.person(who).act(&case, action, version, &body);
        answer.expect(200);
    }
    let labelled = until("the case says what came of it", || {
        alerts(&town, "")
            .pop()
            .filter(|alert| !alert["outcome"].is_null())
    });
    assert_eq!(labelled["outcome"], "real");
    let judging = operator.get("/api/v1/judging").expect(200);
    assert_eq!(judging["pending"], 0);
}

#[test]
fn an_open_alert_says_that_a_reading_it_rests_on_was_put_right() {
    let town = Town::new();
    set(&town, &rule("ponding", None, high("depth")));
    let partner = town.person("partner");
    let stream = gauge(&partner, "depth", "m", WEST);
    let other = gauge(&partner, "other", "m", WEST);
    send(&partner, stream, &[(at(8_000), 0.1), (at(10), 1.7)]);
    send(&partner, other, &[(at(10), 3.0)]);
    let alert = || alerts(&town, "open=true").pop();
    until("the reading raises an alert", alert);
    let amend = |id: u64, result: f64| {
        let path = format!("/sta/v1.1/Observations({id})");
        let body = json!({"result": result});
        partner
            .call(Method::PATCH, &path, &[], Some(&body))
            .expect(200)
    };
    // One of long before, and one of another stream, are no grounds of it.
    amend(0, 0.2);
    amend(2, 2.0);
    assert_eq!(alert().unwrap()["amended"], 0);
    amend(1, 0.17);
    let told = alert().unwrap();
    assert_eq!(
        (&told["amended"], &told["stands"]),
        (&json!(1), &json!(true))
    );
    let id = &told["id"];
    let detail = town.person("operator").get(&format!("/api/v1/alerts/{id}"));
    let detail = detail.expect(200);
    let step = detail["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(step["event"], "readings_amended");
    let reading = &step["data"]["readings_amended"]["readings"][0];
    assert_eq!(
        (&reading["was"], &reading["now"], &reading["stream"]),
        (&json!(1.7), &json!(0.17), &json!(stream))
    );
    // It is judged again, and stands: a person decides.
    let judged = |amended: u32| {
        let again = || alert().filter(|alert| alert["again"]["amended"] == amended);
        until("it is judged again", again)
    };
    let not_raised = judged(1);
    assert_eq!(
        (&not_raised["again"]["verdict"], &not_raised["stands"]),
        (&json!("not_raised"), &json!(true))
    );
    // Taken back as well, it is told once more.
    let path = "/sta/v1.1/Observations(1)";
    partner.call(Method::DELETE, path, &[], None).expect(200);
    assert_eq!(alert().unwrap()["amended"], 2);
    assert_eq!(judged(2)["again"]["verdict"], "not_raised");
    // By what came later it would be raised all the same, by the rule as it was then.
    let later = at(5);
    send(&partner, stream, &[(later.clone(), 2.5)]);
    amend(3, 2.6);
    let raised = |alert: &Value| {
        assert_eq!(
            (&alert["again"]["verdict"], &alert["again"]["colour"]),
            (&json!("raised"), &json!("red"))
        );
        let at: Timestamp = text(&alert["again"]["at"]).parse().unwrap();
        assert_eq!(at, later.parse().unwrap());
    };
    raised(&judged(3));
    let mut higher = high("depth");
    higher["levels"] = json!([{"at": 9.0, "colour": "yellow"}]);
    change(&town, &rule("ponding", None, higher));
    amend(3, 2.7);
    raised(&judged(4));
    assert_eq!(alerts(&town, "").len(), 1);
    town.stop_and_verify();
}

/// Whether what was answered says the same as what was sent, but for what goes without saying.
fn says_the_same(sent: &Value, got: &Value) -> bool {
    match (sent, got) {
        (Value::Object(sent), Value::Object(got)) => {
            let usual = |value: &Value| {
                let words = [
                    json!(true),
                    json!(false),
                    json!(0),
                    json!([]),
                    json!("above"),
                    json!("blue"),
                ];
                words.contains(value)
            };
            got.keys().all(|name| sent.contains_key(name))
                && sent.iter().all(|(name, value)| match got.get(name) {
                    Some(answered) => says_the_same(value, answered),
                    None => usual(value),
                })
        }
        (Value::Array(sent), Value::Array(got)) => {
            sent.len() == got.len() && sent.iter().zip(got).all(|(a, b)| says_the_same(a, b))
        }
        (Value::Number(sent), Value::Number(got)) => sent.as_f64() == got.as_f64(),
        (sent, got) => sent == got,
    }
}

#[test]
fn a_rule_of_each_kind_that_the_form_writes_is_taken_tried_and_told_again() {
    let town = Town::new();
    let partner = town.person("partner");
    let stream = gauge(&partner, "level", "m", WEST);
    send(&partner, stream, &[(at(20), 0.1), (at(10), 0.7)]);
    // A test of the pages writes this file.
    let written = include_str!("../../../../web/src/lib/rules/written.json");
    let rules: Vec<Value> = serde_json::from_str(written).unwrap();
    assert!(rules.len() >= 12, "one of each kind and way of joining");
    let steward = town.person("steward");
    for (n, rule) in rules.iter().enumerate() {
        let body = json!({"code": format!("trial-{n}"), "rule": rule});
        let none = [("If-Match", "\"0\"".to_owned())];
        let set = steward.call(Method::POST, "/api/v1/rules", &none, Some(&body));
        let set = set.expect(200);
        assert!(says_the_same(rule, &set["rule"]), "{rule} {}", set["rule"]);
        let times = json!({"from": at(3_600), "to": at(0), "rule": rule});
        let tried = steward.post("/api/v1/rules/preview", &times).expect(200);
        assert_eq!(
            (&tried["streams"], &tried["readings"]),
            (&json!(1), &json!(2))
        );
    }
    // None is under way any more.
    let trial = steward.get("/api/v1/rules/preview").expect(200);
    assert_eq!(trial, Value::Null);
}

#[test]
fn figures_of_the_server_are_told_in_a_form_that_collectors_read() {
    let town = Town::new();
    set(&town, &rule("ponding", None, high("depth")));
    let partner = town.person("partner");
    let stream = gauge(&partner, "depth", "m", WEST);
    let auditor = town.person("auditor");
    let figures = || -> BTreeMap<String, f64> {
        let text = auditor.get("/metrics").text();
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let samples = samples.map(|line| line.rsplit_once(' ').unwrap());
        samples
            .map(|(name, value)| (name.to_owned(), value.parse().unwrap()))
            .collect()
    };
    let before = figures();
    send(&partner, stream, &[(at(20), 0.1), (at(10), 0.7)]);
    let after = until("both are judged and an alert is open", || {
        let figures = figures();
        let open = figures["yiwang_alerts_open"] == 1.0;
        (open && figures["yiwang_readings_judged_total"] >= 2.0).then_some(figures)
    });
    let more = |name: &str| after[name] - before[name];
    assert_eq!(more("yiwang_readings_received_total"), 2.0);
    assert!(more("yiwang_http_requests_total{status=\"2xx\"}") >= 2.0);
    assert_eq!(after["yiwang_judging"], 1.0);
    assert_eq!(after["yiwang_mqtt_dropped_total{cause=\"queue\"}"], 0.0);
    // Each has its type, and each type its samples.
    let text = auditor.get("/metrics");
    assert_eq!(
        text.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let types: Vec<String> = text
        .text()
        .lines()
        .filter_map(|line| Some(line.strip_prefix("# TYPE ")?.split(' ').next()?.to_owned()))
        .collect();
    for name in after.keys() {
        let name = name.split('{').next().unwrap();
        assert!(types.iter().any(|known| known == name), "{name}");
    }
}

#[test]
fn a_rule_is_tried_on_the_past_and_a_changed_one_judges_what_comes_next() {
    let town = Town::new();
    let partner = town.person("partner");
    let stream = gauge(&partner, "depth", "m", WEST);
    let values = [0.1, 0.8, 0.2, 1.4, 1.5, 0.1, 0.9];
    let readings: Vec<(String, f64)> = values
        .iter()
        .zip(1..)
        .map(|(v, n)| (at(3_600 - n * 60), *v))
        .collect();
    send(&partner, stream, &readings);
    let steward = town.person("steward");
    let body =
        json!({"rule": rule("x", None, high("depth"))["rule"], "from": at(7_200), "to": at(0)});
    let tried = steward.post("/api/v1/rules/preview", &body).expect(200);
    assert_eq!(
        (&tried["times"], &tried["streams"], &tried["readings"]),
        (&json!(3), &json!(1), &json!(7))
    );
    let episode = &tried["episodes"][1];
    assert_eq!(
        (&episode["gravest"], &episode["area"]),
        (&json!("red"), &json!("west"))
    );
    assert!(tried["episodes"][2]["until"].is_null());
    assert_eq!(
        alerts(&town, ""),
        Vec::<Value>::new(),
        "trying raises nothing"
    );
    let mut wrong = body.clone();
    wrong["to"] = wrong["from"].clone();
    steward
        .post("/api/v1/rules/preview", &wrong)
        .refused(422, "preview.times");

    set(&town, &rule("ponding", None, high("depth")));
    send(&partner, stream, &[(at(30), 0.2)]);
    send(&partner, stream, &[(at(20), 0.6)]);
    let alert = until("the new rule judges", || alerts(&town, "open=true").pop());
    assert!(alert["case"].is_null());
}

#[test]
fn rain_over_a_threshold_drafts_a_warning_that_only_people_issue() {
    let town = Town::new();
    let steward = town.person("steward");
    let settings = steward.get("/api/v1/warning-settings").expect(200);
    let settings = json!({"value": {
        "sender": {"code": "11010041600000", "sender": "warning@town.example"},
        "tables": settings["value"]["tables"],
    }});
    let seen = [("If-Match", "\"0\"".to_owned())];
    let path = "/api/v1/warning-settings";
    let set = steward.call(Method::PUT, path, &seen, Some(&settings));
    set.expect(200);
    let partner = town.person("partner");
    let stream = gauge(&partner, "rainfall", "mm", WEST);
    send(&partner, stream, &[(at(3_000), 30.0), (at(1_800), 26.0)]);
    let operator = town.person("operator");
    let draft = |colour: &str| {
        until("a warning is drafted", || {
            let listed = operator.get("/api/v1/warnings").expect(200);
            let drafts = listed["warnings"].as_array().unwrap().clone();
            assert!(drafts.len() <= 1, "{drafts:?}");
            drafts.into_iter().find(|draft| draft["colour"] == colour)
        })
    };
    let orange = draft("orange");
    assert_eq!(
        (&orange["stage"], &orange["status"]),
        (&json!("draft"), &json!("actual"))
    );
    send(&partner, stream, &[(at(60), 50.0)]);
    let red = draft("red");
    assert_eq!(red["id"], orange["id"], "the draft is made graver");
    let path = format!("/api/v1/warnings/{}/steps", red["id"]);
    let step = |who: &Client, version: u64, body: Value| {
        let tag = [("If-Match", format!("\"{version}\""))];
        who.call(Method::POST, &path, &tag, Some(&body))
    };
    let version = red["version"].as_u64().unwrap();
    step(&operator, version, json!({"action": "issue"})).refused(409, "warning.not-now");
    step(&operator, version, json!({"action": "approve"})).expect(403);
    step(
        &town.person("leader"),
        version,
        json!({"action": "approve"}),
    )
    .expect(200);
    step(&operator, version + 1, json!({"action": "issue"})).expect(200);
    let public = town.nobody().get("/api/v1/public-warnings").expect(200);
    assert_eq!(public[0]["colour"], "red");
}

#[test]
fn a_server_that_is_killed_judges_each_reading_once() {
    let mut town = Town::new();
    set(&town, &rule("ponding", Some("road"), high("depth")));
    let partner = town.person("partner");
    // So far from each other that each has alerts of its own.
    let streams: Vec<u64> = (0..4)
        .map(|n| {
            gauge(
                &partner,
                "depth",
                "m",
                (116.21 + f64::from(n) * 0.01, 39.95),
            )
        })
        .collect();
    let rounds = 6;
    for round in 0..rounds {
        // Up and down again: two findings each.
        let begin = 600 - round * 90;
        for stream in &streams {
            send(
                &town.person("partner"),
                *stream,
                &[(at(begin), 0.8), (at(begin - 30), 0.1)],
            );
        }
        if round % 2 == 1 {
            town.server.kill();
            town.server = Server::on(&town.directory());
        }
    }
    let expected = streams.len() * rounds as usize;
    let count = |town: &Town| {
        let histories = histories(town);
        let words = histories.values().flatten();
        let ups = words
            .clone()
            .filter(|w| *w == "raised" || *w == "found")
            .count();
        (ups, words.filter(|w| *w == "cleared").count())
    };
    until("all is found", || {
        (count(&town).1 >= expected).then_some(())
    });
    // What was found is found once: up and down are a step each.
    assert_eq!(count(&town), (2 * expected, expected));
    until("a case for each alert", || {
        alerts(&town, "limit=200")
            .iter()
            .all(|alert| !alert["case"].is_null())
            .then_some(())
    });
    let (log, directory) = town.stop();
    assert!(!log.contains("ERROR"), "{log}");
    let town = Town::on(directory);
    assert_eq!(count(&town), (2 * expected, expected));
    let cases: std::collections::BTreeSet<String> = alerts(&town, "limit=200")
        .iter()
        .map(|alert| text(&alert["case"]))
        .collect();
    assert!(cases.len() <= streams.len());
    let judging = town.person("operator").get("/api/v1/judging").expect(200);
    assert_eq!(judging["waiting"], 0);
}

#[test]
fn how_readings_were_judged_is_found_again_where_its_file_is_damaged() {
    let town = Town::new();
    set(&town, &rule("ponding", None, high("depth")));
    let partner = town.person("partner");
    let stands = gauge(&partner, "depth", "m", (116.21, 39.95));
    let over = gauge(&partner, "depth", "m", (116.25, 39.95));
    send(&partner, stands, &[(at(90), 0.1), (at(60), 0.8)]);
    send(&partner, over, &[(at(90), 0.8), (at(60), 0.1)]);
    let count = |town: &Town| {
        let words = histories(town).into_values().flatten();
        words.filter(|word| word != "acknowledged").count()
    };
    // Raised twice; found to end and cleared once.
    until("both are found", || (count(&town) == 4).then_some(()));
    let (_, directory) = town.stop();
    let state = directory.path().join("alerting/state");
    let mut bytes = std::fs::read(&state).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&state, bytes).unwrap();

    let town = Town::on(directory);
    let partner = town.person("partner");
    until("it is judged on", || {
        let judging = town.person("operator").get("/api/v1/judging").expect(200);
        (judging["judging"] == true).then_some(())
    });
    let standing = |town: &Town| {
        let open = alerts(town, "open=true");
        open.iter().filter(|alert| alert["stands"] == true).count()
    };
    assert_eq!(
        (standing(&town), count(&town)),
        (1, 4),
        "nothing is found twice"
    );
    // What stood is known to stand: the next reading ends it, and another begins.
    send(&partner, stands, &[(at(20), 0.1)]);
    send(&partner, over, &[(at(20), 1.2)]);
    until("what comes next is judged by what was", || {
        let cleared = alerts(&town, "")
            .iter()
            .any(|alert| alert["stands"] == false && alert["streams"] == json!([]));
        (cleared && standing(&town) == 1).then_some(())
    });
    let (log, directory) = town.stop();
    assert!(log.contains("judged again"), "{log}");
    let town = Town::on(directory);
    assert_eq!(standing(&town), 1);
}

/// A resident's report of something at a point; the number of its case.
fn report(town: &Town, words: &str, (lon, lat): (f64, f64)) -> String {
    let body = json!({"words": words, "place": {"point": {"lon": lon, "lat": lat}}});
    let made = town.nobody().post("/api/v1/requests", &body).expect(201);
    text(&made["id"])
}

#[test]
fn an_alert_is_taken_on_by_what_was_reported_or_by_a_new_case_and_cleared_by_hand() {
    let town = Town::new();
    set(&town, &rule("ponding", None, high("depth")));
    let partner = town.person("partner");
    let reported = report(&town, "桥下积水，水位过高，过不去。", WEST);
    let near = gauge(&partner, "depth", "m", (WEST.0 + 0.0005, WEST.1));
    let far = gauge(&partner, "depth", "m", (WEST.0 - 0.03, WEST.1));
    send(&partner, near, &[(at(10), 0.7)]);
    send(&partner, far, &[(at(10), 0.7)]);
    let found = until("both raise an alert", || {
        let open = alerts(&town, "open=true");
        (open.len() == 2).then_some(open)
    });
    let of = |stream: u64| {
        let own = found
            .iter()
            .find(|alert| alert["streams"] == json!([stream]));
        own.unwrap()["id"].as_u64().unwrap()
    };
    let operator = town.person("operator");
    let post = |who: &Client, id: u64, what: &str, body: Value| {
        let path = format!("/api/v1/alerts/{id}");
        let version = operator.get(&path).expect(200)["alert"]["version"].clone();
        let tag = [("If-Match", format!("\"{version}\""))];
        who.call(Method::POST, &format!("{path}/{what}"), &tag, Some(&body))
    };
    let (near, far) = (of(near), of(far));
    let reports = operator
        .get(&format!("/api/v1/alerts/{near}/reports"))
        .expect(200);
    assert_eq!(
        reports["candidates"][0]["case"]["id"],
        json!(reported),
        "{reports}"
    );
    assert!(reports["candidates"][0]["metres"].as_u64().unwrap() < 100);
    let none = operator
        .get(&format!("/api/v1/alerts/{far}/reports"))
        .expect(200);
    assert_eq!(none["candidates"], json!([]));

    // What was reported is offered before a new case is made.
    let new = json!({"reason": "现场确认", "category": "light"});
    let refused = post(&operator, near, "case", new.clone()).refused(409, "alert.reported-already");
    assert_eq!(refused["allowed"], json!([reported]));
    post(&operator, near, "case", json!({"reason": " "})).refused(422, "field.missing");
    post(
        &operator,
        near,
        "case",
        json!({"reason": "x", "case": "C99999"}),
    )
    .refused(404, "case.not-found");
    let leader = town.person("leader");
    post(&leader, near, "case", new.clone()).refused(403, "policy.forbidden");
    let joined = json!({"reason": "同一处积水", "case": reported});
    let linked = post(&operator, near, "case", joined.clone()).expect(200);
    assert_eq!(linked["alert"]["case"], json!(reported));
    let last = linked["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["event"], &last["grounds"]),
        (&json!("case_linked"), &json!("同一处积水"))
    );
    assert_eq!(last["data"]["case_linked"]["joined"], true);
    post(&operator, near, "case", joined).refused(409, "alert.has-case");

    // Where nobody has, a case is opened and accepted.
    let unknown = json!({"reason": "现场确认", "category": "nothing"});
    post(&operator, far, "case", unknown).refused(422, "category.unknown");
    let opened = post(&operator, far, "case", new).expect(200);
    let case = text(&opened["alert"]["case"]);
    let shown = operator.get(&format!("/api/v1/cases/{case}")).expect(200);
    assert_eq!(
        (&shown["stage"], &shown["category"]),
        (&json!("accepted"), &json!("light"))
    );

    // It is over when somebody who holds it says so, and why.
    let clear = json!({"action": "clear", "reason": "水位计已拆走"});
    post(&operator, far, "steps", clear.clone()).refused(409, "alert.not-now");
    post(&operator, far, "steps", json!({"action": "acknowledge"})).expect(200);
    post(
        &operator,
        far,
        "steps",
        json!({"action": "clear", "reason": ""}),
    )
    .refused(422, "field.missing");
    let cleared = post(&operator, far, "steps", clear).expect(200);
    assert_eq!(
        (&cleared["alert"]["stands"], &cleared["alert"]["open"]),
        (&json!(false), &json!(true))
    );
    let done = json!({"action": "handle", "done": "已拆走"});
    let over = post(&operator, far, "steps", done).expect(200);
    assert_eq!(over["alert"]["open"], false);

    // The case's end says what came of an alert that a person had it take on, too.
    let decline = json!({"reason": "no_request", "note": "现场没有积水"});
    operator.act(&reported, "decline", 1, &decline).expect(200);
    until("the case says what came of it", || {
        let alert = operator.get(&format!("/api/v1/alerts/{near}")).expect(200);
        (alert["alert"]["outcome"] == "false").then_some(())
    });
}
