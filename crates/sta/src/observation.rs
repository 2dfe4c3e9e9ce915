//! Observations as they come in: one by one, or many in data arrays.
//!
//! A reading is a stream, a time and a number. What else an observation says
//! goes into its *note*: a result that is no number, a time that is a period,
//! a result time other than the time of the phenomenon, and so on. An
//! observation that says no result time has that of the phenomenon.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use yiwang_base::field::unfit;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_sensing::{Reading, StreamId};

use crate::{malformed, names};

/// An observation that could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// When; none where it was not said: now.
    pub at: Option<i64>,
    /// The number; NaN where the result is none.
    pub value: f64,
    /// What else was said, as JSON.
    pub note: Option<Box<str>>,
}

impl Observed {
    /// As a reading of a stream.
    pub fn reading(&self, stream: StreamId, now: Timestamp) -> Reading {
        Reading {
            stream,
            at: self.at.unwrap_or_else(|| now.as_millisecond()),
            value: self.value,
        }
    }
}

/// What a call of CreateObservations holds.
#[derive(Debug, Default, PartialEq)]
pub struct Created {
    /// The readings, in their order.
    pub readings: Vec<Reading>,
    /// Notes of readings, by their position, ascending.
    pub notes: Vec<(u32, Box<str>)>,
    /// What could not be read: its place among all that were sent, and why.
    pub bad: Vec<(u32, Refusal)>,
}

impl Created {
    /// How many were sent.
    pub fn sent(&self) -> usize {
        self.readings.len() + self.bad.len()
    }

    fn take(&mut self, stream: StreamId, observed: Result<Observed, Refusal>, now: Timestamp) {
        match observed {
            Ok(observed) => {
                self.readings.push(observed.reading(stream, now));
                if let Some(note) = observed.note {
                    self.notes.push((self.readings.len() as u32 - 1, note));
                }
            }
            Err(refusal) => self.bad.push((self.sent() as u32, refusal)),
        }
    }
}

/// Parts of an observation while it is read.
#[derive(Default)]
struct Parts {
    at: Option<i64>,
    value: Option<f64>,
    note: Map<String, Json>,
}

fn invalid(field: &str, found: &str, allowed: &'static str) -> Refusal {
    unfit(field).found(found).allowing([allowed])
}

impl Parts {
    /// Takes a time, or the beginning of a period.
    fn time(&mut self, text: &str) -> Result<(), Refusal> {
        let wrong = || invalid("phenomenonTime", text, "2026-01-31T08:00:00Z");
        let (from, to) = match text.split_once('/') {
            Some((from, to)) => (from, Some(to)),
            None => (text, None),
        };
        let from: Timestamp = from.parse().map_err(|_| wrong())?;
        if let Some(to) = to {
            let to: Timestamp = to.parse().map_err(|_| wrong())?;
            if to < from {
                return Err(wrong());
            }
            self.note.insert("phenomenonTime".into(), text.into());
        }
        self.at = Some(from.as_millisecond());
        Ok(())
    }

    fn result(&mut self, result: Json) {
        match result.as_f64() {
            Some(number) => self.value = Some(number),
            None => {
                self.value = Some(f64::NAN);
                self.note.insert("result".into(), result);
            }
        }
    }

    /// Takes any other part.
    fn other(&mut self, name: &str, value: Json) -> Result<(), Refusal> {
        if value.is_null() {
            return Ok(());
        }
        let text = value.as_str().unwrap_or_default();
        let times = || {
            text.split('/')
                .all(|part| part.parse::<Timestamp>().is_ok())
        };
        let good = match name {
            "resultTime" => text.parse::<Timestamp>().is_ok(),
            "validTime" => text.contains('/') && text.split('/').count() == 2 && times(),
            "parameters" => value.is_object(),
            "resultQuality" => true,
            names::FEATURE_ID => {
                let id = value.as_u64();
                let id = id.ok_or_else(|| invalid(name, &value.to_string(), "a number"))?;
                self.note.insert("foi".into(), id.into());
                return Ok(());
            }
            _ => return Err(malformed(name, "没有这个属性", "there is no such property")),
        };
        if !good {
            return Err(invalid(name, &value.to_string(), "2026-01-31T08:00:00Z"));
        }
        self.note.insert(name.to_owned(), value);
        Ok(())
    }

