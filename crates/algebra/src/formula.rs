//! Rational functions of opaque atoms `s0, s1, …`, as the rest of the program builds them for the algebra engine.

use super::number::Rational;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A rational function with exact coefficients of atoms that are numbered, never named.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    Number(Rational),
    Atom(u32),
    Sum(Vec<Formula>),
    Product(Vec<Formula>),
    Power(Box<Formula>, i32),
    Quotient(Box<Formula>, Box<Formula>),
}

/// Levels of nesting beyond which a formula is refused by the wire format.
const DEPTH: usize = 4000;

/// Moves a list behind another without copying it where it comes first, so that long sums can be built term by term.
fn append(list: &mut Vec<Formula>, more: Vec<Formula>) {
    if list.is_empty() {
        *list = more;
    } else {
        list.extend(more);
    }
}

/// Numbers among factors as one in front; left alone where their product outgrows exact arithmetic.
fn numbers_first(factors: Vec<Formula>) -> Vec<Formula> {
    let is_number = |f: &Formula| matches!(f, Formula::Number(_));
    let product = factors.iter().try_fold(Rational::ONE, |p, f| match f {
        Formula::Number(n) => p.checked_mul(n),
        _ => Some(p),
    });
    let Some(product) = product else { return factors };
    let rest = factors.into_iter().filter(|f| !is_number(f));
    if product.is_one() { rest.collect() } else { std::iter::once(Formula::Number(product)).chain(rest).collect() }
}

impl Formula {
    pub fn zero() -> Formula {
        Formula::Number(Rational::ZERO)
    }

    pub fn one() -> Formula {
        Formula::Number(Rational::ONE)
    }

    pub fn int(value: i64) -> Formula {
        Formula::Number(value.into())
    }

    pub fn atom(index: u32) -> Formula {
        Formula::Atom(index)
    }

    pub fn is_zero(&self) -> bool {
        matches!(self, Formula::Number(value) if value.is_zero())
    }

    pub fn is_one(&self) -> bool {
        matches!(self, Formula::Number(value) if value.is_one())
    }

    /// A flat sum without its zeros.
    pub fn sum(terms: impl IntoIterator<Item = Formula>) -> Formula {
        let mut flat = Vec::new();
        for term in terms {
            match term {
                Formula::Sum(inner) => append(&mut flat, inner),
                term if term.is_zero() => {}
                term => flat.push(term),
            }
        }
        match flat.len() {
            0 => Formula::zero(),
            1 => flat.pop().unwrap_or_else(Formula::zero),
            _ => Formula::Sum(flat),
        }
    }

    /// A flat product without its ones, over the product of its divisors; zero as soon as a factor is zero.
    pub fn product(factors: impl IntoIterator<Item = Formula>) -> Formula {
        let (mut above, mut below) = (Vec::new(), Vec::new());
        // A product has its number in front: only where factors join can one stand elsewhere, so long chains are not searched.
        let mut numbers = false;
        for factor in factors {
            let first = if let Formula::Product(inner) = &factor { inner.first() } else { Some(&factor) };
            numbers |= !above.is_empty() && matches!(first, Some(Formula::Number(_)));
            match factor {
                Formula::Product(inner) => append(&mut above, inner),
                Formula::Quotient(top, bottom) => {
                    above.push(*top);
                    below.push(*bottom);
                }
                factor if factor.is_one() => {}
                factor if factor.is_zero() => return Formula::zero(),
                factor => above.push(factor),
            }
        }
        if !below.is_empty() {
            // Flattened again, so that a chain of divisions stays two levels deep.
            let (top, bottom) = (Formula::product(above), Formula::product(below));
            return if bottom.is_one() || top.is_zero() { top } else { Formula::Quotient(Box::new(top), Box::new(bottom)) };
        }
        let above = if numbers { numbers_first(above) } else { above };
        match above.len() {
            0 => Formula::one(),
            1 => above.into_iter().next().unwrap_or_else(Formula::one),
            _ => Formula::Product(above),
        }
    }

    pub fn power(self, exponent: i32) -> Formula {
        match exponent {
            0 => Formula::one(),
            1 => self,
            _ if self.is_one() => self,
            _ => Formula::Power(Box::new(self), exponent),
        }
    }

