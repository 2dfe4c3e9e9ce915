//! A file of limits: tried on old cases first, then made the city's own.
//!
//! TOML, each part optional; what it does not name stays as it is:
//!
//! ```toml
//! [desk]
//! accept = { in = "clock", minutes = 60 }
//! [grades]
//! ordinary = { respond = { in = "clock", minutes = 1440 }, resolve = { in = "working_days", days = 5 } }
//! [allowance]
//! extensions = 1
//! extended_percent = 200
//! [categories.light]
//! grade = "supply"
//! verify = { in = "working", minutes = 240 }
//! [categories.noise]
//! resolve = { in = "working_days", days = 2 }
//! ```
//!
//! A category that is given `respond` or `resolve` and no `grade` has limits of
//! its own from then on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yiwang_base::{CategoryCode, Refusal, RefusalKind, Span};
use yiwang_cases::{Allowance, Category, CityLimits, DeskLimits, Grade, Grades, OwnLimits, Rules};

/// What a file of limits may hold.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Parts {
    desk: DeskLimits,
    grades: Grades,
    allowance: Allowance,
    categories: BTreeMap<CategoryCode, CategoryLimits>,
}

/// The limits of a category, all in one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryLimits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grade: Option<Grade>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accept: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dispatch: Option<Span>,
    respond: Span,
    resolve: Span,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verify: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    close: Option<Span>,
}

/// Limits that take the place of those a city has.
#[derive(Debug, Clone, PartialEq)]
pub struct NewLimits {
    /// Of the desk's own steps.
    pub desk: DeskLimits,
    /// Grades and allowances.
    pub limits: CityLimits,
    /// The categories whose limits change, whole.
    pub categories: Vec<Category>,
}

impl NewLimits {
    /// The limits that a file makes of those that these rules have.
    ///
    /// # Errors
    /// A refusal that names the place in the file.
    pub fn read(text: &str, rules: &Rules) -> Result<NewLimits, Refusal> {
        let file: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            wrong("the file", error.message().to_owned(), Vec::new())
        })?;
        let patch = serde_json::to_value(&file)
            .map_err(|error| wrong("the file", error.to_string(), Vec::new()))?;
        for code in named(&patch) {
            let known = rules.categories.keys().any(|known| known.as_str() == code);
            if !known {
                let codes = rules.categories.keys().map(ToString::to_string);
                return Err(wrong("categories", code.clone(), codes.collect()));
            }
        }
        let mut whole = serde_json::to_value(Parts::of(rules, named(&patch)))
            .map_err(|error| wrong("the file", error.to_string(), Vec::new()))?;
        merge(&mut whole, &patch);
        own_limits_count(&mut whole, &patch);
        let parts: Parts = serde_path_to_error::deserialize(whole).map_err(|error| {
            wrong(
                &error.path().to_string(),
                error.inner().to_string(),
                Vec::new(),
            )
        })?;
        Ok(parts.over(rules))
    }

    /// These rules with the new limits.
    #[must_use]
    pub fn over(self, mut rules: Rules) -> Rules {
        rules.desk = self.desk;
        rules.limits = self.limits;
        let changed = self.categories.into_iter();
        let changed = changed.map(|category| (category.code.clone(), category));
        rules.categories.extend(changed);
        rules
    }
}

impl Parts {
    /// What these rules have, of the categories those that are named.
    fn of(rules: &Rules, codes: Vec<&String>) -> Parts {
        let named = rules.categories.values();
        let named =
            named.filter(|category| codes.iter().any(|code| *code == category.code.as_str()));
        Parts {
            desk: rules.desk.clone(),
            grades: rules.limits.grades,
            allowance: rules.limits.allowance,
            categories: named
                .map(|category| (category.code.clone(), CategoryLimits::of(category)))
                .collect(),
        }
    }

    fn over(self, rules: &Rules) -> NewLimits {
        let changed = self.categories.into_iter().filter_map(|(code, limits)| {
            let category = rules.categories.get(&code)?;
            Some(limits.over(category.clone()))
        });
        NewLimits {
            desk: self.desk,
            limits: CityLimits {
                grades: self.grades,
                allowance: self.allowance,
            },
            categories: changed.collect(),
        }
    }
}

impl CategoryLimits {
    fn of(category: &Category) -> CategoryLimits {
        let own = category.own;
        CategoryLimits {
            grade: own.grade,
            accept: own.accept,
            dispatch: own.dispatch,
            respond: category.respond,
            resolve: category.resolve,
            verify: own.verify,
            close: own.close,
        }
    }

