//! Areas from a GeoJSON FeatureCollection (RFC 7946).
//!
//! A file that is no such collection is refused whole. In one that is, each
//! feature stands for itself: a bad one is rejected with its reason, the good
//! ones become drafts.

mod crossing;
mod list;
mod placing;
mod shape;
mod slug;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use geo::MultiPolygon;
use serde::Deserialize;
use serde_json::Value;
use yiwang_base::{AreaCode, LocalText, Refusal, RefusalKind};
use yiwang_cases::Tier;

pub use list::read_list;
pub use placing::{Placed, place, set_leaves};
pub use shape::{Overlap, find_overlaps};

/// The largest file read, bytes.
pub const LARGEST_FILE: usize = 256 << 20;

/// Properties that hold a code, by preference, when none was named.
/// Row numbers (`OBJECTID`, `id`) are not among them: they change with each export.
const CODE_FIELDS: [&str; 7] = [
    "code",
    "adcode",
    "gb",
    "area_code",
    "district_code",
    "geoid",
    "zone",
];

/// Properties that hold a name, by preference, when none was named.
const NAME_FIELDS: [&str; 9] = [
    "name",
    "name_en",
    "neighborhood",
    "neighbourhood",
    "district",
    "area",
    "label",
    "title",
    "ward",
];

/// Properties that hold a Chinese name, by preference, when none was named.
const NAME_ZH_FIELDS: [&str; 4] = ["name_zh", "name:zh", "zh", "中文名"];

/// Properties that hold the tier, by preference, when none was named.
const TIER_FIELDS: [&str; 4] = ["tier", "level", "层级", "级别"];

/// Properties that hold the code of the area above, by preference, when none was named.
const PARENT_FIELDS: [&str; 5] = [
    "parent",
    "parent_code",
    "streetcode",
    "areacode",
    "上级代码",
];

/// Which properties say what; what is not named is guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AreaFields {
    /// Property with the code.
    pub code: Option<String>,
    /// Property with the name.
    pub name: Option<String>,
    /// Property with the Chinese name, where it is another.
    pub name_zh: Option<String>,
    /// Property with the tier: a [`Tier`]'s word or Chinese name.
    pub tier: Option<String>,
    /// Property with the code of the area above.
    pub parent: Option<String>,
}

/// An area that may be taken into the city.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaDraft {
    /// Its code: the file's own where it is fit for one, else made from the name.
    pub code: AreaCode,
    /// Its name; the same in both languages when the file has one.
    pub name: LocalText,
    /// Its tier, where the file says it.
    pub tier: Option<Tier>,
    /// The code of the area above, where the file says it.
    pub parent: Option<String>,
    /// Its outline in degrees (x = longitude, y = latitude), exteriors anticlockwise;
    /// none in a list.
    pub geometry: Option<MultiPolygon<f64>>,
    /// Its surface on the globe, square metres.
    pub area_m2: f64,
    /// Which feature of the file it is, counted from 0.
    pub feature: usize,
}

/// A feature that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedArea {
    /// Which feature of the file, counted from 0.
    pub feature: usize,
    /// Why, where, and what is allowed.
    pub refusal: Refusal,
}

/// What a file of areas holds.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaImport {
    /// The areas, in the order of the file.
    pub areas: Vec<AreaDraft>,
    /// The features that were not taken.
    pub rejected: Vec<RejectedArea>,
    /// Pairs of areas that cover the same ground.
    pub overlaps: Vec<Overlap>,
    /// The properties that were used, named or guessed.
    pub fields: AreaFields,
}

#[derive(Deserialize)]
struct Collection {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    crs: Option<Value>,
    features: Vec<Value>,
}

/// Reads areas from the bytes of a GeoJSON file.
///
/// # Errors
/// When the bytes are no GeoJSON FeatureCollection in WGS 84, or a property
/// named in `fields` is in none of its features.
pub fn read_areas(bytes: &[u8], fields: &AreaFields) -> Result<AreaImport, Refusal> {
    let features = collection(bytes)?;
    let fields = choose(fields, &features)?;
    let mut areas: Vec<AreaDraft> = Vec::new();
    let mut rejected = Vec::new();
    let mut taken: BTreeMap<AreaCode, usize> = BTreeMap::new();
    for (feature, value) in features.into_iter().enumerate() {
        let draft = draft(feature, &value, &fields).and_then(|d| match taken.get(&d.code) {
            Some(first) => Err(duplicate(&d, *first)),
            None => Ok(d),
        });
        match draft {
            Ok(draft) => {
                taken.insert(draft.code.clone(), feature);
                areas.push(draft);
            }
            Err(refusal) => rejected.push(RejectedArea { feature, refusal }),
        }
    }
    Ok(AreaImport {
        overlaps: find_overlaps(&areas),
        areas,
        rejected,
        fields,
    })
}

