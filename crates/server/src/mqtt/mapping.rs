//! Topics with plain JSON, as readings: which datastream, and where in the
//! message the result and the time are. Set by the steward.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tokio::sync::watch;
use yiwang_base::field::unfit;
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_cases::StoreError;
use yiwang_mqtt::{QoS, Tree, is_filter};
use yiwang_sensing::StreamId;
use yiwang_store::{Item, ItemKind, Store};

/// How a message says its time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeForm {
    /// As text, `2026-01-31T08:00:00+08:00` (RFC 3339).
    #[default]
    Rfc3339,
    /// As a number of seconds since 1970-01-01 UTC.
    Seconds,
    /// As a number of milliseconds since 1970-01-01 UTC.
    Milliseconds,
}

impl TimeForm {
    /// All of them.
    pub const ALL: [TimeForm; 3] = [TimeForm::Rfc3339, TimeForm::Seconds, TimeForm::Milliseconds];

    /// The word of the record and the interface.
    pub fn word(self) -> &'static str {
        match self {
            TimeForm::Rfc3339 => "rfc3339",
            TimeForm::Seconds => "seconds",
            TimeForm::Milliseconds => "milliseconds",
        }
    }
}

/// What messages under some topics mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Whether it is used now.
    pub active: bool,
    /// The topics, as a filter without `#`.
    pub topic: String,
    /// The datastream by what stands for `+` in the topic, joined by `/`; by
    /// the empty text where the topic has no `+`.
    pub streams: BTreeMap<String, u64>,
    /// Where the result is: a JSON pointer (RFC 6901), `/data/level`; the empty
    /// one where the message is the result.
    pub result: String,
    /// Where the time is; where it is not said, a reading is of when it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// How the time is said.
    #[serde(default)]
    pub time_form: TimeForm,
}

/// Most datastreams of a mapping.
const MOST_STREAMS: usize = 10_000;

impl Mapping {
    /// Refuses one that cannot be.
    ///
    /// # Errors
    /// A refusal that names the field at fault.
    pub fn check(&self) -> Result<(), Refusal> {
        let wrong = |field: &str, found: &str, allowed: &str| {
            Err(unfit(field).found(found).allowing([allowed]))
        };
        let topic = &self.topic;
        if !is_filter(topic) || topic.contains('#') || topic.starts_with(['$', '+']) {
            return wrong("topic", topic, "gauges/+/level, gauges/7/level");
        }
        const OURS: [&str; 3] = ["v1.1/", "refusals/", "alerts/"];
        if OURS.iter().any(|ours| topic.starts_with(ours)) {
            return wrong("topic", topic, "not below v1.1, refusals or alerts");
        }
        if self.streams.is_empty() || self.streams.len() > MOST_STREAMS {
            let found = self.streams.len().to_string();
            return wrong("streams", &found, "1–10000");
        }
        let parts = topic.split('/').filter(|level| *level == "+").count();
        let fits = |key: &str| match parts {
            0 => key.is_empty(),
            parts => key.split('/').count() == parts,
        };
        if let Some(key) = self.streams.keys().find(|key| !fits(key)) {
            return wrong("streams", key, "what stands for each +, joined by /");
        }
        for (field, pointer) in [("result", Some(&self.result)), ("time", self.time.as_ref())] {
            if let Some(pointer) = pointer
                && !(pointer.is_empty() || pointer.starts_with('/'))
            {
                return wrong(field, pointer, "/data/level");
            }
        }
        Ok(())
    }

    /// The datastream of a topic that the mapping's filter matches.
    fn stream(&self, topic: &str) -> Option<StreamId> {
        let levels = self.topic.split('/').zip(topic.split('/'));
        let wild = levels.filter(|(pattern, _)| *pattern == "+");
        let key: Vec<&str> = wild.map(|(_, level)| level).collect();
        self.streams.get(&key.join("/")).copied().map(StreamId)
    }

