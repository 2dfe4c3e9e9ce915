//! Readings that come in over HTTP and MQTT while the server is killed, its disk is
//! full, or its disk fails.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use serde_json::{Value, json};
use ureq::http::Method;
use yiwang_mqtt::{Connect, ConnectReturnCode, Login, Packet, Publish, QoS, decode, encode};

use crate::common::server::BINARY;
use crate::common::{Client, Directory, Server, town};
use crate::disk::{Filler, in_own_mounts, may_mount};
use crate::kill::{random, rounds};

/// Datastreams, each with one writer: the first two over HTTP, the others over MQTT.
const WRITERS: u64 = 4;
/// Readings of a data array, and messages of MQTT on their way at once.
const AT_ONCE: u64 = 50;
/// Most bytes of a packet from the broker.
const PACKET: usize = 1 << 20;

fn add_streams(address: &str) {
    let partner = Client::person(address, "partner");
    let streams: Vec<Value> = (0..WRITERS)
        .map(|stream| json!({
            "name": format!("s{stream}"), "description": "", "observationType": "OM_Measurement",
            "unitOfMeasurement": {"name": "m", "symbol": "m", "definition": "x"},
            "Sensor": {"name": "s", "description": "", "encodingType": "text/plain", "metadata": "x"},
            "ObservedProperty": {"name": "level", "definition": "http://x", "description": ""},
        }))
        .collect();
    let thing = json!({"name": "x", "description": "", "Datastreams": streams});
    partner.post("/sta/v1.1/Things", &thing).expect(201);
}

/// The time of a reading, by which it is told from all others of its stream.
fn time(number: u64) -> String {
    let at = jiff::Timestamp::from_second(1_700_000_000 + number.cast_signed()).unwrap();
    at.to_string()
}

/// One writer's readings: those before `sent` were sent, and those before
/// `acknowledged` are kept, as it was told.
#[derive(Debug, Clone, Copy, Default)]
struct Written {
    acknowledged: u64,
    sent: u64,
}

/// A body of numbered readings, under its key.
fn array(stream: u64, from: u64) -> (Value, [(&'static str, String); 1]) {
    let rows: Vec<Value> = (from..from + AT_ONCE)
        .map(|n| json!([time(n), n]))
        .collect();
    let body = json!([{"Datastream": {"@iot.id": stream},
        "components": ["phenomenonTime", "result"], "dataArray": rows}]);
    let key = format!("writer-{stream}:{}", from / AT_ONCE);
    (body, [("Idempotency-Key", key)])
}

/// Sends data arrays until it is to stop or the server is gone; what had no answer
/// is sent again first.
fn over_http(address: &str, stream: u64, written: &mut Written, stop: &AtomicBool) {
    let client = Client::person(address, "partner");
    while !stop.load(Ordering::Relaxed) {
        let (body, key) = array(stream, written.acknowledged);
        written.sent = written.acknowledged + AT_ONCE;
        let path = "/sta/v1.1/CreateObservations";
        match client.try_call(Method::POST, path, &key, Some(&body)) {
            Some(answer) => {
                let told: Value = answer.expect(201);
                assert!(!told.to_string().contains("error"), "{told}");
                written.acknowledged = written.sent;
            }
            None => return,
        }
    }
}

/// A client of MQTT that only publishes.
struct Publisher {
    stream: TcpStream,
    received: BytesMut,
}

impl Publisher {
    fn connect(address: &str) -> io::Result<Publisher> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut publisher = Publisher {
            stream,
            received: BytesMut::new(),
        };
        let mut connect = Connect::new("writer");
        connect.client_id = format!("writer-{}", random(u64::MAX));
        connect.clean_session = true;
        connect.login = Some(Login::new("partner", town::token("partner")));
        publisher.send(&[Packet::Connect(connect)])?;
        match publisher.next()? {
            Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success => Ok(publisher),
            other => panic!("{other:?}"),
        }
    }

    fn send(&mut self, packets: &[Packet]) -> io::Result<()> {
        let mut bytes = BytesMut::new();
        for packet in packets {
            encode(packet, &mut bytes).map_err(io::Error::other)?;
        }
        self.stream.write_all(&bytes)
    }

    fn next(&mut self) -> io::Result<Packet> {
        loop {
            if let Some(packet) = decode(&mut self.received, PACKET).map_err(io::Error::other)? {
                return Ok(packet);
            }
            let mut some = [0; 4096];
            match self.stream.read(&mut some)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                length => self.received.extend_from_slice(&some[..length]),
            }
        }
    }

    /// Publishes readings and waits until all are acknowledged; `again` where they
    /// were sent before.
    fn publish(
        &mut self,
        stream: u64,
        numbers: std::ops::Range<u64>,
        again: bool,
    ) -> io::Result<()> {
        let topic = format!("v1.1/Datastreams({stream})/Observations");
        let packets: Vec<Packet> = (1..)
            .zip(numbers.clone())
            .map(|(packet, n)| {
                let says = json!({"phenomenonTime": time(n), "result": n}).to_string();
                let mut publish = Publish::new(&topic, QoS::AtLeastOnce, says);
                (publish.pkid, publish.dup) = (packet, again);
                Packet::Publish(publish)
            })
            .collect();
        self.send(&packets)?;
        for _ in numbers {
            match self.next()? {
                Packet::PubAck(_) => {}
                other => panic!("{other:?}"),
            }
        }
        Ok(())
    }
}

