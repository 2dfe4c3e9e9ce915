//! Dossiers as callers see them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use yiwang_base::{Purpose, Timestamp, UserName};
use yiwang_cases::civic::{Content, Dossier, RecordedDeed, Tag, Words};

use super::{CapacityWord, KindWord, PointBody, Text, Time, Word};
use crate::policy::Sight;

/// A dossier in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierRow {
    /// Its number, `D12`.
    #[schema(pattern = "^D[1-9][0-9]*$")]
    pub id: String,
    /// What sort.
    pub kind: KindWord,
    /// Its version, for `If-Match`.
    pub version: u32,
    /// Where it stands, a word of its kind: `open`, `mediating`, `published`.
    pub state: String,
    /// Of a consultation, where it stands at this moment: `upcoming`, `open`, `counting`, …
    #[schema(required)]
    pub phase: Option<String>,
    /// Its title; `null` where no one has written one.
    #[schema(required)]
    pub title: Option<Text>,
    /// Code of the unit that leads.
    #[schema(required)]
    pub unit: Option<String>,
    /// Codes of areas it is about.
    pub areas: Vec<String>,
    /// Codes of categories it is about.
    pub categories: Vec<String>,
    /// When it was opened.
    pub opened_at: Time,
    /// When it last changed.
    pub changed_at: Time,
    /// By when the next step is due.
    #[schema(required)]
    pub due_at: Option<Time>,
    /// Whether that is late.
    pub late: bool,
    /// Whether something sealed was erased.
    pub erased: bool,
    /// What its steps add up to; its fields are in docs/API.md by kind.
    #[schema(value_type = Object)]
    pub content: Value,
}

impl DossierRow {
    /// The row for this reader.
    pub(crate) fn of(dossier: &Dossier, reader: Reader<'_>, now: Timestamp) -> DossierRow {
        let head = dossier.head();
        let codes = |of: fn(&Tag) -> Option<String>| head.tags.iter().filter_map(of).collect();
        DossierRow {
            id: dossier.id.to_string(),
            kind: Word(dossier.kind()),
            version: dossier.version,
            state: head.state.to_owned(),
            phase: match &dossier.content {
                Content::Consultation(one) => Some(one.phase(now).to_owned()),
                _ => None,
            },
            title: head.title.as_ref().map(Text::from),
            unit: head.unit.as_ref().map(ToString::to_string),
            areas: codes(|tag| match tag {
                Tag::Area(code) => Some(code.to_string()),
                _ => None,
            }),
            categories: codes(|tag| match tag {
                Tag::Category(code) => Some(code.to_string()),
                _ => None,
            }),
            opened_at: Time(dossier.opened_at),
            changed_at: Time(dossier.changed_at),
            due_at: head.due_at.map(Time),
            late: head.due_at.is_some_and(|due| due < now),
            erased: dossier.erased,
            content: content(&dossier.content, reader),
        }
    }
}

/// For whom a dossier is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    /// Whether it is somebody of the city's staff.
    pub(crate) staff: bool,
    /// Whose account it is.
    pub(crate) account: Option<&'a UserName>,
}

/// What a dossier holds, without the word of its kind. Which cases are behind
/// it, and who claimed a task, is for staff; whoever helps sees their own claim.
fn content(content: &Content, reader: Reader<'_>) -> Value {
    let Ok(Value::Object(kinds)) = serde_json::to_value(content) else {
        return Value::Null;
    };
    let mut content = kinds.into_iter().next().map_or(Value::Null, |(_, v)| v);
    shown(&mut content, reader.staff);
    if let Some(Value::Array(claims)) = content.get_mut("claims").filter(|_| !reader.staff) {
        for claim in claims.iter_mut().filter_map(Value::as_object_mut) {
            if claim.get("by").and_then(Value::as_str) != reader.account.map(UserName::as_str) {
                claim.remove("by");
            }
        }
    }
    content
}

