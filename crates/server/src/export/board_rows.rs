//! A board as a table: what all parts have together first, then each part.

use serde_json::Number;
use yiwang_base::Lang;

use super::Cell;
use crate::city::City;
use crate::figures::GroupWord;
use crate::wire::{BoardView, FigureView, TallyView, Text};

/// Columns of a formula that measures times.
const TIMES: [&str; 3] = ["measured", "median_seconds", "p90_seconds"];

/// The names of the columns: those of the other formula come last.
pub fn board_columns(board: &BoardView) -> Vec<String> {
    let mut columns: Vec<String> = ["key", "name"].map(String::from).into();
    if board.group.0 == GroupWord::UnitArea {
        columns.extend(["area", "area_name"].map(String::from));
    }
    columns.push("formula".into());
    let tally = ["rate", "low", "high", "met", "counted", "left_out", "all"];
    columns.extend(tally.map(String::from));
    let reasons = board.formula.exclusions.iter();
    columns.extend(reasons.map(|exclusion| format!("left_out.{}", exclusion.code)));
    if board.formula.measured.is_some() {
        columns.extend(TIMES.map(String::from));
    }
    columns.extend(["rank_best", "rank_worst", "workers"].map(String::from));
    if let Some(compare) = &board.compare {
        columns.push("compare.formula".into());
        columns.extend(tally.map(|name| format!("compare.{name}")));
        if compare.measured.is_some() {
            columns.extend(TIMES.map(|name| format!("compare.{name}")));
        }
    }
    columns
}

/// The rows.
pub fn board_rows<'a>(
    board: &'a BoardView,
    city: &'a City,
    lang: Lang,
) -> impl Iterator<Item = Vec<Cell<'a>>> {
    let total = Part {
        board,
        key: Cell::None,
        name: match lang {
            Lang::Zh => Cell::Own("合计".into()),
            Lang::En => Cell::Own("total".into()),
        },
        area: Cell::None,
        area_name: Cell::None,
        tally: &board.total,
        figure: None,
        compare: board.total_compare.as_ref(),
    };
    let parts = board.figures.iter().map(move |figure| Part {
        board,
        key: figure
            .key
            .as_deref()
            .map_or(Cell::None, |key| Cell::Own(key.into())),
        name: name(board, figure, city, lang),
        area: figure
            .area
            .as_deref()
            .map_or(Cell::None, |area| Cell::Own(area.into())),
        area_name: area_name(figure.area.as_deref(), city, lang),
        tally: &figure.tally,
        figure: Some(figure),
        compare: figure.compare.as_ref(),
    });
    // A board that is not divided is its total.
    let divided = board.group.0 != GroupWord::Nothing;
    std::iter::once(total)
        .chain(parts.filter(move |_| divided))
        .map(Part::row)
}

struct Part<'a> {
    board: &'a BoardView,
    key: Cell<'a>,
    name: Cell<'a>,
    area: Cell<'a>,
    area_name: Cell<'a>,
    tally: &'a TallyView,
    figure: Option<&'a FigureView>,
    compare: Option<&'a TallyView>,
}

impl<'a> Part<'a> {
    fn row(self) -> Vec<Cell<'a>> {
        let mut cells = vec![self.key, self.name];
        if self.board.group.0 == GroupWord::UnitArea {
            cells.extend([self.area, self.area_name]);
        }
        cells.push(Cell::Own(self.board.formula.key.as_str().into()));
        cells.extend(tally(self.tally));
        cells.extend(self.tally.left_out.iter().map(|one| number(one.count)));
        if self.board.formula.measured.is_some() {
            cells.extend(times(Some(self.tally)));
        }
        let rank = self.figure.and_then(|figure| figure.rank.as_ref());
        cells.push(rank.map_or(Cell::None, |rank| number(rank.best as u64)));
        cells.push(rank.map_or(Cell::None, |rank| number(rank.worst as u64)));
        let workers = self.figure.and_then(|figure| figure.workers);
        cells.push(workers.map_or(Cell::None, |workers| number(workers.into())));
        if let Some(other) = &self.board.compare {
            cells.push(Cell::Own(other.key.as_str().into()));
            match self.compare {
                Some(compare) => cells.extend(tally(compare)),
                None => cells.extend((0..7).map(|_| Cell::None)),
            }
            if other.measured.is_some() {
                cells.extend(times(self.compare));
            }
        }
        cells
    }
}

fn tally<'a>(tally: &TallyView) -> [Cell<'a>; 7] {
    [
        share(tally.rate),
        share(tally.low),
        share(tally.high),
        number(tally.met),
        number(tally.counted),
        number(tally.all - tally.counted),
        number(tally.all),
    ]
}

fn times<'a>(tally: Option<&TallyView>) -> [Cell<'a>; 3] {
    match tally.and_then(|tally| tally.times.as_ref()) {
        None => [Cell::None, Cell::None, Cell::None],
        Some(times) => [
            number(times.measured),
            number(times.median_seconds.into()),
            number(times.p90_seconds.into()),
        ],
    }
}

fn number<'a>(number: u64) -> Cell<'a> {
    Cell::Number(number.into())
}

fn share<'a>(share: Option<f64>) -> Cell<'a> {
    share
        .and_then(Number::from_f64)
        .map_or(Cell::None, Cell::Number)
}

fn said<'a>(Text { zh, en }: Text, lang: Lang) -> Cell<'a> {
    Cell::Own(match lang {
        Lang::Zh => zh.into(),
        Lang::En => en.into(),
    })
}

/// The name of an area, for readers.
fn area_name<'a>(code: Option<&str>, city: &'a City, lang: Lang) -> Cell<'a> {
    let code = code.and_then(|code| code.parse().ok());
    let area = code.and_then(|code| city.rules.areas.get(&code));
    area.map_or(Cell::None, |area| Cell::Typed(area.name.get(lang)))
}

/// The name of a part, for readers.
fn name<'a>(board: &BoardView, figure: &FigureView, city: &'a City, lang: Lang) -> Cell<'a> {
    let Some(key) = figure.key.as_deref() else {
        return Cell::None;
    };
    let rules = &city.rules;
    let found = match board.group.0 {
        GroupWord::Unit | GroupWord::UnitArea => key
            .parse()
            .ok()
            .and_then(|code| rules.units.get(&code))
            .map(|one| &one.name),
        GroupWord::Area => return area_name(Some(key), city, lang),
        GroupWord::Category => {
            let code = key.parse().ok();
            code.and_then(|code| rules.categories.get(&code))
                .map(|one| &one.name)
        }
        GroupWord::Channel => return said(crate::city::channel_name_of(key), lang),
        GroupWord::Tier => return said(crate::city::unit_kind_name_of(key), lang),
        _ => None,
    };
    found.map_or(Cell::None, |name| Cell::Typed(name.get(lang)))
}
