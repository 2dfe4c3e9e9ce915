//! How the judge stands, on the disk: a state now and then, and what else
//! happened between two of them beside readings, which the history has.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use yiwang_base::{RuleCode, Timestamp};
use yiwang_sensing::StreamId;
use yiwang_sensing::detect::Outcome;
use yiwang_sensing::rule::{Counts, Engine, Finding, Part};

/// The folder in a data directory.
pub const FOLDER: &str = "alerting";
const STATE: &str = "state";
/// The form of the file; another form is not read.
const FORM: u32 = 1;
/// Longest part, bytes.
const MOST_PART: u32 = 64 << 20;

/// What a state says before its parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    form: u32,
    /// Counts states; the marks that follow it have the same number.
    pub(super) number: u64,
    /// The id of the first reading that is not judged.
    pub(super) next: u64,
    /// Up to when time has passed, milliseconds.
    pub(super) advanced: i64,
    /// Findings that may not have become alerts yet.
    pub(super) pending: Vec<Finding>,
    /// No finding after those, nor of those, became an alert by an earlier entry.
    pub(super) entries: u64,
    /// How many entries it has learned from what became of alerts.
    pub(super) learned: u64,
    /// The rules that the parts name: [`Part::Rules`].
    rules: Part,
}

impl Head {
    /// Before any rule: where to begin.
    pub(super) fn new(number: u64, next: u64, advanced: i64) -> Head {
        Head {
            form: FORM,
            number,
            next,
            advanced,
            pending: Vec::new(),
            entries: 0,
            learned: 0,
            rules: Part::Rules(Vec::new(), Counts::default()),
        }
    }

    /// The rules that the parts name.
    pub(super) fn rules(&self) -> Part {
        self.rules.clone()
    }
}

/// Writes down how an engine stands before any server has run: with all readings
/// before `next` judged, at `now`, when the record has so many entries.
///
/// # Errors
/// When the file cannot be written.
pub fn write_first_state(
    data: &Path,
    engine: &Engine,
    next: u64,
    now: Timestamp,
    entries: u64,
) -> std::io::Result<()> {
    let mut head = Head::new(1, next, now.as_millisecond());
    (head.entries, head.learned) = (entries, entries);
    Keep::open(data)?.write(&mut head, engine.parts())
}

/// The parts of a state, read one by one.
pub(super) struct Parts {
    file: BufReader<File>,
    done: bool,
}

impl Parts {
    fn frame(&mut self) -> std::io::Result<Vec<u8>> {
        let mut head = [0; 8];
        self.file.read_exact(&mut head)?;
        let [a, b, c, d, crc @ ..] = head;
        let length = u32::from_le_bytes([a, b, c, d]);
        if length > MOST_PART {
            return Err(other("a part of the state is too long"));
        }
        let mut bytes = vec![0; length as usize];
        self.file.read_exact(&mut bytes)?;
        if crc32fast::hash(&bytes) != u32::from_le_bytes(crc) {
            return Err(other("a part of the state is damaged"));
        }
        Ok(bytes)
    }

    fn part(&mut self) -> std::io::Result<Option<Part>> {
        let bytes = self.frame()?;
        if bytes.is_empty() {
            return Ok(None);
        }
        postcard::from_bytes(&bytes).map(Some).map_err(other)
    }
}

impl Iterator for Parts {
    type Item = std::io::Result<Part>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let part = self.part().transpose();
        self.done = !matches!(part, Some(Ok(_)));
        part
    }
}

/// What became of an alert, for the detector that raised it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Lesson {
    /// The rule.
    pub(super) rule: RuleCode,
    /// The stream.
    pub(super) stream: StreamId,
    /// What became of it.
    pub(super) outcome: Outcome,
    /// How many entries there are with the one that says so.
    pub(super) entry: u64,
}

/// What happened before the reading of an id, after the state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Mark {
    /// Time passed up to then.
    Tick { before: u64, to: i64 },
    /// A stream was new.
    Add { before: u64, stream: u64 },
    /// Something was learned.
    Learn { before: u64, lesson: Lesson },
}

