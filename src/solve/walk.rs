//! Following the equilibrium along a path of parameters, from regime to regime.
//!
//! Within a regime the system is smooth and Newton's method corrects each step exactly, beyond the regime's own borders too; a step that crosses a
//! border is taken back to it. There the pair at the border is held on both of its conditions and the place on the path is the unknown.

use super::Position;
use super::cold;
use super::engine::Engine;
use super::fold;
use super::kernel::Want;
use super::newton::{self, Limits, in_logs};
use super::regime::{Event, Regime, directional, distances, release, unknown_of};
use std::sync::atomic::{AtomicBool, Ordering};

/// Distances above this count as inside.
const INSIDE: f64 = -1e-11;
const SMALLEST: f64 = 1e-12;
/// How far beyond a place that cannot be passed the equilibrium is looked for; from nothing only at the last one, as that is dear.
const BEYOND: [f64; 4] = [1e-9, 1e-7, 1e-5, FAR_BEYOND];
const FAR_BEYOND: f64 = 1e-3;
/// A gap above this, relative to the size of a quantity, is a jump.
const JUMP: f64 = 0.03;
/// What would be gone within so many times the gap, at the rate at which it falls, falls to 0 and does not jump there: of a root, the rate grows.
const SOON: f64 = 100.0;
const MAX_STEPS: usize = 4000;
/// How far beyond a turning point another equilibrium is looked for.
const PAST: f64 = 1e-6;
/// The part of a step by which it may miss the mean of the rates at its ends.
const STRAIGHT: f64 = 0.25;
/// Steps shorter than this may pass a place where two branches cross.
const CROSSING: f64 = 1e-7;

/// Where a stretch within one regime ended.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The end of the path.
    End,
    Border(Event),
    /// Two equilibria meet there and vanish: the branch ends.
    Fold,
    /// No step forward succeeded.
    Lost(Option<Runaway>),
    Interrupted,
}

/// A quantity that grows or falls without bound before the path ends.
#[derive(Clone, Debug)]
pub struct Runaway {
    pub words: String,
    /// Grows, as against falls towards 0.
    pub grows: bool,
    /// Where it would be infinite.
    pub at: f64,
}

/// The walker stands beyond a place that it could not pass step by step.
#[derive(Clone, Copy, Debug)]
pub struct Resumed {
    /// The equilibrium there is not near the one before.
    pub jump: bool,
}

/// A walker on the path: place, point, regime.
pub struct Walker<'e, 'p> {
    pub engine: &'e mut Engine<'p>,
    /// Parameters by symbol at a place in [0, 1].
    pub path: &'e dyn Fn(f64) -> Vec<f64>,
    pub s: f64,
    pub z: Vec<f64>,
    pub regime: Regime,
    pub step: f64,
    /// Places passed since the last border, with the point there.
    pub track: Vec<(f64, Vec<f64>)>,
    /// Places passed in this regime, with the rates of growth of the unknowns there.
    passed: Vec<(f64, Vec<f64>)>,
    interrupt: &'e AtomicBool,
}

impl<'e, 'p> Walker<'e, 'p> {
    /// Starts at the beginning of the path in the regime that lies ahead, or a little after it where nothing has a rate of change there, as next to
    /// an infinite slope; `None` if no equilibrium lies ahead.
    pub fn new(
        engine: &'e mut Engine<'p>,
        path: &'e dyn Fn(f64) -> Vec<f64>,
        z: Vec<f64>,
        positions: Vec<Position>,
        step: f64,
        interrupt: &'e AtomicBool,
    ) -> Option<Self> {
        release(engine);
        engine.set_parameters(&path(0.0));
        engine.evaluate(&z, Want::Newton);
        let regime = Regime::here(engine, &positions);
        let mut walker = Walker { engine, path, s: 0.0, z, regime, step, track: Vec::new(), passed: Vec::new(), interrupt };
        (walker.turn() || walker.resume().is_some_and(|r| !r.jump)).then_some(walker)
    }

    /// Takes the regime that lies ahead of the present place; `false` if there is none.
    pub fn turn(&mut self) -> bool {
        let params = (self.path)(self.s);
        let speeds = self.speeds(self.s);
        match directional(self.engine, &params, &self.z, &self.regime, &speeds) {
            Some(rates) => {
                self.regime = rates.regime;
                true
            }
            None => false,
        }
    }

