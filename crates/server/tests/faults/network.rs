//! Clients that vanish, and a server that stops in the middle.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use ureq::http::Method;

use crate::common::{Server, Town, text};
use crate::crowd::{self, Known};
use crate::record;

#[test]
fn a_request_whose_sender_vanished_is_there_once_when_it_is_sent_again() {
    let town = Town::new();
    let body = json!({"words": "路灯不亮", "place": {"address": "春风路"}});
    let bytes = body.to_string();
    for number in 0..40 {
        let head = format!(
            "POST /api/v1/requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
             Idempotency-Key: k-{number}\r\nContent-Length: {}\r\n\r\n",
            bytes.len()
        );
        let whole = head + &bytes;
        let mut stream = TcpStream::connect(&town.server.address).unwrap();
        // The cable is cut anywhere: in the head, in the body, before the answer.
        let cut = whole.len() * (number % 10 + 1) / 10;
        stream.write_all(&whole.as_bytes()[..cut]).unwrap();
        stream.shutdown(Shutdown::Both).unwrap();
    }
    std::thread::sleep(Duration::from_millis(300));
    let operator = town.person("operator");
    let before = operator.get("/api/v1/cases/counts").expect(200)["total"]
        .as_u64()
        .unwrap();
    assert!(before <= 4, "only whole requests count: {before}");
    let mut ids = std::collections::BTreeSet::new();
    for number in 0..40 {
        let headers = [("Idempotency-Key", format!("k-{number}"))];
        let nobody = town.nobody();
        let answer = nobody.call(Method::POST, "/api/v1/requests", &headers, Some(&body));
        ids.insert(text(&answer.expect(201)["id"]));
    }
    assert_eq!(ids.len(), 40);
    assert_eq!(
        operator.get("/api/v1/cases/counts").expect(200)["total"],
        40
    );
    let (_, directory) = town.stop();
    record::is_whole(&directory.path());
}

#[test]
fn a_server_that_stops_finishes_its_answers_and_keeps_what_it_acknowledged() {
    let town = Town::new();
    let address = town.server.address.clone();
    let (stop, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    let (mut known, directory) = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..32)
            .map(|_| scope.spawn(|| crowd::work(&address, &stop, &answered, &mut Vec::new())))
            .collect();
        crowd::at_work(&answered);
        std::thread::sleep(Duration::from_millis(400));
        let (_, directory) = town.stop();
        stop.store(true, Ordering::Relaxed);
        let known = clients
            .into_iter()
            .flat_map(|client| client.join().unwrap());
        (known.collect::<Vec<Known>>(), directory)
    });
    assert!(known.iter().any(|case| case.version > 0));
    record::is_whole(&directory.path());
    let server = Server::on(&directory.path());
    for case in &mut known {
        case.check(&server.address);
    }
}

#[test]
fn readers_who_never_read_do_not_hold_up_others() {
    let town = Town::new();
    for _ in 0..50 {
        town.submit("路灯不亮", crate::common::town::WEST);
    }
    let cookie = crate::common::town::token("operator");
    let get = format!(
        "GET /api/v1/cases?limit=200 HTTP/1.1\r\nHost: x\r\nCookie: yiwang_session={cookie}\r\n\r\n"
    );
    let stuck: Vec<TcpStream> = (0..64)
        .map(|_| {
            let mut stream = TcpStream::connect(&town.server.address).unwrap();
            // Enough to fill every buffer on the way, and never read.
            stream.write_all(get.repeat(200).as_bytes()).unwrap();
            stream
        })
        .collect();
    for _ in 0..20 {
        town.submit("别人照样可以上报", crate::common::town::WEST);
    }
    let mut some = [0; 16];
    (&stuck[0]).read_exact(&mut some).unwrap();
    assert!(some.starts_with(b"HTTP/1.1 200"));
}
