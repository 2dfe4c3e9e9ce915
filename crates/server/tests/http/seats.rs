//! The command centre's seats: who sits there, and what waits for each.

use serde_json::{Value, json};
use ureq::http::Method;
use yiwang_base::{Timestamp, from_millis, to_millis};

use crate::common::{Client, Town, text};
use crate::whistles::{blow, emergency};

fn seats(who: &Client) -> Vec<Value> {
    let seats = who.get("/api/v1/seats").expect(200);
    seats["seats"].as_array().unwrap().clone()
}

fn units(seats: &[Value]) -> Vec<String> {
    seats.iter().map(|seat| text(&seat["unit"])).collect()
}

#[test]
fn each_department_has_a_seat_with_who_is_on_duty_and_what_waits() {
    let town = Town::new();
    let operator = town.person("operator");
    let id = town.case_at("dispatched");
    town.case_at("in_progress");
    let now = to_millis(Timestamp::now());
    let hour = |hours: i64| from_millis(now + hours * 3_600_000).to_string();
    let shifts = json!({"shifts": [
        {"person": "李娜", "phone": "199", "from": hour(-1), "until": hour(8)},
        {"person": "王强", "phone": "198", "from": hour(8), "until": hour(16)},
    ]});
    let first = [("If-Match", "\"0\"".to_owned())];
    let steward = town.person("steward");
    let path = "/api/v1/roster/lights";
    steward
        .call(Method::POST, path, &first, Some(&shifts))
        .expect(200);

    let found = seats(&operator);
    assert_eq!(units(&found), ["lights", "roads-east"], "the departments");
    let lights = &found[0];
    assert_eq!(lights["on_duty"].as_array().unwrap().len(), 1);
    assert_eq!(lights["on_duty"][0]["person"], "李娜");
    assert_eq!(
        (&lights["counts"]["all"], &lights["counts"]["to_accept"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        lights["first"]["id"],
        json!(id),
        "the earliest deadline is its"
    );
    assert_eq!(found[1]["on_duty"], json!([]));
    assert_eq!(found[1]["first"], Value::Null);

    // Who does not see rosters sees who has work all the same; a unit sees its own seat.
    assert_eq!(seats(&town.person("leader"))[0]["on_duty"], json!([]));
    assert_eq!(units(&seats(&town.person("crew"))), ["roads-east"]);
}

#[test]
fn a_seat_tells_which_whistles_its_unit_still_has_to_answer() {
    let town = Town::with_streets();
    let calls = || {
        let found = seats(&town.person("operator"));
        let lights = found.iter().find(|seat| seat["unit"] == "lights");
        lights.unwrap()["calls_waiting"].clone()
    };
    assert_eq!(calls(), 0);
    blow(&town.person("street"), &emergency());
    assert_eq!(calls(), 1);
}

#[test]
fn a_steward_says_which_units_have_a_seat_and_in_which_order() {
    let town = Town::new();
    let steward = town.person("steward");
    let set = |version: &Value, units: Value| {
        let seen = [("If-Match", format!("\"{version}\""))];
        let body = json!({"value": {"units": units}});
        steward.call(Method::PUT, "/api/v1/city/seats", &seen, Some(&body))
    };
    let usual = steward.get("/api/v1/city/seats").expect(200);
    assert_eq!(usual["value"]["units"], json!(["lights", "roads-east"]));
    let other = json!(["town-hall", "lights", "town-hall"]);
    let after = set(&usual["version"], other).expect(200);
    assert_eq!(
        after["value"]["units"],
        json!(["town-hall", "lights"]),
        "each once"
    );
    assert_eq!(units(&seats(&steward)), ["town-hall", "lights"]);
    let refusal = set(&after["version"], json!(["moon"])).refused(422, "setting.unknown");
    assert_eq!(refusal["field"], "value.units[0]");
    set(&usual["version"], json!([])).refused(412, "setting.changed");
    set(&after["version"], json!([])).expect(200);
    assert_eq!(units(&seats(&steward)), [""; 0]);
    let history = steward.get("/api/v1/city/seats/history").expect(200);
    assert_eq!(history["versions"].as_array().unwrap().len(), 2);
}
