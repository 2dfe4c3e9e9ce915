//! Merging grids: what holds of any layers, and a few drawn by hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::{BTreeMap, BTreeSet};

use geo::{BooleanOps, Contains, Coord, MultiPolygon, Point, Rect};
use proptest::prelude::*;
use yiwang_base::AreaCode;
use yiwang_cases::coverage::globe_m2;
use yiwang_cases::grid::{Container, Layer, MergeError, Merged, OldCell, SizeLimits, WHOLE, merge};

/// A rectangle on a grid of 0.001°, at 40° north some 85 by 111 m each.
fn rect(x: i32, y: i32, wide: i32, high: i32) -> MultiPolygon<f64> {
    let at = |x: i32, y: i32| Coord {
        x: 116.0 + f64::from(x) / 1000.0,
        y: 40.0 + f64::from(y) / 1000.0,
    };
    MultiPolygon(vec![
        Rect::new(at(x, y), at(x + wide, y + high)).to_polygon(),
    ])
}

fn container(code: &str, shape: MultiPolygon<f64>) -> Container {
    Container {
        code: code.parse().unwrap(),
        shape,
    }
}

fn layer(name: &str, cells: Vec<(MultiPolygon<f64>, Option<u64>)>) -> Layer {
    let cells = cells
        .into_iter()
        .enumerate()
        .map(|(n, (shape, population))| OldCell {
            code: format!("{name}{n}"),
            shape,
            population,
        });
    Layer {
        name: name.to_owned(),
        cells: cells.collect(),
    }
}

fn none() -> BTreeSet<AreaCode> {
    BTreeSet::new()
}

/// Two grids of a community of 8 by 8: four quarters with people, and three
/// bands whose first border is that of the quarters.
fn two_grids() -> (Vec<Container>, Vec<Layer>) {
    let quarters = layer(
        "city",
        vec![
            (rect(0, 4, 4, 4), Some(400)),
            (rect(4, 4, 4, 4), Some(200)),
            (rect(0, 0, 4, 4), Some(100)),
            (rect(4, 0, 4, 4), Some(100)),
        ],
    );
    let bands = layer(
        "police",
        vec![
            (rect(0, 4, 8, 4), None),
            (rect(0, 1, 8, 3), None),
            (rect(0, 0, 8, 1), None),
        ],
    );
    (
        vec![container("110101001005", rect(0, 0, 8, 8))],
        vec![quarters, bands],
    )
}

#[test]
fn without_limits_each_piece_that_no_border_crosses_is_a_cell() {
    let (containers, layers) = two_grids();
    let merged = merge(&containers, &layers, &SizeLimits::default(), &none()).unwrap();
    assert_eq!(merged.cells.len(), 6);
    assert_eq!(merged.statistics.atoms, 6);
    let codes: Vec<_> = merged.cells.iter().map(|cell| cell.code.as_str()).collect();
    assert_eq!(codes[0], "110101001005001");
    assert_eq!(codes[5], "110101001005006");
    // From north to south, west to east.
    let people: Vec<_> = merged.cells.iter().map(|cell| cell.population).collect();
    assert_eq!(people, [400, 200, 75, 75, 25, 25]);
    for kept in &merged.statistics.kept {
        assert!((kept.kept_metres - kept.metres).abs() < 0.1, "{kept:?}");
    }
}

#[test]
fn small_pieces_join_over_the_border_that_fewest_layers_have() {
    let (containers, layers) = two_grids();
    let limits = SizeLimits {
        min_population: 90,
        ..SizeLimits::default()
    };
    let merged = merge(&containers, &layers, &limits, &none()).unwrap();
    // The pieces of the south join within their quarters: the border of the
    // quarters across the middle, which both layers have, stays.
    let people: Vec<_> = merged.cells.iter().map(|cell| cell.population).collect();
    assert_eq!(people, [400, 200, 100, 100]);
    assert_eq!((merged.statistics.under, merged.statistics.over), (0, 0));
    let kept = |name: &str| {
        let of = merged
            .statistics
            .kept
            .iter()
            .find(|kept| kept.layer == name);
        of.map(|kept| kept.kept_metres / kept.metres).unwrap()
    };
    assert!((kept("city") - 1.0).abs() < 1e-3);
    assert!((kept("police") - 0.5).abs() < 1e-3);
    let police1: Vec<_> = merged
        .crosswalk
        .iter()
        .filter(|one| one.old == "police1")
        .map(|one| (one.new, one.area_share, one.population_share))
        .collect();
    assert_eq!(police1, [(2, 500_000, 500_000), (3, 500_000, 500_000)]);
}

#[test]
fn a_cell_that_is_too_large_by_itself_is_divided() {
    let containers = [container("110101001005", rect(0, 0, 8, 8))];
    let layers = [layer("city", vec![(rect(0, 0, 8, 8), Some(1_000))])];
    let limits = SizeLimits {
        max_population: 300,
        ..SizeLimits::default()
    };
    let merged = merge(&containers, &layers, &limits, &none()).unwrap();
    assert_eq!(merged.cells.len(), 4);
    assert!(merged.cells.iter().all(|cell| cell.population == 250));
    assert_eq!(merged.statistics.population, 1_000);
}

#[test]
fn cells_stay_within_their_areas_and_ground_of_no_layer_is_covered_too() {
    let containers = [
        container("110101001001", rect(0, 0, 4, 4)),
        container("110101001002", rect(4, 0, 4, 4)),
    ];
    // One cell over both communities, and some ground outside of them.
    let layers = [layer("city", vec![(rect(1, 1, 9, 2), Some(90))])];
    let merged = merge(&containers, &layers, &SizeLimits::default(), &none()).unwrap();
    assert_eq!(merged.statistics.outside_population, 20);
    assert!(merged.statistics.outside_m2 > 0.0);
    let inside: BTreeSet<_> = merged
        .cells
        .iter()
        .map(|cell| cell.container.as_str())
        .collect();
    assert_eq!(inside.len(), 2);
    let whole = globe_m2(&rect(0, 0, 8, 4));
    assert!((merged.statistics.area_m2 / whole - 1.0).abs() < 1e-6);
}

