//! The binary `yiwang`.

mod cli;

/// Each request is many small allocations from several threads, which the usual allocator
/// spends a tenth of a request on (docs/BENCHMARKS.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
