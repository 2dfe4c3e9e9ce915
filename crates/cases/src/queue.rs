//! A unit's queue (待办): the cases that wait for it, and for what.

use yiwang_base::{LocalText, UnitCode};

use crate::{Case, Stage};

/// What a case waits for the unit to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QueuePart {
    /// It leads and has not begun (待接办).
    ToAccept,
    /// It leads and is at work (在办).
    InWork,
    /// It assists and has not reported its part (协办).
    Assisting,
    /// It leads what was done once and came back: a verification failed, or the
    /// resident had it opened again (退回重办). These are in the first two as well.
    SentBack,
}

impl QueuePart {
    /// All of them.
    pub const ALL: [QueuePart; 4] = [
        QueuePart::ToAccept,
        QueuePart::InWork,
        QueuePart::Assisting,
        QueuePart::SentBack,
    ];

    /// The word of the interface, `to_accept`.
    pub fn word(self) -> &'static str {
        match self {
            QueuePart::ToAccept => "to_accept",
            QueuePart::InWork => "in_work",
            QueuePart::Assisting => "assisting",
            QueuePart::SentBack => "sent_back",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        match self {
            QueuePart::ToAccept => LocalText::new("待接办", "to accept"),
            QueuePart::InWork => LocalText::new("在办", "in work"),
            QueuePart::Assisting => LocalText::new("协办", "assisting"),
            QueuePart::SentBack => LocalText::new("退回重办", "sent back"),
        }
    }

    /// Whether the case is in this part of the unit's queue.
    pub fn holds(self, case: &Case, unit: &UnitCode) -> bool {
        let leads = case.unit.as_ref() == Some(unit);
        match self {
            QueuePart::ToAccept => leads && case.stage == Stage::Dispatched,
            QueuePart::InWork => leads && case.stage == Stage::InProgress,
            QueuePart::Assisting => {
                case.stage.is_handled() && case.more.parts.open().any(|open| open == unit)
            }
            QueuePart::SentBack => {
                let came_back = case.failed_verifications > 0 || case.reopened > 0;
                leads && case.stage.is_handled() && came_back
            }
        }
    }
}

/// The queue of a unit, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Whose it is.
    pub unit: UnitCode,
    /// The part; `None` for all that waits for the unit.
    pub part: Option<QueuePart>,
}

impl Queue {
    /// Whether the case is in it.
    pub fn holds(&self, case: &Case) -> bool {
        match self.part {
            Some(part) => part.holds(case, &self.unit),
            None => QueuePart::ALL
                .iter()
                .any(|part| part.holds(case, &self.unit)),
        }
    }
}
