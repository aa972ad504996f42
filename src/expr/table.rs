//! Schedules by points: piecewise linear, or monotone cubic.
//!
//! Knots come as `x0, y0, x1, y1, …` with rising x. The cubic is Hermite with slopes after Fritsch and Carlson (1980), in the weighted harmonic
//! form of Fritsch and Butland (1984), so that it rises where the points rise. Outside its knots a schedule goes on along its end tangent.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// What table arithmetic needs: plain numbers, or numbers with one derivative.
pub trait Scalar: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self> {
    fn of(value: f64) -> Self;
    fn value(self) -> f64;
    /// Zero, and staying so.
    fn is_zero(self) -> bool;
}

impl Scalar for f64 {
    fn of(value: f64) -> Self {
        value
    }
    fn value(self) -> f64 {
        self
    }
    fn is_zero(self) -> bool {
        self == 0.0
    }
}

/// A number with its derivative in one direction.
#[derive(Clone, Copy, Debug)]
pub struct Dual {
    pub v: f64,
    pub d: f64,
}

impl Add for Dual {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Dual { v: self.v + o.v, d: self.d + o.d }
    }
}
impl Sub for Dual {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Dual { v: self.v - o.v, d: self.d - o.d }
    }
}
impl Mul for Dual {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        Dual { v: self.v * o.v, d: self.d * o.v + self.v * o.d }
    }
}
impl Div for Dual {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        let v = self.v / o.v;
        Dual { v, d: (self.d - v * o.d) / o.v }
    }
}
impl Neg for Dual {
    type Output = Self;
    fn neg(self) -> Self {
        Dual { v: -self.v, d: -self.d }
    }
}
impl Scalar for Dual {
    fn of(value: f64) -> Self {
        Dual { v: value, d: 0.0 }
    }
    fn value(self) -> f64 {
        self.v
    }
    fn is_zero(self) -> bool {
        self.v == 0.0 && self.d == 0.0
    }
}

/// Which piece of the table holds x: the right one at a knot, the outermost beyond the ends.
pub fn segment<T: Scalar>(knots: &[T], x: f64) -> usize {
    let pieces = (knots.len() / 2).saturating_sub(1);
    (1..pieces).take_while(|k| knots[2 * k].value() <= x).count()
}

/// Where a point lies in its table, for tables with at least two knots.
#[derive(Clone, Copy)]
pub struct Piece {
    pub smooth: bool,
    pub segment: usize,
}

/// Value, slope, and integral from 0 of a table at x, on the given piece (extended beyond its ends if x is outside it).
///
/// A table with fewer than two knots is NaN.
pub fn parts<T: Scalar>(knots: &[T], piece: Piece, x: T) -> [T; 3] {
    if knots.len() < 4 || piece.segment + 1 >= knots.len() / 2 {
        return [T::of(f64::NAN); 3];
    }
    let [value, slope, mut area] = local(knots, piece, x);
    for k in 0..piece.segment {
        area = area + local(knots, Piece { segment: k, ..piece }, knots[2 * k + 2])[2];
    }
    // Areas above are from the first knot; the integral asked for is from 0.
    if !knots[0].is_zero() {
        let zero = T::of(0.0);
        let at = segment(knots, 0.0);
        let mut from_first = local(knots, Piece { segment: at, ..piece }, zero)[2];
        for k in 0..at {
            from_first = from_first + local(knots, Piece { segment: k, ..piece }, knots[2 * k + 2])[2];
        }
        area = area - from_first;
    }
    [value, slope, area]
}

/// Value, slope, and integral from the left end of the piece; outside the whole table the end tangent continues.
fn local<T: Scalar>(knots: &[T], piece: Piece, x: T) -> [T; 3] {
    let k = piece.segment;
    let (x0, y0, x1, y1) = (knots[2 * k], knots[2 * k + 1], knots[2 * k + 2], knots[2 * k + 3]);
    let h = x1 - x0;
    let secant = (y1 - y0) / h;
    let u = x - x0;
    let half = T::of(0.5);
    if !piece.smooth {
        return [y0 + secant * u, secant, y0 * u + half * secant * u * u];
    }
    let (m0, m1) = (slope_at(knots, k), slope_at(knots, k + 1));
    let last = knots.len() / 2 - 2;
    if k == 0 && u.value() < 0.0 {
        return [y0 + m0 * u, m0, y0 * u + half * m0 * u * u];
    }
    let cubic = |u: T| {
        let c2 = (T::of(3.0) * secant - T::of(2.0) * m0 - m1) / h;
        let c3 = (m0 + m1 - T::of(2.0) * secant) / (h * h);
        [
            y0 + u * (m0 + u * (c2 + u * c3)),
            m0 + u * (T::of(2.0) * c2 + T::of(3.0) * c3 * u),
            u * (y0 + u * (half * m0 + u * (c2 / T::of(3.0) + T::of(0.25) * c3 * u))),
        ]
    };
    if k == last && u.value() > h.value() {
        let over = u - h;
        let area = cubic(h)[2];
        return [y1 + m1 * over, m1, area + y1 * over + half * m1 * over * over];
    }
    cubic(u)
}

