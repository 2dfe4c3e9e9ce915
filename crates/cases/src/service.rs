//! Load → decide → append.

use yiwang_base::{CaseId, Refusal, RefusalKind, Timestamp, truncate_millis};

use crate::{
    Actor, Case, CaseStore, Change, Command, Context, Event, Merge, Receipt, Rules, StoreError,
    decide, duplicate,
};

/// How often a command that names no version is decided anew when someone else was quicker.
const TRIES: usize = 4;

/// A command to one case.
pub struct Asked {
    /// The case; `None` for a submission.
    pub id: Option<CaseId>,
    /// The version the asker saw; `None` decides on whatever is there.
    pub seen_version: Option<u32>,
    /// The command.
    pub command: Command,
    /// Under which idempotency key.
    pub receipt: Option<Receipt>,
}

/// Carries out a command: returns the case after it, once it is durable.
///
/// # Errors
/// A refusal of [`decide()`], or the store's.
pub async fn execute<S: CaseStore>(
    store: &S,
    asked: &Asked,
    context: &Context<'_>,
) -> Result<Case, Refusal> {
    // A new case is looked for only when it is refused: the store itself tells
    // whether the call was made before, and most were not.
    if asked.id.is_some()
        && let Some(case) = made_before(store, asked).await?
    {
        return Ok(case);
    }
    for _ in 0..TRIES {
        let before = match asked.id {
            None => None,
            Some(id) => Some(store.case(id).await?.ok_or_else(|| not_found(id))?),
        };
        if let (Some(case), Some(seen)) = (&before, asked.seen_version)
            && case.version != seen
        {
            // Perhaps by this same call, made twice at once.
            let changed = StoreError::Changed {
                current: case.version,
            };
            return made_before(store, asked).await?.ok_or(changed.into());
        }
        let change = match change(store, before.as_ref(), asked, context) {
            Ok(change) => change,
            Err(refusal) => return made_before(store, asked).await?.ok_or(refusal),
        };
        let after = change.after.clone();
        match store.append(change).await {
            Ok(()) => return Ok(after),
            Err(StoreError::Repeated { id }) => {
                return store.case(id).await?.ok_or_else(|| not_found(id));
            }
            Err(StoreError::Changed { .. }) if asked.seen_version.is_none() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(busy())
}

fn busy() -> Refusal {
    Refusal::new(
        RefusalKind::Unavailable,
        "case.busy",
        "这个案卷正被多人同时办理，请稍后再试",
        "several people are acting on this case; try again in a moment",
    )
}

/// Carries out a merge or its undoing, which change two cases at once: the one
/// that is asked about, and the main one. Returns the one asked about after it.
///
/// # Errors
/// A refusal of [`decide()`], or the store's.
pub async fn execute_pair<S: CaseStore>(
    store: &S,
    asked: &Asked,
    context: &Context<'_>,
) -> Result<Case, Refusal> {
    if let Some(case) = made_before(store, asked).await? {
        return Ok(case);
    }
    let id = asked.id.ok_or_else(|| not_found(CaseId(0)))?;
    for _ in 0..TRIES {
        let before = store.case(id).await?.ok_or_else(|| not_found(id))?;
        if let Some(seen) = asked.seen_version
            && before.version != seen
        {
            let current = before.version;
            return Err(StoreError::Changed { current }.into());
        }
        let change = change(store, Some(&before), asked, context)?;
        let main = match (&asked.command, &before.more.merged) {
            (Command::Merge(merge), _) => merge.main.id,
            (_, Some(merged)) => merged.into,
            (_, None) => return Err(not_found(id)),
        };
        let main = store.case(main).await?.ok_or_else(|| not_found(main))?;
        let second = told_of(&main, &before, &change, context)?;
        let after = change.after.clone();
        match store.append_both(change, second).await {
            Ok(()) => return Ok(after),
            Err(StoreError::Repeated { id }) => {
                return store.case(id).await?.ok_or_else(|| not_found(id));
            }
            // The other case may have moved on, of which the asker saw no version.
            Err(StoreError::Changed { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(busy())
}

/// What the main case's record says of a merge or its undoing.
fn told_of(
    main: &Case,
    other: &Case,
    change: &Change,
    context: &Context<'_>,
) -> Result<Change, Refusal> {
    let mut after = main.clone();
    let mut happenings = Vec::with_capacity(1);
    for happening in &change.happenings {
        let told = match &happening.event {
            Event::Merged(_) => {
                // Once more, with the main case as it is now.
                let merge = Merge {
                    main: Box::new(main.clone()),
                    reason: None,
                };
                duplicate::decide_merge(other, &merge, context)?;
                duplicate::absorbed(other, happening)
            }
            Event::Unmerged(_) => duplicate::released(other, happening),
            _ => continue,
        };
        after
            .apply(&told)
            .map_err(|error| StoreError::Broken(error.to_string()))?;
        happenings.push(told);
    }
    Ok(Change {
        expected_version: main.version,
        happenings,
        after,
        recorded_at: change.recorded_at,
        receipt: None,
    })
}

/// What a rule or a model does right after a command, in the same change.
#[derive(Debug, Clone)]
pub struct AtOnce {
    /// The rule or model, by name and version.
    pub actor: Actor,
    /// Why, as it will stand in the record.
    pub grounds: String,
    /// What it does.
    pub command: Command,
}

/// A request that is in the record.
#[derive(Debug, Clone)]
pub struct TakenIn {
    /// Its case as it is now.
    pub case: Case,
    /// The case as it came in, where something was to be done with it at once; `None` where
    /// nothing was, or where the same call was made before.
    pub as_it_came: Option<Case>,
}

/// Takes a request in, with what is done with it at once: both become durable
/// together. Steps that are refused are left out, all of them: a person decides.
///
/// # Errors
/// A refusal of [`decide()`] for the request itself, or the store's.
pub async fn take_in<S: CaseStore>(
    store: &S,
    asked: &Asked,
    context: &Context<'_>,
    steps: impl FnOnce(&Case) -> Vec<AtOnce> + Send,
) -> Result<TakenIn, Refusal> {
    let before = |case| TakenIn {
        case,
        as_it_came: None,
    };
    let change = match change(store, None, asked, context) {
        Ok(change) => change,
        Err(refusal) => {
            let made = made_before(store, asked).await?;
            return made.map(before).ok_or(refusal);
        }
    };
    let steps = steps(&change.after);
    let as_it_came = (!steps.is_empty()).then(|| change.after.clone());
    let change = with_steps(change, &steps, context.rules, context.now);
    let case = change.after.clone();
    match store.append(change).await {
        Ok(()) => Ok(TakenIn { case, as_it_came }),
        Err(StoreError::Repeated { id }) => {
            let made = store.case(id).await?;
            made.map(before).ok_or_else(|| not_found(id))
        }
        Err(error) => Err(error.into()),
    }
}

/// A change with what is done at once after it. Steps that are refused are left
/// out, all of them: a person decides.
pub fn with_steps(mut change: Change, steps: &[AtOnce], rules: &Rules, now: Timestamp) -> Change {
    let mut after = change.after.clone();
    let mut happenings = Vec::new();
    for step in steps {
        let context = Context {
            rules,
            actor: &step.actor,
            grounds: Some(&step.grounds),
            now,
        };
        let Ok(next) = decide(Some(&after), &step.command, &context) else {
            return change;
        };
        if next.iter().any(|happening| after.apply(happening).is_err()) {
            return change;
        }
        happenings.extend(next);
    }
    change.happenings.extend(happenings);
    change.after = after;
    change
}

/// The case that the same call changed before.
async fn made_before<S: CaseStore>(store: &S, asked: &Asked) -> Result<Option<Case>, Refusal> {
    let Some(receipt) = &asked.receipt else {
        return Ok(None);
    };
    match store.repeated(receipt).await? {
        Some(id) => store.case(id).await?.map(Some).ok_or_else(|| not_found(id)),
        None => Ok(None),
    }
}

/// Decides, and makes the change that a store writes. Importers use it to
/// write a whole history at once.
///
/// # Errors
/// The refusal of [`decide()`].
pub fn change<S: CaseStore>(
    store: &S,
    before: Option<&Case>,
    asked: &Asked,
    context: &Context<'_>,
) -> Result<Change, Refusal> {
    let happenings = decide(before, &asked.command, context)?;
    let mut after = before.cloned();
    for happening in &happenings {
        match &mut after {
            Some(case) => case.apply(happening),
            None => Case::begin(store.new_case_id(), happening).map(|case| after = Some(case)),
        }
        .map_err(|error| StoreError::Broken(error.to_string()))?;
    }
    let after = after.ok_or_else(|| StoreError::Broken("a decision without events".into()))?;
    Ok(Change {
        expected_version: before.map_or(0, |case| case.version),
        happenings,
        after,
        recorded_at: truncate_millis(context.now),
        receipt: asked.receipt.clone(),
    })
}

fn not_found(id: CaseId) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "case.not-found",
        format!("没有案卷 {id}"),
        format!("there is no case {id}"),
    )
    .found(id.to_string())
}
