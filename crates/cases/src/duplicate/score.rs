//! How alike two cases are, and why.

use serde::{Deserialize, Serialize};
use yiwang_base::{Point, Refusal, RefusalKind};

/// Name and version of the rule, for the record.
pub const DUPLICATES_RULE: &str = "duplicates/2";

/// From which likeness on cases are taken for duplicates (查重阈值): a city's own
/// judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DuplicateLimits {
    /// From this score on a case is shown as a candidate, thousandths.
    pub shown_permille: u16,
    /// From this score on two cases can be held to be about the same matter when
    /// clusters are formed, thousandths: see [`Likeness::is_sure`].
    pub sure_permille: u16,
    /// Cases farther apart in time are not compared, days.
    pub window_days: u16,
}

impl Default for DuplicateLimits {
    /// As measured: docs/BENCHMARKS.md.
    fn default() -> Self {
        DuplicateLimits {
            shown_permille: 350,
            sure_permille: 620,
            window_days: 45,
        }
    }
}

impl DuplicateLimits {
    /// Refuses limits that would show everything or nothing, or hold for sure what is
    /// not even shown.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn check(&self) -> Result<(), Refusal> {
        let within = |found: u16, field: &str, least: u16, most: u16| {
            if (least..=most).contains(&found) {
                return Ok(());
            }
            Err(Refusal::new(
                RefusalKind::Invalid,
                "duplicates.limit",
                format!("须在 {least} 与 {most} 之间"),
                format!("must be between {least} and {most}"),
            )
            .at(field)
            .found(found.to_string())
            .allowing([format!("{least}–{most}")]))
        };
        within(self.shown_permille, "shown_permille", 200, 900)?;
        within(
            self.sure_permille,
            "sure_permille",
            self.shown_permille,
            990,
        )?;
        within(self.window_days, "window_days", 1, 366)
    }
}

/// What speaks for two cases being about the same matter. Scores are
/// thousandths, so that they can stand in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Likeness {
    /// All of it together, 0 to 1000.
    pub score: u16,
    /// Of the words alone, 0 to 1000.
    pub text: u16,
    /// Metres between them; `None` where one has no point.
    pub metres: Option<u32>,
    /// Hours between them.
    pub hours: u32,
    /// Whether the category is the same; `None` where one has none.
    pub same_category: Option<bool>,
}

// How the score is made: people tell the same thing in other words, but put it
// on the same spot of the map, within days. So time counts only as far as the
// place does, and what lies far off is shown only if most of its words and its
// category are the same, and is never sure.
//
// The parts were chosen on the sample city of seed 1 and measured on another:
// docs/BENCHMARKS.md. There nearly all reports of a thing lie within 40 m and
// five days of each other, more exactly than in a real city, where a phone is
// off by more and a case stays open longer. So nearness is kept wider, time does
// not end there, and words weigh more than fits that city best.

/// Metres at which nearness is a half. It falls slowly at first and then fast,
/// as the error of a place on the map does (a bell curve).
const HALF_METRES: f64 = 80.0;
/// Hours over which nearness in time falls to a half.
const HALF_HOURS: f64 = 120.0;
/// What each part weighs.
const TEXT: f64 = 0.25;
const CATEGORY: f64 = 0.15;
const PLACE: f64 = 0.15;
const PLACE_AND_TIME: f64 = 0.45;
/// What counts for a part that is not known: less than an agreement, and for a
/// place so little that a case without one is not sure.
const UNKNOWN_PLACE: f64 = 0.3;
const UNKNOWN_CATEGORY: f64 = 0.5;
/// Words are shared from this cosine on, thousandths.
const SHARED: u16 = 60;

impl Likeness {
    /// From the cosine of the words (0 to 1), metres and hours apart, and
    /// whether the category is the same.
    pub(super) fn of(
        cosine: f64,
        metres: Option<f64>,
        hours: f64,
        same_category: Option<bool>,
    ) -> Likeness {
        let near = metres.map_or(UNKNOWN_PLACE, |metres| {
            0.5_f64.powf((metres / HALF_METRES).powi(2))
        });
        let lately = 0.5_f64.powf(hours / HALF_HOURS);
        let category = same_category.map_or(UNKNOWN_CATEGORY, |same| f64::from(u8::from(same)));
        let score =
            TEXT * cosine.sqrt() + CATEGORY * category + near * (PLACE + PLACE_AND_TIME * lately);
        let thousandths = |part: f64| (part * 1000.0).round().clamp(0.0, 1000.0) as u16;
        Likeness {
            score: thousandths(score),
            text: thousandths(cosine),
            metres: metres.map(|metres| metres.round() as u32),
            hours: hours as u32,
            same_category,
        }
    }

    /// Whether the words or the category agree: the same spot alone may be about
    /// anything.
    pub fn agrees(&self) -> bool {
        self.text >= SHARED || self.same_category == Some(true)
    }

