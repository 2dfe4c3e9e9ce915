//! Items of the record that people set, each with its versions: all of a sort,
//! one with its history, and setting one whose last version was seen.

use axum::http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::StoreError;
use yiwang_store::{Item, ItemKind, ItemSet, ItemVersion};

use super::commands::seen_version;
use super::session::Visitor;
use super::state::{App, CityChange};
use crate::wire::{Setting, SettingHistory, Settings};

/// Longest grounds, characters.
const MAX_GROUNDS: usize = 300;

/// A value that stewards set, as an item of the record has it.
pub(super) trait Stored: ToSchema + Sized {
    /// The sort of item.
    const KIND: ItemKind;

    /// The value of an item's body.
    fn read(body: Value) -> Result<Self, StoreError>;
}

/// What an entry of the record says, as this program knows it.
pub(super) fn read<T: DeserializeOwned>(body: Value) -> Result<T, StoreError> {
    serde_json::from_value(body).map_err(|error| StoreError::Broken(error.to_string()))
}

/// All items of a sort.
pub(super) fn all<T: Stored>(app: &App) -> Result<Settings<T>, Refusal> {
    let items = app.store.items_set(T::KIND)?.into_iter();
    let settings = items.map(|set| {
        let code = set.item.code.clone();
        one::<T>(&code, version(set))
    });
    Ok(Settings {
        settings: settings.collect::<Result<_, Refusal>>()?,
    })
}

/// All that an item was set to.
pub(super) fn history<T: Stored>(app: &App, code: &str) -> Result<SettingHistory<T>, Refusal> {
    let versions = app.store.item_history(T::KIND, code)?;
    if versions.is_empty() && T::KIND != ItemKind::Setting {
        return Err(Refusal::new(
            RefusalKind::NotFound,
            "setting.none",
            "没有这个代码",
            "there is nothing of this code",
        )
        .found(code));
    }
    let versions = versions.into_iter().map(|version| one::<T>(code, version));
    Ok(SettingHistory {
        versions: versions.collect::<Result<_, Refusal>>()?,
    })
}

/// Sets an item whose last version the caller has seen.
pub(super) async fn set<T: Stored>(
    app: &App,
    turn: &CityChange<'_>,
    visitor: &Visitor,
    headers: &HeaderMap,
    (item, grounds): (Item, Option<String>),
) -> Result<Setting<T>, Refusal> {
    let grounds = given(grounds)?;
    let (kind, code) = (item.kind, item.code.clone());
    seen_last(headers, current(app, kind, &code)?)?;
    let by = visitor.actor().to_string();
    app.set_items(turn, vec![item], by, grounds).await?;
    let after = current(app, kind, &code)?;
    let after = after.ok_or_else(|| StoreError::Broken(format!("{code} was not set")))?;
    one(&code, after)
}

/// Refuses a change by whoever has not seen the last version, and says who set it and when.
pub(super) fn seen_last(headers: &HeaderMap, last: Option<ItemVersion>) -> Result<(), Refusal> {
    let seen = u64::from(seen_version(headers)?);
    if last.as_ref().map_or(0, |last| last.seq) == seen {
        return Ok(());
    }
    let refusal = Refusal::new(
        RefusalKind::Changed,
        "setting.changed",
        "您打开之后，已有人改过；请重新载入，对照后再改",
        "this has been changed since you opened it: load it again and compare",
    )
    .at("If-Match");
    Err(match last {
        Some(last) => refusal
            .found(format!("{} {:.0}", last.by, last.at))
            .allowing([last.seq.to_string()]),
        None => refusal.allowing(["0"]),
    })
}

/// The grounds of a change, if there are any.
pub(super) fn given(grounds: Option<String>) -> Result<Option<String>, Refusal> {
    let grounds = grounds.map(|text| text.trim().to_owned());
    let grounds = grounds.filter(|text| !text.is_empty());
    match &grounds {
        Some(text) if text.chars().count() > MAX_GROUNDS => Err(Refusal::new(
            RefusalKind::Invalid,
            "setting.grounds",
            "依据过长",
            "the grounds are too long",
        )
        .at("grounds")
        .allowing([format!("≤ {MAX_GROUNDS}")])),
        _ => Ok(grounds),
    }
}

/// The last version of an item.
pub(super) fn current(
    app: &App,
    kind: ItemKind,
    code: &str,
) -> Result<Option<ItemVersion>, Refusal> {
    let mut items = app.store.items_set(kind)?.into_iter();
    Ok(items.find(|set| set.item.code == code).map(version))
}

/// The version that an item is set to.
pub(super) fn version(set: ItemSet) -> ItemVersion {
    ItemVersion {
        seq: set.seq,
        at: set.at,
        by: set.by,
        grounds: set.grounds,
        body: set.item.body,
    }
}

/// One version, as it is shown.
pub(super) fn one<T: Stored>(code: &str, mut version: ItemVersion) -> Result<Setting<T>, Refusal> {
    let value = T::read(std::mem::take(&mut version.body))?;
    Ok(Setting::of(code, version, value))
}

/// A setting, or what holds where it was never set.
pub(super) fn shown<T: Stored>(
    code: &str,
    stored: Option<ItemVersion>,
    usual: T,
) -> Result<Setting<T>, Refusal> {
    match stored {
        Some(version) => one(code, version),
        None => Ok(Setting::unset(code, usual)),
    }
}
