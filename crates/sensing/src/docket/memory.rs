//! The plainest docket, which others are compared with.

use std::sync::{Mutex, PoisonError};

use super::{Docket, DocketError, Filter, Kept, Sheet, Step, Written};

/// A docket in memory.
#[derive(Debug)]
pub struct MemoryDocket<S: Sheet> {
    sheets: Mutex<Vec<Lines<S>>>,
}

/// A sheet with its steps.
type Lines<S> = (S, Vec<Step<<S as Sheet>::Event>>);

impl<S: Sheet> Default for MemoryDocket<S> {
    fn default() -> Self {
        Self {
            sheets: Mutex::new(Vec::new()),
        }
    }
}

fn kept<S: Sheet>(place: usize, (sheet, steps): &Lines<S>) -> Kept<S> {
    Kept {
        id: place as u64 + 1,
        version: steps.len() as u64,
        sheet: sheet.clone(),
    }
}

impl<S: Sheet> Docket<S> for MemoryDocket<S> {
    async fn write(
        &self,
        seen: Option<(u64, u64)>,
        steps: Vec<Step<S::Event>>,
    ) -> Result<Written<S>, DocketError> {
        let mut sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        let place = match seen {
            None => sheets.len(),
            Some((id, _)) => id.checked_sub(1).ok_or(DocketError::NoSuch)? as usize,
        };
        let before = sheets.get(place).cloned();
        let mut sheet = None;
        let mut lines = Vec::new();
        if let Some((_, version)) = seen {
            let (was, steps) = before.ok_or(DocketError::NoSuch)?;
            if steps.len() as u64 != version {
                let found = steps.len() as u64;
                return Err(DocketError::Changed { found });
            }
            sheet = Some(was);
            lines = steps;
        }
        for step in steps {
            let after = S::take(sheet, place as u64 + 1, &step);
            sheet = Some(after.ok_or(DocketError::DoesNotFollow)?);
            lines.push(step);
        }
        let line = (sheet.ok_or(DocketError::DoesNotFollow)?, lines);
        let written = kept(place, &line);
        match sheets.get_mut(place) {
            Some(slot) => *slot = line,
            None => sheets.push(line),
        }
        Ok(written)
    }

    fn sheet(&self, id: u64) -> Result<Option<Kept<S>>, DocketError> {
        let sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        let place = id.checked_sub(1).map(|place| place as usize);
        Ok(place.and_then(|place| Some(kept(place, sheets.get(place)?))))
    }

    fn sheets(&self, filter: Filter) -> Result<Vec<Kept<S>>, DocketError> {
        let sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        let all = sheets.iter().enumerate().rev();
        Ok(all
            .map(|(place, line)| kept(place, line))
            .filter(|k| filter.open.is_none_or(|open| k.sheet.is_open() == open))
            .filter(|k| filter.before.is_none_or(|before| k.id < before))
            .take(filter.limit)
            .collect())
    }

    fn steps(&self, id: u64) -> Result<Vec<Step<S::Event>>, DocketError> {
        let sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        let place = id.checked_sub(1).map(|place| place as usize);
        let line = place.and_then(|place| sheets.get(place));
        line.map(|(_, steps)| steps.clone())
            .ok_or(DocketError::NoSuch)
    }
}
