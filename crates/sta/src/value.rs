//! What expressions are made of and come to.

use std::cmp::Ordering;

use geo::Geometry;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde_json::Value as Json;

/// A value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// A time.
    Time(Timestamp),
    /// From a time to another.
    Period(Timestamp, Timestamp),
    /// A day.
    Date(Date),
    /// A time of day.
    Clock(Time),
    /// A length of time, milliseconds.
    Duration(f64),
    /// A shape, degrees.
    Shape(Box<Geometry<f64>>),
    /// A JSON object or array.
    Json(Json),
    /// What a path through several entities leads to.
    Many(Vec<Value>),
}

impl From<&Json> for Value {
    fn from(json: &Json) -> Value {
        match json {
            Json::Null => Value::Null,
            Json::Bool(bool) => Value::Bool(*bool),
            Json::Number(number) => number.as_f64().map_or(Value::Null, Value::Number),
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(_) | Json::Object(_) => Value::Json(json.clone()),
        }
    }
}

/// A text as the time, or the two, that it spells.
pub(crate) fn as_time(text: &str) -> Option<Value> {
    match text.split_once('/') {
        Some((from, to)) => Some(Value::Period(from.parse().ok()?, to.parse().ok()?)),
        None => text.parse().ok().map(Value::Time),
    }
}

impl Value {
    /// As a time or a period, where it is one or spells one.
    pub(crate) fn timed(&self) -> Option<(Timestamp, Timestamp)> {
        match self {
            Value::Time(at) => Some((*at, *at)),
            Value::Period(from, to) => Some((*from, *to)),
            Value::Text(text) => as_time(text)?.timed(),
            _ => None,
        }
    }

    /// How it stands to another of its own sort; `None` where nothing can be said.
    pub(crate) fn compare(&self, other: &Value) -> Option<Ordering> {
        use Value::{Bool, Clock, Date, Duration, Number, Period, Text, Time};
        match (self, other) {
            (Bool(a), Bool(b)) => a.partial_cmp(b),
            (Number(a), Number(b)) | (Duration(a), Duration(b)) => a.partial_cmp(b),
            (Time(_) | Period(..), _) | (_, Time(_) | Period(..)) => {
                let (a, b) = (self.timed()?, other.timed()?);
                // One is before another when it ends before the other begins.
                if a == b {
                    Some(Ordering::Equal)
                } else if a.1 <= b.0 {
                    Some(Ordering::Less)
                } else if a.0 >= b.1 {
                    Some(Ordering::Greater)
                } else {
                    None
                }
            }
            (Date(a), Date(b)) => a.partial_cmp(b),
            (Date(a), Text(b)) => a.partial_cmp(&b.parse().ok()?),
            (Text(a), Date(b)) => a.parse::<jiff::civil::Date>().ok()?.partial_cmp(b),
            (Clock(a), Clock(b)) => a.partial_cmp(b),
            (Text(a), Text(b)) => a.partial_cmp(b),
            _ => None,
        }
    }

    /// The order in which `$orderby` puts values: nothing first, then by sort.
    pub fn order(&self, other: &Value) -> Ordering {
        let rank = |value: &Value| match value {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Number(_) | Value::Duration(_) => 2,
            Value::Time(_) | Value::Period(..) | Value::Text(_) => 3,
            Value::Date(_) | Value::Clock(_) => 4,
            Value::Shape(_) | Value::Json(_) | Value::Many(_) => 5,
        };
        if let (Some(a), Some(b)) = (self.timed(), other.timed()) {
            return a.cmp(&b);
        }
        rank(self)
            .cmp(&rank(other))
            .then_with(|| self.compare(other).unwrap_or(Ordering::Equal))
    }
}
