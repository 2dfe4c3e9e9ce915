//! The whole record: whatever is done to it is found, at the right entry.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use common::{Beside, Log, Row, key, log};
use proptest::prelude::*;
use yiwang_journal::{Entry, Fault, Report, SigningKey, Verifier, What, check, leaf_hash, root};

fn verify(log: &Log) -> Result<Report, Fault> {
    let mut verifier = Verifier::new(key().verifier(), log.checkpoints.clone(), &log.tiles);
    for row in &log.rows {
        verifier.feed(&row.record())?;
    }
    verifier.finish()
}

fn fault(log: &Log) -> (Option<u64>, Option<u64>, &'static str) {
    let fault = verify(log).unwrap_err();
    let text = fault.text();
    assert!(!text.zh.is_empty() && text.en.is_ascii(), "{text:?}");
    (fault.first, fault.last, fault.code())
}

fn at(entry: u64, code: &'static str) -> (Option<u64>, Option<u64>, &'static str) {
    (Some(entry), Some(entry), code)
}

/// Rewrites an entry together with the hash stored beside it.
fn rewrite(row: &mut Row, change: impl FnOnce(&mut Entry)) {
    let mut entry = Entry::parse(&row.bytes).unwrap();
    change(&mut entry);
    row.bytes = entry.to_canonical().unwrap();
    row.leaf = leaf_hash(&row.bytes);
}

#[test]
fn a_good_record_is_accepted_and_counted() {
    for count in [0, 1, 2, 255, 256, 257, 600] {
        for keep_open in [true, false] {
            let log = log(count, 100, keep_open);
            let report = verify(&log).unwrap();
            assert_eq!(report.entries, count);
            assert_eq!(report.signed, count);
            assert_eq!(report.checkpoints, log.checkpoints.len());
            assert_eq!(report.sealed, count.div_ceil(5));
            assert_eq!(report.erased, u64::from(count > 11));
            assert_eq!(report.tiles, count / 256);
            if keep_open {
                assert_eq!(report.root, root(&log.tiles, count).unwrap());
            }
        }
    }
}

#[test]
fn a_record_of_three_levels_is_accepted() {
    let report = verify(&log(66_000, 20_000, true)).unwrap();
    assert_eq!(report.tiles, 257 + 1);
}

#[test]
fn entries_behind_the_last_checkpoint_are_counted_as_unsigned() {
    let mut log = log(250, 100, true);
    log.checkpoints.pop();
    let report = verify(&log).unwrap();
    assert_eq!((report.entries, report.signed), (250, 200));
}

#[test]
fn a_changed_byte_is_found() {
    let mut log = log(300, 50, true);
    log.rows[137].bytes[40] ^= 1;
    assert_eq!(fault(&log), at(137, "changed"));
}

#[test]
fn an_entry_rewritten_with_its_hash_is_found_through_the_tile() {
    let mut log = log(300, 300, true);
    rewrite(&mut log.rows[137], |e| e.by = "user:zhang".to_owned());
    assert_eq!(fault(&log), at(137, "tile-differs"));
    // … also when a later entry of the same tile is what stops the pass.
    log.rows[200].bytes[40] ^= 1;
    assert_eq!(fault(&log), at(137, "tile-differs"));
    // … and in the open tile of the right edge.
    let mut log = common::log(300, 300, true);
    rewrite(&mut log.rows[280], |e| e.by = "user:zhang".to_owned());
    assert_eq!(fault(&log), at(280, "tile-differs"));
}

#[test]
fn an_entry_rewritten_with_hash_and_tile_is_found_through_the_tile_above() {
    let mut log = log(66_000, 66_000, true);
    rewrite(&mut log.rows[3_000], |e| e.by = "user:zhang".to_owned());
    let leaf = log.rows[3_000].leaf;
    let tile = log.tiles.0.get_mut(&(0, 11)).unwrap();
    tile[(3_000 - 11 * 256) * 32..][..32].copy_from_slice(&leaf.0);
    assert_eq!(
        fault(&log),
        (Some(11 * 256), Some(12 * 256 - 1), "tile-differs")
    );
}

#[test]
fn an_entry_rewritten_with_everything_but_the_signature_lies_between_two_checkpoints() {
    let mut log = log(300, 50, true);
    rewrite(&mut log.rows[137], |e| e.by = "user:zhang".to_owned());
    let leaves: Vec<_> = log.rows.iter().map(|row| row.leaf).collect();
    log.tiles = common::tree(&leaves).1;
    assert_eq!(fault(&log), (Some(100), Some(149), "root-differs"));
}

