//! One point of a problem: residuals and Jacobian there, and Newton steps.

use super::absent::{self, Absent};
use super::dense::Dense;
use super::kernel::{Want, Work};
use super::linear::Linear;
use super::problem::{Kind, Problem};
use super::tape::NONE;
use crate::system::Condition;

/// The largest matrix that is written out in full to find its rank.
const FULL: usize = 700;

/// Stands for a price of zero inside evaluations, so that what is 0 times infinite stays 0.
pub const TINY: f64 = 1e-90;

/// Below this a number is what stands for zero, or a multiple of it.
const NOUGHT: f64 = 1e-70;

/// A residual: `ln left − ln right` where both sides are positive, otherwise the difference relative to its terms.
///
/// `left` and `right` are its derivatives in the two sides.
#[derive(Clone, Copy, Debug, Default)]
pub struct Residual {
    pub value: f64,
    pub left: f64,
    pub right: f64,
}

/// Workspace for one point.
pub struct Engine<'a> {
    pub problem: &'a Problem,
    pub work: Work<1>,
    derivatives: Vec<[f64; 1]>,
    /// Entries of the Jacobian of residuals, in the plan's order.
    pub matrix: Vec<f64>,
    pub linear: Linear,
    pub residuals: Vec<Residual>,
    /// By unknown: what its value's own digits do not hold.
    pub lows: Vec<f64>,
    /// What there is none of at the present parameters.
    pub absent: Absent,
    pub evaluations: usize,
}

impl<'a> Engine<'a> {
    pub fn new(problem: &'a Problem) -> Self {
        Engine {
            work: Work::new(&problem.tape.block),
            derivatives: Vec::new(),
            matrix: vec![0.0; problem.plan.entries.len()],
            linear: Linear::new(&problem.plan),
            residuals: vec![Residual::default(); problem.relations.len()],
            lows: vec![0.0; problem.unknowns.len()],
            absent: Absent::default(),
            evaluations: 0,
            problem,
        }
    }

    /// Takes parameter values by symbol and evaluates what depends on nothing else.
    pub fn set_parameters(&mut self, params: &[f64]) {
        self.set_parameters_for(params, Want::Values);
    }

    pub fn set_parameters_for(&mut self, params: &[f64], want: Want) {
        for (sym, slot) in &self.problem.parameters {
            self.work.values[*slot as usize] = [params.get(sym.index()).copied().unwrap_or(f64::NAN)];
        }
        self.work.run(&self.problem.tape.block, 0..self.problem.tape.fixed, want);
        self.absent = absent::find(self);
    }

    /// Evaluates the equations at values of the unknowns.
    pub fn evaluate(&mut self, z: &[f64], want: Want) {
        self.evaluations += 1;
        let problem = self.problem;
        self.place(z);
        self.work.run(&problem.tape.block, problem.tape.fixed..problem.tape.main, want);
        for (i, relation) in problem.relations.iter().enumerate() {
            let (l, r) = problem.tape.sides[i];
            let (left, right) = (self.work.values[l as usize][0], self.work.values[r as usize][0]);
            let income = relation.condition == Condition::Income;
            self.residuals[i] = if left.abs() < NOUGHT && right.abs() < NOUGHT && left + right != 0.0 && !income {
                // Both sides are a price of zero. Who has nothing else to live on has an income of zero, which nothing leaves open.
                Residual::default()
            } else if left > 0.0 && right > 0.0 && left < f64::INFINITY && right < f64::INFINITY {
                Residual { value: log_ratio(left, right), left: 1.0 / left, right: 1.0 / right }
            } else {
                let scale = 1.0 / relation.scale(&problem.tape, &self.work.values, 0, left, right);
                Residual { value: (left - right) * scale, left: scale, right: scale }
            };
        }
        if !self.absent.is_empty() {
            self.absent.meet(&mut self.residuals);
        }
    }

    /// Puts the unknowns in their slots.
    pub fn place(&mut self, z: &[f64]) {
        for (k, (unknown, value)) in self.problem.unknowns.iter().zip(z).enumerate() {
            if let Some(low) = unknown.low {
                // At the bound itself nothing is left over: no task, and no rounding of one.
                self.work.values[low as usize] = [if *value == unknown.lower { 0.0 } else { self.lows[k] }];
            }
            let value = if *value == 0.0 && unknown.lower == 0.0 && unknown.kind == Kind::Price { TINY } else { *value };
            self.work.values[unknown.slot as usize] = [value];
        }
    }

