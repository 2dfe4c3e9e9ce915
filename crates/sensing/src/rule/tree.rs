//! What must hold of several streams, evaluated as it changes.

use serde::{Deserialize, Serialize};

use super::Expr;

/// An expression laid flat: parts stand before what they are parts of, the
/// whole is last.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Leaf(u16),
    Any(Vec<usize>),
    All(Vec<usize>, i64),
    Sequence(Vec<usize>, i64),
}

/// How the parts of one expression stand for one group of streams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Standing {
    nodes: Vec<Held>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Held {
    holds: bool,
    /// When it held last; means something while it does not.
    last: Option<i64>,
    /// Of a sequence: when the first part began, for each part reached.
    chain: Vec<Option<i64>>,
}

impl Tree {
    pub(super) fn new(expr: &Expr) -> Self {
        let mut tree = Self { nodes: Vec::new() };
        let mut leaves = 0;
        tree.add(expr, &mut leaves);
        tree
    }

    fn add(&mut self, expr: &Expr, leaves: &mut u16) -> usize {
        let mut parts = |tree: &mut Self, of: &[Expr]| -> Vec<usize> {
            of.iter().map(|part| tree.add(part, leaves)).collect()
        };
        let node = match expr {
            Expr::Is(_) => {
                *leaves += 1;
                Node::Leaf(*leaves - 1)
            }
            Expr::Any { of } => Node::Any(parts(self, of)),
            Expr::All { of, within_seconds } => {
                Node::All(parts(self, of), i64::from(*within_seconds) * 1_000)
            }
            Expr::Sequence { of, within_seconds } => {
                Node::Sequence(parts(self, of), i64::from(*within_seconds) * 1_000)
            }
        };
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(super) fn standing(&self) -> Standing {
        let held = |node: &Node| Held {
            holds: false,
            last: None,
            chain: match node {
                Node::Sequence(of, _) => vec![None; of.len()],
                _ => Vec::new(),
            },
        };
        Standing {
            nodes: self.nodes.iter().map(held).collect(),
        }
    }

    /// Brings the standing up to a time, given which leaves hold then. Answers
    /// whether the whole holds, and when it may cease to by time alone.
    pub(super) fn judge(
        &self,
        standing: &mut Standing,
        leaf_holds: impl Fn(u16) -> bool,
        at: i64,
    ) -> (bool, Option<i64>) {
        let mut ends: Option<i64> = None;
        let mut begun = vec![false; self.nodes.len()];
        for (place, node) in self.nodes.iter().enumerate() {
            let (before, rest) = standing.nodes.split_at_mut(place);
            let Some(own) = rest.first_mut() else { break };
            let was = own.holds;
            own.holds = match node {
                Node::Leaf(leaf) => leaf_holds(*leaf),
                Node::Any(of) => of.iter().any(|part| before[*part].holds),
                Node::All(of, within) => {
                    let mut holds = true;
                    for part in of {
                        let part = &before[*part];
                        let until = match (part.holds, part.last) {
                            (true, _) => continue,
                            (false, Some(last)) => last.saturating_add(*within),
                            (false, None) => i64::MIN,
                        };
                        // It held until then, and not then any more.
                        holds &= at < until;
                        if at < until {
                            ends = Some(ends.map_or(until, |e| e.min(until)));
                        }
                    }
                    holds
                }
                Node::Sequence(of, within) => {
                    for (k, part) in of.iter().enumerate() {
                        if !begun[*part] {
                            continue;
                        }
                        if k == 0 {
                            own.chain[0] = Some(at);
                        } else if let Some(first) = own.chain[k - 1]
                            && at - first <= *within
                        {
                            own.chain[k] = Some(first);
                        }
                    }
                    let complete = own.chain.last().copied().flatten().is_some();
                    let last_holds = of.last().is_some_and(|part| before[*part].holds);
                    if complete && !last_holds {
                        own.chain.fill(None);
                    }
                    complete && last_holds
                }
            };
            begun[place] = own.holds && !was;
            if own.holds || was {
                own.last = Some(at);
            }
        }
        let holds = standing.nodes.last().is_some_and(|node| node.holds);
        (holds, ends)
    }
}
