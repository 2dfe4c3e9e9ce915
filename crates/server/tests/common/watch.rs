//! Watching the live feed.

use std::io::{BufRead as _, BufReader, Read};
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

/// One server-sent event.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) data: String,
}

impl Event {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap()
    }
}

/// An open feed. `next` gives up after ten seconds.
pub(crate) struct Feed(BufReader<Box<dyn Read + Send + Sync>>);

impl Feed {
    pub(crate) fn open(address: &str, cookie: &str, last: Option<&str>) -> Feed {
        Feed::of(&format!("http://{address}/api/v1/events"), cookie, last)
    }

    /// A first connection that names the entry it begins from.
    pub(crate) fn from(address: &str, cookie: &str, entry: u64) -> Feed {
        let url = format!("http://{address}/api/v1/events?from={entry}");
        Feed::of(&url, cookie, None)
    }

    fn of(url: &str, cookie: &str, last: Option<&str>) -> Feed {
        let config = Agent::config_builder().timeout_recv_body(Some(Duration::from_secs(10)));
        let agent: Agent = config.build().into();
        let mut request = agent.get(url).header("Cookie", cookie);
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        let answer = request.call().unwrap();
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Feed(BufReader::new(Box::new(answer.into_body().into_reader())))
    }

    /// The next event; `None` when the feed has ended or was silent for too long.
    pub(crate) fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            match line.split_once(": ").unwrap_or((line, "")) {
                ("event", name) => event.name = name.into(),
                ("id", id) => event.id = id.into(),
                ("data", data) => event.data = data.into(),
                ("", _) if event != Event::default() => return Some(event),
                _ => {}
            }
        }
    }
}
