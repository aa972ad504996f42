//! Axes: range, linear or logarithmic scale, and ticks at round numbers.

use super::{number, text::Label};

/// How values become distances along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Linear,
    /// Values that are not positive have no place and are left out.
    Log,
}

/// An axis as the author of a figure describes it.
#[derive(Clone, Debug)]
pub struct Axis {
    pub label: Label,
    pub scale: Scale,
    /// Fixed limits; from the data where there are none or these are not usable.
    pub range: Option<(f64, f64)>,
    /// Names at given values in place of numbers.
    pub ticks: Option<Vec<(f64, Label)>>,
    /// Whether the axis starts from zero even where the data do not reach it.
    pub zero: bool,
}

impl Axis {
    /// A linear axis over the range of the data.
    pub fn new(label: impl Into<Label>) -> Self {
        Axis { label: label.into(), scale: Scale::Linear, range: None, ticks: None, zero: false }
    }

    /// The same axis in logarithms.
    pub fn in_logs(mut self) -> Self {
        self.scale = Scale::Log;
        self
    }

    /// The same axis with fixed limits.
    pub fn between(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// The same axis, with zero in view.
    pub fn from_zero(mut self) -> Self {
        self.zero = true;
        self
    }

    /// The same axis with names in place of numbers.
    pub fn named(mut self, ticks: Vec<(f64, Label)>) -> Self {
        self.ticks = Some(ticks);
        self
    }

    pub(crate) fn log(&self) -> bool {
        self.scale == Scale::Log
    }
}

/// Values larger than this cannot be subtracted from each other safely; smaller than its inverse are zero to a reader.
const LARGEST: f64 = 1e300;

/// The place of one value on an axis.
#[derive(Clone, Debug)]
pub(crate) struct Tick {
    /// Distance from the low end as a fraction of the axis.
    pub place: f64,
    pub label: Label,
}

/// An axis with its limits settled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    log: bool,
    /// Limits in the measure in which the axis is linear.
    low: f64,
    high: f64,
}

impl Range {
    /// Limits that hold the data; `pad` is the share of the range that is left free at each end that data determine.
    pub fn of(axis: &Axis, values: &[f64], zero: bool, pad: f64) -> Self {
        let log = axis.log();
        let usable = |v: f64| v.is_finite() && v.abs() <= LARGEST && (!log || v >= 1.0 / LARGEST);
        if let Some((a, b)) = axis.range.filter(|(a, b)| usable(*a) && usable(*b) && a != b) {
            let (low, high) = (measure(log, a.min(b)), measure(log, a.max(b)));
            if high > low {
                return Range { log, low, high };
            }
        }
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for v in values.iter().copied().filter(|v| usable(*v)) {
            low = low.min(measure(log, v));
            high = high.max(measure(log, v));
        }
        if low > high {
            return Range { log, low: 0.0, high: 1.0 };
        }
        let size = low.abs().max(high.abs());
        // A constant with rounding noise is a constant, not a landscape.
        if high - low <= 1e-9 * size || high - low < 1.0 / LARGEST {
            let half = if log || size == 0.0 { 0.5 } else { 0.1 * size };
            return Range { log, low: low - half, high: high + half };
        }
        let (data_low, data_high) = (low, high);
        low -= pad * (data_high - data_low);
        high += pad * (data_high - data_low);
        if !log {
            let near = |edge: f64, far: f64| edge >= 0.0 && edge <= 0.15 * far;
            if zero || axis.zero || near(data_low, data_high) || near(-data_high, -data_low) {
                if data_low >= 0.0 {
                    low = 0.0;
                } else if data_high <= 0.0 {
                    high = 0.0;
                }
            }
        }
        Range { log, low, high }
    }

    /// Distance from the low end as a fraction of the axis; outside 0 … 1 for values out of view, none where the axis has no place for it.
    pub fn place(&self, value: f64) -> Option<f64> {
        if !value.is_finite() || self.log && value <= 0.0 {
            return None;
        }
        let place = (measure(self.log, value.clamp(-LARGEST, LARGEST)) - self.low) / (self.high - self.low);
        place.is_finite().then_some(place)
    }

    /// Ticks at round numbers, about `count` of them.
    pub fn ticks(&self, axis: &Axis, count: usize) -> Vec<Tick> {
        if let Some(ticks) = &axis.ticks {
            let in_view = |p: &f64| (-1e-9..=1.0 + 1e-9).contains(p);
            return ticks.iter().filter_map(|(v, label)| self.place(*v).filter(in_view).map(|place| Tick { place, label: label.clone() })).collect();
        }
        let count = count.clamp(2, 50);
        if self.log && self.high - self.low >= 1.0 { self.decades(count) } else { self.even(count) }
    }

