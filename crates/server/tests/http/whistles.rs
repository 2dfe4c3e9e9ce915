//! Whistles over HTTP: blowing, checking in, directing, reading; duty rosters.

use serde_json::{Value, json};
use ureq::http::Method;
use yiwang_base::{Timestamp, from_millis, to_millis};

use crate::common::{Answer, Client, Feed, Town, text, town};

fn act(client: &Client, id: &str, action: &str, version: u64, body: &Value) -> Answer {
    let headers = [("If-Match", format!("\"{version}\""))];
    let path = format!("/api/v1/whistles/{id}/{action}");
    client.call(Method::POST, &path, &headers, Some(body))
}

pub(crate) fn blow(client: &Client, body: &Value) -> Value {
    client.post("/api/v1/whistles", body).expect(201)
}

pub(crate) fn emergency() -> Value {
    json!({
        "kind": "emergency", "words": "路口坍塌,请到场",
        "place": {"address": "春风路口", "point": {"lon": town::WEST.0, "lat": town::WEST.1}},
        "calls": [{"unit": "lights"}, {"unit": "roads-east", "within_minutes": 5}],
    })
}

fn here() -> Value {
    json!({"person": "王小明", "phone": "19900001234", "place": {"address": "春风路口"}})
}

#[test]
fn a_street_blows_the_units_come_and_the_street_confirms_scores_and_closes() {
    let town = Town::with_streets();
    let street = town.person("street");
    let whistle = blow(&street, &emergency());
    let id = text(&whistle["id"]);
    assert_eq!(id, "W1");
    assert_eq!(whistle["by"], "west-street");
    assert_eq!(whistle["area"], "west");
    assert_eq!(whistle["calls"][0]["attendance"], "waiting");
    assert_eq!(
        whistle["actions"],
        json!(["close", "score", "call_unit", "withdraw"]),
        "the caller directs"
    );

    let unit = town.person("unit");
    let seen = unit.get("/api/v1/whistles/W1").expect(200);
    assert_eq!(seen["words"], "路口坍塌,请到场");
    assert_eq!(seen["actions"], json!(["check_in", "refuse"]));
    let came = act(&unit, &id, "check-in", 1, &here()).expect(200);
    assert_eq!(came["calls"][0]["attendance"], "on_time");
    assert_eq!(came["timeline"][1]["presence"]["person"], "王小明");
    act(&unit, &id, "confirm", 2, &json!({})).refused(403, "policy.not-your-part");
    act(&unit, &id, "check-in", 2, &here()).refused(409, "whistle.checked-in-already");

    let crew = town.person("crew");
    let not_ours = json!({"reason": "not our road", "responsible": "town-hall"});
    let refused = act(&crew, &id, "refuse", 2, &not_ours).expect(200);
    assert_eq!(refused["calls"][1]["attendance"], "refused");
    assert_eq!(refused["calls"][1]["responsible"], "town-hall");
    assert_eq!(refused["timeline"][2]["grounds"], "not our road");

    act(&street, &id, "confirm", 2, &json!({})).refused(412, "whistle.changed");
    act(&street, &id, "confirm", 3, &json!({"note": "路已通"})).expect(200);
    act(
        &street,
        &id,
        "score",
        4,
        &json!({"unit": "lights", "score": 1}),
    )
    .refused(422, "field.missing");
    let scored = act(
        &street,
        &id,
        "score",
        4,
        &json!({"unit": "lights", "score": 5}),
    );
    assert_eq!(scored.header("etag"), "\"5\"");
    assert_eq!(scored.expect(200)["calls"][0]["score"], 5);
    let closed = act(&street, &id, "close", 5, &json!({})).expect(200);
    assert_eq!(closed["stage"], "closed");
    assert_eq!(closed["actions"], json!(["score"]));
    act(&unit, &id, "check-in", 6, &here()).refused(409, "whistle.not-now");

    let check_ins = street.get("/api/v1/whistles/check-ins").expect(200);
    assert_eq!(
        check_ins["units"],
        json!([]),
        "its own unit was never called"
    );
    let all = town
        .person("leader")
        .get("/api/v1/whistles/check-ins")
        .expect(200);
    let lights = &all["units"][0];
    assert_eq!(
        (
            &lights["unit"],
            &lights["on_time"],
            &lights["counted"],
            &lights["score_sum"]
        ),
        (&json!("lights"), &json!(1), &json!(1), &json!(5))
    );
    assert_eq!(all["units"][1]["refused"], 1);
    the_check_in_rate_opens_to_the_calls(&town, &id);
    let none = town
        .person("leader")
        .get("/api/v1/whistles/check-ins?kind=daily")
        .expect(200);
    assert_eq!(none["units"], json!([]));
}

