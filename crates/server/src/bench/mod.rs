//! Benchmarks: what the system does on this machine, beside what the machine
//! itself can do, measured in the same run.

mod city;
pub mod intake;
mod load;
mod requests;
mod server;
