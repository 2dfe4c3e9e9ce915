//! Replaying dossiers: what their entries add up to, compared with the tables.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use yiwang_base::{Timestamp, to_millis};
use yiwang_cases::civic::{Deed, Dossier, DossierEvent, DossierId};
use yiwang_cases::{Actor, StoreError};

use super::row::{COLUMNS, DossierData, from_row, json, tags};
use super::voices::{VOICE, VoiceData};
use crate::error::from_sqlite;

/// What one entry about a dossier adds.
pub(crate) struct DossierStep {
    seq: u64,
    id: u64,
    at: Timestamp,
    what: What,
}

enum What {
    Deed(Box<DossierEvent>),
    Voice(VoiceData),
}

impl DossierStep {
    /// Reads an entry's data.
    pub(crate) fn read(
        seq: u64,
        subject: &str,
        kind: &str,
        at: Timestamp,
        data: &str,
    ) -> Result<DossierStep, String> {
        let number = subject.strip_prefix("dossier/");
        let id = number
            .and_then(|number| number.parse().ok())
            .ok_or_else(|| format!("{subject} is no dossier"))?;
        let (at, what) = if kind == VOICE {
            let voice = serde_json::from_str(data).map_err(|e| e.to_string())?;
            (at, What::Voice(voice))
        } else {
            let data: DossierData = serde_json::from_str(data).map_err(|e| e.to_string())?;
            (
                data.happened.unwrap_or(at),
                What::Deed(Box::new(data.event)),
            )
        };
        Ok(DossierStep { seq, id, at, what })
    }
}

type VoiceKey = (u64, u8, [u8; 32]);

/// What the entries add up to.
#[derive(Default)]
pub(crate) struct DossierSum {
    dossiers: BTreeMap<u64, Dossier>,
    entries: BTreeSet<(u64, u64)>,
    voices: BTreeMap<VoiceKey, Vec<u32>>,
}

impl DossierSum {
    pub(crate) fn add(&mut self, step: DossierStep) -> Result<(), String> {
        let event = match step.what {
            What::Voice(voice) => {
                let key = (step.id, voice.round, voice.voter.0);
                self.voices.insert(key, voice.options);
                return Ok(());
            }
            What::Deed(event) => *event,
        };
        self.entries.insert((step.seq, step.id));
        let deed = Deed {
            at: step.at,
            // Neither who nor why changes what a dossier is.
            by: Actor::Resident,
            grounds: None,
            event,
            words: None,
        };
        if let Some(dossier) = self.dossiers.get_mut(&step.id) {
            return match dossier.apply(&deed) {
                true => Ok(()),
                false => Err("an event of another kind of dossier".into()),
            };
        }
        let dossier = Dossier::begin(DossierId(step.id), &deed);
        let dossier = dossier.ok_or("an event that begins no dossier")?;
        self.dossiers.insert(step.id, dossier);
        Ok(())
    }

    /// Dossiers whose rows are not what their entries say, by their subjects.
    pub(crate) fn differing(self, sql: &Connection) -> Result<Vec<String>, StoreError> {
        let mut differing = BTreeSet::new();
        self.compare_rows(sql, &mut differing)?;
        let stored = pairs(sql, "SELECT seq, dossier_id FROM dossier_entry")?;
        let odd = self.entries.symmetric_difference(&stored);
        differing.extend(odd.map(|(_, id)| *id));
        compare_voices(self.voices, sql, &mut differing)?;
        Ok(differing.iter().map(|id| format!("dossier/{id}")).collect())
    }

    fn compare_rows(
        &self,
        sql: &Connection,
        differing: &mut BTreeSet<u64>,
    ) -> Result<(), StoreError> {
        let mut statement = sql
            .prepare(&format!(
                "SELECT {COLUMNS}, kind, state, due_at FROM dossier"
            ))
            .map_err(from_sqlite)?;
        let mut rows = statement.query([]).map_err(from_sqlite)?;
        let mut seen = BTreeSet::new();
        while let Some(row) = rows.next().map_err(from_sqlite)? {
            let id = row.get::<_, i64>(0).map_err(from_sqlite)?.unsigned_abs();
            seen.insert(id);
            let same = self.dossiers.get(&id).is_some_and(|expected| {
                let head = expected.head();
                let due_at = head.due_at.map(to_millis);
                from_row(row).is_ok_and(|stored| stored == *expected)
                    && row.get(6) == Ok(expected.kind().word().to_owned())
                    && row.get(7) == Ok(head.state.to_owned())
                    && row.get(8) == Ok(due_at)
            });
            if !same {
                differing.insert(id);
            }
        }
        differing.extend(self.dossiers.keys().filter(|id| !seen.contains(id)));
        let mut expected: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for (id, dossier) in &self.dossiers {
            expected.insert(*id, tags(dossier));
        }
        let mut statement = sql
            .prepare("SELECT dossier_id, tag FROM dossier_tag ORDER BY dossier_id, tag")
            .map_err(from_sqlite)?;
        let mut rows = statement.query([]).map_err(from_sqlite)?;
        let mut stored: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        while let Some(row) = rows.next().map_err(from_sqlite)? {
            let id = row.get::<_, i64>(0).map_err(from_sqlite)?.unsigned_abs();
            let tag = row.get(1).map_err(from_sqlite)?;
            stored.entry(id).or_default().push(tag);
        }
        expected.retain(|_, tags| !tags.is_empty());
        let all = expected.keys().chain(stored.keys());
        differing.extend(all.filter(|id| expected.get(id) != stored.get(id)));
        Ok(())
    }
}

fn compare_voices(
    mut expected: BTreeMap<VoiceKey, Vec<u32>>,
    sql: &Connection,
    differing: &mut BTreeSet<u64>,
) -> Result<(), StoreError> {
    let mut statement = sql
        .prepare("SELECT dossier_id, round, voter, options FROM voice")
        .map_err(from_sqlite)?;
    let mut rows = statement.query([]).map_err(from_sqlite)?;
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let id = row.get::<_, i64>(0).map_err(from_sqlite)?.unsigned_abs();
        let key = row.get(1).and_then(|round| Ok((id, round, row.get(2)?)));
        let options: Option<String> = row.get(3).ok();
        let options = options.and_then(|text| json::<Vec<u32>>(&text).ok());
        let said = key.ok().and_then(|key| expected.remove(&key));
        if said.is_none() || said != options {
            differing.insert(id);
        }
    }
    differing.extend(expected.keys().map(|(id, _, _)| *id));
    Ok(())
}

fn pairs(sql: &Connection, query: &str) -> Result<BTreeSet<(u64, u64)>, StoreError> {
    let mut statement = sql.prepare(query).map_err(from_sqlite)?;
    let rows = statement
        .query_map([], |row| {
            Ok((
                row.get::<_, i64>(0)?.unsigned_abs(),
                row.get::<_, i64>(1)?.unsigned_abs(),
            ))
        })
        .map_err(from_sqlite)?;
    rows.collect::<rusqlite::Result<_>>().map_err(from_sqlite)
}
