//! Grids: many parameter points, in chunks of fixed size, so that results do not depend on the number of threads.

use super::engine::Engine;
use super::problem::Problem;
use super::solution::Solution;
use super::solve_with;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Points that are solved one after the other, each from its predecessor, the first from the base.
const CHUNK: usize = 64;
/// Chunks whose results are held at once.
const WAVE: usize = 64;

/// Solves `points` points; `parameters(k)` are the values by symbol at point k, `done(k, solution)` is called in the order of the points,
/// `progress(n)` with the number of points finished so far, from any thread.
///
/// `threads` limits the parallelism (all cores if `None`). Stops early, between waves of points, when interrupted.
#[allow(clippy::too_many_arguments)]
pub fn sweep(
    problem: &Problem,
    base: &Solution,
    points: usize,
    parameters: &(dyn Fn(usize) -> Vec<f64> + Sync),
    threads: Option<usize>,
    progress: &(dyn Fn(usize) + Sync),
    interrupt: &AtomicBool,
    done: &mut dyn FnMut(usize, &Solution),
) {
    let finished = std::sync::atomic::AtomicUsize::new(0);
    let chunk = |start: usize| -> Vec<Solution> {
        let end = (start + CHUNK).min(points);
        let mut engine = Engine::new(problem);
        let mut out: Vec<Solution> = Vec::with_capacity(end - start);
        for k in start..end {
            if interrupt.load(Ordering::Relaxed) {
                break;
            }
            let near = out.iter().rev().find(|s| s.is_equilibrium()).unwrap_or(base);
            let solution = solve_with(&mut engine, &parameters(k), Some(near), interrupt);
            out.push(solution);
        }
        progress(finished.fetch_add(out.len(), Ordering::Relaxed) + out.len());
        out
    };
    let pool = threads.and_then(|n| rayon::ThreadPoolBuilder::new().num_threads(n.max(1)).build().ok());
    let mut start = 0;
    while start < points && !interrupt.load(Ordering::Relaxed) {
        let starts: Vec<usize> = (start..points).step_by(CHUNK).take(WAVE).collect();
        let run = || starts.par_iter().map(|s| chunk(*s)).collect::<Vec<_>>();
        let results = match &pool {
            Some(pool) => pool.install(run),
            None => run(),
        };
        for (at, solutions) in starts.iter().zip(results) {
            for (k, solution) in solutions.iter().enumerate() {
                done(at + k, solution);
            }
        }
        start += CHUNK * starts.len();
    }
}
