//! Making a new base map beside the old one.

use std::fs::File;
use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use wkb::writer::{WriteOptions, write_geometry};

use super::{BasemapError, BasemapStore, Bounds, FORMAT, Feature, Meta, reader::sql_error};

const SCHEMA: &str = "
CREATE TABLE feature (
    id INTEGER PRIMARY KEY,
    layer INTEGER NOT NULL,
    class TEXT NOT NULL,
    name TEXT,
    name_zh TEXT,
    name_en TEXT,
    shape BLOB NOT NULL
);
-- The third axis is zoom, so that a tile of the whole city does not read every lane.
CREATE VIRTUAL TABLE feature_box USING rtree(id, west, east, south, north, zoom, zoom_top);
CREATE TABLE meta (
    source TEXT NOT NULL,
    imported_at TEXT NOT NULL,
    features INTEGER NOT NULL,
    west REAL, south REAL, east REAL, north REAL
);
";

/// A base map being written. Dropped before [`Rebuild::finish`], it leaves the
/// old map as it was.
#[derive(Debug)]
pub struct Rebuild<'a> {
    store: &'a BasemapStore,
    path: PathBuf,
    db: Option<Connection>,
    bounds: Option<Bounds>,
    features: u64,
    /// Held until the end: one import at a time in one directory.
    _lock: File,
}

impl BasemapStore {
    /// Starts a new base map. Readers go on with the old one.
    ///
    /// # Errors
    /// [`BasemapError::Busy`] while another import runs, else what the file
    /// system or the database said.
    pub fn rebuild(&self) -> Result<Rebuild<'_>, BasemapError> {
        let path = self.path().with_extension("sqlite.new");
        let lock_path = self.path().with_extension("lock");
        let lock = File::create(&lock_path).map_err(|source| BasemapError::Io {
            path: lock_path.clone(),
            action: "create the lock file",
            source,
        })?;
        lock.try_lock().map_err(|e| match e {
            std::fs::TryLockError::WouldBlock => BasemapError::Busy {
                path: lock_path.clone(),
            },
            std::fs::TryLockError::Error(source) => BasemapError::Io {
                path: lock_path.clone(),
                action: "lock",
                source,
            },
        })?;
        // What an interrupted import left behind: the lock says nobody writes it.
        remove_if_there(&path)?;
        let db = Connection::open(&path).map_err(sql_error(&path))?;
        // A half-written file is thrown away, so it needs no journal.
        db.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            .and_then(|()| db.execute_batch(SCHEMA))
            .and_then(|()| db.pragma_update(None, "user_version", FORMAT))
            .and_then(|()| db.execute_batch("BEGIN"))
            .map_err(sql_error(&path))?;
        Ok(Rebuild {
            store: self,
            path,
            db: Some(db),
            bounds: None,
            features: 0,
            _lock: lock,
        })
    }
}

impl Rebuild<'_> {
    /// Adds features, in drawing order within their layer.
    ///
    /// # Errors
    /// [`BasemapError::Invalid`] for the first feature that cannot be drawn;
    /// those before it are in. Or what the database said.
    pub fn insert(&mut self, features: &[Feature]) -> Result<(), BasemapError> {
        let Some(db) = &self.db else { return Ok(()) };
        let sql = sql_error(&self.path);
        let mut row = db
            .prepare_cached(
                "INSERT INTO feature(layer, class, name, name_zh, name_en, shape)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .map_err(&sql)?;
        let mut place = db
            .prepare_cached("INSERT INTO feature_box VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)")
            .map_err(&sql)?;
        let mut shape = Vec::new();
        for feature in features {
            let b = feature.bounds()?;
            shape.clear();
            write_geometry(&mut shape, &feature.geometry, &WriteOptions::default()).map_err(
                |e| BasemapError::Io {
                    path: self.path.clone(),
                    action: "encode a geometry",
                    source: std::io::Error::other(e),
                },
            )?;
            let Feature { layer, class, .. } = feature;
            let names = &feature.names;
            row.execute(params![
                *layer as u8,
                class,
                names.local,
                names.zh,
                names.en,
                shape
            ])
            .map_err(&sql)?;
            place
                .execute(params![
                    db.last_insert_rowid(),
                    b.west,
                    b.east,
                    b.south,
                    b.north,
                    feature.min_zoom
                ])
                .map_err(&sql)?;
            self.features += 1;
            self.bounds = Some(self.bounds.map_or(b, |all| all.union(b)));
        }
        Ok(())
    }

    /// Puts the new map in the place of the old one, durably.
    ///
    /// # Errors
    /// What the file system or the database said; the old map is then still there.
    pub fn finish(mut self, source: &str, now: Timestamp) -> Result<Meta, BasemapError> {
        let meta = Meta {
            source: source.to_owned(),
            imported_at: now,
            features: self.features,
            bounds: self.bounds,
        };
        if let Some(db) = self.db.take() {
            let b = self.bounds;
            db.execute(
                "INSERT INTO meta VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    source,
                    now.to_string(),
                    i64::try_from(self.features).unwrap_or(i64::MAX),
                    b.map(|b| b.west),
                    b.map(|b| b.south),
                    b.map(|b| b.east),
                    b.map(|b| b.north)
                ],
            )
            .and_then(|_| db.execute_batch("COMMIT; ANALYZE;"))
            .map_err(sql_error(&self.path))?;
            db.close().map_err(|(_, e)| sql_error(&self.path)(e))?;
        }
        let io = |action| {
            let path = self.path.clone();
            move |source| BasemapError::Io {
                path,
                action,
                source,
            }
        };
        File::open(&self.path)
            .and_then(|f| f.sync_all())
            .map_err(io("write it to disk"))?;
        std::fs::rename(&self.path, self.store.path()).map_err(io("rename it into place"))?;
        if let Some(dir) = self.store.path().parent() {
            File::open(dir)
                .and_then(|d| d.sync_all())
                .map_err(io("make the rename durable"))?;
        }
        self.store.replaced();
        Ok(meta)
    }
}

impl Drop for Rebuild<'_> {
    fn drop(&mut self) {
        // After `finish` there is nothing left to remove. Otherwise the next
        // import removes what cannot be removed now.
        drop(self.db.take());
        let _ = std::fs::remove_file(&self.path);
    }
}

fn remove_if_there(path: &std::path::Path) -> Result<(), BasemapError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(BasemapError::Io {
            path: path.to_owned(),
            action: "remove what an interrupted import left",
            source,
        }),
        _ => Ok(()),
    }
}
