//! What trouble the record shows, figure by figure.

/// The formula by which residents' satisfaction is counted.
pub const SATISFACTION: &str = "satisfaction";

/// A figure of friction: a formula, and which side of it is the trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Friction {
    /// The formula's code.
    pub formula: &'static str,
    /// Whether what is met is the trouble; else what is counted and not met.
    pub met: bool,
}

/// The figures of friction, in the order in which a resident meets them: asked for more,
/// sent from unit to unit, kept waiting beyond the promise, told again, given up, told that
/// it is solved when it is not, come again.
pub const FRICTION: [Friction; 7] = [
    of("asked_back", true),
    of("return", true),
    of("on_time", false),
    of("told_again", true),
    of("withdrawn", true),
    of("not_solved", true),
    of("reopen", true),
];

const fn of(formula: &'static str, met: bool) -> Friction {
    Friction { formula, met }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{Better, default_formula};

    #[test]
    fn the_trouble_is_the_side_that_is_worse() {
        for one in FRICTION {
            let formula = default_formula(one.formula).unwrap();
            let worse_when_met = formula.better == Better::Lower;
            assert_eq!(one.met, worse_when_met, "{}", one.formula);
        }
        let satisfaction = default_formula(SATISFACTION).unwrap();
        assert_eq!(satisfaction.better, Better::Higher);
    }
}
