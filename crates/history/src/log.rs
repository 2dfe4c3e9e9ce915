//! A file of the log.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::frame::{Encoded, HEADER, Payload, read_header, read_payload};
use crate::history::HistoryError;

/// The end of the log, open for writing.
pub(crate) struct LogFile {
    file: File,
    path: PathBuf,
    /// How much of it is on the disk.
    durable: u64,
    /// How much of it was written.
    written: u64,
}

impl LogFile {
    /// Makes a file; its name is durable when its folder is flushed.
    pub(crate) fn create(path: PathBuf) -> std::io::Result<LogFile> {
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)?;
        Ok(LogFile {
            file,
            path,
            durable: 0,
            written: 0,
        })
    }

    /// Goes on at the end of a file of which `length` bytes are whole; what is
    /// after them is cut off.
    pub(crate) fn go_on(path: PathBuf, length: u64) -> std::io::Result<LogFile> {
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        if file.metadata()?.len() > length {
            file.set_len(length)?;
            file.sync_all()?;
        }
        file.seek(SeekFrom::End(0))?;
        Ok(LogFile {
            file,
            path,
            durable: length,
            written: length,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a frame; not yet durable.
    pub(crate) fn write(&mut self, first: u64, payload: &Encoded) -> std::io::Result<()> {
        self.file.write_all(&payload.header(first))?;
        self.file.write_all(&payload.bytes)?;
        self.written += (HEADER + payload.bytes.len()) as u64;
        Ok(())
    }

    /// Makes what was written durable.
    pub(crate) fn flush(&mut self) -> std::io::Result<()> {
        self.file.sync_data()?;
        self.durable = self.written;
        Ok(())
    }

    /// Takes back what was written since the last flush, on the disk too.
    pub(crate) fn take_back(&mut self) -> std::io::Result<()> {
        self.file.set_len(self.durable)?;
        self.file.seek(SeekFrom::Start(self.durable))?;
        self.file.sync_all()?;
        self.written = self.durable;
        Ok(())
    }
}

/// Reads all whole frames of a file; returns how many bytes they take, and how
/// many there are.
pub(crate) fn read_frames(
    path: &Path,
    mut take: impl FnMut(u64, Payload) -> Result<(), HistoryError>,
) -> Result<[u64; 2], HistoryError> {
    let io = |source| HistoryError::Io {
        path: path.to_owned(),
        source,
    };
    let bytes = std::fs::read(path).map_err(io)?;
    let mut at = 0;
    while let Some(header) = read_header(&bytes[at..]) {
        let from = at + HEADER;
        let payload = bytes.get(from..from + header.length);
        let Some(payload) = payload.and_then(|payload| read_payload(&header, payload)) else {
            break;
        };
        take(header.first, payload)?;
        at = from + header.length;
    }
    Ok([at as u64, bytes.len() as u64])
}
