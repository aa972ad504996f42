//! The shape of the code: a stage imports earlier stages only, Symbolica is named in one folder, no model of the examples is known to the program.

use crate::support;

use std::path::{Path, PathBuf};
use support::{Failures, files, root};

/// The stages in order; a stage may use itself and those before it.
const STAGES: &[&str] = &[
    "algebra", "source", "sink", "diag", "expr", "syntax", "system", "model", "accounts", "lower", "solve", "statics", "present", "session",
    "command", "repl", "cli",
];

/// Uses against the order, each with the reason that it stands.
const ALLOWED: &[(&str, &str)] = &[
    // The prompt is started by the command line and answers through its console.
    ("repl", "cli"),
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for path in entries.filter_map(|e| e.ok()).map(|e| e.path()) {
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn all() -> Vec<(String, String, String)> {
    let src = root().join("src");
    let mut paths = Vec::new();
    sources(&src, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|p| {
            let inner = p.strip_prefix(&src).unwrap_or(&p).display().to_string();
            let stage = inner.split(['/', '.']).next().unwrap_or("").to_owned();
            (inner, stage, std::fs::read_to_string(&p).unwrap_or_else(|e| panic!("{}: {e}", p.display())))
        })
        .collect()
}

/// Text before the unit tests, which may reach further than the code they test.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[test]
fn a_stage_uses_earlier_stages_only() {
    let mut failures = Failures::default();
    let rank = |s: &str| STAGES.iter().position(|x| *x == s);
    for (file, stage, text) in all() {
        let Some(own) = rank(&stage) else { continue };
        for line in code(&text).lines().filter(|l| !l.trim_start().starts_with("//")) {
            for part in line.split("crate::").skip(1) {
                let used: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let fine = rank(&used).is_none_or(|r| r <= own) || ALLOWED.contains(&(stage.as_str(), used.as_str()));
                failures.check(fine, || format!("{file}: {stage} uses the later stage {used}"));
            }
        }
    }
    failures.finish();
}

#[test]
fn the_algebra_engine_is_named_in_its_crate_only() {
    let mut failures = Failures::default();
    for (file, stage, text) in all() {
        let named = code(&text).lines().any(|l| !l.trim_start().starts_with("//") && l.contains("symbolica::"));
        failures.check(!named, || format!("{stage}: {file} names the algebra engine"));
    }
    failures.finish();
}

/// Names of models, and of goods and factors that are more than a letter, stay out of the code.
#[test]
fn no_example_is_known_to_the_program() {
    let mut names: Vec<String> = Vec::new();
    for file in files("examples", "trade") {
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        for line in text.lines() {
            let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            if matches!(first, "model" | "good" | "factor" | "tasks") && second.len() > 4 {
                names.push(second.to_owned());
            }
        }
    }
    assert!(!names.is_empty());
    let mut failures = Failures::default();
    for (file, _, text) in all() {
        // Messages, documentation and comments may show examples; a comparison with a name would be a string of its own.
        for name in &names {
            failures.check(!code(&text).contains(&format!("\"{name}\"")), || format!("{file} knows `{name}`"));
        }
    }
    failures.finish();
}
