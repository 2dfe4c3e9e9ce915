//! The three readings: what is kept of relations, ways and nodes.

use std::collections::HashMap;
use std::ops::Range;

use geo::{Coord, Geometry, Point};
use osmpbf::{Element, PrimitiveBlock, RelMemberType};
use yiwang_base::{Refusal, RefusalKind};
use yiwang_store::basemap::{Feature, Names};

use super::OsmReport;
use crate::basemap::classify::{self, Kind, Tags};

/// OpenStreetMap allows 2,000 nodes a way; more than this is no way.
const LONGEST_WAY: usize = 100_000;

/// Things held in memory per byte of file. Genuine extracts hold less than one;
/// a file packed to burst in memory is stopped here.
const THINGS_PER_BYTE: u64 = 8;

/// Things any file may hold, however small.
const THINGS_AT_LEAST: u64 = 1_000_000;

/// A position as the file has it: 1e-7 degrees, east and north.
type Spot = [i32; 2];

/// A node that no reading has found.
const UNKNOWN: Spot = [i32::MAX; 2];

/// What an object is drawn as; several at once are possible.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Kinds {
    pub(super) line: Option<Kind>,
    pub(super) area: Option<Kind>,
    pub(super) spot: Option<Kind>,
}

impl Kinds {
    pub(super) fn is_empty(self) -> bool {
        self.line.is_none() && self.area.is_none() && self.spot.is_none()
    }
}

pub(super) struct Way {
    pub(super) id: i64,
    pub(super) kinds: Kinds,
    pub(super) names: Names,
    /// Its nodes, as a part of `Collector::refs`.
    refs: Range<usize>,
}

pub(super) struct Relation {
    pub(super) id: i64,
    pub(super) kinds: Kinds,
    pub(super) names: Names,
    pub(super) ways: Vec<i64>,
}

/// Holds what the readings have found so far.
pub(super) struct Collector {
    /// How many things may be held, and are.
    most: u64,
    held: u64,
    pub(super) relations: Vec<Relation>,
    /// The ways that relations are made of, with their place in `ways` once read.
    pub(super) members: HashMap<i64, Option<usize>>,
    /// The ways that bound administrative areas, with the widest level.
    pub(super) levels: HashMap<i64, u8>,
    pub(super) ways: Vec<Way>,
    refs: Vec<i64>,
    /// The nodes that ways pass, sorted, and where they are.
    nodes: Vec<i64>,
    spots: Vec<Spot>,
    pub(super) features: Vec<Feature>,
    pub(super) report: OsmReport,
}

impl Collector {
    /// For a file of so many bytes.
    pub(super) fn new(file_len: u64) -> Self {
        Self {
            most: file_len
                .saturating_mul(THINGS_PER_BYTE)
                .saturating_add(THINGS_AT_LEAST),
            held: 0,
            relations: Vec::new(),
            members: HashMap::new(),
            levels: HashMap::new(),
            ways: Vec::new(),
            refs: Vec::new(),
            nodes: Vec::new(),
            spots: Vec::new(),
            features: Vec::new(),
            report: OsmReport::default(),
        }
    }

    fn hold(&mut self, things: usize) -> Result<(), Refusal> {
        self.held += things as u64;
        if self.held <= self.most {
            return Ok(());
        }
        let most = self.most;
        Err(Refusal::new(
            RefusalKind::TooMuch,
            "import.osm.bomb",
            format!("文件解压后的对象超过 {most} 个，与其大小不符，不是正常的地图提取文件"),
            format!("the file unpacks to more than {most} objects, far beyond its size; no genuine extract does"),
        )
        .found(format!("{} objects", self.held))
        .allowing([format!("at most {most} objects")]))
    }

    /// First reading.
    pub(super) fn relations(&mut self, block: &PrimitiveBlock) -> Result<(), Refusal> {
        for element in block.elements() {
            let Element::Relation(relation) = element else {
                continue;
            };
            self.report.relations += 1;
            let tags: Vec<_> = relation.tags().collect();
            let tags = Tags(&tags);
            let multipolygon = tags.is("type", "multipolygon");
            let level = classify::admin_level(tags);
            if !multipolygon && level.is_none() {
                continue;
            }
            let kinds = Kinds {
                area: classify::area(tags).filter(|_| multipolygon),
                spot: classify::spot(tags).filter(|_| multipolygon),
                line: None,
            };
            let mut ways: Vec<i64> = relation
                .members()
                .filter(|m| m.member_type == RelMemberType::Way)
                .map(|m| m.member_id)
                .collect();
            self.hold(1 + ways.len())?;
            if let Some(level) = level {
                for way in &ways {
                    let known = self.levels.entry(*way).or_insert(level);
                    *known = level.min(*known);
                }
            }
            if !kinds.is_empty() {
                ways.sort_unstable();
                ways.dedup();
                self.members.extend(ways.iter().map(|w| (*w, None)));
                self.relations.push(Relation {
                    id: relation.id(),
                    kinds,
                    names: tags.names(),
                    ways,
                });
            }
        }
        Ok(())
    }

