//! Load → decide → append, for whistles.

use yiwang_base::{Refusal, RefusalKind, truncate_millis};

use super::{
    Whistle, WhistleAppended, WhistleChange, WhistleCommand, WhistleId, WhistleStore,
    decide_whistle,
};
use crate::{Context, Receipt, StoreError};

/// A command to one whistle.
pub struct WhistleAsked {
    /// The whistle and the version of it that the asker saw; `None` to blow a new one.
    pub seen: Option<(WhistleId, u32)>,
    /// The command.
    pub command: WhistleCommand,
    /// Under which idempotency key.
    pub receipt: Option<Receipt>,
}

/// Carries out a command: returns the whistle after it, once it is durable.
///
/// # Errors
/// A refusal of [`decide_whistle`], or the store's.
pub async fn execute_whistle<S: WhistleStore>(
    store: &S,
    asked: &WhistleAsked,
    context: &Context<'_>,
) -> Result<Whistle, Refusal> {
    if let Some(receipt) = &asked.receipt
        && let Some(id) = store.whistle_repeated(receipt).await?
    {
        return load(store, id).await;
    }
    let before = match asked.seen {
        None => None,
        Some((id, seen)) => {
            let whistle = load(store, id).await?;
            if whistle.version != seen {
                return Err(changed(whistle.version));
            }
            Some(whistle)
        }
    };
    let happening = decide_whistle(before.as_ref(), &asked.command, context)?;
    let broken = |error: super::WhistleReplayError| StoreError::Broken(error.to_string());
    let after = match before {
        None => Whistle::begin(store.new_whistle_id(), &happening).map_err(broken)?,
        Some(mut whistle) => {
            whistle.apply(&happening).map_err(broken)?;
            whistle
        }
    };
    let change = WhistleChange {
        expected_version: after.version - 1,
        happening,
        after: after.clone(),
        recorded_at: truncate_millis(context.now),
        receipt: asked.receipt.clone(),
    };
    match store.append_whistle(change).await {
        Ok(WhistleAppended::Done) => Ok(after),
        Ok(WhistleAppended::Repeated(id)) => load(store, id).await,
        Err(StoreError::Changed { current }) => Err(changed(current)),
        Err(error) => Err(error.into()),
    }
}

async fn load<S: WhistleStore>(store: &S, id: WhistleId) -> Result<Whistle, Refusal> {
    store.whistle(id).await?.ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "whistle.not-found",
            format!("没有哨 {id}"),
            format!("there is no whistle {id}"),
        )
        .found(id.to_string())
    })
}

fn changed(current: u32) -> Refusal {
    Refusal::new(
        RefusalKind::Changed,
        "whistle.changed",
        "这个哨已被他人改动，请重新载入后再办",
        "the whistle has been changed since you read it; reload it and try again",
    )
    .at("If-Match")
    .allowing([current.to_string()])
}
