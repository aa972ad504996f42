//! A primal-dual path through the interior: every bounded pair keeps `distance · slack = μ` while μ falls to 0.
//!
//! Unknowns move in logs (in log-odds between two bounds), slacks too, and residuals are ratios of an equation's sides: in those coordinates the
//! equations of an economy are close to linear. With distance d and slack s of a pair, Newton's step solves
//! `f + f′ dy = s (1 + ln(μ/(s d)) − d ln d)`, which adds s to the diagonal, so that the matrix is regular where an industry's scale is not pinned
//! down yet.

use super::Position;
use super::engine::{Engine, TINY};
use super::kernel::Want;
use super::newton::{self, Limits, Outcome, in_logs};
use super::problem::{Kind, Unknown};
use std::sync::atomic::{AtomicBool, Ordering};

/// The least product of a distance and its slack that the path goes down to: a price may be a billionth of a billionth of the others and hold.
const LEAST: f64 = 1e-30;
/// The same under ceilings, where only what stands at one is asked.
const LEAST_BELOW: f64 = 1e-16;
/// Residuals at which a point of the path is taken where Newton's method leads away from it.
const HOLDS: f64 = 1e-12;

/// Coordinates of one unknown: from y to its value.
#[derive(Clone, Copy, Debug)]
enum Chart {
    /// `lower + e^y`
    Above(f64),
    /// `upper − e^y`
    Below(f64),
    /// Between two bounds: log-odds.
    Between(f64, f64),
    Free(f64),
}

impl Chart {
    fn new(unknown: &Unknown, z: f64, top: f64) -> Chart {
        match (unknown.lower > f64::NEG_INFINITY, unknown.upper < f64::INFINITY) {
            (true, true) => Chart::Between(unknown.lower, unknown.upper),
            (true, false) if top.is_finite() && unknown.equation.is_some() => {
                Chart::Between(unknown.lower, unknown.lower + top * (z - unknown.lower))
            }
            (true, false) => Chart::Above(unknown.lower),
            (false, true) => Chart::Below(unknown.upper),
            (false, false) => Chart::Free(z.abs().max(1.0)),
        }
    }

    fn coordinate(self, z: f64) -> f64 {
        match self {
            Chart::Above(l) => (z - l).ln(),
            Chart::Below(u) => (u - z).ln(),
            Chart::Between(l, u) => ((z - l) / (u - z)).ln(),
            Chart::Free(size) => z / size,
        }
    }

    /// Value and its derivative in y.
    fn value(self, y: f64) -> (f64, f64) {
        match self {
            Chart::Above(l) => {
                let e = y.exp();
                (l + e, e)
            }
            Chart::Below(u) => {
                let e = y.exp();
                (u - e, -e)
            }
            Chart::Between(l, u) => {
                let share = 1.0 / (1.0 + (-y).exp());
                let rest = 1.0 / (1.0 + y.exp());
                (l + (u - l) * share, (u - l) * share * rest)
            }
            Chart::Free(size) => (y * size, size),
        }
    }

    /// What the digits of the value do not hold of it near an upper bound, the distance from which is known in full.
    fn low(self, y: f64, value: f64) -> f64 {
        match self {
            Chart::Between(l, u) if y > 0.0 => (u - value) - (u - l) / (1.0 + y.exp()),
            _ => 0.0,
        }
    }

    /// ln of the distances from the lower and the upper bound (NaN where there is none), and their derivatives in y.
    fn distances(self, y: f64, size: f64) -> [(f64, f64); 2] {
        const ABSENT: (f64, f64) = (f64::NAN, 0.0);
        match self {
            Chart::Above(_) => [(y - size, 1.0), ABSENT],
            Chart::Below(_) => [ABSENT, (y - size, 1.0)],
            Chart::Between(..) => {
                let share = 1.0 / (1.0 + (-y).exp());
                [(-(-y).exp().ln_1p() - size, 1.0 - share), (-y.exp().ln_1p() - size, -share)]
            }
            Chart::Free(_) => [ABSENT, ABSENT],
        }
    }
}

/// What a path came to.
pub struct Path {
    pub solved: Option<Outcome>,
    pub z: Vec<f64>,
    pub positions: Vec<Position>,
    pub iterations: usize,
    pub residual: f64,
}

/// How a path is followed.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub mu: f64,
    /// Artificial upper bounds at this multiple of the start; ∞ for none.
    pub top: f64,
    pub iterations: usize,
    /// How fast μ falls.
    pub fall: f64,
}

impl Default for Style {
    fn default() -> Self {
        Style { mu: 0.3, top: f64::INFINITY, iterations: 90, fall: 0.2 }
    }
}

