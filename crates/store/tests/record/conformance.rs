//! The record on disk passes the suites that every store passes.

use crate::desk::{Held, wait};

yiwang_cases::conformance!(Held::new(), wait);
yiwang_cases::whistle_conformance!(Held::new(), wait);
yiwang_cases::view_conformance!(Held::new(), wait);
