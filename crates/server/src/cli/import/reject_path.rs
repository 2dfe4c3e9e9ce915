//! Where rows that were not taken go.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Folder of reject files in a data directory.
const FOLDER: &str = "rejects";

/// The reject file of an import: in the data directory, since it holds what
/// residents wrote, under the name of the file it came from. A reject file that
/// is itself imported is left as it is; its rejects get the next number.
pub(super) fn choose(data: &Path, source: &Path) -> PathBuf {
    let stem = source.file_stem().unwrap_or(source.as_os_str());
    let stem = stem.to_string_lossy();
    let folder = data.join(FOLDER);
    let first = folder.join(format!("{stem}.csv"));
    if !is_same(&first, source) {
        return first;
    }
    let (base, number) = match stem.rsplit_once(".again-") {
        Some((base, number)) => (base, number.parse().unwrap_or(1)),
        None => (stem.as_ref(), 1_u32),
    };
    folder.join(format!("{base}.again-{}.csv", number.saturating_add(1)))
}

/// Whether two paths are one file.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Makes the file, empty, for its owner only.
pub(super) fn create(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reject_file_has_the_name_of_its_source_and_never_replaces_it() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let source = data.join("boston.csv");
        std::fs::write(&source, "").unwrap();
        let first = choose(data, &source);
        assert_eq!(first, data.join("rejects/boston.csv"));
        create(&first).unwrap();
        let second = choose(data, &first);
        assert_eq!(second, data.join("rejects/boston.again-2.csv"));
        create(&second).unwrap();
        let third = choose(data, &second);
        assert_eq!(third, data.join("rejects/boston.again-3.csv"));
        assert_eq!(
            choose(data, &source),
            first,
            "the same import writes the same file"
        );
    }
}
