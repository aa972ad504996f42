//! Equilibria one after the other along a grid: each is predicted from those before it and corrected with a matrix that is factored now and then.
//!
//! A correction takes one evaluation without derivatives and one back-substitution. What it accepts satisfies the same conditions as a full solve;
//! where it does not get there at once, or something changes position, the point is solved in full.

use super::absent;
use super::accuracy::accuracy;
use super::engine::Engine;
use super::kernel::Want;
use super::newton::{self, AIM, SIGN, SUSPECT, active_norm, in_logs};
use super::problem::Problem;
use super::solution::{Solution, at_knot};
use super::start::SplitMix;
use super::tape::Code;
use super::trace::follow;
use super::{Position, Status, solve_near, solve_with};
use crate::expr::Sym;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Solutions that a prediction rests on, at most.
const ORDER: usize = 4;
/// Corrections of one point by the same factors.
const CORRECTIONS: usize = 5;
/// Points after which the factors are renewed in any case.
const AGE: usize = 64;
/// A correction must be this much smaller than the one before.
const CONTRACTION: f64 = 0.1;
/// Steps (relative) that are too long for a correction.
const LONG: f64 = 0.1;
/// Where rounding of the conditions moves an unknown by more than this part of itself, how well it is known is worth asking.
pub const LOOSE: f64 = 1e-9;
/// What rounding leaves uncertain of a condition at least, relative to its sides.
const ROUNDING: f64 = 5e-16;

/// Which instructions a sweep needs besides the equations'.
pub struct Needs {
    /// Those that see parameters only, of which some move.
    fixed: Vec<u32>,
    /// Those behind what is asked for, beyond the equations'.
    rest: Vec<u32>,
    asked: Vec<(Sym, u32)>,
    /// Slots of the parameters that move.
    axes: Vec<u32>,
    tables: bool,
}

impl Needs {
    pub fn new(problem: &Problem, asked: &[Sym], axes: &[Sym]) -> Needs {
        let tape = &problem.tape;
        let slot = |s: &Sym| tape.slot_of.get(s.index()).copied().unwrap_or(0);
        let asked: Vec<(Sym, u32)> = asked.iter().map(|s| (*s, slot(s))).collect();
        let axes: Vec<u32> = axes.iter().map(slot).collect();
        let ops = &tape.block.ops;
        let args = |k: usize| &tape.block.args[ops[k].range()];
        let mut moves = vec![false; tape.block.slots];
        axes.iter().for_each(|s| moves[*s as usize] = true);
        let mut fixed = Vec::new();
        for k in 0..tape.fixed {
            if args(k).iter().any(|a| moves[*a as usize]) {
                moves[ops[k].out as usize] = true;
                fixed.push(k as u32);
            }
        }
        let mut needed = vec![false; tape.block.slots];
        asked.iter().for_each(|(_, s)| needed[*s as usize] = true);
        let mut rest = Vec::new();
        for k in (tape.main..ops.len()).rev() {
            if needed[ops[k].out as usize] {
                args(k).iter().for_each(|a| needed[*a as usize] = true);
                rest.push(k as u32);
            }
        }
        rest.reverse();
        let tables = ops.iter().any(|op| matches!(op.code, Code::Table { smooth: false, .. }));
        Needs { fixed, rest, asked, axes, tables }
    }
}

/// A walk from point to point.
pub struct Tracker<'p> {
    engine: Engine<'p>,
    needs: &'p Needs,
    /// The last solution in full: of this regime while `history` is not empty.
    pub source: Arc<Solution>,
    positions: Vec<Position>,
    /// Places and solutions that came before, in this regime and along one axis; the newest last.
    history: Vec<(f64, Vec<f64>)>,
    axis: usize,
    /// The axes' values at the point before.
    before: Vec<f64>,
    z: Vec<f64>,
    columns: Vec<f64>,
    rhs: Vec<f64>,
    /// Whether there are factors, and for how many points they have served.
    factored: bool,
    age: usize,
    /// The sign of the determinant since the last full solution; 0 where not known.
    sign: f64,
    /// Whether the points are on another branch than the one that the base is on.
    pub other: bool,
}

