//! The equilibrium of a session, and what is read off it.

use super::failure::exit_of;
use super::{Failure, Prepared, Session, single};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{NodeId, Sym, eval};
use crate::solve::{Solution, Status, accuracy, free, is_turning_point, solve_along};
use crate::system::{Condition, Quantity, Role};
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};

/// Parameters in which a turning point is looked for: a point that is one in some is one in almost all.
const TRIED: usize = 12;

/// A solved question.
pub struct Solved {
    pub prepared: Prepared,
    pub solution: Solution,
}

impl Prepared {
    /// Sets the constants that make price indices 1 at the file's own parameters, by solving there; that solution, if one is needed.
    fn set_bases(&mut self, session: &Session, interrupt: &AtomicBool) -> Option<Solution> {
        if self.system.base_values.is_empty() && (session.settings.is_empty() || !self.problem.several()) {
            return None;
        }
        let mut own = self.economy.parameter_values(&Default::default());
        // Links that a setting cut hold at the file's own values.
        for (mine, file) in own.iter_mut().zip(session.economy.parameter_values(&Default::default())) {
            // A numeraire is a parameter of the lowered model only.
            if file.is_finite() {
                *mine = file;
            }
        }
        own.resize(self.system.syms.len(), f64::NAN);
        let mut base = self.solve_at(&own, None, interrupt);
        if !base.is_equilibrium() {
            return None;
        }
        let iterations = base.iterations;
        // Equations that contain a real value depend on the base; one or two rounds settle it.
        for _ in 0..20 {
            let mut moved = false;
            for (sym, node) in self.system.base_values.clone() {
                let v = self.value_of(node, &base);
                if v.is_finite() && v > 0.0 && (v / own[sym.index()] - 1.0).abs() > 1e-15 {
                    own[sym.index()] = v;
                    self.parameters[sym.index()] = v;
                    moved = true;
                }
            }
            if !moved {
                break;
            }
            base = self.solve_at(&own, Some(&base), interrupt);
            if !base.is_equilibrium() {
                return None;
            }
        }
        base.iterations += iterations;
        Some(base)
    }

    /// Solves at the session's parameters.
    pub fn equilibrium(&mut self, session: &Session, interrupt: &AtomicBool) -> Solution {
        let mut solution = match self.set_bases(session, interrupt) {
            Some(solution) if session.settings.is_empty() => solution,
            // Where there may be several equilibria, the one that the file's own leads to.
            Some(own) if self.problem.several() => solve_along(&self.problem, &self.parameters, &own, interrupt),
            _ => self.solve_at(&self.parameters.clone(), None, interrupt),
        };
        self.judge(&mut solution);
        solution
    }

    /// The equilibrium at the model's parameters next to one that is known.
    pub fn near(&self, warm: &Solution, interrupt: &AtomicBool) -> Solution {
        let mut solution = self.solve_at(&self.parameters, Some(warm), interrupt);
        self.judge(&mut solution);
        solution
    }

    /// Says how well a solution is known, and whether anything is free in it.
    fn judge(&self, solution: &mut Solution) {
        if matches!(&solution.status, Status::Indeterminate { .. }) && self.turning(solution).is_some() {
            // Two equilibria meet: nothing is free.
            solution.status = Status::Solved;
        }
        accuracy(&self.problem, solution);
    }

    /// A parameter in which two equilibria meet at a solution, and beyond which, on one side, there is neither.
    pub fn turning(&self, solution: &Solution) -> Option<Sym> {
        if !self.problem.several() {
            return None;
        }
        self.listed_parameters(false).into_iter().take(TRIED).find(|p| is_turning_point(&self.problem, solution, *p))
    }

    /// Quantities that rest on what the active conditions leave free.
    pub fn free_quantities(&self, solution: &Solution) -> Vec<Sym> {
        free(&self.problem, solution).syms
    }

    /// The value of an expression at a solution.
    pub fn value_of(&self, node: NodeId, solution: &Solution) -> f64 {
        eval::evaluate(&self.system.dag, &[node], &mut |s| solution.values.get(s.index()).copied().unwrap_or(f64::NAN))[0]
    }

    /// The quantities that answers list: unknowns first, then what was asked for by name; parameters left out.
    pub fn listed(&self) -> Vec<Sym> {
        let shown = |s: &Sym| {
            let info = self.system.info(*s);
            let hidden = matches!(info.quantity, Quantity::Hidden | Quantity::TaskPrice | Quantity::UnitCost) || info.quantity.is_parameter();
            !hidden
                && !info.name.starts_with("living_cost")
                && !info.name.starts_with("foreign_labor")
                && !info.name.starts_with("input[")
                && !info.name.starts_with("origin_input[")
        };
        let unknowns: Vec<Sym> = self.system.listed().collect();
        let numeraires = self
            .system
            .parameters()
            .filter(|s| self.system.info(*s).quantity == Quantity::Numeraire && !self.system.info(*s).name.starts_with("numeraire["));
        let definitions = self.system.definitions().map(|(s, _)| s).filter(shown).filter(|s| !self.system.steps.contains_key(s));
        let mut all: Vec<Sym> = unknowns.into_iter().chain(numeraires).chain(definitions).collect();
        all.sort_by_key(|s| rank(self.system.info(*s).quantity));
        all
    }

