//! Scenarios (应用场景): what the city is used for, and whether it is any good at it.
//!
//! **For:** telling a use that people like from one that is only counted: how satisfied
//! residents are, what trouble they had on the way, and three gates (三道验收关) that a
//! scenario passes before it is accepted.
//!
//! **Words:** a *scenario* covers the cases of its scope and serves somebody; *friction*
//! (办事不顺) is trouble that the record shows; a *gate* (验收关) is proven by drills
//! (实战管用), by staff who use it by choice (干部爱用) or by residents' ratings (群众好用);
//! a *domain* (领域) is a field such as services for older people.
//!
//! **Invariants**
//! - Satisfaction and friction are never one figure, and each opens to its cases.
//! - A gate says passed, not passed, or that there is not enough to say; nothing is
//!   passed for want of figures.
//! - An acceptance is of one version of a scenario, by a person; where a gate is not
//!   passed any more, or the scenario was changed, it has lapsed.

mod domain;
mod drill;
mod friction;
mod gate;
mod setting;
mod used;

pub use domain::{Domain, Domains};
pub use drill::{Drill, DrillStep, MAX_STEPS};
pub use friction::{FRICTION, Friction, SATISFACTION};
pub use gate::{Acceptance, Gate, Gates, Liking, Passing, Share, Standing, standing};
pub use setting::{MAX_LISTED, Scenario, Thresholds};
pub use used::{BY_CHOICE, Use, users};
