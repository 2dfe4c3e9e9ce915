//! Reading the base map, from many threads at once.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use geo_traits::to_geo::ToGeoGeometry;
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::{BasemapError, Bounds, FILE_NAME, FORMAT, Feature, Layer, Names};

/// Idle connections kept; more are opened when more readers come at once.
const POOL: usize = 4;

/// The base map of one data directory. Cheap to ask for a map that is not there.
///
/// Its methods block; an async caller wraps them in `spawn_blocking`.
#[derive(Debug)]
pub struct BasemapStore {
    path: PathBuf,
    idle: Mutex<Vec<(Stamp, Connection)>>,
    rebuilt: AtomicU64,
}

/// What a base map says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Meta {
    /// Where it came from, as a file name.
    pub source: String,
    /// When it was made.
    pub imported_at: Timestamp,
    /// How many features it holds.
    pub features: u64,
    /// The box around all of them; none when it is empty.
    pub bounds: Option<Bounds>,
}

/// Identity of the file as it is now: another one after each rebuild, also by
/// another process. What was made from the map is valid while this is equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    modified: SystemTime,
    len: u64,
    rebuilt: u64,
}

impl BasemapStore {
    /// The base map in this data directory, whether or not there is one yet.
    pub fn new(data_dir: &Path) -> Self {
        Self {
            path: data_dir.join(FILE_NAME),
            idle: Mutex::new(Vec::new()),
            rebuilt: AtomicU64::new(0),
        }
    }

    /// The base map's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Identity of the present map; none when there is no map.
    ///
    /// # Errors
    /// When the file system refuses to say.
    pub fn stamp(&self) -> Result<Option<Stamp>, BasemapError> {
        let read = |action, source| BasemapError::Io {
            path: self.path.clone(),
            action,
            source,
        };
        match std::fs::metadata(&self.path) {
            Ok(m) => Ok(Some(Stamp {
                modified: m.modified().map_err(|e| read("read its age", e))?,
                len: m.len(),
                rebuilt: self.rebuilt.load(Ordering::Acquire),
            })),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(read("read", e)),
        }
    }

    /// What the map says of itself; none when there is no map.
    ///
    /// # Errors
    /// When the file cannot be read or is of another form.
    pub fn meta(&self) -> Result<Option<Meta>, BasemapError> {
        self.read(|db| {
            db.query_row(
                "SELECT source, imported_at, features, west, south, east, north FROM meta",
                [],
                |row| {
                    let at: String = row.get(1)?;
                    let bounds = match (row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?) {
                        (Some(west), Some(south), Some(east), Some(north)) => Some(Bounds {
                            west,
                            south,
                            east,
                            north,
                        }),
                        _ => None,
                    };
                    Ok(Meta {
                        source: row.get(0)?,
                        imported_at: at.parse().map_err(|e| {
                            rusqlite::Error::FromSqlConversionFailure(
                                1,
                                rusqlite::types::Type::Text,
                                Box::new(e) as _,
                            )
                        })?,
                        features: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
                        bounds,
                    })
                },
            )
            .optional()
            .map_err(sql_error(&self.path))
        })
        .map(Option::flatten)
    }

    /// The features drawn at this zoom whose box meets `bounds`, by layer and
    /// then in the order they were inserted; none when there is no map.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, or is of another form.
    pub fn features(&self, bounds: Bounds, zoom: u8) -> Result<Option<Vec<Feature>>, BasemapError> {
        self.read(|db| {
            let sql = sql_error(&self.path);
            let mut statement = db
                .prepare_cached(
                    "SELECT f.id, f.layer, f.class, f.name, f.name_zh, f.name_en, f.shape, b.zoom
                     FROM feature_box b JOIN feature f ON f.id = b.id
                     WHERE b.west <= ?3 AND b.east >= ?1 AND b.south <= ?4 AND b.north >= ?2
                       AND b.zoom <= ?5",
                )
                .map_err(&sql)?;
            let mut rows = statement
                .query(params![
                    bounds.west,
                    bounds.south,
                    bounds.east,
                    bounds.north,
                    zoom
                ])
                .map_err(&sql)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next().map_err(&sql)? {
                found.push(self.feature(row)?);
            }
            found.sort_unstable_by_key(|(id, f)| (f.layer, *id));
            Ok(found.into_iter().map(|(_, f)| f).collect())
        })
    }

