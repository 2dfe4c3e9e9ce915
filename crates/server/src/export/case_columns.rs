//! Columns of a table of cases.

use serde_json::Number;
use yiwang_base::{Lang, LocalText, Purpose, Timestamp};
use yiwang_cases::{Case, RequestWords};

use super::Cell;
use crate::city::City;
use crate::policy::Sight;
use crate::wire::Worded as _;

/// What a column is made from.
pub struct Row<'a> {
    /// The case.
    pub case: &'a Case,
    /// The city, for names.
    pub city: &'a City,
    /// The reader's language.
    pub lang: Lang,
}

/// A column: its name, and what it holds.
pub type Column = (&'static str, for<'a> fn(&Row<'a>) -> Cell<'a>);

/// Columns of every table.
const PLAIN: [Column; 31] = [
    ("case", |row| Cell::Own(row.case.id.to_string().into())),
    ("stage", |row| Cell::Own(row.case.stage.word().into())),
    ("channel", |row| Cell::Own(row.case.channel.word().into())),
    ("category", |row| code(row.case.category.as_ref())),
    ("category_name", |row| {
        let category = row.case.category.as_ref();
        name(
            row,
            category.and_then(|code| Some(&row.city.rules.categories.get(code)?.name)),
        )
    }),
    ("area", |row| code(row.case.area.as_ref())),
    ("area_name", |row| {
        let area = row.case.area.as_ref();
        name(
            row,
            area.and_then(|code| Some(&row.city.rules.areas.get(code)?.name)),
        )
    }),
    ("unit", |row| code(row.case.unit.as_ref())),
    ("unit_name", |row| {
        let unit = row.case.unit.as_ref();
        name(
            row,
            unit.and_then(|code| Some(&row.city.rules.units.get(code)?.name)),
        )
    }),
    ("submitted_at", |row| time(Some(row.case.submitted_at))),
    ("dispatched_at", |row| time(row.case.dispatched_at)),
    ("started_at", |row| time(row.case.started_at)),
    ("reported_at", |row| time(row.case.reported_at)),
    ("closed_at", |row| time(row.case.closed_at)),
    ("due_at", |row| time(row.case.due_at)),
    ("resolve_by", |row| time(row.case.deadlines.resolve_by)),
    ("closed_unverified", |row| {
        Cell::Flag(row.case.closed_unverified)
    }),
    ("failed_verifications", |row| {
        Cell::Number(row.case.failed_verifications.into())
    }),
    ("reopened", |row| Cell::Number(row.case.reopened.into())),
    ("solved", |row| {
        let solved = row.case.call_back.and_then(|said| said.solved);
        solved.map_or(Cell::None, Cell::Flag)
    }),
    ("extensions", |row| {
        Cell::Number(row.case.more.extensions.granted.len().into())
    }),
    ("paused", |row| {
        let pause = row.case.more.pauses.now.as_ref();
        pause.map_or(Cell::None, |pause| Cell::Own(pause.kind.word().into()))
    }),
    ("paused_until", |row| {
        time(row.case.more.pauses.now.as_ref().map(|pause| pause.until))
    }),
    ("pauses", |row| {
        Cell::Number(row.case.more.pauses.past.len().into())
    }),
    ("paused_minutes", |row| {
        let past = row.case.more.pauses.past.iter();
        let minutes = past.map(|pause| pause.until.duration_since(pause.from).as_mins());
        Cell::Number(minutes.sum::<i64>().into())
    }),
    ("supervised", |row| {
        let open = row.case.more.supervisions.open();
        open.map_or(Cell::None, |open| Cell::Own(open.level.word().into()))
    }),
    ("lead_score", |row| {
        // The mean of those that stand for the last dispatch, of 1 to 5.
        let scores = row.case.more.scores.0.iter();
        let of_lead: Vec<u64> = scores
            .filter(|given| Some(&given.unit) == row.case.unit.as_ref())
            .filter(|given| Some(given.dispatched_at) == row.case.dispatched_at)
            .map(|given| given.score.into())
            .collect();
        let mean = of_lead.iter().sum::<u64>() as f64 / of_lead.len() as f64;
        Number::from_f64(mean).map_or(Cell::None, Cell::Number)
    }),
    ("files", |row| {
        Cell::Number(row.case.more.attachments.count.into())
    }),
    ("withdrawn", |row| Cell::Flag(row.case.more.withdrawn)),
    ("source_system", |row| {
        row.case
            .source
            .as_ref()
            .map_or(Cell::None, |source| Cell::Typed(&source.system))
    }),
    ("source_id", |row| {
        row.case
            .source
            .as_ref()
            .map_or(Cell::None, |source| Cell::Typed(&source.id))
    }),
];

/// Further columns of a table with what residents wrote.
const WORDS: [Column; 5] = [
    ("words", |row| {
        words(row).map_or(Cell::None, |words| Cell::Typed(&words.words))
    }),
    ("address", |row| {
        let address = words(row).and_then(|words| words.place.address.as_deref());
        address.map_or(Cell::None, Cell::Typed)
    }),
    ("lon", |row| {
        degrees(words(row).and_then(|words| Some(words.place.point?.lon())))
    }),
    ("lat", |row| {
        degrees(words(row).and_then(|words| Some(words.place.point?.lat())))
    }),
    ("erased", |row| Cell::Flag(row.case.erased)),
];

/// Further columns with who wrote it.
const REPORTER: [Column; 2] = [
    ("reporter_name", |row| {
        let name = words(row).and_then(|words| words.reporter.name.as_deref());
        name.map_or(Cell::None, Cell::Typed)
    }),
    ("reporter_phone", |row| {
        let phone = words(row).and_then(|words| words.reporter.phone.as_deref());
        phone.map_or(Cell::None, Cell::Typed)
    }),
];

/// The columns that a reader with this sight may take out.
pub fn columns(sight: Sight) -> Vec<Column> {
    let mut columns = PLAIN.to_vec();
    if sight.words {
        columns.extend(WORDS);
    }
    if sight.reporter {
        columns.extend(REPORTER);
    }
    columns
}

fn words<'a>(row: &Row<'a>) -> Option<&'a RequestWords> {
    let request = row.case.request.as_ref()?;
    Some(request.disclose(Purpose::Export))
}

fn code<'a>(code: Option<&impl ToString>) -> Cell<'a> {
    code.map_or(Cell::None, |code| Cell::Own(code.to_string().into()))
}

fn name<'a>(row: &Row<'a>, name: Option<&'a LocalText>) -> Cell<'a> {
    name.map_or(Cell::None, |name| Cell::Typed(name.get(row.lang)))
}

fn time<'a>(at: Option<Timestamp>) -> Cell<'a> {
    at.map_or(Cell::None, |at| Cell::Own(format!("{at:.3}").into()))
}

fn degrees<'a>(value: Option<f64>) -> Cell<'a> {
    value
        .and_then(Number::from_f64)
        .map_or(Cell::None, Cell::Number)
}
