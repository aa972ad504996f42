//! Numbers as a reader wants them on an axis or beside a point.

/// A value with `digits` significant digits, as label markup: `0.1992`, `−3.4`, `1.2×10^{9}`.
///
/// Trailing zeros go, the minus is a minus sign, negative zero is zero; powers of ten are used outside 10⁻⁴ … 10⁶.
pub fn significant(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "–".to_string();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".to_string() } else { "−∞".to_string() };
    }
    if value == 0.0 {
        return "0".to_string();
    }
    let digits = digits.clamp(1, 17);
    // The exponent after rounding: 9.9996 has one digit more than its logarithm says.
    let scientific = format!("{:.*e}", digits - 1, value);
    let (mantissa, exponent) = scientific.split_once('e').map_or((scientific.as_str(), 0), |(m, e)| (m, e.parse().map_or(0, |e: i32| e)));
    if !(-4..6).contains(&exponent) {
        return power_of_ten(&trim(mantissa), exponent);
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    minus(&trim(&format!("{value:.decimals$}")))
}

/// A value with a fixed number of decimals, as the ticks of one axis share it.
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.*}", decimals.min(17), value);
    if text.chars().all(|c| matches!(c, '-' | '0' | '.')) { text.trim_start_matches('-').to_string() } else { minus(&text) }
}

/// `mantissa × 10^exponent` as markup; a mantissa of 1 is left out.
pub fn power_of_ten(mantissa: &str, exponent: i32) -> String {
    match (mantissa, exponent) {
        (m, 0) => minus(m),
        ("1", e) => format!("10^{{{e}}}"),
        (m, e) => format!("{}×10^{{{e}}}", minus(m)),
    }
}

fn trim(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text.to_string() }
}

fn minus(text: &str) -> String {
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_significant() {
        assert_eq!(significant(0.199_234, 4), "0.1992");
        assert_eq!(significant(1.2, 4), "1.2");
        assert_eq!(significant(-116.372, 4), "−116.4");
        assert_eq!(significant(9.999_96, 4), "10");
        assert_eq!(significant(999_999.9, 4), "10^{6}");
        assert_eq!(significant(1.25e-7, 4), "1.25×10^{-7}");
        assert_eq!(significant(f64::NAN, 4), "–");
        assert_eq!(significant(-0.0, 4), "0");
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(fixed(-0.0, 2), "0.00");
        assert_eq!(fixed(-1e-9, 2), "0.00");
        assert_eq!(fixed(-0.5, 1), "−0.5");
    }
}
