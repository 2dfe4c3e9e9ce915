//! What is sealed beside a whistle's events.

use serde::{Deserialize, Serialize};
use yiwang_base::{Personal, Purpose, Timestamp};

use crate::Place;

/// What a whistle asks for, and where.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhistleWords {
    /// What the called units are to do.
    pub words: String,
    /// Where; a whistle about a case has the case's place if it has none of its own.
    #[serde(default)]
    pub place: Place,
}

/// Who came, and where to.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presence {
    /// Name of who came for the unit.
    pub person: String,
    /// A telephone number to reach that person by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Where the person is.
    #[serde(default)]
    pub place: Place,
    /// When the person came, where that was before checking in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Timestamp>,
    /// What is to be said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The sealed part of a whistle's event.
#[derive(Debug, Clone, PartialEq)]
pub enum WhistleSealed {
    /// What is asked for.
    Words(Personal<WhistleWords>),
    /// Who came.
    Presence(Personal<Presence>),
    /// A note.
    Note(Personal<String>),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum RawRef<'a> {
    Words(&'a WhistleWords),
    Presence(&'a Presence),
    Note(&'a str),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Raw {
    Words(WhistleWords),
    Presence(Presence),
    Note(String),
}

impl WhistleSealed {
    /// The form that is sealed: one JSON object, `{"words":…}`, `{"presence":…}`
    /// or `{"note":…}`.
    ///
    /// # Errors
    /// The serializer's.
    pub fn disclose_as<S: serde::Serializer>(
        &self,
        purpose: Purpose,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match self {
            WhistleSealed::Words(words) => RawRef::Words(words.disclose(purpose)),
            WhistleSealed::Presence(presence) => RawRef::Presence(presence.disclose(purpose)),
            WhistleSealed::Note(note) => RawRef::Note(note.disclose(purpose)),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WhistleSealed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Raw::deserialize(deserializer)? {
            Raw::Words(words) => WhistleSealed::Words(Personal::new(words)),
            Raw::Presence(presence) => WhistleSealed::Presence(Personal::new(presence)),
            Raw::Note(note) => WhistleSealed::Note(Personal::new(note)),
        })
    }
}
