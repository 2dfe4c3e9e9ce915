//! Places in a text (地名): names of areas, streets and points of interest,
//! recognised in what residents write.
//!
//! Of overlapping names the one that begins first counts, and of those the
//! longest: 幸福里社区卫生站 is the health post, not the community.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use yiwang_base::{AreaCode, Point};

use crate::metres_between;

/// What sort of place a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlaceKind {
    /// An area (区域).
    Area,
    /// A street or road (道路).
    Street,
    /// A point of interest: a school, a market, a station (兴趣点).
    Poi,
    /// A settlement or quarter, a park, a water (地名).
    Locality,
}

impl PlaceKind {
    /// All of them.
    pub const ALL: [PlaceKind; 4] = [
        PlaceKind::Area,
        PlaceKind::Street,
        PlaceKind::Poi,
        PlaceKind::Locality,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            PlaceKind::Area => "area",
            PlaceKind::Street => "street",
            PlaceKind::Poi => "poi",
            PlaceKind::Locality => "locality",
        }
    }
}

/// A name, and what it stands for.
#[derive(Debug, Clone)]
pub struct PlaceName {
    /// The name as people write it.
    pub name: String,
    /// What sort of place.
    pub kind: PlaceKind,
    /// The area it is, for areas.
    pub area: Option<AreaCode>,
    /// Where its middle is.
    pub point: Option<Point>,
}

/// A name found in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundPlace {
    /// Where it begins, characters from 0.
    pub begin: usize,
    /// Where it ends, characters, not included.
    pub end: usize,
    /// The name, as the map has it.
    pub name: String,
    /// What sort of place.
    pub kind: PlaceKind,
    /// The area it is, for areas.
    pub area: Option<AreaCode>,
    /// Where its middle is; `None` where several places far apart have the name.
    pub point: Option<Point>,
    /// How far from there it reaches, metres, as its parts on the map tell.
    pub reach_metres: u32,
}

/// Shortest Chinese and Latin names that are looked for, characters.
const SHORTEST_HAN: usize = 2;
const SHORTEST_LATIN: usize = 4;
/// Parts of one name within this distance of their middle are one place; a
/// street may be longer.
const ONE_PLACE_METRES: f64 = 600.0;
const ONE_STREET_METRES: f64 = 3_000.0;
/// What people leave off the name of an area, with what must be left of it.
const LEFT_OFF: [&str; 8] = [
    "社区居委会",
    "街道办事处",
    "社区",
    "街道",
    "小区",
    "地区",
    "镇",
    "乡",
];
const LEAST_LEFT: usize = 3;

struct Known {
    name: String,
    kind: PlaceKind,
    area: Option<AreaCode>,
    point: Option<Point>,
    reach_metres: u32,
}

/// All the names of a city, ready to be found in a text.
pub struct Gazetteer {
    automaton: AhoCorasick,
    known: Vec<Known>,
    /// Which place a pattern of the automaton stands for.
    patterns: Vec<usize>,
}

