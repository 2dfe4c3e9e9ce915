//! The command that a body asks for, where the action stands beside it.

use yiwang_base::{Personal, Refusal, RefusalKind};
use yiwang_cases::{
    Action, AnswerQuestion, AnswerSupervision, AskResident, Command, Comment, RefuseExtension,
    Withdraw,
};

use super::super::body::read;
use super::AsksFor;
use crate::policy::User;
use crate::wire::{
    AcceptBody, AddUnitBody, AskExtensionBody, CallBackBody, CloseBody, DeclineBody, DispatchBody,
    ExtendBody, NoteBody, ReasonBody, RecallBody, RedirectBody, ReleaseBody, RemoveUnitBody,
    ReportBackBody, ReportPartBody, ResumeBody, ReturnBody, ScoreBody, SettleDueBody, ShelveBody,
    StartBody, SuperviseBody, VerifyBody,
};

/// Actions with a call of their own and nothing else: they are about two cases,
/// a file, or what cannot be taken back.
const ALONE: [Action; 7] = [
    Action::Submit,
    Action::Erase,
    Action::Attach,
    Action::Merge,
    Action::Unmerge,
    Action::Join,
    Action::AnswerJoined,
];

fn of<B: AsksFor>(bytes: &[u8], user: &User) -> Result<Command, Refusal> {
    read::<B>(bytes)?.command(user)
}

fn note(bytes: &[u8]) -> Result<Personal<String>, Refusal> {
    Ok(Personal::new(read::<NoteBody>(bytes)?.note))
}

/// The command of a sort that a JSON body asks for.
///
/// # Errors
/// What is wrong with the body, by its field; or that this sort of command has a
/// call of its own only.
pub(in super::super) fn command_of(
    action: Action,
    bytes: &[u8],
    user: &User,
) -> Result<Command, Refusal> {
    match action {
        Action::Accept => of::<AcceptBody>(bytes, user),
        Action::Decline => of::<DeclineBody>(bytes, user),
        Action::Dispatch => of::<DispatchBody>(bytes, user),
        Action::Start => of::<StartBody>(bytes, user),
        Action::ReportBack => of::<ReportBackBody>(bytes, user),
        Action::Verify => of::<VerifyBody>(bytes, user),
        Action::Close => of::<CloseBody>(bytes, user),
        Action::CallBack => of::<CallBackBody>(bytes, user),
        Action::Reopen => Ok(Command::Reopen { note: note(bytes)? }),
        Action::Return => of::<ReturnBody>(bytes, user),
        Action::Redirect => of::<RedirectBody>(bytes, user),
        Action::Recall => of::<RecallBody>(bytes, user),
        Action::AddUnit => of::<AddUnitBody>(bytes, user),
        Action::RemoveUnit => of::<RemoveUnitBody>(bytes, user),
        Action::ReportPart => of::<ReportPartBody>(bytes, user),
        Action::SettleDue => of::<SettleDueBody>(bytes, user),
        Action::AskExtension => of::<AskExtensionBody>(bytes, user),
        Action::Extend => of::<ExtendBody>(bytes, user),
        Action::RefuseExtension => Ok(Command::RefuseExtension(RefuseExtension {
            reason: read::<ReasonBody>(bytes)?.reason,
        })),
        Action::Shelve => of::<ShelveBody>(bytes, user),
        Action::AskResident => Ok(Command::AskResident(AskResident { note: note(bytes)? })),
        Action::AnswerQuestion => Ok(Command::AnswerQuestion(AnswerQuestion {
            note: note(bytes)?,
        })),
        Action::Resume => of::<ResumeBody>(bytes, user),
        Action::Supervise => of::<SuperviseBody>(bytes, user),
        Action::AnswerSupervision => Ok(Command::AnswerSupervision(AnswerSupervision {
            note: note(bytes)?,
        })),
        Action::Release => of::<ReleaseBody>(bytes, user),
        Action::Score => of::<ScoreBody>(bytes, user),
        Action::Comment => Ok(Command::Comment(Comment { note: note(bytes)? })),
        Action::Withdraw => Ok(Command::Withdraw(Withdraw { note: note(bytes)? })),
        Action::Submit
        | Action::Erase
        | Action::Attach
        | Action::Merge
        | Action::Unmerge
        | Action::Join
        | Action::AnswerJoined => Err(alone(action)),
    }
}

fn alone(action: Action) -> Refusal {
    let others = Action::ALL.into_iter().filter(|one| !ALONE.contains(one));
    Refusal::new(
        RefusalKind::Invalid,
        "batch.action",
        "这一步不能批量办理，请在案卷页上逐件办理",
        "this step is not taken for many cases at once: take it on the case's own page",
    )
    .at("action")
    .found(action.word())
    .allowing(others.map(Action::word))
}
