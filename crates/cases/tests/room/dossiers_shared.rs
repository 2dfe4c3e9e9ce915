//! What must hold of pools, tasks, trainings and appraisals, whatever is asked of them.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use yiwang_base::{LocalText, Personal, Refusal, Timestamp, UnitCode, UserName};
use yiwang_cases::civic::appraisal::{Component, Counted, Sheet, Standing, Weights};
use yiwang_cases::civic::task::{Capacity, ClaimState};
use yiwang_cases::civic::{
    Content, Deed, Dossier, DossierCommand, DossierEvent, DossierId, appraisal, contribution, pool,
    task, training,
};
use yiwang_cases::{Actor, Context};

use crate::dossier_steps::{pools, tasks};
use crate::town::{FRIDAY, at, rules};

fn decide(
    dossier: Option<&Dossier>,
    command: &DossierCommand,
    who: &str,
    now: Timestamp,
) -> Result<Vec<Deed>, Refusal> {
    let rules = rules();
    let actor = Actor::User(who.parse().unwrap());
    let context = Context {
        rules: &rules,
        actor: &actor,
        grounds: None,
        now,
    };
    Dossier::decide(dossier, command, &context)
}

/// A dossier to which things happen.
struct Life {
    dossier: Option<Dossier>,
    now: Timestamp,
}

impl Life {
    fn begins() -> Life {
        Life {
            dossier: None,
            now: at(FRIDAY),
        }
    }

    fn go(&mut self, who: &str, command: DossierCommand) -> Result<Vec<Deed>, Refusal> {
        let deeds = decide(self.dossier.as_ref(), &command, who, self.now)?;
        for deed in &deeds {
            match &mut self.dossier {
                Some(dossier) => assert!(dossier.apply(deed)),
                None => self.dossier = Dossier::begin(DossierId(1), deed),
            }
        }
        Ok(deeds)
    }

    fn wait(&mut self, hours: i64) {
        self.now = later(self.now, hours);
    }

    fn content(&self) -> &Content {
        &self.dossier.as_ref().unwrap().content
    }

    fn state(&self) -> &'static str {
        self.dossier.as_ref().unwrap().head().state
    }
}

fn later(now: Timestamp, hours: i64) -> Timestamp {
    now.checked_add(jiff::SignedDuration::from_hours(hours))
        .unwrap()
}

fn text() -> LocalText {
    LocalText::new("东街", "East Street")
}

fn unit(code: &str) -> UnitCode {
    code.parse().unwrap()
}

fn set_up() -> DossierCommand {
    DossierCommand::Pool(pool::Command::SetUp {
        title: text(),
        area: "east".parse().unwrap(),
        unit: unit("street-east"),
        units: vec![unit("lights"), unit("district")],
    })
}

fn offer(of: &str) -> DossierCommand {
    DossierCommand::Pool(pool::Command::Offer {
        sort: pool::ResourceSort::Crew,
        name: text(),
        unit: unit(of),
        capacity: 6,
        fit_for: vec!["light".parse().unwrap()],
    })
}

