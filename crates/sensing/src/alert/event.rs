//! What can happen to an alert.

use serde::{Deserialize, Serialize};
use yiwang_base::{
    AreaCode, CaseId, Colour, LocalText, Point, RuleCode, Timestamp, UnitCode, UserName,
};

use super::Verdict;
use crate::StreamId;
use crate::rule::{Escalation, Ground};

/// What a rule found, as it stands in the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// When, in event time.
    pub at: Timestamp,
    /// What it is grounded on.
    pub ground: Ground,
    /// The rule.
    pub rule: RuleCode,
    /// The streams.
    pub streams: Vec<StreamId>,
    /// The colour now; none when it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Colour>,
}

/// A reading that was put right or taken back after it had been judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmendedReading {
    /// When it was, as it was judged.
    pub at: Timestamp,
    /// Its number.
    pub id: u64,
    /// The value now; none where it was taken back or is no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<f64>,
    /// Its stream.
    pub stream: StreamId,
    /// The value that was judged; none where it was no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<f64>,
}

/// What came of it, as the case tells (告警结果).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 属实.
    Real,
    /// 误报.
    False,
    /// 不明.
    Unknown,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 3] = [Outcome::Real, Outcome::False, Outcome::Unknown];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Real => "real",
            Outcome::False => "false",
            Outcome::Unknown => "unknown",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        match self {
            Outcome::Real => LocalText::new("属实", "real"),
            Outcome::False => LocalText::new("误报", "false alarm"),
            Outcome::Unknown => LocalText::new("不明", "unknown"),
        }
    }
}

/// One thing that happened to an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AlertEvent {
    /// Raised (告警).
    Raised {
        /// The area it is in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<AreaCode>,
        /// What it is about.
        cause: String,
        /// The ladder it climbs.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        escalate: Vec<Escalation>,
        /// What was found.
        found: Found,
        /// Causes whose graver alerts nearby keep it quiet.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        inhibited_by: Vec<String>,
        /// What it is called: the rule's name.
        name: LocalText,
        /// Where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<Point>,
        /// The thing it was found on.
        thing: u64,
    },
    /// Something more was found of it, or its colour changed, or something of it
    /// ended.
    Found(Found),
    /// Nothing of it is found any more, or somebody says that it is over (解除); why
    /// somebody says so is the entry's grounds.
    Cleared {},
    /// Somebody holds it now (确认).
    Acknowledged {
        /// Who.
        holder: UserName,
    },
    /// Somebody else holds it (转交).
    HandedOver {
        /// Who.
        to: UserName,
    },
    /// The holder says what was done (处置); what, is the entry's grounds.
    Handled {},
    /// It keeps quiet until a time (静音); why is the entry's grounds.
    Silenced {
        /// Until when.
        until: Timestamp,
    },
    /// It is heard again.
    Unsilenced {},
    /// A graver one nearby keeps it quiet (抑制).
    Inhibited {
        /// The number of that alert.
        by: u64,
    },
    /// It does not any more.
    Released {},
    /// Nobody acknowledged it in time (升级).
    Escalated {
        /// The rung of the ladder, from 0.
        rung: u32,
        /// Who is told.
        to: UnitCode,
    },
    /// A case takes it on (转工单).
    CaseLinked {
        /// The case.
        case: CaseId,
        /// Somebody else had reported the same thing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        joined: bool,
    },
    /// What came of it (结果).
    Labelled {
        /// What.
        outcome: Outcome,
    },
    /// Readings that it rests on were put right or taken back (读数更正). Nothing of it
    /// ends by that: whoever handles it decides.
    ReadingsAmended {
        /// How many.
        count: u32,
        /// The first of them, at most [`super::MOST_AMENDED`].
        readings: Vec<AmendedReading>,
    },
    /// Whether it would still have been raised, as the readings hold now (重新判定).
    JudgedAgain {
        /// How many amended readings were taken into account.
        amended: u32,
        /// What judging again came to.
        verdict: Verdict,
    },
}

macro_rules! events {
    ($($event:ident $word:literal $zh:literal $en:literal;)*) => {
        impl AlertEvent {
            /// The word of the interface.
            pub fn word(&self) -> &'static str {
                match self {
                    $(AlertEvent::$event { .. } => $word,)*
                }
            }

            /// Its name for readers.
            pub fn name(&self) -> LocalText {
                match self {
                    $(AlertEvent::$event { .. } => LocalText::new($zh, $en),)*
                }
            }
        }
    };
}

events! {
    Raised "raised" "告警" "raised";
    Found "found" "情况变化" "changed";
    Cleared "cleared" "解除" "cleared";
    Acknowledged "acknowledged" "确认" "acknowledged";
    HandedOver "handed_over" "转交" "handed over";
    Handled "handled" "处置" "handled";
    Silenced "silenced" "静音" "silenced";
    Unsilenced "unsilenced" "取消静音" "silence ended";
    Inhibited "inhibited" "抑制" "inhibited";
    Released "released" "取消抑制" "inhibition ended";
    Escalated "escalated" "升级" "escalated";
    CaseLinked "case_linked" "转工单" "taken on by a case";
    Labelled "labelled" "标注结果" "labelled";
    ReadingsAmended "readings_amended" "依据的读数更正" "readings it rests on were put right";
    JudgedAgain "judged_again" "重新判定" "judged again";
}
