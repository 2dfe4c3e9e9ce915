use serde::{Deserialize, Serialize};

const DAY_MS: i64 = 86_400_000;
/// 1970-01-01 was a Thursday; days are counted from Monday.
const FIRST_WEEKDAY: i64 = 3;
const SATURDAY: i64 = 5;

/// How a day is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Cut {
    /// Hours; working days and weekends apart.
    HoursOfWeek,
    /// Half hours, all days alike.
    HalfHours,
}

/// What is usual at each time of the day (UTC), learned as it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Season {
    cut: Cut,
    usual: [[f32; 24]; 2],
    known: u64,
}

impl Season {
    pub(super) fn new(cut: Cut) -> Season {
        Season {
            cut,
            usual: [[0.0; 24]; 2],
            known: 0,
        }
    }

    fn slot(&self, at_ms: i64) -> (usize, usize) {
        let half_hour = (at_ms.rem_euclid(DAY_MS) / (DAY_MS / 48)) as usize;
        match self.cut {
            Cut::HalfHours => (half_hour / 24, half_hour % 24),
            Cut::HoursOfWeek => {
                let weekday = (at_ms.div_euclid(DAY_MS) + FIRST_WEEKDAY).rem_euclid(7);
                (usize::from(weekday >= SATURDAY), half_hour / 2)
            }
        }
    }

    fn knows(&self, (table, slot): (usize, usize)) -> bool {
        self.known >> (table * 24 + slot) & 1 == 1
    }

    /// What is usual at that time. An hour never seen at a weekend is expected
    /// to be as on working days, and the other way round; `None` when it was
    /// seen on neither.
    pub(super) fn usual(&self, at_ms: i64) -> Option<f64> {
        let (table, slot) = self.slot(at_ms);
        let other = match self.cut {
            Cut::HoursOfWeek => 1 - table,
            Cut::HalfHours => table,
        };
        [table, other]
            .into_iter()
            .find(|table| self.knows((*table, slot)))
            .map(|table| f64::from(self.usual[table][slot]))
    }

    pub(super) fn learn(&mut self, at_ms: i64, value: f64) {
        let rate = match self.cut {
            Cut::HoursOfWeek => 0.04,
            Cut::HalfHours => 0.1,
        };
        let before = self.usual(at_ms).unwrap_or(value);
        let (table, slot) = self.slot(at_ms);
        self.known |= 1 << (table * 24 + slot);
        self.usual[table][slot] = (before + rate * (value - before)) as f32;
    }
}
