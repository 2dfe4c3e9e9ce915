//! Taking a merge on, and back.

use std::collections::{BTreeMap, BTreeSet};

use geo::{Area as _, BooleanOps, BoundingRect, Intersects};
use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, LocalText, Refusal, RefusalKind};
use yiwang_cases::{Area, StoreError, Tier, Unit};
use yiwang_store::{Item, ItemKind, Store};

use super::Plan;
use super::plan::Preview;
use crate::city::{City, area_item};

/// Whether a merge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeState {
    /// Its cells are the grid.
    Adopted,
    /// What was there before is the grid again.
    Undone,
}

/// What the journal says of a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeRecord {
    /// How many cells it made.
    pub cells: usize,
    /// What was seen before it was adopted.
    pub fingerprint: String,
    /// What it was made of.
    pub plan: Plan,
    /// How many cells of before it took the place of.
    pub replaced: usize,
    /// Whether it stands.
    pub state: MergeState,
}

/// A crossing as the record keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// Ground, whole square metres.
    pub area_m2: u64,
    /// Millionths of the old cell's ground.
    pub area_share: u32,
    /// The layer.
    pub layer: String,
    /// Code of the new cell.
    pub new: AreaCode,
    /// Code of the old cell in its layer.
    pub old: String,
    /// People, rounded.
    pub population: u64,
    /// Millionths of the old cell's people.
    pub population_share: u32,
}

/// What is attached to a merge.
#[derive(Debug, Serialize, Deserialize)]
struct Attached {
    /// Areas as they were, of those that it changed.
    areas: Vec<Area>,
    /// Codes of the new cells.
    cells: Vec<AreaCode>,
    crosswalk: Vec<Trace>,
    /// For each area that it took the place of, the new cell with most of its ground.
    successors: BTreeMap<AreaCode, AreaCode>,
    /// Units as they were, of those that it changed.
    units: Vec<Unit>,
}

/// What adopting a merge writes, all in one step; the last item is the merge's own.
///
/// # Errors
/// When what comes out now is not what was seen, or the record cannot be read.
pub fn adopt(
    store: &Store,
    city: &City,
    preview: &Preview,
    fingerprint: &str,
) -> Result<Vec<Item>, Refusal> {
    if preview.fingerprint != fingerprint {
        return Err(Refusal::new(
            RefusalKind::Changed,
            "grid.changed",
            "图层或区域已有变化，结果与预览时不同，请重新预览",
            "layers or areas have changed and so has the result: look at the preview again",
        )
        .at("fingerprint")
        .found(fingerprint)
        .allowing([preview.fingerprint.clone()]));
    }
    let mut areas = city.rules.areas.clone();
    let cells = &preview.merged.cells;
    let gone: Vec<AreaCode> = areas
        .values()
        .filter(|area| !area.retired && area.tier == Some(Tier::Cell))
        .map(|area| area.code.clone())
        .collect();
    for code in &gone {
        if let Some(area) = areas.get_mut(code) {
            area.retired = true;
            area.leaf = false;
        }
    }
    for cell in cells {
        if let Some(container) = areas.get_mut(&cell.container) {
            container.leaf = false;
        }
        let number = cell.code.as_str();
        let number = &number[number.len().saturating_sub(3)..];
        let name = areas.get(&cell.container).map(|area| area.name.clone());
        let name = name.unwrap_or_else(|| LocalText::same(cell.container.as_str()));
        areas.insert(
            cell.code.clone(),
            Area {
                code: cell.code.clone(),
                name: LocalText::new(
                    format!("{} {number} 网格", name.zh),
                    format!("{} cell {number}", name.en),
                ),
                parent: Some(cell.container.clone()),
                leaf: true,
                tier: Some(Tier::Cell),
                retired: false,
            },
        );
    }
    let heirs = heirs(city, &gone, preview);
    let mut units = city.rules.units.clone();
    for unit in units.values_mut() {
        let old = std::mem::take(&mut unit.areas);
        for area in old {
            match heirs.get(&area) {
                Some(new) => unit.areas.extend(new.iter().cloned()),
                None => unit.areas.push(area),
            }
        }
    }
    let changed_areas = areas
        .iter()
        .filter(|(code, area)| city.rules.areas.get(*code) != Some(area));
    let changed_units = units
        .iter()
        .filter(|(code, unit)| city.rules.units.get(*code) != Some(unit));
    let attached = Attached {
        areas: changed_areas
            .clone()
            .filter_map(|(code, _)| city.rules.areas.get(code).cloned())
            .collect(),
        cells: cells.iter().map(|cell| cell.code.clone()).collect(),
        crosswalk: traces(preview),
        successors: successors_of(city, &gone, preview),
        units: changed_units
            .clone()
            .filter_map(|(code, _)| city.rules.units.get(code).cloned())
            .collect(),
    };
    let shapes: BTreeMap<&AreaCode, _> =
        cells.iter().map(|cell| (&cell.code, &cell.shape)).collect();
    let mut items = Vec::new();
    for (code, area) in changed_areas {
        let outline = shapes
            .get(code)
            .copied()
            .or_else(|| city.outlines.get(code));
        items.push(area_item(area, outline)?);
    }
    for (code, unit) in changed_units {
        items.push(Item::of(ItemKind::Unit, code.as_str(), unit)?);
    }
    let number = store.items(ItemKind::GridMerge)?.len() + 1;
    let record = MergeRecord {
        cells: cells.len(),
        fingerprint: preview.fingerprint.clone(),
        plan: preview.plan.clone(),
        replaced: gone.len(),
        state: MergeState::Adopted,
    };
    items.push(merge_item(number, &record, &attached)?);
    Ok(items)
}

