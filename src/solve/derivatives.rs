//! Derivatives of the equilibrium in parameters by the implicit function theorem, one-sided at borders and kinks.

use super::engine::Engine;
use super::fold::{STEEP, is_little_known, is_turning_point};
use super::kernel::Want;
use super::problem::Problem;
use super::regime::{self, Rates, Regime, directional, rates_here, touching};
use super::solution::complete;
use super::{Position, Solution, newton};
use crate::expr::Sym;

/// What rounding leaves of changes of flows that cancel, as a part of them: the tangent meets the linear equations to a little more than one digit's
/// rounding.
const CANCELLED: f64 = 1e-13;
/// Flows that an elasticity below this moves stand still.
const STILL: f64 = 1e-14;

/// Derivatives of every symbol and output in some parameters.
#[derive(Clone, Debug, Default)]
pub struct Derivatives {
    pub wrt: Vec<Sym>,
    right: Vec<Side>,
    /// Where they differ from those to the right.
    left: Vec<Option<Side>>,
    notes: [Option<String>; 2],
}

/// Derivatives to one side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Side {
    /// By symbol; NaN where undefined or left free.
    pub syms: Vec<f64>,
    pub outputs: Vec<f64>,
    /// The regime on that side: positions of the unknowns.
    pub positions: Vec<(Sym, Position)>,
}

impl Derivatives {
    /// `d sym / d wrt[k]`, from the left or from the right.
    pub fn get(&self, sym: Sym, k: usize, left: bool) -> f64 {
        self.side(k, left).and_then(|s| s.syms.get(sym.index())).copied().unwrap_or(f64::NAN)
    }

    /// `d output / d wrt[k]`.
    pub fn output(&self, output: usize, k: usize, left: bool) -> f64 {
        self.side(k, left).and_then(|s| s.outputs.get(output)).copied().unwrap_or(f64::NAN)
    }

    /// All that is known to one side of a parameter.
    pub fn side(&self, k: usize, left: bool) -> Option<&Side> {
        let other = if left { self.left.get(k).and_then(Option::as_ref) } else { None };
        other.or(self.right.get(k))
    }

    /// Where unknowns stand on that side, of those that stand elsewhere on the other.
    pub fn side_note(&self, left: bool) -> Option<String> {
        self.notes[usize::from(!left)].clone()
    }

    /// Whether any derivative to the left differs from the one to the right.
    pub fn one_sided(&self) -> bool {
        self.left.iter().any(Option::is_some)
    }
}

/// `d value / d parameter` of every symbol and output of the problem at a solution, for each of `wrt`.
///
/// Symbols that are no parameters get NaN. At a border of two regimes, or at a kink, the two sides are computed apart.
pub fn derivatives(problem: &Problem, solution: &Solution, wrt: &[Sym]) -> Derivatives {
    let ways: Vec<Vec<(Sym, f64)>> = wrt.iter().map(|s| vec![(*s, 1.0)]).collect();
    derivatives_along(problem, solution, &ways)
}

/// The same along ways on which several parameters move together, each at its own speed: one solve a way.
pub fn derivatives_along(problem: &Problem, solution: &Solution, ways: &[Vec<(Sym, f64)>]) -> Derivatives {
    if let (true, Some(whole)) = (solution.whole, &problem.whole)
        && let Some((problem, wide)) = whole.widen(solution)
    {
        let mut out = derivatives_with(&mut Engine::new(problem), &wide, ways);
        out.right.iter_mut().chain(out.left.iter_mut().flatten()).for_each(|side| whole.narrow_side(side));
        return out;
    }
    derivatives_with(&mut Engine::new(problem), solution, ways)
}

