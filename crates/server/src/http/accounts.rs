//! Accounts, kept by administrators while the server runs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use jiff::ToSpan as _;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_store::{Account, KeysEnding, NewKey, account_subject, keys_subject};

use super::answers::{ChangeProblems, OneStaffProblems, StaffProblems};
use super::body::Body;
use super::kept::read;
use super::parameters::AccountPath;
use super::problem::Answer;
use super::session::{Visitor, hash_password, new_token, no_randomness, token_hash};
use super::state::{App, CityChange, now};
use crate::accounts::{NewAccount, check_password, known_account, made_up_password, new_account};
use crate::policy::{Right, Role};
use crate::wire::{
    AccountBody, AccountVersion, AccountView, Accounts, DisableBody, KeyBody, KeyView,
    PasswordBody, Setting, SettingHistory, Time,
};

/// Everyone who can sign in.
#[utoipa::path(get, path = "/api/v1/accounts", operation_id = "list_accounts", tag = "accounts",
    security(("session" = [])), responses((status = 200, body = Accounts), StaffProblems))]
pub(super) async fn list(State(app): State<Arc<App>>, visitor: Visitor) -> Answer<Json<Accounts>> {
    visitor.may(Right::KeepAccounts)?;
    let accounts = app.store.accounts()?;
    Ok(Json(Accounts {
        accounts: accounts.iter().map(AccountView::from).collect(),
    }))
}

/// Add someone.
#[utoipa::path(post, path = "/api/v1/accounts", operation_id = "add_account", tag = "accounts",
    security(("session" = [])), request_body = AccountBody,
    responses((status = 200, body = AccountView), ChangeProblems))]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<AccountBody>,
) -> Answer<Json<AccountView>> {
    visitor.may(Right::KeepAccounts)?;
    let _turn = app.city_change().await;
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let (unit, shown) = (given(&body.unit), given(&body.display_name));
    let asked = NewAccount {
        name: body.name.trim(),
        role: body.role.0,
        unit: unit.as_deref(),
        display_name: shown.as_deref(),
    };
    let account = new_account(&app.store, &asked).await?;
    let (hash, made_up) = password(&app, body.password).await?;
    set(&app, &visitor, &account, hash).await?;
    Ok(Json(AccountView {
        password: made_up,
        ..AccountView::from(&account)
    }))
}

/// What an account was, each time it or its keys changed: by whom and when.
#[utoipa::path(get, path = "/api/v1/accounts/{user}/history", operation_id = "account_history",
    tag = "accounts", security(("session" = [])), params(AccountPath),
    responses((status = 200, body = SettingHistory<AccountVersion>), OneStaffProblems))]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(user): Path<String>,
) -> Answer<Json<SettingHistory<AccountVersion>>> {
    visitor.may(Right::KeepAccounts)?;
    let (account, _) = known_account(&app.store, &user).await?;
    let name = account.name.as_str();
    let of_keys = keys_subject(name);
    let mut state = AccountVersion::default();
    let mut versions = Vec::new();
    for (subject, mut entry) in app.store.entries_of(&[&account_subject(name), &of_keys])? {
        let body = std::mem::take(&mut entry.body);
        if subject == of_keys {
            state.keys.change(read(body)?, entry.at);
        } else {
            state.set(read(body)?);
        }
        versions.push(Setting::of(name, entry, state.clone()));
    }
    Ok(Json(SettingHistory { versions }))
}

/// Set someone's password; their sessions and keys end.
#[utoipa::path(post, path = "/api/v1/accounts/{user}/password", operation_id = "set_password",
    tag = "accounts", security(("session" = [])), params(AccountPath), request_body = PasswordBody,
    responses((status = 200, body = AccountView), ChangeProblems))]
pub(super) async fn set_password(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(user): Path<String>,
    Body { value: body, .. }: Body<PasswordBody>,
) -> Answer<Json<AccountView>> {
    visitor.may(Right::KeepAccounts)?;
    let _turn = app.city_change().await;
    let (account, _) = known_account(&app.store, &user).await?;
    let (hash, made_up) = password(&app, body.password).await?;
    set(&app, &visitor, &account, hash).await?;
    Ok(Json(AccountView {
        password: made_up,
        ..AccountView::from(&account)
    }))
}

/// Refuse someone's sign-in from now on; their sessions and keys end.
#[utoipa::path(post, path = "/api/v1/accounts/{user}/disable", operation_id = "disable_account",
    tag = "accounts", security(("session" = [])), params(AccountPath), request_body = DisableBody,
    responses((status = 200, body = AccountView), ChangeProblems))]
pub(super) async fn disable(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(user): Path<String>,
    Body { .. }: Body<DisableBody>,
) -> Answer<Json<AccountView>> {
    visitor.may(Right::KeepAccounts)?;
    let own = visitor.0.as_ref();
    if own.is_some_and(|own| own.account.name.as_str() == user) {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "user.oneself",
            "不能停用自己的账号，请由另一位管理员办理",
            "you cannot disable your own account: another administrator can",
        )
        .at("name")
        .found(&user)
        .into());
    }
    switch(&app, &visitor, &user, true).await
}

