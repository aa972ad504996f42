//! The index of an equilibrium.

use super::dense::Dense;
use super::engine::Engine;
use super::kernel::Want;
use super::newton;
use super::problem::Problem;
use super::regime;
use super::solution::Solution;
use super::{Position, Status};

/// The sign of the determinant of the active equations, `supply − use` of markets, `unit cost − price` of industries and `cost abroad − cost at
/// home` of margins, in prices, activities and margins, each equation in the row of its own unknown: 1 or −1; `None` where the equilibrium is not
/// regular.
///
/// With that order it is the index of Kehoe (1980): in an exchange economy the sign of det(−∂z/∂p), z the excess demand. It does not depend on the
/// numeraire nor on the market set aside.
pub fn index(problem: &Problem, solution: &Solution) -> Option<i8> {
    let regular = solution.status == Status::Solved && solution.borders.is_empty();
    if problem.orientation == 0.0 || !regular || problem.unknowns.is_empty() {
        return None;
    }
    let mut engine = Engine::new(problem);
    let (z, positions) = solution.point(problem);
    regime::release(&mut engine);
    engine.set_parameters(&solution.values);
    engine.evaluate(&z, Want::Newton);
    let sizes = newton::sizes(&engine, &z);
    let columns = newton::all_columns(&engine, &z, &sizes, &positions);
    engine.assemble(&columns);
    for (i, relation) in problem.relations.iter().enumerate() {
        if relation.partner.is_some_and(|k| positions[k] != Position::Interior) {
            engine.pin(i);
        }
    }
    let mut lu = Dense::new(problem.plan.size());
    lu.matrix().copy_from_slice(&engine.dense_matrix()?);
    let pivot = lu.factor();
    (pivot > newton::SUSPECT).then(|| if lu.sign() * problem.orientation > 0.0 { 1 } else { -1 })
}
