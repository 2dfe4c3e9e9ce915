//! Checking a record that nobody serves.

use std::path::Path;

use yiwang_server::data_dir;
use yiwang_store::{replay, verify};

/// The tree verifies, and replaying the journal gives the tables: no case is
/// half there.
#[track_caller]
pub(crate) fn is_whole(directory: &Path) {
    let key = data_dir::read_trail_key(directory).unwrap().unwrap();
    let report = verify(directory, key.verifier(), &mut |_| {}).unwrap();
    assert!(report.entries > 0);
    let replayed = replay(directory, true, &mut |_| {}).unwrap();
    assert_eq!(
        replayed.differing,
        Vec::<String>::new(),
        "cases that differ from their entries"
    );
}
