//! Recent cases, ready to be searched for those that speak of the same matter.
//!
//! Two roads lead to a case: its rarest terms, and the square of the map it
//! lies in. On each only the newest few are looked at, so that a search costs
//! the same at a thousand cases and at a million; each case found is then
//! compared whole.

use std::collections::{HashMap, VecDeque};

use yiwang_base::{CELL_ZOOM, CaseId, CategoryCode, Point, Timestamp, cell, to_millis};

use super::score::{DuplicateLimits, Likeness, metres_between};

/// A case as far as the index knows it, or what one is looked for with.
#[derive(Debug, Clone)]
pub struct Seen {
    /// When it came in.
    pub at: Timestamp,
    /// Its terms, as [`fn@super::terms`] gives them.
    pub terms: Vec<u32>,
    /// Where it lies.
    pub point: Option<Point>,
    /// What it is about.
    pub category: Option<CategoryCode>,
}

/// A candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The case.
    pub case: CaseId,
    /// What speaks for it.
    pub likeness: Likeness,
}

struct Held {
    id: CaseId,
    seen: Seen,
    /// Length of its vector of weights, from when it came in.
    norm: f64,
}

/// Newest cases kept for each term and each square.
const KEPT: usize = 192;
/// How many of them a search looks at, for each term and each square.
const LOOKED_AT: usize = 24;
/// How many of the cases met are compared whole: those that most roads lead to.
const COMPARED: usize = 96;
/// How many of its terms, the rarest first, a search follows.
const FOLLOWED: usize = 6;
/// Squares are tiles of the web map at this zoom: some 470 m at 40° north.
const SQUARE_ZOOM: u32 = 16;

/// The index.
pub struct DuplicateIndex {
    /// By order of coming in; `first` is the number of the oldest.
    held: VecDeque<Option<Held>>,
    first: u64,
    most: usize,
    by_id: HashMap<CaseId, u64>,
    by_term: HashMap<u32, Postings>,
    by_square: HashMap<i64, VecDeque<u64>>,
    limits: DuplicateLimits,
}

#[derive(Default)]
struct Postings {
    /// In how many of the held cases the term is.
    cases: u32,
    newest: VecDeque<u64>,
}

impl DuplicateIndex {
    /// An index of the `most` newest cases.
    pub fn new(most: usize) -> DuplicateIndex {
        DuplicateIndex {
            held: VecDeque::new(),
            first: 0,
            most: most.max(1),
            by_id: HashMap::new(),
            by_term: HashMap::new(),
            by_square: HashMap::new(),
            limits: DuplicateLimits::default(),
        }
    }

    /// From which likeness on cases are taken for duplicates.
    pub fn limits(&self) -> DuplicateLimits {
        self.limits
    }

    /// Goes by other limits from now on.
    pub fn set_limits(&mut self, limits: DuplicateLimits) {
        self.limits = limits;
    }

    /// How many cases it holds.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Whether it holds the case.
    pub fn holds(&self, id: CaseId) -> bool {
        self.by_id.contains_key(&id)
    }

    /// What it knows of a case.
    pub fn seen(&self, id: CaseId) -> Option<&Seen> {
        self.at(*self.by_id.get(&id)?).map(|held| &held.seen)
    }

    /// All that it holds, oldest first.
    pub fn held(&self) -> impl Iterator<Item = (CaseId, &Seen)> {
        let held = self.held.iter().flatten();
        held.map(|held| (held.id, &held.seen))
    }

    /// Adds a case; one that is there already is replaced.
    pub fn insert(&mut self, id: CaseId, seen: Seen) {
        self.remove(id);
        let number = self.first + self.held.len() as u64;
        for &term in &seen.terms {
            let postings = self.by_term.entry(term).or_default();
            postings.cases += 1;
            push(&mut postings.newest, number);
        }
        if let Some(point) = seen.point {
            push(self.by_square.entry(square(point)).or_default(), number);
        }
        let norm = self.norm(&seen.terms);
        self.held.push_back(Some(Held { id, seen, norm }));
        self.by_id.insert(id, number);
        // What was taken out keeps its slot until it is the oldest.
        while self.by_id.len() > self.most || self.held.len() > 2 * self.most {
            if let Some(Some(oldest)) = self.held.pop_front() {
                self.first += 1;
                self.by_id.remove(&oldest.id);
                self.forget(&oldest.seen);
            } else {
                self.first += 1;
            }
        }
    }

    /// Takes a case out, with all that it knows of it.
    pub fn remove(&mut self, id: CaseId) {
        let Some(number) = self.by_id.remove(&id) else {
            return;
        };
        let slot = (number - self.first) as usize;
        if let Some(held) = self.held.get_mut(slot).and_then(Option::take) {
            self.forget(&held.seen);
        }
    }

    /// Cases that may speak of the same matter, the likeliest first and at most
    /// `limit`, without `but` itself.
    pub fn candidates(&self, sought: &Seen, but: Option<CaseId>, limit: usize) -> Vec<Match> {
        let numbers = self.numbers_near(sought);
        let weights: Vec<(u32, f64)> = sought
            .terms
            .iter()
            .map(|term| (*term, self.weight(*term)))
            .collect();
        let norm = weights.iter().map(|(_, w)| w * w).sum::<f64>().sqrt();
        let found = numbers.into_iter().filter_map(|number| self.at(number));
        let mut matches: Vec<Match> = found
            .filter(|held| Some(held.id) != but)
            .filter_map(|held| {
                let likeness = likeness(sought, &weights, norm, held, &self.limits)?;
                likeness.is_shown(&self.limits).then_some(Match {
                    case: held.id,
                    likeness,
                })
            })
            .collect();
        matches.sort_by_key(|found| {
            let newest = std::cmp::Reverse(found.case);
            (std::cmp::Reverse(found.likeness.score), newest)
        });
        matches.truncate(limit);
        matches
    }

