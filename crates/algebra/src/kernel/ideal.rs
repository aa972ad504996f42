//! Equality where relations between the atoms hold, through a Gröbner basis.

use super::convert::{Quotient, Ring, Whole};
use crate::task::{Failure, Relations};
use crate::{Factored, Formula};
use symbolica::domains::rational::RationalField;
use symbolica::domains::rational_polynomial::FromNumeratorAndDenominator;
use symbolica::poly::GrevLexOrder;
use symbolica::poly::groebner::GroebnerBasis;
use symbolica::poly::polynomial::MultivariatePolynomial;
use symbolica::prelude::*;

/// A polynomial with rational coefficients in the order that bases are computed in.
type Graded = MultivariatePolynomial<RationalField, u16, GrevLexOrder>;

/// A number that no atom has: the reciprocal of what is said not to be zero.
const RECIPROCAL: u32 = u32::MAX;

struct Ideal {
    ring: Ring,
    basis: Vec<Graded>,
}

fn graded(value: &Whole) -> Graded {
    value.map_coeff(|coefficient| Rational::from(coefficient.clone()), Q).reorder()
}

impl Ideal {
    /// The ideal of the relations, freed of what holds only where a formula vanishes that is said not to.
    fn new(formula: &Formula, given: &Relations) -> Result<Ideal, Failure> {
        if std::iter::once(formula).chain(&given.zero).chain(&given.nonzero).any(|one| one.atoms().contains(&RECIPROCAL)) {
            return Err(Failure::Malformed(format!("s{RECIPROCAL} is not for use in relations")));
        }
        let nonzero = Formula::product(given.nonzero.iter().cloned());
        let mut relations = given.zero.clone();
        if !given.nonzero.is_empty() && !given.zero.is_empty() {
            relations.push(nonzero.times(Formula::atom(RECIPROCAL)).minus(Formula::one()));
        }
        let ring = Ring::of(std::iter::once(formula).chain(&relations));
        let mut system = Vec::new();
        for relation in &relations {
            let value = ring.quotient(relation)?.numerator;
            if !value.is_zero() {
                system.push(graded(&value));
            }
        }
        if system.is_empty() {
            return Ok(Ideal { ring, basis: system });
        }
        let basis = GroebnerBasis::new(&system, false).reduce_basis().system;
        if basis.iter().any(|member| member.is_constant() && !member.is_zero()) {
            return Err(Failure::Contradiction);
        }
        Ok(Ideal { ring, basis })
    }

    fn rest(&self, value: &Whole) -> Graded {
        if self.basis.is_empty() { graded(value) } else { graded(value).reduce(&self.basis) }
    }
}

pub fn is_zero(formula: &Formula, given: &Relations) -> Result<bool, Failure> {
    let ideal = Ideal::new(formula, given)?;
    let value = ideal.ring.quotient(formula)?;
    if ideal.rest(&value.denominator).is_zero() {
        return Err(Failure::DivisionByZero);
    }
    Ok(ideal.rest(&value.numerator).is_zero())
}

pub fn reduce(formula: &Formula, given: &Relations) -> Result<Factored, Failure> {
    // A remainder may not speak of the reciprocal, so what is not zero stays out.
    let ideal = Ideal::new(formula, &Relations { zero: given.zero.clone(), nonzero: Vec::new() })?;
    let value = ideal.ring.quotient(formula)?;
    let (top, bottom) = (ideal.rest(&value.numerator), ideal.rest(&value.denominator));
    if bottom.is_zero() {
        return Err(Failure::DivisionByZero);
    }
    let quotient = Quotient::from_num_den(top.reorder(), bottom.reorder(), &Z, true);
    ideal.ring.factored(&quotient)
}
