//! Who did it.

use std::fmt;
use std::str::FromStr;

use yiwang_base::UserName;

/// Whoever causes an event. In the record: `user:li.na`, `resident`,
/// `import:boston311`, `system:duty-list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person who is signed in.
    User(UserName),
    /// A resident, not signed in.
    Resident,
    /// An importer, by its profile.
    Import(String),
    /// A rule or a model of the system, by name and version.
    System(String),
}

/// The text does not name an actor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an actor is resident, user:NAME, import:PROFILE or system:RULE, found {0:?}")]
pub struct ActorError(String);

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::User(name) => write!(f, "user:{name}"),
            Actor::Resident => f.write_str("resident"),
            Actor::Import(profile) => write!(f, "import:{profile}"),
            Actor::System(rule) => write!(f, "system:{rule}"),
        }
    }
}

impl FromStr for Actor {
    type Err = ActorError;

    fn from_str(text: &str) -> Result<Self, ActorError> {
        let unknown = || ActorError(text.chars().take(80).collect());
        if text == "resident" {
            return Ok(Actor::Resident);
        }
        match text.split_once(':') {
            Some(("user", name)) => name.parse().map(Actor::User).map_err(|_| unknown()),
            Some(("import", profile)) if !profile.is_empty() => Ok(Actor::Import(profile.into())),
            Some(("system", rule)) if !rule.is_empty() => Ok(Actor::System(rule.into())),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_reads_back_as_written() {
        for text in [
            "resident",
            "user:li.na",
            "import:boston311",
            "system:duty-list/1",
        ] {
            assert_eq!(text.parse::<Actor>().unwrap().to_string(), text);
        }
        for text in ["", "user:", "user:Li Na", "import:", "root"] {
            assert!(text.parse::<Actor>().is_err(), "{text:?}");
        }
    }
}
