//! Polynomials and factored quotients as the algebra engine answers with, in one canonical order.

use super::formula::Formula;
use super::number::Rational;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A product of powers of atoms: pairs (atom, power), sorted by atom, powers above zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Monomial(Vec<(u32, u32)>);

/// A polynomial with rational coefficients: terms with distinct monomials and coefficients other than zero, in descending order of
/// total degree, then by their atoms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Poly(Vec<(Rational, Monomial)>);

/// `constant · ∏ numerator^power / ∏ denominator^power`, every factor primitive, irreducible and with a fixed sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Factored {
    pub constant: Rational,
    pub numerator: Vec<(Poly, u32)>,
    pub denominator: Vec<(Poly, u32)>,
}

impl Monomial {
    pub fn one() -> Monomial {
        Monomial::default()
    }

    /// From pairs (atom, power) in any order.
    pub fn new(powers: impl IntoIterator<Item = (u32, u32)>) -> Monomial {
        let mut collected: BTreeMap<u32, u32> = BTreeMap::new();
        for (atom, power) in powers {
            let entry = collected.entry(atom).or_default();
            *entry = entry.saturating_add(power);
        }
        Monomial(collected.into_iter().filter(|pair| pair.1 > 0).collect())
    }

    pub fn powers(&self) -> &[(u32, u32)] {
        &self.0
    }

    pub fn degree(&self) -> u64 {
        self.0.iter().map(|pair| u64::from(pair.1)).sum()
    }

    /// The power of one atom.
    pub fn power_of(&self, atom: u32) -> u32 {
        self.0.iter().find(|pair| pair.0 == atom).map_or(0, |pair| pair.1)
    }

    pub fn times(&self, other: &Monomial) -> Monomial {
        Monomial::new(self.0.iter().chain(&other.0).copied())
    }

    /// `self / other`; `None` where that is no monomial.
    pub fn divided_by(&self, other: &Monomial) -> Option<Monomial> {
        if other.0.iter().any(|&(atom, power)| self.power_of(atom) < power) {
            return None;
        }
        Some(Monomial::new(self.0.iter().map(|&(atom, power)| (atom, power - other.power_of(atom)))))
    }

    /// The part in the atoms that `keep` selects, and the rest.
    pub fn split(&self, keep: &impl Fn(u32) -> bool) -> (Monomial, Monomial) {
        let (inside, outside): (Vec<_>, Vec<_>) = self.0.iter().copied().partition(|pair| keep(pair.0));
        (Monomial(inside), Monomial(outside))
    }

    fn common(&self, other: &Monomial) -> Monomial {
        Monomial::new(self.0.iter().map(|&(atom, power)| (atom, power.min(other.power_of(atom)))))
    }

    fn factors(&self) -> impl Iterator<Item = Formula> + '_ {
        self.0.iter().map(|&(atom, power)| Formula::atom(atom).power(i32::try_from(power).unwrap_or(i32::MAX)))
    }
}

fn order(first: &Monomial, second: &Monomial) -> Ordering {
    second.degree().cmp(&first.degree()).then_with(|| {
        for (a, b) in first.0.iter().zip(&second.0) {
            let step = a.0.cmp(&b.0).then(b.1.cmp(&a.1));
            if step != Ordering::Equal {
                return step;
            }
        }
        second.0.len().cmp(&first.0.len())
    })
}

impl Poly {
    pub fn zero() -> Poly {
        Poly::default()
    }

    pub fn one() -> Poly {
        Poly::constant(Rational::ONE)
    }

    pub fn constant(value: Rational) -> Poly {
        Poly::term(value, Monomial::one())
    }

    pub fn atom(index: u32) -> Poly {
        Poly::term(Rational::ONE, Monomial::new([(index, 1)]))
    }

    pub fn term(coefficient: Rational, monomial: Monomial) -> Poly {
        if coefficient.is_zero() { Poly::zero() } else { Poly(vec![(coefficient, monomial)]) }
    }

    /// From terms in any order; `None` when a coefficient outgrows exact arithmetic.
    pub fn new(terms: impl IntoIterator<Item = (Rational, Monomial)>) -> Option<Poly> {
        let mut collected: BTreeMap<Monomial, Rational> = BTreeMap::new();
        for (coefficient, monomial) in terms {
            match collected.get_mut(&monomial) {
                Some(present) => *present = present.checked_add(&coefficient)?,
                None => drop(collected.insert(monomial, coefficient)),
            }
        }
        let mut terms: Vec<_> = collected.into_iter().filter(|pair| !pair.1.is_zero()).map(|(monomial, value)| (value, monomial)).collect();
        terms.sort_by(|a, b| order(&a.1, &b.1));
        Some(Poly(terms))
    }

