//! Whatever comes over a connection is read or refused, and never a panic.

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use yiwang_mqtt::{
    ConnAck, Connect, ConnectReturnCode, LastWill, Login, Malformed, Packet, PubAck, Publish, QoS,
    SubAck, Subscribe, SubscribeFilter, SubscribeReasonCode, UnsubAck, Unsubscribe, decode, encode,
};

const MOST: usize = 4096;

fn qos() -> impl Strategy<Value = QoS> {
    prop_oneof![Just(QoS::AtMostOnce), Just(QoS::AtLeastOnce)]
}

fn topic() -> impl Strategy<Value = String> {
    proptest::collection::vec("[a-z0-9水位]{0,6}", 1..4)
        .prop_map(|levels| levels.join("/"))
        .prop_filter("a topic is not empty", |topic| !topic.is_empty())
}

fn packet() -> impl Strategy<Value = Packet> {
    let payload = proptest::collection::vec(any::<u8>(), 0..200);
    let publish = (topic(), qos(), payload.clone(), 1..u16::MAX, any::<bool>()).prop_map(
        |(topic, qos, payload, number, retain)| {
            let mut publish = Publish::from_bytes(topic, qos, Bytes::from(payload));
            publish.retain = retain;
            if qos == QoS::AtLeastOnce {
                (publish.pkid, publish.dup) = (number, retain);
            }
            Packet::Publish(publish)
        },
    );
    let will = proptest::option::of((topic(), qos(), payload.clone(), any::<bool>()));
    let connect = ("[a-z0-9]{0,23}", any::<u16>(), any::<bool>(), will).prop_map(
        |(client_id, keep_alive, clean, will)| {
            let mut connect = Connect::new(client_id);
            (connect.keep_alive, connect.clean_session) = (keep_alive, clean);
            connect.login = clean.then(|| Login::new("gauge-1", "key"));
            connect.last_will = will.map(|(t, qos, says, keep)| LastWill::new(t, says, qos, keep));
            Packet::Connect(connect)
        },
    );
    let filters = proptest::collection::vec((topic(), qos()), 1..5);
    let subscribe = (1..u16::MAX, filters).prop_map(|(number, filters)| {
        let filters = filters.into_iter();
        let mut subscribe =
            Subscribe::new_many(filters.map(|(path, qos)| SubscribeFilter::new(path, qos)));
        subscribe.pkid = number;
        Packet::Subscribe(subscribe)
    });
    let unsubscribe = (1..u16::MAX, topic()).prop_map(|(number, filter)| {
        let mut unsubscribe = Unsubscribe::new(filter);
        unsubscribe.pkid = number;
        Packet::Unsubscribe(unsubscribe)
    });
    let number = 1..u16::MAX;
    prop_oneof![
        publish,
        connect,
        subscribe,
        unsubscribe,
        number.clone().prop_map(|n| Packet::PubAck(PubAck::new(n))),
        number
            .clone()
            .prop_map(|n| Packet::UnsubAck(UnsubAck::new(n))),
        (number, qos()).prop_map(|(n, qos)| {
            let codes = vec![
                SubscribeReasonCode::Success(qos),
                SubscribeReasonCode::Failure,
            ];
            Packet::SubAck(SubAck::new(n, codes))
        }),
        any::<bool>()
            .prop_map(|there| Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, there))),
        Just(Packet::PingReq),
        Just(Packet::PingResp),
        Just(Packet::Disconnect),
    ]
}

/// All packets of what was received, until one is not whole or is none.
fn decode_all(received: &[u8]) -> (Vec<Packet>, Option<Malformed>) {
    let mut received = BytesMut::from(received);
    let mut packets = Vec::new();
    loop {
        match decode(&mut received, MOST) {
            Ok(Some(packet)) => packets.push(packet),
            Ok(None) => return (packets, None),
            Err(error) => return (packets, Some(error)),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again_however_it_is_cut(
        packets in proptest::collection::vec(packet(), 1..6),
        cut in any::<proptest::sample::Index>(),
    ) {
        let mut sent = BytesMut::new();
        packets.iter().for_each(|packet| encode(packet, &mut sent).unwrap());
        prop_assert_eq!(decode_all(&sent), (packets.clone(), None));
        let at = cut.index(sent.len());
        let mut received = BytesMut::from(&sent[..at]);
        let mut read = Vec::new();
        while let Some(packet) = decode(&mut received, MOST).unwrap() {
            read.push(packet);
        }
        received.extend_from_slice(&sent[at..]);
        while let Some(packet) = decode(&mut received, MOST).unwrap() {
            read.push(packet);
        }
        prop_assert_eq!(read, packets);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        decode_all(&bytes);
    }

    #[test]
    fn damaged_packets_are_read_or_refused(
        packets in proptest::collection::vec(packet(), 1..4),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
        length in any::<proptest::sample::Index>(),
    ) {
        let mut sent = BytesMut::new();
        packets.iter().for_each(|packet| encode(packet, &mut sent).unwrap());
        for (at, byte) in damage {
            let at = at.index(sent.len());
            sent[at] = byte;
        }
        sent.truncate(length.index(sent.len()) + 1);
        decode_all(&sent);
    }
}

#[test]
fn a_packet_is_taken_off_once_it_is_whole() {
    let mut received = BytesMut::from(&[0xC0, 0x00, 0xC0][..]);
    assert_eq!(decode(&mut received, MOST), Ok(Some(Packet::PingReq)));
    assert_eq!(decode(&mut received, MOST), Ok(None));
}

#[test]
fn what_the_standard_forbids_is_refused() {
    let connect = |level: u8| {
        let mut bytes = vec![0x10, 12, 0, 4];
        bytes.extend_from_slice(b"MQTT");
        bytes.extend_from_slice(&[level, 2, 0, 10, 0, 0]);
        bytes
    };
    assert!(matches!(decode_all(&connect(4)), (packets, None) if packets.len() == 1));
    for level in [3, 5, 9] {
        assert_eq!(decode_all(&connect(level)).1, Some(Malformed::Version));
    }
    let bad: [&[u8]; 7] = [
        &[0x00, 0],                         // no such packet
        &[0xC1, 0],                         // flags of PINGREQ
        &[0x80, 6, 0, 1, 0, 1, b'a', 0],    // flags of SUBSCRIBE
        &[0x82, 6, 0, 0, 0, 1, b'a', 0],    // number 0
        &[0x30, 3, 0, 1, b'+'],             // a wildcard in a topic
        &[0x36, 5, 0, 1, b'a', 0, 1],       // QoS 3
        &[0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1], // a length of five bytes
    ];
    for bytes in bad {
        assert!(decode_all(bytes).1.is_some(), "{bytes:x?}");
    }
    assert_eq!(
        decode_all(&[0x30, 0xFF, 0x7F]).1,
        Some(Malformed::TooLarge(16_383))
    );
}
