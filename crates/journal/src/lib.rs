//! The journal (日志): the spine of the house.
//!
//! Every change of the record is an *entry*: who, when, what, on what grounds.
//! Entries stand in one sequence numbered from 0; their canonical bytes are the
//! leaves of a Merkle tree (RFC 6962 / 9162), whose root the log signs in
//! *checkpoints*. Tree, checkpoints and proofs have the C2SP forms (tlog-tiles,
//! signed-note, tlog-checkpoint, tlog-proof), so programs that are not ours can
//! check them. The tree as published is the *trail* (存证链).
//!
//! Invariants
//! - Nothing here reads a clock, a disk, the network or a random source: keys,
//!   salts and times are arguments.
//! - An entry has one sequence of bytes, and never changes once it is in the tree.
//! - Personal data and residents' words are never in an entry; they lie sealed
//!   beside it ([`seal`]) and can be erased while the tree still verifies.
//! - Nothing read from outside makes this room panic.

mod canonical;
mod check;
mod checkpoint;
mod entry;
mod error;
mod export;
mod fault;
mod frontier;
mod hash;
mod path;
mod proof;
pub mod seal;
mod tiles;
mod verify;

pub use canonical::to_canonical;
pub use check::{Checked, Record, Sealed, check, is_erasure};
pub use checkpoint::{Checkpoint, SigningKey, VerifierKey};
pub use entry::{ENTRY_VERSION, Entry, EntryView, MAX_ENTRY_BYTES};
pub use error::{Error, Words};
pub use export::{ExportReport, ExportedCase, ExportedEntry, ExportedSeal, verify_export};
pub use fault::{Fault, What};
pub use frontier::{CompleteTile, Frontier};
pub use hash::{Hash, leaf_hash, node_hash};
pub use path::{TrailPath, decode_bundle, encode_bundle};
pub use proof::TlogProof;
pub use tiles::{
    MAX_SIZE, TILE_BYTES, TILE_WIDTH, TileReader, WithFrontier, consistency_proof, inclusion_proof,
    root, verify_consistency, verify_inclusion,
};
pub use verify::{Report, Verifier};