fn over_mqtt(address: &str, stream: u64, written: &mut Written, stop: &AtomicBool) {
    let Ok(mut publisher) = Publisher::connect(address) else {
        return;
    };
    while !stop.load(Ordering::Relaxed) {
        let from = written.acknowledged;
        let again = written.sent > from;
        written.sent = from + AT_ONCE;
        if publisher
            .publish(stream, from..written.sent, again)
            .is_err()
        {
            return;
        }
        written.acknowledged = written.sent;
    }
}

/// All writers at work while `meanwhile` happens; then they stop.
fn write((http, mqtt): (&str, &str), written: &mut [Written], meanwhile: impl FnOnce()) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for (stream, written) in (1..).zip(written.iter_mut()) {
            let stop = &stop;
            scope.spawn(move || match stream <= WRITERS / 2 {
                true => over_http(http, stream, written, stop),
                false => over_mqtt(mqtt, stream, written, stop),
            });
        }
        meanwhile();
        stop.store(true, Ordering::Relaxed);
    });
}

fn doors(server: &Server) -> (&str, &str) {
    (&server.address, &server.mqtt)
}

/// What is kept of each stream is what was sent: each reading once, none that was
/// acknowledged missing.
fn check(address: &str, written: &[Written]) {
    let leader = Client::person(address, "leader");
    for (stream, written) in (1..).zip(written) {
        let csv = leader.get(&format!("/api/v1/readings/export?stream={stream}"));
        let kept: Vec<u64> = csv
            .text()
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(2).unwrap().parse().unwrap())
            .collect();
        let all: Vec<u64> = (0..kept.len() as u64).collect();
        assert_eq!(kept, all, "stream {stream}: each once, in order");
        let range = written.acknowledged..=written.sent;
        assert!(
            range.contains(&(kept.len() as u64)),
            "stream {stream}: {written:?}, {}",
            kept.len()
        );
    }
}

fn kill_and_kill_again(rounds: usize) {
    let directory = Directory::new();
    town::found(&directory.path());
    let mut written = vec![Written::default(); WRITERS as usize];
    for round in 0..rounds {
        let mut server = Server::with_mqtt(&directory.path());
        if round == 0 {
            add_streams(&server.address);
        }
        check(&server.address, &written);
        let pause = Duration::from_millis(200 + random(800));
        let (http, mqtt) = (server.address.clone(), server.mqtt.clone());
        write((&http, &mqtt), &mut written, || {
            std::thread::sleep(pause);
            server.kill();
        });
    }
    let server = Server::with_mqtt(&directory.path());
    check(&server.address, &written);
    // What had no answer is sent again, and is there once.
    write(doors(&server), &mut written, || {
        std::thread::sleep(Duration::from_millis(300))
    });
    check(&server.address, &written);
    let acknowledged: Vec<u64> = written.iter().map(|one| one.acknowledged).collect();
    println!("{rounds} rounds, acknowledged by writer: {acknowledged:?}");
    assert!(
        acknowledged.iter().all(|count| *count > 0),
        "all were at work"
    );
    let (status, log) = server.stop();
    assert!(status.success(), "{status}: {log}");
}

#[test]
fn no_reading_that_was_acknowledged_is_lost_or_there_twice_when_the_server_is_killed() {
    kill_and_kill_again(rounds());
}

#[test]
#[ignore = "takes minutes"]
fn nor_when_it_is_killed_fifty_times() {
    kill_and_kill_again(50);
}

