//! Which cases a query asks for.

use yiwang_base::{AreaCode, Refusal, RefusalKind, Timestamp};
use yiwang_cases::{CaseFilter, Channel, Order, Stage};

use super::commands::code;
use crate::city::{City, channel_word};
use crate::policy::User;

/// A query string, read.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) filter: CaseFilter,
    pub(super) order: Order,
    pub(super) limit: usize,
    pub(super) cursor: Option<String>,
}

const PARAMETERS: [&str; 12] = [
    "stage", "unit", "area", "category", "channel", "late", "from", "until", "q", "order", "limit",
    "cursor",
];

/// Longest page, and the page nobody asked to be longer or shorter.
const MAX_LIMIT: usize = 200;
const USUAL_LIMIT: usize = 50;

/// Reads a query string; the filter sees no more than the user may.
pub(super) fn read(
    query: &str,
    city: &City,
    user: &User,
    now: Timestamp,
) -> Result<Query, Refusal> {
    let mut read = Query {
        limit: USUAL_LIMIT,
        ..Query::default()
    };
    let filter = &mut read.filter;
    let mut areas: Vec<AreaCode> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // An empty parameter counts as absent.
        if value.is_empty() {
            continue;
        }
        let each = value.split(',').filter(|part| !part.is_empty());
        match name.as_ref() {
            "stage" => {
                for word in each {
                    filter
                        .stages
                        .push(one_of(&Stage::ALL, Stage::word, word, "stage")?);
                }
            }
            "channel" => {
                for word in each {
                    filter
                        .channels
                        .push(one_of(&Channel::ALL, channel_word, word, "channel")?);
                }
            }
            "unit" => {
                for word in each {
                    filter.units.push(code(word, "unit")?);
                }
            }
            "category" => {
                for word in each {
                    filter.categories.push(code(word, "category")?);
                }
            }
            "area" => {
                for word in each {
                    areas.push(code(word, "area")?);
                }
            }
            "late" => match value.as_ref() {
                "true" => filter.late_at = Some(now),
                "false" => filter.late_at = None,
                other => return Err(wrong("late", other, ["true", "false"])),
            },
            "from" => filter.from = Some(instant(&value, "from")?),
            "until" => filter.until = Some(instant(&value, "until")?),
            "q" => filter.text = Some(value.chars().take(200).collect()),
            "order" => {
                read.order = match value.as_ref() {
                    "newest" => Order::Newest,
                    "due" => Order::Due,
                    other => return Err(wrong("order", other, ["newest", "due"])),
                }
            }
            "limit" => {
                let limit = value.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n));
                read.limit = limit.ok_or_else(|| wrong("limit", &value, ["1–200"]))?;
            }
            "cursor" => read.cursor = Some(value.into_owned()),
            other => return Err(wrong("query", other, PARAMETERS)),
        }
    }
    for area in &areas {
        filter.areas.extend(city.with_descendants(area));
    }
    // An area that does not exist finds nothing, rather than everything.
    if filter.areas.is_empty() {
        filter.areas = areas;
    }
    if let Some(unit) = user.bound_to()? {
        filter.units = vec![unit.clone()];
    }
    // Who may not see the words may not search them either.
    if !user.sight().words {
        filter.text = filter
            .text
            .take()
            .filter(|text| crate::city::parse_case_id(text).is_some());
    }
    Ok(read)
}

fn one_of<T: Copy>(
    all: &[T],
    word_of: impl Fn(T) -> &'static str,
    word: &str,
    field: &str,
) -> Result<T, Refusal> {
    let found = all.iter().copied().find(|value| word_of(*value) == word);
    found.ok_or_else(|| wrong(field, word, all.iter().map(|value| word_of(*value))))
}

fn instant(text: &str, field: &str) -> Result<Timestamp, Refusal> {
    text.parse()
        .map_err(|_| wrong(field, text, ["2026-01-31T08:00:00Z"]))
}

fn wrong<S: Into<String>>(
    field: &str,
    found: &str,
    allowed: impl IntoIterator<Item = S>,
) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "query.invalid",
        "筛选条件不对",
        "a filter cannot be read",
    )
    .at(field)
    .found(found)
    .allowing(allowed)
}
