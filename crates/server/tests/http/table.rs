//! A table that the desk uploads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

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
