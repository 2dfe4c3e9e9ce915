//! What is not sealed yet, in memory as it stands in the log.

use std::sync::Arc;

use crate::batch::Chunk;

/// Chunks with fewer readings are put together with the next.
const SMALL: usize = 4096;

/// What one file of the log holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    /// The id of its first reading; the name of its file.
    pub(crate) first: u64,
    /// How many readings.
    pub(crate) rows: u64,
    pub(crate) chunks: Vec<Arc<Chunk>>,
}

impl Part {
    pub(crate) fn new(first: u64) -> Part {
        Part {
            first,
            ..Part::default()
        }
    }

    /// Adds what follows.
    pub(crate) fn push(&mut self, chunk: Arc<Chunk>) {
        self.rows += chunk.readings.len() as u64;
        let fits = |last: &&mut Arc<Chunk>| last.readings.len() + chunk.readings.len() <= SMALL;
        match self.chunks.last_mut().filter(fits) {
            Some(last) => {
                let last = Arc::make_mut(last);
                let moved = last.readings.len() as u32;
                last.readings.extend_from_slice(&chunk.readings);
                let notes = chunk.notes.iter();
                last.notes
                    .extend(notes.map(|(at, note)| (at + moved, note.clone())));
            }
            None => self.chunks.push(chunk),
        }
    }
}
