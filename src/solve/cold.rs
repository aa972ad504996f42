//! From parameter values to an equilibrium: warm where there is one nearby, else through the interior from several starts.

use super::Position;
use super::engine::Engine;
use super::interior::{Style, follow};
use super::newton::{self, ACCEPT, Limits, Outcome};
use super::start::{balanced, start};
use std::sync::atomic::AtomicBool;

/// A verified solution of the equations, by unknown.
#[derive(Clone, Debug)]
pub struct Found {
    pub z: Vec<f64>,
    pub positions: Vec<Position>,
    pub outcome: Outcome,
    pub iterations: usize,
}

/// The best that failed attempts came to.
#[derive(Clone, Debug, Default)]
pub struct Missed {
    pub z: Vec<f64>,
    pub positions: Vec<Position>,
    pub residual: f64,
    pub iterations: usize,
}

/// An unknown this many times as large as at the start has no equilibrium value.
const FAR: f64 = 1e16;

/// Residuals that rounding may leave where the unit of account changes.
const ROUNDED: f64 = 1e-12;

/// Residuals that are rounding.
const SETTLED: f64 = 1e-14;

/// From a solution nearby.
pub fn warm(engine: &mut Engine, z: &[f64], positions: &[Position], interrupt: &AtomicBool) -> Option<Found> {
    let mut z = z.to_vec();
    let mut positions = positions.to_vec();
    let flips = z.len().min(20) + 2;
    let outcome = newton::run(engine, &mut z, &mut positions, Limits { iterations: 25, flips }, interrupt);
    (outcome.converged && outcome.residual <= ACCEPT).then_some(Found { iterations: outcome.iterations, z, positions, outcome })
}

/// [`warm`], but a point where all conditions hold already is left as it is.
pub fn settled(engine: &mut Engine, z: &[f64], positions: &[Position], interrupt: &AtomicBool) -> Option<Found> {
    let as_it_is = |outcome: Outcome| Found { z: z.to_vec(), positions: positions.to_vec(), outcome, iterations: 0 };
    if let Some(outcome) = newton::stands(engine, z, positions, SETTLED) {
        return Some(as_it_is(outcome));
    }
    warm(engine, z, positions, interrupt).or_else(|| newton::stands(engine, z, positions, ROUNDED).map(as_it_is))
}

/// From a point inside all bounds that is close.
pub fn from(engine: &mut Engine, z: &[f64], interrupt: &AtomicBool) -> Option<Found> {
    let path = follow(engine, z, Style { mu: 1e-4, iterations: 120, ..Style::default() }, interrupt);
    let outcome = path.solved.filter(|o| o.residual <= ACCEPT)?;
    Some(Found { z: path.z, positions: path.positions, outcome, iterations: path.iterations })
}

/// From nothing, by the start of that number.
///
/// # Errors
/// The best point that the search came to.
pub fn attempt(engine: &mut Engine, params: &[f64], variant: u64, interrupt: &AtomicBool) -> Result<Found, Missed> {
    let styles = [Style::default(), Style { mu: 0.05, ..Style::default() }, Style { mu: 3.0, fall: 0.4, iterations: 160, ..Style::default() }];
    let scatter = if variant < 6 { 0 } else { variant };
    let from = if (variant / 3) % 2 == 0 { balanced(engine, params, scatter) } else { start(engine, params, scatter) };
    let path = follow(engine, &from, styles[(variant % 3) as usize], interrupt);
    // What has run off to such sizes is no equilibrium but the way to none.
    let ran_off = path.z.iter().zip(&from).any(|(z, start)| z.abs() > FAR * start.abs().max(1.0));
    match path.solved.filter(|o| o.residual <= ACCEPT && !ran_off) {
        Some(outcome) => Ok(Found { z: path.z, positions: path.positions, outcome, iterations: path.iterations }),
        None => Err(Missed { z: path.z, positions: path.positions, residual: path.residual, iterations: path.iterations }),
    }
}
