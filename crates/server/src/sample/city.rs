//! The city itself: land, rules, and what its requests are made from.

use std::str::FromStr;

use geo::MultiPolygon;
use yiwang_base::{AreaCode, LocalText, Refusal, RefusalKind, Timestamp, truncate_millis};
use yiwang_cases::{Area, AreaIndex, DeskLimits, Rules, StoreError, Tier, Unit};
use yiwang_store::basemap::Feature;
use yiwang_store::{Item, ItemKind};

use super::calendar::Holidays;
use super::land::{Extent, Land};
use super::matter::{Group, Matter, groups};
use super::phrases::Phrases;
use super::spot::Spots;
use super::{CITY, SampleError, unit};
use crate::calendars::year_item;
use crate::city::{CitySettings, area_item};

/// How large a sample city is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A city the size of a district: 14 streets.
    Small,
    /// A city of six districts.
    Medium,
    /// A city of eight districts.
    Large,
}

impl Size {
    /// All of them.
    pub const ALL: [Size; 3] = [Size::Small, Size::Medium, Size::Large];

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Size::Small => "small",
            Size::Medium => "medium",
            Size::Large => "large",
        }
    }

    /// How many requests it has unless another number is asked for.
    pub fn requests(self) -> u64 {
        match self {
            Size::Small => 6_000,
            Size::Medium => 106_000,
            Size::Large => 1_000_000,
        }
    }

    fn extent(self) -> Extent {
        let (limit, built, districts, streets) = match self {
            Size::Small => (7_000.0, 4_000.0, 3, 14),
            Size::Medium => (12_900.0, 7_400.0, 6, 36),
            Size::Large => (18_400.0, 10_500.0, 8, 60),
        };
        Extent {
            limit,
            built,
            districts,
            streets,
        }
    }
}

impl FromStr for Size {
    type Err = Refusal;

    fn from_str(word: &str) -> Result<Self, Refusal> {
        let found = Self::ALL.into_iter().find(|size| size.word() == word);
        found.ok_or_else(|| {
            Refusal::new(
                RefusalKind::Invalid,
                "sample.size",
                "没有这种规模",
                "there is no such size",
            )
            .at("size")
            .found(word)
            .allowing(Self::ALL.map(Size::word))
        })
    }
}

/// Which city, how many requests, and up to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// What the dice begin with.
    pub seed: u64,
    /// How large the land is.
    pub size: Size,
    /// How many requests.
    pub requests: u64,
    /// The present: the last request came in before it.
    pub now: Timestamp,
}

impl Plan {
    /// A city of a size with the requests it usually has.
    pub fn new(seed: u64, size: Size, now: Timestamp) -> Self {
        Self {
            seed,
            size,
            requests: size.requests(),
            now: truncate_millis(now),
        }
    }

    /// What the record says of where everything comes from.
    pub(crate) fn grounds(&self) -> String {
        format!("sample city, seed {}", self.seed)
    }
}

/// A sample city without its requests.
pub struct SampleCity {
    pub(crate) seed: u64,
    pub(crate) land: Land,
    pub(crate) spots: Spots,
    pub(crate) groups: Vec<Group>,
    pub(crate) phrases: Phrases,
    pub(crate) holidays: Holidays,
    /// What decisions look up.
    pub rules: Rules,
    areas: Vec<(Area, MultiPolygon<f64>)>,
}

impl SampleCity {
    /// The city of a seed.
    ///
    /// # Errors
    /// When the data it is made from is broken.
    pub fn new(seed: u64, size: Size) -> Result<SampleCity, SampleError> {
        let land = Land::new(seed, size.extent());
        let groups = groups()?;
        let areas = areas(&land)?;
        let mut units: Vec<Unit> = unit::city_units(&groups)?;
        for (area, _) in &areas {
            units.push(if area.leaf {
                unit::street_office(&groups, &area.code, &area.name)?
            } else {
                unit::district_government(&area.code, &area.name)?
            });
        }
        let holidays = Holidays::read().map_err(SampleError::Year)?;
        let leaves = areas.iter().filter(|(area, _)| area.leaf);
        let locator =
            AreaIndex::new(leaves.map(|(area, shape)| (area.code.clone(), shape.clone())));
        let categories = groups.iter().flat_map(Group::categories);
        let rules = Rules {
            areas: areas
                .iter()
                .map(|(area, _)| (area.code.clone(), area.clone()))
                .collect(),
            categories: categories
                .map(|category| (category.code.clone(), category))
                .collect(),
            units: units
                .into_iter()
                .map(|unit| (unit.code.clone(), unit))
                .collect(),
            calendar: holidays.calendar()?,
            desk: DeskLimits::default(),
            limits: Default::default(),
            locator: Box::new(locator),
        };
        Ok(SampleCity {
            seed,
            spots: Spots::new(seed, &land),
            phrases: Phrases::read()?,
            land,
            groups,
            holidays,
            rules,
            areas,
        })
    }

    /// All categories with what makes their requests.
    pub(crate) fn matters(&self) -> impl Iterator<Item = &Matter> {
        self.groups.iter().flat_map(|group| &group.categories)
    }

    /// Everything the base map shows.
    pub fn features(&self) -> Vec<Feature> {
        self.land.features()
    }

    /// Outlines of areas in degrees, districts and streets.
    pub fn outlines(&self) -> &[(Area, MultiPolygon<f64>)] {
        &self.areas
    }

    /// Settings, areas, categories and units as the record keeps them.
    ///
    /// # Errors
    /// When one of them has no JSON form.
    pub fn items(&self) -> Result<Vec<Item>, StoreError> {
        let settings = CitySettings {
            name: LocalText::new(CITY.0, CITY.1),
            calendar: self.rules.calendar.clone(),
            desk: self.rules.desk.clone(),
            limits: self.rules.limits,
        };
        let mut items = vec![settings.item()?];
        for year in &self.holidays.years {
            items.push(year_item(year)?);
        }
        for (area, shape) in &self.areas {
            items.push(area_item(area, Some(shape))?);
        }
        for category in self.rules.categories.values() {
            items.push(Item::of(
                ItemKind::Category,
                category.code.as_str(),
                category,
            )?);
        }
        for unit in self.rules.units.values() {
            items.push(Item::of(ItemKind::Unit, unit.code.as_str(), unit)?);
        }
        Ok(items)
    }
}

/// Districts and their streets, with codes of six digits and three more, as
/// such codes are, in a province number that no province has.
fn areas(land: &Land) -> Result<Vec<(Area, MultiPolygon<f64>)>, SampleError> {
    let district_code =
        |n: usize| -> Result<AreaCode, SampleError> { Ok(format!("9901{:02}", n + 1).parse()?) };
    let mut areas = Vec::new();
    for (n, district) in land.division.districts.iter().enumerate() {
        let area = Area {
            code: district_code(n)?,
            name: land.names.districts[n].clone(),
            parent: None,
            leaf: false,
            tier: Some(Tier::District),
            retired: false,
        };
        areas.push((area, land.outline(district)));
    }
    let mut in_district = vec![0; land.division.districts.len()];
    for (n, street) in land.division.streets.iter().enumerate() {
        let parent = street.parent.unwrap_or(0);
        in_district[parent] += 1;
        let district = district_code(parent)?;
        let area = Area {
            code: format!("{district}{:03}", in_district[parent]).parse()?,
            name: land.names.streets[n].clone(),
            parent: Some(district),
            leaf: true,
            tier: Some(Tier::Street),
            retired: false,
        };
        areas.push((area, land.outline(street)));
    }
    Ok(areas)
}
