//! The schema and its upgrades.

use rusqlite::Connection;

/// Each upgrade in order; the database's `user_version` counts those applied.
const MIGRATIONS: [&str; 12] = [
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
    include_str!("migrations/0011.sql"),
    include_str!("migrations/0012.sql"),
];

/// The schema version this program writes.
pub const LATEST: u32 = MIGRATIONS.len() as u32;

/// Why a schema cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SchemaError {
    /// Written by a newer program.
    #[error("the record has schema {found}, this program knows up to {LATEST}; use a newer yiwang")]
    Newer { found: u32 },
    /// SQLite refused.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// The schema a database has; 0 for none.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings a database to the latest schema, each step in a transaction of its own.
pub(crate) fn upgrade(connection: &mut Connection) -> Result<(), SchemaError> {
    let found = version(connection)?;
    if found > LATEST {
        return Err(SchemaError::Newer { found });
    }
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", index as u32 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