#[test]
fn slivers_between_borders_that_were_drawn_alike_make_no_cells() {
    let near = |x: i32, y: i32, wide: i32, high: i32, off: f64| {
        let shape = rect(x, y, wide, high);
        use geo::Translate;
        shape.translate(off, 0.0)
    };
    let containers = [container("110101001005", rect(0, 0, 8, 8))];
    // The border of the police lies half a metre beside that of the city.
    let layers = [
        layer(
            "city",
            vec![(rect(0, 0, 4, 8), None), (rect(4, 0, 4, 8), None)],
        ),
        layer(
            "police",
            vec![
                (near(-1, 0, 5, 8, 5e-7), None),
                (near(4, 0, 5, 8, 5e-7), None),
            ],
        ),
    ];
    let merged = merge(&containers, &layers, &SizeLimits::default(), &none()).unwrap();
    assert!(merged.statistics.atoms > 2);
    assert_eq!(merged.cells.len(), 2);
}

#[test]
fn what_cannot_be_merged_is_refused() {
    let (containers, layers) = two_grids();
    let limits = SizeLimits::default();
    let refused = |containers: &[Container], layers: &[Layer], limits| {
        merge(containers, layers, limits, &none()).unwrap_err()
    };
    assert_eq!(refused(&containers, &[], &limits), MergeError::NoLayers);
    assert_eq!(refused(&[], &layers, &limits), MergeError::NoContainers);
    let backwards = SizeLimits {
        min_m2: 10,
        max_m2: 9,
        ..limits
    };
    assert_eq!(
        refused(&containers, &layers, &backwards),
        MergeError::Limits { least: 10, most: 9 }
    );
    let tiny = SizeLimits {
        max_m2: 300,
        ..limits
    };
    assert!(matches!(
        refused(&containers, &layers, &tiny),
        MergeError::TooMany { .. }
    ));
}

/// Layers of rectangles anywhere, also overlapping and over the edge.
fn layers() -> impl Strategy<Value = Vec<Layer>> {
    let cell = (
        (-2_i32..10, -2_i32..10, 1_i32..8, 1_i32..8),
        proptest::option::of(0_u64..500),
    )
        .prop_map(|((x, y, wide, high), population)| (rect(x, y, wide, high), population));
    prop::collection::vec(prop::collection::vec(cell, 1..6), 1..4).prop_map(|all| {
        let names = ["city", "police", "party"];
        all.into_iter()
            .zip(names)
            .map(|(cells, name)| layer(name, cells))
            .collect()
    })
}

fn limits() -> impl Strategy<Value = SizeLimits> {
    (0_u64..60_000, 0_u64..300, any::<bool>()).prop_map(|(min_m2, min_population, most)| {
        SizeLimits {
            min_m2,
            min_population,
            max_m2: if most {
                60_000.max(min_m2) * 3
            } else {
                u64::MAX
            },
            max_population: u64::MAX,
        }
    })
}

fn town() -> Vec<Container> {
    vec![
        container("110101001001", rect(0, 0, 6, 12)),
        container("110101001002", rect(6, 0, 6, 12)),
    ]
}

/// The ground that two shapes share, square metres.
fn shared(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> f64 {
    globe_m2(&a.intersection(b))
}

fn check_shares(merged: &Merged) {
    let mut sums: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    for crossing in &merged.crosswalk {
        let sum = sums.entry((&crossing.layer, &crossing.old)).or_default();
        sum.0 += crossing.area_share;
        sum.1 += crossing.population_share;
        assert!(crossing.new < merged.cells.len());
    }
    for (old, sums) in sums {
        assert_eq!(sums, (WHOLE, WHOLE), "{old:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn any_layers_give_cells_that_cover_their_areas_once(
        layers in layers(),
        limits in limits(),
        points in prop::collection::vec((0.0_f64..0.012, 0.0_f64..0.012), 40),
    ) {
        let merged = merge(&town(), &layers, &limits, &none()).unwrap();
        let whole: f64 = town().iter().map(|one| globe_m2(&one.shape)).sum();
        let covered = merged.statistics.area_m2;
        prop_assert!((covered - whole).abs() < 1.0, "{covered} of {whole} m²");
        let codes: BTreeSet<_> = merged.cells.iter().map(|cell| &cell.code).collect();
        prop_assert_eq!(codes.len(), merged.cells.len(), "each code once");
        for (n, cell) in merged.cells.iter().enumerate() {
            prop_assert_eq!(cell.shape.0.len(), 1, "connected");
            prop_assert!(cell.code.as_str().starts_with(cell.container.as_str()));
            let own = town().into_iter().find(|one| one.code == cell.container).unwrap();
            prop_assert!((shared(&cell.shape, &own.shape) - cell.area_m2).abs() < 0.5);
            for other in &merged.cells[n + 1..] {
                prop_assert!(shared(&cell.shape, &other.shape) < 0.5);
            }
        }
        for (x, y) in points {
            let at = Point::new(116.0 + x, 40.0 + y);
            let found = merged.cells.iter().filter(|cell| cell.shape.contains(&at)).count();
            prop_assert!(found <= 1);
        }
        check_shares(&merged);
        let again = merge(&town(), &layers, &limits, &none()).unwrap();
        prop_assert_eq!(again, merged);
    }
}
