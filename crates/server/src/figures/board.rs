//! Boards of this city.

use std::collections::BTreeMap;

use yiwang_base::UnitCode;
use yiwang_cases::StoreError;
use yiwang_cases::figures::{Board, FigureQuestion, FigureStore as _, Formula, GroupKey, ranks};
use yiwang_store::Store;

use super::{Asked, Formulas, GroupWord};
use crate::wire::{BoardView, FigureView, FormulaView, TallyView, Time, Word, key_of};

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
    let board = store.board(question, &asked.group).await?;
    let beside = match &asked.compare {
        None => None,
        Some(other) => {
            let question = FigureQuestion {
                formula: other.clone(),
                ..question.clone()
            };
            Some((other, store.board(&question, &asked.group).await?))
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
        total: TallyView::of(formula, &board.total),
        total_compare: beside
            .as_ref()
            .map(|(other, board)| TallyView::of(other, &board.total)),
        figures: figures(formula, &board, beside.as_ref(), workers.as_ref()),
        entries: board.entries,
        as_of: Time(question.now.time()),
    })
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
        .map(|(other, one)| (&one.key, TallyView::of(other, &one.tally)))
        .collect();
    let ranked = board.figures.iter().zip(ranks(formula, &board.figures));
    ranked
        .map(|(figure, rank)| FigureView {
            key: key_of(figure),
            tally: TallyView::of(formula, &figure.tally),
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
