//! Alerts and warnings through the room's public face.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use proptest::prelude::*;
use yiwang_base::{CaseId, Colour, LocalText, Point, Timestamp, from_millis};
use yiwang_sensing::StreamId;
use yiwang_sensing::alert::{
    self, Alert, AlertAction, AlertCommand, AlertEvent, Found, Handling, Outcome, Spot,
};
use yiwang_sensing::docket::{
    Kept, MemoryDocket, Sheet, Step, alert_trial, conforms, warning_trial,
};
use yiwang_sensing::registry::{MemoryRegistry, registry_conforms};
use yiwang_sensing::rule::{Escalation, Ground};
use yiwang_sensing::warning::{
    self, Actual, Content, Sender, Status, Table, Warning, WarningCommand,
};

fn minute(minutes: i64) -> Timestamp {
    from_millis(1_800_000_000_000 + minutes * 60_000)
}

fn found(rule: &str, stream: u64, to: Option<Colour>) -> Found {
    Found {
        at: minute(0),
        ground: Ground::Together { count: 1 },
        rule: rule.parse().unwrap(),
        streams: vec![StreamId(stream)],
        to,
    }
}

fn raise() -> AlertCommand {
    let rung = |after_minutes, to: &str| Escalation {
        after_minutes,
        to: to.parse().unwrap(),
    };
    AlertCommand::Raise {
        cause: "ponding".into(),
        escalate: vec![rung(10, "street"), rung(30, "district")],
        found: found("level", 1, Some(Colour::Yellow)),
        inhibited_by: vec!["flood".into()],
        name: LocalText::new("积水", "ponding"),
        spot: Spot {
            area: None,
            point: Some(Point::new(116.4, 39.9).unwrap()),
            thing: 1,
        },
    }
}

fn act(
    alert: Option<Alert>,
    command: &AlertCommand,
    now: Timestamp,
) -> Result<(Alert, Vec<Step<AlertEvent>>), String> {
    let context = alert::Context { now, by: "user:li" };
    let steps = alert::decide(alert.as_ref(), command, &context).map_err(|r| r.code.to_owned())?;
    let mut after = alert;
    for step in &steps {
        after = Some(Alert::take(after, 1, step).unwrap());
    }
    Ok((after.unwrap(), steps))
}

fn go(alert: Alert, command: AlertCommand, at: i64) -> Alert {
    act(Some(alert), &command, minute(at)).unwrap().0
}

fn raised() -> Alert {
    act(None, &raise(), minute(0)).unwrap().0
}

fn acknowledge() -> AlertCommand {
    AlertCommand::Acknowledge {
        holder: "li".parse().unwrap(),
    }
}

fn handle() -> AlertCommand {
    AlertCommand::Handle {
        done: "已抽排".into(),
    }
}

#[test]
fn acknowledged_is_not_cleared_and_cleared_is_not_handled() {
    let alert = go(raised(), acknowledge(), 1);
    assert!(alert.stands() && alert.is_open());
    let cleared = go(
        alert.clone(),
        AlertCommand::Find(found("level", 1, None)),
        2,
    );
    assert!(!cleared.stands() && cleared.is_open());
    assert!(!go(cleared, handle(), 3).is_open());
    let handled = go(alert, handle(), 2);
    assert!(handled.stands() && handled.is_open());
}

#[test]
fn what_is_found_again_after_it_was_handled_is_not_over() {
    let mut alert = go(raised(), acknowledge(), 1);
    alert = go(alert, AlertCommand::Find(found("level", 1, None)), 2);
    alert = go(alert, handle(), 3);
    alert = go(
        alert,
        AlertCommand::Find(found("level", 1, Some(Colour::Red))),
        4,
    );
    assert_eq!(alert.handling, Handling::Acknowledged);
    assert!(alert.stands());
    assert_eq!(alert.colour, Colour::Red);
}

#[test]
fn its_colour_is_that_of_the_gravest_thing_found() {
    let mut alert = raised();
    alert = go(
        alert,
        AlertCommand::Find(found("near", 2, Some(Colour::Red))),
        1,
    );
    assert_eq!(alert.colour, Colour::Red);
    alert = go(alert, AlertCommand::Find(found("near", 2, None)), 2);
    assert_eq!((alert.colour, alert.gravest), (Colour::Yellow, Colour::Red));
    assert!(alert.stands());
}