impl Mark {
    pub(super) fn before(&self) -> u64 {
        match self {
            Mark::Tick { before, .. } | Mark::Add { before, .. } | Mark::Learn { before, .. } => {
                *before
            }
        }
    }
}

/// Where states and marks are kept.
pub(super) struct Keep {
    folder: PathBuf,
    marks: Option<BufWriter<File>>,
}

fn other(error: impl std::fmt::Display) -> std::io::Error {
    std::io::Error::other(error.to_string())
}

impl Keep {
    pub(super) fn open(data: &Path) -> std::io::Result<Keep> {
        let folder = data.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        Ok(Keep {
            folder,
            marks: None,
        })
    }

    fn marks_file(&self, number: u64) -> PathBuf {
        self.folder.join(format!("marks-{number}"))
    }

    /// Writes a state down, durably, and begins the marks that follow it.
    pub(super) fn write(
        &mut self,
        head: &mut Head,
        parts: impl Iterator<Item = Part>,
    ) -> std::io::Result<()> {
        let unfinished = self.folder.join("state.new");
        let mut file = BufWriter::with_capacity(1 << 18, File::create(&unfinished)?);
        let mut frame = |bytes: &[u8]| {
            file.write_all(&(bytes.len() as u32).to_le_bytes())?;
            file.write_all(&crc32fast::hash(bytes).to_le_bytes())?;
            file.write_all(bytes)
        };
        for part in parts {
            if matches!(part, Part::Rules(..)) {
                head.rules = part;
                frame(&serde_json::to_vec(&*head).map_err(other)?)?;
            } else {
                frame(&postcard::to_allocvec(&part).map_err(other)?)?;
            }
        }
        // A state that is whole ends with nothing.
        frame(&[])?;
        let file = file.into_inner().map_err(|error| error.into_error())?;
        file.sync_all()?;
        std::fs::rename(&unfinished, self.folder.join(STATE))?;
        File::open(&self.folder)?.sync_all()?;
        let marks = File::create(self.marks_file(head.number))?;
        self.marks = Some(BufWriter::new(marks));
        if let Some(before) = head.number.checked_sub(1) {
            // Whatever is left says nothing: it belongs to a state that is gone.
            let _ = std::fs::remove_file(self.marks_file(before));
        }
        Ok(())
    }

    /// Writes marks down; they outlive the process once this returns.
    pub(super) fn mark(&mut self, marks: &[Mark]) -> std::io::Result<()> {
        let Some(file) = &mut self.marks else {
            return Ok(());
        };
        for mark in marks {
            serde_json::to_writer(&mut *file, mark)?;
            file.write_all(b"\n")?;
        }
        file.flush()
    }

    /// Makes marks outlive the machine.
    pub(super) fn sync(&mut self) -> std::io::Result<()> {
        self.marks
            .as_ref()
            .map_or(Ok(()), |m| m.get_ref().sync_data())
    }

    /// The state that was written last; `None` where there is none.
    pub(super) fn read(&self) -> std::io::Result<Option<(Head, Parts)>> {
        let file = match File::open(self.folder.join(STATE)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut parts = Parts {
            file: BufReader::with_capacity(1 << 18, file),
            done: false,
        };
        let first = parts.frame()?;
        let head: Head = serde_json::from_slice(&first).map_err(other)?;
        if head.form != FORM {
            return Err(other("the state has a form that is not known"));
        }
        Ok(Some((head, parts)))
    }

    /// What was marked after a state.
    pub(super) fn marks(&self, number: u64) -> std::io::Result<Vec<Mark>> {
        let file = match File::open(self.marks_file(number)) {
            Ok(file) => BufReader::new(file),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut marks = Vec::new();
        for line in file.split(b'\n') {
            // The last line may have been cut off: it had no effect yet.
            let Ok(mark) = serde_json::from_slice(&line?) else {
                break;
            };
            marks.push(mark);
        }
        Ok(marks)
    }
}
