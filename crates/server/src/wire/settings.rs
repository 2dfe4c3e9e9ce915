//! What stewards set: units, categories and limits, each with who set it and when.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_base::CalendarParts;
use yiwang_cases::{Category, Choice, DuplicateLimits, Question, Unit};
use yiwang_store::ItemVersion;

use super::object::{maybe_object, object};
use super::{
    AnswerKindWord, CategoryLimitsBody, DayWord, HoursView, LimitsBody, NameBody, Time,
    UnitKindWord, UnlistedWord, Word,
};
use crate::city::CitySettings;
use crate::judging::{AutomaticSetting, ModelCard};

/// One setting, as it was set.
#[derive(Debug, Serialize, ToSchema)]
pub struct Setting<T: ToSchema> {
    /// Its code.
    pub code: String,
    /// To be named in `If-Match` by whoever replaces it; `0` where it was never set.
    pub version: u64,
    /// When it was set; `null` where it never was.
    #[schema(required)]
    pub set_at: Option<Time>,
    /// Who set it, as the record names them; `null` where nobody did.
    #[schema(required)]
    pub set_by: Option<String>,
    /// On what grounds.
    #[schema(required)]
    pub grounds: Option<String>,
    /// What it is set to.
    pub value: T,
}

impl<T: ToSchema> Setting<T> {
    /// A setting of this value, as the entry says.
    pub fn of(code: &str, version: ItemVersion, value: T) -> Setting<T> {
        Setting {
            code: code.to_owned(),
            version: version.seq,
            set_at: Some(Time(version.at)),
            set_by: Some(version.by),
            grounds: version.grounds,
            value,
        }
    }

    /// What holds where nobody ever set it.
    pub fn unset(code: &str, value: T) -> Setting<T> {
        Setting {
            code: code.to_owned(),
            version: 0,
            set_at: None,
            set_by: None,
            grounds: None,
            value,
        }
    }

    /// Whether it was set together with what an entry says: at once and by the same person.
    pub fn is_of(&self, version: &ItemVersion) -> bool {
        self.set_at == Some(Time(version.at)) && self.set_by.as_ref() == Some(&version.by)
    }
}

/// All settings of a sort, by code.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settings<T: ToSchema> {
    /// The settings.
    pub settings: Vec<Setting<T>>,
}

/// All that something was set to.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingHistory<T: ToSchema> {
    /// Oldest first.
    pub versions: Vec<Setting<T>>,
}

/// What something is to be from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, bound = "T: serde::de::DeserializeOwned")]
pub struct SetBody<T: ToSchema> {
    /// The value, whole.
    #[serde(deserialize_with = "object")]
    pub value: T,
    /// On what grounds; kept with the entry.
    #[schema(max_length = 300)]
    pub grounds: Option<String>,
}

/// A unit (单位) with its duty list (权责清单).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitBody {
    /// Its name.
    #[serde(deserialize_with = "object")]
    pub name: NameBody,
    /// Its sort.
    pub kind: UnitKindWord,
    /// Codes of the categories it answers for.
    pub duties: Vec<String>,
    /// Codes of the areas it answers for; none for the whole city.
    pub areas: Vec<String>,
    /// Whether it is out of use: nothing new is sent to it.
    #[serde(default)]
    pub retired: bool,
}

impl From<&Unit> for UnitBody {
    fn from(unit: &Unit) -> Self {
        Self {
            name: NameBody::from(&unit.name),
            kind: Word(unit.kind),
            duties: unit.duties.iter().map(ToString::to_string).collect(),
            areas: unit.areas.iter().map(ToString::to_string).collect(),
            retired: unit.retired,
        }
    }
}

/// A category (分类) with its limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryBody {
    /// Its name.
    #[serde(deserialize_with = "object")]
    pub name: NameBody,
    /// The major category's name.
    #[serde(deserialize_with = "object")]
    pub group: NameBody,
    /// How long each step may take.
    #[serde(deserialize_with = "object")]
    pub limits: CategoryLimitsBody,
    /// What is asked of whoever reports it, in this order.
    #[serde(default)]
    pub questions: Vec<QuestionBody>,
}

impl From<&Category> for CategoryBody {
    fn from(category: &Category) -> Self {
        Self {
            name: NameBody::from(&category.name),
            group: NameBody::from(&category.group),
            limits: CategoryLimitsBody::from(category),
            questions: category.questions.iter().map(QuestionBody::from).collect(),
        }
    }
}

/// What a category asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionBody {
    /// Its code, unique within the category.
    pub code: String,
    /// The question, or the notice to be read.
    #[serde(deserialize_with = "object")]
    pub asks: NameBody,
    /// What an answer must be; `null` for a notice.
    #[schema(required)]
    pub answer: Option<AnswerKindWord>,
    /// Whether it must be answered.
    #[serde(default)]
    pub required: bool,
    /// How to answer.
    #[serde(default, deserialize_with = "maybe_object")]
    #[schema(required)]
    pub hint: Option<NameBody>,
    /// What may be chosen.
    #[serde(default)]
    pub choices: Vec<ChoiceBody>,
}

/// One of the answers that may be chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceBody {
    /// What is sent.
    pub key: String,
    /// What is read.
    #[serde(deserialize_with = "object")]
    pub name: NameBody,
}