#[test]
fn a_dropped_entry_is_found_whether_or_not_the_rest_is_renumbered() {
    let mut log = log(300, 50, true);
    log.rows.remove(99);
    assert_eq!(fault(&log), at(99, "missing"));
    for (seq, row) in (0..).zip(&mut log.rows) {
        row.seq = seq;
    }
    let verdict = fault(&log);
    assert_eq!((verdict.0, verdict.2), (Some(99), "tile-differs"));
}

#[test]
fn entries_dropped_at_the_end_are_found() {
    let mut dropped = log(300, 100, true);
    dropped.rows.truncate(260);
    assert_eq!(fault(&dropped), (Some(260), Some(299), "rolled-back"));
    // With the checkpoints gone too, the open tile still knows.
    dropped.checkpoints.truncate(2);
    assert_eq!(fault(&dropped), at(260, "dropped"));
    let mut all = log(3, 3, true);
    all.rows.clear();
    assert_eq!(fault(&all), (Some(0), Some(2), "rolled-back"));
    all.checkpoints.clear();
    assert_eq!(fault(&all), at(0, "dropped"));
}

#[test]
fn exchanged_entries_are_found_and_the_first_named() {
    let mut log = log(300, 300, true);
    let (a, b) = (120, 180);
    log.rows.swap(a, b);
    assert_eq!(fault(&log), (Some(120), Some(179), "missing"));
    log.rows[a].seq = 120;
    log.rows[b].seq = 180;
    let found = verify(&log).unwrap_err();
    assert_eq!(
        (found.first, found.what),
        (
            Some(120),
            What::TileDiffers {
                level: 0,
                index: 0,
                moved_to: Some(180)
            }
        )
    );
}

#[test]
fn a_repeated_entry_is_found() {
    let mut log = log(30, 30, true);
    let row = log.rows[9].clone();
    log.rows.insert(10, row);
    assert_eq!(fault(&log), at(10, "out-of-order"));
}

#[test]
fn sealed_text_must_be_there_and_be_the_one_sealed() {
    let good = log(30, 30, true);
    let with = |beside: Beside| {
        let mut log = good.clone();
        log.rows[20].beside = beside;
        fault(&log)
    };
    let Beside::Seal(salt, body) = good.rows[20].beside.clone() else {
        panic!("entry 20 has a seal");
    };
    let mut other = body.clone();
    other[3] ^= 1;
    assert_eq!(with(Beside::Seal(salt, other)), at(20, "seal-differs"));
    assert_eq!(with(Beside::Seal([9; 32], body)), at(20, "seal-differs"));
    assert_eq!(with(Beside::Nothing), at(20, "seal-missing"));
    let mut log = good.clone();
    log.rows[21].beside = Beside::Seal([1; 32], Vec::new());
    assert_eq!(fault(&log), at(21, "seal-unexpected"));
}

#[test]
fn an_erasure_must_be_said_and_done() {
    let good = log(300, 300, true);
    let erased_by = |by| {
        let mut log = good.clone();
        log.rows[20].beside = Beside::Erased(by);
        fault(&log)
    };
    // Entry 11 erases 5 only; 25 is no erasure; 900 does not exist; 7 is earlier.
    assert_eq!(erased_by(25), at(20, "erased-without-entry"));
    assert_eq!(erased_by(900), at(20, "erased-without-entry"));
    assert_eq!(erased_by(7), at(20, "erased-without-entry"));
    let mut log = good.clone();
    log.rows[0].beside = Beside::Erased(11);
    assert_eq!(fault(&log), at(0, "erased-without-entry"));
    // Said, but the words are still there.
    let mut log = good.clone();
    let (salt, body) = ([5; 32], "{\"words\":\"我家门口 5\"}".as_bytes().to_vec());
    log.rows[5].beside = Beside::Seal(salt, body);
    assert_eq!(fault(&log), at(5, "not-erased"));
}

#[test]
fn a_checkpoint_must_be_signed_by_the_key_and_readable() {
    let good = log(300, 100, true);
    let mut log = good.clone();
    let other = SigningKey::from_seed(common::ORIGIN, &[8; 32]).unwrap();
    let root = root(&good.tiles, 200).unwrap();
    log.checkpoints[1] = other.sign(200, root).unwrap();
    assert_eq!(fault(&log), (Some(100), Some(199), "checkpoint-refused"));
    let mut log = good.clone();
    log.checkpoints[1] = good.checkpoints[1].replace("200", "150");
    assert_eq!(fault(&log), (Some(100), Some(149), "checkpoint-refused"));
    let mut log = good.clone();
    log.checkpoints[2] = "nonsense".to_owned();
    assert_eq!(fault(&log).2, "checkpoint-refused");
    let mut log = good.clone();
    log.checkpoints[0] = "nonsense".to_owned();
    assert_eq!(fault(&log), (Some(0), Some(0), "checkpoint-refused"));
}

