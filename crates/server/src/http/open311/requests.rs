//! Reading service requests.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yiwang_base::{CaseId, Lang, Purpose, Refusal, RefusalKind};
use yiwang_cases::{Case, CaseFilter, CaseStore, Order};

use super::answer::Format;
use super::form::{Form, wrong};
use super::{file, services, status};
use crate::city::City;
use crate::http::problem::{Answer, reader_language};
use crate::http::state::{App, now};
use crate::policy::{Sight, User};

/// Most requests in one answer, and most that are paged through.
const MAX_PAGE: usize = 1000;
const MAX_PAGES: usize = 100;
/// What a query without dates asks for, and the longest it may ask for.
const DAYS: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Decimals of degrees that a reader without the right to see places gets: about 100 m.
const BLUR: f64 = 1000.0;

/// Service requests by number or by filter.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let form = Form::of_query(query.as_deref());
    let view = View::of(&app, &form, &headers).await?;
    let cases = if form.get("service_request_id").is_some() {
        by_number(&app, &form).await?
    } else {
        by_filter(&app, &form, &view.city).await?
    };
    view.answer(&app, Format::of_uri(&uri), &cases).await
}

async fn by_number(app: &App, form: &Form) -> Result<Vec<Case>, Refusal> {
    let mut cases = Vec::new();
    for number in form.list("service_request_id").take(MAX_PAGE) {
        if let Ok(id) = number.parse()
            && let Some(case) = app.store.case(id).await?
        {
            cases.push(case);
        }
    }
    Ok(cases)
}

async fn by_filter(app: &App, form: &Form, city: &City) -> Result<Vec<Case>, Refusal> {
    let (from, until) = period(form, now())?;
    let mut filter = CaseFilter {
        from: Some(from),
        until: Some(until),
        ..CaseFilter::default()
    };
    for code in form.list("service_code") {
        let category = services::known(city, code)?;
        filter.categories.push(category.code.clone());
    }
    for word in form.list("status") {
        let stages =
            status::stages(word).ok_or_else(|| wrong("status", word, ["open", "closed"]))?;
        filter.stages.extend(stages);
    }
    let size = form.count("page_size", MAX_PAGE)?.unwrap_or(MAX_PAGE);
    let page = form.count("page", MAX_PAGES)?.unwrap_or(1);
    let mut start = None;
    for wanted in 1..=page {
        let found = app.store.list(&filter, Order::Newest, start, size).await?;
        if wanted == page {
            return Ok(found.cases);
        }
        start = found.next;
        if start.is_none() {
            break;
        }
    }
    Ok(Vec::new())
}

/// From when until when; 90 days at most.
fn period(form: &Form, now: Timestamp) -> Result<(Timestamp, Timestamp), Refusal> {
    let (start, end) = (form.time("start_date")?, form.time("end_date")?);
    let minus = |at: Timestamp| at.checked_sub(DAYS).unwrap_or(Timestamp::MIN);
    let plus = |at: Timestamp| at.checked_add(DAYS).unwrap_or(Timestamp::MAX);
    let (from, until) = match (start, end) {
        (Some(start), Some(end)) => (start, end),
        (Some(start), None) => (start, plus(start)),
        (None, Some(end)) => (minus(end), end),
        (None, None) => (minus(now), plus(now)),
    };
    let longest = if start.is_none() && end.is_none() {
        DAYS * 2
    } else {
        DAYS
    };
    if until < from || until.duration_since(from) > longest {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "open311.period",
            "起止时间须先后有序，且不超过 90 天",
            "start_date comes before end_date, by 90 days at most",
        )
        .at("start_date"));
    }
    Ok((from, until))
}

/// One service request.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let (number, format) = file(&name)?;
    let form = Form::of_query(query.as_deref());
    let view = View::of(&app, &form, &headers).await?;
    let case = find(&app, number).await?;
    view.answer(&app, format, &[case]).await
}

