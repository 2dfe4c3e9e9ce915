//! Readings from a file: which of its columns say what.

use std::collections::HashMap;

use csv::StringRecord;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_sensing::registry::{Kind, RegistryStore, Wanted};
use yiwang_sensing::{Reading, StreamId};

/// What the columns of a file mean, as TOML:
///
/// ```toml
/// at = "time"            # a column
/// value = "level_m"      # a column
/// stream = "gauge"       # a column with names of datastreams, or with their numbers
/// # datastream = 12      # or all are of this one
/// times = "rfc3339"      # or epoch_ms, epoch_s
/// zone = "Asia/Shanghai" # of times without an offset; the city's unless said
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadingsMapping {
    /// Column of the time.
    pub at: String,
    /// Column of the number.
    pub value: String,
    /// Column of the datastream's name or number.
    pub stream: Option<String>,
    /// The one datastream that all readings are of.
    pub datastream: Option<u64>,
    /// How times are written.
    #[serde(default)]
    pub times: Times,
    /// By whose clocks times without an offset are, as an IANA name.
    pub zone: Option<String>,
}

/// How times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// `2026-01-31T08:00:00+08:00`, or `2026-01-31 08:00:00` by the clocks of the
    /// zone. A column of times in a Parquet file is read so whatever is said here.
    #[default]
    Rfc3339,
    /// Milliseconds since 1970-01-01 UTC.
    EpochMs,
    /// Seconds since then.
    EpochS,
}

fn wrong(field: &str, found: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "readings.mapping", zh, en)
        .at(field)
        .found(found)
}

/// Reads rows of a file under its mapping.
pub struct ReadingsReader<'a, S> {
    store: &'a S,
    mapping: ReadingsMapping,
    zone: TimeZone,
    at: usize,
    value: usize,
    stream: Option<usize>,
    known: HashMap<String, Option<StreamId>>,
}

impl<'a, S: RegistryStore> ReadingsReader<'a, S> {
    /// A reader for a file with these columns, of a city in this zone.
    ///
    /// # Errors
    /// When the mapping names a column that is not there, no datastream, or no zone.
    pub fn new(
        store: &'a S,
        mapping: ReadingsMapping,
        header: &StringRecord,
        zone: &TimeZone,
    ) -> Result<Self, Refusal> {
        let column = |field: &str, name: &str| {
            let place = header.iter().position(|known| known.trim() == name);
            place.ok_or_else(|| {
                wrong(field, name, "文件没有这一列", "the file has no such column")
                    .allowing(header.iter())
            })
        };
        let stream = mapping.stream.as_deref();
        let stream = stream.map(|name| column("stream", name)).transpose()?;
        if stream.is_some() == mapping.datastream.is_some() {
            return Err(wrong(
                "stream",
                "",
                "请用 stream 或 datastream 之一指明数据流",
                "say of which datastreams the readings are: stream or datastream, one of both",
            ));
        }
        let zone = match mapping.zone.as_deref() {
            None => zone.clone(),
            Some(name) => TimeZone::get(name).map_err(|_| {
                wrong("zone", name, "没有这个时区", "there is no such time zone")
                    .allowing(["Asia/Shanghai"])
            })?,
        };
        Ok(ReadingsReader {
            zone,
            at: column("at", &mapping.at)?,
            value: column("value", &mapping.value)?,
            stream,
            store,
            mapping,
            known: HashMap::new(),
        })
    }

    /// The reading of a row.
    ///
    /// # Errors
    /// A refusal that names the column at fault.
    pub fn read(&mut self, row: &StringRecord) -> Result<Reading, Refusal> {
        let cell = |place: usize| row.get(place).unwrap_or_default().trim();
        let at = cell(self.at);
        let time = match self.mapping.times {
            Times::Rfc3339 => None,
            Times::EpochMs => at.parse().ok(),
            Times::EpochS => at
                .parse::<f64>()
                .ok()
                .filter(|seconds| seconds.is_finite())
                .map(|seconds| (seconds * 1000.0) as i64),
        };
        let time = time.or_else(|| self.instant(at));
        let time = time.ok_or_else(|| {
            wrong(&self.mapping.at, at, "时间不对", "this is no time")
                .allowing(["2026-01-31T08:00:00Z"])
        })?;
        let value = cell(self.value);
        let number = value
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite());
        let number = number
            .ok_or_else(|| wrong(&self.mapping.value, value, "不是数", "this is no number"))?;
        let stream = match (self.stream, self.mapping.datastream) {
            (Some(place), _) => self.stream_of(cell(place))?,
            (None, fixed) => StreamId(fixed.unwrap_or(0)),
        };
        Ok(Reading {
            stream,
            at: time,
            value: number,
        })
    }

    fn instant(&self, text: &str) -> Option<i64> {
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(at.as_millisecond());
        }
        let local: DateTime = text.parse().ok()?;
        let at = self.zone.to_timestamp(local).ok()?;
        Some(at.as_millisecond())
    }

    /// The column that says what a refusal calls by its name in SensorThings.
    pub fn column(&self, refusal: &Refusal) -> String {
        let column = match refusal.field.as_deref() {
            Some("phenomenonTime") => Some(&self.mapping.at),
            Some("result") => Some(&self.mapping.value),
            Some("Datastream") => self.mapping.stream.as_ref(),
            Some(column) => return column.to_owned(),
            None => None,
        };
        column.cloned().unwrap_or_default()
    }

    /// The datastream of a number or of a name that only one has.
    fn stream_of(&mut self, name: &str) -> Result<StreamId, Refusal> {
        if let Ok(number) = name.parse() {
            return Ok(StreamId(number));
        }
        let found = match self.known.get(name) {
            Some(found) => *found,
            None => {
                let page = self.store.page(&Wanted {
                    kind: Kind::Datastream,
                    of: None,
                    name: Some(name.to_owned()),
                    after: 0,
                    limit: 2,
                })?;
                let found = match page.as_slice() {
                    [one] => Some(StreamId(one.key.1)),
                    _ => None,
                };
                self.known.insert(name.to_owned(), found);
                found
            }
        };
        found.ok_or_else(|| {
            let column = self.mapping.stream.as_deref().unwrap_or_default();
            wrong(
                column,
                name,
                "没有或不止一个这个名称的数据流",
                "no datastream, or more than one, has this name",
            )
        })
    }
}
