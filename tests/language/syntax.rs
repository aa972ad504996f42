//! The language's text: every program in the tree, small cases of each construct, broken ones, hostile ones.

use crate::support::golden;
use std::path::{Path, PathBuf};
use tasktrade::diag::{Diagnostics, render::render_text};
use tasktrade::source::{FileId, SourceMap};
use tasktrade::syntax::format::{declaration_to_string, format};
use tasktrade::syntax::lexer::{self, TokenKind};
use tasktrade::syntax::parser::grammar::{Rule, read};
use tasktrade::syntax::parser::{self, parse_file};
use tasktrade::syntax::{Same, tree::File};

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
    all.into_iter().filter(|(p, t)| !wrong.iter().any(|w| p.starts_with(w)) && !is_later(p, t)).collect()
}

/// Cases of a later version, which this one answers with "not yet" and nothing else.
fn is_later(path: &Path, text: &str) -> bool {
    let here = ["tests/syntax", "examples", "stdlib"].iter().any(|f| path.starts_with(root().join(f)));
    let found = parse(text).1.list;
    !here && !found.is_empty() && found.iter().all(|d| d.code == "P020")
}

fn parse(text: &str) -> (File, Diagnostics) {
    parse_file(FileId(0), text)
}

fn shown(name: &str, text: &str, found: &Diagnostics) -> String {
    let mut sources = SourceMap::default();
    sources.add(name, text);
    render_text(&found.list, &sources, false).to_string()
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
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../diag/parse", omit_expression => true }, {
        golden::each("tests/diag/parse", &[""], "trade", |path| {
            let text = std::fs::read_to_string(path).expect("readable");
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (_, found) = parse(&text);
            insta::assert_snapshot!(format!("{text}\n---\n{}", shown(&name, &text, &found)));
        });
    });
}

#[test]
fn format_is_a_fixed_point_and_keeps_the_tree() {
    for (path, text) in good() {
        let path = path.display();
        let once = format(&text).unwrap_or_else(|e| panic!("{}", shown("case", &text, &e)));
        let twice = format(&once).unwrap_or_else(|e| panic!("{path}\n{}", shown("formatted", &once, &e)));
        assert_eq!(once, twice, "{path}");
        assert!(parse(&text).0.same(&parse(&once).0), "{path}\n{once}");
        let comments = |t: &str| lexer::tokens(t).into_iter().filter(|k| k.kind != TokenKind::Whitespace && k.kind.is_trivia()).count();
        assert_eq!(comments(&text), comments(&once), "{path}\n{once}");
        assert!(!once.lines().any(|l| l.ends_with(' ')), "{path}\n{once}");
    }
}

#[test]
fn the_reference_program_is_in_canonical_layout() {
    let path = root().join("tests/syntax/ok/whole_program.trade");
    let text = std::fs::read_to_string(path).expect("readable");
    assert_eq!(format(&text).expect("no errors"), text);
}

#[test]
fn golden_layout() {
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../syntax/layout", omit_expression => true }, {
        golden::each("tests/syntax/layout", &[""], "trade", |path| {
            let text = std::fs::read_to_string(path).expect("readable");
            insta::assert_snapshot!(format(&text).expect("no errors"));
        });
    });
}

#[test]
fn declarations_print_as_they_read() {
    for (path, text) in good() {
        for declaration in parse(&text).0.declarations {
            let printed = declaration_to_string(&declaration);
            let (again, found) = parse(&printed);
            assert!(found.list.is_empty(), "{}\n{}", path.display(), shown("printed", &printed, &found));
            let [one] = again.declarations.as_slice() else { panic!("{}\n{printed}", path.display()) };
            assert!(declaration.same(one), "{}\n{printed}", path.display());
        }
    }
}

#[test]
fn lexer_and_grammar_agree_on_tokens() {
    for (path, text) in good() {
        let pairs = read(Rule::token_list, &text).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
        let pest: Vec<_> = pairs.flatten().filter(|p| p.as_rule() == Rule::token).map(|p| p.as_span().start()..p.as_span().end()).collect();
        let logos: Vec<_> = lexer::lex(&text).filter(|t| t.kind != TokenKind::Whitespace).map(|t| t.range).collect();
        for (a, b) in pest.iter().zip(&logos) {
            assert_eq!(a, b, "{}: {:?} and {:?}", path.display(), &text[a.clone()], &text[b.clone()]);
        }
        assert_eq!(pest.len(), logos.len(), "{}", path.display());
    }
}

#[test]
fn a_file_read_whole_has_the_declarations_that_recovery_cuts() {
    for (path, text) in good() {
        let pairs = read(Rule::file, &text).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
        let whole = pairs.flat_map(|p| p.into_inner()).filter(|p| p.as_rule() != Rule::EOI).count();
        assert_eq!(whole, parse(&text).0.declarations.len(), "{}", path.display());
    }
}

#[test]
fn a_text_with_errors_is_not_laid_out() {
    assert!(format("let a = \nlet b = 1").is_err_and(|e| e.list.iter().any(|d| d.code == "P001")));
}
