//! The records in memory pass the suites that every store passes.

use yiwang_cases::views::MemoryViews;
use yiwang_cases::{MemoryStore, MemoryWhistles};

yiwang_cases::conformance!(Box::new(MemoryStore::new()), pollster::block_on);
yiwang_cases::whistle_conformance!(Box::new(MemoryWhistles::new()), pollster::block_on);
yiwang_cases::view_conformance!(Box::new(MemoryViews::default()), pollster::block_on);
