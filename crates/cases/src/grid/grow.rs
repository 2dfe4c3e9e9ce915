//! Growing atoms together into cells.

use std::collections::{BTreeMap, BTreeSet};

use super::SizeLimits;
use super::atoms::Atom;

/// Less ground than this is a sliver between borders that were drawn alike,
/// square metres: it joins a neighbour whatever that one's size.
const SLIVER_M2: f64 = 100.0;

/// What two neighbours share.
#[derive(Debug, Clone, Copy, Default)]
struct Between {
    /// Metres of border.
    metres: f64,
    /// The same, each metre counted by the share of layers that have a border there.
    agreed: f64,
}

#[derive(Debug, Clone)]
struct Region {
    atoms: Vec<usize>,
    area_m2: f64,
    population: f64,
    container: usize,
    beside: BTreeMap<usize, Between>,
}

impl Region {
    fn is_small(&self, limits: &SizeLimits) -> bool {
        self.area_m2 < SLIVER_M2.max(limits.min_m2 as f64)
            || self.population < limits.min_population as f64
    }

    fn fits(&self, other: &Region, limits: &SizeLimits) -> bool {
        self.area_m2 + other.area_m2 <= limits.max_m2 as f64
            && self.population + other.population <= limits.max_population as f64
    }

    /// Which small region is the first to look for a neighbour: slivers, then
    /// by people, then by ground.
    fn order(&self, number: usize) -> (bool, u64, u64, usize) {
        let sliver = self.area_m2 < SLIVER_M2;
        let whole = |value: f64| (value * 1000.0).round() as u64;
        (!sliver, whole(self.population), whole(self.area_m2), number)
    }
}

/// Groups of atoms, each a cell: connected, in one container, and as large as
/// the limits ask wherever a neighbour allows it.
pub(super) fn grow(
    atoms: &[Atom],
    borders: &BTreeMap<(usize, usize), f64>,
    limits: &SizeLimits,
) -> Vec<Vec<usize>> {
    let mut regions: Vec<Option<Region>> = atoms
        .iter()
        .enumerate()
        .map(|(n, atom)| {
            Some(Region {
                atoms: vec![n],
                area_m2: atom.area_m2,
                population: atom.population,
                container: atom.container,
                beside: BTreeMap::new(),
            })
        })
        .collect();
    for ((a, b), metres) in borders {
        let between = Between {
            metres: *metres,
            agreed: metres * agreement(&atoms[*a], &atoms[*b]),
        };
        for (one, other) in [(*a, *b), (*b, *a)] {
            if let Some(region) = &mut regions[one] {
                region.beside.insert(other, between);
            }
        }
    }
    let small = |region: &Region| region.is_small(limits);
    let mut queue: BTreeSet<_> = regions
        .iter()
        .enumerate()
        .filter_map(|(n, region)| {
            let region = region.as_ref().filter(|region| small(region))?;
            Some(region.order(n))
        })
        .collect();
    while let Some(next) = queue.pop_first() {
        let number = next.3;
        let Some(neighbour) = choose(&regions, number, limits) else {
            continue;
        };
        for one in [number, neighbour] {
            if let Some(region) = &regions[one] {
                queue.remove(&region.order(one));
            }
        }
        let joined = join(&mut regions, number, neighbour);
        if let Some(region) = regions[joined].as_ref().filter(|region| small(region)) {
            queue.insert(region.order(joined));
        }
    }
    regions
        .into_iter()
        .flatten()
        .map(|region| region.atoms)
        .collect()
}

/// The share of layers that have a border between two atoms.
pub(super) fn agreement(a: &Atom, b: &Atom) -> f64 {
    let differ = a.of.iter().zip(&b.of).filter(|(a, b)| a != b).count();
    differ as f64 / a.of.len().max(1) as f64
}

/// The neighbour to join: over the border that fewest layers have, and of those
/// the longest. A sliver may join one that is large already.
fn choose(regions: &[Option<Region>], number: usize, limits: &SizeLimits) -> Option<usize> {
    let region = regions[number].as_ref()?;
    let sliver = region.area_m2 < SLIVER_M2;
    let candidates = region.beside.iter().filter(|(other, _)| {
        regions[**other].as_ref().is_some_and(|other| {
            other.container == region.container && (sliver || region.fits(other, limits))
        })
    });
    let best = candidates.min_by(|(a, one), (b, other)| {
        let strength = |between: &Between| between.agreed / between.metres;
        // A sliver belongs where most of its border is.
        let longest = other.metres.total_cmp(&one.metres);
        let weakest = strength(one).total_cmp(&strength(other));
        let order = match sliver {
            true => longest.then(weakest),
            false => weakest.then(longest),
        };
        order.then(a.cmp(b))
    });
    best.map(|(other, _)| *other)
}

/// Makes one region of two; its number is the lower one's.
fn join(regions: &mut [Option<Region>], a: usize, b: usize) -> usize {
    let (kept, gone) = (a.min(b), a.max(b));
    let (Some(mut one), Some(other)) = (regions[kept].take(), regions[gone].take()) else {
        return kept;
    };
    one.atoms.extend(other.atoms);
    one.area_m2 += other.area_m2;
    one.population += other.population;
    one.beside.remove(&gone);
    for (neighbour, between) in other.beside {
        if neighbour == kept {
            continue;
        }
        let shared = one.beside.entry(neighbour).or_default();
        shared.metres += between.metres;
        shared.agreed += between.agreed;
        let sum = *shared;
        if let Some(region) = &mut regions[neighbour] {
            region.beside.remove(&gone);
            region.beside.insert(kept, sum);
        }
    }
    regions[kept] = Some(one);
    kept
}
