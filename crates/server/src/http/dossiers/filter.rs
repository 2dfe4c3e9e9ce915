//! Which dossiers a query asks for.

use yiwang_base::{AreaCode, Refusal, Timestamp};
use yiwang_cases::civic::{DossierFilter, DossierId, Kind};

use super::super::commands::code;
use super::super::filter::wrong;
use super::PUBLIC;
use crate::city::{City, parse_case_id};
use crate::wire::Worded;

/// A query string, read.
pub(super) struct Query {
    pub(super) filter: DossierFilter,
    pub(super) start: Option<DossierId>,
    pub(super) limit: usize,
}

const PARAMETERS: [&str; 9] = [
    "kind", "state", "unit", "area", "category", "case", "late", "limit", "cursor",
];

/// Longest page, and the page nobody asked to be longer or shorter.
const MAX_LIMIT: usize = 200;
const USUAL_LIMIT: usize = 50;

/// Reads a query string; who is not staff sees public kinds only.
pub(super) fn read(
    query: &str,
    city: &City,
    staff: bool,
    now: Timestamp,
) -> Result<Query, Refusal> {
    let mut read = Query {
        filter: DossierFilter::default(),
        start: None,
        limit: USUAL_LIMIT,
    };
    let filter = &mut read.filter;
    let mut areas: Vec<AreaCode> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // An empty parameter counts as absent.
        if value.is_empty() {
            continue;
        }
        for part in value.split(',').filter(|part| !part.is_empty()) {
            match name.as_ref() {
                "kind" => filter.kinds.push(kind(part, staff)?),
                "state" => filter.states.push(state(part)?),
                "unit" => filter.units.push(code(part, "unit")?),
                "category" => filter.categories.push(code(part, "category")?),
                "area" => areas.push(code(part, "area")?),
                "case" => {
                    let id = parse_case_id(part).filter(|_| staff);
                    filter.case = Some(id.ok_or_else(|| wrong("case", part, ["C1024"]))?);
                }
                "late" if part == "true" => filter.due_before = Some(now),
                "late" if part == "false" => filter.due_before = None,
                "late" => return Err(wrong("late", part, ["true", "false"])),
                "limit" => {
                    let limit = part.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n));
                    read.limit = limit.ok_or_else(|| wrong("limit", part, ["1–200"]))?;
                }
                "cursor" => {
                    let start = part.parse().map_err(|_| wrong("cursor", part, ["D12"]))?;
                    read.start = Some(start);
                }
                other => return Err(wrong("query", other, PARAMETERS)),
            }
        }
    }
    for area in &areas {
        filter.areas.extend(city.with_descendants(area));
    }
    // An area that does not exist finds nothing, rather than everything.
    if filter.areas.is_empty() {
        filter.areas = areas;
    }
    if filter.kinds.is_empty() && !staff {
        filter.kinds = PUBLIC.to_vec();
    }
    Ok(read)
}

fn kind(word: &str, staff: bool) -> Result<Kind, Refusal> {
    let allowed = || {
        Kind::ALL
            .into_iter()
            .filter(|k| staff || PUBLIC.contains(k))
    };
    let kind = Kind::of(word).filter(|kind| allowed().any(|other| other == *kind));
    kind.ok_or_else(|| wrong("kind", word, allowed().map(Kind::word)))
}

fn state(word: &str) -> Result<String, Refusal> {
    let mut all: Vec<&str> = Kind::ALL.iter().flat_map(|k| k.states()).copied().collect();
    all.sort_unstable();
    all.dedup();
    match all.contains(&word) {
        true => Ok(word.to_owned()),
        false => Err(wrong("state", word, all)),
    }
}