#[test]
fn nobody_answers_and_the_ladder_is_climbed() {
    let tick = AlertCommand::Tick { inhibitor: None };
    assert!(act(Some(raised()), &tick, minute(9)).unwrap().1.is_empty());
    let alert = go(raised(), tick.clone(), 10);
    assert_eq!(alert.escalated, 1);
    assert!(
        act(Some(alert.clone()), &tick, minute(29))
            .unwrap()
            .1
            .is_empty()
    );
    assert_eq!(go(alert, tick.clone(), 30).escalated, 2);
    let held = go(raised(), acknowledge(), 1);
    assert_eq!(go(held, tick, 60).escalated, 0);
}

#[test]
fn a_silence_ends_by_itself_and_keeps_no_red_one_from_climbing() {
    let silence = |until| AlertCommand::Silence {
        until: minute(until),
        reason: "检修".into(),
    };
    let tick = AlertCommand::Tick { inhibitor: None };
    let alert = go(raised(), silence(60), 1);
    assert!(!alert.is_heard(minute(30)));
    assert_eq!(go(alert.clone(), tick.clone(), 40).escalated, 0);
    let after = go(alert.clone(), tick.clone(), 61);
    assert!(after.is_heard(minute(61)) && after.silenced_until.is_none());
    assert_eq!(after.escalated, 2);
    let red = go(
        alert,
        AlertCommand::Find(found("level", 1, Some(Colour::Red))),
        2,
    );
    assert_eq!(go(red, tick, 40).escalated, 2);
    let endless = act(Some(raised()), &silence(60 * 24 * 8), minute(0));
    assert_eq!(endless.unwrap_err(), "alert.silence-end");
}

#[test]
fn a_graver_one_nearby_keeps_it_quiet() {
    let kept = |id, sheet| Kept {
        id,
        version: 1,
        sheet,
    };
    let own = kept(1, raised());
    let mut graver = raised();
    graver.cause = "flood".into();
    graver.colour = Colour::Red;
    assert_eq!(
        alert::inhibitor(&own, &[own.clone(), kept(2, graver.clone())]),
        Some(2)
    );
    graver.colour = Colour::Yellow;
    assert_eq!(alert::inhibitor(&own, &[kept(2, graver.clone())]), None);
    graver.colour = Colour::Red;
    graver.spot.thing = 9;
    graver.spot.point = Some(Point::new(116.5, 39.9).unwrap());
    assert_eq!(alert::inhibitor(&own, &[kept(2, graver)]), None);
    assert!(alert::belongs(&own.sheet, "ponding", &own.sheet.spot));
    assert!(!alert::belongs(&own.sheet, "gas", &own.sheet.spot));
}

fn clear() -> AlertCommand {
    AlertCommand::Clear {
        reason: "传感器已拆除".into(),
    }
}

#[test]
fn who_holds_an_alert_may_say_that_it_is_over_and_why() {
    let (raised, _) = act(None, &raise(), minute(0)).unwrap();
    let refused = act(Some(raised.clone()), &clear(), minute(1)).unwrap_err();
    assert_eq!(refused, "alert.not-now");
    let (held, _) = act(Some(raised), &acknowledge(), minute(1)).unwrap();
    let silent = AlertCommand::Clear { reason: " ".into() };
    let refused = act(Some(held.clone()), &silent, minute(2)).unwrap_err();
    assert_eq!(refused, "field.missing");
    let (cleared, steps) = act(Some(held), &clear(), minute(2)).unwrap();
    assert_eq!(steps[0].grounds.as_deref(), Some("传感器已拆除"));
    assert!(
        !cleared.stands() && cleared.is_open(),
        "it is not handled yet"
    );
    // What still stood by the rule is no part of it any more, and its end says nothing.
    assert_eq!(cleared.found, []);
    let ended = AlertCommand::Find(found("level", 1, None));
    let (after, steps) = act(Some(cleared.clone()), &ended, minute(3)).unwrap();
    assert_eq!((after.cleared_at, steps.len()), (cleared.cleared_at, 1));
    let again = act(Some(cleared), &clear(), minute(3)).unwrap_err();
    assert_eq!(again, "alert.not-now");
}

#[test]
fn a_case_is_made_once_and_says_why_where_a_person_makes_it() {
    let link = |reason: Option<&str>| AlertCommand::LinkCase {
        case: CaseId(7),
        joined: true,
        reason: reason.map(str::to_owned),
    };
    let (raised, _) = act(None, &raise(), minute(0)).unwrap();
    assert!(alert::possible(&raised, minute(0)).contains(&AlertAction::MakeCase));
    let refused = act(Some(raised.clone()), &link(Some("")), minute(1)).unwrap_err();
    assert_eq!(refused, "field.missing");
    let (linked, steps) = act(Some(raised), &link(Some("同一处")), minute(1)).unwrap();
    assert_eq!(steps[0].grounds.as_deref(), Some("同一处"));
    assert!(!alert::possible(&linked, minute(1)).contains(&AlertAction::MakeCase));
    let again = act(Some(linked), &link(None), minute(2)).unwrap_err();
    assert_eq!(again, "alert.has-case");
}

