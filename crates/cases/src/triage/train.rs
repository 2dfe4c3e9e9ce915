//! Training a model, with confidences that hold on messages it has not seen.

use std::collections::BTreeMap;

use super::fold::folds;
use super::model::{Desk, Model, confidences};
use super::score::Judged;
use super::space::{Counting, Space, Vector};
use super::svm::{Fit, Plane, part};

/// A message whose label is known.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// Its texts: a title and a body, or words and an address; all examples
    /// have the same number.
    pub texts: &'a [&'a str],
    /// What it is.
    pub label: &'a str,
}

/// A trained model and how well its like did on messages held out from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The model, trained on all examples.
    pub model: Model,
    /// Each example as judged by a model that had not seen it, in their order.
    pub held_out: Vec<Judged>,
}

/// Why no model can be trained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// There are fewer than two labels to tell apart.
    #[error("a model tells labels apart: at least two are needed, found {0}")]
    TooFewLabels(usize),
    /// Examples differ in how many texts they have.
    #[error("every example has the same number of texts, at least one")]
    Texts,
}

const FIT: Fit = Fit {
    cost: 2.0,
    tolerance: 0.05,
    rounds: 60,
    seed: 20,
};
/// Into how many parts the examples are cut to find how sure to be.
const PARTS: usize = 4;
/// Seed of that cut.
const SEED: u64 = 5;

/// Trains a model; the same examples give the same model.
///
/// Confidence is found by temperature scaling (Guo et al.: On Calibration of
/// Modern Neural Networks, ICML 2017) on margins of held-out examples, so that
/// of those judged with confidence p about the share p is right.
///
/// Terms that fewer than `least_seen` examples have are not kept.
///
/// # Errors
/// [`TrainError`] when there is nothing to tell apart.
pub fn train(examples: &[Example<'_>], least_seen: u32) -> Result<Trained, TrainError> {
    let set = Set::of(examples, least_seen)?;
    let everything: Vec<usize> = (0..examples.len()).collect();
    let mut model = set.fit(&everything);
    let mut margins = vec![Vec::new(); examples.len()];
    for part in folds(&set.labels, PARTS, SEED) {
        let others: Vec<usize> = everything
            .iter()
            .copied()
            .filter(|n| part.binary_search(n).is_err())
            .collect();
        let without = set.fit(&others);
        let mut desk = Desk::default();
        for n in part {
            margins[n] = without.margins(examples[n].texts, &mut desk).to_vec();
        }
    }
    model.sharpness = sharpness(&margins, &set.labels);
    let held_out = margins
        .into_iter()
        .zip(&set.labels)
        .map(|(mut scores, is)| {
            confidences(&mut scores, model.sharpness);
            let best = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            let (said, confidence) = best.map_or((0, 0.0), |(label, score)| (label, *score));
            Judged {
                is: *is,
                said,
                confidence,
            }
        });
    let held_out = held_out.collect();
    Ok(Trained { model, held_out })
}

/// Examples with their labels numbered.
struct Set<'a> {
    names: Vec<String>,
    labels: Vec<usize>,
    messages: Vec<Vec<&'a str>>,
    texts: usize,
    least_seen: u32,
}

impl<'a> Set<'a> {
    fn of(examples: &[Example<'a>], least_seen: u32) -> Result<Set<'a>, TrainError> {
        let texts = examples.first().map_or(0, |example| example.texts.len());
        if texts == 0 || examples.iter().any(|one| one.texts.len() != texts) {
            return Err(TrainError::Texts);
        }
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        for example in examples {
            numbers.insert(example.label, 0);
        }
        for (n, number) in numbers.values_mut().enumerate() {
            *number = n;
        }
        if numbers.len() < 2 {
            return Err(TrainError::TooFewLabels(numbers.len()));
        }
        Ok(Set {
            names: numbers.keys().map(|name| (*name).to_owned()).collect(),
            labels: examples.iter().map(|one| numbers[one.label]).collect(),
            messages: examples.iter().map(|one| one.texts.to_vec()).collect(),
            texts,
            least_seen,
        })
    }

    /// A model of some of the examples; it knows all labels.
    fn fit(&self, some: &[usize]) -> Model {
        let messages: Vec<Vec<&str>> = some.iter().map(|n| self.messages[*n].clone()).collect();
        let space = Space::of(&messages, self.texts, self.least_seen);
        let mut counting = Counting::default();
        let vectors: Vec<Vector> = messages
            .iter()
            .map(|message| space.vector(message, &mut counting))
            .collect();
        let vectors: Vec<&Vector> = vectors.iter().collect();
        let planes = (0..self.names.len()).map(|label| self.plane(some, &vectors, &space, label));
        let planes: Vec<Plane> = planes.collect();
        Model::new(self.names.clone(), space, &planes)
    }

    fn plane(&self, some: &[usize], vectors: &[&Vector], space: &Space, label: usize) -> Plane {
        let is: Vec<bool> = some.iter().map(|n| self.labels[*n] == label).collect();
        let having = is.iter().filter(|is| **is).count();
        if having == 0 {
            // Never seen: never suggested.
            return Plane {
                weights: vec![0.0; space.features()],
                bias: -1.0,
            };
        }
        // Errors on a rare label cost more, errors on a common one less.
        let even = some.len() as f32 / (self.names.len() * having) as f32;
        part(vectors, &is, space.features(), even.clamp(0.25, 8.0), &FIT)
    }
}

/// The sharpness for which the true labels are likeliest, by golden-section
/// search. As many examples never say "certain": of each, the share 1 / (n + 2)
/// is taken to be another label (the targets of Platt: Probabilistic Outputs for
/// Support Vector Machines, 1999).
fn sharpness(margins: &[Vec<f32>], labels: &[usize]) -> f32 {
    let doubt = 1.0 / (labels.len() as f64 + 2.0);
    let loss = |log: f64| -> f64 {
        let sharpness = log.exp();
        let each = margins.iter().zip(labels).map(|(scores, label)| {
            let most = scores.iter().copied().fold(f32::MIN, f32::max);
            let power = |score: f32| f64::from(score - most) * sharpness;
            let sum: f64 = scores.iter().map(|score| power(*score).exp()).sum();
            let all: f64 = scores.iter().map(|score| power(*score)).sum();
            let own = power(scores[*label]);
            let others = (all - own) / (scores.len() as f64 - 1.0);
            sum.ln() - (1.0 - doubt) * own - doubt * others
        });
        each.sum()
    };
    let golden = (5.0f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (0.1f64.ln(), 50.0f64.ln());
    for _ in 0..40 {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if loss(left) < loss(right) {
            high = right;
        } else {
            low = left;
        }
    }
    (low + (high - low) / 2.0).exp() as f32
}
