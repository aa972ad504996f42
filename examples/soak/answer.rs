//! What the library says of a program.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tasktrade::model::load;
use tasktrade::session::Session;
use tasktrade::solve;
use tasktrade::system::Quantity;

/// What rounding leaves of sums, as a part of their largest term.
const ROUNDING: f64 = 1e-13;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Solved,
    Indeterminate,
    None,
    NotFound,
    /// Diagnostics instead of an answer.
    Refused,
    Panic,
}

impl Status {
    pub fn word(self) -> &'static str {
        match self {
            Status::Solved => "solved",
            Status::Indeterminate => "indeterminate",
            Status::None => "none",
            Status::NotFound => "not_found",
            Status::Refused => "refused",
            Status::Panic => "panic",
        }
    }

    pub fn has_values(self) -> bool {
        matches!(self, Status::Solved | Status::Indeterminate)
    }
}

/// Something to tell about a seed; `wrong` where the answer broke a promise.
pub struct Found {
    pub what: &'static str,
    pub words: String,
    pub wrong: bool,
}

pub struct Answer {
    pub status: Status,
    /// Evidence, diagnostics, or the panic's message.
    pub words: String,
    pub residual: f64,
    values: HashMap<String, f64>,
    /// By how much each may be off, as the answer states it; what is free, and shown as free, by what rounding leaves of the largest output.
    errors: Vec<(String, f64)>,
}

impl Answer {
    /// The answer with one value off by its stated error, above and below, for each value in turn.
    pub fn off(&self) -> impl Iterator<Item = [Answer; 2]> + '_ {
        self.errors.iter().map(|(name, error)| {
            [*error, -error].map(|by| {
                let mut values = self.values.clone();
                values.entry(name.clone()).and_modify(|v| *v += by);
                Answer { status: self.status, words: String::new(), residual: self.residual, values, errors: Vec::new() }
            })
        })
    }

    /// The value of this name; where there is one country, its names carry no index.
    pub fn value(&self, name: &str) -> Option<f64> {
        let short = || {
            let (base, index) = name.strip_suffix(']')?.split_once('[')?;
            Some(index.rsplit_once(", ").map_or_else(|| base.to_owned(), |(rest, _)| format!("{base}[{rest}]")))
        };
        self.values.get(name).or_else(|| self.values.get(&short()?)).copied()
    }
}

static INTERRUPT: AtomicBool = AtomicBool::new(false);

pub fn solve(text: &str) -> Answer {
    match catch_unwind(AssertUnwindSafe(|| inner(text))) {
        Ok(answer) => answer,
        Err(panic) => {
            let words = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string()));
            empty(Status::Panic, words.unwrap_or_else(|| "a panic without a message".to_owned()))
        }
    }
}

fn empty(status: Status, words: String) -> Answer {
    Answer { status, words, residual: f64::NAN, values: HashMap::new(), errors: Vec::new() }
}

fn inner(text: &str) -> Answer {
    let refused = |d: &tasktrade::diag::Diagnostics| {
        let errors: Vec<String> = d.list.iter().filter(|d| d.is_error()).map(|d| format!("{} {}", d.code, d.title)).collect();
        empty(Status::Refused, errors.join("; "))
    };
    let program = load::load_text("soak", text, Path::new("soak"), &load::Disk);
    let session = match Session::new(program) {
        Ok(s) => s,
        Err(f) => return refused(&f.diagnostics),
    };
    let mut prepared = match session.prepare_standard() {
        Ok(p) => p,
        Err(d) => return refused(&d),
    };
    let solution = prepared.equilibrium(&session, &INTERRUPT);
    let status = match solution.status {
        solve::Status::Solved => Status::Solved,
        solve::Status::Indeterminate { .. } => Status::Indeterminate,
        solve::Status::None => Status::None,
        solve::Status::NotFound => Status::NotFound,
    };
    let name = |s: tasktrade::expr::Sym| prepared.system.info(s).name.clone();
    let values = prepared.listed().into_iter().map(|s| (name(s), solution.values[s.index()])).collect();
    let made = prepared.listed().into_iter().filter(|s| prepared.system.info(*s).quantity == Quantity::Activity);
    let largest = made.map(|s| solution.values[s.index()]).fold(0.0, f64::max);
    let open: &[tasktrade::expr::Sym] = if let solve::Status::Indeterminate { free } = &solution.status { free } else { &[] };
    let stated = |s: tasktrade::expr::Sym| solution.errors.get(s.index()).copied().filter(|e| *e > 0.0);
    let error = |s: tasktrade::expr::Sym| if open.contains(&s) { Some(ROUNDING * largest) } else { stated(s) };
    let errors = prepared.listed().into_iter().filter_map(|s| Some((name(s), error(s)?))).collect();
    let words = solution.evidence.clone().or_else(|| prepared.why_unsolved(&solution).map(|d| d.title)).unwrap_or_default();
    Answer { status, words, residual: solution.residual, values, errors }
}
