//! Load → decide → append, for dossiers.

use yiwang_base::{Refusal, RefusalKind, truncate_millis};

use super::voice::no_poll;
use super::{
    Ballot, Dossier, DossierChange, DossierCommand, DossierError, DossierId, DossierStore, Voter,
};
use crate::{Change, Context, Receipt, StoreError};

/// How often something is decided anew when someone else was quicker.
const TRIES: usize = 4;

/// A command to one dossier.
pub struct AskedOf {
    /// The dossier; `None` opens one.
    pub id: Option<DossierId>,
    /// The version the asker saw; `None` decides on whatever is there.
    pub seen_version: Option<u32>,
    /// The command.
    pub command: DossierCommand,
    /// Under which idempotency key.
    pub receipt: Option<Receipt>,
    /// A new case that comes of it, written in the same transaction.
    pub case: Option<Change>,
}

/// Carries out a command: returns the dossier after it, once it is durable.
///
/// # Errors
/// A refusal of [`Dossier::decide`], or the store's.
pub async fn carry_out<S: DossierStore>(
    store: &S,
    asked: &AskedOf,
    context: &Context<'_>,
) -> Result<Dossier, Refusal> {
    if let Some(dossier) = made_before(store, asked).await? {
        return Ok(dossier);
    }
    for _ in 0..TRIES {
        let before = match asked.id {
            None => None,
            Some(id) => Some(store.dossier(id).await?.ok_or_else(|| not_found(id))?),
        };
        if let (Some(dossier), Some(seen)) = (&before, asked.seen_version)
            && dossier.version != seen
        {
            let current = dossier.version;
            let changed = DossierError::Changed { current };
            return made_before(store, asked).await?.ok_or(changed.into());
        }
        let id = before
            .as_ref()
            .map_or_else(|| store.new_dossier_id(), |dossier| dossier.id);
        let change = match decide_change(id, before.as_ref(), asked, context) {
            Ok(change) => change,
            Err(refusal) => return made_before(store, asked).await?.ok_or(refusal),
        };
        let after = change.after.clone();
        match store.append_dossier(change).await {
            Ok(()) => return Ok(after),
            Err(DossierError::Repeated { id }) => {
                return store.dossier(id).await?.ok_or_else(|| not_found(id));
            }
            Err(DossierError::Changed { .. }) if asked.seen_version.is_none() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(busy())
}

async fn made_before<S: DossierStore>(
    store: &S,
    asked: &AskedOf,
) -> Result<Option<Dossier>, Refusal> {
    let Some(receipt) = &asked.receipt else {
        return Ok(None);
    };
    match store.dossier_repeated(receipt).await? {
        Some(id) => store
            .dossier(id)
            .await?
            .map(Some)
            .ok_or_else(|| not_found(id)),
        None => Ok(None),
    }
}

/// Decides, and makes the change that a store writes.
///
/// # Errors
/// The refusal of [`Dossier::decide`].
pub fn decide_change(
    id: DossierId,
    before: Option<&Dossier>,
    asked: &AskedOf,
    context: &Context<'_>,
) -> Result<DossierChange, Refusal> {
    let deeds = Dossier::decide(before, &asked.command, context)?;
    let broken = || StoreError::Broken("a decision that makes no dossier".into());
    let mut after = before.cloned();
    for deed in &deeds {
        match &mut after {
            Some(dossier) => {
                if !dossier.apply(deed) {
                    return Err(broken().into());
                }
            }
            None => after = Some(Dossier::begin(id, deed).ok_or_else(broken)?),
        }
    }
    Ok(DossierChange {
        expected_version: before.map_or(0, |dossier| dossier.version),
        deeds,
        after: after.ok_or_else(broken)?,
        recorded_at: truncate_millis(context.now),
        receipt: asked.receipt.clone(),
        case: asked.case.clone(),
    })
}

/// Lets a person speak in the vote a dossier holds: returns the dossier, once
/// the voice is durable.
///
/// # Errors
/// No vote is held, it is not open, the options are not allowed, or the person
/// has spoken and cannot change it.
pub async fn speak<S: DossierStore>(
    store: &S,
    id: DossierId,
    voter: Voter,
    options: &[u32],
    context: &Context<'_>,
) -> Result<Dossier, Refusal> {
    for _ in 0..TRIES {
        let dossier = store.dossier(id).await?.ok_or_else(|| not_found(id))?;
        let poll = dossier.content.poll().ok_or_else(no_poll)?;
        let ballot = Ballot {
            dossier: id,
            expected_version: dossier.version,
            round: poll.round,
            voter,
            options: poll.check(options, context.now)?,
            recast: poll.recast,
            at: truncate_millis(context.now),
            by: context.actor.clone(),
        };
        match store.cast(ballot).await {
            Ok(()) => return Ok(dossier),
            Err(DossierError::Changed { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(busy())
}

fn busy() -> Refusal {
    Refusal::new(
        RefusalKind::Unavailable,
        "dossier.busy",
        "这个卷宗正被多人同时办理，请稍后再试",
        "several people are acting on this dossier; try again in a moment",
    )
}

fn not_found(id: DossierId) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "dossier.not-found",
        format!("没有卷宗 {id}"),
        format!("there is no dossier {id}"),
    )
    .found(id.to_string())
}
