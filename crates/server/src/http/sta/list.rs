//! Sets: which of them, in which order, and how many.

use std::cmp::Ordering;

use yiwang_base::{Refusal, RefusalKind};
use yiwang_history::Streams;
use yiwang_sensing::StreamId;
use yiwang_sensing::registry::{Key, Kind, RegistryStore as _, Wanted};
use yiwang_sta::{Expr, Infix, Options, OrderBy, Value, eval};

use super::member::{Member, Seen, Source};

/// Most entities in an answer; as many unless told.
pub(super) const PAGE: u64 = 10_000;
const USUAL: u64 = 100;
/// Entities read at once while looking through a set.
const AT_ONCE: usize = 500;
/// Most entities that are put in another order than that of their numbers.
const MOST_ORDERED: usize = 200_000;

/// A set of entities.
#[derive(Debug, Clone)]
pub(super) enum Set {
    Register {
        kind: Kind,
        of: Option<Key>,
    },
    Observations {
        streams: Streams,
        /// Only those of this feature of interest.
        feature: Option<u64>,
    },
}

impl Set {
    pub(super) fn stream(stream: StreamId) -> Set {
        Set::Observations {
            streams: Streams::one(stream),
            feature: None,
        }
    }

    pub(super) fn nothing() -> Set {
        Set::Observations {
            streams: Streams::these([]),
            feature: None,
        }
    }
}

/// What of a set is in the answer.
pub(super) struct Listing {
    pub(super) members: Vec<Member>,
    pub(super) count: Option<u64>,
    /// Whether there are more.
    pub(super) more: bool,
}

/// How many entities an answer may hold.
pub(super) fn page_size(options: &Options) -> u64 {
    options.top.unwrap_or(USUAL).min(PAGE)
}

impl Source<'_> {
    /// What of a set is asked for.
    pub(super) fn list(&self, set: &Set, options: &Options) -> Result<Listing, Refusal> {
        match set {
            Set::Register { kind, of } => self.list_register(*kind, *of, options),
            Set::Observations { streams, feature } => {
                self.list_observations(streams, *feature, options)
            }
        }
    }

    fn list_register(
        &self,
        kind: Kind,
        of: Option<Key>,
        options: &Options,
    ) -> Result<Listing, Refusal> {
        let mut wanted = Wanted {
            kind,
            of,
            name: None,
            after: 0,
            limit: AT_ONCE,
        };
        let mut last = u64::MAX;
        let conjuncts = options.filter.as_ref().map(Expr::conjuncts);
        for (path, infix, value) in conjuncts.iter().flatten().filter_map(|c| c.comparison()) {
            let name = path.first().map(String::as_str);
            match (name, path.len(), infix, value) {
                (Some("name"), 1, Infix::Eq, Value::Text(text)) => wanted.name = Some(text.clone()),
                (Some("id"), 1, Infix::Eq, Value::Number(id)) if *id >= 1.0 => {
                    (wanted.after, last) = (*id as u64 - 1, *id as u64);
                }
                (Some("id"), 1, Infix::Gt, Value::Number(id)) if *id >= 0.0 => {
                    wanted.after = wanted.after.max(*id as u64);
                }
                _ => {}
            }
        }
        if options.filter.is_none() && options.order.is_empty() {
            return self.list_plain(wanted, options);
        }
        let mut gathered = Gathered::new(options);
        'all: loop {
            let page = self.store.page(&wanted)?;
            let Some(end) = page.last().map(|entity| entity.key.1) else {
                break;
            };
            for entity in page {
                if entity.key.1 > last {
                    break 'all;
                }
                gathered.take(self, Member::Entity(entity))?;
                if gathered.is_full() {
                    break 'all;
                }
            }
            wanted.after = end;
        }
        gathered.finish()
    }

    /// By their numbers, nothing left out.
    fn list_plain(&self, mut wanted: Wanted, options: &Options) -> Result<Listing, Refusal> {
        let count = if options.count {
            Some(self.store.count(&wanted)?)
        } else {
            None
        };
        let most = page_size(options) as usize;
        let mut skip = options.skip;
        while skip > 0 {
            wanted.limit = usize::try_from(skip).unwrap_or(AT_ONCE).min(AT_ONCE);
            let skipped = self.store.page(&wanted)?;
            skip -= skipped.len() as u64;
            match skipped.last() {
                Some(last) => wanted.after = last.key.1,
                None => break,
            }
        }
        wanted.limit = most + 1;
        let mut page = self.store.page(&wanted)?;
        let more = page.len() > most;
        page.truncate(most);
        Ok(Listing {
            members: page.into_iter().map(Member::Entity).collect(),
            count,
            more,
        })
    }
}

