//! Findings become alerts, many at once: what belongs to one alert is written
//! in one step, and alerts are written side by side.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use yiwang_base::{Refusal, Timestamp, from_millis};
use yiwang_cases::StoreError;
use yiwang_sensing::alert::{
    Alert, AlertCommand, AlertEvent, Context, Found, Spot, belongs, decide,
};
use yiwang_sensing::docket::{Docket, DocketError, Filter, Kept, Sheet as _, Step};
use yiwang_sensing::rule::{Finding, Ground, Rule};
use yiwang_store::Store;

use super::{case, draft, now};
use crate::alerting;
use crate::city::City;
use crate::http::App;

/// Findings that are taken at once.
const MOST_AT_ONCE: usize = 512;
/// Alerts that are read at once.
const PAGE: usize = 1_000;
/// Alerts that have ended and whose cases may end yet; older ones are left.
const MOST_ENDED: usize = 5_000;
/// What happened longer ago than this is history and raises no alert: readings
/// that are brought in later, as of last year.
const PAST_HOURS: i64 = 7 * 24;

/// The alerts with which something is still to be done, as the record has them.
pub(super) struct Desk {
    open: BTreeMap<u64, Kept<Alert>>,
    /// Those that a case has taken on and nobody knows what came of yet.
    unlabelled: BTreeMap<u64, Kept<Alert>>,
    /// The next entry to be looked at.
    next: u64,
}

/// An alert that is being written.
struct Job {
    /// The alert, and the version that was seen; none of a new one.
    seen: Option<(u64, u64)>,
    sheet: Option<Alert>,
    steps: Vec<Step<AlertEvent>>,
    found: Vec<Finding>,
}

