//! Rules as a city sees them: definitions in, readings in, findings out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod again;
mod any_batch;
mod definition;
mod one;
mod routine;
mod together;
mod town;