fn any_command() -> impl Strategy<Value = AlertCommand> {
    let colour = prop::option::of(prop::sample::select(Colour::ALL.to_vec()));
    prop_oneof![
        (1u64..4, colour).prop_map(|(s, to)| AlertCommand::Find(found("level", s, to))),
        Just(acknowledge()),
        Just(handle()),
        Just(AlertCommand::HandOver {
            to: "wang".parse().unwrap()
        }),
        (0i64..500).prop_map(|m| AlertCommand::Silence {
            until: minute(m),
            reason: "检修".into()
        }),
        Just(AlertCommand::Unsilence),
        prop::option::of(2u64..4).prop_map(|inhibitor| AlertCommand::Tick { inhibitor }),
        Just(AlertCommand::LinkCase {
            case: CaseId(7),
            joined: false,
            reason: None
        }),
        Just(clear()),
        prop::sample::select(Outcome::ALL.to_vec())
            .prop_map(|outcome| AlertCommand::Label { outcome }),
        Just(raise()),
    ]
}

proptest! {
    #[test]
    fn any_commands_leave_a_legal_alert(commands in prop::collection::vec(any_command(), 0..60)) {
        let mut now = 0;
        let (mut alert, mut steps) = act(None, &raise(), minute(0)).unwrap();
        for command in commands {
            now += 7;
            let before = alert.clone();
            match act(Some(alert.clone()), &command, minute(now)) {
                Ok((after, more)) => {
                    alert = after;
                    steps.extend(more);
                }
                Err(_) => prop_assert_eq!(&alert, &before),
            }
            prop_assert_eq!(alert.stands(), !alert.found.is_empty());
            prop_assert_eq!(alert.handling == Handling::Raised, alert.holder.is_none());
            prop_assert!(alert.gravest >= alert.colour);
            prop_assert!(alert.escalated as usize <= alert.escalate.len());
            prop_assert!(before.case.is_none() || alert.case == before.case);
            let over = alert.handling == Handling::Handled && !alert.stands();
            prop_assert_eq!(alert.is_open(), !over);
            for action in alert::possible(&alert, minute(now)) {
                let command = match action {
                    AlertAction::Acknowledge => acknowledge(),
                    AlertAction::Handle => handle(),
                    AlertAction::Unsilence => AlertCommand::Unsilence,
                    _ => continue,
                };
                prop_assert!(act(Some(alert.clone()), &command, minute(now)).is_ok());
            }
        }
        let mut again = None;
        for step in &steps {
            let text = serde_json::to_string(step).unwrap();
            let step: Step<AlertEvent> = serde_json::from_str(&text).unwrap();
            again = Alert::take(again, 1, &step);
        }
        prop_assert_eq!(again, Some(alert));
    }
}

fn content(colour: Colour) -> Content {
    Content {
        areas: vec!["east".parse().unwrap()],
        area_words: LocalText::new("东区", "East district"),
        colour,
        description: LocalText::new(
            "未来三小时降雨量将达 50 毫米以上",
            "50 mm of rain in three hours",
        ),
        event: "rainstorm".into(),
        event_name: LocalText::new("暴雨", "rainstorm"),
        expires: minute(360),
        instruction: LocalText::new("避免外出", "Stay inside"),
        outlines: Vec::new(),
    }
}

fn sender() -> Sender {
    Sender {
        code: "11010041600000".into(),
        sender: "warning@city.example".into(),
    }
}

fn warn(
    warning: Option<Warning>,
    command: &WarningCommand,
    at: i64,
    by: &str,
) -> Result<(Warning, Vec<Step<warning::WarningEvent>>), String> {
    let sender = sender();
    let context = warning::Context {
        now: minute(at),
        by,
        id: 3,
        sender: &sender,
        offset_minutes: 480,
    };
    let steps =
        warning::decide(warning.as_ref(), command, &context).map_err(|r| r.code.to_owned())?;
    let mut after = warning;
    for step in &steps {
        after = Some(Warning::take(after, 3, step).unwrap());
    }
    Ok((after.unwrap(), steps))
}

fn draft(colour: Colour, status: Status) -> Warning {
    let command = WarningCommand::Draft {
        alert: None,
        content: content(colour),
        ground: "雨量站".into(),
        status,
    };
    warn(None, &command, 0, "user:li").unwrap().0
}