/// Numbers of cases and dossiers as people see them; for others than staff, no cases.
fn shown(value: &mut Value, staff: bool) {
    match value {
        Value::Object(fields) => {
            if !staff {
                fields.retain(|name, value| match name.as_str() {
                    "cases" => !value.is_array(),
                    "case" => !value.is_number(),
                    _ => true,
                });
            }
            for (name, value) in fields {
                match (name.as_str(), &mut *value) {
                    ("case", Value::Number(id)) => *value = format!("C{id}").into(),
                    ("party", Value::Number(id)) => *value = format!("D{id}").into(),
                    ("cases", Value::Array(ids)) => {
                        for id in ids.iter_mut().filter(|id| id.is_number()) {
                            *id = format!("C{id}").into();
                        }
                    }
                    _ => shown(value, staff),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| shown(value, staff)),
        _ => {}
    }
}

/// A page of dossiers, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierPageView {
    /// The dossiers.
    pub dossiers: Vec<DossierRow>,
    /// The cursor of the next page.
    #[schema(required)]
    pub next: Option<String>,
    /// The time to which lateness was judged.
    pub as_of: Time,
}

/// One thing that happened to a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeedRow {
    /// The entry's number in the journal.
    pub seq: u64,
    /// When it happened.
    pub at: Time,
    /// When it was recorded.
    pub recorded_at: Time,
    /// Who: `resident`, `user:li.na`, `system:recurrence/1`.
    pub by: String,
    /// What, `dispute.session_held`.
    pub event: String,
    /// Its particulars.
    #[schema(value_type = Object)]
    pub data: Value,
    /// On what grounds.
    #[schema(required)]
    pub grounds: Option<String>,
    /// What is sealed beside it, by name; `null` where nothing is, where it was
    /// erased, or where it is not for this reader.
    #[schema(required)]
    pub words: Option<BTreeMap<String, String>>,
}

impl DeedRow {
    /// The row that a reader with this sight gets.
    pub(crate) fn of(recorded: &RecordedDeed, sight: Sight) -> DeedRow {
        let deed = &recorded.deed;
        let data = match serde_json::to_value(&deed.event) {
            // {"dispute": {"session_held": {…}}}, or {"erased": {…}}.
            Ok(Value::Object(kinds)) => kinds.into_iter().next().map(|(_, v)| v),
            _ => None,
        };
        let data = match data {
            Some(Value::Object(events)) if events.len() == 1 => {
                events.into_iter().next().map(|(_, v)| v)
            }
            other => other,
        };
        let mut data = data.unwrap_or_default();
        shown(&mut data, true);
        DeedRow {
            seq: recorded.seq,
            at: Time(deed.at),
            recorded_at: Time(recorded.recorded_at),
            by: deed.by.to_string(),
            event: deed.event.word(),
            data,
            grounds: deed.grounds.clone(),
            words: deed.words.as_ref().and_then(|words| seen(words, sight)),
        }
    }
}

/// Names under which who a person is, and how to reach them, is sealed.
const WHO: [&str; 4] = ["name", "phone", "contact", "mediator"];

fn seen(words: &Words, sight: Sight) -> Option<BTreeMap<String, String>> {
    if !sight.words {
        return None;
    }
    let words = words.disclose(Purpose::HandleCase).iter();
    let who = |name: &str| WHO.contains(&name.rsplit('.').next().unwrap_or(name));
    let seen = words.filter(|(name, _)| sight.reporter || !who(name));
    Some(
        seen.map(|(name, text)| (name.clone(), text.clone()))
            .collect(),
    )
}

/// How many complaints came in during a time.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountView {
    /// What is counted: `before`, `since`, `year_before`.
    pub what: String,
    /// How many.
    pub cases: u64,
    /// From then on.
    pub from: Time,
    /// Until before then.
    pub until: Time,
}

/// One dossier, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierDetail {
    /// What lists show.
    #[serde(flatten)]
    pub row: DossierRow,
    /// Steps that this reader can take now, the usual next one first.
    pub actions: Vec<String>,
    /// How many people have spoken in the vote that is held, or was last held.
    #[schema(required)]
    pub voices: Option<u64>,
    /// Of a topic: complaints of its scope, counted by the same filter.
    pub counts: Vec<CountView>,
    /// Where the middle of a proposal's tile lies.
    #[schema(required)]
    pub point: Option<PointBody>,
    /// What happened, oldest first; for staff.
    pub timeline: Vec<DeedRow>,
}

/// Speak in the vote that a dossier holds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoiceBody {
    /// Numbers of the options chosen, from 0.
    #[schema(min_items = 1)]
    pub options: Vec<u32>,
    /// The follow code of a request of one's own that the desk has taken on and
    /// that names a telephone number: by that number one person speaks once.
    pub follow_code: Option<String>,
    /// The telephone number; staff only, for whoever stands before them or calls.
    #[schema(max_length = 40)]
    pub phone: Option<String>,
}

