//! Entries: who did what, when, to what, on what grounds.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::to_canonical;
use crate::{Error, Hash};

/// Longest canonical form of an entry, in bytes: an entry bundle of the trail
/// gives each entry a 16-bit length.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// Version of the entry's own shape, written as `v`.
pub const ENTRY_VERSION: u32 = 1;

/// One entry of the journal (日志条目).
///
/// `D` is what `data` holds: any JSON by default, or a typed event, so that a
/// store need not go through [`Value`]. The fields are declared in the order
/// their names sort; a typed `D` whose fields are too, and that has no fraction,
/// is written several times faster than one that must be sorted again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry<D = Value> {
    /// When it was recorded, to the millisecond; finer digits are dropped.
    #[serde(with = "millis")]
    pub at: Timestamp,
    /// Who did it: `user:li.na`, `resident`, `import:boston311`, `system:…`.
    pub by: String,
    /// What happened, in the words of `kind`.
    pub data: D,
    /// On what grounds: a rule, a law, a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grounds: Option<String>,
    /// `case.submitted`, `area.imported`, …
    pub kind: String,
    /// Commitment to personal data beside the entry, see [`crate::seal`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Hash>,
    /// What it concerns: `case/123`, `user/li.na`.
    pub subject: String,
    /// Version of this shape, [`ENTRY_VERSION`].
    pub v: u32,
}

/// An entry that borrows its text from the stored bytes, for replay. With
/// `D = &RawValue` the data is left unread until `kind` is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryView<'a, D = Value> {
    /// See [`Entry::at`].
    #[serde(with = "millis")]
    pub at: Timestamp,
    /// See [`Entry::by`].
    #[serde(borrow)]
    pub by: Cow<'a, str>,
    /// See [`Entry::data`].
    pub data: D,
    /// See [`Entry::grounds`].
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub grounds: Option<Cow<'a, str>>,
    /// See [`Entry::kind`].
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    /// See [`Entry::sealed`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Hash>,
    /// See [`Entry::subject`].
    #[serde(borrow)]
    pub subject: Cow<'a, str>,
    /// See [`Entry::v`].
    pub v: u32,
}

fn bounded(bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    if bytes.len() > MAX_ENTRY_BYTES {
        return Err(Error::EntryTooLarge { bytes: bytes.len() });
    }
    Ok(bytes)
}

impl<D: Serialize> Entry<D> {
    /// The bytes that go into the tree: RFC 8785 canonical JSON.
    ///
    /// # Errors
    /// [`Error::EntryTooLarge`] beyond [`MAX_ENTRY_BYTES`],
    /// [`Error::UnsafeNumber`] for a number beyond ±(2^53−1).
    pub fn to_canonical(&self) -> Result<Vec<u8>, Error> {
        bounded(to_canonical(self)?)
    }
}

impl<D: Serialize> EntryView<'_, D> {
    /// As [`Entry::to_canonical`].
    ///
    /// # Errors
    /// As [`Entry::to_canonical`].
    pub fn to_canonical(&self) -> Result<Vec<u8>, Error> {
        bounded(to_canonical(self)?)
    }
}

impl<D: DeserializeOwned> Entry<D> {
    /// Reads an entry, trusting that the bytes are canonical.
    ///
    /// # Errors
    /// [`Error::NotAnEntry`] naming the field or the place.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(bytes).map_err(|e| Error::NotAnEntry(e.to_string()))
    }
}

impl<'a, D: Deserialize<'a>> EntryView<'a, D> {
    /// Reads an entry without copying its text where no escape forces it.
    ///
    /// # Errors
    /// [`Error::NotAnEntry`] naming the field or the place.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        serde_json::from_slice(bytes).map_err(|e| Error::NotAnEntry(e.to_string()))
    }
}

impl Entry<Value> {
    /// Reads an entry and refuses any bytes but the canonical ones: spaces,
    /// another order of keys, a key given twice, another spelling of a number.
    ///
    /// # Errors
    /// [`Error::NotAnEntry`], [`Error::EntryTooLarge`], [`Error::UnsafeNumber`],
    /// or [`Error::NotCanonical`] with the first byte that differs.
    pub fn parse_strict(bytes: &[u8]) -> Result<Self, Error> {
        let entry = Self::parse(bytes)?;
        let canonical = entry.to_canonical()?;
        if canonical != bytes {
            let same = canonical.iter().zip(bytes).take_while(|(a, b)| a == b);
            return Err(Error::NotCanonical { at: same.count() });
        }
        Ok(entry)
    }
}

/// RFC 3339 in UTC with exactly three decimals: one spelling for each instant.
mod millis {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::borrow::Cow;

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&format_args!("{at:.3}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Timestamp, D::Error> {
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        let Text(text) = Text::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
