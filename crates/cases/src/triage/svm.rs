//! A linear support vector machine: L2-regularised, squared hinge loss, by dual
//! coordinate descent (Hsieh, Chang, Lin, Keerthi, Sundararajan: A Dual
//! Coordinate Descent Method for Large-scale Linear SVM, ICML 2008).

use rand_core::Rng;
use rand_pcg::Pcg32;

use super::space::Vector;

/// What fitting costs and when it stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fit {
    /// How much an error costs beside large weights (C).
    pub(crate) cost: f32,
    /// Largest violation of the optimum that is left.
    pub(crate) tolerance: f32,
    /// Rounds over all messages at most.
    pub(crate) rounds: usize,
    /// Seed of the order in which messages are visited.
    pub(crate) seed: u64,
}

/// Weights of the features, and of a feature that is always 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane {
    pub(crate) weights: Vec<f32>,
    pub(crate) bias: f32,
}

impl Plane {
    /// How far on its side a message lies.
    pub(crate) fn margin(&self, vector: &Vector) -> f32 {
        let sum = vector
            .iter()
            .map(|(feature, value)| self.weights[*feature as usize] * value);
        self.bias + sum.sum::<f32>()
    }
}

/// Parts the messages for which `is` is true from the others. Errors on the
/// former cost `cost_of_is` times as much.
pub(crate) fn part(
    vectors: &[&Vector],
    is: &[bool],
    features: usize,
    cost_of_is: f32,
    fit: &Fit,
) -> Plane {
    let mut plane = Plane {
        weights: vec![0.0; features],
        bias: 0.0,
    };
    let slack = |is: bool| 0.5 / (fit.cost * if is { cost_of_is } else { 1.0 });
    let squares: Vec<f32> = vectors
        .iter()
        .map(|vector| 1.0 + vector.iter().map(|(_, value)| value * value).sum::<f32>())
        .collect();
    let mut alpha = vec![0.0f32; vectors.len()];
    let mut order: Vec<usize> = (0..vectors.len()).collect();
    let mut dice = Pcg32::new(fit.seed, 0);
    for _ in 0..fit.rounds {
        shuffle(&mut order, &mut dice);
        let mut worst = 0.0f32;
        for &n in &order {
            let sign = if is[n] { 1.0 } else { -1.0 };
            let slack = slack(is[n]);
            let gradient = sign * plane.margin(vectors[n]) - 1.0 + slack * alpha[n];
            let projected = if alpha[n] == 0.0 {
                gradient.min(0.0)
            } else {
                gradient
            };
            if projected == 0.0 {
                continue;
            }
            worst = worst.max(projected.abs());
            let before = alpha[n];
            alpha[n] = (before - gradient / (squares[n] + slack)).max(0.0);
            let step = (alpha[n] - before) * sign;
            for (feature, value) in vectors[n] {
                plane.weights[*feature as usize] += step * value;
            }
            plane.bias += step;
        }
        if worst < fit.tolerance {
            break;
        }
    }
    plane
}

/// Puts items in an order that the dice choose (Fisher–Yates).
pub(crate) fn shuffle<T>(items: &mut [T], dice: &mut Pcg32) {
    for last in (1..items.len()).rev() {
        let other = (u64::from(dice.next_u32()) * (last as u64 + 1)) >> 32;
        items.swap(last, other as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIT: Fit = Fit {
        cost: 1.0,
        tolerance: 1e-4,
        rounds: 1000,
        seed: 7,
    };

    #[test]
    fn what_can_be_parted_is_parted() {
        let vectors: Vec<Vector> = vec![
            vec![(0, 1.0)],
            vec![(0, 0.8), (1, 0.1)],
            vec![(1, 1.0)],
            vec![(1, 0.9), (2, 0.3)],
        ];
        let vectors: Vec<&Vector> = vectors.iter().collect();
        let is = [true, true, false, false];
        let plane = part(&vectors, &is, 3, 1.0, &FIT);
        for (vector, is) in vectors.iter().zip(is) {
            assert_eq!(plane.margin(vector) > 0.0, is);
        }
    }

    #[test]
    fn two_points_on_a_line_give_the_weight_that_the_formula_gives() {
        // Minimise w²/2 + b²/2 + C Σ max(0, 1 − y(wx + b))², x = ±1, C = 1:
        // b = 0, and w = 4C(1 − w), so w = 0.8.
        let vectors = [vec![(0, 1.0)], vec![(0, -1.0)]];
        let vectors: Vec<&Vector> = vectors.iter().collect();
        let plane = part(&vectors, &[true, false], 1, 1.0, &FIT);
        assert!((plane.weights[0] - 0.8).abs() < 1e-3, "{plane:?}");
        assert!(plane.bias.abs() < 1e-3, "{plane:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_plane() {
        let vectors: Vec<Vector> = (0..20).map(|n| vec![(n % 5, 1.0), (5, 0.5)]).collect();
        let vectors: Vec<&Vector> = vectors.iter().collect();
        let is: Vec<bool> = (0..20).map(|n| n % 3 == 0).collect();
        let one = part(&vectors, &is, 6, 1.0, &FIT);
        assert_eq!(one, part(&vectors, &is, 6, 1.0, &FIT));
    }
}
