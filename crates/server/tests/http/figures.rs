//! Figures over HTTP: boards, what stands behind them, formulas.

use serde_json::{Value, json};

use crate::common::{Client, Town, text, town};

fn board(client: &Client, query: &str) -> Value {
    client.get(&format!("/api/v1/figures?{query}")).expect(200)
}

fn behind(client: &Client, query: &str) -> Vec<(String, String)> {
    let page = client
        .get(&format!("/api/v1/figures/cases?{query}"))
        .expect(200);
    let turns = page["turns"].as_array().unwrap().iter();
    let word = |turn: &Value| match turn["reason"].as_str() {
        Some(reason) => reason.to_owned(),
        None => text(&turn["part"]),
    };
    turns.map(|turn| (text(&turn["id"]), word(turn))).collect()
}

/// Two closed cases, one solved and one not and opened again; one in progress;
/// one only submitted.
fn some_cases(town: &Town) -> [String; 4] {
    let operator = town.person("operator");
    let good = town.case_at("closed");
    let asked = json!({"reached": true, "solved": true, "satisfaction": 5});
    operator.act(&good, "call-back", 7, &asked).expect(200);
    let bad = town.case_at("closed");
    let asked = json!({"reached": true, "solved": false, "satisfaction": 1});
    operator.act(&bad, "call-back", 7, &asked).expect(200);
    let again = json!({"note": "还是不亮"});
    operator.act(&bad, "reopen", 8, &again).expect(200);
    let working = town.case_at("in_progress");
    let new = text(&town.submit("路灯不亮", town::EAST)["id"]);
    [good, bad, working, new]
}

#[test]
fn a_figure_opens_to_the_cases_counted_and_to_those_left_out_with_the_reason() {
    let town = Town::new();
    let [good, bad, working, _] = some_cases(&town);
    let leader = town.person("leader");
    let found = board(&leader, "formula=resolution");
    let total = &found["total"];
    assert_eq!(
        (&total["met"], &total["counted"], &total["all"]),
        (&json!(1), &json!(2), &json!(2)),
        "{found}"
    );
    assert_eq!(total["rate"], 0.5);
    assert!(total["low"].as_f64() < Some(0.1) && total["high"].as_f64() > Some(0.9));
    assert_eq!(found["formula"]["key"], "resolution.1");
    assert!(text(&found["formula"]["words"]["zh"]).contains("诉求人表示已解决"));
    let open = |part: &str| behind(&leader, &format!("formula=resolution&part={part}"));
    let one = |id: &str, word: &str| (id.to_owned(), word.to_owned());
    assert_eq!(open("met"), [one(&good, "met")]);
    // The closing that did not hold stands, though the case is open again.
    assert_eq!(open("not_met"), [one(&bad, "not_met")]);
    assert_eq!(open("left_out"), []);
    let response = behind(&leader, "formula=response.1&part=left_out");
    assert_eq!(response, []);
    let on_time = behind(&leader, "formula=on_time&part=left_out&reason=pending");
    assert_eq!(on_time, [one(&working, "pending")]);
    let page = leader
        .get("/api/v1/figures/cases?formula=not_solved&part=met")
        .expect(200);
    let turn = &page["turns"][0];
    assert_eq!((&turn["turn"], &turn["last"]), (&json!(0), &json!(false)));
    assert_eq!(turn["case"]["words"], "路灯不亮");
    assert_eq!(turn["case"]["stage"], "accepted", "the case as it is now");
}

/// A rate measures no time.
fn found_no_times(leader: &Client) -> Value {
    board(leader, "formula=response")["total"]["times"].clone()
}

