//! A record of many cases, made quickly.
//!
//! One case in twenty went through several turns, and is written whole: with
//! its entries, from which its turns are told. Of the others only the rows are
//! written, since boards and lists read nothing else of them: so ten million
//! cases take minutes and some six gigabytes instead of hours and a hundred.

use std::path::Path;

use sha2::{Digest as _, Sha256};
use yiwang_base::{CaseId, Personal, Timestamp, from_millis, to_millis};
use yiwang_cases::{
    Actor, Case, CaseStore as _, Change, Channel, DeclineReason, Event, Happening, Place,
    RequestWords, ReturnReason, Returned, Sealed,
};
use yiwang_store::{Account, Options, Store};

use super::super::city;
use super::super::requests::Dice;

/// The session by which the questions are asked.
pub(super) const TOKEN: &str = "bench-boards-token-bench-boards-token-bench";
/// Who asks.
const ASKER: &str = "bench";

/// Years over which the cases came in.
const YEARS: i64 = 5;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Whistles, and the hours from one to the next.
const WHISTLES: (u64, i64) = (4_000, 10);
/// Cases made at once.
const BATCH: u64 = 5_000;

/// Fills an empty directory.
pub(super) async fn build(
    directory: &Path,
    cases: u64,
    progress: &mut dyn FnMut(u64, u64),
) -> anyhow::Result<()> {
    city::build(directory, 0).await?;
    let relaxed = Options {
        relaxed: true,
        ..Options::default()
    };
    let store = Store::open(directory, relaxed)?;
    let now = to_millis(Timestamp::now());
    let begin = now - YEARS * 365 * DAY;
    let mut dice = Dice(5);
    let mut number = 0;
    while number < cases {
        progress(number, cases);
        let (mut rows, mut changes) = (Vec::new(), Vec::new());
        for _ in 0..BATCH.min(cases - number) {
            // The time since the beginning is spread evenly.
            let at = begin + ((now - begin) as u64 * number / cases).cast_signed();
            let life = Life::new(&mut dice, at, now).run()?;
            let id = store.new_case_id();
            match life.turned {
                true => changes.push(change(id, life.happened)?),
                false => rows.push(replay(id, &life.happened)?),
            }
            number += 1;
        }
        store.fill_rows(rows).await?;
        for outcome in store.append_all(changes).await? {
            outcome?;
        }
    }
    crate::sample::blow(&store, 5, from_millis(now), WHISTLES).await?;
    Ok(())
}

/// Lets the questions be asked.
pub(super) async fn sign_in(directory: &Path) -> anyhow::Result<()> {
    let store = Store::open(directory, Options::default())?;
    let now = Timestamp::now();
    let account = Account {
        name: ASKER.parse()?,
        display_name: ASKER.into(),
        role: "leader".into(),
        unit: None,
        disabled: false,
    };
    // No password has this hash.
    store
        .set_account(account, "-".into(), "system:bench".into(), now)
        .await?;
    let expires = from_millis(to_millis(now) + DAY);
    let hash = Sha256::digest(TOKEN).into();
    store
        .open_session(hash, ASKER.parse()?, now, expires)
        .await?;
    Ok(())
}

fn replay(id: CaseId, happened: &[Happening]) -> anyhow::Result<Case> {
    let mut case = Case::replay(id, happened)?.ok_or_else(|| anyhow::anyhow!("no events"))?;
    // What was said is not written, as if it had been erased.
    case.request = None;
    Ok(case)
}

fn change(id: CaseId, happened: Vec<Happening>) -> anyhow::Result<Change> {
    let after = Case::replay(id, &happened)?.ok_or_else(|| anyhow::anyhow!("no events"))?;
    let recorded_at = after.changed_at;
    Ok(Change {
        expected_version: 0,
        happenings: happened,
        after,
        recorded_at,
        receipt: None,
    })
}

/// What happens to one case until now.
struct Life<'a> {
    dice: &'a mut Dice,
    at: i64,
    now: i64,
    happened: Vec<Happening>,
    /// Whether it went through several turns.
    turned: bool,
}