impl From<&Question> for QuestionBody {
    fn from(question: &Question) -> Self {
        let choice = |choice: &Choice| ChoiceBody {
            key: choice.key.clone(),
            name: NameBody::from(&choice.name),
        };
        Self {
            code: question.code.clone(),
            asks: NameBody::from(&question.asks),
            answer: question.answer.map(Word),
            required: question.required,
            hint: question.hint.as_ref().map(NameBody::from),
            choices: question.choices.iter().map(choice).collect(),
        }
    }
}

/// The city's name, hours and limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CityBody {
    /// Its name.
    #[serde(deserialize_with = "object")]
    pub name: NameBody,
    /// When people work.
    #[serde(deserialize_with = "object")]
    pub calendar: WorkingTimeBody,
    /// How long each step may take.
    #[serde(deserialize_with = "object")]
    pub limits: LimitsBody,
}

/// When people work, before what any year says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkingTimeBody {
    /// IANA time zone.
    pub zone: String,
    /// Hours of a working day.
    #[serde(deserialize_with = "object")]
    pub hours: HoursView,
    /// Breaks in them.
    pub breaks: Vec<HoursView>,
    /// Weekdays with other hours.
    pub weekdays: Vec<WeekdayBody>,
    /// The city's own free days.
    #[schema(value_type = Vec<String>, format = Date)]
    pub holidays: Vec<jiff::civil::Date>,
    /// The city's own worked days.
    #[schema(value_type = Vec<String>, format = Date)]
    pub make_up_days: Vec<jiff::civil::Date>,
    /// What holds in a year that is not there.
    pub unlisted_years: UnlistedWord,
}

/// The hours of a weekday.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeekdayBody {
    /// Which.
    pub day: DayWord,
    /// Its hours; none when nobody works on it.
    pub hours: Vec<HoursView>,
}

impl From<&CitySettings> for CityBody {
    fn from(settings: &CitySettings) -> Self {
        let parts = CalendarParts::from(settings.calendar.clone());
        let weekdays = parts.weekdays.iter().map(|(day, hours)| WeekdayBody {
            day: Word(*day),
            hours: hours.iter().copied().map(Into::into).collect(),
        });
        Self {
            name: NameBody::from(&settings.name),
            calendar: WorkingTimeBody {
                hours: parts.hours.into(),
                breaks: parts.breaks.iter().copied().map(Into::into).collect(),
                weekdays: weekdays.collect(),
                holidays: parts.holidays.into_iter().collect(),
                make_up_days: parts.make_up_days.into_iter().collect(),
                unlisted_years: Word(parts.unlisted_years),
                zone: parts.zone,
            },
            limits: LimitsBody::of(&settings.desk, &settings.limits),
        }
    }
}

/// From which confidence on requests are dispatched without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AutomaticBody {
    /// In thousandths; `null` where a person decides every time.
    #[schema(required, minimum = 500, maximum = 999)]
    pub from_permille: Option<u16>,
}

impl From<&AutomaticSetting> for AutomaticBody {
    fn from(setting: &AutomaticSetting) -> Self {
        Self {
            from_permille: setting.from_permille,
        }
    }
}

/// From which likeness on cases are taken for duplicates; scores are thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicatesBody {
    /// From this score on a case is shown as a candidate.
    #[schema(minimum = 200, maximum = 900)]
    pub shown_permille: u16,
    /// From this score on, at least that, two cases may stand in one cluster.
    #[schema(minimum = 200, maximum = 990)]
    pub sure_permille: u16,
    /// Cases farther apart in time are not compared, days.
    #[schema(minimum = 1, maximum = 366)]
    pub window_days: u16,
}

impl From<&DuplicateLimits> for DuplicatesBody {
    fn from(limits: &DuplicateLimits) -> Self {
        Self {
            shown_permille: limits.shown_permille,
            sure_permille: limits.sure_permille,
            window_days: limits.window_days,
        }
    }
}

/// Train a model.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainBody {}

/// Whether requests are dispatched automatically, and what the model has shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct AutomaticView {
    /// The setting.
    pub setting: Setting<AutomaticBody>,
    /// Whether it is in force: the model has shown to be right that often.
    pub in_force: bool,
    /// The model; `null` until one was trained.
    #[schema(required)]
    pub model: Option<ModelView>,
}

/// What is known of a trained model.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelView {
    /// Its name in the record, `triage/3`.
    pub name: String,
    /// When it was trained.
    pub trained_at: Time,
    /// On how many cases.
    pub cases: u64,
    /// How many categories it tells apart.
    pub categories: u64,
    /// How often it was right on cases held out from it.
    pub shown: Vec<ShownView>,
}

/// How good a model was where it was at least so sure, all in thousandths.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownView {
    /// Least confidence.
    pub from: u16,
    /// Share of cases judged so surely.
    pub covered: u16,
    /// Share of those judged rightly; 0 where there were none.
    pub right: u16,
}

impl From<&ModelCard> for ModelView {
    fn from(card: &ModelCard) -> Self {
        let shown = card.shown.iter().map(|at| ShownView {
            from: at.from,
            covered: at.covered,
            right: at.right,
        });
        Self {
            name: card.name(),
            trained_at: Time(card.trained_at),
            cases: card.cases,
            categories: card.categories,
            shown: shown.collect(),
        }
    }
}
