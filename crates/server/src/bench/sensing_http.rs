//! Readings over HTTP: data arrays from two clients.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;
use yiwang_base::Timestamp;

use super::sensing::{BATCH, PATIENCE, PAUSE, Plan, READER, Rate, SENDER, SENDERS, rate};
use super::server::Served;

/// Takes readings in over HTTP from two clients; `before` were kept already.
pub(super) fn over_http(plan: &Plan, data: &Path, before: u64) -> anyhow::Result<Rate> {
    let larger = ["--set", "max_body_bytes=16777216"];
    let listen = ["serve", "--listen", "127.0.0.1:0"];
    let served = Served::start(data, &[larger.as_slice(), &listen].concat())?;
    let begun = Instant::now();
    let until = begun + Duration::from_secs(plan.seconds);
    let clients: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (address, streams) = (served.address.clone(), plan.streams);
            std::thread::spawn(move || client(&address, streams, sender, until))
        })
        .collect();
    let mut all = (0, Vec::new());
    for client in clients {
        let done = client
            .join()
            .map_err(|_| anyhow::anyhow!("a client stopped"))?;
        let (kept, took) = done?;
        all.0 += kept;
        all.1.extend(took);
    }
    let measured = rate(all.0, all.1, begun.elapsed());
    all_judged(&served.address, before + measured.kept)?;
    served.stop()?;
    Ok(measured)
}

/// Waits until nearly all readings are judged: others would have cost nothing.
fn all_judged(address: &str, kept: u64) -> anyhow::Result<()> {
    let request = format!(
        "GET /api/v1/judging HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {READER}\r\n\r\n"
    );
    let mut connection = TcpStream::connect(address)?;
    let mut answer = vec![0; 1 << 16];
    let until = Instant::now() + PATIENCE;
    loop {
        connection.write_all(request.as_bytes())?;
        let (head, body) = read_answer(&mut connection, &mut answer)?;
        let said: Value = serde_json::from_slice(&answer[body]).context(head)?;
        if said["judged"].as_u64() >= Some(kept / 100 * 99) {
            return Ok(());
        }
        if Instant::now() > until {
            bail!("{kept} readings were kept, and of them: {said}");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Sends bodies one after the other on one connection.
fn client(
    address: &str,
    streams: u64,
    sender: u64,
    until: Instant,
) -> anyhow::Result<(u64, Vec<Duration>)> {
    let mut connection = TcpStream::connect(address)?;
    let (mut kept, mut took) = (0, Vec::new());
    let mut answer = vec![0; 1 << 20];
    for n in 0.. {
        if Instant::now() >= until {
            break;
        }
        let request = request(address, streams, sender, n)?;
        let sent = Instant::now();
        let head = loop {
            connection.write_all(request.as_bytes())?;
            let (head, _) = read_answer(&mut connection, &mut answer)?;
            if !head.starts_with("HTTP/1.1 503") {
                break head;
            }
            std::thread::sleep(PAUSE);
        };
        if !head.starts_with("HTTP/1.1 201") {
            bail!("{head}");
        }
        kept += BATCH;
        took.push(sent.elapsed());
    }
    Ok((kept, took))
}

/// Reads an answer to its end; gives its head, and where its body is in the buffer.
fn read_answer(
    connection: &mut TcpStream,
    buffer: &mut Vec<u8>,
) -> anyhow::Result<(String, Range<usize>)> {
    let (mut filled, mut whole) = (0, None);
    loop {
        if let Some((head, body)) = &whole
            && filled >= Range::<usize>::clone(body).end
        {
            return Ok((String::clone(head), body.clone()));
        }
        if filled == buffer.len() {
            buffer.resize(filled * 2, 0);
        }
        let read = connection.read(&mut buffer[filled..])?;
        if read == 0 {
            bail!("the server closed the connection");
        }
        filled += read;
        if whole.is_none()
            && let Some(end) = memchr::memmem::find(&buffer[..filled], b"\r\n\r\n")
        {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_it = name.eq_ignore_ascii_case("content-length");
                is_it.then(|| value.trim().parse::<usize>().ok()).flatten()
            });
            let length = length.context("an answer without a length")?;
            whole = Some((head, end + 4..end + 4 + length));
        }
    }
}

/// A call of CreateObservations with one array for each stream of the batch.
fn request(address: &str, streams: u64, sender: u64, n: u64) -> anyhow::Result<String> {
    // Each stream has the same number of readings in a body, as gateways send them.
    let each = 100;
    let now = Timestamp::now().as_millisecond();
    let times = (0..each).map(|i| Timestamp::from_millisecond(now + i as i64));
    let times: Vec<String> = times
        .map(|at| Ok(at?.to_string()))
        .collect::<anyhow::Result<_>>()?;
    let mut body = String::from("[");
    for group in 0..BATCH / each {
        let stream = 1 + ((n * BATCH / each + group) * SENDERS + sender) % streams;
        let separator = if group > 0 { "," } else { "" };
        write!(
            body,
            "{separator}{{\"Datastream\":{{\"@iot.id\":{stream}}},\"components\":[\"phenomenonTime\",\"result\"],\
             \"dataArray@iot.count\":{each},\"dataArray\":["
        )?;
        for (i, at) in times.iter().enumerate() {
            let value = ((stream * 7 + i as u64 * 3) % 1000) as f64 / 10.0;
            let separator = if i > 0 { "," } else { "" };
            write!(body, "{separator}[\"{at}\",{value}]")?;
        }
        body.push_str("]}");
    }
    body.push(']');
    Ok(format!(
        "POST /sta/v1.1/CreateObservations HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {SENDER}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}
