//! What people said, and who they are, beside a dossier's events.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serializer};
use yiwang_base::{Personal, Purpose};

/// Words sealed beside an event, each under a name such as `words` or
/// `parties.0.phone`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(Personal<BTreeMap<String, String>>);

impl Words {
    /// Words under their names.
    pub fn new(words: BTreeMap<String, String>) -> Self {
        Self(Personal::new(words))
    }

    /// One text under a name.
    pub(crate) fn one(name: &str, text: &Personal<String>) -> Self {
        let text = text.disclose(Purpose::Record).clone();
        Self::new([(name.to_owned(), text)].into())
    }

    /// These and one more text, where it is given.
    #[must_use]
    pub(crate) fn and(self, name: &str, text: Option<&Personal<String>>) -> Self {
        let mut words = self.0.disclose(Purpose::Record).clone();
        if let Some(text) = text {
            words.insert(name.to_owned(), text.disclose(Purpose::Record).clone());
        }
        Self::new(words)
    }

    /// The words, for a named purpose.
    pub fn disclose(&self, purpose: Purpose) -> &BTreeMap<String, String> {
        self.0.disclose(purpose)
    }

    /// Writes them as they are kept in the record: one JSON object.
    ///
    /// # Errors
    /// The serializer's.
    pub fn disclose_as<S: Serializer>(
        &self,
        purpose: Purpose,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.disclose(purpose))
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(Words::new)
    }
}
