//! A desk at a store: asks it without waiting being in the way, and makes cases.

use std::future::Future;
use std::pin::Pin;

use yiwang_base::{CaseId, Personal, Point, Timestamp, from_millis};

use crate::{
    Actor, Case, CaseFilter, CasePoint, CaseStore, Change, Channel, Counts, Event, Happening,
    MapTile, Order, Page, PageStart, Place, Receipt, Recorded, Reporter, RequestWords, Sealed,
    SourceRef, StoreError,
};

/// Waits until a future is done, on this thread.
pub type BlockOn = for<'a> fn(Pin<Box<dyn Future<Output = ()> + 'a>>);

/// A store and a way to wait for it.
pub struct Desk<'a, S> {
    store: &'a S,
    block_on: BlockOn,
}

/// Noon of a day in 2026, `minutes` later.
pub(super) fn minute(minutes: i64) -> Timestamp {
    from_millis(1_790_000_000_000 + minutes * 60_000)
}

/// Someone at the desk.
pub(super) fn li_na() -> Actor {
    Actor::User("li.na".parse().unwrap())
}

/// An event at a minute.
pub(super) fn happening(at: i64, event: Event, sealed: Option<Sealed>) -> Happening {
    Happening {
        at: minute(at),
        by: li_na(),
        grounds: None,
        event,
        sealed,
    }
}

/// A note, as it is sealed.
pub(super) fn note(text: &str) -> Option<Sealed> {
    Some(Sealed::Note(Personal::new(text.to_owned())))
}

/// A point west of the city's middle.
pub(super) fn point(lon: f64, lat: f64) -> Option<Point> {
    Some(Point::new(lon, lat).unwrap())
}

/// What someone said, without a follow code.
pub(super) fn words(text: &str) -> RequestWords {
    RequestWords {
        words: text.to_owned(),
        place: Place {
            address: Some("春风路8号".into()),
            point: point(116.4, 39.9),
        },
        reporter: Reporter {
            name: Some("王小明".into()),
            phone: Some("19900001234".into()),
            ..Reporter::default()
        },
        ..RequestWords::default()
    }
}

/// A request to come: what a test does not name is as usual.
pub(super) struct Draft {
    pub(super) at: i64,
    pub(super) due: i64,
    pub(super) request: RequestWords,
    pub(super) channel: Channel,
    pub(super) category: Option<&'static str>,
    pub(super) area: Option<&'static str>,
    pub(super) source: Option<SourceRef>,
    pub(super) receipt: Option<Receipt>,
}

impl Draft {
    pub(super) fn at(at: i64) -> Draft {
        Draft {
            at,
            due: at + 120,
            request: words("路灯坏了三天"),
            channel: Channel::Web,
            category: Some("light"),
            area: Some("west"),
            source: None,
            receipt: None,
        }
    }

    pub(super) fn happening(&self) -> Happening {
        let event = Event::Submitted {
            accept_by: minute(self.due),
            area: self.area.map(|code| code.parse().unwrap()),
            category: self.category.map(|code| code.parse().unwrap()),
            channel: self.channel,
            source: self.source.clone(),
        };
        let request = Personal::new(self.request.clone());
        happening(self.at, event, Some(Sealed::Request(request)))
    }
}

/// The change that events make of a case, recorded when the last happened.
pub(super) fn change(id: CaseId, before: Option<&Case>, happenings: Vec<Happening>) -> Change {
    let mut after = before.cloned();
    for next in &happenings {
        match &mut after {
            Some(case) => case.apply(next).unwrap(),
            None => after = Some(Case::begin(id, next).unwrap()),
        }
    }
    Change {
        expected_version: before.map_or(0, |case| case.version),
        recorded_at: happenings.last().unwrap().at,
        happenings,
        after: after.unwrap(),
        receipt: None,
    }
}

/// An idempotency key with what was asked under it.
pub(super) fn receipt(key: &str, fingerprint: u8) -> Receipt {
    Receipt {
        key: key.to_owned(),
        fingerprint: [fingerprint; 32],
    }
}

impl<'a, S: CaseStore> Desk<'a, S> {
    /// A desk at `store`.
    pub fn new(store: &'a S, block_on: BlockOn) -> Self {
        Self { store, block_on }
    }

    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        let mut answer = None;
        (self.block_on)(Box::pin(async { answer = Some(future.await) }));
        answer.unwrap()
    }

    pub(super) fn new_id(&self) -> CaseId {
        self.store.new_case_id()
    }

    pub(super) fn append(&self, change: Change) -> Result<(), StoreError> {
        self.wait(self.store.append(change))
    }

    pub(super) fn case(&self, id: CaseId) -> Option<Case> {
        self.wait(self.store.case(id)).unwrap()
    }

    pub(super) fn by_follow_code(&self, code: &str) -> Option<Case> {
        self.wait(self.store.case_by_follow_code(code)).unwrap()
    }

    pub(super) fn by_source(&self, source: &SourceRef) -> Option<CaseId> {
        self.wait(self.store.by_source(source)).unwrap()
    }

    pub(super) fn repeated(&self, receipt: &Receipt) -> Result<Option<CaseId>, StoreError> {
        self.wait(self.store.repeated(receipt))
    }

    pub(super) fn timeline(&self, id: CaseId) -> Vec<Recorded> {
        self.wait(self.store.timeline(id)).unwrap()
    }

    pub(super) fn list(
        &self,
        filter: &CaseFilter,
        order: Order,
        start: Option<PageStart>,
        limit: usize,
    ) -> Page {
        let page = self.wait(self.store.list(filter, order, start, limit));
        page.unwrap()
    }

    /// All cases that a filter finds, page by page.
    pub(super) fn all(&self, filter: &CaseFilter, order: Order, limit: usize) -> Vec<Case> {
        let (mut start, mut cases) = (None, Vec::new());
        loop {
            let page = self.list(filter, order, start, limit);
            assert!(page.cases.len() <= limit);
            assert!(page.next.is_none() || page.cases.len() == limit);
            cases.extend(page.cases);
            start = page.next;
            if start.is_none() {
                return cases;
            }
        }
    }

    /// Numbers of the cases that a filter finds, newest first.
    pub(super) fn found(&self, filter: &CaseFilter) -> Vec<CaseId> {
        let cases = self.all(filter, Order::Newest, 50);
        cases.iter().map(|case| case.id).collect()
    }

    pub(super) fn counts(&self, filter: &CaseFilter, now: Timestamp) -> Counts {
        self.wait(self.store.counts(filter, now)).unwrap()
    }

    /// The marks of a tile, by case.
    pub(super) fn points(
        &self,
        tile: MapTile,
        filter: &CaseFilter,
        now: Timestamp,
    ) -> Vec<CasePoint> {
        let points = self.wait(self.store.points(tile, filter, now));
        let mut points = points.unwrap();
        points.sort_by_key(|point| point.id);
        points
    }

    /// Submits a request.
    pub(super) fn submit(&self, draft: &Draft) -> Case {
        let mut change = change(self.new_id(), None, vec![draft.happening()]);
        change.receipt.clone_from(&draft.receipt);
        let after = change.after.clone();
        self.append(change).unwrap();
        after
    }

    /// Lets one more thing happen to a case.
    pub(super) fn let_happen(
        &self,
        case: &Case,
        at: i64,
        event: Event,
        sealed: Option<Sealed>,
    ) -> Case {
        let change = change(case.id, Some(case), vec![happening(at, event, sealed)]);
        let after = change.after.clone();
        self.append(change).unwrap();
        after
    }
}
