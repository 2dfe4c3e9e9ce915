//! More time, standing still, supervision, scores, withdrawing.

use serde_json::{Value, json};

use crate::common::{Town, text};

fn in_hours(hours: i64) -> String {
    let now = yiwang_base::to_millis(yiwang_base::Timestamp::now());
    yiwang_base::from_millis(now + hours * 3_600_000).to_string()
}

fn last(case: &Value) -> &Value {
    case["timeline"].as_array().unwrap().last().unwrap()
}

#[test]
fn the_unit_asks_for_more_time_and_the_desk_grants_it_once() {
    let town = Town::new();
    let (operator, unit) = (town.person("operator"), town.person("unit"));
    let id = town.case_at("in_progress");
    let case = operator.get(&format!("/api/v1/cases/{id}")).expect(200);
    let owed: yiwang_base::Timestamp = text(&case["resolve_by"]).parse().unwrap();
    let later = yiwang_base::from_millis(yiwang_base::to_millis(owed) + 86_400_000).to_string();
    let asked = unit.act(
        &id,
        "ask-extension",
        4,
        &json!({"resolve_by": later, "reason": "the part is ordered"}),
    );
    let asked = asked.expect(200);
    assert_eq!(last(&asked)["event"], "extension_asked");
    assert!(asked["extension_asked"].is_string());
    let granted = operator.act(&id, "extend", 5, &json!({"reason": "agreed"}));
    let granted = granted.expect(200);
    assert_eq!(granted["resolve_by"], asked["extension_asked"]);
    assert_eq!(
        (&granted["extensions"], &granted["extension_asked"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(last(&granted)["grounds"], "agreed");
    let again = json!({"resolve_by": later, "reason": "more"});
    let refusal = operator.act(&id, "extend", 6, &again);
    refusal.refused(422, "extend.too-often");
    let malformed = json!({"resolve_by": "tomorrow", "reason": "more"});
    let refusal = operator.act(&id, "extend", 6, &malformed);
    let refusal = refusal.refused(422, "time.malformed");
    assert_eq!(refusal["field"], "resolve_by");
}

#[test]
fn a_shelved_case_stands_still_until_it_is_taken_up_again() {
    let town = Town::new();
    let (operator, unit) = (town.person("operator"), town.person("unit"));
    let id = town.case_at("in_progress");
    let review_by = in_hours(24 * 20);
    let body = json!({"reason": "awaiting_season", "review_by": review_by, "note": "开春施工"});
    let shelved = operator.act(&id, "shelve", 4, &body).expect(200);
    assert_eq!(shelved["due_at"], shelved["pause"]["until"]);
    assert_eq!(shelved["pause"]["kind"], "shelved");
    assert_eq!(shelved["pause"]["reason"], "awaiting_season");
    let refusal = unit.act(&id, "report-back", 5, &json!({"note": "好了"}));
    let refusal = refusal.refused(409, "case.not-now");
    assert_eq!(refusal["allowed"][0], "resume");
    let own = town
        .nobody()
        .get(&format!("/api/v1/follow/{}", text(&shelved["follow_code"])));
    let own = own.expect(200);
    assert_eq!(own["pause"]["kind"], "shelved");
    assert!(
        own.to_string().contains("开春施工"),
        "the resident is told: {own}"
    );
    let resumed = unit.act(&id, "resume", 5, &json!({})).expect(200);
    assert_eq!(resumed["pause"], Value::Null);
    assert_eq!(resumed["pauses"][0]["kind"], "shelved");
    assert_eq!(resumed["stage"], "in_progress");
    let far = json!({"reason": "awaiting_funds", "review_by": in_hours(24 * 999), "note": "x"});
    let refusal = operator.act(&id, "shelve", 6, &far);
    assert_eq!(
        refusal.refused(422, "shelve.review-date")["field"],
        "review_by"
    );
}

#[test]
fn the_resident_answers_with_the_follow_code() {
    let town = Town::new();
    let unit = town.person("unit");
    let id = town.case_at("dispatched");
    let asked = unit.act(&id, "ask-resident", 3, &json!({"note": "哪一盏灯?"}));
    let asked = asked.expect(200);
    assert_eq!(asked["pause"]["kind"], "resident");
    let path = format!("/api/v1/follow/{}", text(&asked["follow_code"]));
    let own = town.nobody().get(&path).expect(200);
    assert_eq!(own["can"], json!(["answer_question", "attach", "withdraw"]));
    assert_eq!(own["timeline"][3]["note"], "哪一盏灯?");
    let answered = town.nobody().post(
        &format!("{path}/answer-question"),
        &json!({"note": "门口那盏"}),
    );
    let answered = answered.expect(200);
    assert_eq!(answered["pause"], Value::Null);
    let case = unit.get(&format!("/api/v1/cases/{id}")).expect(200);
    assert_eq!(last(&case)["event"], "resident_answered");
    assert_eq!(
        (&last(&case)["by"], &last(&case)["note"]),
        (&json!("resident"), &json!("门口那盏"))
    );
    let again = town.nobody().post(
        &format!("{path}/answer-question"),
        &json!({"note": "门口那盏"}),
    );
    again.refused(409, "case.not-now");
}

#[test]
fn a_leader_supervises_the_unit_answers_and_the_desk_lets_go() {
    let town = Town::new();
    let (leader, unit, operator) = (
        town.person("leader"),
        town.person("unit"),
        town.person("operator"),
    );
    let id = town.case_at("in_progress");
    let body = json!({"level": "listed", "answer_by": in_hours(5), "note": "请今天答复"});
    let watched = leader.act(&id, "supervise", 4, &body).expect(200);
    assert_eq!(watched["supervisions"][0]["level"], "listed");
    assert_eq!(watched["supervisions"][0]["late"], false);
    // A department has no right to supervise, and is not offered to.
    let seen = unit.get(&format!("/api/v1/cases/{id}")).expect(200);
    let offered = seen["actions"].to_string();
    assert!(
        offered.contains("answer_supervision") && !offered.contains("release"),
        "{offered}"
    );
    unit.act(&id, "release", 5, &json!({}))
        .refused(403, "supervise.not-yours");
    let answered = unit.act(&id, "answer-supervision", 5, &json!({"note": "已派人"}));
    assert!(answered.expect(200)["supervisions"][0]["answered_at"].is_string());
    let released = operator.act(&id, "release", 6, &json!({"note": "已答复"}));
    assert!(released.expect(200)["supervisions"][0]["released_at"].is_string());
    let past = json!({"level": "key", "answer_by": "2020-01-01T00:00:00Z", "note": "x"});
    let refusal = leader.act(&id, "supervise", 7, &past);
    assert_eq!(refusal.refused(422, "supervise.date")["field"], "answer_by");
}

#[test]
fn the_desk_scores_and_changes_its_score() {
    let town = Town::new();
    let operator = town.person("operator");
    let id = town.case_at("closed");
    let score = |score: u8| json!({"unit": "lights", "score": score, "reason": "in time"});
    operator.act(&id, "score", 7, &score(2)).expect(200);
    let case = operator.act(&id, "score", 8, &score(4)).expect(200);
    assert_eq!(case["scores"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&case["scores"][0]["score"], &case["scores"][0]["changed"]),
        (&json!(4), &json!(1))
    );
    assert_eq!(
        case["timeline"][7]["data"]["score"], 2,
        "what was said before stays"
    );
    let refusal = operator.act(&id, "score", 9, &score(6));
    assert_eq!(refusal.refused(422, "score.range")["field"], "score");
    let unit = town.person("unit");
    let own = unit.act(&id, "score", 9, &score(5));
    own.refused(403, "unit.not-front-line");
}

#[test]
fn comments_stay_between_units() {
    let town = Town::new();
    let (operator, unit) = (town.person("operator"), town.person("unit"));
    let id = town.case_at("in_progress");
    let said = unit.act(&id, "comment", 4, &json!({"note": "业主不在家"}));
    assert_eq!(last(&said.expect(200))["note"], "业主不在家");
    let case = operator.get(&format!("/api/v1/cases/{id}")).expect(200);
    let own = format!("/api/v1/follow/{}", text(&case["follow_code"]));
    let own = town.nobody().get(&own).expect(200).to_string();
    assert!(
        !own.contains("业主不在家") && !own.contains("commented"),
        "{own}"
    );
    let auditor = town.person("auditor").get(&format!("/api/v1/cases/{id}"));
    assert!(!auditor.expect(200).to_string().contains("业主不在家"));
}

#[test]
fn a_request_is_withdrawn_by_the_resident_or_on_the_residents_word() {
    let town = Town::new();
    let operator = town.person("operator");
    let receipt = town.submit("路灯不亮", crate::common::town::WEST);
    let path = format!("/api/v1/follow/{}/withdraw", text(&receipt["follow_code"]));
    let none = town.nobody().post(&path, &json!({"note": " "}));
    none.refused(422, "field.missing");
    let own = town
        .nobody()
        .post(&path, &json!({"note": "自己好了"}))
        .expect(200);
    assert_eq!(own["stage"], "closed");
    let case = operator.get(&format!("/api/v1/cases/{}", text(&receipt["id"])));
    let case = case.expect(200);
    assert_eq!(
        (&case["withdrawn"], &case["closed_unverified"]),
        (&json!(true), &json!(true))
    );
    let id = town.case_at("verified");
    let closed = operator.act(&id, "withdraw", 6, &json!({"note": "居民来电"}));
    let closed = closed.expect(200);
    assert_eq!(
        (&closed["withdrawn"], &closed["closed_unverified"]),
        (&json!(true), &json!(false))
    );
}
