//! Formulas: how a figure is counted, as data with a version.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use yiwang_base::{FormulaCode, LocalText, Refusal, RefusalKind};

use super::{Condition, Conditions};
use crate::check::{MAX_SHORT, missing, text};

/// Most reasons to leave something out that a formula may have.
pub const MAX_EXCLUSIONS: usize = 20;

/// Which version of which formula, `response.1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FormulaKey {
    /// The formula.
    pub code: FormulaCode,
    /// Its version, counted from 1.
    pub version: u32,
}

impl fmt::Display for FormulaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.code, self.version)
    }
}

impl FromStr for FormulaKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (code, version) = text.rsplit_once('.').ok_or(())?;
        let digits = !version.starts_with('0') && version.bytes().all(|b| b.is_ascii_digit());
        match (code.parse(), version.parse()) {
            (Ok(code), Ok(version)) if digits => Ok(FormulaKey { code, version }),
            _ => Err(()),
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Each case once, as it stands: its last turn.
    Cases,
    /// Each turn: a case that two units had counts for both, and one that was
    /// closed twice counts twice.
    Turns,
    /// Each call of a unit by a whistle: a unit that is called twice counts twice.
    Calls,
}

/// By which of its times something falls into a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dated {
    /// When the case came in.
    Submitted,
    /// When it was dispatched.
    Dispatched,
    /// When it was closed or declined.
    Closed,
    /// When the unit was called; of calls only.
    Called,
}

/// Which time is measured of what counts (时长), in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// From when the case came in until it was closed.
    Whole,
    /// From when it was dispatched until it was closed.
    AtUnit,
    /// From when the case came in until it was dispatched.
    AtDesk,
}

/// Which way a figure is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// A high one.
    Higher,
    /// A low one.
    Lower,
    /// Neither: it only tells.
    Neither,
}

impl Counted {
    /// All of them.
    pub const ALL: [Counted; 3] = [Counted::Cases, Counted::Turns, Counted::Calls];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Counted::Cases => "cases",
            Counted::Turns => "turns",
            Counted::Calls => "calls",
        }
    }
}

impl Dated {
    /// All of them.
    pub const ALL: [Dated; 4] = [
        Dated::Submitted,
        Dated::Dispatched,
        Dated::Closed,
        Dated::Called,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Dated::Submitted => "submitted",
            Dated::Dispatched => "dispatched",
            Dated::Closed => "closed",
            Dated::Called => "called",
        }
    }
}

impl Measured {
    /// All of them.
    pub const ALL: [Measured; 3] = [Measured::Whole, Measured::AtUnit, Measured::AtDesk];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Measured::Whole => "whole",
            Measured::AtUnit => "at_unit",
            Measured::AtDesk => "at_desk",
        }
    }

    /// From which of its times on.
    pub fn begins(self) -> Dated {
        match self {
            Measured::Whole | Measured::AtDesk => Dated::Submitted,
            Measured::AtUnit => Dated::Dispatched,
        }
    }

    /// Until which of its times.
    pub fn ends(self) -> Dated {
        match self {
            Measured::Whole | Measured::AtUnit => Dated::Closed,
            Measured::AtDesk => Dated::Dispatched,
        }
    }
}

impl Better {
    /// All of them.
    pub const ALL: [Better; 3] = [Better::Higher, Better::Lower, Better::Neither];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Better::Higher => "higher",
            Better::Lower => "lower",
            Better::Neither => "neither",
        }
    }
}

/// Conditions of which each must hold, and others of which none may.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// All of these hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Condition>,
    /// None of these holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<Condition>,
}

impl Clause {
    /// Whether it is so where these conditions hold.
    pub fn holds(&self, of: Conditions) -> bool {
        self.all.iter().all(|condition| of.has(*condition))
            && !self.none.iter().any(|condition| of.has(*condition))
    }

