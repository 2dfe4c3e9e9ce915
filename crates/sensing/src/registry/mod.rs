//! The register of what senses (感知设备与数据流登记): things, where they are and
//! were, their datastreams, what these observe and with which sensor.
//!
//! The kinds and their fields are those of OGC SensorThings 1.1 (18-088, clause
//! 8.2); how they are written on the wire is not this module's business. An
//! entity holds its fields as JSON, checked when it is drafted, and links to
//! others by their numbers. Observations are a kind too, and are kept elsewhere:
//! they are readings.

mod conformance;
mod draft;
mod entity;
mod kind;
mod memory;
mod port;
mod remove;

pub use conformance::registry_conforms;
pub use draft::{Draft, NewIds, Target, draft_new, patch};
pub use entity::{Change, Entity, Key};
pub use kind::{Field, Kind, Relation, Sort};
pub use memory::MemoryRegistry;
pub use port::{MOST_BYTES, Page, RegistryError, RegistryStore, Wanted};
pub use remove::{Looked, removal};
