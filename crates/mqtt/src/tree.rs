//! Who subscribes to what: a tree of levels, so that a message is compared with
//! few filters however many there are.

use std::collections::{BTreeMap, HashMap};

use rumqttc::QoS;

/// Filters, each with the numbers of those who have it.
#[derive(Debug, Default)]
pub struct Tree {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    below: HashMap<Box<str>, Node>,
    /// Of the filter that ends here.
    here: BTreeMap<u64, QoS>,
}

impl Tree {
    /// Subscribes; says whether it was subscribed before.
    pub fn insert(&mut self, filter: &str, session: u64, qos: QoS) -> bool {
        let mut node = &mut self.root;
        for level in filter.split('/') {
            node = node.below.entry(level.into()).or_default();
        }
        node.here.insert(session, qos).is_some()
    }

    /// Ends a subscription; branches that hold nothing go.
    pub fn remove(&mut self, filter: &str, session: u64) {
        let levels: Vec<&str> = filter.split('/').collect();
        self.root.remove(&levels, session);
    }

    /// The sessions that subscribe to a topic, each once, with the highest
    /// quality that they asked for.
    pub fn find(&self, topic: &str) -> BTreeMap<u64, QoS> {
        let mut found = BTreeMap::new();
        let mut here: Vec<&Node> = vec![&self.root];
        let mut first = true;
        for level in topic.split('/') {
            let mut next = Vec::new();
            for node in here {
                // 4.7.2: wildcards at the beginning match no topic of the broker's own.
                if !(first && level.starts_with('$')) {
                    next.extend(node.below.get("+"));
                    node.rest(&mut found);
                }
                next.extend(node.below.get(level));
            }
            here = next;
            first = false;
        }
        for node in here {
            node.add(&mut found);
            node.rest(&mut found);
        }
        found
    }

    /// Whether any filter could match a topic of this first level.
    pub fn any_under(&self, first: &str) -> bool {
        [first, "+", "#"]
            .iter()
            .any(|level| self.root.below.contains_key(*level))
    }
}

impl Node {
    fn add(&self, found: &mut BTreeMap<u64, QoS>) {
        for (session, qos) in &self.here {
            let known = found.entry(*session).or_insert(*qos);
            if (*known as u8) < *qos as u8 {
                *known = *qos;
            }
        }
    }

    fn rest(&self, found: &mut BTreeMap<u64, QoS>) {
        if let Some(rest) = self.below.get("#") {
            rest.add(found);
        }
    }

    fn remove(&mut self, levels: &[&str], session: u64) {
        let Some((first, rest)) = levels.split_first() else {
            self.here.remove(&session);
            return;
        };
        if let Some(node) = self.below.get_mut(*first) {
            node.remove(rest, session);
            if node.below.is_empty() && node.here.is_empty() {
                self.below.remove(*first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::matches;
    use proptest::prelude::*;

    fn levels(wild: bool) -> impl Strategy<Value = String> {
        let level = if wild { "[ab+]|\\$a|" } else { "[ab]|\\$a|" };
        let levels = proptest::collection::vec(level, 1..4);
        (levels, prop::bool::weighted(0.3)).prop_map(move |(mut levels, rest)| {
            if wild && rest {
                levels.push("#".into());
            }
            levels.join("/")
        })
    }

    proptest! {
        #[test]
        fn the_tree_finds_what_comparing_each_filter_finds(
            filters in proptest::collection::vec((levels(true), 0..4_u64, prop::bool::ANY), 0..12),
            topic in levels(false),
        ) {
            let mut tree = Tree::default();
            let mut plain: BTreeMap<(String, u64), bool> = BTreeMap::new();
            for (filter, session, keep) in &filters {
                tree.insert(filter, *session, QoS::AtMostOnce);
                plain.insert((filter.clone(), *session), *keep);
            }
            for ((filter, session), keep) in &plain {
                if !keep {
                    tree.remove(filter, *session);
                }
            }
            let kept = plain.iter().filter(|(_, keep)| **keep);
            let expected: std::collections::BTreeSet<u64> = kept
                .filter(|((filter, _), _)| matches(filter, &topic))
                .map(|((_, session), _)| *session)
                .collect();
            let found: std::collections::BTreeSet<u64> = tree.find(&topic).into_keys().collect();
            prop_assert_eq!(found, expected);
            if plain.values().all(|keep| !keep) {
                prop_assert!(tree.root.below.is_empty());
            }
        }
    }
}
