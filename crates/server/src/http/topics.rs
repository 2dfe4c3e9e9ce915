//! What residents need (需求挖掘): the hot topics of some days.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use jiff::SignedDuration;
use yiwang_base::{LocalText, Purpose, Refusal, RefusalKind, Timestamp};
use yiwang_cases::topics::{Message, Settings, Topic, topics};
use yiwang_cases::{Case, CaseFilter, CaseStore as _, Order};

use super::answers::FilterProblems;
use super::filter::keep_within;
use super::parameters::TopicsQuery;
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::policy::Right;
use crate::wire::{CodeCount, Time, TopicView, TopicsView};

/// Cases that are looked at, the newest: comparing them takes about a second.
const MOST_CASES: usize = 5_000;
/// Cases read at once.
const PAGE: usize = 500;
/// Topics that are told.
const MOST_TOPICS: usize = 20;
/// Fewer cases are no topic.
const FEWEST: usize = 3;
/// Days when none are named, and at most.
const DAYS: (u32, u32) = (30, 366);

/// The hot topics of the last days, with their cases, areas and categories.
#[utoipa::path(get, path = "/api/v1/topics", operation_id = "list_topics", tag = "cases", security(("session" = [])),
    params(TopicsQuery), responses((status = 200, body = TopicsView), FilterProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<TopicsView>> {
    let user = visitor.with(Right::ReadWords)?;
    let now = now();
    let days = days(&query.unwrap_or_default())?;
    let mut areas = Vec::new();
    keep_within(&mut areas, &user)?;
    let filter = CaseFilter {
        areas,
        from: now
            .checked_sub(SignedDuration::from_hours(24 * i64::from(days)))
            .ok(),
        involved: user.bound_to()?.cloned().into_iter().collect(),
        ..CaseFilter::default()
    };
    let (mut cases, mut start) = (Vec::new(), None);
    let more = loop {
        let page = app.store.list(&filter, Order::Newest, start, PAGE).await?;
        cases.extend(page.cases.into_iter().filter(|case| case.request.is_some()));
        match page.next {
            None => break false,
            Some(_) if cases.len() >= MOST_CASES => break true,
            Some(next) => start = Some(next),
        }
    };
    let looked_at = cases.len() as u64;
    // It keeps a core busy for a while, which answers to others must not wait for.
    let found = tokio::task::spawn_blocking(move || views(&cases));
    let topics = found.await.map_err(|error| {
        tracing::error!(%error, "topics could not be gathered");
        Refusal::new(
            RefusalKind::Unavailable,
            "topics.failed",
            "热点未能算出，请稍后再试",
            "the topics could not be gathered; try again later",
        )
    })?;
    Ok(Json(TopicsView {
        topics,
        looked_at,
        more,
        heat: LocalText::new(
            "件数除以 √(1 + 首末间隔天数 / 30)",
            "cases divided by √(1 + days from first to last / 30)",
        )
        .into(),
        as_of: Time(now),
    }))
}

/// `days=30`, and nothing else.
fn days(query: &str) -> Result<u32, Refusal> {
    let mut days = DAYS.0;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let wrong = |zh: &str, en: &str| {
            Refusal::new(RefusalKind::Invalid, "query.topics", zh, en)
                .at(name.as_ref())
                .found(value.as_ref())
        };
        if name != "days" {
            return Err(wrong("没有这个查询参数", "there is no such parameter").allowing(["days"]));
        }
        let number = value
            .parse()
            .ok()
            .filter(|days| (1..=DAYS.1).contains(days));
        days = number.ok_or_else(|| {
            let allowed = format!("1 – {}", DAYS.1);
            wrong("天数不对", "not a number of days").allowing([allowed])
        })?;
    }
    Ok(days)
}

fn views(cases: &[Case]) -> Vec<TopicView> {
    let messages = cases.iter().map(|case| Message {
        title: words(case),
        day: Some(case.submitted_at.as_second().div_euclid(86_400)),
        likes: 0,
        against: 0,
    });
    let messages: Vec<Message<'_>> = messages.collect();
    let settings = Settings {
        fewest: FEWEST,
        ..Settings::default()
    };
    let hottest = topics(&messages, &settings).into_iter().take(MOST_TOPICS);
    hottest.map(|topic| view(cases, &topic)).collect()
}

fn view(cases: &[Case], topic: &Topic) -> TopicView {
    let own = || topic.messages.iter().map(|n| &cases[*n]);
    let times = || own().map(|case| case.submitted_at);
    let core = &cases[topic.core];
    TopicView {
        core: core.id.to_string(),
        words: words(core).to_owned(),
        heat: (topic.heat * 100.0).round() / 100.0,
        cases: own().map(|case| case.id.to_string()).collect(),
        areas: counted(own().filter_map(|case| case.area.as_ref())),
        categories: counted(own().filter_map(|case| case.category.as_ref())),
        first: Time(times().min().unwrap_or(Timestamp::UNIX_EPOCH)),
        last: Time(times().max().unwrap_or(Timestamp::UNIX_EPOCH)),
    }
}

fn words(case: &Case) -> &str {
    let request = case.request.as_ref();
    request.map_or("", |request| &request.disclose(Purpose::HandleCase).words)
}

fn counted<T: ToString>(codes: impl Iterator<Item = T>) -> Vec<CodeCount> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for code in codes {
        *counts.entry(code.to_string()).or_default() += 1;
    }
    let counted = counts
        .into_iter()
        .map(|(code, count)| CodeCount { code, count });
    let mut counted: Vec<CodeCount> = counted.collect();
    counted.sort_by_key(|one| std::cmp::Reverse(one.count));
    counted
}
