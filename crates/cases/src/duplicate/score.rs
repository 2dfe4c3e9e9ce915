//! How alike two cases are, and why.

use yiwang_base::Point;

/// Name and version of the rule, for the record.
pub const DUPLICATES_RULE: &str = "duplicates/1";

/// From this score on, thousandths, two cases are held to be about the same
/// matter when clusters are formed; candidates are shown from [`SHOWN`] on.
pub const SURE: u16 = 560;

/// From this score on a case is a candidate.
pub(super) const SHOWN: u16 = 400;

/// Cases farther apart in time are not compared.
pub(super) const WINDOW_HOURS: i64 = 45 * 24;

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

/// Metres over which nearness falls to a half, and hours likewise.
const HALF_METRES: f64 = 150.0;
const HALF_HOURS: f64 = 240.0;
/// What each part weighs: a choice, checked on the sample city's repeats by a test.
const TEXT: f64 = 0.45;
const PLACE: f64 = 0.35;
const CATEGORY: f64 = 0.10;
const TIME: f64 = 0.10;
/// What counts for a part that is not known: less than an agreement.
const UNKNOWN_PLACE: f64 = 0.35;
const UNKNOWN_CATEGORY: f64 = 0.5;

impl Likeness {
    /// From the cosine of the words (0 to 1), metres and hours apart, and
    /// whether the category is the same.
    pub(super) fn of(
        cosine: f64,
        metres: Option<f64>,
        hours: f64,
        same_category: Option<bool>,
    ) -> Likeness {
        let half = |apart: f64, half: f64| 0.5_f64.powf(apart / half);
        let near = metres.map_or(UNKNOWN_PLACE, |metres| half(metres, HALF_METRES));
        let category = same_category.map_or(UNKNOWN_CATEGORY, |same| f64::from(u8::from(same)));
        let score = TEXT * cosine.sqrt()
            + PLACE * near
            + CATEGORY * category
            + TIME * half(hours, HALF_HOURS);
        let thousandths = |part: f64| (part * 1000.0).round().clamp(0.0, 1000.0) as u16;
        Likeness {
            score: thousandths(score),
            text: thousandths(cosine),
            metres: metres.map(|metres| metres.round() as u32),
            hours: hours as u32,
            same_category,
        }
    }

    /// Whether it is enough to show the case as a candidate. Two cases that
    /// share hardly a word must be at the same spot and of the same category.
    pub(super) fn is_shown(&self) -> bool {
        let same_spot = self.metres.is_some_and(|metres| metres <= 60);
        let speaks = self.text >= 60 || (same_spot && self.same_category == Some(true));
        self.score >= SHOWN && speaks
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
    fn the_same_spot_alone_is_no_candidate_without_a_word_or_the_category() {
        assert!(Likeness::of(0.0, Some(5.0), 1.0, Some(true)).is_shown());
        assert!(!Likeness::of(0.0, Some(5.0), 1.0, None).is_shown());
        assert!(!Likeness::of(0.0, Some(200.0), 1.0, Some(true)).is_shown());
    }
}
