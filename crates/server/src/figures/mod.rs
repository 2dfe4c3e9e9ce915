//! Figures of this city: its formulas, and the questions that boards ask.

mod board;
mod formulas;
mod question;

pub use board::count;
pub use formulas::{FormulaAdded, Formulas};
pub(crate) use question::wrong;
pub use question::{Asked, GroupWord, PartWord};
