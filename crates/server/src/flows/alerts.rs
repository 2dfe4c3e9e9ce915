//! Finding → alert → case → what came of it (感知 → 告警 → 工单 → 结果).

use std::sync::Arc;
use std::time::{Duration, Instant};

use geo::{Distance as _, Haversine, Point as Geo};
use yiwang_base::{
    CaseId, LocalText, Personal, Point, Purpose, Refusal, Timestamp, from_millis, truncate_millis,
};
use yiwang_cases::{
    Actor, Asked, Case, CaseStore as _, Channel, Command, Context, Place, RequestWords, SourceRef,
    Stage, Submit, execute,
};
use yiwang_sensing::alert::{self, Alert, AlertCommand, Found, Outcome, Spot, belongs, inhibitor};
use yiwang_sensing::docket::{Docket, DocketError, Filter, Kept};
use yiwang_sensing::rule::{Finding, Ground, Rule};
use yiwang_sensing::warning::{self, Warning, WarningCommand};
use yiwang_store::Store;

use super::warnings::{sender, warn};
use crate::alerting;
use crate::city::City;
use crate::http::App;

/// How often event time is let pass for silences and habits.
const TICK: Duration = Duration::from_secs(1);
/// How far event time stays behind the clock: readings that take longer on
/// their way count as late for silences.
const BEHIND_SECONDS: i64 = 5;
/// How often ladders, silences and ends are looked at.
const CLOCK: Duration = Duration::from_secs(10);
/// Alerts that are looked at each time.
const MOST: usize = 2_000;
/// Ended alerts whose cases may have ended since.
const MOST_ENDED: usize = 500;
/// How often a change is tried that somebody else was quicker with.
const TRIES: usize = 5;
/// An open request of the same category this near is about the same thing, metres.
const SAME_PLACE: f64 = 150.0;
/// Requests that are compared.
const CANDIDATES: usize = 20;

/// Follows what is found, and the clock.
pub async fn follow(app: Arc<App>) {
    let Some(mut findings) = app.alerting.findings() else {
        return;
    };
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut looked = Instant::now();
    loop {
        tokio::select! {
            found = findings.recv() => {
                let Some(found) = found else { return };
                for finding in found {
                    if let Err(refusal) = take(&app, &finding).await {
                        tracing::error!(%refusal, rule = %finding.rule, "a finding raised no alert");
                    }
                }
            }
            _ = tick.tick() => {
                let now = now();
                let behind = jiff::SignedDuration::from_secs(BEHIND_SECONDS);
                let alerting = Arc::clone(&app);
                let passed = tokio::task::spawn_blocking(move || {
                    alerting.alerting.advance(now.checked_sub(behind).unwrap_or(now));
                });
                if passed.await.is_err() {
                    tracing::error!("rules could not be followed");
                    return;
                }
                if looked.elapsed() >= CLOCK {
                    looked = Instant::now();
                    if let Err(refusal) = clock(&app, now).await {
                        tracing::warn!(%refusal, "the clock of alerts and warnings could not be read");
                    }
                }
            }
        }
    }
}

fn now() -> Timestamp {
    truncate_millis(Timestamp::now())
}

/// Makes an alert of a finding, or adds it to the one that it belongs to.
///
/// # Errors
/// When the record cannot be read or written.
pub async fn take(app: &App, finding: &Finding) -> Result<(), Refusal> {
    let city = app.city();
    let rules = alerting::rules(&app.store)?;
    let Some(rule) = rules.get(&finding.rule) else {
        return Ok(());
    };
    let Some(spot) = spot(&app.store, &city, finding)? else {
        return Ok(());
    };
    let found = Found {
        at: from_millis(finding.at),
        ground: plain(finding.ground),
        rule: finding.rule.clone(),
        streams: finding.streams.clone(),
        to: finding.to,
    };
    let by = format!("system:rule/{}", finding.rule);
    let Some(kept) = raise_or_add(app, rule, found, spot, &by).await? else {
        return Ok(());
    };
    let wants_case = kept.sheet.case.is_none()
        && kept.sheet.stands()
        && kept.sheet.colour >= rule.opens_case_from
        && kept.sheet.is_heard(now());
    if wants_case && rule.category.is_some() {
        open_case(app, &city, rule, &kept, &by).await?;
    }
    Ok(())
}

