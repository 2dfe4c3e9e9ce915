//! Timing studies: whether the machine's suggestions make people quicker.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_cases::figures::Spread;
use yiwang_cases::study::{Arm, ENOUGH, LeftOut, Study, Timed};
use yiwang_store::ItemVersion;

use super::object::object;
use super::{ArmWord, LeftOutWord, NameBody, StudyOutcomeWord, Text, Time, Word};
use crate::studies::Shown;

/// A study that begins now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StudyBody {
    /// Its name.
    #[serde(deserialize_with = "object")]
    pub name: NameBody,
    /// How many of a hundred cases are handled without the suggestion.
    #[schema(minimum = 5, maximum = 95)]
    pub control_percent: u8,
    /// By how many percent more cases an hour people are to handle.
    #[schema(minimum = 1, maximum = 500)]
    pub aim_percent: u16,
    /// Longer than this between two steps nobody knows that the person was at work, minutes.
    #[schema(minimum = 1, maximum = 240)]
    pub away_minutes: u16,
    /// Why it is held.
    #[schema(min_length = 1, max_length = 300)]
    pub grounds: String,
}

/// The end of a study.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndStudyBody {
    /// Why it ends.
    #[schema(min_length = 1, max_length = 300)]
    pub grounds: String,
}

/// That a study began or ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct StudyStep {
    /// When.
    pub at: Time,
    /// Who.
    pub by: String,
    /// Why.
    #[schema(required)]
    pub grounds: Option<String>,
}

/// A study.
#[derive(Debug, Serialize, ToSchema)]
pub struct StudyRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// How many of a hundred cases are handled without the suggestion.
    pub control_percent: u8,
    /// By how many percent more cases an hour people are to handle.
    pub aim_percent: u16,
    /// Longer than this between two steps nobody knows that the person was at work, minutes.
    pub away_minutes: u16,
    /// Its begin.
    pub begun: StudyStep,
    /// Its end; `null` while it runs.
    #[schema(required)]
    pub ended: Option<StudyStep>,
}

impl StudyRow {
    /// A study with the entries that began and ended it.
    pub fn of(study: &Study, versions: &[ItemVersion]) -> StudyRow {
        let step = |version: Option<&ItemVersion>, at| StudyStep {
            at: Time(at),
            by: version.map_or_else(String::new, |one| one.by.clone()),
            grounds: version.and_then(|one| one.grounds.clone()),
        };
        StudyRow {
            code: study.code.to_string(),
            name: (&study.name).into(),
            control_percent: study.control_percent,
            aim_percent: study.aim_percent,
            away_minutes: study.away_minutes,
            begun: step(versions.first(), study.begun_at),
            ended: study.ended_at.map(|at| step(versions.last(), at)),
        }
    }
}

/// All studies, the last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct StudiesView {
    /// The studies.
    pub studies: Vec<StudyRow>,
}

/// How many cases of a group were left out for a reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct StudyLeftOutView {
    /// The reason.
    pub reason: LeftOutWord,
    /// How many.
    pub count: u64,
}

/// How long people were at the cases of a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArmView {
    /// Its cases.
    pub cases: u64,
    /// Those that are timed.
    pub timed: u64,
    /// Half of them took no longer, seconds; `null` of none.
    #[schema(required)]
    pub median_seconds: Option<f64>,
    /// Nine of ten took no longer, seconds.
    #[schema(required)]
    pub p90_seconds: Option<f64>,
    /// Those that are not timed, by reason.
    pub left_out: Vec<StudyLeftOutView>,
}

impl ArmView {
    fn of(shown: &Shown, so: impl Fn(&Timed) -> bool) -> ArmView {
        let mut times = shown.times(&so);
        let timed = times.len() as u64;
        let spread = Spread::of(&mut times);
        let seconds = |of: fn(&Spread) -> u32| spread.map(|one| f64::from(of(&one)) / 1000.0);
        let all: Vec<&Timed> = shown.timed.iter().filter(|one| so(one)).collect();
        let left_out = LeftOut::ALL.into_iter().map(|reason| StudyLeftOutView {
            reason: Word(reason),
            count: all.iter().filter(|one| one.took == Err(reason)).count() as u64,
        });
        ArmView {
            cases: all.len() as u64,
            timed,
            median_seconds: seconds(|one| one.median),
            p90_seconds: seconds(|one| one.p90),
            left_out: left_out.filter(|one| one.count > 0).collect(),
        }
    }
}

/// How many more cases an hour people handle with the suggestion: 0.2 are 20 % more.
#[derive(Debug, Serialize, ToSchema)]
pub struct GainView {
    /// By the medians.
    pub gain: f64,
    /// Where it probably lies (95 %): from.
    pub low: f64,
    /// To.
    pub high: f64,
}

/// A case of a study.
#[derive(Debug, Serialize, ToSchema)]
pub struct StudyCase {
    /// Its number, `C1024`.
    pub id: String,
    /// Its group.
    pub arm: ArmWord,
    /// How long a person was at it, seconds; `null` where it is left out.
    #[schema(required)]
    pub seconds: Option<f64>,
    /// Why it is left out; `null` where it is timed.
    #[schema(required)]
    pub left_out: Option<LeftOutWord>,
    /// Whether the suggestion was followed; `null` where it was hidden or that was not recorded.
    #[schema(required)]
    pub followed: Option<bool>,
}

impl From<&Timed> for StudyCase {
    fn from(one: &Timed) -> Self {
        StudyCase {
            id: one.case.to_string(),
            arm: Word(one.arm),
            seconds: one.took.ok().map(|took| f64::from(took) / 1000.0),
            left_out: one.took.err().map(Word),
            followed: one.followed,
        }
    }
}

/// A study with what it shows. It names nobody: what is compared is the suggestion.
#[derive(Debug, Serialize, ToSchema)]
pub struct StudyView {
    /// The study.
    pub study: StudyRow,
    /// Cases with the suggestion.
    pub shown: ArmView,
    /// The control: cases without it.
    pub hidden: ArmView,
    /// Of those with the suggestion, where it was followed.
    pub followed: ArmView,
    /// Where it was changed. Unlike the two groups, these two were not drawn by lot: easy
    /// cases may be those that are followed.
    pub changed: ArmView,
    /// The gain; `null` where a group has too few.
    #[schema(required)]
    pub gain: Option<GainView>,
    /// What that says of the aim.
    pub outcome: StudyOutcomeWord,
    /// Fewer timed cases in a group than this are too few.
    pub enough: u64,
    /// How many people dispatched.
    pub people: u64,
    /// Its newest cases, at most 500.
    pub cases: Vec<StudyCase>,
    /// When it was counted.
    pub as_of: Time,
}

/// Cases that are listed, at most.
const MOST_CASES: usize = 500;

impl StudyView {
    /// A study with what it shows.
    pub fn of(study: StudyRow, shown: &Shown, as_of: Time) -> StudyView {
        let followed = |wanted| move |one: &Timed| one.followed == Some(wanted);
        let newest = shown.timed.iter().rev().take(MOST_CASES);
        StudyView {
            study,
            shown: ArmView::of(shown, |one| one.arm == Arm::Shown),
            hidden: ArmView::of(shown, |one| one.arm == Arm::Hidden),
            followed: ArmView::of(shown, followed(true)),
            changed: ArmView::of(shown, followed(false)),
            gain: shown.gain.map(|gain| GainView {
                gain: gain.gain,
                low: gain.low,
                high: gain.high,
            }),
            outcome: Word(shown.outcome),
            enough: ENOUGH as u64,
            people: shown.people as u64,
            cases: newest.map(Into::into).collect(),
            as_of,
        }
    }
}
