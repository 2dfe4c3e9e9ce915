//! Points that people name when they say where: junctions, stops, stations,
//! underpasses, offices.

use yiwang_base::LocalText;

use super::Land;
use super::blocks::Use;
use super::grid::crossing;
use super::ground::Ground;
use super::plane::{Xy, along, distance, length};
use super::roads::{RoadKind, Roads};

/// A crossing of two named streets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Junction {
    pub(crate) at: Xy,
    pub(crate) roads: (u32, u32),
}

/// A named point of the map.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) class: &'static str,
    pub(crate) min_zoom: u8,
    pub(crate) name: LocalText,
    pub(crate) at: Xy,
}

/// Crossings of streets, lanes with lanes left out.
pub(crate) fn junctions(roads: &Roads) -> Vec<Junction> {
    let kind = |road: u32| roads.roads[road as usize].kind;
    roads
        .meetings()
        .filter_map(|(at, mut here)| {
            here.sort_by_key(|road| kind(*road));
            let (a, b) = (*here.first()?, *here.get(1)?);
            (kind(a) <= RoadKind::Middle).then_some(Junction { at, roads: (a, b) })
        })
        .collect()
}

/// Where main roads pass under the railway.
pub(crate) fn underpasses(ground: &Ground, roads: &Roads) -> Vec<(u32, Xy)> {
    let mut found: Vec<(u32, Xy)> = Vec::new();
    for (n, road) in roads.roads.iter().enumerate() {
        if road.kind == RoadKind::Small || road.kind == RoadKind::OuterRing {
            continue;
        }
        for w in road.parts.iter().flat_map(|part| part.windows(2)) {
            for r in ground.rail.windows(2) {
                let near = distance(w[0], r[0]) < 500.0;
                if let Some(t) = near.then(|| crossing(w[0], w[1], r[0], r[1])).flatten() {
                    let at = w[0] + (w[1] - w[0]) * t;
                    if found.iter().all(|(_, other)| distance(*other, at) > 60.0) {
                        found.push((n as u32, at));
                    }
                }
            }
        }
    }
    found.retain(|(_, at)| ground.urban(*at) < 1.1);
    found
}

/// Bus stops along main and middle roads, each named after a crossing near it.
pub(crate) fn stops(
    ground: &Ground,
    roads: &Roads,
    junctions: &[Junction],
    names: &[LocalText],
) -> Vec<Place> {
    let mut stops: Vec<Place> = Vec::new();
    for (n, road) in roads.roads.iter().enumerate() {
        if road.kind == RoadKind::Small || road.kind == RoadKind::OuterRing {
            continue;
        }
        for part in &road.parts {
            let count = (length(part) / 560.0) as usize;
            for k in 0..count {
                let Some((at, _)) = along(part, 280.0 + 560.0 * k as f64) else {
                    continue;
                };
                let near = junctions
                    .iter()
                    .filter(|j| j.roads.0 == n as u32 || j.roads.1 == n as u32)
                    .min_by(|a, b| distance(a.at, at).total_cmp(&distance(b.at, at)));
                let Some(near) = near.filter(|_| ground.urban(at) < 1.05) else {
                    continue;
                };
                let other = if near.roads.0 == n as u32 {
                    near.roads.1
                } else {
                    near.roads.0
                };
                let (own, other) = (&names[n], &names[other as usize]);
                let name = LocalText::new(
                    format!("{}{}口站", own.zh, other.zh),
                    format!("{} at {}", own.en, other.en),
                );
                if stops
                    .iter()
                    .all(|s| s.name != name && distance(s.at, at) > 150.0)
                {
                    stops.push(Place {
                        class: "bus_stop",
                        min_zoom: 16,
                        name,
                        at,
                    });
                }
            }
        }
    }
    stops
}

/// Points of interest that are not stops.
pub(crate) fn points_of_interest(land: &Land) -> Vec<Place> {
    let mut places = Vec::new();
    for (block, name) in land.blocks.iter().zip(&land.names.blocks) {
        let (class, min_zoom) = match block.used {
            Use::Civic => ("culture", 13),
            Use::School => ("school", 15),
            Use::Hospital => ("hospital", 13),
            Use::Market => ("market", 15),
            Use::Park => ("park", 14),
            Use::Commerce => ("shop", 15),
            Use::Works => ("office", 15),
            Use::OldTown | Use::Rows | Use::Towers | Use::Site => continue,
        };
        places.push(Place {
            class,
            min_zoom,
            name: name.clone(),
            at: block.middle,
        });
    }
    for station in &land.stations {
        places.push(station.clone());
    }
    for (street, name) in land.division.streets.iter().zip(&land.names.streets) {
        if let Some(gate) = land.gate_near(street.middle) {
            places.push(Place {
                class: "townhall",
                min_zoom: 14,
                name: LocalText::new(format!("{}办事处", name.zh), format!("{} Office", name.en)),
                at: gate,
            });
        }
    }
    for (district, name) in land.division.districts.iter().zip(&land.names.districts) {
        if let Some(gate) = land.gate_near(district.middle + super::plane::xy(260.0, 180.0)) {
            places.push(Place {
                class: "fire_station",
                min_zoom: 14,
                name: LocalText::new(
                    format!("{}消防救援站", name.zh),
                    format!("{} Fire Station", name.en),
                ),
                at: gate,
            });
        }
    }
    places
}

/// The main station, and a smaller one on either side of it.
pub(crate) fn stations(ground: &Ground) -> Vec<Place> {
    let built = ground.extent.built;
    let spots = [
        (0.0, "云陵站", "Yunling Railway Station", 12),
        (-0.95, "云陵西站", "Yunling West Railway Station", 13),
        (0.95, "云陵东站", "Yunling East Railway Station", 13),
    ];
    spots
        .into_iter()
        .filter_map(|(u, zh, en, min_zoom)| {
            let want = ground.river.frame(u * built, 0.7 * built);
            let at = *ground
                .rail
                .iter()
                .min_by(|a, b| distance(**a, want).total_cmp(&distance(**b, want)))?;
            Some(Place {
                class: "station",
                min_zoom,
                name: LocalText::new(zh, en),
                at,
            })
        })
        .collect()
}
