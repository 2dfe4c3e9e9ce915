//! The keys: one line each for a reader, and what each allows.

use std::net::SocketAddr;

use toml::Value;
use tracing_subscriber::EnvFilter;
use yiwang_journal::SigningKey;

use crate::mqtt::read_address;

/// A key of the configuration.
#[derive(Debug)]
pub struct Key {
    /// Its name in the file; in the environment `YIWANG_` and the name in capitals.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// What is allowed, in words.
    pub allowed: &'static str,
    pub(super) default: Default,
    pub(super) allows: fn(&Value) -> bool,
}

#[derive(Debug)]
pub(super) enum Default {
    Text(&'static str),
    Number(i64),
    No,
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.name == other.name
    }
}

/// All of them.
pub static KEYS: [Key; 19] = [
    Key {
        name: "listen",
        about: "where the server listens",
        allowed: "an address and a port, such as 127.0.0.1:8080 or [::]:8080; port 0 takes a free one",
        default: Default::Text("127.0.0.1:8080"),
        allows: |value| text(value, |text| text.parse::<SocketAddr>().is_ok()),
    },
    Key {
        name: "log",
        about: "which log lines are written to standard error",
        allowed: "error, warn, info, debug, trace or off; also by module, such as info,yiwang_server::http=debug",
        default: Default::Text("info"),
        allows: |value| text(value, |text| EnvFilter::try_new(text).is_ok()),
    },
    Key {
        name: "max_body_bytes",
        about: "largest body of a call, bytes",
        allowed: "1024 to 67108864",
        default: Default::Number(1 << 20),
        allows: |value| number(value, 1024, 64 << 20),
    },
    Key {
        name: "mqtt_broker",
        about: "a broker that is not ours, from which readings are taken as well; empty for none",
        allowed: "an address such as mqtt://broker:1883 or mqtts://broker:8883; empty for none",
        default: Default::Text(""),
        allows: |value| {
            text(value, |text| {
                text.is_empty() || read_address(text).is_some()
            })
        },
    },
    Key {
        name: "mqtt_broker_certificates",
        about: "whom to trust as that broker, PEM; empty for whom the system trusts",
        allowed: "a path; empty for the system's",
        default: Default::Text(""),
        allows: Value::is_str,
    },
    Key {
        name: "mqtt_broker_password",
        about: "file with the password at that broker",
        allowed: "a path, with mqtt_broker_user; empty for none",
        default: Default::Text(""),
        allows: Value::is_str,
    },
    Key {
        name: "mqtt_broker_user",
        about: "name at that broker",
        allowed: "a name; empty for none",
        default: Default::Text(""),
        allows: Value::is_str,
    },
    Key {
        name: "mqtt_certificate",
        about: "TLS certificates of the MQTT broker, PEM, its own first; with it MQTT is spoken over TLS only",
        allowed: "a path, with mqtt_key; empty for none",
        default: Default::Text(""),
        allows: Value::is_str,
    },
    Key {
        name: "mqtt_key",
        about: "private key of the MQTT broker's certificate, PEM",
        allowed: "a path; empty for none",
        default: Default::Text(""),
        allows: Value::is_str,
    },
    Key {
        name: "mqtt_listen",
        about: "where the MQTT broker listens; empty for no broker",
        allowed: "an address and a port, such as 127.0.0.1:1883 or [::]:8883; port 0 takes a free one; empty for none",
        default: Default::Text(""),
        allows: |value| {
            text(value, |text| {
                text.is_empty() || text.parse::<SocketAddr>().is_ok()
            })
        },
    },
    Key {
        name: "readers",
        about: "queries of the record at once",
        allowed: "1 to 256",
        default: Default::Number(8),
        allows: |value| number(value, 1, 256),
    },
    Key {
        name: "readings_days",
        about: "until the record says otherwise: after how many days readings give way to summaries by minute, after four times as many by hour, after twenty times by day; 0 keeps them",
        allowed: "0 to 36500",
        default: Default::Number(0),
        allows: |value| number(value, 0, 36_500),
    },
    Key {
        name: "secure_cookie",
        about: "send the session cookie over TLS only; set it where a proxy speaks TLS",
        allowed: "true or false",
        default: Default::No,
        allows: Value::is_bool,
    },
    Key {
        name: "session_hours",
        about: "how long a sign-in lasts, hours",
        allowed: "1 to 720",
        default: Default::Number(12),
        allows: |value| number(value, 1, 720),
    },
    Key {
        name: "sign_every_seconds",
        about: "how long a new entry waits at most for a signed checkpoint, seconds",
        allowed: "1 to 86400",
        default: Default::Number(60),
        allows: |value| number(value, 1, 86_400),
    },
    Key {
        name: "trail_origin",
        about: "name of the trail, given to its key when that is made",
        allowed: "a name without spaces and +, such as yiwang.example/trail",
        default: Default::Text("yiwang.local/trail"),
        allows: |value| text(value, |text| SigningKey::from_seed(text, &[0; 32]).is_ok()),
    },
    Key {
        name: "webhook_attempts",
        about: "how often a webhook's event is tried before it is a dead letter",
        allowed: "1 to 100",
        default: Default::Number(10),
        allows: |value| number(value, 1, 100),
    },
    Key {
        name: "webhook_private",
        about: "let webhooks go to loopback and private addresses, and without TLS",
        allowed: "true or false",
        default: Default::No,
        allows: Value::is_bool,
    },
    Key {
        name: "webhook_retry_seconds",
        about: "first pause before a webhook is tried again, seconds; each later one is twice as long",
        allowed: "1 to 3600",
        default: Default::Number(10),
        allows: |value| number(value, 1, 3600),
    },
];

impl Key {
    /// The key of a name.
    pub fn named(name: &str) -> Option<&'static Key> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// Its variable in the environment.
    pub fn variable(&self) -> String {
        format!("YIWANG_{}", self.name.to_ascii_uppercase())
    }

    /// What it is unless set.
    pub fn default(&self) -> Value {
        match self.default {
            Default::Text(text) => Value::from(text),
            Default::Number(number) => Value::from(number),
            Default::No => Value::from(false),
        }
    }

    /// A value out of plain text, as a flag and the environment have it. Text
    /// of the wrong form stays text, which the key then does not allow.
    pub(super) fn read(&self, text: &str) -> Value {
        let as_text = || Value::from(text);
        match self.default {
            Default::Text(_) => as_text(),
            Default::Number(_) => text.parse().map_or_else(|_| as_text(), Value::Integer),
            Default::No => text.parse().map_or_else(|_| as_text(), Value::Boolean),
        }
    }
}

fn text(value: &Value, fits: impl Fn(&str) -> bool) -> bool {
    value.as_str().is_some_and(fits)
}

fn number(value: &Value, least: i64, most: i64) -> bool {
    value
        .as_integer()
        .is_some_and(|n| (least..=most).contains(&n))
}
