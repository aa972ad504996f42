//! Newton's method on an active set: unknowns at a bound stay there, the others solve their equations; the set changes where a bound is met or a
//! sign is wrong.

use super::Position;
use super::dense::solve_singular;
use super::engine::Engine;
use super::kernel::Want;
use super::problem::{Kind, Unknown};
use std::sync::atomic::{AtomicBool, Ordering};

/// Residuals (relative) that count as solved, and what Newton's method aims at.
pub const ACCEPT: f64 = 1e-10;
pub const AIM: f64 = 2e-15;
/// A sign may be wrong by this much at a bound.
pub const SIGN: f64 = 1e-11;
/// Pivots below this make the solver look at the rank.
pub const SUSPECT: f64 = 1e-9;
pub const RANK: f64 = 1e-10;

/// From this part of its range on a margin moves in units of its distance from the upper end, down to the least.
const NEAR: f64 = 1e-3;
/// A step in logs that leads to nothing.
const FAR: f64 = 50.0;
const LEAST: f64 = 1e-12;

/// What a run of Newton's method came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub converged: bool,
    pub iterations: usize,
    pub residual: f64,
    /// Free directions of the active equations at the solution, in units of the coordinates used.
    pub free: Vec<Vec<f64>>,
}

/// Options of a run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub iterations: usize,
    /// Whether the active set may change; otherwise bounds are not looked at.
    pub flips: usize,
}

/// Whether an unknown moves in logs.
pub fn in_logs(unknown: &Unknown) -> bool {
    unknown.lower == 0.0 && unknown.upper == f64::INFINITY && unknown.kind != Kind::Activity
}

/// Size of a unit step of each unknown's coordinate: its own value in logs, its usual size otherwise; 0 for what stays at a bound, so that it has
/// no part in the scale of any row.
pub fn columns(engine: &Engine, z: &[f64], sizes: &[f64], positions: &[Position]) -> Vec<f64> {
    let unknowns = engine.problem.unknowns.iter().zip(z.iter().zip(sizes)).zip(positions);
    let size = |((u, (z, size)), position): ((&Unknown, (&f64, &f64)), &Position)| match position {
        Position::Lower | Position::Upper if u.equation.is_some() => 0.0,
        _ if in_logs(u) => *z,
        // Near full offshoring, what stays at home is the scale.
        _ if u.low.is_some() && u.upper - z < NEAR * size => (u.upper - z).max(LEAST * size),
        _ => *size,
    };
    unknowns.map(size).collect()
}

/// [`columns`] where a price of zero, which has no logs to move in, moves in units of 1.
pub fn all_columns(engine: &Engine, z: &[f64], sizes: &[f64], positions: &[Position]) -> Vec<f64> {
    let mut columns = columns(engine, z, sizes, positions);
    for (k, unknown) in engine.problem.unknowns.iter().enumerate() {
        if columns[k] == 0.0 && (positions[k] == Position::Interior || unknown.equation.is_none()) {
            columns[k] = 1.0;
        }
    }
    columns
}

/// Usual size of each unknown near `z`.
pub fn sizes(engine: &Engine, z: &[f64]) -> Vec<f64> {
    let activity = z.iter().zip(&engine.problem.unknowns).filter(|(_, u)| u.kind == Kind::Activity).fold(0.0f64, |m, (z, _)| m.max(z.abs()));
    engine
        .problem
        .unknowns
        .iter()
        .zip(z)
        .map(|(u, z)| match u.kind {
            Kind::Activity => z.abs().max(1e-3 * activity).max(1e-30),
            _ if u.upper - u.lower < f64::INFINITY => u.upper - u.lower,
            _ => z.abs().max(1e-6),
        })
        .collect()
}

/// A point at which all conditions hold to that residual, as it is.
pub fn stands(engine: &mut Engine, z: &[f64], positions: &[Position], residual: f64) -> Option<Outcome> {
    engine.evaluate(z, Want::Newton);
    let norm = active_norm(engine, positions);
    if !(norm <= residual) || wrong_sign(engine, positions).is_some() {
        return None;
    }
    let sizes = sizes(engine, z);
    let columns = columns(engine, z, &sizes, positions);
    let free = free_directions(engine, &columns, positions);
    Some(Outcome { converged: true, iterations: 0, residual: norm, free })
}

