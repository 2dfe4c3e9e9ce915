//! The base map as vector tiles (Mapbox Vector Tile 2.1), made on demand from
//! the features in the store. Nothing is fetched from a network.
//!
//! Tiles exist from zoom 0 to [`MAX_ZOOM`]; a client enlarges the last ones
//! for higher zooms.

pub mod classify;
mod encode;
mod shape;
mod tile_id;

#[cfg(test)]
mod tests;

pub use encode::{PointFeature, Prop, encode_points_tile};
pub use tile_id::TileId;
pub use yiwang_store::basemap::MAX_ZOOM;

use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};
use yiwang_store::basemap::{BasemapError, BasemapStore, Stamp};

/// Memory the finished tiles may take, bytes.
const CACHE_BYTES: u64 = 32 << 20;
/// Tiles the cache is laid out for.
const CACHE_TILES: usize = 4096;

/// Why a tile could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TileError {
    /// The base map could not be read.
    #[error(transparent)]
    Store(#[from] BasemapError),
    /// The tile could not be encoded.
    #[error("tile {tile}: {source}")]
    Encode {
        /// Which tile.
        tile: TileId,
        /// What the encoder refused.
        source: mvt::Error,
    },
}

/// A tile of one map; a new map has another stamp, so it never meets old tiles.
type Key = (Stamp, TileId);

#[derive(Debug, Clone)]
struct Weight;

impl Weighter<Key, Option<Bytes>> for Weight {
    fn weight(&self, _: &Key, tile: &Option<Bytes>) -> u64 {
        64 + tile.as_ref().map_or(0, |b| b.len() as u64)
    }
}

/// The base map, ready to be drawn.
#[derive(Debug)]
pub struct Basemap {
    store: BasemapStore,
    tiles: Cache<Key, Option<Bytes>, Weight>,
}

impl Basemap {
    /// Draws from this store.
    pub fn new(store: BasemapStore) -> Self {
        Self {
            store,
            tiles: Cache::with_weighter(CACHE_TILES, CACHE_BYTES, Weight),
        }
    }

    /// The store drawn from.
    pub fn store(&self) -> &BasemapStore {
        &self.store
    }

    /// The tile `z/x/y`, uncompressed; none when there is no base map, no such
    /// tile, or nothing on it. Blocks for some milliseconds: call it from
    /// `spawn_blocking`.
    ///
    /// # Errors
    /// When the base map is damaged or cannot be read.
    pub fn tile(&self, z: u8, x: u32, y: u32) -> Result<Option<Bytes>, TileError> {
        let Some(id) = TileId::new(z, x, y).filter(|_| z <= MAX_ZOOM) else {
            return Ok(None);
        };
        let Some(stamp) = self.store.stamp()? else {
            return Ok(None);
        };
        if let Some(tile) = self.tiles.get(&(stamp, id)) {
            return Ok(tile);
        }
        let tile = self.draw(id)?;
        self.tiles.insert((stamp, id), tile.clone());
        Ok(tile)
    }

    fn draw(&self, id: TileId) -> Result<Option<Bytes>, TileError> {
        let Some(features) = self.store.features(id.bounds(shape::BUFFER), id.z())? else {
            return Ok(None);
        };
        let shapes = features
            .into_iter()
            .filter_map(|f| Some((shape::shape(&f.geometry, id)?, f)));
        encode::encode_features(shapes).map_err(|source| TileError::Encode { tile: id, source })
    }
}
