//! What can be done to a case.

use serde::{Deserialize, Serialize};
use yiwang_base::LocalText;

use crate::Command;

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident $word:literal $zh:literal $en:literal;)*) => {
        /// The sort of a command, without what it carries.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Action {
            $($(#[$doc])* #[doc = concat!($zh, ".")] $action,)*
        }

        impl Action {
            /// All of them: the road first, then what leads off it.
            pub const ALL: [Action; [$($word),*].len()] = [$(Action::$action),*];

            /// The word of the interface, `report_back`.
            pub fn word(self) -> &'static str {
                match self {
                    $(Action::$action => $word,)*
                }
            }

            /// Its name for readers.
            pub fn name(self) -> LocalText {
                match self {
                    $(Action::$action => LocalText::new($zh, $en),)*
                }
            }
        }
    };
}

actions! {
    Submit "submit" "上报" "submit";
    Accept "accept" "受理" "accept";
    Decline "decline" "不予受理" "decline";
    Dispatch "dispatch" "派单" "dispatch";
    Start "start" "开始处置" "start";
    ReportBack "report_back" "反馈" "report back";
    Verify "verify" "核查" "verify";
    Close "close" "结案" "close";
    CallBack "call_back" "回访" "call back";
    Reopen "reopen" "重新办理" "reopen";
    Erase "erase" "依法删除" "erase";
    Return "return" "退单" "return";
    Redirect "redirect" "转派" "redirect";
    Recall "recall" "撤回派单" "recall the dispatch";
    AddUnit "add_unit" "增加协办单位" "add an assisting unit";
    RemoveUnit "remove_unit" "撤去协办单位" "remove an assisting unit";
    ReportPart "report_part" "协办反馈" "report one's part";
    SettleDue "settle_due" "核定时限" "settle the deadline";
    AskExtension "ask_extension" "申请延期" "ask for more time";
    Extend "extend" "延期" "extend";
    RefuseExtension "refuse_extension" "不同意延期" "refuse more time";
    Shelve "shelve" "挂账" "shelve";
    AskResident "ask_resident" "请居民补充" "ask the resident";
    AnswerQuestion "answer_question" "居民补充" "answer the question";
    Resume "resume" "恢复办理" "resume";
    Supervise "supervise" "督办" "supervise";
    AnswerSupervision "answer_supervision" "督办答复" "answer the supervision";
    Release "release" "解除督办" "release from supervision";
    Score "score" "考评" "score";
    Comment "comment" "批注" "comment";
    Attach "attach" "上传附件" "attach a file";
    Withdraw "withdraw" "撤诉" "withdraw";
    Merge "merge" "并案" "merge as a duplicate";
    Unmerge "unmerge" "撤销并案" "take out of the merge";
    Join "join" "同感" "join";
    AnswerJoined "answer_joined" "关注人回访" "answer as one who joined";
}

impl Command {
    /// Its sort.
    pub fn action(&self) -> Action {
        match self {
            Command::Submit(_) => Action::Submit,
            Command::Accept { .. } => Action::Accept,
            Command::Decline { .. } => Action::Decline,
            Command::Dispatch { .. } => Action::Dispatch,
            Command::Start => Action::Start,
            Command::ReportBack { .. } => Action::ReportBack,
            Command::Verify { .. } => Action::Verify,
            Command::Close { .. } => Action::Close,
            Command::CallBack { .. } => Action::CallBack,
            Command::Reopen { .. } => Action::Reopen,
            Command::Erase { .. } => Action::Erase,
            Command::Return(_) => Action::Return,
            Command::Redirect(_) => Action::Redirect,
            Command::Recall(_) => Action::Recall,
            Command::AddUnit(_) => Action::AddUnit,
            Command::RemoveUnit(_) => Action::RemoveUnit,
            Command::ReportPart(_) => Action::ReportPart,
            Command::SettleDue => Action::SettleDue,
            Command::AskExtension(_) => Action::AskExtension,
            Command::Extend(_) => Action::Extend,
            Command::RefuseExtension(_) => Action::RefuseExtension,
            Command::Shelve(_) => Action::Shelve,
            Command::AskResident(_) => Action::AskResident,
            Command::AnswerQuestion(_) => Action::AnswerQuestion,
            Command::Resume(_) => Action::Resume,
            Command::Supervise(_) => Action::Supervise,
            Command::AnswerSupervision(_) => Action::AnswerSupervision,
            Command::Release(_) => Action::Release,
            Command::Score(_) => Action::Score,
            Command::Comment(_) => Action::Comment,
            Command::Attach(_) => Action::Attach,
            Command::Withdraw(_) => Action::Withdraw,
            Command::Merge(_) => Action::Merge,
            Command::Unmerge(_) => Action::Unmerge,
            Command::Join(_) => Action::Join,
            Command::AnswerJoined(_) => Action::AnswerJoined,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_an_action_is_its_serde_form_and_no_two_share_a_name() {
        let mut names = std::collections::BTreeSet::new();
        for action in Action::ALL {
            let json = serde_json::to_string(&action).unwrap();
            assert_eq!(json, format!("\"{}\"", action.word()));
            assert!(names.insert(action.name()), "{action:?}");
        }
    }
}