    /// `self / divisor`.
    pub fn over(self, divisor: Formula) -> Formula {
        match (self, divisor) {
            (top, divisor) if divisor.is_one() || (top.is_zero() && !divisor.is_zero()) => top,
            (Formula::Quotient(top, bottom), divisor) => Formula::Quotient(top, Box::new(Formula::product([*bottom, divisor]))),
            (top, divisor) => Formula::Quotient(Box::new(top), Box::new(divisor)),
        }
    }

    pub fn plus(self, other: Formula) -> Formula {
        Formula::sum([self, other])
    }

    pub fn minus(self, other: Formula) -> Formula {
        Formula::sum([self, other.negated()])
    }

    pub fn times(self, other: Formula) -> Formula {
        Formula::product([self, other])
    }

    pub fn negated(self) -> Formula {
        match self {
            Formula::Number(value) => Formula::Number(value.negated()),
            other => Formula::product([Formula::int(-1), other]),
        }
    }

    /// The atoms that occur, sorted.
    pub fn atoms(&self) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        self.visit(&mut |node| {
            if let Formula::Atom(index) = node {
                found.insert(*index);
            }
        });
        found
    }

    /// The atoms in the order in which the formula is read.
    pub fn atoms_as_read(&self) -> Vec<u32> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        self.visit(&mut |node| {
            if let Formula::Atom(index) = node
                && seen.insert(*index)
            {
                found.push(*index);
            }
        });
        found
    }

    /// Calls `see` on every node, children first.
    fn visit(&self, see: &mut impl FnMut(&Formula)) {
        match self {
            Formula::Number(_) | Formula::Atom(_) => {}
            Formula::Sum(list) | Formula::Product(list) => list.iter().for_each(|item| item.visit(see)),
            Formula::Power(base, _) => base.visit(see),
            Formula::Quotient(top, bottom) => {
                top.visit(see);
                bottom.visit(see);
            }
        }
        see(self);
    }

    /// How many nodes the formula has.
    pub fn size(&self) -> usize {
        let mut count = 0;
        self.visit(&mut |_| count += 1);
        count
    }

    /// The same formula with other things in place of its atoms; `of` gives `None` where an atom stays.
    pub fn replace(&self, of: &impl Fn(u32) -> Option<Formula>) -> Formula {
        match self {
            Formula::Number(_) => self.clone(),
            Formula::Atom(index) => of(*index).unwrap_or(Formula::Atom(*index)),
            Formula::Sum(list) => Formula::sum(list.iter().map(|item| item.replace(of))),
            Formula::Product(list) => Formula::product(list.iter().map(|item| item.replace(of))),
            Formula::Power(base, exponent) => base.replace(of).power(*exponent),
            Formula::Quotient(top, bottom) => top.replace(of).over(bottom.replace(of)),
        }
    }

    /// The value where atom `i` is `values[i]`; NaN for an atom without a value.
    pub fn eval(&self, values: &[f64]) -> f64 {
        match self {
            Formula::Number(value) => value.to_f64(),
            Formula::Atom(index) => usize::try_from(*index).ok().and_then(|index| values.get(index)).copied().unwrap_or(f64::NAN),
            Formula::Sum(list) => list.iter().map(|item| item.eval(values)).sum(),
            Formula::Product(list) => list.iter().map(|item| item.eval(values)).product(),
            Formula::Power(base, exponent) => base.eval(values).powi(*exponent),
            Formula::Quotient(top, bottom) => top.eval(values) / bottom.eval(values),
        }
    }

    /// The value, and how far it may be off to first order where atom `i` is known to within `values[i].1`.
    pub fn eval_within(&self, values: &[(f64, f64)]) -> (f64, f64) {
        match self {
            Formula::Number(value) => (value.to_f64(), 0.0),
            Formula::Atom(index) => usize::try_from(*index).ok().and_then(|index| values.get(index)).copied().unwrap_or((f64::NAN, f64::NAN)),
            Formula::Sum(list) => list.iter().map(|item| item.eval_within(values)).fold((0.0, 0.0), |sum, term| (sum.0 + term.0, sum.1 + term.1)),
            Formula::Product(list) => list
                .iter()
                .map(|item| item.eval_within(values))
                .fold((1.0, 0.0), |product, factor| (product.0 * factor.0, product.1 * factor.0.abs() + product.0.abs() * factor.1)),
            Formula::Power(base, exponent) => {
                let (value, error) = base.eval_within(values);
                (value.powi(*exponent), (f64::from(*exponent) * value.powi(exponent.saturating_sub(1))).abs() * error)
            }
            Formula::Quotient(top, bottom) => {
                let ((top, above), (bottom, below)) = (top.eval_within(values), bottom.eval_within(values));
                let value = top / bottom;
                (value, (above + value.abs() * below) / bottom.abs())
            }
        }
    }

    /// Plain text, with `*`, `/`, `^` and the atoms as `name` calls them.
    pub fn to_text(&self, name: &dyn Fn(u32) -> String) -> String {
        let mut out = String::new();
        self.write(&mut out, name, 0);
        out
    }

    /// `level`: 0 inside a sum, 1 inside a product, 2 as a divisor or base.
    fn write(&self, out: &mut String, name: &dyn Fn(u32) -> String, level: u8) {
        let own = match self {
            Formula::Number(value) if value.is_negative() => 0,
            Formula::Number(value) if !value.is_integer() => 1,
            Formula::Number(_) | Formula::Atom(_) => 3,
            Formula::Sum(_) => 0,
            Formula::Product(_) | Formula::Quotient(..) => 1,
            Formula::Power(..) => 2,
        };
        let wrap = own < level || (own == 2 && level == 3);
        if wrap {
            out.push('(');
        }
        match self {
            Formula::Number(value) => {
                let _ = write!(out, "{value}");
            }
            Formula::Atom(index) => out.push_str(&name(*index)),
            Formula::Sum(list) => {
                for (place, item) in list.iter().enumerate() {
                    let mut text = String::new();
                    item.write(&mut text, name, 0);
                    match (place, text.strip_prefix('-')) {
                        (0, _) => out.push_str(&text),
                        (_, Some(rest)) => out.extend([" - ", rest]),
                        (_, None) => out.extend([" + ", &text]),
                    }
                }
            }
            Formula::Product(list) => {
                let minus = matches!(list.first(), Some(Formula::Number(value)) if *value == Rational::from(-1)) && list.len() > 1;
                if minus {
                    out.push('-');
                }
                for (place, item) in list.iter().enumerate().skip(usize::from(minus)) {
                    if place > usize::from(minus) {
                        out.push('*');
                    }
                    let leading = place == 0 && matches!(item, Formula::Number(_));
                    item.write(out, name, if leading { 0 } else { 1 + u8::from(matches!(item, Formula::Quotient(..))) });
                }
            }
            Formula::Power(base, exponent) => {
                base.write(out, name, 3);
                let _ = if *exponent < 0 { write!(out, "^({exponent})") } else { write!(out, "^{exponent}") };
            }
            Formula::Quotient(top, bottom) => {
                top.write(out, name, u8::from(!matches!(**top, Formula::Number(_))));
                out.push('/');
                bottom.write(out, name, 2);
            }
        }
        if wrap {
            out.push(')');
        }
    }

    /// The wire format: tokens in postfix order, so that no reader or writer of it recurses on text.
    fn encode(&self) -> String {
        let mut out = String::new();
        self.visit(&mut |node| {
            let _ = match node {
                Formula::Number(value) => write!(out, "{value} "),
                Formula::Atom(index) => write!(out, "s{index} "),
                Formula::Sum(list) => write!(out, "+{} ", list.len()),
                Formula::Product(list) => write!(out, "*{} ", list.len()),
                Formula::Power(_, exponent) => write!(out, "^{exponent} "),
                Formula::Quotient(..) => write!(out, "/ "),
            };
        });
        out.truncate(out.trim_end().len());
        out
    }

    fn decode(text: &str) -> Option<Formula> {
        let mut stack: Vec<(Formula, usize)> = Vec::new();
        for token in text.split_ascii_whitespace() {
            let node = match token.split_at_checked(1)? {
                ("s", index) => (Formula::Atom(index.parse().ok()?), 1),
                (sign @ ("+" | "*"), count) => {
                    let start = stack.len().checked_sub(count.parse().ok()?)?;
                    let items = stack.split_off(start);
                    let depth = items.iter().map(|item| item.1).max().unwrap_or(0) + 1;
                    let items = items.into_iter().map(|item| item.0).collect();
                    (if sign == "+" { Formula::Sum(items) } else { Formula::Product(items) }, depth)
                }
                ("^", exponent) => {
                    let (base, depth) = stack.pop()?;
                    (Formula::Power(Box::new(base), exponent.parse().ok()?), depth + 1)
                }
                ("/", "") => {
                    let ((bottom, below), (top, above)) = (stack.pop()?, stack.pop()?);
                    (Formula::Quotient(Box::new(top), Box::new(bottom)), below.max(above) + 1)
                }
                _ => (Formula::Number(Rational::parse(token)?), 1),
            };
            if node.1 > DEPTH {
                return None;
            }
            stack.push(node);
        }
        let result = stack.pop();
        if stack.is_empty() { result.map(|item| item.0) } else { None }
    }
}

