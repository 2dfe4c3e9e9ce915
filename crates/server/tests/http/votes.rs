//! Consultations, micro-projects, and one person's one voice.

use serde_json::{Value, json};
use yiwang_base::{Timestamp, from_millis, to_millis};

use crate::common::{Client, Town, text, town};
use crate::together::{open, step};

fn in_hours(hours: i64) -> String {
    from_millis(to_millis(Timestamp::now()) + hours * 3_600_000).to_string()
}

/// The follow code of a request with a telephone number, accepted by the desk.
fn neighbour(town: &Town, phone: &str, (lon, lat): (f64, f64), accepted: bool) -> String {
    let body = json!({
        "words": "路灯不亮", "place": {"point": {"lon": lon, "lat": lat}},
        "reporter": {"phone": phone},
    });
    let sent = town.nobody().post("/api/v1/requests", &body).expect(201);
    if accepted {
        let accept = json!({"category": "light"});
        let operator = town.person("operator");
        operator
            .act(&text(&sent["id"]), "accept", 1, &accept)
            .expect(200);
    }
    text(&sent["follow_code"])
}

fn announce(recast: &str, closes_in: i64) -> Value {
    json!({"consultation": {"announce": {
        "title": {"zh": "空地"}, "question": {"zh": "空地做什么"},
        "options": [{"zh": "健身"}, {"zh": "花园"}, {"zh": "停车"}], "choose": 2,
        "recast": recast, "area": "west", "entitled": 10, "unit": "lights",
        "opens_at": in_hours(-1), "closes_at": in_hours(closes_in),
    }}})
}

fn say(who: &Client, id: &str, body: &Value) -> crate::common::Answer {
    who.post(&format!("/api/v1/dossiers/{id}/voices"), body)
}

#[test]
fn a_neighbour_votes_once_and_may_think_again_where_that_is_allowed() {
    let town = Town::new();
    let nobody = town.nobody();
    let id = open(&town.person("operator"), &announce("replace", 1));
    let code = neighbour(&town, "199 0000 1234", town::WEST, true);
    let voice = say(
        &nobody,
        &id,
        &json!({"options": [2, 0], "follow_code": code}),
    )
    .expect(200);
    assert_eq!(
        (&voice["options"], &voice["replaced"]),
        (&json!([0, 2]), &json!(false))
    );
    // Another request of the same person is no second voice.
    let second = neighbour(&town, "+86 19900001234", town::WEST, true);
    let voice = say(
        &nobody,
        &id,
        &json!({"options": [1], "follow_code": second}),
    )
    .expect(200);
    assert_eq!(
        (&voice["replaced"], &voice["voices"]),
        (&json!(true), &json!(1))
    );
    let other = neighbour(&town, "19900005678", town::WEST, true);
    say(&nobody, &id, &json!({"options": [1], "follow_code": other})).expect(200);

    // How it stands is not told before it is over, to nobody.
    for who in [town.nobody(), town.person("operator")] {
        let read = who.get(&format!("/api/v1/dossiers/{id}")).expect(200);
        assert_eq!(
            (&read["phase"], &read["voices"]),
            (&json!("open"), &json!(2))
        );
        assert_eq!(read["content"].get("result"), None);
    }
    let publish = json!({"consultation": {"publish": {}}});
    step(&town.person("operator"), &id, &publish).refused(409, "consultation.still-open");
}

#[test]
fn a_voice_needs_a_request_of_ones_own_that_was_taken_on_here() {
    let town = Town::new();
    let nobody = town.nobody();
    let id = open(&town.person("operator"), &announce("refuse", 1));
    let refused = |code: &str| {
        let body = json!({"options": [0], "follow_code": code});
        let problem = say(&nobody, &id, &body);
        (problem.status, text(&problem.json()["code"]))
    };
    assert_eq!(refused(""), (422, "voice.who".into()));
    assert_eq!(
        refused("AAAA-BBBB-CCCC"),
        (422, "voice.code-unknown".into())
    );
    let waiting = neighbour(&town, "19900001234", town::WEST, false);
    assert_eq!(refused(&waiting), (422, "voice.not-taken-on".into()));
    let no_phone = neighbour(&town, "", town::WEST, true);
    assert_eq!(refused(&no_phone), (422, "voice.no-phone".into()));
    let east = neighbour(&town, "19900001234", town::EAST, true);
    assert_eq!(refused(&east), (403, "voice.other-area".into()));
    let west = neighbour(&town, "19900001234", town::WEST, true);
    let vote = |options: Value| {
        say(
            &nobody,
            &id,
            &json!({"options": options, "follow_code": west}),
        )
    };
    assert_eq!(
        vote(json!([7])).refused(422, "number.out-of-range")["allowed"],
        json!(["0–2"])
    );
    vote(json!([1])).expect(200);
    vote(json!([0])).refused(409, "voice.spoken");
    // Somebody's number is entered by the desk only.
    let by_phone = json!({"options": [0], "phone": "19900009999"});
    say(&nobody, &id, &by_phone).refused(422, "voice.staff-only");
    say(&town.person("auditor"), &id, &by_phone).refused(403, "policy.forbidden");
    say(&town.person("operator"), &id, &by_phone).expect(200);
}