fn merge_item(
    number: usize,
    record: &MergeRecord,
    attached: &Attached,
) -> Result<Item, StoreError> {
    let mut item = Item::of(ItemKind::GridMerge, &format!("{number:04}"), record)?;
    let bytes = serde_json::to_vec(attached).map_err(|e| StoreError::Broken(e.to_string()))?;
    item.attachment = Some(bytes);
    Ok(item)
}

fn traces(preview: &Preview) -> Vec<Trace> {
    let whole = |value: f64| value.round() as u64;
    let crossings = preview.merged.crosswalk.iter();
    crossings
        .map(|one| Trace {
            area_m2: whole(one.area_m2),
            area_share: one.area_share,
            layer: one.layer.clone(),
            new: preview.merged.cells[one.new].code.clone(),
            old: one.old.clone(),
            population: whole(one.population),
            population_share: one.population_share,
        })
        .collect()
}

/// How much of an area's outline each new cell has, largest first.
fn shares(city: &City, old: &AreaCode, preview: &Preview) -> Vec<(f64, AreaCode)> {
    let Some(outline) = city.outlines.get(old) else {
        return Vec::new();
    };
    let Some(rect) = outline.bounding_rect() else {
        return Vec::new();
    };
    let near = preview.merged.cells.iter().filter(|cell| {
        let other = cell.shape.bounding_rect();
        other.is_some_and(|other| other.intersects(&rect))
    });
    let mut shares: Vec<(f64, AreaCode)> = near
        .map(|cell| {
            (
                cell.shape.intersection(outline).unsigned_area(),
                cell.code.clone(),
            )
        })
        .filter(|(share, _)| *share > 0.0)
        .collect();
    shares.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    shares
}

fn successors_of(
    city: &City,
    gone: &[AreaCode],
    preview: &Preview,
) -> BTreeMap<AreaCode, AreaCode> {
    let most = gone.iter().filter_map(|old| {
        let (_, new) = shares(city, old, preview).into_iter().next()?;
        Some((old.clone(), new))
    });
    most.collect()
}

/// For each cell that is gone, the new cells that have most of their own ground
/// in it: a unit that answered for it answers for those.
fn heirs(city: &City, gone: &[AreaCode], preview: &Preview) -> BTreeMap<AreaCode, Vec<AreaCode>> {
    let mut best: BTreeMap<AreaCode, (f64, AreaCode)> = BTreeMap::new();
    for old in gone {
        for (share, new) in shares(city, old, preview) {
            let entry = best.entry(new).or_insert((0.0, old.clone()));
            if share > entry.0 {
                *entry = (share, old.clone());
            }
        }
    }
    let mut heirs: BTreeMap<AreaCode, Vec<AreaCode>> =
        gone.iter().map(|old| (old.clone(), Vec::new())).collect();
    for (new, (_, old)) in best {
        heirs.entry(old).or_default().push(new);
    }
    heirs
}

/// The merges in the record, oldest first, by number.
///
/// # Errors
/// When the record cannot be read or holds what is no merge.
pub fn merges(store: &Store) -> Result<Vec<(String, MergeRecord)>, StoreError> {
    let items = store.items(ItemKind::GridMerge)?.into_iter();
    items
        .map(|item| Ok((item.code.clone(), item.read()?)))
        .collect()
}

/// How many people live in each cell of the last merge that stands, by the first of its
/// layers that counts people; none where no layer does.
///
/// # Errors
/// When the record cannot be read or holds what is no merge.
pub fn residents(store: &Store) -> Result<BTreeMap<AreaCode, u64>, StoreError> {
    let items = store.items(ItemKind::GridMerge)?;
    for item in items.iter().rev() {
        let record: MergeRecord = item.read()?;
        if record.state != MergeState::Adopted {
            continue;
        }
        let bytes = item.attachment.as_deref().unwrap_or_default();
        let attached: Attached =
            serde_json::from_slice(bytes).map_err(|error| StoreError::Broken(error.to_string()))?;
        let counts = |layer: &&String| {
            let mut traces = attached.crosswalk.iter();
            traces.any(|trace| trace.layer == **layer && trace.population > 0)
        };
        let mut people = BTreeMap::new();
        if let Some(layer) = record.plan.layers.iter().find(counts) {
            for trace in attached.crosswalk.iter().filter(|one| one.layer == *layer) {
                *people.entry(trace.new.clone()).or_default() += trace.population;
            }
        }
        return Ok(people);
    }
    Ok(BTreeMap::new())
}

