//! Whistles and duty rosters.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use yiwang_base::{Purpose, Timestamp};
use yiwang_cases::{
    Call, CheckIns, Milestone, Shift, Whistle, WhistleEvent, WhistleRecorded, WhistleSealed,
};

use super::object::object;
use super::request::{PlaceBody, PointBody};
use super::{
    AttendanceWord, Named, Time, WhistleActionWord, WhistleEventWord, WhistleKindWord,
    WhistleStageWord, Word,
};
use crate::policy::Sight;

/// A unit to call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallBody {
    /// Code of the unit.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub unit: String,
    /// Minutes by the clock until it is to check in; the kind's usual limit if not
    /// given. At most 43200 (30 days), for an emergency 240.
    #[schema(minimum = 1, maximum = 43200)]
    pub within_minutes: Option<u32>,
}

/// A milestone to plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneBody {
    /// What is reached with it; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub title: String,
    /// By when.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
}

/// Blow a whistle.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlowBody {
    /// Its kind.
    pub kind: WhistleKindWord,
    /// Number of the case it is about, `C1024`.
    pub case: Option<String>,
    /// Code of the area, where it differs from what the point or the case says.
    pub area: Option<String>,
    /// What the called units are to do.
    #[schema(min_length = 1, max_length = 4000)]
    pub words: String,
    /// Where; without a case or an area it is required.
    #[serde(default, deserialize_with = "object")]
    pub place: PlaceBody,
    /// Units to call, 1 to 50.
    #[schema(min_items = 1, max_items = 50)]
    pub calls: Vec<CallBody>,
    /// Milestones of a campaign, 1 to 50; other kinds have none.
    #[serde(default)]
    pub milestones: Vec<MilestoneBody>,
}

/// Call one more unit, or one that refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallUnitBody {
    /// Code of the unit.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub unit: String,
    /// Minutes by the clock until it is to check in.
    #[schema(minimum = 1, maximum = 43200)]
    pub within_minutes: Option<u32>,
    /// Why; required for a unit that refused. It stays in the record.
    #[schema(max_length = 300)]
    pub reason: Option<String>,
}

/// Check in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInBody {
    /// Name of who came.
    #[schema(min_length = 1, max_length = 300)]
    pub person: String,
    /// A telephone number to reach that person by.
    #[schema(max_length = 300)]
    pub phone: Option<String>,
    /// Where the person is.
    #[serde(deserialize_with = "object")]
    pub place: PlaceBody,
    /// When the person came, where that was before checking in.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub arrived_at: Option<Timestamp>,
    /// What there is to say about it.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// Refuse a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefuseBody {
    /// Why; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
    /// Code of the unit that is responsible, if you know.
    pub responsible: Option<String>,
}

/// Tick a milestone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReachBody {
    /// Its place in the plan, from 0.
    #[schema(minimum = 0)]
    pub milestone: u32,
    /// What there is to say about it.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// Take a tick back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnreachBody {
    /// Its place in the plan, from 0.
    #[schema(minimum = 0)]
    pub milestone: u32,
    /// Why; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// Say that the work is done.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmBody {
    /// What was found.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// Score a unit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreCallBody {
    /// Code of the unit.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub unit: String,
    /// 1 (very bad) to 5 (very good).
    #[schema(minimum = 1, maximum = 5)]
    pub score: u8,
    /// Why; required for a 1 or a 2.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// End a whistle.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndBody {
    /// Why it ends with something left open; it stays in the record.
    #[schema(max_length = 300)]
    pub reason: Option<String>,
}

/// Take a whistle back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawWhistleBody {
    /// Why; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// One call of one unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallView {
    /// Code of the unit.
    pub unit: String,
    /// When it was called.
    pub called_at: Time,
    /// By when it is to check in.
    pub check_in_by: Time,
    /// When it checked in.
    #[schema(required)]
    pub checked_in_at: Option<Time>,
    /// What became of it.
    pub attendance: AttendanceWord,
    /// Code of the unit that is responsible, as the one that refused says.
    #[schema(required)]
    pub responsible: Option<String>,
    /// How the caller scored it, 1 to 5.
    #[schema(required, minimum = 1, maximum = 5)]
    pub score: Option<u8>,
}

