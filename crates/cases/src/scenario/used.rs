//! Whether staff use what a scenario offers, told from the record.

use std::collections::BTreeSet;

use yiwang_base::UserName;

use crate::{Action, Actor, Event, Happening};

/// Steps that nobody has to take for a case to go on: who takes one does so by choice.
pub const BY_CHOICE: [Action; 8] = [
    Action::AddUnit,
    Action::AskResident,
    Action::Shelve,
    Action::Supervise,
    Action::Score,
    Action::Comment,
    Action::Attach,
    Action::Merge,
];

/// How staff used a scenario in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Use {
    /// Cases looked at.
    pub cases: u64,
    /// Of these, those in which somebody of staff took one of its steps.
    pub used: u64,
    /// How many people did.
    pub people: u64,
}

/// Who of staff took one of these steps in a case.
pub fn users<'a>(
    steps: &[Action],
    events: impl IntoIterator<Item = &'a Happening>,
) -> BTreeSet<&'a UserName> {
    let took = events
        .into_iter()
        .filter(|one| chosen(&one.event).is_some_and(|step| steps.contains(&step)));
    took.filter_map(|one| match &one.by {
        Actor::User(name) => Some(name),
        Actor::Resident | Actor::Import(_) | Actor::System(_) => None,
    })
    .collect()
}

fn chosen(event: &Event) -> Option<Action> {
    Some(match event {
        Event::UnitAdded(_) => Action::AddUnit,
        Event::ResidentAsked(_) => Action::AskResident,
        Event::Shelved(_) => Action::Shelve,
        Event::Supervised(_) => Action::Supervise,
        Event::Scored(_) => Action::Score,
        Event::Commented {} => Action::Comment,
        Event::Attached(_) => Action::Attach,
        // Of two cases, the one that stays.
        Event::Absorbed(_) => Action::Merge,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_staff_and_only_the_steps_that_are_named_count() {
        let happening = |by: Actor| Happening {
            at: "2026-01-05T01:00:00Z".parse().unwrap(),
            by,
            grounds: None,
            event: Event::Commented {},
            sealed: None,
        };
        let li: UserName = "li.na".parse().unwrap();
        let events = [
            happening(Actor::User(li.clone())),
            happening(Actor::User(li.clone())),
            happening(Actor::Resident),
            happening(Actor::System("duty-list".into())),
        ];
        let found = |steps: &[Action]| users(steps, &events).into_iter().cloned().collect();
        let found: [Vec<UserName>; 2] = [found(&[Action::Comment]), found(&[Action::Score])];
        assert_eq!(found, [vec![li], vec![]]);
    }
}
