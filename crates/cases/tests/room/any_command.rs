//! Any command at all, good or bad, and sequences that get somewhere.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use yiwang_base::{Personal, Point, UnitCode};
use yiwang_cases::{
    Action, AddUnit, Channel, Command, DeclineReason, Limits, Redirect, RemoveUnit, ReportPart,
    RequestWords, Return, ReturnReason, Submit,
};

use crate::town::{FRIDAY, at, dispatch_with, good, words};

fn note() -> impl Strategy<Value = Personal<String>> {
    prop_oneof![
        6 => Just("换了灯泡".to_owned()),
        1 => Just(String::new()),
        1 => Just("换了灯泡\u{7}".to_owned()),
    ]
    .prop_map(Personal::new)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just("nearest crew".to_owned()), 1 => Just(" ".to_owned())]
}

fn request() -> impl Strategy<Value = Personal<RequestWords>> {
    (any::<bool>(), any::<bool>(), 100.0..130.0, 20.0..80.0).prop_map(
        |(with_words, with_place, lon, lat)| {
            let mut request = words();
            if !with_words {
                request.words.clear();
            }
            request.place.point = with_place.then(|| Point::new(lon, lat).unwrap());
            Personal::new(request)
        },
    )
}

fn unit() -> impl Strategy<Value = UnitCode> {
    select(vec![
        "lights",
        "lights-west",
        "street-east",
        "district",
        "idle",
        "moon",
    ])
    .prop_map(|code| code.parse().unwrap())
}

pub(crate) fn command() -> impl Strategy<Value = Command> {
    prop_oneof![3 => road(), 2 => duty()]
}

fn road() -> impl Strategy<Value = Command> {
    let category = || select(vec!["light", "rubbish", "endless", "moon"]);
    let area = option::of(select(vec!["west", "east", "town", "moon"]));
    let limits = prop_oneof![
        4 => Just(Limits::ByCategory),
        1 => Just(Limits::FromSource { resolve_by: Some(at(FRIDAY)) }),
    ];
    prop_oneof![
        (
            request(),
            option::of(category()),
            select(Channel::ALL.to_vec())
        )
            .prop_map(|(request, category, channel)| Command::Submit(Submit {
                channel,
                category: category.map(|code| code.parse().unwrap()),
                request,
                source: None,
            })),
        (category(), area).prop_map(|(category, area)| Command::Accept {
            category: category.parse().unwrap(),
            area: area.map(|code| code.parse().unwrap()),
        }),
        (
            select(DeclineReason::ALL.to_vec()),
            option::of(text()),
            note()
        )
            .prop_map(|(reason, responsible, note)| Command::Decline {
                reason,
                responsible,
                note
            }),
        (
            unit(),
            vec(unit(), 0..3),
            limits,
            option::of(text()),
            option::of(note())
        )
            .prop_map(|(unit, assisting, limits, reason, note)| {
                Command::Dispatch {
                    unit,
                    assisting,
                    limits,
                    reason,
                    note,
                }
            }),
        Just(Command::Start),
        (note(), option::of(text())).prop_map(|(note, open_parts_reason)| Command::ReportBack {
            note,
            open_parts_reason
        }),
        (any::<bool>(), option::of(note())).prop_map(|(pass, note)| Command::Verify { pass, note }),
        option::of(note()).prop_map(|reason| Command::Close { reason }),
        (
            any::<bool>(),
            option::of(any::<bool>()),
            option::of(0..7_u8),
            option::of(note())
        )
            .prop_map(|(reached, solved, satisfaction, note)| Command::CallBack {
                reached,
                solved,
                satisfaction,
                note,
            }),
        note().prop_map(|note| Command::Reopen { note }),
        vec(0..40_u64, 0..3).prop_map(|entries| Command::Erase {
            ground: "article 47".into(),
            entries,
        }),
    ]
}

fn duty() -> impl Strategy<Value = Command> {
    prop_oneof![
        (
            select(ReturnReason::ALL.to_vec()),
            option::of(unit()),
            note()
        )
            .prop_map(|(reason, responsible, note)| Command::Return(Return {
                reason,
                responsible,
                note
            })),
        (unit(), vec(unit(), 0..3), text(), option::of(note())).prop_map(
            |(unit, assisting, reason, note)| Command::Redirect(Redirect {
                unit,
                assisting,
                reason,
                note
            })
        ),
        (option::of(unit()), unit(), option::of(note()))
            .prop_map(|(by, unit, note)| Command::AddUnit(AddUnit { by, unit, note })),
        (option::of(unit()), unit(), text())
            .prop_map(|(by, unit, reason)| Command::RemoveUnit(RemoveUnit { by, unit, reason })),
        (unit(), note()).prop_map(|(unit, note)| Command::ReportPart(ReportPart { unit, note })),
        Just(Command::SettleDue),
    ]
}

/// Commands with the seconds before each. The road at the front takes the case
/// on its way more often than chance would.
pub(crate) fn commands() -> impl Strategy<Value = Vec<(Command, i64)>> {
    use Action::{Accept, CallBack, Close, Dispatch, Reopen, ReportBack, Start, Submit, Verify};
    let step = (command(), 0..200_000_i64);
    let road = any::<bool>().prop_map(|together| {
        let road = [
            Submit, Accept, Dispatch, Start, ReportBack, Verify, Close, CallBack, Reopen,
        ];
        let step = |action| match action {
            Dispatch if together => dispatch_with("lights", &["idle"]),
            action => good(action),
        };
        Vec::from(road.map(|action| (step(action), 60_000)))
    });
    (road, 0..10_usize, vec(step, 0..40)).prop_map(|(mut road, taken, rest)| {
        road.truncate(taken);
        road.extend(rest);
        road
    })
}