impl CallView {
    fn of(call: &Call, whistle: &Whistle, now: Timestamp) -> CallView {
        let refused = call.refused.as_ref();
        let responsible = refused.and_then(|refusal| refusal.responsible.as_ref());
        CallView {
            unit: call.unit.to_string(),
            called_at: Time(call.called_at),
            check_in_by: Time(call.check_in_by),
            checked_in_at: call.checked_in_at.map(Time),
            attendance: Word(call.attendance(whistle.ended_at, now)),
            responsible: responsible.map(ToString::to_string),
            score: call.score,
        }
    }
}

/// A milestone.
#[derive(Debug, Serialize, ToSchema)]
pub struct MilestoneView {
    /// What is reached with it.
    pub title: String,
    /// By when.
    pub due: Time,
    /// When it was reached.
    #[schema(required)]
    pub reached_at: Option<Time>,
}

impl From<&Milestone> for MilestoneView {
    fn from(milestone: &Milestone) -> Self {
        Self {
            title: milestone.title.clone(),
            due: Time(milestone.due),
            reached_at: milestone.reached_at.map(Time),
        }
    }
}

/// A whistle on the board.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhistleRow {
    /// Its number, `W12`.
    #[schema(pattern = "^W[1-9][0-9]*$")]
    pub id: String,
    /// Its version, for `If-Match`.
    pub version: u32,
    /// Its kind.
    pub kind: WhistleKindWord,
    /// Where it stands.
    pub stage: WhistleStageWord,
    /// Code of the unit that blew it; `null` for the desk.
    #[schema(required)]
    pub by: Option<String>,
    /// The case it is about.
    #[schema(required)]
    pub case: Option<String>,
    /// Code of its area.
    #[schema(required)]
    pub area: Option<String>,
    /// What is asked for; `null` when erased or not for this reader.
    #[schema(required)]
    pub words: Option<String>,
    /// Where, in words.
    #[schema(required)]
    pub address: Option<String>,
    /// Where, on the map.
    #[schema(required)]
    pub point: Option<PointBody>,
    /// Its calls, in the order in which they were made; of several of one unit the last counts.
    pub calls: Vec<CallView>,
    /// Milestones of a campaign.
    pub milestones: Vec<MilestoneView>,
    /// When it was blown.
    pub blown_at: Time,
    /// By when the next check-in or milestone is due.
    #[schema(required)]
    pub due_at: Option<Time>,
    /// Whether that is late.
    pub late: bool,
    /// When the work was confirmed.
    #[schema(required)]
    pub confirmed_at: Option<Time>,
    /// When it was closed or withdrawn.
    #[schema(required)]
    pub ended_at: Option<Time>,
}

impl WhistleRow {
    /// The row that a reader with this sight gets.
    pub fn of(whistle: &Whistle, sight: Sight, now: Timestamp) -> WhistleRow {
        let words = whistle.words.as_ref().filter(|_| sight.words);
        let words = words.map(|words| words.disclose(Purpose::HandleCase));
        let calls = whistle.calls.iter();
        WhistleRow {
            id: whistle.id.to_string(),
            version: whistle.version,
            kind: Word(whistle.kind),
            stage: Word(whistle.stage),
            by: whistle.by.as_ref().map(ToString::to_string),
            case: whistle.case.map(|case| case.to_string()),
            area: whistle.area.as_ref().map(ToString::to_string),
            words: words.map(|words| words.words.clone()),
            address: words.and_then(|words| words.place.address.clone()),
            point: words.and_then(|words| words.place.point).map(point),
            calls: calls.map(|call| CallView::of(call, whistle, now)).collect(),
            milestones: whistle.milestones.iter().map(MilestoneView::from).collect(),
            blown_at: Time(whistle.blown_at),
            due_at: whistle.due_at().map(Time),
            late: whistle.is_late(now),
            confirmed_at: whistle.confirmed_at.map(Time),
            ended_at: whistle.ended_at.map(Time),
        }
    }
}

fn point(point: yiwang_base::Point) -> PointBody {
    PointBody {
        lon: point.lon(),
        lat: point.lat(),
    }
}

/// A page of whistles.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhistlePageView {
    /// The whistles.
    pub whistles: Vec<WhistleRow>,
    /// The cursor of the next page.
    #[schema(required)]
    pub next: Option<String>,
    /// The time to which lateness was judged.
    pub as_of: Time,
}

