//! `GET`: sets, entities and properties.

use std::sync::Arc;

use axum::extract::{Path as UrlPath, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value as Json};
use yiwang_base::{Refusal, RefusalKind};
use yiwang_sensing::registry::Kind;
use yiwang_sta::{End, Expand, Links, Options, Path, data_array, entity_json, names, set_json};

use super::answer::links;
use super::list::{Listing, Set};
use super::member::{Member, Source};
use super::observed::Budget;
use crate::http::problem::Answer;
use crate::http::session::Visitor;
use crate::http::state::{App, now};
use crate::policy::Right;

/// Observations of a stream, each with its number.
type Rows = Vec<(u64, Map<String, Json>)>;

/// An answer before it is on the wire.
pub(super) enum Found {
    Json(Json),
    Text(String),
    Nothing,
}

/// Reads what an address leads to.
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    UrlPath(path): UrlPath<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer<Response> {
    visitor.may(Right::ReadSensing)?;
    let links = links(&headers);
    let found = find(app, links, path, query.unwrap_or_default()).await?;
    Ok(match found {
        Found::Json(json) => {
            let body = serde_json::to_vec(&json).unwrap_or_default();
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Found::Text(text) => text.into_response(),
        Found::Nothing => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Finds what an address below the root leads to.
pub(super) async fn find(
    app: Arc<App>,
    links: Links,
    path: String,
    query: String,
) -> Result<Found, Refusal> {
    let at = now();
    let found = tokio::task::spawn_blocking(move || {
        let source = Source {
            store: &app.store,
            history: &app.sensing.history,
            links,
            now: at,
            budget: Budget::new(),
        };
        source.find(&path, &query)
    });
    found.await.unwrap_or_else(|_| Err(stopped()))
}

fn stopped() -> Refusal {
    Refusal::new(
        RefusalKind::Unavailable,
        "server.failed",
        "系统出错，请稍后再试",
        "the server failed; try again later",
    )
}

/// There is nothing at an address.
pub(super) fn nothing() -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "sta.no-such-entity",
        "没有这个对象",
        "there is no such entity",
    )
}

impl Source<'_> {
    fn find(&self, path: &str, query: &str) -> Result<Found, Refusal> {
        let address = Path::read(path)?;
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let pairs_of = pairs
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        let options = Options::read(address.last().kind, pairs_of)?;
        if address.is_set() {
            let set = self.set(&address)?;
            let listing = self.list(&set, &options)?;
            let base = format!("{}/{}", self.links.root(), path.trim_matches('/'));
            let next = next_link(&base, &pairs, &options, &listing);
            let members = match (&address.end, options.data_array) {
                (End::Ref, _) => self.references(&listing),
                (_, true) => self.data_arrays(listing.members, &options),
                _ => self.rendered(&listing.members, &options)?,
            };
            return Ok(Found::Json(set_json(listing.count, next, members)));
        }
        let member = self.entity(&address)?;
        match &address.end {
            End::Whole => match member {
                Some(member) => {
                    let json = self.render(&member, &options)?;
                    Ok(Found::Json(Json::Object(json)))
                }
                // A relation to one that is not there is empty, not missing.
                None if address.steps.len() > 1 => Ok(Found::Nothing),
                None => Err(nothing()),
            },
            End::Ref => {
                let member = member.ok_or_else(nothing)?;
                let link = self.links.entity(member.kind(), member.id());
                let mut json = Map::new();
                json.insert(names::SELF_LINK.into(), link.into());
                Ok(Found::Json(Json::Object(json)))
            }
            End::Property(path) | End::Bare(path) => {
                let member = member.ok_or_else(nothing)?;
                let bare = matches!(address.end, End::Bare(_));
                self.property_of(&member, path, bare)
            }
        }
    }

    fn property_of(&self, member: &Member, path: &[String], bare: bool) -> Result<Found, Refusal> {
        let first = path.first().map(String::as_str).unwrap_or_default();
        let json = if names::is_id(first) {
            Json::from(member.id())
        } else if first == names::SELF_LINK {
            self.links.entity(member.kind(), member.id()).into()
        } else {
            let body = self.body(member);
            let mut here = body.get(first);
            for name in path.iter().skip(1) {
                here = here.and_then(|json| json.get(name));
            }
            here.cloned().unwrap_or_default()
        };
        Ok(match (json, bare) {
            (Json::Null, _) => Found::Nothing,
            (Json::String(text), true) => Found::Text(text),
            (json, true) => Found::Text(json.to_string()),
            (json, false) => {
                let name = path.last().cloned().unwrap_or_default();
                Found::Json(Json::Object(Map::from_iter([(name, json)])))
            }
        })
    }

    /// The set that an address leads to.
    pub(super) fn set(&self, address: &Path) -> Result<Set, Refusal> {
        let last = address.last();
        match address.steps.split_last() {
            Some((_, [])) | None if last.kind == Kind::Observation => Ok(Set::Observations {
                streams: yiwang_history::Streams::All,
                feature: None,
            }),
            Some((_, [])) | None => Ok(Set::Register {
                kind: last.kind,
                of: None,
            }),
            Some((_, before)) => {
                let owner = Path {
                    steps: before.to_vec(),
                    end: End::Whole,
                };
                let owner = self.entity(&owner)?.ok_or_else(nothing)?;
                self.many(&owner, last.kind)
            }
        }
    }

    /// The entity that an address leads to.
    pub(super) fn entity(&self, address: &Path) -> Result<Option<Member>, Refusal> {
        let mut here: Option<Member> = None;
        for (place, step) in address.steps.iter().enumerate() {
            here = match (step.relation, step.id, here) {
                (None, Some(id), _) => self.member(step.kind, id)?,
                (Some(_), None, Some(before)) => self.one(&before, step.kind)?,
                (Some(_), Some(id), Some(before)) => {
                    let member = self.member(step.kind, id)?;
                    let is_of = match (&member, &before) {
                        (Some(Member::Row(row)), Member::Entity(e)) => match e.key.0 {
                            Kind::Datastream => row.reading.stream.0 == e.key.1,
                            _ => super::feature::feature_of(self, row)? == Some(e.key.1),
                        },
                        (Some(Member::Entity(one)), Member::Entity(e)) => {
                            use yiwang_sensing::registry::RegistryStore as _;
                            let known = self.store.neighbours(e.key, step.kind)?;
                            known.binary_search(&one.key.1).is_ok()
                        }
                        _ => false,
                    };
                    member.filter(|_| is_of)
                }
                _ => None,
            };
            if here.is_none() {
                // The way there must exist; the last step of a relation may be empty.
                let is_last = place + 1 == address.steps.len();
                if step.relation.is_none() || step.id.is_some() || !is_last {
                    return Err(nothing());
                }
            }
        }
        Ok(here)
    }

    fn references(&self, listing: &Listing) -> Vec<Json> {
        let links = listing.members.iter().map(|member| {
            let link = self.links.entity(member.kind(), member.id());
            Json::Object(Map::from_iter([(names::SELF_LINK.to_owned(), link.into())]))
        });
        links.collect()
    }

    fn data_arrays(&self, members: Vec<Member>, options: &Options) -> Vec<Json> {
        let mut streams: Vec<(u64, Rows)> = Vec::new();
        for member in members {
            let Member::Row(row) = &member else { continue };
            let stream = row.reading.stream.0;
            let body = self.body(&member);
            match streams.iter_mut().find(|(known, _)| *known == stream) {
                Some((_, rows)) => rows.push((member.id(), body)),
                None => streams.push((stream, vec![(member.id(), body)])),
            }
        }
        let arrays = streams.into_iter();
        arrays
            .map(|(stream, rows)| data_array(&self.links, stream, &options.select, rows))
            .collect()
    }

    fn rendered(&self, members: &[Member], options: &Options) -> Result<Vec<Json>, Refusal> {
        let members = members.iter();
        members
            .map(|member| self.render(member, options).map(Json::Object))
            .collect()
    }

    /// An entity as it goes out, with what is to be put in.
    pub(super) fn render(
        &self,
        member: &Member,
        options: &Options,
    ) -> Result<Map<String, Json>, Refusal> {
        let expanded: Vec<&str> = options.expand.iter().map(|e| e.name.as_str()).collect();
        let mut out = entity_json(
            &self.links,
            member.kind(),
            member.id(),
            self.body(member),
            &options.select,
            &expanded,
        );
        for expand in &options.expand {
            self.expand(member, expand, &mut out)?;
        }
        Ok(out)
    }

    fn expand(
        &self,
        member: &Member,
        expand: &Expand,
        out: &mut Map<String, Json>,
    ) -> Result<(), Refusal> {
        let relations = member.kind().relations();
        let Some(relation) = relations.iter().find(|r| r.name == expand.name) else {
            return Ok(());
        };
        if !relation.many {
            let json = match self.one(member, relation.to)? {
                Some(other) => Json::Object(self.render(&other, &expand.options)?),
                None => Json::Null,
            };
            out.insert(expand.name.clone(), json);
            return Ok(());
        }
        let set = self.many(member, relation.to)?;
        let listing = self.list(&set, &expand.options)?;
        if let Some(count) = listing.count {
            out.insert(format!("{}{}", expand.name, names::COUNT), count.into());
        }
        let members = self.rendered(&listing.members, &expand.options)?;
        if listing.more {
            let own = self.links.entity(member.kind(), member.id());
            let base = format!("{own}/{}", expand.name);
            let next = format!(
                "{base}?$skip={}",
                expand.options.skip + members.len() as u64
            );
            out.insert(format!("{}{}", expand.name, names::NEXT_LINK), next.into());
        }
        out.insert(expand.name.clone(), members.into());
        Ok(())
    }
}

/// Where the rest of a set is.
fn next_link(
    base: &str,
    pairs: &[(String, String)],
    options: &Options,
    listing: &Listing,
) -> Option<String> {
    if !listing.more || listing.members.is_empty() {
        return None;
    }
    let skip = options.skip + listing.members.len() as u64;
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, text) in pairs.iter().filter(|(name, _)| name != "$skip") {
        query.append_pair(name, text);
    }
    query.append_pair("$skip", &skip.to_string());
    // Names of options stay readable.
    Some(format!("{base}?{}", query.finish().replace("%24", "$")))
}
