//! What a unit has to do with a case, and what that lets it do.

use std::collections::BTreeSet;

use yiwang_base::UnitCode;

use crate::{Action, Case};

/// What a unit has to do with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// It leads (主办).
    Lead,
    /// It does a part (协办).
    Assisting,
}

impl Case {
    /// What this unit has to do with the case; nothing, when it is empty.
    pub fn standings(&self, unit: &UnitCode) -> Vec<Standing> {
        let of = [
            (Standing::Lead, self.unit.as_ref() == Some(unit)),
            (Standing::Assisting, self.more.parts.includes(unit)),
        ];
        let of = of.into_iter().filter(|(_, it_is)| *it_is);
        of.map(|(standing, _)| standing).collect()
    }
}

impl Case {
    /// Units other than the lead that have to do with the case, each once.
    pub fn units_beside_lead(&self) -> BTreeSet<&UnitCode> {
        self.more.parts.0.iter().map(|part| &part.unit).collect()
    }

    /// Whether the unit has anything to do with the case.
    pub fn concerns(&self, unit: &UnitCode) -> bool {
        !self.standings(unit).is_empty()
    }

    /// Whether the case's rules let the unit take the action, where its people
    /// may take it at all.
    pub fn lets(&self, unit: &UnitCode, action: Action) -> bool {
        let chooses = self.more.lead.may_choose_assistants();
        let standings = self.standings(unit);
        standings.iter().any(|standing| standing.may(action))
            && (chooses || !matches!(action, Action::AddUnit | Action::RemoveUnit))
    }
}

impl Standing {
    /// Whether a unit of this standing may take the action.
    fn may(self, action: Action) -> bool {
        use Action::{
            AddUnit, AnswerQuestion, AnswerSupervision, AskExtension, AskResident, Attach, Comment,
            Release, RemoveUnit, ReportBack, ReportPart, Resume, Return, Score, Start, Supervise,
        };
        let either = matches!(action, Comment | Attach | Score | Supervise | Release);
        either
            || match self {
                Standing::Lead => matches!(
                    action,
                    Start
                        | ReportBack
                        | Return
                        | AddUnit
                        | RemoveUnit
                        | AskExtension
                        | AskResident
                        | AnswerQuestion
                        | Resume
                        | AnswerSupervision
                ),
                Standing::Assisting => matches!(action, ReportPart),
            }
    }
}
