//! Triage (研判): what a message is about, from its words.
//!
//! **Words:** an *example* is a message whose *label* (a category, as a rule)
//! is known; a *model* is trained on examples; its *judgement* of a message is
//! the labels with the *confidence* in each, and the *deciding words*.
//!
//! **Invariants**
//! - The same examples give the same model, on any machine and in any order of
//!   calls: chance is seeded.
//! - A confidence is what held-out examples showed it to be, not what the model
//!   thinks of itself.
//! - A model keeps counts of terms and weights; it keeps no message.

mod alike;
mod fold;
mod grounds;
mod judge;
mod leads;
mod matters;
mod model;
mod names;
mod parts;
mod score;
mod space;
mod svm;
mod taught;
pub(crate) mod text;
mod train;

pub use alike::nearly_repeats;
pub use fold::folds;
pub use grounds::Deciding;
pub use judge::{Automatic, Judge, Matter, Suggestion, place_text};
pub use leads::{Leads, LikelyLead};
pub use model::{Desk, Model, Verdict};
pub use parts::ModelParts;
pub use score::{AtThreshold, Judged, LabelScore, Score};
pub use taught::teaches_its_category;
pub use train::{Example, TrainError, Trained, train};
