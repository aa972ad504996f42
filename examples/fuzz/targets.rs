//! What may be done with any text, stage by stage: each target takes bytes and panics where a law of its stage is broken.
//!
//! Shared by the plain runner beside this file and by the coverage-guided targets in `fuzz/`.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use tasktrade::command::Options;
use tasktrade::diag::Diagnostics;
use tasktrade::diag::render::{render_text, to_json};
use tasktrade::model::load::{self, Reader};
use tasktrade::repl::{input, workspace};
use tasktrade::session::Session;
use tasktrade::source::{FileId, SourceMap};
use tasktrade::syntax::{format, lexer, parser};

/// A name and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: [Target; 6] = [("lexer", lexer), ("format", format), ("check", check), ("lower", lower), ("solve", solve), ("prompt", prompt)];

/// Seconds after which a search is told to stop; it must then end by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// No file of the disk is part of a test.
struct Nowhere;

impl Reader for Nowhere {
    fn read(&self, _: &Path) -> Result<Vec<u8>, String> {
        Err("there is no such file".to_owned())
    }
}

fn text(bytes: &[u8]) -> Option<String> {
    parser::decode(bytes).ok()
}

/// Tokens cover the text, whatever it is.
pub fn lexer(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let mut at = 0;
    for token in lexer::tokens(&text) {
        assert_eq!(token.range.start, at, "a gap before {:?}", token.range);
        assert!(text.is_char_boundary(token.range.end), "{:?} ends inside a character", token.range);
        at = token.range.end;
    }
    assert_eq!(at, text.len(), "the end is not covered");
    let _ = lexer::is_complete(&text);
}

/// What parses is laid out with the same tree, and laid out once is laid out for good; what does not parse has diagnostics that render.
pub fn format(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let file = FileId(0);
    let (tree, found) = parser::parse_file(file, &text);
    told(&text, &found);
    if !found.has_errors() {
        let once = format::format(&text).unwrap_or_else(|_| panic!("a text without errors is not laid out"));
        let twice = format::format(&once).unwrap_or_else(|_| panic!("what was laid out has errors:\n{once}"));
        assert_eq!(once, twice, "laid out again it changes");
        assert!(tree.same(&parser::parse_file(file, &once).0), "the tree changes:\n{once}");
    }
    let _ = (parser::parse_expr(file, &text), parser::parse_changes(file, &text), parser::parse_axes(file, &text));
    let _ = (parser::parse_items(file, &text), parser::parse_query(file, &text), parser::parse_plot(file, &text));
}

/// Diagnostics render in each form, without controls of the terminal in the plain one.
fn told(text: &str, found: &Diagnostics) {
    let mut sources = SourceMap::default();
    sources.add("input", text);
    let plain = render_text(&found.list, &sources, false);
    assert!(!plain.contains('\u{1b}'), "an escape in plain diagnostics");
    let _ = render_text(&found.list, &sources, true);
    for d in &found.list {
        let _ = to_json(d, &sources);
    }
}

fn session(bytes: &[u8]) -> Option<Session> {
    let text = text(bytes)?;
    match Session::new(load::load_text("input", &text, Path::new("input"), &Nowhere)) {
        Ok(session) => Some(session),
        Err(failure) => {
            assert!(failure.diagnostics.has_errors(), "refused without a reason");
            let _ = render_text(&failure.diagnostics.list, &failure.sources, false);
            None
        }
    }
}

/// A program is a model or has errors that say why not.
pub fn check(bytes: &[u8]) {
    let _ = session(bytes);
}

/// A model has as many conditions as unknowns, or errors that say so.
pub fn lower(bytes: &[u8]) {
    let Some(session) = session(bytes) else { return };
    match session.prepare_standard() {
        Ok(p) => assert_eq!(p.system.unknowns().count(), p.system.equations.len(), "conditions and unknowns differ in number"),
        Err(d) => assert!(d.has_errors(), "refused without a reason"),
    }
}

/// What is called solved meets its conditions, with numbers.
pub fn solve(bytes: &[u8]) {
    let Some(session) = session(bytes) else { return };
    let Ok(mut prepared) = session.prepare_standard() else { return };
    // An unbounded search is stopped; the size of what is asked is not what is tested here.
    if prepared.system.unknowns().count() > 200 {
        return;
    }
    let watch = Watch::new();
    let solution = prepared.equilibrium(&session, &watch.stop);
    if solution.is_equilibrium() && !watch.stop.load(Ordering::Relaxed) {
        assert!(solution.residual <= 1e-7, "solved with a residual of {:e}", solution.residual);
        for sym in prepared.system.unknowns() {
            // The price of what a country lacks is none.
            let none_there = prepared.is_absent(&solution, sym);
            assert!(none_there || !solution.value(sym).is_nan(), "{} is no number", prepared.system.info(sym).name);
        }
    }
}

/// Commands that read or write files or start processes; they are no part of a fuzzed session.
const OUTSIDE: [&str; 9] = ["load", "reload", "run", "save", "report", "import", "derive", "sign", "effects"];

/// A session answers each input or says why not, and an input that fails leaves it as it was.
pub fn prompt(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if text.contains("--") || OUTSIDE.iter().any(|w| text.contains(w)) {
        return;
    }
    let options = Options { width: 80, ..Options::default() };
    let watch = Watch::new();
    let ask = workspace::Asking { options: &options, interrupt: &watch.stop };
    let mut session = workspace::Workspace::default();
    for line in input::split(&text, &workspace::Workspace::is_command).iter().take(40) {
        if watch.stop.load(Ordering::Relaxed) {
            return;
        }
        let before = session.state.identity();
        match session.run(line, &ask) {
            Ok(reply) => {
                let _ = workspace::json(&reply);
                if reply.leave {
                    return;
                }
            }
            Err(failure) => {
                let _ = render_text(&failure.diagnostics.list, &failure.sources, false);
                assert_eq!(before, session.state.identity(), "an input that failed changed the session: {line}");
            }
        }
    }
}

/// Sets `stop` when patience is at its end; gone when dropped.
struct Watch {
    stop: Arc<AtomicBool>,
    done: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Watch {
    fn new() -> Watch {
        let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new((Mutex::new(false), Condvar::new())));
        let (flag, signal) = (stop.clone(), done.clone());
        let thread = std::thread::spawn(move || {
            let (lock, condition) = &*signal;
            let Ok(guard) = lock.lock() else { return };
            let waited = condition.wait_timeout_while(guard, PATIENCE, |done| !*done);
            if waited.is_ok_and(|(_, w)| w.timed_out()) {
                flag.store(true, Ordering::Relaxed);
            }
        });
        Watch { stop, done, thread: Some(thread) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Ok(mut done) = self.done.0.lock() {
            *done = true;
        }
        self.done.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
