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
pub(crate) use buildings::middle as middle_of;
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
