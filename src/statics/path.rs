//! Finite shocks: the exact change along a path, split by channel and by parameter, through regime switches.
//!
//! Along the path each parameter moves straight in logs (straight in levels where it is not positive at both ends). A channel's contribution to
//! `ln v` is `∫ Σ_m (∂ ln v / ∂ m)|given channels · dm`, with the partial derivative of the conditional system; a parameter's is
//! `∫ (∂ ln v / ∂ par) dpar`. Gauss–Kronrod with bisection, segment by segment between switches. Source: Grossman and Rossi-Hansberg (2006),
//! equations (4) and (5), integrated; no algebra engine is needed.

use super::conditional::conditional;
use crate::diag::Diagnostic;
use crate::expr::Sym;
use crate::solve::{Position, Problem, Solution, Switch, derivatives_along, solve_within, trace};
use crate::system::{Role, System};
use std::sync::atomic::{AtomicBool, Ordering};

/// One parameter's move.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    pub parameter: Sym,
    pub from: f64,
    pub to: f64,
}

impl Move {
    fn in_logs(&self) -> bool {
        self.from > 0.0 && self.to > 0.0
    }

    /// Value and derivative at `s` in [0, 1].
    pub fn at(&self, s: f64) -> (f64, f64) {
        if self.in_logs() {
            let rate = (self.to / self.from).ln();
            // The ends are the given numbers themselves.
            let v = if s <= 0.0 {
                self.from
            } else if s >= 1.0 {
                self.to
            } else {
                self.from * (rate * s).exp()
            };
            (v, v * rate)
        } else {
            (self.from + (self.to - self.from) * s, self.to - self.from)
        }
    }
}

/// What to split, and how.
pub struct Question<'a> {
    pub system: &'a System,
    pub problem: &'a Problem,
    /// Parameter values at the start.
    pub parameters: &'a [f64],
    pub moves: &'a [Move],
    /// Moves that count as one in the split by parameter, by number; each move is in one group.
    pub groups: &'a [Vec<usize>],
    /// Quantities whose change is split by channel.
    pub targets: &'a [Sym],
    /// Channels in order, each a list of quantities.
    pub channels: &'a [Vec<Sym>],
    /// Quantities whose change is split by group of parameters.
    pub quantities: &'a [Sym],
}

/// A stretch of the path within one regime.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Position on the path, from 0 to 1.
    pub from: f64,
    pub to: f64,
    /// The equilibrium at its start and end, on this regime's side.
    pub start: Solution,
    pub end: Solution,
    /// What switches at its end.
    pub switches: Vec<(Sym, Position, Position)>,
    /// Where it ends the equilibrium jumps to another one.
    pub jump: bool,
    /// Where it ends two equilibria meet and vanish.
    pub fold: bool,
    /// By target, by channel, then `direct`: its share of the split.
    pub effects: Vec<Vec<f64>>,
}

/// A finite change, split.
#[derive(Clone, Debug)]
pub struct Split {
    pub stretches: Vec<Stretch>,
    /// By target: contribution of each channel to the log change.
    pub effects: Vec<Vec<f64>>,
    /// By target: what runs through no channel.
    pub direct: Vec<f64>,
    /// By quantity: contribution of each group of parameters to the log change; NaN where the quantity reaches 0.
    pub by_parameter: Vec<Vec<f64>>,
    /// By how much the parts of any change may miss it: the integration's own bound, or what the end points show, whichever is larger.
    pub error: f64,
    /// Whether the parts are those of the change; otherwise they are NaN.
    pub given: bool,
    pub end: Solution,
}

