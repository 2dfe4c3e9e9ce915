//! A case's entries with their proofs, in the form that `yiwang verify` and
//! anyone else's checker reads ([`yiwang_journal::verify_export`]).

use serde::Serialize;
use utoipa::ToSchema;
use yiwang_journal::{ExportedCase, ExportedEntry, ExportedSeal};

/// A case with its proofs (案件存证包).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProofView {
    /// What all its entries concern, `case/123`.
    pub subject: String,
    /// The log's public key as the server states it (C2SP vkey).
    pub log: String,
    /// The signed note all proofs lead to.
    pub checkpoint: String,
    /// The entries in the order of the record.
    pub entries: Vec<ProofEntry>,
}

/// One entry with its proof.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProofEntry {
    /// Its number in the record.
    pub index: u64,
    /// Its canonical bytes, which are JSON text.
    pub entry: String,
    /// Inclusion proof: hashes from the leaf to the root, hexadecimal.
    pub proof: Vec<String>,
    /// What was sealed beside it; absent when there is nothing, or not for this reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sealed: Option<ProofSeal>,
    /// Whether what was sealed has been erased.
    pub erased: bool,
}

/// Sealed text with what opens its commitment.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProofSeal {
    /// 32 bytes, as 64 hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub salt: String,
    /// The sealed text.
    pub body: String,
}

impl From<ExportedCase> for ProofView {
    fn from(case: ExportedCase) -> Self {
        Self {
            subject: case.subject,
            log: case.log,
            checkpoint: case.checkpoint,
            entries: case.entries.into_iter().map(ProofEntry::from).collect(),
        }
    }
}

impl From<ExportedEntry> for ProofEntry {
    fn from(entry: ExportedEntry) -> Self {
        Self {
            index: entry.index,
            entry: entry.entry,
            proof: entry.proof.iter().map(ToString::to_string).collect(),
            sealed: entry.sealed.map(ProofSeal::from),
            erased: entry.erased,
        }
    }
}

impl From<ExportedSeal> for ProofSeal {
    fn from(seal: ExportedSeal) -> Self {
        Self {
            salt: hex::encode(seal.salt),
            body: seal.body,
        }
    }
}
