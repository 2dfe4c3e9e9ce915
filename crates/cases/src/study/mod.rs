//! Timing studies (人机协同计时试验): whether the machine's suggestion makes people quicker.
//!
//! **For:** a real trial instead of a comparison of those who like suggestions with those
//! who do not: while a study runs, a fixed share of the cases, told by their numbers alone,
//! is handled without the suggestion.
//!
//! **Words:** the *control* (对照组) are cases whose suggestion is hidden; what is timed is
//! how long a person is at a case, from the last step in another case, or from when it came
//! in, until the dispatch.
//!
//! **Invariants**
//! - Which group a case is in follows from the study's code and the case's number, before
//!   anybody has seen it, and never changes.
//! - Each case of the study is timed or left out, for exactly one reason.
//! - A verdict needs enough cases on both sides and an interval that tells; the same times
//!   give the same interval.

mod compare;
mod grounds;
mod timing;
mod trial;

pub use compare::{ENOUGH, Gain, Outcome, compare};
pub use timing::{Act, LeftOut, Step, Subject, Timed, time};
pub use trial::{Arm, Study};
