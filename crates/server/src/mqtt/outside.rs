//! Readings from a broker that is not ours: its messages go through the same
//! mapping, and are acknowledged to it after their readings are durable.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use yiwang_mqtt::{
    ClientName, Connect, ConnectReturnCode, Login, Packet, PubAck, Publish, QoS, Subscribe,
    SubscribeFilter, SubscribeReasonCode,
};

use super::door::{Meant, meant, take};
use super::tls::connector;
use super::wire::Wire;
use crate::http::{App, now};

/// How readings from there are counted among the devices.
const SENDER: &str = "mqtt-broker";
/// The client's name there, under which the broker keeps what we missed.
const CLIENT: &str = "yiwang";
/// Where a broker says how many messages it has dropped.
const DROPPED: &str = "$SYS/broker/publish/messages/dropped";
/// Topics of SensorThings that are read there.
const SENSOR_THINGS: [&str; 2] = ["v1.1/Observations", "v1.1/+/Observations"];
/// By which number it is asked about them.
const ABOUT_DROPPED: u16 = 2;
/// How long connecting may take.
const WITHIN: Duration = Duration::from_secs(10);
/// How long the broker may be silent; it is asked twice as often.
const SILENT: Duration = Duration::from_secs(60);
/// The first pause before it is tried again, and the longest; each is twice
/// the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A broker, and how to speak to it.
pub struct Outside {
    host: String,
    port: u16,
    tls: Option<TlsConnector>,
    login: Option<Login>,
}

impl Outside {
    /// Reads an address `mqtt://HOST:PORT` or `mqtts://HOST:PORT`. `password` is
    /// a file; `certificates`, of whom to trust, may be empty for the system's.
    ///
    /// # Errors
    /// When the address is none, or a file cannot be read.
    pub fn new(
        url: &str,
        user: &str,
        password: &Path,
        certificates: &Path,
    ) -> anyhow::Result<Outside> {
        let (secure, host, port) = read_address(url)
            .with_context(|| format!("{url} is no address such as mqtt://broker:1883"))?;
        let login = match user {
            "" => None,
            user => {
                let read = std::fs::read_to_string(password);
                let read = read.with_context(|| {
                    format!("no password of the MQTT broker in {}", password.display())
                })?;
                Some(Login::new(user, read.trim_end_matches(['\r', '\n'])))
            }
        };
        Ok(Outside {
            tls: secure.then(|| connector(certificates)).transpose()?,
            host,
            port,
            login,
        })
    }
}

/// Whether TLS is spoken, the host and the port.
pub(crate) fn read_address(url: &str) -> Option<(bool, String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let secure = match scheme {
        "mqtt" => false,
        "mqtts" => true,
        _ => return None,
    };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (rest, if secure { 8883 } else { 1883 }),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let plain = !host.is_empty() && !host.contains(['/', '@', '?', ' ']);
    plain.then(|| (secure, host.to_owned(), port))
}

