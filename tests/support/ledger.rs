//! Checks against the list of known shortfalls: what is not listed must hold, what is listed must not.

use super::{json, root};
use std::collections::{BTreeMap, BTreeSet};

/// Where the list stands: an object of check → reason.
const LIST: &str = "tests/models/shortfalls.json";

/// The checks of one folder of cases, each under a name of its own.
pub struct Ledger {
    prefix: &'static str,
    known: BTreeMap<String, String>,
    /// Check → what went wrong in it, empty where it holds.
    checks: BTreeMap<String, Vec<String>>,
}

impl Ledger {
    /// The part of the list whose names start with `prefix`.
    pub fn open(prefix: &'static str) -> Ledger {
        let list = json(&root().join(LIST));
        let entries = list.as_object().unwrap_or_else(|| panic!("{LIST} is no object"));
        let known = entries.iter().filter(|(k, _)| k.starts_with(prefix)).map(|(k, v)| {
            let reason = v.as_str().filter(|r| !r.is_empty()).unwrap_or_else(|| panic!("{LIST}: `{k}` has no reason"));
            (k.clone(), reason.to_owned())
        });
        Ledger { prefix, known: known.collect(), checks: BTreeMap::new() }
    }

    /// One comparison of a check; a check holds where all its comparisons do.
    pub fn check(&mut self, name: &str, holds: bool, message: impl FnOnce() -> String) -> bool {
        let found = self.checks.entry(format!("{}{name}", self.prefix)).or_default();
        if !holds {
            found.push(message());
        }
        holds
    }

    /// Fails where a check outside the list does not hold, where a listed one does, and where a listed one is not made at all.
    pub fn finish(self) {
        assert!(!self.checks.is_empty(), "nothing was compared");
        let mut found = Vec::new();
        for (name, wrong) in &self.checks {
            match (wrong.is_empty(), self.known.contains_key(name)) {
                (true, true) => found.push(format!("`{name}` holds now: remove it from {LIST}")),
                (false, false) => found.push(format!("`{name}`: {}", wrong.join("; "))),
                _ => {}
            }
        }
        let made: BTreeSet<&String> = self.checks.keys().collect();
        for name in self.known.keys().filter(|k| !made.contains(k)) {
            found.push(format!("`{name}` is listed in {LIST}, but nothing checks it"));
        }
        let held = self.checks.values().filter(|w| w.is_empty()).count();
        println!("{}: {held} of {} checks hold, {} known shortfalls", self.prefix, self.checks.len(), self.known.len());
        assert!(found.is_empty(), "{} of {} checks:\n{}", found.len(), self.checks.len(), found.join("\n"));
    }
}
