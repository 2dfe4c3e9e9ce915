//! Cases (案卷): every request becomes one, and every case ends answered.
//!
//! **For:** the lifecycle of a request from the resident's words to a closed
//! and called-back case, the deadlines on the way, and who must act.
//!
//! **Words:** a *request* (诉求) is what someone sent; the *case* (案卷) is its
//! record; a *unit* (单位) handles it; a *duty list* (权责清单) says which
//! categories a unit answers for; an *area* (区域) is where it lies; a *whistle*
//! (哨) calls units to come. What grows out of cases is in [`civic`], with its
//! own words.
//!
//! **Invariants**
//! - [`decide()`] and [`Case::apply`] are pure: the same case, command, rules and
//!   time give the same events, and replaying a case's events gives the case.
//! - No case closes without a passed verification or a logged reason.
//! - Residents' words, names, addresses and points are sealed beside the
//!   events, never inside them; an event holds no floating-point number.
//! - A refusal says what is possible now.

mod action;
mod actor;
mod area_index;
mod attach;
pub mod authority;
mod case;
mod check;
mod city;
pub mod civic;
mod command;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod coverage;
mod decide;
mod dispatch;
mod duplicate;
mod event;
mod event_word;
mod extend;
pub mod figures;
pub mod forecast;
mod gazetteer;
pub mod grid;
mod limits;
mod memory;
mod more;
pub mod organization;
mod parts;
mod pause;
mod port;
mod possible;
mod provisional;
mod question;
mod queue;
mod returns;
mod roster;
pub mod scenario;
mod score;
mod sealed;
mod service;
mod square;
mod stage;
mod standing;
pub mod study;
mod supervise;
mod tier;
pub mod topics;
pub mod triage;
pub mod views;
mod what_if;
mod whistle;
mod withdraw;

pub use action::Action;
pub use actor::{Actor, ActorError};
pub use area_index::AreaIndex;
pub use attach::{
    Attach, Attached, Attachments, Comment, File, FileKind, MAX_ATTACHMENT, MAX_ATTACHMENTS,
    MAX_OWN_ATTACHMENTS,
};
pub use case::{CallBack, Case, Deadlines, ReplayError};
pub use check::known_area;
pub use city::{Area, Category, DeskLimits, LocateArea, Rules, Unit, UnitKind};
pub use command::{Command, Limits, Submit};
pub use decide::{Context, decide};
pub use dispatch::Lead;
pub use duplicate::{
    Absorbed, AnswerJoined, Cluster, DUPLICATES_RULE, DuplicateIndex, DuplicateLimits, Join,
    Joined, JoinedAnswer, JoinedAnswered, Joiner, Joiners, Likeness, Match, Merge, Merged,
    MergedState, Released, Seen, Unmerge, Unmerged, clusters, metres_between, shared_words, terms,
};
pub use event::{Channel, DeclineReason, Event, Happening, SourceRef};
pub use extend::{AskExtension, Extend, Extended, ExtensionAsked, Extensions, RefuseExtension};
pub use gazetteer::{FoundPlace, Gazetteer, PlaceKind, PlaceName};
pub use limits::{Allowance, CityLimits, Grade, Grades, HandlingLimits, OwnLimits};
pub use memory::MemoryStore;
pub use more::More;
pub use parts::{
    AddUnit, Part, PartReported, Parts, RemoveUnit, ReportPart, UnitAdded, UnitRemoved,
};
pub use pause::{
    Amount, AnswerQuestion, AskResident, Pause, PauseKind, PauseNow, Pauses, ResidentAsked, Resume,
    Resumed, Shelve, ShelveReason, Shelved, TimeLeft,
};
pub use port::{
    Breakdown, CaseFilter, CasePoint, CaseStore, Change, Counts, DUE_SOON, MapTile, Order, Page,
    PageStart, Portion, Receipt, Recorded, Sought, StoreError,
};
pub use possible::possible;
pub use provisional::{DueSettled, PLAIN_WEEK_RULE, ProvisionalDue};
pub use question::{AnswerKind, Answers, Choice, Question};
pub use queue::{Queue, QueuePart};
pub use returns::{
    Recall, Recalled, Redirect, Redirected, Return, ReturnReason, Returned, Returns,
};
pub use roster::{MAX_SHIFTS, OnCall, Roster, Shift};
pub use score::{GivenScore, Score, Scored, Scores};
pub use sealed::{Place, Reporter, RequestWords, Sealed};
pub use service::{Asked, AtOnce, TakenIn, change, execute, execute_pair, take_in, with_steps};
pub use square::{
    DoneNear, DoneOutcome, Recurring, SQUARE_FEWEST, SQUARE_ZOOM, Square, done_near, recurring,
};
pub use stage::Stage;
pub use standing::Standing;
pub use supervise::{
    AnswerSupervision, Release, Supervise, Supervised, Supervision, SupervisionLevel, Supervisions,
};
pub use tier::{Tier, code_digits};
pub use what_if::{Step, Tally, WhatIf};
pub use whistle::{
    About, Attendance, Blow, Call, CallFilter, CallRefusal, CallUnit, Called, CheckIn, CheckIns,
    MemoryWhistles, Milestone, Planned, PlannedMilestone, Presence, RefuseCall, ScoreUnit, Whistle,
    WhistleAction, WhistleAppended, WhistleAsked, WhistleChange, WhistleCommand, WhistleEvent,
    WhistleFilter, WhistleHappening, WhistleId, WhistleKind, WhistleLimits, WhistlePage,
    WhistleRecorded, WhistleReplayError, WhistleSealed, WhistleStage, WhistleStart, WhistleStore,
    WhistleWords, decide_whistle, execute_whistle, possible_whistle,
};
pub use withdraw::Withdraw;
