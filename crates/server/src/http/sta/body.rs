//! What callers send, as drafts and links.

use serde_json::{Map, Value as Json};
use yiwang_base::{Refusal, RefusalKind};
use yiwang_sensing::registry::{Draft, Key, Kind, Relation, Target};
use yiwang_sta::{MOST_DEPTH, names};

/// What a body says.
pub(super) struct Said {
    pub(super) fields: Map<String, Json>,
    pub(super) links: Vec<Target>,
}

pub(super) fn malformed(at: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "sta.malformed", zh, en).at(at)
}

/// A body as a JSON object.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Json>, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        malformed("body", "内容不是 JSON 对象", "the body is no JSON object")
            .found(error.to_string())
    })
}

/// Parts what a body says of an entity of this kind.
pub(super) fn said(kind: Kind, body: Map<String, Json>, depth: usize) -> Result<Said, Refusal> {
    if depth > MOST_DEPTH {
        return Err(malformed("body", "嵌套过深", "this is nested too deeply"));
    }
    let mut said = Said {
        fields: Map::new(),
        links: Vec::new(),
    };
    for (name, value) in body {
        let relation = kind.relations().iter().find(|r| r.name == name);
        if let Some(relation) = relation {
            let all = match value {
                Json::Array(all) if relation.many => all,
                Json::Null => Vec::new(),
                one => vec![one],
            };
            for one in all {
                said.links.push(target(*relation, one, depth)?);
            }
        } else if kind.field(&name).is_some() {
            said.fields.insert(name, value);
        // A client may send back what it has read: links and numbers.
        } else if !name.starts_with('@') && !name.contains("@iot.") {
            let fields = kind.fields().iter().map(|field| field.name);
            return Err(
                malformed(&name, "没有这个属性", "there is no such property")
                    .allowing(fields.chain(kind.relations().iter().map(|r| r.name))),
            );
        }
    }
    Ok(said)
}

/// An entity that is there, or one to be made.
fn target(relation: Relation, value: Json, depth: usize) -> Result<Target, Refusal> {
    let Json::Object(body) = value else {
        return Err(malformed(
            relation.name,
            "关联须为对象",
            "a relation is an object, or a list of them",
        )
        .found(value.to_string()));
    };
    match body.get(names::ID) {
        Some(id) => {
            let id = id.as_u64().ok_or_else(|| {
                malformed(relation.name, "编号须为整数", "a number is a whole one")
                    .found(id.to_string())
            })?;
            Ok(Target::There(Key(relation.to, id)))
        }
        None => {
            let said = said(relation.to, body, depth + 1)?;
            Ok(Target::New(Box::new(Draft {
                kind: relation.to,
                body: said.fields,
                links: said.links,
            })))
        }
    }
}

/// The links of a change, which makes nothing new.
pub(super) fn known_links(links: Vec<Target>) -> Result<Vec<Key>, Refusal> {
    links
        .into_iter()
        .map(|target| match target {
            Target::There(key) => Ok(key),
            Target::New(draft) => Err(malformed(
                "body",
                "修改时只能关联已有对象",
                "a change links to entities that are there",
            )
            .found(draft.kind.word())),
        })
        .collect()
}
