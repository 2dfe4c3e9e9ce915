//! Scenarios of this city: as the record has them, and what the record shows of each.

mod measure;

pub use measure::{FigureOf, Measured, board, day_before, measure};

use std::collections::BTreeMap;

use yiwang_base::{CategoryCode, ScenarioCode};
use yiwang_cases::scenario::{Domain, Domains, Scenario};
use yiwang_cases::{Grade, StoreError};
use yiwang_store::{Item, ItemKind, Store};

use crate::city::City;

/// Code of the setting that says which categories belong to each domain.
pub const DOMAINS: &str = "domains";

/// The scenarios of the record.
///
/// # Errors
/// When the record cannot be read, or holds what is no scenario.
pub fn stored(store: &Store) -> Result<BTreeMap<ScenarioCode, Scenario>, StoreError> {
    let mut scenarios = BTreeMap::new();
    for item in store.items(ItemKind::Scenario)? {
        let scenario: Scenario = item.read()?;
        scenarios.insert(scenario.code.clone(), scenario);
    }
    Ok(scenarios)
}

/// Which categories belong to each domain: as it was set, else only those of emergencies,
/// which their limits tell.
///
/// # Errors
/// When the record cannot be read.
pub fn domains(store: &Store, city: &City) -> Result<Domains, StoreError> {
    let set = store.setting(DOMAINS)?;
    Ok(set.unwrap_or_else(|| usual_domains(city)))
}

/// The domains of a city that has set none.
pub fn usual_domains(city: &City) -> Domains {
    let all = city.rules.categories.values();
    let emergencies = all.filter(|category| category.own.grade == Some(Grade::Emergency));
    let codes: Vec<CategoryCode> = emergencies.map(|category| category.code.clone()).collect();
    let some = (!codes.is_empty()).then_some((Domain::Emergency, codes));
    Domains(some.into_iter().collect())
}

/// The domains as an item.
///
/// # Errors
/// When they have no JSON form.
pub fn domains_item(domains: &Domains) -> Result<Item, StoreError> {
    Item::of(ItemKind::Setting, DOMAINS, domains)
}
