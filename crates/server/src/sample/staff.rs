//! Who works on cases, and how well.

use std::collections::BTreeMap;

use yiwang_base::{IdError, UnitCode, UserName};
use yiwang_cases::{Actor, Rules};

use super::dice::Dice;

/// How a unit works.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// Against the usual time; above 1 is slow.
    pub(crate) pace: f64,
    /// Share of its work that verifiers send back.
    pub(crate) slips: f64,
    /// How content people are with it, about 0.
    pub(crate) liked: f64,
}

/// Everybody who acts in the record.
pub(crate) struct Staff {
    /// By day and by night.
    operators: [Actor; 2],
    pub(crate) verifier: Actor,
    units: BTreeMap<UnitCode, (Actor, Manner)>,
}

impl Staff {
    pub(crate) fn new(seed: u64, rules: &Rules) -> Result<Staff, IdError> {
        let user = |name: &str| name.parse::<UserName>().map(Actor::User);
        let units = rules.units.keys().enumerate().map(|(n, code)| {
            let dice = &mut Dice::new(seed, "unit", n as u64);
            let manner = Manner {
                pace: dice.between(0.72, 1.32),
                slips: dice.between(0.02, 0.13),
                liked: dice.between(-0.5, 0.6),
            };
            Ok((code.clone(), (user(handler(code).as_str())?, manner)))
        });
        Ok(Staff {
            operators: [user(OPERATOR)?, user(NIGHT_OPERATOR)?],
            verifier: user(VERIFIER)?,
            units: units.collect::<Result<_, IdError>>()?,
        })
    }

    /// Whoever sits at the desk at an hour of the day.
    pub(crate) fn operator(&self, hour: i8) -> &Actor {
        &self.operators[usize::from(!(8..20).contains(&hour))]
    }

    /// The unit's handler and manner; units without are no units of the city.
    pub(crate) fn unit(&self, code: &UnitCode) -> Option<&(Actor, Manner)> {
        self.units.get(code)
    }
}

/// Sign-in names.
pub(crate) const OPERATOR: &str = "operator";
pub(crate) const NIGHT_OPERATOR: &str = "operator.night";
pub(crate) const VERIFIER: &str = "verifier";

/// The sign-in name of a unit's handler: the unit's code.
pub(crate) fn handler(unit: &UnitCode) -> String {
    unit.to_string()
}
