//! Hostile models through every command and every format: nothing in them reaches a terminal, a LaTeX document, a spreadsheet or a page as a command.

use crate::start::{self, fed};
use crate::support;

use std::path::{Path, PathBuf};
use std::process::Output;
use support::Failures;

/// Both models: words of a terminal, and words of LaTeX, a spreadsheet and a page.
const MODELS: [&str; 2] = ["tests/hostile/terminal.trade", "tests/hostile/words.trade"];

/// Every command with an argument that fits both models.
const COMMANDS: &[(&str, &str)] = &[
    ("check", ""),
    ("run", ""),
    ("solve", ""),
    ("regime", ""),
    ("shock", "k"),
    ("shock", "p +1%"),
    ("sweep", "q"),
    ("hats", ""),
    ("derive", "w wrt p"),
    ("effects", "w wrt p"),
    ("sign", "w wrt p"),
    ("plot", "w against p = 1.1..1.3 : 5"),
    ("plot", "isocost"),
    ("elasticities", ""),
    ("equations", ""),
    ("test", ""),
];

/// What the prompt has besides.
const PROMPT: &[&str] = &[
    "list",
    "list parameters",
    "list goods",
    "info p",
    "info L",
    "info x",
    "info w",
    "show",
    "show w",
    "why w",
    "w/s",
    "z[Q]",
    "set p = 1.25",
    "undo",
    "redo",
    "reset",
    "explain",
    "fmt",
    "list sets",
    "info z",
    "info b",
    "drop",
    "nothing",
    "help",
    "report { w }",
    "let new = w / s",
    "info new",
];

fn tasktrade(args: &[String], input: &str) -> Output {
    fed(&mut start::tasktrade(args), input)
}

/// What a terminal would obey, with the program's own colours left out.
fn obeyed(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut rest: &str = &text;
    while let Some(c) = rest.chars().next() {
        if let Some(code) = rest.strip_prefix("\u{1b}[") {
            let end = code.find(|c: char| !(c.is_ascii_digit() || c == ';')).unwrap_or(code.len());
            // Colours are the program's own in these tests only where the text is short and ends in m.
            if code[end..].starts_with('m')
                && !code[..end].is_empty()
                && ["38;5;", "48;5;", "1", "2", "0", "3", "4"].iter().any(|p| code.starts_with(p))
            {
                rest = &code[end + 1..];
                continue;
            }
        }
        let bad = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
            || (c.is_control() && !matches!(c, '\n' | '\t' | '\r'));
        if bad {
            return Some(format!("{c:?} before {:?}", rest.chars().take(20).collect::<String>()));
        }
        rest = &rest[c.len_utf8()..];
    }
    None
}

fn checked(failures: &mut Failures, what: &str, out: &Output) {
    for (name, bytes) in [("stdout", &out.stdout), ("stderr", &out.stderr)] {
        failures.check(obeyed(bytes).is_none(), || format!("{what}: {name} holds {}", obeyed(bytes).unwrap_or_default()));
    }
    failures.check(out.status.code().is_some_and(|c| c != 70 && c != 101), || format!("{what}: ended with {:?}", out.status));
}

fn arguments(command: &str, model: &str, argument: &str, more: &[&str]) -> Vec<String> {
    let mut args = vec![command.to_string(), model.to_string()];
    args.extend((!argument.is_empty()).then(|| argument.to_string()));
    args.extend(more.iter().map(|m| m.to_string()));
    args
}

#[test]
fn no_command_sends_a_terminal_what_it_obeys() {
    let mut failures = Failures::default();
    for model in MODELS {
        for (command, argument) in COMMANDS {
            for more in [&[][..], &["--json"], &["--color", "always"]] {
                let args = arguments(command, model, argument, more);
                let out = tasktrade(&args, "");
                checked(&mut failures, &args.join(" "), &out);
                // A model of hostile words is a model all the same.
                failures.check(out.status.code() == Some(0) || matches!(*command, "effects" | "sign" | "derive" | "test"), || {
                    format!("{}: {}", args.join(" "), String::from_utf8_lossy(&out.stderr))
                });
            }
        }
    }
    failures.finish();
}

#[test]
fn the_prompt_sends_a_terminal_nothing_that_it_obeys() {
    let mut failures = Failures::default();
    for model in MODELS {
        for more in [&[][..], &["--json"], &["--color", "always"]] {
            let commands: Vec<String> = COMMANDS
                .iter()
                .filter(|(c, _)| *c != "run")
                .map(|(c, a)| format!("{c} {a}"))
                .chain(PROMPT.iter().filter(|p| **p != "fmt").map(|p| p.to_string()))
                .collect();
            let args: Vec<String> = ["repl", model].into_iter().chain(more.iter().copied()).map(String::from).collect();
            let out = tasktrade(&args, &format!("{}\n", commands.join("\n")));
            checked(&mut failures, &format!("prompt {model} {more:?}"), &out);
        }
    }
    failures.finish();
}

