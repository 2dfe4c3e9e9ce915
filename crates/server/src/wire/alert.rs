//! Rules and alerts as staff see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_base::{LocalText, Timestamp, from_millis};
use yiwang_sensing::alert::{Alert, AlertEvent, possible};
use yiwang_sensing::docket::{Kept, Step};
use yiwang_sensing::rule::Rule;

use crate::alerting::{Previewed, Standing};

use super::{
    AlertActionWord, AlertOutcomeWord, CandidateView, ColourWord, HandlingWord, JudgedAgainView,
    Text, Time, Word,
};

/// Most episodes that are shown.
const MOST_EPISODES: usize = 1_000;

/// A rule with the entry that last set it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleView {
    /// Its code.
    pub code: String,
    /// The number of the entry that set it: what `If-Match` names.
    pub version: u64,
    /// When it was set.
    pub at: Time,
    /// Who set it.
    pub by: String,
    /// On what grounds.
    #[schema(required)]
    pub grounds: Option<String>,
    /// The rule: its form is described in docs/API.md.
    #[schema(value_type = Object)]
    pub rule: Rule,
}

/// A rule to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleBody {
    /// Its code; a new one makes a new rule.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// Why it is set, as it will stand in the record.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub reason: Option<String>,
    /// The rule: its form is described in docs/API.md.
    #[schema(value_type = Object)]
    pub rule: Rule,
}

/// A rule to try on the past.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    /// From when on.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when; not included.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// The rule: its form is described in docs/API.md.
    #[schema(value_type = Object)]
    pub rule: Rule,
}

/// How far the trial of a rule is.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialView {
    /// Whether it is the reader's own; else the reader's waits for it.
    pub own: bool,
    /// Readings that were read.
    pub read: u64,
    /// Readings to be read; 0 until that is known.
    pub of: u64,
}

/// What a rule would have found.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewView {
    /// How often it would have been found.
    pub times: u64,
    /// How many streams the rule is for.
    pub streams: u64,
    /// On how many readings it was tried.
    pub readings: u64,
    /// From when until when and where, the earliest first; at most 1,000.
    pub episodes: Vec<EpisodeView>,
}

/// From when until when a rule would have held.
#[derive(Debug, Serialize, ToSchema)]
pub struct EpisodeView {
    /// When it would have begun.
    pub from: Time,
    /// When it would have ended; nothing if it would still hold.
    #[schema(required)]
    pub until: Option<Time>,
    /// The gravest colour it would have reached.
    pub gravest: ColourWord,
    /// The streams it would have been found on; the first says where.
    pub streams: Vec<u64>,
    /// The thing of the first.
    #[schema(required)]
    pub thing: Option<u64>,
    /// The area it is in.
    #[schema(required)]
    pub area: Option<String>,
    /// Where it is: longitude and latitude, degrees.
    #[schema(required)]
    pub point: Option<[f64; 2]>,
}

impl From<Previewed> for PreviewView {
    fn from(previewed: Previewed) -> Self {
        let times = previewed.episodes.len() as u64;
        let episodes = previewed.episodes.into_iter().take(MOST_EPISODES);
        let episodes = episodes.map(|(episode, place)| EpisodeView {
            from: Time(from_millis(episode.from)),
            until: episode.until.map(|until| Time(from_millis(until))),
            gravest: Word(episode.gravest),
            streams: episode.streams.iter().map(|stream| stream.0).collect(),
            thing: place.as_ref().map(|place| place.thing),
            area: place
                .as_ref()
                .and_then(|place| place.areas.first())
                .map(ToString::to_string),
            point: place
                .and_then(|place| place.point)
                .map(|point| [point.lon(), point.lat()]),
        });
        Self {
            times,
            streams: previewed.streams,
            readings: previewed.readings,
            episodes: episodes.collect(),
        }
    }
}