/// An entry holds numbers that every reader of JSON keeps exactly.
fn plain(ground: Ground) -> Ground {
    let plain = |value: f64| (value.clamp(-1e12, 1e12) * 1e3).round() / 1e3;
    match ground {
        Ground::Measured { level, value } => Ground::Measured {
            level: plain(level),
            value: plain(value),
        },
        other => other,
    }
}

fn spot(store: &Store, city: &City, finding: &Finding) -> Result<Option<Spot>, Refusal> {
    let Some(first) = finding.streams.first() else {
        return Ok(None);
    };
    let stream = alerting::stream(store, city, *first)?;
    Ok(stream.map(|stream| Spot {
        area: stream.areas.into_iter().next(),
        point: stream.point,
        thing: stream.thing,
    }))
}

async fn raise_or_add(
    app: &App,
    rule: &Rule,
    found: Found,
    spot: Spot,
    by: &str,
) -> Result<Option<Kept<Alert>>, Refusal> {
    for _ in 0..TRIES {
        let open = alerts(&app.store, true, MOST)?;
        // What stands already stays in its alert, wherever it is now.
        let holds = |kept: &&Kept<Alert>| {
            let place = found.streams.first();
            let standing = kept.sheet.found.iter();
            let mut same = standing.filter(|f| f.rule == found.rule && f.streams.first() == place);
            same.next().is_some()
        };
        let known = open.iter().find(holds);
        let known = known.or_else(|| {
            let mut all = open.iter();
            all.find(|kept| belongs(&kept.sheet, &rule.cause, &spot))
        });
        let command = match known {
            Some(_) => AlertCommand::Find(found.clone()),
            None if found.to.is_none() => return Ok(None),
            None => AlertCommand::Raise {
                cause: rule.cause.clone(),
                escalate: rule.escalate.clone(),
                found: found.clone(),
                inhibited_by: rule.inhibited_by.clone(),
                name: rule.name.clone(),
                spot: spot.clone(),
            },
        };
        match act(&app.store, known, &command, by).await {
            Err(refusal) if refusal.code == "docket.changed" => {}
            outcome => return outcome.map(Some),
        }
    }
    Err(DocketError::Changed { found: 0 }.into())
}

fn alerts(store: &Store, open: bool, limit: usize) -> Result<Vec<Kept<Alert>>, DocketError> {
    let filter = Filter {
        open: Some(open),
        before: None,
        limit,
    };
    store.sheets(filter)
}

/// Takes a step of an alert.
///
/// # Errors
/// What the room refuses, or that somebody else was quicker.
pub async fn act(
    store: &Store,
    kept: Option<&Kept<Alert>>,
    command: &AlertCommand,
    by: &str,
) -> Result<Kept<Alert>, Refusal> {
    let context = alert::Context { now: now(), by };
    let steps = alert::decide(kept.map(|k| &k.sheet), command, &context)?;
    if let Some(kept) = kept
        && steps.is_empty()
    {
        return Ok(kept.clone());
    }
    let seen = kept.map(|kept| (kept.id, kept.version));
    Ok(store.write(seen, steps).await?)
}

/// Opens a case, or joins the open request of somebody who saw the same thing.
async fn open_case(
    app: &App,
    city: &City,
    rule: &Rule,
    kept: &Kept<Alert>,
    by: &str,
) -> Result<(), Refusal> {
    let known = reported(app, rule, kept).await?;
    let (case, joined) = match known {
        Some(case) => (case, true),
        None => (new_case(app, city, rule, kept, by).await?, false),
    };
    let link = AlertCommand::LinkCase { case, joined };
    act(&app.store, Some(kept), &link, by).await.map(drop)
}

/// An open request of the same category near by.
async fn reported(app: &App, rule: &Rule, kept: &Kept<Alert>) -> Result<Option<CaseId>, Refusal> {
    let Some(point) = kept.sheet.point() else {
        return Ok(None);
    };
    let place = Place {
        address: None,
        point: Some(point),
    };
    let words = &kept.sheet.name.zh;
    let sought = app
        .duplicates
        .seen_of(now(), words, &place, rule.category.clone());
    for candidate in app.duplicates.candidates(&sought, CANDIDATES) {
        let Some(case) = app.store.case(candidate.case).await? else {
            continue;
        };
        let open = !matches!(case.stage, Stage::Closed | Stage::Declined);
        if open && case.category == rule.category && is_near(&case, point) {
            return Ok(Some(case.id));
        }
    }
    Ok(None)
}

