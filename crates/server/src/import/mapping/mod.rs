//! What the columns of a file of requests mean: the mapping, a TOML file.
//!
//! A *mapping* names the system a file comes from and says, for each thing a
//! case is made of, in which column it stands and how it is written there.
//! `docs/IMPORT.md` explains every key; `yiwang import requests --guess FILE`
//! drafts one. The same machinery reads every file; what the City of Boston
//! publishes is one mapping that comes with the program ([`Mapping::built_in`]).

mod case;
mod column;
mod datum;
mod ending;
mod layout;
mod lookup;
mod point;
mod times;

use std::collections::BTreeMap;

use encoding_rs::Encoding;
use jiff::tz::TimeZone;
use serde::Deserialize;
use yiwang_base::{CalendarError, LocalText, Refusal, RefusalKind, Span};
use yiwang_cases::{Channel, DeclineReason, UnitKind};

pub use column::Column;
pub use datum::Datum;
pub use layout::Layout;
pub use lookup::Lookup;
pub use times::{READ_ALWAYS, TimeFormats};

use super::table::Reading;
use crate::city::CitySettings;

/// Longest name of a system.
const MAX_SYSTEM: usize = 64;
/// Mappings that come with the program.
const BUILT_IN: [(&str, &str); 1] = [("boston311", include_str!("boston311.toml"))];

/// What the columns of a file mean.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Name of the system, in sources and as the importer: `boston311`.
    pub system: String,
    /// The city whose requests these are; used where the city has no settings yet.
    pub city: Option<CityPart>,
    /// How the file is read.
    #[serde(default)]
    pub file: FilePart,
    /// How times are written.
    #[serde(default)]
    pub time: TimePart,
    /// The case's number there.
    pub id: IdPart,
    /// When it came in.
    pub submitted: ColumnPart,
    /// When it was sent to a unit; when it came in unless said.
    pub dispatched: Option<ColumnPart>,
    /// By when it was to be done.
    pub target: Option<ColumnPart>,
    /// When it ended, and why.
    pub closed: Option<ClosedPart>,
    /// What was said.
    pub words: WordsPart,
    /// What it is about.
    pub category: Option<CategoryPart>,
    /// The unit that had it.
    pub unit: Option<UnitPart>,
    /// The area it lies in.
    pub area: Option<AreaPart>,
    /// Where it is.
    #[serde(default)]
    pub place: PlacePart,
    /// How it came in.
    #[serde(default)]
    pub channel: ChannelPart,
    /// Who sent it.
    #[serde(default)]
    pub reporter: ReporterPart,
    /// How it stands.
    pub outcome: Option<OutcomePart>,
    /// What the resident said afterwards.
    pub call_back: Option<CallBackPart>,
}

/// Settings for a city that has none.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CityPart {
    /// Its name.
    pub name: LocalText,
}

/// How the file is read; what is left out is detected.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilePart {
    /// Encoding of a CSV file, such as `gb18030`.
    pub encoding: Option<String>,
    /// Delimiter of a CSV file.
    pub delimiter: Option<char>,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Which row that is not blank names the columns, from 1.
    pub header_row: Option<u64>,
}

/// How times are written.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimePart {
    /// IANA time zone; the city's unless said.
    pub zone: Option<String>,
    /// Forms, `%Y/%m/%d %H:%M:%S`; `excel` for serial days, `unix` for seconds.
    pub formats: Vec<String>,
}

/// A column and nothing else.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnPart {
    /// Where.
    pub column: Column,
}

/// The case's number.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdPart {
    /// Where.
    pub column: Column,
    /// Whether it has digits only, which tells a row whose fields have moved.
    #[serde(default)]
    pub digits: bool,
}

/// When and why it ended.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosedPart {
    /// When.
    pub column: Column,
    /// Why, in the source's words.
    pub reason: Option<Column>,
}

/// What was said: the columns joined by line breaks, what repeats another left out.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsPart {
    /// Where.
    pub columns: Vec<Column>,
}

