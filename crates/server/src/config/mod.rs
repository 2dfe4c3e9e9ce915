//! Settings of the server: flag over environment over file over default.
//!
//! The file is TOML, one level of keys. [`KEYS`] is the whole list: what a key
//! is called, what it is unless set, and what is allowed. No key is a secret;
//! the trail's key is a file of its own.

mod keys;
mod source;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::{Table, Value};
use yiwang_base::{Refusal, RefusalKind};

pub use keys::{KEYS, Key};
pub use source::{FILE_NAME, Origin, Sources};

/// A setting that cannot be used: says where it stands, what was found and
/// what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub Refusal);

/// The settings, each in its type. The fields are the keys of [`KEYS`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Which log lines are written.
    pub log: String,
    /// Largest body of a call, bytes.
    pub max_body_bytes: usize,
    /// A broker that is not ours; none where it is empty.
    pub mqtt_broker: String,
    /// Whom to trust as that broker; the system's where it is empty.
    pub mqtt_broker_certificates: PathBuf,
    /// The file with the password there.
    pub mqtt_broker_password: PathBuf,
    /// The name there.
    pub mqtt_broker_user: String,
    /// TLS certificates of the MQTT broker; none where it is empty.
    pub mqtt_certificate: PathBuf,
    /// The private key that goes with them.
    pub mqtt_key: PathBuf,
    /// Where the MQTT broker listens; none where it is empty.
    #[serde(deserialize_with = "address_or_none")]
    pub mqtt_listen: Option<SocketAddr>,
    /// Queries of the record at once.
    pub readers: usize,
    /// After how many days readings give way to summaries; 0 keeps them.
    pub readings_days: u32,
    /// Whether the session cookie is sent over TLS only.
    pub secure_cookie: bool,
    /// How long a sign-in lasts, hours.
    pub session_hours: u32,
    /// How long a new entry waits at most for a signed checkpoint, seconds.
    pub sign_every_seconds: u64,
    /// Name of the trail, given to its key when that is made.
    pub trail_origin: String,
    /// How often a webhook's event is tried before it is a dead letter.
    pub webhook_attempts: u32,
    /// Whether webhooks may go to addresses inside the house and without TLS.
    pub webhook_private: bool,
    /// The first pause before a webhook is tried again, seconds.
    pub webhook_retry_seconds: u64,
}

/// An address, or none where the text is empty.
fn address_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(from)?;
    let address = (!text.is_empty()).then(|| text.parse().map_err(D::Error::custom));
    address.transpose()
}

/// One key as it came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The key.
    pub key: &'static Key,
    /// Its value.
    pub value: Value,
    /// Where that comes from.
    pub origin: Origin,
}

/// Settings with their origins.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The settings.
    pub settings: Settings,
    /// Each key, in the order of [`KEYS`].
    pub chosen: Vec<Chosen>,
    /// The file that was read, if there is one.
    pub file: Option<PathBuf>,
}

impl Config {
    /// Reads all sources.
    ///
    /// # Errors
    /// [`ConfigError`] for an unknown key, a value that is not allowed, or a
    /// file that cannot be read.
    pub fn load(sources: &Sources) -> Result<Config, ConfigError> {
        let (file, table) = sources.read_file()?;
        if let (Some(path), Some(key)) = (&file, table.keys().find(|key| Key::named(key).is_none()))
        {
            return Err(unknown(key, &Origin::File(path.clone())));
        }
        let chosen = KEYS
            .iter()
            .map(|key| choose(key, sources, file.as_ref(), &table))
            .collect::<Result<Vec<_>, _>>()?;
        let all: Table = chosen
            .iter()
            .map(|one| (one.key.name.to_owned(), one.value.clone()))
            .collect();
        let settings = Value::Table(all).try_into().map_err(|error| {
            ConfigError(Refusal::new(
                RefusalKind::Invalid,
                "config.value",
                "配置项不能使用",
                format!("the settings cannot be used: {error}"),
            ))
        })?;
        Ok(Config {
            settings,
            chosen,
            file,
        })
    }
}

fn choose(
    key: &'static Key,
    sources: &Sources,
    file: Option<&PathBuf>,
    table: &Table,
) -> Result<Chosen, ConfigError> {
    let from_file = || {
        let value = table.get(key.name)?.clone();
        Some((value, Origin::File(file?.clone())))
    };
    let (value, origin) = sources
        .flag(key)
        .or_else(|| sources.environment(key))
        .or_else(from_file)
        .unwrap_or_else(|| (key.default(), Origin::Default));
    if (key.allows)(&value) {
        Ok(Chosen { key, value, origin })
    } else {
        Err(ConfigError(
            Refusal::new(
                RefusalKind::Invalid,
                "config.value",
                format!("{}:{} 的值不能使用", origin.zh(), key.name),
                format!("{}: the value of {} cannot be used", origin, key.name),
            )
            .at(key.name)
            .found(plain(&value))
            .allowing([key.allowed]),
        ))
    }
}

/// Refuses a key that there is not.
pub(crate) fn unknown(key: &str, origin: &Origin) -> ConfigError {
    ConfigError(
        Refusal::new(
            RefusalKind::Invalid,
            "config.key",
            format!("{}：没有配置项 {key}", origin.zh()),
            format!("{origin}: there is no key {key}"),
        )
        .at(key)
        .allowing(KEYS.iter().map(|key| key.name)),
    )
}

/// A value as a person writes it: text without quotation marks.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(yes) => yes.to_string(),
        Value::Datetime(time) => time.to_string(),
        Value::Array(_) | Value::Table(_) => format!("a {}", value.type_str()),
    }
}

#[cfg(test)]
mod tests;
