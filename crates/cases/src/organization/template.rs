//! What a template says.

use serde::{Deserialize, Serialize};
use yiwang_base::{CategoryCode, LocalText, Refusal, RefusalKind, UnitCode};

use crate::Category;

/// Most parts of a template.
const MAX_PARTS: usize = 40;
/// Most words of a part, and characters of a word.
const MAX_WORDS: usize = 200;
const MAX_WORD: usize = 40;

/// What sort of part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// An office (内设办公室).
    Office,
    /// A team that works outside (队).
    Team,
    /// A centre that residents come to (中心).
    Centre,
}

impl PartKind {
    /// All of them.
    pub const ALL: [PartKind; 3] = [PartKind::Office, PartKind::Team, PartKind::Centre];

    /// The word of the interface, `office`.
    pub fn word(self) -> &'static str {
        match self {
            PartKind::Office => "office",
            PartKind::Team => "team",
            PartKind::Centre => "centre",
        }
    }
}

/// A part of a street's organisation, of which each street gets one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What the codes of its units end in.
    pub code: UnitCode,
    /// Its name, without that of the street.
    pub name: LocalText,
    /// Its sort.
    pub kind: PartKind,
    /// Categories that are its own in any case.
    #[serde(default)]
    pub duties: Vec<CategoryCode>,
    /// Words of names of categories and of their groups, in either language, by which
    /// it takes its share of what the street answers for.
    #[serde(default)]
    pub words: Vec<String>,
}

/// How a street is organised (机构设置模板).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name.
    pub name: LocalText,
    /// Its parts, in the order in which they are shown.
    pub parts: Vec<Part>,
}

impl Template {
    /// Refuses a template with no or too many parts, two of one code or name, or words
    /// that cannot be looked for.
    ///
    /// # Errors
    /// A refusal that names the field, `parts[2].name.zh`.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.parts.is_empty() || self.parts.len() > MAX_PARTS {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "template.parts",
                "模板至少要有一个机构，最多 40 个",
                "a template has at least one part, and 40 at most",
            )
            .at("parts")
            .found(self.parts.len().to_string())
            .allowing([format!("1–{MAX_PARTS}")]));
        }
        for (place, part) in self.parts.iter().enumerate() {
            let before = &self.parts[..place];
            let twice = |field: &str, found: &str| {
                Refusal::new(
                    RefusalKind::Invalid,
                    "template.part-twice",
                    "两个机构用了同一个代码或名称，请改其中一个",
                    "two parts have one code or name: change one of them",
                )
                .at(format!("parts[{place}].{field}"))
                .found(found)
            };
            if before.iter().any(|other| other.code == part.code) {
                return Err(twice("code", part.code.as_str()));
            }
            if before.iter().any(|other| other.name.zh == part.name.zh) {
                return Err(twice("name.zh", &part.name.zh));
            }
            if before.iter().any(|other| other.name.en == part.name.en) {
                return Err(twice("name.en", &part.name.en));
            }
            part.check_words(&format!("parts[{place}].words"))?;
        }
        Ok(())
    }
}

impl Part {
    fn check_words(&self, field: &str) -> Result<(), Refusal> {
        let refused = |at: String, found: &str| {
            Refusal::new(
                RefusalKind::Invalid,
                "template.words",
                "每个词 1 到 40 个字，前后不留空格；一个机构最多 200 个词",
                "a word has 1 to 40 characters and no space around it; a part has 200 words at most",
            )
            .at(at)
            .found(found)
        };
        if self.words.len() > MAX_WORDS {
            return Err(refused(field.to_owned(), &self.words.len().to_string()));
        }
        let fits = |word: &str| {
            (1..=MAX_WORD).contains(&word.chars().count())
                && word.trim() == word
                && !word.chars().any(char::is_control)
        };
        match self.words.iter().position(|word| !fits(word)) {
            Some(at) => Err(refused(format!("{field}[{at}]"), &self.words[at])),
            None => Ok(()),
        }
    }

    /// How well its words fit a category: those found in its own name before those of
    /// its group, and the longest first; `None` where none is found.
    pub(super) fn fit(&self, category: &Category) -> Option<(bool, usize)> {
        let found =
            |text: &LocalText, word: &str| contains(&text.zh, word) || contains(&text.en, word);
        let fits = self.words.iter().filter_map(|word| {
            let own = found(&category.name, word);
            (own || found(&category.group, word)).then(|| (own, word.chars().count()))
        });
        fits.max()
    }
}

/// Whether a text has a word in it, in letters of either case. A word in Latin letters
/// must begin where a word of the text does: `art` is not in `party`.
fn contains(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_lowercase(), word.to_lowercase());
    let latin = word.starts_with(|c: char| c.is_ascii_alphanumeric());
    text.match_indices(&word).any(|(at, _)| {
        !latin || !text[..at].ends_with(|before: char| before.is_ascii_alphanumeric())
    })
}
