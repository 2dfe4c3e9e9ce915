//! Past cases → recurrence → proposal → case → what became of it (未诉先办).

use yiwang_base::{
    Personal, Point, Refusal, Timestamp, from_millis, point_of_cell, to_millis, truncate_millis,
};
use yiwang_cases::civic::proposal::{Command, Evidence, OUTCOME_WEEKS, Outcome, Pattern};
use yiwang_cases::civic::recurrence::{RULE, Recurrence, Settings, recurrences, spans};
use yiwang_cases::civic::{
    AskedOf, Content, Dossier, DossierCommand, DossierFilter, DossierId, DossierStore, Kind,
    PATTERN_ZOOM, Span, carry_out, week_begins, week_of,
};
use yiwang_cases::{
    Actor, Asked, CaseStore, Change, Channel, Context, Limits, Place, RequestWords, Rules,
    SourceRef, StoreError, Submit, change,
};
use yiwang_store::Store;

/// Most proposals of one search: a person looks at each of them.
const MOST: usize = 20;
/// Most cases that stand in an evidence.
const MOST_CASES: usize = 100;
/// How far back the search looks, weeks: three years and a season.
const BACK: i32 = 3 * 52 + 13;

/// What a search found.
#[derive(Debug, Default)]
pub struct Found {
    /// Proposals it opened.
    pub opened: Vec<DossierId>,
    /// Patterns that are proposed already, or are to stay quiet.
    pub quiet: u32,
}

/// By how much the city's clock is ahead of UTC, milliseconds.
pub(crate) fn offset_ms(rules: &Rules, now: Timestamp) -> i64 {
    let offset = rules.calendar.zone().to_offset(now);
    i64::from(offset.seconds()) * 1000
}

/// Looks for what comes back and opens a proposal for each, the most expected first.
///
/// # Errors
/// When the record cannot be read or written.
pub async fn scan(store: &Store, rules: &Rules, now: Timestamp) -> Result<Found, Refusal> {
    let settings = Settings::default();
    let offset = offset_ms(rules, now);
    let last = week_of(to_millis(now), offset) - 1;
    let span = Span {
        from: week_begins(last - BACK, offset),
        until: week_begins(last + 1, offset),
    };
    let counts = store.week_counts(span, offset, PATTERN_ZOOM).await?;
    let Some(begun) = counts.iter().map(|count| count.week).min() else {
        return Ok(Found::default());
    };
    // The record may have begun in the middle of its first week.
    let first = if begun > last - BACK {
        begun + 1
    } else {
        begun
    };
    let known = recurrences(&counts, first, last, &settings);
    let proposals = proposals(store, &["open", "accepted", "dismissed"]).await?;
    let quiet = |pattern: &Pattern| {
        let same = |of: &Pattern| {
            of.area == pattern.area
                && of.category == pattern.category
                && (of.cell == pattern.cell || of.cell.is_none() || pattern.cell.is_none())
        };
        proposals
            .iter()
            .any(|(_, one)| same(&one.pattern) && one.silences(now))
    };
    let mut found = Found::default();
    for one in known {
        if !rules.areas.contains_key(&one.pattern.area)
            || !rules.categories.contains_key(&one.pattern.category)
        {
            continue;
        }
        if quiet(&one.pattern) {
            found.quiet += 1;
        } else if found.opened.len() < MOST {
            let weeks = spans(first, last, &settings);
            let opened = open(store, rules, &one, &weeks, (last, offset), now).await?;
            found.opened.push(opened.id);
        }
    }
    Ok(found)
}

