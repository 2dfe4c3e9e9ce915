//! Cases as staff see them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use yiwang_base::{Purpose, Timestamp};
use yiwang_cases::{CallBack, Case, Counts, RequestWords, Sealed, Stage};

use super::request::{PointBody, ReporterBody};
use super::{Text, time};
use crate::city::channel_word;
use crate::policy::Sight;

/// What the resident said when last asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallBackView {
    /// When.
    pub at: String,
    /// Whether anybody answered.
    pub reached: bool,
    /// Whether the resident says it is solved.
    pub solved: Option<bool>,
    /// 1 to 5.
    pub satisfaction: Option<u8>,
}

impl From<&CallBack> for CallBackView {
    fn from(said: &CallBack) -> Self {
        Self {
            at: time(said.at),
            reached: said.reached,
            solved: said.solved,
            satisfaction: said.satisfaction,
        }
    }
}

/// A case in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseRow {
    /// Its number, `C1024`.
    pub id: String,
    /// Its version, for `If-Match`.
    pub version: u32,
    /// Where it stands.
    pub stage: &'static str,
    /// How it came in.
    pub channel: &'static str,
    /// Code of its category.
    pub category: Option<String>,
    /// Code of its area.
    pub area: Option<String>,
    /// Code of its lead unit.
    pub unit: Option<String>,
    /// What was said; `null` when erased or not for this reader.
    pub words: Option<String>,
    /// Where, in words.
    pub address: Option<String>,
    /// Where, on the map.
    pub point: Option<PointBody>,
    /// Whether its words were erased.
    pub erased: bool,
    /// When it came in.
    pub submitted_at: String,
    /// By when the next step is due.
    pub due_at: Option<String>,
    /// When it was closed or declined.
    pub closed_at: Option<String>,
    /// Whether the next step is late.
    pub late: bool,
    /// Times it was opened again.
    pub reopened: u32,
    /// Failed verifications.
    pub failed_verifications: u32,
    /// The last call-back.
    pub call_back: Option<CallBackView>,
}

impl CaseRow {
    /// The row that a reader with this sight gets.
    pub fn of(case: &Case, sight: Sight, now: Timestamp) -> CaseRow {
        let words = seen_words(case, sight);
        CaseRow {
            id: case.id.to_string(),
            version: case.version,
            stage: case.stage.word(),
            channel: channel_word(case.channel),
            category: case.category.as_ref().map(ToString::to_string),
            area: case.area.as_ref().map(ToString::to_string),
            unit: case.unit.as_ref().map(ToString::to_string),
            words: words.map(|w| w.words.clone()),
            address: words.and_then(|w| w.place.address.clone()),
            point: words.and_then(|w| w.place.point).map(|p| PointBody {
                lon: p.lon(),
                lat: p.lat(),
            }),
            erased: case.erased,
            submitted_at: time(case.submitted_at),
            due_at: case.due_at.map(time),
            closed_at: case.closed_at.map(time),
            late: case.is_late(now),
            reopened: case.reopened,
            failed_verifications: case.failed_verifications,
            call_back: case.call_back.as_ref().map(CallBackView::from),
        }
    }
}

/// What was said, if this reader may see it.
pub(crate) fn seen_words(case: &Case, sight: Sight) -> Option<&RequestWords> {
    let request = case.request.as_ref().filter(|_| sight.words)?;
    Some(request.disclose(Purpose::HandleCase))
}

/// A note, if this reader may see it.
pub(crate) fn seen_note(sealed: Option<&Sealed>, sight: Sight) -> Option<String> {
    match sealed {
        Some(Sealed::Note(note)) if sight.words => Some(note.disclose(Purpose::HandleCase).clone()),
        _ => None,
    }
}

/// A page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct CasePage {
    /// The cases.
    pub cases: Vec<CaseRow>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// The time to which lateness was judged.
    pub as_of: String,
}

/// How many cases a filter finds.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsView {
    /// All of them.
    pub total: u64,
    /// Those on which someone has to act.
    pub open: u64,
    /// Those whose next step is late.
    pub late: u64,
    /// Those whose next step is due within four hours.
    pub due_soon: u64,
    /// By stage; every stage is there.
    pub by_stage: BTreeMap<&'static str, u64>,
    /// The time to which lateness was judged.
    pub as_of: String,
}

impl CountsView {
    /// The counts as of a time.
    pub fn of(counts: &Counts, now: Timestamp) -> CountsView {
        let of = |stage: Stage| counts.by_stage.get(&stage).copied().unwrap_or(0);
        CountsView {
            total: Stage::ALL.into_iter().map(of).sum(),
            open: Stage::ALL.into_iter().filter(|s| s.is_open()).map(of).sum(),
            late: counts.late,
            due_soon: counts.due_soon,
            by_stage: Stage::ALL.into_iter().map(|s| (s.word(), of(s))).collect(),
            as_of: time(now),
        }
    }
}

/// A unit that answers for the case.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedUnit {
    /// Its code.
    pub unit: String,
    /// Why it.
    pub why: Text,
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineRow {
    /// The entry's number in the journal.
    pub seq: u64,
    /// When it happened.
    pub at: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// Who: `resident`, `user:li.na`, `import:boston311`, `system:…`.
    pub by: String,
    /// What, `dispatched`.
    pub event: &'static str,
    /// Its particulars.
    #[schema(value_type = Object)]
    pub data: Value,
    /// On what grounds.
    pub grounds: Option<String>,
    /// What was said about it.
    pub note: Option<String>,
}

/// One case, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseDetail {
    /// What lists show.
    #[serde(flatten)]
    pub row: CaseRow,
    /// Who sent it.
    pub reporter: Option<ReporterBody>,
    /// The sender's follow code.
    pub follow_code: Option<String>,
    /// Where it was imported from, `boston311 101004128563`.
    pub source: Option<String>,
    /// Why it was declined.
    pub decline: Option<String>,
    /// By when the resident is to be contacted.
    pub respond_by: Option<String>,
    /// By when it is to be resolved.
    pub resolve_by: Option<String>,
    /// When it was last dispatched.
    pub dispatched_at: Option<String>,
    /// When handling began.
    pub started_at: Option<String>,
    /// When the unit said it is done.
    pub reported_at: Option<String>,
    /// Closed without a passed verification.
    pub closed_unverified: bool,
    /// What this reader can do with it now, the usual next step first.
    pub actions: Vec<&'static str>,
    /// Units that answer for it.
    pub suggested_units: Vec<SuggestedUnit>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineRow>,
}
