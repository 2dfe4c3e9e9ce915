//! `yiwang user`.

mod key;
mod password;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Value, json};
use yiwang_base::{Refusal, RefusalKind, Timestamp, UnitCode};
use yiwang_server::accounts::{NewAccount, known_account, new_account, sign_in_name};
use yiwang_server::http::hash_password;
use yiwang_server::policy::Role;
use yiwang_store::{Account, Store};

use super::context::BY;
use super::control::Server;
use super::{Context, output};

/// Add, list and change the people who sign in
///
/// While a server runs on this machine, it makes the change: it is asked through a
/// socket in the data directory. Each change is an entry of the record, without
/// the password.
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
    /// The unit the person acts for: with role unit; with role verifier, the
    /// street or community of a grid worker
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
                let body = || match command.generate {
                    true => Ok(json!({})),
                    false => Ok(json!({"password": password::get(false)?.text})),
                };
                let done = "has a new password";
                if through_server(context, &command.user, "password", done, body)? {
                    return Ok(ExitCode::SUCCESS);
                }
                change(context, &command.user, "has a new password", |_| {
                    password::get(command.generate).map(Some)
                })?;
            }
            Command::Disable(command) => {
                let (done, body) = ("cannot sign in any more", || Ok(json!({})));
                if through_server(context, &command.user, "disable", done, body)? {
                    return Ok(ExitCode::SUCCESS);
                }
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
                let (done, body) = ("can sign in", || Ok(json!({})));
                if through_server(context, &command.user, "enable", done, body)? {
                    return Ok(ExitCode::SUCCESS);
                }
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
        sign_in_name(&self.user).map_err(named)?;
        let role = Role::from_word(&self.role).ok_or_else(|| no_role(&self.role))?;
        if let Some(server) = Server::of(&context.data, context.lang)? {
            let mut body = json!({"name": self.user, "role": role.word()});
            let given = [("unit", &self.unit), ("display_name", &self.display_name)];
            for (field, value) in given {
                if let Some(value) = value {
                    body[field] = value.as_str().into();
                }
            }
            if !self.generate {
                body["password"] = password::get(false)?.text.into();
            }
            let answer = server.call("/api/v1/accounts", Some(&body));
            return tell_answer(context, &answer.map_err(by_command_line)?, "is added");
        }
        context.write(&context.config()?, async |store| {
            let asked = NewAccount {
                name: &self.user,
                role,
                unit: self.unit.as_deref(),
                display_name: self.display_name.as_deref(),
            };
            let account = new_account(store, &asked).await.map_err(named)?;
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
    sign_in_name(user).map_err(named)?;
    context.write(&context.config()?, async |store| {
        let (before, hash) = known_account(store, user).await.map_err(named)?;
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

/// Changes an account through the server that is running; false where none is.
fn through_server(
    context: &Context,
    user: &str,
    action: &str,
    done: &str,
    body: impl FnOnce() -> Result<Value>,
) -> Result<bool> {
    sign_in_name(user).map_err(named)?;
    let Some(server) = Server::of(&context.data, context.lang)? else {
        return Ok(false);
    };
    let path = format!("/api/v1/accounts/{user}/{action}");
    let answer = server
        .call(&path, Some(&body()?))
        .map_err(by_command_line)?;
    tell_answer(context, &answer, done)?;
    Ok(true)
}

/// A server's refusal with the command line's own names for its fields.
fn by_command_line(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Refusal>() {
        Ok(refusal) => named(refusal).into(),
        Err(error) => error,
    }
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

/// The fields of accounts by the command line's own names.
fn named(mut refusal: Refusal) -> Refusal {
    refusal.field = refusal.field.map(|field| match field.as_str() {
        "name" => "NAME".to_owned(),
        "unit" => "--unit".to_owned(),
        "display_name" => "--name".to_owned(),
        "role" => "--role".to_owned(),
        _ => field,
    });
    refusal
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

/// What a server says of an account, as the command line reports it.
fn tell_answer(context: &Context, answer: &Value, done: &str) -> Result<()> {
    context.report(answer, || {
        let password = answer["password"].as_str();
        let password = password.map(|text| format!("\npassword: {text}"));
        let name = answer["name"].as_str().unwrap_or_default();
        format!("{name} {done}{}", password.unwrap_or_default())
    })
}