    fn even(&self, count: usize) -> Vec<Tick> {
        let (low, high) = if self.log { (10f64.powf(self.low), 10f64.powf(self.high)) } else { (self.low, self.high) };
        let (mut step, mut exponent) = round_step((high - low) / count as f64);
        let within = |step: f64| ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
        // One number on an axis does not say how far apart things are.
        for _ in 0..2 {
            if within(step).1 - within(step).0 < 1.0 {
                (step, exponent) = round_step(0.4 * step);
            }
        }
        if !(step > 0.0 && step.is_finite()) {
            return Vec::new();
        }
        let (first, last) = within(step);
        let largest = low.abs().max(high.abs());
        // One power of ten for the whole axis, so that its labels can be compared at sight.
        let power = if (1e-3..1e6).contains(&largest) { 0 } else { largest.log10().floor() as i32 };
        let mut ticks = Vec::new();
        let mut n = first;
        while n <= last && ticks.len() < 100 {
            let value = if n == 0.0 { 0.0 } else { n * step };
            let label = if power == 0 || value == 0.0 {
                number::fixed(value, if value == 0.0 && power != 0 { 0 } else { (-exponent).max(0) as usize })
            } else {
                // 10^power may be subnormal or overflow; both halves are harmless.
                let mantissa = value / 10f64.powi(power / 2) / 10f64.powi(power - power / 2);
                number::power_of_ten(&number::fixed(mantissa, (power - exponent).max(0) as usize), power)
            };
            if let Some(place) = self.place(value) {
                ticks.push(Tick { place: place.clamp(0.0, 1.0), label: Label::from(label) });
            }
            n += 1.0;
        }
        ticks
    }

    fn decades(&self, count: usize) -> Vec<Tick> {
        let span = self.high - self.low;
        let every = (span / count as f64).ceil().max(1.0);
        let mantissas: &[f64] = if span * 3.0 <= count as f64 * 1.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let mut ticks = Vec::new();
        let mut decade = (self.low / every).floor() * every;
        while decade <= self.high + 1e-9 && ticks.len() < 100 {
            for m in mantissas {
                let place = (decade + m.log10() - self.low) / span;
                if (-1e-9..=1.0 + 1e-9).contains(&place) {
                    let label = if (-3.0..6.0).contains(&decade) {
                        number::fixed(m * 10f64.powf(decade), (-decade).max(0.0) as usize)
                    } else {
                        number::power_of_ten(&number::fixed(*m, 0), decade as i32)
                    };
                    ticks.push(Tick { place: place.clamp(0.0, 1.0), label: Label::from(label) });
                }
            }
            decade += every;
        }
        ticks
    }
}

fn measure(log: bool, value: f64) -> f64 {
    if log {
        value.log10()
    } else if value.abs() < 1.0 / LARGEST {
        0.0
    } else {
        value
    }
}

/// The smallest of 1, 2, 5 × 10ᵏ that is no smaller than a step, and the power of its last digit.
fn round_step(step: f64) -> (f64, i32) {
    let power = step.log10().floor();
    let unit = 10f64.powf(power);
    let (mantissa, carry) = match step / unit {
        m if m <= 1.0 + 1e-9 => (1.0, 0),
        m if m <= 2.0 + 1e-9 => (2.0, 0),
        m if m <= 5.0 + 1e-9 => (5.0, 0),
        _ => (1.0, 1),
    };
    let power = power as i32 + carry;
    // 5 × 10ᵏ from text is exact where the product would carry a rounding error into the labels.
    let step = format!("{mantissa}e{power}").parse().map_or(f64::NAN, |s| s);
    (step, power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: Axis, values: &[f64], count: usize) -> Vec<String> {
        let range = Range::of(&axis, values, false, 0.0);
        range.ticks(&axis, count).iter().map(|t| t.label.unicode()).collect()
    }

    #[test]
    fn linear_ticks_are_round() {
        assert_eq!(labels(Axis::new("x"), &[1.1, 1.5], 4), ["1.1", "1.2", "1.3", "1.4", "1.5"]);
        assert_eq!(labels(Axis::new("x"), &[-1.0, 1.0], 4), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels(Axis::new("x"), &[0.0, 3e7], 3), ["0", "1×10⁷", "2×10⁷", "3×10⁷"].map(|s| s.replace("1×", "")));
    }

    #[test]
    fn an_axis_has_two_numbers_at_least() {
        assert_eq!(labels(Axis::new("x"), &[0.6, 1.45], 2), ["0.6", "0.8", "1.0", "1.2", "1.4"]);
    }

    #[test]
    fn log_ticks_follow_the_span() {
        assert_eq!(labels(Axis::new("x").in_logs(), &[0.1, 10.0], 6), ["0.1", "0.2", "0.5", "1", "2", "5", "10"].map(String::from)[..].to_vec());
        assert_eq!(labels(Axis::new("x").in_logs(), &[1e-12, 1e12], 4), ["10⁻¹²", "10⁻⁶", "1", "10⁶", "10¹²"]);
        assert_eq!(labels(Axis::new("x").in_logs(), &[1.1, 1.5], 4), ["1.1", "1.2", "1.3", "1.4", "1.5"]);
    }

    #[test]
    fn odd_data_have_a_range() {
        for values in [&[][..], &[0.0], &[1.4223, 1.4223 + 1e-16], &[f64::NAN], &[-1e308, 1e308], &[5e-324, 0.0], &[-3.0]] {
            for axis in [Axis::new("x"), Axis::new("x").in_logs(), Axis::new("x").between(f64::NAN, 1.0), Axis::new("x").between(2.0, 1.0)] {
                let range = Range::of(&axis, values, false, 0.05);
                assert!(range.high > range.low && (range.high - range.low).is_finite(), "{values:?}");
                assert!(!range.ticks(&axis, 5).is_empty(), "{values:?} {axis:?} {range:?}");
            }
        }
    }

    #[test]
    fn noise_is_no_landscape() {
        let range = Range::of(&Axis::new("s"), &[1.4223, 1.4223 + 3e-16], false, 0.0);
        assert!(range.high - range.low > 0.1);
    }
}