    /// Second reading.
    pub(super) fn ways(&mut self, block: &PrimitiveBlock) -> Result<(), Refusal> {
        for element in block.elements() {
            let Element::Way(way) = element else {
                continue;
            };
            self.report.ways += 1;
            let id = way.id();
            let tags: Vec<_> = way.tags().collect();
            let tags = Tags(&tags);
            if let Some(level) = classify::admin_level(tags) {
                let known = self.levels.entry(id).or_insert(level);
                *known = level.min(*known);
            }
            let mut refs = way.refs();
            if refs.len() > LONGEST_WAY {
                self.report.left_out += 1;
                continue;
            }
            let closed = refs.len() > 3 && refs.next() == refs.last();
            let surface = closed && classify::is_area(tags);
            let kinds = Kinds {
                line: classify::line(tags).filter(|_| !surface),
                area: classify::area(tags).filter(|_| surface),
                spot: classify::spot(tags).filter(|_| closed),
            };
            let member = self.members.get_mut(&id);
            if kinds.is_empty() && member.is_none() && !self.levels.contains_key(&id) {
                continue;
            }
            if let Some(place) = member {
                *place = Some(self.ways.len());
            }
            let from = self.refs.len();
            self.refs.extend(way.refs());
            self.hold(1 + self.refs.len() - from)?;
            self.ways.push(Way {
                id,
                kinds,
                names: tags.names(),
                refs: from..self.refs.len(),
            });
        }
        Ok(())
    }

    /// Between the second reading and the third: which nodes are needed.
    pub(super) fn ways_are_read(&mut self) {
        self.nodes = self.refs.clone();
        self.nodes.sort_unstable();
        self.nodes.dedup();
        self.spots = vec![UNKNOWN; self.nodes.len()];
    }

    /// Third reading.
    pub(super) fn nodes(&mut self, block: &PrimitiveBlock) -> Result<(), Refusal> {
        for element in block.elements() {
            match element {
                Element::Node(n) => {
                    self.node(n.id(), n.lon(), n.lat(), &n.tags().collect::<Vec<_>>())?
                }
                Element::DenseNode(n) => {
                    self.node(n.id(), n.lon(), n.lat(), &n.tags().collect::<Vec<_>>())?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn node(&mut self, id: i64, lon: f64, lat: f64, tags: &[(&str, &str)]) -> Result<(), Refusal> {
        self.report.nodes += 1;
        let needed = self.nodes.binary_search(&id).ok();
        let kind = classify::spot(Tags(tags));
        if needed.is_none() && kind.is_none() {
            return Ok(());
        }
        if !((-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat)) {
            self.report.left_out += 1;
            return Ok(());
        }
        if let Some(n) = needed {
            self.spots[n] = [(lon * 1e7).round() as i32, (lat * 1e7).round() as i32];
        }
        if let Some(kind) = kind {
            self.hold(1)?;
            self.features.push(Feature {
                layer: kind.layer,
                class: kind.class.to_owned(),
                names: Tags(tags).names(),
                min_zoom: kind.min_zoom,
                geometry: Geometry::Point(Point::new(lon, lat)),
            });
        }
        Ok(())
    }

    /// The nodes of a way.
    pub(super) fn refs(&self, way: &Way) -> &[i64] {
        &self.refs[way.refs.clone()]
    }

    /// Where a node is, if the extract holds it.
    pub(super) fn position(&self, node: i64) -> Option<Coord<f64>> {
        let [lon, lat] = self.spots[self.nodes.binary_search(&node).ok()?];
        ([lon, lat] != UNKNOWN).then(|| Coord {
            x: f64::from(lon) / 1e7,
            y: f64::from(lat) / 1e7,
        })
    }
}
