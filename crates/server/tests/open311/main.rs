//! The Open311 endpoint, tried by the conformance suite in `tests/open311`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use geo::{MultiPolygon, polygon};
use jiff::{Timestamp, ToSpan as _};
use sha2::{Digest as _, Sha256};
use yiwang_base::{LocalText, Personal, Point, Span};
use yiwang_cases::{
    Actor, AnswerKind, Area, Asked, Category, Channel, Choice, Context, Place, Question,
    RequestWords, Submit, execute,
};
use yiwang_journal::SigningKey;
use yiwang_server::basemap::Basemap;
use yiwang_server::callers::CallerKey;
use yiwang_server::city::{City, area_item};
use yiwang_server::http::{App, AppOptions, serve};
use yiwang_store::basemap::BasemapStore;
use yiwang_store::{Account, Item, ItemKind, Options, Store};

const KEY: &str = "a-key-that-only-this-test-knows";

fn question(code: &str, answer: Option<AnswerKind>, required: bool) -> Question {
    let choice = |key: &str, zh: &str, en: &str| Choice {
        key: key.into(),
        name: LocalText::new(zh, en),
    };
    Question {
        code: code.into(),
        asks: LocalText::new("请说明", "please say"),
        answer,
        required,
        hint: Some(LocalText::new("见灯杆", "see the pole")),
        choices: vec![
            choice("on", "一直亮", "always on"),
            choice("off", "不亮", "off"),
        ],
    }
}

fn categories() -> Vec<Category> {
    let category = |code: &str, questions| Category {
        code: code.parse().unwrap(),
        name: LocalText::new("路灯", "Street light"),
        group: LocalText::new("市政", "Facilities"),
        respond: Span::Clock { minutes: 120 },
        resolve: Span::WorkingDays { days: 7 },
        questions,
        own: Default::default(),
    };
    let asked = vec![
        question("notice", None, false),
        question("pole", Some(AnswerKind::String), true),
        question("height", Some(AnswerKind::Number), false),
        question("since", Some(AnswerKind::Datetime), false),
        question("story", Some(AnswerKind::Text), false),
        question("state", Some(AnswerKind::SingleValueList), false),
        question("seen", Some(AnswerKind::MultiValueList), false),
    ];
    vec![category("light", asked), category("rubbish", Vec::new())]
}

async fn fill(store: &Store) {
    let square = polygon![(x: 116.0, y: 39.0), (x: 117.0, y: 39.0), (x: 117.0, y: 40.0), (x: 116.0, y: 40.0)];
    let area = Area {
        code: "east".parse().unwrap(),
        name: LocalText::new("东区", "East"),
        parent: None,
        leaf: true,
        tier: None,
        retired: false,
    };
    let mut items = vec![area_item(&area, Some(&MultiPolygon(vec![square]))).unwrap()];
    for category in categories() {
        items.push(Item::of(ItemKind::Category, category.code.as_str(), &category).unwrap());
    }
    let now = Timestamp::now();
    store
        .set_items(items, "system:test".into(), None, now)
        .await
        .unwrap();
    let name: yiwang_base::UserName = "neighbour.app".parse().unwrap();
    let account = Account {
        name: name.clone(),
        display_name: "邻里通".into(),
        role: "partner".into(),
        unit: None,
        disabled: false,
    };
    store
        .set_account(account, "no password".into(), "system:test".into(), now)
        .await
        .unwrap();
    let token = Sha256::digest(KEY).into();
    store
        .open_session(token, name, now, now + 1.hour())
        .await
        .unwrap();
    let city = City::load(store).unwrap();
    for number in 0..6 {
        let context = Context {
            rules: &city.rules,
            actor: &Actor::Resident,
            grounds: None,
            now: Timestamp::now(),
        };
        let request = RequestWords {
            words: format!("灯坏了 {number}"),
            place: Place {
                address: None,
                point: Some(Point::new(116.123_456, 39.5).unwrap()),
            },
            ..RequestWords::default()
        };
        let command = yiwang_cases::Command::Submit(Submit {
            channel: Channel::Web,
            category: Some("rubbish".parse().unwrap()),
            request: Personal::new(request),
            source: None,
        });
        let asked = Asked {
            id: None,
            seen_version: None,
            command,
            receipt: None,
        };
        let case = execute(store, &asked, &context).await.unwrap();
        if number == 0 {
            let reason = yiwang_cases::DeclineReason::NoRequest;
            let note = Personal::new("无事项".to_owned());
            let command = yiwang_cases::Command::Decline {
                reason,
                responsible: None,
                note,
            };
            let asked = Asked {
                id: Some(case.id),
                seen_version: None,
                command,
                receipt: None,
            };
            execute(store, &asked, &context).await.unwrap();
        }
    }
}

#[test]
fn the_conformance_suite_passes_against_a_running_server() {
    let directory = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (address, server) = runtime.block_on(async {
        let store = Store::open(directory.path(), Options::default()).unwrap();
        fill(&store).await;
        let key = Arc::new(SigningKey::from_seed("test/trail", &[7; 32]).unwrap());
        let map = Arc::new(Basemap::new(BasemapStore::new(directory.path())));
        let options = AppOptions {
            max_body: 1 << 20,
            session_hours: 1,
            secure_cookie: false,
            hook_reach: Default::default(),
        };
        let app = Arc::new(App::new(store, key, map, options, CallerKey::new([0; 32])).unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = async { drop(stopped.await) };
        (address, tokio::spawn(serve(listener, None, app, stopping)))
    });
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/open311/run");
    let said = Command::new(suite)
        .arg(format!("http://{address}/open311/v2"))
        .args(["--key", KEY, "--at", "39.25,116.75"])
        .output()
        .unwrap();
    stop.send(()).unwrap();
    runtime.block_on(server).unwrap();
    if said.status.code() == Some(3) {
        println!("skipped: the conformance suite could not be installed");
        return;
    }
    let (out, err) = (
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr),
    );
    assert!(said.status.success(), "{out}{err}");
    assert!(out.contains(" passed, 0 failed"), "{out}");
    println!("{out}");
}
