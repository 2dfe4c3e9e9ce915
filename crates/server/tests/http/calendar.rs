//! The working calendar: read, set, and what waits for it.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Answer, Client, Town, text};

fn year(number: i16) -> Value {
    json!({
        "year": number,
        "source": format!("国务院办公厅关于{number}年部分节假日安排的通知"),
        "holidays": [{
            "name": {"zh": "元旦", "en": "New Year"},
            "from": format!("{number}-01-01"),
            "to": format!("{number}-01-03"),
        }],
        "make_up_days": [format!("{number}-01-04")],
    })
}

fn put(who: &Client, number: i16, version: &str, body: &Value) -> Answer {
    let headers = [("If-Match", format!("\"{version}\""))];
    let path = format!("/api/v1/calendar/{number}");
    who.call(Method::PUT, &path, &headers, Some(body))
}

#[test]
fn a_year_is_set_read_replaced_and_its_history_kept() {
    let town = Town::new();
    let steward = town.person("steward");
    let before = steward.get("/api/v1/calendar").expect(200);
    assert_eq!(before["unlisted_years"], "plain_week");
    assert_eq!(before["known_until"], Value::Null);
    let offered = before["available"].as_array().unwrap();
    assert_eq!(offered.len(), 3, "mainland China's years");
    assert!(text(&offered[2]["source"]).contains("国办发明电〔2025〕7号"));

    let set = put(&steward, 2026, "0", &offered[2]).expect(200);
    let calendar = &set["calendar"];
    assert_eq!(
        calendar["unlisted_years"], "refuse",
        "from the first year on"
    );
    assert_eq!(calendar["known_until"], "2026-12-31");
    assert_eq!(calendar["years"][0]["set_by"], "user:steward");
    assert_eq!(calendar["available"].as_array().unwrap().len(), 2);

    let version = calendar["years"][0]["version"].to_string();
    put(&steward, 2026, "0", &year(2026)).refused(412, "calendar.changed");
    put(&steward, 2026, &version, &year(2026)).expect(200);
    let history = steward.get("/api/v1/calendar/2026/history").expect(200);
    let versions = history["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0]["holidays"], offered[2]["holidays"]);
    assert_eq!(versions[1]["make_up_days"], json!(["2026-01-04"]));
}

#[test]
fn what_is_no_year_is_refused_by_its_field() {
    let town = Town::new();
    let steward = town.person("steward");
    let wrong = |field: &str, value: Value| {
        let mut body = year(2027);
        body[field] = value;
        body
    };
    let both = wrong("make_up_days", json!(["2027-01-02"]));
    let elsewhere = wrong("make_up_days", json!(["2028-01-02"]));
    for (body, field, code) in [
        (wrong("year", json!(2028)), "year", "calendar.other-year"),
        (wrong("source", json!(" ")), "source", "calendar.year"),
        (wrong("holidays", json!([])), "holidays", "calendar.year"),
        (both, "make_up_days", "calendar.year"),
        (elsewhere, "make_up_days", "calendar.year"),
    ] {
        let refused = put(&steward, 2027, "0", &body).refused(422, code);
        assert_eq!(refused["field"], field, "{body}");
    }
    put(&steward, 12, "0", &year(2012)).refused(404, "calendar.no-year");
    steward
        .call(Method::PUT, "/api/v1/calendar/2027", &[], Some(&year(2027)))
        .refused(428, "if-match.missing");
    steward
        .get("/api/v1/calendar/2027/history")
        .refused(404, "calendar.no-year");
}

/// The town asks three working days; this year and no other is there, so that
/// a case of today waits for the next wherever the year ends before them.
#[test]
fn requests_are_taken_while_the_year_is_missing_and_settled_when_it_is_there() {
    let town = Town::new();
    let steward = town.person("steward");
    // Only a year long gone: nothing of today is known.
    put(&steward, 1999, "0", &year(1999)).expect(200);
    let id = text(&town.submit("路灯不亮", crate::common::town::WEST)["id"]);
    for (who, action, body) in [
        ("operator", "accept", json!({"category": "light"})),
        ("operator", "dispatch", json!({"unit": "lights"})),
        ("unit", "start", json!({})),
    ] {
        let case = town.person(who).get(&format!("/api/v1/cases/{id}"));
        // A unit sees the case once it has it.
        let case = match case.status {
            200 => case.json(),
            _ => town
                .person("operator")
                .get(&format!("/api/v1/cases/{id}"))
                .expect(200),
        };
        let version = case["version"].as_u64().unwrap();
        town.person(who)
            .act(&id, action, version, &body)
            .expect(200);
    }
    let case = steward.get(&format!("/api/v1/cases/{id}")).expect(200);
    assert_eq!(case["due_provisional"], true);
    let version = case["version"].as_u64().unwrap();
    assert!(
        case["actions"]
            .as_array()
            .unwrap()
            .contains(&json!("settle_due"))
    );
    let events: Vec<String> = case["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| text(&row["event"]))
        .collect();
    assert!(events.contains(&"due_provisional".to_owned()), "{events:?}");
    let listed = steward.get("/api/v1/cases?provisional=true").expect(200);
    assert_eq!(listed["cases"][0]["id"], json!(id));
    assert_eq!(
        steward.get("/api/v1/calendar").expect(200)["provisional"],
        1
    );
    steward
        .act(&id, "settle-due", version, &json!({}))
        .refused(422, "calendar.year-missing");

    let this_year: i16 = text(&case["submitted_at"])[..4].parse().unwrap();
    put(&steward, this_year + 1, "0", &year(this_year + 1)).expect(200);
    let set = put(&steward, this_year, "0", &year(this_year)).expect(200);
    assert_eq!(set["calendar"]["provisional"], 0);
    assert_eq!(set["waiting"], 0);
    let case = steward.get(&format!("/api/v1/cases/{id}")).expect(200);
    assert_eq!(case["due_provisional"], false);
    let listed = steward.get("/api/v1/cases?provisional=true").expect(200);
    assert_eq!(listed["cases"], json!([]));
}
