//! Random cases and random questions about them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use yiwang_base::{CaseId, CellBox, Personal, Point, Span};

use super::sample::{happening, minute, note};
use crate::{
    Absorbed, Amount, CaseFilter, Channel, DeclineReason, DueSettled, Event, Extended,
    ExtensionAsked, Happening, Joined, JoinedAnswered, MapTile, Merged, PartReported, Place,
    ProvisionalDue, Queue, QueuePart, Recalled, Redirected, Released, Reporter, RequestWords,
    ResidentAsked, Resumed, ReturnReason, Returned, Scored, Sealed, ShelveReason, Shelved,
    SourceRef, Stage, Supervised, SupervisionLevel, TimeLeft, UnitAdded, UnitRemoved, Unmerged,
};

pub(super) const AREAS: [&str; 4] = ["west", "east", "north.1", "south_2"];
pub(super) const UNITS: [&str; 3] = ["lights", "street-east", "district"];
pub(super) const CATEGORIES: [&str; 3] = ["light", "rubbish", "signs"];
/// What people say, put together of a few pieces so that a search finds some.
const SAID: [&str; 8] = [
    "路灯",
    "Lamp ",
    "坏了",
    "ÖL ",
    "öl ",
    "%",
    "8号",
    "\u{1F4A1}",
];
/// Minutes that times fall into: few enough that many are the same.
pub(super) const MINUTES: i64 = 600;

/// One step of the making of the record.
#[derive(Debug, Clone)]
pub(super) enum Move {
    /// A request comes in.
    New(Box<Happening>),
    /// Something happens to the case at this position, counted round.
    Next(usize, Box<Happening>),
    /// What is sealed of that case is erased.
    Erase(usize),
}

fn code<T: std::str::FromStr + std::fmt::Debug + Clone + 'static>(
    codes: &'static [&'static str],
) -> impl Strategy<Value = T>
where
    T::Err: std::fmt::Debug,
{
    select(codes).prop_map(|code| code.parse().unwrap())
}

fn text() -> impl Strategy<Value = String> {
    vec(select(&SAID[..]), 1..5).prop_map(|pieces| pieces.concat())
}

/// Mostly in one city, some anywhere.
fn point() -> impl Strategy<Value = Point> {
    prop_oneof![
        4 => (115.0..117.0, 39.0..41.0),
        1 => (-180.0..=180.0, -85.0..=85.0),
    ]
    .prop_map(|(lon, lat)| Point::new(lon, lat).unwrap())
}

fn request() -> impl Strategy<Value = Personal<RequestWords>> {
    let reporter = (proptest::option::of(text()), proptest::option::of(text()));
    let place = (proptest::option::of(text()), proptest::option::of(point()));
    let code = proptest::option::of("[0-9A-Z]{12}");
    let answers = vec(text(), 0..3).prop_map(|given| [("pole".to_owned(), given)].into());
    let rest = (proptest::option::of(text()), answers);
    (text(), place, reporter, code, rest).prop_map(
        |(words, (address, point), (name, phone), code, (email, answers))| {
            Personal::new(RequestWords {
                words,
                place: Place { address, point },
                reporter: Reporter { name, phone, email },
                follow_code: code,
                answers,
                media_url: None,
            })
        },
    )
}

fn submitted() -> impl Strategy<Value = Happening> {
    let source = proptest::option::of("[0-9]{9}");
    (
        0..MINUTES,
        0..MINUTES,
        request(),
        proptest::option::of(code(&AREAS)),
        proptest::option::of(code(&CATEGORIES)),
        select(&Channel::ALL[..]),
        source,
    )
        .prop_map(|(at, due, request, area, category, channel, source)| {
            let event = Event::Submitted {
                accept_by: minute(due),
                area,
                category,
                channel,
                source: source.map(|id| SourceRef {
                    id,
                    system: "elsewhere".into(),
                }),
            };
            happening(at, event, Some(Sealed::Request(request)))
        })
}