#[test]
fn the_record_does_not_tell_who_voted_and_remarks_are_sealed() {
    let town = Town::new();
    let id = open(&town.person("operator"), &announce("replace", 1));
    let code = neighbour(&town, "19912345678", town::WEST, true);
    let vote = json!({"options": [1], "follow_code": code});
    say(&town.nobody(), &id, &vote).expect(200);
    let remark = json!({"words": "希望有长椅", "follow_code": code});
    let path = format!("/api/v1/dossiers/{id}/remarks");
    assert_eq!(town.nobody().post(&path, &remark).status, 204);
    let read = town
        .person("operator")
        .get(&format!("/api/v1/dossiers/{id}"))
        .expect(200);
    assert_eq!(read["timeline"][1]["words"]["words"], "希望有长椅");
    assert_eq!(read["content"]["comments"], 1);
    let (_, directory) = town.stop();
    let sql = rusqlite::Connection::open(directory.path().join("record.sqlite")).unwrap();
    let mut entries = sql.prepare("SELECT body FROM entry").unwrap();
    let entries = entries
        .query_map([], |row| row.get::<_, Vec<u8>>(0))
        .unwrap();
    let mut voices = 0;
    for entry in entries {
        let entry = String::from_utf8(entry.unwrap()).unwrap();
        voices += usize::from(entry.contains("dossier.voice"));
        assert!(
            !entry.contains("12345678") && !entry.contains("希望有长椅"),
            "{entry}"
        );
    }
    assert_eq!(voices, 1);
    let replayed = yiwang_store::replay(&directory.path(), true, &mut |_| {}).unwrap();
    assert_eq!(replayed.differing, [""; 0]);
}

#[test]
fn a_micro_project_is_proposed_by_anyone_chosen_by_votes_and_paid_within_its_budget() {
    let town = Town::new();
    let (nobody, operator) = (town.nobody(), town.person("operator"));
    let propose = json!({"micro_project": {"propose": {
        "area": "west", "words": "楼下要一条长椅", "name": "王小明", "phone": "19900001234",
    }}});
    let id = text(&nobody.post("/api/v1/dossiers", &propose).expect(201)["id"]);
    let path = format!("/api/v1/dossiers/{id}");
    // Until somebody wrote it for the public nobody reads of it.
    nobody.get(&path).refused(404, "dossier.not-found");
    let go = |body: Value| step(&operator, &id, &json!({"micro_project": body}));
    go(json!({"screen": {
        "title": {"zh": "加装长椅", "en": "Benches"}, "summary": {"zh": "加装 4 条长椅"},
        "unit": "lights", "estimate_cents": 500_000,
    }}))
    .expect(200);
    let read = nobody.get(&path).expect(200);
    assert_eq!(read["title"]["en"], "Benches");
    assert!(!read.to_string().contains("王小明"));
    let vote = json!({"open_vote": {"closes_at": in_hours(1), "quorum": 1}});
    go(vote).expect(200);
    let code = neighbour(&town, "19900001234", town::WEST, true);
    say(&nobody, &id, &json!({"options": [0], "follow_code": code})).expect(200);
    go(json!({"close_vote": {}})).refused(409, "project.still-open");
    go(json!({"fund": {"budget_cents": 1}})).refused(409, "dossier.not-now");
    let listed = nobody
        .get("/api/v1/dossiers?kind=micro_project&state=voting")
        .expect(200);
    assert_eq!(listed["dossiers"].as_array().unwrap().len(), 1);
    let secret = nobody.get("/api/v1/dossiers?kind=dispute");
    assert!(!text(&secret.refused(422, "query.invalid")["allowed"][0]).is_empty());
}
