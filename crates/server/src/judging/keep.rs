//! Keeping the trained model: an item of the record, its numbers attached to
//! the entry by hash.

use serde::{Deserialize, Serialize};
use yiwang_base::Timestamp;
use yiwang_cases::StoreError;
use yiwang_cases::triage::{AtThreshold, Example, Judged, Model, ModelParts, train};
use yiwang_store::{Item, ItemKind, Store};

use super::Learnt;
use crate::city::City;

/// Code of the model's item.
const MODEL: &str = "triage-model";
/// Code of the item that says from which confidence requests are dispatched.
pub const AUTOMATIC: &str = "automatic-dispatch";
/// Fewer closed cases train no model.
const FEWEST: usize = 200;
/// A term that fewer cases have is not kept: it might tell whose case it was.
const LEAST_SEEN: u32 = 3;
/// Thresholds at which a model is measured, in thousandths.
const THRESHOLDS: [u16; 8] = [500, 600, 700, 800, 900, 950, 980, 990];

/// How good a model was, on cases held out from it, where it was at least so sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Least confidence, in thousandths.
    pub from: u16,
    /// Share of cases judged so surely, in thousandths.
    pub covered: u16,
    /// Share of those judged rightly, in thousandths; 0 where there were none.
    pub right: u16,
}

/// What is known of a trained model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelCard {
    /// Counts up with each training.
    pub version: u32,
    /// When it was trained.
    pub trained_at: Timestamp,
    /// On how many cases.
    pub cases: u64,
    /// How many categories it tells apart.
    pub categories: u64,
    /// What it has shown.
    pub shown: Vec<Shown>,
}

/// From which confidence requests are dispatched without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutomaticSetting {
    /// In thousandths; `None` where a person decides every time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_permille: Option<u16>,
}

/// A model as it is kept.
pub struct Kept {
    /// What is known of it.
    pub card: ModelCard,
    /// The model.
    pub model: Model,
}

impl ModelCard {
    /// The model's name in the record, `triage/3`.
    pub fn name(&self) -> String {
        format!("triage/{}", self.version)
    }

    /// Whether, at least this sure, it was right that often on held-out cases.
    pub fn has_shown(&self, from: u16) -> bool {
        let at = self.shown.iter().rev().find(|shown| shown.from <= from);
        at.is_some_and(|shown| shown.covered > 0 && shown.right >= from)
    }
}

impl AutomaticSetting {
    /// The setting in the record; off where there is none.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn read(store: &Store) -> Result<Self, StoreError> {
        Ok(store.setting(AUTOMATIC)?.unwrap_or_default())
    }

    /// The setting as an item.
    ///
    /// # Errors
    /// When it has no JSON form.
    pub fn item(self) -> Result<Item, StoreError> {
        Item::of(ItemKind::Setting, AUTOMATIC, &self)
    }
}

impl Kept {
    /// The model in the record; `None` where none was trained, or where it was
    /// trained by a program with another form of models.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn read(store: &Store) -> Result<Option<Kept>, StoreError> {
        let items = store.items(ItemKind::Setting)?;
        let Some(item) = items.iter().find(|item| item.code == MODEL) else {
            return Ok(None);
        };
        let card = item.read()?;
        let parts = item.attachment.as_deref();
        let parts = parts.and_then(|bytes| postcard::from_bytes::<ModelParts>(bytes).ok());
        let model = parts.and_then(Model::from_parts);
        Ok(model.map(|model| Kept { card, model }))
    }

    /// Trains a model on what was learnt; `None` where that is too little. It
    /// takes a core for a while.
    pub fn train(
        learnt: &Learnt,
        city: &City,
        before: Option<&ModelCard>,
        at: Timestamp,
    ) -> Option<Kept> {
        if learnt.lessons.len() < FEWEST {
            return None;
        }
        let texts: Vec<[String; 2]> = learnt
            .lessons
            .iter()
            .map(|one| one.texts(&city.rules))
            .collect();
        let texts: Vec<[&str; 2]> = texts
            .iter()
            .map(|[words, place]| [words.as_str(), place.as_str()])
            .collect();
        let lessons = learnt.lessons.iter().zip(&texts);
        let examples: Vec<Example<'_>> = lessons
            .map(|(lesson, texts)| Example {
                texts,
                label: &lesson.category,
            })
            .collect();
        let trained = train(&examples, LEAST_SEEN).ok()?;
        let card = ModelCard {
            version: before.map_or(1, |card| card.version + 1),
            trained_at: yiwang_base::truncate_millis(at),
            cases: examples.len() as u64,
            categories: trained.model.labels().len() as u64,
            shown: THRESHOLDS
                .map(|from| shown(&trained.held_out, from))
                .to_vec(),
        };
        Some(Kept {
            card,
            model: trained.model,
        })
    }

    /// The model as an item.
    ///
    /// # Errors
    /// When it has no form to be kept in.
    pub fn item(&self) -> Result<Item, StoreError> {
        let mut item = Item::of(ItemKind::Setting, MODEL, &self.card)?;
        let bytes = postcard::to_allocvec(&self.model.parts());
        item.attachment = Some(bytes.map_err(|error| StoreError::Broken(error.to_string()))?);
        Ok(item)
    }
}

fn shown(held_out: &[Judged], from: u16) -> Shown {
    let at = AtThreshold::of(held_out, f32::from(from) / 1000.0);
    let permille = |share: f64| (share * 1000.0).floor() as u16;
    Shown {
        from,
        covered: permille(at.coverage),
        right: permille(at.accuracy.unwrap_or(0.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_has_shown_only_what_it_was_measured_at() {
        let shown = |from, covered, right| Shown {
            from,
            covered,
            right,
        };
        let card = ModelCard {
            version: 1,
            trained_at: Timestamp::UNIX_EPOCH,
            cases: 500,
            categories: 3,
            shown: vec![shown(800, 700, 850), shown(900, 400, 890), shown(950, 0, 0)],
        };
        assert!(card.has_shown(800) && card.has_shown(850));
        assert!(!card.has_shown(900), "890 of 1000 were right, not 900");
        assert!(!card.has_shown(960), "it was never that sure");
        assert!(!card.has_shown(500), "it was not measured below 800");
    }
}
