//! Where requests come from: places of each sort, some of which give trouble
//! again and again.

use std::collections::BTreeMap;

use rstar::RTree;
use rstar::primitives::GeomWithData;
use yiwang_base::LocalText;

use super::dice::Dice;
use super::land::naming::house_number;
use super::land::plane::{along, distance, length, xy};
use super::land::{Land, RoadKind, Use, Xy};
use super::matter::Where;

/// A place that requests are about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) at: Xy,
    /// The street of its address.
    pub(crate) road: u32,
    /// What the place itself is called, if it has a name.
    pub(crate) name: Option<Named>,
    /// The building, counted from 1, where it is one of an estate's.
    pub(crate) building: Option<u16>,
}

/// Something with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Block(u32),
    Stop(u32),
    River,
    Lake,
    Canal,
}

/// Places of one sort with their weights, added up.
#[derive(Default)]
struct Sort {
    spots: Vec<Spot>,
    upto: Vec<f64>,
}

/// All places, and what is near to what.
pub(crate) struct Spots {
    sorts: BTreeMap<Where, Sort>,
    named: RTree<GeomWithData<[f64; 2], Named>>,
    schools: RTree<GeomWithData<[f64; 2], Named>>,
    homes: RTree<GeomWithData<[f64; 2], Named>>,
    stops: RTree<GeomWithData<[f64; 2], Named>>,
    /// For each street, the streets that cross it and where.
    crossings: Vec<Vec<(u32, Xy)>>,
}

impl Sort {
    fn add(&mut self, spot: Spot, weight: f64) {
        let before = self.upto.last().copied().unwrap_or(0.0);
        self.spots.push(spot);
        self.upto.push(before + weight.max(0.0));
    }

    fn pick(&self, share: f64) -> Option<Spot> {
        let want = share * self.upto.last()?;
        let at = self.upto.partition_point(|upto| *upto <= want);
        self.spots.get(at.min(self.spots.len() - 1)).copied()
    }
}

/// How many places of each category give trouble again and again.
const TROUBLED: usize = 14;

impl Spots {
    pub(crate) fn new(seed: u64, land: &Land) -> Spots {
        let dice = &mut Dice::new(seed, "spots", 0);
        let mut spots = Spots {
            sorts: BTreeMap::new(),
            named: RTree::new(),
            schools: RTree::new(),
            homes: RTree::new(),
            stops: tree(
                land.stops
                    .iter()
                    .enumerate()
                    .map(|(n, s)| (s.at, Named::Stop(n as u32))),
            ),
            crossings: crossings(land),
        };
        let blocks = |wanted: &dyn Fn(Use) -> bool| {
            let all = land.blocks.iter().enumerate();
            let found = all.filter(|(_, block)| wanted(block.used));
            tree(found.map(|(n, block)| (block.middle, Named::Block(n as u32))))
        };
        spots.named = blocks(&|used| used != Use::Site);
        spots.schools = blocks(&|used| used == Use::School);
        spots.homes = blocks(&Use::is_home);
        spots.add_streets(land, dice);
        spots.add_blocks(land, dice);
        spots.add_water(land, dice);
        for (n, stop) in land.stops.iter().enumerate() {
            if let Some(road) = spots.road_near(land, stop.at) {
                let spot = Spot {
                    at: stop.at,
                    road,
                    name: Some(Named::Stop(n as u32)),
                    building: None,
                };
                spots.add(Where::Stop, spot, dice.around(1.0, 0.7));
            }
        }
        spots
    }

    fn add(&mut self, sort: Where, spot: Spot, weight: f64) {
        self.sorts.entry(sort).or_default().add(spot, weight);
    }

