//! A light load generator: keep-alive connections that each send the next
//! request as soon as they have the answer to the last.

use std::io::Write as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What came of a load.
#[derive(Debug, Default, Serialize)]
pub struct Measured {
    /// Answers of the kind wanted, while it was measured.
    pub answers: u64,
    /// Other answers and broken connections, also while warming up.
    pub errors: u64,
    /// Answers per second.
    pub per_second: f64,
    /// Half of the answers came within this, milliseconds.
    pub p50_ms: f64,
    /// Nine of ten.
    pub p90_ms: f64,
    /// Ninety-nine of a hundred.
    pub p99_ms: f64,
    /// The slowest.
    pub max_ms: f64,
    /// Good answers in all, warm-up and end included: what must be in the record.
    pub acknowledged: u64,
}

/// What to send, to whom, for how long.
pub(super) struct Load {
    pub(super) address: String,
    pub(super) clients: usize,
    pub(super) warm_up: Duration,
    pub(super) measured: Duration,
    /// Bodies; clients take them in turn, again and again.
    pub(super) bodies: Vec<String>,
    /// Whether each request has an idempotency key of its own.
    pub(super) keys: bool,
    /// The status that counts as good.
    pub(super) good: u16,
}

#[derive(Default)]
struct Tally {
    micros: Vec<u32>,
    acknowledged: u64,
    errors: u64,
    first_error: Option<String>,
}

impl Load {
    /// Runs it on one thread, so that the server keeps most of the machine.
    pub(super) fn run(self) -> anyhow::Result<Measured> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let measured = self.measured;
        let tallies = runtime.block_on(self.all_clients())?;
        let mut micros: Vec<u32> = Vec::new();
        let mut sum = Measured::default();
        for tally in tallies {
            if let Some(error) = tally.first_error {
                eprintln!("a client: {error}");
            }
            micros.extend(tally.micros);
            sum.errors += tally.errors;
            sum.acknowledged += tally.acknowledged;
        }
        micros.sort_unstable();
        let at = |part: f64| {
            let last = micros.len().saturating_sub(1);
            let index = ((micros.len() as f64 * part) as usize).min(last);
            micros
                .get(index)
                .copied()
                .map_or(0.0, |us| f64::from(us) / 1000.0)
        };
        Ok(Measured {
            answers: micros.len() as u64,
            per_second: micros.len() as f64 / measured.as_secs_f64(),
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            max_ms: at(1.0),
            ..sum
        })
    }

    async fn all_clients(self) -> anyhow::Result<Vec<Tally>> {
        let begin = Instant::now() + self.warm_up;
        let end = begin + self.measured;
        let load = std::sync::Arc::new(self);
        let clients: Vec<_> = (0..load.clients)
            .map(|number| {
                let load = std::sync::Arc::clone(&load);
                tokio::spawn(async move { load.client(number, begin, end).await })
            })
            .collect();
        let mut tallies = Vec::with_capacity(clients.len());
        for client in clients {
            tallies.push(client.await?);
        }
        Ok(tallies)
    }

    async fn client(&self, number: usize, begin: Instant, end: Instant) -> Tally {
        let mut tally = Tally::default();
        if let Err(error) = self.calls(number, begin, end, &mut tally).await {
            tally.errors += 1;
            tally.first_error.get_or_insert(format!("{error:#}"));
        }
        tally
    }

    async fn calls(
        &self,
        number: usize,
        begin: Instant,
        end: Instant,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        let mut answer = Vec::with_capacity(4096);
        let mut request = Vec::with_capacity(4096);
        let numbers = (number..).step_by(self.clients.max(1));
        for number in numbers {
            self.write_request(&mut request, number)?;
            let sent = Instant::now();
            if sent >= end {
                break;
            }
            stream.write_all(&request).await?;
            let status = read_answer(&mut stream, &mut answer).await?;
            let done = Instant::now();
            if status != self.good {
                tally.errors += 1;
                let said = String::from_utf8_lossy(&answer).into_owned();
                tally.first_error.get_or_insert(said);
                continue;
            }
            tally.acknowledged += 1;
            if done >= begin && done < end {
                tally.micros.push((done - sent).as_micros() as u32);
            }
        }
        Ok(())
    }

    fn write_request(&self, request: &mut Vec<u8>, number: usize) -> std::io::Result<()> {
        let body = &self.bodies[number % self.bodies.len()];
        request.clear();
        write!(
            request,
            "POST /api/v1/requests HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        )?;
        if self.keys {
            // UUIDs of version 7, as the pages send them; each is used once.
            let millis = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            let spread = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            write!(
                request,
                "Idempotency-Key: {:012x}7{:03x}{:04x}{number:012x}\r\n",
                millis.as_millis(),
                spread >> 52,
                spread & 0xffff,
            )?;
        }
        write!(request, "Content-Length: {}\r\n\r\n{body}", body.len())
    }
}

/// Reads one answer with its body; gives its status.
pub(super) async fn read_answer(
    stream: &mut TcpStream,
    answer: &mut Vec<u8>,
) -> anyhow::Result<u16> {
    answer.clear();
    loop {
        if stream.read_buf(answer).await? == 0 {
            bail!("the server closed the connection");
        }
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut head = httparse::Response::new(&mut headers);
        if let httparse::Status::Complete(length) = head.parse(answer)? {
            let status = head.code.context("an answer without a status")?;
            let body = head
                .headers
                .iter()
                .find(|header| header.name.eq_ignore_ascii_case("content-length"))
                .context("an answer without a length")?;
            let body: usize = std::str::from_utf8(body.value)?.parse()?;
            while answer.len() < length + body {
                if stream.read_buf(answer).await? == 0 {
                    bail!("the server closed the connection");
                }
            }
            return Ok(status);
        }
    }
}
