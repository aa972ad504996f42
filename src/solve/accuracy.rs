//! How well a solution is known.
//!
//! A residual says by how much an equation misses, not by how much an unknown does. Rounding leaves of each residual an uncertainty ε, which is
//! followed through the instructions; where the active equations hold unknowns but loosely, J⁻¹ε is large however small ε is. It is estimated
//! from a few right-hand sides of random signs, with one factorisation, and carried on to everything that is defined.
//!
//! Running error analysis: Higham, Accuracy and Stability of Numerical Algorithms, section 3.3.

use super::Position;
use super::dense::solve_singular;
use super::engine::Engine;
use super::kernel::Want;
use super::newton::{self, RANK};
use super::problem::Problem;
use super::start::SplitMix;
use super::tape::Code;
use super::{Solution, Status};
use crate::expr::Sym;

/// Unit roundoff.
const U: f64 = f64::EPSILON / 2.0;
/// Right-hand sides, and the factor on the largest response to them.
const SAMPLES: u64 = 8;
const SAFETY: f64 = 6.0;
/// An unknown whose relative error is beyond this has no digit that is known.
pub const NOTHING: f64 = 0.1;
/// The largest system whose free directions are set apart.
const FULL: usize = 300;

/// Fills in the errors of a solution; one whose unknowns are not known to a digit is indeterminate.
pub fn accuracy(problem: &Problem, solution: &mut Solution) {
    if !solution.is_equilibrium() {
        return;
    }
    if let (true, Some(whole)) = (solution.whole, &problem.whole)
        && whole.accuracy(solution).is_some()
    {
        return;
    }
    let mut engine = Engine::new(problem);
    let (z, positions) = solution.point(problem);
    solution.refine(&mut engine);
    engine.set_parameters(&solution.values);
    let free: Vec<Sym> = match &solution.status {
        Status::Indeterminate { free } => free.clone(),
        _ => Vec::new(),
    };
    let Some(errors) = errors(&mut engine, &z, &positions, !free.is_empty()) else { return };
    let value = |slot: u32| errors.get(slot as usize).copied().unwrap_or(f64::NAN);
    solution.errors = problem.tape.slot_of.iter().map(|s| value(*s)).collect();
    solution.output_errors = problem.tape.outputs.iter().take(problem.outputs).map(|s| value(*s)).collect();
    for (sym, _) in &problem.parameters {
        solution.errors[sym.index()] = 0.0;
    }
    // What is free has no error: it is one of many.
    free.iter().for_each(|sym| solution.errors[sym.index()] = f64::NAN);
    let unknown: Vec<Sym> = problem
        .unknowns
        .iter()
        .filter(|u| u.lower == 0.0 && u.upper == f64::INFINITY && newton::in_logs(u))
        .filter(|u| solution.error(u.sym).is_some_and(|e| e > NOTHING))
        .map(|u| u.sym)
        .collect();
    if unknown.is_empty() {
        return;
    }
    let mut free = free;
    free.extend(unknown);
    solution.status = Status::Indeterminate { free };
}

/// Absolute errors by slot.
fn errors(engine: &mut Engine, z: &[f64], positions: &[Position], free: bool) -> Option<Vec<f64>> {
    let problem = engine.problem;
    let block = &problem.tape.block;
    engine.evaluate(z, Want::Newton);
    engine.work.run(block, problem.tape.main..block.ops.len(), Want::Newton);
    let rounding = rounding(engine);
    let sizes = newton::sizes(engine, z);
    let columns = newton::columns(engine, z, &sizes, positions);
    engine.assemble(&columns);
    let pinned = |k: usize| positions[k] != Position::Interior;
    let mut uncertain = Vec::with_capacity(problem.relations.len());
    for (i, relation) in problem.relations.iter().enumerate() {
        if relation.partner.is_some_and(pinned) {
            engine.pin(i);
            uncertain.push(0.0);
            continue;
        }
        uncertain.push(engine.residuals[i].value.abs().max(of_condition(engine, i, &rounding)));
    }
    let n = problem.plan.size();
    let pivot = engine.linear.factor(&engine.matrix);
    let full = if free && n <= FULL { engine.dense_matrix() } else { None };
    if (free || !(pivot > 0.0)) && full.is_none() {
        return None;
    }
    let mut out = vec![0.0f64; block.slots];
    let mut random = SplitMix(0x5EED);
    for _ in 0..SAMPLES {
        let mut rhs: Vec<f64> = uncertain.iter().map(|e| e * random.sign()).collect();
        rhs.resize(n, 0.0);
        let step = match &full {
            // What is free is said apart: the error is that of what is determined.
            Some(matrix) => solve_singular(matrix.clone(), rhs, n, RANK).solution,
            None => {
                if !engine.linear.solve(&mut rhs) {
                    return None;
                }
                rhs
            }
        };
        let mut rates = vec![0.0; block.slots];
        for (k, unknown) in problem.unknowns.iter().enumerate().filter(|(k, _)| !pinned(*k)) {
            rates[unknown.slot as usize] = step[k] * columns[k];
        }
        engine.work.tangent(block, problem.tape.fixed..block.ops.len(), 0, &mut rates);
        for (o, r) in out.iter_mut().zip(&rates) {
            *o = o.max(SAFETY * r.abs());
        }
    }
    for unknown in &problem.unknowns {
        // A number is known to its own last digit at best.
        out[unknown.slot as usize] += 2.0 * U * engine.value(unknown.slot).abs();
    }
    out.iter_mut().zip(&rounding).for_each(|(o, r)| *o += r);
    Some(out)
}

