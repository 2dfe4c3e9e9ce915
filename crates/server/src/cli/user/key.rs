//! `yiwang user key`: how another system signs in.

use anyhow::Result;
use clap::Args;
use jiff::ToSpan as _;
use serde::Serialize;
use serde_json::json;
use yiwang_base::Timestamp;
use yiwang_server::accounts::{COMMAND_LINE, known_account, sign_in_name};
use yiwang_server::http::{new_token, token_hash};
use yiwang_store::{KeysEnding, NewKey};

use super::{Context, by_command_line, named};
use crate::cli::control::Server;

/// Make a key by which another system acts as this account (Open311's api_key)
///
/// It is shown once. A new password, or `disable`, ends all keys of the account.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang user add neighbour.app --role partner --generate
  yiwang user key neighbour.app --days 90")]
pub(super) struct Key {
    /// Sign-in name
    #[arg(value_name = "NAME")]
    user: String,
    /// Days until it ends
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
}

#[derive(Serialize)]
struct View<'a> {
    name: &'a str,
    key: &'a str,
    ends: Timestamp,
}

impl Key {
    pub(super) fn run(self, context: &Context) -> Result<()> {
        sign_in_name(&self.user).map_err(named)?;
        if let Some(server) = Server::of(&context.data, context.lang)? {
            let path = format!("/api/v1/accounts/{}/key", self.user);
            let answer = server.call(&path, Some(&json!({"days": self.days})));
            let answer = answer.map_err(by_command_line)?;
            return context.report(&answer, || {
                let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
                format!("api_key: {}\nends:    {}", text("key"), text("ends"))
            });
        }
        context.write(&context.config()?, async |store| {
            let (account, _) = known_account(store, &self.user).await.map_err(named)?;
            let key = new_token()?;
            let now = Timestamp::now();
            let ends = now.checked_add((24 * i64::from(self.days)).hours())?;
            let made = NewKey {
                token_hash: token_hash(&key),
                ends,
            };
            let (name, by) = (account.name.clone(), format!("system:{COMMAND_LINE}"));
            store
                .change_keys(name, Some(made), KeysEnding::None, by, now)
                .await?;
            let view = View {
                name: account.name.as_str(),
                key: &key,
                ends,
            };
            context.report(&view, || format!("api_key: {key}\nends:    {ends:.0}"))
        })
    }
}
