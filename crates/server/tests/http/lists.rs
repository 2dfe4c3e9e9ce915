//! Lists: pages, filters and counts.

use serde_json::json;

use crate::common::{Client, Town, text, town};

fn ids(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/api/v1/cases?{query}")).expect(200);
    let cases = page["cases"].as_array().unwrap();
    cases.iter().map(|case| text(&case["id"])).collect()
}

#[test]
fn pages_hold_every_case_once_in_order() {
    let town = Town::new();
    for number in 0..23 {
        town.submit(&format!("第{number}件"), town::WEST);
    }
    let operator = town.person("operator");
    for order in ["newest", "due"] {
        let mut seen: Vec<String> = Vec::new();
        let mut cursor = String::new();
        loop {
            let query = format!("/api/v1/cases?order={order}&limit=5&cursor={cursor}");
            let page = operator.get(&query).expect(200);
            seen.extend(
                page["cases"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|case| text(&case["id"])),
            );
            let Some(next) = page["next"].as_str() else {
                break;
            };
            cursor = next.to_owned();
        }
        let mut expected: Vec<String> = (1..=23).map(|id| format!("C{id}")).collect();
        if order == "newest" {
            expected.reverse();
        }
        assert_eq!(seen, expected, "{order}");
    }
    assert_eq!(ids(&operator, "").len(), 23);
    assert_eq!(ids(&operator, "limit=200").len(), 23);
}

#[test]
fn filters_find_what_they_say() {
    let town = Town::new();
    let operator = town.person("operator");
    let west = text(&town.submit("路灯坏了", town::WEST)["id"]);
    let east = text(&town.submit("路面坑洼", town::EAST)["id"]);
    let far = text(&town.submit("别处的事", (10.0, 10.0))["id"]);
    operator
        .act(&east, "accept", 1, &json!({"category": "road"}))
        .expect(200);
    operator
        .act(&east, "dispatch", 2, &json!({"unit": "roads-east"}))
        .expect(200);
    let hotline = json!({"words": "有人打电话", "channel": "hotline", "place": {"address": "秋水巷 100% 号"}});
    let hotline = text(&operator.post("/api/v1/requests", &hotline).expect(201)["id"]);
    let all = vec![hotline.clone(), far.clone(), east.clone(), west.clone()];
    let table = [
        ("", all.clone()),
        ("stage=dispatched", vec![east.clone()]),
        ("stage=dispatched,submitted", all.clone()),
        ("stage=dispatched&stage=closed", vec![east.clone()]),
        ("unit=roads-east", vec![east.clone()]),
        ("area=west", vec![west.clone()]),
        ("area=town", vec![east.clone(), west.clone()]),
        ("area=atlantis", vec![]),
        ("category=road,light", vec![east.clone()]),
        ("channel=hotline", vec![hotline.clone()]),
        ("late=true", vec![]),
        ("late=false", all.clone()),
        ("due_soon=false", all.clone()),
        (
            "due_soon=true&stage=submitted",
            vec![hotline.clone(), far.clone(), west.clone()],
        ),
        (
            "from=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z",
            vec![],
        ),
        ("from=2020-01-01T00:00:00%2B08:00", all.clone()),
        ("q=%E5%9D%91", vec![east.clone()]),
        ("q=100%25+%E5%8F%B7", vec![hotline.clone()]),
        ("q=c2", vec![east.clone()]),
        ("q=nothing+of+the+kind", vec![]),
        ("q=&stage=", all),
        ("q=%E8%B7%AF&area=west", vec![west]),
    ];
    for (query, expected) in table {
        assert_eq!(ids(&operator, query), expected, "{query}");
        let counts = operator
            .get(&format!("/api/v1/cases/counts?{query}"))
            .expect(200);
        assert_eq!(counts["total"], expected.len(), "{query}");
    }
    let counts = operator.get("/api/v1/cases/counts").expect(200);
    assert_eq!(
        (&counts["open"], &counts["late"]),
        (&json!(4), &json!(0)),
        "{counts}"
    );
    assert_eq!(counts["by_stage"]["dispatched"], 1);
    assert_eq!(counts["by_stage"]["declined"], 0);
}