impl Life<'_> {
    fn new(dice: &mut Dice, at: i64, now: i64) -> Life<'_> {
        Life {
            dice,
            at,
            now,
            happened: Vec::with_capacity(8),
            turned: false,
        }
    }

    /// Lets something happen after about this long; nothing happens after now.
    fn then(&mut self, hours: u64, event: Event) -> bool {
        self.at += (self.dice.below(2 * hours * 60 + 1) * 60_000).cast_signed();
        if self.at > self.now {
            return false;
        }
        let sealed = matches!(event, Event::Submitted { .. }).then(|| {
            Sealed::Request(Personal::new(RequestWords {
                words: "路灯不亮".into(),
                place: Place {
                    address: Some("春风路8号".into()),
                    point: None,
                },
                ..RequestWords::default()
            }))
        });
        self.happened.push(Happening {
            at: from_millis(self.at),
            by: Actor::Resident,
            grounds: None,
            event,
            sealed,
        });
        true
    }

    fn in_hours(&self, hours: i64) -> Timestamp {
        from_millis(self.at + hours * HOUR)
    }

    fn run(mut self) -> anyhow::Result<Self> {
        let street = format!("d{:02}-s{:02}", self.dice.below(16), self.dice.below(21));
        let category = city::category(self.dice.below(city::CATEGORIES)).parse()?;
        let channel = Channel::ALL[self.dice.below(Channel::ALL.len() as u64) as usize];
        let submitted = Event::Submitted {
            accept_by: self.in_hours(2),
            area: Some(street.parse()?),
            category: None,
            channel,
            source: None,
        };
        self.then(0, submitted);
        if self.dice.below(100) < 4 {
            let reason = DeclineReason::ALL[self.dice.below(5) as usize];
            let declined = Event::Declined {
                reason,
                responsible: None,
            };
            self.then(1, declined);
            return Ok(self);
        }
        let accepted = Event::Accepted {
            area: None,
            category,
            dispatch_by: self.in_hours(2),
        };
        if !self.then(1, accepted) {
            return Ok(self);
        }
        self.turns(&street)?;
        Ok(self)
    }

    /// From the desk to the end, once or more often.
    fn turns(&mut self, street: &str) -> anyhow::Result<()> {
        let more = self.dice.below(20) == 0;
        let department = &street[..3];
        let unit = if self.dice.below(4) == 0 {
            department
        } else {
            street
        };
        if more && self.dice.below(2) == 0 {
            let other = department.parse()?;
            let given_back = Event::Returned(Returned {
                dispatch_by: self.in_hours(3),
                reason: ReturnReason::NotOurDuty,
                responsible: None,
                unit: department.parse()?,
            });
            if !self.dispatch(other) || !self.then(2, given_back) {
                return Ok(());
            }
            self.turned = true;
        }
        if !self.turn(unit)? {
            return Ok(());
        }
        if more {
            let reopened = Event::Reopened {
                dispatch_by: self.in_hours(2),
            };
            if self.then(24, reopened) {
                self.turned = true;
                self.turn(street)?;
            }
        }
        Ok(())
    }

    fn dispatch(&mut self, unit: yiwang_base::UnitCode) -> bool {
        let dispatched = Event::Dispatched {
            assisting: Vec::new(),
            backstop: false,
            first_receiver: false,
            outside_duty: false,
            resolve_by: Some(self.in_hours(96)),
            respond_by: Some(self.in_hours(4)),
            unit,
        };
        self.then(1, dispatched)
    }

    /// One unit's turn; whether it was closed and the resident called back.
    fn turn(&mut self, unit: &str) -> anyhow::Result<bool> {
        // One case in a hundred is left lying.
        if !self.dispatch(unit.parse()?) || self.dice.below(100) == 0 {
            return Ok(false);
        }
        let verify_by = self.in_hours(120);
        let reported = Event::ReportedBack {
            open_parts: Vec::new(),
            verify_by,
        };
        let verified = Event::Verified {
            by: verify_by,
            pass: true,
        };
        let closed = Event::Closed { unverified: false };
        let solved = self.dice.below(20) > 0;
        let reached = self.dice.below(10) > 1;
        let called_back = Event::CalledBack {
            reached,
            satisfaction: reached.then(|| 5 - self.dice.below(3) as u8),
            solved: reached.then_some(solved),
        };
        Ok(self.then(2, Event::Started {})
            && self.then(40, reported)
            && self.then(8, verified)
            && self.then(2, closed)
            && self.then(24, called_back))
    }
}
