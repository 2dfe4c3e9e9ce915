//! The outbox of webhooks, and the table of callers.

use yiwang_base::{CaseId, from_millis, to_millis};
use yiwang_store::{Held, HookState};

use crate::desk::{Held as Desk, erase, fill, now, wait};

fn held(seq: u64, due: Option<i64>) -> Held {
    Held {
        seq,
        case: CaseId(seq),
        attempts: 2,
        due_at: due.map(from_millis),
        error: Some("HTTP 500".into()),
    }
}

#[test]
fn a_hook_begins_with_what_happens_from_now_on_and_keeps_what_it_settles() {
    let store = Desk::new();
    fill(&store, 2);
    let begun = wait(store.hook_state("erp")).unwrap();
    assert_eq!(begun.next, *store.durable().borrow());
    fill(&store, 1);
    assert_eq!(wait(store.hook_state("erp")).unwrap(), begun, "made once");
    let state = HookState {
        next: 9,
        failures: 3,
        retry_at: Some(from_millis(1_000)),
        told_at: Some(from_millis(500)),
        error: Some("no answer".into()),
    };
    let kept = vec![held(5, Some(20)), held(3, Some(10)), held(4, None)];
    wait(store.settle_hook("erp", state.clone(), vec![], kept)).unwrap();
    assert_eq!(wait(store.hook_state("erp")).unwrap(), state);
    assert_eq!(
        wait(store.held("erp", false, 9)).unwrap(),
        [held(3, Some(10)), held(5, Some(20))]
    );
    assert_eq!(wait(store.held("erp", true, 9)).unwrap(), [held(4, None)]);
    let counts = wait(store.held_counts("erp")).unwrap();
    assert_eq!((counts.waiting, counts.dead), (2, 1));
    assert_eq!(wait(store.held("other", false, 9)).unwrap(), []);
    // Told, and held for longer.
    wait(store.settle_hook("erp", state, vec![3], vec![held(5, None)])).unwrap();
    let counts = wait(store.held_counts("erp")).unwrap();
    assert_eq!((counts.waiting, counts.dead), (0, 2));
}

#[test]
fn dead_letters_are_resent_by_number_or_all() {
    let store = Desk::new();
    wait(store.hook_state("erp")).unwrap();
    let state = HookState {
        retry_at: Some(from_millis(i64::MAX / 2)),
        ..HookState::default()
    };
    let kept = vec![
        held(1, None),
        held(2, None),
        held(3, None),
        held(4, Some(9)),
    ];
    wait(store.settle_hook("erp", state, vec![], kept)).unwrap();
    assert_eq!(
        wait(store.resend_held("erp", Some(vec![2, 4, 7]), now())).unwrap(),
        1
    );
    let waiting = wait(store.held("erp", false, 9)).unwrap();
    let two = waiting.iter().find(|one| one.seq == 2).unwrap();
    assert_eq!(
        (two.attempts, two.due_at.map(to_millis)),
        (0, Some(to_millis(now())))
    );
    assert_eq!(
        wait(store.hook_state("erp")).unwrap().retry_at,
        None,
        "tried at once"
    );
    assert_eq!(wait(store.resend_held("erp", None, now())).unwrap(), 2);
    assert_eq!(wait(store.held_counts("erp")).unwrap().dead, 0);
}

#[test]
fn a_caller_is_known_by_a_hash_until_the_words_are_erased() {
    let store = Desk::new();
    let cases = fill(&store, 3);
    let id = |n: usize| cases[n].id;
    assert_eq!(wait(store.callers_next()).unwrap(), 0);
    let callers = vec![([1; 32], id(0)), ([1; 32], id(2)), ([2; 32], id(1))];
    wait(store.add_callers(callers.clone(), 7)).unwrap();
    wait(store.add_callers(callers.clone(), 8)).unwrap();
    assert_eq!(wait(store.callers_next()).unwrap(), 8);
    let found = |hash: u8| -> Vec<CaseId> {
        let cases = wait(store.cases_of_caller([hash; 32], 9)).unwrap();
        cases.iter().map(|case| case.id).collect()
    };
    let mut both = found(1);
    both.sort_unstable();
    assert_eq!(
        (both, found(2), found(3)),
        (vec![id(0), id(2)], vec![id(1)], vec![])
    );
    assert_eq!(wait(store.cases_of_caller([1; 32], 1)).unwrap().len(), 1);
    erase(&store, &cases[0]);
    assert_eq!(found(1), [id(2)]);
    // A follower that comes late does not bring it back.
    wait(store.add_callers(callers, 9)).unwrap();
    assert_eq!(found(1), [id(2)]);
}