/// What it is about.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryPart {
    /// Code, name or alias of a category.
    pub column: Column,
    /// Name of the major category, for categories that are created.
    pub group: Option<Column>,
    /// Whether a category that is not known is created.
    #[serde(default)]
    pub create: bool,
    /// What the source calls a category, and its code or name here.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    /// Where the column is empty.
    pub default: Option<String>,
    /// Limit of a created category to contact the resident.
    #[serde(default = "respond")]
    pub respond: Span,
    /// Limit of a created category to resolve it.
    #[serde(default = "resolve")]
    pub resolve: Span,
}

fn respond() -> Span {
    Span::WorkingDays { days: 1 }
}

fn resolve() -> Span {
    Span::WorkingDays { days: 7 }
}

/// The unit that had it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitPart {
    /// Code, name or alias of a unit.
    pub column: Column,
    /// A longer name that stands beside it.
    pub long_name: Option<Column>,
    /// Whether a unit that is not known is created, and duty lists grow.
    #[serde(default)]
    pub create: bool,
    /// Sort of a created unit.
    #[serde(default = "department")]
    pub kind: UnitKind,
    /// What the source calls a unit, and its code or name here.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    /// Where the column is empty.
    pub default: Option<String>,
}

fn department() -> UnitKind {
    UnitKind::Department
}

/// The area it lies in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaPart {
    /// Code, name or alias of an area.
    pub column: Column,
    /// What the source calls an area, and its code or name here.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
}

/// Where it is: an address, a point, or both.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlacePart {
    /// Parts of the address, joined by spaces.
    pub address: Vec<Column>,
    /// Degrees east.
    pub lon: Option<Column>,
    /// Degrees north.
    pub lat: Option<Column>,
    /// Both in one column, `116.4,39.9`, east first.
    pub point: Option<Column>,
    /// What the degrees are measured in.
    pub datum: Datum,
    /// Whether a row may say nothing of where it is.
    pub may_be_unknown: bool,
}

/// How it came in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelPart {
    /// Where.
    pub column: Option<Column>,
    /// What the source calls a channel.
    pub values: BTreeMap<String, Channel>,
    /// Any other.
    pub default: Channel,
}

impl Default for ChannelPart {
    fn default() -> Self {
        Self {
            column: None,
            values: BTreeMap::new(),
            default: Channel::Partner,
        }
    }
}

/// Who sent it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReporterPart {
    /// Name.
    pub name: Option<Column>,
    /// Telephone number.
    pub phone: Option<Column>,
}

/// How it stands; a value that is in none of the lists rejects the row.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomePart {
    /// Where.
    pub column: Column,
    /// Values that say it is done.
    #[serde(default)]
    pub closed: Vec<String>,
    /// Values that say it is not.
    #[serde(default)]
    pub open: Vec<String>,
    /// Values that say it was not taken on, and why.
    #[serde(default)]
    pub declined: BTreeMap<String, DeclineReason>,
}

