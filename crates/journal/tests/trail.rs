//! Paths, bundles, checkpoints and receipts in their published forms.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use common::{key, log};
use proptest::prelude::*;
use yiwang_journal::{
    Checkpoint, Error, Hash, SigningKey, TlogProof, TrailPath, VerifierKey, decode_bundle,
    encode_bundle, inclusion_proof, root,
};

#[test]
fn paths_have_the_form_of_c2sp_tlog_tiles() {
    let tile = |level, index, width| TrailPath::Tile {
        level,
        index,
        width,
    };
    let entries = |index, width| TrailPath::Entries { index, width };
    for (path, text) in [
        (TrailPath::Checkpoint, "checkpoint"),
        (tile(0, 0, 256), "tile/0/000"),
        (tile(0, 273, 112), "tile/0/273.p/112"),
        (tile(1, 1, 17), "tile/1/001.p/17"),
        (tile(2, 0, 1), "tile/2/000.p/1"),
        (tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (tile(7, 1_234, 255), "tile/7/x001/234.p/255"),
        (entries(0, 256), "tile/entries/000"),
        (entries(1_234_067, 8), "tile/entries/x001/x234/067.p/8"),
    ] {
        assert_eq!(path.to_string(), text);
        assert_eq!(text.parse::<TrailPath>().unwrap(), path);
    }
}

#[test]
fn other_spellings_of_paths_are_refused() {
    for text in [
        "",
        "/checkpoint",
        "checkpoint/",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/0/001/234",
        "tile/0/x001/x234",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/+0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/1/2",
        "tile/00/000",
        "tile/8/000",
        "tile/64/000",
        "tile/99/000",
        "tile/+1/000",
        "tile/8/0/000",
        "tile/data/000",
        "tile/entries",
        "tile/entries/../000",
        "tile/0/-01",
        "tile/0/x99/999",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/0/000?x",
        "tile/0/000 ",
        "tile/0/０００",
        "tile/0/000\0",
    ] {
        assert!(
            matches!(text.parse::<TrailPath>(), Err(Error::BadPath(_))),
            "{text:?}"
        );
    }
}

#[test]
fn bundles_are_length_prefixed_and_damaged_ones_are_refused() {
    let bundle = encode_bundle([b"ab".as_slice(), b"", b"xyz"]).unwrap();
    assert_eq!(bundle, b"\0\x02ab\0\0\0\x03xyz");
    assert_eq!(
        decode_bundle(&bundle).unwrap(),
        [b"ab".as_slice(), b"", b"xyz"]
    );
    for cut in [1, 3, 5, 8] {
        assert!(matches!(
            decode_bundle(&bundle[..cut]),
            Err(Error::BadBundle { .. })
        ));
    }
    assert!(decode_bundle(&[0; 512]).is_ok());
    assert!(decode_bundle(&[0; 514]).is_err());
    assert!(encode_bundle([vec![0; 65_536].as_slice()]).is_err());
}

/// Key and note of the example in C2SP signed-note's reference implementation.
#[test]
fn a_note_signed_by_another_program_is_opened_as_far_as_it_is_a_checkpoint() {
    let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let note = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n\n\
                — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let key: VerifierKey = vkey.parse().unwrap();
    assert_eq!(
        (key.origin(), key.to_string().as_str()),
        ("PeterNeumann", vkey)
    );
    let why = key.open(note).unwrap_err().to_string();
    assert!(why.contains("malformed checkpoint"), "{why}");
    let forged = note.replace("answer", "question");
    let why = key.open(&forged).unwrap_err().to_string();
    assert!(why.contains("invalid signature"), "{why}");
}

#[test]
fn a_signed_checkpoint_opens_with_its_key_only() {
    let note = key().sign(42, Hash([5; 32])).unwrap();
    assert!(note.starts_with(&format!("{}\n42\nBQUF", common::ORIGIN)));
    let vkey: VerifierKey = key().verifier().to_string().parse().unwrap();
    let opened = vkey.open(&note).unwrap();
    assert_eq!((opened.size, opened.root), (42, Hash([5; 32])));
    assert_eq!(Checkpoint::read_unverified(&note).unwrap(), opened);

    let other = SigningKey::from_seed(common::ORIGIN, &[8; 32]).unwrap();
    assert!(other.verifier().open(&note).is_err());
    for changed in [
        note.replace("\n42\n", "\n43\n"),
        note.replace("BQUF", "BQUG"),
        note.replace("test/trail", "test/other"),
        note.trim_end().to_owned(),
    ] {
        assert!(matches!(vkey.open(&changed), Err(Error::BadCheckpoint(_))));
    }
    // A witness's line beside the log's own does no harm.
    let witnessed = format!("{note}— witness.example {}\n", "A".repeat(92));
    assert_eq!(vkey.open(&witnessed).unwrap(), opened);
}

#[test]
fn names_and_keys_that_cannot_be_used_are_refused() {
    for origin in ["", "a b", "a+b", "a\nb", "a\u{3000}b", "a\u{7}b"] {
        assert!(matches!(
            SigningKey::from_seed(origin, &[1; 32]),
            Err(Error::BadOrigin(_))
        ));
    }
    let good = key().verifier().to_string();
    for bad in [
        String::new(),
        good.replace("yiwang.test", "yiwang.tset"),
        good[..good.len() - 4].to_owned(),
        format!("{good}\n"),
    ] {
        assert!(matches!(bad.parse::<VerifierKey>(), Err(Error::BadKey(_))));
    }
    let shown = format!("{:?}", key());
    assert!(shown.contains("yiwang.test") && !shown.contains("07070707"));
}

#[test]
fn a_receipt_is_written_as_c2sp_has_it_and_checked_without_a_server() {
    let log = log(300, 300, true);
    let receipt = TlogProof {
        extra: Some(b"hello".to_vec()),
        index: 77,
        hashes: inclusion_proof(&log.tiles, 77, 300).unwrap(),
        checkpoint: log.checkpoints[0].clone(),
    };
    let text = receipt.to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra aGVsbG8=\nindex 77\n"));
    assert!(text.ends_with(&format!("=\n\n{}", log.checkpoints[0])));
    let read: TlogProof = text.parse().unwrap();
    assert_eq!(read, receipt);
    let entry = &log.rows[77].bytes;
    let checkpoint = read.verify(entry, key().verifier()).unwrap();
    assert_eq!(checkpoint.root, root(&log.tiles, 300).unwrap());
    assert_eq!(
        read.verify(&log.rows[78].bytes, key().verifier()),
        Err(Error::ProofFails)
    );
    let moved = TlogProof { index: 78, ..read };
    assert_eq!(
        moved.verify(entry, key().verifier()),
        Err(Error::ProofFails)
    );
}

#[test]
fn a_receipt_that_is_not_one_is_refused_with_its_line() {
    for (text, line) in [
        ("c2sp.org/tlog-proof@v1\nindex 0\n", 1),
        ("c2sp.org/tlog-proof@v2\nindex 0\n\nx", 1),
        ("c2sp.org/tlog-proof@v1\n\nx", 2),
        ("c2sp.org/tlog-proof@v1\nindex 01\n\nx", 2),
        ("c2sp.org/tlog-proof@v1\nindex +1\n\nx", 2),
        ("c2sp.org/tlog-proof@v1\nextra ?\nindex 1\n\nx", 2),
        ("c2sp.org/tlog-proof@v1\nextra AA==\nextra AA==\n\nx", 3),
        ("c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx", 3),
    ] {
        let Err(Error::BadProof { line: found, .. }) = text.parse::<TlogProof>() else {
            panic!("{text:?} was accepted");
        };
        assert_eq!(found, line, "{text:?}");
    }
}

proptest! {
    #![proptest_config(common::cases(400))]

    #[test]
    fn every_tile_has_one_path(level in 0u8..8, index in 0u64..=u64::MAX, width in 1u16..=256) {
        let paths = [
            TrailPath::Tile { level, index, width },
            TrailPath::Tile { level, index: index % 100_000, width },
            TrailPath::Entries { index: index >> 30, width },
        ];
        for path in paths {
            prop_assert_eq!(path.to_string().parse::<TrailPath>().unwrap(), path);
        }
    }

    #[test]
    fn no_path_makes_the_parser_panic(
        text in any::<String>(), near in "(tile|x)/([0-9]{1,2}|entries|data|[+]0)/[x0-9./p+]{0,30}"
    ) {
        for text in [text, near] {
            if let Ok(path) = text.parse::<TrailPath>() {
                prop_assert_eq!(path.to_string(), text);
            }
        }
    }

    #[test]
    fn nothing_makes_the_other_parsers_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300), text in any::<String>(),
        at in any::<prop::sample::Index>(), with in any::<char>()
    ) {
        let _ = decode_bundle(&bytes);
        let note = key().sign(3, Hash([1; 32])).unwrap();
        let receipt = format!("c2sp.org/tlog-proof@v1\nindex 2\n\n{note}");
        for good in [note, receipt, key().verifier().to_string(), text] {
            let mut chars: Vec<char> = good.chars().collect();
            if !chars.is_empty() {
                let at = at.index(chars.len());
                chars[at] = with;
            }
            let near: String = chars.into_iter().collect();
            let _ = Checkpoint::read_unverified(&near);
            let _ = key().verifier().open(&near);
            let _ = near.parse::<TlogProof>();
            let _ = near.parse::<VerifierKey>();
            let _ = near.parse::<Hash>();
        }
    }
}

#[test]
fn a_signing_key_is_read_back_from_its_text_and_no_other_text_is_taken() {
    let key = SigningKey::from_seed("yiwang.example/trail", &[7; 32]).unwrap();
    let text = key.secret_text();
    // Name, hash and form as golang.org/x/mod/sumdb/note and signed_note have them.
    assert!(signed_note::StandardSigner::new(&text).is_ok());
    let again: SigningKey = text.parse().unwrap();
    assert_eq!(again.verifier(), key.verifier());
    assert_eq!(again.secret_text(), text);
    for bad in [
        String::new(),
        text.replace("PRIVATE", "PUBLIC"),
        text.replace("yiwang.example", "another.example"),
        text[..text.len() - 4].to_owned(),
        format!("{text}\n"),
    ] {
        let refused = bad.parse::<SigningKey>().unwrap_err();
        assert_eq!(refused, yiwang_journal::Error::BadSigningKey, "{bad}");
    }
    assert!(!format!("{key:?}").contains(text.rsplit('+').next().unwrap()));
}