/// Who came.
#[derive(Debug, Serialize, ToSchema)]
pub struct PresenceView {
    /// Name.
    pub person: String,
    /// Telephone number.
    #[schema(required)]
    pub phone: Option<String>,
    /// Where, in words.
    #[schema(required)]
    pub address: Option<String>,
    /// Where, on the map.
    #[schema(required)]
    pub point: Option<PointBody>,
    /// When, where that was before checking in.
    #[schema(required)]
    pub arrived_at: Option<Time>,
}

/// One event of a whistle.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhistleTimelineRow {
    /// The entry's number in the journal.
    pub seq: u64,
    /// When it happened.
    pub at: Time,
    /// Who did it: `user:li.na`.
    pub by: String,
    /// What happened.
    pub event: WhistleEventWord,
    /// What the entry says of it.
    #[schema(value_type = Object)]
    pub data: Value,
    /// On what grounds.
    #[schema(required)]
    pub grounds: Option<String>,
    /// A note; `null` when there is none, it was erased or it is not for this reader.
    #[schema(required)]
    pub note: Option<String>,
    /// Who came; `null` likewise.
    #[schema(required)]
    pub presence: Option<PresenceView>,
}

impl WhistleTimelineRow {
    /// The row that a reader with this sight gets.
    pub fn of(recorded: &WhistleRecorded, sight: Sight) -> WhistleTimelineRow {
        let happening = &recorded.happening;
        let (note, presence) = match &happening.sealed {
            Some(WhistleSealed::Note(note)) if sight.words => {
                (Some(note.disclose(Purpose::HandleCase).clone()), None)
            }
            Some(WhistleSealed::Presence(presence)) if sight.reporter => {
                let presence = presence.disclose(Purpose::HandleCase);
                let view = PresenceView {
                    person: presence.person.clone(),
                    phone: presence.phone.clone(),
                    address: presence.place.address.clone(),
                    point: presence.place.point.map(point),
                    arrived_at: presence.arrived_at.map(Time),
                };
                (presence.note.clone(), Some(view))
            }
            _ => (None, None),
        };
        WhistleTimelineRow {
            seq: recorded.seq,
            at: Time(happening.at),
            by: happening.by.to_string(),
            event: WhistleEventWord(happening.event.word()),
            data: particulars(&happening.event),
            grounds: happening.grounds.clone(),
            note,
            presence,
        }
    }
}

/// What an event holds, without its name.
fn particulars(event: &WhistleEvent) -> Value {
    match serde_json::to_value(event) {
        Ok(Value::Object(object)) => object.into_iter().next().map_or(Value::Null, |(_, v)| v),
        _ => Value::Null,
    }
}

/// One whistle, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhistleDetail {
    /// What the board shows of it.
    #[serde(flatten)]
    pub row: WhistleRow,
    /// What this reader can do with it now.
    pub actions: Vec<WhistleActionWord>,
    /// Who of the called units is on duty now; empty for readers who do not see rosters.
    pub on_duty: Vec<OnDutyView>,
    /// What happened, oldest first.
    pub timeline: Vec<WhistleTimelineRow>,
}

/// Someone on duty.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnDutyView {
    /// Code of the unit.
    pub unit: String,
    /// Name.
    pub person: String,
    /// Telephone number.
    pub phone: String,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
}

impl OnDutyView {
    /// A shift of a unit.
    pub fn of(unit: &yiwang_base::UnitCode, shift: &Shift) -> OnDutyView {
        let on_call = shift.on_call.disclose(Purpose::HandleCase);
        OnDutyView {
            unit: unit.to_string(),
            person: on_call.person.clone(),
            phone: on_call.phone.clone(),
            from: Time(shift.from),
            until: Time(shift.until),
        }
    }
}

/// A shift of a roster.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShiftBody {
    /// Name.
    #[schema(min_length = 1, max_length = 300)]
    pub person: String,
    /// Telephone number.
    #[schema(min_length = 1, max_length = 300)]
    pub phone: String,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when, not included; at most 7 days later.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// A unit's roster; it takes the place of the one before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterBody {
    /// The shifts, at most 1000; several people may be on duty at once.
    #[schema(max_items = 1000)]
    pub shifts: Vec<ShiftBody>,
}

