//! Regimes: which unknowns are at a bound, which branch each kinked function is on; where one ends, and which one lies in a given direction.

use super::Position;
use super::engine::Engine;
use super::kernel::{AUTO, Want};
use super::newton;
use super::solution::{TIE, is_nothing, largest, near_bound};
use super::tape::{Code, Op};
use crate::expr::Cmp;

/// An unknown that a free direction moves by less than this part of its size stands still.
const STILL: f64 = 1e-8;

/// A choice for every pair and every kinked instruction; within it the system is smooth.
#[derive(Clone, Debug, PartialEq)]
pub struct Regime {
    pub positions: Vec<Position>,
    /// By branch; [`AUTO`] where the function is smooth across.
    pub branches: Vec<u32>,
}

/// What ends a regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// An interior unknown reaches that bound.
    Reach(usize, Position),
    /// The equation of an unknown at a bound comes to hold.
    Release(usize),
    /// An instruction (its number) goes over to that branch.
    Branch(usize, u32),
}

impl Regime {
    /// The regime that the engine's last evaluation was in.
    pub fn here(engine: &Engine, positions: &[Position]) -> Regime {
        let mut branches = vec![AUTO; engine.problem.tape.block.branches];
        for op in kinked(engine) {
            branches[op.branch as usize] = engine.work.taken[op.branch as usize][0];
        }
        Regime { positions: positions.to_vec(), branches }
    }

    /// Makes the engine stay on this regime's branches.
    pub fn hold(&self, engine: &mut Engine) {
        for (slot, branch) in engine.work.forced.iter_mut().zip(&self.branches) {
            *slot = [*branch];
        }
    }

    /// Applies an event.
    pub fn after(&self, engine: &Engine, event: Event) -> Regime {
        let mut next = self.clone();
        match event {
            Event::Reach(k, bound) => next.positions[k] = bound,
            Event::Release(k) => next.positions[k] = Position::Interior,
            Event::Branch(op, to) => {
                if let Some(op) = engine.problem.tape.block.ops.get(op) {
                    next.branches[op.branch as usize] = to;
                }
            }
        }
        next
    }
}

/// Lets the engine choose branches by comparison again.
pub fn release(engine: &mut Engine) {
    engine.work.forced.fill([AUTO]);
}

fn is_kinked(op: &Op) -> bool {
    match op.code {
        Code::Table { smooth, .. } => !smooth,
        Code::Min | Code::Max | Code::Abs => true,
        Code::Select(cmp) => matches!(cmp, Cmp::Less | Cmp::LessEqual),
        _ => false,
    }
}

fn kinked<'e>(engine: &'e Engine) -> impl Iterator<Item = &'e Op> + 'e {
    engine.problem.tape.block.ops[..engine.problem.tape.main].iter().filter(|op| is_kinked(op))
}

/// All events of a regime with their distances at the point last evaluated: positive inside, comparable with 1.
pub fn distances(engine: &Engine, regime: &Regime, z: &[f64], sizes: &[f64]) -> Vec<(Event, f64)> {
    let problem = engine.problem;
    let mut out = Vec::new();
    for (k, unknown) in problem.unknowns.iter().enumerate() {
        let Some(equation) = unknown.equation else { continue };
        let r = engine.residuals[equation].value;
        match regime.positions[k] {
            Position::Lower => out.push((Event::Release(k), r)),
            Position::Upper => out.push((Event::Release(k), -r)),
            _ => {
                if unknown.lower > f64::NEG_INFINITY {
                    out.push((Event::Reach(k, Position::Lower), (z[k] - unknown.lower) / sizes[k]));
                }
                if unknown.upper < f64::INFINITY {
                    out.push((Event::Reach(k, Position::Upper), (unknown.upper - z[k]) / sizes[k]));
                }
            }
        }
    }
    for (number, op) in problem.tape.block.ops[..problem.tape.main].iter().enumerate() {
        if is_kinked(op) {
            branch_distances(engine, op, regime.branches[op.branch as usize], &|slot| engine.value(slot), &mut |to, d| {
                out.push((Event::Branch(number, to), d));
            });
        }
    }
    out
}

