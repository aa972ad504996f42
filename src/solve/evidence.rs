//! Why there is no equilibrium: the economy with a ceiling on every price and activity always has one; where some of them sit at the ceiling
//! however high it is, they grow without bound in the economy itself.

use super::Position;
use super::engine::Engine;
use super::interior::{Style, follow};
use super::problem::Kind;
use super::start::start;
use std::sync::atomic::AtomicBool;

/// Ceilings, as multiples of the start.
const CEILINGS: [f64; 2] = [1e5, 1e8];

/// What the bounded economies show.
pub enum Finding {
    /// Words on what grows without bound, with the point where that was seen.
    Unbounded {
        words: String,
        z: Vec<f64>,
        positions: Vec<Position>,
    },
    /// The bounded economy has its equilibrium below the ceilings: a start for the economy itself.
    Inside {
        z: Vec<f64>,
    },
    Nothing,
}

/// Solves the economy under two ceilings and compares.
pub fn look(engine: &mut Engine, params: &[f64], interrupt: &AtomicBool) -> Finding {
    for variant in 0..3 {
        let from = start(engine, params, variant);
        let mut at_top: Option<Vec<usize>> = None;
        let mut last = None;
        for top in CEILINGS {
            let path = follow(engine, &from, Style { mu: 1.0, top, iterations: 250, fall: 0.3 }, interrupt);
            if path.residual.is_nan() || path.residual >= 1e-5 {
                at_top = None;
                break;
            }
            let high: Vec<usize> =
                (0..path.z.len()).filter(|k| path.positions[*k] == Position::Upper && engine.problem.unknowns[*k].upper == f64::INFINITY).collect();
            if high.is_empty() {
                return Finding::Inside { z: path.z };
            }
            at_top = Some(match at_top {
                None => high,
                Some(before) => before.into_iter().filter(|k| high.contains(k)).collect(),
            });
            last = Some(path);
        }
        if let (Some(high), Some(path)) = (at_top.filter(|h| !h.is_empty()), last) {
            return Finding::Unbounded { words: words(engine, &high, &path.positions), z: path.z, positions: path.positions };
        }
    }
    Finding::Nothing
}

fn words(engine: &Engine, high: &[usize], positions: &[Position]) -> String {
    let unknowns = &engine.problem.unknowns;
    let names = |kind: Kind| -> Vec<&str> { high.iter().map(|k| &unknowns[*k]).filter(|u| u.kind == kind).map(|u| u.name.as_str()).collect() };
    let mut parts = Vec::new();
    let (activities, prices) = (names(Kind::Activity), names(Kind::Price));
    if !activities.is_empty() {
        parts.push(format!("{} would grow without bound: it pays at any scale", activities.join(", ")));
    }
    if !prices.is_empty() {
        parts.push(format!("{} would rise without bound: use exceeds supply at any price", prices.join(", ")));
    }
    let others: Vec<&str> =
        high.iter().map(|k| &unknowns[*k]).filter(|u| !matches!(u.kind, Kind::Activity | Kind::Price)).map(|u| u.name.as_str()).collect();
    if !others.is_empty() {
        parts.push(format!("{} would grow without bound", others.join(", ")));
    }
    let full: Vec<&str> =
        unknowns.iter().zip(positions).filter(|(u, p)| u.kind == Kind::Margin && **p == Position::Upper).map(|(u, _)| u.name.as_str()).collect();
    if !full.is_empty() {
        parts.push(format!("{} at its upper bound all the same", full.join(", ")));
    }
    parts.join("; ")
}
