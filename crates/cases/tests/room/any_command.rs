//! Any command at all, good or bad, and sequences that get somewhere.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use yiwang_base::{Personal, Point, UnitCode};
use yiwang_cases::{
    Action, AddUnit, AnswerJoined, AnswerQuestion, AnswerSupervision, AskExtension, AskResident,
    Attach, Channel, Command, Comment, DeclineReason, Extend, FileKind, Join, Limits, Merge,
    Recall, Redirect, RefuseExtension, Release, RemoveUnit, ReportPart, RequestWords, Resume,
    Return, ReturnReason, Score, Shelve, ShelveReason, Stage, Submit, Supervise, SupervisionLevel,
    Unmerge, Withdraw,
};

use crate::town::{FRIDAY, at, dispatch_with, file, good, joiner, other_case, words};

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
    prop_oneof![3 => road(), 2 => duty(), 2 => clock(), 2 => watch()]
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
        option::of(text()).prop_map(|reason| Command::Recall(Recall { reason })),
        (option::of(unit()), unit(), option::of(note()))
            .prop_map(|(by, unit, note)| Command::AddUnit(AddUnit { by, unit, note })),
        (option::of(unit()), unit(), text())
            .prop_map(|(by, unit, reason)| Command::RemoveUnit(RemoveUnit { by, unit, reason })),
        (unit(), note()).prop_map(|(unit, note)| Command::ReportPart(ReportPart { unit, note })),
        Just(Command::SettleDue),
        duplicate(),
    ]
}

/// Merging, joining and their undoing.
fn duplicate() -> impl Strategy<Value = Command> {
    let main = select(vec![Stage::Submitted, Stage::Closed, Stage::Merged]).prop_map(|stage| {
        let mut main = other_case();
        main.stage = stage;
        Box::new(main)
    });
    prop_oneof![
        (main, option::of(text()))
            .prop_map(|(main, reason)| Command::Merge(Merge { main, reason })),
        text().prop_map(|reason| Command::Unmerge(Unmerge { reason })),
        Just(()).prop_map(|()| Command::Join(Join { joiner: joiner() })),
        (
            0..3_u32,
            any::<bool>(),
            option::of(0..7_u8),
            option::of(note())
        )
            .prop_map(
                |(number, solved, satisfaction, note)| Command::AnswerJoined(AnswerJoined {
                    number,
                    solved,
                    satisfaction,
                    note,
                })
            ),
    ]
}

fn time() -> impl Strategy<Value = yiwang_base::Timestamp> {
    select(vec![
        "2026-09-25T02:00:00Z",
        "2026-09-26T02:00:00Z",
        "2026-09-30T10:00:00Z",
        "2026-10-20T00:00:00.000000001Z",
        "2030-01-01T00:00:00Z",
    ])
    .prop_map(at)
}

/// More time, and standing still.
fn clock() -> impl Strategy<Value = Command> {
    prop_oneof![
        (time(), text()).prop_map(|(resolve_by, reason)| Command::AskExtension(AskExtension {
            resolve_by,
            reason
        })),
        (option::of(time()), text())
            .prop_map(|(resolve_by, reason)| Command::Extend(Extend { resolve_by, reason })),
        text().prop_map(|reason| Command::RefuseExtension(RefuseExtension { reason })),
        (select(ShelveReason::ALL.to_vec()), time(), note()).prop_map(
            |(reason, review_by, note)| Command::Shelve(Shelve {
                reason,
                review_by,
                note
            })
        ),
        note().prop_map(|note| Command::AskResident(AskResident { note })),
        note().prop_map(|note| Command::AnswerQuestion(AnswerQuestion { note })),
        option::of(note()).prop_map(|note| Command::Resume(Resume { note })),
    ]
}

/// Who watches, scores, speaks, attaches and withdraws.
fn watch() -> impl Strategy<Value = Command> {
    prop_oneof![
        (
            option::of(unit()),
            select(SupervisionLevel::ALL.to_vec()),
            time(),
            note()
        )
            .prop_map(
                |(by, level, answer_by, note)| Command::Supervise(Supervise {
                    by,
                    level,
                    answer_by,
                    note
                })
            ),
        note().prop_map(|note| Command::AnswerSupervision(AnswerSupervision { note })),
        (option::of(unit()), option::of(note()))
            .prop_map(|(by, note)| Command::Release(Release { by, note })),
        (option::of(unit()), unit(), 0..7_u8, text()).prop_map(|(by, unit, score, reason)| {
            Command::Score(Score {
                by,
                unit,
                score,
                reason,
            })
        }),
        note().prop_map(|note| Command::Comment(Comment { note })),
        (select(FileKind::ALL.to_vec()), any::<bool>(), 0..3_usize).prop_map(
            |(kind, for_resident, bytes)| Command::Attach(Attach {
                kind,
                for_resident,
                file: Personal::new(file("王小明.jpg", &vec![7; bytes])),
            })
        ),
        note().prop_map(|note| Command::Withdraw(Withdraw { note })),
    ]
}

/// Commands with the seconds before each. The road at the front takes the case
/// on its way more often than chance would.
pub(crate) fn commands() -> impl Strategy<Value = Vec<(Command, i64)>> {
    use Action::{
        Accept, AnswerJoined, AskExtension, CallBack, Close, Dispatch, Join, Reopen, ReportBack,
        Start, Submit, Verify,
    };
    let step = (command(), 0..200_000_i64);
    let road = any::<[bool; 2]>().prop_map(|[together, asks]| {
        let mut road = vec![
            Submit, Accept, Dispatch, Start, ReportBack, Verify, Close, CallBack, Reopen,
        ];
        if asks {
            road.insert(4, AskExtension);
        }
        // Somebody has the same trouble, and is asked when it is done.
        road.insert(2, Join);
        road.insert(road.len() - 1, AnswerJoined);
        let step = |action| match action {
            Dispatch if together => dispatch_with("lights", &["idle"]),
            action => good(action),
        };
        let steps = road.into_iter().map(|action| (step(action), 60_000));
        steps.collect::<Vec<_>>()
    });
    (road, 0..12_usize, vec(step, 0..40)).prop_map(|(mut road, taken, rest)| {
        road.truncate(taken);
        road.extend(rest);
        road
    })
}
