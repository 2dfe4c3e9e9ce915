//! Checking one stored entry by itself: its hash, its seal, what it erases.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::FinderRev;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{EntryView, Error, Hash, What, leaf_hash, seal};

/// What is stored for one entry.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Its number, from 0.
    pub seq: u64,
    /// Its canonical bytes.
    pub bytes: &'a [u8],
    /// The hash stored with it.
    pub leaf: Hash,
    /// What is stored beside it.
    pub sealed: Sealed<'a>,
}

/// What is stored beside an entry.
#[derive(Debug, Clone, Copy)]
pub enum Sealed<'a> {
    /// Nothing.
    None,
    /// Sealed text and its salt.
    Present {
        /// Salt of the commitment.
        salt: &'a [u8; 32],
        /// The sealed text.
        body: &'a [u8],
    },
    /// A mark that it was erased by a later entry.
    Erased {
        /// Number of that entry.
        by: u64,
    },
    /// Such a mark, though the text is still there.
    Kept {
        /// Number of that entry.
        by: u64,
    },
}

/// Whether entries of this kind erase sealed text: `case.erased`,
/// `user.erased`, … Their `data` has `erases`, the numbers of the entries.
#[must_use]
pub fn is_erasure(kind: &str) -> bool {
    kind.ends_with(".erased")
}

/// The entries an erasure entry names; `None` for any other entry.
pub(crate) fn erases(entry: &EntryView<'_, &RawValue>) -> Result<Option<Vec<u64>>, What> {
    #[derive(Deserialize)]
    struct Erasure {
        erases: Vec<u64>,
    }
    if !is_erasure(&entry.kind) {
        return Ok(None);
    }
    match serde_json::from_str::<Erasure>(entry.data.get()) {
        Ok(erasure) => Ok(Some(erasure.erases)),
        Err(e) => Err(What::Unreadable(Error::NotAnEntry(e.to_string()))),
    }
}

/// What checking needs to know of an entry.
struct Summary {
    sealed: Option<Hash>,
    erases: Option<Vec<u64>>,
}

impl Summary {
    fn read(bytes: &[u8]) -> Result<Self, What> {
        if let Some(sealed) = Self::seal_of_plain_entry(bytes) {
            let erases = None;
            return Ok(Self { sealed, erases });
        }
        let entry = EntryView::<&RawValue>::parse(bytes).map_err(What::Unreadable)?;
        Ok(Self {
            sealed: entry.sealed,
            erases: erases(&entry)?,
        })
    }

    /// The seal, if the end of the entry shows it and the entry erases nothing.
    /// Reading all of an entry takes as long as hashing it, so only the end is
    /// read, where canonical order puts `kind`, `sealed`, `subject` and `v`. The
    /// last `,"kind":"` is the entry's own: what follows it has no inner object,
    /// and a quotation mark within a string would be escaped.
    fn seal_of_plain_entry(bytes: &[u8]) -> Option<Option<Hash>> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct End<'a> {
            #[serde(borrow)]
            kind: Cow<'a, str>,
            #[serde(default)]
            sealed: Option<Hash>,
            #[serde(borrow, rename = "subject")]
            _subject: Cow<'a, str>,
            #[serde(rename = "v")]
            _version: u32,
        }
        static KIND: LazyLock<FinderRev<'static>> =
            LazyLock::new(|| FinderRev::new(b",\"kind\":\""));
        let comma = KIND.rfind(bytes)?;
        let mut object = bytes[comma..].to_vec();
        object[0] = b'{';
        let end: End<'_> = serde_json::from_slice(&object).ok()?;
        (!is_erasure(&end.kind)).then_some(end.sealed)
    }
}

pub(crate) fn check_seal(seal: Option<Hash>, stored: &Sealed<'_>) -> Result<(), What> {
    match (seal, stored) {
        (None, Sealed::None) | (Some(_), Sealed::Erased { .. }) => Ok(()),
        (None, _) => Err(What::SealUnexpected),
        (Some(_), Sealed::None) => Err(What::SealMissing),
        (Some(_), &Sealed::Kept { by }) => Err(What::NotErased { by }),
        (Some(seal), Sealed::Present { salt, body }) => {
            if seal::commit(salt, body) == seal {
                Ok(())
            } else {
                Err(What::SealDiffers)
            }
        }
    }
}

/// An entry checked by itself, to be given to [`crate::Verifier::take`].
#[derive(Debug)]
pub struct Checked {
    pub(crate) seq: u64,
    pub(crate) leaf: Hash,
    pub(crate) bad: Option<What>,
    pub(crate) sealed: bool,
    pub(crate) erased_by: Option<u64>,
    pub(crate) erases: Option<Vec<u64>>,
}

/// Checks what can be checked of one entry alone. Pure: any thread may do it.
#[must_use]
pub fn check(record: &Record<'_>) -> Checked {
    let mut checked = Checked {
        seq: record.seq,
        leaf: leaf_hash(record.bytes),
        bad: None,
        sealed: false,
        erased_by: None,
        erases: None,
    };
    if let Err(what) = look_into(record, &mut checked) {
        checked.bad = Some(what);
    }
    checked
}

fn look_into(record: &Record<'_>, checked: &mut Checked) -> Result<(), What> {
    if checked.leaf != record.leaf {
        return Err(What::Changed);
    }
    let entry = Summary::read(record.bytes)?;
    check_seal(entry.sealed, &record.sealed)?;
    checked.sealed = entry.sealed.is_some();
    if let Sealed::Erased { by } = record.sealed {
        if by <= record.seq {
            return Err(What::ErasedWithoutEntry { by: Some(by) });
        }
        checked.erased_by = Some(by);
    }
    checked.erases = entry.erases;
    Ok(())
}
