//! Hot topics (热点): which messages speak of the same thing, and how hot it is.
//!
//! **Words:** a *topic* is a cluster of messages; its *heat* says how much it
//! moves people.
//!
//! **Heat:** every message counts 1 + ln(1 + likes) + ½ ln(1 + votes against);
//! their sum is divided by √(1 + days / 30), where days lie between the first
//! and the last message: what comes up at once is hotter than what trickles in
//! over a year. The unit is "messages without a like within a day".
//!
//! **Invariants**
//! - The same messages in the same order give the same topics.
//! - A message is in one topic at most.

mod alike;
mod gather;
mod score;

pub use score::{PairScore, pair_score};

use std::collections::BTreeMap;

/// A message, as far as topics are told from it.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// What it says in short: its title, or the words themselves.
    pub title: &'a str,
    /// On which day it came in, counted from any day; `None` where it is unknown.
    pub day: Option<i64>,
    /// Votes for it.
    pub likes: u32,
    /// Votes against it.
    pub against: u32,
}

/// What makes messages one topic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How alike the messages of two clusters are on average when they become
    /// one, 0…1.
    pub join: f32,
    /// Days between two messages after which their likeness counts half.
    pub half_life_days: f32,
    /// Fewer messages are no topic.
    pub fewest: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            join: 0.12,
            half_life_days: 365.0,
            fewest: 2,
        }
    }
}

/// Messages that speak of the same thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// Numbers of its messages, ascending.
    pub messages: Vec<usize>,
    /// Number of the message that is most like the others: its title names the topic.
    pub core: usize,
    /// How hot it is; see the heat of [this module](self).
    pub heat: f64,
    /// Day of the first message.
    pub first_day: Option<i64>,
    /// Day of the last message.
    pub last_day: Option<i64>,
}

/// The topics of messages, the hottest first.
pub fn topics(messages: &[Message<'_>], settings: &Settings) -> Vec<Topic> {
    let pairs = alike::pairs(messages, settings.half_life_days);
    let cluster = gather::gather(messages.len(), &pairs, settings.join);
    let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (n, cluster) in cluster.iter().enumerate() {
        members.entry(*cluster).or_default().push(n);
    }
    let mut likeness = vec![0.0f32; messages.len()];
    for ((a, b), alike) in pairs {
        let (a, b) = (a as usize, b as usize);
        if cluster[a] == cluster[b] {
            likeness[a] += alike;
            likeness[b] += alike;
        }
    }
    let large = members
        .into_values()
        .filter(|own| own.len() >= settings.fewest.max(1));
    let topic = |own: Vec<usize>| {
        let days = own.iter().filter_map(|n| messages[*n].day);
        let (first_day, last_day) = (days.clone().min(), days.max());
        // Of equals the first.
        let core = own.iter().copied().rev();
        let core = core.max_by(|a, b| likeness[*a].total_cmp(&likeness[*b]));
        Topic {
            core: core.unwrap_or_default(),
            heat: heat(messages, &own, first_day.zip(last_day)),
            first_day,
            last_day,
            messages: own,
        }
    };
    let mut topics: Vec<Topic> = large.map(topic).collect();
    topics.sort_by(|a, b| b.heat.total_cmp(&a.heat).then(a.messages.cmp(&b.messages)));
    topics
}

fn heat(messages: &[Message<'_>], own: &[usize], span: Option<(i64, i64)>) -> f64 {
    let one = |n: &usize| {
        let message = &messages[*n];
        1.0 + f64::from(message.likes).ln_1p() + f64::from(message.against).ln_1p() / 2.0
    };
    let sum: f64 = own.iter().map(one).sum();
    let days = span.map_or(0, |(first, last)| last - first);
    sum / (1.0 + days as f64 / 30.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(title: &str, day: i64, likes: u32) -> Message<'_> {
        Message {
            title,
            day: Some(day),
            likes,
            against: 0,
        }
    }

    fn invented() -> Vec<Message<'static>> {
        vec![
            message("请问地铁7号线何时开工", 1, 0),
            message("梧桐苑二期楼板开裂", 2, 40),
            message("地铁7号线站点设在哪里", 3, 1),
            message("老年食堂几点开门", 4, 0),
            message("梧桐苑楼板开裂质量问题严重", 5, 12),
            message("建议地铁7号线延长到动物园", 6, 0),
            message("梧桐苑小区漏水开裂没人管", 7, 3),
        ]
    }

    #[test]
    fn messages_about_the_same_thing_are_one_topic_and_the_hottest_comes_first() {
        let topics = topics(&invented(), &Settings::default());
        let members: Vec<_> = topics.iter().map(|topic| topic.messages.clone()).collect();
        assert_eq!(members, [vec![1, 4, 6], vec![0, 2, 5]]);
        assert!(topics[0].heat > topics[1].heat);
        assert_eq!(
            (topics[0].first_day, topics[0].last_day),
            (Some(2), Some(7))
        );
        assert!(
            topics
                .iter()
                .all(|topic| topic.messages.contains(&topic.core))
        );
    }

    #[test]
    fn what_lies_years_apart_is_not_one_topic() {
        let mut messages = invented();
        messages.truncate(3);
        messages[2].day = Some(4000);
        assert!(topics(&messages, &Settings::default()).is_empty());
        messages[2].day = None;
        assert_eq!(topics(&messages, &Settings::default()).len(), 1);
    }

    #[test]
    fn heat_grows_with_likes_and_falls_with_the_span() {
        let heat = |likes, days| {
            let messages = [message("a", 0, likes), message("a", days, 0)];
            heat(&messages, &[0, 1], Some((0, days)))
        };
        assert_eq!(heat(0, 0), 2.0);
        assert!((heat(0, 30) - 2.0 / 2.0f64.sqrt()).abs() < 1e-12);
        assert!(heat(5, 30) > heat(0, 30));
    }

    #[test]
    fn no_messages_have_no_topics() {
        assert_eq!(topics(&[], &Settings::default()), []);
    }
}
