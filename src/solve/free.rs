//! What rests on quantities that the active conditions leave free.

use super::engine::Engine;
use super::kernel::Want;
use super::problem::{Kind, Problem};
use super::regime::{self, Regime, rates_here};
use super::solution::{Solution, complete};
use super::{Position, Status};
use crate::expr::Sym;

/// The quantities that are free at an equilibrium: unknowns, and definitions and outputs whose gradient has a component in a free direction.
#[derive(Clone, Debug, Default)]
pub struct Free {
    pub syms: Vec<Sym>,
    /// By output of the problem.
    pub outputs: Vec<bool>,
}

/// Which quantities are free: the gradient of each, projected on the null space of the active equations' Jacobian, is not zero.
pub fn free(problem: &Problem, solution: &Solution) -> Free {
    let Status::Indeterminate { free: known } = &solution.status else {
        return Free { syms: Vec::new(), outputs: vec![false; problem.outputs] };
    };
    let mut engine = Engine::new(problem);
    let (z, mut positions) = solution.point(problem);
    regime::release(&mut engine);
    engine.set_parameters_for(&solution.values, Want::All);
    engine.evaluate(&z, Want::All);
    let mut regime = Regime::here(&engine, &positions);
    let mut directions = rates_here(&mut engine, &z, &regime, &[]).map(|r| r.free).unwrap_or_default();
    if directions.is_empty() {
        // A corner of many equilibria: idle industries that just break even may start up.
        for (k, unknown) in problem.unknowns.iter().enumerate() {
            if unknown.kind == Kind::Activity && positions[k] == Position::Lower && solution.borders.contains(&unknown.sym) {
                positions[k] = Position::Interior;
            }
        }
        regime.positions = positions;
        directions = rates_here(&mut engine, &z, &regime, &[]).map(|r| r.free).unwrap_or_default();
    }
    complete(&mut engine, &z, Want::All);
    let block = &problem.tape.block;
    for direction in &mut directions {
        engine.work.tangent_of_free(block, problem.tape.main..block.ops.len(), direction);
    }
    let moves = |slot: u32| directions.iter().any(|d| d[slot as usize] != 0.0);
    let unknown = |sym: Sym| problem.unknowns.iter().any(|u| u.sym == sym);
    let given = |sym: Sym| problem.parameters.iter().any(|(s, _)| *s == sym) || problem.bounds.contains(&sym);
    let all = (0..problem.tape.slot_of.len() as u32).map(Sym);
    Free {
        syms: all.filter(|s| if unknown(*s) { known.contains(s) } else { !given(*s) && moves(problem.tape.slot_of[s.index()]) }).collect(),
        outputs: problem.tape.outputs.iter().take(problem.outputs).map(|s| moves(*s)).collect(),
    }
}