    fn finish(mut self) -> Result<Observed, Refusal> {
        let value = self.value.ok_or_else(|| {
            Refusal::new(
                RefusalKind::Invalid,
                "field.missing",
                "缺少此项",
                "this field is missing",
            )
            .at("result")
        })?;
        // Said again what holds anyway.
        let result_time = self.note.get("resultTime").and_then(Json::as_str);
        let result_at = result_time.and_then(|text| text.parse::<Timestamp>().ok());
        if let Some(result_at) = result_at {
            if self.at.is_none() {
                self.at = Some(result_at.as_millisecond());
            }
            if self.at == Some(result_at.as_millisecond()) {
                self.note.remove("resultTime");
            }
        }
        let note = (!self.note.is_empty()).then(|| Json::Object(self.note).to_string().into());
        Ok(Observed {
            at: self.at,
            value,
            note,
        })
    }
}

/// Reads one observation; its links are the caller's to read.
///
/// # Errors
/// A refusal that names the field at fault.
pub fn read_observation(
    body: &Map<String, Json>,
    feature: Option<u64>,
) -> Result<Observed, Refusal> {
    let mut parts = Parts::default();
    for (name, value) in body {
        match (name.as_str(), value) {
            ("phenomenonTime", Json::Null) => {}
            ("phenomenonTime", Json::String(text)) => parts.time(text)?,
            ("phenomenonTime", other) => {
                return Err(invalid(name, &other.to_string(), "2026-01-31T08:00:00Z"));
            }
            ("result", Json::Null) => return Err(invalid("result", "null", "a value")),
            ("result", result) => parts.result(result.clone()),
            ("Datastream" | "FeatureOfInterest", _) => {}
            // What a client read and sends back: links and its number.
            (name, _) if name.starts_with('@') || name.contains("@iot.") => {}
            (name, value) => parts.other(name, value.clone())?,
        }
    }
    if let Some(feature) = feature {
        parts.note.insert("foi".into(), feature.into());
    }
    parts.finish()
}

/// One stream's rows in a call of CreateObservations.
#[derive(Deserialize)]
struct Group<'a> {
    #[serde(rename = "Datastream")]
    datastream: Ref,
    components: Vec<Cow<'a, str>>,
    #[serde(rename = "dataArray", borrow)]
    rows: &'a RawValue,
}

#[derive(Deserialize)]
struct Ref {
    #[serde(rename = "@iot.id")]
    id: u64,
}

/// Reads the body of CreateObservations. Rows that cannot be read are told
/// apart from those that can; a body that is no list of data arrays is refused.
///
/// # Errors
/// When the body, a group or its components are malformed.
pub fn read_create_observations(body: &[u8], now: Timestamp) -> Result<Created, Refusal> {
    let groups: Vec<Group<'_>> = serde_json::from_slice(body).map_err(|error| not_json(&error))?;
    let mut created = Created::default();
    for group in groups {
        let components = group.components.iter().map(|name| Component::of(name));
        let components = components.collect::<Result<Vec<_>, _>>()?;
        if !components.contains(&Component::Result) {
            return Err(malformed(
                names::COMPONENTS,
                "缺少 result 一列",
                "the column result is missing",
            ));
        }
        let rows = Rows {
            stream: StreamId(group.datastream.id),
            components: &components,
            now,
            created: &mut created,
        };
        let mut deserializer = serde_json::Deserializer::from_str(group.rows.get());
        deserializer
            .deserialize_seq(rows)
            .map_err(|error| not_json(&error))?;
    }
    Ok(created)
}

