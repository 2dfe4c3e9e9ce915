//! Sending a case to the unit that must act (派单).

use serde::{Deserialize, Serialize};
use yiwang_base::{CategoryCode, Refusal, RefusalKind, UnitCode};

use crate::check::{known_category, known_unit, missing};
use crate::decide::{Context, due};
use crate::parts::check_assisting;
use crate::{Case, Event, Limits, Unit};

/// How the lead unit (主办单位) came to its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    /// The district's unit, because nobody else took it (区级兜底).
    #[serde(default)]
    pub backstop: bool,
    /// It leads because it came first: the duty is shared or unclear (首接负责).
    #[serde(default)]
    pub first_receiver: bool,
}

impl Lead {
    /// Whether the unit itself chooses who assists it.
    pub fn may_choose_assistants(self) -> bool {
        self.backstop || self.first_receiver
    }
}

/// To whom, and on what terms.
pub(crate) struct Dispatch<'a> {
    pub(crate) unit: &'a UnitCode,
    pub(crate) assisting: &'a [UnitCode],
    pub(crate) limits: Limits,
    /// Why this unit, where that must be said.
    pub(crate) reason: Option<&'a str>,
    pub(crate) backstop: bool,
}

pub(crate) fn decide_dispatch(
    case: &Case,
    dispatch: &Dispatch<'_>,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let rules = context.rules;
    let unit = known_unit(rules, dispatch.unit, "unit")?;
    let Some(category) = &case.category else {
        return Err(missing(
            "category",
            "派单前须先确定分类",
            "set a category before dispatching",
        ));
    };
    let dutiful = rules.dutiful_units(category, case.area.as_ref());
    let outside_duty = !dutiful.iter().any(|one| one.code == unit.code);
    if dispatch.reason.is_none() {
        check_choice(case, unit, &dutiful, outside_duty)?;
    }
    check_assisting(rules, unit, dispatch.assisting)?;
    let (respond_by, resolve_by) = match dispatch.limits {
        Limits::FromSource { resolve_by } => (None, resolve_by),
        Limits::ByCategory => by_category(category, context)?,
    };
    Ok(Event::Dispatched {
        assisting: dispatch.assisting.to_vec(),
        backstop: dispatch.backstop,
        first_receiver: !rules.duty_is_clear(category, case.area.as_ref()),
        outside_duty,
        resolve_by,
        respond_by,
        unit: unit.code.clone(),
    })
}

type DueTimes = (
    Option<yiwang_base::Timestamp>,
    Option<yiwang_base::Timestamp>,
);

fn by_category(category: &CategoryCode, context: &Context<'_>) -> Result<DueTimes, Refusal> {
    let known = known_category(context.rules, category, "category")?;
    let limits = context.rules.handling(known);
    let respond_by = due(context, limits.respond, "category")?;
    let resolve_by = due(context, limits.resolve, "category")?;
    Ok((Some(respond_by), Some(resolve_by)))
}

/// Choices that need a reason.
fn check_choice(
    case: &Case,
    unit: &Unit,
    dutiful: &[&Unit],
    outside_duty: bool,
) -> Result<(), Refusal> {
    let returned = &case.more.returns.by;
    let others = || {
        let others = dutiful.iter().filter(|one| !returned.contains(&one.code));
        others.map(|one| one.code.to_string())
    };
    if outside_duty {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "unit.outside-duty",
            "该单位的权责清单中没有这一事项；请改派责任单位，或写明派给它的理由",
            "this unit's duty list does not name the matter; choose a unit that answers for it, or give a reason",
        )
        .at("unit")
        .found(unit.code.as_str())
        .allowing(others()));
    }
    if returned.contains(&unit.code) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "unit.returned-before",
            "该单位退过此件；请改派其他单位，或写明仍派给它的理由",
            "this unit gave the case back before; choose another, or say why it is the one after all",
        )
        .at("unit")
        .found(unit.code.as_str())
        .allowing(others()));
    }
    Ok(())
}
