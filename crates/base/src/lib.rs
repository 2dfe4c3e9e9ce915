//! yiwang-base
