//! Signing in and out, and who is asking.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::ToSpan as _;
use sha2::{Digest, Sha256};
use yiwang_base::{Refusal, RefusalKind, UserName};
use yiwang_cases::{Actor, StoreError};
use yiwang_store::Account;

use super::answers::{ReadProblems, SignInProblems};
use super::body::Body;
use super::problem::{Answer, ApiError};
use super::serve::{Local, Peer};
use super::state::{App, now};
use crate::accounts::COMMAND_LINE;
use crate::policy::{Right, Role, User};
use crate::wire::{Credentials, SessionView, UserView, Word};

/// Name of the session cookie.
pub const COOKIE: &str = "yiwang_session";

/// Whoever asks: somebody signed in, or nobody.
pub(super) struct Visitor(pub(super) Option<User>);

impl Visitor {
    /// The user, who must have the right.
    pub(super) fn with(self, right: Right) -> Result<User, Refusal> {
        let user = self.0.ok_or_else(nobody)?;
        user.must(right)?;
        Ok(user)
    }

    /// The user, if somebody is signed in.
    pub(super) fn signed_in(self) -> Result<User, Refusal> {
        self.0.ok_or_else(nobody)
    }

    /// Refuses unless somebody is signed in who has the right.
    pub(super) fn may(&self, right: Right) -> Result<(), Refusal> {
        self.0.as_ref().ok_or_else(nobody)?.must(right)
    }

    /// Who does it, for the record.
    pub(super) fn actor(&self) -> Actor {
        match &self.0 {
            Some(user) if user.account.name.as_str() == COMMAND_LINE => {
                Actor::System(COMMAND_LINE.to_owned())
            }
            Some(user) => Actor::User(user.account.name.clone()),
            None => Actor::Resident,
        }
    }
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Answer<Visitor> {
        if parts.extensions.get::<Local>().is_some() {
            return Ok(Visitor(command_line(app)));
        }
        let Some(token) = token(&parts.headers) else {
            return Ok(Visitor(None));
        };
        let account = app.store.session(token_hash(token), now()).await?;
        Ok(Visitor(account.and_then(|one| user(app, one))))
    }
}

/// Whoever calls through the data directory's own socket: keeps accounts, as an
/// administrator does. Nobody can have this name.
fn command_line(app: &App) -> Option<User> {
    let account = Account {
        name: COMMAND_LINE.parse().ok()?,
        display_name: COMMAND_LINE.to_owned(),
        role: Role::Admin.word().to_owned(),
        unit: None,
        disabled: false,
    };
    user(app, account)
}

/// The user of an account in the city as it is now.
fn user(app: &App, account: Account) -> Option<User> {
    User::of(account, &app.city())
}

/// A sign-in that a long answer, or a long connection, asks for again now and
/// then: it may have ended.
pub(crate) struct Session([u8; 32]);

impl Session {
    pub(super) fn of(headers: &HeaderMap) -> Option<Session> {
        token(headers).map(|token| Session(token_hash(token)))
    }

    /// The sign-in of whoever has this key.
    pub(crate) fn of_key(key: &str) -> Session {
        Session(token_hash(key))
    }

    /// Whose it is.
    pub(crate) async fn user(&self, app: &App) -> Result<Option<User>, StoreError> {
        let account = app.store.session(self.0, now()).await?;
        Ok(account.and_then(|one| self::user(app, one)))
    }

    /// Whether it is still this user, with the same role and unit.
    pub(crate) async fn is_still(&self, app: &App, user: &User) -> bool {
        let found = self.user(app).await;
        found.is_ok_and(|found| found.as_ref() == Some(user))
    }
}

/// The cookie of a page, or the key of a program (`Authorization: Bearer KEY`).
fn token(headers: &HeaderMap) -> Option<&str> {
    let cookie = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    let bearer = || {
        let (scheme, key) = headers
            .get(header::AUTHORIZATION)?
            .to_str()
            .ok()?
            .split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    };
    cookie.or_else(bearer)
}

/// A token as the record has it.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn nobody() -> Refusal {
    Refusal::new(
        RefusalKind::Unauthenticated,
        "session.none",
        "请先登录",
        "sign in first",
    )
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", operation_id = "who_is_signed_in", tag = "session",
    responses((status = 200, body = SessionView), ReadProblems))]
pub(super) async fn current(
    State(app): State<Arc<App>>,
    Visitor(user): Visitor,
) -> Json<SessionView> {
    Json(SessionView {
        user: user.as_ref().map(view),
        next_entry: *app.store.durable().borrow(),
    })
}

