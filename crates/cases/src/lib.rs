//! yiwang-cases
