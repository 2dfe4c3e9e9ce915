//! Which closed cases teach a category: a model must not learn its own word.

use crate::{Actor, Event, Happening};

/// Whether the category of a case is a person's word.
///
/// Where a model accepted it and nothing after that says that it was right, the
/// case repeats what the model said and teaches nothing. Two things confirm it:
/// a person of the desk accepts or dispatches it again, or the resident says
/// that it is solved. What an importer brings is another system's people's word.
pub fn teaches_its_category(happenings: &[Happening]) -> bool {
    let by_model = |one: &Happening| {
        matches!(one.by, Actor::System(_)) && matches!(one.event, Event::Accepted { .. })
    };
    let Some(last) = happenings.iter().rposition(by_model) else {
        return true;
    };
    happenings[last + 1..].iter().any(|after| {
        let person = !matches!(after.by, Actor::System(_));
        match after.event {
            Event::Accepted { .. } | Event::Dispatched { .. } => person,
            Event::CalledBack {
                solved: Some(true), ..
            } => true,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use yiwang_base::from_millis;

    use super::*;

    fn by(actor: &Actor, event: Event) -> Happening {
        Happening {
            at: from_millis(0),
            by: actor.clone(),
            grounds: None,
            event,
            sealed: None,
        }
    }

    fn accepted() -> Event {
        Event::Accepted {
            area: None,
            category: "light".parse().unwrap(),
            dispatch_by: from_millis(0),
        }
    }

    fn called_back(solved: Option<bool>) -> Event {
        Event::CalledBack {
            reached: solved.is_some(),
            satisfaction: None,
            solved,
        }
    }

    #[test]
    fn what_a_model_said_and_nobody_confirmed_teaches_nothing() {
        let model = Actor::System("triage/3".into());
        let person = Actor::User("li.na".parse().unwrap());
        let import = Actor::Import("boston".into());
        let unverified = Event::Closed { unverified: true };
        let table = [
            (vec![by(&person, accepted())], true),
            (vec![by(&import, accepted())], true),
            (vec![by(&model, accepted())], false),
            (
                vec![
                    by(&model, accepted()),
                    by(&person, Event::Started {}),
                    by(&person, unverified),
                ],
                false,
            ),
            (vec![by(&model, accepted()), by(&person, accepted())], true),
            // A person's word that the model went over again is the model's.
            (vec![by(&person, accepted()), by(&model, accepted())], false),
            (
                vec![by(&model, accepted()), by(&person, called_back(Some(true)))],
                true,
            ),
            (
                vec![
                    by(&model, accepted()),
                    by(&person, called_back(Some(false))),
                ],
                false,
            ),
            (
                vec![by(&model, accepted()), by(&person, called_back(None))],
                false,
            ),
        ];
        for (happenings, teaches) in table {
            assert_eq!(teaches_its_category(&happenings), teaches, "{happenings:?}");
        }
    }
}