    fn add_streets(&mut self, land: &Land, dice: &mut Dice) {
        for (n, road) in land.roads.roads.iter().enumerate() {
            let step = 110.0;
            for part in &road.parts {
                let mut far = dice.between(0.0, step);
                while far < length(part) {
                    if let Some((at, _)) = along(part, far) {
                        let spot = Spot {
                            at,
                            road: n as u32,
                            name: None,
                            building: None,
                        };
                        self.add_street(land, road.kind, spot, dice);
                    }
                    far += step;
                }
            }
        }
        for (road, at) in &land.underpasses {
            let spot = Spot {
                at: *at,
                road: *road,
                name: None,
                building: None,
            };
            self.add(Where::Low, spot, 60.0);
        }
        for junction in land.junctions.iter().filter(|j| within(land, j.at)) {
            let spot = Spot {
                at: junction.at,
                road: junction.roads.0,
                name: None,
                building: None,
            };
            self.add(
                Where::Crossing,
                spot,
                dice.around(dense(land, junction.at), 0.8),
            );
        }
    }

    fn add_street(&mut self, land: &Land, kind: RoadKind, spot: Spot, dice: &mut Dice) {
        let dense = dense(land, spot.at);
        // Roads go on beyond the limit; nobody is asked to mend them there.
        if land.ground.in_river(spot.at) || !within(land, spot.at) {
            return;
        }
        if kind != RoadKind::OuterRing {
            self.add(Where::Street, spot, dice.around(dense, 0.8));
            let low = land.ground.lowness(spot.at);
            if low > 0.72 {
                self.add(Where::Low, spot, dense * (low - 0.7) * 20.0);
            }
        }
        if kind != RoadKind::Small {
            self.add(Where::Road, spot, dice.around(0.2 + dense, 0.8));
        }
    }

    fn add_blocks(&mut self, land: &Land, dice: &mut Dice) {
        for (n, block) in land.blocks.iter().enumerate() {
            let name = Some(Named::Block(n as u32));
            let gate = Spot {
                at: block.gate + (block.middle - block.gate) * 0.2,
                road: block.road,
                name,
                building: None,
            };
            let inside = Spot {
                at: block.middle,
                ..gate
            };
            let some = dice.around(1.0, 0.8);
            match block.used {
                Use::OldTown | Use::Rows | Use::Towers => self.add_homes(land, n, gate, dice),
                Use::Commerce | Use::Market => self.add(Where::Shops, gate, 2.0 * some),
                Use::Park => self.add(Where::Park, inside, some),
                Use::Site => self.add(Where::Site, inside, some),
                Use::Works => self.add(Where::Works, inside, some),
                Use::Hospital => self.add(Where::Hospital, gate, some),
                Use::School | Use::Civic => {}
            }
        }
    }

    /// Each building of an estate by its number; some estates give more trouble.
    fn add_homes(&mut self, land: &Land, block: usize, gate: Spot, dice: &mut Dice) {
        let trouble = dice.around(1.0, 0.9) * dense(land, gate.at);
        let floors = match land.blocks[block].used {
            Use::Towers => 2.4,
            Use::OldTown => 0.25,
            _ => 1.0,
        };
        for (n, house) in land.houses[block].iter().enumerate() {
            let spot = Spot {
                at: super::land::middle_of(house),
                building: Some(n as u16 + 1),
                ..gate
            };
            for sort in [Where::Home, Where::Citywide] {
                self.add(sort, spot, trouble * floors);
            }
        }
    }

    fn add_water(&mut self, land: &Land, dice: &mut Dice) {
        let built = land.ground.extent.built;
        let bank = |side: f64| land.ground.river.line(-built, built, side);
        let lines = [
            (bank(6.0), Named::River),
            (bank(-6.0), Named::River),
            (land.ground.lake.ring(1.03, 50.0), Named::Lake),
            (land.ground.canal.clone(), Named::Canal),
        ];
        for (line, name) in lines {
            for at in line {
                if let Some(road) = self.road_near(land, at) {
                    let spot = Spot {
                        at,
                        road,
                        name: Some(name),
                        building: None,
                    };
                    self.add(Where::Water, spot, dice.around(1.0, 0.7));
                }
            }
        }
    }

