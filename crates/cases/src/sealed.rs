//! What is sealed beside an event: residents' words and personal data.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use yiwang_base::{Personal, Point, Purpose};

use crate::{Answers, File, Joiner};

/// Who sent a request; every part is optional.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reporter {
    /// Name as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Telephone number as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail address as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Where it is.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Place {
    /// Address in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Point on the map, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
}

/// What someone sent (诉求).
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestWords {
    /// The resident's own words.
    pub words: String,
    /// Where it is.
    #[serde(default)]
    pub place: Place,
    /// Who sent it.
    #[serde(default)]
    pub reporter: Reporter,
    /// The code by which the sender follows the case without signing in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_code: Option<String>,
    /// Answers to the category's questions, by the question's code.
    #[serde(default, skip_serializing_if = "Answers::is_empty")]
    pub answers: Answers,
    /// Address of a picture that another system keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_url: Option<String>,
}

impl RequestWords {
    /// Whether the words or the address contain what is sought, given in small letters.
    pub fn mention(&self, sought: &str) -> bool {
        let address = self.place.address.as_deref().unwrap_or_default();
        [self.words.as_str(), address]
            .iter()
            .any(|text| text.to_lowercase().contains(sought))
    }
}

/// The sealed part of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Sealed {
    /// What a request said.
    Request(Personal<RequestWords>),
    /// A note in words: what was done, why it was declined, what the resident said.
    Note(Personal<String>),
    /// A file; its bytes lie beside it.
    File(Personal<File>),
    /// Someone who joined the case.
    Joiner(Personal<Joiner>),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum RawRef<'a> {
    Request(&'a RequestWords),
    Note(&'a str),
    File(&'a File),
    Joiner(&'a Joiner),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Raw {
    Request(RequestWords),
    Note(String),
    File(File),
    Joiner(Joiner),
}

impl Sealed {
    /// Takes the bytes out of a file: they are kept beside the sealed part, not in it.
    pub fn take_bytes(&mut self) -> Option<Arc<[u8]>> {
        let Sealed::File(file) = self else {
            return None;
        };
        let mut without = file.disclose(Purpose::Record).clone();
        let bytes = std::mem::replace(&mut without.bytes, Arc::new([]));
        *file = Personal::new(without);
        Some(bytes)
    }
}

/// Writes the sealed part as it is kept in the record; the caller names why.
impl Sealed {
    /// The form that is sealed: one JSON object, `{"request":…}`, `{"note":…}`,
    /// `{"file":…}` or `{"joiner":…}`.
    pub fn disclose_as<S: serde::Serializer>(
        &self,
        purpose: Purpose,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match self {
            Sealed::Request(words) => RawRef::Request(words.disclose(purpose)),
            Sealed::Note(note) => RawRef::Note(note.disclose(purpose)),
            Sealed::File(file) => RawRef::File(file.disclose(purpose)),
            Sealed::Joiner(joiner) => RawRef::Joiner(joiner.disclose(purpose)),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Raw::deserialize(deserializer)? {
            Raw::Request(words) => Sealed::Request(Personal::new(words)),
            Raw::Note(note) => Sealed::Note(Personal::new(note)),
            Raw::File(file) => Sealed::File(Personal::new(file)),
            Raw::Joiner(joiner) => Sealed::Joiner(Personal::new(joiner)),
        })
    }
}
