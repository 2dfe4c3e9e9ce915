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
    pub const ALL: [Counted; 2] = [Counted::Cases, Counted::Turns];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Counted::Cases => "cases",
            Counted::Turns => "turns",
        }
    }
}

impl Dated {
    /// All of them.
    pub const ALL: [Dated; 3] = [Dated::Submitted, Dated::Dispatched, Dated::Closed];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Dated::Submitted => "submitted",
            Dated::Dispatched => "dispatched",
            Dated::Closed => "closed",
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
    /// What counts as met.
    pub met: Clause,
    /// Its name.
    pub name: LocalText,
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

    /// The formula as a sentence, made of what it counts by: it cannot say
    /// anything else than what is done.
    pub fn words(&self) -> LocalText {
        let (what_zh, what_en) = match self.counted {
            Counted::Cases => ("每个案卷计一次", "each case once"),
            Counted::Turns => ("每个单位的每次办理各计一次", "each turn at a unit"),
        };
        let (dated_zh, dated_en) = match self.dated {
            Dated::Submitted => ("上报时间", "came in"),
            Dated::Dispatched => ("派单时间", "was dispatched"),
            Dated::Closed => ("结案时间", "was closed"),
        };
        let met = self.met.words();
        let mut zh = format!("统计{dated_zh}在本期内的案卷，{what_zh}。");
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
