//! The search from nothing: from several starts, in relative prices where none are given, and what is said where it fails.

use super::cold::{self, Found, Missed};
use super::engine::Engine;
use super::evidence::{self, Finding, few};
use super::relative::{Point, Relative};
use super::solution::{self, Solution};
use super::start::start;
use super::technology;
use super::whole;
use super::{Position, Status};
use std::ops::Range;
use std::sync::atomic::AtomicBool;

/// Starts that find almost every equilibrium that exists; then it pays to ask whether there is one.
const FEW: Range<u64> = 0..6;
const MORE: Range<u64> = 6..40;

/// The equilibrium for the parameters that the engine holds, or why none was found.
pub fn from_nothing(engine: &mut Engine, params: &[f64], interrupt: &AtomicBool) -> Solution {
    match &engine.problem.relative {
        Some(relative) => in_relative_prices(engine, relative, params, interrupt),
        None => at_given_prices(engine, params, interrupt),
    }
}

/// Solves for relative prices, then counts in the numeraire.
fn in_relative_prices(engine: &mut Engine, relative: &Relative, params: &[f64], interrupt: &AtomicBool) -> Solution {
    let own = relative.parameters(params);
    let mut inner = Engine::new(&relative.problem);
    inner.set_parameters(&own);
    let mut search = Search::new(&own, interrupt);
    let mut worthless = None;
    for variants in [FEW, MORE] {
        let Some((found, _)) = search.found(&mut inner, variants.clone()) else {
            if variants == FEW
                && let Some(words) = impossible(&mut inner)
            {
                engine.set_parameters(params);
                return nowhere(engine, params, words, search.iterations);
            }
            continue;
        };
        match relative.translate(engine.problem, params, &mut inner, (&found.z, &found.positions), None) {
            Ok(point) => {
                if let Some(mut solution) = in_the_numeraire(engine, params, &point, interrupt) {
                    solution.iterations += search.iterations;
                    return solution;
                }
            }
            Err(worth) if worth.is_empty() => {}
            Err(worth) => {
                let names: Vec<&str> = worth.iter().map(String::as_str).collect();
                let words = format!(
                    "{} would rise without bound against the nominal anchor: the numeraire is in excess supply even at a price of zero",
                    few(&names)
                );
                let there = solution::describe(&mut inner, &own, &found.z, &found.positions).cut(&relative.problem, engine.problem, params);
                worthless = Some((there, words));
            }
        }
    }
    match worthless {
        // Where there may be several equilibria, the numeraire may be worth something at another one.
        Some((there, words)) if engine.problem.several => Solution { status: Status::NotFound, ..solution::nowhere(there, words, search.iterations) },
        Some((there, words)) => solution::nowhere(there, words, search.iterations),
        None => {
            engine.set_parameters(params);
            counted_otherwise(engine, relative, params, interrupt).unwrap_or_else(|| at_given_prices(engine, params, interrupt))
        }
    }
}

/// A point that is an equilibrium in other units, in the file's own. Which market the numeraire sets aside settles nothing: with all of them the
/// point found is the same.
fn in_the_numeraire(engine: &mut Engine, params: &[f64], (z, positions): &Point, interrupt: &AtomicBool) -> Option<Solution> {
    let same = cold::settled(engine, z, positions, interrupt).map(|same| solution::found(engine, params, same));
    match same.filter(|_| solution::clears(engine)) {
        Some(same) => Some(whole::cleared(engine, params, same, interrupt)),
        None => whole::settle(engine, params, (z, positions), interrupt),
    }
}