/// The number for a token: a request gets its number at once, so they are the same.
pub(super) async fn token(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Answer<Response> {
    let (token, format) = file(&name)?;
    let case = find(&app, token).await?;
    let id = case.id.to_string();
    let found = json!([{ "token": id, "service_request_id": id }]);
    format.answer("service_requests", &found)
}

/// The case of a number.
pub(super) async fn find(app: &App, number: &str) -> Result<Case, Refusal> {
    let unknown = || {
        Refusal::new(
            RefusalKind::NotFound,
            "open311.request",
            "没有这个 service_request_id",
            "there is no such service_request_id",
        )
        .at("service_request_id")
        .found(number)
    };
    let id: CaseId = number.parse().map_err(|_| unknown())?;
    app.store.case(id).await?.ok_or_else(unknown)
}

/// How a reader sees requests.
struct View {
    city: Arc<City>,
    zone: TimeZone,
    lang: Lang,
    sight: Sight,
    /// Whether what happened is told too.
    extensions: bool,
}

impl View {
    async fn of(app: &App, form: &Form, headers: &HeaderMap) -> Result<View, Refusal> {
        let user = form.user(app).await?;
        let city = app.city();
        Ok(View {
            zone: city.rules.calendar.zone().clone(),
            lang: reader_language(headers),
            sight: user.as_ref().map_or(Sight::NONE, User::sight),
            extensions: form.get("extensions") == Some("true"),
            city,
        })
    }

    async fn answer(&self, app: &App, format: Format, cases: &[Case]) -> Answer<Response> {
        let mut requests = Vec::with_capacity(cases.len());
        for case in cases {
            let mut request = self.request(case);
            if self.extensions {
                request["notes"] = self.happened(app, case).await?;
            }
            requests.push(request);
        }
        format.answer("service_requests", &requests.into())
    }

    fn request(&self, case: &Case) -> Value {
        let rules = &self.city.rules;
        let category = case.category.as_ref();
        let known = category.and_then(|code| rules.categories.get(code));
        let unit = case.unit.as_ref().and_then(|code| rules.units.get(code));
        let words = case.request.as_ref();
        let words = words.map(|words| words.disclose(Purpose::HandleCase));
        let seen = words.filter(|_| self.sight.words);
        let point = words.and_then(|words| words.place.point);
        let degrees = |exact: f64| {
            if self.sight.words {
                exact
            } else {
                (exact * BLUR).round() / BLUR
            }
        };
        let due = case.deadlines.resolve_by.or(case.due_at);
        json!({
            "service_request_id": case.id.to_string(),
            "status": status::status(case.stage),
            "status_notes": status::notes(case, self.lang),
            "service_name": known.map(|known| known.name.get(self.lang)),
            "service_code": category.map(|code| code.as_str()),
            "description": seen.map_or("", |words| &words.words),
            "agency_responsible": unit.map(|unit| unit.name.get(self.lang)),
            "service_notice": null,
            "requested_datetime": self.time(case.submitted_at),
            "updated_datetime": self.time(case.changed_at),
            "expected_datetime": due.map(|due| self.time(due)),
            "address": seen.and_then(|words| words.place.address.as_deref()),
            "address_id": null,
            "zipcode": null,
            "lat": point.map(|point| degrees(point.lat())),
            "long": point.map(|point| degrees(point.lon())),
            "media_url": seen.and_then(|words| words.media_url.as_deref()),
        })
    }

    async fn happened(&self, app: &App, case: &Case) -> Result<Value, Refusal> {
        let timeline = app.store.timeline(case.id).await?;
        let notes = timeline.iter().map(|recorded| {
            let event = &recorded.happening.event;
            json!({
                "datetime": self.time(recorded.happening.at),
                "summary": event.word(),
                "status": status::update_status(event.word(), case),
            })
        });
        Ok(notes.collect())
    }

    fn time(&self, at: Timestamp) -> String {
        w3c(at, &self.zone)
    }
}

/// A W3C datetime with the city's offset.
pub(super) fn w3c(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Result<(Timestamp, Timestamp), Refusal> {
        period(
            &Form::of_query(Some(query)),
            "2026-03-01T08:00:00Z".parse().unwrap(),
        )
    }

    fn times(from: &str, until: &str) -> (Timestamp, Timestamp) {
        (from.parse().unwrap(), until.parse().unwrap())
    }

    #[test]
    fn without_dates_it_is_ninety_days_each_way_to_the_millisecond() {
        let expected = times("2025-12-01T08:00:00Z", "2026-05-30T08:00:00Z");
        assert_eq!(found("").unwrap(), expected);
    }

    #[test]
    fn one_date_alone_begins_or_ends_ninety_days() {
        let expected = times("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z");
        assert_eq!(found("start_date=2026-01-01T00:00:00Z").unwrap(), expected);
        assert_eq!(found("end_date=2026-04-01T00:00:00Z").unwrap(), expected);
    }

    #[test]
    fn more_than_ninety_days_or_a_wrong_order_is_refused() {
        for query in [
            "start_date=2026-01-01T00:00:00Z&end_date=2026-04-01T00:00:01Z",
            "start_date=2026-01-02T00:00:00Z&end_date=2026-01-01T00:00:00Z",
        ] {
            assert_eq!(found(query).unwrap_err().code, "open311.period");
        }
    }
}
