//! What a rule must hold.

use yiwang_base::{Refusal, RefusalKind};

use super::{Condition, Expr, Measure, Rule, Side, When};
use crate::check::{missing, range, text};

/// Longest name of a rule or a cause, characters.
const MAX_NAME: usize = 100;
/// Most levels of a condition: one for each colour.
pub(super) const MAX_LEVELS: usize = 4;
/// Most conditions in one rule.
const MAX_CONDITIONS: usize = 16;
/// Most parts inside parts.
const MAX_DEPTH: usize = 4;
/// Most names in a list of a scope.
const MAX_NAMES: usize = 1_000;
/// Most rungs of a ladder.
const MAX_RUNGS: usize = 8;
/// A week, seconds: the longest window and the longest hold.
const WEEK: u32 = 7 * 86_400;
/// The widest neighbourhood, metres.
const MAX_METRES: f64 = 20_000.0;

impl Rule {
    /// Refuses a rule that could not be followed.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field and says what is allowed.
    pub fn check(&self) -> Result<(), Refusal> {
        text(&self.name.zh, "name.zh", MAX_NAME)?;
        text(&self.name.en, "name.en", MAX_NAME)?;
        text(&self.cause, "cause", MAX_NAME)?;
        if let Some(name) = &self.cause_name {
            text(&name.zh, "cause_name.zh", MAX_NAME)?;
            text(&name.en, "cause_name.en", MAX_NAME)?;
        }
        if self.removed && self.active {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "rule.removed",
                "已删除的规则不能启用；请先恢复",
                "a rule that is put away is not followed: take it out again first",
            )
            .at("active"));
        }
        range(self.inhibited_by.len(), 0..=MAX_RUNGS, "inhibited_by")?;
        for (place, cause) in self.inhibited_by.iter().enumerate() {
            text(cause, &format!("inhibited_by[{place}]"), MAX_NAME)?;
        }
        range(self.escalate.len(), 0..=MAX_RUNGS, "escalate")?;
        for (place, pair) in self.escalate.windows(2).enumerate() {
            if pair[1].after_minutes <= pair[0].after_minutes {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "rule.ladder-order",
                    "升级的时间须一级比一级晚",
                    "each rung of the ladder comes later than the one before",
                )
                .at(format!("escalate[{}].after_minutes", place + 1))
                .found(pair[1].after_minutes.to_string())
                .allowing([format!(">{}", pair[0].after_minutes)]));
            }
        }
        let conditions = self.when.conditions();
        range(conditions.len(), 1..=MAX_CONDITIONS, "when")?;
        match &self.when {
            When::One(condition) => condition.check("when.one"),
            When::Joint(joint) => {
                range(joint.settle_seconds, 0..=WEEK, "when.joint.settle_seconds")?;
                joint.of.check("when.joint.of", 0)
            }
            When::Near(near) => {
                range(near.count, 2..=64, "when.near.count")?;
                range(near.settle_seconds, 0..=WEEK, "when.near.settle_seconds")?;
                range(near.within_seconds, 0..=WEEK, "when.near.within_seconds")?;
                range(
                    near.within_metres,
                    1.0..=MAX_METRES,
                    "when.near.within_metres",
                )?;
                near.of.check("when.near.of")
            }
        }
    }
}

impl Expr {
    fn check(&self, field: &str, depth: usize) -> Result<(), Refusal> {
        if depth >= MAX_DEPTH {
            return Err(Refusal::new(
                RefusalKind::TooMuch,
                "rule.too-deep",
                format!("组合条件最多 {MAX_DEPTH} 层"),
                format!("conditions may stand inside each other {MAX_DEPTH} deep"),
            )
            .at(field));
        }
        let (name, of, within, least) = match self {
            Expr::Is(condition) => return condition.check(&format!("{field}.is")),
            Expr::All { of, within_seconds } => ("all", of, Some(*within_seconds), 0),
            Expr::Any { of } => ("any", of, None, 0),
            // A sequence in no time would need all to begin in one instant.
            Expr::Sequence { of, within_seconds } => ("sequence", of, Some(*within_seconds), 1),
        };
        range(of.len(), 2..=MAX_CONDITIONS, &format!("{field}.{name}.of"))?;
        if let Some(within) = within {
            range(
                within,
                least..=WEEK,
                &format!("{field}.{name}.within_seconds"),
            )?;
        }
        for (place, part) in of.iter().enumerate() {
            part.check(&format!("{field}.{name}.of[{place}]"), depth + 1)?;
        }
        Ok(())
    }
}

