//! Importing requests, through the library's public face.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod arbitrary;
mod beijing;
mod city;
mod fixture;
mod guessed;
mod mapped;
mod preview;
mod real_file;
mod refused;
