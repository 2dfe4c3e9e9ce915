//! Telling other systems what happens to cases (webhooks).
//!
//! A *hook* is what the steward sets: an address, the events it hears of, for
//! which purpose, and a secret that signs what it is told (Standard Webhooks).
//! Each active hook is followed from its position in the journal by a task of
//! its own (`round`): what could not be told is held and tried again, ever
//! later, and in the end kept as a dead letter that somebody can resend.
//!
//! Invariants: an event is told at least once, also after a crash; events of
//! one case are told in their order, the next one only after the one before was
//! taken or is a dead letter; what a purpose does not allow is not told.

mod lanes;
mod payload;
mod round;
mod schedule;
mod sign;
mod tell;

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_cases::{Event, StoreError};
use yiwang_outgoing::{Caller, Reach, check_url};
use yiwang_store::{Item, ItemKind, Store};

use crate::policy::HookPurpose;

pub use schedule::Tries;
pub use sign::{Secret, sign};

/// Longest code of a hook.
const MAX_CODE: usize = 64;

/// What another system is told, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// Whether it is told anything now.
    pub active: bool,
    /// Its code.
    pub code: String,
    /// The events it hears of, by their words; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// For what it is told.
    pub purpose: HookPurpose,
    /// Where.
    pub url: String,
}

/// How hooks are followed.
#[derive(Debug, Clone, Copy)]
pub struct HookOptions {
    /// How far calls may go.
    pub reach: Reach,
    /// How often and how soon a call is tried again.
    pub tries: Tries,
}

impl Hook {
    /// Checks what the steward wrote.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub fn check(&self, reach: Reach) -> Result<(), Refusal> {
        check_code(&self.code)?;
        check_url(&self.url, reach)?;
        for (n, event) in self.events.iter().enumerate() {
            if !Event::WORDS.contains(&event.as_str()) {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "hook.event",
                    "没有这种事件",
                    "there is no such event",
                )
                .at(format!("events[{n}]"))
                .found(event)
                .allowing(Event::WORDS));
            }
        }
        Ok(())
    }

    /// Whether it hears of this event.
    pub fn hears(&self, event: &str) -> bool {
        self.events.is_empty() || self.events.iter().any(|own| own == event)
    }

    /// The hook as an item, its secret sealed beside the entry.
    ///
    /// # Errors
    /// When it has no JSON form.
    pub fn item(&self, secret: &Secret) -> Result<Item, StoreError> {
        let mut item = Item::of(ItemKind::Webhook, &self.code, self)?;
        item.attachment = Some(secret.as_bytes().to_vec());
        Ok(item)
    }

    /// All hooks with their secrets.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn all(store: &Store) -> Result<Vec<(Hook, Secret)>, StoreError> {
        let items = store.items(ItemKind::Webhook)?;
        let one = |item: &Item| {
            let secret = item.attachment.as_deref().and_then(Secret::from_bytes);
            let secret = secret.ok_or_else(|| StoreError::Broken("a hook without a secret".into()));
            Ok((item.read()?, secret?))
        };
        items.iter().map(one).collect()
    }
}

/// Refuses a code that is none.
///
/// # Errors
/// A refusal that says what a code is.
pub fn check_code(code: &str) -> Result<(), Refusal> {
    let bytes = code.as_bytes();
    let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(b);
    let begins = bytes.first().is_some_and(u8::is_ascii_alphanumeric);
    if begins && bytes.len() <= MAX_CODE && bytes.iter().all(plain) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "code.malformed",
        "编码由 1 至 64 个小写字母、数字或 . _ - 组成，以字母或数字开头",
        "a code has 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit",
    )
    .at("code")
    .found(code))
}

/// One hook that is followed.
struct Followed {
    hook: Hook,
    secret: Secret,
    task: JoinHandle<()>,
}

/// Follows all active hooks until `stopped`; `changed` says that hooks were set
/// anew or dead letters are to be resent.
pub async fn follow(
    store: Arc<impl AsRef<Store> + Send + Sync + 'static>,
    options: HookOptions,
    mut changed: tokio::sync::watch::Receiver<u64>,
    stopped: impl Future<Output = ()>,
) {
    let caller = Caller::new(options.reach);
    let mut followed: HashMap<String, Followed> = HashMap::new();
    let mut stopped = std::pin::pin!(stopped);
    loop {
        match Hook::all((*store).as_ref()) {
            Ok(hooks) => {
                let wanted: HashMap<String, (Hook, Secret)> = hooks
                    .into_iter()
                    .filter(|(hook, _)| hook.active)
                    .map(|(hook, secret)| (hook.code.clone(), (hook, secret)))
                    .collect();
                followed.retain(|code, one| {
                    let same = wanted
                        .get(code)
                        .is_some_and(|(hook, secret)| *hook == one.hook && *secret == one.secret);
                    if !same {
                        // What is under way is told again: at least once.
                        one.task.abort();
                    }
                    same
                });
                for (code, (hook, secret)) in wanted {
                    followed.entry(code).or_insert_with(|| {
                        let follower = round::Follower {
                            store: Arc::clone(&store),
                            caller: caller.clone(),
                            hook: hook.clone(),
                            secret: secret.clone(),
                            tries: options.tries,
                        };
                        let task = tokio::spawn(follower.follow(changed.clone()));
                        Followed { hook, secret, task }
                    });
                }
            }
            Err(error) => tracing::error!(%error, "the hooks could not be read"),
        }
        tokio::select! {
            () = &mut stopped => break,
            more = changed.changed() => if more.is_err() { break },
        }
    }
    for one in followed.into_values() {
        one.task.abort();
    }
}

/// The clock of the followers.
fn now() -> Timestamp {
    yiwang_base::truncate_millis(Timestamp::now())
}
