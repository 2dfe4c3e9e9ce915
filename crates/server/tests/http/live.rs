//! The live feed.

use std::time::{Duration, Instant};

use serde_json::json;
use ureq::http::Method;

use crate::common::watch::Event;
use crate::common::{Feed, Town, text, town};

fn next(feed: &mut Feed) -> Event {
    feed.next().expect("an event")
}

#[test]
fn a_page_hears_of_changes_and_after_a_break_of_what_it_missed() {
    let town = Town::new();
    let mut feed = town.feed("operator", None);
    let ready = next(&mut feed);
    assert_eq!(ready.name, "ready");
    let id = text(&town.submit("路灯不亮", town::WEST)["id"]);
    let first = next(&mut feed);
    assert_eq!(first.name, "case");
    let said = first.json();
    assert_eq!(
        (&said["id"], &said["event"]),
        (&json!(id), &json!("submitted"))
    );
    assert_eq!(
        (&said["stage"], &said["version"]),
        (&json!("submitted"), &json!(1))
    );
    assert_eq!(
        (&said["by"], &said["area"]),
        (&json!("resident"), &json!("west"))
    );
    assert_eq!(said["seq"].to_string(), first.id);
    drop(feed);

    let operator = town.person("operator");
    operator
        .act(&id, "accept", 1, &json!({"category": "light"}))
        .expect(200);
    operator
        .act(&id, "dispatch", 2, &json!({"unit": "lights"}))
        .expect(200);
    let mut feed = town.feed("operator", Some(&first.id));
    assert_eq!(next(&mut feed).name, "ready");
    let missed: Vec<_> = (0..2)
        .map(|_| next(&mut feed).json()["event"].clone())
        .collect();
    assert_eq!(missed, [json!("accepted"), json!("dispatched")]);
    // A first connection misses nothing since the session was asked for.
    let session = operator.get("/api/v1/session").expect(200);
    let from = session["next_entry"].as_u64().unwrap();
    let id = text(&town.submit("刚好在这时候", town::WEST)["id"]);
    let cookie = format!("yiwang_session={}", town::token("operator"));
    let mut feed = Feed::from(&town.server.address, &cookie, from);
    assert_eq!(next(&mut feed).data, from.to_string());
    assert_eq!(next(&mut feed).json()["id"], id);
    for query in ["from=x", "since=1"] {
        let path = format!("/api/v1/events?{query}");
        let problem = operator.get(&path).refused(422, "query.invalid");
        assert!(!problem["allowed"].as_array().unwrap().is_empty());
    }
    // Without a last event a page starts from now; one from the future too.
    for last in [None, Some("999999"), Some("nonsense")] {
        let mut feed = town.feed("operator", last);
        assert_eq!(next(&mut feed).name, "ready");
        let id = text(&town.submit("又一件", town::WEST)["id"]);
        assert_eq!(next(&mut feed).json()["id"], id, "{last:?}");
    }
}

#[test]
fn a_unit_hears_of_its_own_cases_only_and_nobody_hears_words() {
    let town = Town::new();
    let mut feeds: Vec<Feed> = ["unit", "auditor", "crew"]
        .map(|name| town.feed(name, Some("0")))
        .into();
    let id = town.case_at("in_progress");
    let mut heard: Vec<Vec<Event>> = Vec::new();
    for feed in &mut feeds {
        let mut events = Vec::new();
        // The crew's feed has no change at all: it is listened to until it times out.
        while let Some(event) = feed.next() {
            let done = event.data.contains("\"event\":\"started\"");
            events.push(event);
            if done {
                break;
            }
        }
        heard.push(events);
    }
    let changes = |n: usize| heard[n].iter().filter(|event| event.name == "case").count();
    assert_eq!(changes(1), 4, "{:?}", heard[1]);
    assert_eq!(changes(2), 0, "{:?}", heard[2]);
    assert!((1..=4).contains(&changes(0)), "{:?}", heard[0]);
    for event in heard.iter().flatten().filter(|event| event.name == "case") {
        assert_eq!(event.json()["id"], id);
        assert!(
            !event.data.contains("路灯不亮") && !event.data.contains("lon"),
            "{event:?}"
        );
    }
}

#[test]
fn a_feed_ends_when_its_reader_signs_out() {
    let town = Town::new();
    let mut feed = town.feed("leader", None);
    assert_eq!(next(&mut feed).name, "ready");
    let leader = town.person("leader");
    assert_eq!(
        leader
            .call(Method::DELETE, "/api/v1/session", &[], None)
            .status,
        204
    );
    let began = Instant::now();
    assert_eq!(feed.next(), None);
    assert!(
        began.elapsed() < Duration::from_secs(9),
        "it ended by itself, not by our patience"
    );
}

#[test]
fn a_server_that_stops_ends_its_feeds() {
    let town = Town::new();
    let mut feed = town.feed("leader", None);
    assert_eq!(next(&mut feed).name, "ready");
    let began = Instant::now();
    town.stop();
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(feed.next(), None);
}

#[test]
fn many_changes_at_once_all_arrive_in_order() {
    let town = Town::new();
    let mut feed = town.feed("operator", None);
    assert_eq!(next(&mut feed).name, "ready");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..120 {
                    town.submit("路灯不亮", town::WEST);
                }
            });
        }
    });
    let heard: Vec<u64> = (0..480)
        .map(|_| next(&mut feed).id.parse().unwrap())
        .collect();
    assert!(heard.windows(2).all(|pair| pair[0] < pair[1]));
}
