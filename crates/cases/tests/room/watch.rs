//! Supervision, scores, words between units, files, and withdrawing.

use yiwang_base::{Personal, Refusal, RefusalKind};
use yiwang_cases::{
    Action, Actor, Attach, Case, Command, Context, Event, FileKind, MAX_ATTACHMENT,
    MAX_OWN_ATTACHMENTS, Release, Score, Sealed, Stage, Supervise, SupervisionLevel, decide,
    possible,
};

use crate::town::{FRIDAY, after, apply, at, case_at, decide_at, file, good, note, rules};

fn supervise(by: Option<&str>) -> Command {
    Command::Supervise(Supervise {
        by: by.map(|code| code.parse().unwrap()),
        level: SupervisionLevel::Listed,
        answer_by: at("2026-09-26T02:00:00Z"),
        note: note("请尽快"),
    })
}

fn score(by: Option<&str>, unit: &str, score: u8) -> Command {
    Command::Score(Score {
        by: by.map(|code| code.parse().unwrap()),
        unit: unit.parse().unwrap(),
        score,
        reason: "done in time".into(),
    })
}

fn refused(case: &Case, command: &Command) -> Refusal {
    after(Some(case), command, at(FRIDAY)).unwrap_err()
}

#[test]
fn a_supervised_case_is_answered_and_let_go() {
    let case = case_at(Stage::InProgress);
    let watched = after(Some(&case), &supervise(None), at(FRIDAY)).unwrap();
    assert_eq!(
        watched.due_at, case.due_at,
        "the case's own step is as before"
    );
    assert!(!possible(&watched).contains(&Action::Supervise));
    let open = watched.more.supervisions.open().unwrap();
    assert!(!open.is_late(at("2026-09-26T02:00:00Z")));
    assert!(open.is_late(at("2026-09-26T02:00:01Z")));
    let late = at("2026-09-27T02:00:00Z");
    let answered = after(Some(&watched), &good(Action::AnswerSupervision), late).unwrap();
    assert!(!possible(&answered).contains(&Action::AnswerSupervision));
    let released = after(Some(&answered), &good(Action::Release), late).unwrap();
    assert_eq!(released.more.supervisions.open(), None);
    let past = &released.more.supervisions.0[0];
    assert!(
        past.is_late(at("2030-01-01T00:00:00Z")),
        "it came late for good"
    );
    assert!(possible(&released).contains(&Action::Supervise));
}

#[test]
fn only_the_front_line_supervises_beside_leader_and_desk_and_never_itself() {
    let case = case_at(Stage::InProgress);
    let by_street = after(Some(&case), &supervise(Some("street-east")), at(FRIDAY)).unwrap();
    let refusal = refused(&case, &supervise(Some("lights-west")));
    assert_eq!(
        (refusal.kind, refusal.code),
        (RefusalKind::Forbidden, "unit.not-front-line")
    );
    assert_eq!(refusal.allowed, ["street-east"]);
    let release = |by: Option<&str>| {
        Command::Release(Release {
            by: by.map(|code| code.parse().unwrap()),
            note: None,
        })
    };
    assert!(after(Some(&by_street), &release(Some("street-east")), at(FRIDAY)).is_ok());
    assert!(after(Some(&by_street), &release(None), at(FRIDAY)).is_ok());
    let by_leader = after(Some(&case), &supervise(None), at(FRIDAY)).unwrap();
    let refusal = refused(&by_leader, &release(Some("street-east")));
    assert_eq!(refusal.code, "supervise.not-yours");
    let mut own = case.clone();
    own.unit = Some("street-east".parse().unwrap());
    assert_eq!(
        refused(&own, &supervise(Some("street-east"))).code,
        "supervise.own"
    );
    let past = Command::Supervise(Supervise {
        by: None,
        level: SupervisionLevel::Ordinary,
        answer_by: at(FRIDAY),
        note: note("请尽快"),
    });
    assert_eq!(refused(&case, &past).code, "supervise.date");
}

#[test]
fn a_later_score_of_the_same_scorer_takes_the_earlier_ones_place() {
    let case = case_at(Stage::Reported);
    let case = after(Some(&case), &score(None, "lights", 2), at(FRIDAY)).unwrap();
    let street = score(Some("street-east"), "lights", 5);
    let case = after(Some(&case), &street, at(FRIDAY)).unwrap();
    let later = at("2026-09-26T02:00:00Z");
    let case = after(Some(&case), &score(None, "lights", 4), later).unwrap();
    let told: Vec<_> = case
        .more
        .scores
        .0
        .iter()
        .map(|given| {
            (
                given.by.as_ref().map(|unit| unit.as_str()),
                given.score,
                given.changed,
            )
        })
        .collect();
    assert_eq!(told, [(None, 4, 1), (Some("street-east"), 5, 0)]);
    assert_eq!(case.more.scores.0[0].at, later);
}

