//! Dossiers in memory: the plain statement of what a store must do.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use yiwang_base::{CELL_ZOOM, CaseId, cell, to_millis};

use super::proposal::Pattern;
use super::recurrence::WeekCount;
use super::{
    Ballot, Dossier, DossierChange, DossierError, DossierEvent, DossierFilter, DossierId,
    DossierPage, DossierStore, PATTERN_ZOOM, Recast, RecordedDeed, Span, Tag, Tally, Voter,
    week_of,
};
use crate::memory::words;
use crate::{Case, Channel, MemoryStore, Receipt, Stage, StoreError};

#[derive(Default)]
pub(crate) struct HeldDossiers {
    dossiers: BTreeMap<DossierId, (Dossier, Vec<RecordedDeed>)>,
    receipts: BTreeMap<String, ([u8; 32], DossierId)>,
    voices: BTreeMap<(DossierId, u8, Voter), Vec<u32>>,
}

impl HeldDossiers {
    fn repeated(&self, receipt: &Receipt) -> Result<Option<DossierId>, StoreError> {
        match self.receipts.get(&receipt.key) {
            None => Ok(None),
            Some((fingerprint, id)) if *fingerprint == receipt.fingerprint => Ok(Some(*id)),
            Some(_) => Err(StoreError::KeyReused),
        }
    }

    fn version(&self, id: DossierId) -> u32 {
        self.dossiers.get(&id).map_or(0, |(one, _)| one.version)
    }

    fn sealed(&self, id: DossierId) -> Vec<u64> {
        let deeds = self.dossiers.get(&id).map(|(_, deeds)| deeds.as_slice());
        let sealed = |one: &&RecordedDeed| one.deed.words.is_some();
        let deeds = deeds.unwrap_or_default().iter();
        deeds.filter(sealed).map(|one| one.seq).collect()
    }

    fn check(&self, change: &DossierChange) -> Result<(), DossierError> {
        let id = change.after.id;
        if let Some(receipt) = &change.receipt
            && let Some(id) = self.repeated(receipt)?
        {
            return Err(DossierError::Repeated { id });
        }
        let current = self.version(id);
        if current != change.expected_version {
            return Err(DossierError::Changed { current });
        }
        let sealed = self.sealed(id);
        for deed in &change.deeds {
            if let DossierEvent::Erased { erases } = &deed.event
                && let Some(&entry) = erases.iter().find(|seq| !sealed.contains(seq))
            {
                return Err(StoreError::NothingSealed { entry }.into());
            }
        }
        Ok(())
    }

    fn write(&mut self, change: DossierChange, entries: &mut u64) {
        let id = change.after.id;
        let (dossier, deeds) = self
            .dossiers
            .entry(id)
            .or_insert_with(|| (change.after.clone(), Vec::new()));
        *dossier = change.after;
        for deed in change.deeds {
            if let DossierEvent::Erased { erases } = &deed.event {
                for one in deeds.iter_mut().filter(|one| erases.contains(&one.seq)) {
                    one.deed.words = None;
                }
                for (fingerprint, _) in self.receipts.values_mut().filter(|(_, of)| *of == id) {
                    *fingerprint = [0; 32];
                }
            }
            deeds.push(RecordedDeed {
                seq: *entries,
                recorded_at: change.recorded_at,
                deed,
            });
            *entries += 1;
        }
        if let Some(receipt) = change.receipt {
            self.receipts.insert(receipt.key, (receipt.fingerprint, id));
        }
    }
}

impl DossierStore for MemoryStore {
    fn new_dossier_id(&self) -> DossierId {
        DossierId(self.given_dossiers.fetch_add(1, Ordering::Relaxed) + 1)
    }

    async fn dossier(&self, id: DossierId) -> Result<Option<Dossier>, StoreError> {
        let held = self.held();
        Ok(held.dossiers.dossiers.get(&id).map(|(one, _)| one.clone()))
    }

    async fn dossier_repeated(&self, receipt: &Receipt) -> Result<Option<DossierId>, StoreError> {
        self.held().dossiers.repeated(receipt)
    }

    async fn append_dossier(&self, mut change: DossierChange) -> Result<(), DossierError> {
        let mut held = self.held();
        held.dossiers.check(&change)?;
        if let Some(case) = change.case.take() {
            held.append(case)?;
        }
        let held = &mut *held;
        held.dossiers.write(change, &mut held.entries);
        Ok(())
    }

    async fn deeds(&self, id: DossierId) -> Result<Vec<RecordedDeed>, StoreError> {
        let held = self.held();
        let deeds = held
            .dossiers
            .dossiers
            .get(&id)
            .map(|(_, deeds)| deeds.clone());
        Ok(deeds.unwrap_or_default())
    }

