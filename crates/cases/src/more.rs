//! What only some cases go through.

use serde::{Deserialize, Serialize};

use yiwang_base::CaseId;

use crate::{
    Attachments, Extensions, Joiners, Lead, MergedState, Parts, Pauses, ProvisionalDue, Returns,
    Scores, Supervisions,
};

/// What only some cases go through; in most all of it is as it begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct More {
    /// Cases that are merged with it, in the order in which they came (并案).
    #[serde(skip_serializing_if = "is_default")]
    pub duplicates: Vec<CaseId>,
    /// Those who have the same trouble (同感).
    #[serde(skip_serializing_if = "is_default")]
    pub joiners: Joiners,
    /// How the lead unit came to it.
    #[serde(skip_serializing_if = "is_default")]
    pub lead: Lead,
    /// That it is merged with another (并案).
    #[serde(skip_serializing_if = "is_default")]
    pub merged: Option<MergedState>,
    /// Assisting units and their parts (协办).
    #[serde(skip_serializing_if = "is_default")]
    pub parts: Parts,
    /// Deadlines that stand until the calendar holds a missing year (暂定时限).
    #[serde(skip_serializing_if = "is_default")]
    pub provisional: Vec<ProvisionalDue>,
    /// Times the desk sent it on to another unit (转派).
    #[serde(skip_serializing_if = "is_default")]
    pub redirects: u32,
    /// Which units gave it back (退单).
    #[serde(skip_serializing_if = "is_default")]
    pub returns: Returns,
    /// More time asked for and granted since the last dispatch (延期).
    #[serde(skip_serializing_if = "is_default")]
    pub extensions: Extensions,
    /// When it stood still (挂账、等待补充).
    #[serde(skip_serializing_if = "is_default")]
    pub pauses: Pauses,
    /// Who watched over it (督办).
    #[serde(skip_serializing_if = "is_default")]
    pub supervisions: Supervisions,
    /// How the units' work was scored (考评).
    #[serde(skip_serializing_if = "is_default")]
    pub scores: Scores,
    /// How much is attached (附件).
    #[serde(skip_serializing_if = "is_default")]
    pub attachments: Attachments,
    /// It was closed because the resident withdrew it (撤诉).
    #[serde(skip_serializing_if = "is_default")]
    pub withdrawn: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
