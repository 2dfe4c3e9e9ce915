//! Benchmarks: what the system does on this machine, beside what the machine
//! itself can do, measured in the same run.

pub mod boards;
mod city;
pub mod intake;
mod lives;
mod load;
pub mod mqtt;
pub mod replay;
mod requests;
pub mod sensing;
mod server;
