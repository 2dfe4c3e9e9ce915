//! What lies in a data directory besides the record and the base map.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use yiwang_journal::SigningKey;

use crate::callers::CallerKey;

/// The trail's key, in the note format of signed notes; its file is for its owner only.
pub const KEY_FILE: &str = "trail.key";

/// The key by which callers are known again; its file is for its owner only.
pub const CALLER_KEY_FILE: &str = "caller.key";
/// The socket through which the command line speaks to a running server.
pub const CONTROL: &str = "control.sock";

/// Name of the record's file.
pub const RECORD: &str = "record.sqlite";

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// The file does not hold a key.
    #[error("{}: {source}; put the key of this record back from a backup", path.display())]
    Unreadable {
        /// Where.
        path: PathBuf,
        /// What is wrong with it.
        source: yiwang_journal::Error,
    },
    /// The log's name is not fit for one.
    #[error("the trail's name: {0}")]
    Origin(yiwang_journal::Error),
    /// The system's random source failed.
    #[error("the system cannot make random numbers: {0}")]
    Randomness(getrandom::Error),
}

/// The key that signs the trail, made on first use under the name `origin`.
///
/// # Errors
/// [`DataDirError`].
pub fn trail_key(directory: &Path, origin: &str) -> Result<SigningKey, DataDirError> {
    match read_trail_key(directory)? {
        Some(key) => Ok(key),
        None => make_trail_key(directory, origin),
    }
}

/// The key that signs the trail; `None` where none was made yet.
///
/// # Errors
/// [`DataDirError::Io`] and [`DataDirError::Unreadable`].
pub fn read_trail_key(directory: &Path) -> Result<Option<SigningKey>, DataDirError> {
    let path = directory.join(KEY_FILE);
    let mut text = String::new();
    match File::open(&path).and_then(|mut file| file.read_to_string(&mut text)) {
        Ok(_) => match text.trim_end().parse() {
            Ok(key) => Ok(Some(key)),
            Err(source) => Err(DataDirError::Unreadable { path, source }),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(DataDirError::Io { path, source }),
    }
}

fn make_trail_key(directory: &Path, origin: &str) -> Result<SigningKey, DataDirError> {
    let path = directory.join(KEY_FILE);
    let io = |source| DataDirError::Io {
        path: path.clone(),
        source,
    };
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(DataDirError::Randomness)?;
    let key = SigningKey::from_seed(origin, &seed).map_err(DataDirError::Origin)?;
    write_private(directory, KEY_FILE, &key.secret_text()).map_err(io)?;
    Ok(key)
}

/// The key by which callers are known again, made on first use.
///
/// # Errors
/// When the file cannot be read or made, or does not hold a key.
pub fn caller_key(directory: &Path) -> Result<CallerKey, DataDirError> {
    let path = directory.join(CALLER_KEY_FILE);
    let io = |source| DataDirError::Io {
        path: path.clone(),
        source,
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let mut bytes = [0; 32];
            hex::decode_to_slice(text.trim_end(), &mut bytes)
                .map_err(|error| io(std::io::Error::other(error)))?;
            Ok(CallerKey::new(bytes))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).map_err(DataDirError::Randomness)?;
            write_private(directory, CALLER_KEY_FILE, &hex::encode(bytes)).map_err(io)?;
            Ok(CallerKey::new(bytes))
        }
        Err(source) => Err(io(source)),
    }
}

/// Writes a line to a file for its owner only, whole or not at all: half a key
/// would lock the owner out.
pub(crate) fn write_private(directory: &Path, name: &str, line: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    let unfinished = directory.join(format!("{name}.new"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)?;
    writeln!(file, "{line}")?;
    file.sync_all()?;
    std::fs::rename(&unfinished, directory.join(name))?;
    File::open(directory)?.sync_all()
}

/// Makes the data directory where it is missing, for its owner only: the
/// record holds what residents wrote.
///
/// # Errors
/// When the file system refuses.
pub fn prepare(directory: &Path) -> Result<(), DataDirError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|source| DataDirError::Io {
            path: directory.to_owned(),
            source,
        })
}

/// Makes a file where it is missing, empty and for its owner only. SQLite takes
/// over the mode of an empty file for all it writes beside it.
///
/// # Errors
/// When the file system refuses.
pub fn make_private(path: &Path) -> Result<(), DataDirError> {
    let made = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path);
    made.map(drop).map_err(|source| DataDirError::Io {
        path: path.to_owned(),
        source,
    })
}