fn event() -> impl Strategy<Value = Event> {
    let time = || (0..2 * MINUTES).prop_map(minute);
    let maybe = move || proptest::option::of(time());
    prop_oneof![
        (
            proptest::option::of(code(&AREAS)),
            code(&CATEGORIES),
            time()
        )
            .prop_map(|(area, category, dispatch_by)| Event::Accepted {
                area,
                category,
                dispatch_by
            }),
        select(&DeclineReason::ALL[..]).prop_map(|reason| Event::Declined {
            reason,
            responsible: None
        }),
        (
            vec(code(&UNITS), 0..3),
            any::<[bool; 3]>(),
            maybe(),
            maybe(),
            code(&UNITS)
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
        time().prop_map(|verify_by| Event::ReportedBack {
            open_parts: vec![],
            verify_by
        }),
        (time(), any::<bool>()).prop_map(|(by, pass)| Event::Verified { by, pass }),
        any::<bool>().prop_map(|unverified| Event::Closed { unverified }),
        (
            any::<bool>(),
            proptest::option::of(1..=5_u8),
            proptest::option::of(any::<bool>())
        )
            .prop_map(|(reached, satisfaction, solved)| Event::CalledBack {
                reached,
                satisfaction,
                solved
            }),
        time().prop_map(|dispatch_by| Event::Reopened { dispatch_by }),
        duty(),
        clock(),
        held_up(),
    ]
}

/// Deadlines that wait for a year of the calendar, among few enough that some are settled.
fn clock() -> impl Strategy<Value = Event> {
    let time = || (0..2 * MINUTES / 60).prop_map(|hour| minute(60 * hour));
    prop_oneof![
        (time(), time()).prop_map(|(due, from)| Event::DueProvisional(ProvisionalDue {
            due,
            from,
            missing: 2027,
            span: Span::WorkingDays { days: 3 },
        })),
        (time(), time()).prop_map(|(due, was)| Event::DueSettled(DueSettled { due, was })),
    ]
}

/// More time, standing still, being watched, scored and withdrawn.
fn held_up() -> impl Strategy<Value = Event> {
    let time = || (0..2 * MINUTES).prop_map(minute);
    let left = || {
        proptest::option::of((0..5_u32).prop_map(Amount::WorkingDays)).prop_map(|due| TimeLeft {
            due,
            ..TimeLeft::default()
        })
    };
    let resumed = || {
        (time(), proptest::option::of(time())).prop_map(|(due_at, resolve_by)| Resumed {
            due_at: Some(due_at),
            resolve_by,
            respond_by: None,
        })
    };
    prop_oneof![
        time().prop_map(|resolve_by| Event::ExtensionAsked(ExtensionAsked { resolve_by })),
        (time(), time())
            .prop_map(|(from, resolve_by)| Event::Extended(Extended { from, resolve_by })),
        Just(Event::ExtensionRefused {}),
        (left(), select(&ShelveReason::ALL[..]), time()).prop_map(|(left, reason, review_by)| {
            Event::Shelved(Shelved {
                left,
                reason,
                review_by,
            })
        }),
        (time(), left())
            .prop_map(|(answer_by, left)| Event::ResidentAsked(ResidentAsked { answer_by, left })),
        resumed().prop_map(Event::ResidentAnswered),
        resumed().prop_map(Event::Resumed),
        (time(), select(&SupervisionLevel::ALL[..])).prop_map(|(answer_by, level)| {
            Event::Supervised(Supervised {
                answer_by,
                by: None,
                level,
            })
        }),
        Just(Event::SupervisionAnswered {}),
        Just(Event::SupervisionReleased {}),
        (proptest::option::of(code(&UNITS)), 1..=5_u8, code(&UNITS))
            .prop_map(|(by, score, unit)| Event::Scored(Scored { by, score, unit })),
        Just(Event::Commented {}),
        Just(Event::Withdrawn {}),
    ]
}

/// Who leads, who assists, who gave it back.
fn duty() -> impl Strategy<Value = Event> {
    let returned = (
        (0..2 * MINUTES).prop_map(minute),
        select(&ReturnReason::ALL[..]),
        code(&UNITS),
    );
    prop_oneof![
        returned.prop_map(|(dispatch_by, reason, unit)| Event::Returned(Returned {
            dispatch_by,
            reason,
            responsible: None,
            unit,
        })),
        code(&UNITS).prop_map(|unit| Event::Redirected(Redirected { unit })),
        ((0..2 * MINUTES).prop_map(minute), code(&UNITS))
            .prop_map(|(dispatch_by, unit)| Event::Recalled(Recalled { dispatch_by, unit })),
        code(&UNITS).prop_map(|unit| Event::UnitAdded(UnitAdded { unit })),
        code(&UNITS).prop_map(|unit| Event::UnitRemoved(UnitRemoved { unit })),
        code(&UNITS).prop_map(|unit| Event::PartReported(PartReported { unit })),
        (1..9_u64).prop_map(|id| Event::Merged(Merged { into: CaseId(id) })),
        (1..9_u64).prop_map(|id| Event::Unmerged(Unmerged { from: CaseId(id) })),
        (1..9_u64).prop_map(|id| Event::Absorbed(Absorbed { case: CaseId(id) })),
        (1..9_u64).prop_map(|id| Event::Released(Released { case: CaseId(id) })),
        (1..4_u32).prop_map(|number| Event::Joined(Joined { number })),
        (1..4_u32, any::<bool>()).prop_map(|(number, solved)| {
            Event::JoinedAnswered(JoinedAnswered {
                number,
                satisfaction: Some(3),
                solved,
            })
        }),
    ]
}

/// One step; cases grow to some four events each.
pub(super) fn a_move() -> impl Strategy<Value = Move> {
    let next = (0..MINUTES, event(), proptest::option::of(text()))
        .prop_map(|(at, event, said)| happening(at, event, said.and_then(|said| note(&said))));
    prop_oneof![
        6 => submitted().prop_map(|first| Move::New(Box::new(first))),
        18 => (any::<usize>(), next).prop_map(|(which, next)| Move::Next(which, Box::new(next))),
        1 => any::<usize>().prop_map(Move::Erase),
    ]
}

/// A filter of up to all of its parts.
pub(super) fn filter() -> impl Strategy<Value = CaseFilter> {
    fn some<T>(codes: &'static [&'static str]) -> impl Strategy<Value = Vec<T>>
    where
        T: std::str::FromStr + std::fmt::Debug + Clone + 'static,
        T::Err: std::fmt::Debug,
    {
        let parse = |codes: Vec<&str>| codes.iter().map(|code| code.parse().unwrap()).collect();
        prop_oneof![
            2 => Just(Vec::new()),
            1 => subsequence(codes, 1..codes.len()).prop_map(parse),
        ]
    }
    let stages = prop_oneof![2 => Just(vec![]), 1 => subsequence(&Stage::ALL[..], 1..5)];
    let channels = prop_oneof![2 => Just(vec![]), 1 => subsequence(&Channel::ALL[..], 1..5)];
    let time = || prop_oneof![2 => Just(None), 1 => (0..2 * MINUTES).prop_map(|m| Some(minute(m)))];
    let text = prop_oneof![
        3 => Just(None),
        1 => select(&SAID[..]).prop_map(|said| Some(said.to_owned())),
        1 => text().prop_map(Some),
        1 => (0..200_u64).prop_map(|id| Some(format!("C{id}"))),
    ];
    (
        stages,
        (some(&UNITS), some(&UNITS), queue()),
        some(&AREAS),
        some(&CATEGORIES),
        channels,
        (time(), time(), time(), time(), any::<bool>(), any::<bool>()),
        (text, proptest::option::weighted(0.3, (point(), point()))),
    )
        .prop_map(
            |(
                stages,
                (units, involved, queue),
                areas,
                categories,
                channels,
                (late_at, due_soon_at, from, until, one, other),
                (text, corners),
            )| {
                CaseFilter {
                    stages,
                    units,
                    involved,
                    queue,
                    areas,
                    categories,
                    channels,
                    late_at,
                    due_soon_at,
                    provisional: one && other,
                    from,
                    until,
                    within: corners.map(|(one, other)| CellBox::between(one, other)),
                    text,
                }
            },
        )
}

/// Seldom a unit's queue, and that whole or in part.
fn queue() -> impl Strategy<Value = Option<Queue>> {
    let part = proptest::option::of(select(&QueuePart::ALL[..]));
    let queue = (code(&UNITS), part).prop_map(|(unit, part)| Queue { unit, part });
    proptest::option::weighted(0.25, queue)
}

/// A tile, mostly over the city.
pub(super) fn tile() -> impl Strategy<Value = MapTile> {
    let over_city = (0..=24_u32, point()).prop_map(|(zoom, point)| {
        let scale = f64::from(1_u32 << zoom);
        let sin = point.lat().to_radians().sin();
        let y = 0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * std::f64::consts::PI);
        MapTile {
            zoom,
            x: ((point.lon() / 360.0 + 0.5) * scale).min(scale - 1.0) as u32,
            y: (y * scale) as u32,
        }
    });
    let anywhere = (0..=24_u32, any::<u32>(), any::<u32>()).prop_map(|(zoom, x, y)| MapTile {
        zoom,
        x: x & ((1 << zoom) - 1),
        y: y & ((1 << zoom) - 1),
    });
    prop_oneof![4 => over_city, 1 => anywhere]
}
