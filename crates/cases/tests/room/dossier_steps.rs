//! Any step of any kind of dossier, good or bad.

use jiff::civil::{Date, date};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use yiwang_base::{AreaCode, CaseId, CategoryCode, LocalText, Personal, UnitCode};
use yiwang_cases::civic::{
    DossierCommand, DossierId, Kind, Recast, Tally, appraisal, asset, consultation, deliberation,
    dispute, micro_project, pool, property_party, proposal, task, topic, training,
};

use crate::town::{FRIDAY, at};

fn text() -> impl Strategy<Value = LocalText> {
    prop_oneof![
        8 => Just(LocalText::new("加装电梯", "A lift")),
        1 => Just(LocalText::new("加装电梯", "")),
        1 => Just(LocalText::same("x".repeat(4_001))),
    ]
}

fn said() -> impl Strategy<Value = Personal<String>> {
    prop_oneof![8 => Just("王小明"), 1 => Just(" "), 1 => Just("a\u{7}")]
        .prop_map(|text| Personal::new(text.to_owned()))
}

fn reason() -> impl Strategy<Value = String> {
    prop_oneof![8 => Just("会议决定"), 1 => Just("")].prop_map(str::to_owned)
}

fn unit() -> impl Strategy<Value = UnitCode> {
    select(vec!["lights", "street-east", "district", "moon"]).prop_map(|c| c.parse().unwrap())
}

fn area() -> impl Strategy<Value = AreaCode> {
    select(vec!["west", "east", "east", "moon"]).prop_map(|c| c.parse().unwrap())
}

fn category() -> impl Strategy<Value = CategoryCode> {
    select(vec!["light", "light", "rubbish", "moon"]).prop_map(|c| c.parse().unwrap())
}

/// Days about the Friday at which everything begins.
fn day() -> impl Strategy<Value = Date> {
    select(vec![
        date(2026, 9, 20),
        date(2026, 9, 25),
        date(2026, 10, 20),
        date(2027, 3, 1),
        date(9999, 12, 31),
    ])
}

fn hours() -> impl Strategy<Value = yiwang_base::Timestamp> {
    (-30..200_i64).prop_map(|hours| {
        at(FRIDAY)
            .checked_add(jiff::SignedDuration::from_hours(hours))
            .unwrap()
    })
}

fn case() -> impl Strategy<Value = CaseId> {
    (1..6_u64).prop_map(CaseId)
}

fn tally(options: usize) -> impl Strategy<Value = Tally> {
    vec(0..9_u64, options).prop_map(|options| Tally {
        voices: options.iter().sum(),
        options,
    })
}

fn count() -> impl Strategy<Value = topic::Count> {
    (hours(), hours(), 0..99_u64).prop_map(|(from, until, cases)| topic::Count {
        cases,
        from,
        until,
    })
}

pub(crate) fn evidence() -> proposal::Evidence {
    proposal::Evidence {
        cases: vec![CaseId(2), CaseId(1)],
        counted: 12,
        elsewhere_hundredths: 100,
        expected_hundredths: 400,
        found_by: "recurrence/1".into(),
        here_hundredths: 200,
        last_at: at(FRIDAY),
        recent: 4,
        recent_weeks: 8,
        seasons: vec![8],
        surprise_billionths: 3,
        unusual: proposal::Unusual::Season,
        from: at(FRIDAY),
        until: at("2026-10-25T00:00:00Z"),
    }
}

fn proposals() -> BoxedStrategy<DossierCommand> {
    use proposal::Command;
    let reasons = proposal::DismissReason::ALL.to_vec();
    prop_oneof![
        2 => (area(), category()).prop_map(|(area, category)| Command::Open {
            pattern: proposal::Pattern { area, category, cell: Some(7) },
            evidence: Box::new(evidence()),
        }),
        1 => (case(), option::of(unit()), option::of(said()))
            .prop_map(|(case, unit, note)| Command::Accept { case, unit, note }),
        1 => (select(reasons), option::of(0..60_u32), option::of(said())).prop_map(
            |(reason, quiet_weeks, note)| Command::Dismiss { reason, quiet_weeks, note }
        ),
        1 => Just(Command::Measure {
            outcome: proposal::Outcome { after: 1, before: 4, weeks: 8 },
        }),
    ]
    .prop_map(DossierCommand::Proposal)
    .boxed()
}

