//! What past cases say: recurrences, signals of disputes, needs, credit.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use yiwang_base::{AreaCode, CategoryCode, Refusal, RefusalKind, from_millis, to_millis};
use yiwang_cases::civic::credit::{DAYS, FORMULA, credit};
use yiwang_cases::civic::{
    Content, DossierStore, Kind, Span, recurrence, signal, week_begins, week_of,
};
use yiwang_cases::{CaseFilter, CaseStore, Order};

use super::super::answers::{CaseProblems, FilterProblems, StaffProblems};
use super::super::commands::code;
use super::super::parameters::{DossierPath, PlaceQuery};
use super::super::problem::Answer;
use super::super::session::Visitor;
use super::super::state::{App, now};
use super::visible;
use crate::city::City;
use crate::flows::proactive::{middle_of, offset_ms, scan as look};
use crate::policy::Right;
use crate::wire::{
    CreditCase, CreditView, NeedView, NeedsView, PointBody, ScanView, SignalView, SignalsView, Time,
};

/// Weeks in which signals of disputes are looked for.
const SIGNAL_WEEKS: i32 = 8;
/// Weeks of the baseline of needs, and the weeks just past beside it.
const NEED_WEEKS: i32 = 52;
const RECENT_WEEKS: i32 = 4;
/// Most needs and signals in an answer.
const MOST: usize = 200;
/// Most cases that a credit is made of.
const MOST_CASES: usize = 2000;

/// Look for recurrences now, and open a proposal for each that stands out.
#[utoipa::path(post, path = "/api/v1/proposals/scan", operation_id = "scan_recurrences", tag = "together", security(("session" = [])),
    responses((status = 200, body = ScanView), StaffProblems))]
pub(in super::super) async fn scan(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<ScanView>> {
    visitor.may(Right::Run(Kind::Proposal))?;
    let found = look(&app.store, &app.city().rules, now()).await?;
    Ok(Json(ScanView {
        opened: found.opened.iter().map(ToString::to_string).collect(),
        quiet: found.quiet,
        rule: recurrence::RULE.into(),
    }))
}

/// Early signals of disputes: complaints of one kind from one block, week after week.
#[utoipa::path(get, path = "/api/v1/disputes/signals", operation_id = "dispute_signals", tag = "together", security(("session" = [])),
    params(PlaceQuery),
    responses((status = 200, body = SignalsView), FilterProblems))]
pub(in super::super) async fn signals(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<SignalsView>> {
    visitor.may(Right::ReadCases)?;
    let city = app.city();
    let wanted = Wanted::read(&query.unwrap_or_default(), &city)?;
    let now = now();
    let offset = offset_ms(&city.rules, now);
    let week = week_of(to_millis(now), offset);
    let span = Span {
        from: week_begins(week - SIGNAL_WEEKS + 1, offset),
        until: now,
    };
    let mut counts = app.store.week_counts(span, offset, 18).await?;
    counts.retain(|one| wanted.has(&one.area, &one.category));
    let mut found = signal::signals(&counts);
    found.truncate(MOST);
    let signals = found.into_iter().filter_map(|one| {
        let point = middle_of(one.block, 18)?;
        Some(SignalView {
            area: one.area.into(),
            category: one.category.into(),
            point: PointBody {
                lon: point.lon(),
                lat: point.lat(),
            },
            cases: one.count,
            weeks: one.weeks,
        })
    });
    Ok(Json(SignalsView {
        signals: signals.collect(),
        rule: signal::RULE.into(),
        from: Time(span.from),
        until: Time(span.until),
    }))
}

/// The baseline of needs (群众需求底数): what each area usually asks for in four
/// weeks, over the last year, beside the four weeks just past.
#[utoipa::path(get, path = "/api/v1/needs", operation_id = "needs", tag = "together", security(("session" = [])),
    params(PlaceQuery),
    responses((status = 200, body = NeedsView), FilterProblems))]
