//! Which tier an imported area is of, and in which area it lies.

use std::collections::{BTreeMap, BTreeSet};

use geo::{Area as _, BooleanOps, BoundingRect, Intersects, MultiPolygon};
use yiwang_base::AreaCode;
use yiwang_cases::{Area, Tier, code_digits};

use super::AreaDraft;

/// What a draft becomes, with the areas around it that change because of it.
#[derive(Debug, Default)]
pub struct Placed {
    /// New or changed areas, by code. What is not among them stays as it is.
    pub areas: BTreeMap<AreaCode, Area>,
    /// Drafts for which no area above them was found although they have a tier.
    pub orphans: Vec<AreaCode>,
}

/// At least this much of an area lies in the one it is placed into by its outline.
const MOST_OF_IT: f64 = 0.5;

/// Places drafts among the areas of a city.
///
/// The tier is that of the draft, else that of a code of digits (6, 9, 12, 15),
/// else the one the area had. The area above is, of these, the first that there is:
/// the one the draft names; the one whose digits its own begin with; the smallest
/// outline of a higher tier with most of it inside; the one it lay in before.
/// Points are mapped to areas with an outline that have none with an outline in them.
pub fn place(
    drafts: &[AreaDraft],
    known: &BTreeMap<AreaCode, Area>,
    outlines: &BTreeMap<AreaCode, MultiPolygon<f64>>,
) -> Placed {
    let mut all = known.clone();
    let mut shapes: BTreeMap<&AreaCode, &MultiPolygon<f64>> = outlines.iter().collect();
    for draft in drafts {
        let before = known.get(&draft.code);
        let tier = draft
            .tier
            .or_else(|| Tier::of_code(draft.code.as_str()))
            .or_else(|| before.and_then(|area| area.tier));
        all.insert(
            draft.code.clone(),
            Area {
                code: draft.code.clone(),
                name: draft.name.clone(),
                parent: before.and_then(|area| area.parent.clone()),
                leaf: false,
                tier,
                retired: false,
            },
        );
        if let Some(geometry) = &draft.geometry {
            shapes.insert(&draft.code, geometry);
        }
    }
    let mut placed = Placed::default();
    let above = Above::new(&all, &shapes);
    let found: Vec<(AreaCode, Option<AreaCode>)> = drafts
        .iter()
        .map(|draft| (draft.code.clone(), above.of(draft, &all)))
        .collect();
    for (code, parent) in found {
        if let Some(area) = all.get_mut(&code) {
            if parent.is_some() {
                area.parent = parent;
            }
            let topmost = matches!(area.tier, None | Some(Tier::City | Tier::District));
            if area.parent.is_none() && !topmost {
                placed.orphans.push(code);
            }
        }
    }
    set_leaves(&mut all, &shapes.keys().copied().collect());
    let drafted: BTreeSet<&AreaCode> = drafts.iter().map(|draft| &draft.code).collect();
    all.retain(|code, area| drafted.contains(code) || known.get(code) != Some(area));
    placed.areas = all;
    placed
}

/// Says anew of all areas whether points are mapped to them.
pub fn set_leaves(all: &mut BTreeMap<AreaCode, Area>, outlined: &BTreeSet<&AreaCode>) {
    let mut around: BTreeSet<AreaCode> = BTreeSet::new();
    for area in all.values() {
        if area.retired || !outlined.contains(&area.code) {
            continue;
        }
        let mut parent = area.parent.as_ref();
        // What is above an area that was met already is above this one, too.
        while let Some(code) = parent.filter(|code| around.insert((*code).clone())) {
            parent = all.get(code).and_then(|area| area.parent.as_ref());
        }
    }
    for area in all.values_mut() {
        area.leaf = !area.retired && outlined.contains(&area.code) && !around.contains(&area.code);
    }
}

/// The areas that others may lie in.
struct Above<'a> {
    by_digits: BTreeMap<&'a str, &'a AreaCode>,
    outlined: Vec<(Option<Tier>, &'a AreaCode, &'a MultiPolygon<f64>)>,
}

