//! Finding entities by their observations: those that have one for which a condition
//! holds, within a bound of how many are looked at.

use std::cell::Cell;

use yiwang_base::{Refusal, RefusalKind};
use yiwang_history::{Order, Query, Streams};
use yiwang_sensing::StreamId;
use yiwang_sensing::registry::{Key, Kind, RegistryStore as _};
use yiwang_sta::{Env as _, Expr, Infix, holds};

use super::feature::feature_of;
use super::member::{Member, Seen, Source, unreadable};
use super::observations::narrow;

/// Most observations that one call looks at to find other entities by them.
const MOST_LOOKED_AT: u64 = 1_000_000;

/// How many observations a call may still look at.
pub(super) struct Budget(Cell<u64>);

impl Budget {
    pub(super) fn new() -> Budget {
        Budget(Cell::new(MOST_LOOKED_AT))
    }

    fn spend(&self) -> Result<(), Refusal> {
        let left = self.0.get().checked_sub(1).ok_or_else(too_many)?;
        self.0.set(left);
        Ok(())
    }
}

impl Source<'_> {
    /// Whether a filter holds for a member. Conditions on observations that are joined by
    /// `and` hold together where one observation meets all of them, as in other servers.
    pub(super) fn fits(&self, member: &Member, filter: &Expr) -> Result<bool, Refusal> {
        let seen = Seen(self, member);
        if prefixes(member.kind(), filter).is_empty() {
            return holds(filter, &seen);
        }
        let mut together: Vec<(Vec<String>, Expr)> = Vec::new();
        for part in filter.conjuncts() {
            let of = prefixes(member.kind(), part);
            let fits = match (part, of.as_slice()) {
                (part, []) => holds(part, &seen)?,
                // That there is none, as with everything else that is related.
                (Expr::Not(inner), _) => !self.fits(member, inner)?,
                (part, [Some(prefix)]) => {
                    join(&mut together, prefix, part.below(prefix.len()));
                    true
                }
                (Expr::Infix(a, Infix::Or, b), _) => {
                    self.fits(member, a)? || self.fits(member, b)?
                }
                // What is of the entity itself is the same for all its observations.
                (part, [None, Some(prefix)] | [Some(prefix), None]) => {
                    let own = part.bound(&mut |path| {
                        let own = to_observations(member.kind(), path).is_none();
                        own.then(|| seen.property(path)).transpose()
                    })?;
                    join(&mut together, prefix, own.below(prefix.len()));
                    true
                }
                _ => return Err(mixed()),
            };
            if !fits {
                return Ok(false);
            }
        }
        for (prefix, condition) in together {
            if !self.has_observation(member, &prefix, &condition)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether one of the observations that a path leads to meets a condition.
    fn has_observation(
        &self,
        member: &Member,
        path: &[String],
        condition: &Expr,
    ) -> Result<bool, Refusal> {
        let Member::Entity(entity) = member else {
            return Err(mixed());
        };
        let mut here = vec![entity.key];
        for name in path.iter().take(path.len() - 1) {
            let mut next = Vec::new();
            for key in here {
                let relations = key.0.relations();
                if let Some(relation) = relations.iter().find(|r| r.name == name) {
                    let found = self.store.neighbours(key, relation.to)?.into_iter();
                    next.extend(found.map(|id| Key(relation.to, id)));
                }
            }
            here = next;
        }
        here.sort_unstable();
        here.dedup();
        for key in &here {
            if key.0 == Kind::FeatureOfInterest {
                let Some(feature) = self.store.entity(*key)? else {
                    continue;
                };
                let streams = self.streams_of_feature(&feature)?;
                if self.any_row(&streams, Some(key.1), condition)? {
                    return Ok(true);
                }
            } else if self.any_row(&Streams::one(StreamId(key.1)), None, condition)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn any_row(
        &self,
        streams: &Streams,
        feature: Option<u64>,
        condition: &Expr,
    ) -> Result<bool, Refusal> {
        let mut query = Query::of(streams.clone());
        query.order = Order::Latest;
        let whole = narrow(&mut query, condition);
        for row in self.history.rows(query) {
            let row = row.map_err(|error| unreadable(&error))?;
            self.budget.spend()?;
            if feature.is_some() && feature_of(self, &row)? != feature {
                continue;
            }
            let row = Member::Row(row);
            if whole || holds(condition, &Seen(self, &row))? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Adds a condition to those that one observation is to meet.
fn join(together: &mut Vec<(Vec<String>, Expr)>, prefix: &[String], condition: Expr) {
    match together.iter_mut().find(|(known, _)| known == prefix) {
        Some((_, all)) => {
            let before = Box::new(all.clone());
            *all = Expr::Infix(before, Infix::And, Box::new(condition));
        }
        None => together.push((prefix.to_vec(), condition)),
    }
}

/// The paths by which an expression reaches observations; `None` stands for all that
/// is of the entity itself. Empty where it reaches none.
fn prefixes(kind: Kind, expr: &Expr) -> Vec<Option<Vec<String>>> {
    let mut found = Vec::new();
    expr.paths(&mut |path| {
        let prefix = to_observations(kind, path);
        if !found.contains(&prefix) {
            found.push(prefix);
        }
    });
    if found.iter().all(Option::is_none) {
        found.clear();
    }
    found
}

/// The part of a path that leads to observations, from an entity that is none.
fn to_observations(mut kind: Kind, path: &[String]) -> Option<Vec<String>> {
    if kind == Kind::Observation {
        return None;
    }
    for (place, name) in path.iter().enumerate() {
        let relation = kind.relations().iter().find(|r| r.name == name)?;
        kind = relation.to;
        if kind == Kind::Observation {
            return Some(path[..=place].to_vec());
        }
    }
    None
}

fn too_many() -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "sta.too-many-observations",
        format!("要查的观测超过 {MOST_LOOKED_AT} 条，请加上时间条件，或先选定监测物或数据流"),
        format!(
            "more than {MOST_LOOKED_AT} observations would have to be looked at: narrow it by their time, or by things or datastreams first"
        ),
    )
    .at("$filter")
    .allowing(["Observations/phenomenonTime gt 2026-01-31T00:00:00Z and …"])
}

/// A condition that needs observations where they cannot be looked for.
pub(super) fn mixed() -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "sta.unsupported",
        "观测的条件只能写在 $filter 里，并且同一个比较中的观测须经同一路径到达",
        "observations are looked for in $filter only, and those in one comparison are reached by one path",
    )
    .at("$filter")
    .allowing(["Datastreams/Observations/result gt 5 and name eq 'x'"])
}
