//! Requests and events to fill a store with.

use yiwang_base::{CaseId, Personal, Point, Timestamp, from_millis};

use crate::{
    Actor, Case, Change, Channel, DeclineReason, Event, Happening, Place, Receipt, Reporter,
    RequestWords, Sealed, SourceRef,
};

/// Noon of a day in 2026, `minutes` later.
pub fn minute(minutes: i64) -> Timestamp {
    from_millis(1_790_000_000_000 + minutes * 60_000)
}

/// Someone at the desk.
pub fn li_na() -> Actor {
    Actor::User("li.na".parse().unwrap())
}

/// An event at a minute.
pub fn happening(at: i64, event: Event, sealed: Option<Sealed>) -> Happening {
    Happening {
        at: minute(at),
        by: li_na(),
        grounds: None,
        event,
        sealed,
    }
}

/// A note, as it is sealed.
pub fn note(text: &str) -> Option<Sealed> {
    Some(Sealed::Note(Personal::new(text.to_owned())))
}

/// A point west of the city's middle.
pub fn point(lon: f64, lat: f64) -> Option<Point> {
    Some(Point::new(lon, lat).unwrap())
}

/// What someone said, without a follow code.
pub fn words(text: &str) -> RequestWords {
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
pub struct Draft {
    /// The minute at which it comes in.
    pub at: i64,
    /// The minute by which it is to be accepted.
    pub due: i64,
    /// What is said.
    pub request: RequestWords,
    /// How it comes in.
    pub channel: Channel,
    /// What it is about.
    pub category: Option<&'static str>,
    /// Where it lies.
    pub area: Option<&'static str>,
    /// Where it is imported from.
    pub source: Option<SourceRef>,
    /// The idempotency key.
    pub receipt: Option<Receipt>,
}

impl Draft {
    /// A street lamp out, at a minute.
    pub fn at(at: i64) -> Draft {
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

    /// Its submission.
    pub fn happening(&self) -> Happening {
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
pub fn change(id: CaseId, before: Option<&Case>, happenings: Vec<Happening>) -> Change {
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
pub fn receipt(key: &str, fingerprint: u8) -> Receipt {
    Receipt {
        key: key.to_owned(),
        fingerprint: [fingerprint; 32],
    }
}

/// Declined without a unit that would be responsible.
pub fn declined() -> Event {
    Event::Declined {
        reason: DeclineReason::NoRequest,
        responsible: None,
    }
}

/// From accepted to reported back by the unit `lights`, which a unit of the street assists.
pub fn straight_road() -> [Event; 4] {
    [
        Event::Accepted {
            area: None,
            category: "light".parse().unwrap(),
            dispatch_by: minute(60),
        },
        Event::Dispatched {
            assisting: vec!["street-east".parse().unwrap()],
            backstop: false,
            first_receiver: false,
            outside_duty: false,
            resolve_by: Some(minute(200)),
            respond_by: Some(minute(100)),
            unit: "lights".parse().unwrap(),
        },
        Event::Started {},
        Event::ReportedBack {
            open_parts: vec![],
            verify_by: minute(300),
        },
    ]
}