/// Sign in; the answer sets a cookie.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = Credentials,
    responses(
        (status = 200, body = SessionView,
            headers(("Set-Cookie" = String, description = "the session"))),
        SignInProblems,
    ))]
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    Peer(peer): Peer,
    Body {
        value: credentials, ..
    }: Body<Credentials>,
) -> Answer<Response> {
    let name = credentials.user.trim();
    let from = peer.ip();
    if let Some(pause) = app.attempts.pause(name, from, now()) {
        return Ok(ApiError::from(too_many(pause)).retry_after(pause));
    }
    let Some(user) = authenticate(&app, name, credentials.password.clone()).await? else {
        app.attempts.failed(name, from, now());
        return Err(Refusal::new(
            RefusalKind::Unauthenticated,
            "session.wrong",
            "用户名或密码不对",
            "the name or the password is wrong",
        )
        .into());
    };
    app.attempts.succeeded(name, from);
    let token = new_token()?;
    let at = now();
    let expires = at
        .checked_add(i64::from(app.options.session_hours).hours())
        .unwrap_or(at);
    app.store
        .open_session(token_hash(&token), user.account.name.clone(), at, expires)
        .await?;
    let seconds = u64::from(app.options.session_hours) * 3600;
    let cookie = cookie(&token, seconds, app.options.secure_cookie);
    let view = SessionView {
        user: Some(view(&user)),
        next_entry: *app.store.durable().borrow(),
    };
    Ok(([(header::SET_COOKIE, cookie)], Json(view)).into_response())
}

/// The user of this name and password. A name that does not exist takes as
/// long as a wrong password.
async fn authenticate(app: &App, name: &str, password: String) -> Answer<Option<User>> {
    let account = match name.parse::<UserName>() {
        Ok(name) => app.store.account(name).await?,
        Err(_) => None,
    };
    let stored = account
        .as_ref()
        .map_or_else(|| NOBODYS_HASH.clone(), |(_, hash)| hash.clone());
    let _turn = app.sign_ins.acquire().await.map_err(|_| nobody())?;
    let right = tokio::task::spawn_blocking(move || is_password(&password, &stored))
        .await
        .unwrap_or(false);
    Ok(account
        .map(|(account, _)| account)
        .filter(|account| right && !account.disabled)
        .and_then(|account| user(app, account)))
}

fn too_many(pause: Duration) -> Refusal {
    let minutes = pause.as_secs().div_ceil(60);
    Refusal::new(
        RefusalKind::Unauthenticated,
        "session.pause",
        format!("失败次数过多，请 {minutes} 分钟后再试"),
        format!("too many failures; try again in {minutes} minutes"),
    )
}

/// Sign out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses(
        (status = 204, description = "Signed out",
            headers(("Set-Cookie" = String, description = "empties the cookie"))),
        ReadProblems,
    ))]
pub(super) async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer<Response> {
    if let Some(token) = token(&headers) {
        app.store.close_session(token_hash(token)).await?;
    }
    let cookie = cookie("", 0, app.options.secure_cookie);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

fn cookie(token: &str, seconds: u64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}")
}

/// A fresh token: 256 random bits.
///
/// # Errors
/// When the system's random source fails.
pub fn new_token() -> Result<String, Refusal> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| no_randomness(&error))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The system's random source failed.
pub(super) fn no_randomness(error: &getrandom::Error) -> Refusal {
    tracing::error!(%error, "the random source failed");
    Refusal::new(
        RefusalKind::Unavailable,
        "system.randomness",
        "系统暂时不能生成随机数，请稍后再试",
        "the system cannot make random numbers now; try again later",
    )
}

fn view(user: &User) -> UserView {
    UserView {
        name: user.account.name.to_string(),
        display_name: user.account.display_name.clone(),
        role: Word(user.role),
        unit: user.account.unit.as_ref().map(ToString::to_string),
    }
}

/// The Argon2id hash of a password, in PHC form.
///
/// # Errors
/// What the hash function says.
pub fn hash_password(password: &str) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::generate(&mut OsRng);
    Ok(Argon2::default()
        .hash_password(password.as_bytes(), &salt)?
        .to_string())
}

fn is_password(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// A hash that no password is known for.
static NOBODYS_HASH: LazyLock<String> = LazyLock::new(|| {
    let mut bytes = [0; 32];
    let _ = getrandom::fill(&mut bytes);
    hash_password(&URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default()
});
