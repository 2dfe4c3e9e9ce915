//! The server.

pub mod basemap;