impl Condition {
    fn check(&self, field: &str) -> Result<(), Refusal> {
        let at = |name: &str| format!("{field}.{name}");
        range(self.back_by, 0.0..=f64::MAX, &at("back_by"))?;
        range(self.held_seconds, 0..=WEEK, &at("held_seconds"))?;
        range(
            self.clear_after_seconds,
            0..=WEEK,
            &at("clear_after_seconds"),
        )?;
        range(self.levels.len(), 1..=MAX_LEVELS, &at("levels"))?;
        for (place, level) in self.levels.iter().enumerate() {
            let field = at(&format!("levels[{place}]"));
            range(level.at, f64::MIN..=f64::MAX, &format!("{field}.at"))?;
            let Some(before) = place.checked_sub(1).map(|p| self.levels[p]) else {
                continue;
            };
            let further = match self.side {
                Side::Above => level.at > before.at,
                Side::Below => level.at < before.at,
            };
            if !further || level.colour <= before.colour {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "rule.level-order",
                    "级别须一级比一级更远、颜色更重",
                    "each level lies further out and has a graver colour than the one before",
                )
                .at(field)
                .found(format!("{} {}", level.at, level.colour)));
            }
        }
        self.check_measure(field)?;
        self.check_scope(field)
    }

    fn check_measure(&self, field: &str) -> Result<(), Refusal> {
        let at = |name: &str| format!("{field}.measure.{name}");
        match self.measure {
            Measure::Value {} => {}
            Measure::Score {} => {
                if self.side == Side::Below {
                    return Err(not_with(&format!("{field}.side")));
                }
                for (place, level) in self.levels.iter().enumerate() {
                    range(level.at, 0.0..=1.0, &format!("{field}.levels[{place}].at"))?;
                }
            }
            Measure::Rate {
                over_seconds,
                per_seconds,
            } => {
                range(over_seconds, 0..=WEEK, &at("rate.over_seconds"))?;
                range(per_seconds, 1..=WEEK, &at("rate.per_seconds"))?;
            }
            Measure::Sum { over_seconds } => {
                range(over_seconds, 60..=WEEK, &at("sum.over_seconds"))?;
            }
            Measure::Mean { over_seconds } => {
                range(over_seconds, 60..=WEEK, &at("mean.over_seconds"))?;
            }
            Measure::Stuck { tolerance } => {
                range(tolerance, 0.0..=f64::MAX, &at("stuck.tolerance"))?;
                self.only_upwards(field, 1.0)?;
            }
            Measure::Silence {} => self.only_upwards(field, 1.0)?,
            Measure::Routine {
                active_above,
                learn_days,
            } => {
                range(
                    active_above,
                    f64::MIN..=f64::MAX,
                    &at("routine.active_above"),
                )?;
                range(learn_days, 3..=365, &at("routine.learn_days"))?;
                self.only_upwards(field, 0.5)?;
            }
        }
        Ok(())
    }

    /// What grows with the time that nothing happens has no other side, and
    /// nothing to hold or to go back by: it ends at once with the next sign.
    fn only_upwards(&self, field: &str, least: f64) -> Result<(), Refusal> {
        let said = [
            ("side", self.side == Side::Below),
            ("held_seconds", self.held_seconds > 0),
            ("clear_after_seconds", self.clear_after_seconds > 0),
            ("back_by", self.back_by > 0.0),
        ];
        for (name, is_said) in said {
            if is_said {
                return Err(not_with(&format!("{field}.{name}")));
            }
        }
        for (place, level) in self.levels.iter().enumerate() {
            // A century, seconds.
            range(
                level.at,
                least..=3.2e9,
                &format!("{field}.levels[{place}].at"),
            )?;
        }
        Ok(())
    }

    fn check_scope(&self, field: &str) -> Result<(), Refusal> {
        let scope = &self.streams;
        let at = |name: &str| format!("{field}.streams.{name}");
        for (name, count) in [
            ("areas", scope.areas.len()),
            ("properties", scope.properties.len()),
            ("things", scope.things.len()),
            ("units", scope.units.len()),
        ] {
            range(count, 0..=MAX_NAMES, &at(name))?;
        }
        for (name, list) in [("properties", &scope.properties), ("units", &scope.units)] {
            for (place, word) in list.iter().enumerate() {
                text(word, &at(&format!("{name}[{place}]")), MAX_NAME)?;
            }
        }
        // A level without a word on what is measured means nothing: 5 what?
        if scope.properties.is_empty() && scope.things.is_empty() {
            return Err(missing(
                &at("properties"),
                "请说明规则用于哪些观测属性或哪些设备",
                "say for which observed properties or which things the rule is",
            ));
        }
        Ok(())
    }
}

fn not_with(field: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "rule.not-with-this-measure",
        "此项不能用于这种测量",
        "this does not go with what is measured",
    )
    .at(field)
}
