//! What a gateway needs to judge by itself, signed by the city.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use utoipa::ToSchema;
use yiwang_base::{Refusal, RefusalKind, RuleCode, Timestamp};
use yiwang_journal::{SigningKey, VerifierKey};
use yiwang_sensing::StreamId;
use yiwang_sensing::device::Device;
use yiwang_sensing::registry::{Entity, Key, Kind, RegistryStore as _};
use yiwang_sensing::rule::{Rule, Stream};
use yiwang_store::{ItemKind, Store};

use super::judge::Watch;
use super::link::{Link, LinkError};
use super::state::State;
use crate::alerting;
use crate::http::App;
use crate::mqtt::Mapping;

/// What is signed, as its statement says it.
const WHAT: &str = "edge bundle";
/// How often the city is asked for a newer bundle.
const RENEW_EVERY: Duration = Duration::from_secs(30);
/// Most entities in a bundle.
const MOST_ENTITIES: usize = 20_000;

/// A bundle and the city's signature of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Signed {
    /// The bundle, JSON as it was signed.
    pub bundle: String,
    /// A signed note (C2SP) that names the bundle's SHA-256.
    pub signature: String,
}

/// What a gateway needs to judge by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// For whom: the name of its account.
    pub gateway: String,
    /// How many entries the record had: a newer bundle has no fewer.
    pub entries: u64,
    /// What the city's clocks are ahead of UTC, minutes.
    pub offset_minutes: i32,
    /// The rules in use.
    pub rules: BTreeMap<RuleCode, Rule>,
    /// The gateway's streams as rules see them.
    pub streams: Vec<Stream>,
    /// The gateway's things, with all that hangs on them.
    pub entities: Vec<Entity>,
    /// Which messages of plain JSON are readings, as far as they are of the
    /// gateway's streams.
    pub mappings: BTreeMap<String, Mapping>,
    /// Most readings that the city takes of it in a minute.
    #[serde(default)]
    pub most_per_minute: Option<u64>,
}

impl Bundle {
    /// The bundle for a gateway as the record is now.
    ///
    /// # Errors
    /// When the record cannot be read, or the gateway has too many things.
    pub fn of(
        app: &App,
        gateway: &str,
        device: &Device,
        now: Timestamp,
    ) -> Result<Bundle, Refusal> {
        let (store, city) = (&app.store, app.city());
        let mut rules = alerting::rules(store)?;
        rules.retain(|_, rule| rule.active);
        let mut entities = BTreeMap::new();
        let mut streams = Vec::new();
        for thing in &device.things {
            let thing = Key(Kind::Thing, *thing);
            add(store, &mut entities, thing)?;
            for place in store.neighbours(thing, Kind::Location)? {
                add(store, &mut entities, Key(Kind::Location, place))?;
            }
            for id in store.neighbours(thing, Kind::Datastream)? {
                let key = Key(Kind::Datastream, id);
                add(store, &mut entities, key)?;
                for kind in [Kind::Sensor, Kind::ObservedProperty] {
                    for linked in store.neighbours(key, kind)? {
                        add(store, &mut entities, Key(kind, linked))?;
                    }
                }
                streams.extend(alerting::stream(store, &city, StreamId(id))?);
            }
        }
        let keys: Vec<Key> = entities.keys().copied().collect();
        let mut entities: Vec<Entity> = entities.into_values().collect();
        for entity in &mut entities {
            // A link to what is not the gateway's leads nowhere there.
            entity.links.retain(|link| keys.binary_search(link).is_ok());
        }
        let own = |stream: &u64| keys.binary_search(&Key(Kind::Datastream, *stream)).is_ok();
        let mut mappings = BTreeMap::new();
        for item in store.items(ItemKind::TopicMapping)? {
            let mut mapping: Mapping = item.read()?;
            mapping.streams.retain(|_, stream| own(stream));
            mapping.active &= !mapping.streams.is_empty();
            if mapping.active {
                mappings.insert(item.code, mapping);
            }
        }
        Ok(Bundle {
            gateway: gateway.to_owned(),
            entries: *store.durable().borrow(),
            offset_minutes: alerting::offset_minutes(&city, now),
            rules,
            streams,
            entities,
            mappings,
            most_per_minute: Some(device.most_per_minute),
        })
    }

    /// Signs it.
    ///
    /// # Errors
    /// When it cannot be written as JSON or signed.
    pub fn sign(&self, key: &SigningKey) -> anyhow::Result<Signed> {
        let bundle = serde_json::to_string(self)?;
        let signature = key.sign_document(WHAT, bundle.as_bytes())?;
        Ok(Signed { bundle, signature })
    }
}

fn add(store: &Store, found: &mut BTreeMap<Key, Entity>, key: Key) -> Result<(), Refusal> {
    if found.len() >= MOST_ENTITIES {
        return Err(Refusal::new(
            RefusalKind::TooMuch,
            "edge.too-many",
            "网关的物过多，请分给几个网关",
            "the gateway has too many things; divide them among several gateways",
        )
        .allowing([format!("0–{MOST_ENTITIES}")]));
    }
    if let Some(entity) = store.entity(key)? {
        found.insert(key, entity);
    }
    Ok(())
}

impl Signed {
    /// The bundle, if the city has signed it.
    ///
    /// # Errors
    /// When the signature is not the city's, or not of this bundle.
    pub fn open(&self, trust: &VerifierKey) -> anyhow::Result<Bundle> {
        trust.check_document(WHAT, self.bundle.as_bytes(), &self.signature)?;
        Ok(serde_json::from_str(&self.bundle)?)
    }
}

/// Asks the city for a newer bundle now and then, and follows it.
pub(super) async fn renew(
    link: Arc<Link>,
    trust: VerifierKey,
    state: Arc<Mutex<State>>,
    watch: Arc<Watch>,
) {
    loop {
        match link.bundle().await {
            Ok(signed) => {
                if let Err(error) = take(&signed, &trust, &state, &watch).await {
                    tracing::error!(%error, "a bundle is refused; the one before stays in use");
                }
            }
            Err(LinkError::Call(error)) => tracing::debug!(%error, "no bundle: the city is away"),
            Err(error) => tracing::warn!(%error, "the city gives no bundle"),
        }
        tokio::time::sleep(RENEW_EVERY).await;
    }
}

async fn take(
    signed: &Signed,
    trust: &VerifierKey,
    state: &Mutex<State>,
    watch: &Watch,
) -> anyhow::Result<()> {
    let bundle = signed.open(trust)?;
    let mut state = state.lock().await;
    if let Some(before) = &state.bundle {
        if before == signed {
            return Ok(());
        }
        let before = before.open(trust)?;
        anyhow::ensure!(
            bundle.gateway == before.gateway && bundle.entries >= before.entries,
            "it is older than the one in use, or another gateway's"
        );
        if (Bundle {
            entries: before.entries,
            ..bundle.clone()
        }) == before
        {
            return Ok(());
        }
    }
    watch.follow(&bundle).await?;
    state.follow(signed.clone())?;
    tracing::info!(
        rules = bundle.rules.len(),
        streams = bundle.streams.len(),
        "a bundle of the city's is in use"
    );
    Ok(())
}