    pub fn terms(&self) -> &[(Rational, Monomial)] {
        &self.0
    }

    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    pub fn is_one(&self) -> bool {
        self.as_constant().is_some_and(|value| value.is_one())
    }

    /// The value of a polynomial without atoms.
    pub fn as_constant(&self) -> Option<Rational> {
        match self.0.as_slice() {
            [] => Some(Rational::ZERO),
            [(value, monomial)] if monomial.0.is_empty() => Some(value.clone()),
            _ => None,
        }
    }

    pub fn degree(&self) -> u64 {
        self.0.first().map_or(0, |term| term.1.degree())
    }

    pub fn degree_in(&self, atom: u32) -> u32 {
        self.0.iter().map(|term| term.1.power_of(atom)).max().unwrap_or(0)
    }

    pub fn atoms(&self) -> BTreeSet<u32> {
        self.0.iter().flat_map(|term| term.1.0.iter().map(|pair| pair.0)).collect()
    }

    pub fn negated(&self) -> Poly {
        Poly(self.0.iter().map(|(value, monomial)| (value.negated(), monomial.clone())).collect())
    }

    pub fn plus(&self, other: &Poly) -> Option<Poly> {
        Poly::new(self.0.iter().chain(&other.0).cloned())
    }

    pub fn minus(&self, other: &Poly) -> Option<Poly> {
        self.plus(&other.negated())
    }

    pub fn times(&self, other: &Poly) -> Option<Poly> {
        let mut terms = Vec::with_capacity(self.0.len() * other.0.len());
        for (left, above) in &self.0 {
            for (right, below) in &other.0 {
                terms.push((left.checked_mul(right)?, above.times(below)));
            }
        }
        Poly::new(terms)
    }

    pub fn scaled(&self, by: &Rational) -> Option<Poly> {
        self.times(&Poly::constant(by.clone()))
    }

    pub fn power(&self, exponent: u32) -> Option<Poly> {
        (0..exponent).try_fold(Poly::one(), |product, _| product.times(self))
    }

    /// The same polynomial with another in place of one atom.
    pub fn replace(&self, atom: u32, by: &Poly) -> Option<Poly> {
        let mut powers = vec![Poly::one()];
        for _ in 0..self.degree_in(atom) {
            let next = powers.last()?.times(by)?;
            powers.push(next);
        }
        let mut sum = Poly::zero();
        for (value, monomial) in &self.0 {
            let (inside, outside) = monomial.split(&|index| index == atom);
            let power = powers.get(usize::try_from(inside.power_of(atom)).ok()?)?;
            sum = sum.plus(&power.times(&Poly::term(value.clone(), outside))?)?;
        }
        Some(sum)
    }

    /// The largest monomial that divides every term, and what it leaves.
    pub fn monomial_content(&self) -> (Monomial, Poly) {
        let Some((_, first)) = self.0.first() else { return (Monomial::one(), Poly::zero()) };
        let content = self.0.iter().fold(first.clone(), |common, term| common.common(&term.1));
        let rest = self.0.iter().filter_map(|(value, monomial)| Some((value.clone(), monomial.divided_by(&content)?))).collect();
        (content, Poly(rest))
    }

    /// The coefficients of the monomials in the atoms that `keep` selects, in canonical order of those monomials.
    pub fn collect(&self, keep: &impl Fn(u32) -> bool) -> Vec<(Monomial, Poly)> {
        let mut groups: BTreeMap<Monomial, Vec<(Rational, Monomial)>> = BTreeMap::new();
        for (value, monomial) in &self.0 {
            let (inside, outside) = monomial.split(keep);
            groups.entry(inside).or_default().push((value.clone(), outside));
        }
        let mut groups: Vec<_> = groups.into_iter().filter_map(|(monomial, terms)| Some((monomial, Poly::new(terms)?))).collect();
        groups.sort_by(|a, b| order(&a.0, &b.0));
        groups
    }