    /// What a message says; nothing where it has no such result.
    ///
    /// # Errors
    /// When the result is no number, or the time is none.
    fn read(&self, body: &Json) -> Result<Option<(f64, Option<i64>)>, Refusal> {
        let Some(result) = body.pointer(&self.result).filter(|json| !json.is_null()) else {
            return Ok(None);
        };
        let value = match result {
            Json::Number(number) => number.as_f64(),
            Json::Bool(yes) => Some(f64::from(u8::from(*yes))),
            Json::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let value = value.ok_or_else(|| {
            unfit(&self.result)
                .found(result.to_string())
                .allowing(["a number"])
        })?;
        let Some(pointer) = &self.time else {
            return Ok(Some((value, None)));
        };
        let time = body.pointer(pointer).unwrap_or(&Json::Null);
        let at = match self.time_form {
            TimeForm::Rfc3339 => time
                .as_str()
                .and_then(|text| text.parse::<Timestamp>().ok())
                .map(Timestamp::as_millisecond),
            TimeForm::Seconds => time
                .as_f64()
                .map(|seconds| (seconds * 1000.0).round() as i64),
            TimeForm::Milliseconds => time.as_f64().map(|ms| ms.round() as i64),
        };
        let at = at.ok_or_else(|| {
            unfit(pointer)
                .found(time.to_string())
                .allowing([self.time_form.word()])
        })?;
        Ok(Some((value, Some(at))))
    }
}

/// A result that a mapping found: of which stream, how much, and when.
pub(crate) type Found = (StreamId, f64, Option<i64>);

/// All mappings in use.
#[derive(Debug, Default)]
struct Table {
    tree: Tree,
    mappings: Vec<Mapping>,
}

impl Table {
    fn of(mappings: Vec<Mapping>) -> Self {
        let mut tree = Tree::default();
        for (number, mapping) in (0..).zip(&mappings) {
            tree.insert(&mapping.topic, number, QoS::AtMostOnce);
        }
        Self { tree, mappings }
    }
}

/// What a message would be by one mapping, as a client would have it taken.
///
/// # Errors
/// That the topic is not one of the mapping's, or what is missing or wrong in the message.
pub(crate) fn try_message(mapping: Mapping, topic: &str, message: &str) -> Result<Found, Refusal> {
    let filter = mapping.topic.clone();
    let table = Mappings(watch::Sender::new(Arc::new(Table::of(vec![mapping]))));
    let other = || {
        Refusal::new(
            RefusalKind::Invalid,
            "mqtt.other-topic",
            "这个主题不属于此映射",
            "this topic is not one of the mapping's",
        )
        .at("topic")
        .found(topic)
        .allowing([filter.clone()])
    };
    let found = table.matching(topic).ok_or_else(other)?;
    let found = found.read(topic, message.as_bytes())?;
    found.into_iter().next().ok_or_else(other)
}

/// The mappings as they are now.
#[derive(Debug, Default)]
pub struct Mappings(watch::Sender<Arc<Table>>);

/// The mappings that match one topic.
pub(super) struct Matched {
    table: Arc<Table>,
    which: Vec<usize>,
}

impl Mappings {
    /// Reads them from the record.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn load(store: &Store) -> Result<Mappings, StoreError> {
        let mappings = Mappings::default();
        mappings.reload(store)?;
        Ok(mappings)
    }

    /// Reads them from the record again.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn reload(&self, store: &Store) -> Result<(), StoreError> {
        let items = store.items(ItemKind::TopicMapping)?.into_iter();
        let mappings = items.map(|item: Item| item.read::<Mapping>());
        let mut mappings: Vec<Mapping> = mappings.collect::<Result<_, _>>()?;
        mappings.retain(|mapping| mapping.active);
        self.0.send_replace(Arc::new(Table::of(mappings)));
        Ok(())
    }

    /// Those that match a topic; none where there is none.
    pub(super) fn matching(&self, topic: &str) -> Option<Matched> {
        let table = Arc::clone(&self.0.borrow());
        let which = table.tree.find(topic).into_keys();
        let which: Vec<usize> = which.filter_map(|n| usize::try_from(n).ok()).collect();
        (!which.is_empty()).then_some(Matched { table, which })
    }

    /// The filters of all of them.
    pub(super) fn filters(&self) -> Vec<String> {
        let table = Arc::clone(&self.0.borrow());
        let filters = table.mappings.iter().map(|mapping| mapping.topic.clone());
        filters.collect()
    }

    /// Hears of changes.
    pub(super) fn changes(&self) -> watch::Receiver<impl Sized + use<>> {
        self.0.subscribe()
    }
}

impl Matched {
    /// What a message says by these mappings; at least one result.
    ///
    /// # Errors
    /// A refusal that says what is missing or wrong.
    pub(super) fn read(&self, topic: &str, payload: &[u8]) -> Result<Vec<Found>, Refusal> {
        let body: Json = serde_json::from_slice(payload).map_err(|error| {
            Refusal::new(
                RefusalKind::Invalid,
                "mqtt.not-json",
                "内容不是 JSON",
                "the message is no JSON",
            )
            .at("body")
            .found(error.to_string())
        })?;
        let mut found = Vec::new();
        let mut missing = None;
        for mapping in self
            .which
            .iter()
            .filter_map(|n| self.table.mappings.get(*n))
        {
            let Some(stream) = mapping.stream(topic) else {
                missing.get_or_insert_with(|| no_stream(topic));
                continue;
            };
            match mapping.read(&body)? {
                Some((value, at)) => found.push((stream, value, at)),
                None => {
                    missing.get_or_insert_with(|| no_result(&mapping.result));
                }
            }
        }
        match missing {
            Some(refusal) if found.is_empty() => Err(refusal),
            _ => Ok(found),
        }
    }
}

