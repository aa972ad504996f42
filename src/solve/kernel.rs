//! Runs instructions for N points at once: values, and partial derivatives in the arguments.

// A lane is a column through several arrays: an index says so better than zipped iterators.
#![allow(clippy::needless_range_loop)]

use super::tape::{Block, Code, NONE, Op};
use crate::expr::eval::{compare, power};
use crate::expr::integrate::quadrature;
use crate::expr::table::{Dual, Piece, parts, segment};
use crate::expr::{TablePart, ces};
use std::ops::Range;

/// Choose the branch by comparison.
pub const AUTO: u32 = u32::MAX;

/// What a run computes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Want {
    Values,
    /// Also the partial derivatives that lead to unknowns.
    Newton,
    /// Also all other partial derivatives.
    All,
}

/// Storage for a run of one block, for N points at once.
#[derive(Clone, Debug)]
pub struct Work<const N: usize> {
    pub values: Vec<[f64; N]>,
    /// One for each argument, then 1 and −1.
    pub partials: Vec<[f64; N]>,
    /// The branch to take, or [`AUTO`].
    pub forced: Vec<[u32; N]>,
    /// The branch taken.
    pub taken: Vec<[u32; N]>,
    /// Arguments that are weights of inputs not to be had: they count as 0.
    pub masks: Vec<u32>,
    /// Slots that are 0 whatever their arguments are, as an input in terms of a price that there is none of; empty where there are none.
    pub nothing: Vec<bool>,
    scratch: Vec<f64>,
}

impl<const N: usize> Work<N> {
    pub fn new(block: &Block) -> Self {
        let mut values = vec![[f64::NAN; N]; block.slots];
        for (slot, value) in &block.constants {
            values[*slot as usize] = [*value; N];
        }
        let mut partials = vec![[0.0; N]; block.args.len() + 2];
        if let [.., one, minus] = partials.as_mut_slice() {
            *one = [1.0; N];
            *minus = [-1.0; N];
        }
        let longest = block.ops.iter().map(|op| op.len as usize).max().unwrap_or(0);
        Work {
            values,
            partials,
            forced: vec![[AUTO; N]; block.branches],
            taken: vec![[AUTO; N]; block.branches],
            masks: Vec::new(),
            nothing: Vec::new(),
            scratch: vec![0.0; 3 * longest + 8],
        }
    }

    /// Runs a range of instructions.
    pub fn run(&mut self, block: &Block, ops: Range<usize>, want: Want) {
        for op in block.ops.get(ops).unwrap_or(&[]) {
            self.step(block, op, want);
        }
    }

    /// Runs some instructions, by number.
    pub fn run_these(&mut self, block: &Block, ops: &[u32], want: Want) {
        for op in ops.iter().filter_map(|k| block.ops.get(*k as usize)) {
            self.step(block, op, want);
        }
    }

    /// Runs one instruction.
    pub fn one(&mut self, block: &Block, op: &Op, want: Want) {
        self.step(block, op, want);
    }

