//! A scenario as it is set.

use serde::{Deserialize, Serialize};
use yiwang_base::{LocalText, Refusal, RefusalKind, ScenarioCode};

use super::{BY_CHOICE, Domain};
use crate::Action;
use crate::check::{MAX_SHORT, missing, text};
use crate::figures::Scope;

/// Most entries of each of its lists.
pub const MAX_LISTED: usize = 200;

/// When each gate is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Fewer residents' ratings than this are too few to say.
    pub answers: u32,
    /// How many days back use and ratings are counted.
    pub days: u16,
    /// How many days a passed drill holds.
    pub drill_days: u16,
    /// Part of the staff who rate it that must give 4 of 5 or better, percent.
    pub liked_percent: u8,
    /// How many people of staff must use it.
    pub people: u32,
    /// Fewer ratings by staff than this are too few to say.
    pub raters: u32,
    /// Part of residents who rate that must give 4 of 5 or better, percent.
    pub satisfied_percent: u8,
    /// Part of the cases in which staff must use it, percent.
    pub used_percent: u8,
}

impl Default for Thresholds {
    /// Thirty answers are those from which figures are ranked elsewhere too.
    fn default() -> Self {
        Thresholds {
            answers: 30,
            days: 180,
            drill_days: 365,
            liked_percent: 60,
            people: 3,
            raters: 5,
            satisfied_percent: 80,
            used_percent: 20,
        }
    }
}

/// A scenario (应用场景).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its code.
    pub code: ScenarioCode,
    /// Its field.
    pub domain: Domain,
    /// When its gates are passed.
    pub gates: Thresholds,
    /// Its name.
    pub name: LocalText,
    /// The pages that staff and residents use for it, `/report`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<String>,
    /// Taken out of use (停用): it covers nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
    /// Which cases it is about.
    pub scope: Scope,
    /// Whom it serves.
    pub serves: LocalText,
    /// Steps by which staff use it, of [`BY_CHOICE`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Action>,
}

impl Scenario {
    /// Whether it may be set so. Whether there are such categories and areas is for
    /// whoever knows the city.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub fn check(&self) -> Result<(), Refusal> {
        let texts = [
            (&self.name.zh, "name.zh"),
            (&self.name.en, "name.en"),
            (&self.serves.zh, "serves.zh"),
            (&self.serves.en, "serves.en"),
        ];
        for (said, field) in texts {
            text(said, field, MAX_SHORT)?;
        }
        if self.scope.categories.is_empty() {
            return Err(missing(
                "categories",
                "请至少选一个分类：覆盖一切的场景等于什么也没有说明",
                "name at least one category: a scenario of everything says nothing",
            ));
        }
        for (number, page) in self.pages.iter().enumerate() {
            let field = format!("pages[{number}]");
            text(page, &field, MAX_SHORT)?;
            if !page.starts_with('/') {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "scenario.page",
                    "页面地址以 / 开头，不带域名",
                    "a page's address begins with / and names no host",
                )
                .at(field)
                .found(page)
                .allowing(["/…"]));
            }
        }
        if let Some(step) = self.steps.iter().find(|step| !BY_CHOICE.contains(step)) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "scenario.step",
                "这一步是办理必经的，看不出是否自愿使用",
                "a case cannot do without this step: it does not show who uses something by choice",
            )
            .at("steps")
            .found(step.word())
            .allowing(BY_CHOICE.map(Action::word)));
        }
        let lists = [
            (self.scope.categories.len(), "categories"),
            (self.scope.areas.len(), "areas"),
            (self.pages.len(), "pages"),
        ];
        if let Some((found, field)) = lists.into_iter().find(|(found, _)| *found > MAX_LISTED) {
            return Err(Refusal::new(
                RefusalKind::TooMuch,
                "scenario.too-many",
                "列得过多",
                "too many are listed",
            )
            .at(field)
            .found(found.to_string())
            .allowing([format!("0–{MAX_LISTED}")]));
        }
        self.gates.check()
    }
}

impl Thresholds {
    fn check(&self) -> Result<(), Refusal> {
        let within = [
            (u64::from(self.answers), 1, 100_000, "answers"),
            (self.days.into(), 7, 3_660, "days"),
            (self.drill_days.into(), 1, 3_660, "drill_days"),
            (self.liked_percent.into(), 1, 100, "liked_percent"),
            (self.people.into(), 1, 10_000, "people"),
            (self.raters.into(), 1, 10_000, "raters"),
            (self.satisfied_percent.into(), 1, 100, "satisfied_percent"),
            (self.used_percent.into(), 1, 100, "used_percent"),
        ];
        let mut within = within.into_iter();
        match within.find(|(found, least, most, _)| !(*least..=*most).contains(found)) {
            None => Ok(()),
            Some((found, least, most, field)) => Err(Refusal::new(
                RefusalKind::Invalid,
                "scenario.threshold",
                "这个门槛不在允许的范围内",
                "this threshold is out of its range",
            )
            .at(format!("gates.{field}"))
            .found(found.to_string())
            .allowing([format!("{least}–{most}")])),
        }
    }
}
