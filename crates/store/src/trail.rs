//! The trail (存证链): checkpoints, tiles, bundles and proofs.

use std::sync::Arc;

use rusqlite::Connection;
use yiwang_base::CaseId;
use yiwang_cases::StoreError;
use yiwang_journal::{
    Error, ExportedCase, ExportedEntry, ExportedSeal, Frontier, SigningKey, TileReader, TrailPath,
    VerifierKey, WithFrontier, encode_bundle, inclusion_proof,
};

use crate::Store;
use crate::error::{broken, from_sqlite};
use crate::store::one;

/// A signed state of the tree: everything served under `/trail/` agrees with one.
#[derive(Debug)]
pub struct Signed {
    /// The signed note.
    pub note: String,
    pub(crate) frontier: Frontier,
}

impl Signed {
    /// Number of entries it covers.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Whether this key signed it, and for the tree as it is stored.
    ///
    /// # Errors
    /// What does not agree.
    pub fn check(&self, key: &VerifierKey) -> Result<(), Error> {
        let checkpoint = key.open(&self.note)?;
        if (checkpoint.size, checkpoint.root) == (self.frontier.size(), self.frontier.root()) {
            return Ok(());
        }
        Err(Error::BadCheckpoint(
            "the tree that is stored has another root than the one signed".into(),
        ))
    }
}

impl Store {
    /// Signs the tree as it is, unless the last checkpoint covers it.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn sign(&self, key: &Arc<SigningKey>) -> Result<Arc<Signed>, StoreError> {
        let durable = self.durable_entries();
        if let Some(signed) = self.signed()
            && signed.frontier.size() == durable
        {
            return Ok(signed);
        }
        let key = Arc::clone(key);
        let signed = self
            .writer
            .run(move |transaction| {
                // Entries of this group that are not committed yet are covered
                // too: if the group fails, so does this checkpoint.
                let mut frontier = transaction.frontier.clone();
                frontier.take_complete();
                let note = key.sign(frontier.size(), frontier.root()).map_err(broken)?;
                transaction
                    .sql
                    .execute(
                        "INSERT OR IGNORE INTO checkpoint (size, note) VALUES (?1, ?2)",
                        (frontier.size() as i64, &note),
                    )
                    .map_err(from_sqlite)?;
                Ok(Signed { note, frontier })
            })
            .await?;
        let signed = Arc::new(signed);
        let mut last = self.signed.lock().map_err(broken)?;
        // Of two calls at once, the one over fewer entries may come in second.
        if last
            .as_ref()
            .is_none_or(|last| last.frontier.size() < signed.frontier.size())
        {
            *last = Some(Arc::clone(&signed));
        }
        Ok(signed)
    }

    /// The last signed state.
    pub fn signed(&self) -> Option<Arc<Signed>> {
        self.signed.lock().ok()?.clone()
    }

    /// What a trail path asks for; `None` when the signed tree does not have it.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn trail(&self, path: TrailPath) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(signed) = self.signed() else {
            return Ok(None);
        };
        self.readers
            .run(move |sql| match path {
                TrailPath::Checkpoint => Ok(Some(signed.note.clone().into_bytes())),
                TrailPath::Tile {
                    level,
                    index,
                    width,
                } => {
                    let below = signed
                        .frontier
                        .size()
                        .checked_shr(8 * u32::from(level))
                        .unwrap_or(0);
                    if index.saturating_mul(256).saturating_add(u64::from(width)) > below {
                        return Ok(None);
                    }
                    let mut bytes = tiles(sql, &signed.frontier)
                        .tile(level, index, width)
                        .map_err(broken)?;
                    bytes.truncate(usize::from(width) * 32);
                    Ok(Some(bytes))
                }
                TrailPath::Entries { index, width } => {
                    let end = index.saturating_mul(256).saturating_add(u64::from(width));
                    if end > signed.frontier.size() {
                        return Ok(None);
                    }
                    bundle(sql, index * 256, end).map(Some)
                }
            })
            .await
    }

    /// A case's entries with their proofs; `sealed` says whether the reader
    /// may see what is sealed.
    ///
    /// # Errors
    /// When the record cannot be read. A case without entries gives `None`.
    pub async fn export_case(
        &self,
        id: CaseId,
        key: &Arc<SigningKey>,
        sealed: bool,
    ) -> Result<Option<ExportedCase>, StoreError> {
        // Where nothing can be written now, what was signed last proves what it covers.
        let unsigned = self.sign(key).await.err();
        match self.export_signed(id, key.verifier(), sealed).await? {
            None => unsigned.map_or(Ok(None), Err),
            exported => Ok(exported),
        }
    }

    /// As [`Store::export_case`], with the last checkpoint there is: the case's
    /// entries after it are left out.
    ///
    /// # Errors
    /// When the record cannot be read. A case without signed entries gives `None`.
    pub async fn export_signed(
        &self,
        id: CaseId,
        key: &VerifierKey,
        sealed: bool,
    ) -> Result<Option<ExportedCase>, StoreError> {
        let Some(signed) = self.signed() else {
            return Ok(None);
        };
        let log = key.to_string();
        self.readers
            .run(move |sql| {
                let mut statement = sql
                    .prepare_cached(
                        "SELECT entry.seq, entry.body, sealed.salt, sealed.body, erased.by \
                         FROM entry LEFT JOIN sealed ON sealed.seq = entry.seq \
                         LEFT JOIN erased ON erased.seq = entry.seq WHERE case_id = ?1 AND entry.seq < ?2 ORDER BY entry.seq",
                    )
                    .map_err(from_sqlite)?;
                let size = signed.frontier.size();
                let mut rows = statement
                    .query((id.0 as i64, size as i64))
                    .map_err(from_sqlite)?;
                let reader = tiles(sql, &signed.frontier);
                let mut entries = Vec::new();
                while let Some(row) = rows.next().map_err(from_sqlite)? {
                    let seq: i64 = row.get(0).map_err(from_sqlite)?;
                    let body: Vec<u8> = row.get(1).map_err(from_sqlite)?;
                    let salt: Option<[u8; 32]> = row.get(2).map_err(from_sqlite)?;
                    let text: Option<Vec<u8>> = row.get(3).map_err(from_sqlite)?;
                    let erased_by: Option<i64> = row.get(4).map_err(from_sqlite)?;
                    let index = seq.unsigned_abs();
                    let seal = match (salt, text) {
                        (Some(salt), Some(text)) if sealed && erased_by.is_none() => Some(ExportedSeal {
                            salt,
                            body: String::from_utf8(text).map_err(broken)?,
                        }),
                        _ => None,
                    };
                    entries.push(ExportedEntry {
                        index,
                        entry: String::from_utf8(body).map_err(broken)?,
                        proof: inclusion_proof(&reader, index, size).map_err(broken)?,
                        sealed: seal,
                        erased: erased_by.is_some(),
                    });
                }
                if entries.is_empty() {
                    return Ok(None);
                }
                Ok(Some(ExportedCase {
                    subject: format!("case/{}", id.0),
                    log,
                    checkpoint: signed.note.clone(),
                    entries,
                }))
            })
            .await
    }
}