    /// Calls with each feature that has a name, in the order they were
    /// inserted; never when there is no map.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, or is of another form.
    pub fn each_named(&self, mut each: impl FnMut(&Feature)) -> Result<(), BasemapError> {
        self.read(|db| {
            let sql = sql_error(&self.path);
            let mut statement = db
                .prepare_cached(
                    "SELECT f.id, f.layer, f.class, f.name, f.name_zh, f.name_en, f.shape, 0.0
                     FROM feature f
                     WHERE f.name IS NOT NULL OR f.name_zh IS NOT NULL OR f.name_en IS NOT NULL
                     ORDER BY f.id",
                )
                .map_err(&sql)?;
            let mut rows = statement.query([]).map_err(&sql)?;
            while let Some(row) = rows.next().map_err(&sql)? {
                let (_, feature) = self.feature(row)?;
                each(&feature);
            }
            Ok(())
        })
        .map(Option::unwrap_or_default)
    }

    fn feature(&self, row: &rusqlite::Row<'_>) -> Result<(i64, Feature), BasemapError> {
        let sql = sql_error(&self.path);
        let id: i64 = row.get(0).map_err(&sql)?;
        let damaged = |reason: String| BasemapError::Damaged {
            path: self.path.clone(),
            id,
            reason,
        };
        let code: i64 = row.get(1).map_err(&sql)?;
        let layer = Layer::from_code(code).ok_or_else(|| damaged(format!("layer {code}")))?;
        let shape = row.get_ref(6).map_err(&sql)?;
        let shape = shape.as_blob().map_err(|e| damaged(e.to_string()))?;
        let geometry = wkb::reader::read_wkb(shape)
            .map_err(|e| damaged(e.to_string()))?
            .try_to_geometry()
            .ok_or_else(|| damaged("empty geometry".to_owned()))?;
        let zoom: f64 = row.get(7).map_err(&sql)?;
        let feature = Feature {
            layer,
            class: row.get(2).map_err(&sql)?,
            names: Names {
                local: row.get(3).map_err(&sql)?,
                zh: row.get(4).map_err(&sql)?,
                en: row.get(5).map_err(&sql)?,
            },
            min_zoom: zoom as u8,
            geometry,
        };
        Ok((id, feature))
    }

    pub(super) fn replaced(&self) {
        self.rebuilt.fetch_add(1, Ordering::AcqRel);
        self.idle().clear();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(Stamp, Connection)>> {
        // A panic while the list was held leaves a list of sound connections.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, BasemapError>,
    ) -> Result<Option<T>, BasemapError> {
        let Some(stamp) = self.stamp()? else {
            return Ok(None);
        };
        let pooled = {
            let mut idle = self.idle();
            idle.retain(|(s, _)| *s == stamp);
            idle.pop()
        };
        let db = match pooled {
            Some((_, db)) => db,
            None => self.open()?,
        };
        let answer = ask(&db)?;
        let mut idle = self.idle();
        if idle.len() < POOL {
            idle.push((stamp, db));
        }
        Ok(Some(answer))
    }

    fn open(&self) -> Result<Connection, BasemapError> {
        let sql = sql_error(&self.path);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(&self.path, flags).map_err(&sql)?;
        let found: i64 = db
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map_err(&sql)?;
        if found != FORMAT {
            return Err(BasemapError::Format {
                path: self.path.clone(),
                found,
            });
        }
        Ok(db)
    }
}

pub(super) fn sql_error(path: &Path) -> impl Fn(rusqlite::Error) -> BasemapError + use<> {
    let path = path.to_owned();
    move |source| BasemapError::Sql {
        path: path.clone(),
        source,
    }
}
