//! Which command each stage allows, and what a refusal then says.

use yiwang_base::RefusalKind;
use yiwang_cases::{Action, Command, Stage, possible};

use crate::town::{FRIDAY, after, at, case_after, case_at, decide_at, good, note};

/// The whole table: a row a stage, its actions as `possible` offers them, the
/// usual next step first, and the stage to which each leads.
fn table() -> Vec<(Stage, Vec<(Action, Stage)>)> {
    use Action::{
        Accept, AddUnit, AskExtension, AskResident, Attach, CallBack, Close, Comment, Decline,
        Dispatch, Erase, Extend, Join, Merge, Recall, Redirect, Reopen, ReportBack, Return, Score,
        Shelve, Start, Supervise, Unmerge, Verify, Withdraw,
    };
    use Stage::{
        Accepted, Closed, Declined, Dispatched, InProgress, Merged, Reported, Submitted, Verified,
    };
    // What can be said and done beside the road, and leaves the case where it stands.
    let beside = |stage, mut row: Vec<(Action, Stage)>, others: &[Action]| {
        row.extend(others.iter().map(|action| (*action, stage)));
        row.extend([Comment, Attach].map(|action| (action, stage)));
        if Stage::is_open(stage) {
            row.extend([(Join, stage), (Merge, Merged)]);
        }
        row.push((Erase, stage));
        (stage, row)
    };
    let handled = |stage| {
        let mut row = vec![(AddUnit, stage), (Return, Accepted), (Redirect, Dispatched)];
        if stage == Dispatched {
            row.push((Recall, Accepted));
        }
        row.extend([AskExtension, Extend, AskResident, Shelve].map(|action| (action, stage)));
        row.extend([(Close, Closed), (Withdraw, Closed)]);
        row
    };
    let first =
        |step, leads_to, rest: Vec<(Action, Stage)>| [vec![(step, leads_to)], rest].concat();
    vec![
        beside(
            Submitted,
            vec![(Accept, Accepted), (Decline, Declined), (Withdraw, Closed)],
            &[Supervise],
        ),
        beside(
            Accepted,
            vec![(Dispatch, Dispatched), (Close, Closed), (Withdraw, Closed)],
            &[Supervise],
        ),
        beside(
            Dispatched,
            first(Start, InProgress, handled(Dispatched)),
            &[Supervise],
        ),
        beside(
            InProgress,
            first(ReportBack, Reported, handled(InProgress)),
            &[Supervise],
        ),
        beside(
            Reported,
            vec![(Verify, Verified), (Close, Closed), (Withdraw, Closed)],
            &[Supervise, Score],
        ),
        beside(
            Verified,
            vec![(Close, Closed), (CallBack, Verified), (Withdraw, Closed)],
            &[Supervise, Score],
        ),
        beside(
            Closed,
            vec![(CallBack, Closed), (Reopen, Accepted)],
            &[Score],
        ),
        beside(Declined, vec![(Reopen, Submitted)], &[]),
        beside(Merged, vec![(Unmerge, Submitted), (CallBack, Merged)], &[]),
    ]
}

#[test]
fn each_stage_allows_what_the_table_says_and_refuses_the_rest() {
    let table = table();
    assert_eq!(table.len(), Stage::ALL.len());
    for (stage, row) in table {
        let case = case_at(stage);
        let offered: Vec<Action> = row.iter().map(|(action, _)| *action).collect();
        assert_eq!(possible(&case), offered, "{stage:?}");
        for action in Action::ALL {
            let result = after(Some(&case), &good(action), at(FRIDAY));
            if let Some((_, leads_to)) = row.iter().find(|(offered, _)| *offered == action) {
                let next = result.unwrap_or_else(|r| panic!("{stage:?} {action:?}: {r:?}"));
                assert_eq!(next.stage, *leads_to, "{stage:?} {action:?}");
                assert!(next.version > case.version);
            } else {
                let refusal = result.expect_err("not in the table");
                assert_eq!(refusal.kind, RefusalKind::NotNow, "{stage:?} {action:?}");
                assert_eq!(refusal.code, "case.not-now");
                assert_eq!(refusal.field.as_deref(), Some("action"));
                assert_eq!(refusal.found.as_deref(), Some(action.word()));
                let words: Vec<&str> = offered.iter().map(|action| action.word()).collect();
                assert_eq!(refusal.allowed, words);
                assert!(refusal.message.zh.contains(&stage.name().zh));
                assert!(refusal.message.zh.contains(&action.name().zh));
                assert!(refusal.message.en.contains(&stage.name().en));
                assert!(refusal.message.en.contains("C7"));
            }
        }
    }
}

