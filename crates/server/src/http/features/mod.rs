//! OGC API – Features, part 1 (17-069): things with their latest readings, and the
//! history of readings, as GeoJSON for maps and tables of other programs.

mod asked;
mod pages;
mod readings;
mod things;

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde_json::{Value, json};
use yiwang_base::{Refusal, RefusalKind, Timestamp};

use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::policy::Right;
use asked::Asked;

/// Where it lies.
const ROOT: &str = "/ogc/features";
const GEO_JSON: &str = "application/geo+json";

/// The collections there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Collection {
    Things,
    Readings,
}

impl Collection {
    const ALL: [Collection; 2] = [Collection::Things, Collection::Readings];

    fn word(self) -> &'static str {
        match self {
            Collection::Things => "things",
            Collection::Readings => "readings",
        }
    }

    fn of(word: &str) -> Result<Collection, Refusal> {
        let found = Collection::ALL.into_iter().find(|one| one.word() == word);
        found.ok_or_else(|| {
            Refusal::new(
                RefusalKind::NotFound,
                "features.no-collection",
                "没有这个集合",
                "there is no such collection",
            )
            .found(word)
            .allowing(Collection::ALL.map(Collection::word))
        })
    }
}

/// The calls.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    vec![
        ("/ogc/features", get(pages::landing)),
        ("/ogc/features/", get(pages::landing)),
        ("/ogc/features/api", get(pages::definition)),
        ("/ogc/features/conformance", get(pages::conformance)),
        ("/ogc/features/collections", get(pages::collections)),
        (
            "/ogc/features/collections/{collection}",
            get(pages::collection),
        ),
        ("/ogc/features/collections/{collection}/items", get(items)),
        (
            "/ogc/features/collections/{collection}/items/{feature}",
            get(item),
        ),
    ]
}

/// Some features, and how many there are where that is known.
struct Found {
    features: Vec<Value>,
    matched: Option<u64>,
    /// After which of them the next page begins, where there is one.
    next: Option<u64>,
}

async fn items(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(collection): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer<Response> {
    visitor.may(Right::ReadSensing)?;
    let collection = Collection::of(&collection)?;
    let query = query.unwrap_or_default();
    let asked = Asked::read(collection, &query)?;
    let base = format!("{}/collections/{}/items", root(&headers), collection.word());
    let next = move |after: u64| asked::next_query(&query, after);
    let found = blocking(move || match collection {
        Collection::Things => things::items(&app, &asked),
        Collection::Readings => readings::items(&app, &asked),
    });
    let found = found.await?;
    let mut links = vec![link(&base, "self", GEO_JSON)];
    if let Some(after) = found.next {
        links.push(link(&format!("{base}?{}", next(after)), "next", GEO_JSON));
    }
    links.push(link(
        base.trim_end_matches("/items"),
        "collection",
        "application/json",
    ));
    let mut body = json!({
        "type": "FeatureCollection",
        "timeStamp": format!("{:.0}", now()),
        "numberReturned": found.features.len(),
        "links": links,
        "features": found.features,
    });
    if let Some(matched) = found.matched {
        body["numberMatched"] = matched.into();
    }
    Ok(geo_json(&body))
}

async fn item(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((collection, feature)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer<Response> {
    visitor.may(Right::ReadSensing)?;
    let collection = Collection::of(&collection)?;
    let base = format!("{}/collections/{}", root(&headers), collection.word());
    let id = feature.parse::<u64>().ok();
    let found = blocking(move || match (id, collection) {
        (None, _) => Ok(None),
        (Some(id), Collection::Things) => things::item(&app, id),
        (Some(id), Collection::Readings) => readings::item(&app, id),
    });
    let found = found.await?.ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "features.none",
            "没有这个要素",
            "there is no such feature",
        )
        .found(&feature)
    });
    let mut body = found?;
    body["links"] = json!([
        link(&format!("{base}/items/{feature}"), "self", GEO_JSON),
        link(&base, "collection", "application/json"),
    ]);
    Ok(geo_json(&body))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(super::readings::stopped()))
}

fn geo_json(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, GEO_JSON)], body.to_string()).into_response()
}

fn link(href: &str, rel: &str, kind: &str) -> Value {
    json!({"href": href, "rel": rel, "type": kind})
}

/// The root as the caller reached it.
fn root(headers: &HeaderMap) -> String {
    format!("{}{ROOT}", super::sta::reached_at(headers))
}

/// Milliseconds since 1970-01-01 UTC as RFC 3339.
fn time(ms: i64) -> Value {
    Timestamp::from_millisecond(ms).map_or(Value::Null, |at| format!("{at:.3}").into())
}
