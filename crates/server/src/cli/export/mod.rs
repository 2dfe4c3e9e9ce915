//! `yiwang export`.

mod case;
mod cases;
mod columns;
mod target;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Context;

/// Take a case with its proofs, or a table of cases, out of the record
///
/// Works while a server runs. What residents wrote is left out unless --words is
/// given; whoever gives it answers for where the file goes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang export case C12 --out C12.json
  yiwang export cases --stage closed --from 2026-01-01 --until 2026-02-01 --out january.csv
  yiwang export cases --format jsonl | head")]
pub(crate) struct Export {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Case(case::One),
    Cases(cases::Many),
}

impl Export {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Case(command) => command.run(context),
            Command::Cases(command) => command.run(context),
        }
    }
}
