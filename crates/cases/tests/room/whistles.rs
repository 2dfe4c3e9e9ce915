//! Whistles: who may blow one, who must come, what is kept of it.

use std::sync::LazyLock;

use jiff::SignedDuration;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use yiwang_base::{CaseId, LocalText, Personal, Point, Refusal, RefusalKind, Timestamp, UnitCode};
use yiwang_cases::{
    About, Actor, Attendance, Blow, CallUnit, CheckIn, CheckIns, Context, Place, PlannedMilestone,
    Presence, RefuseCall, Rules, ScoreUnit, Unit, UnitKind, Whistle, WhistleAction, WhistleCommand,
    WhistleEvent, WhistleHappening, WhistleId, WhistleKind, WhistleSealed, WhistleStage,
    WhistleWords, decide_whistle, possible_whistle,
};

use crate::town::{FRIDAY, at, note, rules as town_rules};

const SECRETS: [&str; 5] = ["路口坍塌", "春风路8号", "王小明", "19900001234", "垃圾已清"];

static RULES: LazyLock<Rules> = LazyLock::new(rules);

/// The town with a community besides its street.
fn rules() -> Rules {
    let mut rules = town_rules();
    let community = Unit {
        code: "spring".parse().unwrap(),
        name: LocalText::same("spring"),
        kind: UnitKind::Community,
        duties: vec![],
        areas: vec!["east".parse().unwrap()],
        retired: false,
    };
    rules.units.insert(community.code.clone(), community);
    rules
}

fn unit(code: &str) -> UnitCode {
    code.parse().unwrap()
}

fn call(code: &str) -> CallUnit {
    CallUnit {
        unit: unit(code),
        within_minutes: None,
    }
}

fn words() -> Personal<WhistleWords> {
    Personal::new(WhistleWords {
        words: "路口坍塌,请到场".into(),
        place: Place {
            address: Some("春风路8号".into()),
            point: Some(Point::new(115.5, 39.9).unwrap()),
        },
    })
}

fn blow(kind: WhistleKind) -> Blow {
    let milestone = PlannedMilestone {
        title: "清运完毕".into(),
        due: at("2026-10-20T02:00:00Z"),
    };
    Blow {
        kind,
        by: Some(unit("street-east")),
        about: None,
        area: None,
        calls: vec![call("lights"), call("idle")],
        milestones: Some(milestone)
            .filter(|_| kind == WhistleKind::Campaign)
            .into_iter()
            .collect(),
        words: words(),
    }
}

fn presence() -> Personal<Presence> {
    Personal::new(Presence {
        person: "王小明".into(),
        phone: Some("19900001234".into()),
        place: Place {
            address: Some("春风路8号".into()),
            point: None,
        },
        arrived_at: None,
        note: None,
    })
}

fn check_in(code: &str) -> WhistleCommand {
    WhistleCommand::CheckIn(CheckIn {
        unit: unit(code),
        presence: presence(),
    })
}

fn refuse(code: &str) -> WhistleCommand {
    WhistleCommand::Refuse(RefuseCall {
        unit: unit(code),
        reason: "not our pipe".into(),
        responsible: Some(unit("district")),
    })
}

fn score(code: &str, score: u8) -> WhistleCommand {
    WhistleCommand::Score(ScoreUnit {
        by: Some(unit("street-east")),
        unit: unit(code),
        score,
        note: Some(note("垃圾已清")),
    })
}

fn confirm() -> WhistleCommand {
    WhistleCommand::Confirm {
        by: Some(unit("street-east")),
        note: None,
    }
}

fn close(reason: Option<&str>) -> WhistleCommand {
    WhistleCommand::Close {
        by: Some(unit("street-east")),
        reason: reason.map(str::to_owned),
    }
}

fn decide_at(
    whistle: Option<&Whistle>,
    command: &WhistleCommand,
    now: Timestamp,
) -> Result<WhistleHappening, Refusal> {
    let actor = Actor::User("li.na".parse().unwrap());
    let context = Context {
        rules: &RULES,
        actor: &actor,
        grounds: None,
        now,
    };
    decide_whistle(whistle, command, &context)
}

