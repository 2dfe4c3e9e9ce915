//! Accounts kept by an administrator while the server runs.

use serde_json::json;

use crate::common::{Town, text};

#[test]
fn an_administrator_adds_people_who_can_sign_in_and_shows_them_the_door() {
    let town = Town::new();
    let admin = town.person("admin");
    let body =
        json!({"name": "wang.fang", "role": "unit", "unit": "lights", "display_name": "王芳"});
    let added = admin.post("/api/v1/accounts", &body).expect(200);
    let password = text(&added["password"]);
    assert_eq!(added["role"], "unit");
    let sign_in = json!({"user": "wang.fang", "password": password});
    town.nobody().post("/api/v1/session", &sign_in).expect(200);

    let chosen = json!({"password": "一个足够长的新密码"});
    let changed = admin
        .post("/api/v1/accounts/wang.fang/password", &chosen)
        .expect(200);
    assert_eq!(changed.get("password"), None, "it is known already");
    town.nobody()
        .post("/api/v1/session", &sign_in)
        .refused(401, "session.wrong");
    let sign_in = json!({"user": "wang.fang", "password": "一个足够长的新密码"});
    town.nobody().post("/api/v1/session", &sign_in).expect(200);

    let disable = "/api/v1/accounts/wang.fang/disable";
    let disabled = admin.post(disable, &json!({})).expect(200);
    assert_eq!(disabled["disabled"], true);
    town.nobody()
        .post("/api/v1/session", &sign_in)
        .refused(401, "session.wrong");
    admin
        .post("/api/v1/accounts/wang.fang/enable", &json!({}))
        .expect(200);
    town.nobody().post("/api/v1/session", &sign_in).expect(200);
    let key = admin
        .post("/api/v1/accounts/partner/key", &json!({"days": 30}))
        .expect(200);
    assert_eq!(text(&key["key"]).len(), 43);
    let listed = admin.get("/api/v1/accounts").expect(200);
    let names: Vec<_> = listed["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert!(names.contains(&&json!("wang.fang")));
    assert!(!listed.to_string().contains("argon2"), "no hash leaves");
}

#[test]
fn of_an_account_is_told_what_it_was_and_by_whom_it_was_changed() {
    let town = Town::new();
    let admin = town.person("admin");
    let of = |name: &str| {
        let path = format!("/api/v1/accounts/{name}");
        move |what: &str| format!("{path}/{what}")
    };
    let body = json!({"name": "wang.fang", "role": "unit", "unit": "lights"});
    admin.post("/api/v1/accounts", &body).expect(200);
    let account = of("wang.fang");
    admin.post(&account("key"), &json!({})).expect(200);
    let chosen = json!({"password": "一个足够长的新密码"});
    admin.post(&account("password"), &chosen).expect(200);
    admin.post(&account("disable"), &json!({})).expect(200);
    let told = admin.get(&account("history")).expect(200);
    assert!(!told.to_string().contains("argon2"), "no hash leaves");
    let versions: Vec<_> = told["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| {
            assert_eq!(text(&version["set_by"]), "user:admin");
            let value = &version["value"];
            assert_eq!(
                (&value["role"], &value["unit"]),
                (&json!("unit"), &json!("lights"))
            );
            let keys = value["keys"].as_array().unwrap().len();
            (
                value["passwords"].as_u64().unwrap(),
                keys,
                value["disabled"].as_bool().unwrap(),
            )
        })
        .collect();
    let expected = [(1, 0, false), (1, 1, false), (2, 0, false), (2, 0, true)];
    assert_eq!(
        versions, expected,
        "made; a key; a password, which ends it; disabled"
    );
    admin
        .get("/api/v1/accounts/nobody/history")
        .refused(404, "user.unknown");
}

#[test]
fn what_cannot_be_an_account_is_refused_by_its_field() {
    let town = Town::new();
    let admin = town.person("admin");
    for (body, status, code, field) in [
        (
            json!({"name": "Li Na", "role": "operator"}),
            422,
            "user.name",
            "name",
        ),
        (
            json!({"name": "command-line", "role": "admin"}),
            422,
            "user.name",
            "name",
        ),
        (
            json!({"name": "operator", "role": "operator"}),
            409,
            "user.known",
            "name",
        ),
        (
            json!({"name": "x", "role": "king"}),
            422,
            "field.unknown-value",
            "role",
        ),
        (
            json!({"name": "x", "role": "unit"}),
            422,
            "user.unit",
            "unit",
        ),
        (
            json!({"name": "x", "role": "unit", "unit": "moon"}),
            422,
            "user.unit",
            "unit",
        ),
        (
            json!({"name": "x", "role": "leader", "unit": "lights"}),
            422,
            "user.unit",
            "unit",
        ),
        (
            json!({"name": "x", "role": "leader", "password": "short"}),
            422,
            "user.password",
            "password",
        ),
    ] {
        let refused = admin.post("/api/v1/accounts", &body);
        let refused = if code == "field.unknown-value" {
            refused.expect(422)
        } else {
            refused.refused(status, code)
        };
        assert_eq!(refused["field"], field, "{body}");
        assert!(
            !refused.to_string().contains("short\""),
            "no password is repeated"
        );
    }
    admin
        .post("/api/v1/accounts/admin/disable", &json!({}))
        .refused(409, "user.oneself");
    admin
        .post("/api/v1/accounts/partner/key", &json!({"days": 0}))
        .refused(422, "user.key-days");
}