impl<'p> Tracker<'p> {
    pub fn new(problem: &'p Problem, needs: &'p Needs, base: Arc<Solution>) -> Self {
        let n = problem.unknowns.len();
        Tracker {
            engine: Engine::new(problem),
            needs,
            source: base,
            positions: Vec::new(),
            history: Vec::new(),
            axis: 0,
            before: Vec::new(),
            z: vec![0.0; n],
            columns: vec![0.0; n],
            rhs: Vec::new(),
            factored: false,
            age: 0,
            sign: 0.0,
            other: false,
        }
    }

    /// Solves the next point, at parameter values by symbol and axes at `place`, and reads off what is asked for, with relative errors where they
    /// are larger than is taken for granted.
    pub fn next(&mut self, params: &[f64], place: &[f64], base: &Solution, interrupt: &AtomicBool) -> (Vec<f64>, Option<Vec<f64>>) {
        let at = self.along(place);
        if at.is_none() {
            self.history.clear();
        }
        // Wherever the base's own branch reaches, it is the one shown.
        let home = self.other && self.home(params, base, interrupt);
        let corrected = !home && self.correct(place, at);
        if !home && !corrected {
            self.in_full(params, at, base, interrupt);
        }
        // Without an axis there is no line to predict along.
        if let Some(x) = place.get(self.axis).copied() {
            self.remember(x);
        }
        self.before.clear();
        self.before.extend_from_slice(place);
        if corrected {
            return (self.read(), None);
        }
        let asked = || self.needs.asked.iter().map(|(sym, _)| *sym);
        let errors: Vec<f64> = asked().map(|sym| self.source.error(sym).unwrap_or(f64::NAN)).collect();
        let worth_saying = errors.iter().any(|e| *e > LOOSE);
        (asked().map(|sym| self.source.value(sym)).collect(), worth_saying.then_some(errors))
    }

    /// Keeps the point for predictions, in place of the oldest where there are enough.
    fn remember(&mut self, x: f64) {
        if self.history.len() == ORDER {
            self.history.rotate_left(1);
            if let Some((place, z)) = self.history.last_mut() {
                *place = x;
                z.copy_from_slice(&self.z);
            }
        } else if self.source.is_equilibrium() {
            self.history.push((x, self.z.clone()));
        }
    }

    /// The place along the axis that moves, if the point lies on a line with those before.
    fn along(&mut self, place: &[f64]) -> Option<f64> {
        let mut moving = (0..place.len()).filter(|k| self.before.get(*k) != Some(&place[*k]));
        let axis = moving.next()?;
        if moving.next().is_some() || self.before.len() != place.len() {
            return None;
        }
        if axis != self.axis {
            // A turn: the last point lies on the new line too.
            let last = self.history.pop();
            self.history.clear();
            self.history.extend(last.map(|(_, z)| (self.before[axis], z)));
            self.axis = axis;
        }
        Some(place[axis])
    }

    /// The polynomial through the points before, at the new place.
    fn predict(&mut self, at: f64) {
        self.z.fill(0.0);
        for (k, (x, z)) in self.history.iter().enumerate() {
            let mut weight = 1.0;
            for (j, (other, _)) in self.history.iter().enumerate() {
                if j != k {
                    weight *= (at - other) / (x - other);
                }
            }
            for (sum, z) in self.z.iter_mut().zip(z) {
                *sum += weight * z;
            }
        }
        if let Some((_, last)) = self.history.last() {
            for (k, unknown) in self.engine.problem.unknowns.iter().enumerate() {
                // A bound is not to be overrun by a guess.
                if self.positions[k] != Position::Interior || !(self.z[k] > unknown.lower && self.z[k] < unknown.upper) {
                    self.z[k] = last[k];
                }
            }
        }
    }