/// Reads from the broker until the server stops.
pub async fn follow(outside: Outside, app: Arc<App>) {
    let mut pause = FIRST_PAUSE;
    app.mqtt.note(|standing| {
        standing.host.clone_from(&outside.host);
        standing.since = Some(now());
    });
    loop {
        let began = Instant::now();
        let connected = tokio::select! {
            () = app.stopped() => return,
            connected = connect_and_read(&outside, &app) => connected,
        };
        let Err(error) = connected;
        app.mqtt.note(|standing| {
            if std::mem::take(&mut standing.connected) {
                standing.broken += 1;
                standing.since = Some(now());
            }
            standing.why = Some(error.to_string());
        });
        // One that held for a while begins anew.
        if began.elapsed() > LONGEST_PAUSE {
            pause = FIRST_PAUSE;
        }
        let pause_ms = pause.as_millis() as u64;
        tracing::warn!(%error, host = outside.host, pause_ms, "no connection to the MQTT broker; it is tried again");
        tokio::select! {
            () = app.stopped() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Never there: it ends by an error only.
enum Never {}

async fn connect_and_read(outside: &Outside, app: &Arc<App>) -> io::Result<Never> {
    let connecting = TcpStream::connect((outside.host.as_str(), outside.port));
    let stream = tokio::time::timeout(WITHIN, connecting).await??;
    stream.set_nodelay(true)?;
    match &outside.tls {
        None => read(Wire::new(stream, app.options.max_body), outside, app).await,
        Some(tls) => {
            let name = ServerName::try_from(outside.host.clone()).map_err(io::Error::other)?;
            let stream = tokio::time::timeout(WITHIN, tls.connect(name, stream)).await??;
            read(Wire::new(stream, app.options.max_body), outside, app).await
        }
    }
}

async fn read<S>(mut wire: Wire<S>, outside: &Outside, app: &Arc<App>) -> io::Result<Never>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut changes = app.sensing.mappings.changes();
    let mut connect = Connect::new(CLIENT);
    connect.clean_session = false;
    connect.keep_alive = SILENT.as_secs() as u16;
    connect.login = outside.login.clone();
    wire.put(&Packet::Connect(connect))?;
    wire.flush().await?;
    match tokio::time::timeout(WITHIN, wire.wait()).await?? {
        Packet::ConnAck(ack) if ack.code == ConnectReturnCode::Success => {}
        Packet::ConnAck(ack) => return Err(io::Error::other(format!("{:?}", ack.code))),
        other => return Err(io::Error::other(format!("{other:?} is no CONNACK"))),
    }
    tracing::info!(host = outside.host, "connected to the MQTT broker");
    app.mqtt.note(|standing| {
        standing.connected = true;
        standing.since = Some(now());
        standing.why = None;
    });
    let client = ClientName {
        account: SENDER.to_owned(),
        id: CLIENT.to_owned(),
    };
    subscribe(&mut wire, app)?;
    // Where it may not be heard, nobody knows.
    let mut dropped =
        Subscribe::new_many([SubscribeFilter::new(DROPPED.to_owned(), QoS::AtMostOnce)]);
    dropped.pkid = ABOUT_DROPPED;
    wire.put(&Packet::Subscribe(dropped))?;
    let mut heard = Instant::now();
    let mut ask_at = heard + SILENT / 2;
    loop {
        wire.flush().await?;
        tokio::select! {
            more = wire.fill() => {
                if !more? {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                heard = Instant::now();
                hear(&mut wire, app, &client).await?;
            }
            changed = changes.changed() => {
                changed.map_err(io::Error::other)?;
                subscribe(&mut wire, app)?;
            }
            () = tokio::time::sleep_until(ask_at) => {
                if heard.elapsed() > SILENT {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                wire.put(&Packet::PingReq)?;
                ask_at = Instant::now() + SILENT / 2;
            }
        }
    }
}

/// Subscribes to what there are mappings for. What there is none for any more
/// still comes, and is passed over.
fn subscribe<S>(wire: &mut Wire<S>, app: &App) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let filters = app.sensing.mappings.filters().into_iter();
    let filters = filters.chain(SENSOR_THINGS.map(String::from));
    let filters = filters.map(|filter| SubscribeFilter::new(filter, QoS::AtLeastOnce));
    let mut subscribe = Subscribe::new_many(filters);
    subscribe.pkid = 1;
    wire.put(&Packet::Subscribe(subscribe))
}

/// Takes all packets that have come.
async fn hear<S>(wire: &mut Wire<S>, app: &Arc<App>, client: &ClientName) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut messages: Vec<(Meant, Publish)> = Vec::new();
    let mut answered: Vec<u16> = Vec::new();
    loop {
        let Some(packet) = wire.next().map_err(io::Error::other)? else {
            break;
        };
        match packet {
            Packet::Publish(message) => {
                if message.qos != QoS::AtMostOnce {
                    answered.push(message.pkid);
                }
                if message.topic == DROPPED {
                    let said = std::str::from_utf8(&message.payload).ok();
                    let dropped = said.and_then(|said| said.trim().parse().ok());
                    app.mqtt.note(|standing| standing.dropped = dropped);
                    continue;
                }
                // What the broker retains was a reading when it came first.
                if !message.retain
                    && let Some(meant) = meant(app, &message.topic)
                {
                    messages.push((meant, message));
                }
            }
            Packet::SubAck(ack) => {
                let refused = ack.return_codes.contains(&SubscribeReasonCode::Failure);
                if refused && ack.pkid != ABOUT_DROPPED {
                    tracing::warn!("the MQTT broker does not allow all topics of the mappings");
                }
            }
            Packet::PingResp => {}
            other => return Err(io::Error::other(format!("{other:?} is not a broker's"))),
        }
    }
    if !messages.is_empty() {
        app.mqtt
            .note(|standing| standing.messages += messages.len() as u64);
        // Without an acknowledgement the broker sends them again.
        let fate = take(app, client, &messages, now()).await;
        let fate = fate.map_err(|why| io::Error::other(why.message.en))?;
        for (position, why) in fate.refused {
            let topic = &messages[position].1.topic;
            tracing::debug!(
                topic,
                code = why.code,
                "a message of the MQTT broker is refused"
            );
        }
    }
    for packet in answered {
        wire.put(&Packet::PubAck(PubAck::new(packet)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_scheme_host_and_port() {
        let read = |url| read_address(url).map(|(tls, host, port)| format!("{tls} {host} {port}"));
        for (url, expected) in [
            ("mqtt://broker", Some("false broker 1883")),
            ("mqtts://broker.example", Some("true broker.example 8883")),
            ("mqtt://127.0.0.1:1884", Some("false 127.0.0.1 1884")),
            ("mqtt://[::1]:1884", Some("false ::1 1884")),
            ("mqtt://[::1]", Some("false ::1 1883")),
            ("http://broker", None),
            ("mqtt://", None),
            ("mqtt://user:secret@broker", None),
            ("mqtt://broker:port", None),
            ("broker:1883", None),
        ] {
            assert_eq!(read(url).as_deref(), expected, "{url}");
        }
    }
}
