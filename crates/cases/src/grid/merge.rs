//! From layers to new cells.

use std::collections::{BTreeMap, BTreeSet};

use geo::{BooleanOps as _, BoundingRect, LineString, MultiPolygon, Polygon};
use yiwang_base::AreaCode;

use super::atoms::{Atom, DUST_M2, halve, overlay, populate, snapped};
use super::border::borders;
use super::crosswalk::{crossings, whole_parts};
use super::grow::grow;
use super::{Container, Crossing, Layer, MergeError, SizeLimits, number};
use crate::coverage::{globe_m2, union_of};

/// A cell of the merged grid.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCell {
    /// Its code.
    pub code: AreaCode,
    /// The area it lies in.
    pub container: AreaCode,
    /// Its outline, degrees.
    pub shape: MultiPolygon<f64>,
    /// Its ground, square metres on the globe.
    pub area_m2: f64,
    /// How many people live in it, by the first layer that counts them.
    pub population: u64,
}

/// How much of a layer's inner borders the new cells kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The layer's name.
    pub layer: String,
    /// Metres of border between its cells.
    pub metres: f64,
    /// Metres of those that are borders of new cells as well.
    pub kept_metres: f64,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statistics {
    /// Pieces that no border crosses.
    pub atoms: usize,
    /// New cells with less ground or fewer people than asked.
    pub under: usize,
    /// New cells with more ground or more people than asked.
    pub over: usize,
    /// Ground of the new cells, square metres.
    pub area_m2: f64,
    /// People in them.
    pub population: u64,
    /// Ground of the layers that lies in none of the areas: it is in no new cell.
    pub outside_m2: f64,
    /// People of the layer that counts them who live there.
    pub outside_population: u64,
    /// Each layer's borders.
    pub kept: Vec<Kept>,
}

/// A merged grid, not adopted yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The new cells, by container and number.
    pub cells: Vec<NewCell>,
    /// Where each old cell went, by layer and code.
    pub crosswalk: Vec<Crossing>,
    /// What came out.
    pub statistics: Statistics,
}

/// Rounding leaves holes between the pieces of a cell; what is smaller is none,
/// square metres.
const LEAST_HOLE_M2: f64 = 1.0;

/// Merges layers into cells that stay within the containers. `taken` are all codes
/// that areas have or ever had.
///
/// # Errors
/// [`MergeError`].
pub fn merge(
    containers: &[Container],
    layers: &[Layer],
    limits: &SizeLimits,
    taken: &BTreeSet<AreaCode>,
) -> Result<Merged, MergeError> {
    check(containers, layers, limits)?;
    let mut atoms = overlay(containers, layers);
    populate(&mut atoms, layers);
    let atoms = halve(atoms, limits);
    let borders = borders(&atoms);
    let groups = grow(&atoms, &borders, limits);
    let (cells, group_of) = number_cells(containers, &atoms, &groups, taken)?;
    let new_of = new_of_atoms(&atoms, &groups, &group_of);
    let statistics = statistics(&atoms, &borders, layers, &new_of, &cells, limits);
    Ok(Merged {
        crosswalk: crosswalk(&atoms, layers, &new_of),
        cells,
        statistics,
    })
}

fn check(
    containers: &[Container],
    layers: &[Layer],
    limits: &SizeLimits,
) -> Result<(), MergeError> {
    if layers.iter().all(|layer| layer.cells.is_empty()) {
        return Err(MergeError::NoLayers);
    }
    if containers
        .iter()
        .all(|one| one.shape.bounding_rect().is_none())
    {
        return Err(MergeError::NoContainers);
    }
    let pairs = [
        (limits.min_m2, limits.max_m2),
        (limits.min_population, limits.max_population),
    ];
    match pairs.into_iter().find(|(least, most)| least > most) {
        Some((least, most)) => Err(MergeError::Limits { least, most }),
        None => Ok(()),
    }
}

/// The cells in the order of their codes, and which group of atoms each is.
fn number_cells(
    containers: &[Container],
    atoms: &[Atom],
    groups: &[Vec<usize>],
    taken: &BTreeSet<AreaCode>,
) -> Result<(Vec<NewCell>, Vec<usize>), MergeError> {
    let mut cells = Vec::with_capacity(groups.len());
    let mut group_of = Vec::with_capacity(groups.len());
    let mut order: Vec<usize> = (0..containers.len()).collect();
    order.sort_by(|a, b| containers[*a].code.cmp(&containers[*b].code));
    let people: Vec<f64> = groups
        .iter()
        .map(|group| group.iter().map(|atom| atoms[*atom].population).sum())
        .collect();
    let total: f64 = people.iter().sum();
    let people = whole_parts(&people, total.round() as u64);
    for container in order {
        let inside: Vec<usize> = (0..groups.len())
            .filter(|group| atoms[groups[*group][0]].container == container)
            .collect();
        let shapes: Vec<MultiPolygon<f64>> = inside
            .iter()
            .map(|group| whole(groups[*group].iter().map(|atom| &atoms[*atom].shape)))
            .collect();
        let code = &containers[container].code;
        let codes = number::codes(code, inside.len(), taken)?;
        for (place, code_of_cell) in number::order(&shapes).into_iter().zip(codes) {
            let group = inside[place];
            cells.push(NewCell {
                code: code_of_cell,
                container: code.clone(),
                area_m2: globe_m2(&shapes[place]),
                shape: shapes[place].clone(),
                population: people[group],
            });
            group_of.push(group);
        }
    }
    Ok((cells, group_of))
}

