//! The server.

pub mod basemap;
pub mod import;
