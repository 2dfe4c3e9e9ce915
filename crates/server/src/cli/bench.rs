//! `yiwang bench`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use yiwang_server::bench::{boards, intake, mqtt, replay, sensing};

use super::Context;
use super::progress::Progress;

/// Measure what the system does on this machine.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Intake(Intake),
    Replay(Replay),
    Boards(Boards),
    Sensing(Sensing),
    Mqtt(Mqtt),
    /// What HTTP alone does; measured beside the intake.
    #[command(hide = true)]
    ServeNothing,
}

/// Durable intake over HTTP: every request a journal entry and a case, on the
/// disk before the answer; beside what HTTP alone and SQLite alone do.
#[derive(Debug, Args)]
struct Intake {
    /// Where the record is made, and removed afterwards: the disk to measure.
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
    /// Keep-alive connections that send at once.
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// Seconds to measure, after two of warm-up.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Cases in the record before it begins.
    #[arg(long, default_value_t = 100_000)]
    cases: u64,
    /// Send no idempotency keys.
    #[arg(long)]
    no_keys: bool,
    /// Train a model first, and let it accept and dispatch what it is sure of: each
    /// such request is three entries instead of one.
    #[arg(long)]
    automatic: bool,
}

/// Replay and check of a large record, beside what reading and hashing alone
/// take. Building ten million entries takes minutes and some 9 GB of disk.
#[derive(Debug, Args)]
struct Replay {
    /// Where the record is made.
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
    /// Entries in the record.
    #[arg(long, default_value_t = 10_000_000)]
    entries: u64,
    /// Keep the record for the next run, or take the one that is there.
    #[arg(long)]
    keep: bool,
}

/// Boards, what stands behind them, lists and counts over many cases, asked of
/// a server. Building ten million cases takes minutes and some 6 GB of disk.
#[derive(Debug, Args)]
struct Boards {
    /// Where the record is made.
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
    /// Cases in the record.
    #[arg(long, default_value_t = 10_000_000)]
    cases: u64,
    /// How often each question is asked.
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// Keep the record for the next run, or take the one that is there.
    #[arg(long)]
    keep: bool,
}

/// Readings taken in and judged: in this process in batches of 10,000, then a hundred
/// thousand a second to see how soon some are alerts, then over HTTP as data arrays
/// from two clients. Each batch is on the disk before it is acknowledged,
/// and parts of the log are sealed meanwhile.
#[derive(Debug, Args)]
struct Sensing {
    /// Where the readings are kept, and removed afterwards: the disk to measure.
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
    /// Datastreams that the readings are of; two rules judge each.
    #[arg(long, default_value_t = 20_000)]
    streams: u64,
    /// Those of them that a detector learns as well.
    #[arg(long, default_value_t = 2_000)]
    watched: u64,
    /// Seconds to measure each way.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

/// Messages of MQTT at QoS 1: as readings, acknowledged once they are on the
/// disk, and by mosquitto, where it is installed, from the same clients.
#[derive(Debug, Args)]
struct Mqtt {
    /// Where the readings are kept, and removed afterwards: the disk to measure.
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
    /// Connections that publish at once.
    #[arg(long, default_value_t = 4)]
    clients: u64,
    /// Messages of a connection that are not acknowledged yet.
    #[arg(long, default_value_t = 500)]
    window: u64,
    /// Seconds to measure each.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

impl Mqtt {
    fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let report = mqtt::run(&mqtt::Plan {
            directory: self.dir,
            clients: self.clients,
            window: self.window,
            seconds: self.seconds,
        })?;
        context.report(&report, || report.to_string())?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Sensing {
    fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let report = sensing::run(&sensing::Plan {
            directory: self.dir,
            streams: self.streams,
            watched: self.watched,
            seconds: self.seconds,
        })?;
        context.report(&report, || report.to_string())?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Bench {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Intake(asked) => asked.run(context),
            What::Replay(asked) => asked.run(context),
            What::Boards(asked) => asked.run(context),
            What::Sensing(asked) => asked.run(context),
            What::Mqtt(asked) => asked.run(context),
            What::ServeNothing => {
                let runtime = tokio::runtime::Runtime::new()?;
                runtime.block_on(intake::serve_nothing())?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

impl Intake {
    fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let report = intake::run(intake::Plan {
            directory: self.dir,
            clients: self.clients,
            seconds: self.seconds,
            cases: self.cases,
            keys: !self.no_keys,
            automatic: self.automatic,
        })?;
        if context.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            println!("{report}");
        }
        let failed = report.intake.errors > 0;
        Ok(if failed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}

impl Replay {
    fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let plan = replay::Plan {
            directory: self.dir,
            entries: self.entries,
            keep: self.keep,
        };
        let report = shown("entries", |progress| replay::run(plan, progress))?;
        context.report(&report, || report.to_string())?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Boards {
    fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let plan = boards::Plan {
            directory: self.dir,
            cases: self.cases,
            rounds: self.rounds,
            keep: self.keep,
        };
        let report = shown("cases", |progress| boards::run(plan, progress))?;
        context.report(&report, || report.to_string())?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Does something in steps, and shows how far each is.
fn shown<T>(
    unit: &'static str,
    work: impl FnOnce(&mut dyn FnMut(&'static str, u64, u64)) -> T,
) -> T {
    let mut shown: Option<(&'static str, Progress)> = None;
    work(&mut |what, done, total| {
        if shown.as_ref().is_none_or(|(before, _)| *before != what) {
            shown = Some((what, Progress::new(what, unit)));
        }
        if let Some((_, progress)) = &mut shown {
            progress.at(done, Some(total));
        }
    })
}
