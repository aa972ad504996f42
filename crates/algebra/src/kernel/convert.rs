//! Between our formulas and Symbolica's polynomials.

use crate::task::Failure;
use crate::{Factored, Formula, Monomial, Poly, Rational as Number};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use symbolica::domains::rational_polynomial::{FromNumeratorAndDenominator, RationalPolynomial};
use symbolica::poly::PolyVariable;
use symbolica::poly::factor::Factorize;
use symbolica::poly::polynomial::MultivariatePolynomial;
use symbolica::prelude::*;

/// A polynomial with whole coefficients.
pub type Whole = MultivariatePolynomial<IntegerRing, u16>;

/// A quotient of two such in lowest terms.
pub type Quotient = RationalPolynomial<IntegerRing, u16>;

/// Degrees stay below what an exponent holds.
const DEGREE: u64 = 20_000;

/// The polynomial ring in the atoms that a question is about.
pub struct Ring {
    atoms: Vec<u32>,
    zero: Whole,
    /// The denominator factored last: the unknowns of a system have the same.
    denominator: RefCell<Option<(Whole, Factors)>>,
}

/// A constant and polynomials with their powers.
type Factors = (Rational, Vec<(Poly, u32)>);

fn too_large() -> Failure {
    Failure::TooLarge
}

impl Ring {
    pub fn of<'a>(formulas: impl IntoIterator<Item = &'a Formula>) -> Ring {
        let mut atoms = BTreeSet::new();
        for formula in formulas {
            atoms.extend(formula.atoms());
        }
        Ring::over(atoms.into_iter().collect())
    }

    fn over(atoms: Vec<u32>) -> Ring {
        let variables: Vec<PolyVariable> = atoms.iter().map(|atom| symbol!(format!("s{atom}")).into()).collect();
        Ring { atoms, zero: Whole::new(&Z, None, Arc::new(variables)), denominator: RefCell::new(None) }
    }

    pub fn zero(&self) -> &Whole {
        &self.zero
    }

    /// The atom's place among the ring's variables.
    pub fn place(&self, atom: u32) -> Option<usize> {
        self.atoms.binary_search(&atom).ok()
    }

    pub fn quotient(&self, formula: &Formula) -> Result<Quotient, Failure> {
        self.quotient_with(formula, &BTreeMap::new())
    }

    /// The formula with quotients in place of some atoms.
    pub fn quotient_with(&self, formula: &Formula, values: &BTreeMap<u32, Quotient>) -> Result<Quotient, Failure> {
        let widest = values.values().map(|value| degree(&value.numerator).max(degree(&value.denominator))).max().unwrap_or(1).max(1);
        if bound(formula).saturating_mul(widest) > DEGREE {
            return Err(Failure::TooLarge);
        }
        self.convert(formula, values)
    }

    /// A formula that has to be a polynomial with rational coefficients, up to a constant factor.
    pub fn polynomial(&self, formula: &Formula) -> Result<Whole, Failure> {
        let value = self.quotient(formula)?;
        if value.denominator.is_constant() { Ok(value.numerator) } else { Err(Failure::Malformed("a polynomial was expected".to_string())) }
    }

    fn whole(&self, value: Whole) -> Quotient {
        Quotient::from_num_den(value, self.zero.one(), &Z, false)
    }

    fn convert(&self, formula: &Formula, values: &BTreeMap<u32, Quotient>) -> Result<Quotient, Failure> {
        match formula {
            Formula::Number(number) => {
                let (top, bottom) = number.parts();
                let [top, bottom] = [top, bottom].map(|digits| digits.parse::<Integer>().map(|value| self.zero.constant(value)));
                match (top, bottom) {
                    (Ok(top), Ok(bottom)) if !bottom.is_zero() => Ok(Quotient::from_num_den(top, bottom, &Z, true)),
                    _ => Err(Failure::Malformed(format!("`{number}` is not a number"))),
                }
            }
            Formula::Atom(atom) => match (values.get(atom), self.place(*atom)) {
                (Some(value), _) => Ok(value.clone()),
                (None, Some(place)) => {
                    let mut exponents = vec![0; self.atoms.len()];
                    if let Some(exponent) = exponents.get_mut(place) {
                        *exponent = 1;
                    }
                    Ok(self.whole(self.zero.monomial(Integer::one(), exponents)))
                }
                (None, None) => Err(Failure::Internal(format!("s{atom} is not in the ring"))),
            },
            Formula::Sum(list) => {
                // Whole terms first: fractions cost a common divisor each.
                let mut whole = self.zero.clone();
                let mut fractions: BTreeMap<String, Quotient> = BTreeMap::new();
                for item in list {
                    let value = self.convert(item, values)?;
                    if value.denominator.is_one() {
                        whole = &whole + &value.numerator;
                        continue;
                    }
                    let key = value.denominator.to_string();
                    let sum = match fractions.remove(&key) {
                        Some(present) if present.denominator == value.denominator => {
                            Quotient::from_num_den(&present.numerator + &value.numerator, value.denominator.clone(), &Z, true)
                        }
                        Some(present) => &present + &value,
                        None => value,
                    };
                    fractions.insert(key, sum);
                }
                Ok(fractions.values().fold(self.whole(whole), |sum, value| &sum + value))
            }
            Formula::Product(list) => {
                let mut product = self.whole(self.zero.one());
                for item in list {
                    product = &product * &self.convert(item, values)?;
                }
                Ok(product)
            }
            Formula::Power(base, exponent) => {
                let base = self.convert(base, values)?;
                if *exponent >= 0 {
                    return Ok(base.pow(u64::from(exponent.unsigned_abs())));
                }
                if base.is_zero() { Err(Failure::DivisionByZero) } else { Ok(base.inv().pow(u64::from(exponent.unsigned_abs()))) }
            }
            Formula::Quotient(top, bottom) => {
                let bottom = self.convert(bottom, values)?;
                if bottom.is_zero() { Err(Failure::DivisionByZero) } else { Ok(&self.convert(top, values)? * &bottom.inv()) }
            }
        }
    }

    /// Our own canonical form of a quotient, factored.
    pub fn factored(&self, value: &Quotient) -> Result<Factored, Failure> {
        if value.is_zero() {
            return Ok(Factored::zero());
        }
        let (above, numerator) = self.factors(&value.numerator)?;
        let kept = self.denominator.borrow().as_ref().filter(|kept| kept.0 == value.denominator).map(|kept| kept.1.clone());
        let (below, denominator) = match kept {
            Some(factors) => factors,
            None => {
                let factors = self.factors(&value.denominator)?;
                self.denominator.replace(Some((value.denominator.clone(), factors.clone())));
                factors
            }
        };
        Factored::new(number(&(&above / &below))?, numerator, denominator).ok_or_else(too_large)
    }

    pub fn factored_polynomial(&self, value: &Whole) -> Result<Factored, Failure> {
        if value.is_zero() {
            return Ok(Factored::zero());
        }
        let (constant, factors) = self.factors(value)?;
        Factored::new(number(&constant)?, factors, Vec::new()).ok_or_else(too_large)
    }

    /// The canonical form without factoring: constants and one polynomial above and below.
    pub fn together(&self, value: &Quotient) -> Result<Factored, Failure> {
        if value.is_zero() {
            return Ok(Factored::zero());
        }
        let (above, below) = (value.numerator.content(), value.denominator.content());
        let [top, bottom] = [(&value.numerator, &above), (&value.denominator, &below)].map(|(part, content)| part.clone().div_coeff(content));
        let constant = number(&(&Rational::from(above) / &Rational::from(below)))?;
        Factored::new(constant, vec![(self.poly(&top)?, 1)], vec![(self.poly(&bottom)?, 1)]).ok_or_else(too_large)
    }

    /// The constant factor and the others with their powers.
    fn factors(&self, value: &Whole) -> Result<Factors, Failure> {
        let mut constant = Rational::from(1);
        let mut factors = Vec::new();
        for (factor, power) in value.factor() {
            let power = u32::try_from(power).map_err(|_| Failure::TooLarge)?;
            if factor.is_constant() {
                constant = &constant * &Rational::from(factor.get_constant().pow(u64::from(power)));
            } else {
                factors.push((self.poly(&factor)?, power));
            }
        }
        Ok((constant, factors))
    }

    pub fn poly(&self, value: &Whole) -> Result<Poly, Failure> {
        let mut terms = Vec::with_capacity(value.nterms());
        for index in 0..value.nterms() {
            let view = value.to_monomial_view(index);
            let coefficient = Number::parse(&view.coefficient.to_string()).ok_or_else(too_large)?;
            let (monomial, _) = self.split(value.exponents(index), |_| true);
            terms.push((coefficient, monomial));
        }
        Poly::new(terms).ok_or_else(too_large)
    }

    /// The monomial in the atoms selected, and the exponents of the rest.
    pub fn split(&self, exponents: &[u16], keep: impl Fn(u32) -> bool) -> (Monomial, Vec<u16>) {
        let inside = self.atoms.iter().zip(exponents).filter(|pair| keep(*pair.0)).map(|(atom, power)| (*atom, u32::from(*power)));
        let outside = self.atoms.iter().zip(exponents).map(|(atom, power)| if keep(*atom) { 0 } else { *power });
        (Monomial::new(inside), outside.collect())
    }

    pub fn resultant(&self, left: &Whole, right: &Whole, variable: usize) -> Whole {
        left.to_univariate(variable).resultant(&right.to_univariate(variable))
    }
}

fn number(value: &Rational) -> Result<Number, Failure> {
    Number::parse(&value.to_string()).ok_or_else(too_large)
}

/// The highest degree in any one variable.
fn degree(value: &Whole) -> u64 {
    (0..value.nvars()).map(|variable| u64::from(value.degree(variable))).max().unwrap_or(0)
}

/// At least the degree of numerator and denominator.
fn bound(formula: &Formula) -> u64 {
    match formula {
        Formula::Number(_) => 0,
        Formula::Atom(_) => 1,
        Formula::Sum(list) | Formula::Product(list) => {
            let whole = |item: &Formula| matches!(item, Formula::Number(_) | Formula::Atom(_));
            if matches!(formula, Formula::Sum(_)) && list.iter().all(whole) { 1 } else { list.iter().map(bound).fold(0, u64::saturating_add) }
        }
        Formula::Power(base, exponent) => bound(base).saturating_mul(u64::from(exponent.unsigned_abs())),
        Formula::Quotient(top, bottom) => bound(top).saturating_add(bound(bottom)),
    }
}