impl From<Rational> for Formula {
    fn from(value: Rational) -> Formula {
        Formula::Number(value)
    }
}

impl Serialize for Formula {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.encode())
    }
}

impl<'de> Deserialize<'de> for Formula {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Formula, D::Error> {
        let text = String::deserialize(deserializer)?;
        Formula::decode(&text).ok_or_else(|| de::Error::custom("not a formula"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(index: u32) -> Formula {
        Formula::atom(index)
    }

    fn named(index: u32) -> String {
        format!("s{index}")
    }

    #[test]
    fn constructors_flatten_and_drop_units() {
        let sum = s(0).plus(s(1)).plus(Formula::zero()).plus(s(2));
        assert_eq!(sum, Formula::Sum(vec![s(0), s(1), s(2)]));
        assert_eq!(s(0).times(Formula::one()), s(0));
        assert!(s(0).times(Formula::zero()).is_zero());
        assert_eq!(s(0).power(1), s(0));
        assert_eq!(Formula::sum([]), Formula::zero());
    }

    #[test]
    fn long_chains_stay_shallow() {
        let chain = (1..100_000).fold(s(0), |chain, index| match index % 3 {
            0 => chain.over(s(index % 7)),
            1 => chain.times(s(index % 5)),
            _ => chain.plus(Formula::zero()),
        });
        assert!(matches!(&chain, Formula::Quotient(top, _) if matches!(**top, Formula::Product(_))));
        assert!(s(0).over(s(1)).over(s(2)).eval(&[8.0, 2.0, 2.0]) == 2.0);
        assert_eq!(s(0).over(s(1)).times(s(2).over(s(3))).to_text(&named), "s0*s2/(s1*s3)");
        assert_eq!(Formula::decode(&chain.encode()), Some(chain));
    }

    #[test]
    fn text_keeps_the_meaning() {
        let difference = Formula::one().minus(s(0));
        let formula = difference.clone().times(s(1).power(-2)).over(s(2).times(s(3).plus(s(4))));
        assert_eq!(formula.to_text(&named), "(1 - s0)*s1^(-2)/(s2*(s3 + s4))");
        assert_eq!(s(0).minus(s(1).minus(s(2))).to_text(&named), "s0 - (s1 - s2)");
        assert_eq!(s(0).over(s(1)).power(2).to_text(&named), "(s0/s1)^2");
        assert_eq!(s(0).power(2).power(3).to_text(&named), "(s0^2)^3");
        assert_eq!(s(0).over(s(1).over(s(2))).to_text(&named), "s0/(s1/s2)");
        assert_eq!(Formula::int(-2).over(s(0)).to_text(&named), "-2/s0");
        assert_eq!(difference.negated().to_text(&named), "-(1 - s0)");
    }

    #[test]
    fn evaluation_and_replacement_agree() {
        let formula = s(0).plus(s(1).power(2)).over(s(2));
        assert_eq!(formula.eval(&[1.0, 2.0, 4.0]), 1.25);
        let replaced = formula.replace(&|index| (index == 1).then(|| s(0).plus(s(2))));
        assert_eq!(replaced.eval(&[1.0, f64::NAN, 4.0]), 6.5);
        assert!(formula.eval(&[1.0]).is_nan());
        assert_eq!(replaced.atoms().into_iter().collect::<Vec<_>>(), [0, 2]);
    }

    #[test]
    fn the_wire_format_returns_what_was_sent() {
        let third = Formula::Number(Rational::parse("-1/3").expect("a number"));
        let formula = third.times(s(7)).minus(s(1).power(-2)).over(Formula::sum((0..1000).map(s)));
        assert_eq!(Formula::decode(&formula.encode()), Some(formula));
        for wrong in ["", "s0 s1", "+2", "/", "s0 ^", "s-1", "s0 +9", "é"] {
            assert_eq!(Formula::decode(wrong), None, "{wrong}");
        }
        assert_eq!(Formula::decode(&format!("s0 {}", "^2 ".repeat(5000))), None);
    }
}
