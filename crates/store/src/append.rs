//! Writing changes: entries, what is sealed beside them, and the rows they add up to.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use yiwang_base::{CaseId, Purpose, Timestamp, to_millis, truncate_millis};
use yiwang_cases::{Case, Change, Event, Happening, Receipt, Sealed, SourceRef, StoreError};
use yiwang_journal::{ENTRY_VERSION, Entry, Hash, leaf_hash, seal};

use crate::error::{broken, from_sqlite};
use crate::store::one;
use crate::writer::Transaction;
use crate::{case_row, erase, files, joiners};

/// What `data` of an entry about a case holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseData {
    /// For an erasure, the entries it erases: here for verifiers, which know
    /// the record but nothing of cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) erases: Vec<u64>,
    /// What happened.
    pub(crate) event: Event,
    /// When it happened, where that is not when it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) happened: Option<Timestamp>,
}

/// An entry ready to be written.
pub(crate) struct Prepared {
    pub(crate) body: Vec<u8>,
    pub(crate) hash: Hash,
    pub(crate) sealed: Option<SealedBody>,
}

/// What is sealed, as it is kept.
pub(crate) struct SealedBody {
    pub(crate) salt: [u8; 32],
    pub(crate) body: Vec<u8>,
    /// The bytes of a file, which the body holds the hash of.
    pub(crate) file: Option<Arc<[u8]>>,
}

impl SealedBody {
    /// Seals a body under a fresh salt.
    pub(crate) fn new(body: Vec<u8>) -> Result<SealedBody, StoreError> {
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).map_err(broken)?;
        Ok(SealedBody {
            salt,
            body,
            file: None,
        })
    }

    fn commitment(&self) -> Hash {
        seal::commit(&self.salt, &self.body)
    }
}

/// Makes the entry of anything.
pub(crate) fn prepare<D: Serialize>(
    mut entry: Entry<D>,
    sealed: Option<SealedBody>,
) -> Result<Prepared, StoreError> {
    entry.sealed = sealed.as_ref().map(SealedBody::commitment);
    let body = entry.to_canonical().map_err(broken)?;
    Ok(Prepared {
        hash: leaf_hash(&body),
        body,
        sealed,
    })
}

/// A change with its entries made; the costly part, done before the writer's turn.
pub(crate) struct PreparedChange {
    entries: Vec<Prepared>,
    /// Which of the entries has the request sealed beside it.
    request_at: usize,
    /// Who joins the case, by which of the entries.
    joined: Vec<(usize, joiners::Joined)>,
    /// What is erased, and by which of the entries.
    erasures: Vec<(usize, Vec<u64>)>,
    expected_version: u32,
    after: Case,
    receipt: Option<Receipt>,
    recorded_at: Timestamp,
}

pub(crate) fn prepare_change(change: Change) -> Result<PreparedChange, StoreError> {
    let recorded_at = truncate_millis(change.recorded_at);
    let id = change.after.id;
    let mut erasures = Vec::new();
    let mut joined = Vec::new();
    let mut request_at = 0;
    let mut entries = Vec::with_capacity(change.happenings.len());
    for (position, happening) in change.happenings.into_iter().enumerate() {
        if let Event::Erased { erases } = &happening.event {
            erasures.push((position, erases.clone()));
        }
        if let Some(one) = joiners::Joined::of(&happening.event, happening.sealed.as_ref()) {
            joined.push((position, one));
        }
        if let Some(Sealed::Request(_)) = &happening.sealed {
            request_at = position;
        }
        entries.push(prepare_happening(id, happening, recorded_at)?);
    }
    Ok(PreparedChange {
        entries,
        request_at,
        joined,
        erasures,
        expected_version: change.expected_version,
        after: change.after,
        receipt: change.receipt,
        recorded_at,
    })
}

fn prepare_happening(
    id: CaseId,
    happening: Happening,
    recorded_at: Timestamp,
) -> Result<Prepared, StoreError> {
    let sealed = happening.sealed.map(sealed_body).transpose()?;
    let erases = match &happening.event {
        Event::Erased { erases } => erases.clone(),
        _ => Vec::new(),
    };
    let entry = Entry {
        at: recorded_at,
        by: happening.by.to_string(),
        kind: format!("case.{}", happening.event.word()),
        data: CaseData {
            erases,
            event: happening.event,
            happened: Some(happening.at).filter(|at| *at != recorded_at),
        },
        grounds: happening.grounds,
        sealed: None,
        subject: format!("case/{}", id.0),
        v: ENTRY_VERSION,
    };
    prepare(entry, sealed)
}

fn sealed_body(mut sealed: Sealed) -> Result<SealedBody, StoreError> {
    let file = sealed.take_bytes();
    let mut body = Vec::new();
    sealed
        .disclose_as(Purpose::Record, &mut serde_json::Serializer::new(&mut body))
        .map_err(broken)?;
    Ok(SealedBody {
        file,
        ..SealedBody::new(body)?
    })
}