#[test]
fn a_missing_tile_is_named() {
    let mut log = log(600, 600, true);
    log.tiles.0.remove(&(0, 1));
    assert_eq!(fault(&log), (Some(256), Some(511), "tile-missing"));
}

#[test]
fn checking_ahead_on_another_thread_gives_the_same_verdict() {
    let mut log = log(600, 100, true);
    log.rows[333].bytes[9] ^= 4;
    let mut verifier = Verifier::new(key().verifier(), log.checkpoints.clone(), &log.tiles);
    let rows = &log.rows;
    let checked = std::thread::scope(|scope| {
        let half = scope.spawn(|| rows[..300].iter().map(|r| check(&r.record())).collect());
        let rest: Vec<_> = rows[300..].iter().map(|r| check(&r.record())).collect();
        let mut all: Vec<_> = half.join().unwrap();
        all.extend(rest);
        all
    });
    let verdict = checked.into_iter().try_for_each(|one| verifier.take(one));
    assert_eq!(
        verdict.unwrap_err(),
        Fault {
            first: Some(333),
            last: Some(333),
            what: What::Changed
        }
    );
}

proptest! {
    #![proptest_config(common::cases(60))]

    #[test]
    fn any_changed_byte_is_found_at_its_entry(
        count in 1u64..700, pick in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(), bit in 0u8..8, keep_open: bool
    ) {
        let mut log = log(count, 64, keep_open);
        let entry = pick.index(log.rows.len());
        let bytes = &mut log.rows[entry].bytes;
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        prop_assert_eq!(fault(&log), at(entry as u64, "changed"));
    }

    #[test]
    fn any_dropped_entry_is_found(
        count in 2u64..700, pick in any::<prop::sample::Index>(), renumber: bool
    ) {
        let mut log = log(count, 64, true);
        let entry = pick.index(log.rows.len());
        log.rows.remove(entry);
        if renumber {
            for (seq, row) in (0..).zip(&mut log.rows) {
                row.seq = seq;
            }
        }
        prop_assert_eq!(verify(&log).unwrap_err().first, Some(entry as u64));
    }

    #[test]
    fn any_two_exchanged_entries_are_found_at_the_first(
        count in 2u64..700, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>(),
        keep_open: bool
    ) {
        let mut log = log(count, 64, keep_open);
        let (a, b) = (a.index(log.rows.len()), b.index(log.rows.len()));
        prop_assume!(a != b);
        let (a, b) = (a.min(b), a.max(b));
        // The erasure and what it erases would stop the pass for their own sake.
        prop_assume!(![a, b].iter().any(|n| [5, 11].contains(n)));
        log.rows.swap(a, b);
        log.rows[a].seq = a as u64;
        log.rows[b].seq = b as u64;
        let found = verify(&log).unwrap_err();
        let (first, last) = (found.first.unwrap(), found.last.unwrap());
        if keep_open || (a as u64) < count - count % 256 {
            prop_assert!(first <= a as u64 && a as u64 <= last);
            prop_assert!(first == last || found.code() == "root-differs");
        } else {
            // Nothing but checkpoints, one every 64 entries, speaks of these.
            prop_assert_eq!(first, a as u64 - a as u64 % 64);
            prop_assert!(last < first + 64);
        }
    }

    #[test]
    fn any_changed_tile_is_found(
        count in 256u64..900, pick in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>()
    ) {
        let mut log = log(count, 64, true);
        let mut keys: Vec<_> = log.tiles.0.iter().filter(|(_, t)| !t.is_empty()).collect();
        keys.sort();
        let tile = *keys[pick.index(keys.len())].0;
        let bytes = log.tiles.0.get_mut(&tile).unwrap();
        let place = place.index(bytes.len());
        bytes[place] ^= 0x10;
        let number = (tile.1 * 256 + place as u64 / 32) << (8 * u32::from(tile.0));
        let found = verify(&log).unwrap_err();
        prop_assert_eq!((found.first, found.code()), (Some(number), "tile-differs"));
    }
}
