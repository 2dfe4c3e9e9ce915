//! `$batch`: several calls in one, as `multipart/mixed` (OData 4.0 part 1, 11.7).

use yiwang_base::Refusal;

use crate::malformed;

/// Most calls in a batch.
const MOST: usize = 1000;

/// A call within a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRequest {
    /// `POST`.
    pub method: String,
    /// Where, as it was written: absolute, or below the root.
    pub target: String,
    /// What later calls of the same changeset call it by.
    pub content_id: Option<String>,
    /// What it sends.
    pub body: Vec<u8>,
}

/// A part of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchItem {
    /// A call by itself.
    One(BatchRequest),
    /// Calls that are all done, or none of them.
    Changeset(Vec<BatchRequest>),
}

/// The boundary that a content type names, where it is `multipart/mixed`.
pub fn boundary_of(content_type: &str) -> Option<String> {
    let mut parts = content_type.split(';');
    let essence = parts.next()?.trim();
    if !essence.eq_ignore_ascii_case("multipart/mixed") {
        return None;
    }
    let boundary = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let is_it = name.trim().eq_ignore_ascii_case("boundary");
        is_it.then(|| value.trim().trim_matches('"').to_owned())
    })?;
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// Reads the parts of a batch.
///
/// # Errors
/// A refusal that names the part that cannot be read.
pub fn read_batch(body: &[u8], boundary: &str) -> Result<Vec<BatchItem>, Refusal> {
    let mut items = Vec::new();
    let mut calls = 0;
    for (index, part) in parts(body, boundary)?.into_iter().enumerate() {
        let at = format!("$batch[{index}]");
        let (headers, inner) = part_head(part, &at)?;
        let content_type = header(&headers, "content-type").unwrap_or_default();
        if let Some(boundary) = boundary_of(content_type) {
            let mut changes = Vec::new();
            for part in parts(inner, &boundary)? {
                let (headers, inner) = part_head(part, &at)?;
                changes.push(call(&headers, inner, &at)?);
                calls += 1;
            }
            items.push(BatchItem::Changeset(changes));
        } else {
            items.push(BatchItem::One(call(&headers, inner, &at)?));
            calls += 1;
        }
        if calls > MOST {
            return Err(malformed(
                "$batch",
                "一批中的调用过多",
                "there are too many calls in the batch",
            )
            .allowing([format!("1–{MOST}")]));
        }
    }
    Ok(items)
}

type Headers = Vec<(String, String)>;

fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    let found = headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// What stands between the lines of a boundary.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<&'a [u8]>, Refusal> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut from = None;
    for at in memchr::memmem::find_iter(body, delimiter.as_bytes()) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        if let Some(from) = from {
            let part: &[u8] = &body[from..at];
            let part = part.strip_suffix(b"\n").unwrap_or(part);
            parts.push(part.strip_suffix(b"\r").unwrap_or(part));
        }
        let after = &body[at + delimiter.len()..];
        if after.starts_with(b"--") {
            return Ok(parts);
        }
        let line = memchr::memchr(b'\n', after).map_or(after.len(), |end| end + 1);
        from = Some(at + delimiter.len() + line);
    }
    Err(malformed(
        "$batch",
        "没有结束的分隔行",
        "the closing boundary is missing",
    )
    .found(delimiter))
}

/// The headers of a part, and what follows them.
fn part_head<'a>(part: &'a [u8], at: &str) -> Result<(Headers, &'a [u8]), Refusal> {
    let mut space = [httparse::EMPTY_HEADER; 32];
    match httparse::parse_headers(part, &mut space) {
        Ok(httparse::Status::Complete((length, headers))) => {
            let headers = headers.iter().map(|header| {
                let value = String::from_utf8_lossy(header.value).into_owned();
                (header.name.to_owned(), value)
            });
            Ok((headers.collect(), &part[length..]))
        }
        _ => Err(malformed(
            at,
            "这一部分的头不对",
            "the head of this part is malformed",
        )),
    }
}

/// The call that a part holds.
fn call(headers: &Headers, inner: &[u8], at: &str) -> Result<BatchRequest, Refusal> {
    let wrong = || malformed(at, "这一部分不是调用", "this part is no call");
    let essence = header(headers, "content-type").unwrap_or_default();
    if !essence.starts_with("application/http") {
        return Err(wrong().found(essence).allowing(["application/http"]));
    }
    let mut space = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut space);
    // A call without headers may lack the empty line after them.
    let mut whole = inner.to_vec();
    let length = match request.parse(inner) {
        Ok(httparse::Status::Complete(length)) => length,
        _ => {
            whole.extend_from_slice(b"\r\n\r\n");
            inner.len()
        }
    };
    let mut space = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut space);
    match request.parse(&whole) {
        Ok(httparse::Status::Complete(_)) => {}
        _ => return Err(wrong()),
    }
    let (Some(method), Some(target)) = (request.method, request.path) else {
        return Err(wrong());
    };
    let inner_id = request
        .headers
        .iter()
        .find(|h| h.name.eq_ignore_ascii_case("content-id"));
    let inner_id = inner_id.map(|h| String::from_utf8_lossy(h.value).into_owned());
    Ok(BatchRequest {
        method: method.to_owned(),
        target: target.to_owned(),
        content_id: header(headers, "content-id")
            .map(str::to_owned)
            .or(inner_id),
        body: inner.get(length..).unwrap_or_default().to_vec(),
    })
}

/// An answer within a batch, as its part goes out.
pub type BatchAnswer = (u16, Option<String>, Vec<u8>);

/// Writes answers: of a call by itself one, of a changeset several, or one
/// where it failed.
pub fn write_batch(answers: &[Result<BatchAnswer, Vec<BatchAnswer>>], boundary: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, answer) in answers.iter().enumerate() {
        out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        match answer {
            Ok(answer) => write_answer(&mut out, answer),
            Err(changeset) => {
                let inner = format!("{boundary}-{index}");
                let head = format!("Content-Type: multipart/mixed; boundary={inner}\r\n\r\n");
                out.extend_from_slice(head.as_bytes());
                for answer in changeset {
                    out.extend_from_slice(format!("--{inner}\r\n").as_bytes());
                    write_answer(&mut out, answer);
                }
                out.extend_from_slice(format!("--{inner}--\r\n").as_bytes());
            }
        }
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}

fn write_answer(out: &mut Vec<u8>, (status, location, body): &BatchAnswer) {
    let mut head = format!(
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n\
         HTTP/1.1 {status} \r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
        body.len()
    );
    if let Some(location) = location {
        head.push_str(&format!("Location: {location}\r\n"));
    }
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    out.extend_from_slice(b"\r\n");
}