    /// Candidates of a case that the index holds.
    pub fn candidates_of(&self, id: CaseId, limit: usize) -> Vec<Match> {
        let seen = self.seen(id);
        seen.map_or_else(Vec::new, |seen| self.candidates(seen, Some(id), limit))
    }

    /// Numbers of the cases that most roads lead to.
    fn numbers_near(&self, sought: &Seen) -> Vec<u64> {
        let mut rarest: Vec<&Postings> = sought
            .terms
            .iter()
            .filter_map(|term| self.by_term.get(term))
            .collect();
        rarest.sort_by_key(|postings| postings.cases);
        let by_terms = rarest.into_iter().take(FOLLOWED).map(|p| &p.newest);
        let squares = sought.point.map_or_else(Vec::new, squares_around);
        let by_place = squares.iter().filter_map(|at| self.by_square.get(at));
        let roads = by_terms.chain(by_place);
        let mut met: Vec<u64> = roads
            .flat_map(|road| road.iter().rev().take(LOOKED_AT))
            .copied()
            .collect();
        met.sort_unstable();
        let mut numbers: Vec<(usize, u64)> = met
            .chunk_by(|one, other| one == other)
            .map(|same| (same.len(), same[0]))
            .collect();
        // Of those met as often the newest go first.
        numbers.sort_unstable_by(|one, other| other.cmp(one));
        numbers.truncate(COMPARED);
        numbers.into_iter().map(|(_, number)| number).collect()
    }

    fn at(&self, number: u64) -> Option<&Held> {
        let slot = number.checked_sub(self.first)?;
        self.held.get(slot as usize)?.as_ref()
    }

    /// A rare term weighs more: ln(1 + cases / cases with the term).
    fn weight(&self, term: u32) -> f64 {
        let with = self.by_term.get(&term).map_or(1, |p| p.cases.max(1));
        (1.0 + (self.by_id.len() as f64 + 1.0) / f64::from(with)).ln()
    }

    fn norm(&self, terms: &[u32]) -> f64 {
        let squares = terms.iter().map(|term| self.weight(*term).powi(2));
        squares.sum::<f64>().sqrt()
    }

    /// Takes a case's terms and place out of the roads. What its number still
    /// stands in is passed over, since nothing is held under it.
    fn forget(&mut self, seen: &Seen) {
        let first = self.first;
        for term in &seen.terms {
            if let Some(postings) = self.by_term.get_mut(term) {
                postings.cases = postings.cases.saturating_sub(1);
                trim(&mut postings.newest, first);
                if postings.cases == 0 {
                    self.by_term.remove(term);
                }
            }
        }
        if let Some(point) = seen.point {
            let square = square(point);
            if let Some(road) = self.by_square.get_mut(&square) {
                trim(road, first);
                if road.is_empty() {
                    self.by_square.remove(&square);
                }
            }
        }
    }
}

fn push(road: &mut VecDeque<u64>, number: u64) {
    if road.len() == KEPT {
        road.pop_front();
    }
    road.push_back(number);
}

fn trim(road: &mut VecDeque<u64>, first: u64) {
    while road.front().is_some_and(|number| *number < first) {
        road.pop_front();
    }
}

fn square(point: Point) -> i64 {
    cell(point) >> (2 * (CELL_ZOOM - SQUARE_ZOOM))
}

/// The squares of a point and its eight neighbours.
fn squares_around(point: Point) -> Vec<i64> {
    // The width of a square in degrees east; its height is that times the
    // cosine of the latitude (Web Mercator keeps angles).
    let width = 360.0 / f64::from(1u32 << SQUARE_ZOOM);
    let height = width * point.lat().to_radians().cos();
    let mut squares = Vec::with_capacity(9);
    for east in [-1.0, 0.0, 1.0] {
        for north in [-1.0, 0.0, 1.0] {
            let lon = point.lon() + east * width;
            let lat = point.lat() + north * height;
            // Beyond the map's edge there is nothing to look for.
            if let Ok(at) = Point::new(lon, lat) {
                squares.push(square(at));
            }
        }
    }
    squares.sort_unstable();
    squares.dedup();
    squares
}

fn likeness(
    sought: &Seen,
    weights: &[(u32, f64)],
    norm: f64,
    held: &Held,
    limits: &DuplicateLimits,
) -> Option<Likeness> {
    let apart = (to_millis(sought.at) - to_millis(held.seen.at)).unsigned_abs();
    let hours = apart as f64 / 3_600_000.0;
    if hours > 24.0 * f64::from(limits.window_days) {
        return None;
    }
    let metres = match (sought.point, held.seen.point) {
        (Some(one), Some(other)) => Some(metres_between(one, other)),
        _ => None,
    };
    let same_category = match (&sought.category, &held.seen.category) {
        (Some(one), Some(other)) => Some(one == other),
        _ => None,
    };
    let scale = norm * held.norm;
    let cosine = if scale > 0.0 {
        (dot(weights, &held.seen.terms) / scale).min(1.0)
    } else {
        0.0
    };
    Some(Likeness::of(cosine, metres, hours, same_category))
}

/// Squares of the weights that both have; both are in order.
fn dot(weights: &[(u32, f64)], terms: &[u32]) -> f64 {
    let mut sum = 0.0;
    let mut theirs = terms.iter().peekable();
    for (term, weight) in weights {
        while theirs.next_if(|other| *other < term).is_some() {}
        if theirs.next_if_eq(&term).is_some() {
            sum += weight * weight;
        }
    }
    sum
}
