//! Entities and sets as they go out.

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use yiwang_sensing::registry::Kind;

use crate::names;

/// Makes addresses below the service's root, which ends without a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    root: String,
}

impl Links {
    /// Addresses below this root, `http://host/sta/v1.1`.
    pub fn new(root: impl Into<String>) -> Links {
        Links { root: root.into() }
    }

    /// The root.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// An entity's address.
    pub fn entity(&self, kind: Kind, id: u64) -> String {
        format!("{}/{}({id})", self.root, names::set(kind))
    }
}

/// An entity as it goes out: its fields, those of `select` only where that
/// names any, and its links. What is expanded is put in by the caller, who
/// says so in `expanded`.
pub fn entity_json(
    links: &Links,
    kind: Kind,
    id: u64,
    mut body: Map<String, Json>,
    select: &[String],
    expanded: &[&str],
) -> Map<String, Json> {
    let wanted = |name: &str| {
        select.is_empty()
            || select
                .iter()
                .any(|selected| selected.split('/').next() == Some(name))
    };
    let own = links.entity(kind, id);
    let mut out = Map::new();
    if wanted("id") || wanted(names::ID) {
        out.insert(names::ID.into(), id.into());
    }
    if select.is_empty() || wanted(names::SELF_LINK) {
        out.insert(names::SELF_LINK.into(), own.clone().into());
    }
    for field in kind.fields() {
        if !wanted(field.name) {
            continue;
        }
        let value = body.remove(field.name);
        let shown = field.required || kind == Kind::Observation && field.name == "resultTime";
        match value {
            Some(value) => {
                out.insert(field.name.into(), value);
            }
            None if shown || !select.is_empty() => {
                out.insert(field.name.into(), Json::Null);
            }
            None => {}
        }
    }
    for relation in kind.relations() {
        if wanted(relation.name) && !expanded.contains(&relation.name) {
            let name = format!("{}{}", relation.name, names::NAVIGATION_LINK);
            out.insert(name, format!("{own}/{}", relation.name).into());
        }
    }
    out
}

/// A set as it goes out.
pub fn set_json(count: Option<u64>, next: Option<String>, members: Vec<Json>) -> Json {
    let mut out = Map::new();
    if let Some(count) = count {
        out.insert(names::COUNT.into(), count.into());
    }
    if let Some(next) = next {
        out.insert(names::NEXT_LINK.into(), next.into());
    }
    out.insert(names::VALUE.into(), members.into());
    Json::Object(out)
}

/// The fields of an observation from what is kept of it.
pub fn observation_body(at: i64, value: f64, note: Option<&str>) -> Map<String, Json> {
    let note = note.and_then(|note| serde_json::from_str::<Map<String, Json>>(note).ok());
    let mut body = note.unwrap_or_default();
    body.remove("foi");
    let time = Timestamp::from_millisecond(at).map_or(Json::Null, |at| format!("{at:.3}").into());
    if !body.contains_key("resultTime") {
        body.insert("resultTime".into(), time.clone());
    }
    body.entry("phenomenonTime").or_insert(time);
    body.entry("result").or_insert_with(|| number(value));
    body
}

/// A number as JSON; whole ones without a point.
fn number(value: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        (value as i64).into()
    } else {
        value.into()
    }
}

/// A stream's observations as a data array.
pub fn data_array(
    links: &Links,
    stream: u64,
    select: &[String],
    rows: Vec<(u64, Map<String, Json>)>,
) -> Json {
    let standard = ["id", "phenomenonTime", "result", "resultTime"].map(String::from);
    let components = if select.is_empty() {
        &standard[..]
    } else {
        select
    };
    let rows: Vec<Json> = rows
        .into_iter()
        .map(|(id, mut body)| {
            let cells = components.iter().map(|name| {
                if names::is_id(name) {
                    id.into()
                } else {
                    body.remove(name).unwrap_or_default()
                }
            });
            Json::Array(cells.collect())
        })
        .collect();
    let datastream = format!("Datastream{}", names::NAVIGATION_LINK);
    let mut out = Map::new();
    out.insert(datastream, links.entity(Kind::Datastream, stream).into());
    out.insert(names::COMPONENTS.into(), json!(components));
    out.insert(names::DATA_ARRAY_COUNT.into(), rows.len().into());
    out.insert(names::DATA_ARRAY.into(), rows.into());
    Json::Object(out)
}
