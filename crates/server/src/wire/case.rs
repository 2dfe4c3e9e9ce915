//! Cases as staff see them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use yiwang_base::{Purpose, Timestamp};
use yiwang_cases::{Breakdown, CallBack, Case, Counts, Portion, RequestWords, Sealed, Stage};

use super::duplicate::MergingView;
use super::duty::DutyView;
use super::request::{PointBody, ReporterBody};
use super::{
    ActionWord, ChannelWord, DeclineWord, EventWord, FileView, LifeView, StageWord, Text, Time,
    UsualView, Word,
};
use crate::policy::Sight;

/// What the resident said when last asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallBackView {
    /// When.
    pub at: Time,
    /// Whether anybody answered.
    pub reached: bool,
    /// Whether the resident says it is solved.
    #[schema(required)]
    pub solved: Option<bool>,
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5, required)]
    pub satisfaction: Option<u8>,
}

impl From<&CallBack> for CallBackView {
    fn from(said: &CallBack) -> Self {
        Self {
            at: Time(said.at),
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
    #[schema(pattern = "^C[1-9][0-9]*$")]
    pub id: String,
    /// Its version, for `If-Match`.
    pub version: u32,
    /// Where it stands.
    pub stage: StageWord,
    /// How it came in.
    pub channel: ChannelWord,
    /// Code of its category.
    #[schema(required)]
    pub category: Option<String>,
    /// Code of its area.
    #[schema(required)]
    pub area: Option<String>,
    /// Code of its lead unit.
    #[schema(required)]
    pub unit: Option<String>,
    /// What was said; `null` when erased or not for this reader.
    #[schema(required)]
    pub words: Option<String>,
    /// Where, in words.
    #[schema(required)]
    pub address: Option<String>,
    /// Where, on the map.
    #[schema(required)]
    pub point: Option<PointBody>,
    /// Whether its words were erased.
    pub erased: bool,
    /// When it came in.
    pub submitted_at: Time,
    /// By when the next step is due.
    #[schema(required)]
    pub due_at: Option<Time>,
    /// Whether that was counted without knowing all of its days: it waits for a year
    /// of the calendar.
    pub due_provisional: bool,
    /// When it was closed or declined.
    #[schema(required)]
    pub closed_at: Option<Time>,
    /// Whether the next step is late.
    pub late: bool,
    /// Times it was opened again.
    pub reopened: u32,
    /// Failed verifications.
    pub failed_verifications: u32,
    /// The last call-back.
    #[schema(required)]
    pub call_back: Option<CallBackView>,
}

impl CaseRow {
    /// The row that a reader with this sight gets.
    pub fn of(case: &Case, sight: Sight, now: Timestamp) -> CaseRow {
        let words = seen_words(case, sight);
        CaseRow {
            id: case.id.to_string(),
            version: case.version,
            stage: Word(case.stage),
            channel: Word(case.channel),
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
            submitted_at: Time(case.submitted_at),
            due_at: case.due_at.map(Time),
            due_provisional: case.is_due_provisionally(),
            closed_at: case.closed_at.map(Time),
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
    #[schema(required)]
    pub next: Option<String>,
    /// The time to which lateness was judged.
    pub as_of: Time,
}

/// Cases by stage.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "each field is the stage's word")]
pub struct ByStage {
    pub submitted: u64,
    pub accepted: u64,
    pub dispatched: u64,
    pub in_progress: u64,
    pub reported: u64,
    pub verified: u64,
    pub closed: u64,
    pub declined: u64,
    pub merged: u64,
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
    pub by_stage: ByStage,
    /// The time to which lateness was judged.
    pub as_of: Time,
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
            by_stage: ByStage {
                submitted: of(Stage::Submitted),
                accepted: of(Stage::Accepted),
                dispatched: of(Stage::Dispatched),
                in_progress: of(Stage::InProgress),
                reported: of(Stage::Reported),
                verified: of(Stage::Verified),
                closed: of(Stage::Closed),
                declined: of(Stage::Declined),
                merged: of(Stage::Merged),
            },
            as_of: Time(now),
        }
    }
}

/// How the cases that a filter finds divide.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakdownView {
    /// By category, the most first.
    pub by_category: Vec<PortionView>,
    /// By area, the most first.
    pub by_area: Vec<PortionView>,
    /// By the hour in which they came in, the last 24, the oldest first.
    pub by_hour: Vec<HourView>,
    /// The time to which lateness was judged.
    pub as_of: Time,
}

/// Cases of one category or area.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortionView {
    /// Its code; `null` for cases that have none.
    #[schema(required)]
    pub code: Option<String>,
    /// All of them.
    pub total: u64,
    /// Those on which someone has to act.
    pub open: u64,
    /// Those whose next step is late.
    pub late: u64,
}

