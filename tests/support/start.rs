//! The one way to start the built binary.
#![allow(dead_code)] // each test program uses a part

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Where the binary lies, for what a shell or the algebra engine is told to start.
pub const BINARY: &str = env!("CARGO_BIN_EXE_tasktrade");

/// The binary with these arguments, to be started in the root of the source tree, without colour.
pub fn tasktrade<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(BINARY);
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).env("NO_COLOR", "1");
    command
}

/// Runs a command to its end, with `input` on stdin.
pub fn fed(command: &mut Command, input: &str) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap_or_else(|e| panic!("tasktrade does not start: {e}"));
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends without reading is judged by what it says.
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output().unwrap_or_else(|e| panic!("{e}"))
}

/// Runs a command to its end, with nothing on stdin.
pub fn ended(command: &mut Command) -> Output {
    fed(command, "")
}
