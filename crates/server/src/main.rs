//! The binary `yiwang`.
fn main() {}
