//! The table of diagnostic codes.
//!
//! The letter of a code is the stage that finds it: P text, N names, M the model's economics, T balance, S solving, A algebra and statics,
//! C commands, F files. An entry is one line of a [`table!`] in the stage's file.

use super::Severity;

/// What a code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    pub code: &'static str,
    pub severity: Severity,
    pub title: &'static str,
    /// *What it means / Why it matters / Example / Fix*, a paragraph each under its heading.
    pub explain: &'static str,
}

/// Writes a stage's `TABLE`: `"P001", Error, "title", meaning, why, example, fix;` for each code, in order.
macro_rules! table {
    ($($code:literal, $severity:ident, $title:literal, $meaning:literal, $why:literal, $example:literal, $fix:literal;)*) => {
        pub const TABLE: &[$crate::diag::codes::CodeInfo] = &[$($crate::diag::codes::CodeInfo {
            code: $code,
            severity: $crate::diag::Severity::$severity,
            title: $title,
            explain: concat!(
                "What it means\n", $meaning, "\n\nWhy it matters\n", $why, "\n\nExample\n", $example, "\n\nFix\n", $fix, "\n"
            ),
        }),*];
    };
}

mod algebra;
mod balance;
mod command;
mod file;
mod model;
mod names;
mod parse;
mod solve;

const TABLES: [&[CodeInfo]; 8] =
    [parse::TABLE, names::TABLE, model::TABLE, balance::TABLE, solve::TABLE, algebra::TABLE, command::TABLE, file::TABLE];

/// Every code, by stage and number.
pub fn all() -> impl Iterator<Item = &'static CodeInfo> {
    TABLES.iter().flat_map(|table| table.iter())
}

/// The entry of a code, in either case (`p001`); `None` for a code that no stage uses.
pub fn explain(code: &str) -> Option<&'static CodeInfo> {
    all().find(|info| info.code.eq_ignore_ascii_case(code.trim()))
}

/// The severity that a code carries; a code missing from the table is an error.
pub fn severity(code: &str) -> Severity {
    explain(code).map_or(Severity::Error, |info| info.severity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_ordered_and_complete() {
        let letters = ['P', 'N', 'M', 'T', 'S', 'A', 'C', 'F'];
        for (table, letter) in TABLES.iter().zip(letters) {
            for pair in table.windows(2) {
                assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
            }
            for info in table.iter() {
                assert!(info.code.starts_with(letter) && info.code.len() == 4, "{}", info.code);
                assert!(!info.title.is_empty(), "{}", info.code);
                for section in info.explain.split("\n\n").take(1) {
                    assert!(section.starts_with("What it means\n"), "{}", info.code);
                }
                for heading in ["\n\nWhy it matters\n", "\n\nExample\n", "\n\nFix\n"] {
                    assert!(info.explain.contains(heading), "{} lacks {heading:?}", info.code);
                }
            }
        }
    }

    #[test]
    fn an_unknown_code_is_an_error() {
        assert_eq!(severity("Z999"), Severity::Error);
        assert_eq!(severity(""), Severity::Error);
        assert!(explain("Z999").is_none());
        assert!(explain("p001").is_some());
    }
}
