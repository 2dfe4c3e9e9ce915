//! Words between units (批注) and what is attached to a case (附件).
//!
//! The bytes of an attachment lie beside its entry: its sealed part holds their
//! SHA-256, the entry only that something of a sort and size was attached. They
//! can be erased like words, and nobody can try out pictures against the record.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use yiwang_base::{LocalText, Personal, Purpose, Refusal, RefusalKind};

use crate::check::{MAX_SHORT, text};
use crate::decide::Context;
use crate::{Actor, Case, Event, Happening, Sealed};

/// Largest attachment, bytes.
pub const MAX_ATTACHMENT: usize = 8 << 20;
/// Most files that staff attach to one case.
pub const MAX_ATTACHMENTS: usize = 30;
/// Most files that the resident attaches to one case.
pub const MAX_OWN_ATTACHMENTS: usize = 9;

/// What sort of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A photograph, JPEG.
    Jpeg,
    /// A picture, PNG.
    Png,
    /// A document, PDF.
    Pdf,
}

impl FileKind {
    /// All of them.
    pub const ALL: [FileKind; 3] = [FileKind::Jpeg, FileKind::Png, FileKind::Pdf];

    /// The word of the interface, `jpeg`.
    pub fn word(self) -> &'static str {
        match self {
            FileKind::Jpeg => "jpeg",
            FileKind::Png => "png",
            FileKind::Pdf => "pdf",
        }
    }

    /// Its media type (IANA).
    pub fn media_type(self) -> &'static str {
        match self {
            FileKind::Jpeg => "image/jpeg",
            FileKind::Png => "image/png",
            FileKind::Pdf => "application/pdf",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        match self {
            FileKind::Jpeg => LocalText::new("照片", "photograph"),
            FileKind::Png => LocalText::new("图片", "picture"),
            FileKind::Pdf => LocalText::new("PDF 文件", "PDF document"),
        }
    }
}

/// A file, as it is sealed. The bytes lie beside it and are read for themselves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What the sender calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// The bytes; empty when read back with a case's timeline.
    #[serde(skip)]
    pub bytes: Arc<[u8]>,
}

/// Attach a file (附件). What tells of camera and place has been taken out of it.
#[derive(Debug, Clone)]
pub struct Attach {
    /// What sort of file.
    pub kind: FileKind,
    /// Whether the resident may see it; a resident's own is always seen.
    pub for_resident: bool,
    /// The file.
    pub file: Personal<File>,
}

/// Say something to the others who work on the case (批注).
#[derive(Debug, Clone)]
pub struct Comment {
    /// What.
    pub note: Personal<String>,
}

/// Something was attached (附件). Sealed: its name and the hash of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// How many bytes.
    pub bytes: u64,
    /// The resident may see it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_resident: bool,
    /// What sort of file.
    pub kind: FileKind,
    /// The resident sent it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
}

/// How much is attached to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attachments {
    /// How many files.
    pub count: u32,
    /// How many of them the resident sent.
    pub own: u32,
}

impl Attached {
    pub(crate) fn apply(&self, case: &mut Case) {
        case.more.attachments.count += 1;
        case.more.attachments.own += u32::from(self.own);
    }
}

pub(crate) fn decide_comment(
    command: &Comment,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    context
        .event(Event::Commented {})
        .with_note(&command.note, "note")
}

pub(crate) fn decide_attach(
    case: &Case,
    command: &Attach,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    let file = command.file.disclose(Purpose::Record);
    if let Some(name) = &file.name {
        text(name, "name", MAX_SHORT)?;
    }
    let own = *context.actor == Actor::Resident;
    let there = case.more.attachments;
    let (there, most) = if own {
        (there.own, MAX_OWN_ATTACHMENTS)
    } else {
        (there.count - there.own, MAX_ATTACHMENTS)
    };
    if there as usize >= most {
        return Err(too_much(
            "attach.too-many",
            format!("最多 {most} 个附件"),
            format!("at most {most} files"),
        )
        .found(there.to_string())
        .allowing([format!("0–{most}")]));
    }
    if file.bytes.is_empty() || file.bytes.len() > MAX_ATTACHMENT {
        return Err(too_much(
            "attach.size",
            format!("附件须为 1 至 {} MiB", MAX_ATTACHMENT >> 20),
            format!("a file has 1 byte to {} MiB", MAX_ATTACHMENT >> 20),
        )
        .found(file.bytes.len().to_string())
        .allowing([format!("1–{MAX_ATTACHMENT}")]));
    }
    let mut happening = context.event(Event::Attached(Attached {
        bytes: file.bytes.len() as u64,
        for_resident: own || command.for_resident,
        kind: command.kind,
        own,
    }));
    happening.sealed = Some(Sealed::File(command.file.clone()));
    Ok(happening)
}

fn too_much(code: &'static str, zh: String, en: String) -> Refusal {
    Refusal::new(RefusalKind::TooMuch, code, zh, en).at("file")
}
