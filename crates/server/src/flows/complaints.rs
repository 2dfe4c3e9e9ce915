//! How many complaints a topic's scope has: one filter for before and after.

use yiwang_base::Timestamp;
use yiwang_cases::civic::topic::{Count, Scope};
use yiwang_cases::{CaseFilter, CaseStore, Channel, Stage, StoreError};
use yiwang_store::Store;

use crate::city::City;

/// Complaints of a scope that came in during a time: declined and proactive
/// cases are left out.
///
/// # Errors
/// When the record cannot be read.
pub async fn count_scope(
    store: &Store,
    city: &City,
    scope: &Scope,
    from: Timestamp,
    until: Timestamp,
) -> Result<Count, StoreError> {
    let areas = scope.areas.iter();
    let filter = CaseFilter {
        stages: Stage::ALL
            .into_iter()
            .filter(|stage| *stage != Stage::Declined)
            .collect(),
        channels: Channel::ALL
            .into_iter()
            .filter(|channel| *channel != Channel::Proactive)
            .collect(),
        areas: areas.flat_map(|area| city.with_descendants(area)).collect(),
        categories: scope.categories.clone(),
        from: Some(from),
        until: Some(until),
        ..CaseFilter::default()
    };
    let counts = store.counts(&filter, until).await?;
    Ok(Count {
        cases: counts.by_stage.values().sum(),
        from,
        until,
    })
}
