//! Sessions, subscriptions and retained messages through the broker's face.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use bytes::Bytes;
use yiwang_mqtt::{Broker, Cause, ClientName, Connected, Dropped, Limits, Message, Publish, QoS};

fn name(id: &str) -> ClientName {
    ClientName {
        account: "gauge-1".into(),
        id: id.into(),
    }
}

fn message(topic: &str, says: &str, qos: QoS) -> Message {
    Message {
        topic: topic.into(),
        payload: Bytes::from(says.to_owned()),
        qos,
        retain: false,
    }
}

fn sent(broker: &mut Broker, to: Connected) -> Vec<Publish> {
    std::iter::from_fn(|| broker.next(to)).collect()
}

fn says(sent: &[Publish]) -> Vec<&str> {
    let payloads = sent.iter();
    payloads
        .map(|publish| std::str::from_utf8(&publish.payload).unwrap())
        .collect()
}

#[test]
fn a_message_reaches_each_subscriber_once_with_the_lower_quality() {
    let mut broker = Broker::new(Limits::default());
    let one = broker.connect(&name("one"), true).unwrap();
    let two = broker.connect(&name("two"), true).unwrap();
    assert_eq!(
        broker.subscribe(one, "a/+", QoS::ExactlyOnce),
        Some(QoS::AtLeastOnce)
    );
    broker.subscribe(one, "a/#", QoS::AtMostOnce);
    broker.subscribe(two, "a/b", QoS::AtMostOnce);
    let wake = broker.publish("gate", &message("a/b", "x", QoS::AtLeastOnce));
    assert_eq!(wake, [one.session, two.session]);
    let (to_one, to_two) = (sent(&mut broker, one), sent(&mut broker, two));
    assert_eq!((says(&to_one), says(&to_two)), (vec!["x"], vec!["x"]));
    assert_eq!((to_one[0].qos, to_one[0].pkid), (QoS::AtLeastOnce, 1));
    assert_eq!(to_two[0].qos, QoS::AtMostOnce);
    broker.unsubscribe(two, "a/b");
    broker.publish("gate", &message("a/b", "y", QoS::AtMostOnce));
    assert_eq!(says(&sent(&mut broker, one)), ["y"]);
    assert!(sent(&mut broker, two).is_empty());
}

#[test]
fn a_persistent_session_gets_what_it_missed_and_what_it_did_not_acknowledge() {
    let mut broker = Broker::new(Limits::default());
    let first = broker.connect(&name("desk"), false).unwrap();
    assert!(!first.present);
    broker.subscribe(first, "a", QoS::AtLeastOnce);
    for says in ["1", "2"] {
        broker.publish("gate", &message("a", says, QoS::AtLeastOnce));
    }
    let before = sent(&mut broker, first);
    broker.acknowledge(first, before[0].pkid);
    broker.disconnect(first, 0);
    broker.publish("gate", &message("a", "3", QoS::AtLeastOnce));
    broker.publish("gate", &message("a", "surely not", QoS::AtMostOnce));
    assert_eq!(broker.kept(&name("desk")), 2);
    let again = broker.connect(&name("desk"), false).unwrap();
    assert!(again.present);
    let after = sent(&mut broker, again);
    assert_eq!(says(&after), ["2", "3"]);
    assert_eq!((after[0].pkid, after[0].dup), (before[1].pkid, true));
    assert!(!after[1].dup && after[1].pkid != after[0].pkid);
    // A clean session begins with nothing.
    let clean = broker.connect(&name("desk"), true).unwrap();
    assert!(!clean.present && sent(&mut broker, clean).is_empty());
    assert!(
        broker
            .publish("gate", &message("a", "4", QoS::AtLeastOnce))
            .is_empty()
    );
}

