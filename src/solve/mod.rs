//! The numeric engine: from an equilibrium system to its solution, derivatives, regime borders, grids.
//!
//! A [`Problem`] is compiled once from a system. [`solve`] finds the equilibrium at given parameter values and needs no starting values.

mod absent;
mod accuracy;
mod cold;
mod dense;
mod derivatives;
mod engine;
mod evidence;
mod fold;
mod free;
mod index;
mod interior;
mod jacobian;
mod kernel;
mod linear;
mod newton;
mod problem;
mod regime;
mod relative;
mod search;
mod several;
mod solution;
mod start;
mod sweep;
mod tape;
mod technology;
mod trace;
mod track;
mod walk;
mod whole;

pub use absent::begins;
pub use accuracy::{NOTHING, accuracy};
pub use derivatives::{Derivatives, Side, derivatives, derivatives_along};
pub use fold::is_turning_point;
pub use free::{Free, free};
pub use index::index;
pub use problem::{Problem, Size, declared};
pub use several::several;
pub use solution::Solution;
pub use sweep::{Grid, Point, chunk_size, sweep};
pub use trace::{Border, FOLD, Interval, Segment, Switch, Walk, holds, trace};
pub use track::LOOSE;

use crate::expr::Sym;
use engine::Engine;
use std::fmt;
use std::sync::atomic::AtomicBool;

/// Why a system cannot be handed to the solver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SolveError {
    /// A definition depends on itself.
    Cycle {
        name: String,
    },
    NotSquare {
        equations: usize,
        unknowns: usize,
    },
    /// There is no solution to start from.
    NoSolution,
    /// The symbol is no parameter.
    NotAParameter(Sym),
}

impl fmt::Display for SolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SolveError::Cycle { name } => write!(f, "{name} is defined in terms of itself"),
            SolveError::NotSquare { equations, unknowns } => write!(f, "{equations} equations for {unknowns} unknowns"),
            SolveError::NoSolution => write!(f, "there is no equilibrium to start from"),
            SolveError::NotAParameter(sym) => write!(f, "symbol {} is no parameter", sym.0),
        }
    }
}

impl std::error::Error for SolveError {}

/// What came of a solve.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    Solved,
    /// An equilibrium, but the active equations leave these unknowns free to shift.
    Indeterminate {
        free: Vec<Sym>,
    },
    /// No equilibrium was found, and nothing proves that there is none.
    NotFound,
    /// There is no equilibrium: the solution says why in `evidence`.
    None,
}

impl Status {
    /// Whether the solution is an equilibrium.
    pub fn has_values(&self) -> bool {
        matches!(self, Status::Solved | Status::Indeterminate { .. })
    }
}

/// Where an unknown lies in its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    Lower,
    Interior,
    Upper,
    /// Inside its bounds, at a knot of a schedule.
    Kink,
}

/// The equilibrium at parameter values `params` (by symbol), from the solution `warm` if one is given.
pub fn solve(problem: &Problem, params: &[f64], warm: Option<&Solution>, interrupt: &AtomicBool) -> Solution {
    let mut engine = Engine::new(problem);
    solve_with(&mut engine, params, warm, interrupt)
}

/// The equilibrium that a straight path of parameters leads to from another one; the one found from nothing where the path breaks off.
pub fn solve_along(problem: &Problem, params: &[f64], from: &Solution, interrupt: &AtomicBool) -> Solution {
    match trace::follow(problem, from, params, interrupt) {
        Some((there, _)) => solve(problem, params, Some(&there), interrupt),
        None => solve(problem, params, None, interrupt),
    }
}

/// The equilibrium within a stretch of a path, from the points that were passed there.
pub fn solve_within(problem: &Problem, params: &[f64], stretch: &Segment, s: f64, interrupt: &AtomicBool) -> Solution {
    let at = stretch.passed.partition_point(|p| p.0 < s).clamp(1, stretch.passed.len().max(1));
    let (z, positions) = match (stretch.passed.get(at - 1), stretch.passed.get(at)) {
        (Some((a, from)), Some((b, to))) if b > a => {
            let t = ((s - a) / (b - a)).clamp(0.0, 1.0);
            (from.iter().zip(to).map(|(x, y)| x + t * (y - x)).collect(), stretch.start.point(problem).1)
        }
        (Some((_, z)), _) => (z.clone(), stretch.start.point(problem).1),
        _ => stretch.start.point(problem),
    };
    solve_near(&mut Engine::new(problem), params, &z, &positions, &stretch.start, interrupt)
}

/// [`solve`] in a workspace that is kept.
pub(crate) fn solve_with(engine: &mut Engine, params: &[f64], warm: Option<&Solution>, interrupt: &AtomicBool) -> Solution {
    engine.set_parameters(params);
    if let Some(refused) = out_of_scale(engine, params).or_else(|| uncounted(engine, params)) {
        return refused;
    }
    if let Some(near) = warm.filter(|w| w.is_equilibrium()) {
        let (z, positions) = near.point(engine.problem);
        if let Some(found) = cold::warm(engine, &z, &positions, interrupt) {
            let solution = solution::found(engine, params, found);
            if solution::holds_its_prices(engine, params, &solution) {
                return whole::cleared(engine, params, solution, interrupt);
            }
        }
    }
    search::from_nothing(engine, params, interrupt)
}

/// Nothing can be counted in the price of what there is none of: it has no price.
fn uncounted(engine: &mut Engine, params: &[f64]) -> Option<Solution> {
    let problem = engine.problem;
    let [supply, ..] = problem.set_aside?;
    let block = &problem.tape.block;
    let given = problem.parameters.iter().any(|p| p.1 == supply) || block.ops[..problem.tape.fixed].iter().any(|op| op.out == supply);
    if !given || engine.value(supply) != 0.0 {
        return None;
    }
    let z = start::start(engine, params, 0);
    let there = solution::describe(engine, params, &z, &vec![Position::Interior; z.len()]);
    Some(solution::nowhere(there, "the numeraire is the price of what there is none of".to_string(), 0))
}

/// Given prices so large or small that zero and infinity could not be told from them are refused.
fn out_of_scale(engine: &mut Engine, params: &[f64]) -> Option<Solution> {
    let problem = engine.problem;
    let values = problem.anchors.iter().filter_map(|s| params.get(s.index()).copied());
    let odd = values.filter(|v| v.is_finite() && *v > 0.0).find(|v| !(1e-30..=1e30).contains(v))?;
    let z = start::start(engine, params, 0);
    let mut solution = solution::describe(engine, params, &z, &vec![Position::Interior; z.len()]);
    solution.worst.clear();
    solution.status = Status::NotFound;
    solution.evidence = Some(format!("a given price of {odd:e} is out of scale: count in units of money in which prices lie between 1e-30 and 1e30"));
    Some(solution)
}

/// [`solve_with`] from a guess, then from a solution nearby, then from nothing.
fn solve_near(engine: &mut Engine, params: &[f64], z: &[f64], positions: &[Position], near: &Solution, interrupt: &AtomicBool) -> Solution {
    engine.set_parameters(params);
    if let Some(found) = cold::warm(engine, z, positions, interrupt) {
        let solution = solution::found(engine, params, found);
        if solution::holds_its_prices(engine, params, &solution) {
            return whole::cleared(engine, params, solution, interrupt);
        }
    }
    solve_with(engine, params, Some(near), interrupt)
}
