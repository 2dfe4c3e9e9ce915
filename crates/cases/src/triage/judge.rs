//! The judgement of a request: category and lead unit, with confidence and grounds.

use yiwang_base::{AreaCode, CategoryCode, UnitCode};

use super::names::Names;
use super::{Deciding, Desk, Leads, LikelyLead, Model, Verdict};
use crate::Rules;

/// Most deciding words that are shown.
const MOST_WORDS: usize = 5;

/// A request as it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'a> {
    /// What was said.
    pub words: &'a str,
    /// The address that was given.
    pub address: Option<&'a str>,
    /// The area it lies in.
    pub area: Option<&'a AreaCode>,
}

/// A category that fits, and who would lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The category.
    pub category: CategoryCode,
    /// Probability that it is right, 0…1.
    pub confidence: f32,
    /// Words of the request that speak for it, the strongest first.
    pub words: Vec<String>,
    /// Units that may lead, the likeliest first.
    pub units: Vec<LikelyLead>,
}

/// What may be done with a request without a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Automatic {
    /// The category.
    pub category: CategoryCode,
    /// The lead unit.
    pub unit: UnitCode,
    /// Confidence in both together, 0…1.
    pub confidence: f32,
    /// How many words decided: the words themselves stay sealed.
    pub deciding_words: usize,
}

/// All that judging needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Judge {
    /// Trained on closed cases; `None` until there are enough.
    model: Option<Model>,
    leads: Leads,
    names: Names,
    /// The categories that `names` stand for.
    named: Vec<CategoryCode>,
}

impl Judge {
    /// A judge of this city's requests.
    pub fn new(rules: &Rules, model: Option<Model>, leads: Leads) -> Judge {
        let named: Vec<CategoryCode> = rules.categories.keys().cloned().collect();
        let name = |code| {
            let category = &rules.categories[code];
            let (name, group) = (&category.name, &category.group);
            format!("{}. {}. {}. {}", name.zh, name.en, group.zh, group.en)
        };
        let names: Vec<String> = named.iter().map(name).collect();
        Judge {
            model,
            leads,
            names: Names::of(&names),
            named,
        }
    }

    /// Whether a trained model judges, and not the categories' names alone.
    pub fn is_trained(&self) -> bool {
        self.model.is_some()
    }

    /// Who handled what.
    pub fn leads(&self) -> &Leads {
        &self.leads
    }

    /// The categories that fit best, at most `most`.
    pub fn suggest(&self, rules: &Rules, matter: &Matter<'_>, most: usize) -> Vec<Suggestion> {
        let place = place_text(rules, matter);
        let texts = [matter.words, place.as_str()];
        let mut ranked = match &self.model {
            Some(model) => model.ranked(&texts, &mut Desk::default()),
            None => self.names.ranked(matter.words),
        };
        ranked.truncate(most);
        let one = |verdict: Verdict| {
            let category = self.category(rules, verdict.label)?;
            let deciding = match &self.model {
                Some(model) => words(&texts, &model.deciding(&texts, verdict.label, MOST_WORDS)),
                None => Vec::new(),
            };
            Some(Suggestion {
                units: self.leads.rank(rules, &category, matter.area),
                category,
                confidence: verdict.confidence,
                words: deciding,
            })
        };
        ranked.into_iter().filter_map(one).collect()
    }

    /// What may be done without a person: a trained model must be as sure of
    /// category and unit together as `threshold` asks, and words of the request
    /// itself must have decided.
    pub fn automatic(
        &self,
        rules: &Rules,
        matter: &Matter<'_>,
        threshold: f32,
        desk: &mut Desk,
    ) -> Option<Automatic> {
        let model = self.model.as_ref()?;
        let place = place_text(rules, matter);
        let texts = [matter.words, place.as_str()];
        let best = model.best(&texts, desk)?;
        if best.confidence < threshold {
            return None;
        }
        let category = self.category(rules, best.label)?;
        let lead = self
            .leads
            .rank(rules, &category, matter.area)
            .into_iter()
            .next()?;
        let confidence = best.confidence * lead.confidence as f32;
        if confidence < threshold {
            return None;
        }
        // A place alone, or words that no example had, tell nothing of the matter.
        let deciding = model.deciding(&texts, best.label, MOST_WORDS);
        let deciding_words = deciding.iter().filter(|one| one.text == 0).count();
        (deciding_words > 0).then_some(Automatic {
            category,
            unit: lead.unit,
            confidence,
            deciding_words,
        })
    }

    /// The category of a label, if the city still has it.
    fn category(&self, rules: &Rules, label: usize) -> Option<CategoryCode> {
        let code = match &self.model {
            Some(model) => model.labels().get(label)?.parse().ok()?,
            None => self.named.get(label)?.clone(),
        };
        rules.categories.contains_key(&code).then_some(code)
    }
}

/// Address and area in words: the second text that a model of cases is trained on.
pub fn place_text(rules: &Rules, matter: &Matter<'_>) -> String {
    let mut text = matter.address.unwrap_or_default().to_owned();
    if let Some(area) = matter.area.and_then(|code| rules.areas.get(code)) {
        text += &format!(". {}. {}", area.name.zh, area.name.en);
    }
    text
}

/// The deciding words of the first text, each once.
fn words(texts: &[&str; 2], deciding: &[Deciding]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for one in deciding {
        let word = texts[one.text][one.on.clone()].to_owned();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}