fn friday(minutes: i64) -> Timestamp {
    at(FRIDAY) + SignedDuration::from_mins(minutes)
}

fn apply(whistle: Option<Whistle>, next: &WhistleHappening) -> Whistle {
    match whistle {
        None => Whistle::begin(WhistleId(7), next).unwrap(),
        Some(mut whistle) => {
            whistle.apply(next).unwrap();
            whistle
        }
    }
}

/// The whistle after commands, each at so many minutes after [`FRIDAY`].
fn after(commands: &[(i64, WhistleCommand)]) -> Whistle {
    let mut whistle = None;
    for (minutes, command) in commands {
        let next = decide_at(whistle.as_ref(), command, friday(*minutes)).unwrap();
        whistle = Some(apply(whistle, &next));
    }
    whistle.unwrap()
}

fn blown(kind: WhistleKind) -> (i64, WhistleCommand) {
    (0, WhistleCommand::Blow(blow(kind)))
}

#[track_caller]
fn refused(
    whistle: Option<&Whistle>,
    command: &WhistleCommand,
    minutes: i64,
    code: &str,
) -> Refusal {
    let refusal = decide_at(whistle, command, friday(minutes)).unwrap_err();
    assert_eq!(refusal.code, code, "{refusal:?}");
    refusal
}

#[test]
fn each_kind_gives_the_called_units_its_own_time() {
    let by = |kind| after(&[blown(kind)]).calls[0].check_in_by;
    // Friday 10:00: an emergency at once, a daily whistle by the end of the next
    // working day (that Sunday is worked), a campaign by the one after.
    assert_eq!(by(WhistleKind::Emergency), friday(30));
    assert_eq!(by(WhistleKind::Daily), at("2026-09-27T10:00:00Z"));
    assert_eq!(by(WhistleKind::Campaign), at("2026-09-28T10:00:00Z"));
    let mut own = blow(WhistleKind::Daily);
    own.calls[1].within_minutes = Some(45);
    let whistle = after(&[(0, WhistleCommand::Blow(own))]);
    assert_eq!(whistle.calls[1].check_in_by, friday(45));
    assert_eq!(whistle.due_at(), Some(friday(45)));
}

#[test]
fn streets_communities_and_the_desk_may_blow_and_nobody_else() {
    let by = |code: Option<&str>| {
        let mut blow = blow(WhistleKind::Daily);
        blow.by = code.map(unit);
        blow.calls = vec![call("lights-west")];
        decide_at(None, &WhistleCommand::Blow(blow), at(FRIDAY))
    };
    for who in [None, Some("street-east"), Some("spring")] {
        by(who).unwrap();
    }
    for who in ["lights", "district", "idle"] {
        let refusal = by(Some(who)).unwrap_err();
        assert_eq!(refusal.code, "whistle.no-right-to-call", "{who}");
        assert_eq!(refusal.kind, RefusalKind::Forbidden);
        assert_eq!(refusal.allowed, ["street", "community"]);
    }
    assert_eq!(by(Some("moon")).unwrap_err().code, "unit.unknown");
}

/// What is wrong with a whistle, and the field that it is told at.
#[test]
fn a_whistle_that_cannot_be_blown_says_which_field_is_at_fault() {
    type Spoil = fn(&mut Blow);
    let table: [(Spoil, &str, &str); 13] = [
        (|b| b.calls.clear(), "field.missing", "calls"),
        (
            |b| b.calls.push(call("lights")),
            "whistle.called-already",
            "calls[2].unit",
        ),
        (
            |b| b.calls.push(call("moon")),
            "unit.unknown",
            "calls[2].unit",
        ),
        (
            |b| b.calls.push(call("street-east")),
            "whistle.calls-itself",
            "calls[2].unit",
        ),
        (
            |b| b.calls = (0..51).map(|_| call("lights")).collect(),
            "whistle.too-many",
            "calls",
        ),
        (
            |b| b.calls[0].within_minutes = Some(0),
            "whistle.within",
            "calls[0].within_minutes",
        ),
        (
            |b| b.calls[0].within_minutes = Some(43_201),
            "whistle.within",
            "calls[0].within_minutes",
        ),
        (
            |b| b.area = Some("moon".parse().unwrap()),
            "area.unknown",
            "area",
        ),
        (|b| b.milestones.clear(), "field.missing", "milestones"),
        (
            |b| b.kind = WhistleKind::Daily,
            "whistle.milestones-of-campaign",
            "milestones",
        ),
        (
            |b| b.milestones[0].due = at(FRIDAY),
            "whistle.milestone-past",
            "milestones[0].due",
        ),
        (
            |b| b.milestones[0].title = " ".into(),
            "field.missing",
            "milestones[0].title",
        ),
        (
            |b| {
                b.words = Personal::new(WhistleWords {
                    words: "来".into(),
                    place: Place::default(),
                })
            },
            "field.missing",
            "place",
        ),
    ];
    for (spoil, code, field) in table {
        let mut blow = blow(WhistleKind::Campaign);
        spoil(&mut blow);
        let refusal = refused(None, &WhistleCommand::Blow(blow), 0, code);
        assert_eq!(refusal.field.as_deref(), Some(field), "{code}");
    }
}