    /// Slots and rates of the parameters that move at `s`.
    fn speeds(&self, s: f64) -> Vec<(u32, f64)> {
        let h = 1e-6;
        let (low, high) = ((s - h).max(0.0), (s + h).min(1.0));
        let (a, b) = ((self.path)(low), (self.path)(high));
        self.engine
            .problem
            .parameters
            .iter()
            .filter_map(|(sym, slot)| {
                let rate = (b.get(sym.index())? - a.get(sym.index())?) / (high - low);
                (rate != 0.0).then_some((*slot, rate))
            })
            .collect()
    }

    /// Goes on within the regime to its border or to the end.
    pub fn advance(&mut self) -> Stop {
        let mut failures = 0;
        self.passed.clear();
        self.track = vec![(self.s, self.z.clone())];
        for _ in 0..MAX_STEPS {
            if self.s >= 1.0 {
                return Stop::End;
            }
            if self.interrupt.load(Ordering::Relaxed) {
                return Stop::Interrupted;
            }
            let sizes = newton::sizes(self.engine, &self.z);
            let Some((rates, sign)) = self.rates() else { return self.end_of_branch(None) };
            self.remember(&rates);
            let target = (self.s + self.step).min(1.0);
            let h = target - self.s;
            match self.solve_at(target, &self.predict(&rates, h), &self.regime.clone()) {
                Some(next) => {
                    failures = 0;
                    let crossed = self.crossed(&next, &sizes);
                    if crossed.is_empty() && !self.same_branch((&rates, sign), &next, target) {
                        self.step = 0.3 * h;
                    } else if crossed.is_empty() {
                        self.track.push((target, next.clone()));
                        (self.s, self.z) = (target, next);
                        self.step = (2.0 * h).min(0.25);
                        continue;
                    }
                    if !crossed.is_empty() {
                        if let Some((s, z, event)) = self.locate(&crossed, target, &next) {
                            (self.s, self.z) = (s, z);
                            return Stop::Border(event);
                        }
                        self.step = 0.3 * h;
                    }
                }
                None => {
                    failures += 1;
                    let near = self.approaching(&rates, h, &sizes);
                    if let Some((s, z, event)) = self.locate(&near, target, &self.predict(&rates, h)) {
                        (self.s, self.z) = (s, z);
                        return Stop::Border(event);
                    }
                    self.step = 0.3 * h;
                }
            }
            if self.step < SMALLEST || failures > 60 {
                return self.end_of_branch(Some(rates));
            }
        }
        Stop::Lost(self.runaway())
    }

    /// Why there is no step forward: a turning point ahead, at which the walker then stands, or what runs away.
    fn end_of_branch(&mut self, rates: Option<Vec<f64>>) -> Stop {
        let fold = rates.and_then(|rates| fold::ahead(self.engine, self.path, self.s, &self.z, &self.regime, &rates));
        match fold {
            Some(fold) => {
                (self.s, self.z) = (fold.s.max(self.s), fold.z);
                Stop::Fold
            }
            None => Stop::Lost(self.runaway()),
        }
    }

    /// Whether a point found ahead lies on the branch that the walker is on: the way there agrees with the rates at its two ends, and the
    /// determinant of the regime's equations keeps its sign.
    fn same_branch(&mut self, (rates, sign): (&[f64], f64), next: &[f64], target: f64) -> bool {
        if !self.engine.problem.several {
            return true;
        }
        let (params, speeds) = ((self.path)(target), self.speeds(target));
        let Some(there) = super::regime::rates(self.engine, &params, next, &self.regime, &speeds) else { return true };
        let h = target - self.s;
        let sizes = newton::sizes(self.engine, next);
        let unknowns = self.engine.problem.unknowns.iter().zip(self.z.iter().zip(next));
        // The largest way, and by how much it misses the mean of the rates.
        let (mut way, mut miss) = (0.0f64, 0.0f64);
        for (k, (u, (a, b))) in unknowns.enumerate() {
            let logs = in_logs(u) && *a > 0.0 && *b > 0.0;
            let (left, right) = if logs { (rates[k] / a, there.unknowns[k] / b) } else { (rates[k] / sizes[k], there.unknowns[k] / sizes[k]) };
            let gone = if logs { (b / a).ln() } else { (b - a) / sizes[k] };
            way = way.max(gone.abs()).max((left * h).abs()).max((right * h).abs());
            miss = miss.max((gone - 0.5 * h * (left + right)).abs());
        }
        let agrees = miss <= STRAIGHT * way + 1e-9;
        let kept = sign * there.sign >= 0.0;
        // Where two branches cross, the sign changes on each of them.
        agrees && (kept || h < CROSSING && miss <= 0.1 * STRAIGHT * way + 1e-9)
    }

