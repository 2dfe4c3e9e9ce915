//! A trained model, and its judgement of one message.

use super::grounds::{Deciding, deciding};
use super::space::{Counting, Space};
use super::svm::Plane;

/// A linear model over the terms and matters of a message's texts: one plane a
/// label, their margins made into probabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(super) labels: Vec<String>,
    pub(super) space: Space,
    /// By feature, then by label; in steps of the label's `scale`.
    pub(super) weights: Vec<i16>,
    pub(super) scale: Vec<f32>,
    pub(super) bias: Vec<f32>,
    /// Margins are multiplied by this before they become probabilities.
    pub(super) sharpness: f32,
}

/// Room that judging needs, to be used again for the next message.
#[derive(Debug, Default)]
pub struct Desk {
    pub(super) counting: Counting,
    scores: Vec<f32>,
}

/// A label with the confidence in it, 0…1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Number of the label in [`Model::labels`].
    pub label: usize,
    /// Probability that the label is right, as far as the training messages tell.
    pub confidence: f32,
}

impl Model {
    /// The labels that it tells apart.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// How many texts a message has, in the order they were trained in.
    pub fn texts(&self) -> usize {
        self.space.texts()
    }

    pub(super) fn new(labels: Vec<String>, space: Space, planes: &[Plane]) -> Model {
        let scale: Vec<f32> = planes
            .iter()
            .map(|plane| {
                let most = plane
                    .weights
                    .iter()
                    .fold(0.0f32, |most, w| most.max(w.abs()));
                if most == 0.0 {
                    1.0
                } else {
                    most / f32::from(i16::MAX)
                }
            })
            .collect();
        let mut weights = Vec::with_capacity(space.features() * planes.len());
        for feature in 0..space.features() {
            let steps = planes.iter().zip(&scale);
            weights.extend(
                steps.map(|(plane, scale)| (plane.weights[feature] / scale).round() as i16),
            );
        }
        Model {
            labels,
            space,
            weights,
            scale,
            bias: planes.iter().map(|plane| plane.bias).collect(),
            sharpness: 1.0,
        }
    }

    /// The margin of each label.
    pub(super) fn margins<'a>(&self, message: &[&str], desk: &'a mut Desk) -> &'a [f32] {
        self.space.count(message, &mut desk.counting);
        let labels = self.labels.len();
        desk.scores.clear();
        desk.scores.resize(labels, 0.0);
        for (feature, value) in &desk.counting.vector {
            let from = *feature as usize * labels;
            let row = &self.weights[from..from + labels];
            for (score, weight) in desk.scores.iter_mut().zip(row) {
                *score += value * f32::from(*weight);
            }
        }
        let planes = self.scale.iter().zip(&self.bias);
        for (score, (scale, bias)) in desk.scores.iter_mut().zip(planes) {
            *score = *score * scale + bias;
        }
        &desk.scores
    }

    /// The label that fits best.
    pub fn best(&self, message: &[&str], desk: &mut Desk) -> Option<Verdict> {
        self.margins(message, desk);
        confidences(&mut desk.scores, self.sharpness);
        let scores = desk.scores.iter().enumerate();
        let (label, confidence) = scores.max_by(|a, b| a.1.total_cmp(b.1))?;
        Some(Verdict {
            label,
            confidence: *confidence,
        })
    }

    /// All labels, the best first.
    pub fn ranked(&self, message: &[&str], desk: &mut Desk) -> Vec<Verdict> {
        self.margins(message, desk);
        confidences(&mut desk.scores, self.sharpness);
        let scores = desk.scores.iter().enumerate();
        let mut ranked: Vec<Verdict> = scores
            .map(|(label, confidence)| Verdict {
                label,
                confidence: *confidence,
            })
            .collect();
        ranked.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        ranked
    }

    /// The words of a message that speak most for a label, the strongest first.
    pub fn deciding(&self, message: &[&str], label: usize, most: usize) -> Vec<Deciding> {
        deciding(self, message, label, most)
    }

    /// How much more a feature speaks for a label than for the labels on average.
    pub(super) fn pull(&self, feature: u32, label: usize) -> f32 {
        let from = feature as usize * self.labels.len();
        let row = &self.weights[from..from + self.labels.len()];
        let weight = |(step, scale): (&i16, &f32)| f32::from(*step) * scale;
        let sum: f32 = row.iter().zip(&self.scale).map(weight).sum();
        weight((&row[label], &self.scale[label])) - sum / self.labels.len() as f32
    }
}

/// Margins to probabilities: softmax of the sharpened margins.
pub(super) fn confidences(margins: &mut [f32], sharpness: f32) {
    let most = margins.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for margin in &mut *margins {
        *margin = ((*margin - most) * sharpness).exp();
        sum += *margin;
    }
    for margin in margins {
        *margin /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidences_are_probabilities_in_the_order_of_the_margins() {
        let mut margins = [0.5, -1.0, 2.0];
        confidences(&mut margins, 1.5);
        let sum: f32 = margins.iter().sum();
        assert!((sum - 1.0).abs() < 1e-6);
        assert!(margins[2] > margins[0] && margins[0] > margins[1]);
        let mut same = [3.0, 3.0];
        confidences(&mut same, 9.0);
        assert_eq!(same, [0.5, 0.5]);
    }
}
