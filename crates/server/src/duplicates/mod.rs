//! Duplicates in the running server: the index of recent cases, the links that
//! were found when they came in, the clusters these make, and the gazetteer.
//!
//! All of it is made from the record and can be made again; nothing of it is
//! journalled. It fills in the background after a start.

mod keep;
mod limits;
mod names;

pub use keep::keep;
pub use limits::{DUPLICATES, read_limits};
pub(crate) use names::of_areas as names_of;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quick_cache::sync::Cache;
use yiwang_base::{CaseId, CategoryCode, Purpose, Timestamp};
use yiwang_cases::{
    Case, Cluster, DuplicateIndex, DuplicateLimits, Gazetteer, Match, Place, RequestWords, Seen,
    clusters, terms,
};

/// Most cases in the index: the newest.
const MOST: usize = 150_000;
/// Most links that are kept, and how many of a case.
const MOST_LINKS: usize = 300_000;
const LINKS_OF_A_CASE: usize = 3;
/// How many candidates are looked at for these.
const LOOKED_AT: usize = 10;
/// Largest cluster.
const LARGEST: usize = 200;
/// Offers to join a case that are remembered.
const OFFERS: usize = 50_000;

/// A link between two cases: how alike they are, thousandths.
type Link = (CaseId, CaseId, u16);

/// What the server knows of duplicates.
pub struct Duplicates {
    index: RwLock<DuplicateIndex>,
    gazetteer: RwLock<Arc<Gazetteer>>,
    links: Mutex<VecDeque<Link>>,
    /// Cases whose links are still to be found, oldest first.
    pending: Mutex<VecDeque<CaseId>>,
    found: RwLock<Arc<Found>>,
    offers: Cache<String, CaseId>,
    /// Whether the record has been read, and what was erased while it was.
    ready: AtomicBool,
    erased: Mutex<Vec<CaseId>>,
}

/// The clusters that were last found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The clusters, the largest first.
    pub clusters: Vec<Cluster>,
    /// When; `None` before the first time.
    pub at: Option<Timestamp>,
}

impl Duplicates {
    /// Nothing known yet, but the names.
    pub fn new(gazetteer: Gazetteer) -> Duplicates {
        Duplicates {
            index: RwLock::new(DuplicateIndex::new(MOST)),
            gazetteer: RwLock::new(Arc::new(gazetteer)),
            links: Mutex::default(),
            pending: Mutex::default(),
            found: RwLock::new(Arc::new(Found {
                clusters: Vec::new(),
                at: None,
            })),
            offers: Cache::new(OFFERS),
            ready: AtomicBool::new(false),
            erased: Mutex::default(),
        }
    }

