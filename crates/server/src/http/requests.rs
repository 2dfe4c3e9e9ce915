//! The one door for requests.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use yiwang_base::{Personal, Point, Purpose, Refusal, RefusalKind};
use yiwang_cases::{
    Asked, Channel, Command, Context, Place, Reporter, RequestWords, Submit, execute,
};

use super::body::Body;
use super::commands::{code, receipt};
use super::problem::{Answer, Problem};
use super::session::{Visitor, no_randomness};
use super::state::{App, now};
use crate::city::channel_word;
use crate::follow_code;
use crate::policy::Right;
use crate::wire::{RequestBody, SubmittedView, time};

/// Send a request. Anyone may; the answer holds the case's number and the
/// code by which the sender follows it.
#[utoipa::path(post, path = "/api/v1/requests", tag = "requests", request_body = RequestBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "the same key does it once")),
    responses((status = 201, body = SubmittedView), (status = 422, body = Problem)))]
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<RequestBody>,
) -> Answer<Response> {
    let actor = visitor.actor();
    let receipt = receipt(&headers, &actor, &Method::POST, "requests", &bytes)?;
    let submit = submission(body, &visitor)?;
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
    let case = execute(&app.store, &asked, &context).await?;
    let request = case
        .request
        .as_ref()
        .map(|words| words.disclose(Purpose::OwnRequest));
    let view = SubmittedView {
        id: case.id.to_string(),
        follow_code: request
            .and_then(|r| r.follow_code.as_deref())
            .map(follow_code::show),
        stage: case.stage.word(),
        area: case.area.as_ref().map(ToString::to_string),
        accept_by: case.due_at.map(time),
    };
    let location = format!("/api/v1/cases/{}", case.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(view),
    )
        .into_response())
}

fn submission(body: RequestBody, visitor: &Visitor) -> Result<Submit, Refusal> {
    let channel = match body.channel.as_deref() {
        None => Channel::Web,
        Some(word) => {
            let channel = Channel::ALL.into_iter().find(|c| channel_word(*c) == word);
            let channel = channel.ok_or_else(|| {
                Refusal::new(
                    RefusalKind::Invalid,
                    "channel.unknown",
                    "没有这个渠道",
                    "there is no such channel",
                )
                .at("channel")
                .found(word)
                .allowing(Channel::ALL.map(channel_word))
            })?;
            let staff = visitor
                .0
                .as_ref()
                .is_some_and(|user| user.may(Right::SetChannel));
            if channel != Channel::Web && !staff {
                return Err(Refusal::new(
                    RefusalKind::Forbidden,
                    "channel.staff-only",
                    "只有坐席可以登记其他渠道的诉求",
                    "only operators enter requests of other channels",
                )
                .at("channel")
                .found(word)
                .allowing(["web"]));
            }
            channel
        }
    };
    let point = match body.place.point {
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
    let category = body.category.filter(|code| !code.is_empty());
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let words = RequestWords {
        words: body.words,
        place: Place {
            address: given(body.place.address),
            point,
        },
        reporter: Reporter {
            name: given(body.reporter.name),
            phone: given(body.reporter.phone),
        },
        follow_code: Some(follow_code::new().map_err(|error| no_randomness(&error))?),
    };
    Ok(Submit {
        channel,
        category: category.map(|text| code(&text, "category")).transpose()?,
        request: Personal::new(words),
        source: None,
    })
}
