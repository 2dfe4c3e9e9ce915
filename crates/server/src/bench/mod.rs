//! Benchmarks: what the system does on this machine, beside what the machine
//! itself can do, measured in the same run.

mod alerted;
pub mod boards;
mod city;
pub mod intake;
mod lives;
mod load;
pub mod mqtt;
pub mod replay;
mod requests;
pub mod sensing;
mod sensing_http;
mod server;
mod taught;