fn derivatives_with(engine: &mut Engine, solution: &Solution, ways: &[Vec<(Sym, f64)>]) -> Derivatives {
    let problem = engine.problem;
    let (z, positions) = solution.point(problem);
    let params = &solution.values;
    regime::release(engine);
    solution.refine(engine);
    engine.set_parameters_for(params, Want::All);
    engine.evaluate(&z, Want::All);
    let here = Regime::here(engine, &positions);
    let sizes = newton::sizes(engine, &z);
    let at_border = !solution.one_regime && !touching(engine, &here, &z, &sizes).is_empty();
    let mut out = Derivatives { wrt: ways.iter().filter_map(|w| w.first().map(|(s, _)| *s)).collect(), ..Derivatives::default() };
    for way in ways {
        let slot = |sym: Sym| problem.parameters.iter().find(|(s, _)| *s == sym).map(|(_, slot)| *slot);
        let slots: Option<Vec<(u32, f64)>> = way.iter().map(|(s, v)| slot(*s).map(|at| (at, *v))).collect();
        let mut toward = |direction: f64| -> Option<Side> {
            let seeds: Vec<(u32, f64)> = slots.as_ref()?.iter().map(|(at, v)| (*at, v * direction)).collect();
            // With the first unit of what there was none of another regime begins.
            if engine.absent.is_opened(&mut engine.work, problem, &seeds) {
                return None;
            }
            if at_border {
                let rates = directional(engine, params, &z, &here, &seeds)?;
                rates.regime.hold(engine);
                engine.set_parameters_for(params, Want::All);
                engine.evaluate(&z, Want::All);
                return Some(side(engine, &z, &rates, &seeds, direction));
            }
            let rates = rates_here(engine, &z, &here, &seeds)?;
            // How far the way goes while one of its parameters doubles.
            let unit = way.iter().map(|(s, v)| solution.value(*s).abs().max(1e-6) / v.abs().max(1e-300)).fold(f64::INFINITY, f64::min);
            let steep = rates.unknowns.iter().zip(&z).any(|(r, z)| r.abs() * unit > STEEP * z.abs().max(1e-6));
            // Where two equilibria meet there is no derivative, whatever number rounding leaves.
            if (steep || is_little_known(problem, solution)) && way.iter().any(|(s, _)| is_turning_point(problem, solution, *s)) {
                return None;
            }
            Some(side(engine, &z, &rates, &seeds, direction))
        };
        let undefined = || Side { syms: vec![f64::NAN; problem.tape.slot_of.len()], outputs: vec![f64::NAN; problem.outputs], positions: Vec::new() };
        let right = toward(1.0).unwrap_or_else(undefined);
        let left = if at_border { Some(toward(-1.0).unwrap_or_else(undefined)).filter(|l| !same(l, &right)) } else { None };
        if let Some(left) = &left {
            note_sides(problem, &mut out.notes, left, &right);
        }
        out.right.push(right);
        out.left.push(left);
    }
    out
}

/// Writes down, once, how the regimes of the two sides differ.
fn note_sides(problem: &Problem, notes: &mut [Option<String>; 2], left: &Side, right: &Side) {
    if notes[0].is_some() || left.positions == right.positions {
        return;
    }
    let words = |own: &Side, other: &Side| {
        let differing = own.positions.iter().filter(|p| !other.positions.contains(p));
        let phrase = |(sym, position): &(Sym, Position)| {
            let name = problem.unknowns.iter().find(|u| u.sym == *sym).map_or("", |u| u.name.as_str());
            let place = match position {
                Position::Lower => "at its lower bound",
                Position::Upper => "at its upper bound",
                _ => "inside its bounds",
            };
            format!("{name} {place}")
        };
        differing.map(phrase).collect::<Vec<_>>().join(", ")
    };
    *notes = [Some(words(left, right)), Some(words(right, left))];
}

fn same(a: &Side, b: &Side) -> bool {
    let close =
        |x: &[f64], y: &[f64]| x.iter().zip(y).all(|(x, y)| x.is_nan() && y.is_nan() || (x - y).abs() <= 1e-9 * x.abs().max(y.abs()).max(1e-9));
    close(&a.syms, &b.syms) && close(&a.outputs, &b.outputs)
}

/// Carries the rates on to definitions and outputs that the equations do not need.
fn side(engine: &mut Engine, z: &[f64], rates: &Rates, seeds: &[(u32, f64)], direction: f64) -> Side {
    let problem = engine.problem;
    // What the parameters would have to move by to double.
    let unit = seeds.iter().map(|(at, v)| Some(engine.value(*at).abs()).filter(|v| *v > 0.0).unwrap_or(1.0) / v.abs()).fold(f64::INFINITY, f64::min);
    let block = &problem.tape.block;
    complete(engine, z, Want::All);
    let mut slots = rates.slots.clone();
    engine.work.tangent(block, problem.tape.main..block.ops.len(), 0, &mut slots);
    for (at, v) in seeds {
        slots[*at as usize] = *v;
    }
    for (_, sum) in &problem.nets {
        let Some(op) = block.ops.get(*sum) else { continue };
        let args = &block.args[op.range()];
        let gross: f64 = args.iter().map(|a| slots[*a as usize].abs()).sum();
        // Where the terms themselves stand still but for rounding, what counts is their size.
        let level: f64 = args.iter().map(|a| engine.value(*a).abs()).sum();
        if slots[op.out as usize].abs() <= (CANCELLED * gross).max(STILL * level / unit) {
            slots[op.out as usize] = 0.0;
        }
    }
    let free: Vec<Vec<f64>> = rates
        .free
        .iter()
        .map(|f| {
            let mut moved = f.clone();
            engine.work.tangent_of_free(block, problem.tape.main..block.ops.len(), &mut moved);
            moved
        })
        .collect();
    let get = |s: u32| {
        // What is relative to a price of zero has no derivative.
        let unbounded = engine.limit(s).is_infinite() || slots[s as usize].abs() > 1e40;
        if rates.inconsistency > 1e-6 || unbounded || free.iter().any(|f| f[s as usize] != 0.0) { f64::NAN } else { slots[s as usize] * direction }
    };
    Side {
        syms: problem.tape.slot_of.iter().map(|s| get(*s)).collect(),
        outputs: problem.tape.outputs.iter().take(problem.outputs).map(|s| get(*s)).collect(),
        positions: problem.unknowns.iter().zip(&rates.regime.positions).map(|(u, p)| (u.sym, *p)).collect(),
    }
}
