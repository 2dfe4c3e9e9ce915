//! Any event at all, for what holds of each.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use yiwang_base::{AreaCode, CaseId, CategoryCode, Span, Timestamp, UnitCode};
use yiwang_cases::{
    Absorbed, Amount, Attached, Channel, DeclineReason, DueSettled, Event, Extended,
    ExtensionAsked, FileKind, Joined, JoinedAnswered, Merged, PartReported, ProvisionalDue,
    Recalled, Redirected, Released, ResidentAsked, Resumed, ReturnReason, Returned, Scored,
    ShelveReason, Shelved, SourceRef, Supervised, SupervisionLevel, TimeLeft, UnitAdded,
    UnitRemoved, Unmerged,
};

fn time() -> impl Strategy<Value = Timestamp> {
    // 1970 to 2100, in milliseconds as the record keeps them.
    (0..4_102_444_800_000_i64).prop_map(|ms| Timestamp::from_millisecond(ms).unwrap())
}

fn code() -> impl Strategy<Value = String> {
    "[a-z0-9][a-z0-9._-]{0,63}"
}

fn unit() -> impl Strategy<Value = UnitCode> {
    code().prop_map(|code| code.parse().unwrap())
}

fn case() -> impl Strategy<Value = CaseId> {
    (1..1_u64 << 53).prop_map(CaseId)
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![road(), duty(), clock(), held_up(), watch()]
}

fn road() -> impl Strategy<Value = Event> {
    let area = || option::of(code().prop_map(|c| c.parse::<AreaCode>().unwrap()));
    let category = || code().prop_map(|c| c.parse::<CategoryCode>().unwrap());
    let source =
        (any::<String>(), any::<String>()).prop_map(|(id, system)| SourceRef { id, system });
    prop_oneof![
        (
            time(),
            area(),
            option::of(category()),
            select(Channel::ALL.to_vec()),
            option::of(source)
        )
            .prop_map(
                |(accept_by, area, category, channel, source)| Event::Submitted {
                    accept_by,
                    area,
                    category,
                    channel,
                    source
                }
            ),
        (area(), category(), time()).prop_map(|(area, category, dispatch_by)| Event::Accepted {
            area,
            category,
            dispatch_by
        }),
        (
            select(DeclineReason::ALL.to_vec()),
            option::of(any::<String>())
        )
            .prop_map(|(reason, responsible)| Event::Declined {
                reason,
                responsible
            }),
        (
            vec(unit(), 0..3),
            any::<[bool; 3]>(),
            option::of(time()),
            option::of(time()),
            unit()
        )
            .prop_map(|(assisting, flags, resolve_by, respond_by, unit)| {
                Event::Dispatched {
                    assisting,
                    backstop: flags[0],
                    first_receiver: flags[1],
                    outside_duty: flags[2],
                    resolve_by,
                    respond_by,
                    unit,
                }
            }),
        Just(Event::Started {}),
        (vec(unit(), 0..3), time()).prop_map(|(open_parts, verify_by)| Event::ReportedBack {
            open_parts,
            verify_by
        }),
        (time(), any::<bool>()).prop_map(|(by, pass)| Event::Verified { by, pass }),
        any::<bool>().prop_map(|unverified| Event::Closed { unverified }),
        (
            any::<bool>(),
            option::of(any::<u8>()),
            option::of(any::<bool>())
        )
            .prop_map(|(reached, satisfaction, solved)| Event::CalledBack {
                reached,
                satisfaction,
                solved
            }),
        time().prop_map(|dispatch_by| Event::Reopened { dispatch_by }),
        vec(0..1_u64 << 53, 0..9).prop_map(|erases| Event::Erased { erases }),
    ]
}

fn clock() -> impl Strategy<Value = Event> {
    let span = prop_oneof![
        any::<u32>().prop_map(|minutes| Span::Clock { minutes }),
        any::<u32>().prop_map(|minutes| Span::Working { minutes }),
        any::<u32>().prop_map(|days| Span::WorkingDays { days }),
    ];
    prop_oneof![
        (time(), time(), any::<i16>(), span).prop_map(|(due, from, missing, span)| {
            Event::DueProvisional(ProvisionalDue {
                due,
                from,
                missing,
                span,
            })
        }),
        (time(), time()).prop_map(|(due, was)| Event::DueSettled(DueSettled { due, was })),
    ]
}