/// Cases that came in during an hour.
#[derive(Debug, Serialize, ToSchema)]
pub struct HourView {
    /// Its beginning.
    pub from: Time,
    /// Its end.
    pub until: Time,
    /// How many.
    pub total: u64,
}

impl BreakdownView {
    /// What was divided, with the times between which the hours lie.
    pub fn of(found: &Breakdown, hours: &[Timestamp], now: Timestamp) -> BreakdownView {
        let by_hour = hours.windows(2).enumerate().map(|(number, hour)| HourView {
            from: Time(hour[0]),
            until: Time(hour[1]),
            total: found.by_span.get(&number).copied().unwrap_or(0),
        });
        BreakdownView {
            by_category: portions(&found.by_category),
            by_area: portions(&found.by_area),
            by_hour: by_hour.collect(),
            as_of: Time(now),
        }
    }
}

fn portions<C: std::fmt::Display>(found: &BTreeMap<Option<C>, Portion>) -> Vec<PortionView> {
    let mut portions: Vec<PortionView> = found
        .iter()
        .map(|(code, portion)| PortionView {
            code: code.as_ref().map(ToString::to_string),
            total: portion.total,
            open: portion.open,
            late: portion.late,
        })
        .collect();
    portions.sort_by_key(|portion| std::cmp::Reverse(portion.total));
    portions
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
    pub at: Time,
    /// When it was recorded.
    pub recorded_at: Time,
    /// Who: `resident`, `user:li.na`, `import:boston311`, `system:…`.
    pub by: String,
    /// What, `dispatched`.
    pub event: EventWord,
    /// Its particulars.
    #[schema(value_type = Object)]
    pub data: Value,
    /// On what grounds.
    #[schema(required)]
    pub grounds: Option<String>,
    /// What was said about it.
    #[schema(required)]
    pub note: Option<String>,
}

/// Where an imported case comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceView {
    /// The system's name, `boston311`.
    pub system: String,
    /// The case's number there.
    pub id: String,
}

/// One case, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseDetail {
    /// What lists show.
    #[serde(flatten)]
    pub row: CaseRow,
    /// Who sent it.
    #[schema(required)]
    pub reporter: Option<ReporterBody>,
    /// The sender's follow code.
    #[schema(required)]
    pub follow_code: Option<String>,
    /// Where it was imported from.
    #[schema(required)]
    pub source: Option<SourceView>,
    /// Why it was declined.
    #[schema(required)]
    pub decline: Option<DeclineWord>,
    /// By when the resident is to be contacted.
    #[schema(required)]
    pub respond_by: Option<Time>,
    /// By when it is to be resolved.
    #[schema(required)]
    pub resolve_by: Option<Time>,
    /// When it was last dispatched.
    #[schema(required)]
    pub dispatched_at: Option<Time>,
    /// When handling began.
    #[schema(required)]
    pub started_at: Option<Time>,
    /// When the unit said it is done.
    #[schema(required)]
    pub reported_at: Option<Time>,
    /// Closed without a passed verification.
    pub closed_unverified: bool,
    /// Who leads, who assists, who gave it back.
    #[serde(flatten)]
    pub duty: DutyView,
    /// What held it up, who watched, how work was scored.
    #[serde(flatten)]
    pub life: LifeView,
    /// Files that were attached; none for a reader who sees no words.
    pub files: Vec<FileView>,
    /// What others have to do with it.
    #[serde(flatten)]
    pub merging: MergingView,
    /// What this reader can do with it now, the usual next step first.
    pub actions: Vec<ActionWord>,
    /// Units that answer for it.
    pub suggested_units: Vec<SuggestedUnit>,
    /// When cases like it are usually done; `null` once it is done, and where too
    /// little is known.
    #[schema(required)]
    pub usually_done: Option<UsualView>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineRow>,
}

/// A change of a case, as the live stream tells it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeView {
    /// The entry's number in the journal.
    pub seq: u64,
    /// The case's number.
    pub id: String,
    /// The case's version now.
    pub version: u32,
    /// What happened.
    pub event: EventWord,
    /// Where the case stands now.
    pub stage: StageWord,
    /// Code of its lead unit.
    #[schema(required)]
    pub unit: Option<String>,
    /// Code of its area.
    #[schema(required)]
    pub area: Option<String>,
    /// Code of its category.
    #[schema(required)]
    pub category: Option<String>,
    /// Whether its next step is late.
    pub late: bool,
    /// By when the next step is due.
    #[schema(required)]
    pub due_at: Option<Time>,
    /// Who did it.
    pub by: String,
}
