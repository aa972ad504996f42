//! Turning points: where two equilibria meet and vanish, the Jacobian of a regime is singular at finite values. There the path is followed in an
//! unknown instead of in its own parameter, which stands still.

use super::accuracy::uncertainty;
use super::dense::Dense;
use super::engine::{Engine, Residual};
use super::kernel::Want;
use super::newton::{self, in_logs};
use super::problem::{Problem, Unknown};
use super::regime::{Regime, distances};
use super::solution::Solution;
use super::start::SplitMix;
use super::{Position, regime};
use crate::expr::Sym;

/// The largest matrix that is bordered.
const LARGEST: usize = 300;
/// Right-hand sides that show what rounding does.
const SAMPLES: usize = 4;
/// Steps along the unknown.
const STEPS: usize = 60;
/// An equilibrium that moves more slowly than this, in parts of its size by parts of the parameter's, is no turning point.
pub const STEEP: f64 = 1e4;
/// Distance of a parameter from its value at a turning point, relative to itself, that rounding leaves at least.
pub const HERE: f64 = 1e-11;
/// How far beside an equilibrium its curve is looked at, in parts of the leading unknown's size: as near as the parameter's way shows.
const BESIDE: [f64; 5] = [1e-4, 1e-2, 1.0, 10.0, 100.0];
/// A way of the parameter shows if it is this many times what rounding leaves of it.
const SHOWS: f64 = 100.0;
/// What is known of an unknown where its relative error is above this is little enough to ask whether two equilibria meet.
const LITTLE: f64 = 1e-9;
/// Sides of a condition that differ by this part are not compared in logs.
const APART: f64 = 1e-3;

/// A turning point on a path.
#[derive(Clone, Debug)]
pub struct Fold {
    pub s: f64,
    pub z: Vec<f64>,
}

/// The equilibria of one regime near a point, in terms of one unknown.
struct Curve<'e, 'p, 'f> {
    engine: &'e mut Engine<'p>,
    path: &'f dyn Fn(f64) -> Vec<f64>,
    regime: &'f Regime,
    /// The unknown that leads.
    lead: usize,
    matrix: Dense,
}

/// A point of the curve.
#[derive(Clone, Debug)]
struct Place {
    s: f64,
    z: Vec<f64>,
    /// ds / d(coordinate of the leading unknown).
    slope: f64,
    /// What rounding leaves uncertain of s.
    error: f64,
}