/// Let someone sign in again.
#[utoipa::path(post, path = "/api/v1/accounts/{user}/enable", operation_id = "enable_account",
    tag = "accounts", security(("session" = [])), params(AccountPath), request_body = DisableBody,
    responses((status = 200, body = AccountView), ChangeProblems))]
pub(super) async fn enable(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(user): Path<String>,
    Body { .. }: Body<DisableBody>,
) -> Answer<Json<AccountView>> {
    visitor.may(Right::KeepAccounts)?;
    switch(&app, &visitor, &user, false).await
}

/// Make a key by which another system acts as this account (Open311's api_key).
#[utoipa::path(post, path = "/api/v1/accounts/{user}/key", operation_id = "make_key",
    tag = "accounts", security(("session" = [])), params(AccountPath), request_body = KeyBody,
    responses((status = 200, body = KeyView), ChangeProblems))]
pub(super) async fn make_key(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(user): Path<String>,
    Body { value: body, .. }: Body<KeyBody>,
) -> Answer<Json<KeyView>> {
    visitor.may(Right::KeepAccounts)?;
    let (account, _) = known_account(&app.store, &user).await?;
    let by = visitor.actor().to_string();
    let made = new_key(&app, &account, body.days, KeysEnding::None, by).await?;
    Ok(Json(made))
}

/// A new key of an account, in whose place others may end.
pub(super) async fn new_key(
    app: &App,
    account: &Account,
    days: Option<u16>,
    ending: KeysEnding,
    by: String,
) -> Result<KeyView, Refusal> {
    let days = days.unwrap_or(KEY_DAYS);
    if !(1..=MOST_KEY_DAYS).contains(&days) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "user.key-days",
            "密钥的有效期不合要求",
            "a key cannot last that long",
        )
        .at("days")
        .found(days.to_string())
        .allowing([format!("1–{MOST_KEY_DAYS}")]));
    }
    let (key, at) = (new_token()?, now());
    let ends = at.checked_add((24 * i64::from(days)).hours()).unwrap_or(at);
    let made = NewKey {
        token_hash: token_hash(&key),
        ends,
    };
    let name = account.name.clone();
    app.store
        .change_keys(name, Some(made), ending, by, at)
        .await?;
    Ok(KeyView {
        name: account.name.to_string(),
        key,
        ends: Time(ends),
    })
}

/// Adds the account of a program or device, with a password that nobody knows.
pub(super) async fn add_program(
    app: &App,
    visitor: &Visitor,
    _turn: &CityChange<'_>,
    name: &str,
) -> Result<(), Refusal> {
    let asked = NewAccount {
        name,
        role: Role::Partner,
        unit: None,
        display_name: None,
    };
    let account = new_account(&app.store, &asked).await?;
    let (hash, _) = password(app, None).await?;
    set(app, visitor, &account, hash).await
}

/// How many days a key lasts unless told, and at most.
const KEY_DAYS: u16 = 365;
const MOST_KEY_DAYS: u16 = 3650;

async fn switch(
    app: &App,
    visitor: &Visitor,
    user: &str,
    disabled: bool,
) -> Answer<Json<AccountView>> {
    let _turn = app.city_change().await;
    let (mut account, hash) = known_account(&app.store, user).await?;
    if account.disabled != disabled {
        account.disabled = disabled;
        set(app, visitor, &account, hash).await?;
    }
    Ok(Json(AccountView::from(&account)))
}

/// The hash of the password given or made up, and the latter.
async fn password(app: &App, given: Option<String>) -> Result<(String, Option<String>), Refusal> {
    let made_up = match given {
        Some(_) => None,
        None => Some(made_up_password().map_err(|error| no_randomness(&error))?),
    };
    let text = given.or_else(|| made_up.clone()).unwrap_or_default();
    check_password(&text)?;
    let failed = |error: String| {
        tracing::error!(%error, "a password could not be hashed");
        Refusal::new(
            RefusalKind::Unavailable,
            "user.hash",
            "密码暂时不能保存，请稍后再试",
            "the password cannot be kept now; try again later",
        )
    };
    // Hashing takes a whole core for a while: it waits its turn with the sign-ins.
    let _turn = app
        .sign_ins
        .acquire()
        .await
        .map_err(|e| failed(e.to_string()))?;
    let hash = tokio::task::spawn_blocking(move || hash_password(&text))
        .await
        .map_err(|e| failed(e.to_string()))?
        .map_err(|e| failed(e.to_string()))?;
    Ok((hash, made_up))
}

async fn set(app: &App, visitor: &Visitor, account: &Account, hash: String) -> Result<(), Refusal> {
    let by = visitor.actor().to_string();
    Ok(app
        .store
        .set_account(account.clone(), hash, by, now())
        .await?)
}
