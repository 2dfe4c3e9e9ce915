//! One client, from its CONNECT to its end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_mqtt::{
    ClientName, ConnAck, Connect, ConnectReturnCode, Connected, LastWill, Malformed, Message,
    Packet, PubAck, Publish, QoS, SubAck, Subscribe, SubscribeReasonCode, UnsubAck,
};
use yiwang_sensing::device::Device;

use super::door::{Meant, meant, take};
use super::wire::Wire;
use super::{Hub, announce, hub, refusals_topic};
use crate::http::{App, Session, now};
use crate::policy::{Right, User};

/// How long a client may take to say who it is.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// Largest packet of a client that has not said who it is, bytes.
const MOST_BEFORE: usize = 16 << 10;
/// How often it is asked whether the client may still be connected.
const ASK_EVERY: Duration = Duration::from_secs(30);
/// How much is gathered before it is sent, bytes.
const SEND_AT: usize = 64 << 10;

/// Serves a client until it goes, or has to.
pub(super) async fn serve<S>(stream: S, app: &Arc<App>, hub: &Hub)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut wire = Wire::new(stream, MOST_BEFORE);
    match tokio::time::timeout(CONNECT_WITHIN, welcome(&mut wire, app, hub)).await {
        Ok(Ok(Some((mut client, place)))) => {
            wire.most = app.options.max_body;
            let connected = client.connected;
            let ended = client.run(&mut wire, &place).await;
            if let Err(error) = &ended {
                tracing::debug!(%error, client = client.name.id, "a connection of MQTT has ended");
            }
            // Only a DISCONNECT takes the will back.
            if !matches!(ended, Ok(End::Said)) {
                client.will().await;
            }
            hub.leave(place, Some(connected), now());
        }
        Ok(Ok(None)) | Err(_) => {}
        Ok(Err(error)) => tracing::debug!(%error, "no CONNECT of MQTT"),
    }
    wire.close().await;
}

/// How a connection ended.
enum End {
    /// The client said so.
    Said,
    /// Another way.
    Cut,
}

/// A client that has said who it is.
struct Client<'a> {
    app: &'a Arc<App>,
    hub: &'a Hub,
    name: ClientName,
    user: User,
    device: Option<Device>,
    session: Session,
    connected: Connected,
    keep_alive: Option<Duration>,
    will: Option<LastWill>,
}

/// Hears a CONNECT and answers it; none where the client may not come in.
async fn welcome<'a, S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    app: &'a Arc<App>,
    hub: &'a Hub,
) -> io::Result<Option<(Client<'a>, hub::Place)>> {
    let refuse = |code| Packet::ConnAck(ConnAck::new(code, false));
    let connect = loop {
        match wire.next() {
            Ok(Some(Packet::Connect(connect))) => break connect,
            Ok(Some(_)) => return Ok(None),
            Ok(None) if wire.fill().await? => {}
            Ok(None) => return Ok(None),
            Err(Malformed::Version) => {
                wire.put(&refuse(ConnectReturnCode::RefusedProtocolVersion))?;
                wire.flush().await?;
                return Ok(None);
            }
            Err(error) => return Err(io::Error::other(error)),
        }
    };
    let code = match sign_in(app, &connect).await {
        Ok(Some((user, session))) => match enter(app, hub, connect, user, session).await {
            Ok((client, place)) => {
                let present = client.connected.present;
                wire.put(&Packet::ConnAck(ConnAck::new(
                    ConnectReturnCode::Success,
                    present,
                )))?;
                return Ok(Some((client, place)));
            }
            Err(code) => code,
        },
        Ok(None) => ConnectReturnCode::BadUserNamePassword,
        Err(refusal) => {
            tracing::warn!(error = %refusal, "a client of MQTT cannot sign in");
            ConnectReturnCode::ServiceUnavailable
        }
    };
    wire.put(&refuse(code))?;
    wire.flush().await?;
    Ok(None)
}

