//! Grid layers, and merging them into one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::grid::{Layer, SizeLimits};
use yiwang_store::ItemKind;

use super::answers::{ChangeProblems, FilterProblems, OneStaffProblems, StaffProblems};
use super::body::Body;
use super::kept::history;
use super::parameters::{LayerPath, MergePath, MergeQuery};
use super::problem::Answer;
use super::session::Visitor;
use super::state::App;
use crate::grid::{self, Plan, Preview, cells_geojson, read_layer, stored_layers};
use crate::import::areas::AreaFields;
use crate::policy::Right;
use crate::wire::{
    AdoptBody, GridCrosswalk, GridLayerSet, GridLayerView, GridLayers, GridMergeView, GridMerges,
    GridPreview, SetBackBody, SettingHistory, UndoBody,
};

/// The grid layers in the record.
#[utoipa::path(get, path = "/api/v1/grid/layers", operation_id = "grid_layers", tag = "city",
    security(("session" = [])), responses((status = 200, body = GridLayers), StaffProblems))]
pub(super) async fn layers(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<GridLayers>> {
    visitor.may(Right::ReadUnits)?;
    let layers = stored_layers(&app.store)?;
    let layers = layers.iter().map(|(record, _)| GridLayerView::from(record));
    Ok(Json(GridLayers {
        layers: layers.collect(),
    }))
}

/// The cells of a grid layer, GeoJSON.
#[utoipa::path(get, path = "/api/v1/grid/layers/{layer}", operation_id = "grid_layer", tag = "city",
    security(("session" = [])), params(LayerPath),
    responses((status = 200, content_type = "application/geo+json", body = Object), OneStaffProblems))]
pub(super) async fn layer(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Answer<Response> {
    visitor.may(Right::ReadUnits)?;
    let item = app.store.item(ItemKind::GridLayer, &name).await?;
    let cells = item.and_then(|item| item.attachment).ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "grid.layer-unknown",
            "没有这个网格图层",
            "there is no such grid layer",
        )
        .at("layer")
        .found(&name)
    })?;
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], cells).into_response())
}

/// Set a grid layer from a GeoJSON FeatureCollection.
#[utoipa::path(put, path = "/api/v1/grid/layers/{layer}", operation_id = "set_grid_layer",
    tag = "city", security(("session" = [])), params(LayerPath), request_body = Object,
    responses((status = 200, body = GridLayerSet), ChangeProblems))]
pub(super) async fn set_layer(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
    Body { bytes, .. }: Body<Value>,
) -> Answer<Json<GridLayerSet>> {
    visitor.may(Right::KeepCity)?;
    let (layer, rejected) = read_layer(&name, &bytes, &AreaFields::default(), None)?;
    let by = visitor.actor().to_string();
    let item = grid::layer_item(&layer, &by)?;
    let record = item.read()?;
    let turn = app.city_change().await;
    app.set_items(&turn, vec![item], by, None).await?;
    Ok(Json(GridLayerSet {
        layer: GridLayerView::from(&record),
        rejected: rejected
            .iter()
            .map(|one| (&one.refusal.message).into())
            .collect(),
    }))
}

/// All that a grid layer was set to.
#[utoipa::path(get, path = "/api/v1/grid/layers/{layer}/history",
    operation_id = "grid_layer_history", tag = "city", security(("session" = [])),
    params(LayerPath),
    responses((status = 200, body = SettingHistory<GridLayerView>), OneStaffProblems))]
pub(super) async fn layer_history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Answer<Json<SettingHistory<GridLayerView>>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(history(&app, &name)?))
}

/// Set a grid layer back to what it was set to before, with the same cells.
#[utoipa::path(post, path = "/api/v1/grid/layers/{layer}/set-back",
    operation_id = "set_grid_layer_back", tag = "city", security(("session" = [])),
    params(LayerPath), request_body = SetBackBody,
    responses((status = 200, body = SettingHistory<GridLayerView>), ChangeProblems))]
pub(super) async fn set_layer_back(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
    Body { value: body, .. }: Body<SetBackBody>,
) -> Answer<Json<SettingHistory<GridLayerView>>> {
    visitor.may(Right::KeepCity)?;
    let turn = app.city_change().await;
    let item = app
        .store
        .item_as_set(ItemKind::GridLayer, &name, body.version)?;
    let item = item.ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "grid.version-unknown",
            "图层没有这个版本；请从它的历史中选择",
            "the layer has no such version: choose one of its history",
        )
        .at("version")
        .found(body.version.to_string())
    })?;
    let grounds = format!("set back to version {}", body.version);
    app.set_items(
        &turn,
        vec![item],
        visitor.actor().to_string(),
        Some(grounds),
    )
    .await?;
    Ok(Json(history(&app, &name)?))
}

/// What layers would become as one grid: cells, crosswalk, statistics.
#[utoipa::path(get, path = "/api/v1/grid/preview", operation_id = "preview_grid_merge",
    tag = "city", security(("session" = [])), params(MergeQuery),
    responses((status = 200, body = GridPreview), FilterProblems))]
