//! An exported case (案件存证包): its entries, each with its proof, and the
//! checkpoint they lead to, so that anyone can check it without the server.
//!
//! It proves that these entries are in the signed record, unchanged, in this
//! order, with these words sealed in them. It cannot prove that no entry about
//! the case was left out: for that one reads the trail.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::check::{check_seal, erases};
use crate::tiles::verify_inclusion;
use crate::{Checkpoint, EntryView, Fault, Hash, Sealed, VerifierKey, What, leaf_hash};

/// A case with its proofs, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedCase {
    /// What all its entries concern, for instance `case/123`.
    pub subject: String,
    /// The log's public key as its maker states it (C2SP vkey).
    pub log: String,
    /// Signed note all proofs lead to.
    pub checkpoint: String,
    /// The entries in the order of the record.
    pub entries: Vec<ExportedEntry>,
}

/// One entry of an exported case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedEntry {
    /// Its number in the record.
    pub index: u64,
    /// Its canonical bytes, which are JSON text.
    pub entry: String,
    /// Inclusion proof.
    pub proof: Vec<Hash>,
    /// What was sealed beside it, when the reader may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<ExportedSeal>,
    /// Whether what was sealed has been erased.
    #[serde(default)]
    pub erased: bool,
}

/// Sealed text with what opens its commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedSeal {
    /// 32 bytes, as 64 hexadecimal digits.
    #[serde(with = "hex::serde")]
    pub salt: [u8; 32],
    /// The sealed text.
    pub body: String,
}

/// What a good export shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportReport {
    /// What the case is.
    pub subject: String,
    /// Number of entries, all proven.
    pub entries: usize,
    /// Entries whose sealed text is shown and matches.
    pub sealed_shown: usize,
    /// Entries whose sealed text is withheld from this reader.
    pub sealed_withheld: usize,
    /// Entries whose sealed text was erased, each named by an erasure entry here.
    pub erased: usize,
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// Whether the reader's own key was compared. If not, the document only
    /// agrees with itself: compare the log's key with one from another source.
    pub key_checked: bool,
}

/// Checks an exported case without any server. Give the log's key as known
/// from another source; without it anyone could have made the document.
///
/// # Errors
/// The first [`Fault`], naming the entry.
pub fn verify_export(
    case: &ExportedCase,
    expected_key: Option<&VerifierKey>,
) -> Result<ExportReport, Fault> {
    let stated = case.log.parse::<VerifierKey>();
    let stated = stated.map_err(|why| Fault::whole(What::BadKey(why)))?;
    if expected_key.is_some_and(|expected| *expected != stated) {
        return Err(Fault::whole(What::KeyDiffers));
    }
    let checkpoint = stated
        .open(&case.checkpoint)
        .map_err(|why| Fault::whole(What::CheckpointRefused { number: 1, why }))?;
    let mut report = ExportReport {
        subject: case.subject.clone(),
        entries: case.entries.len(),
        sealed_shown: 0,
        sealed_withheld: 0,
        erased: 0,
        checkpoint,
        key_checked: expected_key.is_some(),
    };
    let mut previous = None;
    let mut erased = Vec::new();
    let mut named = Vec::new();
    for exported in &case.entries {
        let index = exported.index;
        let at = |what| Fault::at(index, what);
        if previous.is_some_and(|previous| index <= previous) {
            return Err(at(What::OutOfOrder { found: index }));
        }
        previous = Some(index);
        verify_entry(exported, &report.checkpoint).map_err(at)?;
        let entry = EntryView::<&RawValue>::parse(exported.entry.as_bytes());
        let entry = entry.map_err(What::Unreadable).map_err(at)?;
        if entry.subject != case.subject {
            let found = entry.subject.into_owned();
            return Err(at(What::WrongSubject { found }));
        }
        named.extend(erases(&entry).map_err(at)?.unwrap_or_default());
        match (&exported.sealed, exported.erased) {
            (None, true) if entry.sealed.is_some() => erased.push(index),
            (_, true) => return Err(at(What::SealUnexpected)),
            (Some(seal), false) => {
                let sealed = Sealed::Present {
                    salt: &seal.salt,
                    body: seal.body.as_bytes(),
                };
                check_seal(entry.sealed, &sealed).map_err(at)?;
                report.sealed_shown += 1;
            }
            (None, false) => report.sealed_withheld += usize::from(entry.sealed.is_some()),
        }
    }
    if case.entries.is_empty() {
        return Err(Fault::whole(What::Empty));
    }
    if let Some(&bad) = erased.iter().find(|index| !named.contains(index)) {
        return Err(Fault::at(bad, What::ErasedWithoutEntry { by: None }));
    }
    report.erased = erased.len();
    Ok(report)
}

fn verify_entry(exported: &ExportedEntry, checkpoint: &Checkpoint) -> Result<(), What> {
    let leaf = leaf_hash(exported.entry.as_bytes());
    let (size, root) = (checkpoint.size, checkpoint.root);
    verify_inclusion(&exported.proof, exported.index, leaf, size, root).map_err(What::ProofFails)
}
