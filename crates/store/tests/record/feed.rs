//! What changed since an entry.

use yiwang_cases::CaseStore;
use yiwang_cases::conformance::sample::{Draft, change};
use yiwang_store::{Item, ItemKind};

use crate::desk::{Held, erase, fill, now, wait};

#[test]
fn changes_come_in_the_order_of_the_entries_with_the_case_as_it_is_now() {
    let store = Held::new();
    let cases = fill(&store, 3);
    let unit = Item::of(ItemKind::Unit, "lights", &1).unwrap();
    wait(store.set_items(vec![unit], "user:root".into(), None, now())).unwrap();
    let erased = erase(&store, &cases[1]);
    let from = |from, limit| wait(store.changes_from(from, limit)).unwrap();
    let all = from(0, 100);
    let told: Vec<(u64, &str)> = all.iter().map(|c| (c.seq, c.event)).collect();
    // Entry 6 is about a unit.
    let expected = [
        (0, "submitted"),
        (1, "declined"),
        (2, "submitted"),
        (3, "declined"),
        (4, "submitted"),
        (5, "declined"),
        (7, "erased"),
    ];
    assert_eq!(told, expected);
    assert_eq!(all[2].case, erased);
    assert_eq!(all[0].case, cases[0]);
    assert_eq!(all[0].by, "user:li.na");
    let seqs = |changes: Vec<yiwang_store::Changed>| -> Vec<u64> {
        changes.iter().map(|change| change.seq).collect()
    };
    assert_eq!(seqs(from(3, 2)), [3, 4]);
    assert_eq!(seqs(from(6, 10)), [7]);
    for beyond in [8, 1 << 63, u64::MAX] {
        assert_eq!(seqs(from(beyond, 10)), [0; 0]);
    }
    assert_eq!(seqs(from(0, 0)), [0; 0]);
    assert_eq!(seqs(from(0, usize::MAX)).len(), 7);
}

#[test]
fn whoever_waits_for_the_next_entry_is_woken_once_it_is_durable() {
    let store = Held::new();
    let mut durable = store.durable();
    assert_eq!(*durable.borrow_and_update(), 0);
    wait(async {
        let change = change(store.new_case_id(), None, vec![Draft::at(0).happening()]);
        store.append(change.clone()).await.unwrap();
        assert!(durable.has_changed().unwrap());
        assert_eq!(*durable.borrow_and_update(), 1);
        // What is refused wakes nobody.
        assert!(store.append(change).await.is_err());
        assert!(!durable.has_changed().unwrap());
    });
}