/// Nodes and weights of the 15-point Kronrod rule on [−1, 1], positive half, and the embedded 7-point Gauss weights.
const NODES: [f64; 8] = [
    0.991_455_371_120_812_6,
    0.949_107_912_342_758_5,
    0.864_864_423_359_769_1,
    0.741_531_185_599_394_5,
    0.586_087_235_467_691_1,
    0.405_845_151_377_397_2,
    0.207_784_955_007_898_48,
    0.0,
];
const KRONROD: [f64; 8] = [
    0.022_935_322_010_529_224,
    0.063_092_092_629_978_56,
    0.104_790_010_322_250_19,
    0.140_653_259_715_525_92,
    0.169_004_726_639_267_9,
    0.190_350_578_064_785_42,
    0.204_432_940_075_298_89,
    0.209_482_141_084_727_82,
];
const GAUSS: [f64; 4] = [0.129_484_966_168_869_7, 0.279_705_391_489_276_64, 0.381_830_050_505_118_9, 0.417_959_183_673_469_4];

/// Error of any one contribution that is aimed at.
const AIM: f64 = 1e-11;
const DEPTH: usize = 24;
/// Pieces after which no more are halved: the error says what is left.
const PIECES: usize = 400;
/// Parts that miss the change by more than this are no split.
const EXACT: f64 = 1e-6;

/// Follows the path and splits the change.
///
/// # Errors
/// A channel that leaves the system not square; a path on which the equilibrium is lost.
pub fn split(q: &Question, before: &Solution, interrupt: &AtomicBool) -> Result<Split, Diagnostic> {
    let given: Vec<Sym> = q.channels.iter().flatten().copied().collect();
    let held = if q.targets.is_empty() || given.is_empty() {
        None
    } else {
        let c = conditional(q.system, &given)?;
        let p = Problem::new(&c.system, &[]).map_err(|e| Diagnostic::new("A060", format!("the channels do not split the system: {e}")))?;
        Some((c.system, p))
    };
    let parameters_at = |s: f64| {
        let mut p = q.parameters.to_vec();
        for m in q.moves {
            p[m.parameter.index()] = m.at(s).0;
        }
        p
    };
    let walk = trace(q.problem, before, &parameters_at, interrupt);
    let mut out = Split {
        stretches: Vec::new(),
        effects: vec![vec![0.0; q.channels.len()]; q.targets.len()],
        direct: vec![0.0; q.targets.len()],
        by_parameter: vec![vec![0.0; q.groups.len()]; q.quantities.len()],
        error: 0.0,
        given: true,
        end: before.clone(),
    };
    let Some(end) = walk.end else {
        let at = walk.reached;
        let m = q.moves.first().map(|m| (q.system.info(m.parameter).display.clone(), m.at(at).0));
        let place = m.map_or(String::new(), |(n, v)| format!(" at {n} = {}", crate::model::checks::number(v)));
        let why = walk.note.unwrap_or_else(|| "the equilibrium is lost".into());
        return Err(
            Diagnostic::new("S003", format!("the path ends{place}: {why}")).help("shock by less, or see `regime` for where the present regime ends")
        );
    };
    let spans = walk.segments.len();
    // A jump is no path: nothing can be integrated across it.
    let jumps = walk.segments.iter().any(|s| s.jump);
    for seg in &walk.segments {
        let mut effects = vec![vec![0.0; q.channels.len() + 1]; q.targets.len()];
        if jumps {
            let none = [&mut out.effects, &mut out.by_parameter, &mut effects];
            none.into_iter().flatten().flatten().for_each(|v| *v = f64::NAN);
            out.direct.fill(f64::NAN);
        } else if seg.to > seg.from {
            // The log of what reaches 0 has no finite change; its rate would be refined without end.
            let lost = |sym: Sym| {
                let (a, b) = (seg.start.value(sym).abs(), seg.end.value(sym).abs());
                a.min(b) <= 1e-9 * a.max(b)
            };
            let parts = |syms: &[Sym], width: usize| -> Vec<bool> { syms.iter().flat_map(|s| std::iter::repeat_n(lost(*s), width)).collect() };
            let mut none = parts(q.targets, if q.channels.is_empty() { 1 } else { q.channels.len() + 1 });
            none.extend(parts(q.quantities, q.groups.len()));
            let rates = |s: f64| -> Vec<f64> {
                let at = solve_within(q.problem, &parameters_at(s), seg, s, interrupt);
                let mut rates = rates_at(q, held.as_ref(), &given, &at, s);
                rates.iter_mut().zip(&none).filter(|(_, lost)| **lost).for_each(|(rate, _)| *rate = f64::NAN);
                rates
            };
            let aim = AIM / spans.max(1) as f64;
            let (sum, error) = integrate(&rates, seg.from, seg.to, aim);
            if interrupt.load(Ordering::Relaxed) {
                return Err(Diagnostic::new("S130", "interrupted"));
            }
            out.error += error;
            let mut it = sum.into_iter();
            for t in 0..q.targets.len() {
                for c in 0..=q.channels.len() {
                    let v = it.next().unwrap_or(f64::NAN);
                    effects[t][c] = v;
                    if c < q.channels.len() { out.effects[t][c] += v } else { out.direct[t] += v }
                }
            }
            for row in &mut out.by_parameter {
                for cell in row.iter_mut() {
                    *cell += it.next().unwrap_or(f64::NAN);
                }
            }
        }
        let switches = seg.switches.iter().map(|s: &Switch| (s.sym, s.from, s.to)).collect();
        let (start, end) = (seg.start.clone(), seg.end.clone());
        out.stretches.push(Stretch { from: seg.from, to: seg.to, start, end, switches, jump: seg.jump, fold: seg.fold, effects });
    }
    out.end = end;
    out.close(q, before, jumps);
    Ok(out)
}

