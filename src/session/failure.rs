//! Why a command failed: diagnostics with their sources, and the exit code.

use crate::diag::Diagnostics;
use crate::source::SourceMap;

/// Exit codes of the command line.
pub mod exit {
    pub const DONE: u8 = 0;
    pub const WRONG_MODEL: u8 = 1;
    pub const USAGE: u8 = 2;
    pub const NO_EQUILIBRIUM: u8 = 3;
    pub const NO_ALGEBRA: u8 = 4;
    pub const FILE: u8 = 5;
    pub const INTERNAL: u8 = 70;
    pub const INTERRUPTED: u8 = 130;
}

/// A command that could not be done.
#[derive(Debug)]
pub struct Failure {
    pub sources: SourceMap,
    pub diagnostics: Diagnostics,
    pub exit: u8,
}

impl Failure {
    /// The exit code follows from the codes of the errors.
    pub fn wrong(sources: SourceMap, diagnostics: Diagnostics) -> Self {
        let exit = diagnostics.list.iter().filter(|d| d.is_error()).map(|d| exit_of(d.code)).max().unwrap_or(exit::WRONG_MODEL);
        Failure { sources, diagnostics, exit }
    }
}

/// The exit code that an error's code leads to.
pub fn exit_of(code: &str) -> u8 {
    match code.as_bytes().first() {
        Some(b'F') => exit::FILE,
        Some(b'X') => exit::INTERNAL,
        Some(b'C') => exit::USAGE,
        Some(b'A') if code >= "A070" => exit::INTERNAL,
        Some(b'A') if code < "A050" => exit::NO_ALGEBRA,
        Some(b'S') if matches!(code, "S001" | "S002" | "S003") => exit::NO_EQUILIBRIUM,
        _ if code == "S130" => exit::INTERRUPTED,
        _ => exit::WRONG_MODEL,
    }
}