/// Follows the path from `start` (inside all bounds) and finishes with [`newton::run`].
pub fn follow(engine: &mut Engine, start: &[f64], style: Style, interrupt: &AtomicBool) -> Path {
    Follower::new(engine, start, style).run(interrupt)
}

struct Follower<'e, 'p> {
    engine: &'e mut Engine<'p>,
    style: Style,
    charts: Vec<Chart>,
    /// ln of the unit in which a distance is measured.
    sizes: Vec<f64>,
    y: Vec<f64>,
    z: Vec<f64>,
    slopes: Vec<f64>,
    /// ln of the slacks at the lower and the upper bound.
    slacks: Vec<[f64; 2]>,
    /// The point at which it was last tried to finish.
    tried: Vec<f64>,
}

impl<'e, 'p> Follower<'e, 'p> {
    fn new(engine: &'e mut Engine<'p>, start: &[f64], style: Style) -> Self {
        let unknowns = &engine.problem.unknowns;
        let charts: Vec<Chart> = unknowns.iter().zip(start).map(|(u, z)| Chart::new(u, *z, style.top)).collect();
        let y: Vec<f64> = charts.iter().zip(start).map(|(c, z)| c.coordinate(*z)).collect();
        let sizes = charts
            .iter()
            .zip(&y)
            .map(|(c, y)| match c {
                Chart::Above(_) | Chart::Below(_) => *y,
                // The distance from an artificial bound far away is measured in the same unit as the one from below.
                Chart::Between(..) if style.top.is_finite() => c.distances(*y, 0.0)[0].0,
                Chart::Between(..) | Chart::Free(_) => 0.0,
            })
            .collect();
        let n = y.len();
        let mut follower =
            Follower { engine, style, charts, sizes, z: start.to_vec(), slopes: vec![0.0; n], slacks: vec![[0.0; 2]; n], y, tried: Vec::new() };
        for k in 0..n {
            let d = follower.charts[k].distances(follower.y[k], follower.sizes[k]);
            follower.slacks[k] = d.map(|(d, _)| style.mu.ln() - d);
        }
        follower
    }

    fn place(&mut self) {
        for (k, chart) in self.charts.iter().enumerate() {
            (self.z[k], self.slopes[k]) = chart.value(self.y[k]);
            if self.engine.problem.unknowns[k].low.is_some() {
                self.engine.lows[k] = chart.low(self.y[k], self.z[k]);
            }
        }
    }

    /// `f − s_lower + s_upper`, largest over the equations.
    fn gap(&self) -> f64 {
        let mut gap = 0.0f64;
        for (i, relation) in self.engine.problem.relations.iter().enumerate() {
            let mut r = self.engine.residuals[i].value;
            if let Some(k) = relation.partner {
                let d = self.charts[k].distances(self.y[k], self.sizes[k]);
                if !d[0].0.is_nan() {
                    r -= self.slacks[k][0].exp();
                }
                if !d[1].0.is_nan() {
                    r += self.slacks[k][1].exp();
                }
            }
            if r.is_nan() {
                return f64::NAN;
            }
            // A slack far above 1 belongs to an idle pair: it counts in relation to itself.
            gap = gap.max(r.abs() / self.engine.residuals[i].value.abs().max(1.0));
        }
        gap
    }

    /// Mean of distance · slack.
    fn mean_product(&self) -> f64 {
        let (mut sum, mut count) = (0.0, 0);
        for (k, unknown) in self.engine.problem.unknowns.iter().enumerate() {
            if unknown.equation.is_none() {
                continue;
            }
            for (side, (d, _)) in self.charts[k].distances(self.y[k], self.sizes[k]).iter().enumerate() {
                if !d.is_nan() {
                    sum += (d + self.slacks[k][side]).exp();
                    count += 1;
                }
            }
        }
        if count == 0 { 0.0 } else { sum / count as f64 }
    }

