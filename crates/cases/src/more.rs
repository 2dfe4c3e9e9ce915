//! What only some cases go through.

use serde::{Deserialize, Serialize};

use crate::{Lead, Parts, ProvisionalDue, Returns};

/// What only some cases go through; in most all of it is as it begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct More {
    /// How the lead unit came to it.
    #[serde(skip_serializing_if = "is_default")]
    pub lead: Lead,
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
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
