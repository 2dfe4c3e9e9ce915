//! Roots and proofs against published vectors and a plain tree.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use common::{numbered, plain_root, tree};
use proptest::prelude::*;
use yiwang_journal::{
    Error, Frontier, Hash, WithFrontier, consistency_proof, inclusion_proof, leaf_hash, root,
    verify_consistency, verify_inclusion,
};

/// Leaves of the reference vectors of Certificate Transparency (RFC 6962).
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn known_leaves() -> Vec<Hash> {
    LEAVES
        .iter()
        .map(|leaf| leaf_hash(&hex::decode(leaf).unwrap()))
        .collect()
}

fn hashes(text: &[&str]) -> Vec<Hash> {
    text.iter().map(|h| h.parse().unwrap()).collect()
}

#[test]
fn roots_of_sizes_0_to_8_are_the_published_ones() {
    let mut frontier = Frontier::new();
    assert_eq!(frontier.root().to_string(), ROOTS[0]);
    for (leaf, expected) in known_leaves().into_iter().zip(&ROOTS[1..]) {
        frontier.append(leaf);
        assert_eq!(frontier.root().to_string(), *expected);
    }
}

#[test]
fn proofs_are_the_published_ones() {
    let (frontier, complete) = tree(&known_leaves());
    let reader = WithFrontier {
        frontier: &frontier,
        complete,
    };
    assert_eq!(
        inclusion_proof(&reader, 5, 8).unwrap(),
        hashes(&[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ])
    );
    assert_eq!(
        consistency_proof(&reader, 6, 8).unwrap(),
        hashes(&[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ])
    );
}

#[test]
fn every_entry_of_every_tree_up_to_300_is_proven_and_nothing_else() {
    let leaves = numbered(300);
    let (frontier, complete) = tree(&leaves);
    let reader = WithFrontier {
        frontier: &frontier,
        complete,
    };
    for size in 1..=300u64 {
        let expected = plain_root(&leaves[..size as usize]);
        assert_eq!(root(&reader, size).unwrap(), expected);
        // All entries of small trees, a spread of those of larger ones.
        for index in (0..size).step_by((size as usize / 40).max(1)) {
            let proof = inclusion_proof(&reader, index, size).unwrap();
            let leaf = leaves[index as usize];
            verify_inclusion(&proof, index, leaf, size, expected).unwrap();
            let other = leaves[(index as usize + 1) % 300];
            assert!(verify_inclusion(&proof, index, other, size, expected).is_err());
            let beside = if index + 1 < size { index + 1 } else { 0 };
            if size > 1 {
                assert!(verify_inclusion(&proof, beside, leaf, size, expected).is_err());
            }
        }
        for old in (0..=size).step_by((size as usize / 20).max(1)) {
            let proof = consistency_proof(&reader, old, size).unwrap();
            let old_root = plain_root(&leaves[..old as usize]);
            verify_consistency(&proof, old, old_root, size, expected).unwrap();
            let wrong = plain_root(&leaves[1..=old as usize % 299]);
            assert!(verify_consistency(&proof, old, wrong, size, expected).is_err() || old == 0);
        }
    }
}

#[test]
fn a_frontier_restored_from_tiles_goes_on_as_if_it_had_never_stopped() {
    let leaves = numbered(66_100);
    let mut whole = Frontier::new();
    let mut tiles = common::Tiles::default();
    for (size, &leaf) in (0u64..).zip(&leaves) {
        if [0, 1, 255, 256, 257, 511, 65_535, 65_536, 65_537, 66_000].contains(&size) {
            let tail = &leaves[(size - size % 256) as usize..size as usize];
            let mut restored = Frontier::restore(size, tail, &tiles).unwrap();
            assert_eq!(restored.root(), whole.root(), "at {size}");
            let mut on = whole.clone();
            for &next in &leaves[size as usize..(size as usize + 90).min(leaves.len())] {
                restored.append(next);
                on.append(next);
            }
            assert_eq!(restored.root(), on.root(), "after {size}");
            assert_eq!(restored.take_complete(), on.take_complete());
        }
        whole.append(leaf);
        for tile in whole.take_complete() {
            tiles.0.insert((tile.level, tile.index), tile.bytes);
        }
    }
    assert!(matches!(
        Frontier::restore(257, &[], &tiles),
        Err(Error::OutOfRange { .. })
    ));
    assert!(Frontier::restore(600, &leaves[..88], &common::Tiles::default()).is_err());
}

#[test]
fn questions_about_what_is_not_there_are_refused() {
    let (frontier, complete) = tree(&numbered(10));
    let reader = WithFrontier {
        frontier: &frontier,
        complete,
    };
    assert!(matches!(
        inclusion_proof(&reader, 10, 10),
        Err(Error::OutOfRange { .. })
    ));
    assert!(matches!(
        inclusion_proof(&reader, 3, 11),
        Err(Error::ShortTile { .. })
    ));
    assert!(matches!(
        consistency_proof(&reader, 11, 10),
        Err(Error::OutOfRange { .. })
    ));
    assert!(root(&reader, u64::MAX).is_err());
    assert!(verify_inclusion(&[], 0, Hash::EMPTY_TREE, u64::MAX, Hash::EMPTY_TREE).is_err());
}

proptest! {
    #![proptest_config(common::cases(12))]

    #[test]
    fn proofs_in_large_trees_hold_and_a_tampered_one_does_not(
        size in 300u64..70_000, picks in prop::collection::vec(any::<(u64, u64, u8)>(), 12)
    ) {
        let leaves = numbered(size);
        let (frontier, complete) = tree(&leaves);
        let reader = WithFrontier { frontier: &frontier, complete };
        let whole = plain_root(&leaves);
        prop_assert_eq!(frontier.root(), whole);
        for (index, old, bit) in picks {
            let (index, old) = (index % size, old % size + 1);
            let leaf = leaves[index as usize];
            let mut proof = inclusion_proof(&reader, index, size).unwrap();
            prop_assert!(verify_inclusion(&proof, index, leaf, size, whole).is_ok());
            let at = usize::from(bit) % proof.len();
            proof[at].0[usize::from(bit) % 32] ^= 1;
            prop_assert!(verify_inclusion(&proof, index, leaf, size, whole).is_err());
            proof.remove(at);
            prop_assert!(verify_inclusion(&proof, index, leaf, size, whole).is_err());

            let old_root = plain_root(&leaves[..old as usize]);
            let mut proof = consistency_proof(&reader, old, size).unwrap();
            prop_assert!(verify_consistency(&proof, old, old_root, size, whole).is_ok());
            prop_assert_eq!(root(&reader, old).unwrap(), old_root);
            if !proof.is_empty() {
                let at = usize::from(bit) % proof.len();
                proof[at].0[0] ^= 0x80;
                prop_assert!(verify_consistency(&proof, old, old_root, size, whole).is_err());
            }
        }
    }

    #[test]
    fn checking_a_proof_never_panics(
        proof in prop::collection::vec(any::<[u8; 32]>(), 0..130),
        a in any::<u64>(), b in any::<u64>()
    ) {
        let proof: Vec<_> = proof.into_iter().map(Hash).collect();
        prop_assert!(verify_inclusion(&proof, a, Hash([1; 32]), b, Hash([2; 32])).is_err());
        prop_assert!(verify_consistency(&proof, a, Hash([1; 32]), b, Hash([2; 32])).is_err());
        prop_assert!(
            verify_inclusion(&proof, a % (1 << 48), Hash([1; 32]), 1 << 48, Hash([2; 32])).is_err()
        );
    }
}
