//! Diagnostics: what is wrong with a model, where, in economic words, and what to do.

pub mod codes;
pub mod render;

use crate::algebra::AlgebraError;
use crate::source::Span;
use std::fmt;

/// How much a diagnostic matters: only `Error` stops a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Note,
    Warning,
    Error,
}

/// A place in the source with what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
    /// The culprit (`true`), or a place that explains it (`false`).
    pub primary: bool,
}

/// One finding: a code of the table in [`codes`], a title, labels on the source, help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: &'static str,
    pub severity: Severity,
    pub title: String,
    pub labels: Vec<Label>,
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic whose severity is that of its code in the table.
    pub fn new(code: &'static str, title: impl Into<String>) -> Self {
        Diagnostic { code, severity: codes::severity(code), title: short(title.into()), labels: Vec::new(), help: None }
    }

    /// Adds the culprit's place.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: short(text.into()), primary: true });
        self
    }

    /// Adds a place that explains the finding.
    pub fn see(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: short(text.into()), primary: false });
        self
    }

    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(short(text.into()));
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Bytes of a message that is not cut: a name may be as long as its file.
const LONGEST: usize = 1500;

/// A message with the middle of what is too long left out.
fn short(text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let head: String = text.chars().take(LONGEST / 2).collect();
    let end: Vec<char> = text.chars().rev().take(LONGEST / 6).collect();
    format!("{head} … {}", end.into_iter().rev().collect::<String>())
}

impl From<&AlgebraError> for Diagnostic {
    fn from(error: &AlgebraError) -> Self {
        let diagnostic = Diagnostic::new(error.code(), error.to_string());
        match error.help() {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.title)
    }
}

/// Everything that a stage found; collected, so that one error does not hide the next.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    pub list: Vec<Diagnostic>,
    /// Findings of each severity that are not kept.
    hidden: [usize; 3],
}

/// Findings of one severity that are kept: nobody reads more, and a file of another kind has one a line.
const KEPT: usize = 50;

impl Diagnostics {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        // A family repeats its finding for every member; one report of it is enough.
        if self.list.contains(&diagnostic) {
            return;
        }
        if self.list.iter().filter(|d| d.severity == diagnostic.severity).count() < KEPT {
            self.list.push(diagnostic);
        } else {
            self.hidden[diagnostic.severity as usize] += 1;
        }
    }

    /// Whether so much is wrong that further findings are only counted: what helps to mend one need not be worked out.
    pub fn is_full(&self) -> bool {
        self.hidden[Severity::Error as usize] > 0
    }

    /// Adds a note on the findings that are not kept, if there are any.
    pub fn conclude(&mut self) {
        let [notes, warnings, errors] = std::mem::take(&mut self.hidden);
        let all = [(errors, "error"), (warnings, "warning"), (notes, "note")];
        let words: Vec<String> = all.iter().filter(|x| x.0 > 0).map(|(n, w)| format!("{n} more {w}{}", if *n == 1 { "" } else { "s" })).collect();
        if !words.is_empty() {
            self.list.push(Diagnostic::new("P017", words.join(", ")).help("correct the first ones and check again"));
        }
    }

    pub fn has_errors(&self) -> bool {
        self.list.iter().any(Diagnostic::is_error)
    }

    /// Those that a test holds of.
    pub fn keep(&self, test: impl Fn(&Diagnostic) -> bool) -> Diagnostics {
        Diagnostics { list: self.list.iter().filter(|d| test(d)).cloned().collect(), hidden: self.hidden }
    }

    pub fn extend(&mut self, other: Diagnostics) {
        for diagnostic in other.list {
            self.push(diagnostic);
        }
        self.hidden.iter_mut().zip(other.hidden).for_each(|(own, more)| *own += more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_hides_no_error() {
        let mut found = Diagnostics::default();
        for k in 0..1000 {
            found.push(Diagnostic { severity: Severity::Warning, ..Diagnostic::new("N043", format!("warning {k}")) });
            found.push(Diagnostic { severity: Severity::Warning, ..Diagnostic::new("N043", "the same") });
        }
        assert!(!found.has_errors() && !found.is_full());
        found.push(Diagnostic::new("N001", "an error"));
        assert!(found.has_errors());
        let mut all = Diagnostics::default();
        all.extend(found);
        all.conclude();
        assert_eq!(all.list.len(), KEPT + 2);
        assert!(all.list.last().is_some_and(|d| d.title == "951 more warnings"), "{:?}", all.list.last());
        all.conclude();
        assert_eq!(all.list.len(), KEPT + 2);
    }
}
