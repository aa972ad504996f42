//! The documents say what the program does: every fenced program runs, every console block shows what is really printed.
//!
//! `UPDATE_DOCS=1 cargo test --test output docs::` writes the output of the program into the console blocks.

use crate::start::{self, fed};
use crate::support;

use std::path::{Path, PathBuf};
use support::{Failures, root};

/// A fenced block: the word behind the fence, its lines, and where they lie.
struct Block {
    word: String,
    lines: Vec<String>,
    first: usize,
    last: usize,
}

fn documents() -> Vec<PathBuf> {
    let mut out = vec![root().join("README.md")];
    let docs = std::fs::read_dir(root().join("docs")).unwrap_or_else(|e| panic!("docs: {e}"));
    out.extend(docs.filter_map(|f| f.ok()).map(|f| f.path()).filter(|p| p.extension().is_some_and(|e| e == "md")));
    out.sort();
    out
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn blocks(text: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut open: Option<Block> = None;
    for (n, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(word)) => open = Some(Block { word: word.trim().to_owned(), lines: Vec::new(), first: n + 1, last: n + 1 }),
            (Some(_), Some(_)) => {
                if let Some(mut b) = open.take() {
                    b.last = n;
                    out.push(b);
                }
            }
            (Some(b), None) => b.lines.push(line.to_owned()),
            (None, None) => {}
        }
    }
    out
}

/// Runs the program in a folder, as a reader of the page does: the examples come with it.
fn tasktrade(folder: &Path, args: &[String], stdin: Option<&str>) -> (i32, String) {
    let out = fed(start::tasktrade(args).current_dir(folder).env("COLUMNS", "80"), stdin.unwrap_or(""));
    let code = out.status.code().unwrap_or(-1);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    // The engine's notice goes to stderr; a failure's diagnostics are what a document wants to show.
    (code, if code == 0 { text } else { format!("{text}{}", String::from_utf8_lossy(&out.stderr)) })
}

/// Words of a shell line, with double quotes.
fn words(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => out.push(String::new()),
            c => {
                if let Some(last) = out.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

#[test]
fn programs_of_the_documents_run() {
    let mut failures = Failures::default();
    let mut seen = 0;
    for path in documents() {
        for b in blocks(&read(&path)).into_iter().filter(|b| b.word == "trade") {
            seen += 1;
            let text = b.lines.join("\n");
            // A block without a model is a library of definitions: it is checked, not run.
            let verb = if text.lines().any(|l| l.trim_start().starts_with("model ")) { "run" } else { "check" };
            let (code, out) = tasktrade(&root(), &[verb.into(), "-".into()], Some(&text));
            failures.check(code == 0, || {
                format!("{}:{}: {verb} ends with {code}: {}", path.display(), b.first, out.chars().take(400).collect::<String>())
            });
        }
    }
    failures.check(seen > 0, || "no programs found".into());
    failures.finish();
}

#[test]
fn console_blocks_show_what_is_printed() {
    let mut failures = Failures::default();
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    failures.check(true, String::new);
    for path in documents() {
        let text = read(&path);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("a folder: {e}"));
        for b in blocks(&text).into_iter().rev().filter(|b| b.word == "console") {
            let mut want: Vec<String> = Vec::new();
            for command in b.lines.iter().filter(|l| l.starts_with("$ ")) {
                let args = words(command.trim_start_matches("$ tasktrade"));
                let (_, out) = tasktrade(folder.path(), &args, None);
                want.push(command.clone());
                want.extend(out.trim_end().lines().map(|l| l.trim_end().to_owned()));
            }
            if update {
                lines.splice(b.first..b.last, want);
            } else {
                failures.check(want == b.lines, || {
                    format!("{}:{}: the block does not show what is printed now:\n{}", path.display(), b.first, want.join("\n"))
                });
            }
        }
        if update {
            let fresh = lines.join("\n") + "\n";
            if fresh == text {
                continue;
            }
            std::fs::write(&path, fresh).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        }
    }
    failures.finish();
}

/// The tables of built-ins on the page are the ones that `help` and `list quantities` print.
#[test]
fn the_page_lists_what_is_built_in() {
    use tasktrade::model::reference::{FORMS, FUNCTIONS, QUANTITIES, page};
    let path = root().join("docs/language.md");
    let mut text = read(&path);
    let mut failures = Failures::default();
    for (mark, entries) in [("quantities", QUANTITIES), ("functions", FUNCTIONS), ("forms", FORMS)] {
        let head = format!("<!-- built-in {mark} -->\n");
        let Some(start) = text.find(&head).map(|at| at + head.len()) else {
            failures.check(false, || format!("{}: no {head}", path.display()));
            continue;
        };
        let end = start + text[start..].find("<!-- end -->").unwrap_or(0);
        let want = page(entries);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            failures.check(true, String::new);
            text.replace_range(start..end, &want);
        } else {
            failures.check(text[start..end] == want, || format!("{}: the table of {mark} is another:\n{want}", path.display()));
        }
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
    failures.finish();
}
