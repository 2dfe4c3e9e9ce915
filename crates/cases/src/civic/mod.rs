//! What grows out of cases (共治): things a city does together with its
//! residents that are longer than one case.
//!
//! **Words:** a *dossier* (卷宗) is the record of one of them; its *kind* says
//! which: a *proposal* to act before anyone complains (未诉先办), a *monthly
//! topic* (每月一题), a *dispute* under mediation (矛盾纠纷), a *property party*
//! (物业公司、居委会、业委会), an *asset* under inspection (电梯、停车场), a
//! *deliberation* (大家商量着办), a *consultation* (问计于民), a *micro-project*
//! (民生微实事), a shared *pool* (联动资源池), a *task* for volunteers and other
//! helpers (共治任务), a *training* (培训), an *appraisal* of units (考评). A *voice* (一人一声) is what one person says in a vote.
//!
//! **Invariants**
//! - As with cases: decisions are pure, replaying a dossier's events gives the
//!   dossier, and a refusal says what is possible now.
//! - What people said, and who they are, is sealed beside events. Titles,
//!   measures and decisions are written by staff for the public and are not.
//! - Money is whole cents, figures are whole numbers: no event holds a fraction.
//! - No event tells who voted: a voice stands under a keyed hash.

pub mod appraisal;
pub mod asset;
pub mod consultation;
pub mod contribution;
pub mod credit;
pub mod deliberation;
pub mod dispute;
mod dossier;
mod field;
mod id;
mod life;
mod memory;
pub mod micro_project;
mod poisson;
pub mod pool;
mod port;
pub mod property_party;
pub mod proposal;
pub mod recurrence;
mod sealed;
mod service;
pub mod signal;
pub mod task;
pub mod topic;
pub mod training;
mod voice;

pub use dossier::{Content, Deed, Dossier, DossierCommand, DossierEvent, Kind};
pub use id::DossierId;
pub use life::{Head, Tag};
pub(crate) use memory::HeldDossiers;
pub use poisson::at_least;
pub use port::{
    DossierChange, DossierError, DossierFilter, DossierPage, DossierStore, PATTERN_ZOOM,
    RecordedDeed, Span, week_begins, week_of,
};
pub use sealed::Words;
pub use service::{AskedOf, carry_out, decide_change, speak};
pub use voice::{Ballot, Poll, Recast, Tally, Voter};
