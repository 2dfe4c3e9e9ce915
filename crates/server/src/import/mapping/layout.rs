//! A mapping laid on the header of a file: where each thing stands in its rows.

use csv::ByteRecord;
use jiff::tz::TimeZone;
use yiwang_base::{Refusal, RefusalKind};

use super::{Column, Mapping, TimeFormats};

/// Where everything stands in the rows of one file.
#[derive(Debug, Clone)]
pub struct Layout {
    pub(super) mapping: Mapping,
    pub(super) header: Vec<String>,
    pub(super) zone: TimeZone,
    pub(super) formats: TimeFormats,
    pub(super) at: Places,
}

/// Places of columns, from 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub(super) id: usize,
    pub(super) submitted: usize,
    pub(super) dispatched: Option<usize>,
    pub(super) target: Option<usize>,
    pub(super) closed: Option<usize>,
    pub(super) reason: Option<usize>,
    pub(super) words: Vec<usize>,
    pub(super) category: Option<usize>,
    pub(super) group: Option<usize>,
    pub(super) unit: Option<usize>,
    pub(super) long_name: Option<usize>,
    pub(super) area: Option<usize>,
    pub(super) address: Vec<usize>,
    pub(super) lon: Option<usize>,
    pub(super) lat: Option<usize>,
    pub(super) point: Option<usize>,
    pub(super) channel: Option<usize>,
    pub(super) name: Option<usize>,
    pub(super) phone: Option<usize>,
    pub(super) outcome: Option<usize>,
    pub(super) asked: Option<usize>,
    pub(super) solved: Option<usize>,
    pub(super) satisfaction: Option<usize>,
}

/// Looks columns up and remembers those that are not there.
struct Finder<'a> {
    header: &'a [String],
    missing: Vec<String>,
}

impl Finder<'_> {
    fn must(&mut self, column: &Column) -> usize {
        column.find(self.header).unwrap_or_else(|| {
            self.missing.push(column.show());
            0
        })
    }

    fn may(&mut self, column: Option<&Column>) -> Option<usize> {
        column.map(|column| self.must(column))
    }

    fn all(&mut self, columns: &[Column]) -> Vec<usize> {
        columns.iter().map(|column| self.must(column)).collect()
    }
}

impl Layout {
    /// Lays a mapping on a header; `city_zone` holds where the mapping names no zone.
    ///
    /// # Errors
    /// A refusal that names the columns that are missing.
    pub fn find(
        mapping: &Mapping,
        header: &ByteRecord,
        city_zone: &TimeZone,
    ) -> Result<Layout, Refusal> {
        let header: Vec<String> = header
            .iter()
            .map(|name| String::from_utf8_lossy(name).trim().to_owned())
            .collect();
        let mut finder = Finder {
            header: &header,
            missing: Vec::new(),
        };
        let at = places(mapping, &mut finder);
        if !finder.missing.is_empty() {
            let missing = finder.missing;
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "file.columns",
                format!("文件缺少列：{}", missing.join("、")),
                format!("the file lacks columns: {}", missing.join(", ")),
            )
            .at("header")
            .found(header.join(",")));
        }
        let zone = match &mapping.time.zone {
            None => city_zone.clone(),
            Some(zone) => TimeZone::get(zone).map_err(|_| {
                Refusal::new(
                    RefusalKind::Unavailable,
                    "file.zone",
                    "缺少时区数据",
                    "the time zone's data are missing",
                )
                .found(zone)
            })?,
        };
        Ok(Layout {
            formats: TimeFormats::of(&mapping.time.formats)?,
            mapping: mapping.clone(),
            zone,
            at,
            header,
        })
    }

    /// The column of this file that a refused field came from.
    pub fn of_field(&self, field: Option<&str>) -> &str {
        let at = &self.at;
        let place = match field {
            Some("words") => at.words.first().copied(),
            Some("reason" | "note") => at.reason.or(at.closed),
            Some("category") => at.category,
            Some("unit") => at.unit,
            Some("area") => at.area,
            Some("opened") => Some(at.submitted),
            Some("dispatched") => at.dispatched,
            Some("closed") => at.closed,
            Some("asked") => at.asked,
            Some("satisfaction") => at.satisfaction,
            Some("reporter.name") => at.name,
            Some("reporter.phone") => at.phone,
            Some(field) if field.starts_with("place") => {
                at.address.first().copied().or(at.point).or(at.lat)
            }
            Some(field) if field.starts_with("source") => Some(at.id),
            _ => None,
        };
        place.map_or("", |place| self.name(place))
    }

    pub(super) fn name(&self, place: usize) -> &str {
        self.header.get(place).map_or("", String::as_str)
    }
}

fn places(mapping: &Mapping, finder: &mut Finder<'_>) -> Places {
    let closed = mapping.closed.as_ref();
    let category = mapping.category.as_ref();
    let unit = mapping.unit.as_ref();
    let answer = mapping.call_back.as_ref();
    Places {
        id: finder.must(&mapping.id.column),
        submitted: finder.must(&mapping.submitted.column),
        dispatched: finder.may(mapping.dispatched.as_ref().map(|part| &part.column)),
        target: finder.may(mapping.target.as_ref().map(|part| &part.column)),
        closed: finder.may(closed.map(|part| &part.column)),
        reason: finder.may(closed.and_then(|part| part.reason.as_ref())),
        words: finder.all(&mapping.words.columns),
        category: finder.may(category.map(|part| &part.column)),
        group: finder.may(category.and_then(|part| part.group.as_ref())),
        unit: finder.may(unit.map(|part| &part.column)),
        long_name: finder.may(unit.and_then(|part| part.long_name.as_ref())),
        area: finder.may(mapping.area.as_ref().map(|part| &part.column)),
        address: finder.all(&mapping.place.address),
        lon: finder.may(mapping.place.lon.as_ref()),
        lat: finder.may(mapping.place.lat.as_ref()),
        point: finder.may(mapping.place.point.as_ref()),
        channel: finder.may(mapping.channel.column.as_ref()),
        name: finder.may(mapping.reporter.name.as_ref()),
        phone: finder.may(mapping.reporter.phone.as_ref()),
        outcome: finder.may(mapping.outcome.as_ref().map(|part| &part.column)),
        asked: finder.may(answer.and_then(|part| part.time.as_ref())),
        solved: finder.may(answer.map(|part| &part.solved)),
        satisfaction: finder.may(answer.and_then(|part| part.satisfaction.as_ref())),
    }
}
