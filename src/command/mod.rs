//! What the command line and the prompt share: a command, its argument as typed, an answer as text and JSON.

mod compare;
mod dump;
mod equilibrium;
mod export;
mod grid;
mod model;
mod plot;
pub mod points;
mod report;
mod sam;
mod several;
pub(crate) mod shocks;
mod sides;
mod statics;
mod waiting;

pub(crate) use equilibrium::heading;

use crate::diag::{Diagnostic, Diagnostics};
use crate::present::fold::Columns;
use crate::present::{self, number::Digits, sheet::Sheet};
use crate::session::{Failure, Session, single};
use crate::sink::file::{self, NotWritten};
use crate::sink::{Shown, Tex};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// How answers are given.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub digits: Digits,
    /// `elasticities --all`: parameters without a name of their own too.
    pub all: bool,
    pub latex: bool,
    /// `--csv` of a table: rows for machines.
    pub csv: bool,
    /// `export --mpsge`.
    pub mpsge: bool,
    pub json: bool,
    /// Where a grid or a picture goes.
    pub out: Option<PathBuf>,
    pub svg: Option<PathBuf>,
    pub pdf: Option<PathBuf>,
    pub png: Option<PathBuf>,
    pub html: Option<PathBuf>,
    /// `shock --split all`: by every parameter, however many.
    pub split_all: bool,
    pub dark: bool,
    /// What a picture is called, in place of its own title.
    pub title: Option<String>,
    /// Width and height of a picture in a file, in units of its page.
    pub size: Option<(f64, f64)>,
    pub color: bool,
    /// Columns that a picture takes.
    pub width: usize,
    /// Columns of the terminal, where text goes to one.
    pub columns: Columns,
    /// Show progress on stderr.
    pub progress: bool,
    /// `shock --order beta, A`: one parameter after the other.
    pub order: Option<String>,
    /// `solve --starts n`: scattered starting points, for models that may have several equilibria.
    pub starts: Option<usize>,
    pub threads: Option<usize>,
    pub worker: Option<PathBuf>,
    /// Seconds that the algebra engine may take.
    pub limit: Option<f64>,
}

/// What a command has to say.
#[derive(Debug, Default)]
pub struct Answer {
    /// Plain text for people.
    pub text: String,
    /// In place of the text, where it was asked for.
    pub latex: Option<Tex>,
    /// The text is data: its lines stay as they are.
    pub copy: bool,
    /// A picture in characters, before the text.
    pub picture: Option<Shown>,
    pub json: Map<String, Value>,
    /// Warnings beside the answer.
    pub diagnostics: Diagnostics,
    pub exit: u8,
}

/// One question to a session.
pub struct Request<'a> {
    pub session: &'a mut Session,
    pub argument: &'a str,
    pub options: &'a Options,
    pub interrupt: &'a AtomicBool,
}

impl Request<'_> {
    /// Refuses early what could not be written after an hour of work.
    fn check_files(&self) -> Result<(), Failure> {
        let o = self.options;
        for path in [&o.out, &o.svg, &o.pdf, &o.png, &o.html].into_iter().flatten() {
            file::may_write(path, self.session.sources.paths()).map_err(|why| self.session.failure(single(not_written(path, &why))))?;
        }
        Ok(())
    }

    /// Writes a result; never over a file that the model is read from.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        file::write(path, bytes, self.session.sources.paths()).map_err(|why| self.session.failure(single(not_written(path, &why))))
    }
}

/// Why a file was not written, as a diagnostic.
pub(crate) fn not_written(path: &Path, why: &NotWritten) -> Diagnostic {
    match why {
        NotWritten::Read => Diagnostic::new("F004", format!("`{}` is not replaced: {why}", path.display())).help("write to another file"),
        _ => Diagnostic::new("F003", format!("cannot write `{}`: {why}", path.display())),
    }
}

