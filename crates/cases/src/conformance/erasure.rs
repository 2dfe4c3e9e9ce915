//! Erasing what is sealed.

use super::desk::Desk;
use super::sample::{Draft, change, happening, li_na, minute, note, receipt};
use crate::{
    Actor, Case, CaseFilter, CaseStore, Change, DeclineReason, Event, MapTile, StoreError,
};

fn erase(case: &Case, erases: Vec<u64>) -> Change {
    let mut erased = happening(30, Event::Erased { erases }, None);
    erased.grounds = Some("个人信息保护法第四十七条".into());
    change(case.id, Some(case), vec![erased])
}

fn numbers<S: CaseStore>(desk: &Desk<'_, S>, case: &Case) -> Vec<u64> {
    let sealed = |entry: &crate::Recorded| entry.happening.sealed.is_some();
    let timeline = desk.timeline(case.id);
    timeline
        .iter()
        .filter(|e| sealed(e))
        .map(|e| e.seq)
        .collect()
}

/// A declined case with a follow code and a note, and another like it.
fn two<S: CaseStore>(desk: &Desk<'_, S>) -> [Case; 2] {
    ["ONE", "TWO"].map(|code| {
        let mut draft = Draft::at(0);
        draft.request.follow_code = Some(code.into());
        draft.receipt = Some(receipt(code, 1));
        let case = desk.submit(&draft);
        let reason = DeclineReason::NoRequest;
        desk.let_happen(
            &case,
            10,
            Event::Declined {
                reason,
                responsible: None,
            },
            note("没有诉求"),
        )
    })
}

/// After an erasure the words are found by no road; the other case is as it was.
pub fn what_is_erased_is_found_nowhere<S: CaseStore>(desk: &Desk<'_, S>) {
    let [case, other] = two(desk);
    let erasure = erase(&case, numbers(desk, &case));
    let after = erasure.after.clone();
    desk.append(erasure).unwrap();
    let stored = desk.case(case.id).unwrap();
    assert_eq!(stored, after);
    assert!(stored.erased && stored.request.is_none());
    assert_eq!(desk.by_follow_code("ONE"), None);
    assert_eq!(numbers(desk, &case), [0; 0]);
    let filter = CaseFilter {
        text: Some("路灯".into()),
        ..CaseFilter::default()
    };
    assert_eq!(desk.found(&filter), [other.id]);
    assert_eq!(desk.found(&CaseFilter::default()), [other.id, case.id]);
    let world = MapTile {
        zoom: 0,
        x: 0,
        y: 0,
    };
    let marks = desk.points(world, &CaseFilter::default(), minute(0));
    assert_eq!(
        marks.iter().map(|m| (m.id, m.count)).collect::<Vec<_>>(),
        [(other.id, 1)]
    );
    assert_eq!(desk.by_follow_code("TWO"), Some(other.clone()));
    assert_eq!(numbers(desk, &other).len(), 2);
    // The case can go on, and what is written from now on stays.
    let reopened = Event::Reopened {
        dispatch_by: minute(90),
    };
    let after = desk.let_happen(&stored, 40, reopened, note("新的话"));
    assert_eq!(desk.case(case.id), Some(after));
    assert_eq!(desk.timeline(case.id)[3].happening.sealed, note("新的话"));
    assert_eq!(numbers(desk, &case).len(), 1);
}

/// The record tells that something was erased, when, by whom and why, and
/// still adds up to the case.
pub fn what_is_erased_leaves_a_trace<S: CaseStore>(desk: &Desk<'_, S>) {
    let [case, _] = two(desk);
    let sealed = numbers(desk, &case);
    let before = desk.timeline(case.id);
    desk.append(erase(&case, sealed.clone())).unwrap();
    let timeline = desk.timeline(case.id);
    assert_eq!(timeline.len(), 3);
    for (now, then) in timeline.iter().zip(&before) {
        assert_eq!((now.seq, now.recorded_at), (then.seq, then.recorded_at));
        assert_eq!(now.happening.event, then.happening.event);
        assert_eq!(now.happening.sealed, None);
    }
    let last = &timeline[2].happening;
    assert_eq!(last.event, Event::Erased { erases: sealed });
    assert_eq!((last.at, &last.by), (minute(30), &li_na()));
    assert_eq!(last.grounds.as_deref(), Some("个人信息保护法第四十七条"));
    let replayed = Case::replay(case.id, timeline.iter().map(|entry| &entry.happening));
    assert_eq!(replayed.unwrap(), desk.case(case.id));
}

/// An erasure that names another's entry, or one with nothing sealed beside
/// it, is refused: it would take away what nobody asked for, or leave a record
/// that says so and does not verify.
pub fn an_erasure_names_only_what_its_own_case_has_sealed<S: CaseStore>(desk: &Desk<'_, S>) {
    let [case, other] = two(desk);
    let case = desk.let_happen(
        &case,
        20,
        Event::CalledBack {
            reached: false,
            satisfaction: None,
            solved: None,
        },
        None,
    );
    let sealed = numbers(desk, &case);
    let unsealed = desk.timeline(case.id)[2].seq;
    let of_other = numbers(desk, &other)[0];
    for entry in [unsealed, of_other, 1_000_000, (1 << 53) - 1] {
        let refused = desk.append(erase(&case, vec![sealed[0], entry]));
        assert_eq!(refused, Err(StoreError::NothingSealed { entry }));
    }
    assert_eq!(desk.case(case.id), Some(case.clone()));
    assert_eq!(numbers(desk, &case), sealed);
    assert_eq!(numbers(desk, &other).len(), 2);
    // The same entry named twice is erased once, and not again later.
    let twice = erase(&case, vec![sealed[0], sealed[0]]);
    let case = twice.after.clone();
    desk.append(twice).unwrap();
    let entry = sealed[0];
    let again = desk.append(erase(&case, vec![entry]));
    assert_eq!(again, Err(StoreError::NothingSealed { entry }));
    assert_eq!(numbers(desk, &case), sealed[1..]);
    assert!(
        desk.timeline(case.id)
            .iter()
            .all(|e| e.happening.by != Actor::Resident)
    );
}

/// A call's fingerprint could give words away to who guesses; after an erasure
/// its key is only known to be used.
pub fn an_erased_call_is_not_repeated<S: CaseStore>(desk: &Desk<'_, S>) {
    let [case, other] = two(desk);
    let mut erasure = erase(&case, numbers(desk, &case));
    erasure.receipt = Some(receipt("ERASE", 7));
    desk.append(erasure).unwrap();
    assert_eq!(
        desk.repeated(&receipt("ONE", 1)),
        Err(StoreError::KeyReused)
    );
    assert_eq!(desk.repeated(&receipt("TWO", 1)), Ok(Some(other.id)));
    assert_eq!(desk.repeated(&receipt("ERASE", 7)), Ok(Some(case.id)));
}
