//! Speaking to the server that has the data directory, through its socket there.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use yiwang_base::{Lang, LocalText, Refusal, RefusalKind};
use yiwang_server::data_dir;
use yiwang_server::http::control::{self, ItemsSet, ItemsToSet};
use yiwang_server::http::control_import::{self, RequestsImported, RequestsToImport};

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is running.
pub(super) struct Server {
    stream: UnixStream,
    lang: Lang,
}

impl Server {
    /// The server that has the data directory; `None` where none is running.
    pub(super) fn of(data: &Path, lang: Lang) -> Result<Option<Server>> {
        let path = data.join(data_dir::CONTROL);
        match UnixStream::connect(&path) {
            Ok(stream) => {
                stream.set_read_timeout(Some(PATIENCE))?;
                Ok(Some(Server { stream, lang }))
            }
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::InvalidInput
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error).with_context(|| path.display().to_string()),
        }
    }

    /// Sets items; what they were made from must be what the server has.
    pub(super) fn set_items(self, items: &ItemsToSet) -> Result<ItemsSet> {
        let answer = self.call(control::ITEMS, Some(&serde_json::to_value(items)?))?;
        Ok(serde_json::from_value(answer)?)
    }

    /// Has requests imported, however long that takes.
    pub(super) fn import(self, asked: &RequestsToImport) -> Result<RequestsImported> {
        self.stream.set_read_timeout(None)?;
        let answer = self.call(
            control_import::REQUESTS,
            Some(&serde_json::to_value(asked)?),
        )?;
        Ok(serde_json::from_value(answer)?)
    }

    /// Posts a body, or reads where there is none; gives the answer, or the refusal.
    pub(super) fn call(mut self, path: &str, body: Option<&Value>) -> Result<Value> {
        let method = if body.is_some() { "POST" } else { "GET" };
        let body = body.map(Value::to_string).unwrap_or_default();
        write!(
            self.stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Accept-Language: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.lang.tag(),
            body.len()
        )?;
        let mut answer = Vec::new();
        self.stream.read_to_end(&mut answer)?;
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Response::new(&mut headers);
        let (status, from) = match (head.parse(&answer)?, head.code) {
            (httparse::Status::Complete(from), Some(status)) => (status, from),
            _ => bail!("the server broke off its answer"),
        };
        let value: Value = serde_json::from_slice(&answer[from..])?;
        if status < 400 {
            return Ok(value);
        }
        Err(refusal(&value).into())
    }
}

/// A problem of the server as the refusal it was.
fn refusal(problem: &Value) -> Refusal {
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    let mut refusal = Refusal::new(RefusalKind::NotNow, "server.refused", "", "");
    // The server has spoken in the reader's language already.
    refusal.message = LocalText::same(text("detail"));
    refusal.field = problem["field"].as_str().map(str::to_owned);
    refusal.found = problem["found"].as_str().map(str::to_owned);
    let allowed = problem["allowed"].as_array().into_iter().flatten();
    let allowed = allowed.filter_map(Value::as_str);
    refusal.allowed = allowed.map(str::to_owned).collect();
    refusal
}
