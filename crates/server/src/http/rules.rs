//! Rules that judge readings.

use std::str::FromStr as _;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use yiwang_base::{Refusal, RefusalKind, RuleCode};
use yiwang_cases::StoreError;
use yiwang_sensing::rule::Rule;
use yiwang_store::{Item, ItemKind, ItemSet};

use super::answers::{ChangeProblems, OneStaffProblems, StaffProblems};
use super::body::Body;
use super::commands::code;
use super::kept::{given, seen_last, version};
use super::parameters::{IfMatchHeader, RulePath};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, Trial};
use crate::alerting::{self, Pace};
use crate::policy::Right;
use crate::wire::{JudgingView, PreviewBody, PreviewView, RuleBody, RuleView, Time, TrialView};

/// The rules, by their codes.
#[utoipa::path(get, path = "/api/v1/rules", operation_id = "rules", tag = "alerts", security(("session" = [])),
    responses((status = 200, body = Vec<RuleView>), StaffProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Vec<RuleView>>> {
    visitor.may(Right::ReadAlerts)?;
    let items = app.store.items_set(ItemKind::Rule)?;
    let views: Result<Vec<RuleView>, StoreError> = items.iter().map(view).collect();
    Ok(Json(views?))
}

/// Set a rule: a new code makes a new one, `active: false` takes it back,
/// `removed: true` puts it away as well. What stood by a rule that is changed ends,
/// and is found anew.
#[utoipa::path(post, path = "/api/v1/rules", operation_id = "set_rule", tag = "alerts", security(("session" = [])),
    params(IfMatchHeader), request_body = RuleBody,
    responses((status = 200, body = RuleView), ChangeProblems))]
pub(super) async fn set(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, .. }: Body<RuleBody>,
) -> Answer<Json<RuleView>> {
    visitor.may(Right::SetRules)?;
    let rule_code: RuleCode = code(&body.code, "code")?;
    let grounds = given(body.reason)?;
    check(&app, &body.rule)?;
    let turn = app.city_change().await;
    seen_last(&headers, current(&app, &rule_code)?.map(version))?;
    let item = Item::of(ItemKind::Rule, rule_code.as_str(), &body.rule)?;
    let by = visitor.actor().to_string();
    app.set_items(&turn, vec![item], by, grounds).await?;
    app.alerting.reload().await?;
    let set = current_or_gone(&app, &rule_code)?;
    Ok(Json(view(&set)?))
}

/// All that a rule was ever set to, oldest first.
#[utoipa::path(get, path = "/api/v1/rules/{rule}/history", operation_id = "rule_history", tag = "alerts", security(("session" = [])),
    params(RulePath),
    responses((status = 200, body = Vec<RuleView>), OneStaffProblems))]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(rule): Path<String>,
) -> Answer<Json<Vec<RuleView>>> {
    visitor.may(Right::ReadAlerts)?;
    let rule_code: RuleCode = code(&rule, "rule")?;
    current_or_gone(&app, &rule_code)?;
    let history = app
        .store
        .item_history(ItemKind::Rule, rule_code.as_str())?
        .into_iter();
    let views: Result<Vec<RuleView>, Refusal> = history
        .map(|version| {
            Ok(RuleView {
                code: rule_code.to_string(),
                version: version.seq,
                at: Time(version.at),
                by: version.by,
                grounds: version.grounds,
                rule: serde_json::from_value(version.body)
                    .map_err(|error| StoreError::Broken(error.to_string()))?,
            })
        })
        .collect();
    Ok(Json(views?))
}

/// Try a rule on the past, without setting it: how often it would have been
/// found between two times, when and where. It is judged as it would be now, by
/// the readings that are kept; those of which only summaries are left count as none.
#[utoipa::path(post, path = "/api/v1/rules/preview", operation_id = "preview_rule", tag = "alerts", security(("session" = [])),
    request_body = PreviewBody,
    responses((status = 200, body = PreviewView), ChangeProblems))]
