//! What closed cases teach.

use yiwang_base::Purpose;
use yiwang_cases::forecast::Ended;
use yiwang_cases::triage::{Leads, Matter, place_text};
use yiwang_cases::{Case, CaseFilter, CaseStore as _, Order, Rules, Stage, StoreError};
use yiwang_store::Store;

/// Closed cases that are looked at, the newest.
const MOST_CASES: usize = 50_000;
/// Of them, those whose words a model is trained on.
const MOST_LESSONS: usize = 6_000;
/// Cases read at once.
const PAGE: usize = 500;

/// What closed cases teach.
#[derive(Default)]
pub struct Learnt {
    /// Who handled what, and who gave it back.
    pub leads: Leads,
    /// How long each took, in the order in which they came in.
    pub ended: Vec<Ended>,
    /// Messages whose category is known, the newest first.
    pub lessons: Vec<Lesson>,
    /// How many cases were looked at.
    pub cases: usize,
}

/// A message whose category is known.
pub struct Lesson {
    words: String,
    address: Option<String>,
    area: Option<yiwang_base::AreaCode>,
    /// The category's code.
    pub category: String,
}

impl Lesson {
    /// The texts that a model is trained on.
    pub fn texts(&self, rules: &Rules) -> [String; 2] {
        let matter = Matter {
            words: &self.words,
            address: self.address.as_deref(),
            area: self.area.as_ref(),
        };
        [self.words.clone(), place_text(rules, &matter)]
    }
}

/// Looks at the newest closed cases.
///
/// # Errors
/// When the record cannot be read.
pub async fn learn(store: &Store) -> Result<Learnt, StoreError> {
    let closed = CaseFilter {
        stages: vec![Stage::Closed],
        ..CaseFilter::default()
    };
    let (mut learnt, mut start) = (Learnt::default(), None);
    loop {
        let page = store.list(&closed, Order::Newest, start, PAGE).await?;
        for case in &page.cases {
            learnt.add(case);
        }
        match page.next {
            Some(next) if learnt.cases < MOST_CASES => start = Some(next),
            _ => break,
        }
    }
    learnt.ended.reverse();
    Ok(learnt)
}

impl Learnt {
    fn add(&mut self, case: &Case) {
        self.cases += 1;
        if case.more.withdrawn {
            // It ended, but nobody handled it to its end.
            return;
        }
        self.leads.learn(case);
        if let Some(closed_at) = case.closed_at {
            let took = closed_at.duration_since(case.submitted_at);
            self.ended.push(Ended {
                traits: traits(case),
                hours: took.as_secs_f64().max(0.0) / 3600.0,
            });
        }
        if self.lessons.len() < MOST_LESSONS
            && let (Some(request), Some(category)) = (&case.request, &case.category)
        {
            let request = request.disclose(Purpose::HandleCase);
            self.lessons.push(Lesson {
                words: request.words.clone(),
                address: request.place.address.clone(),
                area: case.area.clone(),
                category: category.to_string(),
            });
        }
    }
}

/// By what a case is compared with others: its category, then its unit.
pub(super) fn traits(case: &Case) -> Vec<String> {
    let category = case.category.as_ref().map(ToString::to_string);
    let unit = case.unit.as_ref().map(ToString::to_string);
    category.into_iter().chain(unit).collect()
}