fn collection(bytes: &[u8]) -> Result<Vec<Value>, Refusal> {
    let no_geojson = |zh: String, en: String| {
        Refusal::new(RefusalKind::Invalid, "import.areas.not-geojson", zh, en)
    };
    if bytes.len() > LARGEST_FILE {
        let mib = LARGEST_FILE >> 20;
        return Err(Refusal::new(
            RefusalKind::TooMuch,
            "import.areas.too-large",
            format!("文件超过 {mib} MiB，请先简化或拆分"),
            format!("the file is larger than {mib} MiB; simplify or split it first"),
        )
        .found(format!("{} bytes", bytes.len())));
    }
    // Some editors begin a UTF-8 file with a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // The parser stops at 128 levels of nesting and at numbers beyond f64.
    let file: Collection = serde_json::from_slice(bytes).map_err(|e| {
        no_geojson(
            format!(
                "不是 GeoJSON FeatureCollection：第 {} 行第 {} 列：{e}",
                e.line(),
                e.column()
            ),
            format!("not a GeoJSON FeatureCollection: {e}"),
        )
        .at(format!("line {}, column {}", e.line(), e.column()))
        .allowing(["{\"type\":\"FeatureCollection\",\"features\":[…]}"])
    })?;
    if file.kind != "FeatureCollection" {
        return Err(no_geojson(
            "顶层 type 必须是 FeatureCollection".to_owned(),
            "the type at the top must be FeatureCollection".to_owned(),
        )
        .at("type")
        .found(file.kind)
        .allowing(["FeatureCollection"]));
    }
    match file.crs.as_ref().filter(|crs| !crs.is_null()) {
        Some(crs) if !is_wgs84(crs) => Err(Refusal::new(
            RefusalKind::Invalid,
            "import.areas.crs",
            "坐标系必须是 WGS 84 经纬度（EPSG:4326），请先转换坐标",
            "coordinates must be WGS 84 degrees (EPSG:4326); convert the file first",
        )
        .at("crs")
        .found(crs.to_string())
        .allowing(["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])),
        _ => Ok(file.features),
    }
}

/// GeoJSON of 2008 may name a reference system; later ones are always WGS 84.
fn is_wgs84(crs: &Value) -> bool {
    let name = crs["properties"]["name"].as_str().unwrap_or_default();
    name.ends_with("CRS84") || name.ends_with(":4326")
}

fn properties(feature: &Value) -> impl Iterator<Item = (&String, &Value)> {
    feature["properties"].as_object().into_iter().flatten()
}

/// The properties to use: those named, if they exist; else those guessed.
fn choose(asked: &AreaFields, features: &[Value]) -> Result<AreaFields, Refusal> {
    let all: Vec<&String> = {
        let mut keys: Vec<_> = features
            .iter()
            .flat_map(properties)
            .map(|(k, _)| k)
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let named = |field: &Option<String>, guesses: &[&str]| match field {
        Some(name) if all.contains(&name) => Ok(Some(name.clone())),
        Some(name) => Err(Refusal::new(
            RefusalKind::Invalid,
            "import.areas.no-such-field",
            format!("文件里没有属性 {name}"),
            format!("no feature of the file has the property {name}"),
        )
        .at("properties")
        .found(name)
        .allowing(all.iter().take(20).copied())),
        None => Ok(guesses.iter().find_map(|guess| {
            let same = |k: &&&String| k.to_lowercase() == *guess;
            all.iter().find(same).map(|k| (*k).clone())
        })),
    };
    Ok(AreaFields {
        tier: named(&asked.tier, &TIER_FIELDS)?,
        parent: named(&asked.parent, &PARENT_FIELDS)?,
        name: named(&asked.name, &NAME_FIELDS)?,
        name_zh: named(&asked.name_zh, &NAME_ZH_FIELDS)?,
        code: named(&asked.code, &CODE_FIELDS)?,
    })
}

fn draft(index: usize, value: &Value, fields: &AreaFields) -> Result<AreaDraft, Refusal> {
    let text = |field: &Option<String>| {
        let value = &value["properties"][field.as_deref()?];
        match value {
            Value::String(s) => Some(s.trim().to_owned()).filter(|s| !s.is_empty()),
            Value::Number(n) => Some(n.to_string()),
            _ => None,
        }
    };
    // People count from one.
    let number = index + 1;
    let (code, name, zh) = (
        text(&fields.code),
        text(&fields.name),
        text(&fields.name_zh),
    );
    let Some(shown) = name.clone().or_else(|| zh.clone()).or_else(|| code.clone()) else {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "import.areas.nameless",
            format!("第 {number} 个要素没有名称，也没有代码"),
            format!("feature {number} has neither a name nor a code"),
        )
        .at(format!("features[{index}].properties"))
        .allowing(NAME_FIELDS.iter().chain(&CODE_FIELDS).copied()));
    };
    let (geometry, area_m2) = shape::read(index, &shown, &value["geometry"])?;
    Ok(AreaDraft {
        code: slug::code(code.as_deref().unwrap_or(&shown)).map_err(|e| {
            Refusal::new(
                RefusalKind::Invalid,
                "import.areas.code",
                format!("第 {number} 个要素无法得出代码"),
                format!("no code can be made for feature {number}: {e}"),
            )
            .at(format!("features[{index}].properties"))
        })?,
        name: LocalText::new(
            zh.clone()
                .or_else(|| name.clone())
                .unwrap_or_else(|| shown.clone()),
            name.or(zh).unwrap_or(shown),
        ),
        tier: text(&fields.tier).and_then(|word| tier(&word)),
        parent: text(&fields.parent),
        geometry: Some(geometry),
        area_m2,
        feature: index,
    })
}

/// The tier of a word in either language; what is none says nothing.
fn tier(word: &str) -> Option<Tier> {
    let word = word.trim().to_lowercase();
    let mut tiers = Tier::ALL.into_iter();
    tiers.find(|tier| {
        let zh = tier.name().zh;
        tier.word() == word
            || zh == word
            || matches!((tier, word.as_str()), (Tier::Street, "镇" | "乡"))
    })
}

fn duplicate(draft: &AreaDraft, first: usize) -> Refusal {
    let (index, code) = (draft.feature, &draft.code);
    let (number, first) = (index + 1, first + 1);
    Refusal::new(
        RefusalKind::Invalid,
        "import.areas.duplicate-code",
        format!("第 {number} 个要素的代码 {code} 与第 {first} 个相同；请合并为一个 MultiPolygon 或改用另一个代码"),
        format!("feature {number} has the code {code} of feature {first}; merge them into one MultiPolygon or give it a code of its own"),
    )
    .at(format!("features[{index}]"))
    .found(code.as_str())
}
