//! How streets are organised, in the record: templates, and each time one was applied.
//!
//! A template is an item with its versions. Applying one to a street sets the street's
//! units and, in the same transaction, an item of its own that holds every unit before
//! and after, so that it can be undone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use yiwang_base::{AreaCode, Refusal, RefusalKind, Timestamp, UnitCode};
use yiwang_cases::organization::{Effect, Plan, Template, UnitChange, plan, restored};
use yiwang_cases::{Rules, StoreError};
use yiwang_store::{Item, ItemKind, Store};

use crate::city::City;

/// The code of the template that comes with the program.
pub const DEFAULT_TEMPLATE: &str = "6-2";

/// “6+2”: six offices (党群工作、民生保障、城市管理、平安建设、社区建设、综合保障) and two
/// centres (党群服务、便民服务). Streets differ from city to city: it is there to be changed.
///
/// # Errors
/// When the file that comes with the program is broken; a test reads it.
pub fn default_template() -> Result<Template, StoreError> {
    serde_json::from_str(include_str!("six_two.json"))
        .map_err(|error| StoreError::Broken(error.to_string()))
}

/// The template of a code with the entry that set it, 0 for the one that comes with the
/// program.
///
/// # Errors
/// When there is none, or the record cannot be read.
pub fn template(store: &Store, code: &str) -> Result<(u64, Template), Refusal> {
    let stored = store.items_set(ItemKind::OrganizationTemplate)?;
    if let Some(set) = stored.iter().find(|set| set.item.code == code) {
        return Ok((set.seq, set.item.read()?));
    }
    if code == DEFAULT_TEMPLATE {
        return Ok((0, default_template()?));
    }
    let mut known: BTreeSet<&str> = stored.iter().map(|set| set.item.code.as_str()).collect();
    known.insert(DEFAULT_TEMPLATE);
    Err(Refusal::new(
        RefusalKind::NotFound,
        "template.none",
        "没有这个模板",
        "there is no such template",
    )
    .at("template")
    .found(code)
    .allowing(known))
}

/// Which template is applied to which street, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The template's code.
    pub template: String,
    /// The street.
    pub street: AreaCode,
    /// Whether what parts take leaves the duty lists of the street's other units.
    pub hand_over: bool,
}

/// What applying a template would change, and what tells whether it still is that.
pub struct Preview {
    /// What it would change.
    pub plan: Plan,
    /// Hash of that and of the template's version, hexadecimal.
    pub fingerprint: String,
    version: u64,
}

/// Whether what was applied stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The street is organised so.
    Applied,
    /// Its units are as before.
    Undone,
}

/// A template that was applied to a street, as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reorganization {
    /// Every unit that it changed, before and after.
    pub changes: Vec<UnitChange>,
    /// Whether parts took over from the street's other units.
    pub hand_over: bool,
    /// Whether it stands.
    pub state: State,
    /// The street.
    pub street: AreaCode,
    /// The template's code.
    pub template: String,
    /// The entry that set the template; 0 for the one that comes with the program.
    pub template_version: u64,
}

/// A reorganization with what the record says of it.
pub struct Recorded {
    /// Its number, counted from 1.
    pub number: usize,
    /// When it was last set: applied or undone.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// What it is.
    pub body: Reorganization,
}

/// All that was applied, oldest first.
///
/// # Errors
/// When the record cannot be read.
pub fn reorganizations(store: &Store) -> Result<Vec<Recorded>, StoreError> {
    let items = store.items_set(ItemKind::Reorganization)?.into_iter();
    let items = items.map(|set| {
        Ok(Recorded {
            number: number_of(&set.item.code)?,
            at: set.at,
            by: set.by,
            body: set.item.read()?,
        })
    });
    let mut all = items.collect::<Result<Vec<_>, StoreError>>()?;
    all.sort_by_key(|one| one.number);
    Ok(all)
}

/// The number that an item's code is.
fn number_of(code: &str) -> Result<usize, StoreError> {
    let number = code.parse();
    number.map_err(|_| StoreError::Broken(format!("{code} is no number of a reorganization")))
}

