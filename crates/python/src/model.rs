//! A loaded model: questions in, JSON and text out.

use crate::process::work;
use crate::table::Table;
use pyo3::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tasktrade::command::{self, Answer, Options, Request, points};
use tasktrade::diag::{Diagnostic, Diagnostics, render};
use tasktrade::model::load::{self, Disk, Reader};
use tasktrade::present::json;
use tasktrade::session::{Failure, Session, internal};
use tasktrade::source::SourceMap;

/// An answer: exit code, the JSON object of the command line, text for people, LaTeX where it was asked for.
pub type Told = (u8, String, String, Option<String>);

/// A model with its settings.
#[pyclass(frozen, module = "tasktrade._tasktrade")]
pub struct Model {
    session: Mutex<Session>,
    /// The name and the path that the model was loaded by.
    name: String,
    path: PathBuf,
}

/// Texts that travel with a model to another process.
struct Packed(HashMap<PathBuf, String>);

impl Reader for Packed {
    fn read(&self, path: &Path) -> Result<Vec<u8>, String> {
        match self.0.get(&self.real(path)) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => Disk.read(path),
        }
    }
}

fn failure(error: Diagnostic) -> Failure {
    let mut found = Diagnostics::default();
    found.push(error);
    Failure::wrong(SourceMap::default(), found)
}

/// A failure as the command line tells it.
pub fn failed(command: &str, f: &Failure) -> Told {
    let body = match f.diagnostics.list.iter().find(|d| d.is_error()).map(|d| d.code) {
        Some("S001") => Some("none"),
        Some("S002") => Some("not_found"),
        _ => None,
    };
    let body = body.map(|s| ("status".to_owned(), serde_json::Value::String(s.into()))).into_iter().collect();
    let object = json::envelope(command, false, &f.diagnostics, &f.sources, body);
    (f.exit, object.to_string(), render::render_text(&f.diagnostics.list, &f.sources, false).as_str().to_owned(), None)
}

pub fn told(command: &str, result: Result<(Answer, SourceMap), Failure>) -> Told {
    match result {
        Ok((answer, sources)) => {
            let ok = answer.exit == 0;
            let text = answer.shown(false, None).as_str().to_owned();
            let latex = answer.latex.as_ref().map(|t| t.as_str().to_owned());
            (answer.exit, json::envelope(command, ok, &answer.diagnostics, &sources, answer.json).to_string(), text, latex)
        }
        Err(f) => failed(command, &f),
    }
}

/// Options by their names on the command line.
#[derive(Default, FromPyObject)]
#[pyo3(from_item_all)]
pub struct Asked {
    all: bool,
    latex: bool,
    mpsge: bool,
    split_all: bool,
    dark: bool,
    svg: Option<PathBuf>,
    png: Option<PathBuf>,
    html: Option<PathBuf>,
    title: Option<String>,
    size: Option<(f64, f64)>,
    order: Option<String>,
    starts: Option<usize>,
    threads: Option<usize>,
    limit: Option<f64>,
}

impl From<Asked> for Options {
    fn from(a: Asked) -> Options {
        let Asked { all, latex, mpsge, split_all, dark, svg, png, html, title, size, order, starts, threads, limit } = a;
        Options {
            all,
            latex,
            mpsge,
            split_all,
            dark,
            svg,
            png,
            html,
            title,
            size,
            order,
            starts,
            threads,
            limit,
            json: true,
            width: 100,
            ..Options::default()
        }
    }
}

/// A setting: a name, and its new value as an expression of the language.
type Setting = (String, String);

impl Model {
    fn open(name: &str, path: &Path, program: impl FnOnce() -> Result<load::Program, Diagnostic>) -> Result<Model, Failure> {
        let session = program().map_err(failure).and_then(Session::new)?;
        Ok(Model { session: Mutex::new(session), name: name.to_owned(), path: path.to_owned() })
    }

    fn session(&self) -> MutexGuard<'_, Session> {
        // A panic leaves settings as they were: every question puts them back.
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does something with some parameters set, and sets them back.
fn with<T>(session: &mut Session, settings: &[Setting], ask: impl FnOnce(&mut Session) -> Result<T, Failure>) -> Result<T, Failure> {
    let (before, warnings) = (session.settings.clone(), session.warnings.clone());
    let result = internal::guarded(|| {
        set_all(session, settings)?;
        ask(session)
    });
    session.settings = before;
    session.warnings = warnings;
    result.unwrap_or_else(|d| Err(failure(d)))
}

fn set_all(session: &mut Session, settings: &[Setting]) -> Result<(), Failure> {
    tasktrade::cli::apply_settings(session, settings.iter().map(|(name, value)| format!("{name} = {value}")))
        .map_err(|d| Failure::wrong(session.sources.clone(), d))
}

#[pymethods]
impl Model {
    /// Loads a file; without one, a text. Gives the model, or what was wrong.
    #[staticmethod]
    #[pyo3(signature = (path=None, text=None, name="<text>"))]
    fn load(py: Python<'_>, path: Option<PathBuf>, text: Option<String>, name: &str) -> PyResult<(Option<Model>, Told)> {
        let never = AtomicBool::new(false);
        let result = work(py, &never, || {
            internal::guarded(|| match (&path, &text) {
                (Some(path), _) => Model::open(&path.display().to_string(), path, || load::load_file(path, &Disk)),
                (None, text) => {
                    let text = text.clone().unwrap_or_default();
                    Model::open(name, Path::new("."), || Ok(load::load_text(name, &text, Path::new("."), &Disk)))
                }
            })
            .unwrap_or_else(|d| Err(failure(d)))
        })?;
        Ok(opened(result))
    }

