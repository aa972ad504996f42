//! Grids of equilibria: the product of the axes, each point solved from its neighbours.

use super::Prepared;
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{NodeId, Sym, eval};
use crate::model::{Axis, Economy, Grid};
use crate::solve::{self, Solution, Status};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Points of a range that names no number.
const POINTS: usize = 101;
/// More points than this are refused before memory is.
const LIMIT: usize = 50_000_000;

/// The points of a sweep, one row a point, the first axis slowest.
#[derive(Clone, Debug, Default)]
pub struct Points {
    pub axes: Vec<Sym>,
    pub values: Vec<Vec<f64>>,
    /// Only these of the product's points, by number.
    pub chosen: Option<Vec<usize>>,
    /// The axes move together, point by point, in place of their product.
    pub together: bool,
    /// Points that are solved one after the other; by their number if none is given.
    pub chunk: Option<usize>,
}

impl Points {
    pub fn len(&self) -> usize {
        if self.together {
            return self.values.iter().map(Vec::len).min().unwrap_or(0);
        }
        self.chosen.as_ref().map_or_else(|| self.values.iter().map(Vec::len).product(), Vec::len)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The axes' values at a point.
    pub fn at(&self, n: usize) -> Vec<f64> {
        if self.together {
            return self.values.iter().map(|axis| axis.get(n).copied().unwrap_or(f64::NAN)).collect();
        }
        let mut n = self.chosen.as_ref().map_or(n, |list| list.get(n).copied().unwrap_or(0));
        let mut out = vec![0.0; self.values.len()];
        for (k, axis) in self.values.iter().enumerate().rev() {
            out[k] = axis[n % axis.len()];
            n /= axis.len();
        }
        out
    }
}

/// Evaluates the axes of a sweep.
///
/// # Errors
/// Diagnostics: a range that is empty or no number, too many points, a log range through 0.
pub fn points(economy: &Economy, values: &[f64], axes: &[Axis]) -> Result<Points, Diagnostics> {
    let at = |n: NodeId| eval::evaluate(&economy.dag, &[n], &mut |s| values[s.index()])[0];
    let mut out = Points::default();
    let mut found = Diagnostics::default();
    for axis in axes {
        let list = match &axis.grid {
            Grid::List(nodes) => nodes.iter().map(|&n| at(n)).collect(),
            Grid::Range { from, to, points, log } => {
                let (a, b) = (at(*from), at(*to));
                let n = points.map_or(POINTS as f64, at);
                if n.fract() != 0.0 || !(1.0..=LIMIT as f64).contains(&n) {
                    found.push(
                        Diagnostic::new("C020", format!("{n} is no number of points")).at(axis.span, "write a whole number, as in `1.1..1.5 : 100`"),
                    );
                    continue;
                }
                if *log && (a <= 0.0 || b <= 0.0) {
                    found.push(Diagnostic::new("C021", "a grid in logs needs positive ends").at(axis.span, "this range reaches 0 or below"));
                    continue;
                }
                let n = n as usize;
                (0..n)
                    .map(|k| {
                        let t = if n == 1 { 0.0 } else { k as f64 / (n - 1) as f64 };
                        if k == 0 {
                            a
                        } else if k == n - 1 {
                            b
                        } else if *log {
                            a * (b / a).powf(t)
                        } else {
                            a + (b - a) * t
                        }
                    })
                    .collect::<Vec<f64>>()
            }
        };
        if list.iter().any(|v: &f64| !v.is_finite()) {
            found.push(Diagnostic::new("C022", "an end of the range is no number").at(axis.span, "this axis"));
            continue;
        }
        if out.axes.contains(&axis.target) {
            found.push(Diagnostic::new("C011", format!("`{}` is swept twice", economy.info(axis.target).name)).at(axis.span, "again here"));
            continue;
        }
        out.axes.push(axis.target);
        out.values.push(list);
    }
    if out.values.iter().try_fold(1usize, |n, v| n.checked_mul(v.len())).is_none_or(|n| n > LIMIT) {
        found.push(Diagnostic::new("C023", "the sweep has too many points").help("more than 50 million would not fit: use coarser axes"));
    }
    if found.has_errors() { Err(found) } else { Ok(out) }
}

/// What one point gave.
#[derive(Clone, Debug)]
pub struct Row {
    pub parameters: Vec<f64>,
    pub status: &'static str,
    /// Values of the asked symbols; NaN where the point failed.
    pub values: Vec<f64>,
    /// Their relative errors, where one is larger than is taken for granted; NaN where there is none.
    pub errors: Option<Vec<f64>>,
    /// A short key of the regime, equal for equal regimes.
    pub regime: u32,
    /// On another branch than the equilibrium that the sweep starts from: that one ends on the way here.
    pub other_branch: bool,
}

impl Row {
    /// The relative error of the value in a column, where it is larger than is taken for granted.
    pub fn error(&self, column: usize) -> Option<f64> {
        self.errors.as_ref()?.get(column).copied().filter(|e| !e.is_nan())
    }
}

pub struct Table {
    pub rows: Vec<Row>,
    /// Whether the user stopped it: the rows are those that were finished before.
    pub stopped: bool,
    pub failed: usize,
    /// One solution for each regime key, to name it.
    pub regimes: Vec<Solution>,
}

impl Prepared {
    /// Solves all points, or those that are finished when the user stops it; rows come in the order of the grid and do not depend on the number of
    /// threads.
    pub fn grid(
        &self,
        base: &Solution,
        points: &Points,
        asked: &[Sym],
        admissible: &(dyn Fn(&[f64]) -> bool + Sync),
        threads: Option<usize>,
        progress: &(dyn Fn(usize) + Sync),
        interrupt: &AtomicBool,
    ) -> Table {
        let n = points.len();
        let place = |k: usize| points.at(k);
        let grid = solve::Grid { points: n, params: &self.parameters, axes: &points.axes, place: &place, chunk: points.chunk };
        let mut rows: Vec<Row> = Vec::with_capacity(n);
        let mut regimes: Vec<Solution> = Vec::new();
        let mut failed = 0;
        // Neighbours share their regime's solution.
        let mut last: Option<(Arc<Solution>, u32)> = None;
        solve::sweep(&self.problem, base, &grid, asked, threads, progress, interrupt, &mut |_, mut point| {
            let admitted = admissible(&point.place);
            let fine = admitted && point.like.is_equilibrium();
            let regime = match &last {
                _ if !fine => u32::MAX,
                Some((like, key)) if Arc::ptr_eq(like, &point.like) => *key,
                _ => match regimes.iter().position(|r| r.positions == point.like.positions) {
                    Some(at) => at as u32,
                    None => {
                        // A step of the grid does not notice what the regime leaves open; a solve does.
                        let mut own = (*point.like).clone();
                        // What was finished before the user stopped the sweep is not spoilt by that.
                        own.status = solve::solve(&self.problem, &own.values, Some(&own), &AtomicBool::new(false)).status;
                        regimes.push(own);
                        regimes.len() as u32 - 1
                    }
                },
            };
            let open = |s: &Solution| matches!(s.status, Status::Indeterminate { .. });
            let status = match &point.like.status {
                // Whether there would be an equilibrium at values that the file does not admit is no question.
                _ if !admitted => "outside",
                Status::None => "none",
                Status::NotFound => "not_found",
                _ if open(&point.like) || regimes.get(regime as usize).is_some_and(open) => "indeterminate",
                _ => "solved",
            };
            if fine {
                last = Some((point.like, regime));
            } else {
                failed += 1;
                point.values.fill(f64::NAN);
            }
            let other_branch = fine && point.other_branch;
            let errors = point.errors.filter(|_| fine);
            rows.push(Row { parameters: point.place, status, values: point.values, errors, regime, other_branch });
        });
        let stopped = rows.len() < n && interrupt.load(std::sync::atomic::Ordering::Relaxed);
        Table { rows, stopped, failed, regimes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_points_are_those_of_the_product() {
        let whole = Points { axes: Vec::new(), values: vec![vec![1.0, 2.0, 3.0], vec![10.0, 20.0]], ..Points::default() };
        assert_eq!((whole.len(), whole.at(3)), (6, vec![2.0, 20.0]));
        let some = Points { chosen: Some(vec![5, 0, 3]), ..whole.clone() };
        assert_eq!(some.len(), 3);
        assert_eq!([some.at(0), some.at(1), some.at(2)], [whole.at(5), whole.at(0), whole.at(3)]);
        assert!(Points { chosen: Some(Vec::new()), ..whole.clone() }.is_empty());
        let pairs = Points { together: true, ..whole };
        assert_eq!((pairs.len(), pairs.at(1)), (2, vec![2.0, 20.0]));
    }
}
