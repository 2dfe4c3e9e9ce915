//! How streets are organised: templates, trying one on a street, applying and undoing.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use serde_json::Value;
use yiwang_base::{AreaCode, Refusal, RefusalKind};
use yiwang_cases::StoreError;
use yiwang_cases::organization::Template;
use yiwang_store::{Item, ItemKind};

use super::answers::{ChangeProblems, OneStaffProblems, RosterProblems, StaffProblems};
use super::body::Body;
use super::kept::{self, Stored, all, given, history, set};
use super::parameters::{IfMatchHeader, ReorganizationPath, StreetQuery, TemplatePath};
use super::problem::Answer;
use super::read_code;
use super::session::Visitor;
use super::settings::turn;
use super::state::App;
use crate::organization::{self, DEFAULT_TEMPLATE, Use, default_template, reorganizations};
use crate::policy::Right;
use crate::settings;
use crate::wire::{
    ApplyTemplateBody, ReorganizationView, Reorganizations, SetBody, Setting, SettingHistory,
    Settings, TemplateBody, TemplatePreview, UndoBody,
};

impl Stored for TemplateBody {
    const KIND: ItemKind = ItemKind::OrganizationTemplate;

    fn read(body: Value) -> Result<Self, StoreError> {
        Ok(TemplateBody::from(&kept::read::<Template>(body)?))
    }
}

/// The templates of how streets are organised, each with who set it; the one that comes
/// with the program among them.
#[utoipa::path(get, path = "/api/v1/city/templates", operation_id = "list_templates", tag = "city",
    security(("session" = [])),
    responses((status = 200, body = Settings<TemplateBody>), StaffProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Settings<TemplateBody>>> {
    visitor.may(Right::ReadUnits)?;
    let mut templates: Settings<TemplateBody> = all(&app)?;
    let stored = &mut templates.settings;
    if !stored.iter().any(|one| one.code == DEFAULT_TEMPLATE) {
        let shipped = TemplateBody::from(&default_template()?);
        stored.insert(0, Setting::unset(DEFAULT_TEMPLATE, shipped));
    }
    Ok(Json(templates))
}

/// All that a template was set to.
#[utoipa::path(get, path = "/api/v1/city/templates/{template}/history",
    operation_id = "template_history", tag = "city", security(("session" = [])),
    params(TemplatePath),
    responses((status = 200, body = SettingHistory<TemplateBody>), OneStaffProblems))]
pub(super) async fn versions(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Answer<Json<SettingHistory<TemplateBody>>> {
    visitor.may(Right::ReadUnits)?;
    let stored = organization::template(&app.store, &code)?;
    if stored.0 == 0 {
        // The one that comes with the program was never set.
        return Ok(Json(SettingHistory {
            versions: Vec::new(),
        }));
    }
    Ok(Json(history(&app, &code)?))
}

/// Set a template; a new code makes a new one. Streets stay as they are until it is
/// applied to them.
#[utoipa::path(put, path = "/api/v1/city/templates/{template}", operation_id = "set_template",
    tag = "city", security(("session" = [])), params(TemplatePath, IfMatchHeader),
    request_body = SetBody<TemplateBody>,
    responses((status = 200, body = Setting<TemplateBody>), ChangeProblems))]
pub(super) async fn set_one(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(code): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<TemplateBody>>,
) -> Answer<Json<Setting<TemplateBody>>> {
    let turn = turn(&app, &visitor).await?;
    let code: yiwang_base::UnitCode = read_code(&code, "template")?;
    let template = settings::template(body.value, &app.city().rules)?;
    let item = Item::of(ItemKind::OrganizationTemplate, code.as_str(), &template)?;
    let change = (item, body.grounds);
    Ok(Json(set(&app, &turn, &visitor, &headers, change).await?))
}

/// What applying a template to a street would change: units made, changed and relieved,
/// and which categories nobody or several would answer for then.
#[utoipa::path(get, path = "/api/v1/city/templates/{template}/preview",
    operation_id = "preview_template", tag = "city", security(("session" = [])),
    params(TemplatePath, StreetQuery),
    responses((status = 200, body = TemplatePreview), RosterProblems))]