    /// The names of places.
    pub fn gazetteer(&self) -> Arc<Gazetteer> {
        let gazetteer = self.gazetteer.read();
        Arc::clone(&gazetteer.unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the record has been read, so that older cases are found too.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    /// Adds a case that came in; what it is like is found in the background. One
    /// that is known already is left alone.
    pub fn take_in(&self, case: &Case) {
        let Some(seen) = self.seen(case) else {
            return;
        };
        if self.index().holds(case.id) {
            return;
        }
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.insert(case.id, seen);
        drop(index);
        self.ask_for_links(case.id);
    }

    /// Forgets a case whose words were erased.
    pub fn forget(&self, id: CaseId) {
        if !self.is_ready() {
            let mut erased = self.erased.lock().unwrap_or_else(PoisonError::into_inner);
            erased.push(id);
        }
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.remove(id);
        self.links()
            .retain(|(one, other, _)| *one != id && *other != id);
    }

    /// Goes by other limits from now on: links are found anew, in the background.
    pub fn set_limits(&self, limits: DuplicateLimits) {
        let held: Vec<CaseId> = {
            let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
            if index.limits() == limits {
                return;
            }
            index.set_limits(limits);
            index.held().map(|(id, _)| id).collect()
        };
        self.links().clear();
        for id in held {
            self.ask_for_links(id);
        }
    }

    /// Cases that may be about the same matter as this one.
    pub fn candidates_of(&self, case: &Case, limit: usize) -> Vec<Match> {
        let seen = self.seen(case);
        seen.map_or_else(Vec::new, |seen| {
            self.index().candidates(&seen, Some(case.id), limit)
        })
    }

    /// Cases that may be about what somebody is about to send.
    pub fn candidates(&self, sought: &Seen, limit: usize) -> Vec<Match> {
        self.index().candidates(sought, None, limit)
    }

    /// What is compared of a request: the terms of its words, and where it is or
    /// says it is. Where nobody can tell that, the address counts as words.
    pub fn seen_of(
        &self,
        at: Timestamp,
        words: &str,
        place: &Place,
        category: Option<CategoryCode>,
    ) -> Seen {
        let address = place.address.as_deref().unwrap_or_default();
        let point = place.point.or_else(|| {
            let gazetteer = self.gazetteer();
            let named = |text: &str| gazetteer.where_is(text)?.point;
            named(address).or_else(|| named(words))
        });
        let terms = match point {
            Some(_) => terms(words),
            None => terms(&format!("{words} {address}")),
        };
        Seen {
            at,
            terms,
            point,
            category,
        }
    }

    /// The clusters that were last found.
    pub fn found(&self) -> Arc<Found> {
        let found = self.found.read();
        Arc::clone(&found.unwrap_or_else(PoisonError::into_inner))
    }

    /// Finds clusters anew.
    pub fn find_clusters(&self, now: Timestamp) {
        let links: Vec<Link> = self.links().iter().copied().collect();
        let found = Found {
            clusters: clusters(&links, LARGEST),
            at: Some(now),
        };
        *self.found.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(found);
    }

    /// A word by which somebody may join a case that was shown; the case's
    /// number stays with the server.
    ///
    /// # Errors
    /// When there is no randomness to be had.
    pub fn offer(&self, case: CaseId) -> Result<String, getrandom::Error> {
        let mut bytes = [0; 18];
        getrandom::fill(&mut bytes)?;
        let offer = URL_SAFE_NO_PAD.encode(bytes);
        self.offers.insert(offer.clone(), case);
        Ok(offer)
    }

    /// The case that was offered under this word.
    pub fn offered(&self, offer: &str) -> Option<CaseId> {
        self.offers.get(offer)
    }

    fn seen(&self, case: &Case) -> Option<Seen> {
        let words = case.request.as_ref()?.disclose(Purpose::HandleCase);
        let category = case.category.clone();
        Some(self.seen_of(case.submitted_at, &words.words, &words.place, category))
    }

    fn ask_for_links(&self, id: CaseId) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.len() == MOST {
            pending.pop_front();
        }
        pending.push_back(id);
    }

    /// Finds the links of the cases that have waited longest, at most `most`.
    fn find_links(&self, most: usize) {
        let now: Vec<CaseId> = {
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            let many = pending.len().min(most);
            pending.drain(..many).collect()
        };
        let limits = self.index().limits();
        for id in now {
            let like = self.index().candidates_of(id, LOOKED_AT);
            let like = like
                .into_iter()
                // Of two cases the later one has the link.
                .filter(|found| found.case < id && found.likeness.is_sure(&limits));
            let mut links = self.links();
            for found in like.take(LINKS_OF_A_CASE) {
                if links.len() == MOST_LINKS {
                    links.pop_front();
                }
                links.push_back((found.case, id, found.likeness.score));
            }
        }
    }

    fn index(&self) -> RwLockReadGuard<'_, DuplicateIndex> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn links(&self) -> MutexGuard<'_, VecDeque<Link>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where places are looked for in a request: its words and its address.
pub fn text_of(words: &RequestWords) -> String {
    match &words.place.address {
        Some(address) => format!("{} {address}", words.words),
        None => words.words.clone(),
    }
}