/// What was judged by the rules, and what was not.
#[derive(Debug, Serialize, ToSchema)]
pub struct JudgingView {
    /// Whether readings are judged at all; where not, the log says why.
    pub judging: bool,
    /// Readings that were judged.
    pub judged: u64,
    /// Readings that are kept and wait to be judged.
    pub waiting: u64,
    /// Findings that wait to become alerts.
    pub pending: u64,
    /// Readings older than what their stream was judged by already: kept, not judged.
    pub late: u64,
    /// Readings of the same time as one before: kept, not judged.
    pub repeated: u64,
    /// Readings judged before their turn, since too many waited for late ones.
    pub hurried: u64,
    /// Readings of streams that the rules did not know: kept, not judged.
    pub unknown: u64,
    /// Results that are no numbers: kept, not judged.
    pub impossible: u64,
}

impl From<Standing> for JudgingView {
    fn from(standing: Standing) -> Self {
        let counts = standing.counts;
        Self {
            judging: standing.judging,
            judged: counts.judged,
            waiting: standing.waiting,
            pending: standing.pending,
            late: counts.late,
            repeated: counts.repeated,
            hurried: counts.hurried,
            unknown: counts.unknown,
            impossible: counts.impossible,
        }
    }
}

/// An alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertView {
    /// Its number.
    pub id: u64,
    /// The number of its steps: what `If-Match` names.
    pub version: u64,
    /// What it is called.
    pub name: Text,
    /// What it is about.
    pub cause: String,
    /// How grave it is.
    pub colour: ColourWord,
    /// The gravest it was.
    pub gravest: ColourWord,
    /// How far somebody is with it.
    pub handling: HandlingWord,
    /// Who holds it.
    #[schema(required)]
    pub holder: Option<String>,
    /// Whether something of it is found at present.
    pub stands: bool,
    /// Whether something is still to be done with it.
    pub open: bool,
    /// When it was raised.
    pub raised_at: Time,
    /// Since when nothing of it is found any more.
    #[schema(required)]
    pub cleared_at: Option<Time>,
    /// Until when it keeps quiet.
    #[schema(required)]
    pub silenced_until: Option<Time>,
    /// The graver alert nearby that keeps it quiet.
    #[schema(required)]
    pub inhibitor: Option<u64>,
    /// Rungs of the ladder that it has climbed.
    pub escalated: u32,
    /// The case that takes it on.
    #[schema(required)]
    pub case: Option<String>,
    /// What came of it.
    #[schema(required)]
    pub outcome: Option<AlertOutcomeWord>,
    /// The area it is in.
    #[schema(required)]
    pub area: Option<String>,
    /// Where it is: longitude and latitude, degrees.
    #[schema(required)]
    pub point: Option<[f64; 2]>,
    /// The thing it was found on.
    pub thing: u64,
    /// Codes of the rules that found it.
    pub rules: Vec<String>,
    /// Streams that it is found on at present.
    pub streams: Vec<u64>,
    /// Readings it rests on that were put right or taken back since it was judged.
    pub amended: u32,
    /// Whether it would still have been raised; `null` where no reading was amended, and
    /// until it is judged again.
    #[schema(required)]
    pub again: Option<JudgedAgainView>,
    /// What the reader may do with it now, as far as the reader may.
    pub actions: Vec<AlertActionWord>,
}

impl AlertView {
    /// The alert as it is shown.
    pub fn of(kept: &Kept<Alert>, may_act: bool, now: Timestamp) -> Self {
        use yiwang_sensing::docket::Sheet as _;
        let alert = &kept.sheet;
        let actions = if may_act {
            possible(alert, now)
        } else {
            Vec::new()
        };
        let streams = alert.found.iter().flat_map(|found| &found.streams);
        Self {
            id: kept.id,
            version: kept.version,
            name: (&alert.name).into(),
            cause: alert.cause.clone(),
            colour: Word(alert.colour),
            gravest: Word(alert.gravest),
            handling: Word(alert.handling),
            holder: alert.holder.as_ref().map(ToString::to_string),
            stands: alert.stands(),
            open: alert.is_open(),
            raised_at: Time(alert.raised_at),
            cleared_at: alert.cleared_at.map(Time),
            silenced_until: alert.silenced_until.map(Time),
            inhibitor: alert.inhibitor,
            escalated: alert.escalated,
            case: alert.case.map(|case| case.to_string()),
            outcome: alert.outcome.map(Word),
            area: alert.area().map(ToString::to_string),
            point: alert.point().map(|p| [p.lon(), p.lat()]),
            thing: alert.spot.thing,
            rules: alert.rules.keys().map(ToString::to_string).collect(),
            streams: streams.map(|stream| stream.0).collect(),
            amended: alert.amended,
            again: alert.again.as_ref().map(JudgedAgainView::from),
            actions: actions.into_iter().map(Word).collect(),
        }
    }
}

