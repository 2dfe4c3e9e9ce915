//! Merging duplicates (并案): one case goes on, the others follow it.
//!
//! The case that goes on is the *main* one. A merged case leaves the race: no
//! deadline runs for it, and its reporter sees the main case's progress. It can
//! come back at any time, at the stage and with the deadlines that it had: the
//! resident has been waiting all along, so the clocks went on meanwhile.

use serde::{Deserialize, Serialize};
use yiwang_base::{CaseId, Refusal, RefusalKind, Timestamp};

use crate::check::{MAX_SHORT, text};
use crate::decide::Context;
use crate::{Case, Event, Happening, ProvisionalDue, Stage};

/// Most cases that one main case has.
const MAX_MERGED: usize = 1_000;

/// Merge a case as a duplicate (并案).
#[derive(Debug, Clone)]
pub struct Merge {
    /// The main case, as it is.
    pub main: Box<Case>,
    /// Why, where the person says more than that they are alike; as it will
    /// stand in the record.
    pub reason: Option<String>,
}

/// Take a merged case out again (撤销并案).
#[derive(Debug, Clone)]
pub struct Unmerge {
    /// Why, as it will stand in the record.
    pub reason: String,
}

/// The case was merged (并案).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merged {
    /// The main case.
    pub into: CaseId,
}

/// The case came out again (撤销并案). Why is the entry's grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unmerged {
    /// The main case that it followed.
    pub from: CaseId,
}

/// Another case was merged with this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absorbed {
    /// The other case.
    pub case: CaseId,
}

/// A case that was merged with this one came out again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Released {
    /// The other case.
    pub case: CaseId,
}

/// That a case is merged, and how it comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergedState {
    /// The main case.
    pub into: CaseId,
    /// Where it stood.
    pub stage: Stage,
    /// What was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Which of its deadlines waited for a year of the calendar.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provisional: Vec<ProvisionalDue>,
}

impl Merged {
    pub(crate) fn apply(&self, case: &mut Case, at: Timestamp) {
        case.more.merged = Some(MergedState {
            into: self.into,
            stage: case.stage,
            due_at: case.due_at,
            provisional: case.more.provisional.clone(),
        });
        case.closed_at = Some(at);
        case.to(Stage::Merged, None);
    }
}

impl Unmerged {
    pub(crate) fn apply(&self, case: &mut Case) {
        if let Some(before) = case.more.merged.take() {
            case.closed_at = None;
            case.more.provisional = before.provisional;
            case.to(before.stage, before.due_at);
        }
    }
}

impl Absorbed {
    pub(crate) fn apply(&self, case: &mut Case) {
        case.more.duplicates.push(self.case);
    }
}

impl Released {
    pub(crate) fn apply(&self, case: &mut Case) {
        case.more.duplicates.retain(|other| *other != self.case);
    }
}

pub(crate) fn decide_merge(
    case: &Case,
    command: &Merge,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    let main = &command.main;
    if main.id == case.id {
        return Err(refused(
            "merge.itself",
            "案卷不能并入自己",
            "a case is not merged with itself",
            main.id,
        ));
    }
    if let Some(merged) = &main.more.merged {
        return Err(refused(
            "merge.chain",
            format!("案卷{}已并入案卷{}；请并入主案", main.id, merged.into),
            format!(
                "case {} follows case {}: merge with that one",
                main.id, merged.into
            ),
            main.id,
        )
        .allowing([merged.into.to_string()]));
    }
    if !main.stage.is_open() {
        return Err(refused(
            "merge.main-over",
            format!("案卷{}已经办结，不能再并入", main.id),
            format!("case {} is over: nothing is merged with it", main.id),
            main.id,
        ));
    }
    if main.more.duplicates.len() >= MAX_MERGED {
        return Err(refused(
            "merge.too-many",
            format!("一个主案最多并入 {MAX_MERGED} 件"),
            format!("at most {MAX_MERGED} cases are merged with one"),
            main.id,
        ));
    }
    let mut happening = context.event(Event::Merged(Merged { into: main.id }));
    if let Some(reason) = &command.reason {
        happening.grounds = Some(text(reason, "reason", MAX_SHORT)?.to_owned());
    }
    Ok(happening)
}

pub(crate) fn decide_unmerge(
    case: &Case,
    command: &Unmerge,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    let reason = text(&command.reason, "reason", MAX_SHORT)?;
    let Some(merged) = &case.more.merged else {
        return Err(refused(
            "merge.not-merged",
            "案卷没有并入别的案卷",
            "this case is not merged",
            case.id,
        ));
    };
    let from = merged.into;
    let mut happening = context.event(Event::Unmerged(Unmerged { from }));
    happening.grounds = Some(reason.to_owned());
    Ok(happening)
}

/// What the main case hears of a merge, from what happened to the other.
pub(crate) fn absorbed(other: &Case, merged: &Happening) -> Happening {
    Happening {
        event: Event::Absorbed(Absorbed { case: other.id }),
        ..merged.clone()
    }
}

/// What the main case hears when the other comes out again.
pub(crate) fn released(other: &Case, unmerged: &Happening) -> Happening {
    Happening {
        event: Event::Released(Released { case: other.id }),
        ..unmerged.clone()
    }
}

fn refused(
    code: &'static str,
    zh: impl Into<String>,
    en: impl Into<String>,
    found: CaseId,
) -> Refusal {
    Refusal::new(RefusalKind::Invalid, code, zh, en)
        .at("into")
        .found(found.to_string())
}
