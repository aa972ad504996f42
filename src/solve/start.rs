//! Starting points: prices at the level of the nominal anchors, activities at a scale that uses what is endowed; further ones scattered around it
//! by a fixed seed.

use super::engine::Engine;
use super::kernel::Want;
use super::problem::{Kind, Problem};
use crate::system::Condition;

/// Start number `variant` (0 is the plain one) for the parameters that the engine holds.
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

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}