fn topics() -> BoxedStrategy<DossierCommand> {
    use topic::Command;
    let scope = (vec(area(), 0..2), vec(category(), 0..3), vec(case(), 0..3)).prop_map(
        |(areas, categories, cases)| topic::Scope {
            areas,
            cases,
            categories,
        },
    );
    prop_oneof![
        2 => (text(), text(), unit(), vec(unit(), 0..2), scope, count()).prop_map(
            |(title, summary, lead, assisting, scope, before)| Command::Open {
                title, summary, lead, assisting, scope, before,
            }
        ),
        1 => text().prop_map(|measure| Command::AddMeasure { measure }),
        2 => (text(), day()).prop_map(|(title, due)| Command::AddMilestone { title, due }),
        2 => (0..4_u32).prop_map(|number| Command::ReachMilestone { number }),
        1 => (text(), count(), option::of(reason()))
            .prop_map(|(report, after, reason)| Command::Close { report, after, reason }),
    ]
    .prop_map(DossierCommand::Topic)
    .boxed()
}

fn disputes() -> BoxedStrategy<DossierCommand> {
    use dispute::Command;
    let party = (said(), option::of(said())).prop_map(|(name, phone)| dispute::Party {
        name,
        phone,
        statement: None,
    });
    let other = Just(dispute::Party {
        name: Personal::new("李四".into()),
        phone: None,
        statement: None,
    });
    let parties = (party, other, any::<bool>()).prop_map(|(one, other, both)| {
        let mut parties = vec![one];
        parties.extend(both.then_some(other));
        parties
    });
    let track = || select(dispute::Track::ALL.to_vec());
    prop_oneof![
        2 => (text(), area(), unit(), track(), parties, vec(case(), 0..2), said()).prop_map(
            |(title, area, unit, track, parties, cases, words)| Command::Register {
                title, area, unit, track, parties, cases, words,
            }
        ),
        2 => said().prop_map(|mediator| Command::AssignMediator { mediator }),
        1 => (track(), reason()).prop_map(|(track, reason)| Command::ChangeTrack { track, reason }),
        1 => (day(), 0..4_u32, said())
            .prop_map(|(on, attended, minutes)| Command::HoldSession { on, attended, minutes }),
        2 => (day(), said(), day())
            .prop_map(|(on, agreement, visit_by)| Command::Agree { on, agreement, visit_by }),
        2 => (day(), any::<bool>(), said(), option::of(day()))
            .prop_map(|(on, kept, note, next_by)| Command::Visit { on, kept, note, next_by }),
        1 => (select(dispute::Outcome::ALL.to_vec()), said())
            .prop_map(|(outcome, note)| Command::Close { outcome, note }),
    ]
    .prop_map(DossierCommand::Dispute)
    .boxed()
}

fn parties() -> BoxedStrategy<DossierCommand> {
    use property_party::Command;
    let role = select(property_party::Role::ALL.to_vec());
    let (areas, duties) = (|| vec(area(), 0..2), || vec(category(), 0..2));
    prop_oneof![
        3 => (role, text(), areas(), duties(), unit(), option::of(said())).prop_map(
            |(role, name, areas, duties, unit, contact)| Command::Register {
                role, name, areas, duties, unit, contact,
            }
        ),
        1 => (areas(), duties(), reason())
            .prop_map(|(areas, duties, reason)| Command::SetDuties { areas, duties, reason }),
        1 => said().prop_map(|contact| Command::SetContact { contact }),
        1 => reason().prop_map(|reason| Command::Retire { reason }),
    ]
    .prop_map(DossierCommand::PropertyParty)
    .boxed()
}

fn assets() -> BoxedStrategy<DossierCommand> {
    use asset::Command;
    let sort = select(asset::Sort::ALL.to_vec());
    prop_oneof![
        3 => (sort, text(), area(), category(), unit(), 0..500_u32, option::of(day())).prop_map(
            |(sort, name, area, category, unit, every_days, inspected_on)| Command::Register {
                sort, name, area, category, unit,
                party: Some(DossierId(3)),
                every_days, inspected_on,
            }
        ),
        3 => (day(), any::<bool>(), option::of(said()))
            .prop_map(|(on, passed, note)| Command::Inspect { on, passed, note }),
        1 => reason().prop_map(|reason| Command::Retire { reason }),
    ]
    .prop_map(DossierCommand::Asset)
    .boxed()
}