    /// The model's name and path, and the texts that it was read from by path; `unpack` makes it of them elsewhere.
    fn pack(&self) -> (String, PathBuf, String, Vec<(PathBuf, String)>, Vec<(String, f64)>) {
        let session = self.session();
        let reader = Packed(HashMap::new());
        let main = session.sources.files().next().map(|(_, f)| f.text.to_string()).unwrap_or_default();
        let texts = session.sources.files().skip(1).filter_map(|(_, f)| f.path.as_deref().map(|p| (reader.real(p), f.text.to_string()))).collect();
        let mut settings: Vec<(String, f64)> = session.settings.iter().map(|(s, v)| (session.economy.info(*s).name.clone(), *v)).collect();
        settings.sort_by(|a, b| a.0.cmp(&b.0));
        (self.name.clone(), self.path.clone(), main, texts, settings)
    }

    #[staticmethod]
    fn unpack(name: &str, path: PathBuf, text: &str, texts: Vec<(PathBuf, String)>) -> (Option<Model>, Told) {
        let reader = Packed(texts.into_iter().collect());
        opened(Model::open(name, &path, || Ok(load::load_text(name, text, &path, &reader))))
    }

    /// Asks a question by its name on the command line.
    fn ask(&self, py: Python<'_>, command: &str, argument: &str, options: Asked, settings: Vec<Setting>) -> PyResult<Told> {
        let interrupt = AtomicBool::new(false);
        let options = Options::from(options);
        let result = work(py, &interrupt, || {
            let mut session = self.session();
            with(&mut session, &settings, |session| {
                let request = Request { session, argument, options: &options, interrupt: &interrupt };
                let answer = command::run(command, request)?;
                Ok((answer, session.sources.clone()))
            })
        })?;
        Ok(told(command, result))
    }

    /// Sets parameters for good.
    fn set(&self, py: Python<'_>, settings: Vec<Setting>) -> PyResult<Told> {
        let never = AtomicBool::new(false);
        let result = work(py, &never, || {
            let mut session = self.session();
            let before = session.settings.clone();
            let done = internal::guarded(|| set_all(&mut session, &settings)).unwrap_or_else(|d| Err(failure(d)));
            if done.is_err() {
                session.settings = before;
            }
            let sources = session.sources.clone();
            done.map(|()| (Answer::default(), sources))
        })?;
        Ok(told("set", result))
    }

    /// Takes all settings back.
    fn reset(&self) {
        self.session().settings.clear();
    }

    /// Parameters with their present values, in the order of the file.
    fn parameters(&self) -> Vec<(String, f64)> {
        let session = self.session();
        let values = session.economy.parameter_values(&session.settings);
        let named = |(info, value): (&tasktrade::system::SymInfo, &f64)| info.quantity.is_parameter().then(|| (info.name.clone(), *value));
        session.economy.syms.iter().zip(&values).filter_map(named).filter(|p| p.1.is_finite()).collect()
    }

    /// Solves at points given as columns.
    #[pyo3(signature = (axes, product, of, chunk, threads, settings))]
    fn sweep(
        &self,
        py: Python<'_>,
        axes: Vec<(String, Vec<f64>)>,
        product: bool,
        of: Vec<String>,
        chunk: Option<usize>,
        threads: Option<usize>,
        settings: Vec<Setting>,
    ) -> PyResult<(Option<Table>, Told)> {
        let interrupt = AtomicBool::new(false);
        let options = Options { threads, json: true, ..Options::default() };
        let columns = points::Columns { axes, product, of, chunk };
        let result = work(py, &interrupt, || {
            let mut session = self.session();
            with(&mut session, &settings, |session| {
                points::solve(Request { session, argument: "", options: &options, interrupt: &interrupt }, &columns)
            })
        })?;
        match result {
            Ok(found) => Ok((Some(Table::new(found)), told("sweep", Ok((Answer::default(), SourceMap::default()))))),
            Err(f) => Ok((None, failed("sweep", &f))),
        }
    }
}

fn opened(result: Result<Model, Failure>) -> (Option<Model>, Told) {
    match result {
        Ok(model) => {
            let (warnings, sources) = {
                let session = model.session();
                (session.warnings.clone(), session.sources.clone())
            };
            let answer = Answer { diagnostics: warnings, ..Answer::default() };
            (Some(model), told("load", Ok((answer, sources))))
        }
        Err(f) => (None, failed("load", &f)),
    }
}

/// Points that a sweep of so many solves one after the other: parts that start at its multiples have the bits of the whole.
#[pyfunction]
pub fn chunk(points: usize) -> usize {
    points::chunk(points)
}
