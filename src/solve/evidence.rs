//! What has no bound where there is no equilibrium.
//!
//! The economy with a ceiling on every price and activity always has an equilibrium; where, from every start, the same
//! ones sit at the ceiling however high it is, and the value of what is demanded beyond supply (or the gap between price and cost) does not shrink
//! as it is lifted, there is none without ceilings. That it will not shrink further up either is read off the elasticities at the ceilings: what
//! cost still rises beyond must be less than the gap. Otherwise the ceilings may just be too low, and nothing is claimed.

use super::Position;
use super::engine::Engine;
use super::interior::{Style, follow};
use super::kernel::Want;
use super::problem::{Kind, Problem};
use super::start::start;
use std::sync::atomic::AtomicBool;

/// Ceilings, as multiples of the start.
const CEILINGS: [f64; 2] = [1e5, 1e8];
/// A relative gap below this is none; between the ceilings what must last may shrink to this part.
const GAP: f64 = 1e-5;
const KEPT: f64 = 0.5;
/// A relative gap of a market that rounding may leave.
const ROUNDING: f64 = 1e-11;
/// Within sight of the ceiling.
const NEAR: f64 = 0.05;
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

/// The first names of a list.
pub fn few(names: &[&str]) -> String {
    some(names, "other prices")
}

fn some(names: &[&str], others: &str) -> String {
    const SHOWN: usize = 6;
    let more = if names.len() > SHOWN { format!(" and {} {others}", names.len() - SHOWN) } else { String::new() };
    format!("{}{more}", names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", "))
}

/// Solves the economy under two ceilings, from several starts, and compares.
pub fn look(engine: &mut Engine, params: &[f64], interrupt: &AtomicBool) -> Finding {
    let mut seen: Option<(Vec<usize>, Vec<Position>)> = None;
    let mut agree = 0;
    let mut shown = Vec::new();
    for variant in 0..8 {
        let from = start(engine, params, variant);
        let mut low: Option<(Vec<f64>, Bounded)> = None;
        let mut pair = None;
        for top in CEILINGS {
            let path = follow(engine, &from, Style { mu: 1.0, top, iterations: 250, fall: 0.3 }, interrupt);
            if path.residual.is_nan() || path.residual >= 1e-5 {
                break;
            }
            let here = bounded(engine, &path.z, &from, top);
            if here.at_top.is_empty() {
                return Finding::Inside { z: path.z };
            }
            match low.take() {
                None => low = Some((path.z, here)),
                Some(before) => pair = Some((before, path, here)),
            }
        }
        let Some(((z, before), path, here)) = pair else { continue };
        let Some(rising) = lasting(engine.problem, (&z, before), (&path.z, here)) else { return Finding::Nothing };
        if !certain(engine, &rising, &z, &path.z, &path.positions) {
            return Finding::Nothing;
        }
        match &seen {
            Some((same, _)) if *same != rising => return Finding::Nothing,
            Some(_) => {}
            None => {
                seen = Some((rising, path.positions));
                shown = path.z;
            }
        }
        agree += 1;
        if agree == 3 {
            break;
        }
    }
    match seen {
        Some((rising, positions)) if agree >= 2 => Finding::Unbounded { words: words(engine, &rising, &positions), z: shown, positions },
        _ => Finding::Nothing,
    }
}

/// What an economy with ceilings shows at its equilibrium.
struct Bounded {
    /// Unknowns near their artificial ceiling.
    at_top: Vec<usize>,
    /// The value of what is demanded beyond supply, over the prices among them. At given prices this is the income that finds nothing to buy.
    unmet: f64,
    /// Those of the others whose equation keeps a gap, and the gap.
    gaps: Vec<(usize, f64)>,
}

fn bounded(engine: &Engine, z: &[f64], from: &[f64], top: f64) -> Bounded {
    let problem = engine.problem;
    let mut out = Bounded { at_top: Vec::new(), unmet: 0.0, gaps: Vec::new() };
    for (k, unknown) in problem.unknowns.iter().enumerate() {
        let Some(equation) = unknown.equation.filter(|_| unknown.upper == f64::INFINITY) else { continue };
        if z[k] - unknown.lower < NEAR * top * (from[k] - unknown.lower) {
            continue;
        }
        out.at_top.push(k);
        let gap = -engine.residuals[equation].value;
        let (left, right) = problem.tape.sides[equation];
        match unknown.kind {
            Kind::Price if gap > ROUNDING => out.unmet += z[k] * (engine.value(right) - engine.value(left)),
            Kind::Price => {}
            _ if gap > GAP => out.gaps.push((k, gap)),
            _ => {}
        }
    }
    out
}

