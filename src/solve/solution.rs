//! What a solve hands back.

use super::cold::{Found, Missed};
use super::engine::Engine;
use super::evidence::few;
use super::kernel::Want;
use super::newton::{self, ACCEPT};
use super::problem::{Kind, Problem, Unknown};
use super::start::price_level;
use super::tape::Code;
use super::{Position, Side, Status};
use crate::expr::Sym;

/// How near (relative) two branches, or a variable and its bound or knot, count as equal.
pub const TIE: f64 = 1e-10;
/// What is left of flows that cancel, as a part of them, by rounding alone.
const NONE: f64 = 1e-14;
/// A market set aside that misses by more than this part is not cleared: rounding alone does not go that far.
const UNCLEARED: f64 = 1e-4;

/// An equilibrium, or the best point of a search that found none.
#[derive(Clone, Debug)]
pub struct Solution {
    /// By symbol: parameters, unknowns, definitions; NaN for bound variables and what is undefined.
    pub values: Vec<f64>,
    /// The values of the problem's outputs.
    pub outputs: Vec<f64>,
    /// Of each unknown.
    pub positions: Vec<(Sym, Position)>,
    /// Unknowns exactly at the border of two regimes: at a bound with their equation just met.
    pub borders: Vec<Sym>,
    pub status: Status,
    /// Largest residual, relative to the sides of its equation.
    pub residual: f64,
    /// Value of the excess supply on the market set aside, relative to world income.
    pub walras: Option<f64>,
    /// Net exports of goods less payment for tasks done abroad, relative to gross flows.
    pub outside_balance: Option<f64>,
    pub iterations: usize,
    /// The equations with the largest residuals, largest first: number and relative residual; empty where all are small.
    pub worst: Vec<(usize, f64)>,
    pub evidence: Option<String>,
    /// Derivatives are those of this regime alone, though it ends here.
    pub(crate) one_regime: bool,
    /// Found with all markets, since the one set aside takes more rounding than it bears.
    pub(crate) whole: bool,
    /// By symbol: how far the value may be off, absolutely; empty until [`super::accuracy`] is asked.
    pub errors: Vec<f64>,
    /// Of the outputs.
    pub output_errors: Vec<f64>,
    /// Prices of zero of inputs that are all free, in proportion to each other, as multiples of what stands for zero.
    pub(crate) proportions: Vec<(Sym, f64)>,
    /// What the digits of a margin do not hold of it.
    pub(crate) lows: Vec<(Sym, f64)>,
}

impl Solution {
    pub fn is_equilibrium(&self) -> bool {
        self.status.has_values()
    }

    pub fn value(&self, sym: Sym) -> f64 {
        self.values.get(sym.index()).copied().unwrap_or(f64::NAN)
    }

    /// The relative error of a value, at most, where it is known; of a zero none.
    pub fn error(&self, sym: Sym) -> Option<f64> {
        relative(*self.errors.get(sym.index())?, self.value(sym))
    }

    /// The relative error of an output.
    pub fn output_error(&self, output: usize) -> Option<f64> {
        relative(*self.output_errors.get(output)?, self.outputs.get(output).copied()?)
    }

    pub fn position(&self, sym: Sym) -> Option<Position> {
        self.positions.iter().find(|(s, _)| *s == sym).map(|(_, p)| *p)
    }

    /// The same equilibrium as part of the regime to one side of the border that it stands on.
    pub fn on_side(&self, side: &Side) -> Solution {
        Solution { positions: side.positions.clone(), borders: Vec::new(), one_regime: true, ..self.clone() }
    }

    /// Hands the engine what the digits of margins do not hold.
    pub(crate) fn refine(&self, engine: &mut Engine) {
        for (low, unknown) in engine.lows.iter_mut().zip(&engine.problem.unknowns) {
            *low = self.lows.iter().find(|l| l.0 == unknown.sym).map_or(0.0, |l| l.1);
        }
    }

    /// A solution of problem `from` as one of a problem with fewer symbols, at its own parameters.
    pub(crate) fn cut(mut self, from: &Problem, problem: &Problem, params: &[f64]) -> Solution {
        self.values.truncate(problem.tape.slot_of.len());
        for (sym, _) in &problem.parameters {
            if let Some(value) = self.values.get_mut(sym.index()) {
                *value = params.get(sym.index()).copied().unwrap_or(f64::NAN);
            }
        }
        self.outputs = vec![f64::NAN; problem.outputs];
        self.positions.retain(|(s, _)| problem.unknowns.iter().any(|u| u.sym == *s));
        let number = |worst: usize| {
            let name = from.equation_name(worst);
            problem.relations.iter().find(|r| r.name == name).map(|r| r.number)
        };
        self.worst = self.worst.iter().filter_map(|(i, miss)| Some((number(*i)?, *miss))).collect();
        self
    }

