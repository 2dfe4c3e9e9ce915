//! What every docket must do, whatever keeps it.

use yiwang_base::{Colour, IdError, LocalText, from_millis};

use super::{Docket, DocketError, Filter, Sheet, Step};
use crate::StreamId;
use crate::alert::{Alert, AlertEvent, Found};
use crate::rule::Ground;
use crate::warning::{Content, Status, Warning, WarningEvent};

/// What to try a docket with.
#[derive(Debug, Clone)]
pub struct Trial<S: Sheet> {
    /// Steps that begin a sheet and leave it open.
    pub begin: Vec<Step<S::Event>>,
    /// Steps that then end it.
    pub end: Vec<Step<S::Event>>,
}

/// Runs the suite on an empty docket.
///
/// # Errors
/// What the docket did otherwise, in words.
pub async fn conforms<S: Sheet, D: Docket<S>>(docket: &D, trial: &Trial<S>) -> Result<(), String> {
    let broken = |error: DocketError| error.to_string();
    let first = docket
        .write(None, trial.begin.clone())
        .await
        .map_err(broken)?;
    must(first.id == 1, "the first number is 1")?;
    must(
        first.version == trial.begin.len() as u64,
        "the version counts steps",
    )?;
    let second = docket
        .write(None, trial.begin.clone())
        .await
        .map_err(broken)?;
    must(second.id == 2, "numbers count up")?;
    let seen = Some((first.id, first.version + 1));
    let stale = docket.write(seen, trial.end.clone()).await;
    let found = first.version;
    must(
        stale == Err(DocketError::Changed { found }),
        "another version is not written to",
    )?;
    let nobody = docket.write(Some((99, 1)), trial.end.clone()).await;
    must(
        nobody == Err(DocketError::NoSuch),
        "what is not there is not written to",
    )?;
    let again = docket.write(None, trial.end.clone()).await;
    must(again.is_err(), "what does not follow is not written")?;
    let seen = Some((first.id, first.version));
    let ended = docket
        .write(seen, trial.end.clone())
        .await
        .map_err(broken)?;
    must(!ended.sheet.is_open(), "it ends")?;
    let kept = docket.sheet(1).map_err(broken)?;
    must(kept.as_ref() == Some(&ended), "what was written is read")?;
    must(
        docket.sheet(3).map_err(broken)?.is_none(),
        "nothing else is there",
    )?;
    let mut steps = trial.begin.clone();
    steps.extend(trial.end.clone());
    must(
        docket.steps(1).map_err(broken)? == steps,
        "steps are kept in order",
    )?;
    must(
        docket.steps(3) == Err(DocketError::NoSuch),
        "what is not there has no steps",
    )?;
    let ids = |open, before, limit| {
        let filter = Filter {
            open,
            before,
            limit,
        };
        let found = docket.sheets(filter).map_err(broken)?;
        Ok::<_, String>(found.iter().map(|kept| kept.id).collect::<Vec<_>>())
    };
    must(ids(None, None, 10)? == [2, 1], "the newest come first")?;
    must(ids(Some(true), None, 10)? == [2], "open ones")?;
    must(ids(Some(false), None, 10)? == [1], "ended ones")?;
    must(ids(None, Some(2), 10)? == [1], "those before one")?;
    must(ids(None, None, 1)? == [2], "no more than wanted")
}

fn must(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

fn step<E>(minutes: i64, event: E, grounds: Option<&str>) -> Step<E> {
    Step {
        at: from_millis(1_800_000_000_000 + minutes * 60_000),
        by: "user:li".to_owned(),
        event,
        grounds: grounds.map(str::to_owned),
    }
}

/// An alert that is raised, acknowledged, handled and cleared.
///
/// # Errors
/// Never: the codes in it are codes.
pub fn alert_trial() -> Result<Trial<Alert>, IdError> {
    let found = |to| {
        Ok::<_, IdError>(Found {
            at: from_millis(1_800_000_000_000),
            ground: Ground::Measured {
                level: 5.0,
                value: 5.25,
            },
            rule: "level".parse()?,
            streams: vec![StreamId(7)],
            to,
        })
    };
    let raised = AlertEvent::Raised {
        area: Some("east".parse()?),
        cause: "ponding".to_owned(),
        escalate: Vec::new(),
        found: found(Some(Colour::Yellow))?,
        inhibited_by: Vec::new(),
        name: LocalText::new("积水", "ponding"),
        point: None,
        thing: 3,
    };
    let holder = "li".parse()?;
    Ok(Trial {
        begin: vec![step(0, raised, None)],
        end: vec![
            step(1, AlertEvent::Acknowledged { holder }, None),
            step(2, AlertEvent::Handled {}, Some("已抽排")),
            step(3, AlertEvent::Found(found(None)?), None),
            step(3, AlertEvent::Cleared {}, None),
        ],
    })
}

/// A warning that is drafted, issued and cancelled.
///
/// # Errors
/// Never: the codes in it are codes.
pub fn warning_trial() -> Result<Trial<Warning>, IdError> {
    let content = Content {
        areas: vec!["east".parse()?],
        area_words: LocalText::new("东区", "East district"),
        colour: Colour::Blue,
        description: LocalText::new("有雨", "rain"),
        event: "rainstorm".to_owned(),
        event_name: LocalText::new("暴雨", "rainstorm"),
        expires: from_millis(1_800_020_000_000),
        instruction: LocalText::new("避免外出", "stay inside"),
        outlines: Vec::new(),
    };
    let drafted = WarningEvent::Drafted {
        alert: None,
        content,
        status: Status::Actual,
    };
    let issued = WarningEvent::Issued {
        identifier: "11010041600000_20270115160000_1".to_owned(),
        sender: "warning@city.example".to_owned(),
    };
    let cancelled = WarningEvent::Cancelled {
        identifier: Some("11010041600000_20270115160200_1".to_owned()),
    };
    Ok(Trial {
        begin: vec![step(0, drafted, Some("雨量站"))],
        end: vec![step(1, issued, None), step(2, cancelled, Some("雨停"))],
    })
}