/// A unit's roster. Its `ETag` is its version.
#[derive(Debug, Serialize, ToSchema)]
pub struct RosterView {
    /// Code of the unit.
    pub unit: String,
    /// Its version, for `If-Match`; 0 where it was never set.
    pub version: u64,
    /// The shifts, in order of time.
    pub shifts: Vec<OnDutyView>,
    /// Stretches of the time that was asked about in which nobody is on duty.
    pub gaps: Vec<GapView>,
    /// From when gaps were looked for.
    pub from: Time,
    /// Until when.
    pub until: Time,
}

/// A stretch in which nobody is on duty.
#[derive(Debug, Serialize, ToSchema)]
pub struct GapView {
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// How many minutes of it are working time by the city's calendar; `null` where that
    /// cannot be said.
    #[schema(required)]
    pub working_minutes: Option<u32>,
}

/// Two shifts whose people change places (换班).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwapBody {
    /// Position of one in the list of shifts, from 0.
    pub first: usize,
    /// Position of the other.
    pub second: usize,
    /// Why; it stays in the record.
    #[schema(max_length = 300)]
    pub grounds: Option<String>,
}

/// Everyone on duty.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnDutyNow {
    /// At which time.
    pub as_of: Time,
    /// Who, by unit.
    pub on_duty: Vec<OnDutyView>,
}

/// How a unit answers whistles.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckInsView {
    /// Code of the unit.
    pub unit: String,
    /// Calls in all.
    pub called: u64,
    /// Came by the deadline.
    pub on_time: u64,
    /// Came after it.
    pub late: u64,
    /// Has not come though the deadline has passed.
    pub overdue: u64,
    /// Never came before the whistle ended.
    pub absent: u64,
    /// Still has time.
    pub waiting: u64,
    /// Refused.
    pub refused: u64,
    /// The whistle ended before the deadline.
    pub released: u64,
    /// Calls whose deadline has told: on time, late, overdue and absent together.
    pub counted: u64,
    /// Minutes by which those that came late were late, together.
    pub late_minutes: i64,
    /// Calls that were scored.
    pub scored: u64,
    /// Those scores, together.
    pub score_sum: u64,
}

impl CheckInsView {
    /// The counts of a unit.
    pub fn of(unit: &yiwang_base::UnitCode, counts: &CheckIns) -> CheckInsView {
        CheckInsView {
            unit: unit.to_string(),
            called: counts.called,
            on_time: counts.on_time,
            late: counts.late,
            overdue: counts.overdue,
            absent: counts.absent,
            waiting: counts.waiting,
            refused: counts.refused,
            released: counts.released,
            counted: counts.counted(),
            late_minutes: counts.late_millis / 60_000,
            scored: counts.scored,
            score_sum: counts.score_sum,
        }
    }
}

/// How units answer whistles.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckInsPage {
    /// Each unit that was called, by its code.
    pub units: Vec<CheckInsView>,
    /// The time to which lateness was judged.
    pub as_of: Time,
}

/// A change of a whistle, as the live feed tells it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhistleChangeView {
    /// The entry's number in the journal.
    pub seq: u64,
    /// The whistle.
    pub id: String,
    /// Its version now.
    pub version: u32,
    /// What happened.
    pub event: WhistleEventWord,
    /// Its kind.
    pub kind: WhistleKindWord,
    /// Where it stands now.
    pub stage: WhistleStageWord,
    /// The case it is about.
    #[schema(required)]
    pub case: Option<String>,
    /// By when the next check-in or milestone is due.
    #[schema(required)]
    pub due_at: Option<Time>,
    /// Whether that is late.
    pub late: bool,
    /// Who did it.
    pub by: String,
}

/// The words of whistles with their names.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhistleWordsView {
    /// Kinds.
    pub kinds: Vec<Named<WhistleKindWord>>,
    /// Stages.
    pub stages: Vec<Named<WhistleStageWord>>,
    /// Actions.
    pub actions: Vec<Named<WhistleActionWord>>,
    /// Sorts of events.
    pub events: Vec<Named<WhistleEventWord>>,
    /// What may become of a call.
    pub attendances: Vec<Named<AttendanceWord>>,
}
