//! Figures of this city: its formulas, and the questions that boards ask.

mod board;
mod formulas;
mod load;
mod question;
mod sheet;

pub use board::{calls_behind, count};
pub use formulas::{FormulaAdded, Formulas};
pub use load::{Load, USUAL_WEEKS, by_tier, load};
pub(crate) use question::wrong;
pub use question::{Asked, GroupWord, PartWord};
pub use sheet::sheet;