    /// Values and positions by unknown, kinks counted as interior.
    pub(crate) fn point(&self, problem: &Problem) -> (Vec<f64>, Vec<Position>) {
        // The price of what there is none of is no number.
        let number = |z: f64, u: &Unknown| if z.is_nan() && u.kind == Kind::Price { u.lower } else { z };
        let mut z: Vec<f64> = problem.unknowns.iter().map(|u| number(self.value(u.sym), u)).collect();
        if !self.proportions.is_empty() {
            for (z, u) in z.iter_mut().zip(&problem.unknowns) {
                *z = self.proportions.iter().find(|p| p.0 == u.sym).map_or(*z, |p| p.1);
            }
        }
        // In order almost always; a solution of a related system may list more unknowns, or fewer.
        let position = |k: usize, sym: Sym| match self.positions.get(k) {
            Some((s, p)) if *s == sym => *p,
            _ => self.position(sym).unwrap_or(Position::Interior),
        };
        let plain = |p: Position| if p == Position::Kink { Position::Interior } else { p };
        (z, problem.unknowns.iter().enumerate().map(|(k, u)| plain(position(k, u.sym))).collect())
    }
}

/// An absolute error relative to the value.
fn relative(error: f64, value: f64) -> Option<f64> {
    (error.is_finite() && value.is_finite() && value != 0.0).then(|| error / value.abs())
}

/// The solution at a point that satisfies the equations.
pub(crate) fn found(engine: &mut Engine, params: &[f64], found: Found) -> Solution {
    let problem = engine.problem;
    // Newton's method has just evaluated the equations there.
    let mut solution = describe_here(engine, params, &found.z, &found.positions);
    solution.iterations = found.iterations;
    let open = if found.outcome.free.is_empty() { corner(engine, &found, &solution.borders) } else { found.outcome.free };
    if !open.is_empty() {
        let free = problem.unknowns.iter().enumerate().filter(|(k, _)| open.iter().any(|d| d[*k].abs() > 1e-7)).map(|(_, u)| u.sym);
        solution.status = Status::Indeterminate { free: free.collect() };
    }
    solution
}

/// Directions that open at a corner of many equilibria: where idle industries just break even, and may start up at the prices that there are.
fn corner(engine: &mut Engine, found: &Found, borders: &[Sym]) -> Vec<Vec<f64>> {
    let problem = engine.problem;
    let unknowns = problem.unknowns.iter().zip(&found.positions).enumerate();
    let even: Vec<usize> =
        unknowns.filter(|(_, (u, p))| u.kind == Kind::Activity && **p == Position::Lower && borders.contains(&u.sym)).map(|(k, _)| k).collect();
    if even.is_empty() {
        return Vec::new();
    }
    let mut positions = found.positions.clone();
    even.iter().for_each(|k| positions[*k] = Position::Interior);
    engine.evaluate(&found.z, Want::Newton);
    let sizes = newton::sizes(engine, &found.z);
    let columns = newton::columns(engine, &found.z, &sizes, &positions);
    let mut open = newton::free_directions(engine, &columns, &positions);
    open.retain(|d| {
        let (down, up) = even.iter().fold((0.0f64, 0.0f64), |(low, high), k| (low.min(d[*k]), high.max(d[*k])));
        (up > 1e-7 && down > -1e-9) || (down < -1e-7 && up < 1e-9)
    });
    open
}

/// What is known where the search failed.
pub(crate) fn missed(engine: &mut Engine, params: &[f64], missed: Missed, iterations: usize) -> Solution {
    let mut solution = describe(engine, params, &missed.z, &missed.positions);
    solution.iterations = iterations;
    solution.status = Status::NotFound;
    if solution.worst.is_empty() {
        let names = run_off(engine, params, &solution, 1e6);
        solution.evidence = (!names.is_empty()).then(|| format!("the search ran off to ever higher {}", few(&names)));
    }
    solution
}

/// Whether a solution of the equations is an equilibrium at finite prices: the market set aside clears (with Walras' law it does but for rounding
/// where the numeraire is worth something), and no price ran off that nothing holds.
pub(crate) fn holds_its_prices(engine: &Engine, params: &[f64], solution: &Solution) -> bool {
    clears(engine) && !ran_off(engine, params, solution)
}

/// Whether the market set aside clears at the point described last.
pub(crate) fn clears(engine: &Engine) -> bool {
    aside(engine).is_none_or(|(supply, used)| (supply - used).abs() <= UNCLEARED * supply.max(used))
}