    /// A new place for a category. Every third is one that gives trouble again
    /// and again.
    pub(crate) fn pick(
        &self,
        seed: u64,
        category: usize,
        sort: Where,
        dice: &mut Dice,
    ) -> Option<Spot> {
        let sort = self.sorts.get(&sort)?;
        let share = if dice.chance(0.34) {
            let rank = (TROUBLED as f64 * dice.unit() * dice.unit()) as u64;
            Dice::new(seed, "trouble", category as u64 * 100 + rank).unit()
        } else {
            dice.unit()
        };
        sort.pick(share)
    }

    /// A place of a sort, as likely as it gives trouble.
    pub(crate) fn anywhere(&self, sort: Where, dice: &mut Dice) -> Option<Spot> {
        self.sorts.get(&sort)?.pick(dice.unit())
    }

    /// Something named near a place; not the place itself.
    pub(crate) fn near(&self, spot: &Spot, dice: &mut Dice) -> Option<Named> {
        let found = self.named.nearest_neighbor_iter(&[spot.at.x, spot.at.y]);
        let few: Vec<Named> = found
            .map(|found| found.data)
            .filter(|named| Some(*named) != spot.name)
            .take(3)
            .collect();
        (!few.is_empty()).then(|| *dice.pick(&few))
    }

    pub(crate) fn school_near(&self, at: Xy) -> Option<Named> {
        self.schools
            .nearest_neighbor(&[at.x, at.y])
            .map(|found| found.data)
    }

    pub(crate) fn home_near(&self, at: Xy) -> Option<Named> {
        self.homes
            .nearest_neighbor(&[at.x, at.y])
            .map(|found| found.data)
    }

    pub(crate) fn stop_near(&self, at: Xy) -> Option<Named> {
        self.stops
            .nearest_neighbor(&[at.x, at.y])
            .map(|found| found.data)
    }

    /// The street that crosses this one nearest to a place.
    pub(crate) fn crossing_near(&self, road: u32, at: Xy) -> Option<u32> {
        self.crossings
            .get(road as usize)?
            .iter()
            .min_by(|a, b| distance(a.1, at).total_cmp(&distance(b.1, at)))
            .map(|(road, _)| *road)
    }

    fn road_near(&self, land: &Land, at: Xy) -> Option<u32> {
        land.junctions
            .iter()
            .min_by(|a, b| distance(a.at, at).total_cmp(&distance(b.at, at)))
            .map(|junction| junction.roads.0)
    }
}

fn tree(named: impl Iterator<Item = (Xy, Named)>) -> RTree<GeomWithData<[f64; 2], Named>> {
    RTree::bulk_load(
        named
            .map(|(at, named)| GeomWithData::new([at.x, at.y], named))
            .collect(),
    )
}

/// Whether a place lies within the city limit, a little off it.
fn within(land: &Land, at: Xy) -> bool {
    land.ground.limit.reach(at) < 0.985
}

/// How many people there are about a place, 0 to about 1.
fn dense(land: &Land, at: Xy) -> f64 {
    (1.25 - land.ground.urban(at)).clamp(0.03, 1.1)
}

fn crossings(land: &Land) -> Vec<Vec<(u32, Xy)>> {
    let mut crossings = vec![Vec::new(); land.roads.roads.len()];
    for (at, here) in land.roads.meetings() {
        for road in &here {
            for other in here.iter().filter(|other| *other != road) {
                crossings[*road as usize].push((*other, at));
            }
        }
    }
    crossings
}

impl Land {
    /// What a named thing is called.
    pub(crate) fn name_of(&self, named: Named) -> &LocalText {
        match named {
            Named::Block(n) => &self.names.blocks[n as usize],
            Named::Stop(n) => &self.stops[n as usize].name,
            Named::River => &self.names.river,
            Named::Lake => &self.names.lake,
            Named::Canal => &self.names.canal,
        }
    }

    /// The house number of a place on its street.
    pub(crate) fn number_of(&self, spot: &Spot) -> u32 {
        let road = &self.roads.roads[spot.road as usize];
        house_number(road, spot.at, spot.at + xy(0.01, 0.02))
    }
}
