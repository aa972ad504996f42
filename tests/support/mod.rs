//! What the integration tests share: running the built binary, finding cases, comparing numbers.
#![allow(dead_code)] // each test file is its own crate and uses a part

pub mod compare;
pub mod golden;
pub mod ledger;
pub mod run;

use std::path::{Path, PathBuf};

/// The root of the source tree.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` (relative to the root) with this extension, sorted; an empty answer fails the test.
pub fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&root().join(folder), extension, &mut found);
    found.sort();
    assert!(!found.is_empty(), "no .{extension} file below {folder}: the test would hold of nothing");
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.unwrap_or_else(|e| panic!("{}: {e}", folder.display())).path();
        if path.is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
}

/// The name of a file without folder and extension.
pub fn stem(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A JSON file.
pub fn json(path: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Gathers what went wrong in all cases, so that one run shows the whole picture.
#[derive(Default)]
pub struct Failures {
    checked: usize,
    found: Vec<String>,
}

impl Failures {
    pub fn check(&mut self, holds: bool, message: impl FnOnce() -> String) {
        self.checked += 1;
        if !holds {
            self.found.push(message());
        }
    }

    pub fn add(&mut self, message: String) {
        self.check(false, || message);
    }

    /// Fails with every message; a test that compared nothing fails too.
    pub fn finish(self) {
        assert!(self.checked > 0, "nothing was compared");
        assert!(self.found.is_empty(), "{} of {} comparisons fail:\n{}", self.found.len(), self.checked, self.found.join("\n"));
    }
}
