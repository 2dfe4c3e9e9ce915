//! Voices: one entry each, and one row for each person in each vote.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use yiwang_cases::StoreError;
use yiwang_cases::civic::{Ballot, DossierError, DossierId, Recast, Tally, Voter};
use yiwang_journal::{ENTRY_VERSION, Entry, Hash};

use super::row::json;
use super::write::version;
use crate::append::{Prepared, prepare};
use crate::case_row::to_json;
use crate::error::from_sqlite;
use crate::store::one;
use crate::writer::Transaction;

/// The kind of a voice's entry.
pub(super) const VOICE: &str = "dossier.voice";

/// What `data` of a voice's entry holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VoiceData {
    /// Numbers of the options chosen.
    pub(super) options: Vec<u32>,
    /// Which of the dossier's votes.
    pub(super) round: u8,
    /// Who speaks, as a keyed hash in hexadecimal.
    pub(super) voter: Hash,
}

pub(super) struct PreparedVoice {
    entry: Prepared,
    ballot: Ballot,
    options: String,
}

pub(super) fn prepare_voice(ballot: Ballot) -> Result<PreparedVoice, StoreError> {
    let entry = Entry {
        at: ballot.at,
        by: ballot.by.to_string(),
        data: VoiceData {
            options: ballot.options.clone(),
            round: ballot.round,
            voter: Hash(ballot.voter.0),
        },
        grounds: None,
        kind: VOICE.into(),
        sealed: None,
        subject: format!("dossier/{}", ballot.dossier.0),
        v: ENTRY_VERSION,
    };
    Ok(PreparedVoice {
        entry: prepare(entry, None)?,
        options: to_json(&ballot.options)?,
        ballot,
    })
}

impl Transaction<'_> {
    pub(super) fn cast(&mut self, voice: &PreparedVoice) -> Result<(), DossierError> {
        let ballot = &voice.ballot;
        let id = ballot.dossier;
        let current = version(self.sql, id)?;
        if current != ballot.expected_version {
            return Err(DossierError::Changed { current });
        }
        if ballot.recast == Recast::Refuse && spoken(self.sql, ballot)? {
            return Err(DossierError::Spoken);
        }
        self.append(&voice.entry, None)?;
        self.sql
            .prepare_cached(
                "INSERT OR REPLACE INTO voice (dossier_id, round, voter, options) \
                 VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut sql| {
                sql.execute((id.0 as i64, ballot.round, ballot.voter.0, &voice.options))
            })
            .map_err(from_sqlite)?;
        Ok(())
    }
}

fn spoken(sql: &Connection, ballot: &Ballot) -> Result<bool, StoreError> {
    Ok(voice(sql, ballot.dossier, ballot.round, ballot.voter)?.is_some())
}

pub(super) fn voice(
    sql: &Connection,
    id: DossierId,
    round: u8,
    voter: Voter,
) -> Result<Option<Vec<u32>>, StoreError> {
    let query = "SELECT options FROM voice WHERE dossier_id = ?1 AND round = ?2 AND voter = ?3";
    let options: Option<String> = one(sql, query, (id.0 as i64, round, voter.0))?;
    options.as_deref().map(json).transpose()
}

pub(super) fn tally(
    sql: &Connection,
    id: DossierId,
    round: u8,
    options: u32,
) -> Result<Tally, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT options, count(*) FROM voice WHERE dossier_id = ?1 AND round = ?2 \
             GROUP BY options",
        )
        .map_err(from_sqlite)?;
    let mut rows = statement.query((id.0 as i64, round)).map_err(from_sqlite)?;
    let mut tally = Tally::empty(options);
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let chosen: String = row.get(0).map_err(from_sqlite)?;
        let voices: i64 = row.get(1).map_err(from_sqlite)?;
        tally.add(&json::<Vec<u32>>(&chosen)?, voices.unsigned_abs());
    }
    Ok(tally)
}