pub(in super::super) async fn needs(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<NeedsView>> {
    visitor.may(Right::ReadCases)?;
    let city = app.city();
    let wanted = Wanted::read(&query.unwrap_or_default(), &city)?;
    let now = now();
    let offset = offset_ms(&city.rules, now);
    let end = week_of(to_millis(now), offset);
    let span = Span {
        from: week_begins(end - NEED_WEEKS, offset),
        until: week_begins(end, offset),
    };
    let counts = app.store.week_counts(span, offset, 0).await?;
    let mut sums: BTreeMap<(AreaCode, CategoryCode), (u64, u32)> = BTreeMap::new();
    for one in counts {
        if wanted.has(&one.area, &one.category) {
            let sum = sums.entry((one.area, one.category)).or_default();
            sum.0 += u64::from(one.count);
            if one.week >= end - RECENT_WEEKS {
                sum.1 += one.count;
            }
        }
    }
    let mut needs: Vec<NeedView> = sums
        .into_iter()
        .map(|((area, category), (all, recent))| NeedView {
            area: area.into(),
            category: category.into(),
            recent,
            usual_hundredths: all * 100 * u64::from(RECENT_WEEKS.unsigned_abs())
                / u64::from(NEED_WEEKS.unsigned_abs()),
        })
        .collect();
    needs.sort_by_key(|need| std::cmp::Reverse(need.usual_hundredths));
    needs.truncate(MOST);
    Ok(Json(NeedsView {
        needs,
        from: Time(span.from),
        until: Time(span.until),
    }))
}

/// The credit of a property party, with the cases it comes from.
#[utoipa::path(get, path = "/api/v1/dossiers/{dossier}/credit", operation_id = "party_credit", tag = "together", security(("session" = [])),
    params(DossierPath),
    responses((status = 200, body = CreditView), CaseProblems))]
pub(in super::super) async fn party_credit(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Answer<Json<CreditView>> {
    visitor.may(Right::ReadCases)?;
    let dossier = visible(&app, &visitor, &id).await?;
    let Content::PropertyParty(party) = &dossier.content else {
        return Err(Refusal::new(
            RefusalKind::NotFound,
            "dossier.no-credit",
            "只有物业治理主体有信用分",
            "only a property party has a credit",
        )
        .found(dossier.id.to_string())
        .into());
    };
    let city = app.city();
    let now = now();
    let from = from_millis(to_millis(now) - i64::from(DAYS) * 86_400_000);
    let areas = party.areas.iter();
    let filter = CaseFilter {
        areas: areas.flat_map(|area| city.with_descendants(area)).collect(),
        categories: party.duties.clone(),
        from: Some(from),
        until: Some(now),
        ..CaseFilter::default()
    };
    let page = app
        .store
        .list(&filter, Order::Newest, None, MOST_CASES)
        .await?;
    let credit = credit(&page.cases, now);
    let counted = credit.counted.into_iter().map(|case| CreditCase {
        id: case.id.to_string(),
        fault: case.fault,
        faults: case.faults.iter().map(|f| f.word().to_owned()).collect(),
    });
    Ok(Json(CreditView {
        formula: FORMULA.into(),
        hundredths: credit.hundredths,
        counted: counted.collect(),
        left_out: credit.left_out.iter().map(ToString::to_string).collect(),
        more: page.next.is_some(),
        from: Time(from),
        until: Time(now),
    }))
}

/// Areas and categories that a query names.
struct Wanted {
    areas: Vec<AreaCode>,
    categories: Vec<CategoryCode>,
}

impl Wanted {
    fn read(query: &str, city: &City) -> Result<Wanted, Refusal> {
        let mut wanted = Wanted {
            areas: Vec::new(),
            categories: Vec::new(),
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            for part in value.split(',').filter(|part| !part.is_empty()) {
                match name.as_ref() {
                    "area" => {
                        let area: AreaCode = code(part, "area")?;
                        wanted.areas.extend(city.with_descendants(&area));
                        // An area that does not exist finds nothing, rather than everything.
                        wanted.areas.push(area);
                    }
                    "category" => wanted.categories.push(code(part, "category")?),
                    other => {
                        return Err(Refusal::new(
                            RefusalKind::Invalid,
                            "query.invalid",
                            "筛选条件不对",
                            "a filter cannot be read",
                        )
                        .at("query")
                        .found(other)
                        .allowing(["area", "category"]));
                    }
                }
            }
        }
        Ok(wanted)
    }

    fn has(&self, area: &AreaCode, category: &CategoryCode) -> bool {
        (self.areas.is_empty() || self.areas.contains(area))
            && (self.categories.is_empty() || self.categories.contains(category))
    }
}