async fn open(
    store: &Store,
    rules: &Rules,
    one: &Recurrence,
    weeks: &[(i32, i32)],
    (last, offset): (i32, i64),
    now: Timestamp,
) -> Result<Dossier, Refusal> {
    let settings = Settings::default();
    let spans: Vec<Span> = weeks
        .iter()
        .map(|(from, until)| Span {
            from: week_begins(*from, offset),
            until: week_begins(until + 1, offset),
        })
        .collect();
    let cases = store
        .pattern_cases(&one.pattern, &spans, MOST_CASES)
        .await?;
    let newest = match cases.first() {
        Some(id) => store.case(*id).await?,
        None => None,
    };
    let hundredths = |value: f64| (value * 100.0).round() as u64;
    let evidence = Evidence {
        counted: one.counted,
        elsewhere_hundredths: hundredths(one.elsewhere),
        expected_hundredths: hundredths(one.expected),
        found_by: RULE.into(),
        here_hundredths: hundredths(one.here),
        last_at: newest.map_or(now, |case| case.submitted_at),
        recent: one.recent,
        recent_weeks: settings.recent.unsigned_abs(),
        seasons: one.seasons.clone(),
        surprise_billionths: (one.surprise * 1e9).round() as u64,
        unusual: one.unusual,
        from: week_begins(last + 1, offset),
        until: week_begins(last + 1 + settings.ahead, offset),
        cases,
    };
    let command = Command::Open {
        pattern: one.pattern.clone(),
        evidence: Box::new(evidence),
    };
    by_rule(
        store,
        rules,
        None,
        DossierCommand::Proposal(command),
        RULE,
        now,
    )
    .await
}

/// Takes a step that no person takes.
pub(super) async fn by_rule(
    store: &Store,
    rules: &Rules,
    id: Option<DossierId>,
    command: DossierCommand,
    rule: &str,
    now: Timestamp,
) -> Result<Dossier, Refusal> {
    let actor = Actor::System(rule.into());
    let context = Context {
        rules,
        actor: &actor,
        grounds: None,
        now,
    };
    let asked = AskedOf {
        id,
        seen_version: None,
        command,
        receipt: None,
        case: None,
    };
    carry_out(store, &asked, &context).await
}

/// All proposals that stand in one of these states.
async fn proposals(
    store: &Store,
    states: &[&str],
) -> Result<Vec<(DossierId, yiwang_cases::civic::proposal::Proposal)>, StoreError> {
    let filter = DossierFilter {
        kinds: vec![Kind::Proposal],
        states: states.iter().map(|word| (*word).to_owned()).collect(),
        ..DossierFilter::default()
    };
    let (mut start, mut all) = (None, Vec::new());
    loop {
        let page = store.dossiers(&filter, start, 200).await?;
        all.extend(
            page.dossiers
                .into_iter()
                .filter_map(|one| match one.content {
                    Content::Proposal(proposal) => Some((one.id, proposal)),
                    _ => None,
                }),
        );
        start = page.next;
        if start.is_none() {
            return Ok(all);
        }
    }
}

/// The case that an accepted proposal becomes, to be written with the acceptance:
/// it is taken on at once, and dispatched where the unit is named.
///
/// # Errors
/// When the unit cannot take it.
pub fn case_of(
    store: &Store,
    id: DossierId,
    proposal: &yiwang_cases::civic::proposal::Proposal,
    unit: Option<&yiwang_base::UnitCode>,
    note: Option<&Personal<String>>,
    context: &Context<'_>,
) -> Result<Change, Refusal> {
    let request = RequestWords {
        words: words(proposal, context.rules),
        place: Place {
            address: context
                .rules
                .areas
                .get(&proposal.pattern.area)
                .map(|area| area.name.zh.clone()),
            point: middle(&proposal.pattern),
        },
        ..RequestWords::default()
    };
    let submit = yiwang_cases::Command::Submit(Submit {
        channel: Channel::Proactive,
        category: Some(proposal.pattern.category.clone()),
        request: Personal::new(request),
        source: Some(SourceRef {
            id: id.to_string(),
            system: "proposal".into(),
        }),
    });
    let asked = |id, command| Asked {
        id,
        seen_version: None,
        command,
        receipt: None,
    };
    let mut written = change(store, None, &asked(None, submit), context)?;
    let accept = yiwang_cases::Command::Accept {
        category: proposal.pattern.category.clone(),
        area: Some(proposal.pattern.area.clone()),
    };
    let mut steps = vec![accept];
    if let Some(unit) = unit {
        let dutiful = context.rules.units.get(unit).is_some_and(|unit| {
            let pattern = &proposal.pattern;
            context
                .rules
                .answers_for(unit, &pattern.category, Some(&pattern.area))
        });
        steps.push(yiwang_cases::Command::Dispatch {
            unit: unit.clone(),
            assisting: Vec::new(),
            limits: Limits::ByCategory,
            reason: (!dutiful).then(|| format!("proposal {id}")),
            note: note.cloned(),
        });
    }
    for step in steps {
        let before = written.after.clone();
        let next = change(store, Some(&before), &asked(Some(before.id), step), context)?;
        written = written.and(next);
    }
    Ok(written)
}

