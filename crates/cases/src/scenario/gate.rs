//! Whether a scenario passes its gates, and whether its acceptance still holds.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yiwang_base::ScenarioCode;

use super::{Drill, Thresholds, Use};

/// One of the gates (验收关).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gate {
    /// 实战中管用: the last drill was passed, and not too long ago.
    Drill,
    /// 基层干部爱用: staff use it by choice, and like it.
    Staff,
    /// 群众感到好用: residents rate it well.
    Residents,
}

impl Gate {
    /// All of them.
    pub const ALL: [Gate; 3] = [Gate::Drill, Gate::Staff, Gate::Residents];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Gate::Drill => "drill",
            Gate::Staff => "staff",
            Gate::Residents => "residents",
        }
    }
}

/// What a gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Passing {
    /// It is passed.
    Passed,
    /// It is not.
    NotPassed,
    /// There is not enough to say.
    NotEnough,
}

impl Passing {
    /// All of them.
    pub const ALL: [Passing; 3] = [Passing::Passed, Passing::NotPassed, Passing::NotEnough];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Passing::Passed => "passed",
            Passing::NotPassed => "not_passed",
            Passing::NotEnough => "not_enough",
        }
    }

    /// Both together: what is not passed decides, then what cannot be told.
    fn and(self, other: Passing) -> Passing {
        match (self, other) {
            (Passing::NotPassed, _) | (_, Passing::NotPassed) => Passing::NotPassed,
            (Passing::NotEnough, _) | (_, Passing::NotEnough) => Passing::NotEnough,
            (Passing::Passed, Passing::Passed) => Passing::Passed,
        }
    }
}

/// A part of what was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// How many are so.
    pub met: u64,
    /// Of how many.
    pub counted: u64,
}

impl Share {
    /// Whether at least so many percent are so, where at least `enough` were counted.
    fn reaches(self, percent: u8, enough: u64) -> Passing {
        if self.counted < enough.max(1) {
            Passing::NotEnough
        } else if self.met * 100 >= self.counted * u64::from(percent) {
            Passing::Passed
        } else {
            Passing::NotPassed
        }
    }
}

/// How staff rate a scenario: who gives 4 of 5 or better likes it.
pub type Liking = Share;

/// What each gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gates {
    /// 实战中管用.
    pub drill: Passing,
    /// 基层干部爱用.
    pub staff: Passing,
    /// 群众感到好用.
    pub residents: Passing,
}

impl Gates {
    /// What the gates say on a day. `last` is the last drill; `used` is `None` where the
    /// scenario names no step by which staff use it.
    pub fn of(
        at: &Thresholds,
        today: Date,
        last: Option<&Drill>,
        used: Option<Use>,
        liked: Liking,
        satisfied: Share,
    ) -> Gates {
        Gates {
            drill: last.map_or(Passing::NotEnough, |drill| {
                let until = drill.on.checked_add(i64::from(at.drill_days).days());
                let holds = until.is_ok_and(|until| today <= until);
                match (drill.passed(), holds) {
                    (false, _) => Passing::NotPassed,
                    (true, true) => Passing::Passed,
                    // It worked once; whether it still does, nobody has tried.
                    (true, false) => Passing::NotEnough,
                }
            }),
            staff: used.map_or(Passing::NotEnough, |used| {
                let share = Share {
                    met: used.used,
                    counted: used.cases,
                };
                let by_some = if used.cases == 0 {
                    Passing::NotEnough
                } else if used.people >= u64::from(at.people) {
                    Passing::Passed
                } else {
                    Passing::NotPassed
                };
                let liked = liked.reaches(at.liked_percent, at.raters.into());
                share.reaches(at.used_percent, 1).and(by_some).and(liked)
            }),
            residents: satisfied.reaches(at.satisfied_percent, at.answers.into()),
        }
    }

    /// What a gate says.
    pub fn says(&self, gate: Gate) -> Passing {
        match gate {
            Gate::Drill => self.drill,
            Gate::Staff => self.staff,
            Gate::Residents => self.residents,
        }
    }

    /// Those that are not passed.
    pub fn missing(&self) -> Vec<Gate> {
        let mut all = Gate::ALL.to_vec();
        all.retain(|gate| self.says(*gate) != Passing::Passed);
        all
    }
}

/// That somebody accepted a scenario, or took that back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Whether it is accepted.
    pub accepted: bool,
    /// The entry that set the version of the scenario that was judged.
    pub of: u64,
    /// The scenario.
    pub scenario: ScenarioCode,
}

/// How a scenario stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nobody has accepted it.
    OnTrial,
    /// It is accepted, and all gates are passed.
    Accepted,
    /// It was accepted; since then a gate is not passed any more, or it was changed.
    Lapsed,
    /// Whoever accepts took it back.
    Withdrawn,
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 4] = [
        Standing::OnTrial,
        Standing::Accepted,
        Standing::Lapsed,
        Standing::Withdrawn,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Standing::OnTrial => "on_trial",
            Standing::Accepted => "accepted",
            Standing::Lapsed => "lapsed",
            Standing::Withdrawn => "withdrawn",
        }
    }
}