    fn words(&self) -> LocalText {
        let said = |zh: &str, en: &str, conditions: &[Condition]| {
            let names = conditions.iter().map(|condition| condition.name());
            let each =
                names.map(|name| (format!("{zh}“{}”", name.zh), format!("{en}“{}”", name.en)));
            each.unzip::<_, _, Vec<_>, Vec<_>>()
        };
        let (mut zh, mut en) = said("", "", &self.all);
        let (not_zh, not_en) = said("并非", "not ", &self.none);
        zh.extend(not_zh);
        en.extend(not_en);
        LocalText::new(zh.join("、"), en.join(" and "))
    }
}

/// A reason to leave something out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// A word for it, unique within the formula.
    pub code: FormulaCode,
    /// The reason, for readers.
    pub reason: LocalText,
    /// When it applies.
    pub when: Clause,
}

/// A formula (公式): `met / counted`, over everything of the period that is not
/// left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// Which way it is better.
    pub better: Better,
    /// Its code.
    pub code: FormulaCode,
    /// What is counted.
    pub counted: Counted,
    /// By which time it falls into a period.
    pub dated: Dated,
    /// Fewer counted than this are too few to be ranked.
    pub enough: u32,
    /// What is left out and why, in the order in which the reasons are tried.
    pub exclusions: Vec<Exclusion>,
    /// Which time is measured of what counts; median and 90th percentile stand
    /// beside the rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
    /// What counts as met.
    pub met: Clause,
    /// Its name.
    pub name: LocalText,
    /// Taken out of use (停用): it is offered no more, and still counts what it
    /// counted wherever it is named. A later version takes it up again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
    /// Its version, counted from 1.
    pub version: u32,
}

/// What a formula says of one turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// It counts, and is met.
    Met,
    /// It counts, and is not met.
    NotMet,
    /// It is left out, for the exclusion at this position.
    LeftOut(usize),
}

impl Formula {
    /// Which version of which formula it is.
    pub fn key(&self) -> FormulaKey {
        FormulaKey {
            code: self.code.clone(),
            version: self.version,
        }
    }

    /// What it says of a turn of which these conditions hold.
    pub fn judge(&self, of: Conditions) -> Verdict {
        let mut reasons = self.exclusions.iter();
        match reasons.position(|reason| reason.when.holds(of)) {
            Some(reason) => Verdict::LeftOut(reason),
            None if self.met.holds(of) => Verdict::Met,
            None => Verdict::NotMet,
        }
    }

