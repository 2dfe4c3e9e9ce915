//! A study as it is set, and which cases are its control.

use serde::{Deserialize, Serialize};
use yiwang_base::{CaseId, LocalText, Refusal, RefusalKind, StudyCode, Timestamp};

use crate::check::{MAX_SHORT, text};

/// A study (计时试验).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// By how many percent more cases an hour people are to handle.
    pub aim_percent: u16,
    /// Longer than this between two steps nobody knows that the person was at work, minutes.
    pub away_minutes: u16,
    /// Cases that came in from then on belong to it.
    pub begun_at: Timestamp,
    /// Its code.
    pub code: StudyCode,
    /// How many of a hundred cases are its control.
    pub control_percent: u8,
    /// When it ended; later cases do not belong to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Its name.
    pub name: LocalText,
}

/// Which group a case is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Arm {
    /// The suggestion is shown.
    Shown,
    /// The suggestion is hidden: the control (对照组).
    Hidden,
}

impl Arm {
    /// Both.
    pub const ALL: [Arm; 2] = [Arm::Shown, Arm::Hidden];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Arm::Shown => "shown",
            Arm::Hidden => "hidden",
        }
    }
}

impl Study {
    /// Whether a case that came in then belongs to it.
    pub fn has(&self, submitted_at: Timestamp) -> bool {
        submitted_at >= self.begun_at && self.ended_at.is_none_or(|ended| submitted_at < ended)
    }

    /// The group of a case of the study.
    ///
    /// # References
    /// FNV-1a over the code and the number, and the finalizer of SplitMix64, so that
    /// neighbouring numbers fall independently.
    pub fn arm(&self, case: CaseId) -> Arm {
        let bytes = self.code.as_str().bytes().chain(case.0.to_be_bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        match mixed(hash) % 100 < u64::from(self.control_percent) {
            true => Arm::Hidden,
            false => Arm::Shown,
        }
    }

    /// Whether it may run so.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub fn check(&self) -> Result<(), Refusal> {
        text(&self.name.zh, "name.zh", MAX_SHORT)?;
        text(&self.name.en, "name.en", MAX_SHORT)?;
        let within = [
            (u64::from(self.control_percent), 5, 95, "control_percent"),
            (self.aim_percent.into(), 1, 500, "aim_percent"),
            (self.away_minutes.into(), 1, 240, "away_minutes"),
        ];
        let mut within = within.into_iter();
        match within.find(|(found, least, most, _)| !(*least..=*most).contains(found)) {
            None => Ok(()),
            Some((found, least, most, field)) => Err(Refusal::new(
                RefusalKind::Invalid,
                "study.range",
                "这个数不在允许的范围内",
                "this number is out of its range",
            )
            .at(field)
            .found(found.to_string())
            .allowing([format!("{least}–{most}")])),
        }
    }
}

/// The finalizer of SplitMix64.
pub(super) fn mixed(seed: u64) -> u64 {
    let z = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study(control_percent: u8) -> Study {
        Study {
            aim_percent: 20,
            away_minutes: 15,
            begun_at: "2026-01-05T01:00:00Z".parse().unwrap(),
            code: "spring".parse().unwrap(),
            control_percent,
            ended_at: None,
            name: LocalText::new("春季", "Spring"),
        }
    }

    #[test]
    fn the_control_is_the_share_that_was_asked_for_and_each_case_stays_in_its_group() {
        for percent in [10, 50, 90] {
            let study = study(percent);
            let hidden = |id| study.arm(CaseId(id)) == Arm::Hidden;
            let count = (1..=10_000).filter(|id| hidden(*id)).count();
            let asked = usize::from(percent) * 100;
            // Five standard deviations of a fair coin.
            assert!(count.abs_diff(asked) < 250, "{count} of 10,000");
            assert_eq!(study.arm(CaseId(7)), study.clone().arm(CaseId(7)));
        }
        // Neighbours fall independently: runs of one group are as long as chance makes them.
        let fair = study(50);
        let same = |id| fair.arm(CaseId(id)) == fair.arm(CaseId(id + 1));
        let same = (1..10_000).filter(|id| same(*id)).count();
        assert!(same.abs_diff(5_000) < 250, "{same} neighbours alike");
        // Another study divides the cases anew.
        let mut other = study(50);
        other.code = "autumn".parse().unwrap();
        let alike = (1..=10_000).filter(|id| fair.arm(CaseId(*id)) == other.arm(CaseId(*id)));
        assert!(alike.count().abs_diff(5_000) < 250);
    }

    #[test]
    fn cases_belong_to_it_from_its_begin_to_its_end() {
        let mut study = study(50);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        study.ended_at = Some(at("2026-01-06T01:00:00Z"));
        assert!(study.has(study.begun_at));
        assert!(!study.has(at("2026-01-05T00:59:59Z")));
        assert!(!study.has(at("2026-01-06T01:00:00Z")));
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        assert_eq!(study(50).check(), Ok(()));
        let field = |study: Study| study.check().unwrap_err().field.unwrap();
        assert_eq!(field(study(4)), "control_percent");
        assert_eq!(
            field(Study {
                aim_percent: 0,
                ..study(50)
            }),
            "aim_percent"
        );
        assert_eq!(
            field(Study {
                away_minutes: 0,
                ..study(50)
            }),
            "away_minutes"
        );
        let nameless = LocalText::new("", "x");
        assert_eq!(
            field(Study {
                name: nameless,
                ..study(50)
            }),
            "name.zh"
        );
    }
}