/// How a scenario stands whose version was set by the entry `version`.
pub fn standing(acceptance: Option<&Acceptance>, version: u64, gates: &Gates) -> Standing {
    match acceptance {
        None => Standing::OnTrial,
        Some(acceptance) if !acceptance.accepted => Standing::Withdrawn,
        Some(acceptance) if acceptance.of == version && gates.missing().is_empty() => {
            Standing::Accepted
        }
        Some(_) => Standing::Lapsed,
    }
}

#[cfg(test)]
mod tests {
    use super::super::DrillStep;
    use super::*;
    use proptest::prelude::*;

    /// What the gates judge by, besides the drill.
    type Evidence = (Option<Use>, Liking, Share);

    const TODAY: Date = Date::constant(2026, 6, 1);

    fn drill(on: &str, passed: &[bool]) -> Drill {
        let step = |passed: &bool| DrillStep {
            name: "a".into(),
            note: None,
            passed: *passed,
        };
        Drill {
            evidence: "report".into(),
            on: on.parse().unwrap(),
            scenario: "lifts".parse().unwrap(),
            steps: passed.iter().map(step).collect(),
            units: Vec::new(),
        }
    }

    fn good() -> Evidence {
        let used = Use {
            cases: 100,
            used: 20,
            people: 3,
        };
        let liked = Share { met: 3, counted: 5 };
        let satisfied = Share {
            met: 24,
            counted: 30,
        };
        (Some(used), liked, satisfied)
    }

    fn gates(last: Option<&Drill>, (used, liked, satisfied): Evidence) -> Gates {
        Gates::of(&Thresholds::default(), TODAY, last, used, liked, satisfied)
    }

    #[test]
    fn exactly_at_its_thresholds_a_scenario_passes_all_gates() {
        let last = drill("2025-06-01", &[true, true]);
        let all = gates(Some(&last), good());
        assert_eq!(all.missing(), []);
        let acceptance = |of, accepted| Acceptance {
            accepted,
            of,
            scenario: "lifts".parse().unwrap(),
        };
        let stands = |one: Option<Acceptance>| standing(one.as_ref(), 7, &all);
        assert_eq!(stands(None), Standing::OnTrial);
        assert_eq!(stands(Some(acceptance(7, true))), Standing::Accepted);
        // It was changed since.
        assert_eq!(stands(Some(acceptance(6, true))), Standing::Lapsed);
        assert_eq!(stands(Some(acceptance(7, false))), Standing::Withdrawn);
        let fallen = gates(None, good());
        let lapsed = standing(Some(&acceptance(7, true)), 7, &fallen);
        assert_eq!(lapsed, Standing::Lapsed);
    }

    #[test]
    fn a_drill_of_too_long_ago_says_nothing_and_a_failed_step_says_no() {
        let says = |last: Option<Drill>| gates(last.as_ref(), good()).drill;
        assert_eq!(says(None), Passing::NotEnough);
        assert_eq!(says(Some(drill("2025-05-31", &[true]))), Passing::NotEnough);
        assert_eq!(
            says(Some(drill("2026-05-31", &[true, false]))),
            Passing::NotPassed
        );
    }

    #[test]
    fn staff_must_use_it_widely_and_like_it() {
        let says = |change: &dyn Fn(&mut Evidence)| {
            let mut all = good();
            change(&mut all);
            gates(None, all).staff
        };
        assert_eq!(says(&|_| {}), Passing::Passed);
        assert_eq!(says(&|all| all.0 = None), Passing::NotEnough);
        assert_eq!(
            says(&|all| all.0 = Some(Use::default())),
            Passing::NotEnough
        );
        let used = |used, people| {
            move |all: &mut Evidence| {
                all.0 = Some(Use {
                    cases: 100,
                    used,
                    people,
                });
            }
        };
        assert_eq!(says(&used(19, 3)), Passing::NotPassed);
        assert_eq!(says(&used(90, 2)), Passing::NotPassed);
        assert_eq!(says(&|all| all.1.counted = 4), Passing::NotEnough);
        assert_eq!(says(&|all| all.1.met = 2), Passing::NotPassed);
    }

    proptest! {
        #[test]
        fn more_satisfied_residents_never_make_it_worse(
            met in 0..200_u64, more in 0..200_u64, counted in 0..400_u64
        ) {
            let order = |passing| match passing {
                Passing::NotPassed => 0,
                Passing::NotEnough => 1,
                Passing::Passed => 2,
            };
            let says = |met: u64| {
                let satisfied = Share { met: met.min(counted), counted };
                gates(None, (None, Share::default(), satisfied)).residents
            };
            prop_assert!(order(says(met)) <= order(says(met + more)));
            prop_assert_eq!(says(met) == Passing::NotEnough, counted < 30);
        }
    }
}
