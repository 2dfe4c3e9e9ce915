//! What is asked of an alert.

use yiwang_base::{CaseId, LocalText, Timestamp, UserName};

use super::{AmendedReading, Found, Outcome, Spot, Verdict};
use crate::rule::Escalation;

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The time by the clock of the house.
    pub now: Timestamp,
    /// Who asks, as it stands in the record.
    pub by: &'a str,
}

/// A command to an alert.
#[derive(Debug, Clone, PartialEq)]
pub enum AlertCommand {
    /// A rule found something of a new one.
    Raise {
        /// What it is about.
        cause: String,
        /// The ladder it climbs.
        escalate: Vec<Escalation>,
        /// What was found.
        found: Found,
        /// Causes whose graver alerts nearby keep it quiet.
        inhibited_by: Vec<String>,
        /// What it is called.
        name: LocalText,
        /// Where it is.
        spot: Spot,
    },
    /// A rule found something more, something else, or that something ended.
    Find(Found),
    /// Hold it.
    Acknowledge {
        /// Who holds it.
        holder: UserName,
    },
    /// Let somebody else hold it.
    HandOver {
        /// Who.
        to: UserName,
    },
    /// Say what was done.
    Handle {
        /// What, as it will stand in the record.
        done: String,
    },
    /// Keep it quiet for a while.
    Silence {
        /// Until when.
        until: Timestamp,
        /// Why, as it will stand in the record.
        reason: String,
    },
    /// Let it be heard again.
    Unsilence,
    /// Say that it is over, though it is still found (人工解除).
    Clear {
        /// Why, as it will stand in the record.
        reason: String,
    },
    /// What the clock asks: the end of a silence, the next rung.
    Tick {
        /// The graver one nearby that keeps it quiet, if any.
        inhibitor: Option<u64>,
    },
    /// A case takes it on.
    LinkCase {
        /// The case.
        case: CaseId,
        /// Somebody else had reported the same thing.
        joined: bool,
        /// Why, where a person has it taken on, as it will stand in the record.
        reason: Option<String>,
    },
    /// Say what came of it.
    Label {
        /// What.
        outcome: Outcome,
    },
    /// Readings that it rests on were put right or taken back.
    Amend {
        /// Which.
        readings: Vec<AmendedReading>,
    },
    /// Say whether it would still have been raised.
    JudgeAgain {
        /// How many amended readings were taken into account.
        amended: u32,
        /// What judging again came to.
        verdict: Verdict,
    },
}