#[test]
fn only_a_submission_begins_a_case() {
    for action in Action::ALL {
        let result = decide_at(None, &good(action), at(FRIDAY));
        if action == Action::Submit {
            assert_eq!(result.unwrap().len(), 1);
        } else {
            let refusal = result.unwrap_err();
            assert_eq!(refusal.kind, RefusalKind::NotFound, "{action:?}");
            assert_eq!(refusal.code, "case.not-found");
        }
    }
}

#[test]
fn a_failed_verification_sends_the_case_back_to_work() {
    let case = case_at(Stage::Reported);
    let failed = Command::Verify {
        pass: false,
        note: Some(note("还是不亮")),
    };
    let again = after(Some(&case), &failed, at(FRIDAY)).unwrap();
    assert_eq!(again.stage, Stage::InProgress);
    assert_eq!(again.failed_verifications, 1);
    assert_eq!(again.unit, case.unit);
}

#[test]
fn closing_after_a_passed_verification_needs_no_reason() {
    let close = Command::Close { reason: None };
    let closed = after(Some(&case_at(Stage::Verified)), &close, at(FRIDAY)).unwrap();
    assert!(!closed.closed_unverified);
    assert_eq!(closed.closed_at, Some(at(FRIDAY)));
    assert_eq!(closed.due_at, None);
}

#[test]
fn closing_without_a_passed_verification_is_marked_and_its_reason_sealed() {
    for stage in [
        Stage::Accepted,
        Stage::Dispatched,
        Stage::InProgress,
        Stage::Reported,
    ] {
        let case = case_at(stage);
        let refusal =
            decide_at(Some(&case), &Command::Close { reason: None }, at(FRIDAY)).unwrap_err();
        assert_eq!(refusal.code, "field.missing", "{stage:?}");
        assert_eq!(refusal.field.as_deref(), Some("reason"));
        let happenings = decide_at(Some(&case), &good(Action::Close), at(FRIDAY)).unwrap();
        assert!(happenings[0].sealed.is_some());
        let closed = after(Some(&case), &good(Action::Close), at(FRIDAY)).unwrap();
        assert!(closed.closed_unverified);
    }
}

#[test]
fn a_case_closed_before_dispatch_is_accepted_anew_when_opened_again() {
    use Action::{Accept, Close, Reopen, Submit};
    let case = case_after(&[Submit, Accept, Close, Reopen]);
    assert_eq!(case.stage, Stage::Submitted);
    assert_eq!(case.reopened, 1);
    assert_eq!((case.closed_at, case.closed_unverified), (None, false));
}

#[test]
fn opening_again_forgets_the_old_answer() {
    use Action::{
        Accept, CallBack, Close, Decline, Dispatch, Reopen, ReportBack, Start, Submit, Verify,
    };
    let closed = case_after(&[
        Submit, Accept, Dispatch, Start, ReportBack, Verify, Close, CallBack,
    ]);
    assert_eq!(closed.call_back.unwrap().satisfaction, Some(5));
    let open = after(Some(&closed), &good(Reopen), at(FRIDAY)).unwrap();
    assert_eq!(open.call_back, None);
    let declined = case_after(&[Submit, Decline]);
    assert!(declined.decline.is_some() && declined.closed_at.is_some());
    let open = after(Some(&declined), &good(Reopen), at(FRIDAY)).unwrap();
    assert_eq!((open.decline, open.closed_at), (None, None));
}

#[test]
fn a_new_dispatch_starts_the_units_clock_anew() {
    use Action::{Accept, Close, Dispatch, Reopen, ReportBack, Start, Submit, Verify};
    let case = case_after(&[
        Submit, Accept, Dispatch, Start, ReportBack, Verify, Close, Reopen, Dispatch,
    ]);
    assert_eq!(case.started_at, None);
    assert_eq!(case.reported_at, None);
    assert_eq!(case.dispatched_at, Some(at(FRIDAY)));
    assert_eq!(case.due_at, case.deadlines.respond_by);
}

#[test]
fn what_is_written_after_an_erasure_can_be_erased_too() {
    use Action::{Accept, Erase, Submit};
    let case = case_after(&[Submit, Erase, Accept]);
    assert!(case.erased && case.request.is_none());
    assert!(possible(&case).contains(&Erase));
    let erase = |entries| Command::Erase {
        ground: "article 47".into(),
        entries,
    };
    assert!(decide_at(Some(&case), &erase(vec![3]), at(FRIDAY)).is_ok());
    let nothing = decide_at(Some(&case), &erase(vec![]), at(FRIDAY)).unwrap_err();
    assert_eq!(nothing.field.as_deref(), Some("entries"));
}
