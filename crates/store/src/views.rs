//! Saved views of the desk, in a table that no entry tells of.

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use yiwang_base::{Personal, Purpose, UserName};
use yiwang_cases::StoreError;
use yiwang_cases::views::{Circle, SavedView, Shelf, ViewStore};

use crate::Store;
use crate::case_row::{from_json, to_json};
use crate::error::{broken, from_sqlite};

/// A view as a row has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    name: String,
    query: String,
    shared: bool,
}

impl From<&SavedView> for Kept {
    fn from(view: &SavedView) -> Kept {
        Kept {
            name: view.name.clone(),
            query: view.query.disclose(Purpose::Record).clone(),
            shared: view.shared,
        }
    }
}

impl From<Kept> for SavedView {
    fn from(kept: Kept) -> SavedView {
        SavedView {
            name: kept.name,
            query: Personal::new(kept.query),
            shared: kept.shared,
        }
    }
}

impl ViewStore for Store {
    async fn views(&self, of: &UserName) -> Result<Shelf, StoreError> {
        let of = of.clone();
        self.readers.run(move |sql| shelf(sql, &of)).await
    }

    async fn set_views(
        &self,
        of: &UserName,
        circle: &Circle,
        expected: u32,
        views: Vec<SavedView>,
    ) -> Result<u32, StoreError> {
        let (of, circle) = (of.clone(), circle.clone());
        let kept: Vec<Kept> = views.iter().map(Kept::from).collect();
        let body = to_json(&kept)?;
        self.writer
            .run(move |transaction| {
                let sql = transaction.sql;
                let current = shelf(sql, &of)?.version;
                if current != expected {
                    return Err(StoreError::Changed { current });
                }
                let version = current + 1;
                sql.prepare_cached(
                    "INSERT OR REPLACE INTO view_shelf (account, version, role, unit, views) \
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )
                .and_then(|mut set| {
                    let unit = unit_of(&circle);
                    set.execute((of.as_str(), version, &circle.role, unit, &body))
                })
                .map_err(from_sqlite)?;
                Ok(version)
            })
            .await
    }

    async fn shared_views(
        &self,
        circle: &Circle,
        except: &UserName,
    ) -> Result<Vec<(UserName, SavedView)>, StoreError> {
        let (circle, except) = (circle.clone(), except.clone());
        self.readers
            .run(move |sql| shared(sql, &circle, &except))
            .await
    }
}

fn unit_of(circle: &Circle) -> &str {
    circle.unit.as_ref().map_or("", |unit| unit.as_str())
}

fn shelf(sql: &Connection, of: &UserName) -> Result<Shelf, StoreError> {
    let found: Option<(u32, String)> = sql
        .prepare_cached("SELECT version, views FROM view_shelf WHERE account = ?1")
        .and_then(|mut statement| {
            let row = statement.query_row([of.as_str()], |row| Ok((row.get(0)?, row.get(1)?)));
            row.optional()
        })
        .map_err(from_sqlite)?;
    let Some((version, views)) = found else {
        return Ok(Shelf::default());
    };
    Ok(Shelf {
        version,
        views: read(&views)?,
    })
}

fn shared(
    sql: &Connection,
    circle: &Circle,
    except: &UserName,
) -> Result<Vec<(UserName, SavedView)>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT account, views FROM view_shelf \
             WHERE role = ?1 AND unit = ?2 AND account <> ?3 ORDER BY account",
        )
        .map_err(from_sqlite)?;
    let mut rows = statement
        .query((&circle.role, unit_of(circle), except.as_str()))
        .map_err(from_sqlite)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let of: String = row.get(0).map_err(from_sqlite)?;
        let of: UserName = of.parse().map_err(broken)?;
        let views: String = row.get(1).map_err(from_sqlite)?;
        let shared = read(&views)?.into_iter().filter(|view| view.shared);
        found.extend(shared.map(|view| (of.clone(), view)));
    }
    Ok(found)
}

fn read(views: &str) -> Result<Vec<SavedView>, StoreError> {
    let kept: Vec<Kept> = from_json(views)?;
    Ok(kept.into_iter().map(SavedView::from).collect())
}
