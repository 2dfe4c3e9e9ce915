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

pub(super) fn not_json(error: &serde_json::Error) -> Refusal {
    malformed("body", "内容不是 JSON 对象", "the body is no JSON object").found(error.to_string())
}

/// A body as a JSON object.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Json>, Refusal> {
    serde_json::from_slice(body).map_err(|error| not_json(&error))
}

/// What a call changes: fields with what they are set to, or the steps of a JSON
/// Patch (RFC 6902).
pub(super) enum Patch {
    Fields(Map<String, Json>),
    Steps(Steps),
}

/// The steps of a JSON Patch.
pub(super) struct Steps(json_patch::Patch);

impl Patch {
    /// Reads a body: an object with fields, or a list of steps.
    pub(super) fn read(body: &[u8]) -> Result<Patch, Refusal> {
        if body.trim_ascii_start().first() != Some(&b'[') {
            return object(body).map(Patch::Fields);
        }
        let steps = serde_json::from_slice(body).map_err(|error| {
            malformed("body", "内容不是 JSON Patch", "the body is no JSON Patch")
                .found(error.to_string())
                .allowing([r#"[{"op": "replace", "path": "/name", "value": "…"}]"#])
        })?;
        Ok(Patch::Steps(Steps(steps)))
    }
}

impl Steps {
    /// What fields become by the steps.
    pub(super) fn changed(self, fields: Map<String, Json>) -> Result<Map<String, Json>, Refusal> {
        let mut document = Json::Object(fields);
        json_patch::patch(&mut document, &self.0).map_err(|error| {
            malformed(
                "body",
                "这一步不能执行",
                "a step of the patch cannot be done",
            )
            .found(error.to_string())
        })?;
        match document {
            Json::Object(fields) => Ok(fields),
            other => {
                Err(malformed("body", "结果不是对象", "no object is left").found(other.to_string()))
            }
        }
    }

    /// The same, with null for each field that is gone.
    pub(super) fn onto(self, fields: Map<String, Json>) -> Result<Map<String, Json>, Refusal> {
        let names: Vec<String> = fields.keys().cloned().collect();
        let mut changed = self.changed(fields)?;
        for name in names {
            changed.entry(name).or_insert(Json::Null);
        }
        Ok(changed)
    }
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