    async fn dossiers(
        &self,
        filter: &DossierFilter,
        start: Option<DossierId>,
        limit: usize,
    ) -> Result<DossierPage, StoreError> {
        let held = self.held();
        let mut dossiers: Vec<Dossier> = held
            .dossiers
            .dossiers
            .values()
            .rev()
            .map(|(one, _)| one)
            .filter(|one| start.is_none_or(|start| one.id < start) && matches(filter, one))
            .take(limit.saturating_add(1))
            .cloned()
            .collect();
        let more = dossiers.len() > limit;
        dossiers.truncate(limit);
        let next = dossiers.last().filter(|_| more).map(|one| one.id);
        Ok(DossierPage { dossiers, next })
    }

    async fn sealed_deeds(&self, id: DossierId) -> Result<Vec<u64>, StoreError> {
        Ok(self.held().dossiers.sealed(id))
    }

    async fn cast(&self, ballot: Ballot) -> Result<(), DossierError> {
        let mut held = self.held();
        let current = held.dossiers.version(ballot.dossier);
        if current != ballot.expected_version {
            return Err(DossierError::Changed { current });
        }
        let key = (ballot.dossier, ballot.round, ballot.voter);
        if ballot.recast == Recast::Refuse && held.dossiers.voices.contains_key(&key) {
            return Err(DossierError::Spoken);
        }
        held.entries += 1;
        held.dossiers.voices.insert(key, ballot.options);
        Ok(())
    }

    async fn voice(
        &self,
        id: DossierId,
        round: u8,
        voter: Voter,
    ) -> Result<Option<Vec<u32>>, StoreError> {
        let held = self.held();
        Ok(held.dossiers.voices.get(&(id, round, voter)).cloned())
    }

    async fn tally(&self, id: DossierId, round: u8, options: u32) -> Result<Tally, StoreError> {
        let mut tally = Tally::empty(options);
        for ((of, in_round, _), chosen) in &self.held().dossiers.voices {
            if *of == id && *in_round == round {
                tally.add(chosen, 1);
            }
        }
        Ok(tally)
    }

    async fn week_counts(
        &self,
        span: Span,
        offset_ms: i64,
        zoom: u32,
    ) -> Result<Vec<WeekCount>, StoreError> {
        let held = self.held();
        let mut sums = BTreeMap::new();
        for (case, _) in held.cases.values() {
            let (Some(area), Some(category)) = (&case.area, &case.category) else {
                continue;
            };
            if !counts(case) || !(span.from..span.until).contains(&case.submitted_at) {
                continue;
            }
            let week = week_of(to_millis(case.submitted_at), offset_ms);
            let key = (area.clone(), category.clone(), tile(case, zoom), week);
            *sums.entry(key).or_default() += 1;
        }
        let count = |((area, category, cell, week), count)| WeekCount {
            area,
            category,
            cell,
            week,
            count,
        };
        Ok(sums.into_iter().map(count).collect())
    }

    async fn pattern_cases(
        &self,
        pattern: &Pattern,
        spans: &[Span],
        limit: usize,
    ) -> Result<Vec<CaseId>, StoreError> {
        let held = self.held();
        let found = |case: &&Case| {
            counts(case)
                && case.area.as_ref() == Some(&pattern.area)
                && case.category.as_ref() == Some(&pattern.category)
                && (pattern.cell.is_none() || tile(case, PATTERN_ZOOM) == pattern.cell)
                && spans
                    .iter()
                    .any(|span| (span.from..span.until).contains(&case.submitted_at))
        };
        let cases = held.cases.values().map(|(case, _)| case);
        let mut cases: Vec<&Case> = cases.filter(found).collect();
        cases.sort_by_key(|case| std::cmp::Reverse((case.submitted_at, case.id)));
        Ok(cases.iter().take(limit).map(|case| case.id).collect())
    }
}

/// Whether a case counts as a complaint.
fn counts(case: &Case) -> bool {
    case.stage != Stage::Declined && case.channel != Channel::Proactive
}

/// The tile that a case lies in.
fn tile(case: &Case, zoom: u32) -> Option<i64> {
    let point = words(case)?.place.point?;
    Some(cell(point) >> (2 * (CELL_ZOOM - zoom)))
}

fn matches(filter: &DossierFilter, dossier: &Dossier) -> bool {
    let head = dossier.head();
    let any =
        |wanted: Vec<Tag>| wanted.is_empty() || wanted.iter().any(|tag| head.tags.contains(tag));
    (filter.kinds.is_empty() || filter.kinds.contains(&dossier.kind()))
        && (filter.states.is_empty() || filter.states.iter().any(|word| word == head.state))
        && any(filter.units.iter().cloned().map(Tag::Unit).collect())
        && any(filter.areas.iter().cloned().map(Tag::Area).collect())
        && any(filter
            .categories
            .iter()
            .cloned()
            .map(Tag::Category)
            .collect())
        && any(filter.case.into_iter().map(Tag::Case).collect())
        && filter
            .due_before
            .is_none_or(|before| head.due_at.is_some_and(|due| due < before))
}
