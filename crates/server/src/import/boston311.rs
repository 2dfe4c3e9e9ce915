//! Service requests as the City of Boston publishes them (311).
//!
//! Times are local, America/New_York. Columns are found by name, in any order
//! and in either case; where a name comes twice, the first counts.

use csv::ByteRecord;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use yiwang_base::{Personal, Point, Refusal, RefusalKind, Timestamp};
use yiwang_cases::{Channel, Place, Reporter, RequestWords, SourceRef};

use super::names::{slug, spaced_once};
use super::rejects::Reject;
use super::source_case::{Ending, SourceCase, SourceTime};

/// The system's name in sources and grounds.
pub const SYSTEM: &str = "boston311";

/// The city's time zone.
pub(super) const ZONE: &str = "America/New_York";
/// Longest number of a case, characters.
const MAX_ID: usize = 20;
/// Longest name of a category or unit, characters.
const MAX_NAME: usize = 120;
/// Said where the source closed a case and gave no reason.
const NO_REASON: &str = "来源未写明结案原因 (the source gives no reason for closing)";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Id,
    Opened,
    Target,
    Closed,
    ClosureReason,
    Title,
    Subject,
    Reason,
    Type,
    Department,
    Location,
    Latitude,
    Longitude,
    Source,
}

/// The names of each column, today's and yesterday's.
const COLUMNS: [(Column, &[&str]); 14] = [
    (Column::Id, &["CASE_ENQUIRY_ID"]),
    (Column::Opened, &["OPEN_DT"]),
    (Column::Target, &["TARGET_DT", "SLA_TARGET_DT"]),
    (Column::Closed, &["CLOSED_DT"]),
    (Column::ClosureReason, &["CLOSURE_REASON"]),
    (Column::Title, &["CASE_TITLE"]),
    (Column::Subject, &["SUBJECT"]),
    (Column::Reason, &["REASON"]),
    (Column::Type, &["TYPE"]),
    (Column::Department, &["DEPARTMENT"]),
    (Column::Location, &["LOCATION"]),
    (Column::Latitude, &["LATITUDE"]),
    (Column::Longitude, &["LONGITUDE"]),
    (Column::Source, &["SOURCE"]),
];

/// Where each column of a file stands.
#[derive(Debug, Clone)]
pub struct Columns {
    count: usize,
    at: [usize; COLUMNS.len()],
    header: Vec<String>,
    zone: TimeZone,
}

impl Columns {
    /// Finds the columns in a header.
    ///
    /// # Errors
    /// A refusal that names the columns that are missing.
    pub fn find(header: &ByteRecord) -> Result<Self, Refusal> {
        let header: Vec<String> = header
            .iter()
            .map(|name| String::from_utf8_lossy(name).trim().to_owned())
            .collect();
        let mut at = [0; COLUMNS.len()];
        let mut missing = Vec::new();
        for (n, (_, names)) in COLUMNS.iter().enumerate() {
            let known = |found: &String| names.iter().any(|name| name.eq_ignore_ascii_case(found));
            match header.iter().position(known) {
                Some(position) => at[n] = position,
                None => missing.push(names[0]),
            }
        }
        if !missing.is_empty() {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "file.columns",
                format!("文件缺少列:{}", missing.join("、")),
                format!("the file lacks columns: {}", missing.join(", ")),
            )
            .at("header")
            .found(header.join(","))
            .allowing(COLUMNS.iter().map(|(_, names)| names[0])));
        }
        let zone = TimeZone::get(ZONE).map_err(|_| {
            Refusal::new(
                RefusalKind::Unavailable,
                "file.zone",
                "缺少时区数据",
                "the time zone's data are missing",
            )
        })?;
        Ok(Self {
            count: header.len(),
            at,
            header,
            zone,
        })
    }

    /// The column of this file that a refused field came from.
    pub fn of_field(&self, field: Option<&str>) -> &str {
        match field {
            Some("words") => self.name(Column::Title),
            Some("reason") => self.name(Column::ClosureReason),
            Some("category") => self.name(Column::Type),
            Some("unit") => self.name(Column::Department),
            Some("opened") => self.name(Column::Opened),
            Some("closed") => self.name(Column::Closed),
            Some(field) if field.starts_with("place") => self.name(Column::Location),
            Some(field) if field.starts_with("source") => self.name(Column::Id),
            _ => "",
        }
    }

    fn position(&self, column: Column) -> usize {
        self.at[column as usize]
    }

    fn name(&self, column: Column) -> &str {
        &self.header[self.position(column)]
    }
}