    /// Parameters in the order of the file, hidden ones left out.
    pub fn listed_parameters(&self, all: bool) -> Vec<Sym> {
        (0..self.system.syms.len() as u32)
            .map(Sym)
            .filter(|s| {
                let info = self.system.info(*s);
                let settable = matches!(info.role, Role::Parameter(_)) || self.economy_setting(*s);
                let kind = if all { info.quantity.is_parameter() && info.quantity != Quantity::Hidden } else { info.quantity.is_listed() };
                settable && kind
            })
            .collect()
    }

    fn economy_setting(&self, s: Sym) -> bool {
        // A definition that follows parameters moves with them; it is listed only under `--all` by its own place.
        matches!(self.system.info(s).role, Role::Parameter(_))
    }
}

/// The order in which quantities are listed: what readers look for first.
fn rank(q: Quantity) -> u8 {
    use Quantity::*;
    match q {
        FactorPrice => 0,
        GoodPrice | Numeraire => 1,
        Margin => 2,
        Bill => 3,
        Activity | Output => 4,
        Variable => 5,
        Named => 6,
        Income | PriceIndex => 7,
        NetFlow => 8,
        Flow => 9,
        Share => 10,
        _ => 11,
    }
}

impl Session {
    /// Lowers and solves the session's model with the standard quantities.
    ///
    /// # Errors
    /// Diagnostics of the model, or why there is no solution.
    pub fn solve(&self, interrupt: &AtomicBool) -> Result<Solved, Diagnostics> {
        let mut prepared = self.prepare_standard()?;
        let solution = prepared.equilibrium(self, interrupt);
        let solved = Solved { prepared, solution };
        solved.checked(interrupt)
    }

    /// A failure with this session's sources.
    pub fn failure(&self, diagnostics: Diagnostics) -> Failure {
        let exit = diagnostics.list.iter().filter(|d| d.is_error()).map(|d| exit_of(d.code)).max().unwrap_or(1);
        Failure { sources: self.sources.clone(), diagnostics, exit }
    }
}

impl Solved {
    /// Turns a solution without values into the diagnostic that says why.
    ///
    /// # Errors
    /// `S001` no equilibrium with its evidence, `S002` not found with the worst equations, `S130` interrupted.
    pub fn checked(self, interrupt: &AtomicBool) -> Result<Solved, Diagnostics> {
        if interrupt.load(Ordering::Relaxed) {
            return Err(single(Diagnostic::new("S130", "interrupted")));
        }
        match self.prepared.why_unsolved(&self.solution) {
            Some(d) => Err(single(d)),
            None => Ok(self),
        }
    }
}

impl Prepared {
    /// Why a solution has no values, as a diagnostic; `None` when it has.
    pub fn why_unsolved(&self, solution: &Solution) -> Option<Diagnostic> {
        let system = &self.system;
        let d = match &solution.status {
            Status::Solved | Status::Indeterminate { .. } => return None,
            Status::None => {
                let evidence = solution.evidence.clone().unwrap_or_else(|| "supply cannot meet use at any prices".into());
                Diagnostic::new("S001", format!("there is no equilibrium: {evidence}"))
                    .help("see which parameter leads here with `sweep`, or `regime` from a value that has an equilibrium")
            }
            Status::NotFound => {
                let mut worst: Vec<String> =
                    solution.worst.iter().take(4).filter_map(|(i, v)| system.equations.get(*i).map(|e| format!("{} (by {v:.1e})", e.name))).collect();
                // Where all others hold, it is the market set aside that does not.
                if let (true, None, Some(aside)) = (worst.is_empty(), &solution.evidence, &system.set_aside) {
                    worst.push(aside.equation.name.clone());
                }
                let condition = solution.worst.first().and_then(|(i, _)| system.equations.get(*i)).map_or(Condition::Market, |e| e.condition);
                let mut words = "no equilibrium was found".to_string();
                if !worst.is_empty() {
                    let _ = write!(words, "; {} is violated most: {}", condition_word(condition), worst.join(", "));
                }
                if let Some(evidence) = &solution.evidence {
                    let _ = write!(words, "; {evidence}");
                }
                let mut d = Diagnostic::new("S002", words);
                for (i, _) in solution.worst.iter().take(2) {
                    if let Some(span) = system.equations.get(*i).and_then(|e| e.origin) {
                        d = d.at(span, "this condition is not met where the search ended");
                    }
                }
                return Some(d.help("one may exist all the same; `start` values of the model's own variables help the search"));
            }
        };
        Some(d)
    }
}

pub fn condition_word(c: Condition) -> &'static str {
    match c {
        Condition::ZeroProfit => "zero profit",
        Condition::Market => "market clearing",
        Condition::Margin => "the margin of offshoring",
        Condition::Parity => "trade at the border",
        Condition::Income => "income",
        Condition::Numeraire => "the numeraire",
        Condition::User => "an equation of the model",
    }
}
