//! From what the readings kept to features.

use geo::{Geometry, InteriorPoint, LineString, MultiLineString, Polygon};
use yiwang_store::basemap::{Feature, Names};

use super::collect::{Collector, Kinds, Relation, Way};
use super::{BrokenRelation, EXAMPLES, OsmReport, rings};
use crate::basemap::classify::{self, Kind};

/// Every feature, in drawing order: within a layer, what is seen from afar is
/// painted first and lies below.
pub(super) fn draw(mut all: Collector) -> (Vec<Feature>, OsmReport) {
    let mut out = Out {
        features: std::mem::take(&mut all.features),
        report: std::mem::take(&mut all.report),
    };
    for relation in &all.relations {
        match surface(&all, relation) {
            Ok(shape) => out.surface(relation.kinds, &relation.names, shape),
            Err(reason) => {
                out.report.broken_relations += 1;
                if out.report.broken_examples.len() < EXAMPLES {
                    out.report.broken_examples.push(BrokenRelation {
                        id: relation.id,
                        reason,
                    });
                }
            }
        }
    }
    for way in &all.ways {
        out.way(&all, way);
    }
    out.features.sort_by_key(|f| (f.layer, f.min_zoom));
    (out.features, out.report)
}

fn surface(all: &Collector, relation: &Relation) -> Result<Geometry<f64>, String> {
    let way = |id: &i64| {
        let found = all.members.get(id).copied().flatten();
        found
            .map(|n| all.refs(&all.ways[n]).to_vec())
            .ok_or_else(|| format!("way {id} is not in the extract"))
    };
    let ways: Vec<_> = relation.ways.iter().map(way).collect::<Result<_, _>>()?;
    let joined = rings::join(&ways).map_err(|node| format!("a ring stays open at node {node}"))?;
    let ring = |nodes: &Vec<i64>| {
        let place = |n: &i64| {
            all.position(*n)
                .ok_or_else(|| format!("node {n} is not in the extract"))
        };
        nodes
            .iter()
            .map(place)
            .collect::<Result<LineString<f64>, _>>()
    };
    let shape = rings::surface(joined.iter().map(ring).collect::<Result<_, _>>()?);
    if shape.0.is_empty() {
        return Err("its rings bound no surface".to_owned());
    }
    Ok(Geometry::MultiPolygon(shape))
}

struct Out {
    features: Vec<Feature>,
    report: OsmReport,
}

impl Out {
    fn way(&mut self, all: &Collector, way: &Way) {
        let places: Vec<_> = all.refs(way).iter().map(|n| all.position(*n)).collect();
        // Where the extract was cut, a line goes on without the missing nodes.
        let mut parts: Vec<LineString<f64>> = places
            .split(Option::is_none)
            .map(|part| part.iter().flatten().copied().collect())
            .filter(|part: &LineString<f64>| part.0.len() > 1)
            .collect();
        let whole = places.iter().all(Option::is_some);
        if !whole {
            self.report.cut_ways += 1;
        }
        let boundary = all.levels.get(&way.id).map(|l| classify::boundary(*l));
        if parts.is_empty() {
            self.report.left_out += 1;
            return;
        }
        if whole && (way.kinds.area.is_some() || way.kinds.spot.is_some()) {
            let shape = Polygon::new(parts[0].clone(), Vec::new());
            self.surface(way.kinds, &way.names, Geometry::Polygon(shape));
        }
        let geometry = if parts.len() == 1 {
            Geometry::LineString(parts.swap_remove(0))
        } else {
            Geometry::MultiLineString(MultiLineString(parts))
        };
        if let Some(kind) = boundary {
            self.add(kind, kind.min_zoom, Names::default(), geometry.clone());
        }
        if let Some(kind) = way.kinds.line {
            self.add(kind, kind.min_zoom, way.names.clone(), geometry);
        }
    }

    fn surface(&mut self, kinds: Kinds, names: &Names, shape: Geometry<f64>) {
        if let Some(kind) = kinds.spot
            && let Some(inside) = shape.interior_point()
        {
            self.add(kind, kind.min_zoom, names.clone(), Geometry::Point(inside));
        }
        if let Some(kind) = kinds.area {
            let zoom = kind.min_zoom.max(classify::zoom_for_size(&shape));
            self.add(kind, zoom, names.clone(), shape);
        }
    }

    fn add(&mut self, kind: Kind, min_zoom: u8, names: Names, geometry: Geometry<f64>) {
        let feature = Feature {
            layer: kind.layer,
            class: kind.class.to_owned(),
            names,
            min_zoom,
            geometry,
        };
        if feature.bounds().is_ok() {
            self.features.push(feature);
        } else {
            self.report.left_out += 1;
        }
    }
}
