//! Merging: two cases change together; and those who join by a code of their own.

use yiwang_base::{CaseId, Personal};

use super::desk::Desk;
use super::sample::{Draft, change, happening, receipt};
use crate::{
    Absorbed, Case, CaseStore, Change, Event, Joined, Joiner, Merged, Sealed, Stage, StoreError,
};

fn merge(case: &Case, main: &Case) -> (Change, Change) {
    let merged = Event::Merged(Merged { into: main.id });
    let absorbed = Event::Absorbed(Absorbed { case: case.id });
    (
        change(case.id, Some(case), vec![happening(20, merged, None)]),
        change(main.id, Some(main), vec![happening(20, absorbed, None)]),
    )
}

/// Both cases of a merge change, or neither.
pub fn two_cases_change_together_or_not_at_all<S: CaseStore>(desk: &Desk<'_, S>) {
    let [case, main] = [0, 1].map(|at| desk.submit(&Draft::at(at)));
    let (mut first, second) = merge(&case, &main);
    first.receipt = Some(receipt("merge", 1));
    let mut stale = second.clone();
    stale.expected_version = 7;
    assert_eq!(
        desk.append_both(first.clone(), stale.clone()),
        Err(StoreError::Changed { current: 1 })
    );
    assert_eq!(desk.case(case.id), Some(case.clone()), "nothing is written");
    assert_eq!(desk.timeline(case.id).len(), 1);
    let mut stale_first = first.clone();
    stale_first.expected_version = 7;
    assert_eq!(
        desk.append_both(stale_first, second.clone()),
        Err(StoreError::Changed { current: 1 })
    );
    assert_eq!(desk.case(main.id), Some(main.clone()));

    let merged = first.after.clone();
    let absorbed = second.after.clone();
    assert_eq!(desk.append_both(first.clone(), second), Ok(()));
    assert_eq!(merged.stage, Stage::Merged);
    assert_eq!(desk.case(case.id), Some(merged));
    assert_eq!(desk.case(main.id), Some(absorbed));
    assert_eq!(desk.timeline(main.id).len(), 2);
    // The same call again is told what it did, though the other case moved on.
    assert_eq!(
        desk.append_both(first, stale),
        Err(StoreError::Repeated { id: case.id })
    );
}

fn joined(number: u32, code: &str) -> (Event, Option<Sealed>) {
    let joiner = Joiner {
        follow_code: code.into(),
        ..Joiner::default()
    };
    let sealed = Sealed::Joiner(Personal::new(joiner));
    (Event::Joined(Joined { number }), Some(sealed))
}

/// Each who joins has a code of their own, which is no other's and goes with
/// an erasure.
pub fn whoever_joins_is_found_by_a_code_that_is_no_others<S: CaseStore>(desk: &Desk<'_, S>) {
    let mut draft = Draft::at(0);
    draft.request.follow_code = Some("OWN".into());
    let case = desk.submit(&draft);
    let (event, sealed) = joined(1, "FIRST");
    let case = desk.let_happen(&case, 5, event, sealed);
    let (event, sealed) = joined(2, "SECOND");
    let case = desk.let_happen(&case, 6, event, sealed);
    assert_eq!(desk.joined("FIRST"), Some((case.id, 1)));
    assert_eq!(desk.joined("SECOND"), Some((case.id, 2)));
    assert_eq!(desk.joined("OWN"), None);
    assert_eq!(desk.by_follow_code("FIRST"), None);
    let other = desk.submit(&Draft::at(1));
    for taken in ["OWN", "FIRST"] {
        let (event, sealed) = joined(1, taken);
        let change = change(other.id, Some(&other), vec![happening(7, event, sealed)]);
        assert_eq!(desk.append(change), Err(StoreError::FollowCodeTaken));
    }
    let mut again = Draft::at(2);
    again.request.follow_code = Some("SECOND".into());
    let again = change(desk.new_id(), None, vec![again.happening()]);
    assert_eq!(desk.append(again), Err(StoreError::FollowCodeTaken));

    let sealed = desk.timeline(case.id);
    let erases = sealed.iter().filter(|e| e.happening.sealed.is_some());
    let erases = erases.map(|entry| entry.seq).collect();
    let erased = happening(9, Event::Erased { erases }, None);
    desk.append(change(case.id, Some(&case), vec![erased]))
        .unwrap();
    assert_eq!(desk.joined("FIRST"), None);
    assert_eq!(desk.case(case.id).unwrap().more.joiners.count, 2);
    assert_eq!(desk.joined("nobody"), None::<(CaseId, u32)>);
}
