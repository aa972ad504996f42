//! A loaded model with its parameter values, and the answers to every question about it.
//!
//! The command line and the REPL share this: each question prepares the system with the quantities that it names, solves, and gives back a plain
//! result that `present` renders.

pub mod elasticities;
pub mod failure;
pub mod grid;
pub mod internal;
pub mod regime;
pub mod sam;
pub mod shock;
pub mod solved;
pub mod tests;
pub mod unique;

use crate::accounts::{self, Accounts};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{NodeId, Sym};
use crate::lower;
use crate::model::resolve::{Resolver, Scope};
use crate::model::{self, By, Change, Economy, Key, Named, load};
use crate::solve::{Problem, Solution, solve};
use crate::source::{FileId, SourceMap};
use crate::system::{Role, System, balance};
pub use failure::{Failure, exit_of};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
pub use unique::Uniqueness;

/// Economies with more standard quantities than this list only what is asked for.
const STANDARD_LIMIT: usize = 3000;

/// A model as loaded: its texts, its economy before lowering, its settings.
pub struct Session {
    pub sources: SourceMap,
    pub economy: Economy,
    /// Who pays whom in it.
    pub accounts: Arc<Accounts>,
    /// Warnings and notes of loading.
    pub warnings: Diagnostics,
    /// Parameters set by hand, by symbol of `economy`.
    pub settings: FxHashMap<Sym, f64>,
}

/// A model lowered for one question.
pub struct Prepared {
    pub economy: Economy,
    pub accounts: Arc<Accounts>,
    pub system: System,
    pub problem: Problem,
    /// Values of parameters by symbol.
    pub parameters: Vec<f64>,
    /// What the question asked about besides the system's own quantities.
    pub outputs: Vec<Named>,
    pub uniqueness: Uniqueness,
}

impl Session {
    /// Loads, resolves and checks a program.
    ///
    /// # Errors
    /// All diagnostics found, when any of them is an error.
    pub fn new(program: load::Program) -> Result<Session, Failure> {
        let mut diagnostics = program.diagnostics.clone();
        let (economy, mut found) = model::build(&program);
        let failed_import = diagnostics.list.iter().any(|d| matches!(d.code, "N011" | "F002"));
        model::echo::drop_echoes(&mut found, &program.broken, failed_import);
        // What a construct that is not yet in the language declares, the rest of the file would be told it lacks.
        if diagnostics.has_errors() {
            // What a broken declaration would have brought is not warned of a second time.
            found.list.retain(crate::diag::Diagnostic::is_error);
        }
        if !diagnostics.list.iter().any(|d| d.code == "P020") {
            diagnostics.extend(found);
        }
        let (accounts, warnings, settings) = Default::default();
        let mut session = Session { sources: program.sources, economy, accounts, warnings, settings };
        let values = session.economy.parameter_values(&session.settings);
        let mut checks = session.economy.check_values(&values, &session.moving());
        if diagnostics.has_errors() {
            // What an error left without a value is no second error, and no warning stands beside one that it may come from.
            checks.list.retain(|d| d.code != "M001" && d.is_error());
        }
        diagnostics.extend(checks);
        diagnostics.conclude();
        if diagnostics.has_errors() {
            let mut failure = Failure::wrong(session.sources, diagnostics);
            // A file's own shocks and sweeps are no usage of a command.
            if failure.exit == failure::exit::USAGE {
                failure.exit = failure::exit::WRONG_MODEL;
            }
            return Err(failure);
        }
        session.warnings = diagnostics;
        session.accounts = Arc::new(accounts::post(&mut session.economy));
        Ok(session)
    }