    /// Whether two cases are held to be about the same matter: near, lately, and
    /// agreeing.
    pub fn is_sure(&self, limits: &DuplicateLimits) -> bool {
        self.score >= limits.sure_permille && self.agrees()
    }

    /// Whether it is enough to show the case as a candidate. Two cases that
    /// share hardly a word must be at the same spot and not of two categories.
    pub(super) fn is_shown(&self, limits: &DuplicateLimits) -> bool {
        let same_spot = self.metres.is_some_and(|metres| metres <= 60);
        let speaks = self.text >= SHARED || (same_spot && self.same_category != Some(false));
        self.score >= limits.shown_permille && speaks
    }
}

/// Metres between two points, on a plane that touches the globe between them
/// (equirectangular; within a city off by less than a thousandth).
pub fn metres_between(one: Point, other: Point) -> f64 {
    /// Mean radius of the earth, metres (IUGG).
    const EARTH: f64 = 6_371_008.8;
    let middle = ((one.lat() + other.lat()) / 2.0).to_radians();
    let mut lon = (one.lon() - other.lon()).abs();
    if lon > 180.0 {
        lon = 360.0 - lon;
    }
    let x = lon.to_radians() * middle.cos();
    let y = (one.lat() - other.lat()).to_radians();
    EARTH * x.hypot(y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metres_are_those_of_the_globe() {
        let point = |lon, lat| Point::new(lon, lat).unwrap();
        // One minute of latitude is a nautical mile.
        let mile = metres_between(point(116.0, 40.0), point(116.0, 40.0 + 1.0 / 60.0));
        assert!((mile - 1853.0).abs() < 2.0, "{mile}");
        let across = metres_between(point(179.9999, 0.0), point(-179.9999, 0.0));
        assert!((across - 22.0).abs() < 1.0, "{across}");
    }

    #[test]
    fn each_part_speaks_for_likeness() {
        let base = Likeness::of(0.5, Some(100.0), 24.0, Some(true)).score;
        for worse in [
            Likeness::of(0.2, Some(100.0), 24.0, Some(true)),
            Likeness::of(0.5, Some(300.0), 24.0, Some(true)),
            Likeness::of(0.5, Some(100.0), 240.0, Some(true)),
            Likeness::of(0.5, Some(100.0), 24.0, Some(false)),
            Likeness::of(0.5, None, 24.0, Some(true)),
            Likeness::of(0.5, Some(100.0), 24.0, None),
        ] {
            assert!(worse.score < base, "{worse:?}");
        }
        let same = Likeness::of(1.0, Some(0.0), 0.0, Some(true));
        assert_eq!((same.score, same.metres, same.hours), (1000, Some(0), 0));
    }

    #[test]
    fn the_same_spot_alone_is_shown_but_not_sure() {
        let spot = |same_category| Likeness::of(0.0, Some(5.0), 1.0, same_category);
        assert!(
            spot(Some(true)).is_shown(&DuplicateLimits::default())
                && spot(Some(true)).is_sure(&DuplicateLimits::default())
        );
        assert!(
            spot(None).is_shown(&DuplicateLimits::default())
                && !spot(None).is_sure(&DuplicateLimits::default())
        );
        assert!(
            !spot(Some(false)).is_shown(&DuplicateLimits::default())
                && !spot(Some(false)).is_sure(&DuplicateLimits::default())
        );
        assert!(
            !Likeness::of(0.0, Some(200.0), 1.0, Some(true)).is_shown(&DuplicateLimits::default())
        );
    }

    #[test]
    fn what_lies_far_off_or_has_no_place_is_never_sure() {
        for metres in [Some(300.0), None] {
            let same = Likeness::of(1.0, metres, 0.0, Some(true));
            assert!(
                same.is_shown(&DuplicateLimits::default())
                    && !same.is_sure(&DuplicateLimits::default()),
                "{same:?}"
            );
        }
        let far = Likeness::of(0.5, Some(2_000.0), 0.0, Some(true));
        assert!(!far.is_shown(&DuplicateLimits::default()), "{far:?}");
    }

    #[test]
    fn limits_are_refused_where_they_would_show_all_or_hold_for_sure_what_is_not_shown() {
        let usual = DuplicateLimits::default();
        assert_eq!(usual.check(), Ok(()));
        let refused = |limits: DuplicateLimits| limits.check().unwrap_err().field.unwrap();
        let shown = |shown_permille| DuplicateLimits {
            shown_permille,
            ..usual
        };
        assert_eq!(refused(shown(199)), "shown_permille");
        assert_eq!(refused(shown(621)), "sure_permille");
        let window_days = DuplicateLimits {
            window_days: 0,
            ..usual
        };
        assert_eq!(refused(window_days), "window_days");
    }
}