#[test]
fn a_filter_that_cannot_be_read_is_named() {
    let town = Town::new();
    let operator = town.person("operator");
    let table = [
        ("stage=lost", "query.invalid", "stage", "lost"),
        ("channel=fax", "query.invalid", "channel", "fax"),
        ("late=maybe", "query.invalid", "late", "maybe"),
        ("due_soon=1", "query.invalid", "due_soon", "1"),
        ("from=yesterday", "query.invalid", "from", "yesterday"),
        ("until=2026-13-01", "query.invalid", "until", "2026-13-01"),
        ("order=oldest", "query.invalid", "order", "oldest"),
        ("limit=0", "query.invalid", "limit", "0"),
        ("limit=201", "query.invalid", "limit", "201"),
        ("limit=-1", "query.invalid", "limit", "-1"),
        ("colour=blue", "query.invalid", "query", "colour"),
        ("cursor=AAAA", "cursor.invalid", "cursor", "AAAA"),
        ("cursor=%00", "cursor.invalid", "cursor", "\0"),
        ("unit=A%20B", "code.malformed", "unit", "A B"),
        ("area=../../etc", "code.malformed", "area", "../../etc"),
        ("category=%FF", "code.malformed", "category", "\u{fffd}"),
    ];
    for (query, code, field, found) in table {
        let problem = operator
            .get(&format!("/api/v1/cases?{query}"))
            .refused(422, code);
        assert_eq!(
            (&problem["field"], &problem["found"]),
            (&json!(field), &json!(found)),
            "{query}"
        );
    }
    let long = format!("/api/v1/cases?q={}", "a".repeat(201));
    assert_eq!(
        operator.get(&long).refused(422, "query.invalid")["found"],
        "201"
    );
    let zh = operator.in_chinese().get("/api/v1/cases?stage=lost");
    assert_eq!(zh.refused(422, "query.invalid")["detail"], "筛选条件不对");
    assert_eq!(zh.header("content-language"), "zh-CN");
}

#[test]
fn staff_of_a_unit_see_their_own_cases_and_no_others() {
    let town = Town::new();
    let own = town.case_at("dispatched");
    let other = text(&town.submit("还没派的", town::WEST)["id"]);
    let (unit, crew) = (town.person("unit"), town.person("crew"));
    assert_eq!(ids(&unit, ""), std::slice::from_ref(&own));
    assert_eq!(ids(&unit, "unit=lights"), std::slice::from_ref(&own));
    assert!(
        ids(&unit, "unit=roads-east").is_empty(),
        "no other unit's, whatever is asked"
    );
    assert!(ids(&crew, "").is_empty());
    assert!(ids(&crew, &format!("q={own}")).is_empty());
    assert_eq!(crew.get("/api/v1/cases/counts").expect(200)["total"], 0);
    unit.get(&format!("/api/v1/cases/{own}")).expect(200);
    for id in [&own, &other] {
        crew.get(&format!("/api/v1/cases/{id}"))
            .refused(404, "case.not-found");
        crew.get(&format!("/api/v1/cases/{id}/proof"))
            .refused(404, "case.not-found");
        crew.act(id, "start", 3, &json!({}))
            .refused(404, "case.not-found");
    }
    let tile = "/tiles/cases/0/0/0.mvt";
    assert_eq!(unit.get(tile).status, 200);
    assert_eq!(crew.get(tile).status, 204);
    // What does not exist and what one may not see look the same.
    let (hidden, absent) = (
        crew.get(&format!("/api/v1/cases/{own}")),
        crew.get("/api/v1/cases/C777"),
    );
    assert_eq!(
        text(&hidden.json()["detail"]).replace(&own, "C777"),
        text(&absent.json()["detail"])
    );
}
