//! Which whistles and check-ins a query asks for.

use yiwang_base::{AreaCode, CaseId, Refusal, Timestamp};
use yiwang_cases::{CallFilter, Order, PageStart, WhistleFilter, WhistleId, WhistleStart};

use super::commands::code;
use super::cursor;
use super::filter::{USUAL_LIMIT, instant, limit, one_of, wrong};
use crate::city::City;
use crate::policy::User;

/// A query string, read.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) filter: WhistleFilter,
    pub(super) order: Order,
    pub(super) limit: usize,
    pub(super) start: Option<WhistleStart>,
}

const PARAMETERS: [&str; 12] = [
    "kind", "stage", "by", "unit", "area", "case", "late", "from", "until", "order", "limit",
    "cursor",
];

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
            "kind" => {
                for word in each {
                    filter.kinds.push(one_of(word, "kind")?);
                }
            }
            "stage" => {
                for word in each {
                    filter.stages.push(one_of(word, "stage")?);
                }
            }
            "by" => {
                for word in each {
                    filter.by.push(code(word, "by")?);
                }
            }
            "unit" => {
                for word in each {
                    filter.called.push(code(word, "unit")?);
                }
            }
            "area" => {
                for word in each {
                    areas.push(code(word, "area")?);
                }
            }
            "case" => {
                let case: CaseId = value
                    .parse()
                    .map_err(|_| wrong("case", &value, ["C1024"]))?;
                filter.case = Some(case);
            }
            "late" => match value.as_ref() {
                "true" => filter.late_at = Some(now),
                "false" => filter.late_at = None,
                other => return Err(wrong("late", other, ["true", "false"])),
            },
            "from" => filter.from = Some(instant(&value, "from")?),
            "until" => filter.until = Some(instant(&value, "until")?),
            "order" => {
                read.order = match value.as_ref() {
                    "newest" => Order::Newest,
                    "due" => Order::Due,
                    other => return Err(wrong("order", other, ["newest", "due"])),
                }
            }
            "limit" => read.limit = limit(&value)?,
            "cursor" => {
                let start = cursor::read(&value)?;
                read.start = Some(WhistleStart {
                    key: start.key,
                    id: WhistleId(start.id.0),
                });
            }
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
    if let Some(unit) = user.calls_for()? {
        filter.involved = vec![unit.clone()];
    }
    Ok(read)
}

/// A cursor for where a page begins.
pub(super) fn show_cursor(start: WhistleStart) -> String {
    cursor::show(PageStart {
        key: start.key,
        id: CaseId(start.id.0),
    })
}

/// Reads which check-ins to count; staff of a unit see their own unit's.
pub(super) fn read_check_ins(query: &str, user: &User) -> Result<CallFilter, Refusal> {
    let mut filter = CallFilter::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if value.is_empty() {
            continue;
        }
        let each = value.split(',').filter(|part| !part.is_empty());
        match name.as_ref() {
            "unit" => {
                for word in each {
                    filter.units.push(code(word, "unit")?);
                }
            }
            "kind" => {
                for word in each {
                    filter.kinds.push(one_of(word, "kind")?);
                }
            }
            "from" => filter.from = Some(instant(&value, "from")?),
            "until" => filter.until = Some(instant(&value, "until")?),
            other => return Err(wrong("query", other, ["unit", "kind", "from", "until"])),
        }
    }
    if let Some(unit) = user.calls_for()? {
        filter.units = vec![unit.clone()];
    }
    Ok(filter)
}
