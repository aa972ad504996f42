//! Inputs by mutation of a corpus: bytes, lines, tokens, numbers.

use super::rng::Rng;
use std::path::{Path, PathBuf};

/// Longer inputs cost more than they find.
const LONGEST: usize = 6000;

const NUMBERS: [&str; 20] = [
    "0",
    "-0",
    "1",
    "-1",
    "0.5",
    "2",
    "1e-9",
    "1e9",
    "1e-300",
    "1e300",
    "1e999",
    "0.1",
    "3",
    "1/3",
    "inf",
    "-inf",
    "1e-17",
    "100",
    "0.999999999999",
    "10%",
];

/// What programs are made of, and what they should not be made of.
pub const PIECES: [&str; 85] = [
    " ",
    "\n",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "..",
    "=",
    "->",
    "+",
    "-",
    "*",
    "/",
    "^",
    "%",
    "\"",
    "//",
    "///",
    "'",
    "let ",
    "good ",
    "factor ",
    "country ",
    "industry ",
    "parameter ",
    "equation ",
    "variable ",
    "complements ",
    "numeraire ",
    "nontraded",
    "ces(0) ",
    "ces(1) ",
    "leontief ",
    "sum(i in N) ",
    "where ",
    "in [0, inf)",
    "outside ",
    "sweep ",
    "\u{0}",
    "é\u{301}",
    "a",
    "b",
    " = ",
    "1",
    "0.5",
    ";",
    ".",
    "sum(g in S) ",
    "if ",
    " then ",
    " else ",
    " and ",
    " or ",
    "not ",
    "<",
    ">=",
    "==",
    "demand ",
    "price ",
    "industry x { technology ",
    "leontief { L: ",
    "ces(",
    "report { ",
    "shock s { ",
    "beta -10%",
    "pp",
    "\"s\"",
    "// c\n",
    "/* c */",
    "/*",
    "/// d\n",
    " for r in R",
    " where ",
    " in ",
    "β",
    "$",
    "\0",
    "\r\n",
    "\u{FEFF}",
    "sweep s { ",
    "tasks T of L { ",
];

/// Every program of the repository, and sessions of the prompt.
pub fn corpus(root: &Path) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for folder in ["examples", "stdlib", "tests/models", "tests/syntax", "tests/diag", "tests/repl"] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    files.iter().filter_map(|f| std::fs::read(f).ok()).filter(|b| b.len() <= LONGEST).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "trade" || e == "session") {
            files.push(path);
        }
    }
}

/// One input: a text of the corpus after one to six changes.
pub fn input(corpus: &[Vec<u8>], r: &mut Rng) -> Vec<u8> {
    let mut text = r.any(corpus).cloned().unwrap_or_default();
    for _ in 0..1 + r.below(6) {
        change(&mut text, corpus, r);
        text.truncate(LONGEST);
    }
    text
}

fn change(text: &mut Vec<u8>, corpus: &[Vec<u8>], r: &mut Rng) {
    let at = r.below(text.len() + 1);
    match r.below(10) {
        0 => {
            if let Some(b) = text.get_mut(at) {
                *b ^= 1 << r.below(8);
            }
        }
        1 => {
            let to = (at + r.below(20)).min(text.len());
            text.drain(at..to);
        }
        2 => insert(text, at, r.any(&PIECES).map_or("", |p| *p).as_bytes()),
        3 | 4 => number(text, at, r),
        // Lines, the unit in which programs are written.
        5 => {
            let line = line(text, at);
            text.drain(line);
        }
        6 => {
            let copy = text[line(text, at)].to_vec();
            let to = line(text, r.below(text.len() + 1)).start;
            insert(text, to, &copy);
        }
        7 => {
            let Some(other) = r.any(corpus) else { return };
            let copy = other[line(other, r.below(other.len() + 1))].to_vec();
            let to = line(text, at).start;
            insert(text, to, &copy);
        }
        8 => word(text, at, r),
        _ => {
            let Some(other) = r.any(corpus) else { return };
            let from = r.below(other.len() + 1);
            let to = (from + r.below(200)).min(other.len());
            insert(text, at, &other[from..to]);
        }
    }
}

fn insert(text: &mut Vec<u8>, at: usize, piece: &[u8]) {
    text.splice(at..at, piece.iter().copied());
}

/// The line around a place, its end included.
fn line(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let at = at.min(text.len());
    let start = text[..at].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    let end = text[at..].iter().position(|b| *b == b'\n').map_or(text.len(), |n| at + n + 1);
    start..end
}

/// Replaces the next number by one that is hard.
fn number(text: &mut Vec<u8>, at: usize, r: &mut Rng) {
    let Some(start) = text[at..].iter().position(u8::is_ascii_digit).map(|n| at + n) else { return };
    let end = text[start..].iter().position(|b| !b.is_ascii_digit() && *b != b'.').map_or(text.len(), |n| start + n);
    let new = r.any(&NUMBERS).map_or("", |n| *n);
    text.splice(start..end, new.bytes());
}

/// Replaces the next word by another of the same text.
fn word(text: &mut Vec<u8>, at: usize, r: &mut Rng) {
    let is = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let span = |text: &[u8], at: usize| {
        let start = text[at..].iter().position(is).map(|n| at + n)?;
        let end = text[start..].iter().position(|b| !is(b)).map_or(text.len(), |n| start + n);
        Some(start..end)
    };
    let from = r.below(text.len() + 1);
    let (Some(to), Some(from)) = (span(text, at), span(text, from)) else { return };
    let new = text[from].to_vec();
    text.splice(to, new);
}
