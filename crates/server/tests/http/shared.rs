//! What units share, ask helpers for, teach and are judged by.

use serde_json::json;

use crate::common::{Town, text};
use crate::together::{open, step};

fn titled(zh: &str) -> serde_json::Value {
    json!({"zh": zh, "en": "x"})
}

#[test]
fn a_pool_sends_resources_of_several_departments_out_for_one_case() {
    let town = Town::new();
    let (desk, lights, roads) = (
        town.person("operator"),
        town.person("unit"),
        town.person("crew"),
    );
    let case = town.case_at("dispatched");
    let set_up = json!({"pool": {"set_up": {"title": titled("西街联动"), "area": "west",
        "unit": "lights", "units": ["roads-east"]}}});
    // Who keeps the pool opens it.
    roads
        .post("/api/v1/dossiers", &set_up)
        .refused(403, "policy.other-unit");
    let pool = open(&desk, &set_up);
    let offer = |of: &str| json!({"pool": {"offer": {"sort": "crew", "name": titled("抢修队"), "unit": of, "capacity": 6}}});
    // What a department shares is its own.
    let foreign = step(&roads, &pool, &offer("lights"));
    foreign.refused(403, "policy.other-unit");
    step(&roads, &pool, &offer("roads-east")).expect(200);
    step(&lights, &pool, &offer("lights")).expect(200);
    let send = |case: &str, until: &str| {
        json!({"pool": {"send": {"case": case, "resources": [1, 2],
            "from": "2026-01-01T00:00:00Z", "until": until}}})
    };
    let soon = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(2)).to_string();
    let unknown = step(&desk, &pool, &send("C999999", &soon));
    assert_eq!(unknown.refused(404, "case.not-found")["field"], "case");
    let long = step(&desk, &pool, &send(&case, &soon));
    assert_eq!(long.refused(422, "pool.time")["field"], "until");
    let now = || {
        json!({"pool": {"send": {"case": case, "resources": [1, 2],
            "from": jiff::Timestamp::now().to_string(), "until": soon}}})
    };
    let sent = step(&desk, &pool, &now()).expect(200);
    assert_eq!(sent["content"]["sendings"][0]["case"], json!(case));
    let busy = step(&lights, &pool, &now());
    assert_eq!(busy.refused(409, "pool.busy")["field"], "resources[0]");
    // The case finds who is out for it.
    let of_case = lights
        .get(&format!("/api/v1/dossiers?case={case}"))
        .expect(200);
    assert_eq!(of_case["dossiers"][0]["id"], json!(pool));
    let back = json!({"pool": {"bring_back": {"number": 1}}});
    step(&lights, &pool, &back).expect(200);
    step(&lights, &pool, &now()).expect(200);
    // Pools are staff's.
    let path = format!("/api/v1/dossiers/{pool}");
    town.nobody().get(&path).refused(404, "dossier.not-found");
    let helper = town.person("contributor");
    helper.get(&path).refused(404, "dossier.not-found");
}

#[test]
fn helpers_claim_tasks_and_what_is_confirmed_stands_in_the_ledger() {
    let town = Town::new();
    let (lights, helper) = (town.person("unit"), town.person("contributor"));
    let publish = json!({"task": {"publish": {"title": titled("助老"), "summary": titled("陪老人下楼"),
        "area": "west", "unit": "lights", "places": 2, "due": "2030-01-01"}}});
    helper
        .post("/api/v1/dossiers", &publish)
        .refused(403, "policy.forbidden");
    let task = open(&lights, &publish);
    let claim = json!({"task": {"claim": {"capacity": "volunteer"}}});
    // Nobody claims for helpers, and helpers do nothing else.
    step(&lights, &task, &claim).refused(403, "policy.forbidden");
    let path = format!("/api/v1/dossiers/{task}");
    let seen = helper.get(&path).expect(200);
    assert_eq!(seen["actions"], json!(["claim"]));
    assert_eq!(seen["timeline"], json!([]));
    step(&helper, &task, &claim).expect(200);
    let cancel = json!({"task": {"cancel": {"reason": "x"}}});
    step(&helper, &task, &cancel).refused(403, "policy.forbidden");
    let report = json!({"task": {"report": {"minutes": 90, "note": "陪了三位"}}});
    let reported = step(&helper, &task, &report).expect(200);
    assert_eq!(reported["content"]["claims"][0]["by"], "contributor");
    assert_eq!(reported["actions"], json!([]));
    // Who claimed it is not for everybody.
    let public = town.nobody().get(&path).expect(200);
    let claim = &public["content"]["claims"][0];
    assert_eq!(
        (&claim["by"], &claim["state"]),
        (&json!(null), &json!("reported"))
    );
    let confirm = json!({"task": {"confirm": {"number": 1, "minutes": 60}}});
    step(&lights, &task, &confirm).expect(200);
    for who in [&lights, &helper] {
        let ledger = who.get("/api/v1/contributions").expect(200);
        let own = &ledger["contributions"][0];
        assert_eq!(own["by"], "contributor");
        assert_eq!(
            (&own["minutes"], &own["confirmed"]),
            (&json!(60), &json!([task]))
        );
    }
}

