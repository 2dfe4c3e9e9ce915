//! The small words of whistles: number, kind, stage, action, limits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use yiwang_base::{CaseId, IdError, LocalText, Span};

/// Number of a whistle (哨号), counted from 1 in each installation.
///
/// Shown as `W12`; read as `W12`, `w12` or `12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WhistleId(pub u64);

impl fmt::Display for WhistleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "W{}", self.0)
    }
}

impl FromStr for WhistleId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_prefix(['W', 'w']).unwrap_or(text);
        // Whatever digits name a case would name a whistle too.
        let plain = digits.bytes().all(|b| b.is_ascii_digit());
        let number: CaseId = digits.parse()?;
        if plain {
            Ok(Self(number.0))
        } else {
            Err(IdError::CaseId(text.chars().take(40).collect()))
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $value:ident $word:literal $zh:literal $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$about])* #[doc = concat!($zh, ".")] $value,)*
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: [$name; [$($word),*].len()] = [$($name::$value),*];

            /// The word of the interface.
            pub fn word(self) -> &'static str {
                match self {
                    $($name::$value => $word,)*
                }
            }

            /// Its name for readers.
            pub fn name(self) -> LocalText {
                match self {
                    $($name::$value => LocalText::new($zh, $en),)*
                }
            }
        }
    };
}

words! {
    /// What sort of whistle.
    WhistleKind {
        /// What residents need, within the usual limits:
        Daily "daily" "日常哨" "daily";
        /// A campaign with milestones:
        Campaign "campaign" "攻坚哨" "campaign";
        /// An emergency, in minutes, for whoever is on duty:
        Emergency "emergency" "应急哨" "emergency";
    }
}

words! {
    /// Where a whistle stands.
    WhistleStage {
        /// Units are called and at work:
        Blown "blown" "已吹哨" "blown";
        /// The caller says that the work is done:
        Confirmed "confirmed" "已确认" "confirmed";
        /// It is over:
        Closed "closed" "已销哨" "closed";
        /// The caller took it back:
        Withdrawn "withdrawn" "已撤哨" "withdrawn";
    }
}

words! {
    /// What can be done with a whistle.
    WhistleAction {
        Blow "blow" "吹哨" "blow the whistle";
        CallUnit "call_unit" "增叫单位" "call another unit";
        CheckIn "check_in" "报到" "check in";
        Refuse "refuse" "拒绝报到" "refuse the call";
        Reach "reach" "完成节点" "tick a milestone";
        Reopen "reopen" "恢复节点" "take a tick back";
        Confirm "confirm" "确认完成" "confirm the work";
        Score "score" "考评" "score a unit";
        Close "close" "销哨" "close the whistle";
        Withdraw "withdraw" "撤哨" "withdraw the whistle";
        Erase "erase" "依法删除" "erase";
    }
}

impl WhistleStage {
    /// Whether somebody still has to come or to act.
    pub fn is_open(self) -> bool {
        matches!(self, WhistleStage::Blown | WhistleStage::Confirmed)
    }
}

/// From a whistle to check-in, where the caller sets no time of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhistleLimits {
    /// Of a campaign.
    pub campaign: Span,
    /// Of a daily whistle.
    pub daily: Span,
    /// Of an emergency.
    pub emergency: Span,
}

impl Default for WhistleLimits {
    /// One working day for what residents need, two for a campaign, half an
    /// hour by the clock for an emergency.
    fn default() -> Self {
        Self {
            campaign: Span::WorkingDays { days: 2 },
            daily: Span::WorkingDays { days: 1 },
            emergency: Span::Clock { minutes: 30 },
        }
    }
}

impl WhistleLimits {
    /// The limit of a kind.
    pub fn of(&self, kind: WhistleKind) -> Span {
        match kind {
            WhistleKind::Daily => self.daily,
            WhistleKind::Campaign => self.campaign,
            WhistleKind::Emergency => self.emergency,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whistle_number_reads_back_what_it_shows_and_is_no_case_number() {
        assert_eq!(WhistleId(12).to_string(), "W12");
        for text in ["W12", "w12", "12"] {
            assert_eq!(text.parse(), Ok(WhistleId(12)));
        }
        for text in ["", "W", "W0", "C12", "WC12", "W-1", "W1.5"] {
            assert!(text.parse::<WhistleId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn each_word_is_its_serde_form() {
        for action in WhistleAction::ALL {
            let json = serde_json::to_string(&action).unwrap();
            assert_eq!(json, format!("\"{}\"", action.word()));
        }
        for kind in WhistleKind::ALL {
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(json, format!("\"{}\"", kind.word()));
        }
        for stage in WhistleStage::ALL {
            let json = serde_json::to_string(&stage).unwrap();
            assert_eq!(json, format!("\"{}\"", stage.word()));
        }
    }
}
