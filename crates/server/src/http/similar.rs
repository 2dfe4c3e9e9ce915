//! "Is it one of these?" (是不是这一件): what is there already, for someone who is
//! about to send a request, and joining it instead (同感).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use yiwang_base::{
    CaseId, Personal, Point, Purpose, Refusal, RefusalKind, Timestamp, cell, from_millis,
    point_of_cell, to_millis,
};
use yiwang_cases::{
    Action, Actor, Asked, Case, CaseStore, Command, Context, Join, Joiner, Receipt, Reporter,
    execute, metres_between,
};

use super::answers::{JoinProblems, SimilarProblems};
use super::body::Body;
use super::commands::{code, given, receipt};
use super::duplicates::places;
use super::parameters::{KeyHeader, OfferPath};
use super::problem::Answer;
use super::requests::place;
use super::session::no_randomness;
use super::state::{App, now};
use super::suggestions::within;
use crate::follow_code;
use crate::wire::{JoinBody, JoinedView, SimilarBody, SimilarCase, SimilarView, Time, Word};

/// How many cases are shown, and looked at for that.
const SHOWN: usize = 3;
const LOOKED_AT: usize = 12;
/// A case is shown from this score on, thousandths: strangers are shown less
/// than the desk.
const LEAST: u16 = 500;
/// Cells of the map are made this coarse before a distance is told, so that
/// moving the pin about does not tell where a case lies: some 240 m at 40° north.
const BLUR: u32 = 14;
/// Distances are told in steps of this many metres.
const STEP: u32 = 100;

/// Open cases that may be what somebody is about to send. Tells nothing of
/// who sent them, what they wrote or exactly where it is.
#[utoipa::path(post, path = "/api/v1/similar", operation_id = "find_similar", tag = "requests", request_body = SimilarBody,
    responses((status = 200, body = SimilarView), SimilarProblems))]
pub(super) async fn find(
    State(app): State<Arc<App>>,
    Body { value: body, .. }: Body<SimilarBody>,
) -> Answer<Json<SimilarView>> {
    let category = given(body.category);
    let category = category.map(|text| code(&text, "category")).transpose()?;
    let place = place(body.place)?;
    within(&body.words, "words", 0, 4000)?;
    let address = place.address.as_deref();
    within(address.unwrap_or_default(), "place.address", 0, 300)?;
    let sought = app.duplicates.seen_of(now(), &body.words, &place, category);
    let mut cases: Vec<SimilarCase> = Vec::new();
    let mut shown: Vec<CaseId> = Vec::new();
    for found in app.duplicates.candidates(&sought, LOOKED_AT) {
        if cases.len() == SHOWN || found.likeness.score < LEAST {
            break;
        }
        // The desk is shown what lies at the same spot; a stranger only what agrees.
        if !found.likeness.agrees() {
            continue;
        }
        let Some(case) = joinable(&app, found.case).await? else {
            continue;
        };
        if shown.contains(&case.id) {
            continue;
        }
        shown.push(case.id);
        cases.push(SimilarCase {
            offer: app
                .duplicates
                .offer(case.id)
                .map_err(|error| no_randomness(&error))?,
            category: case.category.as_ref().map(ToString::to_string),
            stage: Word(case.stage),
            about_metres: about_metres(sought.point, &case),
            about_when: Time(hour_of(case.submitted_at)),
            joined: case.more.joiners.count,
        });
    }
    let text = match &place.address {
        Some(address) => format!("{} {address}", body.words),
        None => body.words,
    };
    let places = places(&app, &text);
    let here = || app.city().rules.locator.locate(sought.point?);
    Ok(Json(SimilarView {
        suggested_area: here().map(|area| area.to_string()),
        cases,
        places,
    }))
}

/// The case itself, or the main case it follows, where more may join it.
async fn joinable(app: &App, id: CaseId) -> Result<Option<Case>, Refusal> {
    let case = app.store.case(id).await?;
    let main = match case.as_ref().and_then(|case| case.more.merged.as_ref()) {
        Some(merged) => app.store.case(merged.into).await?,
        None => case,
    };
    Ok(main.filter(|case| yiwang_cases::possible(case).contains(&Action::Join)))
}

fn about_metres(here: Option<Point>, case: &Case) -> Option<u32> {
    let words = case.request.as_ref()?.disclose(Purpose::HandleCase);
    let block = cell(words.place.point?) >> BLUR << BLUR;
    // The middle of the block: half of its cells away from its first.
    let middle = point_of_cell(block | (0b11 << (BLUR - 2)))?;
    let metres = metres_between(here?, middle) as u32;
    Some(metres.div_ceil(STEP).max(1) * STEP)
}

fn hour_of(at: Timestamp) -> Timestamp {
    const HOUR: i64 = 3_600_000;
    from_millis(to_millis(at).div_euclid(HOUR) * HOUR)
}

/// Join a case instead of sending another (同感). The answer holds the code by
/// which whoever joins follows it.
#[utoipa::path(post, path = "/api/v1/similar/{offer}/join", operation_id = "join", tag = "requests", request_body = JoinBody,
    params(OfferPath, KeyHeader),
    responses((status = 201, body = JoinedView), JoinProblems))]
pub(super) async fn join(
    State(app): State<Arc<App>>,
    Path(offer): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<JoinBody>,
) -> Answer<Response> {
    let actor = Actor::Resident;
    let path = format!("similar/{offer}/join");
    let receipt = receipt(&headers, &actor, &Method::POST, &path, &bytes)?;
    let offered = app.duplicates.offered(&offer).ok_or_else(unknown)?;
    let case = joinable(&app, offered).await?.ok_or_else(over)?;
    let code = code_for(receipt.as_ref())?;
    let joiner = Joiner {
        reporter: Reporter {
            name: given(body.reporter.name),
            phone: given(body.reporter.phone),
            email: None,
        },
        words: given(body.words),
        follow_code: code.clone(),
    };
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let asked = Asked {
        id: Some(case.id),
        seen_version: None,
        command: Command::Join(Join {
            joiner: Personal::new(joiner),
        }),
        receipt,
    };
    let case = execute(&app.store, &asked, &context).await?;
    let view = JoinedView {
        follow_code: follow_code::show(&code),
        stage: Word(case.stage),
        joined: case.more.joiners.count,
    };
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// The code for whoever joins. A call that is made again gets the same one: it
/// is made from the caller's key and from the offer, which only the caller knows.
fn code_for(receipt: Option<&Receipt>) -> Result<String, Refusal> {
    let Some(receipt) = receipt else {
        return follow_code::new().map_err(|error| no_randomness(&error));
    };
    let hash = Sha256::new()
        .chain_update(b"join\n")
        .chain_update(&receipt.key)
        .chain_update(receipt.fingerprint)
        .finalize();
    let bits = hash.iter().take(8);
    let bits = bits.fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    Ok(follow_code::of_bits(bits))
}

fn unknown() -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "similar.offer-unknown",
        "这个选项已过期，请重新查找相似案卷，或直接上报",
        "this offer has run out: look for similar cases again, or send your request",
    )
    .at("offer")
}

fn over() -> Refusal {
    Refusal::new(
        RefusalKind::NotNow,
        "similar.case-over",
        "这一案卷刚刚办结，请直接上报",
        "this case has just been closed: send your request",
    )
    .at("offer")
}
