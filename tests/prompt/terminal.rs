//! The prompt in a pseudo-terminal: colours, completion, hints, Ctrl-C, Ctrl-D.
#![cfg(unix)]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

struct Terminal {
    child: Child,
    keys: File,
    screen: Arc<Mutex<String>>,
    /// What was seen already.
    seen: usize,
    _state: tempfile::TempDir,
}

impl Terminal {
    fn open(args: &[&str], env: &[(&str, &str)]) -> Terminal {
        Terminal::open_in(Path::new(env!("CARGO_MANIFEST_DIR")), 100, args, env)
    }

    fn open_in(folder: &Path, columns: u16, args: &[&str], env: &[(&str, &str)]) -> Terminal {
        let (mut master, mut slave) = (0, 0);
        let size = libc::winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: both descriptors are written before they are read, and each gets one owner below.
        let opened = unsafe { libc::openpty(&mut master, &mut slave, std::ptr::null_mut(), std::ptr::null_mut(), &size as *const _ as *mut _) };
        assert_eq!(opened, 0, "no pseudo-terminal");
        let (master, slave) = unsafe { (OwnedFd::from_raw_fd(master), OwnedFd::from_raw_fd(slave)) };
        let state = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(crate::start::BINARY);
        command
            .args(args)
            .current_dir(folder)
            .env("TERM", "xterm-256color")
            .env_remove("NO_COLOR")
            .env_remove("COLUMNS")
            .env("XDG_STATE_HOME", state.path());
        for (name, value) in env {
            command.env(name, value);
        }
        command.stdin(slave.try_clone().expect("a descriptor")).stdout(slave.try_clone().expect("a descriptor")).stderr(slave);
        // SAFETY: only async-signal-safe calls between fork and exec.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                libc::ioctl(0, libc::TIOCSCTTY as _, 0);
                Ok(())
            });
        }
        let child = command.spawn().expect("tasktrade starts");
        drop(command);
        let mut reader = File::from(master.try_clone().expect("a descriptor"));
        let screen = Arc::new(Mutex::new(String::new()));
        let shared = screen.clone();
        std::thread::spawn(move || {
            let mut bytes = [0u8; 4096];
            let mut held = Vec::new();
            while let Ok(n) = reader.read(&mut bytes) {
                if n == 0 {
                    break;
                }
                held.extend_from_slice(&bytes[..n]);
                // A character may be cut by the buffer's end.
                let whole = std::str::from_utf8(&held).map_or_else(|e| e.valid_up_to(), str::len);
                let text = String::from_utf8_lossy(&held[..whole]).into_owned();
                held.drain(..whole);
                shared.lock().expect("the screen").push_str(&text);
            }
        });
        Terminal { child, keys: File::from(master), screen, seen: 0, _state: state }
    }

    fn type_keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("typed");
    }

    fn all(&self) -> String {
        self.screen.lock().expect("the screen").clone()
    }

    /// Waits until a text appears after what was seen before; colours and cursor moves are skipped unless the text has some.
    fn expect(&mut self, text: &str) {
        let start = Instant::now();
        loop {
            let all = self.all();
            let (plain, places) = if text.contains('\x1b') { (all[self.seen..].to_owned(), None) } else { strip(&all[self.seen..]) };
            if let Some(at) = plain.find(text) {
                let end = at + text.len();
                self.seen += places.map_or(end, |p| p[end - 1] + 1);
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{text:?} does not appear in\n{}", &all[self.seen..]);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn end(mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "it does not end:\n{}", self.all());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A text without escape sequences, and for each byte its place in the original.
fn strip(text: &str) -> (String, Option<Vec<usize>>) {
    let (mut out, mut places) = (String::new(), Vec::new());
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\x1b' {
            chars.next();
            for (_, c) in chars.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
            continue;
        }
        out.push(c);
        places.extend(at..at + c.len_utf8());
    }
    (out, Some(places))
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn small_ho() -> Terminal {
    let mut t = Terminal::open(&["repl", "examples/small_ho.trade"], &[]);
    t.expect("small_ho> ");
    t
}

#[test]
fn words_are_coloured_and_answers_come() {
    let mut t = small_ho();
    t.type_keys("shock beta -10%");
    t.expect("\x1b[1mshock");
    t.type_keys("\r");
    t.expect("productivity");
    t.expect("small_ho*> ");
    t.type_keys("w/s");
    // The value stands there before Enter.
    t.expect("\x1b[2m  = 0.5693");
    t.type_keys("\r");
    t.expect("w / s = 0.5693");
    t.type_keys("\x04");
    assert!(t.end().success());
}

#[test]
fn tab_completes() {
    let mut t = small_ho();
    t.type_keys("expl\t");
    t.expect("explain ");
    t.type_keys("\x15\\beta\t");
    t.expect("β");
    t.type_keys("\x15load examples/small_ho_c\t");
    t.expect("cobb_douglas.trade");
    t.type_keys("\x15shock che\t");
    t.expect("cheaper_offshoring");
    t.type_keys("\x15output[\t");
    t.expect("output[y]");
    t.type_keys("\x15import sch\t");
    t.expect("schedules");
    t.type_keys("\x15\x04");
    assert!(t.end().success());
}

#[test]
fn blocks_span_lines() {
    let mut t = small_ho();
    t.type_keys("report {\r");
    t.type_keys("w, s }\r");
    t.expect("replaced report");
    t.type_keys("country Mars {\r\r");
    t.expect("error[");
    t.expect("small_ho> ");
    // The report that was typed is not saved.
    t.type_keys("\x04");
    t.expect("not saved");
    t.type_keys("\x04");
    assert!(t.end().success());
}

#[test]
fn ctrl_c_drops_the_line_and_stops_a_computation() {
    let mut t = small_ho();
    t.type_keys("nonsense");
    t.expect("nonsense");
    t.type_keys("\x03");
    t.expect("small_ho> ");
    t.type_keys("set beta = 1.25\r");
    t.expect("small_ho*> ");
    t.type_keys("sweep beta = 1.1..1.5 : 40000000\r");
    std::thread::sleep(Duration::from_millis(700));
    t.type_keys("\x03");
    t.expect("interrupted");
    // The session is as it was.
    t.expect("small_ho*> ");
    t.type_keys("beta\r");
    t.expect("= 1.2500");
    t.type_keys("exit\r");
    assert!(t.end().success());
}

#[test]
fn no_color_is_honoured() {
    let mut t = Terminal::open(&["repl", "examples/small_ho.trade"], &[("NO_COLOR", "1")]);
    t.expect("small_ho> ");
    t.type_keys("shock beta -10%\r");
    t.expect("small_ho*> ");
    let all = t.all();
    assert!(!all.contains("\x1b[1m") && !all.contains("\x1b[2m") && !all.contains("\x1b[3"), "{all:?}");
    t.type_keys("\x04");
    assert!(t.end().success());
}

#[test]
fn a_dumb_terminal_will_do() {
    let mut t = Terminal::open(&["repl", "examples/small_ho.trade"], &[("TERM", "dumb")]);
    t.expect("small_ho> ");
    t.type_keys("w\r");
    t.expect("w = 0.7795");
    let all = t.all();
    assert!(!all.contains('\x1b'), "{all:?}");
    t.type_keys("exit\r");
    assert!(t.end().success());
}

#[test]
fn the_history_is_kept() {
    let mut t = small_ho();
    t.type_keys("w * 2\r");
    t.expect("w * 2 = ");
    t.type_keys("\x1b[A");
    t.expect("w * 2");
    t.type_keys("\x15\x04");
    let path = t._state.path().join("tasktrade").join("history");
    let start = Instant::now();
    while !std::fs::read_to_string(&path).is_ok_and(|s| s.contains("w * 2")) {
        assert!(start.elapsed() < PATIENCE, "no history");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(t.end().success());
}

/// A page followed letter by letter at a terminal of 80 columns, in an empty folder: each line of the answers written there comes, in order.
#[cfg(feature = "symbolic")]
fn follow(page: &str) -> (usize, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut t = Terminal::open_in(folder.path(), 80, &[], &[("NO_COLOR", "1")]);
    t.expect("tasktrade> ");
    let (mut inside, mut typed, mut answered) = (false, 0, 0);
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line.starts_with("```session");
        } else if let (true, Some(input)) = (inside, line.strip_prefix(">>> ").or(line.strip_prefix("... "))) {
            t.type_keys(&format!("{input}\r"));
            typed += 1;
        } else if inside && !line.trim().is_empty() && !line.contains('…') {
            t.expect(line.trim_end());
            answered += 1;
        }
    }
    // What was typed is not saved: leaving says so once.
    t.type_keys("\x04");
    std::thread::sleep(Duration::from_millis(300));
    t.type_keys("\x04");
    assert!(t.end().success());
    (typed, answered)
}

#[cfg(feature = "symbolic")]
#[test]
fn the_tour_of_the_readme() {
    let (typed, answered) = follow(include_str!("../../README.md"));
    assert!(typed >= 8 && answered >= 40, "{typed} inputs, {answered} lines");
}

#[cfg(feature = "symbolic")]
#[test]
fn the_tutorial() {
    let (typed, answered) = follow(include_str!("../../docs/tutorial.md"));
    assert!(typed >= 40 && answered >= 150, "{typed} inputs, {answered} lines");
}

#[test]
fn leaving_says_what_would_be_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut t = Terminal::open_in(folder.path(), 80, &["repl", "examples/small_ho.trade"], &[]);
    t.expect("small_ho> ");
    // Keys typed before the prompt is back would reach the terminal, not the line.
    t.type_keys("parameter mine = 2\r");
    t.expect("added parameter");
    t.expect("small_ho");
    t.type_keys("save\r");
    t.expect("was not written by this session");
    t.expect("small_ho");
    t.type_keys("\x04");
    t.expect("what was typed is not saved");
    t.expect("small_ho");
    // Another input, and the warning counts anew.
    t.type_keys("mine * 3\r");
    t.expect("mine * 3 = 6");
    t.expect("small_ho");
    t.type_keys("exit\r");
    t.expect("what was typed is not saved");
    t.expect("small_ho");
    t.type_keys("save mine.trade\r");
    t.expect("saved mine.trade");
    t.expect("small_ho");
    t.type_keys("\x04");
    assert!(t.end().success());
    assert!(std::fs::read_to_string(folder.path().join("mine.trade")).is_ok_and(|s| s.contains("parameter mine = 2")));
}

