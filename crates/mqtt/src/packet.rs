//! Packets off and onto the wire, by the codec of `rumqttc`, which leaves the
//! flags of the first byte and characters of topics to its caller.

use bytes::BytesMut;
use rumqttc::{Error, Packet, Protocol};

use crate::topic::{is_filter, is_topic};

/// What came is no packet of MQTT 3.1.1; the connection cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Another version of the protocol.
    #[error("another version of the protocol")]
    Version,
    /// Larger than is taken, bytes.
    #[error("a packet of {0} bytes")]
    TooLarge(usize),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// Takes the next packet off what was received; none where it is not whole yet.
/// `most` is the largest, bytes.
///
/// # Errors
/// What is no packet. After it nothing that follows can be read.
///
/// # Examples
/// Of `C0 00 C0` the first two bytes are a `PINGREQ`; of the next packet more has to come.
pub fn decode(received: &mut BytesMut, most: usize) -> Result<Option<Packet>, Malformed> {
    let Some(first) = received.first().copied() else {
        return Ok(None);
    };
    // 2.2.2: flags of all but PUBLISH are fixed.
    let flags = first & 0x0F;
    let right = match first >> 4 {
        3 => true,
        6 | 8 | 10 => flags == 2,
        1..=14 => flags == 0,
        _ => false,
    };
    if !right {
        return Err(other("the first byte of a packet is wrong"));
    }
    let packet = match Packet::read(received, most) {
        Ok(packet) => packet,
        Err(Error::InsufficientBytes(_)) => return Ok(None),
        Err(Error::PayloadSizeLimitExceeded(bytes)) => return Err(Malformed::TooLarge(bytes)),
        Err(Error::InvalidProtocol | Error::InvalidProtocolLevel(_)) => {
            return Err(Malformed::Version);
        }
        Err(error) => return Err(other(error)),
    };
    check(&packet)?;
    Ok(Some(packet))
}

fn check(packet: &Packet) -> Result<(), Malformed> {
    let right = match packet {
        Packet::Connect(connect) if connect.protocol != Protocol::V4 => {
            return Err(Malformed::Version);
        }
        Packet::Connect(connect) => {
            !connect.client_id.contains('\0')
                && connect.last_will.iter().all(|will| is_topic(&will.topic))
        }
        Packet::Publish(publish) => is_topic(&publish.topic),
        Packet::Subscribe(subscribe) => {
            subscribe.pkid != 0 && subscribe.filters.iter().all(|one| is_filter(&one.path))
        }
        Packet::Unsubscribe(unsubscribe) => {
            unsubscribe.pkid != 0 && unsubscribe.topics.iter().all(|one| is_filter(one))
        }
        _ => true,
    };
    right
        .then_some(())
        .ok_or_else(|| other("a topic, a filter or a packet's number is wrong"))
}

/// Appends a packet to what is to be sent.
///
/// # Errors
/// When it cannot be said in MQTT: a packet beyond 256 MiB, or a message
/// without a number that must have one.
pub fn encode(packet: &Packet, sent: &mut BytesMut) -> Result<(), Malformed> {
    // The largest length that four bytes can say, and the five bytes before it.
    const MOST: usize = 268_435_455 + 5;
    // The codec puts the flags of CONNECT where they are in a buffer of its own.
    let mut alone = BytesMut::new();
    let into = match packet {
        Packet::Connect(_) => &mut alone,
        _ => &mut *sent,
    };
    packet.write(into, MOST).map_err(other)?;
    sent.extend_from_slice(&alone);
    Ok(())
}

fn other(error: impl std::fmt::Display) -> Malformed {
    Malformed::Other(error.to_string())
}
