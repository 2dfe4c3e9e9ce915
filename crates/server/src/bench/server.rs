//! Servers to be measured: children of this process, from the same binary.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;

/// A server that is stopped when it goes out of scope.
pub(super) struct Served {
    pub(super) address: String,
    child: Child,
}

impl Served {
    /// Starts `yiwang ARGUMENTS…` and waits until it says where it listens.
    pub(super) fn start(data: &Path, arguments: &[&str]) -> anyhow::Result<Served> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--data")
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().context("the child has no output")?;
        for line in BufReader::new(out).lines() {
            if let Some(address) = line?.strip_prefix("listening on http://") {
                let address = address.to_owned();
                return Ok(Served { address, child });
            }
        }
        bail!("the server did not start: {}", child.wait()?)
    }

    /// Its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has used so far: see [`used`].
    pub(super) fn used(&self) -> Option<(u64, u64)> {
        used(self.id())
    }

    /// What the system says of its memory, `VmRSS:` or `VmHWM:`, MiB.
    pub(super) fn memory_mib(&self, what: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(what))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kib >> 10)
    }

    /// Asks it to stop and waits until it has.
    pub(super) fn stop(mut self) -> anyhow::Result<()> {
        // The standard library can only kill; `kill` asks.
        Command::new("kill")
            .arg(self.child.id().to_string())
            .status()?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor time that a process has used so far, and what it had the disk
/// write: microseconds and bytes. `None` where the system does not say.
pub(super) fn used(process: u32) -> Option<(u64, u64)> {
    let read = |file| std::fs::read_to_string(format!("/proc/{process}/{file}"));
    let (stat, io) = (read("stat").ok()?, read("io").ok()?);
    // Behind the name in brackets; user and system time are fields 14 and 15.
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks: u64 = fields
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|n| n.parse::<u64>().ok())
        .sum();
    let bytes = io
        .lines()
        .find_map(|line| line.strip_prefix("write_bytes: "))?;
    // A tick is a hundredth of a second on every Linux.
    Some((ticks * 10_000, bytes.parse().ok()?))
}

/// What HTTP alone can do: reads each body and says 201, nothing else. Prints
/// where it listens.
///
/// # Errors
/// When it cannot listen.
pub async fn serve_nothing() -> anyhow::Result<()> {
    let router = Router::new().route(
        "/api/v1/requests",
        post(|body: Bytes| async move {
            drop(body);
            StatusCode::CREATED
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}