    /// Parameters that shocks and sweeps of the file move.
    pub fn moving(&self) -> Vec<Sym> {
        let shocks = self.economy.shocks.iter().flat_map(|s| s.changes.iter().map(|c| c.target));
        let sweeps = self.economy.sweeps.iter().flat_map(|s| s.axes.iter().map(|a| a.target));
        let mut all: Vec<Sym> = shocks.chain(sweeps).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Adds a text typed by the user, so that diagnostics can point into it.
    pub fn add_text(&mut self, name: &str, text: &str) -> FileId {
        self.sources.add(name, text)
    }

    /// Runs `ask` with a resolver on a copy of the economy and gives both back.
    ///
    /// # Errors
    /// What the resolver reported.
    pub fn resolve<T>(&self, ask: impl FnOnce(&mut Resolver, &Scope) -> T) -> Result<(Economy, T), Diagnostics> {
        let mut economy = self.economy.clone();
        economy.resolved = 0;
        let mut diagnostics = Diagnostics::default();
        let answer = ask(&mut Resolver { economy: &mut economy, diagnostics: &mut diagnostics }, &Scope::default());
        if diagnostics.has_errors() { Err(diagnostics) } else { Ok((economy, answer)) }
    }

    /// Lowers an economy (this session's own, or a copy that more was asked of) with the session's settings.
    ///
    /// # Errors
    /// Diagnostics of balance and values; a technology without numbers.
    pub fn prepare(&self, mut economy: Economy, mut outputs: Vec<Named>, standard: bool) -> Result<Prepared, Diagnostics> {
        if standard {
            ask_standard(&mut economy);
        }
        // A definition that was set by hand no longer follows what it names.
        for (sym, value) in &self.settings {
            if let Role::Definition(_) = economy.info(*sym).role {
                economy.syms[sym.index()].role = Role::Parameter(*value);
            }
        }
        outputs.extend(economy.report.iter().cloned());
        let set: Vec<Sym> = self.settings.keys().copied().collect();
        self.cut(&mut economy, &set);
        let accounts = self.accounts.clone();
        let system = lower::lower(&mut economy, &accounts)?;
        balance_check(&system)?;
        let mut parameters = economy.parameter_values(&self.settings);
        parameters.resize(system.syms.len(), f64::NAN);
        if !economy.is_numeric() {
            return Err(single(Diagnostic::new("S010", "a technology `general(σ)` has no numbers").at(economy.industries.iter().map(|i| i.form.span).next().unwrap_or(no_span()), "only its shares and elasticities are known").help("`derive`, `effects`, `sign` and `hats` work with it; to solve, give a form with weights, such as `ces(0.5) { L: 0.4, H: 0.6 }`")));
        }
        let nodes: Vec<NodeId> = outputs.iter().map(|o| o.node).collect();
        let mut problem = Problem::new(&system, &nodes).map_err(|e| single(Diagnostic::new("S011", e.to_string())))?;
        let uniqueness = unique::uniqueness(&economy, &parameters);
        if !uniqueness.is_proved() {
            problem.may_have_several();
        }
        Ok(Prepared { economy, accounts, system, problem, parameters, outputs, uniqueness })
    }

    /// Cuts definitions that follow parameters loose, so that they can be given values of their own.
    pub fn cut(&self, economy: &mut Economy, syms: &[Sym]) {
        let values = self.economy.parameter_values(&self.settings);
        for s in syms {
            let (Some(info), Some(&v)) = (economy.syms.get_mut(s.index()), values.get(s.index())) else { continue };
            if matches!(info.role, Role::Definition(_)) && info.quantity.is_parameter() {
                info.role = Role::Parameter(v);
            }
        }
    }

    /// What to say of a definition that is given a value: it follows its parameters no more.
    pub fn cut_note(&self, sym: Sym) -> Option<Diagnostic> {
        let info = self.economy.syms.get(sym.index())?;
        let Role::Definition(node) = info.role else { return None };
        let followed: Vec<String> = self.economy.dag.symbols(&[node]).iter().map(|s| format!("`{}`", self.economy.info(*s).name)).collect();
        let mut d = Diagnostic::new("C015", format!("`{}` no longer follows {}", info.name, followed.join(", ")));
        if let Some(&span) = self.economy.written.get(&sym) {
            d = d.at(span, "defined here; it now has a value of its own");
        }
        Some(d)
    }

    /// The session's own system, with its standard quantities.
    ///
    /// # Errors
    /// As [`Session::prepare`].
    pub fn prepare_standard(&self) -> Result<Prepared, Diagnostics> {
        self.prepare(self.economy.clone(), Vec::new(), true)
    }

    /// Sets a parameter; values are checked as at load.
    ///
    /// # Errors
    /// Diagnostics when the value is not admissible; nothing is changed then.
    pub fn set(&mut self, sym: Sym, value: f64) -> Result<(), Diagnostics> {
        self.set_all(&[(sym, value)])
    }

    /// Sets parameters together.
    ///
    /// # Errors
    /// As [`Session::set`].
    pub fn set_all(&mut self, values: &[(Sym, f64)]) -> Result<(), Diagnostics> {
        let mut settings = self.settings.clone();
        settings.extend(values.iter().copied());
        let values = self.economy.parameter_values(&settings);
        let found = self.economy.check_values(&values, &[]);
        if found.has_errors() {
            return Err(found);
        }
        self.settings = settings;
        Ok(())
    }

    /// New values of changed parameters, in order, from the present ones.
    ///
    /// # Errors
    /// Diagnostics when a new value is not admissible.
    pub fn changed(&self, economy: &Economy, changes: &[Change]) -> Result<Vec<(Sym, f64, f64)>, Diagnostics> {
        let values = economy.parameter_values(&self.settings);
        let at = |node: NodeId| crate::expr::eval::evaluate(&economy.dag, &[node], &mut |s| values[s.index()])[0];
        let mut settings = self.settings.clone();
        let mut out = Vec::new();
        let mut found = Diagnostics::default();
        for c in changes {
            let before = values[c.target.index()];
            let after = match c.by {
                By::Relative(n) => before * (1.0 + at(n)),
                By::Set(n) => at(n),
                By::Add(n) => before + at(n),
            };
            if !after.is_finite() {
                found.push(
                    Diagnostic::new("C012", format!("the new value of `{}` is no number", economy.info(c.target).name)).at(c.span, "this shock"),
                );
                continue;
            }
            settings.insert(c.target, after);
            out.push((c.target, before, after));
        }
        let moved: Vec<Sym> = out.iter().map(|o| o.0).collect();
        let mut checks = economy.check_values(&economy.parameter_values(&settings), &moved);
        // The place of the shock belongs to the finding as much as the place of the rule.
        for d in &mut checks.list {
            if d.is_error()
                && let Some(c) = changes.first()
            {
                d.labels.push(crate::diag::Label { span: c.span, text: "after this shock".into(), primary: false });
            }
        }
        found.extend(checks);
        if found.has_errors() { Err(found) } else { Ok(out) }
    }
}

impl Prepared {
    /// Parameter values with some replaced; definitions that follow parameters are recomputed by the solver.
    pub fn with(&self, changes: &[(Sym, f64)]) -> Vec<f64> {
        let mut p = self.parameters.clone();
        for &(s, v) in changes {
            p[s.index()] = v;
        }
        p
    }

