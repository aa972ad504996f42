//! Starting points: factors that earn alike, goods at the least cost of making them, activities that make what is used; or prices at the level of
//! the nominal anchors. Further ones are scattered around these by a fixed seed.
//!
//! Units of measurement do not matter to the first kind: where prices spread over many decades only because quantities do, it is near already.

use super::engine::Engine;
use super::kernel::Want;
use super::problem::{Kind, Problem};
use crate::system::Condition;

/// Rounds in which prices of goods pass on to what is made of them, and uses to what makes it.
const ROUNDS: usize = 12;
/// The part of a market that an industry gets whose cost is twice the least.
const DEARER: f64 = 1e-2;
/// The least part.
const IDLE: f64 = 1e-4;

/// The start in which factors earn alike, goods cost what making them does, and as much is made as is used; scattered by `variant`, 0 for not.
pub fn balanced(engine: &mut Engine, params: &[f64], variant: u64) -> Vec<f64> {
    let mut z = start(engine, params, variant);
    let endowments = endowments(engine);
    if endowments.is_empty() {
        return z;
    }
    let problem = engine.problem;
    let plain = |k: usize| problem.unknowns[k].start.is_none() && problem.unknowns[k].kind == Kind::Price;
    let mean = (endowments.iter().map(|(_, e)| e.ln()).sum::<f64>() / endowments.len() as f64).exp();
    for (market, endowment) in &endowments {
        if let Some(k) = problem.relations[*market].partner.filter(|k| plain(*k)) {
            z[k] *= mean / endowment;
        }
    }
    let makers = makers(problem);
    let given: Vec<(u32, u32)> = problem
        .relations
        .iter()
        .zip(&problem.tape.sides)
        .filter(|(r, sides)| r.condition == Condition::ZeroProfit && !makers.iter().any(|m| m.right == sides.1))
        .map(|(_, sides)| *sides)
        .collect();
    if !given.is_empty() && !problem.anchors.is_empty() {
        level_with(engine, &mut z, &given, &plain);
    }
    for _ in 0..ROUNDS {
        engine.evaluate(&z, Want::Values);
        let mut moved = 0.0f64;
        for k in 0..z.len() {
            let costs = makers.iter().filter(|m| m.price == k).map(|m| engine.value(m.left));
            let least = costs.filter(|c| *c > 0.0 && c.is_finite()).fold(f64::INFINITY, f64::min);
            if least.is_finite() && plain(k) {
                moved = moved.max((least / z[k]).ln().abs());
                z[k] = least;
            }
        }
        if moved < 1e-3 {
            break;
        }
    }
    // Each industry gets its part of all income, one whose cost is above its price less.
    let income: f64 = endowments.iter().filter_map(|(i, e)| Some(e * z[problem.relations[*i].partner?])).sum();
    let industries = problem.relations.iter().zip(&problem.tape.sides).filter(|(r, _)| r.condition == Condition::ZeroProfit);
    let industries: Vec<(usize, f64, f64)> = industries.filter_map(|(r, (l, p))| Some((r.partner?, engine.value(*l), engine.value(*p)))).collect();
    for (k, cost, price) in &industries {
        let unknown = &problem.unknowns[*k];
        let made = income / cost / industries.len() as f64;
        if made > 0.0 && made.is_finite() && unknown.start.is_none() && unknown.lower == 0.0 {
            let share = (cost / price).powf(DEARER.log2()).clamp(IDLE, 1.0);
            z[*k] = if variant == 0 { made * share } else { z[*k] * made * share };
        }
    }
    for _ in 0..ROUNDS {
        engine.evaluate(&z, Want::Values);
        let mut moved = 0.0f64;
        for m in &makers {
            let Some(market) = problem.unknowns[m.price].equation else { continue };
            let (l, r) = problem.tape.sides[market];
            let ratio = engine.value(r) / engine.value(l);
            if ratio > 0.0 && ratio.is_finite() && problem.unknowns[m.activity].start.is_none() {
                moved = moved.max(ratio.ln().abs());
                z[m.activity] *= ratio;
            }
        }
        if moved < 1e-2 {
            break;
        }
    }
    z
}

/// An industry whose product has a price that is an unknown.
pub struct Maker {
    pub activity: usize,
    pub price: usize,
    /// Slots of unit cost and price.
    pub left: u32,
    right: u32,
}