impl Transaction<'_> {
    /// Appends an entry; returns its number.
    pub(crate) fn append(
        &mut self,
        entry: &Prepared,
        case: Option<CaseId>,
    ) -> Result<u64, StoreError> {
        let seq = self.frontier.size();
        self.sql
            .prepare_cached("INSERT INTO entry (seq, case_id, hash, body) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut sql| {
                sql.execute((
                    seq as i64,
                    case.map(|id| id.0 as i64),
                    &entry.hash.0,
                    &entry.body,
                ))
            })
            .map_err(from_sqlite)?;
        if let Some(sealed) = &entry.sealed {
            self.sql
                .prepare_cached("INSERT INTO sealed (seq, salt, body) VALUES (?1, ?2, ?3)")
                .and_then(|mut sql| sql.execute((seq as i64, &sealed.salt, &sealed.body)))
                .map_err(from_sqlite)?;
            if let Some(file) = &sealed.file {
                files::insert(self.sql, seq, file)?;
            }
        }
        self.frontier.append(entry.hash);
        Ok(seq)
    }

    /// Writes a prepared change, or says why not without having written anything.
    pub(crate) fn change(&mut self, change: &PreparedChange) -> Result<(), StoreError> {
        if let Some(receipt) = &change.receipt
            && let Some(id) = repeated(self.sql, receipt)?
        {
            return Err(StoreError::Repeated { id });
        }
        let id = change.after.id;
        let query = "SELECT version FROM cases WHERE id = ?1";
        let current = one(self.sql, query, [id.0 as i64])?.unwrap_or(0);
        if current != change.expected_version {
            return Err(StoreError::Changed { current });
        }
        for (_, erases) in &change.erasures {
            erase::check_sealed(self.sql, id, erases)?;
        }
        if current == 0 {
            self.check_new(&change.after)?;
        }
        for (_, joined) in &change.joined {
            joined.check_free(self.sql)?;
        }
        let first = self.frontier.size();
        for entry in &change.entries {
            self.append(entry, Some(id))?;
        }
        if current == 0 {
            case_row::insert(self.sql, &change.after, first + change.request_at as u64)?;
        } else {
            case_row::update(self.sql, &change.after)?;
        }
        for (position, joined) in &change.joined {
            joined.insert(self.sql, id, first + *position as u64)?;
        }
        for (position, erases) in &change.erasures {
            joiners::forget(self.sql, erases)?;
            erase::erase_sealed(self.sql, erases, first + *position as u64)?;
            case_row::forget_request(self.sql, id)?;
            *self.erased = true;
        }
        if let Some(receipt) = &change.receipt {
            self.keep_receipt(receipt, change, first)?;
        }
        Ok(())
    }
}

impl Transaction<'_> {
    /// Writes two prepared changes, or neither.
    pub(crate) fn change_both(
        &mut self,
        first: &PreparedChange,
        second: &PreparedChange,
    ) -> Result<(), StoreError> {
        let before = self.frontier.clone();
        self.sql
            .execute_batch("SAVEPOINT both")
            .map_err(from_sqlite)?;
        let outcome = self.change(first).and_then(|()| self.change(second));
        if outcome.is_err() {
            *self.frontier = before;
            self.sql
                .execute_batch("ROLLBACK TO both")
                .map_err(from_sqlite)?;
        }
        self.sql
            .execute_batch("RELEASE both")
            .map_err(from_sqlite)?;
        outcome
    }

    /// Keeps the receipt of a change whose first entry has this number.
    fn keep_receipt(
        &self,
        receipt: &Receipt,
        change: &PreparedChange,
        first: u64,
    ) -> Result<(), StoreError> {
        let mut sealed = (first..).zip(&change.entries);
        let sealed = sealed.find_map(|(seq, entry)| Some((seq, entry.sealed.as_ref()?)));
        let fingerprint = salted(&receipt.fingerprint, sealed.map(|(_, sealed)| &sealed.salt));
        self.sql
            .prepare_cached(
                "INSERT INTO receipt (key, fingerprint, salted_by, case_id, at) \
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

    /// What only one case can have, no other has yet.
    fn check_new(&self, case: &Case) -> Result<(), StoreError> {
        if let Some(source) = &case.source
            && let Some(known) = by_source(self.sql, source)?
        {
            return Err(StoreError::SourceKnown(known));
        }
        let words = case.request.as_ref().map(|w| w.disclose(Purpose::Record));
        if let Some(code) = words.and_then(|words| words.follow_code.as_deref()) {
            joiners::check_free(self.sql, &case_row::follow_hash(code))?;
        }
        Ok(())
    }
}

/// The case that came from this source.
pub(crate) fn by_source(
    sql: &Connection,
    source: &SourceRef,
) -> Result<Option<CaseId>, StoreError> {
    let query = "SELECT id FROM cases WHERE source_system = ?1 AND source_id = ?2";
    let id: Option<i64> = one(sql, query, (&source.system, &source.id))?;
    Ok(id.map(|id| CaseId(id.unsigned_abs())))
}

/// The case that the same call changed before.
pub(crate) fn repeated(sql: &Connection, receipt: &Receipt) -> Result<Option<CaseId>, StoreError> {
    let row: Option<(i64, [u8; 32], Option<[u8; 32]>)> = sql
        .prepare_cached(
            "SELECT case_id, fingerprint, (SELECT salt FROM sealed WHERE seq = salted_by) \
             FROM receipt WHERE key = ?1",
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
        Some((id, fingerprint, salt)) => {
            // Once the salt is erased nothing agrees any more.
            if fingerprint == salted(&receipt.fingerprint, salt.as_ref()) {
                Ok(Some(CaseId(id.unsigned_abs())))
            } else {
                Err(StoreError::KeyReused)
            }
        }
    }
}

pub(crate) fn salted(fingerprint: &[u8; 32], salt: Option<&[u8; 32]>) -> [u8; 32] {
    match salt {
        None => *fingerprint,
        Some(salt) => Sha256::new()
            .chain_update(salt)
            .chain_update(fingerprint)
            .finalize()
            .into(),
    }
}
