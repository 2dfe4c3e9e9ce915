//! The four colours of alerts and warnings.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::LocalText;

/// How grave it is (预警颜色), from blue up to red.
///
/// The order of the variants is the order of gravity, so colours compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// 蓝色 (IV 级,一般).
    Blue,
    /// 黄色 (III 级,较重).
    Yellow,
    /// 橙色 (II 级,严重).
    Orange,
    /// 红色 (I 级,特别严重).
    Red,
}

impl Colour {
    /// All of them, from blue up.
    pub const ALL: [Colour; 4] = [Colour::Blue, Colour::Yellow, Colour::Orange, Colour::Red];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Colour::Blue => "blue",
            Colour::Yellow => "yellow",
            Colour::Orange => "orange",
            Colour::Red => "red",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        match self {
            Colour::Blue => LocalText::new("蓝色", "blue"),
            Colour::Yellow => LocalText::new("黄色", "yellow"),
            Colour::Orange => LocalText::new("橙色", "orange"),
            Colour::Red => LocalText::new("红色", "red"),
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
