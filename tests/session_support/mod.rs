//! Transcripts: inputs after `>>> ` (their further lines after `... `), what the prompt answers below.

#![allow(dead_code)]

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Typed after every input: a number answers with itself and changes nothing.
const MARK: &str = "271828182845";

/// An input and what is answered to it.
pub struct Exchange {
    pub input: String,
    pub answer: String,
}

/// A text cut into what stands before the first input, and exchanges.
pub fn parse(text: &str) -> (String, Vec<Exchange>) {
    let mut head = String::new();
    let mut list: Vec<Exchange> = Vec::new();
    let mut in_input = false;
    for line in text.lines() {
        if let Some(input) = line.strip_prefix(">>> ") {
            list.push(Exchange { input: input.to_owned(), answer: String::new() });
            in_input = true;
        } else if let (true, Some(more), Some(last)) = (in_input, line.strip_prefix("... "), list.last_mut()) {
            last.input.push('\n');
            last.input.push_str(more);
        } else if let Some(last) = list.last_mut() {
            in_input = false;
            last.answer.push_str(line);
            last.answer.push('\n');
        } else {
            head.push_str(line);
            head.push('\n');
        }
    }
    (head, list)
}

pub fn print(head: &str, list: &[Exchange]) -> String {
    let mut out = head.to_owned();
    for e in list {
        for (k, line) in e.input.lines().enumerate() {
            let _ = writeln!(out, "{} {line}", if k == 0 { ">>>" } else { "..." });
        }
        out.push_str(&e.answer);
    }
    out
}

/// Columns of the terminal that the pages are written for.
pub const COLUMNS: &str = "80";

/// Types the inputs to the program through a pipe, in the crate's root, and gives back what it answers to each.
///
/// `$TMP` in an input is a folder of the run's own; it is `$TMP` again in answers.
pub fn run(inputs: &[String]) -> Vec<Exchange> {
    typed(inputs, false, COLUMNS)
}

/// The same in an empty folder, as a reader of a page types it: nothing in the inputs is replaced.
pub fn run_as_reader(inputs: &[String]) -> Vec<Exchange> {
    typed(inputs, true, COLUMNS)
}

/// The same as [`run`] at another width.
pub fn run_at(inputs: &[String], columns: &str) -> Vec<Exchange> {
    typed(inputs, false, columns)
}

fn typed(inputs: &[String], reader_of_a_page: bool, columns: &str) -> Vec<Exchange> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = tempfile::tempdir().expect("a temporary folder");
    let place = if reader_of_a_page { "$TMP".to_owned() } else { folder.path().display().to_string() };
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let mut child = crate::start::tasktrade(None::<&str>)
        .current_dir(if reader_of_a_page { folder.path() } else { Path::new(env!("CARGO_MANIFEST_DIR")) })
        .env("COLUMNS", columns)
        .env("XDG_STATE_HOME", state.path())
        .stdin(Stdio::piped())
        .stderr(writer.try_clone().expect("a pipe"))
        .stdout(writer)
        .spawn()
        .expect("tasktrade starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let typed: String = inputs.iter().map(|i| format!("{}\n{MARK}\n", i.replace("$TMP", &place))).collect();
    let feeder = std::thread::spawn(move || {
        let _ = stdin.write_all(typed.as_bytes());
    });
    let mut said = String::new();
    reader.read_to_string(&mut said).expect("text");
    feeder.join().expect("typed");
    child.wait().expect("ends");
    let said = said.replace(&place, "$TMP");
    let mark = format!("{MARK}\n");
    let mut answers = said.split(mark.as_str());
    inputs.iter().map(|i| Exchange { input: i.clone(), answer: steady(answers.next().unwrap_or("(no answer)\n")) }).collect()
}

/// Residuals and counts of iterations are the machine's, not the model's.
pub fn steady(text: &str) -> String {
    let mut out = String::new();
    let mut notice = false;
    for line in text.lines() {
        // The algebra engine's own notice comes once a session, on stderr.
        notice = notice || line.starts_with("┌──");
        if notice {
            notice = !line.starts_with("└──");
            continue;
        }
        let words: Vec<&str> = line.split(' ').collect();
        let mut shown: Vec<String> = Vec::new();
        for (k, w) in words.iter().enumerate() {
            let before = if k > 0 { words[k - 1] } else { "" };
            let next = words.get(k + 1).copied().unwrap_or("");
            let small = w.trim_end_matches([':', ',', ')']).replace('−', "-").parse::<f64>().is_ok_and(|v| v.abs() < 1e-6);
            let masked = (matches!(before, "residual" | "balance" | "below") && small) || next == "iterations" || next == "iteration";
            shown.push(if masked {
                format!("…{}", w.trim_start_matches(|c: char| c.is_ascii_digit() || "e-−.".contains(c)))
            } else {
                (*w).to_owned()
            });
        }
        out.push_str(shown.join(" ").replace("iterations", "iteration").trim_end());
        out.push('\n');
    }
    out
}

/// Files of a folder with an ending, in order.
pub fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut list: Vec<PathBuf> =
        std::fs::read_dir(&root).into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == ending)).collect();
    list.sort();
    list
}

/// The first lines in which two texts differ.
pub fn difference(expected: &str, found: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let mut out = String::new();
    let mut shown = 0;
    for k in 0..a.len().max(b.len()) {
        let (x, y) = (a.get(k).copied(), b.get(k).copied());
        if x != y {
            let _ = writeln!(out, "  line {}\n  - {}\n  + {}", k + 1, x.unwrap_or("(end)"), y.unwrap_or("(end)"));
            shown += 1;
        }
        if shown == 8 {
            break;
        }
    }
    out
}

/// Whether transcripts are to be written anew.
pub fn renew() -> bool {
    std::env::var_os("TASKTRADE_RENEW").is_some_and(|v| !v.is_empty())
}

/// A page's blocks fenced as `session`: their exchanges in order, one session a page, and the page with other answers put in.
pub struct Page {
    /// Text outside of sessions and exchanges inside, in order; `None` keeps the text.
    parts: Vec<(String, Option<(String, Vec<Exchange>)>)>,
}

impl Page {
    /// `symbolic` blocks, which need the algebra engine, are left as they are where it is not there.
    pub fn parse(text: &str) -> Page {
        let mut parts = Vec::new();
        let mut open = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            open.push_str(line);
            open.push('\n');
            let runs = line == "```session" || (line == "```session symbolic" && cfg!(feature = "symbolic"));
            if !runs {
                continue;
            }
            let body: Vec<&str> = lines.by_ref().take_while(|l| *l != "```").collect();
            let session = parse(&(body.join("\n") + "\n"));
            parts.push((std::mem::take(&mut open), Some(session)));
            open.push_str("```\n");
        }
        parts.push((open, None));
        Page { parts }
    }

    pub fn inputs(&self) -> Vec<String> {
        self.parts.iter().filter_map(|p| p.1.as_ref()).flat_map(|(_, list)| list.iter().map(|e| e.input.clone())).collect()
    }

    pub fn with(&self, answers: Vec<Exchange>) -> String {
        let mut answers = answers.into_iter();
        let mut out = String::new();
        for (text, session) in &self.parts {
            out.push_str(text);
            if let Some((head, list)) = session {
                let fresh: Vec<Exchange> = answers.by_ref().take(list.len()).collect();
                out.push_str(&print(head, &fresh));
            }
        }
        out
    }
}
