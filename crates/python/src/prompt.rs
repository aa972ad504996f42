//! The prompt's language for notebooks: declare, ask, shock; completion and hints.

use crate::model::{Told, failed};
use crate::process::work;
use pyo3::prelude::*;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tasktrade::command::Options;
use tasktrade::repl::{self, Asking, Workspace, input, workspace};
use tasktrade::session::Failure;
use tasktrade::syntax::words::{CONNECTIVES, CONTEXTUAL, DECLARATIONS, DEFINITIONS};

/// A session of the prompt.
#[pyclass(frozen, module = "tasktrade._tasktrade")]
pub struct Prompt(Mutex<Workspace>);

impl Prompt {
    fn workspace(&self) -> MutexGuard<'_, Workspace> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Prompt {
    #[new]
    fn new() -> Prompt {
        Prompt(Mutex::new(Workspace::default()))
    }

    /// Cuts a text of several lines into inputs.
    fn split(&self, text: &str) -> Vec<String> {
        input::split(text, &Workspace::is_command)
    }

    /// Whether Enter ends the input.
    fn ends(&self, text: &str) -> bool {
        input::ends(text)
    }

    /// Answers one input; an open prompt stays as it was where it cannot.
    fn answer(&self, py: Python<'_>, text: &str, columns: usize) -> PyResult<Told> {
        let interrupt = AtomicBool::new(false);
        let options = Options { width: columns, columns: Some(columns), ..Options::default() };
        work(py, &interrupt, || {
            let mut workspace = self.workspace();
            let reply = workspace.answer(text, &Asking { options: &options, interrupt: &interrupt });
            match reply {
                Ok(reply) => {
                    let object = workspace::json(&reply).to_string();
                    let width = Some(columns).filter(|_| !reply.copy);
                    let shown =
                        tasktrade::present::shown(reply.picture.as_ref(), reply.latex.as_ref(), &reply.text, false, width).as_str().to_owned();
                    let warnings = tasktrade::diag::render::render_text(&reply.diagnostics.list, &reply.sources, false);
                    (reply.exit, object, format!("{shown}{warnings}"), reply.latex.as_ref().map(|t| t.as_str().to_owned()))
                }
                Err(f) => refused(&f),
            }
        })
    }

    /// Where the fragment before the cursor starts, in characters, and what may take its place: what is shown, what is put in.
    fn complete(&self, line: &str, cursor: usize) -> (usize, Vec<(String, String)>) {
        let byte = line.char_indices().nth(cursor).map_or(line.len(), |(at, _)| at);
        let (start, offers) = repl::complete(&self.workspace(), line, byte);
        let start = line.get(..start).map_or(0, |s| s.chars().count());
        (start, offers.into_iter().map(|o| (o.shown, o.text)).collect())
    }

    /// The model's name, if one is loaded.
    fn name(&self) -> Option<String> {
        self.workspace().name().map(str::to_owned)
    }

    /// Loads a file.
    fn open(&self, py: Python<'_>, path: std::path::PathBuf) -> PyResult<Told> {
        self.answer(py, &format!("load {}", path.display()), 100)
    }
}

fn refused(f: &Failure) -> Told {
    failed("prompt", f)
}

/// The words of the language, for highlighters: those that begin a declaration, those inside one, those with a meaning at their place, commands.
#[pyfunction]
pub fn words() -> [Vec<&'static str>; 4] {
    let first = DECLARATIONS.iter().chain(&DEFINITIONS).copied().collect();
    let commands = tasktrade::command::COMMANDS.iter().map(|c| c.0).collect();
    [first, CONNECTIVES.to_vec(), CONTEXTUAL.to_vec(), commands]
}
