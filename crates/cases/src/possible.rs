//! What is possible now.

use crate::{Action, Case, Stage};

/// The actions this case can take now, the usual next step first. Who may take
/// them is policy's question, not this one's.
pub fn possible(case: &Case) -> Vec<Action> {
    use Action::{
        Accept, AnswerJoined, AskResident, Attach, CallBack, Close, Comment, Decline, Dispatch,
        Erase, Join, Merge, Redirect, Reopen, ReportBack, Score, Shelve, Start, Unmerge, Verify,
        Withdraw,
    };
    let standing_still = case.more.pauses.possible();
    let runs = standing_still.is_none();
    let mut actions = standing_still.unwrap_or_else(|| match case.stage {
        Stage::Submitted => vec![Accept, Decline],
        Stage::Accepted => vec![Dispatch],
        Stage::Dispatched => vec![Start],
        Stage::InProgress => vec![ReportBack],
        Stage::Reported => vec![Verify],
        Stage::Verified => vec![Close, CallBack],
        Stage::Closed => vec![CallBack, Reopen],
        Stage::Declined => vec![Reopen],
        // Each reporter is called back, also of a case that followed another.
        Stage::Merged => vec![Unmerge, CallBack],
    });
    if case.stage.is_handled() {
        actions.extend(case.more.parts.possible());
    }
    if case.stage.is_handled() && runs {
        // Who has been put there so that somebody has it cannot give it back.
        if !case.more.lead.backstop {
            actions.push(Action::Return);
        }
        actions.push(Redirect);
        if case.is_untouched() {
            actions.push(Action::Recall);
        }
        if case.deadlines.resolve_by.is_some() {
            actions.extend(case.more.extensions.possible());
        }
        actions.extend([AskResident, Shelve]);
    }
    if matches!(
        case.stage,
        Stage::Accepted | Stage::Dispatched | Stage::InProgress | Stage::Reported
    ) {
        actions.push(Close);
    }
    if !case.more.provisional.is_empty() {
        actions.push(Action::SettleDue);
    }
    if case.stage.is_open() {
        actions.push(Withdraw);
    }
    actions.extend(case.more.supervisions.possible(case));
    if case.has_work_to_score() {
        actions.push(Score);
    }
    actions.extend([Comment, Attach]);
    if case.stage.is_open() {
        if case.more.joiners.are_welcome() {
            actions.push(Join);
        }
        // What others follow does not follow another: there are no chains. What
        // stands still goes on first.
        if case.more.duplicates.is_empty() && runs {
            actions.push(Merge);
        }
    }
    if matches!(case.stage, Stage::Verified | Stage::Closed) && case.more.joiners.count > 0 {
        actions.push(AnswerJoined);
    }
    // Also after an erasure: notes written since then can be erased as well.
    actions.push(Erase);
    actions
}
