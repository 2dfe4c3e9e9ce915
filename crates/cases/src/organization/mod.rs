//! Templates of how streets are organised (街道机构模板), such as “6+2”: which
//! offices, teams and centres a street has, and what each of them answers for.
//!
//! A template is applied to one street at a time. What that would change is a
//! [`Plan`], made without changing anything; once applied, what it changed can be
//! put back with [`restored`].
//!
//! A part names its duties in two ways. A category that it names is its own in any
//! case. Its *words* divide what the street answers for already, or nobody does: a
//! template must not draw to a street what a department of the city answers for.

mod plan;
mod restore;
mod template;

pub use plan::{Effect, Plan, UnitChange, plan, streets};
pub use restore::restored;
pub use template::{Part, PartKind, Template};