/// Runs Newton's method from `z` with unknowns at the bounds that `positions` says.
pub fn run(engine: &mut Engine, z: &mut [f64], positions: &mut [Position], limits: Limits, interrupt: &AtomicBool) -> Outcome {
    let problem = engine.problem;
    engine.absent.place(problem, z, positions);
    let sizes = sizes(engine, z);
    let mut outcome = Outcome { converged: false, iterations: 0, residual: f64::INFINITY, free: Vec::new() };
    let mut flips = limits.flips;
    let mut released: Vec<usize> = Vec::new();
    let mut previous = f64::INFINITY;
    let mut slow = 0;
    // The smallest pivot of the last step's matrix, while the active set is the same.
    let mut pivot = None;
    let mut rhs = Vec::new();
    let top = z.iter().zip(&problem.unknowns).filter(|(_, u)| in_logs(u)).fold(0.0f64, |m, (z, _)| m.max(*z));
    // Each change of the active set gets its own allowance.
    let mut allowance = limits.iterations;
    while allowance > 0 {
        allowance -= 1;
        outcome.iterations += 1;
        if interrupt.load(Ordering::Relaxed) {
            return outcome;
        }
        engine.evaluate(z, Want::Newton);
        let norm = active_norm(engine, positions);
        outcome.residual = norm;
        if norm.is_nan() {
            return outcome;
        }
        let stalled = norm <= 1e-12 && norm >= 0.25 * previous || norm <= ACCEPT && slow > 2;
        let small = norm <= AIM;
        let columns = columns(engine, z, &sizes, positions);
        if small || stalled {
            if limits.flips > 0
                && let Some(k) = wrong_sign(engine, positions)
            {
                if flips == 0 {
                    return outcome;
                }
                flips -= 1;
                let unknown = &problem.unknowns[k];
                // One that came straight back has an infinite slope at its bound, and a solution near it that is found from below only.
                let off = if released.contains(&k) { 1e-14 } else { 1e-2 } * sizes[k];
                released.push(k);
                engine.lows[k] = 0.0;
                z[k] = if positions[k] == Position::Lower { unknown.lower + off } else { unknown.upper - off };
                positions[k] = Position::Interior;
                pivot = None;
                previous = f64::INFINITY;
                slow = 0;
                allowance = allowance.max(limits.iterations / 2);
                continue;
            }
            outcome.converged = true;
            if pivot.is_none_or(|p| p < 10.0 * SUSPECT) || engine.linear.is_sparse() {
                outcome.free = free_directions(engine, &columns, positions);
            }
            return outcome;
        }
        slow = if norm > 0.5 * previous { slow + 1 } else { 0 };
        if slow > 6 {
            return outcome;
        }
        previous = norm;
        engine.assemble(&columns);
        for (i, relation) in problem.relations.iter().enumerate() {
            if relation.partner.is_some_and(|k| positions[k] != Position::Interior) {
                engine.pin(i);
            }
        }
        rhs.clear();
        rhs.extend(problem.relations.iter().zip(&engine.residuals).map(|(relation, r)| match relation.partner {
            Some(k) if positions[k] != Position::Interior => 0.0,
            _ => -r.value,
        }));
        rhs.resize(problem.plan.size(), 0.0);
        pivot = step(engine, &mut rhs);
        if pivot.is_none() {
            return outcome;
        }
        let mut length = 1.0f64;
        for (k, unknown) in problem.unknowns.iter().enumerate() {
            if in_logs(unknown) {
                // A price far below the others may have far to go, and an income that falls to 0 goes all the way.
                let cap = if z[k] < 1e-6 * top || rhs[k] < -FAR { 25.0 } else { 2.0 };
                length = length.min(cap / rhs[k].abs());
            }
        }
        let bounded = limits.flips > 0;
        for (k, unknown) in problem.unknowns.iter().enumerate() {
            if positions[k] != Position::Interior {
                continue;
            }
            let step = length * rhs[k];
            if in_logs(unknown) {
                z[k] *= step.exp();
                continue;
            }
            let kept = engine.lows[k];
            let mut move_by = step * columns[k];
            if unknown.low.is_some() && released.iter().filter(|r| **r == k).count() > 1 {
                // Next to an infinite slope the condition is straight in the log of what is left.
                let left = unknown.upper - z[k] - kept;
                if left > 0.0 && move_by.abs() > 0.5 * left {
                    move_by = left - left * (-move_by / left).clamp(-50.0, 50.0).exp();
                }
            }
            let next = engine.add(k, z[k], move_by);
            if unknown.equation.is_some() && bounded {
                let (low, high) = (next < unknown.lower, next > unknown.upper);
                if low || high {
                    if flips == 0 {
                        engine.lows[k] = kept;
                        return outcome;
                    }
                    flips -= 1;
                    pivot = None;
                    engine.lows[k] = 0.0;
                    positions[k] = if low { Position::Lower } else { Position::Upper };
                    z[k] = if low { unknown.lower } else { unknown.upper };
                    continue;
                }
                z[k] = next;
            } else if unknown.equation.is_some() {
                z[k] = next;
            } else {
                // Strictly inside an open interval.
                z[k] = next.clamp(z[k] - 0.9 * (z[k] - unknown.lower), z[k] + 0.9 * (unknown.upper - z[k]));
            }
        }
    }
    outcome
}

