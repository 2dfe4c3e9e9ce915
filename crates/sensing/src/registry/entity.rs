//! Entities and what changes them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Kind;

/// Names one entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key(
    /// Its kind.
    pub Kind,
    /// Its number among those of its kind.
    pub u64,
);

/// An entity with its fields and the links that stand with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// Its kind and number.
    pub key: Key,
    /// Its fields.
    pub body: Map<String, Value>,
    /// Whom it is linked to: only kinds that [`Kind::owns_links_to`] names.
    pub links: BTreeSet<Key>,
}

impl Entity {
    /// The numbers of those of a kind that it is linked to.
    pub fn linked(&self, kind: Kind) -> impl Iterator<Item = u64> + '_ {
        let links = self.links.iter();
        links.filter(move |key| key.0 == kind).map(|key| key.1)
    }

    /// A text among its fields; empty where there is none.
    pub fn text(&self, field: &str) -> &str {
        self.body
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// What becomes of the register at once: all of it, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Entities as they are from now on; new ones among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<Entity>,
    /// Entities that are gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<Key>,
}