pub(super) async fn preview(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<PreviewBody>,
) -> Answer<Json<PreviewView>> {
    let by = visitor.actor().to_string();
    visitor.may(Right::ReadAlerts)?;
    let turn = Arc::clone(&app.previews).acquire_owned().await;
    // Whoever goes away in the middle gives it up: this future is dropped then.
    let pace = Arc::new(Pace::default());
    let _waiting = Waiting(Arc::clone(&pace));
    let worker = Arc::clone(&app);
    let tried = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let trial = Trial {
            by,
            pace: Arc::clone(&pace),
        };
        under_way(&worker, Some(trial));
        let code =
            RuleCode::from_str("preview").map_err(|error| StoreError::Broken(error.to_string()))?;
        let tried = alerting::preview(&worker, code, body.rule, &(body.from..body.to), &pace);
        under_way(&worker, None);
        tried
    });
    let tried = tried
        .await
        .unwrap_or_else(|error| Err(StoreError::Broken(error.to_string()).into()));
    Ok(Json(tried?.into()))
}

/// Gives a trial up when nobody waits for it any more.
struct Waiting(Arc<Pace>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.given_up.store(true, Ordering::Relaxed);
    }
}

fn under_way(app: &App, trial: Option<Trial>) {
    *app.trial.write().unwrap_or_else(PoisonError::into_inner) = trial;
}

/// How far the trial of a rule is that is under way; `null` where there is none. One is
/// made at a time: others wait for it.
#[utoipa::path(get, path = "/api/v1/rules/preview", operation_id = "rule_trial", tag = "alerts", security(("session" = [])),
    responses((status = 200, body = Option<TrialView>), StaffProblems))]
pub(super) async fn trial(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Option<TrialView>>> {
    let by = visitor.actor().to_string();
    visitor.may(Right::ReadAlerts)?;
    let trial = app.trial.read().unwrap_or_else(PoisonError::into_inner);
    Ok(Json(trial.as_ref().map(|trial| TrialView {
        own: trial.by == by,
        read: trial.pace.read.load(Ordering::Relaxed),
        of: trial.pace.of.load(Ordering::Relaxed),
    })))
}

/// What was judged by the rules since the first reading, and what was not.
#[utoipa::path(get, path = "/api/v1/judging", operation_id = "judging", tag = "alerts", security(("session" = [])),
    responses((status = 200, body = JudgingView), StaffProblems))]
pub(super) async fn judging(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<JudgingView>> {
    visitor.may(Right::ReadAlerts)?;
    Ok(Json(app.alerting.standing().into()))
}

/// What the room refuses, and names that the city does not know.
fn check(app: &App, rule: &Rule) -> Result<(), Refusal> {
    rule.check()?;
    let city = app.city();
    if let Some(category) = &rule.category
        && !city.rules.categories.contains_key(category)
    {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "category.unknown",
            "没有这个分类",
            "there is no such category",
        )
        .at("rule.category")
        .found(category.as_str())
        .allowing(city.rules.categories.keys().map(ToString::to_string)));
    }
    for (place, rung) in rule.escalate.iter().enumerate() {
        if !city.rules.units.contains_key(&rung.to) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "unit.unknown",
                "没有这个单位",
                "there is no such unit",
            )
            .at(format!("rule.escalate[{place}].to"))
            .found(rung.to.as_str())
            .allowing(city.rules.units.keys().map(ToString::to_string)));
        }
    }
    Ok(())
}

fn current(app: &App, rule: &RuleCode) -> Result<Option<ItemSet>, StoreError> {
    let items = app.store.items_set(ItemKind::Rule)?;
    Ok(items.into_iter().find(|set| set.item.code == rule.as_str()))
}

fn current_or_gone(app: &App, rule: &RuleCode) -> Result<ItemSet, Refusal> {
    current(app, rule)?.ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "rule.unknown",
            "没有这条规则",
            "there is no such rule",
        )
        .found(rule.as_str())
    })
}

fn view(set: &ItemSet) -> Result<RuleView, StoreError> {
    Ok(RuleView {
        code: set.item.code.clone(),
        version: set.seq,
        at: Time(set.at),
        by: set.by.clone(),
        grounds: set.grounds.clone(),
        rule: set.item.read()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_goes_away_in_the_middle_gives_the_trial_up() {
        let pace = Arc::new(Pace::default());
        let waiting = Arc::clone(&pace);
        let asked = async move {
            let _waiting = Waiting(waiting);
            std::future::pending::<()>().await;
        };
        // As the server drops what it does for a connection that is gone.
        let gone = tokio::time::timeout(std::time::Duration::from_millis(1), asked);
        assert!(gone.await.is_err());
        assert!(pace.given_up.load(Ordering::Relaxed));
    }
}