    fn step(&mut self, block: &Block, op: &Op, want: Want) {
        let range = op.range();
        let args = &block.args[range.clone()];
        let derive = want != Want::Values;
        let v = |k: usize| self.values[args[k] as usize];
        let mut out = [0.0; N];
        match op.code {
            Code::Sum => {
                for (a, sign) in args.iter().zip(&block.signs[range]) {
                    let x = &self.values[*a as usize];
                    for n in 0..N {
                        out[n] += sign * x[n];
                    }
                }
            }
            Code::Prod => {
                if let [a, b] = args {
                    let (x, y) = (self.values[*a as usize], self.values[*b as usize]);
                    for n in 0..N {
                        out[n] = x[n] * y[n];
                    }
                    if derive {
                        self.partials[range.start] = y;
                        self.partials[range.start + 1] = x;
                    }
                } else {
                    out = self.product(args, range.start, derive);
                }
            }
            Code::Div => {
                let (x, y) = (v(0), v(1));
                for n in 0..N {
                    out[n] = x[n] / y[n];
                }
                if derive {
                    for n in 0..N {
                        let inverse = 1.0 / y[n];
                        self.partials[range.start][n] = inverse;
                        self.partials[range.start + 1][n] = -out[n] * inverse;
                    }
                }
            }
            Code::Pow => {
                let (x, y) = (v(0), v(1));
                let in_exponent = derive && (want == Want::All || block.wanted[range.start + 1]);
                for n in 0..N {
                    out[n] = power(x[n], y[n]);
                    if derive {
                        self.partials[range.start][n] = base_partial(x[n], y[n], out[n]);
                    }
                    if in_exponent {
                        self.partials[range.start + 1][n] = if out[n] == 0.0 { 0.0 } else { out[n] * x[n].ln() };
                    }
                }
            }
            Code::Exp | Code::Ln | Code::Sqrt => {
                let x = v(0);
                for n in 0..N {
                    let (value, slope) = match op.code {
                        Code::Exp => {
                            let e = x[n].exp();
                            (e, e)
                        }
                        Code::Ln => (x[n].ln(), 1.0 / x[n]),
                        _ => {
                            let r = x[n].sqrt();
                            (r, 0.5 / r)
                        }
                    };
                    out[n] = value;
                    self.partials[range.start][n] = slope;
                }
            }
            Code::Abs | Code::Sign => {
                let x = v(0);
                for n in 0..N {
                    let side = self.choose(op, n, if x[n] < 0.0 { 0 } else { 1 });
                    let sign = if side == 0 { -1.0 } else { 1.0 };
                    let is_abs = op.code == Code::Abs;
                    out[n] = if is_abs {
                        sign * x[n]
                    } else if x[n] == 0.0 && self.forced[op.branch as usize][n] == AUTO {
                        0.0
                    } else {
                        sign
                    };
                    self.partials[range.start][n] = if is_abs { sign } else { 0.0 };
                }
            }
            Code::Min | Code::Max => {
                for n in 0..N {
                    let mut best = 0;
                    for k in 1..args.len() {
                        let (a, b) = (self.values[args[k] as usize][n], self.values[args[best] as usize][n]);
                        if if op.code == Code::Min { a < b } else { a > b } {
                            best = k;
                        }
                    }
                    let taken = (self.choose(op, n, best as u32) as usize).min(args.len().saturating_sub(1));
                    out[n] = if args.iter().any(|a| self.values[*a as usize][n].is_nan()) { f64::NAN } else { self.values[args[taken] as usize][n] };
                    for k in 0..args.len() {
                        self.partials[range.start + k][n] = f64::from(u8::from(k == taken));
                    }
                }
            }
            Code::Select(cmp) => {
                let (a, b, then, otherwise) = (v(0), v(1), v(2), v(3));
                for n in 0..N {
                    let side = self.choose(op, n, if compare(cmp, a[n], b[n]) { 0 } else { 1 });
                    out[n] = if side == 0 { then[n] } else { otherwise[n] };
                    self.partials[range.start + 2][n] = f64::from(u8::from(side == 0));
                    self.partials[range.start + 3][n] = f64::from(u8::from(side != 0));
                }
            }
            Code::Ces => out = self.ces(block, op, want),
            Code::Table { smooth, part } => out = self.table(block, op, smooth, part, want),
            Code::Quad(index) => out = self.quad(block, op, index as usize, want),
        }
        if !self.nothing.is_empty() && self.nothing[op.out as usize] {
            out = [0.0; N];
            self.partials[op.range()].fill([0.0; N]);
        }
        self.values[op.out as usize] = out;
    }

    /// Notes and returns the branch: the forced one, or the one that the comparison gave.
    fn choose(&mut self, op: &Op, n: usize, natural: u32) -> u32 {
        if op.branch == NONE {
            return natural;
        }
        let forced = self.forced[op.branch as usize][n];
        let choice = if forced == AUTO { natural } else { forced };
        self.taken[op.branch as usize][n] = choice;
        choice
    }