impl Curve<'_, '_, '_> {
    fn size(&self) -> usize {
        self.engine.problem.plan.size() + 1
    }

    /// Coordinate of an unknown: its log, or itself by its size.
    fn coordinate(&self, z: &[f64], sizes: &[f64]) -> f64 {
        let k = self.lead;
        if in_logs(&self.engine.problem.unknowns[k]) { z[k].ln() } else { z[k] / sizes[k] }
    }

    /// Evaluates and factors at a point; the column of the path's own rates comes last, the row of the leading unknown too.
    fn factor(&mut self, s: f64, z: &[f64], sizes: &[f64]) -> Option<Vec<f64>> {
        let problem = self.engine.problem;
        let n = self.size();
        self.regime.hold(self.engine);
        let params = (self.path)(s);
        self.engine.set_parameters_for(&params, Want::All);
        self.engine.evaluate(z, Want::All);
        let block = &problem.tape.block;
        let mut slots = vec![0.0; block.slots];
        for (slot, rate) in speeds(problem, self.path, s) {
            slots[slot as usize] = rate;
        }
        self.engine.work.tangent(block, 0..problem.tape.main, 0, &mut slots);
        let columns = newton::all_columns(self.engine, z, sizes, &self.regime.positions);
        self.level();
        self.engine.assemble(&columns);
        let pinned = |k: usize| self.regime.positions[k] != Position::Interior;
        let times = |factor: f64, rate: f64| if rate == 0.0 { 0.0 } else { factor * rate };
        let mut last = vec![0.0; n - 1];
        for (i, relation) in problem.relations.iter().enumerate() {
            if relation.partner.is_some_and(pinned) {
                self.engine.pin(i);
                continue;
            }
            let ((l, r), residual) = (problem.tape.sides[i], self.engine.residuals[i]);
            last[i] = times(residual.left, slots[l as usize]) - times(residual.right, slots[r as usize]);
        }
        let full = self.engine.dense_matrix()?;
        let matrix = self.matrix.matrix();
        matrix.fill(0.0);
        for i in 0..n - 1 {
            matrix[i * n..i * n + n - 1].copy_from_slice(&full[i * (n - 1)..(i + 1) * (n - 1)]);
            matrix[i * n + n - 1] = last[i];
        }
        matrix[(n - 1) * n + self.lead] = 1.0;
        let pivot = self.matrix.factor();
        (pivot > 1e-12).then_some(columns)
    }

    /// Measures conditions whose sides are far apart by the larger one: where both vanish, a ratio of what rounding left of them says nothing.
    fn level(&mut self) {
        let tape = &self.engine.problem.tape;
        for (residual, (l, r)) in self.engine.residuals.iter_mut().zip(&tape.sides) {
            let (left, right) = (self.engine.work.values[*l as usize][0], self.engine.work.values[*r as usize][0]);
            if left > 0.0 && right > 0.0 && residual.value.abs() > APART {
                let scale = 1.0 / left.max(right);
                *residual = Residual { value: (left - right) * scale, left: scale, right: scale };
            }
        }
    }

    /// By how much the active conditions miss beyond what rounding leaves of them.
    fn miss(&self, uncertain: &[f64]) -> f64 {
        let mut norm = 0.0f64;
        for ((relation, r), rounding) in self.engine.problem.relations.iter().zip(&self.engine.residuals).zip(uncertain) {
            if relation.partner.is_none_or(|k| self.regime.positions[k] == Position::Interior) {
                if r.value.is_nan() {
                    return f64::NAN;
                }
                norm = norm.max(r.value.abs() - 2.0 * rounding);
            }
        }
        norm
    }

    /// The point whose leading coordinate is `y`, from one nearby.
    fn at(&mut self, y: f64, from: &Place, sizes: &[f64]) -> Option<Place> {
        let n = self.size();
        let problem = self.engine.problem;
        let (mut s, mut z) = (from.s, from.z.clone());
        let mut previous = f64::INFINITY;
        for _ in 0..25 {
            let columns = self.factor(s, &z, sizes)?;
            let gap = y - self.coordinate(&z, sizes);
            let uncertain = uncertainty(self.engine);
            let norm = self.miss(&uncertain);
            if norm.is_nan() {
                return None;
            }
            let done = norm.max(gap.abs()) <= 1e-14 || norm.max(gap.abs()) <= 1e-12 && norm.max(gap.abs()) >= 0.25 * previous;
            let mut rhs = vec![0.0; n];
            if done {
                rhs[n - 1] = 1.0;
                self.matrix.solve(&mut rhs);
                let slope = rhs[n - 1];
                let mut random = SplitMix(0x5EED);
                let mut error = f64::EPSILON * s.abs();
                for _ in 0..SAMPLES {
                    rhs.fill(0.0);
                    for (out, (relation, u)) in rhs.iter_mut().zip(problem.relations.iter().zip(&uncertain)) {
                        let pinned = relation.partner.is_some_and(|k| self.regime.positions[k] != Position::Interior);
                        *out = if pinned { 0.0 } else { u * random.sign() };
                    }
                    self.matrix.solve(&mut rhs);
                    error = error.max(2.0 * rhs[n - 1].abs());
                }
                return slope.is_finite().then_some(Place { s, z, slope, error });
            }
            previous = norm.max(gap.abs());
            for (i, relation) in problem.relations.iter().enumerate() {
                let pinned = relation.partner.is_some_and(|k| self.regime.positions[k] != Position::Interior);
                rhs[i] = if pinned { 0.0 } else { -self.engine.residuals[i].value };
            }
            rhs[n - 1] = gap;
            self.matrix.solve(&mut rhs);
            if rhs.iter().any(|x| !x.is_finite()) {
                return None;
            }
            let longest = rhs[..n - 1].iter().fold(0.0f64, |m, x| m.max(x.abs()));
            let length = (1.0 / longest).min(1.0);
            s += length * rhs[n - 1];
            for (k, unknown) in problem.unknowns.iter().enumerate() {
                if self.regime.positions[k] == Position::Interior {
                    z[k] = if in_logs(unknown) { z[k] * (length * rhs[k]).exp() } else { z[k] + length * rhs[k] * columns[k] };
                }
            }
            if !(-0.5..=1.5).contains(&s) {
                return None;
            }
        }
        None
    }

    /// Where the path's parameter stands still between two points.
    fn turn(&mut self, a: Place, b: Place, sizes: &[f64]) -> Option<Place> {
        let (mut a, mut b) = ((self.coordinate(&a.z, sizes), a), (self.coordinate(&b.z, sizes), b));
        for round in 0..80 {
            let width = b.0 - a.0;
            if width.abs() <= 1e-13 * a.0.abs().max(1.0) {
                break;
            }
            // Every third step halves, so that the bracket closes from both sides.
            let share = if round % 3 == 2 { 0.5 } else { (a.1.slope / (a.1.slope - b.1.slope)).clamp(0.0, 1.0) };
            let y = a.0 + width * share;
            let nearer = if share < 0.5 { a.1.clone() } else { b.1.clone() };
            let here = self.at(y, &nearer, sizes)?;
            if here.slope == 0.0 {
                return Some(here);
            }
            if here.slope.signum() == a.1.slope.signum() { a = (y, here) } else { b = (y, here) }
        }
        Some(if a.1.slope.abs() < b.1.slope.abs() { a.1 } else { b.1 })
    }

    /// Whether all conditions of the regime hold at the point evaluated last.
    fn inside(&self, z: &[f64], sizes: &[f64]) -> bool {
        distances(self.engine, self.regime, z, sizes).iter().all(|(_, d)| *d >= -1e-9)
    }
}

