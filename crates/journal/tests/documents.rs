//! Documents signed apart from the tree.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use yiwang_journal::{Hash, SigningKey};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed("yiwang.example/trail", &[seed; 32]).unwrap()
}

#[test]
fn a_signature_is_good_for_its_document_its_sort_and_its_key_alone() {
    let note = key(1).sign_document("edge bundle", b"rules").unwrap();
    let own = key(1);
    let check =
        |what, document: &[u8], note: &str| own.verifier().check_document(what, document, note);
    assert_eq!(check("edge bundle", b"rules", &note), Ok(()));
    assert!(check("edge bundle", b"other rules", &note).is_err());
    assert!(check("another sort", b"rules", &note).is_err());
    assert!(check("edge bundle", b"rules", "").is_err());
    let other = key(2);
    let checked = other
        .verifier()
        .check_document("edge bundle", b"rules", &note);
    assert!(checked.is_err());
}

#[test]
fn a_checkpoint_is_no_document_and_a_document_no_checkpoint() {
    let key = key(1);
    let note = key.sign_document("edge bundle", b"rules").unwrap();
    assert!(key.verifier().open(&note).is_err());
    let checkpoint = key.sign(0, Hash::default()).unwrap();
    let checked = key
        .verifier()
        .check_document("edge bundle", b"rules", &checkpoint);
    assert!(checked.is_err());
}
