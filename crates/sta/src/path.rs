//! Resource paths: which set, entity or property an address leads to.

use percent_encoding::percent_decode_str;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_sensing::registry::{Kind, Relation};

use crate::MOST_DEPTH;
use crate::names;
use crate::split::bracketed;

/// One step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// By which relation of the step before; none for the first.
    pub relation: Option<Relation>,
    /// What it leads to.
    pub kind: Kind,
    /// Which of them, where that is said.
    pub id: Option<u64>,
}

/// What of the last step is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The set or entity itself.
    Whole,
    /// Where it is (`$ref`).
    Ref,
    /// A property, or what lies in it.
    Property(Vec<String>),
    /// The bare value of a property (`$value`).
    Bare(Vec<String>),
}

/// A path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Its steps; at least one.
    pub steps: Vec<Step>,
    /// What of the last is meant.
    pub end: End,
}

impl Path {
    /// The last step.
    pub fn last(&self) -> Step {
        self.steps[self.steps.len() - 1]
    }

    /// Whether it leads to a set, not to one entity.
    pub fn is_set(&self) -> bool {
        let last = self.last();
        last.id.is_none() && last.relation.is_none_or(|relation| relation.many)
    }

    /// Reads a path below the version, `Things(1)/Datastreams`.
    ///
    /// # Errors
    /// A refusal that names the segment that leads nowhere.
    pub fn read(path: &str) -> Result<Path, Refusal> {
        let mut steps: Vec<Step> = Vec::new();
        let mut end = End::Whole;
        for segment in path.trim_matches('/').split('/') {
            let segment = percent_decode_str(segment).decode_utf8();
            let segment = segment.map_err(|_| nowhere(path))?;
            if steps.len() > MOST_DEPTH {
                return Err(nowhere(&segment));
            }
            end = match end {
                End::Whole => match next_step(&steps, &segment) {
                    Some(step) => {
                        steps.push(step);
                        End::Whole
                    }
                    None => first_of_end(&steps, &segment).ok_or_else(|| nowhere(&segment))?,
                },
                End::Property(path) if segment == "$value" => End::Bare(path),
                End::Property(mut path) if path.len() < MOST_DEPTH => {
                    path.push(segment.into_owned());
                    End::Property(path)
                }
                _ => return Err(nowhere(&segment)),
            };
        }
        Ok(Path { steps, end })
    }
}

/// A set or a relation, with or without a number.
fn next_step(steps: &[Step], segment: &str) -> Option<Step> {
    let (name, id) = bracketed(segment)?;
    let id = match id {
        None => None,
        Some(id) => Some(id.parse().ok()?),
    };
    let Some(before) = steps.last() else {
        return Some(Step {
            relation: None,
            kind: names::kind_of_set(name)?,
            id,
        });
    };
    // From a set one goes on by a number only.
    before
        .id
        .or_else(|| before.relation.filter(|r| !r.many).map(|_| 0))?;
    let relations = before.kind.relations().iter();
    let relation = relations.copied().find(|relation| relation.name == name)?;
    (id.is_none() || relation.many).then_some(Step {
        relation: Some(relation),
        kind: relation.to,
        id,
    })
}

fn first_of_end(steps: &[Step], segment: &str) -> Option<End> {
    let last = steps.last()?;
    if segment == "$ref" {
        return Some(End::Ref);
    }
    let one = last.id.is_some() || last.relation.is_some_and(|relation| !relation.many);
    if !one {
        return None;
    }
    let known =
        names::is_id(segment) || segment == names::SELF_LINK || last.kind.field(segment).is_some();
    known.then(|| End::Property(vec![segment.to_owned()]))
}

fn nowhere(segment: &str) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "sta.no-such-path",
        "没有这个地址",
        "this address leads nowhere",
    )
    .found(segment)
}
