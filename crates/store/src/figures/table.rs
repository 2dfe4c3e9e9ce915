//! All turns: the last of each case at the case's number, the ended ones beside.

use std::collections::HashMap;

use yiwang_base::{AreaCode, CaseId, CategoryCode, UnitCode};
use yiwang_cases::StoreError;
use yiwang_cases::figures::{Conditions, Moment, Turn, TurnId};

use super::columns::{
    CLOSED, Columns, DISPATCHED, DUE, RESOLVE_BY, RESPOND_BY, Row, SUBMITTED, bits_of, seconds,
    unit_of_turn, words_in,
};
use super::dictionary::Dictionary;
use crate::error::broken;

/// The turns of all cases.
#[derive(Default)]
pub(super) struct Table {
    /// Entries of the journal that it knows.
    pub(super) entries: u64,
    pub(super) areas: Dictionary<AreaCode>,
    pub(super) units: Dictionary<UnitCode>,
    pub(super) categories: Dictionary<CategoryCode>,
    /// Last turns, by the number of the case.
    pub(super) last: Columns,
    /// Turns that ended, in the order in which they became known.
    pub(super) ended: Columns,
    /// Which they are.
    pub(super) ended_ids: Vec<TurnId>,
    /// How many ended turns are known of a case, where it has any.
    ended_of: HashMap<u64, u32>,
}

impl Table {
    /// Takes in the turns of a case, oldest first, and its lead unit, which a
    /// case that is opened again keeps until it is dispatched. Turns that ended
    /// never change.
    pub(super) fn take(
        &mut self,
        turns: &[Turn],
        lead: Option<&UnitCode>,
    ) -> Result<(), StoreError> {
        let Some((last, ended)) = turns.split_last() else {
            return Ok(());
        };
        let case = last.id.case;
        let known = self.ended_of.get(&case.0).copied().unwrap_or(0);
        for turn in ended.iter().skip(known as usize) {
            let row = self.row(turn, turn.unit.as_ref())?;
            self.ended.set(self.ended_ids.len(), row);
            self.ended_ids.push(turn.id);
        }
        if ended.len() > known as usize {
            self.ended_of.insert(case.0, ended.len() as u32);
        }
        let row = self.row(last, lead)?;
        let number = usize::try_from(case.0).map_err(broken)?;
        self.last.set(number, row);
        Ok(())
    }

    fn row(&mut self, turn: &Turn, lead: Option<&UnitCode>) -> Result<Row, StoreError> {
        let mut times = [0; 6];
        times[SUBMITTED] = turn.submitted_at.seconds();
        times[DISPATCHED] = seconds(turn.dispatched_at);
        times[RESPOND_BY] = seconds(turn.respond_by);
        times[RESOLVE_BY] = seconds(turn.resolve_by);
        times[DUE] = seconds(turn.due_at);
        times[CLOSED] = seconds(turn.closed_at);
        let most = |what: &str| broken(format!("figures count at most 65,535 {what}"));
        let unit = self.units.give(lead);
        let category = self.categories.give(turn.category.as_ref());
        Ok(Row {
            times,
            area: self.areas.give(turn.area.as_ref()),
            unit: unit.try_into().map_err(|_| most("units"))?,
            category: category.try_into().map_err(|_| most("categories"))?,
            bits: bits_of(turn),
        })
    }

    /// The turn that a row holds; `None` for an empty row.
    pub(super) fn turn(&self, id: TurnId, last: bool, row: Row) -> Option<Turn> {
        let (stage, channel) = words_in(row.bits)?;
        let time = |place: usize| Moment::from_seconds(row.times[place]);
        Some(Turn {
            id,
            last,
            category: self.categories.code(row.category.into()).cloned(),
            area: self.areas.code(row.area).cloned(),
            unit: self
                .units
                .code(unit_of_turn(row.bits, row.unit) as u32)
                .cloned(),
            channel,
            stage,
            submitted_at: time(SUBMITTED)?,
            dispatched_at: time(DISPATCHED),
            respond_by: time(RESPOND_BY),
            resolve_by: time(RESOLVE_BY),
            due_at: time(DUE),
            closed_at: time(CLOSED),
            holds: Conditions::from_bits(row.bits),
        })
    }

    /// Which turn the last of a case is.
    pub(super) fn last_id(&self, case: u64) -> TurnId {
        TurnId {
            case: CaseId(case),
            number: self.ended_of.get(&case).copied().unwrap_or(0),
        }
    }
}
