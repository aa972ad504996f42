//! An equilibrium that does not depend on the numeraire: found in units of world income, then counted in the model's own.

use super::engine::Engine;
use super::kernel::Want;
use super::problem::Kind;
use super::solution::{self, Solution};
use super::{cold, search};
use crate::system::Condition;
use std::sync::atomic::AtomicBool;

/// The equilibrium that the search in units of world income finds; `None` where it finds none, or one at which the numeraire is free.
pub fn start(engine: &mut Engine, params: &[f64], interrupt: &AtomicBool) -> Option<Solution> {
    let problem = engine.problem;
    let normal = problem.normal.as_deref()?;
    let mut inner = Engine::new(normal);
    inner.set_parameters(params);
    let there = search::quick(&mut inner, params, interrupt)?;
    let (mut z, positions) = there.point(problem);
    engine.set_parameters(params);
    engine.evaluate(&z, Want::Values);
    let factor = match problem.relations.iter().position(|r| r.condition == Condition::Numeraire) {
        Some(i) => {
            let (left, right) = problem.tape.sides[i];
            engine.value(right) / engine.value(left)
        }
        None => {
            let anchor = problem.anchors.first()?;
            params.get(anchor.index())? / there.value(*anchor)
        }
    };
    if !(factor > 0.0 && factor.is_finite()) {
        return None;
    }
    for (z, unknown) in z.iter_mut().zip(&problem.unknowns) {
        if unknown.kind == Kind::Price {
            *z *= factor;
        }
    }
    let found = cold::warm(engine, &z, &positions, interrupt)?;
    let mut here = solution::found(engine, params, found);
    here.iterations += there.iterations;
    solution::holds_its_prices(engine, params, &here).then_some(here)
}