impl Job {
    fn of(kept: &Kept<Alert>) -> Job {
        Job {
            seen: Some((kept.id, kept.version)),
            sheet: Some(kept.sheet.clone()),
            steps: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Adds what a command makes of it; says whether anything.
    fn add(&mut self, command: &AlertCommand, by: &str, now: Timestamp) -> bool {
        let context = Context { now, by };
        let steps = match decide(self.sheet.as_ref(), command, &context) {
            Ok(steps) => steps,
            Err(refusal) => {
                tracing::error!(%refusal, by, "a finding raised no alert");
                return false;
            }
        };
        let id = self.seen.map_or(0, |(id, _)| id);
        for step in steps {
            self.sheet = Alert::take(self.sheet.take(), id, &step);
            self.steps.push(step);
        }
        true
    }
}

impl Desk {
    pub(super) fn open(store: &Store) -> Result<Desk, DocketError> {
        let mut desk = Desk {
            open: BTreeMap::new(),
            unlabelled: BTreeMap::new(),
            next: *store.durable().borrow(),
        };
        let mut before = None;
        loop {
            let filter = Filter {
                open: Some(true),
                before,
                limit: PAGE,
            };
            let page: Vec<Kept<Alert>> = store.sheets(filter)?;
            before = page.last().map(|kept| kept.id);
            let full = page.len() == PAGE;
            page.into_iter().for_each(|kept| desk.note(kept));
            if !full {
                break;
            }
        }
        let filter = Filter {
            open: Some(false),
            before: None,
            limit: MOST_ENDED,
        };
        let ended: Vec<Kept<Alert>> = store.sheets(filter)?;
        ended.into_iter().for_each(|kept| desk.note(kept));
        Ok(desk)
    }

    /// Takes note of how an alert stands.
    pub(super) fn note(&mut self, kept: Kept<Alert>) {
        if kept.sheet.case.is_some() && kept.sheet.outcome.is_none() {
            self.unlabelled.insert(kept.id, kept.clone());
        } else {
            self.unlabelled.remove(&kept.id);
        }
        if kept.sheet.is_open() {
            self.open.insert(kept.id, kept);
        } else {
            self.open.remove(&kept.id);
        }
    }

    /// Takes note of what others did.
    pub(super) async fn follow(&mut self, store: &Store) -> Result<(), StoreError> {
        loop {
            let page = store.sheets_from::<Alert>(self.next, PAGE).await?;
            let full = page.len() == PAGE;
            for moved in page {
                self.next = moved.seq + 1;
                self.note(moved.kept);
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// The open alerts.
    pub(super) fn all(&self) -> Vec<Kept<Alert>> {
        self.open.values().cloned().collect()
    }

    /// Alerts of which nobody knows yet what came.
    pub(super) fn unlabelled(&self) -> Vec<Kept<Alert>> {
        self.unlabelled.values().cloned().collect()
    }

    /// Makes alerts of findings that wait, and cases of alerts.
    ///
    /// # Errors
    /// When the record cannot be read or written: they go on waiting.
    pub(super) async fn take(&mut self, app: &App) -> Result<(), Refusal> {
        let entries = *app.store.durable().borrow();
        let pending = app.alerting.pending();
        let found = pending.first(MOST_AT_ONCE, entries);
        let count = found.len();
        self.follow(&app.store).await?;
        let jobs = self.plan(app, found)?;
        let (written, again, failed) = self.write(&app.store, jobs).await;
        for kept in &written {
            follow_up(app, self, kept).await;
        }
        pending.done(count, again);
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// What is to be written for these findings.
    fn plan(&self, app: &App, found: Vec<Finding>) -> Result<Vec<Job>, Refusal> {
        let (city, rules, now) = (app.city(), app.alerting.rules(), now());
        let mut jobs: Vec<Job> = Vec::new();
        let mut places: BTreeMap<u64, usize> = BTreeMap::new();
        let mut past = 0;
        for finding in found {
            let Some(rule) = rules.get(&finding.rule) else {
                tracing::error!(rule = %finding.rule, "a finding names a rule that is not in the record");
                continue;
            };
            let by = format!("system:rule/{}", finding.rule);
            let at = from_millis(finding.at);
            if finding.to.is_some() && now.duration_since(at).as_hours() >= PAST_HOURS {
                past += 1;
                continue;
            }
            let told = found_of(&finding);
            let standing = |alert: &Alert| holds(alert, &told);
            let mut place = self.place(&mut jobs, &mut places, standing);
            let mut command = AlertCommand::Find(told.clone());
            if place.is_none() && told.to.is_some() {
                let Some(spot) = spot(&app.store, &city, &finding)? else {
                    continue;
                };
                let near = |alert: &Alert| alert.is_open() && belongs(alert, &rule.cause, &spot);
                place = self.place(&mut jobs, &mut places, near);
                if place.is_none() {
                    command = raise(rule, told, spot);
                    jobs.push(Job {
                        seen: None,
                        sheet: None,
                        steps: Vec::new(),
                        found: Vec::new(),
                    });
                    place = Some(jobs.len() - 1);
                }
            }
            if let Some(job) = place.and_then(|place| jobs.get_mut(place))
                && job.add(&command, &by, now)
            {
                job.found.push(finding);
            }
        }
        if past > 0 {
            tracing::info!(past, "findings of long ago raise no alerts");
        }
        jobs.retain(|job| !job.steps.is_empty());
        Ok(jobs)
    }

    /// The job of the first alert that is so, begun where it must be.
    fn place(
        &self,
        jobs: &mut Vec<Job>,
        places: &mut BTreeMap<u64, usize>,
        is_so: impl Fn(&Alert) -> bool,
    ) -> Option<usize> {
        let begun = jobs
            .iter()
            .position(|job| job.sheet.as_ref().is_some_and(&is_so));
        if begun.is_some() {
            return begun;
        }
        let mut open = self.open.values();
        let kept = open.find(|kept| !places.contains_key(&kept.id) && is_so(&kept.sheet))?;
        places.insert(kept.id, jobs.len());
        jobs.push(Job::of(kept));
        Some(jobs.len() - 1)
    }

    /// Writes jobs side by side. Gives back the alerts as they stand, findings
    /// whose alerts somebody else changed first or that could not be written,
    /// and why not.
    async fn write(
        &mut self,
        store: &Store,
        jobs: Vec<Job>,
    ) -> (Vec<Kept<Alert>>, Vec<Finding>, Option<DocketError>) {
        let writes = jobs.into_iter().map(|job| async move {
            let written = Docket::<Alert>::write(store, job.seen, job.steps).await;
            (written, job.seen, job.found)
        });
        let (mut written, mut again, mut failed) = (Vec::new(), Vec::new(), None);
        for (outcome, seen, found) in join_all(writes).await {
            match outcome {
                Ok(kept) => {
                    self.note(kept.clone());
                    written.push(kept);
                }
                Err(DocketError::DoesNotFollow) => {
                    tracing::error!(?seen, "findings do not follow from how their alert stands");
                }
                Err(DocketError::Changed { .. } | DocketError::NoSuch) => again.extend(found),
                Err(error) => {
                    again.extend(found);
                    failed = Some(error);
                }
            }
        }
        (written, again, failed)
    }
}

/// Whether an alert has what was found standing already, wherever it is now.
fn holds(alert: &Alert, found: &Found) -> bool {
    let place = found.streams.first();
    let mut standing = alert.found.iter();
    standing.any(|f| f.rule == found.rule && f.streams.first() == place)
}

/// A finding as an entry has it.
pub(crate) fn found_of(finding: &Finding) -> Found {
    Found {
        at: from_millis(finding.at),
        ground: plain(finding.ground),
        rule: finding.rule.clone(),
        streams: finding.streams.clone(),
        to: finding.to,
    }
}

/// The alert among those that are open that a finding belongs to.
pub(crate) fn alert_of<'a>(
    open: impl Iterator<Item = &'a Kept<Alert>> + Clone,
    rule: &Rule,
    found: &Found,
    spot: &Spot,
) -> Option<&'a Kept<Alert>> {
    let mut standing = open.clone();
    let held = standing.find(|kept| holds(&kept.sheet, found));
    let mut near = open.filter(|_| found.to.is_some());
    held.or_else(|| near.find(|kept| belongs(&kept.sheet, &rule.cause, spot)))
}

/// A new alert of a rule.
pub(crate) fn raise(rule: &Rule, found: Found, spot: Spot) -> AlertCommand {
    AlertCommand::Raise {
        cause: rule.cause.clone(),
        escalate: rule.escalate.clone(),
        found,
        inhibited_by: rule.inhibited_by.clone(),
        name: rule.name.clone(),
        spot,
    }
}

/// An entry holds numbers that every reader of JSON keeps exactly.
fn plain(ground: Ground) -> Ground {
    match ground {
        Ground::Measured { level, value } => Ground::Measured {
            level: plain_number(level),
            value: plain_number(value),
        },
        other => other,
    }
}

/// The same of a number.
pub(super) fn plain_number(value: f64) -> f64 {
    (value.clamp(-1e12, 1e12) * 1e3).round() / 1e3
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

/// What an alert brings about as it stands: a case, a draft of a warning. What
/// cannot be done now is done when the clock comes round.
pub(super) async fn follow_up(app: &App, desk: &mut Desk, kept: &Kept<Alert>) {
    match case::take_on(app, kept).await {
        Ok(Some(kept)) => desk.note(kept),
        Ok(None) => {}
        Err(refusal) => tracing::warn!(%refusal, alert = kept.id, "an alert has no case yet"),
    }
    if let Err(refusal) = draft::draft(app, kept).await {
        tracing::warn!(%refusal, alert = kept.id, "no warning could be drafted");
    }
}