fn the_check_in_rate_opens_to_the_calls(town: &Town, id: &str) {
    let leader = town.person("leader");
    let figure = |query: &str| leader.get(&format!("/api/v1/figures?formula=check_in{query}"));
    let board = figure("&group=unit").expect(200);
    assert_eq!(board["formula"]["counted"], "calls");
    let total = &board["total"];
    assert_eq!(
        (&total["met"], &total["counted"], &total["all"]),
        (&json!(1), &json!(1), &json!(2))
    );
    assert_eq!(board["figures"][0]["key"], "lights");
    assert_eq!(figure("&group=day").expect(200)["total"]["rate"], 1.0);
    assert_eq!(figure("&tier=street").expect(200)["total"]["all"], 0);
    figure("&category=light").refused(422, "figures.calls-have-none");
    figure("&group=channel").refused(422, "figures.calls-have-none");
    let behind = |query: &str| leader.get(&format!("/api/v1/figures/{query}"));
    let met = behind("calls?formula=check_in&part=met").expect(200);
    let call = &met["calls"][0];
    assert_eq!(
        (
            &call["whistle"],
            &call["call"],
            &call["unit"],
            &call["attendance"]
        ),
        (&json!(id), &json!(0), &json!("lights"), &json!("on_time"))
    );
    let refused = behind("calls?formula=check_in&part=left_out&reason=refused").expect(200);
    assert_eq!(refused["calls"].as_array().unwrap().len(), 1);
    assert_eq!(refused["calls"][0]["reason"], "refused");
    let first = behind("calls?formula=check_in&limit=1").expect(200);
    let next = text(&first["next"]);
    let second = behind(&format!("calls?formula=check_in&limit=1&cursor={next}")).expect(200);
    assert_ne!(first["calls"][0]["unit"], second["calls"][0]["unit"]);
    assert_eq!(second["next"], Value::Null);
    let other = behind("cases?formula=check_in").refused(422, "figures.other-sort");
    assert_eq!(other["allowed"], json!(["/api/v1/figures/calls"]));
    // Staff of a unit see how their own unit came.
    let own = town
        .person("unit")
        .get("/api/v1/figures/calls?formula=check_in");
    let own = own.expect(200);
    assert_eq!(own["calls"].as_array().unwrap().len(), 1);
    let table = leader.get("/api/v1/figures/export?formula=check_in&group=unit&format=csv");
    assert!(table.text().contains("check_in.1"), "{}", table.text());
}

