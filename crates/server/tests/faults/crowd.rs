//! Many clients who send requests, act on their cases, and remember what they
//! were told.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Client, text, town};

/// One call, with the key under which it can be made again.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    who: &'static str,
    path: String,
    key: String,
    version: u64,
    body: Value,
}

/// A case as one client knows it: what was acknowledged, and the call that was
/// under way when the server went away.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// The number, once it is known.
    pub(crate) id: Option<String>,
    /// The version acknowledged; 0 for none.
    pub(crate) version: u64,
    words: String,
    /// The call that had no answer.
    pub(crate) open: Option<Call>,
}

/// Keys and words of their own for every call of a test.
static NEXT: AtomicU64 = AtomicU64::new(0);

fn submission() -> (String, Call) {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let words = format!("第{number}件:路灯不亮");
    let call = Call {
        who: "nobody",
        path: "/api/v1/requests".into(),
        key: format!("key-{number}"),
        version: 0,
        body: json!({"words": words, "place": {"point": {"lon": town::WEST.0, "lat": town::WEST.1}}}),
    };
    (words, call)
}

/// The next step on the road of a case at this version; `None` at its end.
fn step(id: &str, version: u64) -> Option<Call> {
    let (who, action, body) = match version {
        1 => ("operator", "accept", json!({"category": "light"})),
        2 => ("operator", "dispatch", json!({"unit": "lights"})),
        3 => ("unit", "start", json!({})),
        4 => ("unit", "report-back", json!({"note": "换了灯泡"})),
        5 => ("verifier", "verify", json!({"pass": true})),
        6 => ("operator", "close", json!({})),
        _ => return None,
    };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    Some(Call {
        who,
        path: format!("/api/v1/cases/{id}/{action}"),
        key: format!("key-{number}"),
        version,
        body,
    })
}

impl Call {
    /// Makes the call. `None`: there was no whole answer.
    fn make(&self, address: &str) -> Option<Result<Value, (u16, Value)>> {
        let client = match self.who {
            "nobody" => Client::nobody(address),
            who => Client::person(address, who),
        };
        let mut headers = vec![("Idempotency-Key", self.key.clone())];
        if self.version > 0 {
            headers.push(("If-Match", format!("\"{}\"", self.version)));
        }
        let answer = client.try_call(Method::POST, &self.path, &headers, Some(&self.body))?;
        let json = serde_json::from_slice(&answer.body).ok()?;
        Some(match answer.status {
            200 | 201 => Ok(json),
            status => Err((status, json)),
        })
    }
}

impl Known {
    fn acknowledge(&mut self, answer: &Value) {
        self.id = Some(text(&answer["id"]));
        self.version = answer["version"].as_u64().unwrap_or(1);
        self.open = None;
    }

    /// The case is in the record as it was acknowledged, or one step further
    /// when the last call had no answer; made again, that call is done once.
    #[track_caller]
    pub(crate) fn check(&mut self, address: &str) {
        let operator = Client::person(address, "operator");
        let read = |id: &str| operator.get(&format!("/api/v1/cases/{id}")).expect(200);
        if let Some(id) = &self.id {
            let case = read(id);
            let version = case["version"].as_u64().unwrap();
            let further = u64::from(self.open.is_some());
            assert!(
                (self.version..=self.version + further).contains(&version),
                "{self:?}: {case}"
            );
            assert_eq!(case["words"], self.words.as_str());
        }
        if let Some(call) = self.open.clone() {
            let again = call.make(address).expect("an answer");
            let before = self.version;
            self.acknowledge(&again.unwrap_or_else(|problem| panic!("{call:?}: {problem:?}")));
            let case = read(self.id.as_deref().unwrap());
            assert_eq!(case["version"], before + 1, "{call:?}: {case}");
            assert_eq!(case["words"], self.words.as_str());
        }
    }
}

/// Waits until somebody was answered: a busy machine may take longer than the pause
/// after which something is done to the server.
pub(crate) fn at_work(answered: &AtomicU64) {
    let begun = Instant::now();
    while answered.load(Ordering::Relaxed) == 0 && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// One client's work until it is told to stop or the server is gone. What is
/// refused counts as not done; `refusals` are those that were expected.
pub(crate) fn work(
    address: &str,
    stop: &AtomicBool,
    answered: &AtomicU64,
    refusals: &mut Vec<(u16, Value)>,
) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        // Every other call takes the newest case a step further.
        let next = known
            .last()
            .filter(|_| number % 4 != 0)
            .and_then(|case| step(case.id.as_deref()?, case.version));
        let call = match next {
            Some(call) => call,
            None => {
                let (words, call) = submission();
                known.push(Known {
                    id: None,
                    version: 0,
                    words,
                    open: None,
                });
                call
            }
        };
        let case = known.last_mut().unwrap();
        case.open = Some(call.clone());
        match call.make(address) {
            Some(Ok(answer)) => {
                case.acknowledge(&answer);
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Some(Err(refusal)) => {
                refusals.push(refusal);
                case.open = None;
                if case.id.is_none() {
                    known.pop();
                }
            }
            None => break,
        }
    }
    known
}
