//! The binary `yiwang`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
