//! Accounts, sessions and items.

use std::time::Duration;

use serde_json::json;
use yiwang_base::Timestamp;
use yiwang_cases::StoreError;
use yiwang_store::{Account, Item, ItemKind};

use crate::desk::{Held, now, wait};

fn account(name: &str) -> Account {
    Account {
        name: name.parse().unwrap(),
        display_name: "李娜".into(),
        role: "operator".into(),
        unit: None,
        disabled: false,
    }
}

fn set(store: &Held, account: Account, hash: &str) {
    wait(store.set_account(account, hash.into(), "user:root".into(), now())).unwrap();
}

fn later(hours: u64) -> Timestamp {
    now() + Duration::from_secs(hours * 3600)
}

#[test]
fn an_account_reads_back_and_its_password_is_not_in_the_journal() {
    let mut store = Held::new();
    let mut li_na = account("li.na");
    li_na.unit = Some("lights".parse().unwrap());
    set(&store, li_na.clone(), "$argon2id$SECRET");
    set(&store, account("an"), "$argon2id$OTHER");
    store.reopen();
    let found = wait(store.account(li_na.name.clone())).unwrap();
    assert_eq!(found, Some((li_na.clone(), "$argon2id$SECRET".into())));
    assert_eq!(
        wait(store.account("nobody".parse().unwrap())).unwrap(),
        None
    );
    let names: Vec<String> = store
        .accounts()
        .unwrap()
        .iter()
        .map(|a| a.name.to_string())
        .collect();
    assert_eq!(names, ["an", "li.na"]);
    let bodies: Vec<Vec<u8>> = {
        let sql = crate::desk::raw(store.directory());
        let mut query = sql.prepare("SELECT body FROM entry ORDER BY seq").unwrap();
        let rows = query.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let first = String::from_utf8(bodies[0].clone()).unwrap();
    assert!(first.contains("\"by\":\"user:root\""), "{first}");
    assert!(first.contains("\"role\":\"operator\""), "{first}");
    assert!(first.contains("\"unit\":\"lights\""), "{first}");
    for body in bodies {
        let text = String::from_utf8(body).unwrap();
        assert!(!text.contains("SECRET") && !text.contains("李娜"), "{text}");
    }
}

#[test]
fn a_session_lasts_until_it_is_closed_expires_or_the_account_changes() {
    let store = Held::new();
    set(&store, account("li.na"), "x");
    let name = || "li.na".parse().unwrap();
    let open =
        |token, from, until| wait(store.open_session([token; 32], name(), from, until)).unwrap();
    let whose = |token: u8, at| {
        wait(store.session([token; 32], at))
            .unwrap()
            .map(|a| a.name)
    };
    open(1, now(), later(8));
    open(2, now(), later(12));
    assert_eq!(whose(1, now()), Some(name()));
    assert_eq!(whose(1, later(8)), Some(name()));
    assert_eq!(whose(1, later(9)), None);
    assert_eq!(whose(3, now()), None);
    wait(store.close_session([1; 32])).unwrap();
    assert_eq!(whose(1, now()), None);
    assert_eq!(whose(2, now()), Some(name()));
    // A new password ends all sessions.
    set(&store, account("li.na"), "y");
    assert_eq!(whose(2, now()), None);
    // Nobody who is disabled goes on, whatever session is open.
    let mut disabled = account("li.na");
    disabled.disabled = true;
    set(&store, disabled, "y");
    open(4, now(), later(8));
    assert_eq!(whose(4, now()), None);
}

#[test]
fn expired_sessions_are_forgotten() {
    let store = Held::new();
    set(&store, account("li.na"), "x");
    for token in 0..5 {
        let from = later(u64::from(token));
        let until = later(u64::from(token) + 1);
        wait(store.open_session([token; 32], "li.na".parse().unwrap(), from, until)).unwrap();
    }
    let directory = store.close();
    let count: i64 = crate::desk::raw(directory.path())
        .query_row("SELECT count(*) FROM session", [], |row| row.get(0))
        .unwrap();
    // The one opened last, and the one that ends in that very moment.
    assert_eq!(count, 2);
}

fn item(code: &str, body: serde_json::Value) -> Item {
    Item {
        kind: ItemKind::Area,
        code: code.into(),
        body,
        attachment: None,
    }
}

#[test]
fn items_read_back_and_only_what_changed_is_written() {
    let mut store = Held::new();
    let set = |store: &Held, items: Vec<Item>| {
        wait(store.set_items(items, "user:root".into(), Some("第1号文".into()), now())).unwrap()
    };
    let mut west = item("west", json!({"name": "西", "size": 0.1, "whole": 1.0}));
    west.attachment = Some(vec![0, 159, 146, 150]);
    let east = item(
        "东-east",
        json!({"name": "E\u{301}", "b": 1, "a": [null, true]}),
    );
    let unit = Item::of(ItemKind::Unit, "west", &json!({})).unwrap();
    let all = vec![west.clone(), east.clone(), unit.clone()];
    assert_eq!(set(&store, all.clone()), 3);
    assert_eq!(set(&store, all.clone()), 0);
    store.reopen();
    assert_eq!(set(&store, all), 0);
    let stored = store.items(ItemKind::Area).unwrap();
    assert_eq!(stored.len(), 2);
    assert_eq!(stored[0].attachment, west.attachment);
    assert_eq!(stored[0].body["size"], 0.1);
    assert_eq!(stored[1], east);
    assert_eq!(store.items(ItemKind::Unit).unwrap(), [unit]);
    assert_eq!(store.items(ItemKind::Setting).unwrap(), []);
    // Another body, another outline, an outline less.
    let mut changed = west.clone();
    changed.body["name"] = "West".into();
    assert_eq!(set(&store, vec![changed.clone(), east]), 1);
    changed.attachment = Some(vec![1]);
    assert_eq!(set(&store, vec![changed.clone()]), 1);
    changed.attachment = None;
    assert_eq!(set(&store, vec![changed.clone()]), 1);
    assert_eq!(store.items(ItemKind::Area).unwrap()[0].attachment, None);
}

#[test]
fn one_item_that_cannot_be_written_takes_none_of_the_others_along() {
    let store = Held::new();
    let items = vec![
        item("good", json!(1)),
        item("bad", json!({"n": u64::MAX})),
        item("late", json!(2)),
    ];
    let refused = wait(store.set_items(items, "user:root".into(), None, now()));
    let Err(StoreError::Broken(why)) = refused else {
        panic!("{refused:?}");
    };
    assert!(why.contains("18446744073709551615"), "{why}");
    assert_eq!(store.items(ItemKind::Area).unwrap(), []);
    assert_eq!(*store.durable().borrow(), 0);
}