/// Entities that a filter lets through, in the order that is asked for.
pub(super) struct Gathered<'a> {
    options: &'a Options,
    /// The rest of a filter that was not applied while reading.
    found: Vec<(Vec<Value>, Member)>,
    passed: u64,
    /// Whether they come in the order that is asked for.
    in_order: bool,
}

impl<'a> Gathered<'a> {
    pub(super) fn new(options: &'a Options) -> Gathered<'a> {
        let by_id = |order: &OrderBy| matches!(&order.by, Expr::Path(p) if p == &["id"]);
        let plain = options
            .order
            .first()
            .is_none_or(|o| by_id(o) && !o.descending);
        Gathered::ordered(options, plain)
    }

    pub(super) fn ordered(options: &'a Options, in_order: bool) -> Gathered<'a> {
        Gathered {
            options,
            found: Vec::new(),
            passed: 0,
            in_order,
        }
    }

    pub(super) fn take(&mut self, source: &Source<'_>, member: Member) -> Result<(), Refusal> {
        if let Some(filter) = &self.options.filter
            && !source.fits(&member, filter)?
        {
            return Ok(());
        }
        self.passed += 1;
        if self.in_order {
            let skipped = self.passed <= self.options.skip;
            if !skipped && self.found.len() as u64 <= page_size(self.options) {
                self.found.push((Vec::new(), member));
            }
            return Ok(());
        }
        let seen = Seen(source, &member);
        let keys = self
            .options
            .order
            .iter()
            .map(|order| eval(&order.by, &seen));
        let keys: Vec<Value> = keys.collect::<Result<_, _>>()?;
        self.found.push((keys, member));
        let needed = self.needed();
        if self.found.len() > MOST_ORDERED.max(needed.saturating_mul(2)) {
            self.sort();
            self.found.truncate(needed);
        }
        Ok(())
    }

    /// How many of the first ones the answer is cut from.
    fn needed(&self) -> usize {
        let needed = self
            .options
            .skip
            .saturating_add(page_size(self.options) + 1);
        usize::try_from(needed).unwrap_or(usize::MAX)
    }

    /// Whether nothing that comes later changes the answer.
    pub(super) fn is_full(&self) -> bool {
        self.in_order && !self.options.count && self.found.len() as u64 > page_size(self.options)
    }

    fn sort(&mut self) {
        let order = &self.options.order;
        self.found.sort_by(|(a, x), (b, y)| {
            let pairs = a.iter().zip(b).zip(order);
            let by_keys = pairs.map(|((a, b), order)| {
                if order.descending {
                    b.order(a)
                } else {
                    a.order(b)
                }
            });
            by_keys
                .fold(Ordering::Equal, Ordering::then)
                .then(x.id().cmp(&y.id()))
        });
    }

    pub(super) fn finish(mut self) -> Result<Listing, Refusal> {
        let most = page_size(self.options) as usize;
        if !self.in_order {
            self.sort();
            let skip = usize::try_from(self.options.skip).unwrap_or(usize::MAX);
            if skip > MOST_ORDERED {
                return Err(too_many());
            }
            self.found.drain(..skip.min(self.found.len()));
        }
        let more = self.found.len() > most;
        self.found.truncate(most);
        Ok(Listing {
            members: self.found.into_iter().map(|(_, member)| member).collect(),
            count: self.options.count.then_some(self.passed),
            more,
        })
    }
}

fn too_many() -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "sta.malformed",
        "排序后跳过的数量过大，请改用 $filter",
        "so many cannot be skipped in this order; use $filter",
    )
    .at("$skip")
    .allowing([format!("0–{MOST_ORDERED}")])
}
