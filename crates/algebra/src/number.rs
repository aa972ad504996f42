//! Exact rational numbers as they cross to the algebra worker and back.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// An integer: machine-sized where it fits, otherwise its decimal digits, which are carried but not computed with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Integer {
    Small(i128),
    Big(Box<str>),
}

/// A rational number in lowest terms, with a positive denominator.
///
/// Arithmetic is exact or `None`: numbers of more than 38 digits are carried, printed and evaluated, never computed with here.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rational {
    numerator: Integer,
    denominator: Integer,
}

fn gcd(first: u128, second: u128) -> u128 {
    let (mut a, mut b) = (first, second);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Integer {
    fn parse(text: &str) -> Option<Integer> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(text.parse().map_or_else(|_| Integer::Big(text.into()), Integer::Small))
    }

    fn is_negative(&self) -> bool {
        match self {
            Integer::Small(value) => *value < 0,
            Integer::Big(text) => text.starts_with('-'),
        }
    }

    fn negated(&self) -> Integer {
        match self {
            Integer::Small(value) => match value.checked_neg() {
                Some(negated) => Integer::Small(negated),
                None => Integer::Big(value.to_string().trim_start_matches('-').into()),
            },
            Integer::Big(text) => {
                let flipped = text.strip_prefix('-').map_or_else(|| format!("-{text}"), str::to_string);
                Integer::parse(&flipped).unwrap_or(Integer::Big(flipped.into()))
            }
        }
    }

    /// A mantissa and a power of ten, so that quotients of huge numbers do not overflow.
    fn scaled(&self) -> (f64, i32) {
        match self {
            Integer::Small(value) => (*value as f64, 0),
            Integer::Big(text) => {
                let kept = text.len().min(36);
                let mantissa = text.get(..kept).and_then(|digits| digits.parse().ok()).unwrap_or(f64::NAN);
                (mantissa, i32::try_from(text.len() - kept).unwrap_or(i32::MAX))
            }
        }
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Integer::Small(value) => write!(f, "{value}"),
            Integer::Big(text) => f.write_str(text),
        }
    }
}

impl Rational {
    pub const ZERO: Rational = Rational { numerator: Integer::Small(0), denominator: Integer::Small(1) };
    pub const ONE: Rational = Rational { numerator: Integer::Small(1), denominator: Integer::Small(1) };

    /// `numerator / denominator`; `None` for a zero denominator.
    pub fn new(numerator: i128, denominator: i128) -> Option<Rational> {
        if denominator == 0 {
            return None;
        }
        let common = i128::try_from(gcd(numerator.unsigned_abs(), denominator.unsigned_abs())).ok()?;
        let (mut top, mut bottom) = (numerator.checked_div(common)?, denominator.checked_div(common)?);
        if bottom < 0 {
            (top, bottom) = (top.checked_neg()?, bottom.checked_neg()?);
        }
        Some(Rational { numerator: Integer::Small(top), denominator: Integer::Small(bottom) })
    }

    /// The number that a decimal literal of `value` stands for (0.1 is 1/10); `None` for what is not finite or too fine.
    pub fn from_f64(value: f64) -> Option<Rational> {
        if !value.is_finite() {
            return None;
        }
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e')?;
        let exponent: i32 = exponent.parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let power = 10i128.checked_pow(shift.unsigned_abs())?;
        if shift < 0 { Rational::new(digits, power) } else { Rational::new(digits.checked_mul(power)?, 1) }
    }

    /// Reads `n` or `n/d` in decimal digits, in lowest terms already when they are too long for 38 digits.
    pub fn parse(text: &str) -> Option<Rational> {
        let (top, bottom) = text.split_once('/').unwrap_or((text, "1"));
        match (Integer::parse(top)?, Integer::parse(bottom)?) {
            (Integer::Small(top), Integer::Small(bottom)) => Rational::new(top, bottom),
            (numerator, denominator) if !denominator.is_negative() && denominator != Integer::Small(0) => Some(Rational { numerator, denominator }),
            _ => None,
        }
    }

    fn small(&self) -> Option<(i128, i128)> {
        match (&self.numerator, &self.denominator) {
            (Integer::Small(top), Integer::Small(bottom)) => Some((*top, *bottom)),
            _ => None,
        }
    }

    pub fn is_zero(&self) -> bool {
        self.numerator == Integer::Small(0)
    }

    pub fn is_one(&self) -> bool {
        *self == Rational::ONE
    }

    pub fn is_negative(&self) -> bool {
        self.numerator.is_negative()
    }

    pub fn is_positive(&self) -> bool {
        !self.is_zero() && !self.is_negative()
    }

    /// Whether the denominator is 1.
    pub fn is_integer(&self) -> bool {
        self.denominator == Integer::Small(1)
    }

