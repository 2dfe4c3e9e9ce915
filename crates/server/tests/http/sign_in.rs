//! Signing in and out.

use serde_json::json;
use ureq::http::Method;

use crate::common::{Client, Server, Town, town};

fn sign_in(client: &Client, user: &str, password: &str) -> crate::common::Answer {
    client.post(
        "/api/v1/session",
        &json!({"user": user, "password": password}),
    )
}

fn cookie(answer: &crate::common::Answer) -> String {
    answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn a_person_signs_in_acts_and_signs_out() {
    let town = Town::new();
    let nobody = town.nobody();
    assert!(nobody.get("/api/v1/session").expect(200)["user"].is_null());
    let answer = sign_in(&nobody, " unit ", town::PASSWORD);
    let user = &answer.expect(200)["user"];
    assert_eq!(
        *user,
        json!({"name": "unit", "display_name": "unit 同志", "role": "unit", "unit": "lights"})
    );
    let set = answer.header("set-cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(set.contains(part), "{set}");
    }
    let token = cookie(&answer);
    assert!(token.len() > 50, "{token}");
    let signed_in = nobody.with_cookie(Some(&token));
    assert_eq!(
        signed_in.get("/api/v1/session").expect(200)["user"]["name"],
        "unit"
    );
    signed_in.get("/api/v1/cases").expect(200);
    let with_others = nobody.with_cookie(Some(&format!("a=b; {token}; c=d")));
    with_others.get("/api/v1/cases").expect(200);
    let out = signed_in.call(Method::DELETE, "/api/v1/session", &[], None);
    assert_eq!((out.status, out.body.len()), (204, 0));
    assert!(
        out.header("set-cookie").contains("Max-Age=0"),
        "{}",
        out.header("set-cookie")
    );
    signed_in.get("/api/v1/cases").refused(401, "session.none");
    assert_eq!(
        nobody
            .call(Method::DELETE, "/api/v1/session", &[], None)
            .status,
        204
    );
}

#[test]
fn whoever_cannot_sign_in_learns_nothing_about_why() {
    let town = Town::new();
    let nobody = town.nobody();
    let answers = [
        ("operator", "wrong"),
        ("nobody-of-that-name", "wrong"),
        ("gone", town::PASSWORD),
        ("Not A Name!", "x"),
        ("", ""),
    ]
    .map(|(user, password)| {
        let problem = sign_in(&nobody, user, password).refused(401, "session.wrong");
        (
            problem["detail"].clone(),
            problem["found"].clone(),
            problem["field"].clone(),
        )
    });
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    let answer = sign_in(&nobody, "operator", "wrong");
    assert_eq!(answer.header("set-cookie"), "");
}

#[test]
fn guessing_is_slowed_down() {
    let town = Town::new();
    let nobody = town.nobody();
    for _ in 0..10 {
        sign_in(&nobody, "leader", "guess").refused(401, "session.wrong");
    }
    // The right password does not help now either: it would tell the guesser.
    let answer = sign_in(&nobody, "leader", town::PASSWORD);
    answer.refused(429, "session.pause");
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((200..=300).contains(&seconds), "{seconds}");
    sign_in(&nobody, "operator", town::PASSWORD).expect(200);
}

#[test]
fn a_session_that_ran_out_or_was_made_up_is_nobody() {
    let town = Town::new();
    for token in [
        town::token("stale"),
        "made-up".into(),
        String::new(),
        "路".repeat(10),
        "x".repeat(9000),
    ] {
        let cookie = format!("yiwang_session={token}");
        let client = town.nobody().with_cookie(Some(&cookie));
        client.get("/api/v1/cases").refused(401, "session.none");
        assert!(client.get("/api/v1/session").expect(200)["user"].is_null());
    }
}

#[test]
fn disabling_an_account_ends_its_sessions() {
    let town = Town::new();
    let (_, directory) = town.stop();
    let server = Server::on(&directory.path());
    let operator = Client::person(&server.address, "operator");
    operator.get("/api/v1/cases").expect(200);
    server.stop();
    pollster::block_on(async {
        let options = yiwang_store::Options::default();
        let store = yiwang_store::Store::open(&directory.path(), options).unwrap();
        let hash = yiwang_server::http::hash_password(town::PASSWORD).unwrap();
        let account = town::account("operator", true);
        let now = yiwang_base::Timestamp::now();
        store
            .set_account(account, hash, "user:admin".into(), now)
            .await
            .unwrap();
    });
    let server = Server::on(&directory.path());
    Client::person(&server.address, "operator")
        .get("/api/v1/cases")
        .refused(401, "session.none");
    sign_in(&Client::nobody(&server.address), "operator", town::PASSWORD)
        .refused(401, "session.wrong");
}

#[test]
fn a_page_of_another_site_cannot_act_in_somebodys_name() {
    let town = Town::new();
    let operator = town.person("operator");
    let foreign = [("Sec-Fetch-Site", "cross-site".to_owned())];
    let body = json!({"words": "x", "place": {"address": "y"}});
    let answer = operator.call(Method::POST, "/api/v1/requests", &foreign, Some(&body));
    answer.refused(403, "origin.foreign");
    operator
        .call(Method::DELETE, "/api/v1/session", &foreign, None)
        .refused(403, "origin.foreign");
    operator
        .call(Method::GET, "/api/v1/cases", &foreign, None)
        .expect(200);
    // What a form of another site could send without asking first is not read.
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let form = operator.send(
            Method::POST,
            "/api/v1/requests",
            &[],
            Some((kind, body.to_string().into_bytes())),
        );
        form.refused(415, "body.content-type");
    }
}
