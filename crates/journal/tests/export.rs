//! Exported cases, checked with no server.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use common::key;
use serde_json::json;
use yiwang_journal::{
    Entry, ExportedCase, ExportedEntry, ExportedSeal, SigningKey, inclusion_proof, leaf_hash, seal,
    verify_export,
};

const WORDS: &str = "{\"phone\":\"13800000000\",\"text\":\"路灯坏了\"}";

/// Case 7 among other entries: submitted (words erased), reported (words
/// shown), commented (words withheld), erased.
fn exported() -> ExportedCase {
    let salt = [3; 32];
    let sealed = Some(seal::commit(&salt, WORDS.as_bytes()));
    let mut entries = Vec::new();
    for seq in 0..300 {
        let (kind, data, sealed) = match seq {
            40 => ("case.submitted", json!({}), sealed),
            50 => ("case.reported", json!({"done": true}), sealed),
            60 => ("case.commented", json!({}), sealed),
            270 => ("case.erased", json!({"erases": [40]}), None),
            _ => ("case.submitted", json!({"n": seq}), None),
        };
        let ours = [40, 50, 60, 270].contains(&seq);
        entries.push(Entry {
            kind: kind.to_owned(),
            data,
            sealed,
            subject: format!("case/{}", if ours { 7 } else { seq + 1_000 }),
            ..common::entry(seq, None)
        });
    }
    let bytes: Vec<_> = entries.iter().map(|e| e.to_canonical().unwrap()).collect();
    let leaves: Vec<_> = bytes.iter().map(|b| leaf_hash(b)).collect();
    let (frontier, complete) = common::tree(&leaves);
    let reader = yiwang_journal::WithFrontier {
        frontier: &frontier,
        complete,
    };
    ExportedCase {
        subject: "case/7".to_owned(),
        log: key().verifier().to_string(),
        checkpoint: key().sign(300, frontier.root()).unwrap(),
        entries: [40, 50, 60, 270]
            .map(|index: u64| ExportedEntry {
                index,
                entry: String::from_utf8(bytes[index as usize].clone()).unwrap(),
                proof: inclusion_proof(&reader, index, 300).unwrap(),
                sealed: (index == 50).then(|| ExportedSeal {
                    salt,
                    body: WORDS.to_owned(),
                }),
                erased: index == 40,
            })
            .to_vec(),
    }
}

fn code(change: impl FnOnce(&mut ExportedCase)) -> (Option<u64>, &'static str) {
    let mut case = exported();
    change(&mut case);
    let fault = verify_export(&case, Some(key().verifier())).unwrap_err();
    (fault.first, fault.code())
}

#[test]
fn a_good_export_is_accepted_after_a_trip_through_json() {
    let text = serde_json::to_string(&exported()).unwrap();
    assert!(text.contains(&format!("\"salt\":\"{}\"", "03".repeat(32))));
    let case: ExportedCase = serde_json::from_str(&text).unwrap();
    assert_eq!(case, exported());
    let report = verify_export(&case, Some(key().verifier())).unwrap();
    assert_eq!((report.entries, report.erased), (4, 1));
    assert_eq!((report.sealed_shown, report.sealed_withheld), (1, 1));
    assert_eq!(report.checkpoint.size, 300);
    assert!(report.key_checked);
    assert!(!verify_export(&case, None).unwrap().key_checked);
}

#[test]
fn whatever_is_changed_in_an_export_is_found_at_its_entry() {
    let word = |case: &mut ExportedCase| {
        case.entries[1].entry = case.entries[1].entry.replace("true", "null");
    };
    assert_eq!(code(word), (Some(50), "proof-fails"));
    assert_eq!(
        code(|case| case.entries[2].proof[3].0[0] ^= 1),
        (Some(60), "proof-fails")
    );
    assert_eq!(
        code(|case| case.entries[2].index = 61),
        (Some(61), "proof-fails")
    );
    assert_eq!(
        code(|case| case.entries[2].index = u64::MAX),
        (Some(u64::MAX), "proof-fails")
    );
    assert_eq!(
        code(|case| case.entries.swap(1, 2)),
        (Some(50), "out-of-order")
    );
    assert_eq!(
        code(|case| case.subject = "case/8".to_owned()),
        (Some(40), "wrong-subject")
    );
    assert_eq!(code(|case| case.entries.clear()), (None, "empty"));
}

#[test]
fn sealed_words_and_erasures_in_an_export_must_agree_with_the_entries() {
    let other_words = |case: &mut ExportedCase| {
        case.entries[1].sealed.as_mut().unwrap().body.push(' ');
    };
    assert_eq!(code(other_words), (Some(50), "seal-differs"));
    let seal_on_unsealed = |case: &mut ExportedCase| {
        case.entries[3].sealed = case.entries[1].sealed.clone();
    };
    assert_eq!(code(seal_on_unsealed), (Some(270), "seal-unexpected"));
    let shown_and_erased = |case: &mut ExportedCase| case.entries[1].erased = true;
    assert_eq!(code(shown_and_erased), (Some(50), "seal-unexpected"));
    assert_eq!(
        code(|case| case.entries[2].erased = true),
        (Some(60), "erased-without-entry")
    );
    assert_eq!(
        code(|case| case.entries.truncate(3)),
        (Some(40), "erased-without-entry")
    );
}

#[test]
fn an_export_signed_by_another_log_is_refused() {
    let forger = SigningKey::from_seed(common::ORIGIN, &[9; 32]).unwrap();
    let resigned = |case: &mut ExportedCase| {
        let root = key().verifier().open(&case.checkpoint).unwrap().root;
        case.checkpoint = forger.sign(300, root).unwrap();
    };
    assert_eq!(code(resigned), (None, "checkpoint-refused"));
    assert_eq!(
        code(|case| {
            resigned(case);
            case.log = forger.verifier().to_string();
        }),
        (None, "key-differs")
    );
    assert_eq!(code(|case| case.log.clear()), (None, "bad-key"));
}
