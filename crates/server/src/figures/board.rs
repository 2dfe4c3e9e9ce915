//! Boards of this city.

use std::collections::BTreeMap;

use yiwang_base::UnitCode;
use yiwang_cases::figures::{
    BehindPage, Board, CallId, Counted, FigureQuestion, FigureStore as _, Formula, GroupBy,
    GroupKey, Moment, Part, Whistled, answer, behind, ranks,
};
use yiwang_cases::{CallFilter, StoreError, WhistleStore as _};
use yiwang_store::Store;

use super::{Asked, Formulas, GroupWord};
use crate::wire::{BoardView, FigureView, FormulaView, TallyView, Time, Word, area_of, key_of};

/// Counts, by the formula and by the one beside it.
///
/// # Errors
/// When the figures are not read yet, or the record cannot be read.
pub async fn count(
    store: &Store,
    formulas: &Formulas,
    asked: &Asked,
) -> Result<BoardView, StoreError> {
    let question = &asked.question;
    let formula = &question.formula;
    let board = board(store, question, &asked.group).await?;
    let beside = match &asked.compare {
        None => None,
        Some(other) => {
            let question = FigureQuestion {
                formula: other.clone(),
                ..question.clone()
            };
            Some((other, self::board(store, &question, &asked.group).await?))
        }
    };
    let workers = match asked.group_word {
        GroupWord::Unit => Some(workers(store)?),
        _ => None,
    };
    let view = |formula: &Formula| {
        let mut all = formulas.all();
        let known = all.find(|(one, _)| one.key() == formula.key());
        FormulaView::of(formula, known.and_then(|(_, added)| added))
    };
    Ok(BoardView {
        formula: view(formula),
        compare: asked.compare.as_ref().map(view),
        group: Word(asked.group_word),
        from: question.filter.from.map(|from| Time(from.time())),
        until: question.filter.until.map(|until| Time(until.time())),
        total: TallyView::of(formula, &board.total, board.spread),
        total_compare: beside
            .as_ref()
            .map(|(other, board)| TallyView::of(other, &board.total, board.spread)),
        figures: figures(formula, &board, beside.as_ref(), workers.as_ref()),
        entries: board.entries,
        as_of: Time(question.now.time()),
    })
}

/// The board of turns or of calls, as the formula says.
pub(super) async fn board(
    store: &Store,
    question: &FigureQuestion,
    group: &GroupBy,
) -> Result<Board, StoreError> {
    match question.formula.counted {
        Counted::Cases | Counted::Turns => store.board(question, group).await,
        Counted::Calls => {
            // Entries that become durable meanwhile may be counted already.
            let entries = store.durable_entries();
            let calls = calls(store, question).await?;
            Ok(answer(&calls, question, group, entries))
        }
    }
}

/// A page of the calls behind a figure.
///
/// # Errors
/// When the record cannot be read.
pub async fn calls_behind(
    store: &Store,
    question: &FigureQuestion,
    part: Part,
    start: Option<CallId>,
    limit: usize,
) -> Result<BehindPage<Whistled>, StoreError> {
    let calls = calls(store, question).await?;
    Ok(behind(&calls, question, part, start, limit))
}

/// The calls that a question may be about.
async fn calls(store: &Store, question: &FigureQuestion) -> Result<Vec<Whistled>, StoreError> {
    let filter = &question.filter;
    // Units of which there are none are left to the question.
    let units: Option<Vec<UnitCode>> = filter.units.iter().cloned().collect();
    store
        .calls(&CallFilter {
            units: units.unwrap_or_default(),
            kinds: Vec::new(),
            from: filter.from.map(Moment::time),
            until: filter.until.map(Moment::time),
        })
        .await
}

type Beside<'a> = (&'a Formula, Board);

/// The parts of a board, each with the same part of the board beside it.
fn figures(
    formula: &Formula,
    board: &Board,
    beside: Option<&Beside<'_>>,
    workers: Option<&BTreeMap<UnitCode, u32>>,
) -> Vec<FigureView> {
    let mut others: BTreeMap<&GroupKey, TallyView> = beside
        .into_iter()
        .flat_map(|(other, board)| board.figures.iter().map(move |one| (*other, one)))
        .map(|(other, one)| (&one.key, TallyView::of(other, &one.tally, one.spread)))
        .collect();
    let ranked = board.figures.iter().zip(ranks(formula, &board.figures));
    ranked
        .map(|(figure, rank)| FigureView {
            key: key_of(figure),
            area: area_of(figure),
            tally: TallyView::of(formula, &figure.tally, figure.spread),
            rank: rank.map(Into::into),
            workers: workers.and_then(|workers| match &figure.key {
                GroupKey::Unit(Some(unit)) => Some(workers.get(unit).copied().unwrap_or(0)),
                _ => None,
            }),
            compare: others.remove(&figure.key),
        })
        .collect()
}

/// How many people work for each unit.
pub(super) fn workers(store: &Store) -> Result<BTreeMap<UnitCode, u32>, StoreError> {
    let mut workers = BTreeMap::new();
    for account in store.accounts()? {
        if let Some(unit) = account.unit.filter(|_| !account.disabled) {
            *workers.entry(unit).or_default() += 1;
        }
    }
    Ok(workers)
}
