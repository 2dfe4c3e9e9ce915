//! What a gateway keeps in mind beside the readings themselves.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use yiwang_base::Timestamp;

use super::bundle::Signed;
use crate::data_dir::write_private;

/// The file in the data directory.
const FILE: &str = "edge.json";
/// The file of the bundle: it is large, and seldom another.
const BUNDLE: &str = "edge-bundle.json";
/// The file that says how far readings were judged.
const JUDGED: &str = "edge-judged";

/// What is being sent: the same again after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UnderWay {
    /// The number of the batch.
    pub(super) number: u64,
    /// The first reading's id.
    pub(super) from: u64,
    /// The id behind the last reading's.
    pub(super) to: u64,
}

impl UnderWay {
    /// How many readings it has.
    pub(super) fn len(self) -> u64 {
        self.to - self.from
    }
}

/// What a gateway keeps in mind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct State {
    /// The city that it belongs to.
    city: String,
    /// Under what it numbers its batches; another after the directory was made anew.
    pub(super) source: String,
    /// The city has all readings below this id, or has refused them.
    pub(super) sent: u64,
    /// How many batches were sent.
    pub(super) batches: u64,
    /// What is being sent.
    pub(super) under_way: Option<UnderWay>,
    /// Readings that the city has refused.
    pub(super) refused: u64,
    /// Readings that more waited behind than the buffer holds: they are not passed on,
    /// and stay in the gateway's own history.
    #[serde(default)]
    pub(super) dropped: u64,
    /// When the last of them was left out.
    #[serde(default)]
    pub(super) dropped_at: Option<Timestamp>,
    /// The bundle in use, in a file of its own.
    #[serde(default, skip_serializing)]
    pub(super) bundle: Option<Signed>,
    #[serde(skip)]
    directory: PathBuf,
}

impl State {
    /// Reads it, or begins it.
    ///
    /// # Errors
    /// When it cannot be read, or belongs to another city.
    pub(super) fn load(directory: &Path, city: &str) -> anyhow::Result<State> {
        let path = directory.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = [0; 8];
                getrandom::fill(&mut bytes)?;
                let state = State {
                    city: city.to_owned(),
                    source: format!("edge-{}", hex::encode(bytes)),
                    sent: 0,
                    batches: 0,
                    under_way: None,
                    refused: 0,
                    dropped: 0,
                    dropped_at: None,
                    bundle: None,
                    directory: directory.to_owned(),
                };
                state.keep()?;
                return Ok(state);
            }
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let mut state: State =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        anyhow::ensure!(
            state.city == city,
            "{} belongs to {}; take another data directory for {city}",
            directory.display(),
            state.city
        );
        state.directory = directory.to_owned();
        let path = directory.join(BUNDLE);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let bundle = serde_json::from_str(&text);
                state.bundle = Some(bundle.with_context(|| path.display().to_string())?);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        }
        Ok(state)
    }

    /// Takes another bundle into use; on the disk.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn follow(&mut self, bundle: Signed) -> anyhow::Result<()> {
        let text = serde_json::to_string(&bundle)?;
        write_private(&self.directory, BUNDLE, &text).context("the gateway's bundle")?;
        self.bundle = Some(bundle);
        Ok(())
    }

    /// Puts it on the disk, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn keep(&self) -> anyhow::Result<()> {
        let text = serde_json::to_string(self)?;
        write_private(&self.directory, FILE, &text).context("the gateway's state")
    }

    /// Leaves the oldest readings out where more wait before `end` than the buffer holds;
    /// on the disk. What is under way stays: the city may have it. Gives how many.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn shorten(&mut self, end: u64, buffer: u64, now: Timestamp) -> anyhow::Result<u64> {
        let beyond = end.saturating_sub(self.sent).saturating_sub(buffer);
        if self.under_way.is_some() || beyond == 0 {
            return Ok(0);
        }
        self.sent += beyond;
        self.dropped += beyond;
        self.dropped_at = Some(now);
        self.keep()?;
        Ok(beyond)
    }

    /// The batch to send next, of readings below `end`; on the disk.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn next(&mut self, end: u64, most: u64) -> anyhow::Result<Option<UnderWay>> {
        if self.under_way.is_none() && end > self.sent {
            self.under_way = Some(UnderWay {
                number: self.batches,
                from: self.sent,
                to: end.min(self.sent + most),
            });
            self.keep()?;
        }
        Ok(self.under_way)
    }

    /// The city finds the batch too large: half of it is sent first.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn halve(&mut self) -> anyhow::Result<()> {
        if let Some(batch) = &mut self.under_way {
            batch.to = batch.from + (batch.len() / 2).max(1);
        }
        self.keep()
    }

    /// The city has answered for a batch.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn done(&mut self, batch: UnderWay, refused: u64) -> anyhow::Result<()> {
        self.sent = batch.to;
        self.batches = batch.number + 1;
        self.under_way = None;
        self.refused += refused;
        self.keep()
    }
}