/// One row's fields, all of them text.
struct Fields<'a> {
    columns: &'a Columns,
    texts: Vec<&'a str>,
}

impl<'a> Fields<'a> {
    fn read(columns: &'a Columns, record: &'a ByteRecord) -> Result<Self, Reject> {
        if record.len() != columns.count {
            return Err(Reject::new(
                "row.columns",
                "",
                &record.len().to_string(),
                format!("这一行有 {} 列,应有 {} 列", record.len(), columns.count),
                format!(
                    "this row has {} columns, {} are expected",
                    record.len(),
                    columns.count
                ),
            ));
        }
        let texts = record.iter().enumerate().map(|(n, field)| {
            std::str::from_utf8(field).map_err(|_| {
                Reject::new(
                    "row.utf-8",
                    &columns.header[n],
                    &String::from_utf8_lossy(field),
                    "不是 UTF-8 编码的文字",
                    "this is not text in UTF-8",
                )
            })
        });
        Ok(Self {
            columns,
            texts: texts.collect::<Result<_, _>>()?,
        })
    }

    fn get(&self, column: Column) -> &'a str {
        self.texts[self.columns.position(column)].trim()
    }

    fn wrong(&self, column: Column, code: &'static str, zh: &str, en: &str) -> Reject {
        Reject::new(code, self.columns.name(column), self.get(column), zh, en)
    }

    fn id(&self) -> Result<String, Reject> {
        let id = self.get(Column::Id);
        if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(self.wrong(
                Column::Id,
                "row.id",
                "编号应为 1 到 20 位数字",
                "a case number has 1 to 20 digits",
            ));
        }
        Ok(id.to_owned())
    }

    fn time(
        &self,
        column: Column,
        not_before: Option<Timestamp>,
    ) -> Result<Option<SourceTime>, Reject> {
        let text = self.get(column);
        if text.is_empty() {
            return Ok(None);
        }
        let unreadable = || {
            self.wrong(
                column,
                "row.time",
                "时间应写作 2022-01-17 11:20:00(当地时间)",
                "a time is written 2022-01-17 11:20:00, local",
            )
        };
        let local = DateTime::strptime("%Y-%m-%d %H:%M:%S%.f", text).map_err(|_| unreadable())?;
        let what = match column {
            Column::Opened => "opened",
            Column::Closed => "closed",
            _ => "target",
        };
        SourceTime::local(what, local, &self.columns.zone, not_before)
            .map(Some)
            .map_err(|_| unreadable())
    }

    /// A name that becomes part of the city's tables.
    fn name(&self, column: Column) -> Result<&'a str, Reject> {
        let name = self.get(column);
        let length = name.chars().count();
        if !(1..=MAX_NAME).contains(&length) || name.chars().any(char::is_control) {
            return Err(self.wrong(
                column,
                "row.name",
                "名称应为 1 到 120 字,不含控制字符",
                "a name has 1 to 120 characters and no control characters",
            ));
        }
        Ok(name)
    }

    fn code<C: std::str::FromStr>(&self, column: Column) -> Result<C, Reject> {
        slug(self.get(column)).parse().map_err(|_| {
            self.wrong(
                column,
                "row.name",
                "名称中须有字母或数字",
                "a name has at least one letter or digit",
            )
        })
    }

    fn point(&self) -> Result<Option<Point>, Reject> {
        let (lat, lon) = (self.get(Column::Latitude), self.get(Column::Longitude));
        if lat.is_empty() && lon.is_empty() {
            return Ok(None);
        }
        let off = |column, range: &str| {
            Reject::new(
                "row.point",
                self.columns.name(column),
                self.get(column),
                format!("应为 {range} 之间的度数"),
                format!("this is a number of degrees between {range}"),
            )
        };
        let degrees = |column, limit: f64, range: &str| {
            let number: f64 = self.get(column).parse().map_err(|_| off(column, range))?;
            if (-limit..=limit).contains(&number) {
                Ok(number)
            } else {
                Err(off(column, range))
            }
        };
        let lat = degrees(Column::Latitude, 85.0, "-85…85")?;
        let lon = degrees(Column::Longitude, 180.0, "-180…180")?;
        Point::new(lon, lat)
            .map(Some)
            .map_err(|_| off(Column::Latitude, "-85…85"))
    }

    fn place(&self) -> Result<Place, Reject> {
        let point = self.point()?;
        let address = spaced_once(self.get(Column::Location));
        if point.is_none() && address.is_empty() {
            return Err(self.wrong(
                Column::Location,
                "row.place",
                "既无坐标也无地址",
                "neither a point nor an address is given",
            ));
        }
        Ok(Place {
            address: (!address.is_empty()).then_some(address),
            point,
        })
    }

    /// The title, and the type where the title does not say it already.
    fn words(&self) -> String {
        let (title, kind) = (self.get(Column::Title), self.get(Column::Type));
        if title.is_empty() || title == kind {
            kind.to_owned()
        } else {
            format!("{title}\n{kind}")
        }
    }

    fn ending(&self, opened: &SourceTime) -> Result<Option<Ending>, Reject> {
        let Some(at) = self.time(Column::Closed, Some(opened.at))? else {
            return Ok(None);
        };
        if at.at < opened.at {
            return Err(self.wrong(
                Column::Closed,
                "row.closed-before-open",
                "结案早于上报",
                "it was closed before it was opened",
            ));
        }
        let reason = match self.get(Column::ClosureReason) {
            "" => NO_REASON,
            reason => reason,
        };
        Ok(Some(Ending {
            at,
            reason: Personal::new(reason.to_owned()),
        }))
    }
}

