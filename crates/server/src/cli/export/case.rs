//! `yiwang export case`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;
use yiwang_base::{CaseId, Refusal, RefusalKind};
use yiwang_cases::CaseStore as _;

use super::target::Target;
use crate::cli::Context;
use crate::cli::progress::thousands;

/// A case's entries with their proofs, as JSON that `yiwang verify --export` checks
///
/// While a server runs, a case that has just changed may have to wait for the
/// next checkpoint.
#[derive(Debug, Args)]
pub(super) struct One {
    /// Number of the case, such as C12
    case: String,
    /// The file [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Include what residents wrote, with their names, numbers and places
    #[arg(long)]
    words: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    case: String,
    entries: usize,
    tree_size: u64,
    log: &'a str,
    file: PathBuf,
}

impl One {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let id = self
            .case
            .parse::<CaseId>()
            .map_err(|_| no_number(&self.case))?;
        let config = context.config()?;
        let (store, key) = context.signed(&config)?;
        let case = context.block_on(async {
            let case = store.export_signed(id, &key, self.words).await?;
            let entries = store.timeline(id).await?.len();
            match case {
                Some(case) if case.entries.len() == entries => Ok(case),
                _ if entries == 0 => Err(anyhow::Error::from(no_case(id))),
                _ => Err(not_signed(id, config.settings.sign_every_seconds).into()),
            }
        })??;
        let mut target = Target::open(self.out.as_deref()).context("cannot write")?;
        writeln!(target, "{}", serde_json::to_string_pretty(&case)?)?;
        target.finish()?;
        if let Some(file) = self.out {
            let report = Report {
                case: id.to_string(),
                entries: case.entries.len(),
                tree_size: store.signed().map_or(0, |signed| signed.size()),
                log: &case.log,
                file,
            };
            context.report(&report, || text(&report))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn text(report: &Report<'_>) -> String {
    let (file, log) = (report.file.display(), report.log);
    format!(
        "{}: {} entries with their proofs in a tree of {}, in {file}\ncheck it anywhere: yiwang verify --export {file} --key {log}",
        report.case,
        report.entries,
        thousands(report.tree_size),
    )
}

fn no_number(found: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "export.case",
        "案卷号不对",
        "this is no number of a case",
    )
    .at("CASE")
    .found(found)
    .allowing(["C12"])
}

fn no_case(id: CaseId) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "case.none",
        "没有这个案卷",
        "there is no such case",
    )
    .found(id.to_string())
}

fn not_signed(id: CaseId, seconds: u64) -> Refusal {
    Refusal::new(
        RefusalKind::Unavailable,
        "export.not-signed",
        format!("{id} 刚有改动，尚未签名；服务每 {seconds} 秒内签名一次，请稍后再试"),
        format!(
            "{id} has just changed and is not signed yet; the server signs within {seconds} s: try again then"
        ),
    )
}