    /// Adds to a margin without loss of digits near its bounds; the new value.
    pub fn add(&mut self, k: usize, z: f64, step: f64) -> f64 {
        if self.problem.unknowns[k].low.is_none() {
            return z + step;
        }
        let step = step + self.lows[k];
        let sum = z + step;
        // The part of the step that the sum lost (Knuth's two-sum).
        let back = sum - z;
        self.lows[k] = (z - (sum - back)) + (step - back);
        sum
    }

    /// Value of a slot, with what stems from a price of zero taken to its limit.
    pub fn limit(&self, slot: u32) -> f64 {
        let value = self.value(slot);
        if value.abs() < 1e-65 {
            0.0
        } else if value.abs() > 1e65 {
            f64::INFINITY.copysign(value)
        } else {
            value
        }
    }

    /// After an evaluation with derivatives: entries of the Jacobian, columns multiplied by `columns`.
    pub fn assemble(&mut self, columns: &[f64]) {
        let plan = &self.problem.plan;
        plan.derivatives(&self.work, &mut self.derivatives);
        let equations = self.residuals.len();
        for (entry, value) in plan.entries.iter().zip(self.matrix.iter_mut()) {
            let (left, right) = match self.residuals.get(entry.row as usize) {
                Some(r) if (entry.row as usize) < equations => (r.left, r.right),
                _ => (1.0, 1.0),
            };
            let column = columns.get(entry.col as usize).copied().unwrap_or(1.0);
            *value = plan.value(entry, &self.derivatives, 0, left, right) * column;
        }
    }

    /// By how much the conditions move at most, each in parts of its own sides, while an unknown moves by `distance`; after an evaluation with
    /// derivatives.
    pub fn weight(&mut self, k: usize, distance: f64) -> f64 {
        let plan = &self.problem.plan;
        plan.derivatives(&self.work, &mut self.derivatives);
        let mut most = 0.0f64;
        for entry in plan.entries.iter().filter(|e| e.col as usize == k) {
            if let Some(r) = self.residuals.get(entry.row as usize) {
                most = most.max((plan.value(entry, &self.derivatives, 0, r.left, r.right) * distance).abs());
            }
        }
        most
    }

    /// Replaces the row of a complementary equation by "its partner does not move".
    pub fn pin(&mut self, equation: usize) {
        let plan = &self.problem.plan;
        if let (Some(a), Some(b)) = (plan.starts.get(equation), plan.starts.get(equation + 1))
            && let Some(row) = self.matrix.get_mut(*a..*b)
        {
            row.fill(0.0);
        }
        self.add_diagonal(equation, 1.0);
    }

    /// Adds to the entry of an equation in its partner.
    pub fn add_diagonal(&mut self, equation: usize, value: f64) {
        if let Some(at) = self.problem.diagonal.get(equation).filter(|at| **at != NONE) {
            self.matrix[*at as usize] += value;
        }
    }

    /// The sign of the determinant of the matrix, just factored, where there may be several equilibria; 0 where it is not known.
    pub fn sign(&self) -> f64 {
        if !self.problem.several || !self.linear.is_sparse() {
            return self.linear.sign();
        }
        // A sparse factorisation keeps its permutations to itself.
        let Some(full) = self.dense_matrix() else { return 0.0 };
        let mut lu = Dense::new(self.problem.plan.size());
        lu.matrix().copy_from_slice(&full);
        if lu.factor() > 0.0 { lu.sign() } else { 0.0 }
    }

    /// The matrix in full, row-major, for systems small enough.
    pub fn dense_matrix(&self) -> Option<Vec<f64>> {
        let n = self.problem.plan.size();
        if n > FULL {
            return None;
        }
        let mut full = vec![0.0; n * n];
        for (entry, value) in self.problem.plan.entries.iter().zip(&self.matrix) {
            full[entry.row as usize * n + entry.col as usize] = *value;
        }
        Some(full)
    }

    /// Value of a slot.
    pub fn value(&self, slot: u32) -> f64 {
        self.work.values.get(slot as usize).map_or(f64::NAN, |v| v[0])
    }
}

/// ln(a/b) without loss of digits where a ≈ b.
pub fn log_ratio(a: f64, b: f64) -> f64 {
    let gap = (a - b) / b;
    if gap.abs() < 0.1 { gap.ln_1p() } else { a.ln() - b.ln() }
}
