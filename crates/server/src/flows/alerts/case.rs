//! An alert becomes a case, and the case says what came of it.

use geo::{Distance as _, Haversine, Point as Geo};
use sha2::{Digest as _, Sha256};
use yiwang_base::{CaseId, CategoryCode, LocalText, Personal, Point, Purpose, Refusal};
use yiwang_cases::{
    Actor, Asked, Case, CaseStore as _, Channel, Command, Context, Match, Place, Receipt,
    RequestWords, SourceRef, Stage, Submit, execute,
};
use yiwang_sensing::alert::{Alert, AlertCommand, Found, Outcome};
use yiwang_sensing::docket::Kept;
use yiwang_sensing::rule::{Ground, Rule};
use yiwang_store::Store;

use super::{act, now, quicker};
use crate::city::City;
use crate::http::App;

/// An open request of the same category this near is about the same thing, metres.
const SAME_PLACE: f64 = 150.0;
/// Up to when an alert that has cleared is still taken on, after it was raised.
const LATELY_SECONDS: i64 = 60;
/// Requests that are compared.
const CANDIDATES: usize = 20;

/// Has a case take an alert on where one of its rules says so; `None` where
/// there is nothing to do.
///
/// # Errors
/// When the record cannot be read or written.
pub(super) async fn take_on(app: &App, kept: &Kept<Alert>) -> Result<Option<Kept<Alert>>, Refusal> {
    let (alert, now) = (&kept.sheet, now());
    // What is over by now was there all the same, if only just: whether a case is
    // opened does not hang on how quickly this is looked at.
    let lately = now.duration_since(alert.raised_at).as_secs() < LATELY_SECONDS;
    if alert.case.is_some() || !alert.is_heard(now) || !(alert.stands() || lately) {
        return Ok(None);
    }
    let rules = app.alerting.rules();
    let mut found = alert
        .rules
        .keys()
        .filter_map(|code| rules.get_key_value(code));
    let wants =
        found.find(|(_, rule)| rule.category.is_some() && alert.gravest >= rule.opens_case_from);
    let Some((code, rule)) = wants else {
        return Ok(None);
    };
    let by = format!("system:rule/{code}");
    open_case(app, &app.city(), rule, kept, &by).await.map(Some)
}

/// Opens a case, or joins the open request of somebody who saw the same thing.
async fn open_case(
    app: &App,
    city: &City,
    rule: &Rule,
    kept: &Kept<Alert>,
    by: &str,
) -> Result<Kept<Alert>, Refusal> {
    let known = reported(app, rule, kept).await?;
    let (case, joined) = match known {
        Some((case, own)) => (case, !own),
        None => {
            let actor = Actor::System(by.trim_start_matches("system:").to_owned());
            let context = Context {
                rules: &city.rules,
                actor: &actor,
                grounds: None,
                now: now(),
            };
            let category = rule.category.clone();
            let case = new_case(&app.store, city, category, true, kept, &context).await?;
            app.duplicates.take_in(&case);
            (case.id, false)
        }
    };
    let link = AlertCommand::LinkCase {
        case,
        joined,
        reason: None,
    };
    quicker(act(&app.store, Some(kept), &link, by).await, kept)
}

/// An open request of the same category near by, and whether it is the one that this
/// very alert opened before it could be linked: that one first.
async fn reported(
    app: &App,
    rule: &Rule,
    kept: &Kept<Alert>,
) -> Result<Option<(CaseId, bool)>, Refusal> {
    let Some(point) = kept.sheet.point() else {
        return Ok(None);
    };
    let mut others = None;
    for candidate in alike(app, kept, rule.category.clone(), CANDIDATES) {
        let Some(case) = app.store.case(candidate.case).await? else {
            continue;
        };
        let open = !matches!(case.stage, Stage::Closed | Stage::Declined);
        if open && case.category == rule.category && is_near(&case, point) {
            let source = case.source.as_ref();
            if source.is_some_and(|source| *source == source_of(kept)) {
                return Ok(Some((case.id, true)));
            }
            others = others.or(Some((case.id, false)));
        }
    }
    Ok(others)
}

/// Recent cases that may be about what an alert is about.
pub(crate) fn alike(
    app: &App,
    kept: &Kept<Alert>,
    category: Option<CategoryCode>,
    most: usize,
) -> Vec<Match> {
    let place = Place {
        address: None,
        point: kept.sheet.point(),
    };
    let words = &kept.sheet.name.zh;
    let sought = app.duplicates.seen_of(now(), words, &place, category);
    app.duplicates.candidates(&sought, most)
}

