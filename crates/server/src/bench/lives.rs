//! Cases that live side by side: requests come in while the desk and the units
//! take others a step further, so that the entries of a case lie far apart.

use std::path::Path;
use std::sync::Arc;

use yiwang_base::{Personal, Timestamp, from_millis, to_millis};
use yiwang_cases::{
    Actor, Asked, Case, Change, Command, Context, Limits, Stage, StoreError, change,
};
use yiwang_journal::SigningKey;
use yiwang_store::{Options, Store};

use super::city;
use super::requests::{Dice, submission};
use crate::city::City;

/// Cases that somebody is at work on at any time.
const OPEN: usize = 20_000;
/// Changes written as one job, after which the tree may be signed.
const BATCH: usize = 2_000;
/// Entries between checkpoints.
const SIGN_EVERY: u64 = 20_000;
/// Milliseconds between events: some 4 million a year.
const PACE: i64 = 8_000;

const NOTES: [&str; 4] = [
    "已联系居民,约定今天下午到现场查看。",
    "到现场查看,更换了灯泡和控制器,恢复照明。",
    "Pavement patched and barrier removed; resident informed by telephone.",
    "施工单位已整改,夜间停止作业,将继续巡查。",
];

/// Fills an empty directory with the city and about this many entries; every
/// entry is signed at the end.
pub(super) async fn build(
    directory: &Path,
    entries: u64,
    key: &Arc<SigningKey>,
    progress: &mut dyn FnMut(u64, u64),
) -> anyhow::Result<()> {
    city::build(directory, 0).await?;
    let relaxed = Options {
        relaxed: true,
        ..Options::default()
    };
    let store = Arc::new(Store::open(directory, relaxed)?);
    let city = City::load(&store)?;
    let mut done = *store.durable().borrow();
    let mut lives = Lives {
        store: &store,
        city: &city,
        dice: Dice(3),
        open: Vec::with_capacity(OPEN),
        now: to_millis(Timestamp::now()) - PACE * entries.cast_signed(),
    };
    let mut signed = 0;
    // One batch is written while the next is made up.
    let mut writing = None;
    while done < entries {
        progress(done, entries);
        let most = usize::try_from(entries - done)?.min(BATCH);
        let batch: Vec<_> = (0..most).map(|_| lives.next()).collect::<Result<_, _>>()?;
        done += batch.len() as u64;
        if let Some(writing) = writing.take() {
            written(writing).await?;
        }
        if done >= signed + SIGN_EVERY {
            store.sign(key).await?;
            signed = done;
        }
        let store = Arc::clone(&store);
        writing = Some(tokio::spawn(async move { store.append_all(batch).await }));
    }
    if let Some(writing) = writing {
        written(writing).await?;
    }
    store.sign(key).await?;
    Ok(())
}

type Writing = tokio::task::JoinHandle<Result<Vec<Result<(), StoreError>>, StoreError>>;

async fn written(writing: Writing) -> anyhow::Result<()> {
    for outcome in writing.await?? {
        outcome?;
    }
    Ok(())
}

struct Lives<'a> {
    store: &'a Store,
    city: &'a City,
    dice: Dice,
    open: Vec<Case>,
    now: i64,
}

impl Lives<'_> {
    /// The next thing that happens to some case.
    fn next(&mut self) -> anyhow::Result<Change> {
        self.now += PACE;
        if self.open.len() < OPEN {
            let submit = Command::Submit(submission(&mut self.dice)?);
            let change = self.change(None, submit, Actor::Resident)?;
            self.open.push(change.after.clone());
            return Ok(change);
        }
        let at = self.dice.below(OPEN as u64) as usize;
        let before = self.open[at].clone();
        let command = self.command(&before)?;
        let ends = matches!(command, Command::CallBack { .. });
        let desk = Actor::User(format!("desk-{:02}", self.dice.below(40)).parse()?);
        let change = self.change(Some(&before), command, desk)?;
        if ends {
            self.open.swap_remove(at);
        } else {
            self.open[at] = change.after.clone();
        }
        Ok(change)
    }

    /// The usual next step; one verification in eight fails.
    fn command(&mut self, case: &Case) -> anyhow::Result<Command> {
        let category = format!("category-{:03}", self.dice.below(city::CATEGORIES));
        Ok(match case.stage {
            Stage::Submitted => Command::Accept {
                category: category.parse()?,
                area: None,
            },
            Stage::Accepted => {
                let street = case.area.as_ref().map_or("d00", |area| area.as_str());
                Command::Dispatch {
                    unit: street.parse()?,
                    assisting: Vec::new(),
                    limits: Limits::ByCategory,
                    reason: Some("就近处置".into()),
                    note: None,
                }
            }
            Stage::Dispatched => Command::Start,
            Stage::InProgress => Command::ReportBack {
                note: self.note(),
                open_parts_reason: None,
            },
            Stage::Reported => Command::Verify {
                pass: self.dice.below(8) > 0,
                note: Some(self.note()),
            },
            Stage::Verified => Command::Close { reason: None },
            Stage::Closed | Stage::Declined | Stage::Merged => Command::CallBack {
                reached: true,
                solved: Some(self.dice.below(5) > 0),
                satisfaction: Some(1 + self.dice.below(5) as u8),
                note: Some(self.note()),
            },
        })
    }

    fn note(&mut self) -> Personal<String> {
        Personal::new(NOTES[self.dice.below(NOTES.len() as u64) as usize].to_owned())
    }

    fn change(
        &self,
        before: Option<&Case>,
        command: Command,
        actor: Actor,
    ) -> anyhow::Result<Change> {
        let context = Context {
            rules: &self.city.rules,
            actor: &actor,
            grounds: None,
            now: from_millis(self.now),
        };
        let asked = Asked {
            id: before.map(|case| case.id),
            seen_version: None,
            command,
            receipt: None,
        };
        Ok(change(self.store, before, &asked, &context)?)
    }
}
