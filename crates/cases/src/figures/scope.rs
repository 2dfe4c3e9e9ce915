//! Which cases something is about.

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, CategoryCode};

use super::Countable;
use crate::Channel;

/// Cases by what they are about, where they lie and how they came in. An empty list
/// means any.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Areas, each for itself: whoever counts names those that lie in them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<AreaCode>,
    /// Categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryCode>,
    /// Channels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
}

impl Scope {
    /// Whether a turn is within it; a call of a whistle has no category and no channel.
    pub fn covers(&self, turn: &impl Countable) -> bool {
        fn any<T: PartialEq>(wanted: &[T], found: Option<&T>) -> bool {
            wanted.is_empty() || found.is_some_and(|found| wanted.contains(found))
        }
        any(&self.areas, turn.area())
            && any(&self.categories, turn.category())
            && any(&self.channels, turn.channel().as_ref())
    }
}
