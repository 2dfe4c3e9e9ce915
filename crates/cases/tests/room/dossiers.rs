//! Whatever steps are taken, a dossier is legal or the refusal says what is possible.

use proptest::collection::vec;
use proptest::prelude::*;
use yiwang_base::{Personal, Purpose, Refusal, Timestamp};
use yiwang_cases::civic::{
    AskedOf, Content, Deed, Dossier, DossierCommand, DossierEvent, DossierId, DossierStore, Kind,
    Recast, Voter, carry_out, consultation, credit, dispute, micro_project, proposal, speak,
};
use yiwang_cases::{Actor, Channel, Context, MemoryStore, Stage};

use crate::dossier_steps::{evidence, step};
use crate::town::{FRIDAY, at, case_at, rules};

fn decide(
    dossier: Option<&Dossier>,
    command: &DossierCommand,
    now: Timestamp,
) -> Result<Vec<Deed>, Refusal> {
    let rules = rules();
    let actor = Actor::User("li.na".parse().unwrap());
    let context = Context {
        rules: &rules,
        actor: &actor,
        grounds: None,
        now,
    };
    Dossier::decide(dossier, command, &context)
}

fn applied(dossier: Option<Dossier>, deeds: &[Deed]) -> Dossier {
    let mut dossier = dossier;
    for deed in deeds {
        match &mut dossier {
            Some(dossier) => assert!(dossier.apply(deed), "{deed:?}"),
            None => dossier = Dossier::begin(DossierId(1), deed),
        }
    }
    dossier.unwrap()
}

fn later(hours: i64) -> Timestamp {
    at(FRIDAY)
        .checked_add(jiff::SignedDuration::from_hours(hours))
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_asked_a_dossier_stays_legal_or_says_why_not(
        (kind, steps) in proptest::sample::select(Kind::ALL.to_vec())
            .prop_flat_map(|kind| (Just(kind), vec((step(kind), 0..60_i64), 1..60)))
    ) {
        let (mut dossier, mut all, mut now) = (None::<Dossier>, Vec::new(), at(FRIDAY));
        for (command, hours) in steps {
            now = now.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
            match decide(dossier.as_ref(), &command, now) {
                Ok(deeds) => {
                    if let Some(before) = &dossier {
                        prop_assert!(before.possible().contains(&command.word()));
                    } else {
                        prop_assert!(kind.opening().contains(&command.word()));
                    }
                    for deed in &deeds {
                        let json = serde_json::to_string(&deed.event).unwrap();
                        prop_assert!(!json.contains("王小明") && !json.contains("李四"), "{}", json);
                        let read: DossierEvent = serde_json::from_str(&json).unwrap();
                        prop_assert_eq!(&read, &deed.event);
                        let canonical = serde_json_canonicalizer::to_string(&deed.event).unwrap();
                        prop_assert_eq!(json, canonical, "fields stand in the order of their names");
                    }
                    dossier = Some(applied(dossier, &deeds));
                    all.extend(deeds);
                }
                Err(refusal) => {
                    prop_assert!(!refusal.message.zh.is_empty() && !refusal.message.en.is_empty());
                    if refusal.code == "dossier.not-now" {
                        let possible = dossier.as_ref().unwrap().possible();
                        prop_assert_eq!(refusal.allowed, possible);
                    } else {
                        prop_assert!(refusal.field.is_some(), "{:?}", refusal);
                    }
                }
            }
            let Some(dossier) = &dossier else { continue };
            prop_assert!(kind.states().contains(&dossier.head().state));
            if let Content::MicroProject(project) = &dossier.content {
                prop_assert!(project.spent_cents() <= project.budget_cents.unwrap_or(0));
            }
            if let Content::Dispute(one) = &dossier.content {
                let kept = one.visits.last().is_some_and(|visit| visit.kept);
                prop_assert!(one.outcome != Some(dispute::Outcome::Settled) || kept);
            }
            // What is kept reads back, and replaying gives the same.
            let json = serde_json::to_string(&dossier.content).unwrap();
            let read: Content = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(&read, &dossier.content);
            prop_assert_eq!(&applied(None, &all), dossier);
        }
    }
}

fn project_at_vote() -> Dossier {
    use micro_project::Command;
    let text = || yiwang_base::LocalText::new("长椅", "A bench");
    let steps = [
        Command::Propose {
            area: "east".parse().unwrap(),
            words: Personal::new("想要一条长椅".into()),
            name: None,
            phone: None,
        },
        Command::Screen {
            title: text(),
            summary: text(),
            unit: "street-east".parse().unwrap(),
            estimate_cents: 500_000,
        },
        Command::OpenVote {
            closes_at: later(48),
            quorum: 2,
        },
    ];
    let mut dossier = None;
    for step in steps {
        let deeds = decide(
            dossier.as_ref(),
            &DossierCommand::MicroProject(step),
            at(FRIDAY),
        );
        dossier = Some(applied(dossier, &deeds.unwrap()));
    }
    dossier.unwrap()
}

