//! A table that the desk uploads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Town, text};

const PATH: &str = "/api/v1/requests/table";
const FILE: &str = "编号,来电时间,诉求内容,地址,诉求类型\nA1,2026-01-31 08:00,路灯不亮,春风路1号,路灯不亮\nA2,2026-01-31 09:00,路面破损,春风路2号,路面破损\nA3,soon,没有时间,春风路3号,路面破损\nA4,2026-01-31 10:00,养鸽子,春风路4号,鸽子\n";

fn table(file: &str, more: Value) -> Value {
    let (bytes, _, _) = encoding_rs::GB18030.encode(file);
    let mut body = json!({"name": "台账.csv", "content": STANDARD.encode(bytes), "dry_run": true});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

#[test]
fn a_table_is_looked_at_and_then_taken_row_by_row() {
    let town = Town::new();
    let operator = town.person("operator");
    let looked = operator.post(PATH, &table(FILE, json!({}))).expect(200);
    assert_eq!((&looked["rows"], &looked["taken"]), (&json!(4), &json!(2)));
    assert_eq!(looked["file"], "CSV, gb18030, delimiter \",\"");
    let rejects = looked["rejects"].as_array().unwrap();
    let said: Vec<_> = rejects
        .iter()
        .map(|row| {
            (
                row["line"].clone(),
                text(&row["column"]),
                text(&row["found"]),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (json!(4), "来电时间".into(), "soon".into()),
            (json!(5), "诉求类型".into(), "鸽子".into())
        ]
    );
    let none = operator.get("/api/v1/cases").expect(200);
    assert_eq!(none["cases"], json!([]), "looking writes nothing");
    let mapping = looked["mapping"].clone();
    let more = json!({"mapping": mapping, "dry_run": false});
    let taken = operator.post(PATH, &table(FILE, more.clone())).expect(200);
    assert_eq!((&taken["taken"], &taken["known"]), (&json!(2), &json!(0)));
    assert_eq!(
        taken["rejected"],
        json!({"category.unknown": 1, "row.time": 1})
    );
    let again = operator.post(PATH, &table(FILE, more)).expect(200);
    assert_eq!((&again["taken"], &again["known"]), (&json!(0), &json!(2)));
    let cases = operator.get("/api/v1/cases").expect(200);
    let id = text(&cases["cases"][0]["id"]);
    let case = operator.get(&format!("/api/v1/cases/{id}")).expect(200);
    let grounds = text(&case["timeline"][0]["grounds"]);
    assert!(grounds.ends_with("given by user:operator"), "{grounds}");
}

#[test]
fn what_is_no_table_is_refused() {
    let town = Town::new();
    let operator = town.person("operator");
    let refused = |body: Value, code: &str| operator.post(PATH, &body).refused(422, code);
    let mut broken = table(FILE, json!({}));
    broken["content"] = json!("###");
    assert_eq!(refused(broken, "table.base64")["field"], "content");
    let wrong = refused(
        table(FILE, json!({"mapping": "system = 1"})),
        "mapping.toml",
    );
    assert!(text(&wrong["field"]).starts_with("mapping"));
    let other = "system = \"x\"\nid.column = \"no\"\nsubmitted.column = 2\nwords.columns = [3]\n";
    let missing = refused(table(FILE, json!({"mapping": other})), "file.columns");
    assert!(text(&missing["detail"]).contains("no"));
}

/// Cases of two sorts that were closed long ago, from whose words a model learns.
fn closed_cases() -> String {
    let light = [
        "路灯不亮",
        "灯杆上的灯坏了",
        "整条街的路灯都灭了",
        "路灯一闪一闪",
    ];
    let road = [
        "路面破损",
        "马路上有个大坑",
        "人行道的地砖塌了",
        "沥青裂开了",
    ];
    let rows = (0..240).map(|n| {
        let (words, kind, unit) = match n % 2 {
            0 => (light[n / 2 % 4], "路灯不亮", "lights"),
            _ => (road[n / 2 % 4], "路面破损", "roads-east"),
        };
        let day = n % 28 + 1;
        format!(
            "B{n},2026-01-{day:02} 08:00,2026-01-{day:02} 15:00,{words},{kind},{unit},116.75,39.95\n"
        )
    });
    format!("{COLUMNS}{}", rows.collect::<String>())
}

const COLUMNS: &str = "编号,来电时间,办结时间,诉求内容,诉求类型,承办单位,经度,纬度\n";
const MAPPING: &str = r#"
system = "hotline"
id.column = "编号"
submitted.column = "来电时间"
closed.column = "办结时间"
words.columns = ["诉求内容"]
category.column = "诉求类型"
unit.column = "承办单位"
place = { lon = "经度", lat = "纬度" }
"#;

#[test]
fn of_a_table_and_of_a_list_the_model_dispatches_what_it_is_sure_of_and_leaves_the_rest() {
    let town = Town::new();
    let (operator, steward) = (town.person("operator"), town.person("steward"));
    let take = |file: &str| {
        let more = json!({"mapping": MAPPING, "dry_run": false});
        let taken = operator.post(PATH, &table(file, more)).expect(200);
        assert_eq!(taken["rejected"], json!({}), "{taken}");
        taken["taken"].clone()
    };
    assert_eq!(take(&closed_cases()), 240);
    let body = json!({"value": {"from_permille": 800}});
    let seen = [("If-Match", "\"0\"".to_owned())];
    let path = "/api/v1/city/automatic";
    steward
        .call(Method::PUT, path, &seen, Some(&body))
        .expect(200);
    let trained = steward.post("/api/v1/city/automatic/train", &json!({}));
    assert_eq!(trained.expect(200)["in_force"], true);

    // Sure; nobody knows; sure, but its sender chose a category, which a person reads.
    let sure = "我家门口的路灯不亮";
    let new = format!(
        "{COLUMNS}\
         N1,2026-02-01 08:00,,{sure},,,116.25,39.95\n\
         N2,2026-02-01 08:05,,qqq,,,116.25,39.95\n\
         N3,2026-02-01 08:10,,{sure},路灯不亮,,116.25,39.95\n"
    );
    assert_eq!(take(&new), 3);
    let place = json!({"point": {"lon": 116.25, "lat": 39.95}});
    let list = json!([
        {"request": {"words": sure, "place": place}},
        {"request": {"words": "qqq", "place": place}},
    ]);
    let partner = town.person("partner");
    let batch = partner.post("/api/v1/requests/batch", &list).expect(200);
    assert_eq!(batch["taken"], 2);

    let listed = |stage: &str| {
        let path = format!("/api/v1/cases?stage={stage}");
        let list = operator.get(&path).expect(200)["cases"].clone();
        let ids = list
            .as_array()
            .unwrap()
            .iter()
            .map(|case| text(&case["id"]));
        ids.map(|id| operator.get(&format!("/api/v1/cases/{id}")).expect(200))
            .collect::<Vec<_>>()
    };
    let dispatched = listed("dispatched");
    assert_eq!(dispatched.len(), 2, "one of the table, one of the list");
    for case in &dispatched {
        assert_eq!(
            (&case["unit"], &case["category"], &case["words"]),
            (&json!("lights"), &json!("light"), &json!(sure))
        );
        let last = case["timeline"].as_array().unwrap().last().unwrap();
        assert_eq!(last["by"], "system:triage/1", "{last}");
        assert!(text(&last["grounds"]).starts_with("confidence 0."));
    }
    // What is below the threshold waits at the desk, with nothing decided.
    let waiting = listed("submitted");
    assert_eq!(waiting.len(), 2);
    for case in &waiting {
        assert_eq!(
            (&case["words"], &case["unit"]),
            (&json!("qqq"), &Value::Null)
        );
    }
    let chosen = listed("accepted");
    assert_eq!(chosen.len(), 1);
    assert_eq!(chosen[0]["unit"], Value::Null);
}