/// What the resident said afterwards.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallBackPart {
    /// When; when it was closed unless said.
    pub time: Option<Column>,
    /// Whether it is solved.
    pub solved: Column,
    /// Values that say so.
    pub yes: Vec<String>,
    /// Values that deny it.
    pub no: Vec<String>,
    /// Values that say nobody answered.
    #[serde(default)]
    pub not_reached: Vec<String>,
    /// How satisfied.
    pub satisfaction: Option<Column>,
    /// Its values from 1 to 5; the numbers themselves are understood.
    #[serde(default)]
    pub values: BTreeMap<String, u8>,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// A refusal that names the line and the key.
    pub fn read(text: &str) -> Result<Mapping, Refusal> {
        let mapping: Mapping = toml::from_str(text).map_err(|error| not_a_mapping(text, &error))?;
        mapping.check()?;
        Ok(mapping)
    }

    /// One that comes with the program.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn built_in(name: &str) -> Result<Mapping, Refusal> {
        Mapping::read(Mapping::built_in_text(name)?)
    }

    /// The text of a mapping that comes with the program.
    ///
    /// # Errors
    /// A refusal that names those there are.
    pub fn built_in_text(name: &str) -> Result<&'static str, Refusal> {
        match BUILT_IN.iter().find(|(own, _)| *own == name) {
            Some((_, text)) => Ok(text),
            None => Err(Refusal::new(
                RefusalKind::Invalid,
                "import.profile",
                "没有这种来源格式",
                "there is no such profile",
            )
            .at("profile")
            .found(name)
            .allowing(BUILT_IN.map(|(name, _)| name))),
        }
    }

    /// Settings for a city that has none: those of the file's source, as far as
    /// the mapping knows them.
    ///
    /// # Errors
    /// When there is no such time zone.
    pub fn city_settings(&self) -> Result<CitySettings, CalendarError> {
        if self.city.is_none() && self.time.zone.is_none() {
            return CitySettings::unnamed();
        }
        let name = match &self.city {
            Some(city) => city.name.clone(),
            None => CitySettings::unnamed()?.name,
        };
        CitySettings::new(name, self.time.zone.as_deref().unwrap_or("Asia/Shanghai"))
    }

    fn check(&self) -> Result<(), Refusal> {
        let system = self.system.as_bytes();
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._-".contains(b);
        if !(1..=MAX_SYSTEM).contains(&system.len()) || !system.iter().all(plain) {
            return Err(wrong("system", &self.system, "a-z 0-9 . _ -, 1–64"));
        }
        if self.words.columns.is_empty() {
            return Err(wrong("words.columns", "[]", "[\"column\", …]"));
        }
        let place = &self.place;
        if place.lon.is_some() != place.lat.is_some()
            || (place.lon.is_some() && place.point.is_some())
        {
            return Err(wrong("place", "lon, lat, point", "lon + lat / point"));
        }
        if self.file.header_row == Some(0) {
            return Err(wrong("file.header_row", "0", "1, 2, …"));
        }
        if let Some(part) = &self.call_back
            && let Some((value, score)) = part.values.iter().find(|(_, n)| !(1..=5).contains(*n))
        {
            let found = format!("{value} = {score}");
            return Err(wrong("call_back.values", &found, "1–5"));
        }
        if let Some(zone) = &self.time.zone {
            TimeZone::get(zone).map_err(|_| wrong("time.zone", zone, "Asia/Shanghai"))?;
        }
        TimeFormats::of(&self.time.formats).map(drop)?;
        self.reading().map(drop)
    }

    /// How the file is to be read.
    ///
    /// # Errors
    /// When the encoding or the delimiter is none.
    pub fn reading(&self) -> Result<Reading, Refusal> {
        let encoding = self.file.encoding.as_deref().map(|label| {
            Encoding::for_label(label.as_bytes())
                .ok_or_else(|| wrong("file.encoding", label, "utf-8, gb18030, utf-16le, big5, …"))
        });
        let delimiter = self.file.delimiter.map(|delimiter| {
            u8::try_from(delimiter)
                .ok()
                .filter(|byte| byte.is_ascii() && !b"\"\r\n".contains(byte))
                .ok_or_else(|| wrong("file.delimiter", &delimiter.to_string(), ", ; | \\t"))
        });
        Ok(Reading {
            encoding: encoding.transpose()?,
            delimiter: delimiter.transpose()?,
            sheet: self.file.sheet.clone(),
            header_row: self.file.header_row,
        })
    }
}

fn wrong(field: &str, found: &str, allowed: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "mapping.value",
        format!("对照文件中 {field} 的值不能使用"),
        format!("the mapping's {field} cannot be used"),
    )
    .at(field)
    .found(found)
    .allowing([allowed])
}

fn not_a_mapping(text: &str, error: &toml::de::Error) -> Refusal {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    let why = error.message();
    Refusal::new(
        RefusalKind::Invalid,
        "mapping.toml",
        format!("对照文件第 {line} 行有误：{why}"),
        format!("line {line} of the mapping is wrong: {why}"),
    )
    .at(format!("line {line}"))
}

#[cfg(test)]
mod tests;
