//! Formulas made ready for counting many turns quickly.

use super::{Clause, Condition, Conditions, Formula, Verdict};

/// A clause as two sets of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClauseMask {
    looked_at: u64,
    expected: u64,
}

impl ClauseMask {
    /// The mask of a clause.
    pub fn of(clause: &Clause) -> ClauseMask {
        let all: Conditions = clause.all.iter().copied().collect();
        let none: Conditions = clause.none.iter().copied().collect();
        ClauseMask {
            looked_at: all.bits() | none.bits(),
            expected: all.bits(),
        }
    }

    /// Whether the clause is so where these conditions hold.
    #[inline]
    pub fn holds(self, of: Conditions) -> bool {
        of.bits() & self.looked_at == self.expected
    }
}

/// A formula as masks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormulaMask {
    met: ClauseMask,
    exclusions: Vec<ClauseMask>,
    looked_at: u64,
}

impl FormulaMask {
    /// The masks of a formula that was checked: a condition stands on one side
    /// of a clause only.
    pub fn of(formula: &Formula) -> FormulaMask {
        let met = ClauseMask::of(&formula.met);
        let when = formula.exclusions.iter().map(|exclusion| &exclusion.when);
        let exclusions: Vec<_> = when.map(ClauseMask::of).collect();
        let looked_at = exclusions
            .iter()
            .fold(met.looked_at, |all, one| all | one.looked_at);
        FormulaMask {
            met,
            exclusions,
            looked_at,
        }
    }

    /// What the formula says of a turn of which these conditions hold.
    #[inline]
    pub fn judge(&self, of: Conditions) -> Verdict {
        for (reason, when) in self.exclusions.iter().enumerate() {
            if when.holds(of) {
                return Verdict::LeftOut(reason);
            }
        }
        if self.met.holds(of) {
            Verdict::Met
        } else {
            Verdict::NotMet
        }
    }

    /// Whether the formula looks at this condition at all.
    pub fn looks_at(&self, condition: Condition) -> bool {
        Conditions::from_bits(self.looked_at).has(condition)
    }
}
