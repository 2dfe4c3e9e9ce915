//! The one door for requests.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use yiwang_base::{Personal, Point, Purpose, Refusal, RefusalKind};
use yiwang_cases::{
    Asked, Case, CaseStore, Channel, Command, Context, Place, Reporter, RequestWords, StoreError,
    Submit, TakenIn, take_in,
};

use super::answers::SubmitProblems;
use super::body::Body;
use super::commands::{code, receipt};
use super::parameters::KeyHeader;
use super::problem::Answer;
use super::session::{Visitor, no_randomness};
use super::state::{App, now};
use crate::city::{City, channel_word};
use crate::follow_code;
use crate::policy::{Right, User};
use crate::wire::{PlaceBody, RequestBody, SubmittedView, Time, Word};

/// Send a request. Anyone may; the answer holds the case's number and the
/// code by which the sender follows it.
#[utoipa::path(post, path = "/api/v1/requests", tag = "requests", request_body = RequestBody,
    params(KeyHeader),
    responses(
        (status = 201, body = SubmittedView,
            headers(("Location" = String, description = "the case, for staff"))),
        SubmitProblems,
    ))]
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<RequestBody>,
) -> Answer<Response> {
    let actor = visitor.actor();
    let receipt = receipt(&headers, &actor, &Method::POST, "requests", &bytes)?;
    let submit = submission(body, visitor.0.as_ref())?;
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let asked = Asked {
        id: None,
        seen_version: None,
        command: Command::Submit(submit),
        receipt,
    };
    let taken = taken_in(&app, &city, &asked, &context).await?;
    let view = submitted(&as_submitted(&app, taken).await?)?;
    let location = format!("/api/v1/cases/{}", view.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(view),
    )
        .into_response())
}

/// Takes a request in by any of the doors: what the judgement is sure of is done
/// at once, and later requests are held against it.
pub(super) async fn taken_in(
    app: &App,
    city: &City,
    asked: &Asked,
    context: &Context<'_>,
) -> Result<TakenIn, Refusal> {
    let judging = app.judging();
    let steps = |case: &Case| judging.steps(city, case);
    let taken = take_in(&app.store, asked, context, steps).await?;
    app.duplicates.take_in(&taken.case);
    Ok(taken)
}

/// The case as it was when it came in: the same call made again gets the same answer.
async fn as_submitted(app: &App, taken: TakenIn) -> Result<Case, StoreError> {
    let TakenIn { case, as_it_came } = taken;
    if case.version == 1 {
        return Ok(case);
    }
    if let Some(case) = as_it_came {
        return Ok(case);
    }
    let timeline = app.store.timeline(case.id).await?;
    let first = timeline.first().map(|recorded| &recorded.happening);
    let first = first.ok_or_else(|| StoreError::Broken("a case without events".into()))?;
    Case::begin(case.id, first).map_err(|error| StoreError::Broken(error.to_string()))
}

/// The code by which whoever sent the request follows it; none once erased.
pub(super) fn own_code(case: &Case) -> Option<String> {
    let words = case.request.as_ref()?.disclose(Purpose::OwnRequest);
    words.follow_code.as_deref().map(follow_code::show)
}

fn submitted(case: &Case) -> Result<SubmittedView, StoreError> {
    let accept_by = case.due_at;
    Ok(SubmittedView {
        id: case.id.to_string(),
        follow_code: own_code(case),
        stage: Word(case.stage),
        area: case.area.as_ref().map(ToString::to_string),
        accept_by: Time(
            accept_by.ok_or_else(|| StoreError::Broken("a request without a limit".into()))?,
        ),
    })
}

pub(super) fn submission(body: RequestBody, user: Option<&User>) -> Result<Submit, Refusal> {
    let channel = body.channel.map_or(Channel::Web, |word| word.0);
    let staff = user.is_some_and(|user| user.may(Right::SetChannel));
    if channel != Channel::Web && !staff {
        return Err(Refusal::new(
            RefusalKind::Forbidden,
            "channel.staff-only",
            "只有坐席可以登记其他渠道的诉求",
            "only operators enter requests of other channels",
        )
        .at("channel")
        .found(channel_word(channel))
        .allowing(["web"]));
    }
    if channel == Channel::Proactive {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "channel.proactive",
            "未诉先办的案卷由受理建议产生，不能直接登记",
            "proactive cases come of accepted proposals and are not entered by hand",
        )
        .at("channel")
        .found(channel_word(channel)));
    }
    let place = place(body.place)?;
    let category = body.category.filter(|code| !code.is_empty());
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let words = RequestWords {
        words: body.words,
        place,
        reporter: Reporter {
            name: given(body.reporter.name),
            phone: given(body.reporter.phone),
            email: None,
        },
        follow_code: Some(follow_code::new().map_err(|error| no_randomness(&error))?),
        ..RequestWords::default()
    };
    Ok(Submit {
        channel,
        category: category.map(|text| code(&text, "category")).transpose()?,
        request: Personal::new(words),
        source: None,
    })
}

/// Where something is, from a body.
pub(super) fn place(body: PlaceBody) -> Result<Place, Refusal> {
    let point = match body.point {
        None => None,
        Some(raw) => Some(Point::new(raw.lon, raw.lat).map_err(|error| {
            let (field, allowed) = match error {
                yiwang_base::PlaceError::Longitude(_) => ("place.point.lon", "-180 – 180"),
                yiwang_base::PlaceError::Latitude(_) => ("place.point.lat", "-85 – 85"),
            };
            Refusal::new(
                RefusalKind::Invalid,
                "point.off-map",
                "这一点不在地图上",
                "this point is off the map",
            )
            .at(field)
            .found(error.to_string())
            .allowing([allowed])
        })?),
    };
    let address = body.address.filter(|text| !text.trim().is_empty());
    Ok(Place { address, point })
}