#[test]
fn above_yellow_somebody_else_approves() {
    let yellow = draft(Colour::Yellow, Status::Actual);
    assert!(warn(Some(yellow), &WarningCommand::Issue, 1, "user:li").is_ok());
    let orange = draft(Colour::Orange, Status::Actual);
    let issue = |w: &Warning| warn(Some(w.clone()), &WarningCommand::Issue, 1, "user:li");
    assert_eq!(issue(&orange).unwrap_err(), "warning.not-now");
    let approve = |who: &str| WarningCommand::Approve {
        approver: who.parse().unwrap(),
    };
    let own = warn(Some(orange.clone()), &approve("li"), 1, "user:li");
    assert_eq!(own.unwrap_err(), "warning.own-draft");
    let approved = warn(Some(orange), &approve("wang"), 1, "user:wang")
        .unwrap()
        .0;
    let issued = issue(&approved).unwrap().0;
    assert_eq!(
        issued.messages[0].identifier,
        "11010041600000_20270115160100_3"
    );
    let revise = WarningCommand::Revise {
        content: content(Colour::Red),
    };
    let revised = warn(Some(approved), &revise, 2, "user:li").unwrap().0;
    assert_eq!(issue(&revised).unwrap_err(), "warning.not-now");
}

#[test]
fn an_update_that_goes_above_yellow_is_approved_too() {
    let issued = warn(
        Some(draft(Colour::Blue, Status::Actual)),
        &WarningCommand::Issue,
        1,
        "user:li",
    );
    let issued = issued.unwrap().0;
    let update = |approver: Option<&str>| WarningCommand::Update {
        approver: approver.map(|a| a.parse().unwrap()),
        content: content(Colour::Red),
    };
    let alone = warn(Some(issued.clone()), &update(None), 2, "user:li");
    assert_eq!(alone.unwrap_err(), "field.missing");
    let own = warn(Some(issued.clone()), &update(Some("li")), 2, "user:li");
    assert_eq!(own.unwrap_err(), "warning.own-draft");
    let updated = warn(Some(issued.clone()), &update(Some("wang")), 2, "user:li")
        .unwrap()
        .0;
    assert_eq!(updated.messages.len(), 2);
    let cancel = WarningCommand::Cancel {
        reason: "雨停".into(),
    };
    let same_second = warn(Some(updated.clone()), &cancel, 2, "user:li");
    assert_eq!(same_second.unwrap_err(), "warning.same-second");
    let cancelled = warn(Some(updated), &cancel, 3, "user:li").unwrap().0;
    assert_eq!(cancelled.messages.len(), 3);
    assert!(!cancelled.is_open());
    let expired = warn(Some(issued), &WarningCommand::Tick, 360, "system:clock")
        .unwrap()
        .0;
    assert!(!expired.is_open());
}

#[test]
fn an_exercise_is_never_published() {
    for status in [Status::Exercise, Status::Test, Status::Actual] {
        let draft = draft(Colour::Blue, status);
        let issued = warn(Some(draft.clone()), &WarningCommand::Issue, 1, "user:li")
            .unwrap()
            .0;
        let kept = |sheet| Kept {
            id: 3,
            version: 2,
            sheet,
        };
        assert!(Actual::of(&kept(draft)).is_none());
        assert_eq!(
            Actual::of(&kept(issued)).is_some(),
            status == Status::Actual
        );
    }
}

#[test]
fn the_table_of_rainstorms_is_followed() {
    let table = Table::rainstorm();
    table.check().unwrap();
    assert_eq!(table.due(|_| 49.0), None);
    assert_eq!(
        table.due(|hours| if hours >= 12 { 60.0 } else { 10.0 }),
        Some(Colour::Blue)
    );
    assert_eq!(table.due(|_| 50.0), Some(Colour::Orange));
    assert_eq!(
        table.due(|hours| if hours == 3 { 100.0 } else { 120.0 }),
        Some(Colour::Red)
    );
    assert_eq!(table.rules().len(), 3);
}

#[test]
fn the_dockets_in_memory_conform() {
    let alerts = MemoryDocket::<Alert>::default();
    pollster::block_on(conforms(&alerts, &alert_trial().unwrap())).unwrap();
    let warnings = MemoryDocket::<Warning>::default();
    pollster::block_on(conforms(&warnings, &warning_trial().unwrap())).unwrap();
}

#[test]
fn the_register_in_memory_conforms() {
    let register = MemoryRegistry::default();
    pollster::block_on(registry_conforms(&register)).unwrap();
}