#[test]
fn whoever_takes_a_session_over_has_it_and_the_other_has_not() {
    let mut broker = Broker::new(Limits::default());
    let old = broker.connect(&name("desk"), false).unwrap();
    broker.subscribe(old, "a", QoS::AtLeastOnce);
    let new = broker.connect(&name("desk"), false).unwrap();
    let other = ClientName {
        account: "gauge-2".into(),
        id: "desk".into(),
    };
    assert!(
        !broker.connect(&other, false).unwrap().present,
        "another account's"
    );
    broker.publish("gate", &message("a", "x", QoS::AtLeastOnce));
    assert!(sent(&mut broker, old).is_empty());
    broker.disconnect(old, 0);
    assert_eq!(says(&sent(&mut broker, new)), ["x"]);
}

#[test]
fn the_last_message_of_a_topic_is_kept_until_an_empty_one() {
    let mut broker = Broker::new(Limits::default());
    let retain = |says: &str| Message {
        retain: true,
        ..message("gate/7", says, QoS::AtLeastOnce)
    };
    let early = broker.connect(&name("early"), true).unwrap();
    broker.subscribe(early, "gate/+", QoS::AtMostOnce);
    for says in ["shut", "open"] {
        broker.publish("gate", &retain(says));
    }
    assert!(
        sent(&mut broker, early)
            .iter()
            .all(|publish| !publish.retain)
    );
    let late = broker.connect(&name("late"), true).unwrap();
    broker.subscribe(late, "gate/#", QoS::AtLeastOnce);
    let got = sent(&mut broker, late);
    assert_eq!(says(&got), ["open"]);
    assert!(got[0].retain);
    broker.publish("gate", &retain(""));
    broker.subscribe(early, "gate/7", QoS::AtMostOnce);
    assert_eq!(
        says(&sent(&mut broker, early)),
        [""],
        "passed on, and not kept"
    );
}

/// What was dropped, without causes for which nothing was.
fn by_cause(dropped: Dropped) -> Vec<(&'static str, u64)> {
    let all = Cause::ALL.map(|cause| (cause.word(), dropped.by(cause)));
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}

#[test]
fn what_is_dropped_is_counted_by_its_cause() {
    let limits = Limits {
        waiting: 1,
        waiting_bytes: 20,
        account_bytes: 30,
        retained: 1,
        ..Limits::default()
    };
    let mut broker = Broker::new(limits);
    let slow = broker.connect(&name("slow"), false).unwrap();
    broker.subscribe(slow, "a", QoS::AtLeastOnce);
    broker.publish("gate", &message("a", &"x".repeat(20), QoS::AtLeastOnce));
    broker.publish("gate", &message("a", "1", QoS::AtLeastOnce));
    broker.publish("gate", &message("a", "2", QoS::AtLeastOnce));
    broker.publish("gate", &message("a", "3", QoS::AtMostOnce));
    let expected = [("at_most_once", 1), ("queue", 1), ("too_large", 1)];
    assert_eq!(by_cause(broker.account("gate").dropped), []);
    assert_eq!(by_cause(broker.all().dropped), expected);
    // What need not arrive is not kept for who is away, as the standard has it: that is
    // no loss.
    broker.disconnect(slow, 0);
    broker.publish("gate", &message("a", "4", QoS::AtMostOnce));
    assert_eq!(by_cause(broker.all().dropped), expected);
    let retain = |topic: &str, says: &str| Message {
        retain: true,
        ..message(topic, says, QoS::AtLeastOnce)
    };
    broker.publish("gate", &retain("b", &"x".repeat(40)));
    broker.publish("gate", &retain("b", "1"));
    broker.publish("gate", &retain("c", "1"));
    assert_eq!(
        by_cause(broker.account("gate").dropped),
        [("memory", 1), ("retained", 1)]
    );
}

