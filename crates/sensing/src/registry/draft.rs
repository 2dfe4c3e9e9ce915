//! Drafting entities: one, or one with all that hangs on it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use yiwang_base::field::unfit;
use yiwang_base::{Refusal, RefusalKind, Timestamp};

use super::{Change, Entity, Field, Key, Kind, Sort};

/// What a caller asks to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its kind.
    pub kind: Kind,
    /// Its fields.
    pub body: Map<String, Value>,
    /// Whom it is to be linked to.
    pub links: Vec<Target>,
}

/// One end of a link of a draft.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// An entity that is there.
    There(Key),
    /// One that is made with it.
    New(Box<Draft>),
}

impl Target {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Target::There(key) => key.0,
            Target::New(draft) => draft.kind,
        }
    }
}

/// Gives out the next number of a kind.
pub type NewIds<'a> = &'a mut dyn FnMut(Kind) -> u64;

/// Makes a draft, and all that is made with it, into a change. The first
/// entity set is the draft's own. `current` are entities that are there and
/// that get links of their own by it: a thing that a new location is of.
/// A thing that is put somewhere gets a historical location from `now` on.
///
/// # Errors
/// A refusal that names the field or the relation at fault.
pub fn draft_new(
    draft: &Draft,
    current: &dyn Fn(Key) -> Option<Entity>,
    now: Timestamp,
    ids: NewIds<'_>,
) -> Result<Change, Refusal> {
    let mut making = Making {
        set: Vec::new(),
        located: Vec::new(),
        current,
        ids,
    };
    making.make(draft, "")?;
    making.finish(now)
}

struct Making<'a, 'b> {
    set: Vec<Entity>,
    /// Things whose places were said, with those places.
    located: Vec<(Key, BTreeSet<Key>)>,
    current: &'a dyn Fn(Key) -> Option<Entity>,
    ids: NewIds<'b>,
}

impl Making<'_, '_> {
    /// Makes the draft's entity and those that it is linked to; returns its key.
    fn make(&mut self, draft: &Draft, at: &str) -> Result<Key, Refusal> {
        if draft.kind == Kind::Observation {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "registry.observation",
                "请先建立数据流，再发送观测",
                "make the datastream first, then send observations",
            )
            .at(at));
        }
        let mut body = Map::new();
        for field in draft.kind.fields() {
            match draft.body.get(field.name) {
                None | Some(Value::Null) if field.required => {
                    return Err(missing(&within(at, field.name)));
                }
                None | Some(Value::Null) => {}
                Some(value) if check(*field, value, at)? => {
                    body.insert(field.name.to_owned(), value.clone());
                }
                Some(_) => {}
            }
        }
        let key = Key(draft.kind, (self.ids)(draft.kind));
        let place = self.set.len();
        self.set.push(Entity {
            key,
            body,
            links: BTreeSet::new(),
        });
        let mut own = BTreeSet::new();
        for (place, target) in draft.links.iter().enumerate() {
            let before = draft.links[..place].iter();
            let index = before.filter(|b| b.kind() == target.kind()).count();
            let name = draft.kind.relation_to(target.kind());
            let at = within(at, &format!("{}[{index}]", name.map_or("", |r| r.name)));
            let owned = draft.kind.owns_links_to().contains(&target.kind());
            let other = match target {
                Target::There(other) => *other,
                // What needs this one is told of it before it is checked.
                Target::New(new) if !owned => {
                    let mut new = Draft::clone(new);
                    new.links.push(Target::There(key));
                    self.make(&new, &at)?
                }
                Target::New(new) => self.make(new, &at)?,
            };
            if owned {
                own.insert(other);
            } else if matches!(target, Target::There(_)) {
                self.link_from(other, key)?;
            }
        }
        self.set[place].links.clone_from(&own);
        for relation in draft.kind.relations() {
            let owned = draft.kind.owns_links_to().contains(&relation.to);
            let count = own.iter().filter(|key| key.0 == relation.to).count();
            if owned && !relation.many && count != 1 {
                let at = within(at, relation.name);
                return Err(if count == 0 {
                    missing(&at)
                } else {
                    too_many(&at)
                });
            }
        }
        let places: BTreeSet<Key> = own.into_iter().filter(|k| k.0 == Kind::Location).collect();
        if draft.kind == Kind::Thing && !places.is_empty() {
            self.located.push((key, places));
        }
        Ok(key)
    }

    /// Links an entity that is there, or is being made, to `key`.
    fn link_from(&mut self, owner: Key, key: Key) -> Result<(), Refusal> {
        if let Some(made) = self.set.iter_mut().find(|entity| entity.key == owner) {
            made.links.insert(key);
            return Ok(());
        }
        let mut entity = (self.current)(owner).ok_or_else(|| no_such(owner))?;
        if owner.0 == Kind::Thing {
            // A thing is at its new place, no longer at the old one.
            entity.links.retain(|link| link.0 != Kind::Location);
            self.located.push((owner, BTreeSet::from([key])));
        }
        entity.links.insert(key);
        self.set.push(entity);
        Ok(())
    }

    fn finish(mut self, now: Timestamp) -> Result<Change, Refusal> {
        for (thing, mut places) in std::mem::take(&mut self.located) {
            places.insert(thing);
            let key = Key(
                Kind::HistoricalLocation,
                (self.ids)(Kind::HistoricalLocation),
            );
            self.set.push(was_at(key, places, now));
        }
        Ok(Change {
            set: self.set,
            removed: Vec::new(),
        })
    }
}