fn speeds(problem: &Problem, path: &dyn Fn(f64) -> Vec<f64>, s: f64) -> Vec<(u32, f64)> {
    let h = 1e-6;
    let (a, b) = (path(s - h), path(s + h));
    let rate = |sym: &Sym| Some((b.get(sym.index())? - a.get(sym.index())?) / (2.0 * h));
    problem.parameters.iter().filter_map(|(sym, slot)| rate(sym).filter(|r| *r != 0.0).map(|r| (*slot, r))).collect()
}

/// The turning point that lies ahead of a point on a path, in its regime and before place 1; `rates` are those of the unknowns there.
pub fn ahead(engine: &mut Engine, path: &dyn Fn(f64) -> Vec<f64>, s: f64, z: &[f64], regime: &Regime, rates: &[f64]) -> Option<Fold> {
    let n = engine.problem.plan.size();
    if n > LARGEST {
        return None;
    }
    let sizes = newton::sizes(engine, z);
    let columns = newton::columns(engine, z, &sizes, &regime.positions);
    let pace = |k: usize| if columns[k] > 0.0 { rates[k] / columns[k] } else { 0.0 };
    let lead = (0..rates.len()).filter(|k| regime.positions[*k] == Position::Interior).max_by(|a, b| pace(*a).abs().total_cmp(&pace(*b).abs()))?;
    let direction = pace(lead).signum();
    let mut curve = Curve { engine, path, regime, lead, matrix: Dense::new(n + 1) };
    let start = Place { s, z: z.to_vec(), slope: 0.0, error: 0.0 };
    let first = curve.coordinate(z, &sizes);
    let mut last = curve.at(first, &start, &sizes)?;
    let mut step = 1e-4;
    let mut y = first;
    for _ in 0..STEPS {
        let Some(next) = curve.at(y + direction * step, &last, &sizes) else {
            step *= 0.25;
            if step < 1e-9 {
                return None;
            }
            continue;
        };
        if !curve.inside(&next.z, &sizes) || next.s > 1.0 {
            return None;
        }
        if next.slope * direction <= 0.0 {
            let turn = curve.turn(last, next, &sizes)?;
            return Some(Fold { s: turn.s, z: turn.z });
        }
        y += direction * step;
        last = next;
        step = (2.0 * step).min(0.2);
    }
    None
}