/// The id of the first reading that may not have been judged yet.
pub(super) fn judged(directory: &Path) -> u64 {
    let text = std::fs::read_to_string(directory.join(JUDGED));
    text.ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}

/// Writes down that all readings before this id were judged, and what was found told.
pub(super) fn keep_judged(directory: &Path, next: u64) -> std::io::Result<()> {
    write_private(directory, JUDGED, &next.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_way_is_the_same_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = State::load(folder.path(), "http://city").unwrap();
        assert_eq!(state.next(0, 10).unwrap(), None);
        let first = state.next(25, 10).unwrap().unwrap();
        assert_eq!((first.number, first.from, first.to), (0, 0, 10));
        let mut again = State::load(folder.path(), "http://city").unwrap();
        assert_eq!(again.next(99, 50).unwrap(), Some(first));
        assert_eq!(again.source, state.source);
        again.done(first, 1).unwrap();
        // What the city finds too large is halved under the same number.
        let second = again.next(30, 10).unwrap().unwrap();
        assert_eq!((second.number, second.from, second.to), (1, 10, 20));
        again.halve().unwrap();
        let again = State::load(folder.path(), "http://city").unwrap();
        let half = again.under_way.unwrap();
        assert_eq!((half.number, half.from, half.to), (1, 10, 15));
        assert!(State::load(folder.path(), "http://other").is_err());
    }

    #[test]
    fn what_waits_beyond_the_buffer_is_left_out_oldest_first_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let mut state = State::load(folder.path(), "http://city").unwrap();
        assert_eq!(state.shorten(10, 10, now).unwrap(), 0);
        let first = state.next(10, 4).unwrap().unwrap();
        // The city may have what is under way, so that nothing is left out before it answers.
        assert_eq!(state.shorten(100, 10, now).unwrap(), 0);
        state.done(first, 0).unwrap();
        assert_eq!(state.shorten(100, 10, now).unwrap(), 86);
        let next = state.next(100, 50).unwrap().unwrap();
        assert_eq!((next.number, next.from, next.to), (1, 90, 100));
        let again = State::load(folder.path(), "http://city").unwrap();
        assert_eq!((again.dropped, again.dropped_at), (86, Some(now)));
    }

    #[test]
    fn a_bundle_is_written_when_it_is_another_and_not_with_each_batch() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = State::load(folder.path(), "http://city").unwrap();
        let bundle = Signed {
            bundle: "{}".into(),
            signature: "x".into(),
        };
        state.follow(bundle.clone()).unwrap();
        let written = || {
            std::fs::metadata(folder.path().join(BUNDLE))
                .unwrap()
                .modified()
                .unwrap()
        };
        let before = written();
        let batch = state.next(25, 10).unwrap().unwrap();
        state.done(batch, 0).unwrap();
        assert_eq!(written(), before);
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(!text.contains("signature"), "{text}");
        let again = State::load(folder.path(), "http://city").unwrap();
        assert_eq!((again.bundle, again.sent), (Some(bundle), 10));
        assert_eq!(judged(folder.path()), 0);
        keep_judged(folder.path(), 77).unwrap();
        assert_eq!(judged(folder.path()), 77);
    }
}
