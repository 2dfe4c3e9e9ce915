//! What a source calls things, and what they are called here.

use std::collections::{BTreeMap, HashMap};

use yiwang_base::{AreaCode, CategoryCode, LocalText, UnitCode};
use yiwang_cases::Rules;

/// Categories, units and areas by code and by both names.
pub struct Lookup {
    categories: Names<CategoryCode>,
    units: Names<UnitCode>,
    areas: Names<AreaCode>,
}

/// Codes by what people write; small and capital letters are the same.
struct Names<C>(HashMap<String, C>);

impl<C: Clone + ToString> Names<C> {
    fn of<'a>(all: impl Iterator<Item = (&'a C, &'a LocalText)> + Clone) -> Self
    where
        C: 'a,
    {
        let mut names = HashMap::new();
        // Of two with one name the one whose code comes first; a code before any name.
        for (code, name) in all.clone() {
            for name in [&name.zh, &name.en] {
                names.entry(key(name)).or_insert_with(|| code.clone());
            }
        }
        for (code, _) in all {
            names.insert(key(&code.to_string()), code.clone());
        }
        Self(names)
    }

    fn find(&self, text: &str, aliases: &BTreeMap<String, String>) -> Option<C> {
        let meant = aliases.get(text).map_or(text, String::as_str);
        self.0.get(&key(meant)).cloned()
    }
}

fn key(text: &str) -> String {
    text.trim().to_lowercase()
}

impl Lookup {
    /// What the rules have.
    pub fn of(rules: &Rules) -> Lookup {
        Lookup {
            categories: Names::of(rules.categories.iter().map(|(code, one)| (code, &one.name))),
            units: Names::of(rules.units.iter().map(|(code, one)| (code, &one.name))),
            areas: Names::of(rules.areas.iter().map(|(code, one)| (code, &one.name))),
        }
    }

    pub(crate) fn category(
        &self,
        text: &str,
        aliases: &BTreeMap<String, String>,
    ) -> Option<CategoryCode> {
        self.categories.find(text, aliases)
    }

    pub(crate) fn unit(&self, text: &str, aliases: &BTreeMap<String, String>) -> Option<UnitCode> {
        self.units.find(text, aliases)
    }

    pub(crate) fn area(&self, text: &str, aliases: &BTreeMap<String, String>) -> Option<AreaCode> {
        self.areas.find(text, aliases)
    }
}