impl<'a> Above<'a> {
    fn new(
        all: &'a BTreeMap<AreaCode, Area>,
        shapes: &BTreeMap<&'a AreaCode, &'a MultiPolygon<f64>>,
    ) -> Above<'a> {
        let current = all.values().filter(|area| !area.retired);
        let digits = |area: &'a Area| Some((code_digits(area.code.as_str())?, &area.code));
        let mut outlined: Vec<_> = current
            .clone()
            .filter_map(|area| Some((area.tier, &area.code, *shapes.get(&area.code)?)))
            .collect();
        // The lowest tier first, so that the nearest area around is met first.
        outlined.sort_by_key(|(tier, code, _)| (std::cmp::Reverse(*tier), *code));
        Above {
            by_digits: current.filter_map(digits).collect(),
            outlined,
        }
    }

    fn of(&self, draft: &AreaDraft, all: &BTreeMap<AreaCode, Area>) -> Option<AreaCode> {
        let named = draft.parent.as_deref().and_then(|parent| {
            let code: Option<AreaCode> = parent.to_lowercase().parse().ok();
            code.filter(|code| all.contains_key(code)).or_else(|| {
                self.by_digits
                    .get(code_digits(parent)?)
                    .map(|code| (*code).clone())
            })
        });
        named
            .or_else(|| self.by_code(&draft.code))
            .or_else(|| self.by_outline(draft, all))
            .filter(|parent| *parent != draft.code)
    }

    fn by_code(&self, code: &AreaCode) -> Option<AreaCode> {
        let digits = code_digits(code.as_str())?;
        let tier = Tier::of_code(digits)?;
        let lengths = std::iter::successors(tier.above(), |tier| tier.above());
        let mut lengths = lengths.filter_map(Tier::digits);
        lengths.find_map(|length| {
            let found = self.by_digits.get(digits.get(..length)?)?;
            Some((*found).clone())
        })
    }

    fn by_outline(&self, draft: &AreaDraft, all: &BTreeMap<AreaCode, Area>) -> Option<AreaCode> {
        let tier = all.get(&draft.code)?.tier?;
        let geometry = draft.geometry.as_ref()?;
        let own = geometry.bounding_rect()?;
        let whole = geometry.unsigned_area();
        let around = self.outlined.iter().filter(|(above, code, shape)| {
            above.is_some_and(|above| above < tier)
                && **code != draft.code
                && shape
                    .bounding_rect()
                    .is_some_and(|rect| rect.intersects(&own))
        });
        let mut around = around;
        let most = around.find(|(_, _, shape)| {
            shape.intersection(geometry).unsigned_area() > MOST_OF_IT * whole
        });
        most.map(|(_, code, _)| (*code).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Coord, Rect};
    use yiwang_base::LocalText;

    fn square(west: f64, south: f64, side: f64) -> MultiPolygon<f64> {
        let at = |x, y| Coord { x, y };
        MultiPolygon(vec![
            Rect::new(at(west, south), at(west + side, south + side)).to_polygon(),
        ])
    }

    fn draft(code: &str, tier: Option<Tier>, geometry: Option<MultiPolygon<f64>>) -> AreaDraft {
        AreaDraft {
            code: code.parse().unwrap(),
            name: LocalText::same(code),
            tier,
            parent: None,
            geometry,
            area_m2: 0.0,
            feature: 0,
        }
    }

    struct Town {
        areas: BTreeMap<AreaCode, Area>,
        outlines: BTreeMap<AreaCode, MultiPolygon<f64>>,
    }

    impl Town {
        fn import(&mut self, drafts: &[AreaDraft]) -> Placed {
            let placed = place(drafts, &self.areas, &self.outlines);
            self.areas.extend(placed.areas.clone());
            for draft in drafts {
                if let Some(shape) = &draft.geometry {
                    self.outlines.insert(draft.code.clone(), shape.clone());
                }
            }
            placed
        }

        fn told(&self, code: &str) -> (Option<Tier>, Option<&str>, bool) {
            let area = &self.areas[&code.parse::<AreaCode>().unwrap()];
            let parent = area.parent.as_ref().map(AreaCode::as_str);
            (area.tier, parent, area.leaf)
        }
    }

    fn town() -> Town {
        Town {
            areas: BTreeMap::new(),
            outlines: BTreeMap::new(),
        }
    }

    #[test]
    fn codes_of_digits_say_tier_and_parent_whatever_comes_first() {
        let mut town = town();
        let placed = town.import(&[
            draft("110101001005", None, None),
            draft("110101001", None, None),
        ]);
        assert_eq!(placed.orphans, ["110101001".parse().unwrap()]);
        town.import(&[draft("156110101", None, Some(square(0.0, 0.0, 1.0)))]);
        town.import(&[draft("110101001", None, None)]);
        assert_eq!(
            town.told("110101001005"),
            (Some(Tier::Community), Some("110101001"), false)
        );
        assert_eq!(
            town.told("110101001"),
            (Some(Tier::Street), Some("156110101"), false)
        );
        // Nothing below the district has an outline: points are mapped to it.
        assert_eq!(town.told("156110101"), (Some(Tier::District), None, true));
    }

    #[test]
    fn a_file_of_a_tier_is_placed_by_its_outlines_and_takes_over_the_points() {
        let mut town = town();
        town.import(&[
            draft("west", Some(Tier::District), Some(square(0.0, 0.0, 4.0))),
            draft("east", Some(Tier::District), Some(square(4.0, 0.0, 4.0))),
        ]);
        assert_eq!(town.told("west"), (Some(Tier::District), None, true));
        let placed = town.import(&[
            draft("mill", Some(Tier::Street), Some(square(0.0, 0.0, 2.0))),
            draft("bank", Some(Tier::Street), Some(square(3.5, 0.0, 2.0))),
            draft("moon", Some(Tier::Street), Some(square(20.0, 0.0, 2.0))),
        ]);
        assert_eq!(town.told("mill"), (Some(Tier::Street), Some("west"), true));
        assert_eq!(town.told("bank"), (Some(Tier::Street), Some("east"), true));
        assert!(!town.told("west").2, "its street has the points now");
        assert_eq!(placed.orphans, ["moon".parse().unwrap()]);
        assert_eq!(placed.areas.len(), 5, "both districts changed");
    }

    #[test]
    fn what_a_file_names_goes_before_code_and_outline() {
        let mut town = town();
        town.import(&[draft("a", None, None), draft("110101", None, None)]);
        let mut named = draft("110101001", None, None);
        named.parent = Some("A".to_owned());
        town.import(&[named]);
        assert_eq!(town.told("110101001").1, Some("a"));
        let mut by_digits = draft("x", None, None);
        by_digits.parent = Some("156110101".to_owned());
        town.import(&[by_digits]);
        assert_eq!(town.told("x").1, Some("110101"));
    }

    #[test]
    fn importing_twice_changes_nothing() {
        let mut town = town();
        let file = [
            draft("110101", None, Some(square(0.0, 0.0, 4.0))),
            draft("110101001", None, Some(square(0.0, 0.0, 2.0))),
        ];
        town.import(&file);
        let before = town.areas.clone();
        town.import(&file);
        assert_eq!(town.areas, before);
    }
}