fn not_json(error: &serde_json::Error) -> Refusal {
    malformed(
        "body",
        "内容不是合格的数据数组",
        "the body is no list of data arrays",
    )
    .found(error.to_string())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Component {
    Time,
    Result,
    Other(&'static str),
}

impl Component {
    fn of(name: &str) -> Result<Component, Refusal> {
        const OTHERS: [&str; 5] = [
            "resultTime",
            "validTime",
            "parameters",
            "resultQuality",
            names::FEATURE_ID,
        ];
        match name {
            "phenomenonTime" => Ok(Component::Time),
            "result" => Ok(Component::Result),
            name => OTHERS
                .into_iter()
                .find(|known| *known == name)
                .map(Component::Other)
                .ok_or_else(|| {
                    malformed(names::COMPONENTS, "没有这一列", "there is no such column")
                        .found(name)
                        .allowing(["phenomenonTime", "result"].into_iter().chain(OTHERS))
                }),
        }
    }
}

/// Takes the rows of one stream.
struct Rows<'a> {
    stream: StreamId,
    components: &'a [Component],
    now: Timestamp,
    created: &'a mut Created,
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(observed) = rows.next_element_seed(Row(self.components))? {
            self.created.take(self.stream, observed, self.now);
        }
        Ok(())
    }
}

struct Row<'a>(&'a [Component]);

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Result<Observed, Refusal>;

    fn deserialize<D: Deserializer<'de>>(self, row: D) -> Result<Self::Value, D::Error> {
        row.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Result<Observed, Refusal>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of a data array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<Self::Value, A::Error> {
        let mut parts = Parts::default();
        let mut wrong: Option<Refusal> = None;
        let mut note_wrong = |outcome: Result<(), Refusal>| {
            if let Err(refusal) = outcome {
                wrong.get_or_insert(refusal);
            }
        };
        for component in self.0 {
            let taken = match component {
                Component::Time => row.next_element::<Text<'de>>()?.map(|text| match text.0 {
                    Some(text) => parts.time(&text),
                    None => Ok(()),
                }),
                Component::Result => row.next_element::<Scalar>()?.map(|result| match result {
                    Scalar::Number(number) => {
                        parts.value = Some(number);
                        Ok(())
                    }
                    Scalar::Other(Json::Null) => Err(invalid("result", "null", "a value")),
                    Scalar::Other(result) => {
                        parts.result(result);
                        Ok(())
                    }
                }),
                Component::Other(name) => {
                    let value = row.next_element::<Json>()?;
                    value.map(|value| parts.other(name, value))
                }
            };
            note_wrong(taken.unwrap_or_else(|| {
                Err(malformed(
                    names::DATA_ARRAY,
                    "这一行太短",
                    "this row is too short",
                ))
            }));
        }
        if row.next_element::<IgnoredAny>()?.is_some() {
            while row.next_element::<IgnoredAny>()?.is_some() {}
            note_wrong(Err(malformed(
                names::DATA_ARRAY,
                "这一行太长",
                "this row is too long",
            )));
        }
        Ok(match wrong {
            Some(refusal) => Err(refusal),
            None => parts.finish(),
        })
    }
}

/// A text, borrowed where it can be; nothing for what is none.
struct Text<'a>(Option<Cow<'a, str>>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Taking;
        impl<'de> Visitor<'de> for Taking {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }
            fn visit_unit<E>(self) -> Result<Text<'de>, E> {
                Ok(Text(None))
            }
        }
        deserializer.deserialize_any(Taking)
    }
}

/// A number, or anything else.
enum Scalar {
    Number(f64),
    Other(Json),
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Taking;
        impl<'de> Visitor<'de> for Taking {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a result")
            }
            fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number as f64))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number as f64))
            }
            fn visit_bool<E>(self, bool: bool) -> Result<Scalar, E> {
                Ok(Scalar::Other(bool.into()))
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Other(text.into()))
            }
            fn visit_unit<E>(self) -> Result<Scalar, E> {
                Ok(Scalar::Other(Json::Null))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Scalar, A::Error> {
                let seq = serde::de::value::SeqAccessDeserializer::new(seq);
                Json::deserialize(seq).map(Scalar::Other)
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Scalar, A::Error> {
                let map = serde::de::value::MapAccessDeserializer::new(map);
                Json::deserialize(map).map(Scalar::Other)
            }
        }
        deserializer.deserialize_any(Taking)
    }
}
