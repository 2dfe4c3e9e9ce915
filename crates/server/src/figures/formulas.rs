//! The formulas that the city counts by.

use std::collections::BTreeMap;

use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_cases::StoreError;
use yiwang_cases::figures::{Formula, FormulaKey, default_formula, default_formulas};
use yiwang_store::{Item, ItemKind, Store};

/// Who added a version of a formula, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormulaAdded {
    /// The entry's number in the journal.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub grounds: Option<String>,
}

/// All versions of all formulas: those that come with the program, and those
/// that were added to the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formulas {
    /// In the order in which they are offered; versions of one side by side.
    all: Vec<(Formula, Option<FormulaAdded>)>,
}

impl Formulas {
    /// Those of the record, beside those that every city begins with.
    ///
    /// # Errors
    /// When the record cannot be read, or holds what is no formula.
    pub fn load(store: &Store) -> Result<Formulas, StoreError> {
        let mut added: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for set in store.items_set(ItemKind::Formula)? {
            let formula: Formula = set.item.read()?;
            let by = FormulaAdded {
                seq: set.seq,
                at: set.at,
                by: set.by,
                grounds: set.grounds,
            };
            let versions = added.entry(formula.code.clone()).or_default();
            versions.push((formula, Some(by)));
        }
        let mut all = Vec::new();
        for formula in default_formulas() {
            let own = added.remove(&formula.code).unwrap_or_default();
            all.push((formula, None));
            all.extend(own);
        }
        all.extend(added.into_values().flatten());
        // By code the order stays as it is: the sort is stable.
        let order: Vec<_> = all
            .iter()
            .map(|(formula, _)| formula.code.clone())
            .collect();
        all.sort_by_key(|(formula, _)| {
            let place = order.iter().position(|code| *code == formula.code);
            (place, formula.version)
        });
        Ok(Formulas { all })
    }

    /// All of them, with who added them.
    pub fn all(&self) -> impl Iterator<Item = (&Formula, Option<&FormulaAdded>)> {
        self.all
            .iter()
            .map(|(formula, added)| (formula, added.as_ref()))
    }

    /// The latest version of each.
    pub fn latest(&self) -> impl Iterator<Item = &Formula> {
        let all = self.all.iter().map(|(formula, _)| formula);
        all.filter(|formula| self.latest_version(formula) == formula.version)
    }

    /// The number of the latest version of a formula; 0 for a new one.
    pub fn latest_version(&self, of: &Formula) -> u32 {
        let versions = self.all.iter().filter(|(one, _)| one.code == of.code);
        versions.map(|(one, _)| one.version).max().unwrap_or(0)
    }

    /// The formula that a query names: `response` the latest version,
    /// `response.1` that version.
    ///
    /// # Errors
    /// A refusal that names those there are.
    pub fn find(&self, name: &str, field: &str) -> Result<&Formula, Refusal> {
        let key: Option<FormulaKey> = name.parse().ok();
        let found = self.latest().find(|formula| formula.code.as_str() == name);
        found
            .or_else(|| {
                let mut all = self.all.iter().map(|(formula, _)| formula);
                all.find(|formula| Some(formula.key()) == key)
            })
            .ok_or_else(|| {
                Refusal::new(
                    RefusalKind::Invalid,
                    "formula.unknown",
                    "没有这个公式，或没有这一版",
                    "there is no such formula, or no such version of it",
                )
                .at(field)
                .found(name)
                .allowing(
                    self.all
                        .iter()
                        .map(|(formula, _)| formula.key().to_string()),
                )
            })
    }

    /// Whether a formula may be added as it is.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub fn check_new(&self, formula: &Formula) -> Result<(), Refusal> {
        formula.check()?;
        if formula.retired && default_formula(formula.code.as_str()).is_some() {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "formula.stays",
                "这是程序自带的公式，看板和大屏要用，不能停用；可以改成新的一版",
                "this formula comes with the program, and boards and the wall lean on it: it stays in use; a new version may change it",
            )
            .at("retired")
            .found(formula.code.as_str()));
        }
        let next = self.latest_version(formula) + 1;
        if formula.version == next {
            return Ok(());
        }
        Err(Refusal::new(
            RefusalKind::NotNow,
            "formula.version-taken",
            "版本号须接在最新一版之后；已有的版本不能更改",
            "a version follows the latest one; versions that are there never change",
        )
        .at("version")
        .found(formula.version.to_string())
        .allowing([next.to_string()]))
    }

    /// A version of a formula as an item of the record.
    ///
    /// # Errors
    /// When it has no JSON form.
    pub fn item(formula: &Formula) -> Result<Item, StoreError> {
        Item::of(ItemKind::Formula, &formula.key().to_string(), formula)
    }
}