/// Whose name and key these are.
async fn sign_in(app: &App, connect: &Connect) -> Result<Option<(User, Session)>, Refusal> {
    let Some(login) = &connect.login else {
        return Ok(None);
    };
    let session = Session::of_key(&login.password);
    let user = session.user(app).await?;
    let user = user.filter(|user| user.account.name.as_str() == login.username);
    Ok(user.map(|user| (user, session)))
}

async fn enter<'a>(
    app: &'a Arc<App>,
    hub: &'a Hub,
    connect: Connect,
    user: User,
    session: Session,
) -> Result<(Client<'a>, hub::Place), ConnectReturnCode> {
    let account = user.account.name.to_string();
    if connect.client_id.is_empty() && !connect.clean_session {
        return Err(ConnectReturnCode::BadClientId);
    }
    let id = match connect.client_id {
        id if id.is_empty() => {
            crate::http::new_token().map_err(|_| ConnectReturnCode::ServiceUnavailable)?
        }
        id => id,
    };
    let device = app.sensing.devices.device(&account);
    if let Some(will) = &connect.last_will
        && !user.may_publish(device.as_ref(), &will.topic)
        && !(meant(app, &will.topic).is_some() && user.may(Right::SendReadings))
    {
        return Err(ConnectReturnCode::NotAuthorized);
    }
    let name = ClientName { account, id };
    let place = hub.enter(&name).await;
    let place = place.ok_or(ConnectReturnCode::ServiceUnavailable)?;
    let Some(connected) = hub.connect(&place, connect.clean_session) else {
        hub.leave(place, None, now());
        return Err(ConnectReturnCode::ServiceUnavailable);
    };
    // What it subscribed to before, it may still have to be allowed.
    hub.with(|broker| {
        for filter in broker.filters(connected) {
            if !user.may_subscribe(device.as_ref(), &filter) {
                broker.unsubscribe(connected, &filter);
            }
        }
    });
    let keep_alive = u64::from(connect.keep_alive);
    let client = Client {
        app,
        hub,
        name,
        user,
        device,
        session,
        connected,
        keep_alive: (keep_alive > 0).then(|| Duration::from_millis(keep_alive * 1500)),
        will: connect.last_will,
    };
    Ok((client, place))
}

