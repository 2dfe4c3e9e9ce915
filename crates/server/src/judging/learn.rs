//! What closed cases teach.

use yiwang_base::Purpose;
use yiwang_cases::forecast::Ended;
use yiwang_cases::triage::{Leads, Matter, place_text, teaches_its_category};
use yiwang_cases::{Case, CaseFilter, CaseStore as _, Order, Rules, Stage, StoreError};
use yiwang_store::{ItemKind, Store};

use super::AUTOMATIC;

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
    // Where no model ever dispatched by itself, every category is a person's word.
    let ever_automatic = store.item(ItemKind::Setting, AUTOMATIC).await?.is_some();
    let (mut learnt, mut start) = (Learnt::default(), None);
    loop {
        let page = store.list(&closed, Order::Newest, start, PAGE).await?;
        for case in &page.cases {
            let teaches = learnt.lessons.len() < MOST_LESSONS
                && (!ever_automatic || is_a_persons_word(store, case).await?);
            learnt.add(case, teaches);
        }
        match page.next {
            Some(next) if learnt.cases < MOST_CASES => start = Some(next),
            _ => break,
        }
    }
    learnt.ended.reverse();
    Ok(learnt)
}

/// Whether the category of a case is more than what a model said.
async fn is_a_persons_word(store: &Store, case: &Case) -> Result<bool, StoreError> {
    let timeline = store.timeline(case.id).await?;
    let happenings: Vec<_> = timeline.into_iter().map(|entry| entry.happening).collect();
    Ok(teaches_its_category(&happenings))
}

impl Learnt {
    /// Takes in what a case teaches; its category only where it `teaches` that.
    fn add(&mut self, case: &Case, teaches: bool) {
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
        if teaches && let (Some(request), Some(category)) = (&case.request, &case.category) {
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
