//! Running the binary.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// An invented file of requests with every kind of row: 13 good ones, 22 bad ones.
pub(crate) const REQUESTS: &str = include_str!("../import/boston311.csv");
pub(crate) const GOOD: u64 = 13;
pub(crate) const BAD: u64 = 22;

/// Two areas: the points of [`REQUESTS`] lie in the northern one.
pub(crate) const AREAS: &str = r#"{"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"name": "North"}, "geometry": {"type": "Polygon",
        "coordinates": [[[-72, 42.33], [-70, 42.33], [-70, 43], [-72, 43], [-72, 42.33]]]}},
    {"type": "Feature", "properties": {"name": "South"}, "geometry": {"type": "Polygon",
        "coordinates": [[[-72, 42], [-70, 42], [-70, 42.33], [-72, 42.33], [-72, 42]]]}}]}"#;

/// A folder of its own for each test, with the data directory in it.
pub(crate) struct Place {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a command came to.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    /// The command went well.
    #[track_caller]
    pub(crate) fn ok(self) -> Done {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self
    }

    /// The command failed with this code, and said all of this.
    #[track_caller]
    pub(crate) fn refused(self, code: i32, said: &[&str]) -> Done {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        for words in said {
            assert!(
                self.err.contains(words),
                "{words:?} is not in {:?}",
                self.err
            );
        }
        self
    }

    /// Its report.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}{}", self.out, self.err))
    }
}

impl Place {
    pub(crate) fn new() -> Place {
        Place {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        }
    }

    /// The same place under another variable of the environment.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Place {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A city of two areas with the cases of [`REQUESTS`].
    pub(crate) fn city() -> Place {
        let place = Place::new();
        place.write("areas.geojson", AREAS);
        place.write("requests.csv", REQUESTS);
        place.run(&["import", "areas", "areas.geojson"]).ok();
        place.import("requests.csv").ok();
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn read_bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Runs `yiwang` here; the data directory is `data` unless named.
    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        self.run_with_input(arguments, "")
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Done {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that wants no input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        finished(child)
    }

    /// The command, not yet running.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yiwang"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let ours = |name: &str| name.starts_with("YIWANG_") || name.starts_with("LC_");
        for (name, _) in std::env::vars().filter(|(name, _)| ours(name) || name == "LANG") {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().cloned());
        command
    }

    pub(crate) fn import(&self, file: &str) -> Done {
        let arguments = [
            "import",
            "requests",
            file,
            "--profile",
            "boston311",
            "--json",
        ];
        self.run(&arguments)
    }

    /// Starts a server on a port of its own.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Serving {
        let mut all = vec!["serve", "--listen", "127.0.0.1:0"];
        all.extend(arguments);
        let mut child = self.command(&all).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let Some(url) = line.trim_end().strip_prefix("listening on ") else {
            panic!("{line:?}: {}", finished(child).err);
        };
        Serving {
            url: url.to_owned(),
            child: Some(child),
            _out: out,
        }
    }

    /// The record, for looking into and for damaging.
    pub(crate) fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path("data/record.sqlite")).unwrap()
    }
}

fn finished(child: Child) -> Done {
    let output = child.wait_with_output().unwrap();
    Done {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Sends a signal to a child of ours.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Waits for a child and gives what it said.
pub(crate) fn wait(child: Child) -> Done {
    finished(child)
}

/// A server that runs until it is stopped or dropped.
pub(crate) struct Serving {
    pub(crate) url: String,
    child: Option<Child>,
    _out: BufReader<ChildStdout>,
}

impl Serving {
    /// A request of a resident.
    pub(crate) fn submit(&self, words: &str) {
        let body = serde_json::json!({
            "words": words, "place": {"point": {"lon": -71.06, "lat": 42.35}}
        });
        let answer = ureq::post(format!("{}/api/v1/requests", self.url))
            .header("Content-Type", "application/json")
            .send(body.to_string());
        assert_eq!(answer.unwrap().status(), 201);
    }

    /// Whether someone can sign in.
    pub(crate) fn signs_in(&self, user: &str, password: &str) -> bool {
        let body = serde_json::json!({"user": user, "password": password});
        let answer = ureq::post(format!("{}/api/v1/session", self.url))
            .header("Content-Type", "application/json")
            .send(body.to_string());
        answer.is_ok()
    }

    pub(crate) fn get(&self, path: &str) -> String {
        let mut answer = ureq::get(format!("{}{path}", self.url)).call().unwrap();
        answer.body_mut().read_to_string().unwrap()
    }

    /// Stops it with a signal; gives how it ended and its log.
    pub(crate) fn stop(mut self, name: &str) -> (ExitStatus, String) {
        let mut child = self.child.take().unwrap();
        signal(&child, name);
        let mut log = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        (child.wait().unwrap(), log)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Files in a folder.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
