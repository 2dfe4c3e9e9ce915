//! What residents ask for: each category with its limits, who answers for it,
//! when and where it comes up, and what people say of it. All of it is in
//! `data/matters.json`.

use serde::Deserialize;
use yiwang_base::{CategoryCode, LocalText, Span, UnitCode};
use yiwang_cases::{Category, Question};

use super::DataError;

/// How a category follows the year and the weather.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Season {
    /// The same all year.
    Flat,
    /// More when it is warm.
    Warm,
    /// Summer evenings with open windows.
    Summer,
    /// Hot days.
    Heat,
    /// Heat waves only.
    Heatwave,
    /// Wet weeks.
    Rain,
    /// Cloudbursts.
    Flood,
    /// Storms.
    Wind,
    /// The heating season, its first weeks above all.
    Heating,
    /// Cold days.
    Cold,
    /// Hard frost.
    Freeze,
    /// Long nights.
    Dark,
    /// Dry spring and autumn days.
    Dry,
    /// When plants grow.
    Growth,
    /// April and May.
    Spring,
    /// Thaw, and after rain.
    Thaw,
    /// Before the school year.
    School,
    /// Before the Spring Festival.
    YearEnd,
    /// Around New Year and the Spring Festival.
    NewYear,
}

/// How a category follows the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Hours {
    /// From morning till late.
    All,
    /// The hours of the day.
    Day,
    /// Office hours.
    Office,
    /// On the way to work and back.
    Commute,
    /// After work.
    Evening,
    /// Late.
    Night,
    /// While the storm of the day lasts.
    Weather,
}

/// How a category follows the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Week {
    /// About the same every day.
    Even,
    /// Working days.
    Work,
    /// Days off.
    Leisure,
}

/// Where a category comes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Where {
    Street,
    Road,
    Crossing,
    Home,
    Shops,
    Park,
    Site,
    Works,
    Water,
    Low,
    Stop,
    Hospital,
    /// Anywhere: the place is where the person lives.
    Citywide,
}

/// What is said in one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Says {
    /// The matter itself.
    pub(crate) says: Vec<String>,
    /// What some people add.
    pub(crate) more: Vec<String>,
}

/// A category, as the sample city knows it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matter {
    pub(crate) code: CategoryCode,
    pub(crate) name: LocalText,
    pub(crate) respond: Span,
    pub(crate) resolve: Span,
    /// Whose duty it is in the whole city, the first one usually.
    pub(crate) units: Vec<UnitCode>,
    /// Whether it is every street office's duty as well.
    pub(crate) street: bool,
    /// How often, against the others.
    pub(crate) weight: f64,
    pub(crate) season: Season,
    pub(crate) hours: Hours,
    pub(crate) week: Week,
    #[serde(rename = "where")]
    pub(crate) place: Where,
    /// Share of requests that are about something reported already.
    pub(crate) repeats: f64,
    /// What is asked of whoever reports it.
    pub(crate) questions: Vec<Question>,
    pub(crate) zh: Says,
    pub(crate) en: Says,
    /// What units write when it is done.
    pub(crate) done: Vec<String>,
    /// What verifiers find when it is not.
    pub(crate) undone: Vec<String>,
}

/// Categories under one name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) name: LocalText,
    pub(crate) categories: Vec<Matter>,
}

/// All groups, from the data file.
pub(crate) fn groups() -> Result<Vec<Group>, DataError> {
    serde_json::from_str(include_str!("data/matters.json"))
        .map_err(|source| DataError::new("matters.json", source))
}

impl Group {
    /// Its categories as the rules know them.
    pub(crate) fn categories(&self) -> impl Iterator<Item = Category> {
        self.categories.iter().map(|matter| Category {
            code: matter.code.clone(),
            name: matter.name.clone(),
            group: self.name.clone(),
            respond: matter.respond,
            resolve: matter.resolve,
            questions: matter.questions.clone(),
            own: Default::default(),
        })
    }
}

impl Matter {
    /// Whether somebody must come at once, day and night: its limit is two hours by the clock.
    pub(crate) fn is_emergency(&self) -> bool {
        matches!(self.resolve, Span::Clock { minutes } if minutes <= 120)
    }
}