/// Over MQTT nothing is acknowledged that is not kept: the connection ends instead,
/// once what is left of a block is used up.
fn is_refused_over_mqtt(address: &str, written: &mut Written) {
    let mut publisher = Publisher::connect(address).unwrap();
    for _ in 0..1000 {
        let next = written.sent;
        written.sent += 1;
        if publisher.publish(WRITERS, next..next + 1, false).is_err() {
            return;
        }
        written.acknowledged = written.sent;
    }
    panic!("a disk that takes nothing keeps nothing");
}

#[test]
fn a_full_disk_refuses_readings_and_goes_on_once_there_is_room() {
    if !may_mount() {
        return;
    }
    let (disk, seed) = (Directory::new(), Directory::new());
    town::found(&seed.path());
    let script = "mount -t tmpfs -o size=64m tmpfs \"$1\" && cp -a \"$2\"/. \"$1\"";
    let mut program = in_own_mounts(script, &disk.path(), &seed.path());
    program.args(["--set", "mqtt_listen=127.0.0.1:0"]);
    let server = Server::by(program, &disk.path()).unwrap();
    let inside = PathBuf::from(format!(
        "/proc/{}/root{}",
        server.id(),
        disk.path().display()
    ));
    refuses_while(&server, || {
        let filler = Filler::fill(&inside);
        Box::new(move || filler.remove())
    });
}

#[test]
fn a_disk_that_fails_refuses_readings_and_goes_on_once_it_works() {
    let directory = Directory::new();
    town::found(&directory.path());
    let mut program = Command::new("sh");
    program.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", BINARY]);
    program.args(["--set", "mqtt_listen=127.0.0.1:0"]);
    let server = Server::by(program, &directory.path()).unwrap();
    let id = server.id();
    if !may_grow(id, "unlimited") {
        println!("skipped: this machine has no prlimit");
        return;
    }
    refuses_while(&server, || {
        assert!(may_grow(id, "1"));
        Box::new(move || assert!(may_grow(id, "unlimited")))
    });
    is_whole(server, &directory.path());
}

/// Files of a process may grow to so many bytes.
fn may_grow(id: u32, size: &str) -> bool {
    let mut prlimit = Command::new("prlimit");
    prlimit
        .arg(format!("--pid={id}"))
        .arg(format!("--fsize={size}:unlimited"));
    let status = prlimit.stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn is_whole(server: Server, directory: &Path) {
    let (status, log) = server.stop();
    assert!(status.success(), "{status}: {log}");
    let server = Server::on(directory);
    let leader = Client::person(&server.address, "leader");
    assert!(
        leader
            .get("/api/v1/readings/export?stream=1")
            .text()
            .lines()
            .count()
            > 1
    );
}

/// What `fault` does is refused over both doors until what it gives is called.
fn refuses_while(server: &Server, fault: impl FnOnce() -> Box<dyn FnOnce()>) {
    add_streams(&server.address);
    let mut written = vec![Written::default(); WRITERS as usize];
    write(doors(server), &mut written, || {
        std::thread::sleep(Duration::from_millis(200))
    });
    check(&server.address, &written);
    let mend = fault();
    let partner = Client::person(&server.address, "partner");
    let send = |from| {
        let (body, key) = array(1, from);
        partner.call(
            Method::POST,
            "/sta/v1.1/CreateObservations",
            &key,
            Some(&body),
        )
    };
    let kept = (0..100).take_while(|_| {
        let refused = send(written[0].acknowledged);
        if refused.status == 201 {
            written[0].acknowledged += AT_ONCE;
            written[0].sent += AT_ONCE;
            return true;
        }
        let code = refused.expect(503)["type"].clone();
        assert!(
            code == "store.full" || code == "store.unavailable",
            "{code}"
        );
        false
    });
    assert!(
        kept.count() < 100,
        "a disk that takes nothing keeps nothing"
    );
    is_refused_over_mqtt(&server.mqtt, &mut written[WRITERS as usize - 1]);
    // What is there is shown.
    check(&server.address, &written);
    mend();
    send(written[0].acknowledged).expect(201);
    written[0].sent += AT_ONCE;
    written[0].acknowledged += AT_ONCE;
    // What was not acknowledged is sent again.
    write(doors(server), &mut written, || {
        std::thread::sleep(Duration::from_millis(200))
    });
    check(&server.address, &written);
}