    /// Turned so that most coefficients are positive, on a tie the first term of lowest degree; tells whether it was turned.
    pub fn with_fixed_sign(self) -> (Poly, bool) {
        let below = self.0.iter().filter(|term| term.0.is_negative()).count();
        let turned = match (2 * below).cmp(&self.0.len()) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => {
                let lowest = self.0.last().map_or(0, |term| term.1.degree());
                self.0.iter().find(|term| term.1.degree() == lowest).is_some_and(|term| term.0.is_negative())
            }
        };
        if turned { (self.negated(), true) } else { (self, false) }
    }

    /// The value where atom `i` is `values[i]`; NaN for an atom without a value.
    pub fn eval(&self, values: &[f64]) -> f64 {
        self.eval_at(|atom| usize::try_from(atom).ok().and_then(|index| values.get(index)).copied().unwrap_or(f64::NAN)).0
    }

    /// The value, and the sum of its terms' sizes.
    pub fn eval_at(&self, at: impl Fn(u32) -> f64) -> (f64, f64) {
        self.0.iter().fold((0.0, 0.0), |(sum, size), (coefficient, monomial)| {
            let powers = monomial.0.iter().map(|&(atom, power)| at(atom).powi(i32::try_from(power).unwrap_or(i32::MAX)));
            let term = coefficient.to_f64() * powers.product::<f64>();
            (sum + term, size + term.abs())
        })
    }

    /// A sum that begins with a positive term where there is one.
    pub fn to_formula(&self) -> Formula {
        let lead = self.0.iter().position(|term| term.0.is_positive()).unwrap_or(0);
        let rest = self.0.iter().enumerate().filter(|entry| entry.0 != lead).map(|entry| entry.1);
        Formula::sum(
            self.0
                .get(lead)
                .into_iter()
                .chain(rest)
                .map(|(value, monomial)| Formula::product(std::iter::once(value.clone().into()).chain(monomial.factors()))),
        )
    }

    pub fn to_text(&self, name: &dyn Fn(u32) -> String) -> String {
        self.to_formula().to_text(name)
    }
}

impl Factored {
    pub fn zero() -> Factored {
        Factored::constant(Rational::ZERO)
    }

    pub fn constant(value: Rational) -> Factored {
        Factored { constant: value, numerator: Vec::new(), denominator: Vec::new() }
    }

    /// Puts factors into canonical order and sign; `None` when the constant outgrows exact arithmetic.
    ///
    /// The factors are expected to be irreducible and coprime between numerator and denominator.
    pub fn new(constant: Rational, numerator: Vec<(Poly, u32)>, denominator: Vec<(Poly, u32)>) -> Option<Factored> {
        if constant.is_zero() || numerator.iter().any(|factor| factor.0.is_zero()) {
            return Some(Factored::zero());
        }
        let mut result = Factored::constant(constant);
        let (mut above, mut below): (BTreeMap<Poly, u32>, BTreeMap<Poly, u32>) = Default::default();
        for (list, powers, invert) in [(numerator, &mut above, false), (denominator, &mut below, true)] {
            for (poly, power) in list {
                if let Some(value) = poly.as_constant() {
                    let value = if invert { value.checked_recip()? } else { value };
                    for _ in 0..power {
                        result.constant = result.constant.checked_mul(&value)?;
                    }
                    continue;
                }
                let (poly, turned) = poly.with_fixed_sign();
                if turned && power % 2 == 1 {
                    result.constant = result.constant.negated();
                }
                *powers.entry(poly).or_default() += power;
            }
        }
        result.numerator = in_order(above);
        result.denominator = in_order(below);
        Some(result)
    }

    pub fn is_zero(&self) -> bool {
        self.constant.is_zero()
    }

    /// The value of a quotient without atoms.
    pub fn as_constant(&self) -> Option<&Rational> {
        (self.numerator.is_empty() && self.denominator.is_empty()).then_some(&self.constant)
    }

    pub fn atoms(&self) -> BTreeSet<u32> {
        self.numerator.iter().chain(&self.denominator).flat_map(|factor| factor.0.atoms()).collect()
    }

    /// Monomials in all factors together: a measure of length.
    pub fn size(&self) -> usize {
        self.numerator.iter().chain(&self.denominator).map(|factor| factor.0.0.len()).sum()
    }

    pub fn eval(&self, values: &[f64]) -> f64 {
        let product = |list: &[(Poly, u32)]| -> f64 {
            list.iter().map(|(poly, power)| poly.eval(values).powi(i32::try_from(*power).unwrap_or(i32::MAX))).product()
        };
        self.constant.to_f64() * product(&self.numerator) / product(&self.denominator)
    }