#[test]
fn a_department_has_no_right_to_call_and_the_desk_blows_about_a_case() {
    let town = Town::with_streets();
    let unit = town.person("unit");
    let mut by_department = emergency();
    by_department["calls"] = json!([{"unit": "roads-east"}]);
    let refusal = unit.post("/api/v1/whistles", &by_department);
    let refusal = refusal.refused(403, "whistle.no-right-to-call");
    assert_eq!(refusal["allowed"], json!(["street", "community"]));

    let operator = town.person("operator");
    let request = json!({"words": "垃圾成堆", "place": {"point": {"lon": town::EAST.0, "lat": town::EAST.1}}});
    let case = text(&operator.post("/api/v1/requests", &request).expect(201)["id"]);
    let about = json!({
        "kind": "campaign", "case": case, "words": "三天内清完",
        "calls": [{"unit": "lights"}],
        "milestones": [{"title": "清运完毕", "due": "2099-01-01T00:00:00Z"}],
    });
    let whistle = blow(&operator, &about);
    assert_eq!(
        (&whistle["case"], &whistle["area"]),
        (&json!(case), &json!("east"))
    );
    assert_eq!(whistle["by"], Value::Null);
    let found = operator
        .get(&format!("/api/v1/whistles?case={case}"))
        .expect(200);
    assert_eq!(found["whistles"].as_array().unwrap().len(), 1);
    let mut missing = about.clone();
    missing["case"] = json!("C999");
    let refusal = operator.post("/api/v1/whistles", &missing);
    assert_eq!(refusal.refused(404, "case.not-found")["field"], "case");
    missing.as_object_mut().unwrap().remove("case");
    let refusal = operator.post("/api/v1/whistles", &missing);
    assert_eq!(refusal.refused(422, "field.missing")["field"], "place");

    let id = text(&whistle["id"]);
    act(&operator, &id, "reach", 1, &json!({"milestone": 0})).expect(200);
    act(
        &operator,
        &id,
        "reopen",
        2,
        &json!({"milestone": 0, "reason": "half"}),
    )
    .expect(200);
    act(
        &operator,
        &id,
        "call-unit",
        3,
        &json!({"unit": "roads-east"}),
    )
    .expect(200);
    let gone = act(&operator, &id, "withdraw", 4, &json!({"reason": "rain"})).expect(200);
    assert_eq!(gone["stage"], "withdrawn");
    assert_eq!(gone["calls"][0]["attendance"], "released");
}

#[test]
fn the_same_call_twice_blows_one_whistle() {
    let town = Town::with_streets();
    let operator = town.person("operator");
    let key = [("Idempotency-Key", "once".to_owned())];
    let twice: Vec<Value> = (0..2)
        .map(|_| {
            operator
                .call(Method::POST, "/api/v1/whistles", &key, Some(&emergency()))
                .expect(201)["id"]
                .clone()
        })
        .collect();
    assert_eq!(twice, ["W1", "W1"]);
    let mut other = emergency();
    other["words"] = json!("别处");
    operator
        .call(Method::POST, "/api/v1/whistles", &key, Some(&other))
        .refused(422, "idempotency.key-reused");
}