    /// Takes up the equilibrium a little beyond a place where no regime follows with finite rates; `None` if there is none.
    ///
    /// That is the case where the cost of the first task rises at an infinite rate, where a quantity reaches 0 without a border, and where the
    /// equilibrium jumps.
    pub fn resume(&mut self) -> Option<Resumed> {
        let vanishing = self.rates().map_or_else(Vec::new, |(rates, _)| rates);
        self.engine.set_parameters(&(self.path)(self.s));
        let lacking = |engine: &Engine| (0..engine.problem.unknowns.len()).map(|k| engine.absent.is_price(engine.problem, k)).collect::<Vec<bool>>();
        let before = lacking(self.engine);
        for step in BEYOND {
            let s = (self.s + step).min(1.0);
            if s <= self.s {
                return None;
            }
            release(self.engine);
            let params = (self.path)(s);
            self.engine.set_parameters(&params);
            let warm = cold::warm(self.engine, &self.z, &self.regime.positions, self.interrupt).or_else(|| {
                let (z, positions) = self.vanished();
                cold::warm(self.engine, &z, &positions, self.interrupt)
            });
            let found = match warm {
                Some(found) => found,
                None if step == FAR_BEYOND => (0..3).find_map(|v| cold::attempt(self.engine, &params, v, self.interrupt).ok())?,
                None => continue,
            };
            let sizes = newton::sizes(self.engine, &found.z);
            let gone: Vec<bool> = lacking(self.engine).iter().zip(&before).map(|(a, b)| *a || *b).collect();
            let regime = Regime::here(self.engine, &found.positions);
            let kept = (self.s, std::mem::replace(&mut self.z, found.z), std::mem::replace(&mut self.regime, regime));
            self.s = s;
            if s >= 1.0 || self.turn() {
                let rising = self.rates().map_or_else(Vec::new, |(rates, _)| rates);
                let h = s - kept.0;
                // What falls to 0, or rises from there, at rates that account for it.
                let at_nothing = |k: usize, before: f64, after: f64| match (before, after) {
                    (_, 0.0) => vanishing.get(k).is_some_and(|rate| -rate * SOON * h >= before),
                    (0.0, _) => rising.get(k).is_some_and(|rate| rate * SOON * h >= after),
                    _ => false,
                };
                let ways = kept.1.iter().zip(&self.z).zip(&sizes).enumerate().filter(|(k, ((a, b), _))| !gone[*k] && !at_nothing(*k, **a, **b));
                let gap = ways.map(|(_, ((a, b), size))| (a - b).abs() / size).fold(0.0, f64::max);
                self.step = self.step.max(1e-3);
                return Some(Resumed { jump: gap > JUMP });
            }
            (self.s, self.z, self.regime) = kept;
        }
        None
    }

    /// Takes up another equilibrium a little beyond a turning point; `false` if there is none.
    pub fn beyond(&mut self) -> bool {
        let s = (self.s + PAST).min(1.0);
        release(self.engine);
        let params = (self.path)(s);
        self.engine.set_parameters(&params);
        let found = super::search::from_nothing(self.engine, &params, self.interrupt);
        if !found.is_equilibrium() || s <= self.s {
            return false;
        }
        let (z, positions) = found.point(self.engine.problem);
        self.engine.set_parameters(&params);
        self.engine.evaluate(&z, Want::Values);
        self.regime = Regime::here(self.engine, &positions);
        (self.s, self.z) = (s, z);
        self.step = 1e-3;
        s >= 1.0 || self.turn()
    }

    /// The present point with what is next to nothing put at its bound of 0, which logs do not reach.
    fn vanished(&self) -> (Vec<f64>, Vec<Position>) {
        let unknowns = self.engine.problem.unknowns.iter().zip(&self.z).zip(&self.regime.positions);
        let gone = |u: &super::problem::Unknown, z: f64| u.equation.is_some() && u.lower == 0.0 && z < 1e-8;
        unknowns.map(|((u, z), p)| if gone(u, *z) { (0.0, Position::Lower) } else { (*z, *p) }).unzip()
    }

    /// Rates of the unknowns along the path, and the sign of the determinant of the regime's equations.
    fn rates(&mut self) -> Option<(Vec<f64>, f64)> {
        let params = (self.path)(self.s);
        let speeds = self.speeds(self.s);
        super::regime::rates(self.engine, &params, &self.z, &self.regime, &speeds).map(|r| (r.unknowns, r.sign))
    }

