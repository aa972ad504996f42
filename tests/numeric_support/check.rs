//! Checks that share no code with the solver's tape.

use super::Lowered;
use tasktrade::expr::eval::evaluate_one;
use tasktrade::expr::{NodeId, Sym};
use tasktrade::solve::Solution;
use tasktrade::system::{Condition, Role};

/// The value of a node at a solution, definitions expanded again by plain evaluation.
pub fn value(lowered: &Lowered, node: NodeId, solution: &Solution) -> f64 {
    fn of(lowered: &Lowered, sym: Sym, solution: &Solution) -> f64 {
        match lowered.system.info(sym).role {
            Role::Definition(node) => evaluate_one(&lowered.system.dag, node, &mut |s| of(lowered, s, solution)),
            // Where a price is zero, an idle industry's unbounded input times its zero activity is zero: the limit is taken.
            Role::Unknown { .. }
                if solution.value(sym) == 0.0
                    && lowered.system.equations.iter().any(|e| e.partner == Some(sym) && e.condition == Condition::Market) =>
            {
                1e-90
            }
            _ => solution.value(sym),
        }
    }
    evaluate_one(&lowered.system.dag, node, &mut |s| of(lowered, s, solution))
}

/// Every equation, sign and bound, to a relative 1e-9.
pub fn equilibrium(lowered: &Lowered, solution: &Solution) {
    let tol = 1e-9;
    for equation in &lowered.system.equations {
        let (l, r) = (value(lowered, equation.left, solution), value(lowered, equation.right, solution));
        let miss = (l - r) / l.abs().max(r.abs()).max(1e-9);
        let Some(partner) = equation.partner.filter(|_| equation.complementary) else {
            assert!(miss.abs() < tol, "{}: {l} against {r}", equation.name);
            continue;
        };
        let Role::Unknown { lower, upper, .. } = lowered.system.info(partner).role else { panic!("partner of {}", equation.name) };
        let z = solution.value(partner);
        assert!(z >= lower && z <= upper, "{} = {z}", lowered.system.info(partner).name);
        if z == lower {
            assert!(miss > -tol, "{}: {l} below {r} at the lower bound", equation.name);
        } else if z == upper {
            assert!(miss < tol, "{}: {l} above {r} at the upper bound", equation.name);
        } else {
            assert!(miss.abs() < tol, "{}: {l} against {r} at {z}", equation.name);
        }
    }
}