fn deliberations() -> BoxedStrategy<DossierCommand> {
    use deliberation::Command;
    let form = select(deliberation::Form::ALL.to_vec());
    prop_oneof![
        2 => (text(), text(), area(), unit(), form, vec(text(), 0..2), vec(case(), 0..2)).prop_map(
            |(title, agenda, area, unit, form, parties, cases)| Command::Convene {
                title, agenda, area, unit, form, parties, cases,
            }
        ),
        2 => (text(), day()).prop_map(|(title, on)| Command::AddStep { title, on }),
        2 => (0..3_u32, text(), option::of(said()))
            .prop_map(|(number, summary, minutes)| Command::FinishStep { number, summary, minutes }),
        1 => (text(), 0..9_u32, 0..9_u32)
            .prop_map(|(text, in_favour, against)| Command::Decide { text, in_favour, against }),
        1 => case().prop_map(|case| Command::FollowUp { case }),
        1 => (text(), option::of(reason()))
            .prop_map(|(report, reason)| Command::Close { report, reason }),
    ]
    .prop_map(DossierCommand::Deliberation)
    .boxed()
}

fn consultations() -> BoxedStrategy<DossierCommand> {
    use consultation::Command;
    let options = prop_oneof![
        4 => Just(vec![LocalText::same("甲"), LocalText::same("乙"), LocalText::same("丙")]),
        1 => Just(vec![LocalText::same("甲")]),
        1 => Just(vec![LocalText::same("甲"), LocalText::same("甲")]),
    ];
    let recast = select(Recast::ALL.to_vec());
    let who = (option::of(area()), option::of(0..9_u32), unit());
    prop_oneof![
        3 => (text(), text(), options, 0..4_u32, recast, who, hours(), hours()).prop_map(
            |(title, question, options, choose, recast, (area, entitled, unit), opens_at, closes_at)| {
                Command::Announce {
                    title, question, options, choose, recast, area, entitled, unit, opens_at, closes_at,
                }
            }
        ),
        1 => said().prop_map(|words| Command::Comment { words }),
        2 => tally(3).prop_map(|tally| Command::Publish { tally }),
        1 => text().prop_map(|answer| Command::Answer { answer }),
        1 => reason().prop_map(|reason| Command::Withdraw { reason }),
    ]
    .prop_map(DossierCommand::Consultation)
    .boxed()
}

fn projects() -> BoxedStrategy<DossierCommand> {
    use micro_project::Command;
    prop_oneof![
        2 => (area(), said(), option::of(said()))
            .prop_map(|(area, words, phone)| Command::Propose { area, words, name: None, phone }),
        2 => (text(), text(), unit(), 0..3_000_u64).prop_map(
            |(title, summary, unit, estimate_cents)| Command::Screen {
                title, summary, unit, estimate_cents,
            }
        ),
        1 => reason().prop_map(|reason| Command::Decline { reason }),
        2 => (hours(), 0..5_u32)
            .prop_map(|(closes_at, quorum)| Command::OpenVote { closes_at, quorum }),
        2 => tally(2).prop_map(|tally| Command::CloseVote { tally }),
        2 => (0..3_000_u64).prop_map(|budget_cents| Command::Fund { budget_cents }),
        3 => (0..900_u64, text(), day())
            .prop_map(|(cents, what, on)| Command::Spend { cents, what, on }),
        2 => (text(), hours()).prop_map(|(done, closes_at)| Command::Finish { done, closes_at }),
        2 => (tally(5), option::of(reason()))
            .prop_map(|(scores, reason)| Command::Accept { scores, reason }),
        1 => reason().prop_map(|reason| Command::Redo { reason }),
        1 => Just(Command::PublishAccounts {}),
    ]
    .prop_map(DossierCommand::MicroProject)
    .boxed()
}

pub(crate) fn pools() -> BoxedStrategy<DossierCommand> {
    use pool::Command;
    let sort = select(pool::ResourceSort::ALL.to_vec());
    prop_oneof![
        1 => (text(), area(), unit(), vec(unit(), 0..3))
            .prop_map(|(title, area, unit, units)| Command::SetUp { title, area, unit, units }),
        3 => (sort, text(), unit(), 0..9_u32, vec(category(), 0..2)).prop_map(
            |(sort, name, unit, capacity, fit_for)| Command::Offer {
                sort, name, unit, capacity, fit_for,
            }
        ),
        6 => (case(), vec(0..4_u32, 0..3), hours(), hours())
            .prop_map(|(case, resources, from, until)| Command::Send { case, resources, from, until }),
        3 => (0..6_u32).prop_map(|number| Command::BringBack { number }),
        1 => (0..4_u32, reason()).prop_map(|(number, reason)| Command::TakeOut { number, reason }),
        1 => reason().prop_map(|reason| Command::Retire { reason }),
    ]
    .prop_map(DossierCommand::Pool)
    .boxed()
}