/// What applying a template would change.
///
/// # Errors
/// When there is no such template or street, or a unit could not be made.
pub fn preview(store: &Store, rules: &Rules, of: &Use) -> Result<Preview, Refusal> {
    let (version, template) = template(store, &of.template)?;
    let made = made(&reorganizations(store)?, &of.street);
    let plan = plan(rules, &template, &of.street, of.hand_over, &made)?;
    let json = serde_json::to_vec(&(version, &of.template, &of.street, &plan.changes))
        .map_err(|error| StoreError::Broken(error.to_string()))?;
    Ok(Preview {
        plan,
        fingerprint: hex::encode(Sha256::digest(json)),
        version,
    })
}

/// Units that applications which stand have made in a street.
fn made(all: &[Recorded], street: &AreaCode) -> BTreeSet<UnitCode> {
    let standing = all
        .iter()
        .filter(|one| one.body.state == State::Applied && one.body.street == *street);
    standing
        .flat_map(|one| &one.body.changes)
        .filter(|change| change.effect == Effect::Made)
        .map(|change| change.after.code.clone())
        .collect()
}

/// What applying a template writes, all in one step; the last item is its own.
///
/// # Errors
/// When it would not change what was seen, or nothing at all.
pub fn apply(store: &Store, city: &City, of: Use, fingerprint: &str) -> Result<Vec<Item>, Refusal> {
    let preview = preview(store, &city.rules, &of)?;
    if preview.fingerprint != fingerprint {
        return Err(Refusal::new(
            RefusalKind::Changed,
            "organization.changed",
            "模板或单位已有变化，结果与预览时不同，请重新预览",
            "the template or units have changed and so has the result: look at the preview again",
        )
        .at("fingerprint")
        .found(fingerprint)
        .allowing([preview.fingerprint]));
    }
    let mut changes = preview.plan.changes;
    changes.retain(|change| change.effect != Effect::Same);
    if changes.is_empty() {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "organization.nothing",
            "这个街道已经是这样设置的，没有要改的",
            "this street is organised so already: there is nothing to change",
        )
        .at("street")
        .found(of.street.as_str()));
    }
    let last = reorganizations(store)?.last().map_or(0, |one| one.number);
    let body = Reorganization {
        changes,
        hand_over: of.hand_over,
        state: State::Applied,
        street: of.street,
        template: of.template,
        template_version: preview.version,
    };
    let units = body.changes.iter().map(|change| &change.after);
    let mut items = units
        .map(|unit| Item::of(ItemKind::Unit, unit.code.as_str(), unit))
        .collect::<Result<Vec<_>, _>>()?;
    items.push(item(last + 1, &body)?);
    Ok(items)
}

fn item(number: usize, body: &Reorganization) -> Result<Item, StoreError> {
    Item::of(ItemKind::Reorganization, &format!("{number:04}"), body)
}

/// What undoing writes, all in one step.
///
/// # Errors
/// When there is no such application, it does not stand, a later one of the street
/// does, or one of its units has been changed since.
pub fn undo(store: &Store, city: &City, number: &str) -> Result<Vec<Item>, Refusal> {
    let all = reorganizations(store)?;
    let place: Option<usize> = number.parse().ok();
    let Some(found) = all.iter().find(|one| Some(one.number) == place) else {
        return Err(Refusal::new(
            RefusalKind::NotFound,
            "organization.none",
            "没有这次机构调整",
            "there is no such reorganization",
        )
        .at("reorganization")
        .found(number)
        .allowing(all.iter().map(|one| one.number.to_string())));
    };
    let not_now = |zh: &str, en: &str| {
        Refusal::new(RefusalKind::NotNow, "organization.undo-not-now", zh, en)
            .at("reorganization")
            .found(number)
    };
    if found.body.state == State::Undone {
        return Err(not_now(
            "这次机构调整已经撤销",
            "this reorganization is undone already",
        ));
    }
    let later = all.iter().find(|one| {
        one.number > found.number
            && one.body.state == State::Applied
            && one.body.street == found.body.street
    });
    if let Some(later) = later {
        return Err(not_now(
            "这个街道之后又调整过，请先撤销较晚的一次",
            "this street has been reorganized since: undo that first",
        )
        .allowing([later.number.to_string()]));
    }
    let units = restored(&city.rules.units, &found.body.changes)?;
    let mut items = units
        .iter()
        .map(|unit| Item::of(ItemKind::Unit, unit.code.as_str(), unit))
        .collect::<Result<Vec<_>, _>>()?;
    let body = Reorganization {
        state: State::Undone,
        ..found.body.clone()
    };
    items.push(item(found.number, &body)?);
    Ok(items)
}