    /// Predicts and corrects; `false` if that is not enough.
    fn correct(&mut self, place: &[f64], at: Option<f64>) -> bool {
        let Some(at) = at.filter(|_| !self.history.is_empty() && self.source.status == Status::Solved) else { return false };
        let problem = self.engine.problem;
        for (slot, value) in self.needs.axes.iter().zip(place) {
            self.engine.work.values[*slot as usize] = [*value];
        }
        self.engine.work.run_these(&problem.tape.block, &self.needs.fixed, Want::Values);
        // What there is none of changes by more than a step.
        if absent::closed(&self.engine) != self.engine.absent.closed {
            return false;
        }
        if (!self.factored || self.age >= AGE) && !self.factor() {
            return false;
        }
        self.age += 1;
        self.predict(at);
        let mut previous = f64::INFINITY;
        for round in 0..CORRECTIONS {
            self.engine.evaluate(&self.z, Want::Values);
            let norm = active_norm(&self.engine, &self.positions);
            if norm <= AIM || norm <= 1e-12 && norm >= 0.25 * previous {
                if self.loose() {
                    break;
                }
                // Factors that need many corrections are old.
                self.factored &= round < 3;
                return self.stands();
            }
            // A number that is none fails here as well.
            if !(norm <= CONTRACTION * previous) || !self.step() {
                break;
            }
            previous = norm;
        }
        self.factored = false;
        false
    }

    /// Factors the Jacobian at the last solution, if it is far from singular.
    fn factor(&mut self) -> bool {
        let Some((_, z)) = self.history.last() else { return false };
        let engine = &mut self.engine;
        engine.evaluate(z, Want::Newton);
        let sizes = newton::sizes(engine, z);
        self.columns = newton::columns(engine, z, &sizes, &self.positions);
        engine.assemble(&self.columns);
        for (i, relation) in engine.problem.relations.iter().enumerate() {
            if relation.partner.is_some_and(|k| self.positions[k] != Position::Interior) {
                engine.pin(i);
            }
        }
        let pivot = engine.linear.factor(&engine.matrix);
        self.factored = engine.linear.distance_to_singular(pivot) > 10.0 * SUSPECT;
        self.age = 0;
        let sign = engine.sign();
        if engine.problem.several && sign * self.sign < 0.0 {
            // Another branch.
            self.factored = false;
        }
        self.sign = sign;
        self.factored
    }

    /// A step by the factors at hand.
    fn step(&mut self) -> bool {
        let problem = self.engine.problem;
        self.rhs.clear();
        let pinned = |partner: Option<usize>| partner.is_some_and(|k| self.positions[k] != Position::Interior);
        self.rhs.extend(problem.relations.iter().zip(&self.engine.residuals).map(|(r, f)| if pinned(r.partner) { 0.0 } else { -f.value }));
        self.rhs.resize(problem.plan.size(), 0.0);
        if !self.engine.linear.solve(&mut self.rhs) {
            return false;
        }
        for (k, unknown) in problem.unknowns.iter().enumerate() {
            if self.positions[k] != Position::Interior {
                continue;
            }
            let step = self.rhs[k];
            if step.abs() > LONG {
                return false;
            }
            self.z[k] += if in_logs(unknown) { self.z[k] * step } else { step * self.columns[k] };
        }
        true
    }

    /// Whether what rounding leaves uncertain of the conditions leaves an unknown uncertain by more than is taken for granted.
    fn loose(&mut self) -> bool {
        let problem = self.engine.problem;
        self.rhs.clear();
        let pinned = |partner: Option<usize>| partner.is_some_and(|k| self.positions[k] != Position::Interior);
        let mut random = SplitMix(0x5EED);
        self.rhs.extend(
            problem
                .relations
                .iter()
                .zip(&self.engine.residuals)
                .map(|(r, f)| if pinned(r.partner) { 0.0 } else { f.value.abs().max(ROUNDING) * random.sign() }),
        );
        self.rhs.resize(problem.plan.size(), 0.0);
        let solved = self.engine.linear.solve(&mut self.rhs);
        let within = |(step, position): (&f64, &Position)| *position != Position::Interior || step.abs() <= LOOSE;
        !(solved && self.rhs.iter().zip(&self.positions).all(within))
    }

