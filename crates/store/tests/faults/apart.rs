//! Running a part of a test in a process of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

/// Set in the process that runs apart: its directory.
const APART: &str = "YIWANG_TEST_APART";

/// The directory to work in, in the process that runs apart.
pub(crate) fn directory() -> Option<PathBuf> {
    std::env::var_os(APART).map(PathBuf::from)
}

/// Runs the test of this name again by a command to which the program and its
/// arguments are added; it must pass there.
fn run(mut command: Command, test: &str, directory: &Path) {
    let output = command
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(APART, directory)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{told}");
    assert!(said.contains("1 passed"), "{said}\n{told}");
}

/// Runs the test again in a file system of its own of this size.
pub(crate) fn on_a_small_disk(test: &str, size: &str) {
    let place = TempDir::new().unwrap();
    let mount = format!("mount -t tmpfs -o size={size} none \"$0\" && exec \"$@\"");
    let command = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
        command.arg(place.path());
        command
    };
    match command(&mount.replace("exec \"$@\"", "true")).output() {
        Ok(tried) if tried.status.success() => run(command(&mount), test, place.path()),
        Ok(tried) => {
            let why = String::from_utf8_lossy(&tried.stderr);
            println!("skipped: no file system can be mounted: {}", why.trim());
        }
        Err(why) => println!("skipped: no unshare: {why}"),
    }
}

/// Runs the test again with calls that [`Fault::set`] makes fail.
pub(crate) fn with_failing_calls(test: &str) {
    static SHIM: OnceLock<Result<(TempDir, PathBuf), String>> = OnceLock::new();
    match SHIM.get_or_init(compile) {
        Ok((_, shim)) => {
            let place = TempDir::new().unwrap();
            let mut command = Command::new("env");
            command.arg(format!("LD_PRELOAD={}", shim.display()));
            command.env("YIWANG_FAULT_DIR", place.path().join("data"));
            command.env("YIWANG_FAULT", place.path().join("fault"));
            run(command, test, place.path());
        }
        Err(why) => println!("skipped: fault.c cannot be compiled: {why}"),
    }
}

fn compile() -> Result<(TempDir, PathBuf), String> {
    let place = TempDir::new().map_err(|e| e.to_string())?;
    let shim = place.path().join("fault.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/fault.c");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .args([&shim, &source])
        .output()
        .map_err(|e| e.to_string())?;
    if compiled.status.success() {
        Ok((place, shim))
    } else {
        Err(String::from_utf8_lossy(&compiled.stderr).into_owned())
    }
}

/// What fails in this process.
pub(crate) struct Fault(PathBuf);

impl Fault {
    pub(crate) fn of(directory: &Path) -> Fault {
        Fault(directory.join("fault"))
    }

    /// From now on `call` fails with `errno` on files whose names have this end.
    pub(crate) fn set(&self, call: &str, errno: i32, end: &str) {
        std::fs::write(&self.0, format!("{call} {errno} {end}")).unwrap();
    }

    /// From now on nothing fails.
    pub(crate) fn clear(&self) {
        std::fs::write(&self.0, "").unwrap();
    }
}
