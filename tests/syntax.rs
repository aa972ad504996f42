//! The language's text: every program in the tree, small cases of each construct, broken ones, hostile ones.

use std::path::{Path, PathBuf};
use tasktrade::diag::{Diagnostics, render::render_text};
use tasktrade::source::{FileId, SourceMap};
use tasktrade::syntax::parser::{self, parse_file};
use tasktrade::syntax::tree::File;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every `.trade` file below a folder of the tree.
fn programs(folder: &str) -> Vec<(PathBuf, String)> {
    let (mut list, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(|e| e.ok()).map(|e| e.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "trade") {
                let text = parser::decode(&std::fs::read(&path).expect("readable")).expect("UTF-8");
                list.push((path, text));
            }
        }
    }
    list.sort();
    list
}

/// Programs that must read without errors: all but the cases that are there to be wrong.
fn good() -> Vec<(PathBuf, String)> {
    let all: Vec<_> = ["examples", "stdlib", "tests"].iter().flat_map(|f| programs(f)).collect();
    let wrong = [root().join("tests/syntax/err"), root().join("tests/diag/parse")];
    all.into_iter().filter(|(p, _)| !wrong.iter().any(|w| p.starts_with(w)) && !is_later(p)).collect()
}

/// Cases of the breadth that this version answers with "not yet".
fn is_later(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|t| t.lines().any(|l| l.starts_with("// later:") || l.contains("substitution rho")))
}

fn parse(text: &str) -> (File, Diagnostics) {
    parse_file(FileId(0), text)
}

fn shown(name: &str, text: &str, found: &Diagnostics) -> String {
    let mut sources = SourceMap::default();
    sources.add(name, text);
    render_text(&found.list, &sources, false)
}

#[test]
fn every_program_parses() {
    let programs = good();
    assert!(programs.len() >= 15, "only {} programs found", programs.len());
    for (path, text) in programs {
        let (file, found) = parse(&text);
        assert!(found.list.is_empty(), "{}", shown(&path.display().to_string(), &text, &found));
        assert!(!file.declarations.is_empty(), "{}", path.display());
    }
}

#[test]
fn broken_cases_give_the_codes_they_name() {
    let cases = programs("tests/syntax/err");
    assert!(cases.len() >= 10, "only {} cases found", cases.len());
    for (path, text) in cases {
        let expected: Vec<&str> = text.lines().next().and_then(|l| l.strip_prefix("// ")).expect("codes").split_whitespace().collect();
        let (_, found) = parse(&text);
        let codes: Vec<&str> = found.list.iter().map(|d| d.code).collect();
        assert_eq!(codes, expected, "{}\n{}", path.display(), shown("case", &text, &found));
    }
}

#[test]
fn golden_errors() {
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "diag/parse", omit_expression => true }, {
        insta::glob!("diag/parse/*.trade", |path| {
            let text = std::fs::read_to_string(path).expect("readable");
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (_, found) = parse(&text);
            insta::assert_snapshot!(format!("{text}\n---\n{}", shown(&name, &text, &found)));
        });
    });
}
