//! Columns of a table of cases.

use std::borrow::Cow;

use serde_json::{Number, Value};
use yiwang_base::{Lang, LocalText, Purpose, Timestamp};
use yiwang_cases::{Case, RequestWords};
use yiwang_server::city::City;
use yiwang_server::wire::Worded as _;

/// What a column is made from.
pub(super) struct Row<'a> {
    pub(super) case: &'a Case,
    pub(super) city: &'a City,
    pub(super) lang: Lang,
}

/// A value of a table.
pub(super) enum Cell<'a> {
    /// Nothing is known.
    None,
    /// Words of ours: codes, times.
    Own(Cow<'a, str>),
    /// Text that someone typed.
    Typed(&'a str),
    /// A number.
    Number(Number),
    /// Yes or no.
    Flag(bool),
}

pub(super) type Column = (&'static str, for<'a> fn(&Row<'a>) -> Cell<'a>);

/// Columns of every table.
pub(super) const PLAIN: [Column; 22] = [
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
pub(super) const WORDS: [Column; 7] = [
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
    ("reporter_name", |row| {
        let name = words(row).and_then(|words| words.reporter.name.as_deref());
        name.map_or(Cell::None, Cell::Typed)
    }),
    ("reporter_phone", |row| {
        let phone = words(row).and_then(|words| words.reporter.phone.as_deref());
        phone.map_or(Cell::None, Cell::Typed)
    }),
    ("erased", |row| Cell::Flag(row.case.erased)),
];

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

impl Cell<'_> {
    /// As a field of CSV, harmless in a spreadsheet.
    pub(super) fn field(&self) -> Cow<'_, str> {
        match self {
            Cell::None => Cow::Borrowed(""),
            Cell::Own(text) => Cow::Borrowed(text),
            Cell::Typed(text) => harmless(text),
            Cell::Number(number) => Cow::Owned(number.to_string()),
            Cell::Flag(yes) => Cow::Borrowed(if *yes { "true" } else { "false" }),
        }
    }

    /// As JSON.
    pub(super) fn json(self) -> Value {
        match self {
            Cell::None => Value::Null,
            Cell::Own(text) => Value::String(text.into_owned()),
            Cell::Typed(text) => Value::from(text),
            Cell::Number(number) => Value::Number(number),
            Cell::Flag(yes) => Value::Bool(yes),
        }
    }
}

/// What a resident typed must not become a formula in whoever's spreadsheet
/// (CSV injection, OWASP): such a cell begins with an apostrophe.
fn harmless(text: &str) -> Cow<'_, str> {
    // The last four are the full-width forms, which some spreadsheets read alike.
    let formula = [
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ];
    if text.trim_start_matches(' ').starts_with(formula) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn cells_that_could_be_formulas_are_text() {
        for bad in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            " =1",
            "\u{ff1d}1",
            "\r\n=1",
        ] {
            assert_eq!(harmless(bad), format!("'{bad}"));
        }
        for good in ["", "路灯不亮", "a=b", "1-2", "'=1"] {
            assert_eq!(harmless(good), good);
        }
    }
}