/// Every command that takes a model.
pub const COMMANDS: &[(&str, &str)] = &[
    ("check", "parse, resolve, count and check a model"),
    ("run", "all that the file declares: report, shocks, sweeps"),
    ("solve", "the equilibrium with regime, residuals, checks"),
    ("regime", "which industries are active, how tasks are split, and how long that holds"),
    ("shock", "new equilibrium, exact change, its split by channel and by parameter"),
    ("sam", "the social accounting matrix: rows receive, columns pay; after a shock before, after, change"),
    ("export", "the economy at its equilibrium as a GAMS/MPSGE program"),
    ("compare", "shocks side by side: levels, changes, welfare"),
    ("sweep", "a grid of equilibria, to the terminal or to CSV"),
    ("hats", "the log-linear form of the active regime, in shares"),
    ("derive", "closed forms: `w wrt beta`, `w in terms of Omega, p, I`, `w wrt beta holding p`"),
    ("effects", "channel by channel, as formula and number"),
    ("sign", "a determined sign with its proof, or the exact condition"),
    ("plot", "quantities against a parameter, the margin, effects, isocosts, maps of regimes"),
    ("elasticities", "the table d ln(unknown) / d ln(parameter)"),
    ("equations", "the system in the model's own notation"),
    ("test", "homogeneity, Walras or outside balance, derivatives against re-solves"),
];

/// Runs a command by its name.
///
/// # Errors
/// Diagnostics with their sources and the exit code.
pub fn run(name: &str, request: Request) -> Result<Answer, Failure> {
    request.check_files()?;
    #[cfg(debug_assertions)]
    if std::env::var_os("TASKTRADE_PANIC").is_some_and(|n| n == name) {
        // How a failure of the program itself is met can only be tested with one.
        std::panic::panic_any(format!("`{name}` was told to fail"));
    }
    match name {
        "check" => model::check(request),
        "equations" => model::equations(request),
        "test" => model::test(request),
        "solve" => equilibrium::solve(request),
        "run" => equilibrium::run(request),
        "regime" => equilibrium::regime(request),
        "elasticities" => equilibrium::elasticities(request),
        "shock" => shocks::shock(request),
        "sam" => sam::sam(request),
        "compare" => compare::compare(request),
        "sweep" => grid::sweep(request),
        "hats" => statics::hats(request),
        "derive" => statics::derive(request),
        "effects" => statics::effects(request),
        "sign" => statics::sign(request),
        "plot" => plot::plot(request),
        "report" => report::report(request),
        "export" => export::export(request),
        "dump" => dump::dump(request),
        _ => {
            let d = Diagnostic::new("C001", format!("there is no command `{name}`"));
            Err(request.session.failure(single(d)))
        }
    }
}

/// `800x500` as width and height.
pub fn size(text: &str) -> Option<(f64, f64)> {
    let (w, h) = text.split_once(['x', '×'])?;
    let side = |s: &str| s.trim().parse::<f64>().ok().filter(|v| (100.0..=5000.0).contains(v));
    Some((side(w)?, side(h)?))
}

/// A table for other programs.
pub enum Tabular {
    Csv(String),
    Latex(Tex),
}

/// A table as the options ask for it; `None` where they ask for the text.
///
/// # Errors
/// F003: out of memory.
pub fn tabular(options: &Options, sheet: &dyn Fn() -> Sheet) -> Result<Option<Tabular>, Diagnostic> {
    if options.csv {
        let rows = sheet().csv().map_err(|e| Diagnostic::new("F003", format!("cannot write the rows: {e}")))?;
        return Ok(Some(Tabular::Csv(rows)));
    }
    Ok(options.latex.then(|| Tabular::Latex(sheet().latex(options.digits))))
}

impl Answer {
    /// Puts a table in the text's place where it is asked for as CSV or LaTeX.
    ///
    /// # Errors
    /// F003: out of memory.
    fn sheet(&mut self, r: &Request, sheet: &dyn Fn() -> Sheet) -> Result<(), Failure> {
        match tabular(r.options, sheet).map_err(|d| r.session.failure(single(d)))? {
            Some(Tabular::Csv(rows)) => (self.text, self.copy) = (rows, true),
            Some(Tabular::Latex(tex)) => self.latex = Some(tex),
            None => {}
        }
        Ok(())
    }

    /// As a terminal may be given it.
    pub fn shown(&self, color: bool, columns: Columns) -> Shown {
        present::shown(self.picture.as_ref(), self.latex.as_ref(), &self.text, color, columns.filter(|_| !self.copy))
    }

    pub fn new(session: &Session) -> Answer {
        Answer { diagnostics: session.warnings.clone(), ..Answer::default() }
    }
}
