//! How many messages of MQTT are acknowledged: as readings that are on the
//! disk, and by mosquitto, which only passes messages on, in the same run.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use bytes::BytesMut;
use serde::Serialize;
use yiwang_base::Timestamp;
use yiwang_mqtt::{Connect, ConnectReturnCode, Login, Packet, Publish, QoS, decode, encode};
use yiwang_store::{Options, Store};

use super::sensing::{SENDER, register};
use super::server::{Served, used};
use crate::data_dir;
use crate::sensing::Sensing;

/// What to measure.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Where.
    pub directory: PathBuf,
    /// Connections that publish.
    pub clients: u64,
    /// Messages of a connection that are not acknowledged yet.
    pub window: u64,
    /// Seconds each.
    pub seconds: u64,
}

/// What one broker came to.
#[derive(Debug, Clone, Serialize)]
pub struct Rate {
    /// Messages acknowledged a second.
    pub per_second: f64,
    /// Messages acknowledged for each second of its processor time.
    pub per_cpu_second: Option<f64>,
    /// Messages acknowledged.
    pub acknowledged: u64,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What was asked for.
    pub plan: Plan,
    /// This program: readings on the disk.
    pub yiwang: Rate,
    /// Mosquitto, where it is installed.
    pub mosquitto: Option<Rate>,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Plan {
            clients, window, ..
        } = self.plan;
        writeln!(
            f,
            "QoS 1 from {clients} connections, {window} messages under way on each"
        )?;
        let line = |rate: &Rate| {
            let cpu = rate.per_cpu_second;
            let cpu = cpu.map_or_else(|| "?".to_owned(), |rate| format!("{rate:.0}"));
            format!(
                "{:.0} messages/s, {cpu} a processor second",
                rate.per_second
            )
        };
        writeln!(f, "readings on the disk: {}", line(&self.yiwang))?;
        match &self.mosquitto {
            Some(rate) => write!(f, "mosquitto, in memory: {}", line(rate)),
            None => write!(f, "mosquitto is not installed"),
        }
    }
}

/// Where times of readings begin, milliseconds: 2026-01-01.
const EPOCH_MS: i64 = 1_767_225_600_000;
/// Datastreams that the readings are of.
const STREAMS: u64 = 1000;
/// How long a broker may take to begin.
const BEGINS: Duration = Duration::from_secs(10);

/// Measures both.
///
/// # Errors
/// When something cannot be done, or what is kept is not what was acknowledged.
pub fn run(plan: &Plan) -> anyhow::Result<Report> {
    let name = format!("bench-mqtt-{}", std::process::id());
    let scratch = plan.directory.join(name);
    std::fs::create_dir_all(&scratch).with_context(|| scratch.display().to_string())?;
    let measured = measure(plan, &scratch);
    std::fs::remove_dir_all(&scratch)?;
    measured
}

fn measure(plan: &Plan, data: &Path) -> anyhow::Result<Report> {
    data_dir::prepare(data)?;
    data_dir::trail_key(data, "bench.yiwang/trail")?;
    {
        let store = Store::open(data, Options::default())?;
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(register(&store, STREAMS, 0))?;
    }
    eprintln!("readings …");
    let listen = format!("mqtt_listen={}", free_address()?);
    let address = listen.trim_start_matches("mqtt_listen=").to_owned();
    let arguments = ["--set", &listen, "serve", "--listen", "127.0.0.1:0"];
    let served = Served::start(data, &arguments)?;
    let yiwang = publish(plan, &address, served.id())?;
    served.stop()?;
    let store = Store::open(data, Options::default())?;
    let kept = Sensing::open(&store)?.history.next_id();
    if kept != yiwang.acknowledged {
        bail!(
            "{kept} readings are kept, {} were acknowledged",
            yiwang.acknowledged
        );
    }
    Ok(Report {
        plan: plan.clone(),
        yiwang,
        mosquitto: mosquitto(plan, data)?,
    })
}

fn free_address() -> anyhow::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// A child that is ended when it goes out of scope.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn mosquitto(plan: &Plan, scratch: &Path) -> anyhow::Result<Option<Rate>> {
    let address = free_address()?;
    let (host, port) = address.split_once(':').context("no port")?;
    let config = scratch.join("mosquitto.conf");
    std::fs::write(
        &config,
        format!("listener {port} {host}\nallow_anonymous true\n"),
    )?;
    // Debian keeps it where only root looks.
    let programs = ["mosquitto", "/usr/sbin/mosquitto"];
    let started = programs.iter().find_map(|program| {
        let mut command = Command::new(program);
        command.arg("-c").arg(&config);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()
    });
    let Some(child) = started.map(Ended) else {
        return Ok(None);
    };
    eprintln!("mosquitto …");
    publish(plan, &address, child.0.id()).map(Some)
}