#[test]
fn a_score_of_another_dispatch_is_another_score() {
    let mut case = after(
        Some(&case_at(Stage::Closed)),
        &score(None, "lights", 2),
        at(FRIDAY),
    )
    .unwrap();
    let later = at("2026-09-28T02:00:00Z");
    for action in [
        Action::Reopen,
        Action::Dispatch,
        Action::Start,
        Action::ReportBack,
    ] {
        case = after(Some(&case), &good(action), later).unwrap();
    }
    let case = after(Some(&case), &score(None, "lights", 5), later).unwrap();
    assert_eq!(case.more.scores.0.len(), 2);
}

#[test]
fn a_score_says_who_whom_and_how_much_or_is_refused_at_that_field() {
    let case = case_at(Stage::Reported);
    for (command, code, field) in [
        (score(None, "lights", 0), "score.range", "score"),
        (score(None, "lights", 6), "score.range", "score"),
        (score(None, "idle", 3), "score.not-involved", "unit"),
        (
            score(Some("district"), "lights", 3),
            "unit.not-front-line",
            "by",
        ),
        (
            score(Some("street-east"), "street-east", 3),
            "score.own",
            "unit",
        ),
    ] {
        let refusal = refused(&case, &command);
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (code, Some(field))
        );
    }
    let early = refused(&case_at(Stage::InProgress), &score(None, "lights", 3));
    assert_eq!(early.kind, RefusalKind::NotNow);
}

fn attach(bytes: usize, for_resident: bool) -> Command {
    Command::Attach(Attach {
        kind: FileKind::Png,
        for_resident,
        file: Personal::new(file("灯.png", &vec![7; bytes])),
    })
}

/// The case after as many of these as are taken, each by this actor.
fn attach_by(actor: &Actor, command: &Command, times: usize) -> (Case, Option<Refusal>) {
    let rules = rules();
    let context = Context {
        rules: &rules,
        actor,
        grounds: None,
        now: at(FRIDAY),
    };
    let mut case = Some(case_at(Stage::Submitted));
    for _ in 0..times {
        match decide(case.as_ref(), command, &context) {
            Ok(happenings) => apply(&mut case, &happenings[0]),
            Err(refusal) => return (case.unwrap(), Some(refusal)),
        }
    }
    (case.unwrap(), None)
}

#[test]
fn what_a_resident_attaches_is_always_the_residents_to_see() {
    let (case, refusal) = attach_by(&Actor::Resident, &attach(1, false), MAX_OWN_ATTACHMENTS + 1);
    assert_eq!(case.more.attachments.own as usize, MAX_OWN_ATTACHMENTS);
    let refusal = refusal.unwrap();
    assert_eq!(
        (refusal.kind, refusal.code),
        (RefusalKind::TooMuch, "attach.too-many")
    );
    let happening = decide_at(Some(&case), &attach(3, false), at(FRIDAY))
        .unwrap()
        .remove(0);
    let Event::Attached(attached) = happening.event else {
        panic!("a file is attached");
    };
    assert!(!attached.for_resident && !attached.own && attached.bytes == 3);
    assert!(matches!(happening.sealed, Some(Sealed::File(_))));
}

#[test]
fn a_file_is_neither_empty_nor_too_large() {
    let case = case_at(Stage::InProgress);
    for bytes in [0, MAX_ATTACHMENT + 1] {
        let refusal = refused(&case, &attach(bytes, true));
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            ("attach.size", Some("file"))
        );
    }
    assert!(after(Some(&case), &attach(MAX_ATTACHMENT, true), at(FRIDAY)).is_ok());
}

#[test]
fn what_is_withdrawn_is_closed_for_that_reason_and_can_be_opened_again() {
    for stage in Stage::ALL.into_iter().filter(|stage| stage.is_open()) {
        let case = case_at(stage);
        let closed = after(Some(&case), &good(Action::Withdraw), at(FRIDAY)).unwrap();
        assert_eq!(closed.stage, Stage::Closed);
        assert!(closed.more.withdrawn);
        assert_eq!(closed.closed_unverified, stage != Stage::Verified);
        let open = after(Some(&closed), &good(Action::Reopen), at(FRIDAY)).unwrap();
        assert!(!open.more.withdrawn && open.stage.is_open());
    }
}