/// Whether prices are left free that are all far from the level of the given ones: their conditions hold ever better the farther they go. One that
/// is near shows that the others are as high as they are for a reason.
fn ran_off(engine: &Engine, params: &[f64], solution: &Solution) -> bool {
    let Status::Indeterminate { free } = &solution.status else { return false };
    let is_free_price = |u: &&Unknown| u.kind == Kind::Price && free.contains(&u.sym);
    let prices = engine.problem.unknowns.iter().filter(is_free_price).count();
    prices > 0 && run_off(engine, params, solution, 1e6).len() == prices
}

/// Supply and use on the market set aside, at the point described last.
pub(crate) fn aside(engine: &Engine) -> Option<(f64, f64)> {
    engine.problem.set_aside.map(|[supply, used, ..]| (engine.limit(supply), engine.limit(used)))
}

/// Prices that rose so far that what is left of their conditions no longer shows; only those left free, where some are.
fn run_off<'p>(engine: &Engine<'p>, params: &[f64], solution: &Solution, far: f64) -> Vec<&'p str> {
    let level = price_level(engine.problem, params);
    let free: &[Sym] = match &solution.status {
        Status::Indeterminate { free } => free,
        _ => &[],
    };
    let gone = |u: &&Unknown| u.kind == Kind::Price && solution.value(u.sym) > far * level && (free.is_empty() || free.contains(&u.sym));
    engine.problem.unknowns.iter().filter(gone).map(|u| u.name.as_str()).collect()
}

/// A described point at which there is no equilibrium, and why.
pub(crate) fn nowhere(mut there: Solution, words: String, iterations: usize) -> Solution {
    there.iterations = iterations;
    there.status = Status::None;
    there.evidence = Some(words);
    there
}

/// Evaluates everything at a point.
pub(crate) fn describe(engine: &mut Engine, params: &[f64], z: &[f64], positions: &[Position]) -> Solution {
    engine.evaluate(z, Want::Values);
    describe_here(engine, params, z, positions)
}

/// Evaluates what the equations do not need at the point where they have been evaluated.
fn describe_here(engine: &mut Engine, params: &[f64], z: &[f64], positions: &[Position]) -> Solution {
    let problem = engine.problem;
    let mut worst: Vec<(usize, f64)> = Vec::new();
    let mut borders = Vec::new();
    let tops = largest(problem, z);
    for (i, relation) in problem.relations.iter().enumerate() {
        let r = engine.residuals[i].value;
        let miss = match relation.partner.map(|k| positions[k]) {
            Some(Position::Lower) => (-r).max(0.0),
            Some(Position::Upper) => r.max(0.0),
            _ => r.abs(),
        };
        worst.push((relation.number, if miss.is_nan() { f64::INFINITY } else { miss }));
        if let Some(k) = relation.partner {
            let at_bound = positions[k] != Position::Interior;
            if r.abs() <= TIE && (at_bound || near_bound(problem, z, k, &tops)) {
                borders.push((k, at_bound));
            }
        }
    }
    if borders.iter().any(|(_, at_bound)| !at_bound) {
        engine.evaluate(z, Want::Newton);
        borders.retain(|(k, at_bound)| *at_bound || is_nothing(engine, z, *k));
    }
    let borders: Vec<Sym> = borders.into_iter().map(|(k, _)| problem.unknowns[k].sym).collect();
    let residual = worst.iter().fold(0.0f64, |m, w| m.max(w.1));
    if residual > ACCEPT {
        worst.sort_by(|a, b| b.1.total_cmp(&a.1));
        worst.truncate(5);
    } else {
        worst.clear();
    }
    let kinks = kinks(engine);
    let labelled = problem
        .unknowns
        .iter()
        .enumerate()
        .map(|(k, u)| {
            let at_knot = positions[k] == Position::Interior && kinks.contains(&u.slot);
            (u.sym, if at_knot { Position::Kink } else { positions[k] })
        })
        .collect();
    let block = &problem.tape.block;
    engine.work.run(block, problem.tape.main..block.ops.len(), Want::Values);
    let value = |slot: u32| engine.limit(slot);
    let mut proportions = Vec::new();
    let mut values: Vec<f64> = problem.tape.slot_of.iter().map(|s| value(*s)).collect();
    for (unknown, z) in problem.unknowns.iter().zip(z) {
        values[unknown.sym.index()] = *z;
        if unknown.kind == Kind::Price && *z != 0.0 && engine.limit(unknown.slot) == 0.0 {
            values[unknown.sym.index()] = 0.0;
            proportions.push((unknown.sym, *z));
        }
    }
    for (sym, sum) in &problem.nets {
        let Some(op) = block.ops.get(*sum) else { continue };
        let gross: f64 = block.args[op.range()].iter().map(|a| value(*a).abs()).sum();
        if values[sym.index()].abs() <= NONE * gross {
            values[sym.index()] = 0.0;
        }
    }
    for s in &problem.bounds {
        values[s.index()] = f64::NAN;
    }
    // The price of what there is none of, and what would be reckoned with it.
    for slot in &engine.absent.meaningless {
        problem.tape.slot_of.iter().enumerate().filter(|(_, s)| *s == slot).for_each(|(i, _)| values[i] = f64::NAN);
    }
    for (sym, _) in &problem.parameters {
        values[sym.index()] = params.get(sym.index()).copied().unwrap_or(f64::NAN);
    }
    let there = |s: u32| if engine.absent.meaningless.binary_search(&s).is_ok() { f64::NAN } else { value(s) };
    let outputs = problem.tape.outputs.iter().take(problem.outputs).map(|s| there(*s)).collect();
    let lows = problem.unknowns.iter().zip(&engine.lows).filter(|(u, low)| u.low.is_some() && **low != 0.0).map(|(u, low)| (u.sym, *low)).collect();
    let walras = problem.set_aside.map(|[l, r, price, scale]| match value(l) - value(r) {
        0.0 => 0.0,
        gap => gap * value(price) / value(scale),
    });
    let outside_balance = problem
        .outside
        .iter()
        .map(|[exports, payment, scale]| {
            let gap = value(*exports) - value(*payment);
            if gap == 0.0 { 0.0 } else { gap / value(*scale) }
        })
        .reduce(|a, b| if b.abs() > a.abs() || b.is_nan() { b } else { a });
    Solution {
        values,
        outputs,
        positions: labelled,
        borders,
        status: if residual <= ACCEPT { Status::Solved } else { Status::NotFound },
        residual,
        walras,
        outside_balance,
        iterations: 0,
        worst,
        evidence: None,
        one_regime: false,
        whole: false,
        errors: Vec::new(),
        output_errors: Vec::new(),
        proportions,
        lows,
    }
}