#[test]
fn a_killed_prompt_is_resumed() {
    let state = tempfile::tempdir().expect("a folder");
    let place = state.path().display().to_string();
    let env = [("XDG_STATE_HOME", place.as_str())];
    let mut t = Terminal::open(&["repl", "examples/small_ho.trade"], &env);
    t.expect("small_ho> ");
    t.type_keys("let mine = 2 * w\r");
    t.expect("added let");
    t.type_keys("let later = 2 * nowhere\r");
    t.expect("waits");
    t.type_keys("set beta = 1.25\r");
    t.expect("small_ho*");
    t.type_keys("mine\r");
    t.expect("mine = ");
    t.child.kill().expect("killed");
    t.child.wait().expect("gone");
    let mut t = Terminal::open(&[], &env);
    t.expect("`resume` brings back");
    t.type_keys("resume\r");
    t.expect("beta = 1.25");
    t.expect("later");
    t.type_keys("mine\r");
    t.expect("mine = ");
    t.type_keys("exit\r");
    t.expect("not saved");
    t.type_keys("exit\r");
    assert!(t.end().success());
    let mut t = Terminal::open(&[], &env);
    t.expect("tasktrade> ");
    assert!(!t.all().contains("resume"), "{}", t.all());
    t.type_keys("\x04");
    assert!(t.end().success());
}

/// Work that takes longer than a second says so on the terminal, and Ctrl-C ends it with what is done.
#[test]
fn long_work_shows_how_far_it_is() {
    let mut t = Terminal::open(&["sweep", "examples/large_ho.trade", "beta = 1.1..1.5 : 1000, A = 1.1..1.5 : 1000"], &[]);
    t.expect("/1000000 points");
    t.expect("left");
    t.type_keys("\x03");
    t.expect("stopped: ");
    assert_eq!(t.end().code(), Some(130));
}
