//! The table of diagnostic codes.
//!
//! The letter of a code is the stage that finds it: P text, N names, M the model's economics, T balance, S solving, A algebra and statics,
//! C commands, F files, X the program itself. An entry is one line of a [`table!`] in the stage's file.

use super::Severity;

/// What a code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    pub code: &'static str,
    pub severity: Severity,
    pub title: &'static str,
    pub meaning: &'static str,
    /// Empty where the meaning says it already.
    pub why: &'static str,
    pub example: &'static str,
    pub fix: &'static str,
}

impl CodeInfo {
    /// The page of a code: its title, then *What it means / Why it matters / Example / Fix*.
    pub fn page(&self) -> String {
        format!("{}: {}\n\n{}", self.code, self.title, self.sections())
    }

    /// A paragraph under each heading; one that has nothing to say is left out.
    pub fn sections(&self) -> String {
        let all = [("What it means", self.meaning), ("Why it matters", self.why), ("Example", self.example), ("Fix", self.fix)];
        let written: Vec<String> = all.iter().filter(|(_, text)| !text.is_empty()).map(|(heading, text)| format!("{heading}\n  {text}\n")).collect();
        written.join("\n")
    }
}

/// Writes a stage's `TABLE`: `"P001", Error, "title", meaning, why, example, fix;` for each code, in order.
macro_rules! table {
    ($($code:literal, $severity:ident, $title:literal, $meaning:literal, $why:literal, $example:literal, $fix:literal;)*) => {
        pub const TABLE: &[$crate::diag::codes::CodeInfo] = &[$($crate::diag::codes::CodeInfo {
            code: $code,
            severity: $crate::diag::Severity::$severity,
            title: $title,
            meaning: $meaning,
            why: $why,
            example: $example,
            fix: $fix,
        }),*];
    };
}

mod algebra;
mod balance;
mod command;
mod file;
mod internal;
mod model;
mod names;
mod parse;
mod solve;

const TABLES: [&[CodeInfo]; 9] =
    [parse::TABLE, names::TABLE, model::TABLE, balance::TABLE, solve::TABLE, algebra::TABLE, command::TABLE, file::TABLE, internal::TABLE];

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
        let letters = ['P', 'N', 'M', 'T', 'S', 'A', 'C', 'F', 'X'];
        for (table, letter) in TABLES.iter().zip(letters) {
            for pair in table.windows(2) {
                assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
            }
            for info in table.iter() {
                assert!(info.code.starts_with(letter) && info.code.len() == 4, "{}", info.code);
                assert!(!info.title.is_empty(), "{}", info.code);
                assert!(!info.meaning.is_empty() && !info.example.is_empty() && !info.fix.is_empty(), "{}", info.code);
            }
        }
    }

    #[test]
    fn a_page_has_no_empty_section() {
        for info in all() {
            let page = info.page();
            assert!(!page.contains("\n  \n"), "{page}");
            assert_eq!(page.contains("Why it matters"), !info.why.is_empty());
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
