//! How long readings are kept as they came, and then as which summaries.

use serde::{Deserialize, Serialize};
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::StoreError;
use yiwang_history::Level;
use yiwang_store::Store;

/// The code of the setting in the record.
pub const RETENTION: &str = "readings_retention";
/// Most days that may be said: a hundred years.
const MOST_DAYS: u32 = 36_500;

/// After how many days readings, and summaries of them, give way to coarser ones;
/// 0 keeps them for good. Summaries by day stay for good. What gives way stays
/// answerable, and that it did is an entry of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Readings, to summaries by minute.
    pub readings_days: u32,
    /// Those, to summaries by hour.
    pub minute_days: u32,
    /// Those, to summaries by day.
    pub hour_days: u32,
}

impl Retention {
    /// What holds where the record says nothing: readings for so many days,
    /// minutes for four times and hours for twenty times as long.
    pub fn usual(days: u32) -> Retention {
        let times = |times: u32| days.saturating_mul(times).min(MOST_DAYS);
        Retention {
            readings_days: days,
            minute_days: times(4),
            hour_days: times(20),
        }
    }

    /// What the record says, if it says something.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn stored(store: &Store) -> Result<Option<Retention>, StoreError> {
        store.setting(RETENTION)
    }

    /// Whether it can be kept to.
    ///
    /// # Errors
    /// A refusal that names the field at fault.
    pub fn check(self) -> Result<Retention, Refusal> {
        let refuse = |field: &str, found: u32, zh: &str, en: &str| {
            Refusal::new(RefusalKind::Invalid, "retention.days", zh, en)
                .at(field)
                .found(found.to_string())
        };
        let levels = [
            ("value.readings_days", self.readings_days),
            ("value.minute_days", self.minute_days),
            ("value.hour_days", self.hour_days),
        ];
        for (field, days) in levels {
            if days > MOST_DAYS {
                let refusal = refuse(field, days, "天数过大", "so many days are too many");
                return Err(refusal.allowing([format!("0–{MOST_DAYS}")]));
            }
        }
        for [(_, finer), (field, days)] in [[levels[0], levels[1]], [levels[1], levels[2]]] {
            if finer == 0 && days != 0 {
                return Err(refuse(
                    field,
                    days,
                    "较细的一级永久保留时，这一级不会有数据",
                    "what is finer is kept for good, so nothing ever comes here",
                )
                .allowing(["0"]));
            }
            if days != 0 && days < finer {
                return Err(refuse(
                    field,
                    days,
                    "较粗的汇总不能比较细的保留得短",
                    "coarser summaries are kept at least as long as finer ones",
                )
                .allowing(["0".to_owned(), format!("{finer}–{MOST_DAYS}")]));
            }
        }
        Ok(self)
    }

    /// What gives way to summaries of these levels, by its age in days.
    pub fn levels(self) -> impl Iterator<Item = (Level, u32)> {
        let levels = [
            (Level::Minute, self.readings_days),
            (Level::Hour, self.minute_days),
            (Level::Day, self.hour_days),
        ];
        levels.into_iter().take_while(|(_, days)| *days > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coarser_summaries_are_kept_at_least_as_long_as_finer_ones() {
        let check = |readings_days, minute_days, hour_days| {
            let retention = Retention {
                readings_days,
                minute_days,
                hour_days,
            };
            retention.check().map_err(|why| why.field.unwrap())
        };
        for good in [(0, 0, 0), (30, 0, 0), (30, 90, 0), (30, 90, 900), (7, 7, 7)] {
            assert!(check(good.0, good.1, good.2).is_ok(), "{good:?}");
        }
        for (bad, field) in [
            ((0, 30, 0), "value.minute_days"),
            ((30, 0, 30), "value.hour_days"),
            ((30, 20, 0), "value.minute_days"),
            ((30, 90, 80), "value.hour_days"),
            ((36_501, 0, 0), "value.readings_days"),
        ] {
            assert_eq!(check(bad.0, bad.1, bad.2), Err(field.to_owned()));
        }
        let levels: Vec<_> = Retention::usual(30).levels().collect();
        assert_eq!(
            levels,
            [(Level::Minute, 30), (Level::Hour, 120), (Level::Day, 600)]
        );
        assert_eq!(Retention::usual(0).levels().count(), 0);
        assert!(Retention::usual(36_500).check().is_ok());
    }
}
