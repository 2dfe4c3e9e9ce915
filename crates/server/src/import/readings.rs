//! Readings from a file: which of its columns say what.

use std::collections::HashMap;

use csv::StringRecord;
use serde::Deserialize;
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
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
}

/// How times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// `2026-01-31T08:00:00+08:00`.
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
    at: usize,
    value: usize,
    stream: Option<usize>,
    known: HashMap<String, Option<StreamId>>,
}

impl<'a, S: RegistryStore> ReadingsReader<'a, S> {
    /// A reader for a file with these columns.
    ///
    /// # Errors
    /// When the mapping names a column that is not there, or no datastream.
    pub fn new(
        store: &'a S,
        mapping: ReadingsMapping,
        header: &StringRecord,
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
        Ok(ReadingsReader {
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
            Times::Rfc3339 => at.parse().ok().map(Timestamp::as_millisecond),
            Times::EpochMs => at.parse().ok(),
            Times::EpochS => at
                .parse::<f64>()
                .ok()
                .map(|seconds| (seconds * 1000.0) as i64),
        };
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