fn duty() -> impl Strategy<Value = Event> {
    prop_oneof![
        (
            time(),
            select(ReturnReason::ALL.to_vec()),
            option::of(unit()),
            unit()
        )
            .prop_map(|(dispatch_by, reason, responsible, unit)| {
                Event::Returned(Returned {
                    dispatch_by,
                    reason,
                    responsible,
                    unit,
                })
            }),
        unit().prop_map(|unit| Event::Redirected(Redirected { unit })),
        (time(), unit())
            .prop_map(|(dispatch_by, unit)| Event::Recalled(Recalled { dispatch_by, unit })),
        unit().prop_map(|unit| Event::UnitAdded(UnitAdded { unit })),
        unit().prop_map(|unit| Event::UnitRemoved(UnitRemoved { unit })),
        unit().prop_map(|unit| Event::PartReported(PartReported { unit })),
        case().prop_map(|into| Event::Merged(Merged { into })),
        case().prop_map(|from| Event::Unmerged(Unmerged { from })),
        case().prop_map(|case| Event::Absorbed(Absorbed { case })),
        case().prop_map(|case| Event::Released(Released { case })),
        any::<u32>().prop_map(|number| Event::Joined(Joined { number })),
        (any::<u32>(), option::of(any::<u8>()), any::<bool>()).prop_map(
            |(number, satisfaction, solved)| Event::JoinedAnswered(JoinedAnswered {
                number,
                satisfaction,
                solved,
            })
        ),
    ]
}

fn left() -> impl Strategy<Value = TimeLeft> {
    let span = || {
        option::of(prop_oneof![
            any::<u32>().prop_map(Amount::Clock),
            any::<u32>().prop_map(Amount::Working),
            any::<u32>().prop_map(Amount::WorkingDays),
        ])
    };
    (span(), span(), span()).prop_map(|(due, resolve, respond)| TimeLeft {
        due,
        resolve,
        respond,
    })
}

/// More time, and standing still.
fn held_up() -> impl Strategy<Value = Event> {
    let resumed = || {
        let by = || option::of(time());
        (by(), by(), by()).prop_map(|(due_at, resolve_by, respond_by)| Resumed {
            due_at,
            resolve_by,
            respond_by,
        })
    };
    prop_oneof![
        time().prop_map(|resolve_by| Event::ExtensionAsked(ExtensionAsked { resolve_by })),
        (time(), time())
            .prop_map(|(from, resolve_by)| Event::Extended(Extended { from, resolve_by })),
        Just(Event::ExtensionRefused {}),
        (left(), select(ShelveReason::ALL.to_vec()), time()).prop_map(
            |(left, reason, review_by)| Event::Shelved(Shelved {
                left,
                reason,
                review_by
            })
        ),
        (time(), left())
            .prop_map(|(answer_by, left)| Event::ResidentAsked(ResidentAsked { answer_by, left })),
        resumed().prop_map(Event::ResidentAnswered),
        resumed().prop_map(Event::Resumed),
    ]
}

/// Who watches, scores, speaks, attaches and withdraws.
fn watch() -> impl Strategy<Value = Event> {
    prop_oneof![
        (
            time(),
            option::of(unit()),
            select(SupervisionLevel::ALL.to_vec())
        )
            .prop_map(|(answer_by, by, level)| Event::Supervised(Supervised {
                answer_by,
                by,
                level
            })),
        Just(Event::SupervisionAnswered {}),
        Just(Event::SupervisionReleased {}),
        (option::of(unit()), any::<u8>(), unit())
            .prop_map(|(by, score, unit)| Event::Scored(Scored { by, score, unit })),
        Just(Event::Commented {}),
        (
            0..1_u64 << 53,
            any::<bool>(),
            select(FileKind::ALL.to_vec()),
            any::<bool>()
        )
            .prop_map(
                |(bytes, for_resident, kind, own)| Event::Attached(Attached {
                    bytes,
                    for_resident,
                    kind,
                    own
                })
            ),
        Just(Event::Withdrawn {}),
    ]
}