/// What rounding leaves uncertain of a condition, in its own scale.
fn of_condition(engine: &Engine, i: usize, rounding: &[f64]) -> f64 {
    let (l, r) = engine.problem.tape.sides[i];
    let residual = engine.residuals[i];
    (residual.left * rounding[l as usize] + residual.right * rounding[r as usize]).max(U)
}

/// What rounding leaves uncertain of each condition at the point evaluated last, with its slopes.
pub(super) fn uncertainty(engine: &Engine) -> Vec<f64> {
    let rounding = rounding(engine);
    (0..engine.problem.relations.len()).map(|i| of_condition(engine, i, &rounding)).collect()
}

/// What rounding may have done to each slot at exact values of unknowns and parameters.
fn rounding(engine: &Engine) -> Vec<f64> {
    let problem = engine.problem;
    let block = &problem.tape.block;
    let mut e = vec![0.0f64; block.slots];
    let value = |slot: u32| engine.value(slot).abs();
    for (number, op) in block.ops.iter().enumerate() {
        let range = op.range();
        let args = &block.args[range.clone()];
        let out = value(op.out);
        if number < problem.tape.fixed {
            // From parameters alone.
            e[op.out as usize] = 4.0 * U * out + fixed_sum(op.code, args, &e, &value);
            continue;
        }
        let split = op.code == Code::Sum && args.iter().any(|a| problem.tape.lows.values().any(|low| low == a));
        // With what rounding left of a margin at hand, the difference is exact.
        let mut sum = if split { U * out } else { own(engine, op.code, args, out) };
        for k in range {
            let inner = e[block.args[k] as usize];
            if inner > 0.0 {
                sum += inner * slope(engine, op.code, k, out, block.args[k]);
            }
        }
        e[op.out as usize] = if sum.is_finite() { sum } else { 0.0 };
    }
    e
}

/// The error that a sum of parameters inherits: terms that cancel.
fn fixed_sum(code: Code, args: &[u32], e: &[f64], value: &dyn Fn(u32) -> f64) -> f64 {
    if code == Code::Sum { args.iter().map(|a| e[*a as usize] + U * value(*a)).sum() } else { 0.0 }
}

/// The error that an instruction makes by itself.
fn own(engine: &Engine, code: Code, args: &[u32], out: f64) -> f64 {
    let value = |slot: &u32| engine.value(*slot);
    let log = |slot: &u32| value(slot).abs().ln().abs();
    match code {
        Code::Sum => U * args.iter().map(|a| value(a).abs()).fold(0.0, f64::max),
        Code::Prod => U * out * args.len().saturating_sub(1) as f64,
        Code::Ces => {
            let r = 1.0 - args.first().map_or(0.0, value);
            let prices = args.get(1 + args.len().saturating_sub(1) / 2..).unwrap_or(&[]);
            let spread = prices.iter().map(log).filter(|l| l.is_finite()).fold(0.0, f64::max);
            let inverse = if r.abs() >= 0.05 { 1.0 / r.abs() } else { 1.0 };
            U * out * if r == 1.0 { prices.len() as f64 } else { 4.0 + spread + inverse * 2.0 }
        }
        Code::Table { .. } => 8.0 * U * args.iter().map(|a| value(a).abs()).fold(out, f64::max),
        Code::Quad(_) => 1e-13 * out,
        Code::Abs | Code::Sign | Code::Min | Code::Max | Code::Select(_) => 0.0,
        _ => U * out,
    }
}

/// The absolute slope of an instruction in its argument number `k` of the block.
fn slope(engine: &Engine, code: Code, k: usize, out: f64, slot: u32) -> f64 {
    let wanted = engine.problem.tape.block.wanted[k];
    let size = engine.value(slot).abs();
    match code {
        Code::Sum => 1.0,
        Code::Prod | Code::Div => engine.work.partials[k][0].abs(),
        _ if wanted => engine.work.partials[k][0].abs(),
        // A weight or an exponent from parameters alone: relative to its own size.
        _ if size > 0.0 => out / size,
        _ => 0.0,
    }
}
