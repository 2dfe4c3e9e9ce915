//! Who was first, and who called twice.

use super::desk::Desk;
use super::sample::{Draft, change, happening, receipt};
use crate::{Case, CaseFilter, CaseStore, Change, DeclineReason, Event, SourceRef, StoreError};

fn decline(case: &Case) -> Change {
    let reason = DeclineReason::NoRequest;
    let declined = happening(
        1,
        Event::Declined {
            reason,
            responsible: None,
        },
        None,
    );
    change(case.id, Some(case), vec![declined])
}

fn source(id: &str) -> SourceRef {
    SourceRef {
        id: id.into(),
        system: "elsewhere".into(),
    }
}

/// Everything that a refused change must leave alone.
fn whole<S: CaseStore>(desk: &Desk<'_, S>) -> (Vec<Case>, Vec<usize>) {
    let cases = desk.all(&CaseFilter::default(), crate::Order::Newest, 50);
    let lengths = cases.iter().map(|c| desk.timeline(c.id).len()).collect();
    (cases, lengths)
}

/// A change made for another version is refused with the current one.
pub fn a_change_for_another_version_is_refused_with_the_current_one<S: CaseStore>(
    desk: &Desk<'_, S>,
) {
    let first = desk.submit(&Draft::at(0));
    let declined = decline(&first);
    desk.append(declined.clone()).unwrap();
    let before = whole(desk);
    assert_eq!(
        desk.append(declined),
        Err(StoreError::Changed { current: 2 })
    );
    // A new case under a number that is taken.
    let taken = change(first.id, None, vec![Draft::at(5).happening()]);
    assert_eq!(desk.append(taken), Err(StoreError::Changed { current: 2 }));
    // A change of a case that is not there.
    let nobody = Case {
        id: desk.new_id(),
        ..first
    };
    assert_eq!(
        desk.append(decline(&nobody)),
        Err(StoreError::Changed { current: 0 })
    );
    assert_eq!(whole(desk), before);
}

/// Of many changes made for one version, one is written and the others are refused.
pub fn a_case_changed_by_many_at_once_is_changed_by_one<S: CaseStore>(desk: &Desk<'_, S>) {
    let first = desk.submit(&Draft::at(0));
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let append = || desk.append(decline(&first));
        let trying: Vec<_> = (0..8).map(|_| scope.spawn(append)).collect();
        trying.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let written = outcomes.iter().filter(|o| o.is_ok()).count();
    assert_eq!(written, 1);
    let refused = Err(StoreError::Changed { current: 2 });
    assert_eq!(outcomes.iter().filter(|o| **o == refused).count(), 7);
    assert_eq!(desk.timeline(first.id).len(), 2);
}

/// A call made twice is told what it did the first time, whatever happened since.
pub fn the_same_call_twice_is_told_what_it_did<S: CaseStore>(desk: &Desk<'_, S>) {
    let call = receipt("user:li.na/钥匙", 1);
    assert_eq!(desk.repeated(&call), Ok(None));
    let draft = Draft {
        receipt: Some(call.clone()),
        ..Draft::at(0)
    };
    let case = desk.submit(&draft);
    assert_eq!(desk.repeated(&call), Ok(Some(case.id)));
    let mut again = change(desk.new_id(), None, vec![draft.happening()]);
    again.receipt = Some(call.clone());
    let repeated = Err(StoreError::Repeated { id: case.id });
    assert_eq!(desk.append(again.clone()), repeated);
    desk.append(decline(&case)).unwrap();
    assert_eq!(desk.append(again), repeated);
    // A repeat is told before a change by others is.
    let mut late = decline(&case);
    late.receipt = Some(call.clone());
    assert_eq!(desk.append(late), repeated);
    assert_eq!(desk.repeated(&call), Ok(Some(case.id)));
    // A key differs by every character, in small and capital letters too.
    for other in ["user:li.na/钥", "USER:li.na/钥匙", "user:li.na/钥匙 "] {
        assert_eq!(desk.repeated(&receipt(other, 1)), Ok(None));
    }
}

/// A key stands for one call.
pub fn a_key_used_for_another_call_is_refused<S: CaseStore>(desk: &Desk<'_, S>) {
    let draft = Draft {
        receipt: Some(receipt("resident/abc", 1)),
        ..Draft::at(0)
    };
    let case = desk.submit(&draft);
    let other = receipt("resident/abc", 2);
    assert_eq!(desk.repeated(&other), Err(StoreError::KeyReused));
    let mut declined = decline(&case);
    declined.receipt = Some(other);
    assert_eq!(desk.append(declined), Err(StoreError::KeyReused));
    assert_eq!(desk.case(case.id), Some(case));
}

/// A case of another system comes in once.
pub fn a_source_comes_in_once<S: CaseStore>(desk: &Desk<'_, S>) {
    let from = |id: &str| Draft {
        source: Some(source(id)),
        ..Draft::at(0)
    };
    assert_eq!(desk.by_source(&source("101")), None);
    let first = desk.submit(&from("101"));
    let second = desk.submit(&from("102"));
    let again = change(desk.new_id(), None, vec![from("101").happening()]);
    assert_eq!(desk.append(again), Err(StoreError::SourceKnown(first.id)));
    assert_eq!(desk.by_source(&source("101")), Some(first.id));
    assert_eq!(desk.by_source(&source("102")), Some(second.id));
    let mut elsewhere = source("101");
    elsewhere.system = "Elsewhere".into();
    assert_eq!(desk.by_source(&elsewhere), None);
    // Further events do not bring it in again.
    desk.append(decline(&first)).unwrap();
    assert_eq!(desk.by_source(&source("101")), Some(first.id));
}

/// What is refused leaves no case, key, source or follow code behind.
pub fn what_is_refused_leaves_nothing_behind<S: CaseStore>(desk: &Desk<'_, S>) {
    let taken = Draft {
        source: Some(source("101")),
        ..Draft::at(0)
    };
    desk.submit(&taken);
    let before = whole(desk);
    let key = receipt("resident/abc", 1);
    let mut draft = Draft {
        source: Some(source("101")),
        ..Draft::at(1)
    };
    draft.request.follow_code = Some("CODE".into());
    let id = desk.new_id();
    let mut refused = change(id, None, vec![draft.happening()]);
    refused.receipt = Some(key.clone());
    assert!(desk.append(refused).is_err());
    assert_eq!(whole(desk), before);
    assert_eq!(desk.repeated(&key), Ok(None));
    assert_eq!(desk.by_follow_code("CODE"), None);
    assert_eq!(desk.timeline(id), []);
    // Mended, it goes through under the same key, number and code.
    draft.source = Some(source("102"));
    let mut mended = change(id, None, vec![draft.happening()]);
    mended.receipt = Some(key.clone());
    desk.append(mended).unwrap();
    assert_eq!(desk.repeated(&key), Ok(Some(id)));
    assert_eq!(desk.by_follow_code("CODE").map(|case| case.id), Some(id));
}