#[test]
fn an_appraisal_counts_figures_scores_and_trainings_and_units_may_object() {
    let town = Town::new();
    let (steward, lights, roads) = (
        town.person("steward"),
        town.person("unit"),
        town.person("crew"),
    );
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap())
        .date();
    let plan = json!({"training": {"plan": {"title": titled("办件培训"), "summary": titled("限时响应"),
        "unit": "lights", "units": ["lights", "roads-east"], "on": today}}});
    let training = open(&lights, &plan);
    let record = |of: &str| json!({"training": {"record": {"unit": of, "expected": 4, "came": 3, "passed": 3}}});
    step(&roads, &training, &record("lights")).refused(403, "policy.other-unit");
    step(&roads, &training, &record("roads-east")).expect(200);
    step(&lights, &training, &record("lights")).expect(200);
    let finish = json!({"training": {"finish": {"report": titled("都来了")}}});
    step(&roads, &training, &finish).refused(403, "policy.other-unit");
    step(&lights, &training, &finish).expect(200);
    for _ in 0..5 {
        town.case_at("closed");
    }
    let draw_up = json!({"appraisal": {"draw_up": {"title": titled("本月考评"), "unit": "lights",
        "units": ["lights", "roads-east"], "from": today, "until": today, "objections_by": today}}});
    lights
        .post("/api/v1/dossiers", &draw_up)
        .refused(403, "policy.forbidden");
    let appraisal = open(&steward, &draw_up);
    let path = format!("/api/v1/dossiers/{appraisal}");
    let drawn = steward.get(&path).expect(200);
    let line = |of: &str| {
        let lines = drawn["content"]["lines"].as_array().unwrap();
        lines.iter().find(|one| one["unit"] == of).unwrap().clone()
    };
    let counted = |of: &str, component: &str| {
        let line = line(of);
        let all = line["counted"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["component"] == component)
    };
    let on_time = counted("lights", "on_time").unwrap();
    assert_eq!(
        (&on_time["met"], &on_time["counted"]),
        (&json!(5), &json!(5))
    );
    let trained = json!({"component": "training", "counted": 4, "met": 3});
    assert_eq!(counted("roads-east", "training"), Some(trained));
    assert_eq!(line("roads-east")["points"], 7_500);
    assert_eq!(drawn["content"]["formula"], "appraisal/1");
    // What is not published is staff's.
    town.nobody().get(&path).refused(404, "dossier.not-found");
    let object = |of: &str| json!({"appraisal": {"object": {"unit": of, "words": "有误"}}});
    step(&lights, &appraisal, &object("roads-east")).refused(403, "policy.other-unit");
    step(&steward, &appraisal, &object("lights")).refused(403, "policy.forbidden");
    let objected = step(&lights, &appraisal, &object("lights")).expect(200);
    assert_eq!(text(&objected["state"]), "drawn_up");
    let early = json!({"appraisal": {"publish": {}}});
    step(&steward, &appraisal, &early).refused(409, "appraisal.objections-open");
}
