//! The command line: one file a command.
//!
//! Results go to standard output, everything else to standard error. Exit
//! codes: 0 done, 1 it failed or a check found a fault, 2 the command line or
//! the configuration is wrong.

mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Yiwang (一网), an open city brain: requests in, cases out, one record that
/// nobody can quietly change.
#[derive(Debug, Parser)]
#[command(name = "yiwang", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every command is told.
#[derive(Debug, Args)]
pub(crate) struct Globals {
    /// The data directory: the record, the base map, the trail's key.
    #[arg(long, global = true, value_name = "DIR", default_value = "./data")]
    pub(crate) data: PathBuf,
    /// The configuration file [default: DIR/yiwang.toml, if it is there].
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Report as JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// To add a command: a file with a clap `Args` struct that has
/// `run(self, &Context) -> anyhow::Result<ExitCode>`, and a line here and in [`Command::run`].
#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
}

impl Command {
    fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self {
            Command::Serve(command) => command.run(context),
        }
    }
}

/// What a command works with.
pub(crate) struct Context {
    /// The data directory.
    pub(crate) data: PathBuf,
    /// Whether to report as JSON.
    #[expect(dead_code, reason = "no command reports anything yet")]
    pub(crate) json: bool,
}

/// Runs the command that the arguments name.
pub(crate) fn main() -> ExitCode {
    let Cli { globals, command } = Cli::parse();
    let context = Context {
        data: globals.data,
        json: globals.json,
    };
    command.run(&context).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
