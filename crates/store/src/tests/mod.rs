//! What can only be seen from inside: groups of jobs, and faults of SQLite.

mod desk;
mod faults;
mod group;
