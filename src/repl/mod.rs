//! The prompt: a session in a terminal, or its inputs through a pipe.

mod complete;
mod declare;
mod editor;
mod explain;
pub mod help;
pub mod input;
mod item;
mod journal;
mod keep;
pub mod log;
mod save;
mod state;
mod views;
mod why;
pub mod workspace;

pub use complete::{Offer, complete, hint};
pub use state::State;
pub use workspace::{Asking, Reply, Workspace};

use crate::cli::{Console, INTERRUPT, SESSION, emit};
use crate::command::Options;
use crate::diag::render;
use crate::present;
use crate::session::{Failure, failure::exit};
use crate::sink::Shown;
use crate::sink::shown::Style;
use editor::Assistant;
use journal::Journal;
use rustyline::error::ReadlineError;
use std::cell::RefCell;
use std::io::{BufRead, IsTerminal};
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::Ordering;

/// Opens the prompt, with a model loaded if one is named and parameters set.
///
/// In a terminal the answer is always 0; through a pipe it is the exit code of the first input that failed.
pub fn start(file: Option<&Path>, set: &[String], options: &Options, console: &mut Console) -> u8 {
    let mut session = Prompt { workspace: Rc::default(), options: options.clone(), first_failure: exit::DONE };
    let interactive = std::io::stdin().is_terminal() && console.out.is_terminal();
    if interactive {
        let hello = format!("tasktrade {} · `help` lists the commands, Tab completes, Ctrl-D leaves\n", env!("CARGO_PKG_VERSION"));
        console.out.say(&Shown::plain(&hello));
    }
    if let Some(file) = file {
        let result = session.workspace.borrow_mut().open(file, &Asking { options, interrupt: &INTERRUPT });
        // Through a pipe only what was asked is answered.
        let result = result.map(|reply| if interactive { reply } else { Reply { text: String::new(), ..reply } });
        let quiet = !interactive && result.is_ok();
        if !quiet {
            session.say("load", result, options.json, console);
        }
    }
    for text in set {
        let result = session.workspace.borrow_mut().set(text, &Asking { options, interrupt: &INTERRUPT });
        if interactive || result.is_err() {
            session.say("set", result, options.json, console);
        }
    }
    if interactive { session.terminal(console) } else { session.pipe(console) }
}

struct Prompt {
    workspace: Rc<RefCell<Workspace>>,
    options: Options,
    first_failure: u8,
}

impl Prompt {
    fn terminal(&mut self, console: &mut Console) -> u8 {
        let assistant = Assistant { workspace: self.workspace.clone(), color: self.options.color, digits: self.options.digits };
        let mut editor = match editor::editor(assistant) {
            Ok(editor) => editor,
            Err(_) => return self.pipe(console),
        };
        SESSION.store(true, Ordering::SeqCst);
        if !journal::left().is_empty() {
            console.out.say(&Shown::plain("a prompt was closed before it was left: `resume` brings back what was typed\n"));
        }
        let mut journal = Journal::begin();
        let mut warned = false;
        loop {
            if let Ok(workspace) = self.workspace.try_borrow() {
                journal.keep(&workspace.state, workspace.unsaved());
            }
            let raw = Shown::plain(&self.prompt()).to_string();
            let styled = if self.options.color { Shown::styled(Style::BoldGreen, &raw).to_string() } else { raw.clone() };
            INTERRUPT.store(false, Ordering::SeqCst);
            match editor.readline(&(raw, styled)) {
                Ok(text) => {
                    if text.trim().is_empty() {
                        continue;
                    }
                    editor::keep(&mut editor, text.trim_end());
                    if let Some((columns, _)) = editor.dimensions() {
                        self.options.width = usize::from(columns).clamp(40, 400);
                        self.options.columns = Some(usize::from(columns));
                    }
                    for one in input::split(&text, &Workspace::is_command) {
                        if self.run(&one, console) {
                            warned = false;
                        } else if self.may_leave(&mut warned, console) {
                            return exit::DONE;
                        }
                        if INTERRUPT.load(Ordering::SeqCst) {
                            break;
                        }
                    }
                }
                Err(ReadlineError::Interrupted) => continue,
                Err(ReadlineError::Eof) if !self.may_leave(&mut warned, console) => continue,
                Err(_) => break,
            }
        }
        exit::DONE
    }

    /// Whether the prompt may be left: it says once that something typed is not saved.
    fn may_leave(&self, warned: &mut bool, console: &mut Console) -> bool {
        let unsaved = self.workspace.try_borrow().is_ok_and(|w| w.unsaved());
        if *warned || !unsaved {
            return true;
        }
        *warned = true;
        console.out.say(&Shown::plain("what was typed is not saved: `save FILE` keeps it; leave again to lose it\n"));
        console.out.flush();
        false
    }

