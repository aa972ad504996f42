//! The search from nothing: from several starts, with another market set aside, and what is said where it fails.

use super::cold::{self, Found, Missed};
use super::engine::Engine;
use super::evidence::{self, Finding, few};
use super::kernel::Want;
use super::problem::{Kind, Problem};
use super::relative::Relative;
use super::solution::{self, Solution};
use super::start::start;
use super::{Position, Status};
use crate::system::Condition;
use std::ops::Range;
use std::sync::atomic::AtomicBool;

/// Markets that are exchanged for the one set aside, at most.
const EXCHANGES: usize = 2;

/// The equilibrium for the parameters that the engine holds, or why none was found.
pub fn from_nothing(engine: &mut Engine, params: &[f64], interrupt: &AtomicBool) -> Solution {
    if let Some(solution) = super::normal::start(engine, params, interrupt) {
        return solution;
    }
    engine.set_parameters(params);
    let problem = engine.problem;
    match &problem.relative {
        Some(relative) => in_relative_prices(engine, relative, params, interrupt),
        None => at_given_prices(engine, params, interrupt),
    }
}

/// Solves for relative prices, then counts in the numeraire.
fn in_relative_prices(engine: &mut Engine, relative: &Relative, params: &[f64], interrupt: &AtomicBool) -> Solution {
    let own = relative.parameters(params);
    let mut inner = Engine::new(&relative.problem);
    inner.set_parameters(&own);
    let markets = largest_markets(&mut inner, &own);
    // The market set aside must not be that of something free: then another one is.
    let others: Vec<Problem> = markets.into_iter().filter_map(|market| relative.problem.exchanged(market)).collect();
    let rounds = std::iter::once((&relative.problem, 0..6)).chain(others.iter().map(|p| (p, 0..6))).chain([(&relative.problem, 6..40)]);
    let mut iterations = 0;
    let mut worthless = None;
    for (problem, variants) in rounds {
        let mut inner = Engine::new(problem);
        inner.set_parameters(&own);
        let mut search = Search::new(&own, interrupt);
        let found = search.found(&mut inner, variants);
        iterations += search.iterations;
        let Some(found) = found else { continue };
        match relative.translate(engine.problem, params, &mut inner, &found.z, &found.positions) {
            Ok((z, positions)) => {
                let mut outer = Search::new(params, interrupt);
                outer.iterations = iterations;
                if let Some(solution) = cold::warm(engine, &z, &positions, interrupt).and_then(|same| outer.judge(engine, same)) {
                    return solution;
                }
            }
            Err(worth) => {
                let names: Vec<&str> = worth.iter().map(String::as_str).collect();
                let words = format!(
                    "{} would rise without bound against the nominal anchor: the numeraire is in excess supply even at a price of zero",
                    few(&names)
                );
                let there = solution::describe(&mut inner, &own, &found.z, &found.positions).cut(problem, engine.problem, params);
                worthless = Some((there, words));
            }
        }
    }
    match worthless {
        // Where there may be several equilibria, the numeraire may be worth something at another one.
        Some((there, words)) if engine.problem.several => Solution { status: Status::NotFound, ..solution::nowhere(there, words, iterations) },
        Some((there, words)) => solution::nowhere(there, words, iterations),
        None => {
            engine.set_parameters(params);
            at_given_prices(engine, params, interrupt)
        }
    }
}

