//! Units with their duty lists: departments and utilities for the whole city,
//! a street office for each street, and each district's government, which takes
//! what nobody else takes.

use serde::Deserialize;
use yiwang_base::{AreaCode, CategoryCode, LocalText, UnitCode};
use yiwang_cases::{Unit, UnitKind};

use super::DataError;
use super::matter::Group;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: UnitCode,
    name: LocalText,
    kind: UnitKind,
}

/// Departments and utilities.
pub(crate) fn city_units(groups: &[Group]) -> Result<Vec<Unit>, DataError> {
    let rows: Vec<Row> = serde_json::from_str(include_str!("data/units.json"))
        .map_err(|source| DataError::new("units.json", source))?;
    Ok(rows
        .into_iter()
        .map(|row| Unit {
            duties: duties(groups, |units, _| units.contains(&row.code)),
            code: row.code,
            name: row.name,
            kind: row.kind,
            areas: Vec::new(),
            retired: false,
        })
        .collect())
}

/// The office of a street.
pub(crate) fn street_office(
    groups: &[Group],
    area: &AreaCode,
    name: &LocalText,
) -> Result<Unit, yiwang_base::IdError> {
    Ok(Unit {
        code: format!("office-{area}").parse()?,
        name: LocalText::new(format!("{}办事处", name.zh), format!("{} Office", name.en)),
        kind: UnitKind::Street,
        duties: duties(groups, |_, street| street),
        areas: vec![area.clone()],
        retired: false,
    })
}

/// The government of a district: no duty list, but all that is given back twice.
pub(crate) fn district_government(
    area: &AreaCode,
    name: &LocalText,
) -> Result<Unit, yiwang_base::IdError> {
    Ok(Unit {
        code: format!("district-{area}").parse()?,
        name: LocalText::new(
            format!("{}人民政府", name.zh),
            format!("{} Government", name.en),
        ),
        kind: UnitKind::District,
        duties: Vec::new(),
        areas: vec![area.clone()],
        retired: false,
    })
}

fn duties(groups: &[Group], named: impl Fn(&[UnitCode], bool) -> bool) -> Vec<CategoryCode> {
    groups
        .iter()
        .flat_map(|group| &group.categories)
        .filter(|matter| named(&matter.units, matter.street))
        .map(|matter| matter.code.clone())
        .collect()
}