/// Calls back with every branch that an instruction may go over to and how far off that is; linear in the values, so that rates work as well.
fn branch_distances(engine: &Engine, op: &Op, now: u32, value: &dyn Fn(u32) -> f64, found: &mut dyn FnMut(u32, f64)) {
    let args = &engine.problem.tape.block.args[op.range()];
    match op.code {
        Code::Table { .. } => {
            let x = value(args[0]);
            let segments = ((args.len() - 1) / 2).saturating_sub(1) as u32;
            if now >= segments {
                return;
            }
            let knot = |k: u32| value(args[1 + 2 * k as usize]);
            if now > 0 {
                found(now - 1, x - knot(now));
            }
            if now + 1 < segments {
                found(now + 1, knot(now + 1) - x);
            }
        }
        Code::Min | Code::Max => {
            let sign = if op.code == Code::Min { 1.0 } else { -1.0 };
            let Some(own) = args.get(now as usize) else { return };
            for (k, other) in args.iter().enumerate() {
                if k as u32 != now {
                    found(k as u32, sign * (value(*other) - value(*own)));
                }
            }
        }
        Code::Abs => {
            let sign = if now == 0 { -1.0 } else { 1.0 };
            found(1 - now.min(1), sign * value(args[0]));
        }
        Code::Select(_) => {
            let gap = value(args[1]) - value(args[0]);
            found(1 - now.min(1), if now == 0 { gap } else { -gap });
        }
        _ => {}
    }
}

/// The slots that a kinked instruction looks at, and the unknown that is one of them.
pub fn unknown_of(engine: &Engine, op: usize) -> Option<usize> {
    let block = &engine.problem.tape.block;
    let args = &block.args[block.ops.get(op)?.range()];
    engine.problem.unknowns.iter().position(|u| args.contains(&u.slot))
}

/// Rates of change along a direction in the parameters, within one regime.
#[derive(Clone, Debug)]
pub struct Rates {
    pub regime: Regime,
    /// By slot.
    pub slots: Vec<f64>,
    /// By unknown.
    pub unknowns: Vec<f64>,
    /// Free directions of the regime's equations, by slot.
    pub free: Vec<Vec<f64>>,
    /// How far the equations are from being solvable for these rates.
    pub inconsistency: f64,
    /// The sign of the determinant of the regime's equations; 0 where it is not known.
    pub sign: f64,
}

/// The rates at `z` when parameters move at `speeds` (slot, rate), the regime's equations differentiated. All partial derivatives are computed.
pub fn rates(engine: &mut Engine, params: &[f64], z: &[f64], regime: &Regime, speeds: &[(u32, f64)]) -> Option<Rates> {
    regime.hold(engine);
    engine.set_parameters_for(params, Want::All);
    engine.evaluate(z, Want::All);
    rates_here(engine, z, regime, speeds)
}

/// [`rates`] at the point where all partial derivatives are there already.
pub fn rates_here(engine: &mut Engine, z: &[f64], regime: &Regime, speeds: &[(u32, f64)]) -> Option<Rates> {
    let problem = engine.problem;
    let block = &problem.tape.block;
    let sizes = newton::sizes(engine, z);
    let columns = newton::all_columns(engine, z, &sizes, &regime.positions);
    let mut slots = vec![0.0; block.slots];
    for (slot, rate) in speeds {
        slots[*slot as usize] = *rate;
    }
    engine.work.tangent(block, 0..problem.tape.main, 0, &mut slots);
    let pinned = |k: usize| regime.positions[k] != Position::Interior;
    let mut rhs: Vec<f64> = Vec::with_capacity(problem.plan.size());
    for (i, relation) in problem.relations.iter().enumerate() {
        let (l, r) = problem.tape.sides[i];
        let residual = engine.residuals[i];
        let rate = rate_of(residual.left, slots[l as usize]) - rate_of(residual.right, slots[r as usize]);
        rhs.push(if relation.partner.is_some_and(pinned) { 0.0 } else { -rate });
    }
    rhs.resize(problem.plan.size(), 0.0);
    engine.assemble(&columns);
    for (i, relation) in problem.relations.iter().enumerate() {
        if relation.partner.is_some_and(pinned) {
            engine.pin(i);
        }
    }
    let pivot = engine.linear.factor(&engine.matrix);
    let mut free = Vec::new();
    let mut inconsistency = 0.0;
    let mut sign = 0.0;
    if engine.linear.distance_to_singular(pivot) > newton::SUSPECT {
        sign = engine.sign();
        if !engine.linear.solve(&mut rhs) {
            return None;
        }
    } else {
        let full = engine.dense_matrix().filter(|_| !pivot.is_nan())?;
        let singular = super::dense::solve_singular(full, rhs, problem.plan.size(), newton::RANK);
        rhs = singular.solution;
        inconsistency = singular.inconsistency;
        for direction in singular.free {
            let mut moved = vec![0.0; block.slots];
            for (k, u) in problem.unknowns.iter().enumerate() {
                moved[u.slot as usize] = if direction[k].abs() > STILL { direction[k] * columns[k] } else { 0.0 };
            }
            engine.work.tangent_of_free(block, 0..problem.tape.main, &mut moved);
            free.push(moved);
        }
    }
    let unknowns: Vec<f64> = rhs.iter().zip(&columns).take(problem.unknowns.len()).map(|(y, c)| y * c).collect();
    for (u, rate) in problem.unknowns.iter().zip(&unknowns) {
        slots[u.slot as usize] = *rate;
    }
    engine.work.tangent(block, 0..problem.tape.main, 0, &mut slots);
    Some(Rates { regime: regime.clone(), slots, unknowns, free, inconsistency, sign })
}