/// Names of files and words of the user's own are text like any other.
#[test]
fn what_is_typed_is_shown_and_not_obeyed() {
    let mut failures = Failures::default();
    for text in ["\u{1b}]0;title\u{7}", "\u{9b}2J", "\u{202e}gnp"] {
        for args in [
            vec!["run".to_string(), format!("{text}.trade")],
            vec!["explain".into(), text.into()],
            vec![format!("so{text}lve"), "x".into()],
            arguments("shock", MODELS[0], text, &[]),
            arguments("derive", MODELS[0], &format!("\"{text}\" wrt p"), &[]),
            arguments("plot", MODELS[0], &format!("w against \"{text}\""), &["--json"]),
        ] {
            checked(&mut failures, &format!("{args:?}"), &tasktrade(&args, ""));
        }
    }
    failures.finish();
}

/// Commands that TeX would run, which no model may bring.
fn runs(tex: &str) -> Option<&'static str> {
    let own: String = tex.lines().filter(|l| !l.trim_start().starts_with('%')).collect::<Vec<_>>().join("\n");
    ["input", "write", "def", "csname", "catcode", "immediate", "openout", "include"]
        .into_iter()
        .find(|command| own.match_indices(&format!("\\{command}")).any(|(at, _)| own[..at].chars().rev().take_while(|c| *c == '\\').count() % 2 == 0))
}

#[test]
fn no_latex_runs_what_a_model_says() {
    let mut failures = Failures::default();
    for model in MODELS.into_iter().chain(["tests/hostile/latex.trade"]) {
        let targets = if model.ends_with("latex.trade") { "w wrt w[Abroad]" } else { "w wrt p" };
        for (command, argument) in [("equations", ""), ("hats", ""), ("derive", targets), ("effects", targets), ("sign", targets)] {
            let args = arguments(command, model, argument, &["--latex"]);
            let out = tasktrade(&args, "");
            let tex = String::from_utf8_lossy(&out.stdout).into_owned();
            failures.check(runs(&tex).is_none(), || format!("{}: {:?} in {tex}", args.join(" "), runs(&tex)));
            failures.check(!tex.contains("^^"), || format!("{}: ^^ in {tex}", args.join(" ")));
            let body: String = tex.lines().filter(|l| !l.trim_start().starts_with('%')).collect();
            let count =
                |c: char| body.match_indices(c).filter(|(at, _)| body[..*at].chars().rev().take_while(|c| *c == '\\').count() % 2 == 0).count();
            failures.check(count('{') == count('}'), || format!("{}: braces do not match in {tex}", args.join(" ")));
            // The same pieces in JSON are LaTeX too.
            let args = arguments(command, model, argument, &["--latex", "--json"]);
            let json: serde_json::Value = serde_json::from_slice(&tasktrade(&args, "").stdout).unwrap_or_default();
            for tex in strings(&json, "latex") {
                failures.check(runs(&tex).is_none() && !tex.contains("^^"), || format!("{}: {tex}", args.join(" ")));
            }
        }
    }
    failures.finish();
}

/// The strings under a key, wherever it stands.
fn strings(json: &serde_json::Value, key: &str) -> Vec<String> {
    match json {
        serde_json::Value::Object(map) => map
            .iter()
            .flat_map(|(k, v)| match v.as_str().filter(|_| k == key) {
                Some(text) => vec![text.to_string()],
                None => strings(v, key),
            })
            .collect(),
        serde_json::Value::Array(list) => list.iter().flat_map(|v| strings(v, key)).collect(),
        _ => Vec::new(),
    }
}

fn scratch(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap_or_else(|e| panic!("{e}"));
    let path = folder.path().join(name);
    (folder, path)
}

#[test]
fn no_cell_starts_a_formula() {
    let mut failures = Failures::default();
    for model in MODELS {
        let (_folder, path) = scratch("out.csv");
        let out = tasktrade(&arguments("sweep", model, "q", &["--out", &path.display().to_string()]), "");
        failures.check(out.status.success(), || format!("{model}: {}", String::from_utf8_lossy(&out.stderr)));
        let mut rows = csv::ReaderBuilder::new().has_headers(false).from_path(&path).unwrap_or_else(|e| panic!("{e}"));
        let mut cells = 0;
        for record in rows.records() {
            for cell in record.unwrap_or_else(|e| panic!("{e}")).iter() {
                cells += 1;
                let formula = cell.starts_with(['=', '+', '@', '\t', '\r']) || (cell.starts_with('-') && cell.parse::<f64>().is_err());
                failures.check(!formula && obeyed(cell.as_bytes()).is_none(), || format!("{model}: a cell {cell:?}"));
            }
        }
        assert!(cells > 20, "{model} gave no table");
    }
    failures.finish();
}

#[test]
fn pages_and_pictures_hold_text() {
    let mut failures = Failures::default();
    for model in MODELS {
        let (_folder, page) = scratch("out.html");
        let out = tasktrade(&arguments("report", model, "", &["--html", &page.display().to_string()]), "");
        checked(&mut failures, model, &out);
        let (_other, picture) = scratch("out.svg");
        let out = tasktrade(&arguments("plot", model, "w, s against p = 1.1..1.3 : 5", &["--svg", &picture.display().to_string()]), "");
        checked(&mut failures, model, &out);
        for file in [&page, &picture] {
            let text = read(file);
            failures.check(!text.contains("<script") && !text.contains("<img"), || format!("{model}: {} runs a script", file.display()));
            failures.check(obeyed(text.as_bytes()).is_none(), || format!("{model}: {} {:?}", file.display(), obeyed(text.as_bytes())));
        }
    }
    failures.finish();
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