/// The crosswalk of a merge.
///
/// # Errors
/// When there is no such merge, or the record cannot be read.
pub fn traced(store: &Store, number: &str) -> Result<Vec<Trace>, Refusal> {
    Ok(find(store, number)?.2.crosswalk)
}

fn find(store: &Store, number: &str) -> Result<(usize, MergeRecord, Attached), Refusal> {
    let items = store.items(ItemKind::GridMerge)?;
    let place = number.parse::<usize>().ok().filter(|place| *place > 0);
    let item = place.and_then(|place| {
        let code = format!("{place:04}");
        items.iter().find(|item| item.code == code)
    });
    let Some(item) = item else {
        let known = items.iter().map(|item| item.code.clone());
        return Err(Refusal::new(
            RefusalKind::NotFound,
            "grid.no-merge",
            "没有这次合并",
            "there is no such merge",
        )
        .at("merge")
        .found(number)
        .allowing(known));
    };
    let bytes = item.attachment.as_deref().unwrap_or_default();
    let attached =
        serde_json::from_slice(bytes).map_err(|error| StoreError::Broken(error.to_string()))?;
    Ok((place.unwrap_or_default(), item.read()?, attached))
}

/// What undoing a merge writes, all in one step.
///
/// # Errors
/// When there is no such merge, it does not stand, or its areas or units have
/// been changed since.
pub fn undo(store: &Store, city: &City, number: &str) -> Result<Vec<Item>, Refusal> {
    let (place, mut record, attached) = find(store, number)?;
    let not_now = |zh: &str, en: &str| {
        Refusal::new(RefusalKind::NotNow, "grid.undo-not-now", zh, en)
            .at("merge")
            .found(number)
    };
    if record.state == MergeState::Undone {
        return Err(not_now("这次合并已经撤销", "this merge is undone already"));
    }
    let later = merges(store)?.into_iter().skip(place);
    if later
        .into_iter()
        .any(|(_, other)| other.state == MergeState::Adopted)
    {
        return Err(not_now(
            "之后还有合并在用，请先撤销较晚的一次",
            "a later merge stands on this one: undo that first",
        ));
    }
    let cells: BTreeSet<&AreaCode> = attached.cells.iter().collect();
    let areas = &city.rules.areas;
    let whole = cells.iter().all(|code| {
        let area = areas.get(*code);
        area.is_some_and(|area| area.leaf && !area.retired)
    });
    let grown = areas.values().any(|area| {
        area.parent
            .as_ref()
            .is_some_and(|parent| cells.contains(parent))
    });
    if !whole || grown {
        return Err(not_now(
            "合并后的网格已被改动，不能再撤销；请另行合并或导入",
            "the merged cells have been changed since: merge or import anew instead",
        ));
    }
    let mut items = Vec::new();
    for code in &attached.cells {
        if let Some(area) = areas.get(code) {
            let mut area = area.clone();
            area.retired = true;
            area.leaf = false;
            items.push(area_item(&area, city.outlines.get(code))?);
        }
    }
    for area in &attached.areas {
        items.push(area_item(area, city.outlines.get(&area.code))?);
    }
    for before in &attached.units {
        // Duties may have changed since; areas are put back.
        let mut unit = city.rules.units.get(&before.code).unwrap_or(before).clone();
        unit.areas.clone_from(&before.areas);
        items.push(Item::of(ItemKind::Unit, unit.code.as_str(), &unit)?);
    }
    record.state = MergeState::Undone;
    items.push(merge_item(place, &record, &attached)?);
    Ok(items)
}

/// For each area that a standing merge took the place of, the new cell with most
/// of its ground: cases of before are found under that one.
///
/// # Errors
/// When the record cannot be read or holds what is no merge.
pub fn successors(store: &Store) -> Result<BTreeMap<AreaCode, AreaCode>, StoreError> {
    let mut all = BTreeMap::new();
    for item in store.items(ItemKind::GridMerge)? {
        let record: MergeRecord = item.read()?;
        if record.state == MergeState::Adopted {
            let bytes = item.attachment.as_deref().unwrap_or_default();
            let attached: Attached = serde_json::from_slice(bytes)
                .map_err(|error| StoreError::Broken(error.to_string()))?;
            all.extend(attached.successors);
        }
    }
    Ok(all)
}