/// The complete tiles as stored.
pub(crate) struct StoredTiles<'a>(pub(crate) &'a Connection);

impl TileReader for StoredTiles<'_> {
    fn tile(&self, level: u8, index: u64, _width: u16) -> Result<Vec<u8>, Error> {
        let query = "SELECT hashes FROM tile WHERE level = ?1 AND idx = ?2";
        match one(self.0, query, (level, index as i64)) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(Error::Read(format!("tile {level}/{index} is not there"))),
            Err(error) => Err(Error::Read(error.to_string())),
        }
    }
}

fn tiles<'a>(sql: &'a Connection, frontier: &'a Frontier) -> WithFrontier<'a, StoredTiles<'a>> {
    WithFrontier {
        frontier,
        complete: StoredTiles(sql),
    }
}

fn bundle(sql: &Connection, from: u64, end: u64) -> Result<Vec<u8>, StoreError> {
    let mut statement = sql
        .prepare_cached("SELECT body FROM entry WHERE seq >= ?1 AND seq < ?2 ORDER BY seq")
        .map_err(from_sqlite)?;
    let bodies = statement
        .query_map((from as i64, end as i64), |row| row.get::<_, Vec<u8>>(0))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(from_sqlite)?;
    encode_bundle(bodies.iter().map(Vec::as_slice)).map_err(broken)
}
