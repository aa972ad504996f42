//! Points where shares add up, to see quickly that a polynomial has no fixed sign.

use super::assume::Assumptions;
use super::poly::Poly;
use std::collections::{BTreeMap, BTreeSet};

/// How many points are looked at.
const POINTS: u64 = 24;

/// Points in the interior of what the groups allow; the facts may fail there.
pub struct Samples {
    points: Vec<BTreeMap<u32, f64>>,
    /// Groups that share members cannot be sampled one by one: then there are no points.
    known: bool,
}

/// A fixed sequence of numbers in (0, 1).
fn unit(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (((*state >> 33) as f64) + 0.5) / (1u64 << 31) as f64
}

impl Samples {
    pub fn new(known: &Assumptions) -> Samples {
        let groups: Vec<Vec<u32>> = (0..known.groups().len()).map(|group| known.parts(group)).collect();
        let mut met = BTreeSet::new();
        let disjoint = groups.iter().flatten().all(|atom| met.insert(*atom));
        let point = |seed: u64| {
            let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mut point = BTreeMap::new();
            for parts in &groups {
                // Corners matter as much as the middle.
                let weights: Vec<f64> = parts.iter().map(|_| (6.0 * unit(&mut state)).exp()).collect();
                let sum: f64 = weights.iter().sum();
                point.extend(parts.iter().copied().zip(weights.iter().map(|weight| weight / sum)));
            }
            point
        };
        Samples { points: (1..=POINTS).map(point).collect(), known: disjoint }
    }

    /// Whether the polynomial is clearly positive at one point and clearly negative at another.
    pub fn mixed(&self, poly: &Poly, known: &Assumptions) -> bool {
        let (mut above, mut below) = (false, false);
        for sign in self.signs(poly, known) {
            above |= sign > 0;
            below |= sign < 0;
            if above && below {
                return true;
            }
        }
        false
    }

    /// Whether the polynomial is clearly negative at a point.
    pub fn negative(&self, poly: &Poly, known: &Assumptions) -> bool {
        self.signs(poly, known).any(|sign| sign < 0)
    }

    fn signs<'a>(&'a self, poly: &'a Poly, known: &'a Assumptions) -> impl Iterator<Item = i8> + 'a {
        let points = if self.known { self.points.as_slice() } else { &[] };
        points.iter().enumerate().map(move |(index, point)| {
            let at = |atom: u32| {
                let mut state = (u64::from(atom) << 16) ^ index as u64 ^ 0x5851_F42D;
                let free = || {
                    let _ = unit(&mut state);
                    let size = (8.0 * unit(&mut state) - 4.0).exp();
                    if known.is_nonnegative(atom) || unit(&mut state) < 0.5 { size } else { -size }
                };
                point.get(&atom).copied().unwrap_or_else(free)
            };
            let (value, scale) = poly.eval_at(at);
            if value.is_nan() || value.abs() <= 1e-9 * scale { 0 } else { value.signum() as i8 }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_add_up_and_refute() {
        let mut known = Assumptions::new();
        known.shares([0, 1], true).share(2).positive(3);
        let samples = Samples::new(&known);
        for point in &samples.points {
            assert!((point[&0] + point[&1] - 1.0).abs() < 1e-12 && point[&2] < 1.0);
        }
        let gap = Poly::atom(0).minus(&Poly::atom(2)).expect("small numbers");
        assert!(samples.mixed(&gap, &known));
        let sum = Poly::one().minus(&Poly::atom(0)).expect("small numbers");
        assert!(!samples.mixed(&sum, &known) && !samples.negative(&sum, &known));
        assert!(samples.mixed(&Poly::atom(4), &known) && !samples.mixed(&Poly::atom(3), &known));
    }
}