/// Publishes from all connections; gives what the process acknowledged.
fn publish(plan: &Plan, address: &str, process: u32) -> anyhow::Result<Rate> {
    let connections = (0..plan.clients).map(|n| connect(address, n));
    let connections: Vec<TcpStream> = connections.collect::<Result<_, _>>()?;
    let before = used(process);
    let begun = Instant::now();
    let until = begun + Duration::from_secs(plan.seconds);
    let window = plan.window;
    let clients: Vec<_> = (0..)
        .zip(connections)
        .map(|(n, connection)| std::thread::spawn(move || client(connection, n, window, until)))
        .collect();
    let mut acknowledged = 0;
    for client in clients {
        let done = client.join();
        acknowledged += done.map_err(|_| anyhow::anyhow!("a client stopped"))??;
    }
    let elapsed = begun.elapsed().as_secs_f64();
    let cpu = before.zip(used(process));
    Ok(Rate {
        per_second: acknowledged as f64 / elapsed,
        per_cpu_second: cpu.map(|((before, _), (after, _))| {
            acknowledged as f64 * 1e6 / (after - before).max(1) as f64
        }),
        acknowledged,
    })
}

fn connect(address: &str, n: u64) -> anyhow::Result<TcpStream> {
    let until = Instant::now() + BEGINS;
    let mut stream = loop {
        match TcpStream::connect(address) {
            Ok(stream) => break stream,
            Err(error) if Instant::now() > until => return Err(error.into()),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    stream.set_nodelay(true)?;
    let mut connect = Connect::new(format!("bench-{n}"));
    connect.login = Some(Login::new(SENDER, SENDER));
    connect.keep_alive = 60;
    let mut sent = BytesMut::new();
    encode(&Packet::Connect(connect), &mut sent)?;
    stream.write_all(&sent)?;
    match next(&mut stream, &mut BytesMut::new())? {
        Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success => Ok(stream),
        other => bail!("{other:?}"),
    }
}

/// The next packet, waiting for it.
fn next(stream: &mut TcpStream, received: &mut BytesMut) -> anyhow::Result<Packet> {
    loop {
        if let Some(packet) = decode(received, 1 << 16)? {
            return Ok(packet);
        }
        let mut part = [0; 16 << 10];
        let read = stream.read(&mut part)?;
        if read == 0 {
            bail!("the broker closed the connection");
        }
        received.extend_from_slice(&part[..read]);
    }
}

/// Publishes readings of the client's own streams; gives how many were acknowledged.
fn client(mut stream: TcpStream, client: u64, window: u64, until: Instant) -> anyhow::Result<u64> {
    let (mut sent, mut acknowledged) = (0, 0);
    let mut received = BytesMut::new();
    let mut packets = BytesMut::new();
    loop {
        let over = Instant::now() >= until;
        if over && acknowledged == sent {
            return Ok(acknowledged);
        }
        while !over && sent - acknowledged < window {
            encode(&message(client, sent)?, &mut packets)?;
            sent += 1;
        }
        stream.write_all(&packets)?;
        packets.clear();
        // At least a quarter of them, so that messages go out in groups.
        let wait_for = acknowledged + ((sent - acknowledged) / 4).max(1);
        while acknowledged < wait_for {
            match next(&mut stream, &mut received)? {
                Packet::PubAck(_) => acknowledged += 1,
                other => bail!("{other:?}"),
            }
        }
    }
}

fn message(client: u64, n: u64) -> anyhow::Result<Packet> {
    let stream = 1 + (client * 101 + n) % STREAMS;
    let at = Timestamp::from_millisecond(EPOCH_MS + n as i64)?;
    let value = ((stream * 7 + n * 3) % 1000) as f64 / 10.0;
    let mut publish = Publish::new(
        format!("v1.1/Datastreams({stream})/Observations"),
        QoS::AtLeastOnce,
        format!(r#"{{"phenomenonTime":"{at}","result":{value}}}"#),
    );
    publish.pkid = (n % 65_535) as u16 + 1;
    Ok(Packet::Publish(publish))
}
