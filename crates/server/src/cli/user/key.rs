//! `yiwang user key`: how another system signs in.

use anyhow::Result;
use clap::Args;
use jiff::ToSpan as _;
use serde::Serialize;
use yiwang_base::Timestamp;
use yiwang_server::http::{new_token, token_hash};

use super::{Context, sign_in_name, unknown};

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
        let name = sign_in_name(&self.user)?;
        context.write(&context.config()?, async |store| {
            let Some((account, _)) = store.account(name.clone()).await? else {
                return Err(unknown(&name, store)?.into());
            };
            let key = new_token()?;
            let now = Timestamp::now();
            let ends = now.checked_add((24 * i64::from(self.days)).hours())?;
            store
                .open_session(token_hash(&key), account.name.clone(), now, ends)
                .await?;
            let view = View {
                name: name.as_str(),
                key: &key,
                ends,
            };
            context.report(&view, || format!("api_key: {key}\nends:    {ends:.0}"))
        })
    }
}
