//! A grid layer from a file, and in the record.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::StoreError;
use yiwang_cases::grid::{Layer, OldCell};
use yiwang_store::{Item, ItemKind, Store};

use crate::import::areas::{AreaFields, RejectedArea, read_areas};

/// What the journal says of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerRecord {
    /// How many cells it has.
    pub cells: usize,
    /// Its name.
    pub name: String,
    /// How many people its cells count together, if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<u64>,
    /// Where it comes from.
    pub source: String,
}

/// Properties that hold a population, by preference, when none was named.
const POPULATION_FIELDS: [&str; 4] = ["population", "pop", "people", "人口"];

/// Reads a layer from the bytes of a GeoJSON FeatureCollection, with what of it
/// could not be taken.
///
/// # Errors
/// When the name is none, the file is no such collection, nothing of it can be
/// taken, or a population is no whole number.
pub fn read_layer(
    name: &str,
    bytes: &[u8],
    fields: &AreaFields,
    population: Option<&str>,
) -> Result<(Layer, Vec<RejectedArea>), Refusal> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(1..=32).contains(&name.len()) || !name.chars().all(letters) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "grid.layer-name",
            "图层名由 1 至 32 个小写字母、数字或 - 组成",
            "a layer's name has 1 to 32 of a-z 0-9 -",
        )
        .at("name")
        .found(name)
        .allowing(["city", "police", "governance", "party"]));
    }
    let import = read_areas(bytes, fields)?;
    if import.areas.is_empty() {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "grid.no-cells",
            "文件中没有可用的网格",
            "there is no cell in the file that can be taken",
        )
        .at("features")
        .found(format!("{} rejected", import.rejected.len())));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let file: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let cells = import.areas.into_iter().map(|draft| {
        let properties = &file["features"][draft.feature]["properties"];
        Ok(OldCell {
            code: draft.code.to_string(),
            shape: draft.geometry.unwrap_or(geo::MultiPolygon(Vec::new())),
            population: people(properties, population, draft.feature)?,
        })
    });
    let cells = cells.collect::<Result<Vec<_>, Refusal>>()?;
    let layer = Layer {
        name: name.to_owned(),
        cells,
    };
    Ok((layer, import.rejected))
}

fn people(properties: &Value, field: Option<&str>, feature: usize) -> Result<Option<u64>, Refusal> {
    let value = match field {
        Some(field) => properties.get(field),
        None => POPULATION_FIELDS
            .iter()
            .find_map(|field| properties.get(field)),
    };
    let value = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value,
    };
    let number = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.map(Some).ok_or_else(|| {
        Refusal::new(
            RefusalKind::Invalid,
            "grid.population",
            format!("第 {feature} 个网格的人口不是整数"),
            format!("the population of cell {feature} is no whole number"),
        )
        .at(format!("features[{feature}].properties"))
        .found(value.to_string())
    })
}

/// A layer as an item.
///
/// # Errors
/// When it has no JSON form.
pub fn layer_item(layer: &Layer, source: &str) -> Result<Item, StoreError> {
    let people: Vec<u64> = layer
        .cells
        .iter()
        .filter_map(|cell| cell.population)
        .collect();
    let record = LayerRecord {
        cells: layer.cells.len(),
        name: layer.name.clone(),
        population: (!people.is_empty()).then(|| people.iter().sum()),
        source: source.to_owned(),
    };
    let features = layer.cells.iter().map(|cell| {
        json!({
            "type": "Feature",
            "properties": {"code": cell.code, "population": cell.population},
            "geometry": geojson::Geometry::from(&cell.shape),
        })
    });
    let file = json!({"type": "FeatureCollection", "features": features.collect::<Vec<_>>()});
    let mut item = Item::of(ItemKind::GridLayer, &layer.name, &record)?;
    item.attachment = Some(file.to_string().into_bytes());
    Ok(item)
}

/// The layers in the record, by name.
///
/// # Errors
/// When the record cannot be read or holds what is no layer.
pub fn stored_layers(store: &Store) -> Result<Vec<(LayerRecord, Layer)>, StoreError> {
    let broken = |error: String| StoreError::Broken(error);
    let layers = store.items(ItemKind::GridLayer)?.into_iter().map(|item| {
        let record: LayerRecord = item.read()?;
        let bytes = item.attachment.unwrap_or_default();
        let file: Value = serde_json::from_slice(&bytes).map_err(|e| broken(e.to_string()))?;
        let features = file["features"].as_array().cloned().unwrap_or_default();
        let cells = features.into_iter().map(|feature| {
            let geometry: geojson::Geometry = serde_json::from_value(feature["geometry"].clone())
                .map_err(|e| broken(e.to_string()))?;
            Ok(OldCell {
                code: feature["properties"]["code"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                shape: geometry
                    .try_into()
                    .map_err(|e: geojson::Error| broken(e.to_string()))?,
                population: feature["properties"]["population"].as_u64(),
            })
        });
        let layer = Layer {
            name: record.name.clone(),
            cells: cells.collect::<Result<Vec<_>, StoreError>>()?,
        };
        Ok((record, layer))
    });
    layers.collect()
}
