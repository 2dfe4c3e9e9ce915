//! A client that speaks HTTP through a library that is not the server's.

use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request};

use super::town;

/// Someone who calls the server: nobody, or a person who is signed in.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    cookie: Option<String>,
    language: &'static str,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// Nobody in particular.
    pub(crate) fn nobody(address: &str) -> Client {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(std::time::Duration::from_secs(60)))
            .allow_non_standard_methods(true)
            .build();
        Client {
            agent: config.into(),
            base: format!("http://{address}"),
            cookie: None,
            language: "en",
        }
    }

    /// A person of the town, signed in.
    pub(crate) fn person(address: &str, name: &str) -> Client {
        let mut client = Client::nobody(address);
        client.cookie = Some(format!("yiwang_session={}", town::token(name)));
        client
    }

    /// The same client with another cookie, or none.
    pub(crate) fn with_cookie(&self, cookie: Option<&str>) -> Client {
        let mut client = self.clone();
        client.cookie = cookie.map(str::to_owned);
        client
    }

    /// The same client, who reads Chinese.
    pub(crate) fn in_chinese(&self) -> Client {
        let mut client = self.clone();
        client.language = "zh-CN";
        client
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, &[], Some(body))
    }

    /// A command to a case, for the version given.
    pub(crate) fn act(&self, id: &str, action: &str, version: u64, body: &Value) -> Answer {
        let headers = [("If-Match", format!("\"{version}\""))];
        let path = format!("/api/v1/cases/{id}/{action}");
        self.call(Method::POST, &path, &headers, Some(body))
    }

    pub(crate) fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Option<&Value>,
    ) -> Answer {
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        self.send(method, path, headers, body)
    }

    /// Any call at all.
    pub(crate) fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Option<(&str, Vec<u8>)>,
    ) -> Answer {
        let answer = self.run(method, path, headers, body);
        let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
        whole(answer).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// A call to a server that may be gone; `None` without a whole answer.
    pub(crate) fn try_call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Option<&Value>,
    ) -> Option<Answer> {
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        whole(self.run(method, path, headers, body).ok()?).ok()
    }
}

fn whole(mut answer: ureq::http::Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    Ok(Answer {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        body: answer
            .body_mut()
            .with_config()
            .limit(64 << 20)
            .read_to_vec()?,
    })
}

impl Client {
    /// The status alone, without waiting for the body's end.
    pub(crate) fn status(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Option<&Value>,
    ) -> u16 {
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        let answer = self.run(method, path, headers, body);
        answer
            .unwrap_or_else(|error| panic!("{path}: {error}"))
            .status()
            .as_u16()
    }

    fn run(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Option<(&str, Vec<u8>)>,
    ) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("Accept-Language", self.language);
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match body {
            Some((kind, bytes)) => {
                let request = request.header("Content-Type", kind).body(bytes).unwrap();
                self.agent.run(request)
            }
            None => self.agent.run(request.body(()).unwrap()),
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The problem that a refusal must be, with its code.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{problem}"
        );
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["type"], "about:blank", "{problem}");
        assert_eq!(
            problem["request_id"],
            self.header("x-request-id"),
            "{problem}"
        );
        assert!(!problem["detail"].as_str().unwrap().is_empty(), "{problem}");
        problem
    }
}
