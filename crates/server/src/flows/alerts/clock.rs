//! What the clock brings about: rungs of ladders, ends of silences and of
//! warnings, and what came of cases.

use yiwang_base::{Refusal, Timestamp};
use yiwang_sensing::alert::{AlertCommand, inhibitor};
use yiwang_sensing::docket::{Docket as _, Filter, Kept};
use yiwang_sensing::warning::{self, Warning, WarningCommand};

use super::desk::{Desk, follow_up};
use super::{act_at, case, quicker};
use crate::alerting;
use crate::flows::warnings::{sender, warn};
use crate::http::App;

/// Warnings that are looked at each time.
const MOST: usize = 2_000;

/// Looks at all open alerts and warnings.
///
/// # Errors
/// When the record cannot be read or written; the next time sees to the rest.
pub(super) async fn look(app: &App, desk: &mut Desk, now: Timestamp) -> Result<(), Refusal> {
    desk.follow(&app.store).await?;
    let open = desk.all();
    for kept in &open {
        let alert = &kept.sheet;
        let inhibitor = if alert.inhibited_by.is_empty() {
            None
        } else {
            inhibitor(kept, &open)
        };
        let tick = AlertCommand::Tick { inhibitor };
        let ticked = act_at(&app.store, Some(kept), &tick, "system:clock", now).await;
        let kept = quicker(ticked, kept)?;
        desk.note(kept.clone());
        follow_up(app, desk, &kept).await;
    }
    for kept in desk.unlabelled() {
        if let Some(kept) = case::label(app, &kept).await? {
            desk.note(kept);
        }
    }
    warnings(app, now).await
}

async fn warnings(app: &App, now: Timestamp) -> Result<(), Refusal> {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::SignedDuration;
    use tempfile::TempDir;
    use yiwang_base::{Colour, LocalText};
    use yiwang_sensing::StreamId;
    use yiwang_sensing::alert::{Alert, AlertEvent, Found, Spot};
    use yiwang_sensing::docket::Docket;
    use yiwang_sensing::rule::{Escalation, Ground};
    use yiwang_store::{Options, Store};

    use super::*;
    use crate::basemap::Basemap;
    use crate::data_dir;
    use crate::http::AppOptions;
    use yiwang_outgoing::Reach;
    use yiwang_store::basemap::BasemapStore;

    fn office(directory: &TempDir) -> Arc<App> {
        let data = directory.path();
        data_dir::prepare(data).unwrap();
        let key = data_dir::trail_key(data, "test.example").unwrap();
        let store = Store::open(data, Options::default()).unwrap();
        let options = AppOptions {
            max_body: 1 << 20,
            session_hours: 1,
            secure_cookie: false,
            hook_reach: Reach { private: false },
        };
        let map = Arc::new(Basemap::new(BasemapStore::new(data)));
        let callers = data_dir::caller_key(data).unwrap();
        Arc::new(App::new(store, Arc::new(key), map, options, callers).unwrap())
    }

    fn raise(at: Timestamp, colour: Colour) -> AlertCommand {
        let rung = |after_minutes, to: &str| Escalation {
            after_minutes,
            to: to.parse().unwrap(),
        };
        AlertCommand::Raise {
            cause: "ponding".into(),
            escalate: vec![rung(10, "street"), rung(30, "district"), rung(60, "city")],
            found: Found {
                at,
                ground: Ground::Measured {
                    level: 1.0,
                    value: 2.0,
                },
                rule: "level".parse().unwrap(),
                streams: vec![StreamId(1)],
                to: Some(colour),
            },
            inhibited_by: Vec::new(),
            name: LocalText::new("积水", "Water"),
            spot: Spot {
                area: None,
                point: None,
                thing: 1,
            },
        }
    }

    /// What the clock made of an alert: minutes after it was raised, and what.
    fn by_the_clock(app: &App, id: u64, raised: Timestamp) -> Vec<(i64, &'static str)> {
        let steps = Docket::<Alert>::steps(&app.store, id).unwrap();
        let own = steps.iter().filter(|step| step.by == "system:clock");
        own.map(|step| (step.at.duration_since(raised).as_mins(), step.event.word()))
            .collect()
    }

    #[tokio::test]
    async fn ladders_climb_and_silences_end_by_the_clock() {
        let directory = tempfile::tempdir().unwrap();
        let app = office(&directory);
        let raised = yiwang_base::truncate_millis(Timestamp::now());
        let after = |minutes| raised + SignedDuration::from_mins(minutes);
        let yellow = raise(raised, Colour::Yellow);
        let kept = act_at(&app.store, None, &yellow, "system:rule/level", raised)
            .await
            .unwrap();
        let mut desk = Desk::open(&app.store).unwrap();
        let pass = async |desk: &mut Desk, minutes: std::ops::RangeInclusive<i64>| {
            for minute in minutes {
                look(&app, desk, after(minute)).await.unwrap();
            }
        };
        pass(&mut desk, 0..=12).await;
        assert_eq!(by_the_clock(&app, kept.id, raised), [(10, "escalated")]);
        // Silenced from the twelfth minute to the forty-fifth: the rung of the
        // thirtieth is climbed when it is heard again.
        let silence = AlertCommand::Silence {
            until: after(45),
            reason: "检修".into(),
        };
        let now = app.store.sheet(kept.id).unwrap().unwrap();
        let quiet = act_at(&app.store, Some(&now), &silence, "user:li", after(12)).await;
        quiet.unwrap();
        pass(&mut desk, 13..=59).await;
        let told = [(10, "escalated"), (45, "unsilenced"), (45, "escalated")];
        assert_eq!(by_the_clock(&app, kept.id, raised), told);
        // Who holds it is not passed over.
        let now = app.store.sheet(kept.id).unwrap().unwrap();
        let holder = "li".parse().unwrap();
        let hold = AlertCommand::Acknowledge { holder };
        act_at(&app.store, Some(&now), &hold, "user:li", after(59))
            .await
            .unwrap();
        pass(&mut desk, 60..=70).await;
        assert_eq!(by_the_clock(&app, kept.id, raised), told);
        let units: Vec<String> = Docket::<Alert>::steps(&app.store, kept.id)
            .unwrap()
            .into_iter()
            .filter_map(|step| match step.event {
                AlertEvent::Escalated { to, .. } => Some(to.to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(units, ["street", "district"]);
    }

    #[tokio::test]
    async fn nobody_keeps_a_red_one_from_those_it_must_reach() {
        let directory = tempfile::tempdir().unwrap();
        let app = office(&directory);
        let raised = yiwang_base::truncate_millis(Timestamp::now());
        let after = |minutes| raised + SignedDuration::from_mins(minutes);
        let red = raise(raised, Colour::Red);
        let kept = act_at(&app.store, None, &red, "system:rule/level", raised)
            .await
            .unwrap();
        let silence = AlertCommand::Silence {
            until: after(120),
            reason: "检修".into(),
        };
        act_at(&app.store, Some(&kept), &silence, "user:li", after(1))
            .await
            .unwrap();
        let mut desk = Desk::open(&app.store).unwrap();
        look(&app, &mut desk, after(61)).await.unwrap();
        let told = [(61, "escalated"); 3];
        assert_eq!(by_the_clock(&app, kept.id, raised), told);
    }
}
