//! What every kind of dossier has: decisions, events, and facts to find it by.

use serde::{Deserialize, Serialize};
use yiwang_base::{
    AreaCode, CaseId, CategoryCode, LocalText, Refusal, RefusalKind, Timestamp, UnitCode,
};

use super::Words;
use crate::Context;
use crate::check::text;

/// By what a dossier is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    /// An area it is about.
    Area(AreaCode),
    /// A case it grew out of or led to.
    Case(CaseId),
    /// A category it is about.
    Category(CategoryCode),
    /// A unit that leads or assists.
    Unit(UnitCode),
}

/// What lists show of a dossier and find it by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// The word of where it stands, `mediating`.
    pub state: &'static str,
    /// Its title; `None` where no one has written one yet.
    pub title: Option<LocalText>,
    /// The unit that leads it.
    pub unit: Option<UnitCode>,
    /// By when the next step is due.
    pub due_at: Option<Timestamp>,
    /// What it is found by, the lead unit among it.
    pub tags: Vec<Tag>,
}

/// One thing that a command makes happen.
pub(crate) struct Step<E> {
    pub(crate) event: E,
    pub(crate) words: Option<Words>,
    pub(crate) grounds: Option<String>,
}

impl<E> Step<E> {
    pub(crate) fn new(event: E) -> Vec<Step<E>> {
        vec![Step {
            event,
            words: None,
            grounds: None,
        }]
    }

    pub(crate) fn sealing(event: E, words: Words) -> Vec<Step<E>> {
        let words = Some(words).filter(|w| !w.disclose(yiwang_base::Purpose::Record).is_empty());
        vec![Step {
            event,
            words,
            grounds: None,
        }]
    }

    pub(crate) fn because(event: E, reason: &str) -> Result<Vec<Step<E>>, Refusal> {
        let reason = text(reason, "reason", crate::check::MAX_SHORT)?;
        Ok(vec![Step {
            event,
            words: None,
            grounds: Some(reason.to_owned()),
        }])
    }
}

/// The life of one kind of dossier.
pub(crate) trait Life: Sized {
    type Command;
    type Event;

    /// What a command that opens one makes happen; the first event begins it.
    fn open(
        command: &Self::Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Self::Event>>, Refusal>;

    /// What a command to one that is there makes happen.
    fn decide(
        &self,
        command: &Self::Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Self::Event>>, Refusal>;

    /// What the first event begins; `None` for one that begins nothing.
    fn begin(event: &Self::Event, at: Timestamp) -> Option<Self>;

    /// One more event.
    fn apply(&mut self, event: &Self::Event, at: Timestamp);

    fn head(&self) -> Head;

    /// The words of the commands it takes now, the usual next step first.
    fn possible(&self) -> Vec<&'static str>;
}

/// A command that only opens, or one to what is not there.
pub(crate) fn not_now(action: &str, possible: &[&'static str]) -> Refusal {
    Refusal::new(
        RefusalKind::NotNow,
        "dossier.not-now",
        "卷宗现在的状态不能办这一步；可办的步骤见 allowed",
        "the dossier cannot take this step now; allowed lists the steps it can take",
    )
    .at("action")
    .found(action)
    .allowing(possible.iter().copied())
}

/// A command that needs a dossier, given where there is none.
pub(crate) fn opens_nothing(action: &str, opening: &[&'static str]) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "dossier.opens-nothing",
        "这一步不能用来新建卷宗",
        "this step does not open a dossier",
    )
    .at("action")
    .found(action)
    .allowing(opening.iter().copied())
}

/// Gives the variants of an enum their words.
macro_rules! words {
    ($enum:ident { $($variant:ident $word:literal)* }) => {
        impl $enum {
            /// The words of all variants.
            pub const WORDS: [&'static str; [$($word),*].len()] = [$($word),*];

            /// The word of the interface and the record.
            pub fn word(&self) -> &'static str {
                match self { $($enum::$variant { .. } => $word,)* }
            }
        }
    };
}

/// A small closed set with words and names.
macro_rules! named {
    ($(#[$doc:meta])+ $enum:ident { $($variant:ident $word:literal $zh:literal $en:literal;)* }) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $enum {
            $(#[doc = concat!($zh, ": ", $en, ".")] #[serde(rename = $word)] $variant,)*
        }

        impl $enum {
            /// All of them.
            pub const ALL: [$enum; [$($word),*].len()] = [$($enum::$variant),*];

            /// The word of the interface and the record.
            pub fn word(self) -> &'static str {
                match self { $($enum::$variant => $word,)* }
            }

            /// Its name for readers.
            pub fn name(self) -> yiwang_base::LocalText {
                match self { $($enum::$variant => yiwang_base::LocalText::new($zh, $en),)* }
            }
        }
    };
}

pub(crate) use {named, words};