pub fn makers(problem: &Problem) -> Vec<Maker> {
    let maker = |(i, relation): (usize, &super::problem::Relation)| {
        let (left, right) = problem.tape.sides[i];
        let price = problem.unknowns.iter().position(|u| u.kind == Kind::Price && u.slot == right)?;
        Some(Maker { activity: relation.partner?, price, left, right })
    };
    problem.relations.iter().enumerate().filter(|(_, r)| r.condition == Condition::ZeroProfit).filter_map(maker).collect()
}

/// Multiplies factor prices so that nothing sold at a given price costs less, and something just that.
fn level_with(engine: &mut Engine, z: &mut [f64], given: &[(u32, u32)], plain: &dyn Fn(usize) -> bool) {
    engine.evaluate(z, Want::Values);
    let ratios = given.iter().map(|(l, r)| engine.value(*r) / engine.value(*l)).filter(|x| x.is_finite());
    let factor = ratios.fold(0.0, f64::max);
    if factor > 0.0 {
        (0..z.len()).filter(|k| plain(*k)).for_each(|k| z[k] *= factor);
    }
}

/// The markets of given supplies that are not zero, with these.
pub fn endowments(engine: &Engine) -> Vec<(usize, f64)> {
    let problem = engine.problem;
    let markets = problem.relations.iter().enumerate().filter(|(_, r)| r.given && r.condition == Condition::Market && r.partner.is_some());
    markets.map(|(i, _)| (i, engine.value(problem.tape.sides[i].0))).filter(|(_, e)| *e > 0.0 && e.is_finite()).collect()
}

/// Start number `variant` (0 is the plain one) for the parameters that the engine holds: prices at the level of the anchors.
pub fn start(engine: &mut Engine, params: &[f64], variant: u64) -> Vec<f64> {
    let problem = engine.problem;
    let level = price_level(problem, params);
    let spread = if variant == 0 { 0.0 } else { 0.4 * (1 + variant % 6) as f64 };
    let mut z: Vec<f64> = problem
        .unknowns
        .iter()
        .map(|u| {
            // By name: the same wherever the unknown stands in the file.
            let mut random = SplitMix(variant.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ seed(&u.name));
            let factor = (spread * random.normal()).exp();
            match u.start {
                Some(start) if variant % 3 != 2 && start > u.lower && start < u.upper => start,
                _ => {
                    let (low, high) = (u.lower > f64::NEG_INFINITY, u.upper < f64::INFINITY);
                    match (low, high) {
                        (true, true) => u.lower + (u.upper - u.lower) * (0.4 * factor / (0.6 + 0.4 * factor)),
                        (true, false) if u.kind == Kind::Price => u.lower + level * factor,
                        (true, false) => u.lower + factor,
                        (false, true) => u.upper - factor,
                        (false, false) => spread * random.normal(),
                    }
                }
            }
        })
        .collect();
    scale_activities(engine, &mut z);
    z
}

/// Geometric mean of the anchors.
pub fn price_level(problem: &Problem, params: &[f64]) -> f64 {
    let logs: Vec<f64> =
        problem.anchors.iter().filter_map(|s| params.get(s.index()).copied().filter(|v| *v > 0.0 && v.is_finite())).map(f64::ln).collect();
    if logs.is_empty() { 1.0 } else { (logs.iter().sum::<f64>() / logs.len() as f64).exp() }
}

/// Multiplies all activities by the mean ratio of what is there to what is used, over the markets of given supplies.
fn scale_activities(engine: &mut Engine, z: &mut [f64]) {
    let problem = engine.problem;
    for _ in 0..2 {
        engine.evaluate(z, Want::Values);
        let mut logs = Vec::new();
        for (i, relation) in problem.relations.iter().enumerate() {
            if relation.condition != Condition::Market {
                continue;
            }
            let (l, r) = problem.tape.sides[i];
            let (supply, use_) = (engine.value(l), engine.value(r));
            if relation.given && supply > 0.0 && use_ > 0.0 && supply.is_finite() && use_.is_finite() {
                logs.push((supply / use_).ln());
            }
        }
        if logs.is_empty() {
            return;
        }
        let factor = (logs.iter().sum::<f64>() / logs.len() as f64).exp();
        for (value, unknown) in z.iter_mut().zip(&problem.unknowns) {
            if unknown.kind == Kind::Activity && unknown.start.is_none() && unknown.upper == f64::INFINITY {
                *value = unknown.lower + (*value - unknown.lower) * factor;
            }
        }
    }
}

/// FNV-1a.
fn seed(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3))
}

/// A small generator with a fixed sequence for each seed.
pub struct SplitMix(pub u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// Uniform in (0, 1).
    pub fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// 1 or −1.
    pub fn sign(&mut self) -> f64 {
        if self.uniform() < 0.5 { 1.0 } else { -1.0 }
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}
