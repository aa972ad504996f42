//! Paths of equilibria between two sets of parameters, and how far the present regime reaches.

use super::engine::Engine;
use super::fold::HERE;
use super::kernel::Want;
use super::newton::Outcome;
use super::problem::{Kind, Problem};
use super::regime::release;
use super::solution::{self, Solution};
use super::walk::{Stop, Walker};
use super::{Position, cold};
use crate::expr::Sym;
use std::sync::atomic::AtomicBool;

/// A path cut into stretches that stay in one regime.
#[derive(Clone, Debug)]
pub struct Walk {
    pub segments: Vec<Segment>,
    /// The equilibrium at the end; `None` if the path does not reach it.
    pub end: Option<Solution>,
    /// How far the path was followed, from 0 to 1.
    pub reached: f64,
    /// Why it ended early.
    pub note: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Segment {
    pub from: f64,
    pub to: f64,
    /// The equilibria at its two ends, positions as in this regime.
    pub start: Solution,
    pub end: Solution,
    /// What changes position where it ends.
    pub switches: Vec<Switch>,
    /// The next stretch begins at another equilibrium.
    pub jump: bool,
    /// The branch ends there: two equilibria meet and vanish.
    pub fold: bool,
    /// Places passed and the unknowns there, in the solver's order.
    pub(crate) passed: Vec<(f64, Vec<f64>)>,
}

/// What is said of a turning point.
pub const FOLD: &str = "two equilibria meet there, and beyond it neither exists";

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Switch {
    pub sym: Sym,
    pub from: Position,
    pub to: Position,
}

/// An end of the interval in which a regime lasts.
#[derive(Clone, Debug)]
pub struct Border {
    /// The parameter's value there.
    pub at: f64,
    /// The unknown that changes position, and its position beyond.
    pub sym: Option<Sym>,
    pub to: Position,
    /// Where nothing changes position: why the regime ends.
    pub note: Option<String>,
}

/// Over which values of a parameter the present regime lasts; `None` where no end was met.
#[derive(Clone, Debug, Default)]
pub struct Interval {
    pub low: Option<Border>,
    pub high: Option<Border>,
}

/// Follows the equilibrium from `from` along `path` (parameter values by symbol at places 0 to 1), through regime switches, which are located to
/// 1e-12 of the path.
pub fn trace(problem: &Problem, from: &Solution, path: &dyn Fn(f64) -> Vec<f64>, interrupt: &AtomicBool) -> Walk {
    let mut walk = Walk { segments: Vec::new(), end: None, reached: 0.0, note: None };
    if !from.is_equilibrium() {
        walk.note = Some("there is no equilibrium at its start".into());
        return walk;
    }
    let mut engine = Engine::new(problem);
    let (mut z, mut positions) = from.point(problem);
    // The start may be a solution of the same system at slightly rounded parameters.
    engine.set_parameters(&path(0.0));
    if let Some(found) = cold::warm(&mut engine, &z, &positions, interrupt) {
        (z, positions) = (found.z, found.positions);
    }
    let lost = "no equilibrium follows on continuously";
    let Some(mut walker) = Walker::new(&mut engine, path, z, positions, 0.2, interrupt) else {
        walk.note = Some(lost.into());
        return walk;
    };
    // A path that switches more often than this is going round in circles.
    let mut place = walker.s;
    for _ in 0..2000 {
        let start = describe(&mut walker);
        let stop = walker.advance();
        let end = describe(&mut walker);
        walk.reached = walker.s;
        let passed = std::mem::take(&mut walker.track);
        let mut segment = Segment { from: place, to: walker.s, start, end, switches: Vec::new(), jump: false, fold: false, passed };
        match stop {
            Stop::End => {
                walk.end = Some(segment.end.clone());
                walk.segments.push(segment);
                return walk;
            }
            Stop::Fold if walker.s >= 1.0 - HERE => {
                // The path ends at the turning point itself.
                walker.s = 1.0;
                segment.to = 1.0;
                segment.end = describe(&mut walker);
                walk.reached = 1.0;
                walk.end = Some(segment.end.clone());
                walk.segments.push(segment);
                return walk;
            }
            Stop::Fold => {
                segment.fold = true;
                let before = walker.regime.positions.clone();
                if !walker.beyond() {
                    walk.note = Some(FOLD.into());
                    walk.segments.push(segment);
                    return walk;
                }
                segment.jump = true;
                segment.switches = switches(&walker, &before, &segment.start);
                place = walker.s;
                walk.segments.push(segment);
            }
            Stop::Lost(why) => {
                let before = walker.regime.positions.clone();
                let resumed = if why.as_ref().is_some_and(|w| w.grows) { None } else { walker.resume() };
                let Some(resumed) = resumed else {
                    walk.note = Some(why.map_or_else(|| lost.into(), |w| w.words));
                    walk.segments.push(segment);
                    return walk;
                };
                segment.jump = resumed.jump;
                segment.switches = switches(&walker, &before, &segment.start);
                if walker.s >= 1.0 && !resumed.jump {
                    // No step is as short as what was left: what happens there happens at the end.
                    segment.to = 1.0;
                }
                // Without a jump the next stretch covers the gap.
                place = if resumed.jump { walker.s } else { segment.to };
                walk.segments.push(segment);
            }
            Stop::Interrupted => {
                walk.note = Some("interrupted".into());
                return walk;
            }
            Stop::Border(event) => {
                let before = walker.regime.positions.clone();
                let first = walker.subject(event);
                walker.regime = walker.regime.after(walker.engine, event);
                let ahead = walker.turn() || {
                    walker.regime.positions.clone_from(&before);
                    walker.resume().is_some_and(|r| {
                        segment.jump = r.jump;
                        true
                    })
                };
                for (k, unknown) in walker.engine.problem.unknowns.iter().enumerate() {
                    let after = walker.regime.positions[k];
                    if after != before[k] {
                        segment.switches.push(Switch { sym: unknown.sym, from: before[k], to: after });
                    } else if let Some((own, Position::Kink)) = first.filter(|f| f.0 == k) {
                        segment.switches.push(Switch { sym: walker.engine.problem.unknowns[own].sym, from: before[k], to: Position::Kink });
                    }
                }
                place = if segment.jump { walker.s } else { segment.to };
                let idle = segment.to <= segment.from && segment.switches.is_empty() && !segment.jump;
                if !idle {
                    walk.segments.push(segment);
                }
                if !ahead {
                    walk.note = Some(lost.into());
                    return walk;
                }
                walker.step = walker.step.max(1e-3);
            }
        }
    }
    walk.note = Some("the path switches regimes without end".into());
    walk
}

/// The equilibrium at parameters `params` that a straight path from another one leads to, in logs where a parameter is positive at both ends;
/// `None` where the path does not reach there. Across a turning point it goes on at another equilibrium; then the answer says `true`.
pub(crate) fn follow(problem: &Problem, from: &Solution, params: &[f64], interrupt: &AtomicBool) -> Option<(Solution, bool)> {
    let ends: Vec<(usize, f64, f64)> = problem
        .parameters
        .iter()
        .filter_map(|(sym, _)| {
            let (a, b) = (*from.values.get(sym.index())?, *params.get(sym.index())?);
            (a != b && a.is_finite() && b.is_finite()).then_some((sym.index(), a, b))
        })
        .collect();
    let path = |s: f64| {
        let mut out = params.to_vec();
        if s < 1.0 {
            for (at, a, b) in &ends {
                out[*at] = if *a > 0.0 && *b > 0.0 { a * ((b / a).ln() * s).exp() } else { a + (b - a) * s };
            }
        }
        out
    };
    let walk = trace(problem, from, &path, interrupt);
    let jump = walk.segments.iter().any(|s| s.jump);
    walk.end.map(|end| (end, jump))
}

/// Unknowns whose position differs from what it was.
fn switches(walker: &Walker, before: &[Position], start: &Solution) -> Vec<Switch> {
    let unknowns = walker.engine.problem.unknowns.iter();
    let pairs = unknowns.zip(before.iter().zip(&walker.regime.positions)).enumerate();
    // The price of what there is none of any more, or was none of before, has not fallen to 0 or risen from there.
    let problem = walker.engine.problem;
    let gone = |k: usize| {
        walker.engine.absent.is_price(problem, k) || problem.unknowns[k].kind == Kind::Price && start.value(problem.unknowns[k].sym).is_nan()
    };
    pairs.filter(|(k, (_, (from, to)))| from != to && !gone(*k)).map(|(_, (u, (from, to)))| Switch { sym: u.sym, from: *from, to: *to }).collect()
}

fn describe(walker: &mut Walker) -> Solution {
    let params = (walker.path)(walker.s);
    release(walker.engine);
    walker.engine.set_parameters(&params);
    walker.engine.evaluate(&walker.z, Want::Values);
    let outcome = Outcome { converged: true, iterations: 0, residual: 0.0, free: Vec::new() };
    let found = cold::Found { z: walker.z.clone(), positions: walker.regime.positions.clone(), outcome, iterations: 0 };
    solution::found(walker.engine, &params, found)
}

/// How far a parameter is moved to find where a regime ends: by this factor, and beyond this size or below its inverse.
const FACTOR: f64 = 1e6;
const LARGE: f64 = 1e3;

/// How far the regime of a solution lasts when one parameter moves alone: down and up, to a factor of 10⁶ and at least to 10⁻³ and 10³ (or by 10³ of
/// its size where it is not positive).
pub fn holds(problem: &Problem, solution: &Solution, parameter: Sym, interrupt: &AtomicBool) -> Interval {
    Interval { low: border(problem, solution, parameter, false, interrupt), high: border(problem, solution, parameter, true, interrupt) }
}

fn border(problem: &Problem, solution: &Solution, parameter: Sym, up: bool, interrupt: &AtomicBool) -> Option<Border> {
    let base = solution.values.clone();
    let value = solution.value(parameter);
    if !solution.is_equilibrium() || !value.is_finite() {
        return None;
    }
    let sign = if up { 1.0 } else { -1.0 };
    // As far as from a value of usual size: a bound is found from wherever one asks.
    let far = if up { (value * FACTOR).max(LARGE) } else { (value / FACTOR).min(1.0 / LARGE) };
    let decades = (far / value).ln();
    let at = |s: f64| if value > 0.0 { value * (decades * s).exp() } else { value + sign * LARGE * value.abs().max(1.0) * s };
    let path = |s: f64| {
        let mut params = base.clone();
        if let Some(p) = params.get_mut(parameter.index()) {
            *p = at(s);
        }
        params
    };
    let mut engine = Engine::new(problem);
    let (z, positions) = solution.point(problem);
    let Some(mut walker) = Walker::new(&mut engine, &path, z, positions.clone(), 0.005, interrupt) else {
        return Some(Border { at: value, sym: None, to: Position::Interior, note: Some("no equilibrium found beyond".into()) });
    };
    // At a border already: the regime of the solution ends here on one side.
    for (k, unknown) in walker.engine.problem.unknowns.iter().enumerate() {
        if walker.regime.positions[k] != positions[k] && solution.borders.contains(&unknown.sym) {
            return Some(Border { at: value, sym: Some(unknown.sym), to: walker.regime.positions[k], note: None });
        }
    }
    match walker.advance() {
        Stop::End | Stop::Interrupted => None,
        Stop::Fold => Some(Border { at: at(walker.s), sym: None, to: Position::Interior, note: Some(FOLD.into()) }),
        Stop::Border(event) => {
            let subject = walker.subject(event);
            let place = at(walker.s);
            walker.regime = walker.regime.after(walker.engine, event);
            let ahead = walker.turn() || {
                walker.regime.positions.clone_from(&positions);
                walker.resume().is_some()
            };
            let sym = subject.map(|(k, _)| walker.engine.problem.unknowns[k].sym);
            let to = subject.map_or(Position::Interior, |(_, p)| p);
            let note =
                (!ahead || sym.is_none()).then(|| if ahead { "a kink of a function".to_string() } else { "no equilibrium found beyond".to_string() });
            Some(Border { at: place, sym, to, note })
        }
        Stop::Lost(why) => {
            let reached = walker.s;
            if !why.as_ref().is_some_and(|w| w.grows)
                && let Some(resumed) = walker.resume()
            {
                let note = resumed.jump.then(|| "the equilibrium jumps".to_string());
                let first = switches(&walker, &positions, solution).first().copied();
                let (sym, to) = first.map_or((None, Position::Interior), |s| (Some(s.sym), s.to));
                return Some(Border { at: at(reached), sym, to, note });
            }
            let place = why.as_ref().map_or(walker.s, |w| w.at);
            let note = why.map_or("no equilibrium found beyond".to_string(), |w| format!("no equilibrium beyond: {}", w.words));
            Some(Border { at: at(place), sym: None, to: Position::Interior, note: Some(note) })
        }
    }
}
