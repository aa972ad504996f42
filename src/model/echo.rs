//! Findings that only repeat an error of the text: what a broken declaration would have brought is not missed a second time.

use crate::diag::{Diagnostic, Diagnostics};
use rustc_hash::FxHashSet;

/// Findings about a name that nothing declares, or that is declared as something else.
const NAMES: &[&str] = &["N001", "N002", "N003", "N009", "N031", "N032", "N033", "N034", "N035", "N036", "N037", "N040", "C010", "T011"];
/// Findings that a missing country or good brings about: names that need an index more or less, markets without a side.
const STRUCTURE: &[&str] = &["N007", "N008", "N009"];

/// Takes out what follows from the broken declarations, given by their texts, and from imports that failed.
pub fn drop_echoes(found: &mut Diagnostics, broken: &[String], failed_import: bool) {
    if broken.is_empty() && !failed_import {
        return;
    }
    let words: FxHashSet<&str> = broken.iter().flat_map(|text| words(text)).collect();
    let structure = broken.iter().any(|text| words_start(text, &["country", "set", "factor"]));
    let echo = |d: &Diagnostic| {
        let about = d.title.split('`').nth(1).map(|name| name.split(['[', '.']).next().unwrap_or(name));
        NAMES.contains(&d.code) && about.is_some_and(|name| words.contains(name))
            || structure && STRUCTURE.contains(&d.code)
            || failed_import && matches!(d.code, "N002" | "N034")
    };
    found.list.retain(|d| !d.is_error() || !echo(d));
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty())
}

fn words_start(text: &str, keywords: &[&str]) -> bool {
    words(text).next().is_some_and(|w| keywords.contains(&w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_broken_declarations_are_not_missed() {
        let error = |code: &'static str, title: &str| Diagnostic::new(code, title);
        let mut found = Diagnostics::default();
        found.push(error("N001", "`beta` is not declared"));
        found.push(error("N001", "`gama` is not declared"));
        found.push(error("N008", "`w` needs an index"));
        drop_echoes(&mut found, &["parameter beta = 1,3".to_string()], false);
        assert_eq!(found.list.iter().map(|d| d.title.as_str()).collect::<Vec<_>>(), ["`gama` is not declared", "`w` needs an index"]);
        drop_echoes(&mut found, &["country Home { endowment L = 1,000 }".to_string()], false);
        assert_eq!(found.list.len(), 1);
    }
}
