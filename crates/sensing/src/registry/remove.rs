//! What goes with an entity that is removed (18-088, table 25).

use std::collections::BTreeSet;

use yiwang_base::Refusal;

use super::draft::no_such;
use super::{Change, Entity, Key, Kind};

/// What a removal looks at in the register.
pub trait Looked {
    /// An entity.
    ///
    /// # Errors
    /// When the register cannot be read.
    fn entity(&self, key: Key) -> Result<Option<Entity>, Refusal>;
    /// Those of a kind that an entity is linked to, from either end.
    ///
    /// # Errors
    /// When the register cannot be read.
    fn neighbours(&self, key: Key, kind: Kind) -> Result<Vec<u64>, Refusal>;
}

/// Removes an entity and what cannot be without it: with a thing its
/// datastreams and historical locations, with a location those, with a sensor
/// or an observed property its datastreams. A thing keeps when its location is
/// removed, and only loses the link.
///
/// # Errors
/// When there is no such entity, or the register cannot be read.
pub fn removal(key: Key, register: &dyn Looked) -> Result<Change, Refusal> {
    let mut removed = BTreeSet::new();
    let mut waiting = vec![key];
    register.entity(key)?.ok_or_else(|| no_such(key))?;
    let mut unlinked = BTreeSet::new();
    while let Some(next) = waiting.pop() {
        if !removed.insert(next) {
            continue;
        }
        let with_it: &[Kind] = match next.0 {
            Kind::Thing => &[Kind::Datastream, Kind::HistoricalLocation],
            Kind::Location => &[Kind::HistoricalLocation],
            Kind::Sensor | Kind::ObservedProperty => &[Kind::Datastream],
            _ => &[],
        };
        for kind in with_it {
            let found = register.neighbours(next, *kind)?;
            waiting.extend(found.into_iter().map(|id| Key(*kind, id)));
        }
        let without_it: &[Kind] = match next.0 {
            Kind::Location => &[Kind::Thing, Kind::FeatureOfInterest],
            Kind::Datastream => &[Kind::FeatureOfInterest],
            _ => &[],
        };
        for kind in without_it {
            let found = register.neighbours(next, *kind)?;
            unlinked.extend(found.into_iter().map(|id| Key(*kind, id)));
        }
    }
    let mut set = Vec::new();
    for key in unlinked.difference(&removed) {
        if let Some(mut entity) = register.entity(*key)? {
            entity.links.retain(|link| !removed.contains(link));
            set.push(entity);
        }
    }
    Ok(Change {
        set,
        removed: removed.into_iter().collect(),
    })
}
