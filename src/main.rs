//! The program: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    autogen::cli::run(autogen::Environment::new())
}
