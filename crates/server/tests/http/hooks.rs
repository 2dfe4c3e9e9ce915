//! Webhooks: a receiver that fails, is late, or is not there.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{Directory, Server, Town, text, town};

const PATH: &str = "/api/v1/webhooks";

/// What a receiver heard: headers in small letters, and the body.
#[derive(Debug, Clone)]
struct Heard {
    headers: BTreeMap<String, String>,
    body: String,
}

impl Heard {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// `case.accepted C3`.
    fn told(&self) -> String {
        let body = self.json();
        format!("{} {}", text(&body["type"]), text(&body["data"]["id"]))
    }
}

/// A receiver that answers as `answer` says, given how many calls came before.
struct Receiver {
    url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Receiver {
    fn new(answer: impl Fn(usize, &Heard) -> u16 + Send + Sync + 'static) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Receiver::on(listener, answer)
    }

    fn on(
        listener: TcpListener,
        answer: impl Fn(usize, &Heard) -> u16 + Send + Sync + 'static,
    ) -> Receiver {
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heard);
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(one) = receive(&mut stream) else {
                        return;
                    };
                    let before = kept.lock().unwrap().len();
                    let status = answer(before, &one);
                    kept.lock().unwrap().push(one);
                    let _ = write!(
                        stream,
                        "HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                    );
                });
            }
        });
        Receiver { url, heard }
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Waits until so many calls came.
    #[track_caller]
    fn wait(&self, count: usize) -> Vec<Heard> {
        let began = Instant::now();
        loop {
            let heard = self.heard();
            if heard.len() >= count {
                return heard;
            }
            assert!(
                began.elapsed() < Duration::from_secs(90),
                "{} of {count}: {heard:?}",
                heard.len()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn receive(stream: &mut std::net::TcpStream) -> Option<Heard> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
        let whole = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = whole.split_once("\r\n\r\n") else {
            continue;
        };
        let headers: BTreeMap<String, String> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length: usize = headers["content-length"].parse().unwrap();
        if body.len() >= length {
            return Some(Heard {
                headers,
                body: body.to_owned(),
            });
        }
    }
}

/// A town whose server may call inside the house, and tries soon again.
fn lively() -> Town {
    let directory = Directory::new();
    town::found(&directory.path());
    configure(&directory.path());
    Town::on(directory)
}

fn configure(directory: &Path) {
    let settings = "webhook_private = true\nwebhook_retry_seconds = 1\nwebhook_attempts = 2\n";
    std::fs::write(directory.join("yiwang.toml"), settings).unwrap();
}

fn set(town: &Town, url: &str, more: Value) -> Value {
    let mut body = json!({"code": "erp", "url": url, "purpose": "notify", "active": true});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    town.person("steward").post(PATH, &body).expect(200)
}

fn standing(town: &Town) -> Value {
    town.person("steward").get(PATH).expect(200)[0].clone()
}

#[track_caller]
fn until(town: &Town, done: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let now = standing(town);
        if done(&now) {
            return now;
        }
        assert!(began.elapsed() < Duration::from_secs(90), "{now}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_receiver_is_told_what_happens_in_order_and_signed() {
    let town = lively();
    let receiver = Receiver::new(|_, _| 204);
    town.case_at("accepted");
    let made = set(&town, &receiver.url, json!({}));
    let secret = text(&made["secret"]);
    assert!(secret.starts_with("whsec_"));
    let id = town.case_at("dispatched");
    let heard = receiver.wait(3);
    let told: Vec<String> = heard.iter().map(Heard::told).collect();
    let expected = ["submitted", "accepted", "dispatched"].map(|what| format!("case.{what} {id}"));
    assert_eq!(told, expected, "nothing of what was before");
    for one in &heard {
        let data = &one.json()["data"];
        assert!(data.get("request").is_none(), "no words: {data}");
        assert!(!one.body.contains("路灯"));
        assert_eq!(
            one.headers["webhook-id"],
            format!("msg_erp_{}", data["seq"])
        );
    }
    assert_ne!(verified(&secret, &heard), Some(false));
    let mut forged = heard;
    forged[1].body = forged[1].body.replace("accepted", "declined");
    assert_ne!(verified(&secret, &forged), Some(true));
    let now = until(&town, |now| now["behind"] == 0);
    assert_eq!(
        (&now["waiting"], &now["dead"], &now["error"]),
        (&json!(0), &json!(0), &Value::Null)
    );
}

#[test]
fn words_are_told_only_where_the_purpose_allows_and_never_names() {
    let town = lively();
    let receiver = Receiver::new(|_, _| 200);
    set(
        &town,
        &receiver.url,
        json!({"purpose": "handle_case", "events": ["submitted"]}),
    );
    let body = json!({"words": "路灯不亮", "place": {"address": "春风路"},
        "reporter": {"name": "王小明", "phone": "19900001234"}});
    town.nobody().post("/api/v1/requests", &body).expect(201);
    town.case_at("accepted");
    let heard = receiver.wait(2);
    assert_eq!(heard[0].json()["data"]["request"]["words"], "路灯不亮");
    for one in &heard {
        assert!(
            one.told().starts_with("case.submitted"),
            "only what it hears of"
        );
        assert!(!one.body.contains("王小明") && !one.body.contains("19900001234"));
    }
}

#[test]
fn what_is_refused_is_tried_again_and_its_case_waits_for_it() {
    let town = lively();
    // The first call fails; whatever comes after it is taken.
    let receiver = Receiver::new(|before, _| if before == 0 { 400 } else { 200 });
    set(&town, &receiver.url, json!({}));
    let id = town.case_at("accepted");
    let heard = receiver.wait(3);
    let told: Vec<String> = heard.iter().map(Heard::told).collect();
    let expected = ["submitted", "submitted", "accepted"].map(|what| format!("case.{what} {id}"));
    assert_eq!(told, expected);
    assert_eq!(
        heard[0].headers["webhook-id"],
        heard[1].headers["webhook-id"]
    );
    until(&town, |now| now["waiting"] == 0 && now["behind"] == 0);
}

#[test]
fn what_is_never_taken_is_a_dead_letter_that_can_be_resent() {
    let town = lively();
    let mend = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mended = Arc::clone(&mend);
    let receiver = Receiver::new(move |_, heard| {
        let bad = heard.told().starts_with("case.accepted");
        if bad && !mended.load(std::sync::atomic::Ordering::Relaxed) {
            422
        } else {
            200
        }
    });
    set(&town, &receiver.url, json!({}));
    let id = town.case_at("dispatched");
    let now = until(&town, |now| now["dead"] == 1 && now["waiting"] == 0);
    assert_eq!(now["behind"], 0);
    let steward = town.person("steward");
    let dead = steward.get("/api/v1/webhooks/erp/dead").expect(200);
    assert_eq!(
        (&dead[0]["id"], &dead[0]["attempts"], &dead[0]["error"]),
        (&json!(id), &json!(2), &json!("HTTP 422"))
    );
    // The case went on behind it.
    let told: Vec<String> = receiver.heard().iter().map(Heard::told).collect();
    assert_eq!(told.last().unwrap(), &format!("case.dispatched {id}"));
    mend.store(true, std::sync::atomic::Ordering::Relaxed);
    let resent = steward.post(
        "/api/v1/webhooks/erp/resend",
        &json!({"seqs": [dead[0]["seq"]]}),
    );
    assert_eq!(resent.expect(200)["resent"], 1);
    until(&town, |now| now["dead"] == 0 && now["waiting"] == 0);
    assert_eq!(
        receiver.heard().last().unwrap().told(),
        format!("case.accepted {id}")
    );
    steward
        .get("/api/v1/webhooks/none/dead")
        .refused(404, "hook.unknown");
}

#[test]
fn a_receiver_that_was_away_and_a_server_that_was_killed_lose_nothing() {
    let directory = Directory::new();
    town::found(&directory.path());
    configure(&directory.path());
    let mut town = Town::on(directory);
    // An address at which nobody listens yet.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    set(&town, &format!("http://{address}/hook"), json!({}));
    let first = town.case_at("accepted");
    let away = until(&town, |now| now["error"].is_string());
    assert!(away["waiting"].as_u64().unwrap() > 0 || away["behind"].as_u64().unwrap() > 0);
    town.server.kill();
    town.server = Server::on(&town.directory());
    let second = town.case_at("accepted");
    let receiver = Receiver::on(TcpListener::bind(address).unwrap(), |_, _| 200);
    receiver.wait(4);
    until(&town, |now| now["waiting"] == 0 && now["behind"] == 0);
    for id in [first, second] {
        let told: Vec<String> = receiver
            .heard()
            .iter()
            .map(Heard::told)
            .filter(|told| told.ends_with(&format!(" {id}")))
            .collect();
        let mut once = told.clone();
        once.dedup();
        let expected = ["submitted", "accepted"].map(|what| format!("case.{what} {id}"));
        assert_eq!(once, expected, "at least once, in order: {told:?}");
    }
}

#[test]
fn what_cannot_be_a_webhook_is_refused_with_the_field() {
    // A server that may not call inside the house.
    let town = Town::new();
    let steward = town.person("steward");
    let refused = |body: Value, field: &str| {
        let problem = steward.post(PATH, &body).expect(422);
        assert_eq!(problem["field"], field, "{problem}");
    };
    let with = |key: &str, value: Value| {
        let mut body = json!({"code": "erp", "url": "https://example.org/hook", "purpose": "notify", "active": false});
        body[key] = value;
        body
    };
    for url in [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "file:///x",
        "x",
    ] {
        refused(with("url", json!(url)), "url");
    }
    refused(with("code", json!("No")), "code");
    refused(with("events", json!(["closed", "exploded"])), "events[1]");
    refused(with("purpose", json!("spying")), "purpose");
    let made = steward
        .post(PATH, &with("active", json!(false)))
        .expect(200);
    assert!(made["secret"].is_string());
    let again = steward
        .post(PATH, &with("active", json!(false)))
        .expect(200);
    assert_eq!(again["secret"], Value::Null, "a secret is shown once");
    let renewed = steward
        .post(PATH, &with("new_secret", json!(true)))
        .expect(200);
    assert!(renewed["secret"].is_string() && renewed["secret"] != made["secret"]);
    assert_eq!(steward.get(PATH).expect(200).as_array().unwrap().len(), 1);
    // The secret is nowhere but beside its entry.
    let shown = text(&made["secret"]);
    let (log, directory) = town.stop();
    assert!(!log.contains(&shown));
    drop(directory);
}

/// Whether PyPI `standardwebhooks` takes all of them; `None` where it cannot be had.
fn verified(secret: &str, heard: &[Heard]) -> Option<bool> {
    let messages: Vec<Value> = heard
        .iter()
        .map(|one| json!({"headers": one.headers, "body": one.body}))
        .collect();
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/webhooks/run");
    let mut child = Command::new(tool)
        .arg(secret)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(&messages).unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    match child.wait().unwrap().code() {
        Some(0) => Some(true),
        Some(3) => {
            println!("skipped: the independent check of signatures needs Python 3 with venv");
            None
        }
        _ => Some(false),
    }
}

/// What the command line says of the town's webhooks.
fn told(directory: &Path, arguments: &[&str]) -> (bool, String) {
    let done = Command::new(crate::common::server::BINARY)
        .arg("--data")
        .arg(directory)
        .arg("webhook")
        .args(arguments)
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

#[test]
fn the_command_line_shows_and_resends_dead_letters() {
    let town = lively();
    let receiver = Receiver::new(|before, _| if before < 2 { 410 } else { 200 });
    set(&town, &receiver.url, json!({"events": ["submitted"]}));
    let id = town.case_at("submitted");
    until(&town, |now| now["dead"] == 1);
    let directory = town.directory();
    let (_, list) = told(&directory, &["list", "--json"]);
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(
        (&list[0]["code"], &list[0]["dead"]),
        (&json!("erp"), &json!(1))
    );
    let (_, dead) = told(&directory, &["dead", "erp"]);
    assert!(dead.contains(&id) && dead.contains("HTTP 410"), "{dead}");
    let (found, said) = told(&directory, &["dead", "none"]);
    assert!(!found && said.contains("allowed: erp"), "{said}");
    let (alone, said) = told(&directory, &["resend", "erp", "--all"]);
    assert!(!alone && said.contains("in use"), "{said}");
    let (_, kept) = town.stop();
    let (done, said) = told(&kept.path(), &["resend", "erp", "--all"]);
    assert!(done && said.contains("1 dead"), "{said}");
    let town = Town::on(kept);
    receiver.wait(3);
    until(&town, |now| now["dead"] == 0 && now["waiting"] == 0);
}
