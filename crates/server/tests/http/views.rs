//! Saved views, and how what a filter finds divides.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Answer, Client, Town, text, town};

fn set(client: &Client, seen: u32, views: &Value) -> Answer {
    let headers = [("If-Match", format!("\"{seen}\""))];
    let body = json!({ "views": views });
    client.call(Method::PUT, "/api/v1/views", &headers, Some(&body))
}

fn view(name: &str, query: &str, shared: bool) -> Value {
    json!({"name": name, "query": query, "shared": shared})
}

#[test]
fn views_are_kept_ordered_and_shared_with_those_who_do_the_same_work() {
    let town = Town::new();
    let (operator, leader) = (town.person("operator"), town.person("leader"));
    let views = json!([
        view("今天到期", "due_soon=true&order=due", true),
        view("b", "", false)
    ]);
    let kept = set(&operator, 0, &views).expect(200);
    assert_eq!((&kept["version"], &kept["views"]), (&json!(1), &views));
    assert_eq!(operator.get("/api/v1/views").expect(200), kept);
    // Renamed and in another order, all together; a window that saw less is told.
    let other = json!([view("c", "", false), view("今天到期", "late=true", true)]);
    set(&operator, 1, &other).expect(200);
    let late = set(&operator, 1, &views).expect(412);
    assert_eq!(
        (&late["code"], &late["allowed"]),
        (&json!("view.changed"), &json!(["2"]))
    );
    // Who does the same work sees what is shared, and of that no more once its owner is
    // stopped.
    let second = town.person("second");
    let shared = second.get("/api/v1/views").expect(200)["shared"].clone();
    assert_eq!(shared.as_array().unwrap().len(), 1, "{shared}");
    assert_eq!(shared[0]["name"], "今天到期");
    // Another role keeps its own and sees none of these.
    let others = leader.get("/api/v1/views").expect(200);
    assert_eq!(others, json!({"version": 0, "views": [], "shared": []}));
}

#[test]
fn what_the_list_would_refuse_is_not_kept() {
    let town = Town::new();
    let operator = town.person("operator");
    for (views, code, field) in [
        (
            json!([view("a", "stage=lost", false)]),
            "query.invalid",
            "views[0].query",
        ),
        (
            json!([view("a", "", false), view("a", "", false)]),
            "view.name-taken",
            "views[1].name",
        ),
        (json!([view(" ", "", false)]), "view.name", "views[0].name"),
    ] {
        let refused = set(&operator, 0, &views).expect(422);
        assert_eq!(
            (&refused["code"], &refused["field"]),
            (&json!(code), &json!(field))
        );
    }
    // An auditor may not look for words or by place, so that no view can either.
    let auditor = town.person("auditor");
    set(&auditor, 0, &json!([view("a", "q=路灯", false)])).expect(403);
    auditor.get("/api/v1/cases?within=1,1,2,2").expect(403);
}

#[test]
fn what_a_filter_finds_divides_by_category_area_and_hour_and_lies_in_a_rectangle() {
    let town = Town::new();
    let operator = town.person("operator");
    let west = text(&town.submit("路灯坏了", town::WEST)["id"]);
    town.submit("路面坑洼", town::EAST);
    operator
        .act(&west, "accept", 1, &json!({"category": "light"}))
        .expect(200);
    let found = operator.get("/api/v1/cases/breakdown").expect(200);
    let totals = |part: &str| {
        let rows = found[part].as_array().unwrap().iter();
        rows.map(|row| row["total"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(totals("by_category"), [1, 1]);
    assert_eq!(totals("by_area").iter().sum::<u64>(), 2);
    assert_eq!(
        (
            totals("by_hour").len(),
            totals("by_hour").iter().sum::<u64>()
        ),
        (24, 2)
    );

    let (lon, lat) = town::WEST;
    let near = format!(
        "{},{},{},{}",
        lon - 0.001,
        lat - 0.001,
        lon + 0.001,
        lat + 0.001
    );
    let ids = |query: String| {
        let page = operator.get(&format!("/api/v1/cases?{query}")).expect(200);
        let cases = page["cases"].as_array().unwrap().iter();
        cases.map(|case| text(&case["id"])).collect::<Vec<_>>()
    };
    assert_eq!(ids(format!("within={near}")), [west]);
    assert!(ids("within=1,1,2,2".into()).is_empty());
    for wrong in ["1,1,2", "a,1,2,2", "1,1,2,95"] {
        operator
            .get(&format!("/api/v1/cases?within={wrong}"))
            .expect(422);
    }
}
