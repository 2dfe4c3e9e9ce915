//! How long people were at the cases of a study, told from their steps.

use std::collections::{BTreeMap, BTreeSet};

use yiwang_base::{CaseId, Timestamp, UserName, to_millis};

use super::{Arm, Study};

/// What somebody did, as far as timing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The case was dispatched; `followed` where the suggestion was shown: whether its first
    /// category and its first unit were taken.
    Dispatched {
        /// Whether the suggestion was followed; `None` where that was not recorded.
        followed: Option<bool>,
    },
    /// Anything else.
    Other,
}

/// One step in a case, in the order of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// Which person; `None` for the system, residents and importers.
    pub by: Option<UserName>,
    /// In which case.
    pub case: CaseId,
    /// What.
    pub step: Step,
}

/// A case that came in while the study ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The case.
    pub id: CaseId,
    /// When it came in.
    pub submitted_at: Timestamp,
    /// Somebody of staff wrote it down, with suggestions as they typed.
    pub by_staff: bool,
}

/// Why a case of the study is not timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LeftOut {
    /// Staff wrote it down: the suggestion was seen before it was a case.
    ByStaff,
    /// It was not dispatched yet, or it was declined or merged.
    NotDispatched,
    /// The system dispatched it, or another system.
    NoPerson,
    /// The first case of a person in the study: nobody knows when they began.
    NoBegin,
    /// The person did something else in between, or nothing for too long.
    Away,
    /// It was dispatched with others in one go.
    Bulk,
}

impl LeftOut {
    /// All of them, in the order in which they are tried.
    pub const ALL: [LeftOut; 6] = [
        LeftOut::ByStaff,
        LeftOut::NotDispatched,
        LeftOut::NoPerson,
        LeftOut::NoBegin,
        LeftOut::Away,
        LeftOut::Bulk,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            LeftOut::ByStaff => "by_staff",
            LeftOut::NotDispatched => "not_dispatched",
            LeftOut::NoPerson => "no_person",
            LeftOut::NoBegin => "no_begin",
            LeftOut::Away => "away",
            LeftOut::Bulk => "bulk",
        }
    }
}

/// What became of a case of the study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timed {
    /// The case.
    pub case: CaseId,
    /// Its group.
    pub arm: Arm,
    /// How long a person was at it, milliseconds, or why that is not told.
    pub took: Result<u32, LeftOut>,
    /// Whether the suggestion was followed, where it was shown and that was recorded.
    pub followed: Option<bool>,
}

/// Nobody reads a case in less, milliseconds.
const LEAST: i64 = 1_000;

/// Where a person is.
#[derive(Clone, Copy)]
struct At {
    case: CaseId,
    /// The last step in the case.
    last: Timestamp,
    /// The last step in another case before it; `None` where there was none.
    before: Option<Timestamp>,
}

/// Times the cases of a study by all steps taken since it began, oldest first.
pub fn time(study: &Study, subjects: &[Subject], acts: &[Act]) -> Vec<Timed> {
    let known: BTreeMap<CaseId, &Subject> = subjects.iter().map(|one| (one.id, one)).collect();
    let mut people: BTreeMap<&UserName, At> = BTreeMap::new();
    let mut told: BTreeMap<CaseId, (Result<u32, LeftOut>, Option<bool>)> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for act in acts {
        if let Some(by) = &act.by {
            let at = people.entry(by).or_insert(At {
                case: act.case,
                last: act.at,
                before: None,
            });
            if at.case != act.case {
                *at = At {
                    case: act.case,
                    last: act.at,
                    before: Some(at.last),
                };
            }
            at.last = act.at;
        }
        let Step::Dispatched { followed } = act.step else {
            continue;
        };
        // Only the first dispatch of a case is the desk's first look at it.
        let (Some(subject), true) = (known.get(&act.case), seen.insert(act.case)) else {
            continue;
        };
        let place = act.by.as_ref().and_then(|by| people.get(by));
        let took = match place {
            None => Err(LeftOut::NoPerson),
            Some(At { before: None, .. }) => Err(LeftOut::NoBegin),
            Some(At {
                before: Some(before),
                ..
            }) => at_work(study, subject, *before, act.at),
        };
        told.insert(act.case, (took, followed));
    }
    let of = |subject: &Subject| {
        let (took, followed) = match told.get(&subject.id) {
            _ if subject.by_staff => (Err(LeftOut::ByStaff), None),
            None => (Err(LeftOut::NotDispatched), None),
            Some(told) => *told,
        };
        let arm = study.arm(subject.id);
        Timed {
            case: subject.id,
            arm,
            took,
            followed: followed.filter(|_| arm == Arm::Shown),
        }
    };
    subjects.iter().map(of).collect()
}

