//! The plainest register, which others are compared with.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use yiwang_base::Timestamp;

use super::{Change, Entity, Key, Kind, MOST_BYTES, Page, RegistryError, RegistryStore, Wanted};

/// A register in memory.
#[derive(Debug, Default)]
pub struct MemoryRegistry(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    entities: BTreeMap<Key, Entity>,
    last: BTreeMap<Kind, u64>,
}

impl Inner {
    fn are_linked(&self, one: Key, other: Key) -> bool {
        let links = |from: Key, to: Key| {
            let entity = self.entities.get(&from);
            entity.is_some_and(|entity| entity.links.contains(&to))
        };
        links(one, other) || links(other, one)
    }

    fn wanted<'a>(&'a self, wanted: &'a Wanted) -> impl Iterator<Item = &'a Entity> {
        let of_kind = self
            .entities
            .range(Key(wanted.kind, 0)..=Key(wanted.kind, u64::MAX));
        let named = |entity: &Entity| match &wanted.name {
            Some(name) => entity.body.get("name").and_then(Value::as_str) == Some(name),
            None => true,
        };
        of_kind
            .map(|(_, entity)| entity)
            .filter(move |entity| named(entity))
            .filter(move |entity| wanted.of.is_none_or(|of| self.are_linked(entity.key, of)))
    }
}

impl MemoryRegistry {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RegistryStore for MemoryRegistry {
    fn new_id(&self, kind: Kind) -> u64 {
        let mut inner = self.inner();
        let last = inner.last.entry(kind).or_default();
        *last += 1;
        *last
    }

    async fn change(&self, change: Change, _: String, _: Timestamp) -> Result<(), RegistryError> {
        let size = serde_json::to_string(&change).map_or(usize::MAX, |text| text.len());
        if size > MOST_BYTES {
            return Err(RegistryError::TooLarge(size));
        }
        let mut inner = self.inner();
        for key in change.set.iter().flat_map(|entity| &entity.links) {
            let set = change.set.iter().any(|entity| entity.key == *key);
            let there = set || inner.entities.contains_key(key);
            if !there || change.removed.contains(key) {
                return Err(RegistryError::NoSuch(*key));
            }
        }
        for key in &change.removed {
            inner.entities.remove(key);
            for entity in inner.entities.values_mut() {
                entity.links.remove(key);
            }
        }
        for entity in change.set {
            let last = inner.last.entry(entity.key.0).or_default();
            *last = (*last).max(entity.key.1);
            inner.entities.insert(entity.key, entity);
        }
        Ok(())
    }

    fn entity(&self, key: Key) -> Result<Option<Entity>, RegistryError> {
        Ok(self.inner().entities.get(&key).cloned())
    }

    fn page(&self, wanted: &Wanted) -> Result<Page, RegistryError> {
        let inner = self.inner();
        let found = inner.wanted(wanted);
        let found = found.filter(|entity| entity.key.1 > wanted.after);
        Ok(found.take(wanted.limit).cloned().collect())
    }

    fn count(&self, wanted: &Wanted) -> Result<u64, RegistryError> {
        Ok(self.inner().wanted(wanted).count() as u64)
    }

    fn neighbours(&self, key: Key, kind: Kind) -> Result<Vec<u64>, RegistryError> {
        let wanted = Wanted {
            kind,
            of: Some(key),
            name: None,
            after: 0,
            limit: usize::MAX,
        };
        let inner = self.inner();
        Ok(inner.wanted(&wanted).map(|entity| entity.key.1).collect())
    }
}
