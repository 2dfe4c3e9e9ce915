//! The ledger of contributions (贡献台账): what volunteers, companies and social
//! organisations did, told from the tasks they claimed.

use std::collections::BTreeMap;

use yiwang_base::UserName;

use super::DossierId;
use super::task::{Capacity, ClaimState, Task};

/// What one account contributed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// The account.
    pub by: UserName,
    /// As what it helped last.
    pub capacity: Capacity,
    /// Tasks of which its part is confirmed, the first one first.
    pub confirmed: Vec<DossierId>,
    /// Minutes confirmed.
    pub minutes: u64,
    /// Parts that are not confirmed yet, of tasks that go on.
    pub under_way: u32,
    /// Parts that were left to others.
    pub given_up: u32,
}

/// The ledger: whoever gave the most time first. A part that was neither reported
/// nor given up before its task ended counts as nothing.
pub fn ledger<'a>(tasks: impl IntoIterator<Item = (DossierId, &'a Task)>) -> Vec<Contribution> {
    let mut all: BTreeMap<&UserName, Contribution> = BTreeMap::new();
    for (id, task) in tasks {
        let goes_on = task.report.is_none() && !task.cancelled;
        for claim in &task.claims {
            let own = all.entry(&claim.by).or_insert_with(|| Contribution {
                by: claim.by.clone(),
                capacity: claim.capacity,
                confirmed: Vec::new(),
                minutes: 0,
                under_way: 0,
                given_up: 0,
            });
            own.capacity = claim.capacity;
            match claim.state {
                ClaimState::Confirmed => {
                    own.confirmed.push(id);
                    own.minutes += u64::from(claim.minutes);
                }
                ClaimState::GivenUp => own.given_up += 1,
                ClaimState::Claimed | ClaimState::Reported => own.under_way += u32::from(goes_on),
            }
        }
    }
    let mut ledger: Vec<Contribution> = all.into_values().collect();
    ledger.sort_by(|a, b| b.minutes.cmp(&a.minutes).then_with(|| a.by.cmp(&b.by)));
    ledger
}
