//! Which units have a seat in the command centre, as the city sets it.

use serde::{Deserialize, Serialize};
use yiwang_base::UnitCode;
use yiwang_cases::{Rules, StoreError, UnitKind};
use yiwang_store::Store;

/// The code of the setting.
pub const SEATS: &str = "seats";

/// Which units have a seat.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seats {
    /// In the order in which they sit.
    pub units: Vec<UnitCode>,
}

impl Seats {
    /// Where nobody set it, every department in use has one.
    pub fn usual(rules: &Rules) -> Seats {
        let departments = rules
            .units
            .values()
            .filter(|unit| unit.kind == UnitKind::Department && !unit.retired);
        Seats {
            units: departments.map(|unit| unit.code.clone()).collect(),
        }
    }

    /// Those in the record; the usual ones where none are set.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn read(store: &Store, rules: &Rules) -> Result<Seats, StoreError> {
        let set = store.setting(SEATS)?;
        Ok(set.unwrap_or_else(|| Seats::usual(rules)))
    }
}