fn at_given_prices(engine: &mut Engine, params: &[f64], interrupt: &AtomicBool) -> Solution {
    let mut search = Search::new(params, interrupt);
    // A few starts find almost every equilibrium that exists; then it pays to ask whether there is one.
    if let Some(solution) = search.starts(engine, 0..6).or_else(|| {
        let found = search.exchanged(engine)?;
        search.judge(engine, found)
    }) {
        return solution;
    }
    search.afar.truncate(4);
    for (z, positions) in std::mem::take(&mut search.afar) {
        if let Some(words) = evidence::free_numeraire(engine, params, &z, &positions, interrupt) {
            let there = solution::describe(engine, params, &z, &positions);
            let status = if engine.problem.several { Status::NotFound } else { Status::None };
            return Solution { status, ..solution::nowhere(there, words, search.iterations) };
        }
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
    match search.starts(engine, 6..40) {
        Some(solution) => solution,
        None => solution::missed(engine, params, search.best, search.iterations),
    }
}

/// The equilibrium that a few starts find.
pub fn quick(engine: &mut Engine, params: &[f64], interrupt: &AtomicBool) -> Option<Solution> {
    let mut search = Search { params, interrupt, best: Missed { residual: f64::INFINITY, ..Missed::default() }, iterations: 0, afar: Vec::new() };
    search.starts(engine, 0..6)
}

struct Search<'a> {
    params: &'a [f64],
    interrupt: &'a AtomicBool,
    best: Missed,
    iterations: usize,
    /// Points that all equations approach at prices without end, which are no equilibria.
    afar: Vec<(Vec<f64>, Vec<Position>)>,
}

impl<'a> Search<'a> {
    fn new(params: &'a [f64], interrupt: &'a AtomicBool) -> Self {
        Search { params, interrupt, best: Missed { residual: f64::INFINITY, ..Missed::default() }, iterations: 0, afar: Vec::new() }
    }

    fn starts(&mut self, engine: &mut Engine, variants: Range<u64>) -> Option<Solution> {
        let found = self.found(engine, variants)?;
        self.judge(engine, found)
    }

    /// The first equilibrium from these starts; what is none is remembered.
    fn found(&mut self, engine: &mut Engine, variants: Range<u64>) -> Option<Found> {
        for variant in variants {
            match cold::attempt(engine, self.params, variant, self.interrupt) {
                Ok(found) => {
                    self.iterations += found.iterations;
                    if self.judge(engine, Found { iterations: 0, ..found.clone() }).is_some() {
                        return Some(Found { iterations: 0, ..found });
                    }
                }
                Err(missed) => {
                    self.iterations += missed.iterations;
                    if missed.residual < 1e-2 {
                        self.afar.push((missed.z.clone(), missed.positions.clone()));
                    }
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
            return Some(solution);
        }
        self.afar.push((near.z.clone(), near.positions.clone()));
        self.best = near;
        None
    }

    /// Where prices are counted in something that is hardly worth anything on the way, all equations but the market set aside hold ever better as
    /// prices rise without end: with that market among the equations, and a large one set aside instead, there is no such way out.
    fn exchanged(&mut self, engine: &mut Engine) -> Option<Found> {
        let problem = engine.problem;
        problem.set_aside?;
        for market in largest_markets(engine, self.params) {
            let Some(other) = problem.exchanged(market) else { continue };
            let mut second = Engine::new(&other);
            second.set_parameters(self.params);
            for variant in 0..6 {
                let Ok(found) = cold::attempt(&mut second, self.params, variant, self.interrupt) else { continue };
                self.iterations += found.iterations;
                engine.set_parameters(self.params);
                if let Some(same) = cold::warm(engine, &found.z, &found.positions, self.interrupt)
                    && self.judge(engine, same.clone()).is_some()
                {
                    return Some(same);
                }
            }
        }
        None
    }
}

/// Markets by the value of what is supplied at the start, largest first.
fn largest_markets(engine: &mut Engine, params: &[f64]) -> Vec<usize> {
    let problem: &Problem = engine.problem;
    let z = start(engine, params, 0);
    engine.evaluate(&z, Want::Values);
    let value = |i: usize, price: usize| engine.value(problem.tape.sides[i].0) * z[price];
    let mut markets: Vec<(usize, f64)> = problem
        .relations
        .iter()
        .enumerate()
        .filter(|(_, r)| r.condition == Condition::Market)
        .filter_map(|(i, r)| r.partner.filter(|k| problem.unknowns[*k].kind == Kind::Price).map(|k| (i, value(i, k))))
        .filter(|(_, v)| v.is_finite())
        .collect();
    markets.sort_by(|a, b| b.1.total_cmp(&a.1));
    markets.truncate(EXCHANGES);
    markets.into_iter().map(|m| m.0).collect()
}