/// A voice that was heard.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoiceView {
    /// The dossier's number.
    pub id: String,
    /// What was chosen.
    pub options: Vec<u32>,
    /// Whether it replaced an earlier one.
    pub replaced: bool,
    /// How many people have spoken.
    pub voices: u64,
}

/// Say something about a consultation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemarkBody {
    /// What; sealed, read by staff.
    #[schema(min_length = 1, max_length = 4000)]
    pub words: String,
    /// As for a voice.
    pub follow_code: Option<String>,
    /// As for a voice.
    #[schema(max_length = 40)]
    pub phone: Option<String>,
}

/// Open a case that follows from a deliberation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DossierCaseBody {
    /// What is to be done; 1 to 4000 characters.
    #[schema(min_length = 1, max_length = 4000)]
    pub words: String,
    /// Where, in words.
    #[schema(min_length = 1, max_length = 300)]
    pub address: String,
    /// Code of the category.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub category: String,
}

/// Erase what is sealed beside a dossier.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseDossierBody {
    /// The legal ground; it stays in the record.
    #[schema(min_length = 1, max_length = 300)]
    pub ground: String,
}

/// What a search for recurrences did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScanView {
    /// Numbers of the proposals it opened.
    pub opened: Vec<String>,
    /// Patterns found that are proposed already or are to stay quiet.
    pub quiet: u32,
    /// The rule, with its version.
    pub rule: String,
}

/// A block whose complaints suggest a dispute.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignalView {
    /// Code of the area.
    pub area: String,
    /// Code of the category.
    pub category: String,
    /// Where the middle of the block lies.
    pub point: PointBody,
    /// How many complaints.
    pub cases: u32,
    /// In how many different weeks.
    pub weeks: u32,
}

/// Early signals of disputes.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignalsView {
    /// The signals, the most complaints first.
    pub signals: Vec<SignalView>,
    /// The rule, with its version.
    pub rule: String,
    /// From then on.
    pub from: Time,
    /// Until before then.
    pub until: Time,
}

/// What one area asks for.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedView {
    /// Code of the area.
    pub area: String,
    /// Code of the category.
    pub category: String,
    /// Complaints in the four weeks just past.
    pub recent: u32,
    /// What four weeks have on average, in hundredths.
    pub usual_hundredths: u64,
}

/// The baseline of needs: categories by area.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedsView {
    /// The needs, the most usual first; at most 200.
    pub needs: Vec<NeedView>,
    /// From then on.
    pub from: Time,
    /// Until before then.
    pub until: Time,
}

/// A case that a credit counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditCase {
    /// Its number.
    pub id: String,
    /// Its fault, hundredths.
    pub fault: u64,
    /// Why: `not_solved`, `late`, `again`.
    pub faults: Vec<String>,
}

/// The credit of a property party, with what it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditView {
    /// The formula, with its version.
    pub formula: String,
    /// In hundredths of a point, 0 to 10,000.
    pub hundredths: u64,
    /// The cases counted, the newest first.
    pub counted: Vec<CreditCase>,
    /// Numbers of cases left out: declined or proactive.
    pub left_out: Vec<String>,
    /// Whether there are more cases than were read (2000): then these are the newest.
    pub more: bool,
    /// From then on.
    pub from: Time,
    /// Until before then.
    pub until: Time,
}

/// What one account contributed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContributionView {
    /// The account.
    pub by: String,
    /// Its name as shown.
    #[schema(required)]
    pub name: Option<String>,
    /// As what it helped last.
    pub capacity: CapacityWord,
    /// Numbers of the tasks of which its part is confirmed, the first one first.
    pub confirmed: Vec<String>,
    /// Minutes confirmed.
    pub minutes: u64,
    /// Parts that are not confirmed yet.
    pub under_way: u32,
    /// Parts that were left to others.
    pub given_up: u32,
}

/// The ledger of contributions: whoever gave the most time first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContributionsView {
    /// The contributions; whoever helps sees their own.
    pub contributions: Vec<ContributionView>,
    /// When it was told.
    pub as_of: Time,
}

/// A change of a dossier, as the live stream tells it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierChangeView {
    /// The entry's number in the journal.
    pub seq: u64,
    /// The dossier's number.
    pub id: String,
    /// What sort.
    pub kind: KindWord,
    /// Its version now.
    pub version: u32,
    /// What happened, `dispute.registered`.
    pub event: String,
    /// Where it stands now.
    pub state: String,
    /// Who did it.
    pub by: String,
}