/// Factors and solves; a singular matrix of a small system gets a basic solution. The smallest pivot, or `None` if there is no solution.
fn step(engine: &mut Engine, rhs: &mut Vec<f64>) -> Option<f64> {
    let pivot = engine.linear.factor(&engine.matrix);
    if pivot > 1e-13 && engine.linear.is_sparse() {
        let kept = rhs.clone();
        if engine.linear.solve(rhs) {
            return Some(pivot);
        }
        *rhs = kept;
    } else if pivot > 1e-13 {
        return engine.linear.solve(rhs).then_some(pivot);
    }
    if pivot.is_nan() {
        return None;
    }
    let full = engine.dense_matrix()?;
    let n = engine.problem.plan.size();
    let singular = solve_singular(full, std::mem::take(rhs), n, RANK);
    *rhs = singular.solution;
    rhs.iter().all(|x| x.is_finite()).then_some(0.0)
}

/// The largest residual of the active equations.
pub fn active_norm(engine: &Engine, positions: &[Position]) -> f64 {
    let mut norm = 0.0f64;
    for (relation, r) in engine.problem.relations.iter().zip(&engine.residuals) {
        if relation.partner.is_none_or(|k| positions[k] == Position::Interior) {
            if r.value.is_nan() {
                return f64::NAN;
            }
            norm = norm.max(r.value.abs());
        }
    }
    norm
}

/// The unknown at a bound whose equation has the wrong sign by most.
pub fn wrong_sign(engine: &Engine, positions: &[Position]) -> Option<usize> {
    let mut worst = (SIGN, None);
    for (i, (relation, r)) in engine.problem.relations.iter().zip(&engine.residuals).enumerate() {
        if let Some(k) = relation.partner {
            let by = if r.value.is_nan() { endless(engine, i) } else { r.value };
            let miss = match positions[k] {
                Position::Lower => -by,
                Position::Upper => by,
                _ => 0.0,
            };
            if miss > worst.0 {
                worst = (miss, Some(k));
            }
        }
    }
    worst.1
}

/// By how much the left side is the larger where one of the two has no bound, as the cost of a last task that nobody can do; else NaN.
fn endless(engine: &Engine, relation: usize) -> f64 {
    let (left, right) = engine.problem.tape.sides[relation];
    let (left, right) = (engine.value(left), engine.value(right));
    if left.is_finite() != right.is_finite() && !left.is_nan() && !right.is_nan() { left - right } else { f64::NAN }
}

/// Null space of the active equations, empty where they determine everything.
pub fn free_directions(engine: &mut Engine, columns: &[f64], positions: &[Position]) -> Vec<Vec<f64>> {
    engine.assemble(columns);
    for (i, relation) in engine.problem.relations.iter().enumerate() {
        if relation.partner.is_some_and(|k| positions[k] != Position::Interior) {
            engine.pin(i);
        }
    }
    let pivot = engine.linear.factor(&engine.matrix);
    if engine.linear.distance_to_singular(pivot) > SUSPECT {
        return Vec::new();
    }
    match engine.dense_matrix() {
        Some(full) => {
            let n = engine.problem.plan.size();
            solve_singular(full, vec![0.0; n], n, RANK).free
        }
        None => Vec::new(),
    }
}
