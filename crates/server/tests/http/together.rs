//! What grows out of cases: proposals, topics, disputes, parties, deliberation.

use serde_json::{Value, json};
use ureq::http::Method;
use yiwang_base::{Personal, Point, Timestamp, from_millis, to_millis};
use yiwang_cases::{Actor, Asked, Channel, Command, Context, Place, RequestWords, Submit, change};
use yiwang_server::city::City;
use yiwang_store::{Options, Store};

use crate::common::{Answer, Client, Directory, Server, Town, text, town};

const WEEK: i64 = 7 * 86_400_000;

/// A step of a dossier at the version it is at now.
pub(crate) fn step(who: &Client, id: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/dossiers/{id}");
    let version = &who.get(&path).expect(200)["version"];
    let headers = [("If-Match", format!("\"{version}\""))];
    who.call(Method::POST, &path, &headers, Some(body))
}

/// A new dossier's number.
pub(crate) fn open(who: &Client, body: &Value) -> String {
    text(&who.post("/api/v1/dossiers", body).expect(201)["id"])
}

/// Writes street lights that went out in the west street: one every ten weeks,
/// and three a week lately.
fn fill(directory: &std::path::Path) {
    let store = Store::open(directory, Options::default()).unwrap();
    let city = City::load(&store).unwrap();
    let now = Timestamp::now();
    let at = |weeks: i64, n: i64| from_millis(to_millis(now) - weeks * WEEK - n * 3_600_000);
    let mut times: Vec<Timestamp> = (2..9).map(|n| at(n * 10, 1)).collect();
    times.extend(
        (1..8)
            .flat_map(|week| (1..4).map(move |n| (week, n)))
            .map(|(w, n)| at(w, n)),
    );
    times.sort_unstable();
    let actor = Actor::System("test".into());
    let changes = times.into_iter().map(|now| {
        let context = Context {
            rules: &city.rules,
            actor: &actor,
            grounds: None,
            now,
        };
        let submit = Command::Submit(Submit {
            channel: Channel::Web,
            category: Some("light".parse().unwrap()),
            request: Personal::new(RequestWords {
                words: "路灯不亮".into(),
                place: Place {
                    address: None,
                    point: Some(Point::new(town::WEST.0, town::WEST.1).unwrap()),
                },
                ..RequestWords::default()
            }),
            source: None,
        });
        let asked = Asked {
            id: None,
            seen_version: None,
            command: submit,
            receipt: None,
        };
        change(&store, None, &asked, &context).unwrap()
    });
    let changes = changes.collect();
    for outcome in pollster::block_on(store.append_all(changes)).unwrap() {
        outcome.unwrap();
    }
}

#[test]
fn what_comes_back_is_proposed_and_an_accepted_proposal_is_a_case() {
    let directory = Directory::new();
    town::found(&directory.path());
    fill(&directory.path());
    let server = Server::on(&directory.path());
    let operator = Client::person(&server.address, "operator");
    let scan = || {
        operator
            .post("/api/v1/proposals/scan", &json!({}))
            .expect(200)
    };
    let found = scan();
    assert_eq!(found["opened"].as_array().unwrap().len(), 1, "{found}");
    let id = text(&found["opened"][0]);
    // Once proposed it is not proposed again.
    let again = scan();
    assert_eq!((&again["opened"], &again["quiet"]), (&json!([]), &json!(1)));

    let proposal = operator.get(&format!("/api/v1/dossiers/{id}")).expect(200);
    assert_eq!(
        (&proposal["kind"], &proposal["state"]),
        (&json!("proposal"), &json!("open"))
    );
    assert_eq!(proposal["content"]["pattern"]["area"], "west");
    let evidence = &proposal["content"]["evidence"];
    assert!(evidence["recent"].as_u64().unwrap() >= 18, "{evidence}");
    assert!(text(&evidence["cases"][0]).starts_with('C'));
    assert_eq!(evidence["found_by"], "recurrence/1");
    assert_eq!(proposal["timeline"][0]["by"], "system:recurrence/1");
    assert_eq!(proposal["actions"], json!(["accept", "dismiss"]));

    // Others neither see it nor act on it.
    let nobody = Client::nobody(&server.address);
    nobody
        .get(&format!("/api/v1/dossiers/{id}"))
        .refused(404, "dossier.not-found");
    let accept = json!({"proposal": {"accept": {"unit": "lights", "note": "提前检修"}}});
    step(&Client::person(&server.address, "verifier"), &id, &accept)
        .refused(403, "policy.forbidden");
    let path = format!("/api/v1/dossiers/{id}");
    operator
        .post(&path, &accept)
        .refused(428, "if-match.missing");

    let accepted = step(&operator, &id, &accept).expect(200);
    assert_eq!(accepted["state"], "accepted");
    let case = text(&accepted["content"]["case"]);
    let case = operator.get(&format!("/api/v1/cases/{case}")).expect(200);
    assert_eq!(
        (&case["channel"], &case["stage"]),
        (&json!("proactive"), &json!("dispatched"))
    );
    assert_eq!(case["source"], json!({"system": "proposal", "id": id}));
    assert!(text(&case["words"]).contains("未诉先办"));
    // The case leads back to it.
    let linked = operator
        .get(&format!("/api/v1/dossiers?case={}", text(&case["id"])))
        .expect(200);
    assert_eq!(linked["dossiers"][0]["id"], json!(id));
    let twice = step(&operator, &id, &accept).refused(409, "dossier.not-now");
    assert_eq!(twice["allowed"], json!(["measure"]));
    let dismiss = json!({"proposal": {"dismiss": {"reason": "whim"}}});
    let wrong = step(&operator, &id, &dismiss).refused(422, "field.invalid");
    assert_eq!(wrong["field"], "proposal.dismiss.reason");
}

