//! `yiwang webhook`.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_server::webhooks::Hook;
use yiwang_store::{Held, Store};

use super::Context;
use super::output::columns;
use super::progress::thousands;

/// Most dead letters that are shown.
const MOST: usize = 1000;

/// Show what other systems are told, and resend what they did not take
///
/// A steward sets webhooks over HTTP. Showing works beside a server; resending
/// needs the data directory to itself, or is done over HTTP while a server runs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang webhook list
  yiwang webhook dead erp
  yiwang webhook resend erp --seq 1024
  yiwang webhook resend erp --all")]
pub(crate) struct Webhook {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the webhooks and how they stand
    List,
    /// Show a webhook's dead letters
    Dead {
        /// Its code
        code: String,
    },
    /// Try dead letters again when the server next runs
    Resend {
        /// Its code
        code: String,
        /// Entry number of a dead letter; may be given again
        #[arg(long, value_name = "NUMBER", required_unless_present = "all")]
        seq: Vec<u64>,
        /// All of them
        #[arg(long, conflicts_with = "seq")]
        all: bool,
    },
}

#[derive(Serialize)]
struct Standing {
    code: String,
    url: String,
    active: bool,
    purpose: &'static str,
    behind: u64,
    waiting: u64,
    dead: u64,
    error: Option<String>,
}

#[derive(Serialize)]
struct Letter {
    seq: u64,
    case: String,
    attempts: u32,
    error: Option<String>,
}

impl Webhook {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode> {
        let config = context.config()?;
        match self.command {
            Command::List => {
                let store = context.read(&config)?;
                let hooks = context.block_on(standing(&store))??;
                context.report(&hooks, || hooks_text(&hooks))?;
            }
            Command::Dead { code } => {
                let store = context.read(&config)?;
                known(&store, &code)?;
                let dead = context.block_on(store.held(&code, true, MOST))??;
                let letters: Vec<Letter> = dead.into_iter().map(letter).collect();
                context.report(&letters, || letters_text(&letters))?;
            }
            Command::Resend { code, seq, all } => {
                let seqs = (!all).then_some(seq);
                let resent = context.write(&config, async |store| {
                    known(store, &code)?;
                    Ok(store.resend_held(&code, seqs, Timestamp::now()).await?)
                })?;
                context.report(&resent, || {
                    format!(
                        "{} dead letters are tried again when the server runs",
                        thousands(resent as u64)
                    )
                })?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn standing(store: &Store) -> Result<Vec<Standing>> {
    let mut all = Vec::new();
    for (hook, _) in Hook::all(store)? {
        let state = store
            .known_hook_state(&hook.code)
            .await?
            .unwrap_or_default();
        let held = store.held_counts(&hook.code).await?;
        all.push(Standing {
            behind: store.durable().borrow().saturating_sub(state.next),
            waiting: held.waiting,
            dead: held.dead,
            error: state.error,
            code: hook.code,
            url: hook.url,
            active: hook.active,
            purpose: hook.purpose.word(),
        });
    }
    Ok(all)
}

fn known(store: &Store, code: &str) -> Result<()> {
    let hooks = Hook::all(store)?;
    if hooks.iter().any(|(hook, _)| hook.code == code) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::NotFound,
        "hook.unknown",
        "没有这个推送",
        "there is no such webhook",
    )
    .at("CODE")
    .found(code)
    .allowing(hooks.into_iter().map(|(hook, _)| hook.code))
    .into())
}

fn letter(held: Held) -> Letter {
    Letter {
        seq: held.seq,
        case: held.case.to_string(),
        attempts: held.attempts,
        error: held.error,
    }
}

fn hooks_text(hooks: &[Standing]) -> String {
    if hooks.is_empty() {
        return "no webhooks are set".to_owned();
    }
    let head = [
        "CODE",
        "ACTIVE",
        "PURPOSE",
        "BEHIND",
        "WAITING",
        "DEAD",
        "URL",
        "LAST ERROR",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(hooks.iter().map(|hook| {
        vec![
            hook.code.clone(),
            if hook.active { "yes" } else { "no" }.to_owned(),
            hook.purpose.to_owned(),
            thousands(hook.behind),
            thousands(hook.waiting),
            thousands(hook.dead),
            hook.url.clone(),
            hook.error.clone().unwrap_or_default(),
        ]
    }));
    columns(&rows)
}

fn letters_text(letters: &[Letter]) -> String {
    if letters.is_empty() {
        return "no dead letters".to_owned();
    }
    let mut rows = vec![
        ["ENTRY", "CASE", "TRIES", "LAST ERROR"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(letters.iter().map(|letter| {
        vec![
            letter.seq.to_string(),
            letter.case.clone(),
            letter.attempts.to_string(),
            letter.error.clone().unwrap_or_default(),
        ]
    }));
    columns(&rows)
}