    fn over(self, category: Category) -> Category {
        Category {
            respond: self.respond,
            resolve: self.resolve,
            own: OwnLimits {
                grade: self.grade,
                accept: self.accept,
                dispatch: self.dispatch,
                verify: self.verify,
                close: self.close,
            },
            ..category
        }
    }
}

/// Codes of the categories that a file names.
fn named(patch: &Value) -> Vec<&String> {
    let categories = patch.get("categories").and_then(Value::as_object);
    categories.map_or_else(Vec::new, |categories| categories.keys().collect())
}

/// Puts what is new in the place of what is there. A limit (`in` and an amount)
/// is one thing and is never put together of two.
fn merge(whole: &mut Value, patch: &Value) {
    match (whole, patch) {
        (Value::Object(whole), Value::Object(patch)) if !patch.contains_key("in") => {
            for (key, value) in patch {
                merge(whole.entry(key).or_insert(Value::Null), value);
            }
        }
        (whole, patch) => whole.clone_from(patch),
    }
}

/// Who is given limits of its own has no grade any more.
fn own_limits_count(whole: &mut Value, patch: &Value) {
    for code in named(patch) {
        let given = &patch["categories"][code];
        let own = given.get("respond").is_some() || given.get("resolve").is_some();
        if own
            && given.get("grade").is_none()
            && let Some(limits) = whole["categories"][code].as_object_mut()
        {
            limits.remove("grade");
        }
    }
}

fn wrong(at: &str, found: String, allowed: Vec<String>) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "limits.malformed",
        "时限文件的写法不对",
        "the file of limits cannot be read",
    )
    .at(at)
    .found(found)
    .allowing(allowed)
}

#[cfg(test)]
mod tests {
    use yiwang_base::LocalText;
    use yiwang_cases::AreaIndex;

    use super::*;
    use crate::city::CitySettings;

    fn rules() -> Rules {
        let settings = CitySettings::unnamed().unwrap();
        let light = Category {
            code: "light".parse().unwrap(),
            name: LocalText::same("light"),
            group: LocalText::same("facilities"),
            respond: Span::Clock { minutes: 60 },
            resolve: Span::WorkingDays { days: 3 },
            questions: Vec::new(),
            own: OwnLimits::default(),
        };
        Rules {
            areas: BTreeMap::new(),
            categories: [(light.code.clone(), light)].into(),
            units: BTreeMap::new(),
            calendar: settings.calendar,
            desk: settings.desk,
            limits: settings.limits,
            locator: Box::new(AreaIndex::new([])),
        }
    }

    #[test]
    fn what_a_file_does_not_name_stays_as_it_is() {
        let rules = rules();
        let new = NewLimits::read("", &rules).unwrap();
        assert_eq!((new.desk, new.limits), (rules.desk.clone(), rules.limits));
        assert!(new.categories.is_empty());
        let file =
            "[allowance]\nextensions = 3\n[desk]\naccept = { in = \"working\", minutes = 30 }";
        let new = NewLimits::read(file, &rules).unwrap();
        assert_eq!(new.limits.allowance.extensions, 3);
        assert_eq!(new.limits.allowance.extended_percent, 200);
        assert_eq!(new.desk.accept, Span::Working { minutes: 30 });
        assert_eq!(new.desk.close, rules.desk.close);
    }

    #[test]
    fn a_category_has_a_grade_or_limits_of_its_own() {
        let mut rules = rules();
        let code = rules.categories.keys().next().unwrap().clone();
        let graded = format!("[categories.{code}]\ngrade = \"emergency\"");
        let new = NewLimits::read(&graded, &rules).unwrap();
        rules = new.over(rules);
        let two_hours = Span::Clock { minutes: 120 };
        assert_eq!(rules.handling(&rules.categories[&code]).resolve, two_hours);
        let own = format!("[categories.{code}]\nresolve = {{ in = \"working_days\", days = 9 }}");
        let new = NewLimits::read(&own, &rules).unwrap();
        rules = new.over(rules);
        let days = Span::WorkingDays { days: 9 };
        assert_eq!(rules.handling(&rules.categories[&code]).resolve, days);
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        for (file, place) in [
            ("[desk", "the file"),
            ("[desks]", "desks"),
            ("[desk]\naccept = 5", "desk.accept"),
            ("[grades]\nurgent = 5", "grades.urgent"),
            ("[categories.moon]", "categories"),
        ] {
            let refusal = NewLimits::read(file, &rules()).unwrap_err();
            assert_eq!(refusal.field.as_deref(), Some(place), "{file}: {refusal:?}");
        }
    }
}
