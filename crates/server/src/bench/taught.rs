//! A desk that dispatches by itself: a model trained on closed cases of the made-up
//! city, with what residents say of the sample city's matters.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Serialize;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use yiwang_base::{Personal, Timestamp, from_millis, to_millis};
use yiwang_cases::{
    Actor, Case, CaseStore as _, Change, Channel, Event, Happening, RequestWords, Sealed, Unit,
    UnitKind,
};
use yiwang_store::{Item, ItemKind, Options, Store};

use super::city;
use super::load::read_answer;
use super::requests::{Dice, body_saying};
use crate::city::City;
use crate::judging::{AutomaticSetting, Kept, learn};
use crate::sample::Sayings;

/// Closed cases that the model learns from.
const LESSONS: u64 = 6_000;
/// From which confidence on requests are dispatched, in thousandths.
const FROM_PERMILLE: u16 = 800;
/// Changes written as one job.
const BATCH: usize = 2_000;
/// Numbers of sayings that requests begin with: none that the model learnt from.
const UNHEARD: u64 = 1_000_000;
/// Longest that a server may take to learn from its record.
const TAUGHT_WITHIN: Duration = Duration::from_secs(300);

/// What the desk did by itself.
#[derive(Debug, Serialize)]
pub struct Automatic {
    /// Closed cases that the model was trained on.
    pub lessons: u64,
    /// Categories that it tells apart.
    pub categories: u64,
    /// From which confidence on it dispatches, in thousandths.
    pub from_permille: u16,
    /// Requests that it accepted and dispatched.
    pub dispatched: u64,
    /// Requests that were left to a person.
    pub left: u64,
}

/// Closes cases in a made-up city, trains a model on them and turns automatic
/// dispatch on. Streets alone answer for everything, so that the lead is clear.
pub(super) async fn teach(directory: &Path) -> anyhow::Result<Automatic> {
    let relaxed = Options {
        relaxed: true,
        ..Options::default()
    };
    let store = Store::open(directory, relaxed)?;
    let now = Timestamp::now();
    let by = || "system:bench".to_owned();
    store
        .set_items(departments(&store)?, by(), None, now)
        .await?;
    let (said, mut dice) = (Sayings::read()?, Dice(7));
    let mut batch = Vec::with_capacity(BATCH);
    for number in 0..LESSONS {
        batch.push(lesson(&store, said.one(number), &mut dice, now)?);
        if batch.len() == BATCH || number + 1 == LESSONS {
            for outcome in store.append_all(std::mem::take(&mut batch)).await? {
                outcome?;
            }
        }
    }
    let city = City::load(&store)?;
    let learnt = learn(&store).await?;
    let kept = Kept::train(&learnt, &city, None, now).context("no model was trained")?;
    if !kept.card.has_shown(FROM_PERMILLE) {
        bail!("the model is not as good as it is sure: {:?}", kept.card);
    }
    let automatic = AutomaticSetting {
        from_permille: Some(FROM_PERMILLE),
    };
    let items = vec![kept.item()?, automatic.item()?];
    store.set_items(items, by(), None, now).await?;
    Ok(Automatic {
        lessons: kept.card.cases,
        categories: kept.card.categories,
        from_permille: FROM_PERMILLE,
        dispatched: 0,
        left: 0,
    })
}

/// The departments without duties.
fn departments(store: &Store) -> anyhow::Result<Vec<Item>> {
    let units = store.items(ItemKind::Unit)?;
    let mut changed = Vec::new();
    for item in units {
        let mut unit: Unit = item.read()?;
        if unit.kind == UnitKind::Department {
            unit.duties = Vec::new();
            changed.push(Item::of(ItemKind::Unit, unit.code.as_str(), &unit)?);
        }
    }
    Ok(changed)
}

/// A case that a street handled to its end within the last month.
fn lesson(
    store: &Store,
    (matter, words): (usize, String),
    dice: &mut Dice,
    now: Timestamp,
) -> anyhow::Result<Change> {
    let begun = to_millis(now) - (2 + dice.below(28)).cast_signed() * 86_400_000;
    let street = format!("d{:02}-s{:02}", dice.below(16), dice.below(21));
    let desk = Actor::User("desk-01".parse()?);
    let due = from_millis(begun + 86_400_000);
    let events = [
        Event::Submitted {
            accept_by: due,
            area: Some(street.parse()?),
            category: None,
            channel: Channel::Web,
            source: None,
        },
        Event::Accepted {
            area: None,
            category: city::category(matter as u64).parse()?,
            dispatch_by: due,
        },
        Event::Dispatched {
            assisting: Vec::new(),
            backstop: false,
            first_receiver: false,
            outside_duty: false,
            resolve_by: None,
            respond_by: None,
            unit: street.parse()?,
        },
        Event::Started {},
        Event::ReportedBack {
            open_parts: Vec::new(),
            verify_by: due,
        },
        Event::Verified {
            by: due,
            pass: true,
        },
        Event::Closed { unverified: false },
    ];
    let mut request = Some(Sealed::Request(Personal::new(RequestWords {
        words,
        ..RequestWords::default()
    })));
    let happenings: Vec<Happening> = events
        .into_iter()
        .zip(0..)
        .map(|(event, hour)| Happening {
            at: from_millis(begun + hour * 3_600_000),
            by: match hour {
                0 => Actor::Resident,
                _ => desk.clone(),
            },
            grounds: None,
            event,
            sealed: request.take(),
        })
        .collect();
    let after = Case::replay(store.new_case_id(), &happenings)?.context("no events")?;
    Ok(Change {
        expected_version: 0,
        recorded_at: after.changed_at,
        happenings,
        after,
        receipt: None,
    })
}

/// Bodies of requests as pages send them, with words of the same matters that no
/// lesson had.
pub(super) fn bodies(count: usize) -> anyhow::Result<Vec<String>> {
    let (said, mut dice) = (Sayings::read()?, Dice(2));
    let numbers = (UNHEARD..).take(count);
    Ok(numbers
        .map(|number| body_saying(&mut dice, said.one(number).1))
        .collect())
}

/// Waits until a server that just started judges by the model in its record.
pub(super) async fn wait(address: &str) -> anyhow::Result<()> {
    let body = r#"{"words": "路灯不亮"}"#;
    let request = format!(
        "POST /api/v1/suggestions HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let began = Instant::now();
    let mut stream = TcpStream::connect(address).await?;
    let mut answer = Vec::new();
    while began.elapsed() < TAUGHT_WITHIN {
        stream.write_all(request.as_bytes()).await?;
        read_answer(&mut stream, &mut answer).await?;
        if String::from_utf8_lossy(&answer).contains("triage/") {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    bail!("the server has not learnt within {TAUGHT_WITHIN:?}")
}
