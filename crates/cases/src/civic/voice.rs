//! One person, one voice (一人一声).
//!
//! Who speaks is known by a keyed hash that the server makes of a verified
//! telephone number and the dossier, under a key that never enters the record:
//! the record tells that nobody spoke twice, and not who spoke.

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, Refusal, RefusalKind, Timestamp};

use super::life::named;
use super::{Content, DossierId, field};
use crate::Actor;

/// Who speaks, as a keyed hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Voter(pub [u8; 32]);

named! {
    /// What a second voice of the same person does.
    Recast {
        Replace "replace" "以后一次为准" "replaces the first";
        Refuse "refuse" "不再接受" "is refused";
    }
}

/// A vote that a dossier holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// Which of the dossier's votes, from 0.
    pub round: u8,
    /// How many options there are.
    pub options: u32,
    /// How many a voice may name.
    pub choose: u32,
    /// What a second voice does.
    pub recast: Recast,
    /// Only people of this area speak; `None` for all.
    pub area: Option<AreaCode>,
    /// From then on …
    pub opens_at: Timestamp,
    /// … until before then.
    pub closes_at: Timestamp,
}

/// One voice, to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// The dossier.
    pub dossier: DossierId,
    /// The version it was decided for.
    pub expected_version: u32,
    /// Which of its votes.
    pub round: u8,
    /// Who speaks.
    pub voter: Voter,
    /// What is chosen: numbers of options from 0, rising.
    pub options: Vec<u32>,
    /// What a second voice does.
    pub recast: Recast,
    /// When.
    pub at: Timestamp,
    /// Who entered it: the resident, or staff for one.
    pub by: Actor,
}

/// What all voices together say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// How many named each option.
    pub options: Vec<u64>,
    /// How many people spoke.
    pub voices: u64,
}

impl Tally {
    /// A tally of an empty urn.
    pub fn empty(options: u32) -> Tally {
        Tally {
            options: vec![0; options as usize],
            voices: 0,
        }
    }

    /// Counts so many voices that chose the same.
    pub fn add(&mut self, options: &[u32], voices: u64) {
        self.voices += voices;
        for option in options {
            if let Some(sum) = self.options.get_mut(*option as usize) {
                *sum += voices;
            }
        }
    }
}

impl Content {
    /// The vote it holds at present, open or not.
    pub fn poll(&self) -> Option<Poll> {
        match self {
            Content::Consultation(one) => one.poll(),
            Content::MicroProject(one) => one.poll(),
            _ => None,
        }
    }
}

impl Poll {
    /// Checks what a voice says, and whether it may be said now; gives the
    /// options in rising order.
    ///
    /// # Errors
    /// A [`Refusal`] that says when the vote is, or what may be chosen.
    pub fn check(&self, options: &[u32], now: Timestamp) -> Result<Vec<u32>, Refusal> {
        let closed = |code, zh: &str, en: &str| {
            Err(Refusal::new(RefusalKind::NotNow, code, zh, en)
                .at("options")
                .allowing([format!("{:.3} – {:.3}", self.opens_at, self.closes_at)]))
        };
        if now < self.opens_at {
            return closed(
                "voice.not-yet",
                "投票尚未开始",
                "the vote has not begun yet",
            );
        }
        if now >= self.closes_at {
            return closed("voice.over", "投票已经结束", "the vote is over");
        }
        field::within(options.len() as u32, "options", 1, self.choose)?;
        field::each(options, "options", |option, at| {
            field::within(*option, at, 0, self.options.saturating_sub(1)).map(drop)
        })?;
        let mut options = options.to_vec();
        options.sort_unstable();
        Ok(options)
    }
}

/// Nobody holds a vote here now.
pub(crate) fn no_poll() -> Refusal {
    Refusal::new(
        RefusalKind::NotNow,
        "voice.no-vote",
        "这里现在没有进行中的投票",
        "no vote is held here now",
    )
    .at("options")
}