#[test]
fn a_topic_counts_the_same_complaints_before_and_after_and_everyone_may_read_it() {
    let town = Town::new();
    let operator = town.person("operator");
    let case = town.case_at("dispatched");
    town.case_at("closed");
    let body = json!({"topic": {"open": {
        "title": {"zh": "路灯专项治理", "en": "Street lights"},
        "summary": {"zh": "集中整治路灯不亮"}, "lead": "lights", "assisting": ["roads-east"],
        "scope": {"cases": [case]},
    }}});
    let id = open(&operator, &body);
    let topic = operator.get(&format!("/api/v1/dossiers/{id}")).expect(200);
    // What the case is about, the topic is about.
    assert_eq!(topic["content"]["scope"]["categories"], json!(["light"]));
    assert_eq!(topic["content"]["before"]["cases"], 2);
    assert_eq!(topic["counts"][1]["what"], "since");
    assert_eq!(topic["counts"][1]["cases"], 0);
    town.case_at("accepted");
    let read = town
        .nobody()
        .get(&format!("/api/v1/dossiers/{id}"))
        .expect(200);
    assert_eq!(read["counts"][1]["cases"], 1);
    assert_eq!(read["content"]["before"]["cases"], 2);
    assert_eq!(
        (&read["timeline"], &read["actions"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(read["content"]["scope"].get("cases"), None);

    // The lead and those who assist it act on it, others do not.
    let add =
        |due: &str| json!({"topic": {"add_milestone": {"title": {"zh": "查完一半"}, "due": due}}});
    step(&town.person("hall"), &id, &add("2199-01-01")).refused(403, "policy.other-unit");
    let past = step(&town.person("unit"), &id, &add("2020-01-01")).refused(422, "day.past");
    assert_eq!(past["field"], "due");
    step(&town.person("unit"), &id, &add("2199-01-01")).expect(200);
    let close = |reason: Option<&str>| json!({"topic": {"close": {"report": {"zh": "已完成"}, "reason": reason}}});
    let open_one = step(&operator, &id, &close(None)).refused(422, "field.missing");
    assert_eq!(open_one["field"], "reason");
    let closed = step(&operator, &id, &close(Some("转入日常"))).expect(200);
    assert_eq!(closed["state"], "closed");
    assert_eq!(closed["content"]["after"]["cases"], 1);
}

fn dispute() -> Value {
    json!({"dispute": {"register": {
        "title": {"zh": "楼上漏水"}, "area": "west", "unit": "lights", "track": "self_rule",
        "parties": [{"name": "王小明", "phone": "19900001234"}, {"name": "李四"}],
        "words": "漏了三个月",
    }}})
}

#[test]
fn who_is_at_odds_is_seen_by_those_who_mediate_and_can_be_erased() {
    let town = Town::new();
    let unit = town.person("unit");
    let id = open(&unit, &dispute());
    let path = format!("/api/v1/dossiers/{id}");
    let words = |who: &str| town.person(who).get(&path).expect(200)["timeline"][0]["words"].clone();
    assert_eq!(words("unit")["parties.0.name"], "王小明");
    let leader = words("leader");
    assert_eq!(
        (&leader["words"], leader.get("parties.0.name")),
        (&json!("漏了三个月"), None)
    );
    assert_eq!(words("auditor"), Value::Null);
    town.nobody().get(&path).refused(404, "dossier.not-found");
    let foreign = town.person("crew").post("/api/v1/dossiers", &dispute());
    foreign.refused(403, "policy.other-unit");

    let erase = |who: &str| {
        let who = town.person(who);
        let version = &who.get(&path).expect(200)["version"];
        let headers = [("If-Match", format!("\"{version}\""))];
        let body = json!({"ground": "个人信息保护法第四十七条"});
        who.call(
            Method::POST,
            &format!("{path}/erase"),
            &headers,
            Some(&body),
        )
    };
    erase("unit").refused(403, "policy.forbidden");
    assert_eq!(erase("steward").expect(200)["erased"], true);
    assert_eq!(words("unit"), Value::Null);
    erase("steward").refused(422, "field.missing");
    let (log, directory) = town.stop();
    assert!(!log.contains("王小明") && !log.contains("19900001234"));
    for file in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        let found = bytes
            .windows("王小明".len())
            .any(|w| w == "王小明".as_bytes());
        assert!(!found, "an erased name is left in the directory");
    }
}

#[test]
fn a_deliberation_leads_to_cases_and_they_lead_back() {
    let town = Town::new();
    let operator = town.person("operator");
    let body = json!({"deliberation": {"convene": {
        "title": {"zh": "停车"}, "agenda": {"zh": "车位怎么分"}, "area": "west", "unit": "lights",
        "form": "courtyard", "parties": [{"zh": "居民代表"}, {"zh": "物业公司"}],
    }}});
    let id = open(&operator, &body);
    let path = format!("/api/v1/dossiers/{id}/cases");
    let case = json!({"words": "重新划线", "address": "春风路", "category": "road"});
    let headers = [("If-Match", "\"1\"".to_owned())];
    let after = operator
        .call(Method::POST, &path, &headers, Some(&case))
        .expect(200);
    let case = text(&after["content"]["cases"][0]);
    let case = operator.get(&format!("/api/v1/cases/{case}")).expect(200);
    assert_eq!(
        case["source"],
        json!({"system": "deliberation", "id": format!("{id}/1")})
    );
    let other = town.case_at("accepted");
    let follow = |case: &str| json!({"deliberation": {"follow_up": {"case": case}}});
    step(&operator, &id, &follow(&other)).expect(200);
    step(&operator, &id, &follow(&other)).refused(422, "deliberation.case-known");
    step(&operator, &id, &follow("C999")).refused(404, "case.not-found");
    let of_kind = json!({"topic": {"add_measure": {"measure": {"zh": "x"}}}});
    let wrong = step(&operator, &id, &of_kind).refused(422, "dossier.other-kind");
    assert_eq!(wrong["allowed"], json!(["deliberation"]));
}

#[test]
fn a_partys_credit_opens_to_its_cases_and_an_asset_tells_when_it_is_due() {
    let town = Town::new();
    let steward = town.person("steward");
    let case = town.case_at("closed");
    let party = json!({"property_party": {"register": {
        "role": "company", "name": {"zh": "安居物业"}, "areas": ["west"], "duties": ["light"],
        "unit": "lights", "contact": "老赵 19900005678",
    }}});
    let id = open(&steward, &party);
    let credit = steward
        .get(&format!("/api/v1/dossiers/{id}/credit"))
        .expect(200);
    assert_eq!(credit["formula"], "property-credit/1");
    // (1 + 4.5) / (1 + 5)
    assert_eq!(credit["hundredths"], 9166);
    assert_eq!(
        credit["counted"],
        json!([{"id": case, "fault": 0, "faults": []}])
    );
    let lift = json!({"asset": {"register": {
        "sort": "lift", "name": {"zh": "3 号楼电梯"}, "area": "west", "category": "light",
        "unit": "lights", "party": id, "every_days": 365, "inspected_on": "2020-01-01",
    }}});
    let lift = open(&steward, &lift);
    let late = steward
        .get("/api/v1/dossiers?kind=asset&late=true")
        .expect(200);
    assert_eq!(late["dossiers"][0]["id"], json!(lift));
    assert_eq!(late["dossiers"][0]["content"]["party"], json!(id));
    let yesterday = from_millis(to_millis(Timestamp::now()) - 86_400_000).to_string();
    let inspect =
        |on: &str, passed: bool| json!({"asset": {"inspect": {"on": &on[..10], "passed": passed}}});
    let failed = step(&steward, &lift, &inspect(&yesterday, false));
    assert_eq!(failed.refused(422, "field.missing")["field"], "note");
    let passed = step(&steward, &lift, &inspect(&yesterday, true)).expect(200);
    assert_eq!(
        (&passed["late"], &passed["state"]),
        (&json!(false), &json!("in_use"))
    );
}

#[test]
fn the_live_feed_tells_of_dossiers_too() {
    let town = Town::new();
    let mut feed = town.feed("operator", None);
    assert_eq!(feed.next().unwrap().name, "ready");
    let id = open(&town.person("unit"), &dispute());
    let event = feed.next().unwrap();
    assert_eq!(event.name, "dossier");
    let told = event.json();
    assert_eq!(told["id"], json!(id));
    assert_eq!(told["event"], "dispute.registered");
    assert!(!event.data.contains("王小明"));
}