/// The case that a row tells of. Pure: the same row gives the same case.
///
/// # Errors
/// A [`Reject`] that names the column at fault, what was found and what is allowed.
pub fn parse_row(columns: &Columns, record: &ByteRecord, line: u64) -> Result<SourceCase, Reject> {
    let fields = Fields::read(columns, record)?;
    let source = SourceRef {
        id: fields.id()?,
        system: SYSTEM.to_owned(),
    };
    let Some(opened) = fields.time(Column::Opened, None)? else {
        return Err(fields.wrong(
            Column::Opened,
            "row.time",
            "缺少上报时间",
            "the time at which it was opened is missing",
        ));
    };
    let long_name = fields.get(Column::Subject);
    Ok(SourceCase {
        line,
        source,
        channel: channel(fields.get(Column::Source)),
        request: Personal::new(RequestWords {
            words: fields.words(),
            place: fields.place()?,
            reporter: Reporter::default(),
            ..RequestWords::default()
        }),
        category_name: fields.name(Column::Type)?.to_owned(),
        category: fields.code(Column::Type)?,
        group_name: fields.name(Column::Reason)?.to_owned(),
        unit_name: fields.name(Column::Department)?.to_owned(),
        unit: fields.code(Column::Department)?,
        unit_long_name: match long_name {
            "" => None,
            _ => Some(fields.name(Column::Subject)?.to_owned()),
        },
        target: fields.time(Column::Target, None)?,
        ended: fields.ending(&opened)?,
        opened,
    })
}

/// Channels by the city's words; any other word is another system.
fn channel(source: &str) -> Channel {
    match source {
        "Constituent Call" => Channel::Hotline,
        "Citizens Connect App" => Channel::App,
        "City Worker App" => Channel::GridWorker,
        "Self Service" => Channel::Web,
        "Employee Generated" => Channel::Counter,
        _ => Channel::Partner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_the_order_of_their_table() {
        for (n, (column, _)) in COLUMNS.iter().enumerate() {
            assert_eq!(*column as usize, n);
        }
    }
}
