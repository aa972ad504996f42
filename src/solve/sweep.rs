//! Grids: many parameter points, in chunks of fixed size, so that results do not depend on the number of threads.

use super::problem::Problem;
use super::solution::Solution;
use super::track::{Needs, Tracker};
use crate::expr::Sym;
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Points that are solved one after the other, each from its predecessors, the first from the base: by the number of points, so that few points
/// occupy many threads too and many points do not start over often.
pub fn chunk_size(points: usize) -> usize {
    (points / 64).clamp(16, 256)
}

/// Threads that are started at most: more than any machine has cores for one sweep.
pub const THREADS: usize = 256;

/// Chunks whose results are held at once.
const WAVE: usize = 64;

/// The points of a grid.
pub struct Grid<'a> {
    pub points: usize,
    /// Parameter values by symbol that hold where no axis moves them.
    pub params: &'a [f64],
    pub axes: &'a [Sym],
    /// The axes' values at a point.
    pub place: &'a (dyn Fn(usize) -> Vec<f64> + Sync),
    /// Points of a chunk, where these points are a part of more.
    pub chunk: Option<usize>,
}

/// What is handed on of a point.
pub struct Point {
    /// The axes' values.
    pub place: Vec<f64>,
    /// A solution with this point's status and positions: at the point itself or at one before it in the same regime.
    pub like: Arc<Solution>,
    /// The values of what was asked for.
    pub values: Vec<f64>,
    /// Their relative errors, where one is larger than is taken for granted.
    pub errors: Option<Vec<f64>>,
    /// On another branch than the base's: that one ends on the way here.
    pub other_branch: bool,
}

/// Solves the points of a grid; `done(k, point)` is called in the order of the points, `progress(n)` with the number of points finished so far,
/// from any thread.
///
/// `threads` limits the parallelism (all cores if `None`). Stops early, between waves of points, when interrupted.
#[allow(clippy::too_many_arguments)]
pub fn sweep(
    problem: &Problem,
    base: &Solution,
    grid: &Grid,
    asked: &[Sym],
    threads: Option<usize>,
    progress: &(dyn Fn(usize) + Sync),
    interrupt: &AtomicBool,
    done: &mut dyn FnMut(usize, Point),
) {
    let finished = AtomicUsize::new(0);
    let needs = Needs::new(problem, asked, grid.axes);
    let shared = Arc::new(base.clone());
    let size = grid.chunk.filter(|n| *n > 0).unwrap_or_else(|| chunk_size(grid.points));
    let chunk = |start: usize| -> Vec<Point> {
        let end = (start + size).min(grid.points);
        let mut tracker = Tracker::new(problem, &needs, shared.clone());
        let mut params = grid.params.to_vec();
        let mut out: Vec<Point> = Vec::with_capacity(end - start);
        for k in start..end {
            if interrupt.load(Ordering::Relaxed) {
                break;
            }
            let place = (grid.place)(k);
            for (sym, value) in grid.axes.iter().zip(&place) {
                if let Some(p) = params.get_mut(sym.index()) {
                    *p = *value;
                }
            }
            let (values, errors) = tracker.next(&params, &place, base, interrupt);
            // A search that was cut short says nothing about its point.
            if interrupt.load(Ordering::Relaxed) {
                break;
            }
            out.push(Point { place, like: tracker.source.clone(), values, errors, other_branch: tracker.other });
        }
        progress(finished.fetch_add(out.len(), Ordering::Relaxed) + out.len());
        out
    };
    let pool = threads.and_then(|n| rayon::ThreadPoolBuilder::new().num_threads(n.clamp(1, THREADS)).build().ok());
    let mut start = 0;
    while start < grid.points && !interrupt.load(Ordering::Relaxed) {
        let starts: Vec<usize> = (start..grid.points).step_by(size).take(WAVE).collect();
        let run = || starts.par_iter().map(|s| chunk(*s)).collect::<Vec<_>>();
        let results = match &pool {
            Some(pool) => pool.install(run),
            None => run(),
        };
        for (at, points) in starts.iter().zip(results) {
            for (k, point) in points.into_iter().enumerate() {
                done(at + k, point);
            }
        }
        start += size * starts.len();
    }
}
