//! What the command line and the prompt share: a command, its argument as typed, an answer as text and JSON.

mod equilibrium;
mod grid;
mod model;
mod plot;
mod report;
mod several;
pub(crate) mod shocks;
mod statics;
mod waiting;

pub(crate) use equilibrium::heading;

use crate::diag::Diagnostics;
use crate::present::number::Digits;
use crate::session::{Failure, Session};
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

/// How answers are given.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub digits: Digits,
    /// `elasticities --all`: parameters without a name of their own too.
    pub all: bool,
    pub latex: bool,
    pub json: bool,
    /// Where a grid or a picture goes.
    pub out: Option<PathBuf>,
    pub svg: Option<PathBuf>,
    pub png: Option<PathBuf>,
    pub html: Option<PathBuf>,
    pub dark: bool,
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
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
    pub text: String,
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

/// Every command that takes a model.
pub const COMMANDS: &[(&str, &str)] = &[
    ("check", "parse, resolve, count and check a model"),
    ("run", "all that the file declares: report, shocks, sweeps"),
    ("solve", "the equilibrium with regime, residuals, checks"),
    ("regime", "which industries are active, how tasks are split, and how long that holds"),
    ("shock", "new equilibrium, exact change, its split by channel and by parameter"),
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
    match name {
        "check" => model::check(request),
        "equations" => model::equations(request),
        "test" => model::test(request),
        "solve" => equilibrium::solve(request),
        "run" => equilibrium::run(request),
        "regime" => equilibrium::regime(request),
        "elasticities" => equilibrium::elasticities(request),
        "shock" => shocks::shock(request),
        "sweep" => grid::sweep(request),
        "hats" => statics::hats(request),
        "derive" => statics::derive(request),
        "effects" => statics::effects(request),
        "sign" => statics::sign(request),
        "plot" => plot::plot(request),
        "report" => report::report(request),
        _ => {
            let d = crate::diag::Diagnostic::new("C001", format!("there is no command `{name}`"));
            Err(request.session.failure(crate::session::single(d)))
        }
    }
}

impl Answer {
    pub fn new(session: &Session) -> Answer {
        Answer { diagnostics: session.warnings.clone(), ..Answer::default() }
    }
}
