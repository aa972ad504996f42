//! Numbers as people read them.

use std::fmt::Write;

/// How many significant digits are shown.
#[derive(Clone, Copy, Debug)]
pub struct Digits(pub usize);

impl Default for Digits {
    fn default() -> Self {
        Digits(4)
    }
}

impl Digits {
    /// A value: `n` significant digits below 1, one more above, so that columns of mixed size read evenly.
    pub fn value(self, v: f64) -> String {
        if !v.is_finite() {
            return if v.is_nan() {
                "–".into()
            } else if v > 0.0 {
                "∞".into()
            } else {
                "−∞".into()
            };
        }
        if v == 0.0 {
            return "0".into();
        }
        let n = self.0.max(1) as i32;
        let magnitude = v.abs().log10().floor() as i32;
        if !(-5..9).contains(&magnitude) {
            return minus(&format!("{v:.*e}", (n - 1).max(0) as usize));
        }
        let decimals = if magnitude < 0 { n - 1 - magnitude } else { (n - magnitude).max(0) };
        minus(&format!("{v:.*}", decimals as usize))
    }

    /// A value of which only the digits are shown that its relative error leaves.
    pub fn known(self, v: f64, error: Option<f64>) -> String {
        let Some(known) = error.map(digits_known).filter(|n| *n <= self.0) else { return self.value(v) };
        if known == 0 {
            return "unknown".into();
        }
        let magnitude = if v == 0.0 { 0 } else { v.abs().log10().floor() as i32 };
        // Where the last digit known stands before the point, noughts would claim more.
        if magnitude >= known as i32 {
            return minus(&format!("{v:.*e}", known - 1));
        }
        let decimals = known as i32 - 1 - magnitude;
        if (-5..9).contains(&magnitude) { minus(&format!("{v:.*}", decimals.max(0) as usize)) } else { minus(&format!("{v:.*e}", known - 1)) }
    }

    /// A value without the zeros that its rounding left at the end: for borders, shocked values, settings.
    pub fn short(self, v: f64) -> String {
        let text = Digits(self.0.max(6)).value(v);
        if text.contains('.') && !text.contains('e') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
    }

    /// With a sign, two decimals: percentages and log points.
    pub fn signed(self, v: f64) -> String {
        if !v.is_finite() {
            return "–".into();
        }
        let decimals = self.0.saturating_sub(2).max(2);
        let text = format!("{v:+.decimals$}");
        if text.trim_start_matches(['+', '-']).chars().all(|c| c == '0' || c == '.') {
            return "0".into();
        }
        minus(&text)
    }

    /// A residual: one significant digit.
    pub fn residual(self, v: f64) -> String {
        if v == 0.0 { "0".into() } else { minus(&format!("{v:.0e}")) }
    }
}

/// How many significant digits a relative error leaves, at most 15.
pub fn digits_known(error: f64) -> usize {
    if error.is_nan() {
        return 0;
    }
    // Half a unit of the last digit is what rounding to it leaves.
    (-(2.0 * error).log10()).floor().clamp(0.0, 15.0) as usize
}

/// A value without the digits that its relative error leaves open, two more kept so that differences stay smooth.
pub fn to_known(v: f64, error: Option<f64>) -> f64 {
    match error.map(|e| digits_known(e) + 2) {
        Some(digits) if digits < 15 && v.is_finite() => format!("{v:.*e}", digits - 1).parse().unwrap_or(v),
        _ => v,
    }
}

/// The typographic minus sign in place of the hyphen.
fn minus(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(rest) => format!("−{rest}"),
        None => text.to_string(),
    }
}

/// The shortest decimal text that reads back as the same number, in the language's own form.
pub fn exact(v: f64) -> String {
    let mut text = String::new();
    write_exact(&mut text, v);
    text
}

/// [`exact`] at the end of a text.
pub fn write_exact(out: &mut String, v: f64) {
    let start = out.len();
    // Writing to a string does not fail.
    let _ = write!(out, "{v}");
    if out.len() > start + 18 && v != 0.0 {
        out.truncate(start);
        let _ = write!(out, "{v:e}");
    }
}