#[test]
fn a_whistle_about_a_case_lies_where_the_case_does_and_only_an_open_one_has_any() {
    let mut about = blow(WhistleKind::Daily);
    about.words = Personal::new(WhistleWords {
        words: "来".into(),
        place: Place::default(),
    });
    about.about = Some(About {
        case: CaseId(3),
        is_open: true,
        area: Some("east".parse().unwrap()),
    });
    let whistle = after(&[(0, WhistleCommand::Blow(about.clone()))]);
    assert_eq!(whistle.case, Some(CaseId(3)));
    assert_eq!(whistle.area, Some("east".parse().unwrap()));
    about.about.as_mut().unwrap().is_open = false;
    refused(None, &WhistleCommand::Blow(about), 0, "whistle.case-over");
    // The point tells the area where there is one.
    let whistle = after(&[blown(WhistleKind::Daily)]);
    assert_eq!(whistle.area, Some("west".parse().unwrap()));
}

#[test]
fn a_unit_that_comes_late_or_never_is_told_from_one_that_came_in_time() {
    let whistle = after(&[
        blown(WhistleKind::Emergency),
        (30, check_in("lights")),
        (
            31,
            WhistleCommand::CallUnit {
                by: Some(unit("street-east")),
                call: call("district"),
                reason: None,
            },
        ),
    ]);
    let told = |code: &str, minutes| {
        let call = whistle.call(&unit(code)).unwrap();
        call.attendance(whistle.ended_at, friday(minutes))
    };
    assert_eq!(told("lights", 500), Attendance::OnTime, "to the minute");
    assert_eq!(told("idle", 30), Attendance::Waiting);
    assert_eq!(told("idle", 31), Attendance::Overdue);
    assert!(whistle.is_late(friday(31)) && !whistle.is_late(friday(30)));

    let closed = after(&[
        blown(WhistleKind::Emergency),
        (45, check_in("lights")),
        (
            46,
            WhistleCommand::CallUnit {
                by: None,
                call: call("district"),
                reason: None,
            },
        ),
        (50, confirm()),
        (55, close(Some("the road is open again"))),
    ]);
    let told = |code: &str| {
        let call = closed.call(&unit(code)).unwrap();
        call.attendance(closed.ended_at, friday(5_000))
    };
    assert_eq!(told("lights"), Attendance::Late);
    assert_eq!(told("idle"), Attendance::Absent, "for good");
    assert_eq!(told("district"), Attendance::Released, "it still had time");
    assert_eq!(closed.due_at(), None);
    let mut counts = CheckIns::default();
    for call in &closed.calls {
        counts.add(call, closed.ended_at, friday(5_000));
    }
    assert_eq!(
        (
            counts.called,
            counts.on_time,
            counts.late,
            counts.absent,
            counts.released
        ),
        (3, 0, 1, 1, 1)
    );
    assert_eq!(counts.late_millis, 15 * 60_000);
    assert_eq!(counts.counted(), 2);
}

