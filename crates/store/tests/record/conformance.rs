//! The record on disk passes the suite that every store passes.

use crate::desk::{Held, wait};

yiwang_cases::conformance!(Held::new(), wait);