#[test]
fn a_board_is_divided_as_it_is_asked() {
    let town = Town::new();
    some_cases(&town);
    let leader = town.person("leader");
    let parts = |query: &str| -> Vec<(Value, u64)> {
        let board = board(&leader, query);
        let parts = board["figures"].as_array().unwrap().iter();
        parts
            .map(|part| (part["key"].clone(), part["all"].as_u64().unwrap()))
            .collect()
    };
    assert_eq!(parts("formula=response&group=unit"), [(json!("lights"), 3)]);
    assert_eq!(parts("formula=declined&group=area"), [(json!("town"), 4)]);
    assert_eq!(
        parts("formula=declined&group=area&area=town"),
        [(json!("east"), 1), (json!("west"), 3)]
    );
    assert_eq!(
        parts("formula=declined&group=area&area=west"),
        [(json!("west"), 3)]
    );
    assert_eq!(
        parts("formula=declined&group=category"),
        [(Value::Null, 1), (json!("light"), 3)]
    );
    assert_eq!(parts("formula=declined&category=-"), [(Value::Null, 1)]);
    assert_eq!(parts("formula=declined&group=channel"), [(json!("web"), 4)]);
    assert_eq!(parts("formula=declined&area=atlantis"), []);
    assert_eq!(parts("formula=declined&until=2020-01-01"), []);
    for (group, most) in [("day", 31), ("week", 27), ("month", 25)] {
        let board = board(&leader, &format!("formula=declined&group={group}"));
        let parts = board["figures"].as_array().unwrap();
        assert_eq!((parts.len(), &parts[0]["all"]), (1, &json!(4)), "{group}");
        assert!(text(&board["from"]) < text(&parts[0]["key"]) || most < 2);
    }
    let tiers = board(&leader, "formula=front_line&group=tier");
    assert_eq!(tiers["figures"][0]["key"], "department");
    // What was opened again is at the desk.
    assert_eq!(
        parts("formula=declined&tier=department"),
        [(Value::Null, 2)]
    );
    // What excludes itself finds nothing, as other filters do.
    let apart = "formula=declined&tier=department&unit=town-hall";
    assert_eq!(parts(apart), []);
    assert_eq!(board(&leader, apart)["total"]["all"], 0);
    let matrix = board(&leader, "formula=joint&group=unit_area");
    let cell = &matrix["figures"][0];
    assert_eq!(
        (&cell["key"], &cell["area"]),
        (&json!("lights"), &json!("town"))
    );
    let within = board(&leader, "formula=joint&group=unit_area&area=town");
    assert_eq!(within["figures"][0]["area"], "west");
    let absent = leader.get("/api/v1/figures?tier=utility");
    absent.refused(422, "query.invalid");
    let lowest = board(&leader, "formula=lowest_tier");
    assert_eq!(lowest["total"]["rate"], 1.0, "{lowest}");
    let times = board(&leader, "formula=handling_time&group=unit");
    let spread = &times["figures"][0]["times"];
    assert_eq!(spread["measured"], 1);
    assert!(spread["median_seconds"].as_u64() <= spread["p90_seconds"].as_u64());
    assert_eq!(times["total"]["times"], *spread);
    assert_eq!(found_no_times(&leader), Value::Null);
    let units = board(&leader, "formula=overdue&group=unit");
    let lights = units["figures"].as_array().unwrap();
    let lights = lights.iter().find(|part| part["key"] == "lights").unwrap();
    assert_eq!(
        (&lights["counted"], &lights["workers"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(lights["rank"], Value::Null, "one case is too few to rank");
}

#[test]
fn a_steward_adds_a_version_and_the_same_period_is_counted_by_both() {
    let town = Town::new();
    some_cases(&town);
    let (steward, leader) = (town.person("steward"), town.person("leader"));
    let body = json!({
        "code": "satisfaction", "version": 2,
        "name": {"zh": "满意率(含基本满意)", "en": "Satisfaction, 1 and better"},
        "counted": "turns", "dated": "closed", "better": "higher", "enough": 2,
        "exclusions": [{
            "code": "no_rating", "reason": {"zh": "未作评价", "en": "no rating"},
            "when": {"none": ["rated"]}
        }],
        "met": {"all": ["rated"]},
        "grounds": "市政府办公厅 2026 年第 12 号通知"
    });
    let added = steward.post("/api/v1/formulas", &body).expect(201);
    assert_eq!(added["key"], "satisfaction.2");
    assert_eq!(added["added"]["by"], "user:steward");
    assert_eq!(added["added"]["grounds"], body["grounds"]);
    let both = board(&leader, "formula=satisfaction.1&compare=satisfaction");
    assert_eq!(both["total"]["rate"], 0.5);
    assert_eq!(both["total_compare"]["rate"], 1.0);
    assert_eq!(both["compare"]["key"], "satisfaction.2");
    assert_eq!(both["figures"][0]["compare"]["counted"], 2);
    // Versions that are there never change, and numbers are not left out.
    let problem = steward
        .post("/api/v1/formulas", &body)
        .refused(409, "formula.version-taken");
    assert_eq!(problem["allowed"], json!(["3"]));
    let mut wrong = body.clone();
    wrong["version"] = json!(3);
    wrong["met"] = json!({});
    let problem = steward
        .post("/api/v1/formulas", &wrong)
        .refused(422, "field.missing");
    assert_eq!(problem["field"], "met");
    wrong["met"] = json!({"all": ["friendly"]});
    let problem = steward
        .post("/api/v1/formulas", &wrong)
        .refused(422, "field.invalid");
    assert_eq!(problem["field"], "met.all[0]");
    wrong["met"] = body["met"].clone();
    wrong["grounds"] = json!(" ");
    steward
        .post("/api/v1/formulas", &wrong)
        .refused(422, "formula.grounds");
    // They outlive the server, and stand in the journal.
    let all = leader.get("/api/v1/formulas").expect(200);
    let keys: Vec<String> = all["formulas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(&one["key"]))
        .collect();
    let place = keys.iter().position(|key| key == "satisfaction.1").unwrap();
    assert_eq!(keys[place + 1], "satisfaction.2");
    let (_, directory) = town.stop();
    let server = crate::common::Server::on(&directory.path());
    let leader = Client::person(&server.address, "leader");
    assert_eq!(leader.get("/api/v1/formulas").expect(200), all);
}

#[test]
fn a_formula_goes_out_of_use_and_still_counts_where_it_is_named() {
    let town = Town::new();
    some_cases(&town);
    let (steward, leader) = (town.person("steward"), town.person("leader"));
    let mut body = json!({
        "code": "rated", "version": 1,
        "name": {"zh": "评价率", "en": "Rated"},
        "counted": "turns", "dated": "closed", "better": "higher", "enough": 2,
        "exclusions": [], "met": {"all": ["rated"]},
        "grounds": "试用"
    });
    let added = steward.post("/api/v1/formulas", &body).expect(201);
    assert_eq!(added["retired"], false);
    let before = board(&leader, "formula=rated")["total"].clone();
    body["version"] = json!(2);
    body["retired"] = json!(true);
    let gone = steward.post("/api/v1/formulas", &body).expect(201);
    assert_eq!(gone["retired"], true);
    for named in ["rated", "rated.1"] {
        assert_eq!(board(&leader, &format!("formula={named}"))["total"], before);
    }
    body["version"] = json!(3);
    body["retired"] = json!(false);
    let again = steward.post("/api/v1/formulas", &body).expect(201);
    assert_eq!(again["retired"], false);
    // What boards and the wall lean on stays.
    body["code"] = json!("resolution");
    body["version"] = json!(2);
    body["retired"] = json!(true);
    let problem = steward
        .post("/api/v1/formulas", &body)
        .refused(422, "formula.stays");
    assert_eq!(problem["field"], "retired");
}

#[test]
fn a_steward_tries_a_version_on_the_same_period_and_nothing_is_kept() {
    let town = Town::new();
    some_cases(&town);
    let steward = town.person("steward");
    let before = steward.get("/api/v1/formulas").expect(200);
    let mut draft = json!({
        "code": "satisfaction", "version": 2,
        "name": {"zh": "满意率（含基本满意）", "en": "Satisfaction, 1 and better"},
        "counted": "turns", "dated": "closed", "better": "higher", "enough": 2,
        "exclusions": [{
            "code": "no_rating", "reason": {"zh": "未作评价", "en": "no rating"},
            "when": {"none": ["rated"]}
        }],
        "met": {"all": ["rated"]}
    });
    let path = "/api/v1/formulas/try?group=unit";
    let tried = steward.post(path, &draft).expect(200);
    assert_eq!(tried["formula"]["key"], "satisfaction.2");
    assert_eq!(tried["formula"]["added"], Value::Null);
    assert!(text(&tried["formula"]["words"]["en"]).contains("the resident rated it"));
    assert_eq!(tried["compare"]["key"], "satisfaction.1");
    assert_eq!(tried["total"]["rate"], 1.0);
    assert_eq!(tried["total_compare"]["rate"], 0.5);
    assert_eq!(tried["figures"][0]["key"], "lights");
    // Nothing of a period in which nothing was.
    let none = steward.post(&format!("{path}&until=2020-01-01"), &draft);
    assert_eq!(none.expect(200)["total"]["all"], 0);
    // A formula that nobody has yet stands alone.
    draft["code"] = json!("rated");
    draft["version"] = json!(1);
    let alone = steward.post(path, &draft).expect(200);
    assert_eq!(
        (&alone["compare"], &alone["total_compare"]),
        (&Value::Null, &Value::Null)
    );
    // What could not be added cannot be tried either, and is said in the same words.
    draft["met"] = json!({});
    let problem = steward.post(path, &draft).refused(422, "field.missing");
    assert_eq!(problem["field"], "met");
    draft["met"] = json!({"all": ["rated"]});
    draft["version"] = json!(2);
    steward
        .post(path, &draft)
        .refused(409, "formula.version-taken");
    let other = format!("{path}&formula=response");
    steward
        .post(&other, &draft)
        .refused(409, "formula.version-taken");
    draft["version"] = json!(1);
    steward.post(&other, &draft).refused(422, "query.invalid");
    assert_eq!(steward.get("/api/v1/formulas").expect(200), before);
}

#[test]
fn staff_of_a_unit_open_their_own_turns_and_no_others() {
    let town = Town::new();
    let [good, bad, working, _] = some_cases(&town);
    // The unit gives one back; another unit gets it.
    let lost = town.case_at("dispatched");
    let (unit, crew) = (town.person("unit"), town.person("crew"));
    let why = json!({"reason": "not_our_duty", "note": "不归我们管"});
    unit.act(&lost, "return", 3, &why).expect(200);
    let to = json!({"unit": "roads-east", "reason": "nearest"});
    town.person("operator")
        .act(&lost, "dispatch", 4, &to)
        .expect(200);
    let opened = |client: &Client, query: &str| -> Vec<String> {
        let mut ids: Vec<String> = behind(client, query)
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(
        opened(&unit, "formula=return"),
        [&good, &bad, &working, &lost].map(String::clone)
    );
    assert_eq!(opened(&crew, "formula=return"), std::slice::from_ref(&lost));
    assert_eq!(
        opened(&unit, "formula=return&unit=roads-east"),
        Vec::<String>::new()
    );
    assert_eq!(
        opened(&unit, "formula=return&unit=lights,roads-east").len(),
        4
    );
    // What it gave back is another's case now: it counts, but is not shown.
    let page = unit
        .get("/api/v1/figures/cases?formula=return&part=met")
        .expect(200);
    assert_eq!(
        (&page["turns"][0]["id"], &page["turns"][0]["case"]),
        (&json!(lost), &Value::Null)
    );
    // The figures of all units are there for all staff to see.
    let seen = board(&crew, "formula=return&group=unit");
    assert_eq!(seen, {
        let mut same = board(&unit, "formula=return&group=unit");
        same["as_of"] = seen["as_of"].clone();
        same
    });
}

#[test]
fn pages_behind_a_figure_hold_every_turn_once() {
    let town = Town::new();
    for _ in 0..7 {
        town.submit("路灯不亮", town::WEST);
    }
    let operator = town.person("operator");
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    loop {
        let query = format!("/api/v1/figures/cases?formula=declined&limit=3&cursor={cursor}");
        let page = operator.get(&query).expect(200);
        seen.extend(
            page["turns"]
                .as_array()
                .unwrap()
                .iter()
                .map(|turn| text(&turn["id"])),
        );
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let expected: Vec<String> = (1..=7).rev().map(|id| format!("C{id}")).collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_question_that_cannot_be_read_is_named() {
    let town = Town::new();
    let leader = town.person("leader");
    let table = [
        ("?formula=cheer", "formula.unknown", "formula"),
        ("?formula=response.9", "formula.unknown", "formula"),
        ("?compare=response.0", "formula.unknown", "compare"),
        ("?group=weekday", "query.invalid", "group"),
        ("?from=yesterday", "query.invalid", "from"),
        ("?unit=A%20B", "code.malformed", "unit"),
        ("?stage=lost", "query.invalid", "stage"),
        ("?channel=fax", "query.invalid", "channel"),
        ("?part=met", "query.invalid", "query"),
        (
            "?group=day&from=2020-01-01&until=2026-01-01",
            "period.too-many",
            "group",
        ),
        (
            "?group=day&from=2026-01-02&until=2026-01-01",
            "period.empty",
            "until",
        ),
        ("/cases?group=unit", "query.invalid", "query"),
        ("/cases?part=some", "query.invalid", "part"),
        ("/cases?reason=rain", "query.invalid", "reason"),
        ("/cases?part=met&reason=pending", "query.invalid", "part"),
        ("/cases?limit=0", "query.invalid", "limit"),
        ("/cases?cursor=AAAA", "cursor.invalid", "cursor"),
    ];
    for (query, code, field) in table {
        let answer = leader.get(&format!("/api/v1/figures{query}"));
        let problem = answer.refused(422, code);
        assert_eq!(problem["field"], field, "{query}");
    }
    let zh = leader.in_chinese().get("/api/v1/figures?formula=cheer");
    let problem = zh.refused(422, "formula.unknown");
    assert_eq!(problem["detail"], "没有这个公式，或没有这一版");
    assert!(
        problem["allowed"]
            .as_array()
            .unwrap()
            .contains(&json!("on_time.1"))
    );
}

#[test]
fn boards_and_lists_of_cases_are_taken_away_as_tables() {
    let town = Town::new();
    some_cases(&town);
    // What someone typed must not become a formula.
    town.submit("=1+1 路灯", town::WEST);
    let (operator, leader) = (town.person("operator"), town.person("leader"));
    let answer = operator
        .in_chinese()
        .get("/api/v1/figures/export?formula=resolution&group=unit&bom=true");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"yiwang-figures-resolution.1.csv\""
    );
    let table = answer.text();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with(
        "\u{feff}key,name,formula,rate,low,high,met,counted,left_out,all,left_out.declined,"
    ));
    assert!(
        lines[1].starts_with(",合计,resolution.1,0.5,"),
        "{}",
        lines[1]
    );
    assert!(
        lines[2].starts_with("lights,照明中心,resolution.1,0.5,"),
        "{}",
        lines[2]
    );
    assert_eq!(lines.len(), 3);
    let sheet = operator.get("/api/v1/figures/export?formula=resolution&format=xlsx");
    assert!(sheet.body.starts_with(b"PK\x03\x04"));

    let plain = operator.get("/api/v1/cases/export").text();
    assert_eq!(plain.lines().count(), 6);
    assert!(
        !plain.contains("路灯"),
        "no words unless they are asked for"
    );
    let with_words = operator
        .get("/api/v1/cases/export?words=true&stage=submitted")
        .text();
    assert!(with_words.contains(",'=1+1 路灯,"), "{with_words}");
    assert!(
        with_words
            .lines()
            .next()
            .unwrap()
            .ends_with("reporter_name,reporter_phone")
    );
    let words = leader.get("/api/v1/cases/export?words=true").text();
    assert!(words.contains("路灯不亮") && !words.contains("reporter_name"));
    let auditor = town.person("auditor");
    auditor
        .get("/api/v1/cases/export?words=true")
        .refused(403, "policy.forbidden");
    assert_eq!(auditor.get("/api/v1/cases/export").status, 200);
    let crew = town.person("crew").get("/api/v1/cases/export").text();
    assert_eq!(crew.lines().count(), 1, "no other unit's cases");
    for (query, field) in [
        ("format=pdf", "format"),
        ("bom=yes", "bom"),
        ("stage=lost", "stage"),
    ] {
        let problem = operator.get(&format!("/api/v1/cases/export?{query}"));
        assert_eq!(problem.refused(422, "query.invalid")["field"], field);
    }
    operator
        .get("/api/v1/figures/export?words=true")
        .refused(422, "query.invalid");
}
