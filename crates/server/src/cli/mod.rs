//! The command line: one file a command.
//!
//! Results go to standard output, everything else to standard error. Exit
//! codes: 0 done, 1 it failed or a check found a fault, 2 the command line or
//! the configuration is wrong, 130 stopped by Ctrl-C before it was done.

mod backup;
mod bench;
mod city;
mod config;
mod context;
mod control;
mod edge;
mod eval;
mod export;
mod failure;
mod import;
mod interrupt;
mod output;
mod progress;
mod record;
mod sample_city;
mod serve;
mod train;
mod user;
mod verify;
mod webhook;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub(crate) use context::Context;

/// Yiwang (一网), an open city brain: requests in, cases out, one record that
/// nobody can quietly change.
#[derive(Debug, Parser)]
#[command(
    name = "yiwang",
    version,
    max_term_width = 100,
    after_help = AFTER_HELP
)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  yiwang sample-city                     fill ./data with an invented city
  yiwang serve                           serve ./data on http://127.0.0.1:8080
  yiwang user add li.na --role operator  let someone sign in
  yiwang backup /backups/monday          copy everything while the server runs
  yiwang verify                          check that nothing was changed

Exit codes:
  0    done
  1    it failed, or a check found a fault
  2    the command line or the configuration is wrong
  130  stopped by Ctrl-C before it was done; running it again goes on";

/// What every command is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "All commands")]
struct Globals {
    /// The data directory: the record, the base map, the trail's key
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        default_value = "./data",
        env = "YIWANG_DATA"
    )]
    data: PathBuf,
    /// The configuration file [default: DIR/yiwang.toml, where it is there]
    #[arg(long, global = true, value_name = "FILE", env = "YIWANG_CONFIG")]
    config: Option<PathBuf>,
    /// Set a key of the configuration for this run; see `yiwang config`
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = key_and_value)]
    set: Vec<(String, String)>,
    /// Report as JSON on standard output
    #[arg(long, global = true)]
    json: bool,
    /// Language of refusals: zh or en [default: by LC_ALL, LC_MESSAGES, LANG]
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<context::Language>,
}

fn key_and_value(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

/// To add a command: a file with a clap `Args` struct that has
/// `run(self, &Context) -> anyhow::Result<ExitCode>`, and a line here and in [`Command::run`].
#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Edge(edge::Edge),
    SampleCity(sample_city::Make),
    Import(import::Import),
    City(city::Show),
    Export(export::Export),
    Verify(verify::Verify),
    Backup(backup::Backup),
    Restore(backup::Restore),
    User(user::User),
    Eval(eval::Eval),
    Train(train::Train),
    Webhook(webhook::Webhook),
    Config(config::Show),
    Bench(bench::Bench),
}

impl Command {
    fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self {
            Command::Serve(command) => command.run(context),
            Command::Edge(command) => command.run(context),
            Command::SampleCity(command) => command.run(context),
            Command::Import(command) => command.run(context),
            Command::City(command) => command.run(context),
            Command::Export(command) => command.run(context),
            Command::Verify(command) => command.run(context),
            Command::Backup(command) => command.run(context),
            Command::Restore(command) => command.run(context),
            Command::User(command) => command.run(context),
            Command::Eval(command) => command.run(context),
            Command::Train(command) => command.run(context),
            Command::Webhook(command) => command.run(context),
            Command::Config(command) => command.run(context),
            Command::Bench(command) => command.run(context),
        }
    }
}

/// Runs the command that the arguments name.
pub(crate) fn main() -> ExitCode {
    let Cli { globals, command } = Cli::parse();
    let lang = context::language(globals.lang);
    Context::new(globals, lang)
        .map_err(anyhow::Error::from)
        .and_then(|context| command.run(&context))
        .unwrap_or_else(|error| failure::tell(&error, lang))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_every_flag_says_what_it_is_for() {
        fn walk(command: &clap::Command) {
            let name = command.get_name();
            assert!(command.get_about().is_some(), "{name}");
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{name} {}",
                    argument.get_id()
                );
            }
            command.get_subcommands().for_each(walk);
        }
        walk(&super::Cli::command());
    }
}
