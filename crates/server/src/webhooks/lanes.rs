//! In which order events are told: one lane for each case. Pure.

use std::collections::{BTreeMap, BTreeSet};

use yiwang_base::{CaseId, Timestamp};
use yiwang_store::Held;

/// Events of one case that can be told now, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) case: CaseId,
    /// Entry numbers, and how often each was tried.
    pub(super) events: Vec<(u64, u32)>,
}

/// What is to be told in a round.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan {
    pub(super) lanes: Vec<Lane>,
    /// New events behind one that is held: they wait with it.
    pub(super) behind: Vec<Held>,
}

/// Lanes of what is held and due, and of what is new. A case whose oldest held
/// event is not due yet waits whole, its new events with it.
pub(super) fn plan(held: &[Held], new: &[(u64, CaseId)], now: Timestamp) -> Plan {
    let mut waiting: BTreeMap<CaseId, Timestamp> = BTreeMap::new();
    let mut lanes: BTreeMap<CaseId, Vec<(u64, u32)>> = BTreeMap::new();
    for one in held {
        let due = one.due_at.unwrap_or(now);
        if lanes.contains_key(&one.case) {
            // Behind one that is due.
        } else if due > now {
            waiting.entry(one.case).or_insert(due);
        }
        if !waiting.contains_key(&one.case) {
            lanes
                .entry(one.case)
                .or_default()
                .push((one.seq, one.attempts));
        }
    }
    let mut behind = Vec::new();
    for (seq, case) in new {
        match waiting.get(case) {
            Some(due) => behind.push(Held {
                seq: *seq,
                case: *case,
                attempts: 0,
                due_at: Some(*due),
                error: None,
            }),
            None => lanes.entry(*case).or_default().push((*seq, 0)),
        }
    }
    let mut lanes: Vec<Lane> = lanes
        .into_iter()
        .map(|(case, events)| Lane { case, events })
        .collect();
    // What has waited longest comes first.
    lanes.sort_by_key(|lane| lane.events.first().map(|(seq, _)| *seq));
    Plan { lanes, behind }
}

/// When the next held event is due.
pub(super) fn next_due(held: &[Held]) -> Option<Timestamp> {
    let mut seen = BTreeSet::new();
    let heads = held.iter().filter(|one| seen.insert(one.case));
    heads.filter_map(|one| one.due_at).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use yiwang_base::from_millis;

    fn held(seq: u64, case: u64, due: i64) -> Held {
        Held {
            seq,
            case: CaseId(case),
            attempts: 1,
            due_at: Some(from_millis(due)),
            error: None,
        }
    }

    #[test]
    fn a_case_waits_whole_behind_its_oldest_event() {
        let now = from_millis(100);
        let kept = [
            held(1, 1, 50),
            held(2, 2, 200),
            held(3, 1, 300),
            held(4, 2, 10),
        ];
        let plan = plan(
            &kept,
            &[(5, CaseId(2)), (6, CaseId(3)), (7, CaseId(1))],
            now,
        );
        let lanes: Vec<_> = plan
            .lanes
            .iter()
            .map(|l| (l.case.0, l.events.clone()))
            .collect();
        assert_eq!(
            lanes,
            [(1, vec![(1, 1), (3, 1), (7, 0)]), (3, vec![(6, 0)])]
        );
        let behind: Vec<_> = plan.behind.iter().map(|h| (h.seq, h.due_at)).collect();
        assert_eq!(behind, [(5, Some(from_millis(200)))]);
        assert_eq!(next_due(&kept), Some(from_millis(50)));
        assert_eq!(next_due(&[]), None);
    }

    proptest! {
        /// Every event is told or waits, once, and each lane is in order.
        #[test]
        fn nothing_is_lost_and_no_case_is_told_out_of_order(
            kept in proptest::collection::vec((1..6_u64, 0..200_i64), 0..20),
            new in proptest::collection::vec(1..6_u64, 0..20),
        ) {
            let kept: Vec<Held> = kept.iter().enumerate().map(|(n, (case, due))| held(n as u64, *case, *due)).collect();
            let first = kept.len() as u64;
            let new: Vec<(u64, CaseId)> = (first..).zip(new).map(|(seq, case)| (seq, CaseId(case))).collect();
            let plan = plan(&kept, &new, from_millis(100));
            let mut told: Vec<u64> = Vec::new();
            for lane in &plan.lanes {
                prop_assert!(lane.events.is_sorted_by(|a, b| a.0 < b.0));
                told.extend(lane.events.iter().map(|(seq, _)| *seq));
            }
            for (seq, case) in &new {
                let waits = plan.behind.iter().any(|one| one.seq == *seq);
                prop_assert!(waits != told.contains(seq));
                let head = kept.iter().find(|one| one.case == *case);
                prop_assert_eq!(waits, head.is_some_and(|one| one.due_at > Some(from_millis(100))));
            }
            for one in &kept {
                let head = kept.iter().find(|other| other.case == one.case).unwrap();
                prop_assert_eq!(told.contains(&one.seq), head.due_at <= Some(from_millis(100)));
            }
        }
    }
}
