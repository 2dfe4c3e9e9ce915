//! What a person, a device or an importer asks for.

use yiwang_base::{AreaCode, CategoryCode, Personal, Timestamp, UnitCode};

use crate::{
    AddUnit, AnswerJoined, AnswerQuestion, AnswerSupervision, AskExtension, AskResident, Attach,
    Channel, Comment, DeclineReason, Extend, Join, Merge, Recall, Redirect, RefuseExtension,
    Release, RemoveUnit, ReportPart, RequestWords, Resume, Return, Score, Shelve, SourceRef,
    Supervise, Unmerge, Withdraw,
};

/// A new request.
#[derive(Debug, Clone)]
pub struct Submit {
    /// How it came in.
    pub channel: Channel,
    /// What the sender says it is about.
    pub category: Option<CategoryCode>,
    /// What the sender said, where, and who.
    pub request: Personal<RequestWords>,
    /// Where it was imported from.
    pub source: Option<SourceRef>,
}

/// Where the deadlines of a dispatch come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// The category's limits.
    ByCategory,
    /// The target that the source system had set, if any (imports).
    FromSource {
        /// By when it was to be resolved.
        resolve_by: Option<Timestamp>,
    },
}

/// A command to a case. Notes are words of people and therefore personal.
#[derive(Debug, Clone)]
pub enum Command {
    /// Take in a request (上报).
    Submit(Submit),
    /// Take it on (受理).
    Accept {
        /// What it is about.
        category: CategoryCode,
        /// The area, where the desk knows better than the point.
        area: Option<AreaCode>,
    },
    /// Do not take it on (不予受理).
    Decline {
        /// Why.
        reason: DeclineReason,
        /// Who is responsible, where that is nobody in this city: a body's name,
        /// as it will stand in the record.
        responsible: Option<String>,
        /// What the resident is told.
        note: Personal<String>,
    },
    /// Send it to the unit that must act (派单).
    Dispatch {
        /// The lead unit.
        unit: UnitCode,
        /// Units that assist it.
        assisting: Vec<UnitCode>,
        /// Deadlines.
        limits: Limits,
        /// Why this unit, where its duty list does not name the category or it
        /// gave the case back before.
        reason: Option<String>,
        /// A note to the unit.
        note: Option<Personal<String>>,
    },
    /// Begin; the resident has been contacted (处置).
    Start,
    /// Say that it is done (反馈).
    ReportBack {
        /// What was done.
        note: Personal<String>,
        /// Why it does not wait for assisting units that have not reported,
        /// as it will stand in the record.
        open_parts_reason: Option<String>,
    },
    /// Check it (核查).
    Verify {
        /// Whether it is really done.
        pass: bool,
        /// What was found; required when it is not done.
        note: Option<Personal<String>>,
    },
    /// Close it (结案).
    Close {
        /// Why it is closed without a passed verification.
        reason: Option<Personal<String>>,
    },
    /// Write down what the resident says (回访).
    CallBack {
        /// Whether anybody answered.
        reached: bool,
        /// Whether the resident says it is solved.
        solved: Option<bool>,
        /// 1 (very dissatisfied) to 5 (very satisfied).
        satisfaction: Option<u8>,
        /// The resident's words.
        note: Option<Personal<String>>,
    },
    /// Open it again (重新办理).
    Reopen {
        /// Why.
        note: Personal<String>,
    },
    /// Erase the words and personal data of the case (依法删除).
    Erase {
        /// The legal ground, as it will stand in the record for good.
        ground: String,
        /// Entries of the case that have a sealed part, as the store knows them.
        entries: Vec<u64>,
    },
    /// Give it back (退单).
    Return(Return),
    /// Take it from its unit and send it to another (转派).
    Redirect(Redirect),
    /// Take back a dispatch on which its unit has not begun (撤回派单).
    Recall(Recall),
    /// Let a unit assist (增加协办单位).
    AddUnit(AddUnit),
    /// Let an assisting unit go (撤去协办单位).
    RemoveUnit(RemoveUnit),
    /// Say that one's part is done (协办反馈).
    ReportPart(ReportPart),
    /// Count provisional deadlines anew by the calendar as it is now (核定时限).
    SettleDue,
    /// Ask for more time (申请延期).
    AskExtension(AskExtension),
    /// Give more time (延期).
    Extend(Extend),
    /// Give no more time (不同意延期).
    RefuseExtension(RefuseExtension),
    /// Shelve it (挂账).
    Shelve(Shelve),
    /// Ask the resident for what is missing (请居民补充).
    AskResident(AskResident),
    /// Answer the question (居民补充).
    AnswerQuestion(AnswerQuestion),
    /// Go on (恢复办理).
    Resume(Resume),
    /// Put it under supervision (督办).
    Supervise(Supervise),
    /// Answer those who supervise (督办答复).
    AnswerSupervision(AnswerSupervision),
    /// Let it go from supervision (解除督办).
    Release(Release),
    /// Score a unit's work (考评).
    Score(Score),
    /// Say something to the others who work on it (批注).
    Comment(Comment),
    /// Attach a file (附件).
    Attach(Attach),
    /// Withdraw the request (撤诉).
    Withdraw(Withdraw),
    /// Merge it with another as a duplicate (并案).
    Merge(Merge),
    /// Take it out of the merge (撤销并案).
    Unmerge(Unmerge),
    /// Join it (同感).
    Join(Join),
    /// Say, as one who joined, whether it is solved.
    AnswerJoined(AnswerJoined),
}
