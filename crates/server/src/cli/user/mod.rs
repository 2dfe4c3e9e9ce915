//! `yiwang user`.

mod key;
mod password;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;
use yiwang_base::{Refusal, RefusalKind, Timestamp, UnitCode, UserName};
use yiwang_server::http::hash_password;
use yiwang_server::policy::Role;
use yiwang_store::{Account, ItemKind, Store};

use super::context::BY;
use super::{Context, output};

/// Add, list and change the people who sign in
///
/// Changes need the data directory to themselves: stop the server first. Each is
/// an entry of the record, without the password.
#[derive(Debug, Args)]
pub(crate) struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(Add),
    List(List),
    Password(Password),
    Disable(Disable),
    Enable(Enable),
    Key(key::Key),
}

/// Add someone
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang user add li.na --role operator --name 李娜
  yiwang user add roads1 --role unit --unit roads --generate
  printf '%s\\n' \"$PASSWORD\" | yiwang user add li.na --role operator")]
struct Add {
    /// Sign-in name: 1 to 64 of a-z 0-9 . _ -
    #[arg(value_name = "NAME")]
    user: String,
    /// Role: operator, unit, verifier, leader, steward, auditor, admin
    /// or partner (another system)
    #[arg(long)]
    role: String,
    /// The unit the person acts for; with role unit, and only there
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
    /// Name as shown [default: the sign-in name]
    #[arg(long = "name", value_name = "DISPLAY")]
    display_name: Option<String>,
    /// Make a password up and print it, instead of reading one
    #[arg(long)]
    generate: bool,
}

/// List everyone
#[derive(Debug, Args)]
struct List {}

/// Set someone's password; their sessions end
///
/// Asks for it twice without showing it; where standard input is no terminal,
/// its first line is the password.
#[derive(Debug, Args)]
struct Password {
    /// Sign-in name
    #[arg(value_name = "NAME")]
    user: String,
    /// Make a password up and print it, instead of reading one
    #[arg(long)]
    generate: bool,
}

/// Refuse someone's sign-in from now on; their sessions end
#[derive(Debug, Args)]
struct Disable {
    /// Sign-in name
    #[arg(value_name = "NAME")]
    user: String,
}

/// Let someone sign in again
#[derive(Debug, Args)]
struct Enable {
    /// Sign-in name
    #[arg(value_name = "NAME")]
    user: String,
}

#[derive(Serialize)]
struct View<'a> {
    name: &'a str,
    display_name: &'a str,
    role: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    disabled: bool,
    /// Only where it was made up just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
}

