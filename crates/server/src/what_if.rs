//! Limits tried on the cases in the record.

use yiwang_base::Timestamp;
use yiwang_cases::{CaseFilter, CaseStore as _, Happening, Order, Rules, StoreError, WhatIf};
use yiwang_store::Store;

/// Cases read at once.
const PAGE: usize = 500;

/// What rules would have made of the steps of the newest cases, `most` of them
/// where it is given, and whether there are more; `watch` hears how many were tried.
///
/// # Errors
/// When the record cannot be read.
pub async fn try_on(
    store: &Store,
    rules: &Rules,
    now: Timestamp,
    most: Option<u64>,
    mut watch: impl FnMut(u64),
) -> Result<(WhatIf, bool), StoreError> {
    let any = CaseFilter::default();
    let (mut what_if, mut start) = (WhatIf::default(), None);
    loop {
        let page = store.list(&any, Order::Newest, start, PAGE).await?;
        for case in &page.cases {
            if most.is_some_and(|most| what_if.cases >= most) {
                return Ok((what_if, true));
            }
            let timeline = store.timeline(case.id).await?;
            let events: Vec<Happening> =
                timeline.into_iter().map(|entry| entry.happening).collect();
            what_if.add(&events, rules, now);
        }
        watch(what_if.cases);
        match page.next {
            Some(next) => start = Some(next),
            None => return Ok((what_if, false)),
        }
    }
}