fn no_stream(topic: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "mqtt.no-stream",
        "映射中没有此主题的数据流；请数据管理员加入",
        "the mapping names no datastream for this topic; ask the data steward to add one",
    )
    .at("topic")
    .found(topic)
}

fn no_result(pointer: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "field.missing",
        "缺少此项",
        "this field is missing",
    )
    .at(pointer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mapping(topic: &str, result: &str) -> Mapping {
        Mapping {
            active: true,
            topic: topic.into(),
            streams: [("7".to_owned(), 70), ("8".to_owned(), 80)].into(),
            result: result.into(),
            time: None,
            time_form: TimeForm::default(),
        }
    }

    fn table(mappings: Vec<Mapping>) -> Mappings {
        for mapping in &mappings {
            mapping.check().unwrap();
        }
        Mappings(watch::Sender::new(Arc::new(Table::of(mappings))))
    }

    fn read(mappings: &Mappings, topic: &str, body: &str) -> Result<Vec<Found>, &'static str> {
        let matched = mappings.matching(topic).ok_or("unmapped")?;
        matched.read(topic, body.as_bytes()).map_err(|why| why.code)
    }

    #[test]
    fn a_message_gives_what_each_mapping_of_its_topic_finds() {
        let timed = Mapping {
            time: Some("/t".into()),
            time_form: TimeForm::Seconds,
            ..mapping("gauges/+", "/rain/mm")
        };
        let mappings = table(vec![mapping("gauges/+", "/level"), timed]);
        let both = r#"{"level": "1.5", "rain": {"mm": 2}, "t": 1.25}"#;
        let (level, rain) = ((StreamId(70), 1.5, None), (StreamId(70), 2.0, Some(1250)));
        assert_eq!(read(&mappings, "gauges/7", both), Ok(vec![level, rain]));
        let one = r#"{"level": true, "rain": null}"#;
        assert_eq!(
            read(&mappings, "gauges/8", one),
            Ok(vec![(StreamId(80), 1.0, None)])
        );
        for (topic, body, code) in [
            ("gauges/9", both, "mqtt.no-stream"),
            ("gauges/7", "{}", "field.missing"),
            ("gauges/7", r#"{"level": [1]}"#, "field.invalid"),
            (
                "gauges/7",
                r#"{"rain": {"mm": 1}, "t": "noon"}"#,
                "field.invalid",
            ),
            ("gauges/7", "{", "mqtt.not-json"),
            ("gates/7", both, "unmapped"),
        ] {
            assert_eq!(read(&mappings, topic, body), Err(code), "{topic} {body}");
        }
        let bare = Mapping {
            streams: [(String::new(), 3)].into(),
            ..mapping("level", "")
        };
        assert_eq!(
            read(&table(vec![bare]), "level", "4.5"),
            Ok(vec![(StreamId(3), 4.5, None)])
        );
    }

    #[test]
    fn a_mapping_is_tried_on_a_message_before_it_is_set() {
        let tried = |topic: &str, message: &str| {
            let found = try_message(mapping("gauges/+", "/level"), topic, message);
            found.map_err(|why| why.code)
        };
        let found = tried("gauges/7", r#"{"level": 1.5}"#);
        assert_eq!(found, Ok((StreamId(70), 1.5, None)));
        for (topic, message, code) in [
            ("gates/7", "{}", "mqtt.other-topic"),
            ("gauges/9", r#"{"level": 1}"#, "mqtt.no-stream"),
            ("gauges/7", "{}", "field.missing"),
            ("gauges/7", "{", "mqtt.not-json"),
        ] {
            assert_eq!(tried(topic, message), Err(code), "{topic} {message}");
        }
    }

    #[test]
    fn a_mapping_that_cannot_be_names_its_fault() {
        for (topic, result, field) in [
            ("gauges/#", "/a", "topic"),
            ("+/a", "/a", "topic"),
            ("v1.1/+", "/a", "topic"),
            ("gauges/+", "a", "result"),
            ("gauges/+/+", "/a", "streams"),
            ("gauges", "/a", "streams"),
        ] {
            let refusal = mapping(topic, result).check().unwrap_err();
            assert_eq!(refusal.field.as_deref(), Some(field), "{topic} {result}");
        }
    }

    proptest! {
        #[test]
        fn any_message_is_read_or_refused(
            topic in "gauges/[78x+#/水]{0,4}",
            body in prop_oneof![
                "\\PC{0,40}",
                "[\\[\\]{}\":,a-z0-9.eE+-]{0,40}",
                "\\{\"a\": (1e999|-1|\"x\"|\\[\\]|null), \"t\": (1e300|\"2026-01-31T00:00:00Z\"|true)\\}",
            ],
        ) {
            let timed = |time_form| Mapping { time: Some("/t".into()), time_form, ..mapping("gauges/+", "/a") };
            let mappings = table(TimeForm::ALL.map(timed).into());
            let _ = read(&mappings, &topic, &body);
        }
    }
}
