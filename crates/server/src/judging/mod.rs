//! The city's judgement of requests: learnt from its own closed cases, kept in
//! the record, used at intake and at the desk.

mod keep;
mod learn;
mod teach;

pub use keep::{AUTOMATIC, AutomaticSetting, Kept, ModelCard, Shown};
pub use learn::{Learnt, Lesson, learn};
pub use teach::{teach, train_now};

use jiff::SignedDuration;
use yiwang_base::{Purpose, Timestamp};
use yiwang_cases::forecast::Forecaster;
use yiwang_cases::triage::{Automatic, Desk, Judge, Matter};
use yiwang_cases::{Actor, AtOnce, Case, Command, Limits, RequestWords, StoreError};
use yiwang_store::Store;

use crate::city::City;

/// The judgement as it is now.
pub struct Judging {
    /// Categories and lead units.
    pub judge: Judge,
    /// How long handling usually takes; `None` until enough cases have ended.
    pub forecaster: Option<Forecaster>,
    /// What is known of the trained model.
    pub card: Option<ModelCard>,
    /// From which confidence on requests are dispatched automatically; `None`
    /// where that is off, or where the model has not shown to be that good.
    pub automatic_from: Option<f32>,
}

/// When a case is usually done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UsuallyDone {
    /// Half of the cases like it are done by then.
    pub half_by: Timestamp,
    /// Nine of ten cases like it are done by then.
    pub by: Timestamp,
    /// How many cases are like it in all that is known of it.
    pub like_it: usize,
}

impl Judging {
    /// What can be judged before anything was learnt: categories by their names.
    pub fn untaught(city: &City) -> Judging {
        Judging {
            judge: Judge::new(&city.rules, None, Default::default()),
            forecaster: None,
            card: None,
            automatic_from: None,
        }
    }

    /// What the record's closed cases teach now, with the model kept in it.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn from_record(store: &Store, city: &City) -> Result<Judging, StoreError> {
        let learnt = learn(store).await?;
        let kept = Kept::read(store)?;
        let asked = AutomaticSetting::read(store)?;
        let (model, card) = kept.map_or((None, None), |kept| (Some(kept.model), Some(kept.card)));
        let shown = card
            .as_ref()
            .zip(asked.from_permille)
            .filter(|(card, from)| card.has_shown(*from));
        Ok(Judging {
            automatic_from: shown.map(|(_, from)| f32::from(from) / 1000.0),
            judge: Judge::new(&city.rules, model, learnt.leads),
            forecaster: Forecaster::learn(&learnt.ended),
            card,
        })
    }

    /// When a case like this is usually done; `None` once it is done, and while
    /// too little is known: of it, or of cases like it.
    pub fn usually_done(&self, case: &Case) -> Option<UsuallyDone> {
        if case.closed_at.is_some() {
            return None;
        }
        let traits = learn::traits(case);
        if traits.is_empty() {
            return None;
        }
        let forecast = self.forecaster.as_ref()?.forecast(&traits);
        let after = |hours: f64| {
            let minutes = SignedDuration::from_mins((hours * 60.0).ceil() as i64);
            case.submitted_at.checked_add(minutes).ok()
        };
        Some(UsuallyDone {
            half_by: after(forecast.median)?,
            by: after(forecast.late)?,
            like_it: forecast.like_it,
        })
    }

    /// What is done at once with a request that was just taken in: accepted and
    /// dispatched, where the city wants that and the judgement is sure enough.
    pub fn steps(&self, city: &City, case: &Case) -> Vec<AtOnce> {
        let (Some(threshold), Some(card)) = (self.automatic_from, &self.card) else {
            return Vec::new();
        };
        // What the sender chose is the sender's word; a person looks at it.
        if case.category.is_some() {
            return Vec::new();
        }
        let Some(request) = &case.request else {
            return Vec::new();
        };
        let matter = matter(request.disclose(Purpose::HandleCase), case);
        let sure = self
            .judge
            .automatic(&city.rules, &matter, threshold, &mut Desk::default());
        sure.map_or_else(Vec::new, |sure| steps(&sure, card))
    }
}

/// A case's request as it is judged.
pub fn matter<'a>(request: &'a RequestWords, case: &'a Case) -> Matter<'a> {
    Matter {
        words: &request.words,
        address: request.place.address.as_deref(),
        area: case.area.as_ref(),
    }
}

fn steps(sure: &Automatic, card: &ModelCard) -> Vec<AtOnce> {
    let actor = Actor::System(card.name());
    let confidence = (f64::from(sure.confidence) * 1000.0).floor() / 1000.0;
    let grounds = format!(
        "confidence {confidence:.3} from {} deciding words",
        sure.deciding_words
    );
    let accept = Command::Accept {
        category: sure.category.clone(),
        area: None,
    };
    let dispatch = Command::Dispatch {
        unit: sure.unit.clone(),
        assisting: Vec::new(),
        limits: Limits::ByCategory,
        reason: None,
        note: None,
    };
    let step = |command| AtOnce {
        actor: actor.clone(),
        grounds: grounds.clone(),
        command,
    };
    vec![step(accept), step(dispatch)]
}
