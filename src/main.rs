//! The `biji` program: arguments to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    biji::cli::main()
}