/// The equilibrium found with another price as the unit of account, where world income as the unit led nowhere.
fn counted_otherwise(engine: &mut Engine, relative: &Relative, params: &[f64], interrupt: &AtomicBool) -> Option<Solution> {
    for (unit, problem) in relative.otherwise() {
        let mut own = params.to_vec();
        own.resize(own.len().max(unit.index() + 1), f64::NAN);
        own[unit.index()] = 1.0;
        let mut inner = Engine::new(&problem);
        inner.set_parameters(&own);
        let mut search = Search::new(&own, interrupt);
        let Some((found, _)) = search.found(&mut inner, FEW) else { continue };
        let point = relative.translate(engine.problem, params, &mut inner, (&found.z, &found.positions), Some(unit));
        if let Some(mut solution) = point.ok().and_then(|point| in_the_numeraire(engine, params, &point, interrupt)) {
            solution.iterations += search.iterations;
            return Some(solution);
        }
        if interrupt.load(std::sync::atomic::Ordering::Relaxed) {
            break;
        }
    }
    None
}

fn at_given_prices(engine: &mut Engine, params: &[f64], interrupt: &AtomicBool) -> Solution {
    let mut search = Search::new(params, interrupt);
    if let Some((_, solution)) = search.found(engine, FEW) {
        return solution;
    }
    if let Some(words) = impossible(engine) {
        return nowhere(engine, params, words, search.iterations);
    }
    engine.set_parameters(params);
    match evidence::look(engine, params, interrupt) {
        Finding::Unbounded { words, z, positions } => {
            let there = solution::describe(engine, params, &z, &positions);
            return solution::nowhere(there, words, search.iterations);
        }
        Finding::Inside { z } => {
            if let Some(solution) = cold::from(engine, &z, interrupt).and_then(|found| search.judge(engine, found)) {
                return solution;
            }
        }
        Finding::Nothing => {}
    }
    match search.found(engine, MORE) {
        Some((_, solution)) => solution,
        None => solution::missed(engine, params, search.best, search.iterations),
    }
}

/// Which goods the technology cannot make, in words.
fn impossible(engine: &mut Engine) -> Option<String> {
    let found = technology::impossible(engine)?;
    let names: Vec<&str> = found.iter().filter_map(|k| engine.problem.unknowns.get(*k)).map(|u| u.name.as_str()).collect();
    Some(format!(
        "{} would rise without bound: whatever the technique, making these goods takes more of them than it yields, and households want them",
        few(&names)
    ))
}

/// There is no equilibrium, as the words say.
fn nowhere(engine: &mut Engine, params: &[f64], words: String, iterations: usize) -> Solution {
    let z = start(engine, params, 0);
    let there = solution::describe(engine, params, &z, &vec![Position::Interior; z.len()]);
    solution::nowhere(there, words, iterations)
}

struct Search<'a> {
    params: &'a [f64],
    interrupt: &'a AtomicBool,
    best: Missed,
    iterations: usize,
}

impl<'a> Search<'a> {
    fn new(params: &'a [f64], interrupt: &'a AtomicBool) -> Self {
        Search { params, interrupt, best: Missed { residual: f64::INFINITY, ..Missed::default() }, iterations: 0 }
    }

    /// The first equilibrium from these starts; what is none is remembered.
    fn found(&mut self, engine: &mut Engine, variants: Range<u64>) -> Option<(Found, Solution)> {
        for variant in variants {
            match cold::attempt(engine, self.params, variant, self.interrupt) {
                Ok(found) => {
                    if let Some(solution) = self.judge(engine, found.clone()) {
                        return Some((found, solution));
                    }
                }
                Err(missed) => {
                    self.iterations += missed.iterations;
                    if missed.residual < self.best.residual || self.best.z.is_empty() {
                        self.best = missed;
                    }
                }
            }
            if self.interrupt.load(std::sync::atomic::Ordering::Relaxed) {
                break;
            }
        }
        None
    }

    /// Takes a solution of the equations if it is an equilibrium.
    fn judge(&mut self, engine: &mut Engine, found: Found) -> Option<Solution> {
        self.iterations += found.iterations;
        let near = Missed { z: found.z.clone(), positions: found.positions.clone(), residual: 0.0, iterations: found.iterations };
        let mut solution = solution::found(engine, self.params, found);
        if solution::holds_its_prices(engine, self.params, &solution) {
            solution.iterations = self.iterations;
            return Some(whole::cleared(engine, self.params, solution, self.interrupt));
        }
        self.best = near;
        None
    }
}
