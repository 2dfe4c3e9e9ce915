//! yiwang-journal
