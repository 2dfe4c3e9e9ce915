//! An entity of the register or an observation, with what leads on from it.

use serde_json::{Map, Value as Json};
use yiwang_base::{Refusal, Timestamp};
use yiwang_history::{History, Row};
use yiwang_sensing::StreamId;
use yiwang_sensing::registry::{Entity, Key, Kind, RegistryStore as _, Relation, Wanted};
use yiwang_sta::{Env, Links, Value, observation_body};
use yiwang_store::Store;

use super::feature::feature_of;
use super::list::Set;
use super::observed::Budget;

/// What answers are read from.
pub(super) struct Source<'a> {
    pub(super) store: &'a Store,
    pub(super) history: &'a History,
    pub(super) links: Links,
    pub(super) now: Timestamp,
    /// What it may still cost to find entities by their observations.
    pub(super) budget: Budget,
}

/// One entity of a set.
#[derive(Debug, Clone)]
pub(super) enum Member {
    Entity(Entity),
    Row(Row),
}

/// Most entities that an expression looks at beyond a relation.
const MOST_RELATED: usize = 10_000;

impl Member {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Member::Entity(entity) => entity.key.0,
            Member::Row(_) => Kind::Observation,
        }
    }

    pub(super) fn id(&self) -> u64 {
        match self {
            Member::Entity(entity) => entity.key.1,
            Member::Row(row) => row.id,
        }
    }
}

impl Source<'_> {
    /// The entity of this kind and number.
    pub(super) fn member(&self, kind: Kind, id: u64) -> Result<Option<Member>, Refusal> {
        if kind == Kind::Observation {
            let row = self.history.row(id).map_err(|e| unreadable(&e))?;
            // Of a datastream that was removed nothing is shown.
            let there = row.filter(|row| self.stream_is_there(row.reading.stream));
            return Ok(there.map(Member::Row));
        }
        Ok(self.store.entity(Key(kind, id))?.map(Member::Entity))
    }

    pub(super) fn stream_is_there(&self, stream: StreamId) -> bool {
        let entity = self.store.entity(Key(Kind::Datastream, stream.0));
        matches!(entity, Ok(Some(_)))
    }

    /// Its fields, with those that are computed.
    pub(super) fn body(&self, member: &Member) -> Map<String, Json> {
        match member {
            Member::Row(row) => {
                observation_body(row.reading.at, row.reading.value, row.note.as_deref())
            }
            Member::Entity(entity) => {
                let mut body = entity.body.clone();
                if entity.key.0 == Kind::Datastream
                    && let Some(span) = self.history.span(StreamId(entity.key.1))
                {
                    let at = |ms| Timestamp::from_millisecond(ms).map(|t| format!("{t:.3}"));
                    if let (Ok(from), Ok(to)) = (at(span.first_at), at(span.last_at)) {
                        let period = format!("{from}/{to}");
                        body.insert("resultTime".into(), period.clone().into());
                        body.insert("phenomenonTime".into(), period.into());
                    }
                }
                body
            }
        }
    }

    /// The one entity that a relation leads to.
    pub(super) fn one(&self, member: &Member, to: Kind) -> Result<Option<Member>, Refusal> {
        match member {
            Member::Row(row) if to == Kind::Datastream => {
                self.member(Kind::Datastream, row.reading.stream.0)
            }
            Member::Row(row) => match feature_of(self, row)? {
                Some(id) => self.member(Kind::FeatureOfInterest, id),
                None => Ok(None),
            },
            Member::Entity(entity) => {
                let found = self.store.neighbours(entity.key, to)?;
                match found.first() {
                    Some(id) => self.member(to, *id),
                    None => Ok(None),
                }
            }
        }
    }

    /// The set that a relation leads to.
    pub(super) fn many(&self, member: &Member, to: Kind) -> Result<Set, Refusal> {
        match member {
            Member::Entity(entity) if to == Kind::Observation => match entity.key.0 {
                Kind::FeatureOfInterest => self.observations_of_feature(entity),
                _ => Ok(Set::stream(StreamId(entity.key.1))),
            },
            Member::Entity(entity) => Ok(Set::Register {
                kind: to,
                of: Some(entity.key),
            }),
            Member::Row(_) => Ok(Set::nothing()),
        }
    }

    /// What a path from a member leads to.
    fn property(&self, member: &Member, path: &[String]) -> Result<Value, Refusal> {
        let [name, rest @ ..] = path else {
            return Ok(Value::Null);
        };
        if name == "id" {
            return Ok(Value::Number(member.id() as f64));
        }
        let relation = member.kind().relations().iter().find(|r| r.name == name);
        match relation {
            None => Ok(within(&self.body(member), name, rest)),
            Some(Relation {
                to, many: false, ..
            }) => match self.one(member, *to)? {
                Some(other) => self.property(&other, rest),
                None => Ok(Value::Null),
            },
            Some(Relation { to, .. }) => {
                let related = match self.many(member, *to)? {
                    Set::Register { kind, of } => self.store.page(&Wanted {
                        kind,
                        of,
                        name: None,
                        after: 0,
                        limit: MOST_RELATED,
                    })?,
                    // Not through all readings of a stream.
                    Set::Observations { .. } => return Err(super::observed::mixed()),
                };
                let related = related.into_iter().map(Member::Entity);
                let values = related.map(|other| self.property(&other, rest));
                Ok(Value::Many(values.collect::<Result<_, _>>()?))
            }
        }
    }
}

/// What lies in a field.
fn within(body: &Map<String, Json>, name: &str, rest: &[String]) -> Value {
    let mut here = body.get(name);
    for name in rest {
        here = here.and_then(|json| json.get(name));
    }
    here.map_or(Value::Null, Value::from)
}

/// A member as expressions see it.
pub(super) struct Seen<'a>(pub(super) &'a Source<'a>, pub(super) &'a Member);

impl Env for Seen<'_> {
    fn property(&self, path: &[String]) -> Result<Value, Refusal> {
        self.0.property(self.1, path)
    }

    fn now(&self) -> Timestamp {
        self.0.now
    }
}

/// The history could not be read.
pub(super) fn unreadable(error: &yiwang_history::HistoryError) -> Refusal {
    tracing::error!(%error, "readings cannot be read");
    Refusal::new(
        yiwang_base::RefusalKind::Unavailable,
        "store.unavailable",
        "读数暂时不能读出，请稍后再试",
        "readings cannot be read now; try again later",
    )
}
