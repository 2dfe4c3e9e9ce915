//! The word and the name of each sort of event.

use yiwang_base::LocalText;

use crate::Event;

macro_rules! events {
    ($($event:ident $word:literal $zh:literal $en:literal;)*) => {
        impl Event {
            /// The words of all sorts of events: the road first, then what leads off it.
            pub const WORDS: [&str; [$($word),*].len()] = [$($word),*];

            /// The word of the interface, `reported_back`.
            pub fn word(&self) -> &'static str {
                match self {
                    $(Event::$event { .. } => $word,)*
                }
            }

            /// For readers, the name of the sort of event that a word stands for.
            pub fn name_of(word: &str) -> Option<LocalText> {
                match word {
                    $($word => Some(LocalText::new($zh, $en)),)*
                    _ => None,
                }
            }
        }
    };
}

events! {
    Submitted "submitted" "上报" "submitted";
    Accepted "accepted" "受理" "accepted";
    Declined "declined" "不予受理" "declined";
    Dispatched "dispatched" "派单" "dispatched";
    Started "started" "开始处置" "started";
    ReportedBack "reported_back" "反馈" "reported back";
    Verified "verified" "核查" "verified";
    Closed "closed" "结案" "closed";
    CalledBack "called_back" "回访" "called back";
    Reopened "reopened" "重新办理" "opened again";
    Erased "erased" "依法删除" "erased";
    Returned "returned" "退单" "given back";
    Redirected "redirected" "转派" "redirected";
    Recalled "recalled" "撤回派单" "dispatch recalled";
    UnitAdded "unit_added" "增加协办单位" "assisting unit added";
    UnitRemoved "unit_removed" "撤去协办单位" "assisting unit removed";
    PartReported "part_reported" "协办反馈" "part reported";
    DueProvisional "due_provisional" "暂定时限" "deadline provisional";
    DueSettled "due_settled" "时限核定" "deadline settled";
    ExtensionAsked "extension_asked" "申请延期" "more time asked for";
    Extended "extended" "延期" "extended";
    ExtensionRefused "extension_refused" "不同意延期" "more time refused";
    Shelved "shelved" "挂账" "shelved";
    ResidentAsked "resident_asked" "请居民补充" "resident asked";
    ResidentAnswered "resident_answered" "居民补充" "resident answered";
    Resumed "resumed" "恢复办理" "resumed";
    Supervised "supervised" "督办" "under supervision";
    SupervisionAnswered "supervision_answered" "督办答复" "supervision answered";
    SupervisionReleased "supervision_released" "解除督办" "supervision released";
    Scored "scored" "考评" "scored";
    Commented "commented" "批注" "comment";
    Attached "attached" "附件" "file attached";
    Withdrawn "withdrawn" "撤诉" "withdrawn";
    Merged "merged" "并案" "merged";
    Unmerged "unmerged" "撤销并案" "taken out of the merge";
    Absorbed "absorbed" "并入他案" "another case merged";
    Released "released" "他案撤出" "another case taken out";
    Joined "joined" "同感" "somebody joined";
    JoinedAnswered "joined_answered" "关注人回访" "one who joined answered";
}
