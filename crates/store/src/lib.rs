//! yiwang-store