/// Runs the instructions that the equations do not need as well.
pub(crate) fn complete(engine: &mut Engine, z: &[f64], want: Want) {
    let problem = engine.problem;
    engine.place(z);
    let block = &problem.tape.block;
    engine.work.run(block, problem.tape.fixed..block.ops.len(), want);
}

/// The largest value of each kind of unknown.
pub(crate) fn largest(problem: &Problem, z: &[f64]) -> [f64; 4] {
    let mut out = [0.0f64; 4];
    for (z, u) in z.iter().zip(&problem.unknowns) {
        out[u.kind as usize] = out[u.kind as usize].max(z.abs());
    }
    out
}

/// Whether an interior unknown is near a bound, by what other unknowns of its kind are.
pub(crate) fn near_bound(problem: &Problem, z: &[f64], k: usize, largest: &[f64; 4]) -> bool {
    let u = &problem.unknowns[k];
    let size = if u.upper - u.lower < f64::INFINITY { u.upper - u.lower } else { largest[u.kind as usize] };
    (z[k] - u.lower).abs() <= TIE * size || (u.upper - z[k]).abs() <= TIE * size
}

/// Whether an interior unknown near a bound may as well be there: no condition notices. After an evaluation with derivatives.
pub(crate) fn is_nothing(engine: &mut Engine, z: &[f64], k: usize) -> bool {
    let u = &engine.problem.unknowns[k];
    if u.upper - u.lower < f64::INFINITY {
        return true;
    }
    let distance = (z[k] - u.lower).abs().min((u.upper - z[k]).abs());
    engine.weight(k, distance) <= TIE
}

/// Whether the argument of a table with kinks stands at one.
pub(crate) fn at_knot(engine: &Engine) -> bool {
    !kinks(engine).is_empty()
}

/// Slots of the arguments of tables that stand at a knot.
fn kinks(engine: &Engine) -> Vec<u32> {
    let block = &engine.problem.tape.block;
    let mut out = Vec::new();
    for op in &block.ops {
        if let Code::Table { smooth: false, .. } = op.code {
            let args = &block.args[op.range()];
            let x = engine.value(args[0]);
            let inner = &args[1..];
            let knots = inner.len() / 2;
            if (1..knots.saturating_sub(1)).any(|k| (engine.value(inner[2 * k]) - x).abs() <= TIE) {
                out.push(args[0]);
            }
        }
    }
    out
}