fn was_at(key: Key, links: BTreeSet<Key>, now: Timestamp) -> Entity {
    let mut body = Map::new();
    body.insert("time".to_owned(), format!("{now:.3}").into());
    Entity { key, body, links }
}

/// Changes an entity: fields that are named are set, `null` empties those that
/// may be empty; of relations that are named, the links are replaced. With
/// `whole`, fields that are not named are emptied.
///
/// # Errors
/// A refusal that names the field or the relation at fault.
pub fn patch(
    entity: &Entity,
    fields: &Map<String, Value>,
    links: &[Key],
    whole: bool,
    now: Timestamp,
    ids: NewIds<'_>,
) -> Result<Change, Refusal> {
    let kind = entity.key.0;
    let mut next = entity.clone();
    if whole {
        next.body.clear();
    }
    for field in kind.fields() {
        match fields.get(field.name) {
            None if whole && field.required => return Err(missing(field.name)),
            None => {}
            Some(Value::Null) if field.required => return Err(missing(field.name)),
            Some(Value::Null) => {
                next.body.remove(field.name);
            }
            Some(value) if check(*field, value, "")? => {
                next.body.insert(field.name.to_owned(), value.clone());
            }
            Some(_) => {}
        }
    }
    let mut set = Vec::new();
    for to in kind.owns_links_to() {
        let new: BTreeSet<Key> = links.iter().copied().filter(|key| key.0 == *to).collect();
        if new.is_empty() {
            continue;
        }
        let relation = kind.relation_to(*to);
        if relation.is_some_and(|relation| !relation.many) && new.len() > 1 {
            return Err(too_many(relation.map_or("", |relation| relation.name)));
        }
        next.links.retain(|key| key.0 != *to);
        next.links.extend(&new);
        if kind == Kind::Thing {
            let mut places = new;
            places.insert(entity.key);
            let key = Key(Kind::HistoricalLocation, ids(Kind::HistoricalLocation));
            set.push(was_at(key, places, now));
        }
    }
    set.insert(0, next);
    Ok(Change {
        set,
        removed: Vec::new(),
    })
}

/// Whether a value is to be kept in a field.
fn check(field: Field, value: &Value, at: &str) -> Result<bool, Refusal> {
    let good = match field.sort {
        Sort::Text => value.is_string(),
        Sort::Object => value.is_object(),
        Sort::Any => !value.is_null(),
        Sort::Computed => return Ok(false),
        Sort::Time => value.as_str().is_some_and(is_time),
        Sort::Period => value
            .as_str()
            .is_some_and(|text| text.split('/').count() <= 2 && text.split('/').all(is_time)),
    };
    if good {
        return Ok(true);
    }
    let allowed = match field.sort {
        Sort::Text => "text",
        Sort::Object => "{…}",
        Sort::Time => "2026-01-31T08:00:00Z",
        Sort::Period => "2026-01-31T08:00:00Z/2026-01-31T09:00:00Z",
        Sort::Any | Sort::Computed => "a value",
    };
    Err(unfit(within(at, field.name))
        .found(value.to_string())
        .allowing([allowed]))
}

fn is_time(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok()
}

fn within(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.to_owned()
    } else {
        format!("{at}.{name}")
    }
}

fn missing(at: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "field.missing",
        "缺少此项",
        "this field is missing",
    )
    .at(at)
}

fn too_many(at: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "registry.one-only",
        "只能关联一个",
        "only one may be linked here",
    )
    .at(at)
}

/// There is no such entity.
pub(super) fn no_such(key: Key) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "registry.no-such",
        "没有这个登记对象",
        "there is no such entity",
    )
    .found(format!("{} {}", key.0.word(), key.1))
}
