//! The land of the sample city: water and hills, streets, blocks, areas, names.
//!
//! Laid out on a plane in metres and turned into degrees at the end. Streets
//! grow along a field of directions; areas are put together from the faces
//! between streets, so that they fit without gap or overlap.

mod areas;
mod blob;
pub(crate) mod blocks;
mod buildings;
mod draw;
mod field;
mod graph;
mod grid;
mod ground;
mod group;
pub(crate) mod naming;
mod noise;
mod places;
pub(crate) mod plane;
mod river;
pub(crate) mod roads;
mod trace;

use geo::{MultiPolygon, Polygon};
use yiwang_store::basemap::Feature;

pub(crate) use areas::{Division, Territory};
pub(crate) use blocks::{Block, Use};
pub(crate) use ground::{Extent, Ground};
pub(crate) use naming::Names;
pub(crate) use places::{Junction, Place};
pub(crate) use plane::{Plane, Xy};
pub(crate) use roads::{RoadKind, Roads};

use super::dice::Dice;

/// The land, with everything on it that has a place and a name.
pub(crate) struct Land {
    pub(crate) plane: Plane,
    pub(crate) ground: Ground,
    pub(crate) roads: Roads,
    pub(crate) division: Division,
    pub(crate) blocks: Vec<Block>,
    /// The buildings of each block, in the order of their numbers.
    pub(crate) houses: Vec<Vec<Polygon<f64>>>,
    pub(crate) names: Names,
    pub(crate) junctions: Vec<Junction>,
    /// Where streets pass under the railway.
    pub(crate) underpasses: Vec<(u32, Xy)>,
    pub(crate) stops: Vec<Place>,
    pub(crate) stations: Vec<Place>,
}

impl Land {
    /// The land of a seed.
    pub(crate) fn new(seed: u64, extent: Extent) -> Land {
        let ground = Ground::new(seed, extent);
        let roads = Roads::new(seed, &ground);
        let division = Division::new(seed, &ground, &roads);
        let blocks = blocks::blocks(seed, &ground, &roads);
        let houses = blocks
            .iter()
            .enumerate()
            .map(|(n, block)| buildings::buildings(block, &mut Dice::new(seed, "houses", n as u64)))
            .collect();
        let names = Names::new(seed, &ground, &division, &roads, &blocks);
        let junctions = places::junctions(&roads);
        Land {
            plane: Plane::new(),
            underpasses: places::underpasses(&ground, &roads),
            stops: places::stops(&ground, &roads, &junctions, &names.roads),
            stations: places::stations(&ground),
            ground,
            roads,
            division,
            blocks,
            houses,
            names,
            junctions,
        }
    }

    /// Everything the base map shows.
    pub(crate) fn features(&self) -> Vec<Feature> {
        draw::features(self)
    }

    /// An area's outline in degrees.
    pub(crate) fn outline(&self, territory: &Territory) -> MultiPolygon<f64> {
        draw::outline(self.plane, &territory.outline)
    }

    /// The gate of the block nearest to a position.
    pub(crate) fn gate_near(&self, at: Xy) -> Option<Xy> {
        self.blocks
            .iter()
            .map(|block| block.gate)
            .min_by(|a, b| plane::distance(*a, at).total_cmp(&plane::distance(*b, at)))
    }
}

#[cfg(test)]
mod dump {
    use super::*;
    #[test]
    fn dump() {
        let size = std::env::var("SZ").unwrap_or("s".into());
        let e = match &*size { "s" => Extent { limit: 7000., built: 4000., districts: 3, streets: 14 }, "m" => Extent { limit: 12900., built: 7400., districts: 6, streets: 36 }, _ => Extent { limit: 18400., built: 10500., districts: 8, streets: 60 } };
        let seed = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
        let t = std::time::Instant::now();
        let l = Land::new(seed, e);
        println!("land {:?}", t.elapsed());
        let mut uses = std::collections::BTreeMap::<_, (usize, usize)>::new();
        for (b, h) in l.blocks.iter().zip(&l.houses) { let e = uses.entry(b.used).or_default(); e.0 += 1; e.1 += h.len(); }
        println!("land {uses:?} junctions {} underpasses {} stops {}", l.junctions.len(), l.underpasses.len(), l.stops.len());
        let f = l.features();
        println!("land features {} {:?}", f.len(), t.elapsed());
        let dir = std::path::Path::new("/tmp/sample-scratch/map"); std::fs::create_dir_all(dir).unwrap();
        let s = yiwang_store::basemap::BasemapStore::new(dir);
        let mut r = s.rebuild().unwrap(); r.insert(&f).unwrap(); r.finish("x", "2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
        let outs: Vec<serde_json::Value> = l.division.streets.iter().map(|s| { let o = l.outline(s); serde_json::json!({"d": s.parent, "p": o.iter().map(|p| p.exterior().0.iter().map(|c| (c.x, c.y)).collect::<Vec<_>>()).collect::<Vec<_>>()}) }).collect();
        std::fs::write("/tmp/sample-scratch/areas.json", serde_json::to_string(&outs).unwrap()).unwrap();
    }
}
