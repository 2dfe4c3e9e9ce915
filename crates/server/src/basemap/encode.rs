//! Shapes to Mapbox Vector Tile bytes.

use bytes::Bytes;
use geo::{Coord, Geometry, Point};
use mvt::{GeomData, GeomEncoder, GeomType, Tile};
use yiwang_store::basemap::{Feature, Layer};

use super::TileError;
use super::shape::{Cell, Shape, shape};
use super::tile_id::{EXTENT, TileId};

/// A property of a point, as the client reads it.
#[derive(Debug, Clone, PartialEq)]
pub enum Prop {
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

/// A point to be drawn over the base map: a case, a station, a device.
#[derive(Debug, Clone, PartialEq)]
pub struct PointFeature {
    /// Longitude, degrees (WGS 84).
    pub lon: f64,
    /// Latitude, degrees (WGS 84).
    pub lat: f64,
    /// Number by which the client refers to it; unique within the layer.
    pub id: u64,
    /// What the client may show or filter by.
    pub props: Vec<(String, Prop)>,
}

/// A tile with one layer of points, in the order given; points outside the
/// tile and its buffer are left out. None when no point is left or there is no
/// such tile (zoom at most 24).
///
/// # Errors
/// When the encoder refuses.
pub fn encode_points_tile(
    z: u8,
    x: u32,
    y: u32,
    layer: &str,
    points: &[PointFeature],
) -> Result<Option<Bytes>, TileError> {
    let Some(id) = TileId::new(z, x, y) else {
        return Ok(None);
    };
    let encode = || {
        let mut tile = Tile::new(EXTENT);
        let mut out = tile.create_layer(layer);
        for point in points {
            let at = Coord {
                x: point.lon,
                y: point.lat,
            };
            let Some(Shape::Points(cells)) = shape(&Geometry::Point(Point(at)), id) else {
                continue;
            };
            let mut feature = out.into_feature(point_data(&cells)?);
            feature.set_id(point.id);
            for (key, value) in &point.props {
                match value {
                    Prop::Text(v) => feature.add_tag_string(key, v),
                    Prop::Int(v) => feature.add_tag_sint(key, *v),
                    Prop::Number(v) => feature.add_tag_double(key, *v),
                    Prop::Flag(v) => feature.add_tag_bool(key, *v),
                }
            }
            out = feature.into_layer();
        }
        if out.num_features() == 0 {
            return Ok(None);
        }
        tile.add_layer(out)?;
        tile.to_bytes().map(|b| Some(Bytes::from(b)))
    };
    encode().map_err(|source| TileError::Encode { tile: id, source })
}

/// A tile of base map features, which come sorted by layer.
pub(super) fn encode_features(
    shapes: impl Iterator<Item = (Shape, Feature)>,
) -> Result<Option<Bytes>, mvt::Error> {
    let mut tile = Tile::new(EXTENT);
    let mut open: Option<(Layer, mvt::Layer)> = None;
    for (shape, feature) in shapes {
        let layer = match open.take() {
            Some((kind, layer)) if kind == feature.layer => layer,
            other => {
                if let Some((_, done)) = other {
                    tile.add_layer(done)?;
                }
                tile.create_layer(feature.layer.name())
            }
        };
        let mut out = layer.into_feature(match &shape {
            Shape::Points(cells) => point_data(cells)?,
            Shape::Lines(lines) => line_data(lines)?,
            Shape::Rings(rings) => ring_data(rings)?,
        });
        out.add_tag_string("class", &feature.class);
        let names = [
            ("name", &feature.names.local),
            ("name_zh", &feature.names.zh),
            ("name_en", &feature.names.en),
        ];
        for (key, name) in names {
            if let Some(name) = name {
                out.add_tag_string(key, name);
            }
        }
        open = Some((feature.layer, out.into_layer()));
    }
    let Some((_, last)) = open else {
        return Ok(None);
    };
    tile.add_layer(last)?;
    tile.to_bytes().map(|b| Some(Bytes::from(b)))
}

fn point_data(cells: &[Cell]) -> Result<GeomData, mvt::Error> {
    let mut encoder = GeomEncoder::<i32>::new(GeomType::Point);
    for (x, y) in cells {
        encoder.add_point(*x, *y)?;
    }
    encoder.encode()
}

fn line_data(lines: &[Vec<Cell>]) -> Result<GeomData, mvt::Error> {
    let mut encoder = GeomEncoder::<i32>::new(GeomType::Linestring);
    for line in lines {
        for (x, y) in line {
            encoder.add_point(*x, *y)?;
        }
        encoder.complete_geom()?;
    }
    encoder.encode()
}

fn ring_data(rings: &[Vec<Cell>]) -> Result<GeomData, mvt::Error> {
    let mut encoder = GeomEncoder::<i32>::new(GeomType::Polygon);
    let mut pen = None;
    for ring in rings {
        // The encoder takes a ring that starts where the last one ended for its
        // continuation; such a ring starts at its second position instead.
        let turn = usize::from(ring.first().copied() == pen);
        for (x, y) in ring[turn..].iter().chain(&ring[..turn]) {
            encoder.add_point(*x, *y)?;
            pen = Some((*x, *y));
        }
        encoder.complete_geom()?;
    }
    encoder.encode()
}
