//! What the tests over HTTP share.

pub(crate) mod client;
pub(crate) mod server;
pub(crate) mod town;
pub(crate) mod watch;

use serde_json::{Value, json};

pub(crate) use client::{Answer, Client};
pub(crate) use server::{Directory, Server};
pub(crate) use watch::Feed;

/// A town with its server.
pub(crate) struct Town {
    pub(crate) server: Server,
    directory: Directory,
}

impl Town {
    pub(crate) fn new() -> Town {
        let directory = Directory::new();
        town::found(&directory.path());
        Town::on(directory)
    }

    /// A town that is founded already.
    /// The town with a street that has the right to call, and two who work there:
    /// `street` of its office, `warden` on its grid.
    pub(crate) fn with_streets() -> Town {
        let directory = Directory::new();
        town::found(&directory.path());
        town::add_street(&directory.path());
        Town::on(directory)
    }

    pub(crate) fn on(directory: Directory) -> Town {
        let server = Server::on(&directory.path());
        Town { server, directory }
    }

    pub(crate) fn nobody(&self) -> Client {
        Client::nobody(&self.server.address)
    }

    pub(crate) fn person(&self, name: &str) -> Client {
        Client::person(&self.server.address, name)
    }

    pub(crate) fn directory(&self) -> std::path::PathBuf {
        self.directory.path()
    }

    /// Stops the server; gives its log and the directory.
    pub(crate) fn stop(self) -> (String, Directory) {
        let (status, log) = self.server.stop();
        assert!(status.success(), "{status}: {log}");
        (log, self.directory)
    }

    /// Stops the server and starts it again.
    pub(crate) fn restart(self) -> Town {
        Town::on(self.stop().1)
    }

    /// Stops the server; what it has written down is checked.
    pub(crate) fn stop_and_verify(self) {
        let (_, directory) = self.stop();
        let mut verify = std::process::Command::new(server::BINARY);
        let verify = verify.arg("--data").arg(directory.path()).arg("verify");
        let said = verify.output().unwrap();
        assert!(said.status.success(), "{said:?}");
    }

    /// A request at a point; gives the answer to it.
    pub(crate) fn submit(&self, words: &str, (lon, lat): (f64, f64)) -> Value {
        let body = json!({"words": words, "place": {"point": {"lon": lon, "lat": lat}}});
        self.nobody().post("/api/v1/requests", &body).expect(201)
    }

    /// A case of the unit `lights` that this far along the road: `dispatched`,
    /// `in_progress`, `reported`, `verified` or `closed`.
    pub(crate) fn case_at(&self, stage: &str) -> String {
        let id = text(&self.submit("路灯不亮", town::WEST)["id"]);
        let road = [
            (
                "accepted",
                "operator",
                "accept",
                json!({"category": "light"}),
            ),
            (
                "dispatched",
                "operator",
                "dispatch",
                json!({"unit": "lights"}),
            ),
            ("in_progress", "unit", "start", json!({})),
            (
                "reported",
                "unit",
                "report-back",
                json!({"note": "换了灯泡"}),
            ),
            ("verified", "verifier", "verify", json!({"pass": true})),
            ("closed", "operator", "close", json!({})),
        ];
        for (version, (reached, who, action, body)) in (1..).zip(road) {
            if stage == "submitted" {
                break;
            }
            self.person(who)
                .act(&id, action, version, &body)
                .expect(200);
            if stage == reached {
                break;
            }
        }
        id
    }
}

/// A JSON string.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

impl Town {
    /// The live feed as a person sees it.
    pub(crate) fn feed(&self, name: &str, last: Option<&str>) -> Feed {
        let cookie = format!("yiwang_session={}", town::token(name));
        Feed::open(&self.server.address, &cookie, last)
    }
}

/// Whether the binary carries the pages: it is also built without them.
pub(crate) fn pages_are_built() -> bool {
    let index = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist/index.html");
    std::path::Path::new(index).exists()
}