/// The middle of a pattern's tile.
pub(crate) fn middle(pattern: &Pattern) -> Option<Point> {
    middle_of(pattern.cell?, PATTERN_ZOOM)
}

/// The middle of a tile of a zoom level.
pub(crate) fn middle_of(tile: i64, zoom: u32) -> Option<Point> {
    let shift = 2 * (yiwang_base::CELL_ZOOM - zoom);
    // Of the cells in it, the one where both axes are half way.
    point_of_cell((tile << shift) | (3 << (shift - 2)))
}

fn words(proposal: &yiwang_cases::civic::proposal::Proposal, rules: &Rules) -> String {
    let evidence = &proposal.evidence;
    let pattern = &proposal.pattern;
    let names = |zh: bool| {
        let area = rules.areas.get(&pattern.area).map(|area| &area.name);
        let category = rules.categories.get(&pattern.category).map(|one| &one.name);
        let of = |name: Option<&yiwang_base::LocalText>, code: &str| match name {
            Some(name) if zh => name.zh.clone(),
            Some(name) => name.en.clone(),
            None => code.to_owned(),
        };
        (
            of(area, pattern.area.as_str()),
            of(category, pattern.category.as_str()),
        )
    };
    let (area_zh, category_zh) = names(true);
    let (area_en, category_en) = names(false);
    let expected = evidence.expected_hundredths as f64 / 100.0;
    let zone = rules.calendar.zone().clone();
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let (from, until) = (day(evidence.from), day(evidence.until));
    let (counted, recent) = (evidence.counted, evidence.recent);
    format!(
        "未诉先办：{area_zh}“{category_zh}”反复出现(所看各周共 {counted} 件，近期 {recent} 件)，预计 {from} 至 {until} 约有 {expected:.1} 件，请提前处理。\n\
         Proactive: \"{category_en}\" comes back in {area_en} ({counted} cases in the weeks looked at, {recent} of them recent); about {expected:.1} are expected from {from} until {until}. Act before they come in."
    )
}

/// Counts what became of proposals accepted long enough ago; gives how many.
///
/// # Errors
/// When the record cannot be read or written.
pub async fn measure_due(store: &Store, rules: &Rules, now: Timestamp) -> Result<usize, Refusal> {
    /// The rule, as the record names it.
    const MEASURE: &str = "proposal-outcome/1";
    let mut measured = 0;
    for (id, proposal) in proposals(store, &["accepted"]).await? {
        let (Some(accepted), Some(due)) = (proposal.accepted_at, proposal.measurable_from()) else {
            continue;
        };
        if now < due {
            continue;
        }
        let weeks = i64::from(OUTCOME_WEEKS) * 7 * 86_400_000;
        let count = async |from: Timestamp, until: Timestamp| {
            let spans = [Span { from, until }];
            let cases = store.pattern_cases(&proposal.pattern, &spans, 1_000_000);
            cases.await.map(|cases| cases.len() as u32)
        };
        let before = from_millis(to_millis(accepted) - weeks);
        let outcome = Outcome {
            after: count(accepted, due).await?,
            before: count(before, accepted).await?,
            weeks: OUTCOME_WEEKS,
        };
        let command = DossierCommand::Proposal(Command::Measure { outcome });
        by_rule(
            store,
            rules,
            Some(id),
            command,
            MEASURE,
            truncate_millis(now),
        )
        .await?;
        measured += 1;
    }
    Ok(measured)
}
