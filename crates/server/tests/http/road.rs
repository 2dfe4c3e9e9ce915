//! The whole road of a request, and what is refused on the way.

use serde_json::json;

use crate::common::{Town, text, town};

#[test]
fn a_request_goes_all_the_way_is_called_back_and_opened_again() {
    let town = Town::new();
    let resident = town.nobody();
    let sent = resident.post(
        "/api/v1/requests",
        &json!({
            "words": "路灯坏了三天",
            "category": "light",
            "place": {"address": "春风路8号", "point": {"lon": town::WEST.0, "lat": town::WEST.1}},
            "reporter": {"name": "王小明", "phone": "19900001234"},
        }),
    );
    let receipt = sent.expect(201);
    assert_eq!(receipt["stage"], "submitted");
    assert_eq!(receipt["area"], "west");
    let id = text(&receipt["id"]);
    assert_eq!(sent.header("location"), format!("/api/v1/cases/{id}"));
    let follow = format!("/api/v1/follow/{}", text(&receipt["follow_code"]));

    let (operator, unit, verifier) = (
        town.person("operator"),
        town.person("unit"),
        town.person("verifier"),
    );
    let seen = operator.get(&format!("/api/v1/cases/{id}"));
    assert_eq!(seen.header("etag"), "\"1\"");
    let case = seen.expect(200);
    assert_eq!(case["words"], "路灯坏了三天");
    assert_eq!(
        case["reporter"],
        json!({"name": "王小明", "phone": "19900001234"})
    );
    assert_eq!(case["follow_code"], receipt["follow_code"]);
    assert_eq!(
        case["actions"],
        json!([
            "accept",
            "decline",
            "withdraw",
            "supervise",
            "comment",
            "attach",
            "merge"
        ])
    );

    let accepted = operator
        .act(&id, "accept", 1, &json!({"category": "light"}))
        .expect(200);
    assert_eq!(accepted["suggested_units"][0]["unit"], "lights");
    let dispatched = operator
        .act(
            &id,
            "dispatch",
            2,
            &json!({"unit": "lights", "note": "请今天办理"}),
        )
        .expect(200);
    assert_eq!(dispatched["stage"], "dispatched");
    assert!(dispatched["respond_by"].is_string() && dispatched["resolve_by"].is_string());
    let started = unit.act(&id, "start", 3, &json!({})).expect(200);
    assert_eq!(
        started["actions"],
        json!([
            "report_back",
            "return",
            "ask_extension",
            "ask_resident",
            "comment",
            "attach"
        ])
    );
    unit.act(&id, "report-back", 4, &json!({"note": "换了灯泡"}))
        .expect(200);
    let again = verifier.act(
        &id,
        "verify",
        5,
        &json!({"pass": false, "note": "还是不亮"}),
    );
    assert_eq!(again.expect(200)["failed_verifications"], 1);
    unit.act(&id, "report-back", 6, &json!({"note": "修好了线路"}))
        .expect(200);
    verifier
        .act(&id, "verify", 7, &json!({"pass": true}))
        .expect(200);
    let closed = operator.act(&id, "close", 8, &json!({})).expect(200);
    assert_eq!(
        (&closed["stage"], &closed["closed_unverified"]),
        (&json!("closed"), &json!(false))
    );

    let own = resident.get(&follow).expect(200);
    assert_eq!(own["can"], json!(["call_back", "reopen", "attach"]));
    assert_eq!(own["unit_name"]["zh"], "照明中心");
    let notes: Vec<_> = own["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["note"])
        .collect();
    assert!(notes.contains(&&json!("换了灯泡")), "{own}");
    assert!(
        !notes.contains(&&json!("请今天办理")),
        "a note to the unit is not the resident's: {own}"
    );
    let answer = json!({"solved": false, "satisfaction": 2, "note": "晚上又灭了"});
    let answered = resident
        .post(&format!("{follow}/call-back"), &answer)
        .expect(200);
    assert_eq!(answered["call_back"]["solved"], false);
    let reopened = resident.post(&format!("{follow}/reopen"), &json!({"note": "请再来看看"}));
    assert_eq!(reopened.expect(200)["stage"], "accepted");

    let case = operator.get(&format!("/api/v1/cases/{id}")).expect(200);
    let events: Vec<_> = case["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| text(&row["event"]))
        .collect();
    assert_eq!(
        events.join(" "),
        "submitted accepted dispatched started reported_back verified reported_back verified \
         closed called_back reopened"
    );
    assert_eq!(
        (&case["version"], &case["reopened"]),
        (&json!(11), &json!(1))
    );
    operator
        .act(&id, "dispatch", 11, &json!({"unit": "lights"}))
        .expect(200);
}

#[test]
fn a_request_is_declined_and_the_sender_is_told_why() {
    let town = Town::new();
    let receipt = town.submit("隔壁城市的事", (10.0, 10.0));
    assert!(receipt["area"].is_null());
    let id = text(&receipt["id"]);
    let operator = town.person("operator");
    let wrong = operator.act(
        &id,
        "decline",
        1,
        &json!({"reason": "lazy", "note": "不办"}),
    );
    let problem = wrong.refused(422, "field.invalid");
    assert_eq!(
        (&problem["field"], &problem["found"]),
        (&json!("reason"), &json!("lazy"))
    );
    assert_eq!(problem["allowed"][0], "outside_remit");
    let reason = json!({"reason": "outside_remit", "note": "请向邻市反映"});
    assert_eq!(
        operator.act(&id, "decline", 1, &reason).expect(200)["decline"],
        "outside_remit"
    );
    let own = town
        .nobody()
        .get(&format!("/api/v1/follow/{}", text(&receipt["follow_code"])));
    let own = own.expect(200);
    assert_eq!(
        (&own["stage"], &own["timeline"][1]["note"]),
        (&json!("declined"), &json!("请向邻市反映"))
    );
}

#[test]
fn what_is_not_possible_now_is_refused_with_what_is() {
    let town = Town::new();
    let operator = town.person("operator");
    let id = town.case_at("dispatched");
    let early = operator.act(&id, "verify", 3, &json!({"pass": true}));
    let early = early.refused(409, "case.not-now");
    assert_eq!(early["found"], "verify");
    assert_eq!(early["allowed"][0], "start");
    let zh = operator
        .in_chinese()
        .act(&id, "accept", 3, &json!({"category": "light"}));
    assert!(text(&zh.refused(409, "case.not-now")["detail"]).contains("待处置"));

    let id = town.case_at("accepted");
    let unknown = operator
        .act(&id, "dispatch", 2, &json!({"unit": "nobody"}))
        .refused(422, "unit.unknown");
    assert_eq!(
        unknown["allowed"],
        json!(["lights", "roads-east", "town-hall"])
    );
    let outside = operator.act(&id, "dispatch", 2, &json!({"unit": "roads-east"}));
    assert_eq!(
        outside.refused(422, "unit.outside-duty")["allowed"],
        json!(["lights"])
    );
    let reason = json!({"unit": "roads-east", "reason": "灯杆在路面坑里"});
    let sent = operator.act(&id, "dispatch", 2, &reason).expect(200);
    assert_eq!(sent["timeline"][2]["grounds"], "灯杆在路面坑里");
    assert_eq!(sent["timeline"][2]["data"]["outside_duty"], true);

    let id = town.case_at("reported");
    let verifier = town.person("verifier");
    let bare = verifier.act(&id, "verify", 5, &json!({"pass": false}));
    assert_eq!(bare.refused(422, "field.missing")["field"], "note");
    let bare = operator.act(&id, "close", 5, &json!({}));
    assert_eq!(bare.refused(422, "field.missing")["field"], "reason");

    let id = town.case_at("closed");
    let silent = operator.act(&id, "call-back", 7, &json!({"reached": true}));
    assert_eq!(silent.refused(422, "field.missing")["field"], "solved");
    let high = json!({"reached": true, "solved": true, "satisfaction": 6});
    let high = operator
        .act(&id, "call-back", 7, &high)
        .refused(422, "call-back.satisfaction");
    assert_eq!(
        (&high["field"], &high["found"]),
        (&json!("satisfaction"), &json!("6"))
    );
    operator
        .act("C999999", "reopen", 1, &json!({"note": "x"}))
        .refused(404, "case.not-found");
}

#[test]
fn what_is_erased_is_gone_for_everybody_and_the_proof_still_holds() {
    let town = Town::new();
    let receipt = town.submit("我的名字是李四,住在8号楼", town::WEST);
    let id = text(&receipt["id"]);
    let follow = format!("/api/v1/follow/{}", text(&receipt["follow_code"]));
    let steward = town.person("steward");
    steward
        .act(&id, "erase", 1, &json!({}))
        .refused(422, "field.missing");
    let erased = steward.act(
        &id,
        "erase",
        1,
        &json!({"ground": "个人信息保护法第四十七条"}),
    );
    assert_eq!(erased.expect(200)["erased"], true);
    let operator = town.person("operator");
    let case = operator.get(&format!("/api/v1/cases/{id}")).expect(200);
    assert!(
        case["words"].is_null() && case["reporter"].is_null() && case["point"].is_null(),
        "{case}"
    );
    town.nobody().get(&follow).refused(404, "follow.unknown");
    let again = steward.act(&id, "erase", 2, &json!({"ground": "x"}));
    assert_eq!(again.refused(422, "field.missing")["field"], "entries");
    let proof = operator.get(&format!("/api/v1/cases/{id}/proof"));
    let proof = serde_json::from_slice(&proof.body).unwrap();
    let report = yiwang_journal::verify_export(&proof, None).unwrap();
    assert_eq!(
        (report.entries, report.erased, report.sealed_shown),
        (2, 1, 0)
    );
    let files = std::fs::read_dir(town.directory()).unwrap();
    for file in files {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        let found = bytes.windows(6).any(|window| window == "李四".as_bytes());
        assert!(!found, "{} still holds what was erased", path.display());
    }
}