impl Split {
    /// Compares the parts of every change with the change from end to end; parts that do not make it up are not given.
    fn close(&mut self, q: &Question, before: &Solution, jumps: bool) {
        let change = |sym: Sym, end: &Solution| (end.value(sym) / before.value(sym)).ln();
        let mut gap = 0.0f64;
        let mut row = |parts: f64, whole: f64| {
            // What has no log change has no parts.
            if parts.is_finite() && whole.is_finite() {
                gap = gap.max((parts - whole).abs());
            }
        };
        for (t, &target) in q.targets.iter().enumerate() {
            row(self.effects[t].iter().sum::<f64>() + self.direct[t], change(target, &self.end));
        }
        for (n, &sym) in q.quantities.iter().enumerate() {
            row(self.by_parameter[n].iter().sum(), change(sym, &self.end));
        }
        self.error = self.error.max(gap);
        self.given = !jumps && self.error <= EXACT;
        if !self.given {
            let by_stretch = self.stretches.iter_mut().flat_map(|s| &mut s.effects);
            by_stretch.chain(&mut self.effects).chain(&mut self.by_parameter).flatten().for_each(|v| *v = f64::NAN);
            self.direct.fill(f64::NAN);
        }
    }
}

/// All integrands at one point: by target the channels and `direct`, then by quantity the parameters.
fn rates_at(q: &Question, held: Option<&(System, Problem)>, given: &[Sym], at: &Solution, s: f64) -> Vec<f64> {
    let wrt: Vec<Sym> = q.moves.iter().map(|m| m.parameter).collect();
    let speed: Vec<f64> = q.moves.iter().map(|m| m.at(s).1).collect();
    // What moves together is one way, so that a family of hundreds costs one solve.
    let ways: Vec<Vec<(Sym, f64)>> = q.groups.iter().map(|g| g.iter().filter_map(|k| Some((*wrt.get(*k)?, *speed.get(*k)?))).collect()).collect();
    let full = derivatives_along(q.problem, at, &ways);
    let along = |sym: Sym| -> f64 { (0..ways.len()).map(|g| full.get(sym, g, true)).sum() };
    let mut out = Vec::new();
    if q.channels.is_empty() {
        // Nothing is split by channel: all of it is direct.
        for &t in q.targets {
            out.push(along(t) / at.values[t.index()]);
        }
    } else if let Some((system, problem)) = held {
        let mut point = at.clone();
        point.positions.retain(|(sym, _)| matches!(system.info(*sym).role, Role::Unknown { .. }));
        let mut moving: Vec<Vec<(Sym, f64)>> = given.iter().map(|s| vec![(*s, 1.0)]).collect();
        let rest: Vec<(Sym, f64)> = wrt.iter().copied().zip(speed.iter().copied()).filter(|(p, _)| !given.contains(p)).collect();
        // What runs through no channel is one way.
        let direct_at = (!rest.is_empty()).then_some(moving.len());
        moving.extend((!rest.is_empty()).then_some(rest));
        let partial = derivatives_along(problem, &point, &moving);
        for &t in q.targets {
            let value = at.values[t.index()];
            let mut m = 0;
            for channel in q.channels {
                let mut sum = 0.0;
                for &sym in channel {
                    // A parameter that is a channel moves by itself; any other quantity as the equilibrium says.
                    let own = wrt.iter().position(|p| *p == sym).map(|k| speed[k]);
                    let is_parameter = matches!(q.system.info(sym).role, Role::Parameter(_));
                    let change = match (own, is_parameter) {
                        (Some(v), _) => v,
                        (None, true) => 0.0,
                        (None, false) => along(sym),
                    };
                    if change != 0.0 {
                        sum += partial.get(t, m, true) * change;
                    }
                    m += 1;
                }
                out.push(sum / value);
            }
            let direct = direct_at.map_or(0.0, |k| partial.get(t, k, true));
            out.push(direct / value);
        }
    }
    for &sym in q.quantities {
        let value = at.values[sym.index()];
        for g in 0..ways.len() {
            let d = full.get(sym, g, true);
            out.push(if value > 0.0 {
                d / value
            } else if d == 0.0 {
                0.0
            } else {
                f64::NAN
            });
        }
    }
    out
}

