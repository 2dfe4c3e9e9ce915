//! What people say whatever it is about, and what the desk writes. All of it
//! is in `data/phrases.json`.

use std::collections::BTreeMap;

use serde::Deserialize;
use yiwang_cases::{DeclineReason, ReturnReason};

use super::DataError;
use super::matter::Where;

/// The same sort of phrase in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Both<T> {
    pub(crate) zh: T,
    pub(crate) en: T,
}

/// How somebody begins and ends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manner {
    pub(crate) open: Vec<String>,
    pub(crate) ask: Vec<String>,
}

/// A request that is declined, and what its sender is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Declined {
    pub(crate) words: Both<Vec<String>>,
    pub(crate) note: Vec<String>,
    /// Whose it is, where that is nobody in this city.
    #[serde(default)]
    pub(crate) responsible: Vec<String>,
}

/// What is said when something holds a case up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Detours {
    /// What the resident is asked, and answers.
    pub(crate) question: Vec<String>,
    pub(crate) answer: Vec<String>,
    /// What the resident is told of a case that is shelved.
    pub(crate) shelve: Vec<String>,
    /// Why the unit wants more time, and why it is given or not.
    pub(crate) more_time: Vec<String>,
    pub(crate) granted: Vec<String>,
    pub(crate) not_granted: Vec<String>,
    pub(crate) supervise: Vec<String>,
    pub(crate) supervise_answer: Vec<String>,
    pub(crate) comment: Vec<String>,
    /// On what grounds, by the score: the first is for 1.
    pub(crate) score: Vec<String>,
}

/// All phrases.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Phrases {
    /// How a place is described.
    pub(crate) at: BTreeMap<Where, Both<Vec<String>>>,
    pub(crate) since: Both<Vec<String>>,
    pub(crate) days: Both<Vec<String>>,
    pub(crate) resident: Both<Manner>,
    pub(crate) hotline: Both<Manner>,
    pub(crate) grid_worker: Both<Manner>,
    pub(crate) counter: Both<Manner>,
    pub(crate) partner: Both<Manner>,
    pub(crate) declined: Vec<(DeclineReason, Declined)>,
    pub(crate) return_note: BTreeMap<ReturnReason, Vec<String>>,
    /// Why a unit has a case again that it gave back.
    pub(crate) again_reason: Vec<String>,
    pub(crate) redirect_reason: Vec<String>,
    pub(crate) part_done: Vec<String>,
    /// Why a lead does not wait for who assists it.
    pub(crate) open_parts_reason: Vec<String>,
    pub(crate) dispatch_note: Vec<String>,
    pub(crate) outside_reason: Vec<String>,
    pub(crate) verified: Vec<String>,
    pub(crate) closed: Vec<String>,
    pub(crate) duplicate: Vec<String>,
    pub(crate) withdrawn: Vec<String>,
    pub(crate) detours: Detours,
    /// By satisfaction, and `none` where nobody answered.
    pub(crate) call_back: BTreeMap<String, Vec<String>>,
    pub(crate) reopen: Vec<String>,
    /// Characters of names, and their sounds.
    pub(crate) surnames: Vec<(String, String)>,
    pub(crate) given: Vec<(String, String)>,
    /// Names of those who write English.
    pub(crate) foreign: Vec<String>,
}

impl Phrases {
    pub(crate) fn read() -> Result<Phrases, DataError> {
        serde_json::from_str(include_str!("data/phrases.json"))
            .map_err(|source| DataError::new("phrases.json", source))
    }
}
