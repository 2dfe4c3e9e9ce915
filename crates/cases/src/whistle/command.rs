//! What a person asks of a whistle.

use yiwang_base::{AreaCode, CaseId, Personal, Timestamp, UnitCode};

use super::{Presence, WhistleAction, WhistleKind, WhistleWords};

/// The case that a whistle is about, as far as a decision needs it.
#[derive(Debug, Clone)]
pub struct About {
    /// Its number.
    pub case: CaseId,
    /// Whether somebody still has to act on it.
    pub is_open: bool,
    /// The area it lies in.
    pub area: Option<AreaCode>,
}

/// A unit to call.
#[derive(Debug, Clone)]
pub struct CallUnit {
    /// The unit.
    pub unit: UnitCode,
    /// Minutes by the clock until it is to check in; the kind's limit if not given.
    pub within_minutes: Option<u32>,
}

/// A milestone to plan.
#[derive(Debug, Clone)]
pub struct PlannedMilestone {
    /// What is reached with it, as it will stand in the record.
    pub title: String,
    /// By when.
    pub due: Timestamp,
}

/// Blow a whistle (吹哨).
#[derive(Debug, Clone)]
pub struct Blow {
    /// Its kind.
    pub kind: WhistleKind,
    /// The unit that blows it; `None` for the desk.
    pub by: Option<UnitCode>,
    /// The case it is about.
    pub about: Option<About>,
    /// The area, where the caller knows better than the point or the case.
    pub area: Option<AreaCode>,
    /// Units to call.
    pub calls: Vec<CallUnit>,
    /// Milestones of a campaign.
    pub milestones: Vec<PlannedMilestone>,
    /// What is asked for, and where.
    pub words: Personal<WhistleWords>,
}

/// Check in (报到).
#[derive(Debug, Clone)]
pub struct CheckIn {
    /// The unit.
    pub unit: UnitCode,
    /// Who came, and where to.
    pub presence: Personal<Presence>,
}

/// Refuse a call.
#[derive(Debug, Clone)]
pub struct RefuseCall {
    /// The unit.
    pub unit: UnitCode,
    /// Why, as it will stand in the record.
    pub reason: String,
    /// Who is responsible, if the unit knows.
    pub responsible: Option<UnitCode>,
}

/// Score a called unit (考评).
#[derive(Debug, Clone)]
pub struct ScoreUnit {
    /// The unit that scores; `None` for the desk.
    pub by: Option<UnitCode>,
    /// The unit that is scored.
    pub unit: UnitCode,
    /// 1 (very bad) to 5 (very good).
    pub score: u8,
    /// Why; required for a 1 or a 2.
    pub note: Option<Personal<String>>,
}

/// A command to a whistle. `by` is the unit that asks, `None` for the desk.
#[derive(Debug, Clone)]
pub enum WhistleCommand {
    /// Blow it (吹哨).
    Blow(Blow),
    /// Call one more unit, or insist on one that refused.
    CallUnit {
        /// Who asks.
        by: Option<UnitCode>,
        /// The unit.
        call: CallUnit,
        /// Why it is called again, as it will stand in the record.
        reason: Option<String>,
    },
    /// Check in (报到).
    CheckIn(CheckIn),
    /// Refuse the call.
    Refuse(RefuseCall),
    /// Tick a milestone.
    Reach {
        /// Who asks.
        by: Option<UnitCode>,
        /// Its place in the plan, from 0.
        milestone: u32,
        /// What there is to say about it.
        note: Option<Personal<String>>,
    },
    /// Take a tick back.
    Reopen {
        /// Who asks.
        by: Option<UnitCode>,
        /// Its place in the plan, from 0.
        milestone: u32,
        /// Why, as it will stand in the record.
        reason: String,
    },
    /// Say that the work is done (确认).
    Confirm {
        /// Who asks.
        by: Option<UnitCode>,
        /// What was found.
        note: Option<Personal<String>>,
    },
    /// Score a unit (考评).
    Score(ScoreUnit),
    /// End it (销哨).
    Close {
        /// Who asks.
        by: Option<UnitCode>,
        /// Why it ends with something left open, as it will stand in the record.
        reason: Option<String>,
    },
    /// Take it back before anybody came (撤哨).
    Withdraw {
        /// Who asks.
        by: Option<UnitCode>,
        /// Why, as it will stand in the record.
        reason: String,
    },
    /// Erase its words and personal data (依法删除).
    Erase {
        /// The legal ground, as it will stand in the record for good.
        ground: String,
        /// Entries of the whistle that have a sealed part, as the store knows them.
        entries: Vec<u64>,
    },
}

impl WhistleCommand {
    /// Its sort.
    pub fn action(&self) -> WhistleAction {
        match self {
            WhistleCommand::Blow(_) => WhistleAction::Blow,
            WhistleCommand::CallUnit { .. } => WhistleAction::CallUnit,
            WhistleCommand::CheckIn(_) => WhistleAction::CheckIn,
            WhistleCommand::Refuse(_) => WhistleAction::Refuse,
            WhistleCommand::Reach { .. } => WhistleAction::Reach,
            WhistleCommand::Reopen { .. } => WhistleAction::Reopen,
            WhistleCommand::Confirm { .. } => WhistleAction::Confirm,
            WhistleCommand::Score(_) => WhistleAction::Score,
            WhistleCommand::Close { .. } => WhistleAction::Close,
            WhistleCommand::Withdraw { .. } => WhistleAction::Withdraw,
            WhistleCommand::Erase { .. } => WhistleAction::Erase,
        }
    }
}
