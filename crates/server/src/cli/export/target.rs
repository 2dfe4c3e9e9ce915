//! Where an export goes: standard output, or a file that is whole or not there.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Standard output or a file.
pub(super) enum Target {
    Stdout(BufWriter<io::Stdout>),
    File {
        writer: BufWriter<File>,
        unfinished: PathBuf,
        path: PathBuf,
    },
}

impl Target {
    /// A file is for its owner only, and takes its name when it is finished.
    pub(super) fn open(path: Option<&Path>) -> io::Result<Target> {
        let Some(path) = path else {
            return Ok(Target::Stdout(BufWriter::new(io::stdout())));
        };
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        let unfinished = path.with_file_name(name);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        Ok(Target::File {
            writer: BufWriter::new(file),
            unfinished,
            path: path.to_owned(),
        })
    }

    pub(super) fn finish(self) -> io::Result<()> {
        match self {
            Target::Stdout(mut out) => out.flush(),
            Target::File {
                mut writer,
                unfinished,
                path,
            } => {
                writer.flush()?;
                writer.get_ref().sync_all()?;
                std::fs::rename(unfinished, path)
            }
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Stdout(out) => out.write(bytes),
            Target::File { writer, .. } => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Stdout(out) => out.flush(),
            Target::File { writer, .. } => writer.flush(),
        }
    }
}