/// Whether rounding leaves so much of an unknown open that two equilibria may meet there.
pub fn is_little_known(problem: &Problem, solution: &Solution) -> bool {
    let error = |u: &Unknown| solution.errors.get(u.sym.index()).is_some_and(|e| *e > LITTLE * solution.value(u.sym).abs().max(1e-6));
    problem.several && problem.unknowns.iter().any(error)
}

/// Whether two equilibria meet at a solution when one parameter moves: the point is a turning point up to rounding.
pub fn is_turning_point(problem: &Problem, solution: &Solution, parameter: Sym) -> bool {
    let n = problem.plan.size();
    if !solution.is_equilibrium() || n > LARGEST {
        return false;
    }
    let mut engine = Engine::new(problem);
    let (z, positions) = solution.point(problem);
    regime::release(&mut engine);
    engine.set_parameters_for(&solution.values, Want::All);
    engine.evaluate(&z, Want::All);
    let here = Regime::here(&engine, &positions);
    let sizes = newton::sizes(&engine, &z);
    let columns = newton::columns(&engine, &z, &sizes, &positions);
    let value = solution.value(parameter);
    let unit = value.abs().max(1e-6);
    let Some((_, slot)) = problem.parameters.iter().find(|p| p.0 == parameter) else { return false };
    let Some(rates) = regime::rates_here(&mut engine, &z, &here, &[(*slot, unit)]) else { return false };
    // The direction in which the equilibrium moves at next to no change of the parameter.
    let direction: Vec<f64> = match rates.free.as_slice() {
        [] => rates.unknowns,
        [one] => problem.unknowns.iter().map(|u| one[u.slot as usize]).collect(),
        _ => return false,
    };
    let pace = |k: usize| if columns[k] > 0.0 { (direction[k] / columns[k]).abs() } else { 0.0 };
    let moving = (0..problem.unknowns.len()).filter(|k| positions[*k] == Position::Interior);
    let Some(lead) = moving.max_by(|a, b| pace(*a).total_cmp(&pace(*b))) else { return false };
    if rates.free.is_empty() && pace(lead) < STEEP && !is_little_known(problem, solution) {
        return false;
    }
    let base = solution.values.clone();
    let path = |s: f64| {
        let mut params = base.clone();
        if let Some(p) = params.get_mut(parameter.index()) {
            *p = value + unit * s;
        }
        params
    };
    let mut curve = Curve { engine: &mut engine, path: &path, regime: &here, lead, matrix: Dense::new(n + 1) };
    let y = curve.coordinate(&z, &sizes);
    let start = Place { s: 0.0, z, slope: 0.0, error: 0.0 };
    for d in BESIDE {
        let mut side = |d: f64| curve.at(y + d, &start, &sizes);
        let (Some(a), Some(b)) = (side(-d), side(d)) else { continue };
        // Where a quantity is free the parameter stands still all along.
        if [&a, &b].iter().any(|p| p.s.abs() <= SHOWS * p.error) || a.slope * b.slope >= 0.0 {
            continue;
        }
        return curve.turn(a, b, &sizes).is_some_and(|turn| turn.s.abs() <= HERE + 2.0 * turn.error);
    }
    false
}