#[test]
fn a_micro_project_never_costs_more_than_its_budget() {
    use micro_project::Command;
    let text = || yiwang_base::LocalText::new("长椅", "A bench");
    let mut dossier = project_at_vote();
    let mut go = |step, now| -> Result<Dossier, Refusal> {
        let deeds = decide(Some(&dossier), &DossierCommand::MicroProject(step), now)?;
        dossier = applied(Some(dossier.clone()), &deeds);
        Ok(dossier.clone())
    };
    let tally = |options: &[u64]| yiwang_cases::civic::Tally {
        options: options.to_vec(),
        voices: options.iter().sum(),
    };
    let early = go(
        Command::CloseVote {
            tally: tally(&[3, 1]),
        },
        later(47),
    )
    .unwrap_err();
    assert_eq!(early.code, "project.still-open");
    let chosen = go(
        Command::CloseVote {
            tally: tally(&[3, 1]),
        },
        later(48),
    )
    .unwrap();
    assert_eq!(chosen.head().state, "chosen");
    let more = Command::Fund {
        budget_cents: 500_001,
    };
    assert_eq!(go(more, later(49)).unwrap_err().code, "number.out-of-range");
    go(
        Command::Fund {
            budget_cents: 400_000,
        },
        later(49),
    )
    .unwrap();
    let spend = |cents| Command::Spend {
        cents,
        what: text(),
        on: "2026-09-25".parse().unwrap(),
    };
    go(spend(300_000), later(50)).unwrap();
    let over = go(spend(100_001), later(50)).unwrap_err();
    assert_eq!(over.code, "project.over-budget");
    assert_eq!(over.allowed, ["1–100000"]);
    let done = Command::Finish {
        done: text(),
        closes_at: later(90),
    };
    go(done, later(60)).unwrap();
    // Nobody is content: accepting it needs a reason, and it can be done again.
    let low = Command::Accept {
        scores: tally(&[3, 1, 0, 0, 0]),
        reason: None,
    };
    assert_eq!(go(low, later(90)).unwrap_err().field.unwrap(), "reason");
    let again = Command::Redo {
        reason: "椅子不稳".into(),
    };
    assert_eq!(go(again, later(91)).unwrap().head().state, "funded");
}

#[test]
fn a_vote_without_a_quorum_or_a_majority_chooses_nothing() {
    use micro_project::Command;
    for (options, state) in [
        ([1, 0], "rejected"),
        ([2, 2], "rejected"),
        ([2, 1], "chosen"),
    ] {
        let tally = yiwang_cases::civic::Tally {
            options: options.to_vec(),
            voices: options.iter().sum(),
        };
        let dossier = project_at_vote();
        let command = DossierCommand::MicroProject(Command::CloseVote { tally });
        let deeds = decide(Some(&dossier), &command, later(48)).unwrap();
        assert_eq!(applied(Some(dossier), &deeds).head().state, state);
    }
}

#[test]
fn a_dismissed_pattern_stays_quiet_as_long_as_it_was_told_to() {
    use proposal::Command;
    let open = Command::Open {
        pattern: proposal::Pattern {
            area: "west".parse().unwrap(),
            category: "light".parse().unwrap(),
            cell: None,
        },
        evidence: Box::new(evidence()),
    };
    let deeds = decide(None, &DossierCommand::Proposal(open), at(FRIDAY)).unwrap();
    let dossier = applied(None, &deeds);
    let silent = |dossier: &Dossier, now| match &dossier.content {
        Content::Proposal(one) => one.silences(now),
        _ => unreachable!(),
    };
    assert!(silent(&dossier, later(9_000)), "an open one needs no other");
    let dismiss = Command::Dismiss {
        reason: proposal::DismissReason::UnderWay,
        quiet_weeks: Some(2),
        note: None,
    };
    let deeds = decide(Some(&dossier), &DossierCommand::Proposal(dismiss), later(1)).unwrap();
    let dossier = applied(Some(dossier), &deeds);
    assert!(silent(&dossier, later(2 * 168)));
    assert!(!silent(&dossier, later(2 * 168 + 1)));
}