pub(crate) fn tasks() -> BoxedStrategy<DossierCommand> {
    use task::Command;
    let capacity = select(task::Capacity::ALL.to_vec());
    prop_oneof![
        1 => (text(), text(), area(), unit(), option::of(case()), 0..3_u32, day()).prop_map(
            |(title, summary, area, unit, case, places, due)| Command::Publish {
                title, summary, area, unit, case, places, due,
            }
        ),
        5 => capacity.prop_map(|capacity| Command::Claim { capacity }),
        2 => Just(Command::GiveUp {}),
        4 => (0..500_u32, said()).prop_map(|(minutes, note)| Command::Report { minutes, note }),
        3 => (0..4_u32, option::of(0..500_u32))
            .prop_map(|(number, minutes)| Command::Confirm { number, minutes }),
        1 => (0..4_u32, reason())
            .prop_map(|(number, reason)| Command::SendBack { number, reason }),
        1 => text().prop_map(|report| Command::Close { report }),
        1 => reason().prop_map(|reason| Command::Cancel { reason }),
    ]
    .prop_map(DossierCommand::Task)
    .boxed()
}

fn trainings() -> BoxedStrategy<DossierCommand> {
    use training::Command;
    prop_oneof![
        2 => (text(), text(), unit(), vec(unit(), 0..3), day()).prop_map(
            |(title, summary, unit, units, on)| Command::Plan { title, summary, unit, units, on }
        ),
        5 => (unit(), 0..9_u32, 0..9_u32, 0..9_u32).prop_map(
            |(unit, expected, came, passed)| Command::Record { unit, expected, came, passed }
        ),
        1 => (text(), option::of(reason()))
            .prop_map(|(report, reason)| Command::Finish { report, reason }),
        1 => reason().prop_map(|reason| Command::Cancel { reason }),
    ]
    .prop_map(DossierCommand::Training)
    .boxed()
}

fn counted() -> impl Strategy<Value = appraisal::Counted> {
    let component = select(appraisal::Component::ALL.to_vec());
    (component, 0..12_u64, 0..12_u64).prop_map(|(component, met, more)| appraisal::Counted {
        component,
        met,
        counted: met + more,
    })
}

fn appraisals() -> BoxedStrategy<DossierCommand> {
    use appraisal::Command;
    let lights: UnitCode = "lights".parse().unwrap();
    let sheet = vec(counted(), 0..4).prop_map(move |counted| appraisal::Sheet {
        formulas: vec!["resolution.1".into()],
        units: vec![(lights.clone(), counted)],
    });
    let weights = option::of(
        select(vec![20, 21]).prop_map(|response| appraisal::Weights {
            response,
            resolution: 20,
            satisfaction: 20,
            on_time: 20,
            front_line_score: 20,
            check_in: 0,
            training: 0,
        }),
    );
    prop_oneof![
        3 => (text(), unit(), vec(unit(), 0..3), day(), day(), day(), weights, sheet).prop_map(
            |(title, unit, units, from, until, objections_by, weights, sheet)| Command::DrawUp {
                title, unit, units, from, until, objections_by, weights, sheet,
            }
        ),
        3 => (unit(), said()).prop_map(|(unit, words)| Command::Object { unit, words }),
        3 => (unit(), option::of(0..20_000_u32), reason())
            .prop_map(|(unit, points, reason)| Command::Settle { unit, points, reason }),
        2 => Just(Command::Publish {}),
        1 => reason().prop_map(|reason| Command::Withdraw { reason }),
    ]
    .prop_map(DossierCommand::Appraisal)
    .boxed()
}

/// A step of a kind.
pub(crate) fn step(kind: Kind) -> BoxedStrategy<DossierCommand> {
    match kind {
        Kind::Proposal => proposals(),
        Kind::Topic => topics(),
        Kind::Dispute => disputes(),
        Kind::PropertyParty => parties(),
        Kind::Asset => assets(),
        Kind::Deliberation => deliberations(),
        Kind::Consultation => consultations(),
        Kind::MicroProject => projects(),
        Kind::Pool => pools(),
        Kind::Task => tasks(),
        Kind::Training => trainings(),
        Kind::Appraisal => appraisals(),
    }
}
