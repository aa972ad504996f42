//! The search for further equilibria.

use super::engine::Engine;
use super::newton::in_logs;
use super::problem::Problem;
use super::solution::{self, Solution};
use super::start::{balanced, start};
use super::{Position, Status, cold};
use std::sync::atomic::{AtomicBool, Ordering};

/// Equilibria whose determined unknowns differ by no more than this, relative to their size, are one.
const SAME: f64 = 1e-6;
/// Places between two equilibria where a further one is looked for.
const BETWEEN: usize = 7;
/// Pairs of equilibria between which further ones are looked for.
const PAIRS: usize = 60;

/// The distinct equilibria that `starts` scattered starting points lead to, `known` first.
///
/// From each point Newton's method and the interior path are tried; then Newton's method from points between those found, since between two
/// equilibria of index 1 there is often one of index −1, which paths lead away from.
pub fn several(problem: &Problem, known: &Solution, starts: usize, interrupt: &AtomicBool) -> Vec<Solution> {
    let params = &known.values;
    let mut engine = Engine::new(problem);
    engine.set_parameters(params);
    let mut found = vec![known.clone()];
    for variant in 0..starts as u64 {
        if interrupt.load(Ordering::Relaxed) {
            return found;
        }
        for start in [start, balanced] {
            let z = start(&mut engine, params, variant + 1);
            newton(&mut engine, &z, &mut found, interrupt);
        }
        // Those that the search itself begins with are not scattered.
        if let Ok(other) = cold::attempt(&mut engine, params, if variant == 0 { 0 } else { variant + 5 }, interrupt) {
            keep(&mut engine, other, &mut found);
        }
    }
    let mut tried = 0;
    let mut b = 1;
    while b < found.len() && tried < PAIRS {
        for a in 0..b {
            tried += 1;
            let ((from, _), (to, _)) = (found[a].point(problem), found[b].point(problem));
            for k in 1..=BETWEEN {
                let t = k as f64 / (BETWEEN + 1) as f64;
                let pairs = problem.unknowns.iter().zip(from.iter().zip(&to));
                let z: Vec<f64> = pairs
                    .map(|(u, (a, b))| if in_logs(u) && *a > 0.0 && *b > 0.0 { a.powf(1.0 - t) * b.powf(t) } else { (1.0 - t) * a + t * b })
                    .collect();
                newton(&mut engine, &z, &mut found, interrupt);
            }
        }
        b += 1;
    }
    found
}

/// Newton's method from a point; unknowns at a bound there start at it.
fn newton(engine: &mut Engine, z: &[f64], found: &mut Vec<Solution>, interrupt: &AtomicBool) {
    let at = |(u, z): (&super::problem::Unknown, &f64)| {
        if u.equation.is_none() {
            Position::Interior
        } else if *z <= u.lower {
            Position::Lower
        } else if *z >= u.upper {
            Position::Upper
        } else {
            Position::Interior
        }
    };
    let positions: Vec<Position> = engine.problem.unknowns.iter().zip(z).map(at).collect();
    if let Some(other) = cold::warm(engine, z, &positions, interrupt) {
        keep(engine, other, found);
    }
}

/// Adds an equilibrium that is not there yet.
fn keep(engine: &mut Engine, other: cold::Found, found: &mut Vec<Solution>) {
    let params = found[0].values.clone();
    let solution = solution::found(engine, &params, other);
    let new = solution.is_equilibrium()
        && solution::holds_its_prices(engine, &params, &solution)
        && !found.iter().any(|known| same(engine.problem, known, &solution));
    if new {
        found.push(solution);
    }
}

/// Whether two equilibria agree in what both determine.
fn same(problem: &Problem, a: &Solution, b: &Solution) -> bool {
    let free = |s: &Solution, sym| matches!(&s.status, Status::Indeterminate { free } if free.contains(&sym));
    let top = |s: &Solution| super::solution::largest(problem, &s.point(problem).0);
    let (tops_a, tops_b) = (top(a), top(b));
    problem.unknowns.iter().all(|u| {
        let (x, y) = (a.value(u.sym), b.value(u.sym));
        let range = u.upper - u.lower;
        let size = if range < f64::INFINITY { range } else { x.abs().max(y.abs()).max(1e-6 * tops_a[u.kind as usize].max(tops_b[u.kind as usize])) };
        free(a, u.sym) || free(b, u.sym) || (x - y).abs() <= SAME * size
    })
}