/// From when the person was free and the case was there until it was dispatched.
fn at_work(
    study: &Study,
    subject: &Subject,
    before: Timestamp,
    dispatched: Timestamp,
) -> Result<u32, LeftOut> {
    let begun = before.max(subject.submitted_at);
    let took = to_millis(dispatched) - to_millis(begun);
    if took > i64::from(study.away_minutes) * 60_000 {
        Err(LeftOut::Away)
    } else if took < LEAST {
        Err(LeftOut::Bulk)
    } else {
        u32::try_from(took).map_err(|_| LeftOut::Away)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use yiwang_base::{LocalText, from_millis};

    fn study() -> Study {
        Study {
            aim_percent: 20,
            away_minutes: 15,
            begun_at: from_millis(0),
            code: "spring".parse().unwrap(),
            control_percent: 50,
            ended_at: None,
            name: LocalText::same("s"),
        }
    }

    fn subject(id: u64, at: i64) -> Subject {
        Subject {
            id: CaseId(id),
            submitted_at: from_millis(at * 1000),
            by_staff: false,
        }
    }

    fn act(by: &str, case: u64, at: i64, dispatched: bool) -> Act {
        Act {
            at: from_millis(at * 1000),
            by: (!by.is_empty()).then(|| by.parse().unwrap()),
            case: CaseId(case),
            step: match dispatched {
                true => Step::Dispatched { followed: None },
                false => Step::Other,
            },
        }
    }

    fn took(subjects: &[Subject], acts: &[Act]) -> Vec<Result<u32, LeftOut>> {
        let timed = time(&study(), subjects, acts);
        timed.into_iter().map(|one| one.took).collect()
    }

    #[test]
    fn a_person_is_at_a_case_from_the_last_step_in_another_until_the_dispatch() {
        let subjects = [1, 2, 3, 4, 5].map(|id| subject(id, if id == 4 { 290 } else { 0 }));
        let acts = [
            // Nobody knows when li began with the first.
            act("li", 1, 100, true),
            // Accepting it is part of the work.
            act("li", 2, 130, false),
            act("li", 2, 160, true),
            // What others do meanwhile does not count.
            act("wu", 3, 200, false),
            act("", 3, 210, true),
            // It came in only after li was free.
            act("li", 4, 300, true),
            // Away for an hour.
            act("li", 5, 4000, true),
            act("li", 5, 4010, true),
        ];
        let expected = [
            Err(LeftOut::NoBegin),
            Ok(60_000),
            Err(LeftOut::NoPerson),
            Ok(10_000),
            Err(LeftOut::Away),
        ];
        assert_eq!(took(&subjects, &acts), expected);
    }

    #[test]
    fn what_was_typed_by_staff_dispatched_in_bulk_or_not_at_all_is_left_out() {
        let typed = Subject {
            by_staff: true,
            ..subject(2, 0)
        };
        let subjects = [subject(1, 0), typed, subject(3, 0), subject(4, 0)];
        let acts = [
            act("li", 1, 10, true),
            act("li", 2, 30, true),
            act("li", 3, 30, true),
        ];
        let expected = [
            Err(LeftOut::NoBegin),
            Err(LeftOut::ByStaff),
            Err(LeftOut::Bulk),
            Err(LeftOut::NotDispatched),
        ];
        assert_eq!(took(&subjects, &acts), expected);
    }

    proptest! {
        #[test]
        fn every_case_is_timed_or_left_out_once_and_never_longer_than_it_was_there(
            steps in prop::collection::vec((0..3_usize, 1..8_u64, 0..2000_i64, any::<bool>()), 0..40)
        ) {
            let subjects: Vec<Subject> = (1..8).map(|id| subject(id, id as i64 * 50)).collect();
            let mut acts: Vec<Act> = steps
                .into_iter()
                .map(|(who, case, at, dispatched)| act(["", "li", "wu"][who], case, at, dispatched))
                .collect();
            acts.sort_by_key(|one| one.at);
            let timed = time(&study(), &subjects, &acts);
            prop_assert_eq!(timed.len(), subjects.len());
            for (one, subject) in timed.iter().zip(&subjects) {
                prop_assert_eq!(one.case, subject.id);
                if let Ok(took) = one.took {
                    prop_assert!((1_000..=900_000).contains(&took));
                    let first = acts.iter().find(|act| act.case == one.case && act.step != Step::Other);
                    let there = to_millis(first.unwrap().at) - to_millis(subject.submitted_at);
                    prop_assert!(i64::from(took) <= there);
                }
            }
        }
    }
}