    fn product(&mut self, args: &[u32], first: usize, derive: bool) -> [f64; N] {
        let mut out = [1.0; N];
        for (k, a) in args.iter().enumerate() {
            // The product of what stands before, completed below by what stands behind.
            self.partials[first + k] = out;
            let x = &self.values[*a as usize];
            for n in 0..N {
                out[n] *= x[n];
            }
        }
        if derive {
            let mut behind = [1.0; N];
            for (k, a) in args.iter().enumerate().rev() {
                let x = &self.values[*a as usize];
                for n in 0..N {
                    self.partials[first + k][n] *= behind[n];
                    behind[n] *= x[n];
                }
            }
        }
        out
    }

    fn ces(&mut self, block: &Block, op: &Op, want: Want) -> [f64; N] {
        let range = op.range();
        let args = &block.args[range.clone()];
        let inputs = args.len().saturating_sub(1) / 2;
        let mut out = [0.0; N];
        let (nest, partials) = self.scratch.split_at_mut(2 * inputs);
        let partials = &mut partials[..inputs];
        for n in 0..N {
            for (x, a) in nest.iter_mut().zip(&args[1..]) {
                *x = self.values[*a as usize][n];
            }
            if !self.masks.is_empty() {
                let weight = |k: usize| (range.start + 1 + k) as u32;
                (0..inputs).filter(|k| self.masks.contains(&weight(*k))).for_each(|k| nest[k] = 0.0);
            }
            let (weights, prices) = nest.split_at(inputs);
            let sigma = self.values[args[0] as usize][n];
            if want == Want::Values {
                out[n] = ces::unit_cost(sigma, weights, prices);
                continue;
            }
            out[n] = ces::cost_and_inputs(sigma, weights, prices, partials);
            let at = range.start + 1 + inputs;
            for (slot, x) in self.partials[at..at + inputs].iter_mut().zip(partials.iter()) {
                slot[n] = *x;
            }
            if want == Want::All || block.wanted[range.start] {
                self.partials[range.start][n] = ces::sigma_partial(sigma, weights, prices);
            }
            let at = range.start + 1;
            if want == Want::All || block.wanted[at..at + inputs].contains(&true) {
                ces::weight_partials(sigma, weights, prices, partials);
                for (slot, x) in self.partials[at..at + inputs].iter_mut().zip(partials.iter()) {
                    slot[n] = *x;
                }
            }
        }
        out
    }

    fn table(&mut self, block: &Block, op: &Op, smooth: bool, part: TablePart, want: Want) -> [f64; N] {
        let range = op.range();
        let args = &block.args[range.clone()];
        let count = args.len() - 1;
        let which = match part {
            TablePart::Value => 0,
            TablePart::Slope => 1,
            TablePart::Integral => 2,
        };
        let mut out = [0.0; N];
        for n in 0..N {
            let mut knots = std::mem::take(&mut self.scratch);
            for (k, a) in knots.iter_mut().zip(&args[1..]) {
                *k = self.values[*a as usize][n];
            }
            let x = self.values[args[0] as usize][n];
            let table = &knots[..count];
            let piece = Piece { smooth, segment: self.choose(op, n, segment(table, x) as u32) as usize };
            let all = parts(table, piece, x);
            out[n] = all[which];
            if want != Want::Values {
                self.partials[range.start][n] = match part {
                    TablePart::Value => all[1],
                    TablePart::Integral => all[0],
                    TablePart::Slope => {
                        let dual: Vec<Dual> = table.iter().map(|v| Dual { v: *v, d: 0.0 }).collect();
                        parts(&dual, piece, Dual { v: x, d: 1.0 })[1].d
                    }
                };
                if want == Want::All || block.wanted[range.start + 1..range.end].contains(&true) {
                    let mut dual: Vec<Dual> = table.iter().map(|v| Dual { v: *v, d: 0.0 }).collect();
                    for k in 0..count {
                        dual[k].d = 1.0;
                        self.partials[range.start + 1 + k][n] = parts(&dual, piece, Dual { v: x, d: 0.0 })[which].d;
                        dual[k].d = 0.0;
                    }
                }
            }
            self.scratch = knots;
        }
        out
    }