pub(super) async fn preview(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<GridPreview>> {
    visitor.may(Right::ReadUnits)?;
    let plan = read_plan(query.as_deref().unwrap_or_default())?;
    let preview = merged(&app, plan).await?;
    Ok(Json(GridPreview::from(&preview)))
}

/// The cells that layers would become, GeoJSON.
#[utoipa::path(get, path = "/api/v1/grid/preview.geojson", operation_id = "preview_grid_outlines",
    tag = "city", security(("session" = [])), params(MergeQuery),
    responses((status = 200, content_type = "application/geo+json", body = Object), FilterProblems))]
pub(super) async fn preview_outlines(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    visitor.may(Right::ReadUnits)?;
    let plan = read_plan(query.as_deref().unwrap_or_default())?;
    let preview = merged(&app, plan).await?;
    let body = cells_geojson(&preview.merged).to_string();
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], body).into_response())
}

/// The merges in the record.
#[utoipa::path(get, path = "/api/v1/grid/merges", operation_id = "grid_merges", tag = "city",
    security(("session" = [])), responses((status = 200, body = GridMerges), StaffProblems))]
pub(super) async fn merges(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<GridMerges>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(list(&app)?))
}

fn list(app: &App) -> Result<GridMerges, Refusal> {
    let merges = grid::merges(&app.store)?;
    let merges = merges
        .iter()
        .map(|(number, record)| GridMergeView::of(number, record));
    Ok(GridMerges {
        merges: merges.collect(),
    })
}

/// The crosswalk of a merge.
#[utoipa::path(get, path = "/api/v1/grid/merges/{merge}", operation_id = "grid_crosswalk",
    tag = "city", security(("session" = [])), params(MergePath),
    responses((status = 200, body = GridCrosswalk), OneStaffProblems))]
pub(super) async fn crosswalk(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(number): Path<String>,
) -> Answer<Json<GridCrosswalk>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(GridCrosswalk::of(&grid::traced(&app.store, &number)?)))
}

/// Adopt a merge that was previewed: its cells take the place of the grid.
#[utoipa::path(post, path = "/api/v1/grid/merges", operation_id = "adopt_grid_merge", tag = "city",
    security(("session" = [])), request_body = AdoptBody,
    responses((status = 200, body = GridMerges), ChangeProblems))]
pub(super) async fn adopt(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<AdoptBody>,
) -> Answer<Json<GridMerges>> {
    visitor.may(Right::KeepCity)?;
    let turn = app.city_change().await;
    let preview = merged(&app, body.plan()).await?;
    let items = grid::adopt(&app.store, &app.city(), &preview, &body.fingerprint)?;
    let grounds = format!("merge of {}", body.layers.join(", "));
    app.set_items(&turn, items, visitor.actor().to_string(), Some(grounds))
        .await?;
    Ok(Json(list(&app)?))
}

/// Undo a merge: what was there before is the grid again.
#[utoipa::path(post, path = "/api/v1/grid/merges/{merge}/undo", operation_id = "undo_grid_merge",
    tag = "city", security(("session" = [])), params(MergePath), request_body = UndoBody,
    responses((status = 200, body = GridMerges), ChangeProblems))]
pub(super) async fn undo(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(number): Path<String>,
    Body { .. }: Body<UndoBody>,
) -> Answer<Json<GridMerges>> {
    visitor.may(Right::KeepCity)?;
    let turn = app.city_change().await;
    let items = grid::undo(&app.store, &app.city(), &number)?;
    let grounds = format!("undo of merge {number}");
    app.set_items(&turn, items, visitor.actor().to_string(), Some(grounds))
        .await?;
    Ok(Json(list(&app)?))
}

async fn merged(app: &App, plan: Plan) -> Result<Preview, Refusal> {
    let layers: Vec<Layer> = stored_layers(&app.store)?
        .into_iter()
        .map(|(_, layer)| layer)
        .collect();
    let city = app.city();
    let work = move || grid::preview(&city, &layers, &plan);
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a merge of grids failed");
        Refusal::new(
            RefusalKind::Unavailable,
            "grid.failed",
            "这次合并没有算完，请稍后再试",
            "the merge could not be finished; try again later",
        )
    })?
}

fn read_plan(query: &str) -> Result<Plan, Refusal> {
    let mut plan = Plan {
        layers: Vec::new(),
        limits: SizeLimits::default(),
    };
    let limits = &mut plan.limits;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let number = || {
            value
                .parse()
                .map_err(|_| wrong(&name, &value).allowing(["0–9"]))
        };
        match name.as_ref() {
            _ if value.is_empty() => {}
            "layers" => {
                let names = value.split(',').filter(|name| !name.is_empty());
                plan.layers.extend(names.map(str::to_owned));
            }
            "min_m2" => limits.min_m2 = number()?,
            "max_m2" => limits.max_m2 = number()?,
            "min_population" => limits.min_population = number()?,
            "max_population" => limits.max_population = number()?,
            other => {
                return Err(wrong("query", other).allowing([
                    "layers",
                    "min_m2",
                    "max_m2",
                    "min_population",
                    "max_population",
                ]));
            }
        }
    }
    Ok(plan)
}

fn wrong(field: &str, found: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "query.invalid",
        "筛选条件不对",
        "a filter cannot be read",
    )
    .at(field)
    .found(found)
}
