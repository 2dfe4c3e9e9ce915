//! Files that were attached to a case.

use serde::Serialize;
use utoipa::ToSchema;
use yiwang_base::Purpose;
use yiwang_cases::{Event, Recorded, Sealed};

use super::{FileWord, Time, Word};

/// A file.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileView {
    /// Number of the entry that attached it: its address ends with it.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// What sort of file.
    pub kind: FileWord,
    /// Its length.
    pub bytes: u64,
    /// What its sender calls it; `null` once erased.
    #[schema(required)]
    pub name: Option<String>,
    /// The resident sent it.
    pub own: bool,
    /// The resident may see it.
    pub for_resident: bool,
    /// Whether it is erased.
    pub erased: bool,
}

impl FileView {
    /// The files of a timeline, oldest first.
    pub fn all(timeline: &[Recorded], purpose: Purpose) -> Vec<FileView> {
        let files = timeline.iter().filter_map(|entry| {
            let Event::Attached(attached) = &entry.happening.event else {
                return None;
            };
            let file = match &entry.happening.sealed {
                Some(Sealed::File(file)) => Some(file.disclose(purpose)),
                _ => None,
            };
            Some(FileView {
                seq: entry.seq,
                at: Time(entry.happening.at),
                kind: Word(attached.kind),
                bytes: attached.bytes,
                name: file.and_then(|file| file.name.clone()),
                own: attached.own,
                for_resident: attached.for_resident,
                erased: file.is_none(),
            })
        });
        files.collect()
    }
}