/// Adaptive Gauss–Kronrod of a vector of integrands.
fn integrate(rates: &dyn Fn(f64) -> Vec<f64>, from: f64, to: f64, aim: f64) -> (Vec<f64>, f64) {
    let mut stack = vec![(from, to, 0usize)];
    let mut total: Vec<f64> = Vec::new();
    let mut error = 0.0;
    let mut pieces = 0;
    while let Some((a, b, depth)) = stack.pop() {
        pieces += 1;
        let (half, middle) = ((b - a) / 2.0, (a + b) / 2.0);
        let mut kronrod: Vec<f64> = Vec::new();
        let mut gauss: Vec<f64> = Vec::new();
        for k in (0..15).map(|k: i32| k - 7) {
            let i = 7 - k.unsigned_abs() as usize;
            let x = if k < 0 { -NODES[i] } else { NODES[i] };
            let r = rates(middle + half * x);
            kronrod.resize(r.len(), 0.0);
            gauss.resize(r.len(), 0.0);
            for (j, v) in r.iter().enumerate() {
                kronrod[j] += KRONROD[i] * v * half;
                if i % 2 == 1 {
                    gauss[j] += GAUSS[i / 2] * v * half;
                }
            }
        }
        let gap = kronrod.iter().zip(&gauss).map(|(k, g)| (k - g).abs()).filter(|v| !v.is_nan()).fold(0.0, f64::max);
        // The rule's own error is far below the difference of the two.
        let estimate = (200.0 * gap).powf(1.5).min(gap);
        if estimate <= aim * (b - a) / (to - from) || depth >= DEPTH || pieces > PIECES {
            total.resize(kronrod.len(), 0.0);
            for (t, k) in total.iter_mut().zip(&kronrod) {
                *t += k;
            }
            error += estimate;
        } else {
            stack.push((middle, b, depth + 1));
            stack.push((a, middle, depth + 1));
        }
    }
    (total, error)
}
