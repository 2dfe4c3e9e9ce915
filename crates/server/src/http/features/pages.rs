//! What there is and where: the landing page, conformance, collections, and the
//! definition of the interface.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::asked::MOST;
use super::{Collection, GEO_JSON, link, root};
use crate::http::problem::{Answer, reader_language};
use crate::http::state::App;

const DEFINITION: &str = "application/vnd.oai.openapi+json;version=3.0";
const CONFORMS_TO: [&str; 3] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
];

fn chosen(headers: &HeaderMap, zh: &'static str, en: &'static str) -> &'static str {
    match reader_language(headers) {
        yiwang_base::Lang::Zh => zh,
        yiwang_base::Lang::En => en,
    }
}

/// Anyone may see what there is; what is in it needs a sign-in.
pub(super) async fn landing(headers: HeaderMap) -> Json<Value> {
    let root = root(&headers);
    let json = "application/json";
    Json(json!({
        "title": chosen(&headers, "物联感知", "Sensing"),
        "description": chosen(
            &headers,
            "物与数据流的位置、最新读数和历史读数",
            "Things with their latest readings, and readings over time",
        ),
        "links": [
            link(&root, "self", json),
            link(&format!("{root}/api"), "service-desc", DEFINITION),
            link(&format!("{root}/conformance"), "conformance", json),
            link(&format!("{root}/collections"), "data", json),
        ],
    }))
}

pub(super) async fn conformance() -> Json<Value> {
    Json(json!({"conformsTo": CONFORMS_TO}))
}

pub(super) async fn collections(State(app): State<Arc<App>>, headers: HeaderMap) -> Json<Value> {
    let all = Collection::ALL.map(|collection| about(&app, collection, &headers));
    let root = root(&headers);
    let own = link(&format!("{root}/collections"), "self", "application/json");
    Json(json!({"links": [own], "collections": all}))
}

pub(super) async fn collection(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    headers: HeaderMap,
) -> Answer<Json<Value>> {
    let collection = Collection::of(&collection)?;
    Ok(Json(about(&app, collection, &headers)))
}

fn about(app: &App, collection: Collection, headers: &HeaderMap) -> Value {
    let own = format!("{}/collections/{}", root(headers), collection.word());
    let (title, description) = match collection {
        Collection::Things => (
            chosen(headers, "物", "Things"),
            chosen(
                headers,
                "物的位置和各数据流的最新读数",
                "Where things are, and what they read last",
            ),
        ),
        Collection::Readings => (
            chosen(headers, "读数", "Readings"),
            chosen(
                headers,
                "历史读数，按到达的先后；已汇总的除外",
                "Readings over time, as they arrived; without those that are summed up",
            ),
        ),
    };
    let mut about = json!({
        "id": collection.word(),
        "title": title,
        "description": description,
        "itemType": "feature",
        "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
        "links": [
            link(&own, "self", "application/json"),
            link(&format!("{own}/items"), "items", GEO_JSON),
        ],
    });
    if let Some(bounds) = app.city().bounds() {
        about["extent"] = json!({"spatial": {"bbox": [bounds]}});
        if collection == Collection::Readings {
            about["extent"]["temporal"] = json!({"interval": [[null, null]]});
        }
    }
    about
}

/// The interface, as OpenAPI 3.0.
pub(super) async fn definition(headers: HeaderMap) -> Response {
    let query = |name: &str, schema: Value| {
        json!({"name": name, "in": "query", "required": false, "schema": schema,
            "style": "form", "explode": false})
    };
    let path = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let answer = |what: &str, kind: &str, schema: &str| {
        json!({"200": {"description": what, "content": {kind: {"schema": {"$ref": schema}}}},
            "default": {"description": "Something is wrong", "content": {"application/problem+json": {"schema": {"type": "object"}}}}})
    };
    let plain = |id: &str, what: &str| json!({"get": {"operationId": id, "responses": answer(what, "application/json", "#/components/schemas/object")}});
    let numbers = json!({"type": "array", "items": {"type": "integer"}});
    let items = json!({"get": {
        "operationId": "getFeatures",
        "parameters": [
            path("collection"),
            query("limit", json!({"type": "integer", "minimum": 1, "maximum": MOST, "default": 10})),
            query("bbox", json!({"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6})),
            query("datetime", json!({"type": "string"})),
            query("cursor", json!({"type": "string"})),
            query("stream", numbers.clone()),
            query("thing", numbers),
            query("property", json!({"type": "string"})),
        ],
        "responses": answer("Features", GEO_JSON, "#/components/schemas/features"),
    }});
    let body = json!({
        "openapi": "3.0.3",
        "info": {"title": "Sensing", "version": "1.0.0"},
        "servers": [{"url": root(&headers)}],
        "paths": {
            "/": plain("getLandingPage", "What there is"),
            "/conformance": plain("getConformance", "What is conformed to"),
            "/collections": plain("getCollections", "The collections"),
            "/collections/{collection}": {"get": {
                "operationId": "describeCollection",
                "parameters": [path("collection")],
                "responses": answer("A collection", "application/json", "#/components/schemas/object"),
            }},
            "/collections/{collection}/items": items,
            "/collections/{collection}/items/{feature}": {"get": {
                "operationId": "getFeature",
                "parameters": [path("collection"), path("feature")],
                "responses": answer("A feature", GEO_JSON, "#/components/schemas/object"),
            }},
        },
        "components": {"schemas": {
            "object": {"type": "object"},
            "features": {"type": "object", "required": ["type", "features"], "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "features": {"type": "array", "items": {"$ref": "#/components/schemas/object"}},
                "numberReturned": {"type": "integer"},
                "numberMatched": {"type": "integer"},
                "timeStamp": {"type": "string", "format": "date-time"},
                "links": {"type": "array", "items": {"$ref": "#/components/schemas/object"}},
            }},
        }},
    });
    ([(header::CONTENT_TYPE, DEFINITION)], body.to_string()).into_response()
}
