//! The economy with none of its markets set aside, at the file's own price level.
//!
//! The market set aside takes the rounding of all others: where it is a billionth of world income that may be all of it, and prices that only its
//! own condition holds are then not known. Here all markets stand, and one factor scales every use; by Walras' law it is 1.

use super::cold::{self, Found};
use super::engine::Engine;
use super::problem::Problem;
use super::relative::hidden;
use super::solution::{self, Solution};
use super::{Position, Side, Status};
use crate::expr::{NodeId, Sym};
use crate::system::{Condition, Role, System};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

/// By how much the market set aside may miss, as a part of it, before all markets are looked at together.
const MISSED: f64 = 1e-10;
/// By how much the factor on every use may differ from 1.
const OFF: f64 = 1e-9;

/// A system with all its markets, compiled when it is first needed.
#[derive(Clone, Debug)]
pub struct Whole {
    system: System,
    outputs: Vec<NodeId>,
    /// The factor on every use.
    factor: Sym,
    problem: OnceLock<Option<Problem>>,
}

impl Whole {
    /// `None` where no market is set aside.
    pub fn new(system: &System, outputs: &[NodeId]) -> Option<Whole> {
        let aside = system.set_aside.as_ref()?;
        let mut s = system.clone();
        s.equations.push(aside.equation.clone());
        let factor = hidden(&mut s, "use of everything", Role::Unknown { lower: 0.0, upper: f64::INFINITY, start: Some(1.0) });
        let times = s.dag.sym(factor);
        for equation in s.equations.iter_mut().filter(|e| e.condition == Condition::Market) {
            equation.right = s.dag.mul(times, equation.right);
        }
        Some(Whole { system: s, outputs: outputs.to_vec(), factor, problem: OnceLock::new() })
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.get_or_init(|| Problem::plain(&self.system, &self.outputs).ok()).as_ref()
    }

    /// The equilibrium near a point of `target`; `None` where there is none at which every market clears.
    fn settle(&self, target: &Problem, params: &[f64], (z, positions): (&[f64], &[Position]), interrupt: &AtomicBool) -> Option<Solution> {
        let problem = self.problem()?;
        let mut params = params.to_vec();
        params.resize(self.system.syms.len(), f64::NAN);
        let mut engine = Engine::new(problem);
        engine.set_parameters(&params);
        let of = |sym: Sym| target.unknowns.iter().position(|u| u.sym == sym);
        let own = problem.unknowns.iter().map(|u| of(u.sym).map_or((1.0, Position::Interior), |k| (z[k], positions[k])));
        let (z, positions): (Vec<f64>, Vec<Position>) = own.unzip();
        let found: Found = cold::settled(&mut engine, &z, &positions, interrupt)?;
        let solution = solution::found(&mut engine, &params, found);
        let factor = solution.value(self.factor);
        (solution.is_equilibrium() && (factor - 1.0).abs() <= OFF).then(|| self.narrow(solution))
    }

    /// A solution as one of the target, without the factor.
    fn narrow(&self, mut solution: Solution) -> Solution {
        let at = self.factor.index();
        solution.values.truncate(at);
        solution.errors.truncate(at);
        solution.positions.retain(|p| p.0 != self.factor);
        if let Status::Indeterminate { free } = &mut solution.status {
            free.retain(|s| *s != self.factor);
            if free.is_empty() {
                solution.status = Status::Solved;
            }
        }
        solution.whole = true;
        solution
    }

    /// The problem with all markets, and a solution as one of it.
    pub(crate) fn widen(&self, solution: &Solution) -> Option<(&Problem, Solution)> {
        let mut wide = Solution { whole: false, ..solution.clone() };
        wide.values.resize(self.factor.index(), f64::NAN);
        wide.values.push(1.0);
        Some((self.problem()?, wide))
    }

    /// Fills in the errors of a solution: see [`super::accuracy()`].
    pub(crate) fn accuracy(&self, solution: &mut Solution) -> Option<()> {
        let (problem, mut wide) = self.widen(solution)?;
        super::accuracy(problem, &mut wide);
        *solution = self.narrow(wide);
        Some(())
    }

    /// Derivatives to one side, without the factor.
    pub(crate) fn narrow_side(&self, side: &mut Side) {
        side.syms.truncate(self.factor.index());
        side.positions.retain(|p| p.0 != self.factor);
    }
}

/// The solution described last, found anew with all markets where the one set aside misses by more than the others may, or where without it something
/// is free that with it is not.
pub(crate) fn cleared(engine: &mut Engine, params: &[f64], solution: Solution, interrupt: &AtomicBool) -> Solution {
    let misses = misses(engine);
    if !misses && solution.status == Status::Solved {
        return solution;
    }
    let (z, positions) = solution.point(engine.problem);
    match settle(engine, params, (&z, &positions), interrupt).filter(|s| misses || s.status == Status::Solved) {
        Some(all) => Solution { iterations: solution.iterations, ..all },
        None => solution,
    }
}

/// The equilibrium with all markets near a point.
pub(crate) fn settle(engine: &Engine, params: &[f64], point: (&[f64], &[Position]), interrupt: &AtomicBool) -> Option<Solution> {
    engine.problem.whole.as_ref()?.settle(engine.problem, params, point, interrupt)
}

/// Whether the market set aside misses at the point described last.
fn misses(engine: &Engine) -> bool {
    solution::aside(engine).is_some_and(|(supply, used)| !((supply - used).abs() <= MISSED * supply.max(used)))
}
