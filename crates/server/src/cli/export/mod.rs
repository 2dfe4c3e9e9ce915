//! `yiwang export`.

mod case;
mod cases;
mod figures;
mod form;
mod target;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Context;

/// Take a case with its proofs, a table of cases, or a board out of the record
///
/// Works while a server runs. What residents wrote is left out unless --words is
/// given; whoever gives it answers for where the file goes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang export case C12 --out C12.json
  yiwang export cases --stage closed --from 2026-01-01 --until 2026-02-01 --out january.csv
  yiwang export cases --format jsonl | head
  yiwang export figures --formula resolution --group unit --format xlsx --out units.xlsx")]
pub(crate) struct Export {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Case(case::One),
    Cases(cases::Many),
    Figures(figures::Figures),
}

impl Export {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Case(command) => command.run(context),
            Command::Cases(command) => command.run(context),
            Command::Figures(command) => command.run(context),
        }
    }
}
