//! Cutting examples into parts with the same mixture of labels.

use rand_pcg::Pcg32;

use super::svm::shuffle;

/// Cuts the examples, given by their labels, into `parts` of about the same
/// size, each label spread evenly; each part lists its examples in ascending order.
pub fn folds(labels: &[usize], parts: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    shuffle(&mut order, &mut Pcg32::new(seed, 1));
    // Equal labels stand together and are dealt out like cards.
    order.sort_by_key(|n| labels[*n]);
    let mut folds = vec![Vec::new(); parts.max(1)];
    let count = folds.len();
    for (place, n) in order.into_iter().enumerate() {
        folds[place % count].push(n);
    }
    for fold in &mut folds {
        fold.sort_unstable();
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_in_one_part_and_labels_are_spread_evenly() {
        let labels: Vec<usize> = (0..103).map(|n| usize::from(n % 10 == 0)).collect();
        let folds = folds(&labels, 5, 3);
        let mut all: Vec<usize> = folds.concat();
        all.sort_unstable();
        assert_eq!(all, (0..103).collect::<Vec<_>>());
        for fold in &folds {
            let rare = fold.iter().filter(|n| labels[**n] == 1).count();
            assert!((2..=3).contains(&rare), "{rare}");
            assert!((20..=21).contains(&fold.len()));
        }
    }

    #[test]
    fn another_seed_cuts_otherwise() {
        let labels = vec![0; 40];
        assert_eq!(folds(&labels, 4, 1), folds(&labels, 4, 1));
        assert_ne!(folds(&labels, 4, 1), folds(&labels, 4, 2));
    }
}