    /// Whether everything is inside its bounds, with the right sign at them and off the knots.
    fn stands(&self) -> bool {
        let engine = &self.engine;
        let inside = engine.problem.unknowns.iter().zip(&self.z).zip(&self.positions).all(|((u, z), p)| match p {
            Position::Interior => *z > u.lower && *z < u.upper,
            _ => true,
        });
        let signs = engine.problem.relations.iter().zip(&engine.residuals).all(|(relation, r)| match relation.partner.map(|k| self.positions[k]) {
            Some(Position::Lower) => r.value >= -SIGN,
            Some(Position::Upper) => r.value <= SIGN,
            _ => true,
        });
        inside && signs && !(self.needs.tables && at_knot(engine))
    }

    fn in_full(&mut self, params: &[f64], at: Option<f64>, base: &Solution, interrupt: &AtomicBool) {
        let problem = self.engine.problem;
        let near = if self.source.is_equilibrium() {
            self.source.clone()
        } else {
            self.other = false;
            Arc::new(base.clone())
        };
        let (z, positions) = match (at, self.history.len()) {
            (Some(at), 2..) => {
                self.predict(at);
                (self.z.clone(), self.positions.clone())
            }
            (_, 1..) => (self.history.last().map_or_else(Vec::new, |h| h.1.clone()), self.positions.clone()),
            // The end of a line: the point before is near all the same.
            _ if !self.positions.is_empty() && self.source.is_equilibrium() => (self.z.clone(), self.positions.clone()),
            _ => near.point(problem),
        };
        let solution = if problem.several {
            // A guess may lead to another branch; the path from the point before does not.
            match follow(problem, &near, params, interrupt) {
                Some((there, jump)) => {
                    self.other |= jump;
                    let (z, positions) = there.point(problem);
                    solve_near(&mut self.engine, params, &z, &positions, &there, interrupt)
                }
                None => {
                    self.other = true;
                    solve_with(&mut self.engine, params, None, interrupt)
                }
            }
        } else {
            solve_near(&mut self.engine, params, &z, &positions, &near, interrupt)
        };
        self.take(solution);
    }

    /// Back to the branch that the base is on, if it reaches this point.
    fn home(&mut self, params: &[f64], base: &Solution, interrupt: &AtomicBool) -> bool {
        let problem = self.engine.problem;
        if !base.is_equilibrium() {
            return false;
        }
        let Some((there, false)) = follow(problem, base, params, interrupt) else { return false };
        let (z, positions) = there.point(problem);
        let solution = solve_near(&mut self.engine, params, &z, &positions, &there, interrupt);
        if !solution.is_equilibrium() {
            return false;
        }
        self.history.clear();
        self.other = false;
        self.take(solution);
        true
    }

    /// Goes on from a solution in full.
    fn take(&mut self, mut solution: Solution) {
        accuracy(self.engine.problem, &mut solution);
        let (z, positions) = solution.point(self.engine.problem);
        if positions != self.positions || solution.status != Status::Solved {
            self.history.clear();
        }
        self.factored = false;
        self.sign = 0.0;
        (self.z, self.positions) = (z, positions);
        self.source = Arc::new(solution);
    }

    /// What is asked for at the point evaluated last.
    fn read(&mut self) -> Vec<f64> {
        let problem = self.engine.problem;
        self.engine.work.run_these(&problem.tape.block, &self.needs.rest, Want::Values);
        self.needs.asked.iter().map(|(_, slot)| self.engine.limit(*slot)).collect()
    }
}