/// Pieces as one shape, without the hairline holes that rounding leaves.
fn whole<'a>(pieces: impl Iterator<Item = &'a Polygon<f64>>) -> MultiPolygon<f64> {
    let mut shapes: Vec<MultiPolygon<f64>> = pieces
        .map(|piece| MultiPolygon(vec![piece.clone()]))
        .collect();
    while shapes.len() > 1 {
        let pairs = shapes.chunks(2).map(|pair| match pair {
            // Each union moves corners by a hair, and pieces a hair apart do not join.
            [one, other] => snapped(&one.union(other)),
            _ => pair[0].clone(),
        });
        shapes = pairs.collect();
    }
    let union = shapes.pop().unwrap_or(MultiPolygon(Vec::new()));
    let large = |ring: &LineString<f64>| {
        globe_m2(&MultiPolygon(vec![Polygon::new(ring.clone(), Vec::new())])) >= LEAST_HOLE_M2
    };
    let ground = |part: &Polygon<f64>| globe_m2(&MultiPolygon(vec![part.clone()]));
    union
        .into_iter()
        .filter(|part| ground(part) >= DUST_M2)
        .map(|part| {
            let (exterior, interiors) = part.into_inner();
            Polygon::new(exterior, interiors.into_iter().filter(large).collect())
        })
        .collect()
}

fn new_of_atoms(atoms: &[Atom], groups: &[Vec<usize>], group_of: &[usize]) -> Vec<usize> {
    let mut new_of = vec![0; atoms.len()];
    for (new, group) in group_of.iter().enumerate() {
        for atom in &groups[*group] {
            new_of[*atom] = new;
        }
    }
    new_of
}

fn crosswalk(atoms: &[Atom], layers: &[Layer], new_of: &[usize]) -> Vec<Crossing> {
    let mut found = Vec::new();
    for (which, layer) in layers.iter().enumerate() {
        let mut parts: Vec<BTreeMap<usize, (f64, f64)>> = vec![BTreeMap::new(); layer.cells.len()];
        for (atom, new) in atoms.iter().zip(new_of) {
            if let Some(cell) = atom.of[which] {
                let part = parts[cell].entry(*new).or_default();
                part.0 += atom.area_m2;
                part.1 += atom.population;
            }
        }
        for (cell, parts) in layer.cells.iter().zip(&parts) {
            found.extend(crossings(&layer.name, &cell.code, parts));
        }
    }
    found
}

fn statistics(
    atoms: &[Atom],
    borders: &BTreeMap<(usize, usize), f64>,
    layers: &[Layer],
    new_of: &[usize],
    cells: &[NewCell],
    limits: &SizeLimits,
) -> Statistics {
    let mut kept: Vec<Kept> = layers
        .iter()
        .map(|layer| Kept {
            layer: layer.name.clone(),
            metres: 0.0,
            kept_metres: 0.0,
        })
        .collect();
    for ((a, b), metres) in borders {
        for (which, kept) in kept.iter_mut().enumerate() {
            if atoms[*a].of[which] != atoms[*b].of[which] {
                kept.metres += metres;
                if new_of[*a] != new_of[*b] {
                    kept.kept_metres += metres;
                }
            }
        }
    }
    let whole = |value: f64| value.round() as u64;
    let under = |cell: &&NewCell| {
        whole(cell.area_m2) < limits.min_m2 || cell.population < limits.min_population
    };
    let over = |cell: &&NewCell| {
        whole(cell.area_m2) > limits.max_m2 || cell.population > limits.max_population
    };
    let counted = layers.iter().find(|layer| {
        let mut cells = layer.cells.iter();
        cells.any(|cell| cell.population.is_some())
    });
    let all_people: u64 = counted.map_or(0, |layer| {
        layer.cells.iter().filter_map(|cell| cell.population).sum()
    });
    let population = cells.iter().map(|cell| cell.population).sum();
    let ground = union_of(layers.iter().flat_map(|layer| {
        let shapes = layer.cells.iter();
        shapes.flat_map(|cell| &cell.shape.0)
    }));
    let inside: f64 = atoms
        .iter()
        .filter(|atom| atom.of.iter().any(Option::is_some))
        .map(|atom| atom.area_m2)
        .sum();
    Statistics {
        atoms: atoms.len(),
        under: cells.iter().filter(under).count(),
        over: cells.iter().filter(over).count(),
        area_m2: cells.iter().map(|cell| cell.area_m2).sum(),
        population,
        outside_m2: (globe_m2(&ground) - inside).max(0.0),
        outside_population: all_people.saturating_sub(population),
        kept,
    }
}
