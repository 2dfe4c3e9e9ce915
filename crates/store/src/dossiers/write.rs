//! Writing a dossier: entries, what is sealed beside them, the row, the case
//! that comes of it.

use rusqlite::{Connection, OptionalExtension};
use yiwang_base::{Purpose, Timestamp, to_millis, truncate_millis};
use yiwang_cases::civic::{Deed, Dossier, DossierChange, DossierError, DossierEvent, DossierId};
use yiwang_cases::{Receipt, StoreError};
use yiwang_journal::{ENTRY_VERSION, Entry};

use super::SEALED;
use super::row::{DossierData, put};
use crate::append::{self, Prepared, PreparedChange, SealedBody, prepare_change, salted};
use crate::erase::erase_sealed;
use crate::error::{broken, from_sqlite};
use crate::store::one;
use crate::writer::Transaction;

/// A change with its entries made.
pub(super) struct PreparedDossier {
    entries: Vec<Prepared>,
    /// What is erased, and by which of the entries.
    erasures: Vec<(usize, Vec<u64>)>,
    expected_version: u32,
    after: Dossier,
    receipt: Option<Receipt>,
    recorded_at: Timestamp,
    case: Option<PreparedChange>,
}

pub(super) fn prepare(change: DossierChange) -> Result<PreparedDossier, StoreError> {
    let recorded_at = truncate_millis(change.recorded_at);
    let id = change.after.id;
    let mut erasures = Vec::new();
    let mut entries = Vec::with_capacity(change.deeds.len());
    for (position, deed) in change.deeds.into_iter().enumerate() {
        if let DossierEvent::Erased { erases } = &deed.event {
            erasures.push((position, erases.clone()));
        }
        entries.push(prepare_deed(id, deed, recorded_at)?);
    }
    Ok(PreparedDossier {
        entries,
        erasures,
        expected_version: change.expected_version,
        after: change.after,
        receipt: change.receipt,
        recorded_at,
        case: change.case.map(prepare_change).transpose()?,
    })
}

fn prepare_deed(id: DossierId, deed: Deed, recorded_at: Timestamp) -> Result<Prepared, StoreError> {
    let sealed = match &deed.words {
        None => None,
        Some(words) => {
            let mut body = Vec::new();
            let mut json = serde_json::Serializer::new(&mut body);
            words
                .disclose_as(Purpose::Record, &mut json)
                .map_err(broken)?;
            Some(SealedBody::new(body)?)
        }
    };
    let erases = match &deed.event {
        DossierEvent::Erased { erases } => erases.clone(),
        _ => Vec::new(),
    };
    let entry = Entry {
        at: recorded_at,
        by: deed.by.to_string(),
        kind: deed.event.word(),
        data: DossierData {
            erases,
            event: deed.event,
            happened: Some(deed.at).filter(|at| *at != recorded_at),
        },
        grounds: deed.grounds,
        sealed: None,
        subject: format!("dossier/{}", id.0),
        v: ENTRY_VERSION,
    };
    append::prepare(entry, sealed)
}

/// The dossier that the same call changed before.
pub(super) fn repeated(
    sql: &Connection,
    receipt: &Receipt,
) -> Result<Option<DossierId>, StoreError> {
    let row: Option<(i64, [u8; 32], Option<[u8; 32]>)> = sql
        .prepare_cached(
            "SELECT dossier_id, fingerprint, (SELECT salt FROM sealed WHERE seq = salted_by) \
             FROM dossier_receipt WHERE key = ?1",
        )
        .and_then(|mut statement| {
            let row = statement.query_row([&receipt.key], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            });
            row.optional()
        })
        .map_err(from_sqlite)?;
    match row {
        None => Ok(None),
        // Once the salt is erased nothing agrees any more.
        Some((id, fingerprint, salt))
            if fingerprint == salted(&receipt.fingerprint, salt.as_ref()) =>
        {
            Ok(Some(DossierId(id.unsigned_abs())))
        }
        Some(_) => Err(StoreError::KeyReused),
    }
}

/// The version a dossier is at; 0 for none.
pub(super) fn version(sql: &Connection, id: DossierId) -> Result<u32, StoreError> {
    let query = "SELECT version FROM dossier WHERE id = ?1";
    Ok(one(sql, query, [id.0 as i64])?.unwrap_or(0))
}

impl Transaction<'_> {
    /// Writes a prepared change, or says why not without having written anything.
    pub(super) fn change_dossier(&mut self, change: &PreparedDossier) -> Result<(), DossierError> {
        if let Some(receipt) = &change.receipt
            && let Some(id) = repeated(self.sql, receipt)?
        {
            return Err(DossierError::Repeated { id });
        }
        let id = change.after.id;
        let current = version(self.sql, id)?;
        if current != change.expected_version {
            return Err(DossierError::Changed { current });
        }
        for (_, erases) in &change.erasures {
            check_sealed(self.sql, id, erases)?;
        }
        // The last that may be refused: from here on everything is written.
        if let Some(case) = &change.case {
            self.change(case)?;
        }
        let first = self.frontier.size();
        for entry in &change.entries {
            let seq = self.append(entry, None)?;
            self.sql
                .prepare_cached("INSERT INTO dossier_entry (seq, dossier_id) VALUES (?1, ?2)")
                .and_then(|mut sql| sql.execute((seq as i64, id.0 as i64)))
                .map_err(from_sqlite)?;
        }
        put(self.sql, &change.after)?;
        for (position, erases) in &change.erasures {
            erase_sealed(self.sql, erases, first + *position as u64)?;
            *self.erased = true;
        }
        self.keep_dossier_receipt(change, first)?;
        Ok(())
    }

    fn keep_dossier_receipt(&self, change: &PreparedDossier, first: u64) -> Result<(), StoreError> {
        let Some(receipt) = &change.receipt else {
            return Ok(());
        };
        let mut sealed = (first..).zip(&change.entries);
        let sealed = sealed.find_map(|(seq, entry)| Some((seq, entry.sealed.as_ref()?)));
        let fingerprint = salted(&receipt.fingerprint, sealed.map(|(_, sealed)| &sealed.salt));
        self.sql
            .prepare_cached(
                "INSERT INTO dossier_receipt (key, fingerprint, salted_by, dossier_id, at) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .and_then(|mut sql| {
                sql.execute((
                    &receipt.key,
                    fingerprint,
                    sealed.map(|(seq, _)| seq as i64),
                    change.after.id.0 as i64,
                    to_millis(change.recorded_at),
                ))
            })
            .map_err(from_sqlite)?;
        Ok(())
    }
}

/// Refuses to erase what is not the dossier's own or not there.
fn check_sealed(sql: &Connection, id: DossierId, entries: &[u64]) -> Result<(), StoreError> {
    let query = format!("{SEALED} AND dossier_entry.seq = ?2");
    for &entry in entries {
        let found: Option<i64> = one(sql, &query, (id.0 as i64, entry as i64))?;
        if found.is_none() {
            return Err(StoreError::NothingSealed { entry });
        }
    }
    Ok(())
}