#[test]
fn closing_names_who_never_came_and_needs_a_reason_where_something_is_open() {
    let whistle = after(&[blown(WhistleKind::Campaign), (30, check_in("lights"))]);
    let refusal = refused(Some(&whistle), &close(None), 40, "field.missing");
    assert_eq!(refusal.field.as_deref(), Some("reason"));
    let closed = decide_at(Some(&whistle), &close(Some("stopped")), friday(40)).unwrap();
    assert_eq!(closed.grounds.as_deref(), Some("stopped"));
    assert_eq!(
        closed.event,
        WhistleEvent::Closed {
            absent: vec![unit("idle")],
            open_milestones: vec![0],
            unconfirmed: true,
        }
    );
    let done = after(&[
        blown(WhistleKind::Campaign),
        (30, check_in("lights")),
        (31, check_in("idle")),
        (
            32,
            WhistleCommand::Reach {
                by: Some(unit("lights")),
                milestone: 0,
                note: None,
            },
        ),
        (33, confirm()),
        (34, close(None)),
    ]);
    assert_eq!(done.stage, WhistleStage::Closed);
    assert_eq!(
        possible_whistle(&done),
        [WhistleAction::Score, WhistleAction::Erase]
    );
}

#[test]
fn a_unit_may_refuse_once_and_must_come_when_it_is_called_again() {
    let whistle = after(&[blown(WhistleKind::Daily), (5, refuse("lights"))]);
    let call_again = |reason: Option<&str>| WhistleCommand::CallUnit {
        by: Some(unit("street-east")),
        call: call("lights"),
        reason: reason.map(str::to_owned),
    };
    assert_eq!(
        whistle.calls[0].refused.as_ref().unwrap().responsible,
        Some(unit("district"))
    );
    refused(
        Some(&whistle),
        &check_in("lights"),
        6,
        "whistle.refused-already",
    );
    refused(Some(&whistle), &call_again(None), 6, "field.missing");
    let next = decide_at(Some(&whistle), &call_again(Some("it is")), friday(6)).unwrap();
    let whistle = apply(Some(whistle), &next);
    refused(Some(&whistle), &refuse("lights"), 7, "whistle.called-again");
    let next = decide_at(Some(&whistle), &check_in("lights"), friday(8)).unwrap();
    let whistle = apply(Some(whistle), &next);
    // Both calls are kept.
    let told: Vec<Attendance> = whistle
        .calls
        .iter()
        .filter(|call| call.unit == unit("lights"))
        .map(|call| call.attendance(None, friday(9)))
        .collect();
    assert_eq!(told, [Attendance::Refused, Attendance::OnTime]);
    refused(
        Some(&whistle),
        &check_in("lights"),
        9,
        "whistle.checked-in-already",
    );
    refused(
        Some(&whistle),
        &call_again(Some("x")),
        9,
        "whistle.called-already",
    );
    let itself = WhistleCommand::Refuse(RefuseCall {
        unit: unit("idle"),
        reason: "x".into(),
        responsible: Some(unit("idle")),
    });
    refused(Some(&whistle), &itself, 9, "whistle.responsible-itself");
    refused(Some(&whistle), &refuse("district"), 9, "whistle.not-called");
}

#[test]
fn calling_one_more_unit_takes_the_confirmation_back() {
    let confirmed = [
        blown(WhistleKind::Daily),
        (5, check_in("lights")),
        (6, confirm()),
    ];
    let whistle = after(&confirmed);
    assert_eq!(whistle.stage, WhistleStage::Confirmed);
    let more = WhistleCommand::CallUnit {
        by: None,
        call: call("district"),
        reason: None,
    };
    let next = decide_at(Some(&whistle), &more, friday(7)).unwrap();
    let whistle = apply(Some(whistle), &next);
    assert_eq!(
        (whistle.stage, whistle.confirmed_at),
        (WhistleStage::Blown, None)
    );
}

