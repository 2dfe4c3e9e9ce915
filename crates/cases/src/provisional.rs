//! Deadlines that were set while the calendar lacked a year (暂定时限).
//!
//! The notice of next year's holidays comes in November, and limits of a few
//! weeks reach into the next year before that. No request waits for a notice:
//! the step is taken, its deadline is counted by the plain week in the year that
//! is missing, and an event of its own says so, by which rule, and what was
//! counted from when. Once the year is there, the deadline is settled from that.

use serde::{Deserialize, Serialize};
use yiwang_base::{Refusal, RefusalKind, Span, Timestamp, truncate_millis};

use crate::decide::Context;
use crate::limits::DeskStep;
use crate::{Actor, Case, Event, Happening, Rules};

/// The rule that counts days of a missing year, as the record names it.
pub const PLAIN_WEEK_RULE: &str = "plain-week/1";

/// A deadline counted by the plain week, since the calendar lacked a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvisionalDue {
    /// The deadline that came out.
    pub due: Timestamp,
    /// From when it was counted.
    pub from: Timestamp,
    /// The first year that was missing.
    pub missing: i16,
    /// The limit.
    #[serde(with = "limit")]
    pub span: Span,
}

/// A provisional deadline is the calendar's own now (时限核定).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueSettled {
    /// The deadline as counted by the year as published.
    pub due: Timestamp,
    /// The provisional deadline in whose place it comes.
    pub was: Timestamp,
}

/// A limit as one word with its number: its usual form is not canonical.
mod limit {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use yiwang_base::Span;

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Limit {
        ClockMinutes(u32),
        WorkingDays(u32),
        WorkingMinutes(u32),
    }

    pub(super) fn serialize<S: Serializer>(span: &Span, to: S) -> Result<S::Ok, S::Error> {
        match *span {
            Span::Clock { minutes } => Limit::ClockMinutes(minutes),
            Span::Working { minutes } => Limit::WorkingMinutes(minutes),
            Span::WorkingDays { days } => Limit::WorkingDays(days),
        }
        .serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
        Ok(match Limit::deserialize(from)? {
            Limit::ClockMinutes(minutes) => Span::Clock { minutes },
            Limit::WorkingMinutes(minutes) => Span::Working { minutes },
            Limit::WorkingDays(days) => Span::WorkingDays { days },
        })
    }
}

impl DueSettled {
    pub(crate) fn apply(&self, case: &mut Case) {
        for due in [
            &mut case.due_at,
            &mut case.deadlines.respond_by,
            &mut case.deadlines.resolve_by,
        ] {
            if *due == Some(self.was) {
                *due = Some(self.due);
            }
        }
        case.more.provisional.retain(|one| one.due != self.was);
    }
}

impl ProvisionalDue {
    pub(crate) fn apply(&self, case: &mut Case) {
        if !case.more.provisional.contains(self) {
            case.more.provisional.push(self.clone());
        }
    }
}

impl Case {
    /// Whether the next step's deadline waits for a year of the calendar.
    pub fn is_due_provisionally(&self) -> bool {
        let mut waiting = self.more.provisional.iter();
        waiting.any(|one| Some(one.due) == self.due_at)
    }

    /// Whether a step or the resident still waits for this moment.
    fn has_deadline(&self, due: Timestamp) -> bool {
        [
            self.due_at,
            self.deadlines.respond_by,
            self.deadlines.resolve_by,
        ]
        .contains(&Some(due))
    }

    /// Forgets provisional deadlines that are none any more: others came in
    /// their place, or nobody has to act.
    pub(crate) fn forget_old_provisional(&mut self) {
        if self.more.provisional.is_empty() {
            return;
        }
        let mut kept = std::mem::take(&mut self.more.provisional);
        let open = self.due_at.is_some();
        kept.retain(|one| open && self.has_deadline(one.due));
        self.more.provisional = kept;
    }
}

/// The events that say which deadlines of what just happened are provisional.
pub(crate) fn marks(
    happened: &[Happening],
    case: Option<&Case>,
    context: &Context<'_>,
) -> Vec<Happening> {
    let calendar = &context.rules.calendar;
    let from = truncate_millis(context.now);
    let date = |at: Timestamp| at.to_zoned(calendar.zone().clone()).date();
    let Some(horizon) = calendar.known_until(date(from)) else {
        return Vec::new();
    };
    let mut found: Vec<ProvisionalDue> = Vec::new();
    for happening in happened {
        for due in happening.event.deadlines() {
            if date(due) <= horizon || found.iter().any(|one| one.due == due) {
                continue;
            }
            found.extend(
                spans(&happening.event, case, context.rules).find_map(|span| {
                    let counted = calendar.due_or_provisional(from, span).ok()?;
                    let missing = counted.missing.filter(|_| counted.at == due)?;
                    Some(ProvisionalDue {
                        due,
                        from,
                        missing,
                        span,
                    })
                }),
            );
        }
    }
    let actor = Actor::System(PLAIN_WEEK_RULE.to_owned());
    let mark = |one: ProvisionalDue| Happening {
        at: from,
        by: actor.clone(),
        grounds: Some(format!("the calendar does not hold {}", one.missing)),
        event: Event::DueProvisional(one),
        sealed: None,
    };
    found.into_iter().map(mark).collect()
}

/// The limits by which deadlines of an event may have been counted.
fn spans<'a>(
    event: &'a Event,
    case: Option<&'a Case>,
    rules: &'a Rules,
) -> impl Iterator<Item = Span> + 'a {
    let said = match event {
        Event::Accepted { category, .. }
        | Event::Submitted {
            category: Some(category),
            ..
        } => Some(category),
        _ => case.and_then(|case| case.category.as_ref()),
    };
    let category = said.and_then(|code| rules.categories.get(code));
    let of_category = category.map(|one| {
        let limits = rules.handling(one);
        [limits.resolve, limits.respond]
    });
    let steps = [
        DeskStep::Accept,
        DeskStep::Dispatch,
        DeskStep::Verify,
        DeskStep::Close,
    ];
    let of_desk = steps.map(|step| rules.desk_limit(said, step));
    let pause = case.and_then(|case| case.more.pauses.now.as_ref());
    let left = pause.map(|pause| [pause.left.due, pause.left.resolve, pause.left.respond]);
    let left = left.into_iter().flatten().flatten().map(Span::from);
    let answer = rules.limits.allowance.answer;
    let of_pause = left.chain([answer]);
    of_category
        .into_iter()
        .flatten()
        .chain(of_desk)
        .chain(of_pause)
}

/// Settles the provisional deadlines of a case by the calendar as it is now.
pub(crate) fn decide_settle(case: &Case, context: &Context<'_>) -> Result<Vec<Happening>, Refusal> {
    let calendar = &context.rules.calendar;
    let settled = case.more.provisional.iter().map(|one| {
        let due = calendar.due(one.from, one.span).map_err(|error| {
            Refusal::new(
                RefusalKind::Invalid,
                "calendar.year-missing",
                format!("工作日历仍缺 {} 年，请先导入该年的节假日安排", one.missing),
                format!(
                    "the calendar still lacks {}: import the year first",
                    one.missing
                ),
            )
            .at("calendar")
            .found(error.to_string())
        })?;
        let mut happening = context.event(Event::DueSettled(DueSettled { due, was: one.due }));
        happening.grounds.get_or_insert_with(|| {
            let source = calendar.years().get(&one.missing);
            source.map_or_else(
                || PLAIN_WEEK_RULE.to_owned(),
                |year| year.source().to_owned(),
            )
        });
        Ok(happening)
    });
    settled.collect()
}
