//! One person, one voice; and what people say about a consultation.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use yiwang_base::{AreaCode, Personal, Purpose, Refusal, RefusalKind};
use yiwang_cases::civic::{
    AskedOf, Content, Dossier, DossierCommand, DossierStore, carry_out, consultation, speak,
};
use yiwang_cases::{CaseStore, Context, Stage};

use super::super::answers::VoiceProblems;
use super::super::body::Body;
use super::super::commands::receipt;
use super::super::parameters::{DossierPath, KeyHeader};
use super::super::problem::Answer;
use super::super::session::Visitor;
use super::super::state::{App, now};
use super::visible;
use crate::follow_code;
use crate::policy::Right;
use crate::voter::{normal_phone, voter};
use crate::wire::{RemarkBody, VoiceBody, VoiceView};

/// Speak in the vote that a dossier holds. Anyone may whose request the desk
/// has taken on; staff enter voices of those who come or call.
#[utoipa::path(post, path = "/api/v1/dossiers/{dossier}/voices", operation_id = "speak", tag = "together", request_body = VoiceBody,
    params(DossierPath), responses((status = 200, body = VoiceView), VoiceProblems))]
pub(in super::super) async fn say(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Body { value, .. }: Body<VoiceBody>,
) -> Answer<Json<VoiceView>> {
    let dossier = visible(&app, &visitor, &id).await?;
    let poll = dossier.content.poll();
    let area = poll.as_ref().and_then(|poll| poll.area.as_ref());
    let phone = verified(
        &app,
        &visitor,
        &dossier,
        value.follow_code,
        value.phone,
        area,
    )
    .await?;
    let round = poll.as_ref().map_or(0, |poll| poll.round);
    let who = voter(
        &app.key,
        dossier.id,
        round,
        phone.disclose(Purpose::OwnRequest),
    );
    let before = app.store.voice(dossier.id, round, who).await?;
    let actor = visitor.actor();
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let dossier = speak(&app.store, dossier.id, who, &value.options, &context).await?;
    let options = app.store.voice(dossier.id, round, who).await?;
    let of = poll.map_or(0, |poll| poll.options);
    let tally = app.store.tally(dossier.id, round, of).await?;
    Ok(Json(VoiceView {
        id: dossier.id.to_string(),
        options: options.unwrap_or_default(),
        replaced: before.is_some(),
        voices: tally.voices,
    }))
}

/// Say something about a consultation, as long as it is open. What is said is
/// sealed and read by staff.
#[utoipa::path(post, path = "/api/v1/dossiers/{dossier}/remarks", operation_id = "remark", tag = "together", request_body = RemarkBody,
    params(DossierPath, KeyHeader), responses((status = 204, description = "It was taken down"), VoiceProblems))]
pub(in super::super) async fn remark(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value, bytes }: Body<RemarkBody>,
) -> Answer<axum::http::StatusCode> {
    let dossier = visible(&app, &visitor, &id).await?;
    let area = match &dossier.content {
        Content::Consultation(one) => one.area.clone(),
        _ => return Err(only_consultations(&dossier).into()),
    };
    verified(
        &app,
        &visitor,
        &dossier,
        value.follow_code,
        value.phone,
        area.as_ref(),
    )
    .await?;
    let actor = visitor.actor();
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let comment = consultation::Command::Comment {
        words: Personal::new(value.words),
    };
    let path = format!("dossiers/{}/remarks", dossier.id);
    let asked = AskedOf {
        id: Some(dossier.id),
        seen_version: None,
        command: DossierCommand::Consultation(comment),
        receipt: receipt(&headers, &actor, &Method::POST, &path, &bytes)?,
        case: None,
    };
    carry_out(&app.store, &asked, &context).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// The telephone number of whoever speaks: of a request that the desk has
/// taken on, or as staff enter it.
async fn verified(
    app: &App,
    visitor: &Visitor,
    dossier: &Dossier,
    code: Option<String>,
    phone: Option<String>,
    area: Option<&AreaCode>,
) -> Result<Personal<String>, Refusal> {
    if let Some(phone) = phone.filter(|phone| !phone.trim().is_empty()) {
        // Nobody else has seen that the number is the caller's.
        if visitor.0.is_none() {
            return Err(needs_code("voice.staff-only").at("phone"));
        }
        visitor.may(Right::Run(dossier.kind()))?;
        return normal_phone(&phone).map(Personal::new).ok_or_else(|| {
            Refusal::new(
                RefusalKind::Invalid,
                "voice.phone",
                "电话号码须有 5 至 20 位数字",
                "a telephone number has 5 to 20 digits",
            )
            .at("phone")
        });
    }
    let Some(typed) = code.filter(|code| !code.trim().is_empty()) else {
        return Err(needs_code("voice.who"));
    };
    let case = match follow_code::read(&typed) {
        Some(code) => app.store.case_by_follow_code(&code).await?,
        None => None,
    };
    let case = case.ok_or_else(|| needs_code("voice.code-unknown"))?;
    if matches!(case.stage, Stage::Submitted | Stage::Declined) {
        return Err(needs_code("voice.not-taken-on"));
    }
    let request = case.request.as_ref();
    let words = request.map(|request| request.disclose(Purpose::OwnRequest));
    let phone = words
        .and_then(|words| words.reporter.phone.as_deref())
        .and_then(normal_phone);
    let phone = phone.ok_or_else(|| needs_code("voice.no-phone"))?;
    if let Some(area) = area {
        let city = app.city();
        let here = case.area.as_ref();
        if !here.is_some_and(|here| city.rules.lies_in(here, area)) {
            return Err(Refusal::new(
                RefusalKind::Forbidden,
                "voice.other-area",
                "这次只请本区域的居民参加",
                "only people of this area are asked",
            )
            .at("follow_code")
            .allowing([area.as_str()]));
        }
    }
    Ok(Personal::new(phone))
}

/// Which code it takes; never whose it is.
fn needs_code(code: &'static str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        code,
        "请填写您一件已受理、且留有电话的诉求的查询码(12 位，如 ABCD-EFGH-JKMN)；没有的，可致电热线或到窗口参加",
        "give the follow code (12 characters, such as ABCD-EFGH-JKMN) of a request of yours that was taken on and names your telephone number; without one, take part by calling the hotline or at a counter",
    )
    .at("follow_code")
}

fn only_consultations(dossier: &Dossier) -> Refusal {
    Refusal::new(
        RefusalKind::NotNow,
        "dossier.no-remarks",
        "这里不征求意见",
        "no remarks are asked for here",
    )
    .at("id")
    .found(dossier.kind().word())
    .allowing(["consultation"])
}
