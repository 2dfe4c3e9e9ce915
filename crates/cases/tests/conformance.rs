//! The record in memory passes the suite that every store passes.

use yiwang_cases::MemoryStore;

yiwang_cases::conformance!(Box::new(MemoryStore::new()), pollster::block_on);