#[test]
fn what_waits_is_bounded_and_what_does_not_fit_is_counted() {
    let limits = Limits {
        waiting: 3,
        unacknowledged: 2,
        filters: 1,
        sessions: 1,
        session_ms: 1000,
        ..Limits::default()
    };
    let mut broker = Broker::new(limits);
    let slow = broker.connect(&name("slow"), false).unwrap();
    assert!(broker.connect(&name("second"), true).is_none());
    broker.subscribe(slow, "a", QoS::AtLeastOnce);
    assert_eq!(broker.subscribe(slow, "b", QoS::AtLeastOnce), None);
    for n in 0..5 {
        broker.publish("gate", &message("a", &n.to_string(), QoS::AtLeastOnce));
    }
    assert_eq!(by_cause(broker.all().dropped), [("queue", 2)]);
    let first = sent(&mut broker, slow);
    assert_eq!(says(&first), ["0", "1"], "no more before it acknowledges");
    broker.acknowledge(slow, first[0].pkid);
    assert_eq!(says(&sent(&mut broker, slow)), ["2"]);
    broker.disconnect(slow, 0);
    broker.expire(1000);
    assert_eq!(broker.kept(&name("slow")), 2);
    broker.expire(1001);
    assert_eq!(broker.kept(&name("slow")), 0);
    assert_eq!(broker.all().dropped.total(), 2, "still counted");
}

#[test]
fn what_is_kept_for_an_account_is_bounded_in_bytes_and_what_is_dropped_is_told() {
    let limits = Limits {
        account_bytes: 30,
        all_bytes: 50,
        account_sessions: 2,
        account_retained: 2,
        ..Limits::default()
    };
    let mut broker = Broker::new(limits);
    let client = |account: &str, id: &str| ClientName {
        account: account.into(),
        id: id.into(),
    };
    // Two clients of one account share its bytes; a third may not come in.
    for id in ["1", "2"] {
        let connected = broker.connect(&client("a", id), false).unwrap();
        broker.subscribe(connected, "t", QoS::AtLeastOnce).unwrap();
        broker.disconnect(connected, 0);
    }
    assert!(broker.connect(&client("a", "3"), false).is_none());
    // Ten bytes each, with their topic.
    for _ in 0..2 {
        broker.publish("x", &message("t", "123456789", QoS::AtLeastOnce));
    }
    let usage = broker.account("a");
    assert_eq!(
        (usage.sessions, usage.bytes, usage.dropped.total()),
        (2, 30, 1)
    );
    assert_eq!(by_cause(usage.dropped), [("memory", 1)]);
    // Somebody else has room of its own, as long as there is some for all.
    let other = broker.connect(&client("b", "1"), false).unwrap();
    broker.subscribe(other, "t", QoS::AtLeastOnce).unwrap();
    broker.publish("x", &message("t", "12345678901234", QoS::AtLeastOnce));
    assert_eq!(broker.account("b").bytes, 15);
    broker.publish("x", &message("t", "123456789", QoS::AtLeastOnce));
    let dropped = broker.account("b").dropped;
    assert_eq!(
        (by_cause(dropped), broker.all().bytes),
        (vec![("memory", 1)], 45)
    );
    // What is acknowledged makes room again, sent or not.
    let sent = broker.next(other).unwrap();
    assert_eq!(
        broker.account("b").bytes,
        15,
        "it may have to be sent again"
    );
    broker.acknowledge(other, sent.pkid);
    assert_eq!((broker.account("b").bytes, broker.all().bytes), (0, 30));
    // Retained messages are whose they were published by.
    let retain = |topic: &str, says: &str| Message {
        retain: true,
        ..message(topic, says, QoS::AtLeastOnce)
    };
    for topic in ["1", "2", "3"] {
        broker.publish("c", &retain(topic, "12"));
    }
    let usage = broker.account("c");
    assert_eq!((usage.retained, usage.bytes), (2, 6));
    assert_eq!(by_cause(usage.dropped), [("retained", 1)]);
    broker.publish("d", &retain("1", "1234"));
    assert_eq!(
        (broker.account("c").bytes, broker.account("d").bytes),
        (3, 5)
    );
    broker.publish("d", &retain("1", ""));
    assert_eq!(broker.account("d"), yiwang_mqtt::Usage::default());
    // A session that is forgotten leaves nothing behind but what it dropped.
    broker.expire(i64::MAX);
    let usage = broker.account("a");
    assert_eq!(
        (usage.sessions, usage.bytes, usage.dropped.total()),
        (0, 0, 5)
    );
}
