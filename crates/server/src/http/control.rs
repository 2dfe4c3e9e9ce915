//! What the command line asks of a running server through the data directory's own
//! socket: whoever can open that could write the record as well. Nothing of this is
//! to be had over the network.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::from_fn;
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::{Actor, StoreError};
use yiwang_store::{Item, ItemKind, Store};

use super::body;
use super::control_import::{REQUESTS, import_requests};
use super::problem::{self, Answer};
use super::state::App;
use crate::calendars::{Settled, settle_all};
use crate::duplicates::read_limits;
use crate::judging::Judging;

/// Where the command line sets items.
pub const ITEMS: &str = "/control/items";
/// Largest body, bytes: the outlines of a large city.
const MOST_BYTES: usize = 512 << 20;

/// Items to set.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemsToSet {
    /// Who sets them, as the journal names it.
    pub by: String,
    /// On what grounds.
    pub grounds: Option<String>,
    /// The items, as they were made from the record.
    pub items: Vec<ItemToSet>,
}

/// One item.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemToSet {
    /// Its sort.
    pub kind: ItemKind,
    /// Its code.
    pub code: String,
    /// What it is.
    pub body: Value,
    /// What is attached, in base64.
    pub attachment: Option<String>,
    /// The entry that had set it when the record was read; 0 for a new item.
    pub seen: u64,
}

/// What setting items did.
#[derive(Debug, Serialize, Deserialize)]
pub struct ItemsSet {
    /// How many were changed.
    pub changed: usize,
    /// Deadlines that waited for a year of the calendar.
    #[serde(default)]
    pub settled: Settled,
}

impl ItemsToSet {
    /// Items made from what a record held when it was opened for reading.
    ///
    /// # Errors
    /// When one of them was changed since then, or the record cannot be read.
    pub fn of(
        store: &Store,
        items: Vec<Item>,
        by: String,
        grounds: Option<String>,
    ) -> Result<ItemsToSet, Refusal> {
        let opened_at = *store.durable().borrow();
        let items = items.into_iter().map(|item| {
            let set_by = store.item_seq(item.kind, &item.code)?;
            if set_by.is_some_and(|entry| entry >= opened_at) {
                return Err(changed(&item.code));
            }
            Ok(ItemToSet {
                seen: set_by.unwrap_or(0),
                kind: item.kind,
                code: item.code,
                body: item.body,
                attachment: item.attachment.map(|bytes| STANDARD.encode(bytes)),
            })
        });
        Ok(ItemsToSet {
            by,
            grounds,
            items: items.collect::<Result<_, Refusal>>()?,
        })
    }
}

fn seen(store: &Store, kind: ItemKind, code: &str) -> Result<u64, StoreError> {
    Ok(store.item_seq(kind, code)?.unwrap_or(0))
}

/// The calls of the socket.
pub(super) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route(ITEMS, post(set_items))
        .route(REQUESTS, post(import_requests))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(from_fn(problem::boundary))
        .with_state(app)
}

async fn set_items(State(app): State<Arc<App>>, bytes: Bytes) -> Answer<Json<ItemsSet>> {
    let asked: ItemsToSet = body::read(&bytes)?;
    let turn = app.city_change().await;
    let mut items = Vec::with_capacity(asked.items.len());
    for item in asked.items {
        if seen(&app.store, item.kind, &item.code)? != item.seen {
            return Err(changed(&item.code).into());
        }
        items.push(Item {
            kind: item.kind,
            code: item.code,
            body: item.body,
            attachment: attached(item.attachment.as_deref())?,
        });
    }
    let has = |kind| items.iter().any(|item: &Item| item.kind == kind);
    let (years, settings) = (has(ItemKind::Calendar), has(ItemKind::Setting));
    let changed = app.set_items(&turn, items, asked.by.clone(), asked.grounds);
    let changed = changed.await?;
    let city = app.city();
    let mut settled = Settled::default();
    if years {
        let by: Actor = asked.by.parse().map_err(|_| wrong("by"))?;
        settled = settle_all(&app.store, &city.rules, &by).await?;
    }
    if settings {
        app.set_judging(Judging::from_record(&app.store, &city).await?);
        app.duplicates.set_limits(read_limits(&app.store)?);
    }
    Ok(Json(ItemsSet { changed, settled }))
}

fn attached(text: Option<&str>) -> Result<Option<Vec<u8>>, Refusal> {
    text.map(|text| STANDARD.decode(text).map_err(|_| wrong("attachment")))
        .transpose()
}

fn wrong(field: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "field.invalid",
        "此项的值不对",
        "this field has a value that it cannot have",
    )
    .at(field)
}

fn changed(code: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Changed,
        "setting.changed",
        "命令读取之后，已有人改过这一项；什么也没有写入，请再执行一次",
        "this has been changed since the command read it; nothing was written: run the command again",
    )
    .found(code)
}