/// The category of the case that an alert's rules ask for, if any does.
pub(crate) fn category_of(app: &App, alert: &Alert) -> Option<CategoryCode> {
    let rules = app.alerting.rules();
    let mut codes = alert.rules.keys();
    codes.find_map(|code| rules.get(code)?.category.clone())
}

/// Where a case that an alert opens comes from.
fn source_of(kept: &Kept<Alert>) -> SourceRef {
    SourceRef {
        id: kept.id.to_string(),
        system: "alert".into(),
    }
}

fn is_near(case: &Case, point: Point) -> bool {
    let request = case.request.as_ref();
    let own = request.and_then(|r| r.disclose(Purpose::HandleCase).place.point);
    let geo = |p: Point| Geo::new(p.lon(), p.lat());
    own.is_some_and(|own| Haversine.distance(geo(own), geo(point)) <= SAME_PLACE)
}

/// Opens a case for an alert, and accepts it where its category is known and
/// whoever asks accepts cases.
///
/// # Errors
/// What the room of cases refuses.
pub(crate) async fn new_case(
    store: &Store,
    city: &City,
    category: Option<CategoryCode>,
    accepts: bool,
    kept: &Kept<Alert>,
    context: &Context<'_>,
) -> Result<Case, Refusal> {
    let alert = &kept.sheet;
    let area = alert.area().and_then(|area| city.rules.areas.get(area));
    let request = RequestWords {
        words: words(alert),
        place: Place {
            address: area.map(|area| area.name.zh.clone()),
            point: alert.point(),
        },
        ..RequestWords::default()
    };
    let submit = Command::Submit(Submit {
        channel: Channel::Proactive,
        category: category.clone(),
        request: Personal::new(request),
        source: Some(source_of(kept)),
    });
    // Made once, however often it is tried.
    let key = format!("alert/{}", kept.id);
    let receipt = Receipt {
        fingerprint: Sha256::digest(&key).into(),
        key,
    };
    let asked = |id, command, receipt| Asked {
        id,
        seen_version: None,
        command,
        receipt,
    };
    let case = execute(store, &asked(None, submit, Some(receipt)), context).await?;
    if let Some(category) = category.filter(|_| accepts)
        && case.stage == Stage::Submitted
    {
        let accept = Command::Accept {
            category,
            area: alert.area().cloned(),
        };
        // The desk sees to a case that cannot be accepted by itself.
        match execute(store, &asked(Some(case.id), accept, None), context).await {
            Ok(case) => return Ok(case),
            Err(refusal) => {
                tracing::warn!(%refusal, case = %case.id, "the case of an alert waits at the desk");
            }
        }
    }
    Ok(case)
}

/// What the case says: the alert in words.
fn words(alert: &Alert) -> String {
    let colour = alert.colour.name();
    let text = |f: &Found| match f.ground {
        Ground::Measured { level, value } => LocalText::new(
            format!("实测 {value}，级别 {level}"),
            format!("measured {value}, level {level}"),
        ),
        Ground::Together { count } => LocalText::new(
            format!("{count} 路同时"),
            format!("{count} streams together"),
        ),
        Ground::RuleGone {} => LocalText::new("", ""),
    };
    let grounds: Vec<LocalText> = alert.rules.values().map(text).collect();
    let joined = |zh: bool| {
        let each = grounds.iter().map(|g| if zh { &g.zh } else { &g.en });
        each.map(String::as_str).collect::<Vec<_>>().join("; ")
    };
    format!(
        "{}({}告警):{}\n{} ({} alert): {}",
        alert.name.zh,
        colour.zh,
        joined(true),
        alert.name.en,
        colour.en,
        joined(false)
    )
}

/// Lets the case that ended say what came of its alert.
///
/// # Errors
/// When the record cannot be read or written.
pub(super) async fn label(app: &App, kept: &Kept<Alert>) -> Result<Option<Kept<Alert>>, Refusal> {
    let (Some(case), None) = (kept.sheet.case, kept.sheet.outcome) else {
        return Ok(None);
    };
    let Some(case) = app.store.case(case).await? else {
        return Ok(None);
    };
    let Some(outcome) = outcome(&case) else {
        return Ok(None);
    };
    let command = AlertCommand::Label { outcome };
    let labelled = act(&app.store, Some(kept), &command, "system:case-outcome").await;
    quicker(labelled, kept).map(Some)
}

/// A case that was declined was no matter; one that was closed after somebody
/// checked was one; of any other nobody can say.
pub(crate) fn outcome(case: &Case) -> Option<Outcome> {
    match case.stage {
        Stage::Declined => Some(Outcome::False),
        Stage::Closed if case.closed_unverified => Some(Outcome::Unknown),
        Stage::Closed => Some(Outcome::Real),
        _ => None,
    }
}