    fn predict(&self, rates: &[f64], h: f64) -> Vec<f64> {
        self.engine
            .problem
            .unknowns
            .iter()
            .zip(self.z.iter().zip(rates))
            .map(|(u, (z, rate))| if in_logs(u) && *z > 0.0 { z * (h * rate / z).clamp(-1.0, 1.0).exp() } else { z + h * rate })
            .collect()
    }

    /// The point of a regime at a place, borders not looked at.
    fn solve_at(&mut self, s: f64, guess: &[f64], regime: &Regime) -> Option<Vec<f64>> {
        regime.hold(self.engine);
        self.engine.set_parameters(&(self.path)(s));
        let mut z = guess.to_vec();
        for (k, u) in self.engine.problem.unknowns.iter().enumerate() {
            match regime.positions[k] {
                Position::Lower if z[k] > 1e-60 || z[k] < u.lower => z[k] = u.lower,
                Position::Upper => z[k] = u.upper,
                _ => {}
            }
        }
        let mut positions = regime.positions.clone();
        let outcome = newton::run(self.engine, &mut z, &mut positions, Limits { iterations: 14, flips: 0 }, self.interrupt);
        (outcome.converged && z.iter().all(|x| x.is_finite())).then_some(z)
    }

    /// Events that lie between the present point and `next`, at which the engine stands, the first ones first.
    fn crossed(&mut self, next: &[f64], sizes: &[f64]) -> Vec<(Event, f64)> {
        let after = distances(self.engine, &self.regime, next, sizes);
        let wrong: Vec<(Event, f64)> = after.into_iter().filter(|(_, d)| *d < INSIDE).collect();
        if wrong.is_empty() {
            return wrong;
        }
        let before = self.distances_here(sizes);
        let mut out: Vec<(Event, f64)> = wrong
            .into_iter()
            .map(|(event, d)| {
                let start = before.iter().find(|(e, _)| *e == event).map_or(0.0, |(_, d)| d.max(0.0));
                (event, start / (start - d))
            })
            .collect();
        out.sort_by(|a, b| a.1.total_cmp(&b.1));
        out
    }

    fn distances_here(&mut self, sizes: &[f64]) -> Vec<(Event, f64)> {
        self.regime.clone().hold(self.engine);
        self.engine.set_parameters(&(self.path)(self.s));
        self.engine.evaluate(&self.z, Want::Values);
        distances(self.engine, &self.regime, &self.z, sizes)
    }

    /// Events that the rates lead to within a few steps.
    fn approaching(&mut self, rates: &[f64], h: f64, sizes: &[f64]) -> Vec<(Event, f64)> {
        let here = self.distances_here(sizes);
        let small = 1e-4 * h;
        let ahead: Vec<f64> = self.predict(rates, small);
        let params = (self.path)(self.s + small);
        self.engine.set_parameters(&params);
        self.engine.evaluate(&ahead, Want::Values);
        let there = distances(self.engine, &self.regime, &ahead, sizes);
        let mut out: Vec<(Event, f64)> = here
            .iter()
            .zip(&there)
            .filter_map(|((event, a), (_, b))| {
                let rate = (b - a) / 1e-4;
                let at = -a / rate;
                (rate < 0.0 && at < 5.0).then_some((*event, at.clamp(0.0, 1.0)))
            })
            .collect();
        out.sort_by(|a, b| a.1.total_cmp(&b.1));
        out.truncate(4);
        out
    }

    /// The first of the candidates at which all other conditions of the regime hold.
    fn locate(&mut self, candidates: &[(Event, f64)], target: f64, next: &[f64]) -> Option<(f64, Vec<f64>, Event)> {
        for (event, share) in candidates.iter().take(6) {
            let guess: Vec<f64> = self.z.iter().zip(next).map(|(a, b)| a + share * (b - a)).collect();
            let Some((s, z)) = self.border(*event, self.s + share * (target - self.s), target, &guess) else { continue };
            if s < self.s - 1e-12 || s > target + 1e-12 {
                continue;
            }
            let sizes = newton::sizes(self.engine, &z);
            self.regime.clone().hold(self.engine);
            self.engine.set_parameters(&(self.path)(s));
            self.engine.evaluate(&z, Want::Values);
            let fits = newton::active_norm(self.engine, &self.regime.positions) < 1e-9
                && distances(self.engine, &self.regime, &z, &sizes).iter().all(|(e, d)| e == event || *d >= -1e-9);
            if fits {
                return Some((s.max(self.s), z, *event));
            }
        }
        None
    }

