//! The process is killed at any moment while 64 clients write.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::common::{Directory, Server, town};
use crate::crowd::{self, Known};
use crate::record;

const CLIENTS: usize = 64;

/// How often the server is killed: `YIWANG_KILL_ROUNDS`, 3 unless told.
pub(crate) fn rounds() -> usize {
    std::env::var("YIWANG_KILL_ROUNDS").map_or(3, |rounds| rounds.parse().unwrap())
}

pub(crate) fn random(below: u64) -> u64 {
    getrandom::u64().unwrap() % below
}

#[test]
fn nothing_acknowledged_is_lost_however_often_the_server_is_killed() {
    let directory = Directory::new();
    town::found(&directory.path());
    let (mut acknowledged, mut unanswered) = (0, 0);
    for round in 1..=rounds() {
        let mut server = Server::on(&directory.path());
        let address = server.address.clone();
        let (stop, answered) = (AtomicBool::new(false), AtomicU64::new(0));
        let pause = Duration::from_millis(50 + random(900));
        let mut known: Vec<Known> = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|_| {
                    scope.spawn(|| {
                        let mut refusals = Vec::new();
                        let known = crowd::work(&address, &stop, &answered, &mut refusals);
                        assert_eq!(refusals, [], "nothing here is to be refused");
                        known
                    })
                })
                .collect();
            crowd::at_work(&answered);
            std::thread::sleep(pause);
            server.kill();
            stop.store(true, Ordering::Relaxed);
            clients
                .into_iter()
                .flat_map(|client| client.join().unwrap())
                .collect()
        });
        record::is_whole(&directory.path());
        let server = Server::on(&directory.path());
        acknowledged += known.iter().map(|case| case.version).sum::<u64>();
        unanswered += known.iter().filter(|case| case.open.is_some()).count();
        for case in &mut known {
            case.check(&server.address);
        }
        let (status, log) = server.stop();
        assert!(status.success(), "round {round}: {status}: {log}");
        record::is_whole(&directory.path());
    }
    println!(
        "{} rounds: {acknowledged} acknowledged, {unanswered} without an answer",
        rounds()
    );
    assert!(
        acknowledged > 0 && unanswered > 0,
        "the server was killed while it was at work"
    );
}