fn is_near(case: &Case, point: Point) -> bool {
    let request = case.request.as_ref();
    let own = request.and_then(|r| r.disclose(Purpose::HandleCase).place.point);
    let geo = |p: Point| Geo::new(p.lon(), p.lat());
    own.is_some_and(|own| Haversine.distance(geo(own), geo(point)) <= SAME_PLACE)
}

async fn new_case(
    app: &App,
    city: &City,
    rule: &Rule,
    kept: &Kept<Alert>,
    by: &str,
) -> Result<CaseId, Refusal> {
    let actor = Actor::System(by.trim_start_matches("system:").to_owned());
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
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
        category: rule.category.clone(),
        request: Personal::new(request),
        source: Some(SourceRef {
            id: kept.id.to_string(),
            system: "alert".into(),
        }),
    });
    let asked = |id, command| Asked {
        id,
        seen_version: None,
        command,
        receipt: None,
    };
    let case = execute(&app.store, &asked(None, submit), &context).await?;
    app.duplicates.take_in(&case);
    if let Some(category) = rule.category.clone() {
        let accept = Command::Accept {
            category,
            area: alert.area().cloned(),
        };
        execute(&app.store, &asked(Some(case.id), accept), &context).await?;
    }
    Ok(case.id)
}

/// What the case says: the alert in words.
fn words(alert: &Alert) -> String {
    let colour = alert.colour.name();
    let text = |f: &Found| match f.ground {
        Ground::Measured { level, value } => LocalText::new(
            format!("实测 {value},级别 {level}"),
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

/// What the clock brings about: rungs of ladders, ends of silences and of
/// warnings, and what came of cases.
async fn clock(app: &App, now: Timestamp) -> Result<(), Refusal> {
    let open = alerts(&app.store, true, MOST)?;
    for kept in &open {
        let inhibitor = inhibitor(kept, &open);
        let tick = AlertCommand::Tick { inhibitor };
        let kept = quicker(
            act(&app.store, Some(kept), &tick, "system:clock").await,
            kept,
        )?;
        label(app, &kept).await?;
    }
    for kept in alerts(&app.store, false, MOST_ENDED)? {
        label(app, &kept).await?;
    }
    let filter = Filter {
        open: Some(true),
        before: None,
        limit: MOST,
    };
    let warnings: Vec<Kept<Warning>> = app.store.sheets(filter)?;
    let sender = sender(&app.store)?;
    for kept in &warnings {
        let context = warning::Context {
            now,
            by: "system:clock",
            id: kept.id,
            sender: &sender,
            offset_minutes: alerting::offset_minutes(&app.city(), now),
        };
        let ticked = warn(&app.store, Some(kept), &WarningCommand::Tick, &context).await;
        quicker(ticked, kept)?;
    }
    Ok(())
}

/// Somebody else was quicker: the next time round sees to it.
fn quicker<S: Clone>(
    outcome: Result<Kept<S>, Refusal>,
    kept: &Kept<S>,
) -> Result<Kept<S>, Refusal> {
    match outcome {
        Err(refusal) if refusal.code == "docket.changed" => Ok(kept.clone()),
        outcome => outcome,
    }
}

/// Lets the case that ended say what came of its alert.
async fn label(app: &App, kept: &Kept<Alert>) -> Result<(), Refusal> {
    let (Some(case), None) = (kept.sheet.case, kept.sheet.outcome) else {
        return Ok(());
    };
    let Some(case) = app.store.case(case).await? else {
        return Ok(());
    };
    let Some(outcome) = outcome(&case) else {
        return Ok(());
    };
    let command = AlertCommand::Label { outcome };
    quicker(
        act(&app.store, Some(kept), &command, "system:case-outcome").await,
        kept,
    )?;
    Ok(())
}

/// A case that was declined was no matter; one that was closed after somebody
/// checked was one; of any other nobody can say.
fn outcome(case: &Case) -> Option<Outcome> {
    match case.stage {
        Stage::Declined => Some(Outcome::False),
        Stage::Closed if case.closed_unverified => Some(Outcome::Unknown),
        Stage::Closed => Some(Outcome::Real),
        _ => None,
    }
}