#[test]
fn nobody_confirms_what_nobody_came_to_do_and_nothing_is_withdrawn_after_that() {
    let alone = after(&[blown(WhistleKind::Daily)]);
    let refusal = refused(Some(&alone), &confirm(), 5, "whistle.not-now");
    assert!(refusal.allowed.contains(&"withdraw".to_owned()));
    let withdraw = WhistleCommand::Withdraw {
        by: Some(unit("street-east")),
        reason: "false alarm".into(),
    };
    decide_at(Some(&alone), &withdraw, friday(5)).unwrap();
    let came = after(&[blown(WhistleKind::Daily), (5, check_in("lights"))]);
    refused(Some(&came), &withdraw, 6, "whistle.not-now");
}

#[test]
fn the_caller_scores_units_that_had_their_time_and_says_why_a_score_is_low() {
    let whistle = after(&[blown(WhistleKind::Emergency), (5, check_in("lights"))]);
    refused(Some(&whistle), &score("idle", 1), 6, "whistle.still-time");
    refused(Some(&whistle), &score("lights", 0), 6, "score.range");
    refused(Some(&whistle), &score("lights", 6), 6, "score.range");
    refused(
        Some(&whistle),
        &score("district", 3),
        6,
        "whistle.not-called",
    );
    let bare = WhistleCommand::Score(ScoreUnit {
        by: None,
        unit: unit("idle"),
        score: 2,
        note: None,
    });
    refused(Some(&whistle), &bare, 31, "field.missing");
    let next = decide_at(Some(&whistle), &score("idle", 1), friday(31)).unwrap();
    let whistle = apply(Some(whistle), &next);
    assert_eq!(whistle.call(&unit("idle")).unwrap().score, Some(1));
    let foreign = WhistleCommand::Score(ScoreUnit {
        by: Some(unit("spring")),
        unit: unit("lights"),
        score: 5,
        note: None,
    });
    let refusal = refused(Some(&whistle), &foreign, 32, "whistle.caller-only");
    assert_eq!(refusal.kind, RefusalKind::Forbidden);
}

#[test]
fn milestones_are_ticked_by_the_caller_or_a_unit_that_came() {
    let whistle = after(&[blown(WhistleKind::Campaign), (5, check_in("lights"))]);
    let reach = |by: Option<&str>, milestone| WhistleCommand::Reach {
        by: by.map(unit),
        milestone,
        note: None,
    };
    refused(
        Some(&whistle),
        &reach(Some("idle"), 0),
        6,
        "whistle.no-part",
    );
    let refusal = refused(Some(&whistle), &reach(None, 3), 6, "milestone.unknown");
    assert_eq!(refusal.allowed, ["0"]);
    let next = decide_at(Some(&whistle), &reach(Some("lights"), 0), friday(6)).unwrap();
    let ticked = apply(Some(whistle.clone()), &next);
    assert_eq!(ticked.milestones[0].reached_at, Some(friday(6)));
    // A second tick is no longer among what is possible.
    refused(Some(&ticked), &reach(None, 0), 7, "whistle.not-now");
    let reopen = |by: Option<&str>| WhistleCommand::Reopen {
        by: by.map(unit),
        milestone: 0,
        reason: "half of it".into(),
    };
    refused(
        Some(&ticked),
        &reopen(Some("lights")),
        7,
        "whistle.caller-only",
    );
    let next = decide_at(Some(&ticked), &reopen(None), friday(7)).unwrap();
    assert_eq!(apply(Some(ticked), &next).milestones[0].reached_at, None);
    let late = decide_at(Some(&whistle), &reach(None, 0), at("2026-11-01T00:00:00Z")).unwrap();
    let late = matches!(
        late.event,
        WhistleEvent::MilestoneReached { late: true, .. }
    );
    assert!(late);
}

#[test]
fn a_check_in_says_who_and_where_and_no_time_outside_the_whistle() {
    let whistle = after(&[blown(WhistleKind::Daily)]);
    type Spoil = fn(&mut Presence);
    let table: [(Spoil, &str, &str); 5] = [
        (|p| p.person.clear(), "field.missing", "person"),
        (|p| p.place = Place::default(), "field.missing", "place"),
        (
            |p| p.phone = Some("1\u{7}".into()),
            "field.control-character",
            "phone",
        ),
        (
            |p| p.arrived_at = Some(friday(-1)),
            "whistle.arrived-at",
            "arrived_at",
        ),
        (
            |p| p.arrived_at = Some(friday(99)),
            "whistle.arrived-at",
            "arrived_at",
        ),
    ];
    for (spoil, code, field) in table {
        let mut said = presence().disclose(yiwang_base::Purpose::Record).clone();
        spoil(&mut said);
        let command = WhistleCommand::CheckIn(CheckIn {
            unit: unit("lights"),
            presence: Personal::new(said),
        });
        let refusal = refused(Some(&whistle), &command, 5, code);
        assert_eq!(refusal.field.as_deref(), Some(field), "{code}");
    }
}

