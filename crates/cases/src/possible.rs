//! What is possible now.

use serde::{Deserialize, Serialize};
use yiwang_base::LocalText;

use crate::{Case, Command, Stage};

/// The sort of a command, without what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// 上报.
    Submit,
    /// 受理.
    Accept,
    /// 不予受理.
    Decline,
    /// 派单.
    Dispatch,
    /// 开始处置.
    Start,
    /// 反馈.
    ReportBack,
    /// 核查.
    Verify,
    /// 结案.
    Close,
    /// 回访.
    CallBack,
    /// 重新办理.
    Reopen,
    /// 依法删除.
    Erase,
}

impl Action {
    /// All of them, in the order of the road.
    pub const ALL: [Action; 11] = [
        Action::Submit,
        Action::Accept,
        Action::Decline,
        Action::Dispatch,
        Action::Start,
        Action::ReportBack,
        Action::Verify,
        Action::Close,
        Action::CallBack,
        Action::Reopen,
        Action::Erase,
    ];

    /// The word of the interface, `report_back`.
    pub fn word(self) -> &'static str {
        match self {
            Action::Submit => "submit",
            Action::Accept => "accept",
            Action::Decline => "decline",
            Action::Dispatch => "dispatch",
            Action::Start => "start",
            Action::ReportBack => "report_back",
            Action::Verify => "verify",
            Action::Close => "close",
            Action::CallBack => "call_back",
            Action::Reopen => "reopen",
            Action::Erase => "erase",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        let (zh, en) = match self {
            Action::Submit => ("上报", "submit"),
            Action::Accept => ("受理", "accept"),
            Action::Decline => ("不予受理", "decline"),
            Action::Dispatch => ("派单", "dispatch"),
            Action::Start => ("开始处置", "start"),
            Action::ReportBack => ("反馈", "report back"),
            Action::Verify => ("核查", "verify"),
            Action::Close => ("结案", "close"),
            Action::CallBack => ("回访", "call back"),
            Action::Reopen => ("重新办理", "reopen"),
            Action::Erase => ("依法删除", "erase"),
        };
        LocalText::new(zh, en)
    }
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
        }
    }
}

/// The actions this case can take now, the usual next step first. Who may take
/// them is policy's question, not this one's.
pub fn possible(case: &Case) -> Vec<Action> {
    use Action::{
        Accept, CallBack, Close, Decline, Dispatch, Erase, Reopen, ReportBack, Start, Verify,
    };
    let mut actions = match case.stage {
        Stage::Submitted => vec![Accept, Decline],
        Stage::Accepted => vec![Dispatch, Close],
        Stage::Dispatched => vec![Start, Close],
        Stage::InProgress => vec![ReportBack, Close],
        Stage::Reported => vec![Verify, Close],
        Stage::Verified => vec![Close, CallBack],
        Stage::Closed => vec![CallBack, Reopen],
        Stage::Declined => vec![Reopen],
    };
    // Also after an erasure: notes written since then can be erased as well.
    actions.push(Erase);
    actions
}