    /// Numerator and denominator in decimal digits.
    pub fn parts(&self) -> (String, String) {
        (self.numerator.to_string(), self.denominator.to_string())
    }

    pub fn negated(&self) -> Rational {
        Rational { numerator: self.numerator.negated(), denominator: self.denominator.clone() }
    }

    pub fn abs(&self) -> Rational {
        if self.is_negative() { self.negated() } else { self.clone() }
    }

    pub fn checked_add(&self, other: &Rational) -> Option<Rational> {
        let ((a, b), (c, d)) = (self.small()?, other.small()?);
        Rational::new(a.checked_mul(d)?.checked_add(c.checked_mul(b)?)?, b.checked_mul(d)?)
    }

    pub fn checked_mul(&self, other: &Rational) -> Option<Rational> {
        if self.is_one() {
            return Some(other.clone());
        }
        if other.is_one() {
            return Some(self.clone());
        }
        let ((a, b), (c, d)) = (self.small()?, other.small()?);
        let (left, right) = (Rational::new(a, d)?.small()?, Rational::new(c, b)?.small()?);
        Rational::new(left.0.checked_mul(right.0)?, left.1.checked_mul(right.1)?)
    }

    /// `1 / self`; `None` for zero.
    pub fn checked_recip(&self) -> Option<Rational> {
        if self.is_zero() {
            return None;
        }
        let (numerator, denominator) = (self.denominator.clone(), self.numerator.clone());
        if denominator.is_negative() {
            return Some(Rational { numerator: numerator.negated(), denominator: denominator.negated() });
        }
        Some(Rational { numerator, denominator })
    }

    /// The nearest `f64`; may overflow to infinity.
    pub fn to_f64(&self) -> f64 {
        let ((top, up), (bottom, down)) = (self.numerator.scaled(), self.denominator.scaled());
        if up == down { top / bottom } else { top / bottom * 10f64.powi(up.saturating_sub(down)) }
    }
}

impl From<i64> for Rational {
    fn from(value: i64) -> Rational {
        Rational { numerator: Integer::Small(i128::from(value)), denominator: Integer::Small(1) }
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_integer() { write!(f, "{}", self.numerator) } else { write!(f, "{}/{}", self.numerator, self.denominator) }
    }
}

impl Serialize for Rational {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rational {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Rational, D::Error> {
        let text = String::deserialize(deserializer)?;
        Rational::parse(&text).ok_or_else(|| de::Error::custom(format!("`{text}` is not a rational number")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(top: i128, bottom: i128) -> Rational {
        Rational::new(top, bottom).expect("a denominator other than zero")
    }

    #[test]
    fn lowest_terms_and_a_positive_denominator() {
        assert_eq!(ratio(6, -4).to_string(), "-3/2");
        assert_eq!(ratio(0, -4), Rational::ZERO);
        assert_eq!(Rational::new(1, 0), None);
    }

    #[test]
    fn arithmetic_is_exact_or_refused() {
        assert_eq!(ratio(1, 3).checked_add(&ratio(1, 6)), Some(ratio(1, 2)));
        assert_eq!(ratio(2, 3).checked_mul(&ratio(-9, 4)), Some(ratio(-3, 2)));
        assert_eq!(ratio(-2, 3).checked_recip(), Some(ratio(-3, 2)));
        assert_eq!(ratio(i128::MAX, 1).checked_add(&Rational::ONE), None);
        assert_eq!(ratio(i128::MAX, 1).checked_mul(&ratio(2, 1)), None);
    }

    #[test]
    fn decimals_mean_what_they_say() {
        assert_eq!(Rational::from_f64(0.1), Some(ratio(1, 10)));
        assert_eq!(Rational::from_f64(-1250.0), Some(ratio(-1250, 1)));
        assert_eq!(Rational::from_f64(2.5e-3), Some(ratio(1, 400)));
        assert_eq!(Rational::from_f64(f64::NAN), None);
        assert_eq!(Rational::from_f64(1e-300), None);
    }

    #[test]
    fn long_numbers_are_carried() {
        let digits = "123456789".repeat(10);
        let big = Rational::parse(&format!("-{digits}/7")).expect("a number");
        assert_eq!(big.to_string(), format!("-{digits}/7"));
        assert!(big.is_negative());
        assert!((big.to_f64() / (-1.234_567_891_234_567_9e89 / 7.0) - 1.0).abs() < 1e-14);
        assert_eq!(big.checked_mul(&ratio(2, 1)), None);
        assert_eq!(big.negated().negated(), big);
        assert_eq!(Rational::parse("1/-2"), Some(ratio(-1, 2)));
        assert_eq!(Rational::parse("x"), None);
    }
}