#[test]
fn the_board_shows_a_unit_its_own_whistles_and_readers_without_words_none() {
    let town = Town::with_streets();
    let (street, operator) = (town.person("street"), town.person("operator"));
    blow(&street, &emergency());
    let mut daily = emergency();
    daily["kind"] = json!("daily");
    daily["calls"] = json!([{"unit": "lights"}]);
    blow(&operator, &daily);
    let ids = |client: &Client, query: &str| -> Vec<String> {
        let page = client.get(&format!("/api/v1/whistles{query}")).expect(200);
        let rows = page["whistles"].as_array().unwrap().clone();
        rows.iter().map(|row| text(&row["id"])).collect()
    };
    assert_eq!(ids(&operator, ""), ["W2", "W1"]);
    assert_eq!(ids(&operator, "?order=due"), ["W1", "W2"]);
    assert_eq!(ids(&operator, "?kind=daily"), ["W2"]);
    assert_eq!(ids(&operator, "?unit=roads-east"), ["W1"]);
    assert_eq!(ids(&operator, "?by=west-street&stage=blown"), ["W1"]);
    assert_eq!(ids(&operator, "?late=true"), [""; 0]);
    assert_eq!(ids(&operator, "?area=town"), ["W2", "W1"]);
    assert_eq!(ids(&operator, "?area=moon"), [""; 0]);
    assert_eq!(ids(&street, ""), ["W1"]);
    assert_eq!(ids(&town.person("crew"), ""), ["W1"]);
    assert_eq!(ids(&town.person("hall"), ""), [""; 0]);
    let first = operator.get("/api/v1/whistles?limit=1").expect(200);
    let next = text(&first["next"]);
    assert_eq!(ids(&operator, &format!("?limit=1&cursor={next}")), ["W1"]);
    operator
        .get("/api/v1/whistles?kind=loud")
        .refused(422, "query.invalid");
    operator
        .get("/api/v1/whistles?case=x")
        .refused(422, "query.invalid");
    town.person("hall")
        .get("/api/v1/whistles/W1")
        .refused(404, "whistle.not-found");
    let unseen = town
        .person("auditor")
        .get("/api/v1/whistles/W1")
        .expect(200);
    assert_eq!(
        (&unseen["words"], &unseen["address"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(unseen["timeline"][0]["data"]["kind"], "emergency");
}

#[test]
fn a_page_hears_of_whistles_in_between_cases() {
    let town = Town::with_streets();
    let cookie = |name: &str| format!("yiwang_session={}", town::token(name));
    let mut feed = Feed::open(&town.server.address, &cookie("unit"), None);
    assert_eq!(feed.next().unwrap().name, "ready");
    blow(&town.person("street"), &emergency());
    let heard = feed.next().unwrap();
    assert_eq!(heard.name, "whistle");
    let said = heard.json();
    assert_eq!(
        (&said["id"], &said["event"]),
        (&json!("W1"), &json!("blown"))
    );
    assert_eq!(said["by"], "user:street");
    assert!(!heard.data.contains("坍塌"));
    act(&town.person("crew"), "W1", "check-in", 1, &here()).expect(200);
    assert_eq!(feed.next().unwrap().json()["event"], "checked_in");
}

#[test]
fn an_erased_whistle_has_no_words_and_its_record_still_verifies() {
    let town = Town::with_streets();
    blow(&town.person("street"), &emergency());
    act(&town.person("unit"), "W1", "check-in", 1, &here()).expect(200);
    let steward = town.person("steward");
    let erased = act(&steward, "W1", "erase", 2, &json!({"ground": "article 47"})).expect(200);
    assert_eq!(erased["timeline"][2]["grounds"], "article 47");
    let seen = town.person("street").get("/api/v1/whistles/W1").expect(200);
    assert_eq!(seen["words"], Value::Null);
    assert_eq!(seen["timeline"][1]["presence"], Value::Null);
    act(&steward, "W1", "erase", 3, &json!({"ground": "again"})).refused(422, "field.missing");
}

/// Posts over the version that is there.
fn seen(client: &Client, path: &str, body: &Value) -> Answer {
    let unit = path.trim_end_matches("/swap");
    let version = client.get(unit).expect(200)["version"].clone();
    let headers = [("If-Match", format!("\"{version}\""))];
    client.call(Method::POST, path, &headers, Some(body))
}

fn set_roster(client: &Client, path: &str, roster: &Value) -> Value {
    seen(client, path, roster).expect(200)
}

#[test]
fn two_people_of_a_roster_change_places_and_gaps_are_told() {
    let town = Town::new();
    let steward = town.person("steward");
    let path = "/api/v1/roster/lights";
    let day = |hour: u32| format!("2026-03-02T{hour:02}:00:00Z");
    let roster = json!({"shifts": [
        {"person": "李娜", "phone": "1", "from": day(0), "until": day(8)},
        {"person": "王强", "phone": "2", "from": day(8), "until": day(16)},
    ]});
    steward.post(path, &roster).refused(428, "if-match.missing");
    let set = set_roster(&steward, path, &roster);
    // Somebody else had read an older version.
    let old = [("If-Match", "\"0\"".to_owned())];
    steward
        .call(Method::POST, path, &old, Some(&roster))
        .refused(412, "roster.changed");
    // 2 March 2026 is a Monday: until midnight nobody sits, which is no working time in
    // a city that works until 18:00 of its own zone.
    let asked = format!("{path}?from={}&until=2026-03-03T00:00:00Z", day(0));
    let read = steward.get(&asked).expect(200);
    assert_eq!(
        read["gaps"],
        json!([{
            "from": "2026-03-02T16:00:00.000Z",
            "until": "2026-03-03T00:00:00.000Z",
            "working_minutes": 0,
        }])
    );
    steward
        .get(&format!("{path}?until=2020-01-01T00:00:00Z"))
        .refused(422, "query.invalid");
    // The unit's own people swap; the record has who did it and why, and no names.
    let unit = town.person("unit");
    let swap = format!("{path}/swap");
    let body = json!({"first": 0, "second": 1, "grounds": "家中有事"});
    let swapped = seen(&unit, &swap, &body).expect(200);
    assert_ne!(swapped["version"], set["version"]);
    assert_eq!(swapped["shifts"][0]["person"], "王强");
    assert_eq!(swapped["shifts"][1]["phone"], "1");
    let none = json!({"first": 0, "second": 9});
    seen(&unit, &swap, &none).refused(422, "roster.no-shift");
    let crew = town.person("crew");
    seen(&crew, &swap, &body).refused(403, "policy.other-roster");
    seen(&town.person("operator"), &swap, &body).refused(403, "policy.forbidden");
    let entries = town.person("auditor").get("/trail/tile/entries/000.p/1");
    assert!(!entries.text().contains("王强"));
}

#[test]
fn a_steward_sets_who_is_on_duty_and_the_caller_sees_their_numbers() {
    let town = Town::with_streets();
    let steward = town.person("steward");
    let roster = json!({"shifts": [
        {"person": "李娜", "phone": "19900001234", "from": "2020-01-01T00:00:00Z", "until": "2020-01-01T08:00:00Z"},
    ]});
    let path = "/api/v1/roster/lights";
    assert_eq!(steward.get(path).expect(200)["shifts"], json!([]));
    let set = set_roster(&steward, path, &roster);
    assert_eq!(set["shifts"][0]["person"], "李娜");
    let street = town.person("street");
    let whistle = blow(&street, &emergency());
    assert_eq!(whistle["on_duty"], json!([]), "that shift is long over");

    let now = to_millis(Timestamp::now());
    let hour = |hours: i64| from_millis(now + hours * 3_600_000).to_string();
    let roster = json!({"shifts": [
        {"person": "明日", "phone": "2", "from": hour(8), "until": hour(16)},
        {"person": "李娜", "phone": "19900001234", "from": hour(-1), "until": hour(8)},
    ]});
    set_roster(&steward, path, &roster);
    let whistle = street.get("/api/v1/whistles/W1").expect(200);
    let on_duty = whistle["on_duty"].as_array().unwrap();
    assert_eq!(on_duty.len(), 1);
    assert_eq!(
        (
            &on_duty[0]["person"],
            &on_duty[0]["phone"],
            &on_duty[0]["unit"]
        ),
        (&json!("李娜"), &json!("19900001234"), &json!("lights"))
    );
    let leader = town.person("leader").get("/api/v1/whistles/W1").expect(200);
    assert_eq!(
        leader["on_duty"],
        json!([]),
        "numbers are not for every reader"
    );
    let all = street.get("/api/v1/roster").expect(200);
    assert_eq!(all["on_duty"].as_array().unwrap().len(), 1);

    let wrong =
        json!({"shifts": [{"person": "a", "phone": "1", "from": hour(8), "until": hour(8)}]});
    let refusal = seen(&steward, path, &wrong).refused(422, "roster.shift");
    assert_eq!(refusal["field"], "shifts[0].until");
    let moon = steward.call(
        Method::POST,
        "/api/v1/roster/moon",
        &[("If-Match", "\"0\"".into())],
        Some(&roster),
    );
    moon.refused(404, "unit.unknown");
    // The entries that anyone of the auditors reads have times, and no names.
    let entries = town.person("auditor").get("/trail/tile/entries/000.p/1");
    assert!(!entries.text().contains("李娜"));
}