#[test]
fn an_agreement_that_is_broken_is_none() {
    use dispute::Command;
    let said = |text: &str| Personal::new(text.to_owned());
    let party = |name| dispute::Party {
        name: said(name),
        phone: Some(said("19900001234")),
        statement: None,
    };
    let friday = "2026-09-25".parse().unwrap();
    let steps = [
        (
            Command::Register {
                title: yiwang_base::LocalText::same("漏水"),
                area: "east".parse().unwrap(),
                unit: "street-east".parse().unwrap(),
                track: dispute::Track::SelfRule,
                parties: vec![party("王小明"), party("李四")],
                cases: vec![],
                words: said("楼上漏水"),
            },
            "registered",
        ),
        (
            Command::AssignMediator {
                mediator: said("老张"),
            },
            "mediating",
        ),
        (
            Command::Agree {
                on: friday,
                agreement: said("月底前修好"),
                visit_by: "2026-10-20".parse().unwrap(),
            },
            "agreed",
        ),
        (
            Command::Visit {
                on: friday,
                kept: false,
                note: said("没有修"),
                next_by: None,
            },
            "mediating",
        ),
    ];
    let mut dossier = None;
    for (step, state) in steps {
        let deeds = decide(dossier.as_ref(), &DossierCommand::Dispute(step), at(FRIDAY)).unwrap();
        let after = applied(dossier, &deeds);
        assert_eq!(after.head().state, state);
        if state == "registered" {
            let parties = dispute::parties(deeds[0].words.as_ref().unwrap(), Purpose::Record);
            assert_eq!(
                parties[1],
                ("李四".to_owned(), Some("19900001234".to_owned()))
            );
        }
        dossier = Some(after);
    }
    let settled = Command::Close {
        outcome: dispute::Outcome::Settled,
        note: said("好了"),
    };
    let refused = decide(
        dossier.as_ref(),
        &DossierCommand::Dispute(settled),
        at(FRIDAY),
    );
    assert_eq!(refused.unwrap_err().code, "dispute.not-visited");
}

#[test]
fn a_voice_is_taken_while_the_vote_is_open_and_for_what_can_be_chosen() {
    let store = MemoryStore::new();
    let rules = rules();
    let actor = Actor::Resident;
    let context = |now| Context {
        rules: &rules,
        actor: &actor,
        grounds: None,
        now,
    };
    let text = yiwang_base::LocalText::same;
    let announce = consultation::Command::Announce {
        title: text("空地"),
        question: text("空地做什么"),
        options: vec![text("健身"), text("花园"), text("停车")],
        choose: 2,
        recast: Recast::Refuse,
        area: None,
        entitled: Some(10),
        unit: "street-east".parse().unwrap(),
        opens_at: later(1),
        closes_at: later(2),
    };
    let asked = AskedOf {
        id: None,
        seen_version: None,
        command: DossierCommand::Consultation(announce),
        receipt: None,
        case: None,
    };
    pollster::block_on(async {
        let id = carry_out(&store, &asked, &context(at(FRIDAY)))
            .await
            .unwrap()
            .id;
        let say = async |person: u8, options: &[u32], now| {
            let voter = Voter([person; 32]);
            speak(&store, id, voter, options, &context(now)).await
        };
        let code = |outcome: Result<Dossier, Refusal>| outcome.unwrap_err().code;
        assert_eq!(code(say(1, &[0], at(FRIDAY)).await), "voice.not-yet");
        assert_eq!(code(say(1, &[0], later(2)).await), "voice.over");
        assert_eq!(code(say(1, &[], later(1)).await), "number.out-of-range");
        assert_eq!(
            code(say(1, &[0, 1, 2], later(1)).await),
            "number.out-of-range"
        );
        assert_eq!(code(say(1, &[3], later(1)).await), "number.out-of-range");
        assert_eq!(code(say(1, &[1, 1], later(1)).await), "list.twice");
        say(1, &[2, 0], later(1)).await.unwrap();
        assert_eq!(code(say(1, &[1], later(1)).await), "voice.spoken");
        let tally = store.tally(id, 0, 3).await.unwrap();
        assert_eq!((tally.options, tally.voices), (vec![1, 0, 1], 1));
    });
}

#[test]
fn a_credit_counts_faults_and_opens_to_its_cases() {
    let now = at("2026-12-01T00:00:00Z");
    assert_eq!(credit::credit(&[], now).hundredths, 9_000);
    let mut good = case_at(Stage::Closed);
    good.reported_at = Some(at(FRIDAY));
    let mut late = good.clone();
    late.reported_at = Some(now);
    late.reopened = 1;
    let mut proactive = good.clone();
    proactive.channel = Channel::Proactive;
    let found = credit::credit(&[good.clone(), late, proactive], now);
    assert_eq!(found.left_out.len(), 1);
    assert_eq!(found.counted[0].fault, 0);
    assert_eq!(found.counted[1].fault, 100);
    assert_eq!(
        found.counted[1].faults,
        [credit::Fault::Late, credit::Fault::Again]
    );
    // (1 + 0 + 4.5) / (2 + 5)
    assert_eq!(found.hundredths, 55_000 / 7);
    let better = credit::credit(&vec![good; 50], now);
    assert!(better.hundredths > 9_900);
}
