//! What the record shows of a scenario.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;
use yiwang_base::{Refusal, Timestamp, UserName};
use yiwang_cases::figures::{FigureStore as _, Part};
use yiwang_cases::scenario::{
    Acceptance, Drill, FRICTION, Friction, Gates, Liking, SATISFACTION, Scenario, Share, Standing,
    Use, standing, users,
};
use yiwang_cases::{CaseStore as _, Happening, StoreError};
use yiwang_store::{ItemKind, ItemSet, Store};

use crate::city::City;
use crate::figures::{Asked, Formulas, count};
use crate::wire::BoardView;

/// The newest cases of a scenario in which use by staff is looked for, at most.
const MOST_CASES: usize = 500;

/// One figure of a scenario, and the side of it that is trouble.
pub struct FigureOf {
    /// What it was asked with: the same opens the cases behind it.
    pub query: String,
    /// The figure.
    pub board: BoardView,
    /// Its trouble; `None` of satisfaction.
    pub friction: Option<Friction>,
}

/// What the record shows of a scenario, by the period of its own thresholds.
pub struct Measured {
    /// From which day on.
    pub from: Date,
    /// How satisfied residents are.
    pub satisfaction: FigureOf,
    /// What trouble they had.
    pub friction: Vec<FigureOf>,
    /// How staff use it; `None` where it names no step.
    pub used: Option<Use>,
    /// How staff rate it.
    pub liked: Liking,
    /// Its drills with who recorded each, the last first.
    pub drills: Vec<(Drill, ItemSet)>,
    /// Who accepted it, or took that back.
    pub acceptance: Option<(Acceptance, ItemSet)>,
    /// What its gates say.
    pub gates: Gates,
    /// How it stands.
    pub standing: Standing,
}

/// The day so many days before now, in the city: pages and figures understand days alike.
pub fn day_before(city: &City, now: Timestamp, days: i64) -> Date {
    let today = now.to_zoned(city.rules.calendar.zone().clone()).date();
    today.saturating_sub(days.days())
}

/// Counts what a query asks for.
///
/// # Errors
/// A refusal that names the parameter, or when the figures are not read yet.
pub async fn board(
    store: &Store,
    formulas: &Formulas,
    city: &City,
    query: &str,
    now: Timestamp,
) -> Result<BoardView, Refusal> {
    let asked = Asked::read(query, false, city, formulas, now)?;
    Ok(count(store, formulas, &asked).await?)
}

/// What the record shows of a scenario whose version was set by the entry `version`.
///
/// # Errors
/// When the figures are not read yet, or the record cannot be read.
pub async fn measure(
    store: &Store,
    formulas: &Formulas,
    city: &City,
    (scenario, version): (&Scenario, u64),
    now: Timestamp,
) -> Result<Measured, Refusal> {
    let from = day_before(city, now, scenario.gates.days.into());
    let within = format!("scenario={}&from={from}", scenario.code);
    let figure = async |formula: &str, friction| {
        let query = format!("formula={formula}&{within}");
        let board = board(store, formulas, city, &query, now).await?;
        Ok::<_, Refusal>(FigureOf {
            query,
            board,
            friction,
        })
    };
    let satisfaction = figure(SATISFACTION, None).await?;
    let mut friction = Vec::with_capacity(FRICTION.len());
    for one in FRICTION {
        friction.push(figure(one.formula, Some(one)).await?);
    }
    let used = match scenario.steps.is_empty() {
        true => None,
        false => {
            let query = format!("formula=covered&{within}");
            let asked = Asked::read(&query, false, city, formulas, now)?;
            Some(used(store, &asked, scenario).await?)
        }
    };
    let liked = liked(store, scenario)?;
    let drills = drills(store, scenario)?;
    let acceptance = acceptance(store, scenario)?;
    let today = day_before(city, now, 0);
    let total = &satisfaction.board.total;
    let gates = Gates::of(
        &scenario.gates,
        today,
        drills.first().map(|(drill, _)| drill),
        used,
        liked,
        Share {
            met: total.met,
            counted: total.counted,
        },
    );
    let accepted = acceptance.as_ref().map(|(acceptance, _)| acceptance);
    Ok(Measured {
        standing: standing(accepted, version, &gates),
        from,
        satisfaction,
        friction,
        used,
        liked,
        drills,
        acceptance,
        gates,
    })
}

/// How staff used a scenario in the newest cases that a question is about.
async fn used(store: &Store, asked: &Asked, scenario: &Scenario) -> Result<Use, StoreError> {
    let question = &asked.question;
    let page = store
        .behind(question, Part::Counted, None, MOST_CASES)
        .await?;
    let (mut told, mut people) = (Use::default(), BTreeSet::<UserName>::new());
    for one in &page.turns {
        let timeline = store.timeline(one.turn.id.case).await?;
        let events: Vec<Happening> = timeline.into_iter().map(|one| one.happening).collect();
        let by = users(&scenario.steps, &events);
        told.cases += 1;
        told.used += u64::from(!by.is_empty());
        people.extend(by.into_iter().cloned());
    }
    told.people = people.len() as u64;
    Ok(told)
}

/// Items whose code begins with a scenario's.
fn of_scenario(
    store: &Store,
    kind: ItemKind,
    scenario: &Scenario,
) -> Result<impl Iterator<Item = ItemSet>, StoreError> {
    let begins = format!("{}/", scenario.code);
    let all = store.items_set(kind)?.into_iter();
    Ok(all.filter(move |set| set.item.code.starts_with(&begins)))
}

fn liked(store: &Store, scenario: &Scenario) -> Result<Liking, StoreError> {
    let mut liked = Liking::default();
    for set in of_scenario(store, ItemKind::ScenarioRating, scenario)? {
        let rating: u8 = set.item.read()?;
        liked.counted += 1;
        liked.met += u64::from(rating >= 4);
    }
    Ok(liked)
}

fn drills(store: &Store, scenario: &Scenario) -> Result<Vec<(Drill, ItemSet)>, StoreError> {
    let mut drills = Vec::new();
    for set in of_scenario(store, ItemKind::Drill, scenario)? {
        drills.push((set.item.read::<Drill>()?, set));
    }
    drills.sort_by_key(|(drill, set)| std::cmp::Reverse((drill.on, set.seq)));
    Ok(drills)
}

fn acceptance(
    store: &Store,
    scenario: &Scenario,
) -> Result<Option<(Acceptance, ItemSet)>, StoreError> {
    let mut all = store.items_set(ItemKind::ScenarioAcceptance)?.into_iter();
    let found = all.find(|set| set.item.code == scenario.code.as_str());
    let read = |set: ItemSet| Ok((set.item.read()?, set));
    found.map(read).transpose()
}
