use std::path::PathBuf;

use geo::{Area, Contains, Geometry, Point};
use proptest::prelude::*;
use tempfile::TempDir;
use yiwang_base::Refusal;
use yiwang_store::basemap::Bounds;

use super::fixture::{Block, Message, blob, envelope, file, header, quarter};
use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

struct Desk {
    dir: TempDir,
    store: BasemapStore,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = BasemapStore::new(dir.path());
        Self { dir, store }
    }

    fn import(&self, bytes: &[u8]) -> Result<OsmReport, ImportError> {
        let path = self.dir.path().join("test.osm.pbf");
        std::fs::write(&path, bytes).unwrap();
        import_osm(&path, &self.store, NOW, &mut |_| {})
    }

    fn refusal(&self, bytes: &[u8]) -> Refusal {
        match self.import(bytes) {
            Err(ImportError::Refused(refusal)) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    fn all(&self) -> Vec<Feature> {
        let everywhere = Bounds {
            west: -180.0,
            south: -90.0,
            east: 180.0,
            north: 90.0,
        };
        self.store.features(everywhere, 16).unwrap().unwrap()
    }
}

fn classes(features: &[Feature]) -> Vec<(&'static str, &str)> {
    let mut all: Vec<_> = features
        .iter()
        .map(|f| (f.layer.name(), f.class.as_str()))
        .collect();
    all.sort_unstable();
    all
}

#[test]
fn a_quarter_is_drawn_and_what_is_broken_is_counted() {
    let desk = Desk::new();
    let report = desk.import(&quarter()).unwrap();
    assert_eq!((report.nodes, report.ways, report.relations), (17, 8, 4));
    assert_eq!(report.cut_ways, 1, "the footway leaves the extract");
    assert_eq!(report.broken_relations, 2);
    let reasons: Vec<_> = report
        .broken_examples
        .iter()
        .map(|b| (b.id, b.reason.as_str()))
        .collect();
    assert_eq!(
        reasons,
        [
            (201, "a ring stays open at node 3"),
            (202, "way 888 is not in the extract"),
        ]
    );
    let all = desk.all();
    assert_eq!(
        classes(&all),
        [
            ("boundary", "city"),
            ("boundary", "city"),
            ("building", "building"),
            ("green", "park"),
            ("poi", "park"),
            ("poi", "school"),
            ("road", "path"),
            ("road", "residential"),
            ("water", "lake"),
        ]
    );
    assert_eq!(report.features, all.len() as u64);
    let street = all.iter().find(|f| f.class == "residential").unwrap();
    assert_eq!(street.names.local.as_deref(), Some("杨树街"));
    assert_eq!(street.names.en.as_deref(), Some("Poplar Street"));
}

#[test]
fn a_lake_made_of_three_ways_has_its_island() {
    let desk = Desk::new();
    desk.import(&quarter()).unwrap();
    let lake = desk.all().into_iter().find(|f| f.class == "lake").unwrap();
    assert_eq!(lake.names.zh.as_deref(), Some("镜湖"));
    let Geometry::MultiPolygon(shape) = &lake.geometry else {
        panic!("{:?}", lake.geometry);
    };
    // 0.01° square, less a triangle of half 0.002° squared.
    assert!((shape.unsigned_area() - (1e-4 - 2e-6)).abs() < 1e-9);
    assert!(shape.contains(&Point::new(116.391, 39.901)));
    assert!(!shape.contains(&Point::new(116.3956, 39.905)), "island");
}

#[test]
fn an_import_replaces_the_map_and_a_failed_one_does_not() {
    let desk = Desk::new();
    desk.import(&quarter()).unwrap();
    let before = desk.store.meta().unwrap().unwrap();
    assert_eq!(before.source, "test.osm.pbf");
    desk.refusal(b"nothing of the kind");
    assert_eq!(desk.store.meta().unwrap().unwrap(), before);
    let street = file(vec![
        Block::default().nodes(&[(1, 0, 0), (2, 100, 100)]),
        Block::default().way(1, &[1, 2], &[("highway", "primary")]),
    ]);
    assert_eq!(desk.import(&street).unwrap().features, 1);
    assert_eq!(classes(&desk.all()), [("road", "primary")]);
}

#[test]
fn files_of_other_kinds_are_refused_as_such() {
    let desk = Desk::new();
    for bytes in [
        &b""[..],
        b"abc",
        b"<?xml version='1.0'?><osm/>",
        &[0; 40],
        &[255; 40],
    ] {
        assert_eq!(desk.refusal(bytes).code, "import.osm.not-pbf", "{bytes:?}");
    }
    let data_first = blob("OSMData", &Block::default().finish());
    assert_eq!(desk.refusal(&data_first).code, "import.osm.not-pbf");
    let history = header(&["OsmSchema-V0.6", "HistoricalInformation"]);
    let refusal = desk.refusal(&history);
    assert_eq!(refusal.code, "import.osm.feature");
    assert_eq!(refusal.found.unwrap(), "HistoricalInformation");
    let missing = import_osm(
        &PathBuf::from("/no/such.pbf"),
        &desk.store,
        NOW,
        &mut |_| {},
    );
    assert!(missing.unwrap_err().to_string().contains("/no/such.pbf"));
}

#[test]
fn a_file_cut_anywhere_is_refused_or_ends_between_blocks() {
    let desk = Desk::new();
    let whole = quarter();
    let mut accepted = 0;
    for end in 0..whole.len() {
        match desk.import(&whole[..end]) {
            Ok(_) => accepted += 1,
            Err(ImportError::Refused(r)) => {
                assert!(
                    r.code == "import.osm.truncated"
                        || r.code == "import.osm.not-pbf"
                        || r.code == "import.osm.damaged",
                    "{end}: {r:?}"
                );
            }
            Err(other) => panic!("{end}: {other}"),
        }
    }
    assert_eq!(accepted, 3, "after the header, the nodes, the ways");
}

#[test]
fn lengths_that_lie_are_refused_with_the_block_and_byte() {
    let desk = Desk::new();
    let mut huge = header(&[]);
    let at = huge.len();
    huge.extend(u32::MAX.to_be_bytes());
    let refusal = desk.refusal(&huge);
    assert_eq!(refusal.code, "import.osm.damaged");
    assert_eq!(refusal.field.unwrap(), format!("block 2, byte {at}"));
    for (size, code) in [
        (u64::MAX, "import.osm.damaged"), // −1: would lead backwards for ever
        (33 << 20, "import.osm.damaged"),
        (1 << 20, "import.osm.truncated"),
    ] {
        let mut file = header(&[]);
        let head = Message::default().bytes(1, b"OSMData").number(3, size).0;
        file.extend((head.len() as u32).to_be_bytes());
        file.extend(head);
        assert_eq!(desk.refusal(&file).code, code, "size {size}");
    }
}

#[test]
fn a_deflate_bomb_and_a_file_that_bursts_in_memory_are_refused() {
    let desk = Desk::new();
    let mut bomb = header(&[]);
    bomb.extend(blob("OSMData", &vec![0; 64 << 20]));
    assert_eq!(desk.refusal(&bomb).code, "import.osm.damaged");
    let refs: Vec<i64> = vec![1; 90_000];
    let way = |n| Block::default().way(n, &refs, &[("highway", "primary")]);
    let packed = file((0..40).map(way).collect());
    let refusal = desk.refusal(&packed);
    assert_eq!(refusal.code, "import.osm.bomb", "{} bytes", packed.len());
}

#[test]
fn what_makes_the_decoder_panic_comes_back_as_an_error() {
    let desk = Desk::new();
    let lake = [("type", "multipolygon"), ("natural", "water")];
    let unknown_member = Block::default().relation(1, &[1, 2], 77, &lake);
    let refusal = desk.refusal(&file(vec![unknown_member]));
    assert_eq!(refusal.code, "import.osm.damaged");
    assert!(refusal.field.unwrap().starts_with("block 2, byte "));
}

#[test]
fn nodes_off_the_globe_are_left_out() {
    let desk = Desk::new();
    let bytes = file(vec![
        Block::default()
            .nodes(&[
                (1, 0, 0),
                (2, 4_000_000_000, 0),
                (3, 500, 500),
                (4, 900, 900),
            ])
            .node(5, 0, -950_000_000, &[("amenity", "hospital")]),
        Block::default().way(1, &[1, 2, 3, 4], &[("highway", "primary")]),
    ]);
    let report = desk.import(&bytes).unwrap();
    assert_eq!(
        (report.left_out, report.cut_ways, report.features),
        (2, 1, 1)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Bytes changed at random: an answer, never a panic, and the old map stays.
    #[test]
    fn a_changed_file_never_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = quarter();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = Desk::new().import(&bytes);
    }

    /// The same inside the blocks, where deflate's checksum does not see it.
    #[test]
    fn a_changed_block_never_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut block = Block::default()
            .nodes(&[(1, 0, 0), (2, 1000, 0), (3, 1000, 1000)])
            .way(1, &[1, 2, 3, 1], &[("natural", "water")])
            .relation(1, &[1], 1, &[("type", "multipolygon"), ("natural", "water")])
            .finish();
        for (at, byte) in changes {
            let at = at.index(block.len());
            block[at] = byte;
        }
        let raw = Message::default().bytes(1, &block);
        let mut file = header(&["OsmSchema-V0.6"]);
        file.extend(envelope("OSMData", &raw.0));
        let _ = Desk::new().import(&file);
    }
}

fn real() -> Option<Vec<u8>> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/people/porto_alegre/poa_osm.pbf"
    );
    let bytes = std::fs::read(path);
    if bytes.is_err() {
        println!("skipped: no ../shared/data");
    }
    bytes.ok()
}

#[test]
fn a_real_extract_becomes_a_map() {
    let Some(bytes) = real() else { return };
    let desk = Desk::new();
    let report = desk.import(&bytes).unwrap();
    assert_eq!((report.nodes, report.ways), (43_264, 16_032));
    assert!(report.by_layer["road"] > 15_000, "{report:?}");
    assert_eq!(report.left_out, 0);
}

#[test]
fn a_real_extract_cut_or_changed_never_panics() {
    let Some(bytes) = real() else { return };
    let desk = Desk::new();
    for n in 1..6 {
        let end = bytes.len() * n / 6 + n;
        assert_eq!(desk.refusal(&bytes[..end]).code, "import.osm.truncated");
        let mut changed = bytes.clone();
        changed[end] ^= 0x55;
        let _ = desk.import(&changed);
    }
}
