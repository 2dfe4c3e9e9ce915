//! Sending a service request.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use serde_json::json;
use yiwang_base::{Lang, Personal, Point, Purpose, Refusal, RefusalKind};
use yiwang_cases::{
    Action, Actor, Asked, Channel, Command, Context, Place, Question, Reporter, RequestWords,
    Submit, TakenIn,
};

use super::answer::Format;
use super::form::{Form, wrong};
use super::services;
use crate::follow_code;
use crate::http::commands::receipt;
use crate::http::problem::{Answer, reader_language};
use crate::http::requests::taken_in;
use crate::http::session::no_randomness;
use crate::http::state::{App, now};
use crate::policy::{Right, User};

/// A new service request.
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Answer<Response> {
    let form = Form::of_body(&headers, &body)?;
    let user = sender(&app, &form).await?;
    let city = app.city();
    let category = services::known(&city, form.must("service_code")?)?;
    let request = words(&form, category.name.get(reader_language(&headers)))?;
    Question::check_all(&category.questions, &request.answers, true).map_err(as_attribute)?;
    let actor = Actor::User(user.account.name.clone());
    let receipt = receipt(&headers, &actor, &Method::POST, "open311/requests", &body)?;
    let command = Command::Submit(Submit {
        channel: Channel::Partner,
        category: Some(category.code.clone()),
        request: Personal::new(request),
        source: None,
    });
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let asked = Asked {
        id: None,
        seen_version: None,
        command,
        receipt,
    };
    let TakenIn { case, .. } = taken_in(&app, &city, &asked, &context)
        .await
        .map_err(as_attribute)?;
    let words = case.request.as_ref();
    let words = words.map(|words| words.disclose(Purpose::OwnRequest));
    let code = words.and_then(|words| words.follow_code.as_deref());
    let notice = code.map(|code| match reader_language(&headers) {
        Lang::Zh => format!("查询码 {}，凭此可随时查看办理进度", follow_code::show(code)),
        Lang::En => format!("Follow it with the code {}", follow_code::show(code)),
    });
    let received = json!([{
        "service_request_id": case.id.to_string(),
        "service_notice": notice,
        "account_id": form.get("account_id"),
    }]);
    let mut answer = Format::of_uri(&uri).answer("service_requests", &received)?;
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}

/// Whoever sends, by key.
pub(super) async fn sender(app: &App, form: &Form) -> Result<User, Refusal> {
    let user = form.user(app).await?.ok_or_else(|| {
        Refusal::new(
            RefusalKind::Unauthenticated,
            "open311.key-missing",
            "须提供 api_key",
            "an api_key is needed",
        )
        .at("api_key")
    })?;
    user.must(Right::Act(Action::Submit))?;
    Ok(user)
}

/// A description is optional: without one the request says what its service is called.
fn words(form: &Form, service: &str) -> Result<RequestWords, Refusal> {
    let place = place(form)?;
    let name = [form.get("first_name"), form.get("last_name")];
    let name: Vec<&str> = name.into_iter().flatten().collect();
    let own = |name: &str| form.get(name).map(str::to_owned);
    Ok(RequestWords {
        words: form.get("description").unwrap_or(service).to_owned(),
        place,
        reporter: Reporter {
            name: Some(name.join(" ")).filter(|name| !name.is_empty()),
            phone: own("phone"),
            email: own("email"),
        },
        follow_code: Some(follow_code::new().map_err(|error| no_randomness(&error))?),
        answers: form.attributes(),
        media_url: own("media_url"),
    })
}

fn place(form: &Form) -> Result<Place, Refusal> {
    let point = match (form.degrees("lat")?, form.degrees("long")?) {
        (Some(lat), Some(lon)) => Some(Point::new(lon, lat).map_err(|error| {
            let field = match error {
                yiwang_base::PlaceError::Longitude(_) => "long",
                yiwang_base::PlaceError::Latitude(_) => "lat",
            };
            wrong(field, &error.to_string(), ["-180 – 180, -85 – 85"])
        })?),
        (None, None) => None,
        (Some(_), None) => form.must("long").map(|_| None)?,
        (None, Some(_)) => form.must("lat").map(|_| None)?,
    };
    let address = form.get("address_string").map(str::to_owned);
    if point.is_none() && address.is_none() {
        let asked = form.get("address_id");
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "open311.place",
            "请给出 lat 和 long，或 address_string；本市没有地址编号",
            "give lat and long, or an address_string; addresses have no numbers here",
        )
        .at("lat")
        .found(asked.unwrap_or_default())
        .allowing(["lat + long", "address_string"]));
    }
    Ok(Place { address, point })
}

/// Questions are `attribute[CODE]` to callers, words the `description`.
fn as_attribute(mut refusal: Refusal) -> Refusal {
    if let Some(field) = refusal.field.take() {
        let code = field.strip_prefix("answers.");
        refusal.field = Some(match (code, field.as_str()) {
            (Some(code), _) => format!("attribute[{code}]"),
            (None, "words") => "description".into(),
            (None, "place.address") => "address_string".into(),
            _ => field,
        });
    }
    refusal
}