    fn run(mut self, interrupt: &AtomicBool) -> Path {
        let mut mu = self.style.mu;
        let mut last_try = f64::INFINITY;
        let least = if self.style.top == f64::INFINITY { LEAST } else { LEAST_BELOW };
        let mut recent = [f64::INFINITY; 4];
        self.place();
        self.engine.evaluate(&self.z, Want::Newton);
        let mut gap = self.gap();
        let mut iterations = 0;
        while iterations < self.style.iterations && !gap.is_nan() && !interrupt.load(Ordering::Relaxed) {
            iterations += 1;
            recent[iterations % 4] = gap;
            let Some(dy) = self.direction(mu) else { break };
            let length = self.advance(&dy, mu, recent.iter().fold(0.0f64, |m, x| if x.is_finite() { m.max(*x) } else { m }));
            gap = self.gap();
            let mean = self.mean_product();
            if length > 0.6 && gap < 0.5f64.max(30.0 * mean) {
                mu = (self.style.fall * mean).min(mu * 0.5).max(least);
            } else if length > 0.6 {
                mu = mu.min(mean.max(0.7 * mu));
            }
            let ready = gap < 0.05 && mean < 2e-2 && (mean < 0.2 * last_try || mean == 0.0) || gap < 1e-9 && mean < 1e-9;
            if ready && self.style.top == f64::INFINITY {
                last_try = mean;
                if let Some(path) = self.finish(iterations, interrupt) {
                    return path;
                }
                self.engine.evaluate(&self.z, Want::Newton);
            }
            if gap < 1e-9 && mean < 1e3 * least {
                break;
            }
        }
        let positions = self.positions();
        Path { solved: None, positions, iterations, residual: gap, z: self.z }
    }

    /// The pairs' positions by the larger of distance and slack.
    fn positions(&self) -> Vec<Position> {
        let unknowns = &self.engine.problem.unknowns;
        (0..self.y.len())
            .map(|k| {
                if unknowns[k].equation.is_none() {
                    return Position::Interior;
                }
                let d = self.charts[k].distances(self.y[k], self.sizes[k]);
                if d[0].0 < self.slacks[k][0] {
                    Position::Lower
                } else if d[1].0 < self.slacks[k][1] {
                    Position::Upper
                } else {
                    Position::Interior
                }
            })
            .collect()
    }

    fn finish(&mut self, iterations: usize, interrupt: &AtomicBool) -> Option<Path> {
        let positions = self.positions();
        let mut z = self.z.clone();
        let kept = self.engine.lows.clone();
        let free: Vec<usize> = (0..z.len()).filter(|k| positions[*k] == Position::Lower && in_logs(&self.engine.problem.unknowns[*k])).collect();
        for (k, unknown) in self.engine.problem.unknowns.iter().enumerate() {
            match positions[k] {
                Position::Lower => z[k] = unknown.lower,
                Position::Upper => z[k] = unknown.upper,
                _ => continue,
            }
            self.engine.lows[k] = 0.0;
        }
        let mut found = self.polish(z.clone(), positions.clone(), iterations, interrupt);
        if found.is_none()
            && let Some((z, positions)) = self.all_but_abroad(&z, &positions)
        {
            self.engine.lows = kept;
            found = self.polish(z, positions, iterations, interrupt);
        }
        if found.is_none()
            && let Some((z, positions)) = self.all_but_standing(&z, &positions)
        {
            found = self.polish(z, positions, iterations, interrupt);
        }
        self.tried.clone_from(&self.z);
        if found.is_some() || free.len() < 2 {
            return found;
        }
        // Inputs that are all free are used in proportions that their prices had on the way to zero.
        let largest = free.iter().fold(0.0f64, |m, k| m.max(self.z[*k]));
        for k in free {
            z[k] = TINY * (self.z[k] / largest).max(1e-20);
        }
        self.polish(z, positions, iterations, interrupt)
    }

    /// The point with those unknowns inside that seem to be at a bound and have not come nearer since the last try, while the path has: far below the
    /// size of their start a distance may be smaller than what is left of their condition.
    fn all_but_standing(&self, z: &[f64], positions: &[Position]) -> Option<(Vec<f64>, Vec<Position>)> {
        const STANDS: f64 = 0.5;
        let unknowns = &self.engine.problem.unknowns;
        let stands = |k: &usize| {
            let distance = |z: f64| if positions[*k] == Position::Lower { z - unknowns[*k].lower } else { unknowns[*k].upper - z };
            let before = self.tried.get(*k).map_or(f64::NAN, |z| distance(*z));
            positions[*k] != Position::Interior && distance(self.z[*k]) > STANDS * before
        };
        let standing: Vec<usize> = (0..z.len()).filter(stands).collect();
        self.inside(z, positions, standing)
    }

    /// The point with margins that seem to be at their upper end a little inside: what stays at home may be less than the path has come near.
    fn all_but_abroad(&self, z: &[f64], positions: &[Position]) -> Option<(Vec<f64>, Vec<Position>)> {
        let near = |k: &usize| positions[*k] == Position::Upper && self.engine.problem.unknowns[*k].low.is_some();
        let margins: Vec<usize> = (0..z.len()).filter(near).collect();
        self.inside(z, positions, margins)
    }