impl Gazetteer {
    /// A gazetteer of names. Names that are too short to mean a place are left out.
    ///
    /// # Errors
    /// When there are too many names for the automaton.
    pub fn new(names: impl IntoIterator<Item = PlaceName>) -> Result<Gazetteer, BuildError> {
        let mut by_name: BTreeMap<(String, PlaceKind), Vec<PlaceName>> = BTreeMap::new();
        for place in names {
            let name = place.name.trim().to_owned();
            if is_long_enough(&name) {
                by_name.entry((name, place.kind)).or_default().push(place);
            }
        }
        let known: Vec<Known> = by_name
            .into_iter()
            .map(|((name, kind), parts)| Known::of(name, kind, &parts))
            .collect();
        // Of two places of one name the sort named first counts.
        let mut texts: BTreeMap<String, usize> = BTreeMap::new();
        for (place, known) in known.iter().enumerate() {
            texts.entry(known.name.clone()).or_insert(place);
        }
        for (place, known) in known.iter().enumerate() {
            if let Some(short) = without_sort(known) {
                // A place that has the short name itself goes first.
                texts.entry(short.to_owned()).or_insert(place);
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(texts.keys())?;
        Ok(Gazetteer {
            automaton,
            known,
            patterns: texts.into_values().collect(),
        })
    }

    /// How many names it looks for.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether it knows no name.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The places that a text names, in its order.
    pub fn find(&self, text: &str) -> Vec<FoundPlace> {
        let mut found = Vec::new();
        let (mut bytes, mut chars) = (0, 0);
        for hit in self.automaton.find_iter(text) {
            if cuts_a_word(text, hit.start(), hit.end()) {
                continue;
            }
            chars += text[bytes..hit.start()].chars().count();
            let length = text[hit.start()..hit.end()].chars().count();
            let known = &self.known[self.patterns[hit.pattern().as_usize()]];
            found.push(FoundPlace {
                begin: chars,
                end: chars + length,
                name: known.name.clone(),
                kind: known.kind,
                area: known.area.clone(),
                point: known.point,
                reach_metres: known.reach_metres,
            });
            bytes = hit.end();
            chars += length;
        }
        found
    }

    /// The place that says most exactly where a text speaks of: of those with
    /// a point, the one that reaches least far.
    pub fn where_is(&self, text: &str) -> Option<FoundPlace> {
        let found = self.find(text).into_iter();
        found
            .filter(|place| place.point.is_some())
            .min_by_key(|place| place.reach_metres)
    }
}

impl Known {
    fn of(name: String, kind: PlaceKind, parts: &[PlaceName]) -> Known {
        let points: Vec<Point> = parts.iter().filter_map(|part| part.point).collect();
        let middle = middle(&points);
        let reach = middle.map_or(0.0, |middle| {
            let apart = points.iter().map(|point| metres_between(middle, *point));
            apart.fold(0.0, f64::max)
        });
        let most = match kind {
            PlaceKind::Street => ONE_STREET_METRES,
            PlaceKind::Area | PlaceKind::Poi | PlaceKind::Locality => ONE_PLACE_METRES,
        };
        let areas: Vec<&AreaCode> = parts.iter().filter_map(|part| part.area.as_ref()).collect();
        Known {
            name,
            kind,
            // Two areas of one name are told apart by nobody.
            area: areas.first().copied().filter(|_| areas.len() == 1).cloned(),
            point: middle.filter(|_| reach <= most),
            reach_metres: reach.min(f64::from(u32::MAX)) as u32,
        }
    }
}

fn middle(points: &[Point]) -> Option<Point> {
    let count = points.len() as f64;
    let sum = |of: fn(Point) -> f64| points.iter().map(|point| of(*point)).sum::<f64>();
    (count > 0.0)
        .then(|| Point::new(sum(Point::lon) / count, sum(Point::lat) / count).ok())
        .flatten()
}

fn is_long_enough(name: &str) -> bool {
    let length = name.chars().count();
    if name.is_ascii() {
        length >= SHORTEST_LATIN && name.bytes().any(|b| b.is_ascii_alphabetic())
    } else {
        length >= SHORTEST_HAN
    }
}

/// The name of an area without the word for its sort.
fn without_sort(known: &Known) -> Option<&str> {
    if known.kind != PlaceKind::Area {
        return None;
    }
    let short = LEFT_OFF
        .iter()
        .find_map(|end| known.name.strip_suffix(end))?;
    (short.chars().count() >= LEAST_LEFT).then_some(short)
}

/// Whether a Latin name begins or ends inside a longer word.
fn cuts_a_word(text: &str, begin: usize, end: usize) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let inside = &text[begin..end];
    (letter(inside.chars().next()) && letter(text[..begin].chars().next_back()))
        || (letter(inside.chars().next_back()) && letter(text[end..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(name: &str, kind: PlaceKind, at: Option<(f64, f64)>) -> PlaceName {
        PlaceName {
            name: name.into(),
            kind,
            area: (kind == PlaceKind::Area).then(|| "west".parse().unwrap()),
            point: at.map(|(lon, lat)| Point::new(lon, lat).unwrap()),
        }
    }

    fn gazetteer() -> Gazetteer {
        Gazetteer::new([
            place("幸福里社区", PlaceKind::Area, Some((116.30, 39.90))),
            place("幸福里社区卫生站", PlaceKind::Poi, Some((116.301, 39.901))),
            place("春风路", PlaceKind::Street, Some((116.31, 39.90))),
            place("春风路", PlaceKind::Street, Some((116.32, 39.90))),
            place("中心小学", PlaceKind::Poi, Some((116.1, 39.8))),
            place("中心小学", PlaceKind::Poi, Some((116.9, 40.0))),
            place("Main Street", PlaceKind::Street, Some((116.4, 39.9))),
            place("桥", PlaceKind::Locality, Some((116.4, 39.9))),
            place("Bay", PlaceKind::Locality, Some((116.4, 39.9))),
        ])
        .unwrap()
    }

    fn names(text: &str) -> Vec<(usize, usize, String)> {
        let found = gazetteer().find(text).into_iter();
        found.map(|f| (f.begin, f.end, f.name)).collect()
    }

    #[test]
    fn the_longest_name_counts_and_its_position_is_in_characters() {
        assert_eq!(
            names("我在幸福里社区卫生站门口"),
            [(2, 10, "幸福里社区卫生站".into())]
        );
        assert_eq!(
            names("幸福里春风路的灯"),
            [(0, 3, "幸福里社区".into()), (3, 6, "春风路".into())],
            "an area by its short name"
        );
        assert_eq!(names("桥上 Bay"), [], "too short to mean a place");
    }

    #[test]
    fn latin_names_are_whole_words_in_large_or_small_letters() {
        assert_eq!(names("on main street."), [(3, 14, "Main Street".into())]);
        assert_eq!(names("domain streets"), []);
    }

    #[test]
    fn a_street_is_where_its_middle_is_and_a_name_of_two_places_is_nowhere() {
        let gazetteer = gazetteer();
        let street = &gazetteer.find("春风路")[0];
        assert!((street.point.unwrap().lon() - 116.315).abs() < 1e-9);
        assert!((400..450).contains(&street.reach_metres), "{street:?}");
        let school = &gazetteer.find("中心小学")[0];
        assert_eq!(school.point, None);
        let most_exact = gazetteer.where_is("幸福里社区的春风路中心小学").unwrap();
        assert_eq!(most_exact.name, "幸福里社区");
        assert_eq!(most_exact.area, Some("west".parse().unwrap()));
        assert_eq!(gazetteer.where_is("哪里都不是"), None);
    }

    proptest! {
        #[test]
        fn what_is_found_stands_in_the_text_and_nothing_overlaps(text in "[幸福里社区卫生站春风路Main Streto 号]{0,40}") {
            let chars: Vec<char> = text.chars().collect();
            let mut last = 0;
            for found in gazetteer().find(&text) {
                prop_assert!(found.begin >= last && found.end <= chars.len());
                let said: String = chars[found.begin..found.end].iter().collect();
                prop_assert!(found.name.to_lowercase().starts_with(&said.to_lowercase()));
                last = found.end;
            }
        }
    }
}