/// Slope of the monotone cubic at a knot.
fn slope_at<T: Scalar>(knots: &[T], k: usize) -> T {
    let n = knots.len() / 2;
    let h = |i: usize| knots[2 * i + 2] - knots[2 * i];
    let s = |i: usize| (knots[2 * i + 3] - knots[2 * i + 1]) / h(i);
    if n == 2 {
        return s(0);
    }
    if k == 0 {
        return end_slope(h(0), h(1), s(0), s(1));
    }
    if k == n - 1 {
        return end_slope(h(n - 2), h(n - 3), s(n - 2), s(n - 3));
    }
    let (a, b) = (s(k - 1), s(k));
    if a.value() * b.value() <= 0.0 {
        return T::of(0.0);
    }
    let two = T::of(2.0);
    let (w1, w2) = (two * h(k) + h(k - 1), h(k) + two * h(k - 1));
    (w1 + w2) / (w1 / a + w2 / b)
}

/// Three-point slope at an end, limited so that the end piece stays monotone.
fn end_slope<T: Scalar>(h0: T, h1: T, s0: T, s1: T) -> T {
    let m = ((T::of(2.0) * h0 + h1) * s0 - h0 * s1) / (h0 + h1);
    if m.value() * s0.value() <= 0.0 {
        T::of(0.0)
    } else if s0.value() * s1.value() <= 0.0 && m.value().abs() > 3.0 * s0.value().abs() {
        T::of(3.0) * s0
    } else {
        m
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOTS: [f64; 8] = [0.0, 1.0, 0.25, 1.2, 0.6, 1.9, 1.0, 3.4];

    fn at(smooth: bool, x: f64) -> [f64; 3] {
        parts(&KNOTS, Piece { smooth, segment: segment(&KNOTS, x) }, x)
    }

    #[test]
    fn linear_values_slopes_and_areas() {
        assert_eq!(segment(&KNOTS, 0.25), 1);
        assert_eq!(segment(&KNOTS, 1.0), 2);
        let [v, s, a] = at(false, 0.5);
        assert!((v - 1.7).abs() < 1e-15 && (s - 2.0).abs() < 1e-14);
        assert!((a - (0.25 * 1.1 + 0.25 * 1.45)).abs() < 1e-15);
        let left = parts(&KNOTS, Piece { smooth: false, segment: 0 }, 0.25);
        assert!((left[1] - 0.8).abs() < 1e-14 && (left[0] - 1.2).abs() < 1e-15);
        assert!((at(false, 1.2)[0] - 4.15).abs() < 1e-14);
    }

    #[test]
    fn the_cubic_is_smooth_monotone_and_integrated_exactly() {
        let mut last = 0.0;
        for i in 0..=120 {
            let x = i as f64 / 100.0;
            let [v, s, a] = at(true, x);
            assert!(v > last && s >= 0.0);
            last = v;
            let h = 1e-5;
            let difference = (at(true, x + h)[0] - at(true, x - h)[0]) / (2.0 * h);
            assert!((s - difference).abs() < 2e-4, "slope at {x}: {s} against {difference}");
            let area = (at(true, x + h)[2] - at(true, x - h)[2]) / (2.0 * h);
            assert!((v - area).abs() < 1e-8 && (x > 0.0 || a == 0.0));
        }
        for k in 0..4 {
            assert!((at(true, KNOTS[2 * k])[0] - KNOTS[2 * k + 1]).abs() < 1e-14);
        }
    }

    #[test]
    fn knots_may_start_elsewhere_than_at_zero() {
        let knots = [-0.5, 0.5, 0.5, 1.5, 2.0, 3.0];
        for x in [-1.0, -0.2, 0.0, 0.4, 1.1, 2.5] {
            let area = parts(&knots, Piece { smooth: false, segment: segment(&knots, x) }, x)[2];
            assert!((area - (x + 0.5 * x * x)).abs() < 1e-14);
        }
    }

    #[test]
    fn derivatives_in_knots_agree_with_differences() {
        let h = 1e-7;
        for smooth in [false, true] {
            for k in 0..8 {
                let x = 0.45;
                let piece = Piece { smooth, segment: 1 };
                let dual: Vec<Dual> = KNOTS.iter().enumerate().map(|(i, v)| Dual { v: *v, d: f64::from(u8::from(i == k)) }).collect();
                let exact = parts(&dual, piece, Dual::of(x));
                let shifted = |by: f64| {
                    let mut knots = KNOTS;
                    knots[k] += by;
                    parts(&knots, piece, x)
                };
                let (up, down) = (shifted(h), shifted(-h));
                for part in 0..3 {
                    assert!((exact[part].d - (up[part] - down[part]) / (2.0 * h)).abs() < 1e-6);
                }
            }
        }
    }
}