    /// The place of an event and the point there: a root in s of the event's distance.
    ///
    /// A pair that reaches or leaves its bound is held at the bound and its equation's residual is brought to zero; that needs no point beyond.
    fn border(&mut self, event: Event, guess: f64, target: f64, near: &[f64]) -> Option<(f64, Vec<f64>)> {
        let held = match event {
            Event::Reach(k, bound) => {
                let mut held = self.regime.clone();
                held.positions[k] = bound;
                held
            }
            _ => self.regime.clone(),
        };
        let mut point = near.to_vec();
        let mut value = |walker: &mut Self, s: f64| -> Option<f64> {
            let z = walker.solve_at(s, &point, &held)?;
            point.clone_from(&z);
            let sizes = newton::sizes(walker.engine, &z);
            let wanted = match event {
                Event::Reach(k, _) => Event::Release(k),
                other => other,
            };
            distances(walker.engine, &held, &z, &sizes).iter().find(|(e, _)| *e == wanted).map(|(_, d)| *d)
        };
        // Secant steps from two places near the guess, kept within a stretch around the step.
        let h = (target - self.s).max(1e-9);
        let mut a = guess;
        let mut fa = value(self, a)?;
        let mut b = if guess > self.s + 0.5 * h { guess - 1e-3 * h } else { guess + 1e-3 * h };
        let mut fb = value(self, b)?;
        for _ in 0..40 {
            if fa.abs() > fb.abs() {
                (a, fa, b, fb) = (b, fb, a, fa);
            }
            if fa.abs() <= 1e-14 || fa == fb {
                break;
            }
            let next = (a - fa * (b - a) / (fb - fa)).clamp(self.s - 0.5 * h, target + 0.5 * h);
            if next == a || (next - a).abs() <= 1e-16 {
                break;
            }
            (b, fb) = (a, fa);
            match value(self, next) {
                Some(f) => (a, fa) = (next, f),
                None => return None,
            }
        }
        (fa.abs() <= 1e-10).then(|| {
            let z = self.solve_at(a, &point, &held);
            z.map(|z| (a, z))
        })?
    }

    fn remember(&mut self, rates: &[f64]) {
        if self.z.len() <= 200 && self.passed.last().is_none_or(|(s, _)| *s < self.s) {
            self.passed.push((self.s, rates.iter().zip(&self.z).map(|(r, z)| r.abs() / z.abs().max(1e-12)).collect()));
        }
    }

    /// Where an unknown's rate of growth becomes infinite: for `(s* − s)^(−k)` its inverse is a straight line.
    fn asymptote(&self, k: usize) -> Option<f64> {
        let (b, fast) = self.passed.last().map(|(s, rates)| (*s, rates[k]))?;
        let (a, slow) = self.passed.iter().rev().map(|(s, rates)| (*s, rates[k])).find(|(_, rate)| *rate < fast / 3.0)?;
        let (before, after) = (1.0 / slow, 1.0 / fast);
        let at = b + after * (b - a) / (before - after);
        (at >= b && at.is_finite()).then_some(at)
    }

    /// The unknown that runs away fastest where no step forward succeeds.
    fn runaway(&mut self) -> Option<Runaway> {
        let (rates, _) = self.rates()?;
        let mut worst: Option<(f64, usize)> = None;
        for (k, unknown) in self.engine.problem.unknowns.iter().enumerate() {
            let pace = rates[k].abs() / self.z[k].abs().max(1e-12);
            if unknown.upper == f64::INFINITY && pace * SMALLEST > 1e-10 && worst.is_none_or(|w| pace > w.0) {
                worst = Some((pace, k));
            }
        }
        worst.map(|(_, k)| {
            let way = if rates[k] > 0.0 { "grows without bound" } else { "falls without bound" };
            let words = format!("{} {way}", self.engine.problem.unknowns[k].name);
            Runaway { words, grows: rates[k] > 0.0, at: self.asymptote(k).unwrap_or(self.s) }
        })
    }

    /// The unknown that an event is about, with its new position.
    pub fn subject(&self, event: Event) -> Option<(usize, Position)> {
        match event {
            Event::Reach(k, bound) => Some((k, bound)),
            Event::Release(k) => Some((k, Position::Interior)),
            Event::Branch(op, _) => unknown_of(self.engine, op).map(|k| (k, Position::Kink)),
        }
    }
}