fn publish(places: u32) -> DossierCommand {
    DossierCommand::Task(task::Command::Publish {
        title: text(),
        summary: text(),
        area: "east".parse().unwrap(),
        unit: unit("street-east"),
        case: None,
        places,
        due: jiff::civil::date(2026, 10, 20),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_of_a_pool_is_out_twice_at_the_same_time(
        steps in vec((pools(), 0..30_i64), 1..60)
    ) {
        let mut life = Life::begins();
        life.go("li.na", set_up()).unwrap();
        for of in ["lights", "district", "street-east"] {
            life.go("li.na", offer(of)).unwrap();
        }
        let mut sent: Vec<pool::Sending> = Vec::new();
        for (step, hours) in steps {
            life.wait(hours);
            for deed in life.go("li.na", step).unwrap_or_default() {
                match deed.event {
                    DossierEvent::Pool(pool::Event::Sent { sending }) => sent.push(sending),
                    DossierEvent::Pool(pool::Event::BroughtBack { number }) => {
                        let one = sent.iter_mut().find(|one| one.number == number).unwrap();
                        one.back_at = Some(deed.at.max(one.from));
                    }
                    _ => {}
                }
            }
        }
        for (n, one) in sent.iter().enumerate() {
            for other in &sent[..n] {
                let shared = one.resources.iter().any(|r| other.resources.contains(r));
                // One that comes back late may run into what was planned after it.
                let end = |s: &pool::Sending| s.back_at.map_or(s.until, |back| back.min(s.until));
                let apart = end(one) <= other.from || end(other) <= one.from;
                prop_assert!(!shared || apart, "{:?} {:?}", one, other);
            }
        }
    }

    #[test]
    fn a_task_has_no_more_helpers_than_places_and_its_ledger_holds_what_was_confirmed(
        steps in vec((tasks(), 0..3_usize, 0..9_i64), 1..80)
    ) {
        let mut life = Life::begins();
        life.go("li.na", publish(2)).unwrap();
        let mut confirmed: BTreeMap<UserName, u64> = BTreeMap::new();
        for (step, who, hours) in steps {
            life.wait(hours);
            let who = ["chen", "ma", "wu"][who];
            let deeds = life.go(who, step).unwrap_or_default();
            let Content::Task(task) = life.content() else { unreachable!() };
            for deed in deeds {
                if let DossierEvent::Task(task::Event::Confirmed { minutes, number }) = deed.event {
                    let by = &task.claims[number as usize - 1].by;
                    prop_assert!(by.as_str() != who, "nobody confirms their own work");
                    *confirmed.entry(by.clone()).or_default() += u64::from(minutes);
                }
            }
            let standing = task.claims.iter().filter(|one| one.state != ClaimState::GivenUp);
            let names: Vec<&UserName> = standing.map(|one| &one.by).collect();
            prop_assert!(names.len() <= 2);
            prop_assert!(names.windows(2).all(|two| two[0] != two[1]));
        }
        let Content::Task(task) = life.content() else { unreachable!() };
        let ledger = contribution::ledger([(DossierId(1), task)]);
        let told = ledger.iter().filter(|one| one.minutes > 0);
        let told: BTreeMap<UserName, u64> = told.map(|one| (one.by.clone(), one.minutes)).collect();
        prop_assert_eq!(told, confirmed);
        prop_assert!(ledger.windows(2).all(|two| two[0].minutes >= two[1].minutes));
    }

    #[test]
    fn points_are_the_weighted_mean_of_what_says_something(
        shares in vec((0..40_u64, 0..40_u64), 7)
    ) {
        let counted: Vec<Counted> = Component::ALL
            .into_iter()
            .zip(shares)
            .map(|(component, (met, more))| Counted { component, met, counted: met + more })
            .collect();
        let weights = Weights::default();
        let found = appraisal::points(&counted, &weights);
        let fewest = |of: &Counted| if of.component == Component::Training { 1 } else { 5 };
        let telling: Vec<&Counted> = counted.iter().filter(|one| one.counted >= fewest(one)).collect();
        let weight: f64 = telling.iter().map(|one| f64::from(weights.of(one.component))).sum();
        let sum: f64 = telling
            .iter()
            .map(|one| f64::from(weights.of(one.component)) * one.met as f64 / one.counted as f64)
            .sum();
        match found {
            None => prop_assert!(telling.is_empty()),
            Some(points) => {
                prop_assert!(points <= 10_000);
                prop_assert!((f64::from(points) - sum / weight * 10_000.0).abs() <= 1.0);
            }
        }
    }
}

#[test]
fn a_pool_sends_several_departments_out_for_one_case_or_says_who_is_out() {
    let mut life = Life::begins();
    life.go("li.na", set_up()).unwrap();
    assert_eq!(
        life.go("li.na", offer("moon")).unwrap_err().code,
        "unit.unknown"
    );
    life.go("li.na", offer("lights")).unwrap();
    life.go("li.na", offer("district")).unwrap();
    let send = |resources: &[u32], now, hours| {
        DossierCommand::Pool(pool::Command::Send {
            case: yiwang_base::CaseId(7),
            resources: resources.to_vec(),
            from: now,
            until: later(now, hours),
        })
    };
    life.go("li.na", send(&[1, 2], life.now, 4)).unwrap();
    let tags = life.dossier.as_ref().unwrap().head().tags;
    assert!(tags.contains(&yiwang_cases::civic::Tag::Case(yiwang_base::CaseId(7))));
    let busy = life.go("li.na", send(&[2], life.now, 1)).unwrap_err();
    assert_eq!(
        (busy.code, busy.field.as_deref()),
        ("pool.busy", Some("resources[0]"))
    );
    // Planned for later, when both should be back.
    let then = later(life.now, 5);
    life.go("li.na", send(&[2], then, 1)).unwrap();
    // Late: it is out as long as nobody says that it is back.
    life.wait(4);
    assert_eq!(
        life.go("li.na", send(&[1], life.now, 1)).unwrap_err().code,
        "pool.busy"
    );
    let out = DossierCommand::Pool(pool::Command::TakeOut {
        number: 1,
        reason: "检修".into(),
    });
    assert_eq!(life.go("li.na", out.clone()).unwrap_err().code, "pool.out");
    let back = DossierCommand::Pool(pool::Command::BringBack { number: 1 });
    life.go("li.na", back.clone()).unwrap();
    assert_eq!(
        life.go("li.na", back).unwrap_err().allowed,
        ["2".to_owned()],
        "what is still out is named"
    );
    life.go("li.na", out).unwrap();
    assert_eq!(
        life.go("li.na", send(&[1], life.now, 1)).unwrap_err().code,
        "pool.taken-out"
    );
}

#[test]
fn a_task_is_claimed_reported_and_confirmed_and_refuses_what_does_not_fit() {
    let mut life = Life::begins();
    life.go("li.na", publish(1)).unwrap();
    let claim = || {
        DossierCommand::Task(task::Command::Claim {
            capacity: Capacity::Volunteer,
        })
    };
    let report = |minutes| {
        DossierCommand::Task(task::Command::Report {
            minutes,
            note: Personal::new("陪了三位老人".into()),
        })
    };
    let confirm = |minutes| DossierCommand::Task(task::Command::Confirm { number: 1, minutes });
    life.go("chen", claim()).unwrap();
    assert_eq!(life.state(), "full");
    let full = life.go("ma", claim()).unwrap_err();
    assert_eq!(full.code, "dossier.not-now");
    assert_eq!(
        life.go("ma", report(30)).unwrap_err().code,
        "task.not-claimed"
    );
    let deeds = life.go("chen", report(90)).unwrap();
    assert!(
        deeds[0].words.is_some(),
        "what was done is sealed beside the event"
    );
    assert_eq!(life.go("chen", confirm(None)).unwrap_err().code, "task.own");
    let close = DossierCommand::Task(task::Command::Close { report: text() });
    assert_eq!(
        life.go("li.na", close).unwrap_err().code,
        "task.unconfirmed"
    );
    assert_eq!(
        life.go("li.na", confirm(Some(91)))
            .unwrap_err()
            .field
            .unwrap(),
        "minutes"
    );
    life.go("li.na", confirm(Some(60))).unwrap();
    let Content::Task(task) = life.content() else {
        unreachable!()
    };
    let ledger = contribution::ledger([(DossierId(4), task)]);
    assert_eq!(
        (ledger[0].minutes, ledger[0].confirmed.as_slice()),
        (60, [DossierId(4)].as_slice())
    );
}

#[test]
fn a_training_knows_who_came_and_ends_without_a_word_only_with_a_reason() {
    let mut life = Life::begins();
    let plan = training::Command::Plan {
        title: text(),
        summary: text(),
        unit: unit("street-east"),
        units: vec![unit("lights"), unit("district")],
        on: jiff::civil::date(2026, 9, 28),
    };
    life.go("li.na", DossierCommand::Training(plan)).unwrap();
    let record = |of: &str, expected, came, passed| {
        DossierCommand::Training(training::Command::Record {
            unit: unit(of),
            expected,
            came,
            passed,
        })
    };
    let early = life.go("li.na", record("lights", 9, 8, 7)).unwrap_err();
    assert_eq!(early.code, "day.future");
    life.wait(24 * 4);
    let many = life.go("li.na", record("lights", 9, 8, 9)).unwrap_err();
    assert_eq!(many.field.unwrap(), "passed");
    life.go("li.na", record("lights", 9, 8, 7)).unwrap();
    life.go("li.na", record("lights", 9, 9, 7)).unwrap();
    let Content::Training(held) = life.content() else {
        unreachable!()
    };
    assert_eq!(held.attended.len(), 1, "the last word counts");
    let finish = |reason: Option<&str>| {
        DossierCommand::Training(training::Command::Finish {
            report: text(),
            reason: reason.map(str::to_owned),
        })
    };
    let silent = life.go("li.na", finish(None)).unwrap_err();
    assert_eq!(silent.field.unwrap(), "reason");
    life.go("li.na", finish(Some("改期补训"))).unwrap();
    assert_eq!(life.state(), "finished");
}

#[test]
fn an_appraisal_is_open_to_objection_before_it_is_published() {
    let mut life = Life::begins();
    let sheet = Sheet {
        formulas: vec!["resolution.1".into()],
        units: vec![(
            unit("lights"),
            vec![Counted {
                component: Component::Resolution,
                met: 19,
                counted: 20,
            }],
        )],
    };
    let draw_up = |weights| appraisal::Command::DrawUp {
        title: text(),
        unit: unit("street-east"),
        units: vec![unit("lights"), unit("district")],
        from: jiff::civil::date(2026, 8, 1),
        until: jiff::civil::date(2026, 8, 31),
        objections_by: jiff::civil::date(2026, 9, 27),
        weights,
        sheet: sheet.clone(),
    };
    let heavy = Weights {
        training: 6,
        ..Weights::default()
    };
    let refused = life.go("wang", DossierCommand::Appraisal(draw_up(Some(heavy))));
    assert_eq!(refused.unwrap_err().found.unwrap(), "101");
    life.go("wang", DossierCommand::Appraisal(draw_up(None)))
        .unwrap();
    let Content::Appraisal(drawn) = life.content() else {
        unreachable!()
    };
    assert_eq!(drawn.lines[0].points, Some(9_500));
    assert_eq!(drawn.lines[0].standing, Some(Standing::Excellent));
    assert_eq!(drawn.lines[1].points, None, "nothing was counted of it");
    let publish = || DossierCommand::Appraisal(appraisal::Command::Publish {});
    let object = |of: &str| {
        DossierCommand::Appraisal(appraisal::Command::Object {
            unit: unit(of),
            words: Personal::new("有两件不属我单位".into()),
        })
    };
    assert_eq!(
        life.go("wang", publish()).unwrap_err().code,
        "appraisal.objections-open"
    );
    assert_eq!(
        life.go("li.na", object("street-east")).unwrap_err().code,
        "appraisal.not-appraised"
    );
    life.go("li.na", object("lights")).unwrap();
    life.wait(24 * 4);
    assert_eq!(
        life.go("li.na", object("district")).unwrap_err().code,
        "appraisal.objections-over"
    );
    let unsettled = life.go("wang", publish()).unwrap_err();
    assert_eq!(
        (unsettled.code, unsettled.found.as_deref()),
        ("appraisal.unsettled", Some("lights"))
    );
    let settle = appraisal::Command::Settle {
        unit: unit("lights"),
        points: Some(7_400),
        reason: "核减后重算".into(),
    };
    life.go("wang", DossierCommand::Appraisal(settle)).unwrap();
    life.go("wang", publish()).unwrap();
    let Content::Appraisal(published) = life.content() else {
        unreachable!()
    };
    assert_eq!(published.lines[0].standing, Some(Standing::Fair));
    assert_eq!(life.state(), "published");
}