pub(super) async fn try_on_street(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<Json<TemplatePreview>> {
    visitor.may(Right::ReadUnits)?;
    let of = read_use(code, query.as_deref().unwrap_or_default())?;
    let preview = organization::preview(&app.store, &app.city().rules, &of)?;
    Ok(Json(TemplatePreview::from(&preview)))
}

/// The templates that were applied, each with every unit before and after.
#[utoipa::path(get, path = "/api/v1/city/reorganizations", operation_id = "list_reorganizations",
    tag = "city", security(("session" = [])),
    responses((status = 200, body = Reorganizations), StaffProblems))]
pub(super) async fn applied(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Reorganizations>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(listed(&app)?))
}

/// Apply a template that was previewed: the street's units are made and changed in one
/// step. Cases in hand stay with their units.
#[utoipa::path(post, path = "/api/v1/city/reorganizations", operation_id = "apply_template",
    tag = "city", security(("session" = [])), request_body = ApplyTemplateBody,
    responses((status = 200, body = Reorganizations), ChangeProblems))]
pub(super) async fn apply(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<ApplyTemplateBody>,
) -> Answer<Json<Reorganizations>> {
    let turn = turn(&app, &visitor).await?;
    let of = Use {
        street: street(&body.street)?,
        template: body.template,
        hand_over: body.hand_over,
    };
    let usual = format!("template {} at {}", of.template, of.street);
    let grounds = given(body.grounds)?.unwrap_or(usual);
    let items = organization::apply(&app.store, &app.city(), of, &body.fingerprint)?;
    let by = visitor.actor().to_string();
    app.set_items(&turn, items, by, Some(grounds)).await?;
    Ok(Json(listed(&app)?))
}

/// Undo: the street's units are as before. Units that were made go out of use.
#[utoipa::path(post, path = "/api/v1/city/reorganizations/{reorganization}/undo",
    operation_id = "undo_reorganization", tag = "city", security(("session" = [])),
    params(ReorganizationPath), request_body = UndoBody,
    responses((status = 200, body = Reorganizations), ChangeProblems))]
pub(super) async fn undo(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(number): Path<String>,
    Body { .. }: Body<UndoBody>,
) -> Answer<Json<Reorganizations>> {
    let turn = turn(&app, &visitor).await?;
    let items = organization::undo(&app.store, &app.city(), &number)?;
    let grounds = format!("undo of reorganization {number}");
    let by = visitor.actor().to_string();
    app.set_items(&turn, items, by, Some(grounds)).await?;
    Ok(Json(listed(&app)?))
}

fn listed(app: &App) -> Result<Reorganizations, Refusal> {
    let all = reorganizations(&app.store)?;
    Ok(Reorganizations {
        reorganizations: all.iter().map(ReorganizationView::from).collect(),
    })
}

fn street(text: &str) -> Result<AreaCode, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            RefusalKind::Invalid,
            "organization.street",
            "没有这个街道；模板只用于街道",
            "there is no such street; templates are for streets",
        )
        .at("street")
        .found(text)
    })
}

fn read_use(template: String, query: &str) -> Result<Use, Refusal> {
    let (mut at, mut hand_over) = (None, true);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let wrong = |field: &str, allowed: &[&str]| {
            Refusal::new(
                RefusalKind::Invalid,
                "query.invalid",
                "筛选条件不对",
                "a filter cannot be read",
            )
            .at(field)
            .allowing(allowed.iter().copied())
        };
        match (name.as_ref(), value.as_ref()) {
            (_, "") => {}
            ("street", code) => at = Some(street(code)?),
            ("hand_over", "true") => hand_over = true,
            ("hand_over", "false") => hand_over = false,
            ("hand_over", other) => {
                return Err(wrong("hand_over", &["true", "false"]).found(other));
            }
            (other, _) => return Err(wrong("query", &["street", "hand_over"]).found(other)),
        }
    }
    Ok(Use {
        template,
        street: at.map_or_else(|| street(""), Ok)?,
        hand_over,
    })
}
