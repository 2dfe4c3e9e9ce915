//! Sets of observations: what of a filter and an order the history answers itself.

use yiwang_base::Refusal;
use yiwang_history::{Order, Query, Streams};
use yiwang_sensing::StreamId;
use yiwang_sta::{Expr, Infix, Options, Value};

use super::list::{Gathered, Listing, page_size};
use super::member::{Member, Source, unreadable};

impl Source<'_> {
    pub(super) fn list_observations(
        &self,
        streams: &Streams,
        feature: Option<u64>,
        options: &Options,
    ) -> Result<Listing, Refusal> {
        let mut query = Query::of(streams.clone());
        let filter = options.filter.as_ref();
        let whole = filter.is_none_or(|filter| narrow(&mut query, filter));
        let ordered = match order_of(options) {
            Some(order) => {
                query.order = order;
                true
            }
            None => {
                query.order = Order::Arrival;
                false
            }
        };
        let single = matches!(&query.streams, Streams::These(these) if these.len() == 1);
        // Of all streams, those that were removed are left out row by row.
        if whole && ordered && feature.is_none() && single {
            return self.list_whole(query, options);
        }
        let mut there = std::collections::HashMap::new();
        let mut gathered = Gathered::ordered(options, ordered);
        for row in self.history.rows(query) {
            let row = row.map_err(|error| unreadable(&error))?;
            let stream = row.reading.stream;
            let known = there.entry(stream);
            if !*known.or_insert_with(|| self.stream_is_there(stream)) {
                continue;
            }
            if let Some(feature) = feature
                && super::feature::feature_of(self, &row)? != Some(feature)
            {
                continue;
            }
            gathered.take(self, Member::Row(row))?;
            if gathered.is_full() {
                break;
            }
        }
        gathered.finish()
    }

    /// Where the history answers all of it.
    fn list_whole(&self, mut query: Query, options: &Options) -> Result<Listing, Refusal> {
        let count = if options.count {
            let count = self.history.count(&query);
            Some(count.map_err(|error| unreadable(&error))?)
        } else {
            None
        };
        let most = page_size(options) as usize;
        let skip = usize::try_from(options.skip).unwrap_or(usize::MAX);
        query.limit = Some(skip.saturating_add(most + 1));
        let rows = self.history.rows(query).skip(skip);
        let members = rows.map(|row| row.map(Member::Row));
        let mut members: Vec<Member> = members
            .collect::<Result<_, _>>()
            .map_err(|error| unreadable(&error))?;
        let more = members.len() > most;
        members.truncate(most);
        Ok(Listing {
            members,
            count,
            more,
        })
    }
}

/// The order of the history that is asked for; none where it has no such order.
fn order_of(options: &Options) -> Option<Order> {
    match options.order.as_slice() {
        [] => Some(Order::Arrival),
        [order] => match (&order.by, order.descending) {
            (Expr::Path(path), false) if path == &["phenomenonTime"] => Some(Order::Earliest),
            (Expr::Path(path), true) if path == &["phenomenonTime"] => Some(Order::Latest),
            (Expr::Path(path), false) if path == &["id"] => Some(Order::Arrival),
            (Expr::Path(path), true) if path == &["id"] => Some(Order::LastArrival),
            _ => None,
        },
        _ => None,
    }
}

/// Narrows a query by those parts of a filter that it knows; says whether that
/// is the whole filter.
pub(super) fn narrow(query: &mut Query, filter: &Expr) -> bool {
    let mut whole = true;
    for part in filter.conjuncts() {
        let known = part.comparison().is_some_and(|(path, infix, value)| {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            match (names.as_slice(), value) {
                (["phenomenonTime"], Value::Time(at)) => {
                    // To the millisecond; a finer time is looked at row by row.
                    let ms = at.as_millisecond();
                    by_time(query, infix, ms) && at.subsec_nanosecond() % 1_000_000 == 0
                }
                (["id"], Value::Number(id)) if *id >= 0.0 && id.fract() == 0.0 => {
                    by_id(query, infix, *id as u64)
                }
                (["Datastream", "id"], Value::Number(id)) if infix == Infix::Eq && *id >= 0.0 => {
                    let stream = StreamId(*id as u64);
                    query.streams = match &query.streams {
                        Streams::All => Streams::one(stream),
                        Streams::These(these) => {
                            let kept = these.iter().filter(|known| **known == stream.0);
                            Streams::these(kept.map(|known| StreamId(*known)))
                        }
                    };
                    true
                }
                _ => false,
            }
        });
        whole &= known;
    }
    whole
}

/// Rows with periods begin at their time: those are let through and looked at.
fn by_time(query: &mut Query, infix: Infix, ms: i64) -> bool {
    let next = ms.saturating_add(1);
    match infix {
        Infix::Gt => query.from = query.from.max(next),
        Infix::Ge => query.from = query.from.max(ms),
        Infix::Lt => query.to = query.to.min(ms),
        Infix::Le => query.to = query.to.min(next),
        Infix::Eq => {
            query.from = query.from.max(ms);
            query.to = query.to.min(next);
        }
        _ => return false,
    }
    true
}

fn by_id(query: &mut Query, infix: Infix, id: u64) -> bool {
    let next = id.saturating_add(1);
    let ids = &mut query.ids;
    match infix {
        Infix::Gt => ids.start = ids.start.max(next),
        Infix::Ge => ids.start = ids.start.max(id),
        Infix::Lt => ids.end = ids.end.min(id),
        Infix::Le => ids.end = ids.end.min(next),
        Infix::Eq => {
            ids.start = ids.start.max(id);
            ids.end = ids.end.min(next);
        }
        _ => return false,
    }
    true
}