#[test]
fn there_is_no_whistle_to_act_on_before_one_is_blown() {
    let refusal = decide_at(None, &confirm(), at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "whistle.not-found");
}

fn any_unit() -> impl Strategy<Value = UnitCode> {
    select(vec![
        "lights",
        "idle",
        "street-east",
        "spring",
        "district",
        "moon",
    ])
    .prop_map(unit)
}

fn any_note() -> impl Strategy<Value = Option<Personal<String>>> {
    option::of(prop_oneof![4 => Just("垃圾已清"), 1 => Just(" ")]).prop_map(|text| text.map(note))
}

fn any_command() -> impl Strategy<Value = WhistleCommand> {
    let reason = || prop_oneof![3 => Just("needed".to_owned()), 1 => Just(" ".to_owned())];
    let by = || option::of(any_unit());
    let within = || option::of(0..60_u32);
    let blow = (
        select(WhistleKind::ALL.to_vec()),
        by(),
        vec((any_unit(), within()), 0..4),
        any::<bool>(),
    )
        .prop_map(|(kind, by, calls, plan)| {
            let mut blow = blow(if plan { WhistleKind::Campaign } else { kind });
            blow.kind = kind;
            blow.by = by;
            let calls = calls.into_iter();
            blow.calls = calls
                .map(|(unit, within_minutes)| CallUnit {
                    unit,
                    within_minutes,
                })
                .collect();
            WhistleCommand::Blow(blow)
        });
    prop_oneof![
        1 => blow,
        3 => any_unit().prop_map(|unit| WhistleCommand::CheckIn(CheckIn { unit, presence: presence() })),
        1 => (any_unit(), reason(), option::of(any_unit())).prop_map(|(unit, reason, responsible)| {
            WhistleCommand::Refuse(RefuseCall { unit, reason, responsible })
        }),
        1 => (by(), any_unit(), within(), option::of(reason())).prop_map(|(by, unit, within_minutes, reason)| {
            WhistleCommand::CallUnit { by, call: CallUnit { unit, within_minutes }, reason }
        }),
        1 => (by(), 0..3_u32, any_note()).prop_map(|(by, milestone, note)| WhistleCommand::Reach { by, milestone, note }),
        1 => (by(), 0..3_u32, reason()).prop_map(|(by, milestone, reason)| WhistleCommand::Reopen { by, milestone, reason }),
        1 => (by(), any_note()).prop_map(|(by, note)| WhistleCommand::Confirm { by, note }),
        1 => (by(), any_unit(), 0..7_u8, any_note()).prop_map(|(by, unit, score, note)| {
            WhistleCommand::Score(ScoreUnit { by, unit, score, note })
        }),
        1 => (by(), option::of(reason())).prop_map(|(by, reason)| WhistleCommand::Close { by, reason }),
        1 => (by(), reason()).prop_map(|(by, reason)| WhistleCommand::Withdraw { by, reason }),
        1 => vec(0..9_u64, 0..2).prop_map(|entries| WhistleCommand::Erase { ground: "law".into(), entries }),
    ]
}

/// Commands that begin with a good whistle, each some minutes after the one before.
fn commands() -> impl Strategy<Value = Vec<(i64, WhistleCommand)>> {
    let first = select(WhistleKind::ALL.to_vec()).prop_map(blown);
    (first, vec((0..40_i64, any_command()), 0..25)).prop_map(|(first, rest)| {
        let mut all = vec![first];
        all.extend(rest);
        all
    })
}