    /// A point with some unknowns where the path has them, inside their bounds; `None` without any.
    fn inside(&self, z: &[f64], positions: &[Position], which: Vec<usize>) -> Option<(Vec<f64>, Vec<Position>)> {
        let (mut z, mut positions) = (z.to_vec(), positions.to_vec());
        which.first()?;
        for k in which {
            (z[k], positions[k]) = (self.z[k], Position::Interior);
        }
        Some((z, positions))
    }

    fn polish(&mut self, mut z: Vec<f64>, mut positions: Vec<Position>, iterations: usize, interrupt: &AtomicBool) -> Option<Path> {
        let flips = 2 * z.len().min(20) + 4;
        let (start, at) = (z.clone(), positions.clone());
        let outcome = newton::run(self.engine, &mut z, &mut positions, Limits { iterations: 25, flips }, interrupt);
        let iterations = iterations + outcome.iterations;
        if outcome.converged {
            return Some(Path { residual: outcome.residual, solved: Some(outcome), z, positions, iterations });
        }
        // Where conditions leave something free a step may lead anywhere; the path itself came to a point at which they hold.
        let outcome = newton::stands(self.engine, &start, &at, HOLDS)?;
        Some(Path { residual: outcome.residual, solved: Some(outcome), z: start, positions: at, iterations })
    }

    /// Newton's step in y for the current slacks.
    fn direction(&mut self, mu: f64) -> Option<Vec<f64>> {
        let problem = self.engine.problem;
        self.engine.assemble(&self.slopes);
        let mut rhs: Vec<f64> = self.engine.residuals.iter().map(|r| -r.value).collect();
        for (i, relation) in problem.relations.iter().enumerate() {
            let Some(k) = relation.partner else { continue };
            let d = self.charts[k].distances(self.y[k], self.sizes[k]);
            for (side, sign) in [(0, 1.0), (1, -1.0)] {
                let (distance, slope) = d[side];
                if distance.is_nan() {
                    continue;
                }
                let slack = self.slacks[k][side];
                let size = slack.exp();
                rhs[i] += sign * size * (1.0 + (mu.ln() - slack - distance));
                self.engine.add_diagonal(i, sign * size * slope);
            }
        }
        rhs.resize(problem.plan.size(), 0.0);
        let pivot = self.engine.linear.factor(&self.engine.matrix);
        let regular = pivot > 1e-14;
        if !regular || !self.engine.linear.solve(&mut rhs) {
            // Near a singular point: a step of the damped matrix.
            for i in 0..problem.relations.len() {
                self.engine.add_diagonal(i, 1e-4);
            }
            if self.engine.linear.factor(&self.engine.matrix).is_nan() || !self.engine.linear.solve(&mut rhs) {
                return None;
            }
        }
        rhs.truncate(self.y.len());
        Some(rhs)
    }

    /// Takes the step, shortened until the residuals are defined and not much above their recent size; the length taken.
    fn advance(&mut self, dy: &[f64], mu: f64, recent: f64) -> f64 {
        let unknowns = &self.engine.problem.unknowns;
        let mut length = 1.0f64;
        let mut clipped = dy.to_vec();
        for (k, step) in clipped.iter_mut().enumerate() {
            let cap = if unknowns[k].kind == Kind::Margin { 3.0 } else { 2.0 };
            let d = self.charts[k].distances(self.y[k], self.sizes[k]);
            // Toward a bound where the slack is the larger number, a long step does no harm.
            let leaving = *step < 0.0 && d[0].0 < self.slacks[k][0] - 1.0 || *step > 0.0 && d[1].0 < self.slacks[k][1] - 1.0;
            if leaving {
                *step = step.clamp(-6.0, 6.0);
            } else if step.abs() > cap {
                length = length.min(cap / step.abs());
            }
        }
        let (y, slacks) = (self.y.clone(), self.slacks.clone());
        for attempt in 0..12 {
            for k in 0..y.len() {
                self.y[k] = y[k] + length * clipped[k];
                if unknowns[k].equation.is_some() {
                    let d = self.charts[k].distances(y[k], self.sizes[k]);
                    for side in 0..2 {
                        let (distance, slope) = d[side];
                        if !distance.is_nan() {
                            let change = mu.ln() - slacks[k][side] - distance - slope * clipped[k];
                            self.slacks[k][side] = slacks[k][side] + (length * change).clamp(-6.0, 6.0);
                        }
                    }
                }
            }
            self.place();
            self.engine.evaluate(&self.z, Want::Newton);
            let gap = self.gap();
            let good = gap <= 1.5 * recent.max(0.3);
            if good || attempt >= 5 && !gap.is_nan() {
                return length;
            }
            length *= 0.4;
        }
        length
    }
}
