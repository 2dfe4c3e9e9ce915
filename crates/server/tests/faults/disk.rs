//! A disk that is full, fails or cannot be written.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::server::BINARY;
use crate::common::{Client, Directory, Server, text, town};
use crate::crowd::{self, Known};
use crate::record;

/// Whether this machine lets us mount a disk of our own.
pub(crate) fn may_mount() -> bool {
    let mut unshare = Command::new("unshare");
    unshare.args(["-rm", "true"]).stderr(Stdio::null());
    let may = unshare.status().is_ok_and(|status| status.success());
    if !may {
        println!("skipped: this machine does not allow a mount namespace");
    }
    may
}

/// `unshare` that runs a script and then the binary, with `$1` the data directory.
pub(crate) fn in_own_mounts(script: &str, data: &Path, seed: &Path) -> Command {
    let mut command = Command::new("unshare");
    let script = format!("{script} && shift 2 && exec \"$@\"");
    command
        .args(["-rm", "sh", "-c", &script, "sh"])
        .arg(data)
        .arg(seed)
        .arg(BINARY);
    command
}

/// A file that takes what room is left.
pub(crate) struct Filler(PathBuf);

impl Filler {
    pub(crate) fn fill(directory: &Path) -> Filler {
        let path = directory.join("filler");
        let mut file = File::create(&path).unwrap();
        // First in large pieces, then to the last byte.
        for piece in [1 << 16, 1] {
            while file.write_all(&vec![0; piece]).is_ok() {}
        }
        Filler(path)
    }

    pub(crate) fn remove(self) {
        std::fs::remove_file(self.0).unwrap();
    }
}

/// Tells clients to stop when it goes, also when a test fails meanwhile: they would work for
/// ever, and what failed would never be told.
struct Stopping<'a>(&'a AtomicBool);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Clients work; what `meanwhile` does happens to them. Gives what they know,
/// and what they were refused.
fn under_load(server: &Server, meanwhile: impl FnOnce()) -> (Vec<Known>, Vec<(u16, Value)>) {
    let (stop, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    let mut refusals = Vec::new();
                    let known = crowd::work(&server.address, &stop, &answered, &mut refusals);
                    (known, refusals)
                })
            })
            .collect();
        {
            let _stopping = Stopping(&stop);
            crowd::at_work(&answered);
            meanwhile();
        }
        let (mut known, mut refusals) = (Vec::new(), Vec::new());
        for client in clients {
            let (some, refused) = client.join().unwrap();
            known.extend(some);
            refusals.extend(refused);
        }
        (known, refusals)
    })
}

/// Makes a call until it is refused: what the log has room for in itself is still taken on
/// a disk that is full.
fn once_refused(client: &Client, request: &Value) -> Value {
    let begun = Instant::now();
    loop {
        let answer = client.post("/api/v1/requests", request);
        if answer.status != 201 || begun.elapsed() > Duration::from_secs(30) {
            return answer.refused(503, "store.full");
        }
    }
}

fn moment() {
    std::thread::sleep(Duration::from_millis(700));
}

