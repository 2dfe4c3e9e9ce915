//! What can be asked of a turn: a small closed set, each told from the record.

use serde::{Deserialize, Serialize};
use yiwang_base::LocalText;

macro_rules! conditions {
    ($($(#[$doc:meta])* $condition:ident $word:literal $zh:literal $en:literal;)*) => {
        /// Something that is so of a turn, or is not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum Condition {
            $($(#[$doc])* #[doc = concat!($zh, ".")] #[serde(rename = $word)] $condition,)*
        }

        impl Condition {
            /// All of them.
            pub const ALL: [Condition; [$($word),*].len()] = [$(Condition::$condition),*];

            /// The word of the interface, `contacted_in_time`.
            pub fn word(self) -> &'static str {
                match self {
                    $(Condition::$condition => $word,)*
                }
            }

            /// What it says of a turn, for readers.
            pub fn name(self) -> LocalText {
                match self {
                    $(Condition::$condition => LocalText::new($zh, $en),)*
                }
            }
        }
    };
}

conditions! {
    /// A unit has it, or had it.
    Dispatched "dispatched" "已派单" "was dispatched";
    /// The unit contacted the resident.
    Contacted "contacted" "已联系诉求人" "the resident was contacted";
    /// The unit contacted the resident by the limit.
    ContactedInTime "contacted_in_time" "限时内联系了诉求人" "the resident was contacted within the limit";
    /// There is a limit by which the resident is to be contacted.
    ContactLimit "contact_limit" "设有联系时限" "a limit to contact was set";
    /// The limit passed without contact.
    ContactOverdue "contact_overdue" "超过联系时限仍未联系" "the limit to contact passed without contact";
    /// There is a limit by which it is to be resolved.
    ResolveLimit "resolve_limit" "设有办结时限" "a limit to resolve was set";
    /// The unit said that it is done, or it was closed.
    Done "done" "已办结" "was done";
    /// It was done by the limit.
    DoneInTime "done_in_time" "限时内办结" "was done within the limit";
    /// The limit passed and it was not done.
    DoneOverdue "done_overdue" "超过办结时限仍未办结" "the limit to resolve passed and it was not done";
    /// Someone has to act.
    Open "open" "在办" "is open";
    /// The next step is late.
    StepLate "step_late" "当前环节已超时" "its next step is late";
    /// It was closed.
    Closed "closed" "已结案" "was closed";
    /// It was not taken on.
    Declined "declined" "不予受理" "was declined";
    /// It was closed for a logged reason, without a passed verification.
    Unverified "unverified" "未经核查通过而结案" "was closed without a passed verification";
    /// A verification failed before.
    FailedVerification "failed_verification" "核查曾不通过" "a verification failed";
    /// The resident withdrew the request.
    Withdrawn "withdrawn" "已撤诉" "was withdrawn";
    /// It was merged with another case that says the same.
    Merged "merged" "已并案" "was merged with another case";
    /// The unit was given more time.
    Extended "extended" "已延期" "was given more time";
    /// Someone called the resident back, or the resident spoke.
    CalledBack "called_back" "已回访" "was called back";
    /// The call-back reached the resident.
    Reached "reached" "回访已接通" "the call-back reached the resident";
    /// The resident said that it is solved.
    Solved "solved" "诉求人表示已解决" "the resident said it is solved";
    /// The resident said that it is not solved.
    NotSolved "not_solved" "诉求人表示未解决" "the resident said it is not solved";
    /// The resident said how satisfied.
    Rated "rated" "诉求人作了评价" "the resident rated it";
    /// 3 of 5 or better.
    RatedAtLeast3 "rated_at_least_3" "评价在 3 分以上（5 分制）" "the rating was 3 of 5 or better";
    /// 4 of 5 or better.
    RatedAtLeast4 "rated_at_least_4" "评价在 4 分以上（5 分制）" "the rating was 4 of 5 or better";
    /// The best rating.
    Rated5 "rated_5" "评价为 5 分（5 分制）" "the rating was 5 of 5";
    /// The turn is over: another followed, or may follow.
    Ended "ended" "本次办理已终止" "the turn ended before the case did";
    /// The unit gave it back.
    GivenBack "given_back" "被退单" "was given back";
    /// The desk sent it to another unit.
    SentOn "sent_on" "被转派" "was sent on to another unit";
    /// It was opened again after it had been closed or declined.
    OpenedAgain "opened_again" "结案后重新办理" "was opened again";
    /// No turn came before.
    FirstTurn "first_turn" "首次办理" "was the first turn";
    /// The unit leads because it came first.
    FirstReceiver "first_receiver" "首接负责" "the unit led by first-receiver duty";
    /// The district's unit took it because nobody else did.
    Backstop "backstop" "区级兜底" "the unit was the district's backstop";
    /// Other units assist.
    Assisted "assisted" "有协办单位" "other units assisted";
    /// The front line scored the unit's work.
    Scored "scored" "一线作了考评" "the front line scored it";
    /// The front line gave 4 of 5 or better on average.
    ScoredAtLeast4 "scored_at_least_4" "一线考评平均 4 分以上（5 分制）" "the front line gave 4 of 5 or better on average";
    /// It was imported.
    Imported "imported" "由其他系统导入" "was imported";
    /// The unit is of the lowest tier.
    FrontLine "front_line" "由最低一级（一线）单位办理" "the unit was at the front line";
    /// Some duty list names the category where the case lies.
    DutyNamed "duty_named" "当地有单位的权责清单列明此类" "a duty list names the category there";
    /// No unit of a lower tier may act on it there.
    LowestTier "lowest_tier" "由有权办理的最低一级单位办理" "the unit was of the lowest tier that may act";
    /// The resident was asked for what was missing, at whatever time.
    ResidentAsked "resident_asked" "曾请诉求人补充" "the resident was asked for what was missing";
    /// Somebody told of the same trouble again, or joined.
    ToldAgain "told_again" "有人就同一问题再次反映" "the same trouble was told again";
    /// A scenario covers it.
    InScenario "in_scenario" "有应用场景覆盖" "a scenario covers it";
    /// The called unit checked in.
    CheckedIn "checked_in" "已报到" "the unit checked in";
    /// The called unit checked in by its deadline.
    CheckedInInTime "checked_in_in_time" "限时内报到" "the unit checked in by its deadline";
    /// The deadline passed and the unit had not checked in, and still has not.
    CheckInOverdue "check_in_overdue" "超过报到时限仍未报到" "the deadline passed and the unit had not checked in";
    /// The unit said that it will not come.
    CallRefused "call_refused" "被呼叫单位拒绝报到" "the unit refused to come";
    /// The whistle ended before the deadline.
    CallReleased "call_released" "报到时限未到，哨已结束" "the whistle ended before the deadline";
    /// The whistle was a daily one.
    DailyWhistle "daily_whistle" "日常哨" "it was a daily whistle";
    /// The whistle was of a campaign.
    CampaignWhistle "campaign_whistle" "攻坚哨" "it was a campaign's whistle";
    /// The whistle was an emergency.
    EmergencyWhistle "emergency_whistle" "应急哨" "it was an emergency whistle";
}

impl Condition {
    /// Whether it is about a call of a whistle; else it is about a turn at a case.
    pub fn is_of_calls(self) -> bool {
        self >= Condition::CheckedIn && self <= Condition::EmergencyWhistle
    }
}

/// Conditions that hold, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Conditions(u64);

impl Conditions {
    /// Bits that a set uses; the rest are free for whoever packs one.
    pub const BITS: u32 = 56;

    /// The set from its bits.
    pub const fn from_bits(bits: u64) -> Conditions {
        Conditions(bits & ((1 << Self::BITS) - 1))
    }

    /// The bits: one for each condition, in the order of [`Condition::ALL`].
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The set with this condition in it, if `holds`.
    #[must_use]
    pub const fn with(self, condition: Condition, holds: bool) -> Conditions {
        if holds {
            Conditions(self.0 | 1 << condition as u64)
        } else {
            self
        }
    }

    /// Whether the condition holds.
    pub const fn has(self, condition: Condition) -> bool {
        self.0 >> condition as u64 & 1 == 1
    }
}

impl FromIterator<Condition> for Conditions {
    fn from_iter<I: IntoIterator<Item = Condition>>(conditions: I) -> Conditions {
        let none = Conditions::default();
        conditions
            .into_iter()
            .fold(none, |all, one| all.with(one, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_condition_has_a_bit_a_word_and_names_of_its_own() {
        assert!(Condition::ALL.len() <= Conditions::BITS as usize);
        let mut names = std::collections::BTreeSet::new();
        for condition in Condition::ALL {
            let json = serde_json::to_string(&condition).unwrap();
            assert_eq!(json, format!("\"{}\"", condition.word()));
            assert!(names.insert(condition.name()), "{condition:?}");
            let set: Conditions = [condition].into_iter().collect();
            let held = Condition::ALL.into_iter().filter(|other| set.has(*other));
            assert_eq!(held.collect::<Vec<_>>(), [condition]);
        }
    }
}
