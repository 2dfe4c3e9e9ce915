//! Areas without outlines from a CSV list.
//!
//! The lists of streets and communities that statistics offices publish have
//! codes and names and no map. Such areas take their place by their codes.

use serde_json::{Map, Value};
use yiwang_base::{LocalText, Refusal, RefusalKind};

use super::{
    AreaDraft, AreaFields, AreaImport, LARGEST_FILE, RejectedArea, choose, duplicate, slug, tier,
};

/// Reads areas from the bytes of a CSV file in UTF-8 with a row of headings.
///
/// # Errors
/// When it is no such file, or a column named in `fields` is not in it.
pub fn read_list(bytes: &[u8], fields: &AreaFields) -> Result<AreaImport, Refusal> {
    if bytes.len() > LARGEST_FILE {
        return Err(no_list("larger than 256 MiB"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    let headings = reader
        .headers()
        .map_err(|error| no_list(&error.to_string()))?;
    let headings: Vec<String> = headings.iter().map(str::to_owned).collect();
    let heading: Map<String, Value> = headings
        .iter()
        .map(|name| (name.clone(), Value::Null))
        .collect();
    let example = serde_json::json!({ "properties": heading });
    let fields = choose(fields, std::slice::from_ref(&example))?;
    if fields.code.is_none() {
        return Err(no_list("no column of codes").allowing(["code", "adcode"]));
    }
    let column = |field: &Option<String>| {
        let name = field.as_ref()?;
        headings.iter().position(|heading| heading == name)
    };
    let places = [
        &fields.code,
        &fields.name,
        &fields.name_zh,
        &fields.tier,
        &fields.parent,
    ];
    let [code, name, name_zh, tier_column, parent] = places.map(column);
    let mut import = AreaImport {
        areas: Vec::new(),
        rejected: Vec::new(),
        overlaps: Vec::new(),
        fields: fields.clone(),
    };
    let mut taken = std::collections::BTreeMap::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| no_list(&error.to_string()))?;
        let text = |column: Option<usize>| {
            let value = record.get(column?)?.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let Some(given) = text(code) else {
            let refusal = no_code(row);
            import.rejected.push(RejectedArea {
                feature: row,
                refusal,
            });
            continue;
        };
        let shown = text(name)
            .or_else(|| text(name_zh))
            .unwrap_or_else(|| given.clone());
        let zh = text(name_zh).unwrap_or_else(|| shown.clone());
        let code = match slug::code(&given) {
            Ok(code) => code,
            Err(_) => {
                let refusal = no_code(row).found(&given);
                import.rejected.push(RejectedArea {
                    feature: row,
                    refusal,
                });
                continue;
            }
        };
        let draft = AreaDraft {
            code,
            name: LocalText::new(zh, shown),
            tier: text(tier_column).and_then(|word| tier(&word)),
            parent: text(parent),
            geometry: None,
            area_m2: 0.0,
            feature: row,
        };
        match taken.get(&draft.code) {
            Some(first) => {
                let refusal = duplicate(&draft, *first);
                import.rejected.push(RejectedArea {
                    feature: row,
                    refusal,
                });
            }
            None => {
                taken.insert(draft.code.clone(), row);
                import.areas.push(draft);
            }
        }
    }
    Ok(import)
}

fn no_list(found: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "import.areas.not-list",
        "不是区域清单：须为带表头的 UTF-8 CSV，至少有代码一列",
        "not a list of areas: it is a CSV file in UTF-8 with a row of headings and a column of codes",
    )
    .found(found)
}

fn no_code(row: usize) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "import.areas.code",
        format!("第 {row} 行没有可用的代码"),
        format!("row {row} has no code that can be used"),
    )
    .at(format!("rows[{row}]"))
}
