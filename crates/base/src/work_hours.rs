//! Hours of a day, and days of a week.

use serde::{Deserialize, Serialize};

use crate::CalendarError;

/// When work runs, in minutes after local midnight; `open < close ≤ 1440`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkHours {
    /// Minute it begins.
    pub open: u16,
    /// Minute it ends.
    pub close: u16,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    /// All of them, from Monday.
    pub const ALL: [Day; 7] = [
        Day::Mon,
        Day::Tue,
        Day::Wed,
        Day::Thu,
        Day::Fri,
        Day::Sat,
        Day::Sun,
    ];

    /// Its word, `mon`.
    pub fn word(self) -> &'static str {
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][self.number()]
    }

    /// From 0 for Monday.
    pub(crate) fn number(self) -> usize {
        self as usize
    }
}

/// Hours of one day in order, checked.
pub(crate) fn normalized(hours: &[WorkHours]) -> Result<Vec<WorkHours>, CalendarError> {
    let mut sorted = hours.to_vec();
    sorted.sort_unstable();
    for &WorkHours { open, close } in &sorted {
        if open >= close || close > 1440 {
            return Err(CalendarError::Hours { open, close });
        }
    }
    match sorted.windows(2).find(|two| two[1].open < two[0].close) {
        Some(two) => Err(CalendarError::Overlap(two[1].open)),
        None => Ok(sorted),
    }
}

/// Hours with breaks taken out; both in order.
pub(crate) fn without(hours: &[WorkHours], breaks: &[WorkHours]) -> Vec<WorkHours> {
    let mut left = Vec::new();
    for &WorkHours { mut open, close } in hours {
        for pause in breaks {
            if pause.open < close && pause.close > open {
                if pause.open > open {
                    left.push(WorkHours {
                        open,
                        close: pause.open,
                    });
                }
                open = pause.close;
            }
        }
        if open < close {
            left.push(WorkHours { open, close });
        }
    }
    left
}
