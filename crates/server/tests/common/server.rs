//! The real binary, serving a town of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_yiwang");

/// A server on a free port. It is killed when it goes out of scope.
pub(crate) struct Server {
    /// `127.0.0.1:40123`.
    pub(crate) address: String,
    /// The same of its MQTT broker; empty where it has none.
    pub(crate) mqtt: String,
    child: Child,
    said: Arc<Mutex<Vec<u8>>>,
    listener: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves what is in a data directory.
    pub(crate) fn on(directory: &Path) -> Server {
        Server::try_on(directory).expect("the server starts")
    }

    /// Serves what is in a data directory, or says what the server said.
    pub(crate) fn try_on(directory: &Path) -> Result<Server, String> {
        Server::by(Command::new(BINARY), directory)
    }

    /// Serves what is in a data directory, also over MQTT.
    pub(crate) fn with_mqtt(directory: &Path) -> Server {
        let mut program = Command::new(BINARY);
        program.args(["--set", "mqtt_listen=127.0.0.1:0"]);
        Server::by(program, directory).expect("the server starts")
    }

    /// Serves through another program that ends in running the binary.
    pub(crate) fn by(mut program: Command, directory: &Path) -> Result<Server, String> {
        let mut child = program
            .arg("--data")
            .arg(directory)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_remove("RUST_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let listener = listen(&mut child, Arc::clone(&said));
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let mut mqtt = String::new();
        while out.read_line(&mut line).unwrap() > 0 {
            if let Some(address) = line.trim().strip_prefix("listening on mqtt://") {
                address.clone_into(&mut mqtt);
            }
            if let Some(address) = line.trim().strip_prefix("listening on http://") {
                return Ok(Server {
                    address: address.to_owned(),
                    mqtt,
                    child,
                    said,
                    listener: Some(listener),
                });
            }
            line.clear();
        }
        child.wait().unwrap();
        listener.join().unwrap();
        let said = said.lock().unwrap();
        Err(String::from_utf8_lossy(&said).into_owned())
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would, as far as the process goes.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop, waits, and gives what it wrote to its log.
    pub(crate) fn stop(mut self) -> (std::process::ExitStatus, String) {
        let asked = Command::new("kill")
            .arg(self.id().to_string())
            .status()
            .unwrap();
        assert!(asked.success());
        let status = self.child.wait().unwrap();
        self.listener.take().unwrap().join().unwrap();
        let said = self.said.lock().unwrap();
        (status, String::from_utf8_lossy(&said).into_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn listen(child: &mut Child, said: Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    let mut log = child.stderr.take().unwrap();
    std::thread::spawn(move || {
        let mut some = [0; 4096];
        while let Ok(length @ 1..) = log.read(&mut some) {
            said.lock().unwrap().extend_from_slice(&some[..length]);
        }
    })
}

/// A data directory of its own, gone with the value.
pub(crate) struct Directory(tempfile::TempDir);

impl Directory {
    pub(crate) fn new() -> Directory {
        Directory(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }
}
