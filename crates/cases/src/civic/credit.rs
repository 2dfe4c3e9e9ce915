//! The credit of a property party (物业信用分): from the complaints that were its
//! duty, open to the cases behind it.
//!
//! **The formula, `property-credit/1`.** Counted are the cases of the party's
//! categories in its communities that came in during the last 365 days and
//! were taken on; declined ones and proactive ones are left out. Each has a
//! fault between 0 and 1 (in hundredths 0 to 100):
//!
//! - the resident said at the call-back that it is not solved: 100;
//! - otherwise: 50 for being late (closed or still open after the day by which
//!   it was to be resolved), and 50 for having been opened again or failed a
//!   verification, together at most 100.
//!
//! With n cases and faults f, the credit is 100 × (Σ(1 − f) + 0.9 × 5) / (n + 5):
//! the mean of what went well, drawn towards 90 as if five more cases had gone
//! nine tenths well, so that one case does not make or break a party. In
//! hundredths of a point, rounded down.

use yiwang_base::{CaseId, Timestamp};

use crate::{Case, Channel, Stage};

/// The formula, as the interface names it.
pub const FORMULA: &str = "property-credit/1";
/// Days looked back.
pub const DAYS: u32 = 365;

const PRIOR_CASES: u64 = 5;
const PRIOR_GOOD: u64 = 90;

/// Why a case counts against a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The resident said that it is not solved.
    NotSolved,
    /// It was late.
    Late,
    /// It was opened again, or a verification failed.
    Again,
}

impl Fault {
    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Fault::NotSolved => "not_solved",
            Fault::Late => "late",
            Fault::Again => "again",
        }
    }
}

/// A case that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedCase {
    /// The case.
    pub id: CaseId,
    /// Its fault, hundredths.
    pub fault: u64,
    /// Why.
    pub faults: Vec<Fault>,
}

/// A credit with what it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// In hundredths of a point, 0 to 10,000.
    pub hundredths: u64,
    /// The cases counted, as given.
    pub counted: Vec<CountedCase>,
    /// Cases left out: declined or proactive.
    pub left_out: Vec<CaseId>,
}

/// The credit that cases give at a time.
pub fn credit(cases: &[Case], now: Timestamp) -> Credit {
    let (left_out, counted): (Vec<&Case>, Vec<&Case>) = cases
        .iter()
        .partition(|case| case.stage == Stage::Declined || case.channel == Channel::Proactive);
    let counted: Vec<CountedCase> = counted.into_iter().map(|case| weigh(case, now)).collect();
    let good: u64 = counted.iter().map(|case| 100 - case.fault).sum();
    let n = counted.len() as u64;
    Credit {
        hundredths: (good + PRIOR_GOOD * PRIOR_CASES) * 100 / (n + PRIOR_CASES),
        counted,
        left_out: left_out.into_iter().map(|case| case.id).collect(),
    }
}

fn weigh(case: &Case, now: Timestamp) -> CountedCase {
    let mut faults = Vec::new();
    if case
        .call_back
        .is_some_and(|said| said.solved == Some(false))
    {
        faults.push(Fault::NotSolved);
    }
    let ended = case.reported_at.or(case.closed_at).unwrap_or(now);
    if case.deadlines.resolve_by.is_some_and(|by| by < ended) {
        faults.push(Fault::Late);
    }
    if case.reopened > 0 || case.failed_verifications > 0 {
        faults.push(Fault::Again);
    }
    let fault: u64 = faults
        .iter()
        .map(|fault| match fault {
            Fault::NotSolved => 100,
            Fault::Late | Fault::Again => 50,
        })
        .sum();
    CountedCase {
        id: case.id,
        fault: fault.min(100),
        faults,
    }
}