    /// Solves at given parameters.
    pub fn solve_at(&self, parameters: &[f64], warm: Option<&Solution>, interrupt: &AtomicBool) -> Solution {
        solve(&self.problem, parameters, warm, interrupt)
    }

    /// The quantity's symbol, if the economy has it.
    pub fn key(&self, key: &Key) -> Option<Sym> {
        self.economy.keys.get(key).copied()
    }
}

/// Interns the quantities that every answer lists: prices, outputs, margins, shares, welfare.
fn ask_standard(e: &mut Economy) {
    let inside: Vec<usize> = e.inside().collect();
    let shares: usize = e.industries.iter().map(|i| i.form.inputs.len()).sum::<usize>() + e.goods.len() * inside.len();
    if shares > STANDARD_LIMIT {
        return;
    }
    for &r in &inside {
        for g in 0..e.goods.len() {
            if e.makers(g, r).next().is_some() {
                e.output(g, r);
            }
        }
        if e.households.get(r).is_some_and(Option::is_some) {
            for g in 0..e.goods.len() {
                for key in [Key::Demand(g, r), Key::Exports(g, r), Key::ExpenditureShare(g, r)] {
                    // What a country sells of a good that is told apart by origin is not what it buys.
                    if !(e.goods[g].differentiated && matches!(key, Key::Exports(..))) {
                        e.quantity(key);
                    }
                }
            }
            e.quantity(Key::Balance(r));
        }
        e.quantity(Key::Income(r));
    }
    for j in 0..e.industries.len() {
        for key in model::builtins::keys_of(e, &e.industries[j].form.clone()) {
            e.quantity(Key::CostShare(key, j));
        }
        for f in model::forms::factors_of(&e.industries[j].form.clone()) {
            e.quantity(Key::EmploymentShare(f, j));
        }
    }
    for l in 0..e.lines.len() {
        for key in [Key::OffshoredShare(l, None), Key::MarginElasticity(l), Key::EmployedAbroad(l, None), Key::TaskImports(l, None)] {
            e.quantity(key);
        }
        if e.lines[l].places.len() > 1 {
            for d in 0..e.lines[l].places.len() {
                for key in [Key::TasksIn(l, d), Key::OffshoredShare(l, Some(d)), Key::EmployedAbroad(l, Some(d)), Key::TaskImports(l, Some(d))] {
                    e.quantity(key);
                }
            }
            e.quantity(Key::HomeShare(l));
        }
    }
}

/// Counts equations against unknowns, in economic words.
fn balance_check(system: &System) -> Result<(), Diagnostics> {
    balance::balance(system).map(|_| ()).map_err(|imbalance| {
        let mut out = Diagnostics::default();
        if !imbalance.under.is_empty() {
            let names: Vec<String> = imbalance.under.iter().map(|&s| format!("`{}`", system.info(s).name)).collect();
            let some = names.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
            let title = if names.len() == 1 { format!("no condition determines {some}") } else { format!("too few conditions determine {some}") };
            let mut d = Diagnostic::new("T001", title);
            for &s in imbalance.under.iter().take(8) {
                if let Some(span) = system.info(s).origin {
                    d = d.at(span, format!("`{}` is an unknown here", system.info(s).name));
                }
            }
            out.push(d.help("add an `equation` that contains it, or make it a `parameter` with a value"));
        }
        if !imbalance.over.is_empty() {
            let names: Vec<String> = imbalance.over.iter().filter_map(|&i| system.equations.get(i)).map(|e| format!("`{}`", e.name)).collect();
            let some = names.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
            let mut d = Diagnostic::new("T002", format!("too many conditions for their unknowns: {some}"));
            // The economy's own conditions come with their unknowns: what is too much is among the file's equations.
            let written: Vec<usize> = imbalance.over.iter().copied().filter(|i| system.equations.get(*i).is_some_and(is_written)).collect();
            let blamed = if written.is_empty() { &imbalance.over } else { &written };
            for &i in blamed.iter().take(8) {
                if let Some((span, e)) = system.equations.get(i).and_then(|e| e.origin.map(|s| (s, e))) {
                    d = d.at(span, format!("`{}` has no unknown left to determine", e.name));
                }
            }
            let own: Vec<String> = written.iter().filter_map(|&i| system.equations.get(i)).map(|e| format!("`{}`", e.name)).collect();
            out.push(d.help(match own.as_slice() {
                [] => "remove one of them, or give one a new unknown: `variable NAME`".to_string(),
                [one] => format!("remove {one}, or give it a new unknown: `variable NAME`"),
                several => format!("remove one of {}, or give one a new unknown: `variable NAME`", several.join(", ")),
            }));
        }
        out
    })
}

fn is_written(equation: &crate::system::Equation) -> bool {
    equation.condition == crate::system::Condition::User
}

pub(crate) fn single(d: Diagnostic) -> Diagnostics {
    let mut out = Diagnostics::default();
    out.push(d);
    out
}

fn no_span() -> crate::source::Span {
    crate::source::Span::new(FileId(0), 0, 0)
}
