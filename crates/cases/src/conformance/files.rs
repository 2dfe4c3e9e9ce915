//! Files beside a case's entries.

use yiwang_base::{CaseId, Personal};

use super::desk::Desk;
use super::sample::{Draft, change, happening, minute};
use crate::{Attached, Case, CaseStore, Event, File, FileKind, Happening, Sealed};

/// A file of these bytes is attached.
fn attached(at: i64, bytes: &[u8], sha256: &str) -> Happening {
    let event = Event::Attached(Attached {
        bytes: bytes.len() as u64,
        for_resident: true,
        kind: FileKind::Png,
        own: false,
    });
    let file = File {
        name: Some("灯.png".into()),
        sha256: sha256.to_owned(),
        bytes: bytes.into(),
    };
    happening(at, event, Some(Sealed::File(Personal::new(file))))
}

/// SHA-256 of `abc` (FIPS 180-2, appendix B.1): a store may check it.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/// SHA-256 of `hello`.
const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

fn with_two<S: CaseStore>(desk: &Desk<'_, S>) -> (Case, [u64; 2]) {
    let case = desk.submit(&Draft::at(0));
    let both = vec![attached(1, b"abc", ABC), attached(2, b"hello", HELLO)];
    let change = change(case.id, Some(&case), both);
    let case = change.after.clone();
    desk.append(change).unwrap();
    let timeline = desk.timeline(case.id);
    (case, [timeline[1].seq, timeline[2].seq])
}

/// A file is read by the entry of its own case that attached it; the timeline
/// has its name and not its bytes.
pub fn a_file_is_read_by_the_entry_that_attached_it<S: CaseStore>(desk: &Desk<'_, S>) {
    let other = desk.submit(&Draft::at(0));
    let (case, [first, second]) = with_two(desk);
    assert_eq!(desk.file(case.id, first).as_deref(), Some(&b"abc"[..]));
    assert_eq!(desk.file(case.id, second).as_deref(), Some(&b"hello"[..]));
    let submitted = desk.timeline(case.id)[0].seq;
    for (id, seq) in [
        (case.id, submitted),
        (case.id, u64::MAX),
        (other.id, first),
        (CaseId(u64::MAX), first),
    ] {
        assert_eq!(desk.file(id, seq), None, "{id} {seq}");
    }
    let timeline = desk.timeline(case.id);
    let Some(Sealed::File(file)) = &timeline[1].happening.sealed else {
        panic!("a file is sealed");
    };
    let file = file.disclose(yiwang_base::Purpose::Record);
    assert_eq!(
        (file.name.as_deref(), file.sha256.as_str()),
        (Some("灯.png"), ABC)
    );
    assert!(file.bytes.is_empty());
    assert_eq!(desk.case(case.id), Some(case));
}

/// Erased bytes are gone; those of entries that were not named stay.
pub fn an_erased_file_is_gone_and_others_stay<S: CaseStore>(desk: &Desk<'_, S>) {
    let (case, [first, second]) = with_two(desk);
    let erased = happening(
        30,
        Event::Erased {
            erases: vec![first],
        },
        None,
    );
    desk.append(change(case.id, Some(&case), vec![erased]))
        .unwrap();
    assert_eq!(desk.file(case.id, first), None);
    assert_eq!(desk.file(case.id, second).as_deref(), Some(&b"hello"[..]));
    let timeline = desk.timeline(case.id);
    assert_eq!(timeline[1].happening.sealed, None);
    assert!(timeline[2].happening.sealed.is_some());
    assert_eq!(timeline[1].happening.at, minute(1));
}