    pub fn to_formula(&self) -> Formula {
        let factors = |list: &[(Poly, u32)]| -> Vec<Formula> {
            list.iter().map(|(poly, power)| poly.to_formula().power(i32::try_from(*power).unwrap_or(i32::MAX))).collect()
        };
        let (top, bottom) = self.constant.parts();
        let (Some(top), Some(bottom)) = (Rational::parse(&top), Rational::parse(&bottom)) else { return Formula::Number(self.constant.clone()) };
        let above = Formula::product(std::iter::once(Formula::Number(top)).chain(factors(&self.numerator)));
        above.over(Formula::product(std::iter::once(Formula::Number(bottom)).chain(factors(&self.denominator))))
    }

    pub fn to_text(&self, name: &dyn Fn(u32) -> String) -> String {
        self.to_formula().to_text(name)
    }
}

/// Short factors first, then in their own order.
fn in_order(factors: BTreeMap<Poly, u32>) -> Vec<(Poly, u32)> {
    let mut list: Vec<_> = factors.into_iter().filter(|factor| factor.1 > 0).collect();
    list.sort_by(|(a, _), (b, _)| {
        let terms = a.0.iter().map(|term| &term.1).zip(b.0.iter().map(|term| &term.1));
        let first = terms.map(|(x, y)| order(x, y)).find(|step| *step != Ordering::Equal);
        a.0.len().cmp(&b.0.len()).then(first.unwrap_or(Ordering::Equal)).then_with(|| a.cmp(b))
    });
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(index: u32) -> Poly {
        Poly::atom(index)
    }

    fn named(index: u32) -> String {
        format!("s{index}")
    }

    fn one_minus(poly: &Poly) -> Poly {
        Poly::one().minus(poly).expect("small numbers")
    }

    #[test]
    fn arithmetic_keeps_the_canonical_order() {
        let square = s(1).minus(&s(0)).and_then(|d| d.power(2)).expect("small numbers");
        assert_eq!(square.to_text(&named), "s0^2 - 2*s0*s1 + s1^2");
        assert_eq!(square.minus(&square), Some(Poly::zero()));
        let back = square.replace(0, &s(1).plus(&s(2)).expect("small numbers")).expect("small numbers");
        assert_eq!(back.to_text(&named), "s2^2");
    }

    #[test]
    fn the_sign_of_a_factor_is_fixed() {
        let (poly, turned) = s(0).minus(&Poly::one()).expect("small numbers").with_fixed_sign();
        assert_eq!((poly.to_text(&named).as_str(), turned), ("1 - s0", true));
        let (poly, turned) = s(1).minus(&s(0)).expect("small numbers").with_fixed_sign();
        assert_eq!((poly.to_text(&named).as_str(), turned), ("s0 - s1", true));
    }

    #[test]
    fn factors_are_merged_sorted_and_turned() {
        let difference = s(0).minus(&Poly::one()).expect("small numbers");
        let value = Factored::new(2.into(), vec![(s(3), 1), (difference.clone(), 3)], vec![(s(1), 1), (s(1), 1), (Poly::constant(4.into()), 1)]);
        let value = value.expect("small numbers");
        assert_eq!(value.to_text(&named), "-s3*(1 - s0)^3/(2*s1^2)");
        assert_eq!(value.eval(&[0.5, 2.0, 0.0, 4.0]), -0.0625);
        assert_eq!(Factored::new(1.into(), vec![(Poly::zero(), 1)], vec![]), Some(Factored::zero()));
    }

    #[test]
    fn collecting_and_content() {
        let poly = s(0).times(&s(2)).and_then(|a| a.plus(&s(1).times(&s(2))?)).and_then(|a| a.times(&s(3))).expect("small numbers");
        let (content, rest) = poly.monomial_content();
        assert_eq!(content.powers(), [(2, 1), (3, 1)]);
        assert_eq!(rest.to_text(&named), "s0 + s1");
        let groups = poly.collect(&|atom| atom < 2);
        assert_eq!(groups.len(), 2);
        assert!(groups.iter().all(|group| group.1.to_text(&named) == "s2*s3"));
        assert_eq!(one_minus(&s(0)).eval(&[0.25]), 0.75);
    }
}
