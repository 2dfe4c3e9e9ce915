//! A model as plain numbers, for whoever keeps it.

use serde::{Deserialize, Serialize};

use super::Model;
use super::matters::Matters;
use super::space::Space;

/// The form's version; another is not read.
const VERSION: u32 = 1;

/// A model as plain numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelParts {
    version: u32,
    matters: u64,
    labels: Vec<String>,
    terms: Vec<Vec<u64>>,
    rarity: Vec<f32>,
    weights: Vec<i16>,
    scale: Vec<f32>,
    bias: Vec<f32>,
    sharpness: f32,
}

impl Model {
    /// The model as plain numbers.
    pub fn parts(&self) -> ModelParts {
        let (terms, rarity) = self.space.parts();
        ModelParts {
            version: VERSION,
            matters: Matters::fingerprint(),
            labels: self.labels.clone(),
            terms,
            rarity: rarity.to_vec(),
            weights: self.weights.clone(),
            scale: self.scale.clone(),
            bias: self.bias.clone(),
            sharpness: self.sharpness,
        }
    }

    /// The model of such numbers; `None` where they do not fit each other, or
    /// were written by a program that knew other matters.
    pub fn from_parts(parts: ModelParts) -> Option<Model> {
        let labels = parts.labels.len();
        let fits = parts.version == VERSION
            && parts.matters == Matters::fingerprint()
            && labels >= 2
            && parts.scale.len() == labels
            && parts.bias.len() == labels
            && parts.weights.len() == labels * parts.rarity.len();
        let space = Space::from_parts(parts.terms, parts.rarity)?;
        fits.then_some(Model {
            labels: parts.labels,
            space,
            weights: parts.weights,
            scale: parts.scale,
            bias: parts.bias,
            sharpness: parts.sharpness,
        })
    }
}