#[test]
fn a_full_disk_refuses_new_things_says_so_and_shows_what_is_there() {
    if !may_mount() {
        return;
    }
    let (disk, seed) = (Directory::new(), Directory::new());
    town::found(&seed.path());
    let script = "mount -t tmpfs -o size=48m tmpfs \"$1\" && cp -a \"$2\"/. \"$1\"";
    let program = in_own_mounts(script, &disk.path(), &seed.path());
    let server = Server::by(program, &disk.path()).unwrap();
    let inside = PathBuf::from(format!(
        "/proc/{}/root{}",
        server.id(),
        disk.path().display()
    ));
    let operator = Client::person(&server.address, "operator");
    let nobody = Client::nobody(&server.address);
    let request = json!({"words": "路灯不亮", "place": {"address": "春风路"}});
    let before = nobody.post("/api/v1/requests", &request).expect(201);
    let id = text(&before["id"]);
    operator
        .get(&format!("/api/v1/cases/{id}/proof"))
        .expect(200);

    let (mut known, refusals) = under_load(&server, || {
        moment();
        let filler = Filler::fill(&inside);
        moment();
        let refused = once_refused(&nobody, &request);
        assert!(
            text(&refused["detail"]).contains("disk is full"),
            "{refused}"
        );
        let zh = once_refused(&nobody.in_chinese(), &request);
        assert!(text(&zh["detail"]).contains("存储空间已满"));
        for path in [
            "/healthz".to_owned(),
            "/api/v1/cases".into(),
            "/api/v1/cases/counts".into(),
            "/api/v1/city".into(),
            "/trail/checkpoint".into(),
            format!("/api/v1/cases/{id}"),
            format!("/api/v1/cases/{id}/proof"),
            format!("/api/v1/follow/{}", text(&before["follow_code"])),
        ] {
            let answer = operator.get(&path);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        }
        filler.remove();
        moment();
    });
    assert!(!refusals.is_empty(), "the crowd noticed");
    for (status, problem) in &refusals {
        assert_eq!(
            (*status, &problem["code"]),
            (503, &json!("store.full")),
            "{problem}"
        );
    }
    nobody.post("/api/v1/requests", &request).expect(201);
    for case in &mut known {
        case.check(&server.address);
    }
    // The disk goes with the server: what is on it is looked at in a copy.
    let copy = Directory::new();
    for file in std::fs::read_dir(&inside).unwrap() {
        let file = file.unwrap();
        // The server's socket is nothing to copy.
        if !file.file_type().unwrap().is_file() {
            continue;
        }
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    record::is_whole(&copy.path());
}

#[test]
fn a_disk_that_fails_for_a_while_loses_nothing_that_was_acknowledged() {
    let directory = Directory::new();
    town::found(&directory.path());
    // Files that may not grow stand for a disk that refuses writes.
    let mut program = Command::new("sh");
    program.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", BINARY]);
    let server = Server::by(program, &directory.path()).unwrap();
    let limit = |size: &str| {
        let mut prlimit = Command::new("prlimit");
        prlimit
            .arg(format!("--pid={}", server.id()))
            .arg(format!("--fsize={size}:unlimited"));
        prlimit
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if !limit("unlimited") {
        println!("skipped: this machine has no prlimit");
        return;
    }
    let nobody = Client::nobody(&server.address);
    let request = json!({"words": "路灯不亮", "place": {"address": "春风路"}});
    let (mut known, refusals) = under_load(&server, || {
        moment();
        assert!(limit("4096"));
        moment();
        nobody.post("/api/v1/requests", &request).expect(503);
        Client::person(&server.address, "operator")
            .get("/api/v1/cases")
            .expect(200);
        assert!(limit("unlimited"));
        moment();
    });
    assert!(!refusals.is_empty(), "the crowd noticed");
    for (status, problem) in &refusals {
        assert_eq!(*status, 503, "{problem}");
    }
    nobody.post("/api/v1/requests", &request).expect(201);
    for case in &mut known {
        case.check(&server.address);
    }
    let (status, log) = server.stop();
    assert!(status.success(), "{status}: {log}");
    record::is_whole(&directory.path());
}

#[test]
fn a_directory_that_cannot_be_written_is_named_at_the_start() {
    if !may_mount() {
        return;
    }
    let directory = Directory::new();
    town::found(&directory.path());
    let script = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\"";
    let program = in_own_mounts(script, &directory.path(), &directory.path());
    let said = Server::by(program, &directory.path())
        .err()
        .expect("it does not start");
    assert!(said.contains("Read-only file system"), "{said}");
    assert!(
        said.contains(&*directory.path().to_string_lossy()),
        "{said}"
    );
    assert!(!said.contains("panicked"), "{said}");
}