fn assert_legal(whistle: &Whistle, history: &[WhistleHappening]) {
    assert_eq!(whistle.version as usize, history.len());
    assert_eq!(whistle.ended_at.is_none(), whistle.stage.is_open());
    assert_eq!(whistle.erased, whistle.words.is_none());
    let calls = history.iter().map(|h| match &h.event {
        WhistleEvent::Blown { calls, .. } => calls.len(),
        WhistleEvent::UnitCalled(_) => 1,
        _ => 0,
    });
    assert_eq!(
        whistle.calls.len(),
        calls.sum::<usize>(),
        "no call is forgotten"
    );
    for call in &whistle.calls {
        assert!(call.checked_in_at.is_none() || call.refused.is_none());
        assert!(Some(&call.unit) != whistle.by.as_ref());
        let of_unit = whistle.calls.iter().filter(|other| other.unit == call.unit);
        assert!(of_unit.count() <= 2, "a unit refuses once");
    }
    let checked_in = history
        .iter()
        .filter(|h| matches!(h.event, WhistleEvent::CheckedIn { .. }));
    let came = whistle.calls.iter().filter(|c| c.checked_in_at.is_some());
    assert_eq!(came.count(), checked_in.count());
    for happening in history {
        if let WhistleEvent::CheckedIn { late, unit } = &happening.event {
            let mut own = whistle.calls.iter();
            let call = own
                .find(|c| c.unit == *unit && c.checked_in_at == Some(happening.at))
                .unwrap();
            assert_eq!(*late, happening.at > call.check_in_by);
        }
    }
    if whistle.stage == WhistleStage::Withdrawn {
        assert!(whistle.calls.iter().all(|c| c.checked_in_at.is_none()));
    }
    assert!(!possible_whistle(whistle).is_empty());
}

proptest! {
    #[test]
    fn any_commands_leave_a_legal_whistle_or_a_refusal_that_says_what_is_possible(commands in commands()) {
        let mut whistle: Option<Whistle> = None;
        let mut history = Vec::new();
        let mut now = at(FRIDAY);
        for (minutes, command) in commands {
            now += SignedDuration::from_mins(minutes);
            match decide_at(whistle.as_ref(), &command, now) {
                Ok(next) => {
                    let json = serde_json::to_string(&next.event).unwrap();
                    let read: WhistleEvent = serde_json::from_str(&json).unwrap();
                    prop_assert_eq!(&read, &next.event);
                    let canonical = serde_json_canonicalizer::to_string(&next.event).unwrap();
                    prop_assert_eq!(&json, &canonical);
                    let shown = format!("{json}{next:?}");
                    for secret in SECRETS {
                        prop_assert!(!shown.contains(secret), "{}", shown);
                    }
                    whistle = Some(apply(whistle, &next));
                    history.push(next);
                    assert_legal(whistle.as_ref().unwrap(), &history);
                }
                Err(refusal) => {
                    prop_assert!(!refusal.message.zh.is_empty() && !refusal.message.en.is_empty());
                    if refusal.code == "whistle.not-now" {
                        prop_assert!(!refusal.allowed.contains(&command.action().word().to_owned()));
                        prop_assert!(!refusal.allowed.is_empty());
                    }
                    let shown = format!("{refusal:?}");
                    for secret in SECRETS {
                        prop_assert!(!shown.contains(secret), "{}", shown);
                    }
                }
            }
        }
        let replayed = Whistle::replay(WhistleId(7), &history).unwrap();
        prop_assert_eq!(replayed, whistle);
    }

    #[test]
    fn what_is_sealed_reads_back(words in any::<String>(), phone in option::of(any::<String>())) {
        let forms = [
            WhistleSealed::Words(Personal::new(WhistleWords { words: words.clone(), place: Place::default() })),
            WhistleSealed::Presence(Personal::new(Presence { person: words.clone(), phone, ..Presence::default() })),
            WhistleSealed::Note(Personal::new(words)),
        ];
        for sealed in forms {
            let mut json = Vec::new();
            sealed.disclose_as(yiwang_base::Purpose::Record, &mut serde_json::Serializer::new(&mut json)).unwrap();
            prop_assert_eq!(serde_json::from_slice::<WhistleSealed>(&json).unwrap(), sealed);
        }
    }
}