impl Client<'_> {
    async fn run<S>(&mut self, wire: &mut Wire<S>, place: &hub::Place) -> io::Result<End>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut last_heard = Instant::now();
        let mut ask_at = last_heard + ASK_EVERY;
        loop {
            if place.signal.ended() {
                return Ok(End::Cut);
            }
            while let Some(publish) = self.hub.with(|broker| broker.next(self.connected)) {
                wire.put(&Packet::Publish(publish))?;
                if wire.unsent() >= SEND_AT {
                    wire.flush().await?;
                }
            }
            wire.flush().await?;
            let silent_at = self.keep_alive.map(|limit| last_heard + limit);
            let due = silent_at.map_or(ask_at, |at| at.min(ask_at));
            tokio::select! {
                more = wire.fill() => {
                    if !more? {
                        return Ok(End::Cut);
                    }
                    if let Some(end) = self.hear(wire).await? {
                        return Ok(end);
                    }
                    last_heard = Instant::now();
                }
                () = place.signal.wake.notified() => {}
                () = tokio::time::sleep_until(due) => {
                    if silent_at.is_some_and(|at| at <= Instant::now()) {
                        return Ok(End::Cut);
                    }
                    if !self.is_still_allowed().await {
                        return Ok(End::Cut);
                    }
                    ask_at = Instant::now() + ASK_EVERY;
                }
                () = self.app.stopped() => return Ok(End::Cut),
            }
        }
    }

    async fn is_still_allowed(&self) -> bool {
        let device = self.app.sensing.devices.device(&self.name.account);
        device == self.device && self.session.is_still(self.app, &self.user).await
    }

    /// Takes all packets that have come. Messages with readings that follow one
    /// another are kept together.
    async fn hear<S>(&mut self, wire: &mut Wire<S>) -> io::Result<Option<End>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut readings: Vec<(Meant, Publish)> = Vec::new();
        loop {
            let packet = match wire.next() {
                Ok(packet) => packet,
                Err(error) => {
                    self.app
                        .sensing
                        .devices
                        .malformed(&self.name.account, now());
                    return Err(io::Error::other(error));
                }
            };
            match packet {
                Some(Packet::Publish(message)) => {
                    if message.qos == QoS::ExactlyOnce {
                        return Err(io::Error::other("QoS 2 is not spoken"));
                    }
                    if let Some(meant) = meant(self.app, &message.topic) {
                        readings.push((meant, message));
                        continue;
                    }
                    self.keep(wire, &mut readings).await?;
                    self.pass_on(wire, message)?;
                }
                other => {
                    self.keep(wire, &mut readings).await?;
                    let Some(packet) = other else { return Ok(None) };
                    if let Some(end) = self.answer(wire, packet)? {
                        return Ok(Some(end));
                    }
                }
            }
        }
    }

    /// Answers what is no message.
    fn answer<S>(&mut self, wire: &mut Wire<S>, packet: Packet) -> io::Result<Option<End>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        match packet {
            Packet::PubAck(ack) => self
                .hub
                .with(|broker| broker.acknowledge(self.connected, ack.pkid)),
            Packet::Subscribe(subscribe) => wire.put(&self.subscribe(&subscribe))?,
            Packet::Unsubscribe(unsubscribe) => {
                self.hub.with(|broker| {
                    for filter in &unsubscribe.topics {
                        broker.unsubscribe(self.connected, filter);
                    }
                });
                wire.put(&Packet::UnsubAck(UnsubAck::new(unsubscribe.pkid)))?;
            }
            Packet::PingReq => wire.put(&Packet::PingResp)?,
            Packet::Disconnect => return Ok(Some(End::Said)),
            // It may be a CONNECT, with a key in it.
            _ => return Err(io::Error::other("a packet that is not a client's")),
        }
        Ok(None)
    }

    fn subscribe(&self, subscribe: &Subscribe) -> Packet {
        let codes = subscribe.filters.iter().map(|asked| {
            let ours = asked.path.starts_with("v1.1/");
            let allowed = self.user.may_subscribe(self.device.as_ref(), &asked.path)
                && (!ours || announce::is_announced(&asked.path));
            let granted = allowed
                .then(|| self.hub.subscribe(self.connected, &asked.path, asked.qos))
                .flatten();
            granted.map_or(SubscribeReasonCode::Failure, SubscribeReasonCode::Success)
        });
        Packet::SubAck(SubAck::new(subscribe.pkid, codes.collect()))
    }

    /// Keeps the readings of messages; then acknowledges them.
    async fn keep<S>(
        &self,
        wire: &mut Wire<S>,
        readings: &mut Vec<(Meant, Publish)>,
    ) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        if readings.is_empty() {
            return Ok(());
        }
        let messages = std::mem::take(readings);
        let taken = match self.user.must(Right::SendReadings) {
            Ok(()) => take(self.app, &self.name, &messages, now()).await,
            Err(refusal) => Err(refusal),
        };
        let refused: Vec<usize> = match taken {
            Ok(fate) => {
                for (position, why) in &fate.refused {
                    self.tell(&messages[*position].1.topic, why);
                }
                fate.refused.iter().map(|(position, _)| *position).collect()
            }
            Err(why) => {
                self.tell(&messages[0].1.topic, &why);
                return self.refuse(wire, &why).await;
            }
        };
        for (_, message) in &messages {
            acknowledge(wire, message)?;
        }
        self.pass_on_kept(messages, &refused);
        Ok(())
    }

    /// Gives messages of mapped topics to their subscribers; those of
    /// SensorThings are given as the observations that they became.
    fn pass_on_kept(&self, messages: Vec<(Meant, Publish)>, refused: &[usize]) {
        let kept = messages.into_iter().enumerate();
        let kept = kept.filter(|(position, _)| !refused.contains(position));
        let mapped = kept.filter_map(|(_, (meant, message))| match meant {
            Meant::Mapped(_) => Some(message),
            Meant::Observation(_) => None,
        });
        self.hub.publish(
            &self.name.account,
            mapped.map(|message| Message {
                retain: message.retain
                    && self.user.may_publish(self.device.as_ref(), &message.topic),
                topic: message.topic.into(),
                payload: own(&message.payload),
                qos: message.qos,
            }),
        );
    }

    /// Gives a message to its subscribers.
    fn pass_on<S>(&self, wire: &mut Wire<S>, message: Publish) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        if !self.user.may_publish(self.device.as_ref(), &message.topic) {
            self.tell(&message.topic, &not_allowed(&message.topic));
            return Err(io::Error::other("a topic that is not the client's"));
        }
        acknowledge(wire, &message)?;
        self.hub.publish(
            &self.name.account,
            [Message {
                topic: message.topic.into(),
                payload: own(&message.payload),
                qos: message.qos,
                retain: message.retain,
            }],
        );
        Ok(())
    }

    /// Ends the connection without an acknowledgement, so that the client sends
    /// its messages again; what it is told of the reason goes before.
    async fn refuse<S>(&self, wire: &mut Wire<S>, why: &Refusal) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        while let Some(publish) = self.hub.with(|broker| broker.next(self.connected)) {
            wire.put(&Packet::Publish(publish))?;
        }
        wire.flush().await?;
        Err(io::Error::other(why.message.en.clone()))
    }

    /// Says what was refused under the account's own topic.
    fn tell(&self, topic: &str, why: &Refusal) {
        let said = json!({
            "topic": topic,
            "code": why.code,
            "detail": {"zh": why.message.zh, "en": why.message.en},
            "field": why.field,
            "found": why.found,
            "allowed": why.allowed,
        });
        self.hub.publish(
            &self.name.account,
            [Message {
                topic: refusals_topic(&self.name.account).into(),
                payload: Bytes::from(said.to_string()),
                qos: QoS::AtLeastOnce,
                retain: false,
            }],
        );
    }

    /// Publishes the will.
    async fn will(&mut self) {
        let Some(will) = self.will.take() else { return };
        let mut message = Publish::from_bytes(will.topic, will.qos, will.message);
        message.retain = will.retain;
        if let Some(meant) = meant(self.app, &message.topic) {
            let messages = vec![(meant, message)];
            let (refused, told) = match take(self.app, &self.name, &messages, now()).await {
                Ok(fate) => (!fate.refused.is_empty(), fate.refused.into_iter().next()),
                Err(why) => (true, Some((0, why))),
            };
            if let Some((_, why)) = told {
                self.tell(&messages[0].1.topic, &why);
            }
            if !refused {
                self.pass_on_kept(messages, &[]);
            }
            return;
        }
        self.hub.publish(
            &self.name.account,
            [Message {
                topic: message.topic.into(),
                payload: own(&message.payload),
                qos: message.qos,
                retain: message.retain,
            }],
        );
    }
}

/// A copy: what was read at once with it need not be kept as long.
fn own(payload: &Bytes) -> Bytes {
    Bytes::copy_from_slice(payload)
}

fn acknowledge<S>(wire: &mut Wire<S>, message: &Publish) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match message.qos {
        QoS::AtMostOnce => Ok(()),
        _ => wire.put(&Packet::PubAck(PubAck::new(message.pkid))),
    }
}

fn not_allowed(topic: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "mqtt.topic",
        "不能向此主题发布；请数据管理员在设备登记中加入",
        "this topic is not yours to publish under; ask the data steward to add it to the device's registration",
    )
    .at("topic")
    .found(topic)
}