    fn quad(&mut self, block: &Block, op: &Op, index: usize, want: Want) -> [f64; N] {
        let range = op.range();
        let args = &block.args[range.clone()];
        let Some(quad) = block.quads.get(index) else { return [f64::NAN; N] };
        let result = quad.result as usize;
        let mut inner: Work<1> = Work::new(&quad.block);
        let mut out = [0.0; N];
        for n in 0..N {
            for (k, a) in args.iter().enumerate().skip(1) {
                inner.values[k] = [self.values[*a as usize][n]];
            }
            let upper = self.values[args[0] as usize][n];
            let at = |x: f64, work: &mut Work<1>| {
                work.values[0] = [x];
                work.run(&quad.block, 0..quad.block.ops.len(), Want::Values);
                work.values[result][0]
            };
            out[n] = quadrature(&mut |x| at(x, &mut inner), upper);
            if want == Want::Values {
                continue;
            }
            self.partials[range.start][n] = at(upper, &mut inner);
            for k in 1..args.len() {
                if want == Want::All || block.wanted[range.start + k] {
                    let mut rates = vec![0.0; quad.block.slots];
                    self.partials[range.start + k][n] = quadrature(
                        &mut |x| {
                            inner.values[0] = [x];
                            inner.run(&quad.block, 0..quad.block.ops.len(), Want::All);
                            rates.fill(0.0);
                            rates[k] = 1.0;
                            inner.tangent(&quad.block, 0..quad.block.ops.len(), 0, &mut rates);
                            rates[result]
                        },
                        upper,
                    );
                }
            }
        }
        out
    }

    /// Carries rates of change through instructions whose partial derivatives are known: `rates` is by slot, of point `lane`.
    pub fn tangent(&self, block: &Block, ops: Range<usize>, lane: usize, rates: &mut [f64]) {
        for op in block.ops.get(ops).unwrap_or(&[]) {
            let mut rate = 0.0;
            for k in op.range() {
                let inner = rates[block.args[k] as usize];
                // A rate of 0 through an infinite slope stays 0.
                if inner != 0.0 {
                    rate += inner * if op.code == Code::Sum { block.signs[k] } else { self.partials[k][lane] };
                }
            }
            rates[op.out as usize] = rate;
        }
    }

    /// [`Work::tangent`] of a direction that the equations leave free: what cancels up to the error of the direction does not move.
    pub fn tangent_of_free(&self, block: &Block, ops: Range<usize>, rates: &mut [f64]) {
        for op in block.ops.get(ops).unwrap_or(&[]) {
            let (mut rate, mut gross) = (0.0, 0.0);
            for k in op.range() {
                let inner = rates[block.args[k] as usize];
                if inner != 0.0 {
                    let term: f64 = inner * if op.code == Code::Sum { block.signs[k] } else { self.partials[k][0] };
                    rate += term;
                    gross += term.abs();
                }
            }
            rates[op.out as usize] = if rate.abs() <= NEXT_TO_NOTHING * gross { 0.0 } else { rate };
        }
    }
}

/// What is left of terms that cancel, as a part of them, in a direction that is known to about ten digits.
const NEXT_TO_NOTHING: f64 = 1e-8;

/// `y x^(y−1)`, with its limit at x = 0.
fn base_partial(x: f64, y: f64, value: f64) -> f64 {
    if y == 0.0 {
        0.0
    } else if y == 1.0 {
        1.0
    } else if y == 2.0 {
        2.0 * x
    } else if x == 0.0 {
        if y > 1.0 { 0.0 } else { f64::INFINITY }
    } else {
        y * value / x
    }
}