    fn pipe(&mut self, console: &mut Console) -> u8 {
        let mut stdin = std::io::BufReader::new(std::io::stdin());
        let mut open = String::new();
        loop {
            let mut bytes = Vec::new();
            let read = stdin.read_until(b'\n', &mut bytes);
            let done = !matches!(read, Ok(n) if n > 0);
            open.push_str(&String::from_utf8_lossy(&bytes));
            if !done && (!input::ends(open.trim_end_matches(['\n', '\r'])) || goes_on(&stdin)) {
                continue;
            }
            for one in input::split(&std::mem::take(&mut open), &Workspace::is_command) {
                INTERRUPT.store(false, Ordering::SeqCst);
                if !self.run(&one, console) {
                    return self.first_failure;
                }
            }
            if done {
                return self.first_failure;
            }
        }
    }

    /// Answers one input; `false` when the session is over.
    fn run(&mut self, text: &str, console: &mut Console) -> bool {
        INTERRUPT.store(false, Ordering::SeqCst);
        let (result, json) = match self.workspace.try_borrow_mut() {
            Ok(mut workspace) => {
                let json = self.options.json || workspace.wants_json(text);
                (workspace.answer(text, &Asking { options: &self.options, interrupt: &INTERRUPT }), json)
            }
            Err(_) => return true,
        };
        let word = text.split_whitespace().next().unwrap_or_default().to_string();
        if word != "log" {
            self.log(text, &result);
        }
        self.say(&word, result, json, console)
    }

    /// Writes an input and its answer to the session's log, if one is kept.
    fn log(&self, text: &str, result: &Result<Reply, Failure>) {
        let Ok(mut workspace) = self.workspace.try_borrow_mut() else { return };
        let Some(log) = &mut workspace.log else { return };
        let columns = self.options.columns;
        let answer = match result {
            Ok(r) => {
                let mut found = render::render_within(&r.diagnostics.list, &r.sources, false, columns);
                found.push(&present::shown(r.picture.as_ref(), r.latex.as_ref(), &r.text, false, columns.filter(|_| !r.copy)));
                found
            }
            Err(f) => render::render_within(&f.diagnostics.list, &f.sources, false, columns),
        };
        log.add(text, &crate::diag::render::strip(&answer));
    }

    fn say(&mut self, command: &str, result: Result<Reply, Failure>, json: bool, console: &mut Console) -> bool {
        let color = self.options.color && console.err.is_terminal();
        let columns = self.options.columns;
        match result {
            Ok(reply) => {
                if !reply.diagnostics.list.is_empty() {
                    console.err.say(&render::render_within(&reply.diagnostics.list, &reply.sources, color, columns));
                }
                if json && !reply.command.is_empty() {
                    emit(&workspace::json(&reply), console);
                } else if !json && reply.copy {
                    console.out.copy(&reply.text);
                } else if !json {
                    console.out.say(&present::shown(reply.picture.as_ref(), reply.latex.as_ref(), &reply.text, self.options.color, columns));
                }
                console.out.flush();
                self.failed(reply.exit);
                // Where nobody listens any more there is nobody to ask either.
                !reply.leave && !console.out.is_lost()
            }
            Err(f) => {
                if json {
                    emit(&present::json::envelope(command, false, &f.diagnostics, &f.sources, Default::default()), console);
                    console.out.flush();
                }
                console.err.say(&render::render_within(&f.diagnostics.list, &f.sources, color, columns));
                console.err.flush();
                self.failed(f.exit);
                !console.out.is_lost()
            }
        }
    }

    fn failed(&mut self, code: u8) {
        if self.first_failure == exit::DONE {
            self.first_failure = code;
        }
    }

    /// The model's name; `*` where its parameters are not the declared ones, `…` where declarations wait.
    fn prompt(&self) -> String {
        let Ok(workspace) = self.workspace.try_borrow() else { return "> ".into() };
        let set = if workspace.state.settings.is_empty() { "" } else { "*" };
        let waits = if workspace.state.waiting.is_empty() { "" } else { "…" };
        format!("{}{set}{waits}> ", workspace.name().unwrap_or("tasktrade"))
    }
}

/// Whether an indented line is here already, which may go on with a declaration.
fn goes_on(stdin: &std::io::BufReader<std::io::Stdin>) -> bool {
    matches!(stdin.buffer().first(), Some(b' ' | b'\t'))
}