impl User {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode> {
        match self.command {
            Command::Add(add) => add.run(context)?,
            Command::List(_) => list(context)?,
            Command::Password(command) => {
                change(context, &command.user, "has a new password", |_| {
                    password::get(command.generate).map(Some)
                })?;
            }
            Command::Disable(command) => {
                change(
                    context,
                    &command.user,
                    "cannot sign in any more",
                    |account| {
                        account.disabled = true;
                        Ok(None)
                    },
                )?;
            }
            Command::Enable(command) => {
                change(context, &command.user, "can sign in", |account| {
                    account.disabled = false;
                    Ok(None)
                })?;
            }
            Command::Key(key) => key.run(context)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Add {
    fn run(self, context: &Context) -> Result<()> {
        let name = sign_in_name(&self.user)?;
        let role = Role::from_word(&self.role).ok_or_else(|| no_role(&self.role))?;
        context.write(&context.config()?, async |store| {
            if store.account(name.clone()).await?.is_some() {
                return Err(known(&name).into());
            }
            let account = Account {
                display_name: display_name(self.display_name.as_deref(), &name)?,
                unit: unit(role, self.unit.as_deref(), store)?,
                role: role.word().to_owned(),
                name,
                disabled: false,
            };
            let password = password::get(self.generate)?;
            let hash = hash_password(&password.text)?;
            set(store, &account, hash).await?;
            tell(context, &account, "is added", Some(&password))
        })
    }
}

fn list(context: &Context) -> Result<()> {
    let accounts = context.read(&context.config()?)?.accounts()?;
    let views: Vec<View<'_>> = accounts.iter().map(|account| view(account, None)).collect();
    context.report(&views, || {
        let row = |account: &Account| {
            let unit = account.unit.as_ref().map(ToString::to_string);
            let state = if account.disabled { "disabled" } else { "" };
            vec![
                account.name.to_string(),
                account.role.clone(),
                unit.unwrap_or_default(),
                account.display_name.clone(),
                state.to_owned(),
            ]
        };
        match accounts.as_slice() {
            [] => "nobody can sign in yet: `yiwang user add NAME --role operator`".to_owned(),
            accounts => output::columns(&accounts.iter().map(row).collect::<Vec<_>>()),
        }
    })
}

/// Changes an account; what comes back from `edit` is its new password.
fn change(
    context: &Context,
    user: &str,
    done: &str,
    edit: impl FnOnce(&mut Account) -> Result<Option<password::Password>>,
) -> Result<()> {
    let name = sign_in_name(user)?;
    context.write(&context.config()?, async |store| {
        let Some((before, hash)) = store.account(name.clone()).await? else {
            return Err(unknown(&name, store)?.into());
        };
        let mut account = before.clone();
        let password = edit(&mut account)?;
        if let Some(password) = &password {
            set(store, &account, hash_password(&password.text)?).await?;
        } else if account != before {
            set(store, &account, hash).await?;
        }
        tell(context, &account, done, password.as_ref())
    })
}

async fn set(store: &Store, account: &Account, hash: String) -> Result<()> {
    let by = BY.to_owned();
    Ok(store
        .set_account(account.clone(), hash, by, Timestamp::now())
        .await?)
}

fn tell(
    context: &Context,
    account: &Account,
    done: &str,
    password: Option<&password::Password>,
) -> Result<()> {
    let made_up = password.filter(|password| password.made_up);
    let made_up = made_up.map(|password| password.text.as_str());
    context.report(&view(account, made_up), || {
        let password = made_up.map(|text| format!("\npassword: {text}"));
        format!("{} {done}{}", account.name, password.unwrap_or_default())
    })
}

fn view<'a>(account: &'a Account, password: Option<&'a str>) -> View<'a> {
    View {
        name: account.name.as_str(),
        display_name: &account.display_name,
        role: &account.role,
        unit: account.unit.as_ref().map(UnitCode::as_str),
        disabled: account.disabled,
        password,
    }
}

fn sign_in_name(text: &str) -> Result<UserName, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            RefusalKind::Invalid,
            "user.name",
            "登录名不能使用",
            "this cannot be a sign-in name",
        )
        .at("NAME")
        .found(text)
        .allowing(["1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit"])
    })
}

/// Longest name as shown, characters.
const MAX_DISPLAY_NAME: usize = 60;

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
    .at("--name")
    .found(format!("{length} characters"))
    .allowing([format!(
        "1 to {MAX_DISPLAY_NAME} characters, no control characters"
    )]))
}

fn no_role(found: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "user.role",
        "没有这个角色",
        "there is no such role",
    )
    .at("--role")
    .found(found)
    .allowing(Role::ALL.map(Role::word))
}

/// The unit of an account: staff of a unit have one, others none.
fn unit(role: Role, given: Option<&str>, store: &Store) -> Result<Option<UnitCode>> {
    let units: Vec<String> = store
        .items(ItemKind::Unit)?
        .into_iter()
        .map(|item| item.code)
        .collect();
    let refuse = |zh: &str, en: &str| {
        let refusal = Refusal::new(RefusalKind::Invalid, "user.unit", zh, en).at("--unit");
        match given {
            Some(found) => refusal.found(found),
            None => refusal,
        }
    };
    match (role, given) {
        (Role::Unit, Some(code)) if units.iter().any(|unit| unit == code) => {
            Ok(Some(code.parse()?))
        }
        (Role::Unit, Some(_)) => {
            let refusal = refuse("没有这个单位", "there is no such unit");
            Ok(Err(refusal.allowing(units))?)
        }
        (Role::Unit, None) => {
            let refusal = refuse(
                "承办人员须写明所属单位",
                "someone with the role unit acts for one unit: name it",
            );
            Ok(Err(refusal.allowing(units))?)
        }
        (_, Some(_)) => Ok(Err(refuse(
            "只有角色 unit 才有所属单位",
            "only the role unit goes with a unit",
        ))?),
        (_, None) => Ok(None),
    }
}

fn known(name: &UserName) -> Refusal {
    Refusal::new(
        RefusalKind::NotNow,
        "user.known",
        format!("已有用户 {name};改密码请用 yiwang user password {name}"),
        format!("there is a {name} already; `yiwang user password {name}` sets the password"),
    )
    .at("NAME")
    .found(name.as_str())
}

fn unknown(name: &UserName, store: &Store) -> Result<Refusal> {
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
    .at("NAME")
    .found(name.as_str())
    .allowing(names))
}