/// Some alerts, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertsView {
    /// The alerts.
    pub alerts: Vec<AlertView>,
    /// What `before` of the next page is; `null` on the last one.
    #[schema(required)]
    pub next: Option<u64>,
}

/// One thing that happened to an alert or a warning.
#[derive(Debug, Serialize, ToSchema)]
pub struct SheetStepView {
    /// When.
    pub at: Time,
    /// Who caused it.
    pub by: String,
    /// The word of what happened, `acknowledged`.
    pub event: String,
    /// What happened, for readers.
    pub name: Text,
    /// On what grounds.
    #[schema(required)]
    pub grounds: Option<String>,
    /// All that the record says of it.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

impl SheetStepView {
    /// A step as it is shown.
    pub fn of<E: Serialize>(step: &Step<E>, event: &str, name: LocalText) -> Self {
        Self {
            at: Time(step.at),
            by: step.by.clone(),
            event: event.to_owned(),
            name: name.into(),
            grounds: step.grounds.clone(),
            data: serde_json::to_value(&step.event).unwrap_or_default(),
        }
    }
}

impl From<&Step<AlertEvent>> for SheetStepView {
    fn from(step: &Step<AlertEvent>) -> Self {
        Self::of(step, step.event.word(), step.event.name())
    }
}

/// An alert with what happened to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertDetail {
    /// The alert.
    pub alert: AlertView,
    /// What happened, in order.
    pub steps: Vec<SheetStepView>,
}

/// A step of an alert to take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum AlertStepBody {
    /// Hold it.
    Acknowledge {},
    /// Let somebody else hold it.
    HandOver {
        /// The sign-in name.
        to: String,
    },
    /// Say what was done.
    Handle {
        /// What, as it will stand in the record.
        #[schema(max_length = 1000)]
        done: String,
    },
    /// Keep it quiet for a while.
    Silence {
        /// For how long, minutes; a week at most.
        #[schema(minimum = 1, maximum = 10079)]
        minutes: u32,
        /// Why, as it will stand in the record.
        #[schema(max_length = 1000)]
        reason: String,
    },
    /// Let it be heard again.
    Unsilence {},
    /// Say that it is over, though it is still found.
    Clear {
        /// Why, as it will stand in the record.
        #[schema(max_length = 1000)]
        reason: String,
    },
    /// Say what came of it.
    Label {
        /// What.
        outcome: AlertOutcomeWord,
    },
}

/// A case for an alert.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertCaseBody {
    /// The open case of the same thing that takes it on, `C1024`; without it a new
    /// case is opened.
    #[serde(default)]
    pub case: Option<String>,
    /// The category of a new case; unless said, that of the alert's rule.
    #[serde(default)]
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub category: Option<String>,
    /// That none of the cases that may be about the same thing is.
    #[serde(default)]
    pub none_of_these: bool,
    /// Why, as it will stand in the record.
    #[schema(max_length = 1000)]
    pub reason: String,
}

/// What may be about the same thing as an alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertReportsView {
    /// The category that its rule asks for.
    #[schema(required)]
    pub category: Option<String>,
    /// Open cases that may be about the same thing, the most alike first.
    pub candidates: Vec<CandidateView>,
}

/// A change of an alert, as the live feed tells it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertChangeView {
    /// The entry's number.
    pub seq: u64,
    /// What happened, `acknowledged`.
    pub event: String,
    /// Who did it.
    pub by: String,
    /// The alert now.
    pub alert: AlertView,
}
