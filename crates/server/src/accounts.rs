//! Accounts: what they must be, whoever sets them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use yiwang_base::{Refusal, RefusalKind, UnitCode, UserName};
use yiwang_cases::{StoreError, Unit};
use yiwang_store::{Account, ItemKind, Store};

use crate::policy::Role;

/// How the record names whoever works from the command line; nobody can sign in by it.
pub const COMMAND_LINE: &str = "command-line";

/// Longest name as shown, characters.
const MAX_DISPLAY_NAME: usize = 60;

/// Fewest and most characters (NIST SP 800-63B asks for at least 8, and for 64 to be possible).
const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 8..=128;

/// What someone asks of a new account.
#[derive(Debug, Clone, Copy)]
pub struct NewAccount<'a> {
    /// Sign-in name.
    pub name: &'a str,
    /// The role.
    pub role: Role,
    /// The unit's code.
    pub unit: Option<&'a str>,
    /// Name as shown.
    pub display_name: Option<&'a str>,
}

/// An account that may be made.
///
/// # Errors
/// When a field is at fault or the name is taken.
pub async fn new_account(store: &Store, asked: &NewAccount<'_>) -> Result<Account, Refusal> {
    let name = sign_in_name(asked.name)?;
    if store.account(name.clone()).await?.is_some() {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "user.known",
            format!("已有用户 {name}；改密码请用 yiwang user password {name}"),
            format!("there is a {name} already; `yiwang user password {name}` sets the password"),
        )
        .at("name")
        .found(name.as_str()));
    }
    Ok(Account {
        display_name: display_name(asked.display_name, &name)?,
        unit: unit(asked.role, asked.unit, store)?,
        role: asked.role.word().to_owned(),
        name,
        disabled: false,
    })
}

/// The account of a name with its password hash.
///
/// # Errors
/// When there is none, or the record cannot be read.
pub async fn known_account(store: &Store, name: &str) -> Result<(Account, String), Refusal> {
    let found = match name.parse::<UserName>() {
        Ok(name) => store.account(name).await?,
        Err(_) => None,
    };
    match found {
        Some(found) => Ok(found),
        None => Err(unknown(name, store)?),
    }
}

fn unknown(name: &str, store: &Store) -> Result<Refusal, StoreError> {
    let names = store
        .accounts()?
        .into_iter()
        .map(|account| account.name.to_string());
    Ok(Refusal::new(
        RefusalKind::NotFound,
        "user.unknown",
        "没有这个用户",
        "there is no such user",
    )
    .at("name")
    .found(name)
    .allowing(names))
}

/// A sign-in name.
///
/// # Errors
/// When it is none.
pub fn sign_in_name(text: &str) -> Result<UserName, Refusal> {
    let name = text.parse().ok();
    let name = name.filter(|name: &UserName| name.as_str() != COMMAND_LINE);
    name.ok_or_else(|| {
        Refusal::new(
            RefusalKind::Invalid,
            "user.name",
            "登录名不能使用",
            "this cannot be a sign-in name",
        )
        .at("name")
        .found(text)
        .allowing(["1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit"])
    })
}

fn display_name(given: Option<&str>, name: &UserName) -> Result<String, Refusal> {
    let shown = given.unwrap_or(name.as_str()).trim();
    let length = shown.chars().count();
    if (1..=MAX_DISPLAY_NAME).contains(&length) && !shown.chars().any(char::is_control) {
        return Ok(shown.to_owned());
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "user.display-name",
        "显示名不能使用",
        "this cannot be the name as shown",
    )
    .at("display_name")
    .found(format!("{length} characters"))
    .allowing([format!(
        "1 to {MAX_DISPLAY_NAME} characters, no control characters"
    )]))
}

/// The unit of an account: staff of a unit have one; a verifier who has one is a
/// grid worker of that street or community; others have none.
fn unit(role: Role, given: Option<&str>, store: &Store) -> Result<Option<UnitCode>, Refusal> {
    let items = store.items(ItemKind::Unit)?.into_iter();
    let units = items.map(|item| item.read::<Unit>());
    let units = units.collect::<Result<Vec<_>, _>>()?.into_iter();
    let units: Vec<String> = units
        .filter(|unit| role != Role::Verifier || unit.kind.is_front_line())
        .map(|unit| unit.code.to_string())
        .collect();
    let refuse = |zh: &str, en: &str| {
        let refusal = Refusal::new(RefusalKind::Invalid, "user.unit", zh, en).at("unit");
        match given {
            Some(found) => refusal.found(found),
            None => refusal,
        }
    };
    match (role, given) {
        (Role::Unit | Role::Verifier, Some(code)) => match code.parse() {
            Ok(unit) if units.iter().any(|known| known == code) => Ok(Some(unit)),
            _ if role == Role::Verifier => Err(refuse(
                "网格员须属于街道或社区",
                "a grid worker works for a street or a community",
            )
            .allowing(units)),
            _ => Err(refuse("没有这个单位", "there is no such unit").allowing(units)),
        },
        (Role::Unit, None) => Err(refuse(
            "承办人员须写明所属单位",
            "someone with the role unit acts for one unit: name it",
        )
        .allowing(units)),
        (_, Some(_)) => Err(refuse(
            "只有承办人员（unit）和网格员（verifier）才有所属单位",
            "only the roles unit and verifier go with a unit",
        )),
        (_, None) => Ok(None),
    }
}

/// Refuses what cannot be a password.
///
/// # Errors
/// A refusal that does not repeat it.
pub fn check_password(text: &str) -> Result<(), Refusal> {
    let refuse = |zh: &str, en: &str| {
        Refusal::new(RefusalKind::Invalid, "user.password", zh, en).at("password")
    };
    let length = text.chars().count();
    if !PASSWORD_LENGTH.contains(&length) {
        let (least, most) = (PASSWORD_LENGTH.start(), PASSWORD_LENGTH.end());
        return Err(
            refuse("密码长度不合要求", "the password is too short or too long")
                .found(format!("{length} characters"))
                .allowing([format!("{least} to {most} characters")]),
        );
    }
    if text.chars().any(char::is_control) {
        return Err(refuse(
            "密码含有控制字符",
            "the password holds control characters",
        ));
    }
    Ok(())
}

/// A password that nobody knows yet, of 96 bits: 16 characters that need no quoting.
///
/// # Errors
/// When the system's random source fails.
pub fn made_up_password() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