    /// Whether it can be counted by.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub fn check(&self) -> Result<(), Refusal> {
        check_text(&self.name, "name")?;
        check_clause(&self.met, "met")?;
        if self.exclusions.len() > MAX_EXCLUSIONS {
            return Err(Refusal::new(
                RefusalKind::TooMuch,
                "formula.too-many-exclusions",
                "剔除情形过多",
                "the formula leaves out for too many reasons",
            )
            .at("exclusions")
            .found(self.exclusions.len().to_string())
            .allowing([format!("0–{MAX_EXCLUSIONS}")]));
        }
        self.check_kind()?;
        let mut codes = BTreeSet::new();
        for (number, exclusion) in self.exclusions.iter().enumerate() {
            let field = format!("exclusions[{number}]");
            check_text(&exclusion.reason, &format!("{field}.reason"))?;
            check_clause(&exclusion.when, &format!("{field}.when"))?;
            if !codes.insert(&exclusion.code) {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "formula.reason-twice",
                    "两种剔除情形用了同一个代码，请改用不同的代码",
                    "two reasons have the same code; give each its own",
                )
                .at(format!("{field}.code"))
                .found(exclusion.code.as_str()));
            }
        }
        Ok(())
    }

    /// Calls have times and conditions of their own, and so have turns.
    fn check_kind(&self) -> Result<(), Refusal> {
        let calls = self.counted == Counted::Calls;
        if (self.dated == Dated::Called) != calls {
            let fitting = Dated::ALL.into_iter();
            let fitting = fitting.filter(|dated| (*dated == Dated::Called) == calls);
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "formula.dated-otherwise",
                "所统计的对象没有这个时间",
                "what is counted has no such time",
            )
            .at("dated")
            .found(self.dated.word())
            .allowing(fitting.map(Dated::word)));
        }
        if let Some(measure) = self.measured.filter(|_| calls) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "formula.measured-otherwise",
                "吹哨的呼叫没有办理时长",
                "calls of whistles have no handling time",
            )
            .at("measured")
            .found(measure.word()));
        }
        let clauses = self.exclusions.iter().enumerate();
        let clauses =
            clauses.map(|(number, one)| (format!("exclusions[{number}].when"), &one.when));
        for (field, clause) in clauses.chain([("met".to_owned(), &self.met)]) {
            let mut asked = clause.all.iter().chain(&clause.none);
            if let Some(other) = asked.find(|one| one.is_of_calls() != calls) {
                let fitting = Condition::ALL.into_iter();
                let fitting = fitting.filter(|one| one.is_of_calls() == calls);
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "formula.condition-otherwise",
                    "所统计的对象没有这个条件",
                    "what is counted is never asked for this condition",
                )
                .at(field)
                .found(other.word())
                .allowing(fitting.map(Condition::word)));
            }
        }
        Ok(())
    }

    /// The formula as a sentence, made of what it counts by: it cannot say
    /// anything else than what is done.
    pub fn words(&self) -> LocalText {
        let (what_zh, what_en) = match self.counted {
            Counted::Cases => ("每个案卷计一次", "each case once"),
            Counted::Turns => ("每个单位的每次办理各计一次", "each turn at a unit"),
            Counted::Calls => (
                "每个单位的每次呼叫各计一次",
                "each call of a unit by a whistle",
            ),
        };
        let (dated_zh, dated_en) = match self.dated {
            Dated::Submitted => ("上报时间", "came in"),
            Dated::Dispatched => ("派单时间", "was dispatched"),
            Dated::Closed => ("结案时间", "was closed"),
            Dated::Called => ("呼叫时间", "was made"),
        };
        let things = match self.counted {
            Counted::Cases | Counted::Turns => "案卷",
            Counted::Calls => "吹哨",
        };
        let met = self.met.words();
        let mut zh = format!("统计{dated_zh}在本期内的{things}，{what_zh}。");
        let mut en = format!("Counts {what_en} that {dated_en} in the period.");
        for exclusion in &self.exclusions {
            let when = exclusion.when.words();
            zh.push_str(&format!("剔除：{}（{}）。", exclusion.reason.zh, when.zh));
            en.push_str(&format!(
                " Left out: {} ({}).",
                exclusion.reason.en, when.en
            ));
        }
        zh.push_str(&format!("分母：其余全部。分子：其中{}。", met.zh));
        en.push_str(&format!(" Of the rest, met: {}.", met.en));
        if let Some(measure) = self.measured {
            let (of_zh, of_en) = match measure {
                Measured::Whole => ("上报至结案", "coming in to closing"),
                Measured::AtUnit => ("派单至结案", "dispatch to closing"),
                Measured::AtDesk => ("上报至派单", "coming in to dispatch"),
            };
            zh.push_str(&format!(
                "计入的案卷另计自{of_zh}的时长：中位数和九成分位数。"
            ));
            en.push_str(&format!(
                " Of what counts, the time from {of_en}: median and 90th percentile."
            ));
        }
        LocalText::new(zh, en)
    }
}

fn check_text(said: &LocalText, field: &str) -> Result<(), Refusal> {
    text(&said.zh, &format!("{field}.zh"), MAX_SHORT)?;
    text(&said.en, &format!("{field}.en"), MAX_SHORT)?;
    Ok(())
}

fn check_clause(clause: &Clause, field: &str) -> Result<(), Refusal> {
    if clause.all.is_empty() && clause.none.is_empty() {
        return Err(missing(
            field,
            "须写明至少一个条件",
            "name at least one condition",
        ));
    }
    let mut seen = BTreeSet::new();
    let twice = clause
        .all
        .iter()
        .chain(&clause.none)
        .find(|c| !seen.insert(**c));
    match twice {
        Some(condition) => Err(Refusal::new(
            RefusalKind::Invalid,
            "formula.condition-twice",
            "同一个条件写了两次",
            "the same condition is there twice",
        )
        .at(field)
        .found(condition.word())),
        None => Ok(()),
    }
}
