//! The table of diagnostic codes.

use super::Severity;

/// The severity that a code carries.
pub fn severity(_code: &str) -> Severity {
    Severity::Error
}
