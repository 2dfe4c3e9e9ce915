//! What a merge is made of, and what comes out before it is adopted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use yiwang_base::{AreaCode, Refusal, RefusalKind};
use yiwang_cases::Tier;
use yiwang_cases::grid::{Container, Layer, MergeError, Merged, SizeLimits, merge};

use crate::city::City;

/// What a merge is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Names of the layers, the one whose people count first.
    pub layers: Vec<String>,
    /// How large a cell may be.
    pub limits: SizeLimits,
}

/// A merge that was not adopted yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// What it is made of.
    pub plan: Plan,
    /// What came out.
    pub merged: Merged,
    /// SHA-256 of plan and cells in hex: adopting names what was seen.
    pub fingerprint: String,
}

/// Merges the layers of a plan.
///
/// # Errors
/// When a layer is not there, or [`MergeError`].
pub fn preview(city: &City, stored: &[Layer], plan: &Plan) -> Result<Preview, Refusal> {
    let SizeLimits {
        min_m2,
        max_m2,
        min_population,
        max_population,
    } = plan.limits;
    // Beyond this, JSON does not tell whole numbers apart.
    let exact = |limit: &u64| *limit < 1 << 53 || *limit == u64::MAX;
    let all = [min_m2, max_m2, min_population, max_population];
    if let Some(limit) = all.into_iter().find(|limit| !exact(limit)) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "grid.limits",
            "上下限过大",
            "the limit is too large",
        )
        .at("limits")
        .found(limit.to_string())
        .allowing(["0–9007199254740991"]));
    }
    let layers = plan.layers.iter().map(|name| {
        let found = stored.iter().find(|layer| layer.name == *name);
        found.cloned().ok_or_else(|| {
            let known = stored.iter().map(|layer| layer.name.clone());
            Refusal::new(
                RefusalKind::Invalid,
                "grid.layer-unknown",
                "没有这个网格图层",
                "there is no such grid layer",
            )
            .at("layers")
            .found(name)
            .allowing(known)
        })
    });
    let layers = layers.collect::<Result<Vec<_>, _>>()?;
    let taken: BTreeSet<AreaCode> = city.rules.areas.keys().cloned().collect();
    let merged =
        merge(&containers(city), &layers, &plan.limits, &taken).map_err(|error| refused(&error))?;
    let mut hasher = Sha256::new();
    hasher.update(serde_json::to_vec(plan).unwrap_or_default());
    for cell in &merged.cells {
        hasher.update(cell.code.as_str());
        hasher.update(cell.population.to_be_bytes());
        hasher.update(geojson::Geometry::from(&cell.shape).to_string());
    }
    Ok(Preview {
        plan: plan.clone(),
        fingerprint: hex::encode(hasher.finalize()),
        merged,
    })
}

/// The areas that new cells stay within: the smallest with an outline that are
/// no cells themselves.
fn containers(city: &City) -> Vec<Container> {
    let outlined: BTreeMap<&AreaCode, _> = city
        .rules
        .areas
        .values()
        .filter(|area| !area.retired && area.tier != Some(Tier::Cell))
        .filter_map(|area| Some((&area.code, city.outlines.get(&area.code)?)))
        .collect();
    let around: BTreeSet<&AreaCode> = outlined
        .keys()
        .filter_map(|code| city.rules.areas.get(*code)?.parent.as_ref())
        .collect();
    let lowest = outlined
        .into_iter()
        .filter(|(code, _)| !around.contains(code));
    lowest
        .map(|(code, shape)| Container {
            code: code.clone(),
            shape: shape.clone(),
        })
        .collect()
}

fn refused(error: &MergeError) -> Refusal {
    let (code, field, zh, en) = match error {
        MergeError::NoLayers => (
            "grid.no-layers",
            "layers",
            "请至少选一个有网格的图层",
            "choose at least one layer with cells",
        ),
        MergeError::NoContainers => (
            "grid.no-areas",
            "areas",
            "还没有带边界的区域可供划分网格，请先导入街道或社区",
            "there are no areas with an outline to draw cells in: import streets or communities first",
        ),
        MergeError::Limits { .. } => (
            "grid.limits",
            "limits",
            "下限不能大于上限",
            "the least cannot be more than the most",
        ),
        MergeError::TooMany { .. } => (
            "grid.too-many",
            "limits",
            "一个区域最多 999 个网格，请放宽下限或上限",
            "an area has at most 999 cells: ask for larger ones",
        ),
        MergeError::Code(_) => (
            "grid.code",
            "areas",
            "无法由这个区域的代码得出网格编码",
            "no grid code can be made from this area's code",
        ),
    };
    Refusal::new(RefusalKind::Invalid, code, zh, en)
        .at(field)
        .found(error.to_string())
}

/// New cells for the map.
pub fn cells_geojson(merged: &Merged) -> geojson::FeatureCollection {
    let features = merged.cells.iter().map(|cell| {
        let mut properties = geojson::JsonObject::new();
        properties.insert("code".into(), cell.code.to_string().into());
        properties.insert("container".into(), cell.container.to_string().into());
        properties.insert("area_m2".into(), cell.area_m2.into());
        properties.insert("population".into(), cell.population.into());
        geojson::Feature {
            bbox: None,
            geometry: Some(geojson::Geometry::from(&cell.shape)),
            id: Some(geojson::feature::Id::String(cell.code.to_string())),
            properties: Some(properties),
            foreign_members: None,
        }
    });
    geojson::FeatureCollection {
        bbox: None,
        features: features.collect(),
        foreign_members: None,
    }
}
