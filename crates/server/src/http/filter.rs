//! Which cases a query asks for.

use yiwang_base::{AreaCode, CellBox, Point, Refusal, RefusalKind, Timestamp};
use yiwang_cases::{CaseFilter, Order, Queue, QueuePart};

use super::commands::code;
use crate::city::{City, parse_case_id};
use crate::policy::User;
use crate::wire::Worded;

/// A query string, read.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) filter: CaseFilter,
    pub(super) order: Order,
    pub(super) limit: usize,
    pub(super) cursor: Option<String>,
}

const PARAMETERS: [&str; 16] = [
    "stage",
    "unit",
    "part",
    "area",
    "category",
    "channel",
    "late",
    "due_soon",
    "provisional",
    "from",
    "until",
    "q",
    "within",
    "order",
    "limit",
    "cursor",
];

/// Longest page, and the page nobody asked to be longer or shorter.
const MAX_LIMIT: usize = 200;
pub(super) const USUAL_LIMIT: usize = 50;
/// Longest text to look for, characters.
const MAX_TEXT: usize = 200;

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
    let mut part = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // An empty parameter counts as absent.
        if value.is_empty() {
            continue;
        }
        let each = value.split(',').filter(|part| !part.is_empty());
        match name.as_ref() {
            "stage" => {
                for word in each {
                    filter.stages.push(one_of(word, "stage")?);
                }
            }
            "channel" => {
                for word in each {
                    filter.channels.push(one_of(word, "channel")?);
                }
            }
            "unit" => {
                for word in each {
                    filter.units.push(code(word, "unit")?);
                }
            }
            "part" => part = Some(one_of(&value, "part")?),
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
            "due_soon" => match value.as_ref() {
                "true" => filter.due_soon_at = Some(now),
                "false" => filter.due_soon_at = None,
                other => return Err(wrong("due_soon", other, ["true", "false"])),
            },
            "provisional" => match value.as_ref() {
                "true" => filter.provisional = true,
                "false" => filter.provisional = false,
                other => return Err(wrong("provisional", other, ["true", "false"])),
            },
            "from" => filter.from = Some(instant(&value, "from")?),
            "until" => filter.until = Some(instant(&value, "until")?),
            "q" => filter.text = Some(text(&value, user)?),
            "within" => filter.within = Some(rectangle(&value, user)?),
            "order" => {
                read.order = match value.as_ref() {
                    "newest" => Order::Newest,
                    "due" => Order::Due,
                    other => return Err(wrong("order", other, ["newest", "due"])),
                }
            }
            "limit" => read.limit = limit(&value)?,
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
    keep_within(&mut filter.areas, user)?;
    if let Some(unit) = user.bound_to()? {
        filter.involved = vec![unit.clone()];
    }
    if part.is_some() {
        filter.queue = Some(queue_of(filter, user, part)?);
        // The unit is that of the queue, which may be an assisting one, not the lead.
        filter.units.clear();
    }
    Ok(read)
}

/// The queue, or a part of it, that a filter asks for: of the user's own unit, or of the
/// one unit that is named.
///
/// # Errors
/// When it is of no unit, or of several.
pub(super) fn queue_of(
    filter: &CaseFilter,
    user: &User,
    part: Option<QueuePart>,
) -> Result<Queue, Refusal> {
    let named = match &filter.units[..] {
        [unit] => Some(unit),
        _ => None,
    };
    let own = user.bound_to()?.filter(|_| filter.units.is_empty());
    let unit = own.or(named).ok_or_else(|| {
        Refusal::new(
            RefusalKind::Invalid,
            "queue.unit",
            "请指明一个单位：待办是单位的待办",
            "name one unit: a queue is a unit's",
        )
        .at("unit")
        .found(filter.units.len().to_string())
    })?;
    Ok(Queue {
        unit: unit.clone(),
        part,
    })
}

/// Leaves those areas that the user is bound to.
///
/// # Errors
/// When that leaves none: nothing is found elsewhere by not being told so.
pub(super) fn keep_within(areas: &mut Vec<AreaCode>, user: &User) -> Result<(), Refusal> {
    let Some(own) = user.within() else {
        return Ok(());
    };
    if areas.is_empty() {
        areas.extend(own.iter().cloned());
    }
    let asked = areas.first().map(ToString::to_string);
    areas.retain(|area| own.contains(area));
    if !areas.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Forbidden,
        "policy.other-area",
        "网格员只能查看本辖区的案卷",
        "grid workers see the cases of their own areas",
    )
    .at("area")
    .found(asked.unwrap_or_default())
    .allowing(own.iter().map(ToString::to_string)))
}

pub(super) fn one_of<T: Worded>(word: &str, field: &str) -> Result<T, Refusal> {
    T::of(word).ok_or_else(|| wrong(field, word, T::ALL.iter().map(|value| value.word())))
}

/// How many rows a page has at most.
pub(super) fn limit(value: &str) -> Result<usize, Refusal> {
    let limit = value.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n));
    limit.ok_or_else(|| wrong("limit", value, ["1–200"]))
}

/// A rectangle of the map, `west,south,east,north`. Who may not see where cases
/// lie may not look by place either.
fn rectangle(value: &str, user: &User) -> Result<CellBox, Refusal> {
    if !user.sight().words {
        return Err(Refusal::new(
            RefusalKind::Forbidden,
            "query.place-not-allowed",
            "您的角色看不到案卷的位置，因此不能按地图范围查找",
            "your role does not see where cases lie: look them up by area",
        )
        .at("within"));
    }
    let degrees: Option<Vec<f64>> = value.split(',').map(|part| part.parse().ok()).collect();
    let corners = match degrees.as_deref() {
        Some([west, south, east, north]) => Point::new(*west, *south)
            .ok()
            .zip(Point::new(*east, *north).ok()),
        _ => None,
    };
    let (one, other) =
        corners.ok_or_else(|| wrong("within", value, ["116.30,39.80,116.50,40.00"]))?;
    Ok(CellBox::between(one, other))
}

/// Words to look for. Who may not see what residents wrote may not search it
/// either: whether a word is found would tell.
fn text(value: &str, user: &User) -> Result<String, Refusal> {
    if !user.sight().words && parse_case_id(value.trim()).is_none() {
        return Err(Refusal::new(
            RefusalKind::Forbidden,
            "query.words-not-allowed",
            "您的角色看不到诉求内容，因此只能按案卷号查找",
            "your role does not see what residents wrote: look a case up by its number",
        )
        .at("q")
        .allowing(["C1024"]));
    }
    let length = value.chars().count();
    if length > MAX_TEXT {
        return Err(wrong("q", &length.to_string(), [format!("1–{MAX_TEXT}")]));
    }
    Ok(value.to_owned())
}

pub(super) fn instant(text: &str, field: &str) -> Result<Timestamp, Refusal> {
    text.parse()
        .map_err(|_| wrong(field, text, ["2026-01-31T08:00:00Z"]))
}

pub(super) fn wrong<S: Into<String>>(
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