fn rate_of(factor: f64, rate: f64) -> f64 {
    if rate == 0.0 { 0.0 } else { factor * rate }
}

/// How fast an event's distance changes.
fn distance_rate(engine: &Engine, rates: &Rates, event: Event, sizes: &[f64]) -> f64 {
    let problem = engine.problem;
    match event {
        Event::Reach(k, Position::Upper) => -rates.unknowns[k] / sizes[k],
        Event::Reach(k, _) => rates.unknowns[k] / sizes[k],
        Event::Release(k) => {
            let Some(i) = problem.unknowns[k].equation else { return 0.0 };
            let (l, r) = problem.tape.sides[i];
            let residual = engine.residuals[i];
            let rate = rate_of(residual.left, rates.slots[l as usize]) - rate_of(residual.right, rates.slots[r as usize]);
            if rates.regime.positions[k] == Position::Upper { -rate } else { rate }
        }
        Event::Branch(number, to) => {
            let Some(op) = problem.tape.block.ops.get(number) else { return 0.0 };
            let mut rate = 0.0;
            branch_distances(engine, op, rates.regime.branches[op.branch as usize], &|slot| rates.slots[slot as usize], &mut |other, d| {
                if other == to {
                    rate = d;
                }
            });
            rate
        }
    }
}

/// Events whose distance is zero at the point last evaluated, with derivatives.
pub fn touching(engine: &mut Engine, regime: &Regime, z: &[f64], sizes: &[f64]) -> Vec<Event> {
    let tops = largest(engine.problem, z);
    let mut out = Vec::new();
    for (event, d) in distances(engine, regime, z, sizes) {
        let touches = match event {
            Event::Reach(k, _) => (d.abs() <= TIE || near_bound(engine.problem, z, k, &tops) && d.abs() <= 1e-6) && is_nothing(engine, z, k),
            _ => d.abs() <= TIE,
        };
        if touches {
            out.push(event);
        }
    }
    out
}

/// The regime that the equilibrium moves into when parameters move at `speeds` from `z`, with its rates; `None` where no regime fits.
///
/// Within the right regime every distance that is zero here does not fall. The search flips one violated event at a time, and goes through all
/// combinations where that comes back to a regime seen before.
pub fn directional(engine: &mut Engine, params: &[f64], z: &[f64], start: &Regime, speeds: &[(u32, f64)]) -> Option<Rates> {
    let mut seen: Vec<Regime> = Vec::new();
    let mut queue = vec![start.clone()];
    let limit = 200;
    while let Some(regime) = queue.pop() {
        if seen.len() > limit || seen.contains(&regime) {
            continue;
        }
        seen.push(regime.clone());
        let found = rates(engine, params, z, &regime, speeds);
        let sizes = newton::sizes(engine, z);
        let zero = touching(engine, &regime, z, &sizes);
        let Some(found) = found.filter(|f| f.inconsistency < 1e-6) else {
            queue.splice(0..0, zero.iter().map(|e| regime.after(engine, *e)));
            continue;
        };
        let scale = speeds.iter().fold(0.0f64, |m, s| m.max(s.1.abs())).max(1e-300);
        let mut worst: Vec<(Event, f64)> =
            zero.iter().map(|e| (*e, distance_rate(engine, &found, *e, &sizes) / scale)).filter(|(_, d)| *d < -1e-9).collect();
        if worst.is_empty() {
            return Some(found);
        }
        worst.sort_by(|a, b| b.1.total_cmp(&a.1));
        queue.splice(0..0, zero.iter().filter(|e| !worst.iter().any(|w| w.0 == **e)).map(|e| regime.after(engine, *e)));
        queue.extend(worst.iter().map(|(e, _)| regime.after(engine, *e)));
    }
    None
}
