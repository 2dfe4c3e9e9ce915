//! yiwang-store

pub mod basemap;
