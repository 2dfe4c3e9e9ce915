//! The work in the background: reading recent cases after a start, finding
//! clusters, and learning new names when the base map is made anew.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jiff::ToSpan as _;
use yiwang_base::{CaseId, Timestamp};
use yiwang_cases::{CaseFilter, CaseStore as _, DuplicateIndex, Order, Seen, StoreError};

use super::{Duplicates, MOST, names};
use crate::http::App;

/// How many cases are linked at once, and the least pause after that: what comes in
/// goes before it.
const AT_ONCE: usize = 500;
const PAUSE: Duration = Duration::from_millis(250);
/// How many times as long as linking took the pause after it is: after a start, or where
/// much comes in, one fifth of a processor's time goes into it.
const REST: u32 = 4;
/// Of how many parts of the time at most one goes into finding clusters.
const PART: u32 = 30;
/// How often it is looked whether the base map was made anew.
const LOOK_AT_MAP: Duration = Duration::from_secs(60);
/// How far back cases are read.
const DAYS: i64 = 45;
/// Cases read at once.
const PAGE: usize = 500;

/// Does all of it, for as long as the server runs.
pub async fn keep(app: Arc<App>) {
    if let Err(error) = read_record(&app).await {
        // New cases are found all the same; older ones after the next start.
        tracing::error!(%error, "recent cases could not be read for finding duplicates");
    }
    let mut stamp = app.base_map.store().stamp().ok();
    let mut looked = Instant::now();
    let mut last_link = None;
    let mut clusters_from = Instant::now();
    loop {
        let linking_from = Instant::now();
        let duplicates = Arc::clone(&app.duplicates);
        let linking = tokio::task::spawn_blocking(move || duplicates.find_links(AT_ONCE));
        if let Err(error) = linking.await {
            tracing::error!(%error, "cases could not be compared");
        }
        let rest = linking_from.elapsed() * REST;
        let newest = app.duplicates.links().back().copied();
        let unknown = app.duplicates.found().at.is_none();
        if (unknown || newest != last_link) && Instant::now() >= clusters_from {
            last_link = newest;
            let began = Instant::now();
            let duplicates = Arc::clone(&app.duplicates);
            let finding =
                tokio::task::spawn_blocking(move || duplicates.find_clusters(Timestamp::now()));
            if let Err(error) = finding.await {
                tracing::error!(%error, "clusters could not be found");
            }
            clusters_from = Instant::now() + began.elapsed() * PART;
        }
        if looked.elapsed() >= LOOK_AT_MAP {
            looked = Instant::now();
            let current = app.base_map.store().stamp().ok();
            if current != stamp {
                stamp = current;
                learn_names(&app).await;
            }
        }
        tokio::time::sleep(PAUSE.max(rest)).await;
    }
}

/// Reads the names of places anew.
async fn learn_names(app: &Arc<App>) {
    let reader = Arc::clone(app);
    let learnt = tokio::task::spawn_blocking(move || {
        names::gazetteer(&reader.city(), reader.base_map.store())
    });
    match learnt.await {
        Ok(Ok(gazetteer)) => {
            tracing::info!(names = gazetteer.len(), "the names of places are known");
            app.duplicates.learn(gazetteer);
        }
        Ok(Err(error)) => tracing::error!(%error, "the names of places could not be learnt"),
        Err(error) => tracing::error!(%error, "the names of places could not be learnt"),
    }
}

async fn read_record(app: &Arc<App>) -> Result<(), StoreError> {
    learn_names(app).await;
    let from = Timestamp::now().checked_sub((DAYS * 24).hours()).ok();
    let filter = CaseFilter {
        from,
        ..CaseFilter::default()
    };
    let mut read: Vec<(CaseId, Seen)> = Vec::new();
    let mut start = None;
    loop {
        let page = app.store.list(&filter, Order::Newest, start, PAGE).await?;
        let seen = page.cases.iter().filter_map(|case| {
            let seen = app.duplicates.seen(case)?;
            Some((case.id, seen))
        });
        read.extend(seen);
        start = page.next;
        if start.is_none() || read.len() >= MOST {
            break;
        }
    }
    let duplicates = Arc::clone(&app.duplicates);
    let cases = read.len();
    let filled = tokio::task::spawn_blocking(move || duplicates.fill(read)).await;
    filled.map_err(|error| StoreError::Broken(error.to_string()))?;
    tracing::info!(cases, "recent cases are known for finding duplicates");
    Ok(())
}

impl Duplicates {
    /// Takes in what was read, newest first, under what came in meanwhile.
    fn fill(&self, read: Vec<(CaseId, Seen)>) {
        let mut index = DuplicateIndex::new(MOST);
        let ids: Vec<CaseId> = read.iter().rev().map(|(id, _)| *id).collect();
        for (id, seen) in read.into_iter().rev() {
            index.insert(id, seen);
        }
        {
            let mut current = self
                .index
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            index.set_limits(current.limits());
            for (id, seen) in current.held() {
                if !index.holds(id) {
                    index.insert(id, seen.clone());
                }
            }
            let erased = self
                .erased
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            for id in erased.iter() {
                index.remove(*id);
            }
            *current = index;
            self.ready.store(true, Ordering::Release);
        }
        for id in ids {
            self.ask_for_links(id);
        }
    }

    fn learn(&self, gazetteer: yiwang_cases::Gazetteer) {
        let mut known = self
            .gazetteer
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *known = Arc::new(gazetteer);
    }
}
