//! The program: runs the command line and gives its exit code to the system.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    scv_desk::cli::run(std::env::args_os())
}