/// What rises with the ceiling, if what keeps it there lasts.
fn lasting(problem: &Problem, (low, before): (&[f64], Bounded), (high, after): (&[f64], Bounded)) -> Option<Vec<usize>> {
    let growth = (CEILINGS[1] / CEILINGS[0]).sqrt();
    let unmet = before.unmet > 0.0 && after.unmet > KEPT * before.unmet;
    let kept = |k: usize| after.gaps.iter().any(|(at, gap)| *at == k && before.gaps.iter().any(|(b, old)| b == at && *gap > KEPT * old));
    let rises = |k: usize| {
        let price = problem.unknowns[k].kind == Kind::Price;
        problem.unknowns[k].upper == f64::INFINITY && high[k] > growth * low[k] && if price { unmet && high[k] > growth } else { kept(k) }
    };
    let rising: Vec<usize> = (0..high.len()).filter(|k| rises(*k)).collect();
    (!rising.is_empty()).then_some(rising)
}

/// Rates of change of all slots at a point as the ceiling rises, in logs of it, along the way between two ceilings.
fn rates(engine: &mut Engine, at: &[f64], low: &[f64], high: &[f64]) -> Vec<f64> {
    let problem = engine.problem;
    let growth = (CEILINGS[1] / CEILINGS[0]).ln();
    engine.evaluate(at, Want::Newton);
    let mut rates = vec![0.0; problem.tape.block.slots];
    for (k, unknown) in problem.unknowns.iter().enumerate() {
        let in_logs = low[k] > 0.0 && high[k] > 0.0 && unknown.upper == f64::INFINITY;
        rates[unknown.slot as usize] = if in_logs { at[k] * (high[k] / low[k]).ln() / growth } else { (high[k] - low[k]) / growth };
    }
    engine.work.tangent(&problem.tape.block, problem.tape.fixed..problem.tape.main, 0, &mut rates);
    rates
}

/// Whether what keeps the unknowns `rising` at their ceilings lasts at any height: cost cannot rise enough beyond the ceilings to close the gap, what
/// is used keeps its value, and no supply is on its way.
fn certain(engine: &mut Engine, rising: &[usize], low: &[f64], high: &[f64], positions: &[Position]) -> bool {
    let problem = engine.problem;
    let growth = (CEILINGS[1] / CEILINGS[0]).ln();
    // Elasticity of the left side relative to the right one, of each, and the gap.
    let mut looks = [low, high].map(|at| {
        let rates = rates(engine, at, low, high);
        let log = |slot: u32| if rates[slot as usize] == 0.0 { 0.0 } else { rates[slot as usize] / engine.value(slot) };
        let sides: Vec<(f64, f64)> = problem.tape.sides.iter().map(|(l, r)| (log(*l), log(*r))).collect();
        let gaps: Vec<f64> = engine.residuals.iter().map(|r| -r.value).collect();
        let supplies: Vec<f64> = problem.tape.sides.iter().map(|(l, _)| engine.value(*l)).collect();
        (sides, gaps, supplies)
    });
    let [(before, ..), (after, gaps, supplies)] = &mut looks;
    let own = |k: usize| (high[k] / low[k]).ln() / growth;
    rising.iter().all(|k| {
        let Some(i) = problem.unknowns[*k].equation else { return false };
        let ((l0, r0), (l, r)) = (before[i], after[i]);
        match problem.unknowns[*k].kind {
            Kind::Activity => {
                let (first, last) = ((l0 - r0).max(0.0), (l - r).max(0.0));
                // An elasticity that falls like a power of the ceiling leaves so much of a rise.
                let fall = (first / last).ln() / growth;
                last == 0.0 || fall > 0.01 && gaps[i] > 3.0 * last / fall
            }
            Kind::Price => {
                let supplied = supplies[i] > 0.0 && l + own(*k) > 1e-9;
                let idle = problem.relations.iter().enumerate().filter(|(_, relation)| {
                    relation.partner.is_some_and(|j| problem.unknowns[j].kind == Kind::Activity && positions[j] == Position::Lower)
                });
                let starting = idle.into_iter().any(|(j, _)| after[j].0 - after[j].1 < -1e-6);
                !supplied && !starting && r + own(*k) > -1e-3
            }
            _ => false,
        }
    })
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
        parts.push(format!("{} would rise without bound against the nominal anchor: use exceeds supply at any price", few(&prices)));
    }
    let others: Vec<&str> =
        high.iter().map(|k| &unknowns[*k]).filter(|u| !matches!(u.kind, Kind::Activity | Kind::Price)).map(|u| u.name.as_str()).collect();
    if !others.is_empty() {
        parts.push(format!("{} would grow without bound", others.join(", ")));
    }
    let full: Vec<&str> =
        unknowns.iter().zip(positions).filter(|(u, p)| u.kind == Kind::Margin && **p == Position::Upper).map(|(u, _)| u.name.as_str()).collect();
    if !full.is_empty() {
        parts.push(format!("{} at its upper bound all the same", some(&full, "others")));
    }
    parts.join("; ")
}
