//! Linear forms in changes, with formulas as coefficients.

use crate::algebra::{Formula, Monomial, Poly, Rational};
use crate::expr::Sym;
use std::collections::BTreeMap;

/// `Σ coefficient · change of a symbol`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Linear {
    terms: BTreeMap<Sym, Formula>,
}

impl Linear {
    pub fn zero() -> Linear {
        Linear::default()
    }

    pub fn change(sym: Sym) -> Linear {
        Linear { terms: BTreeMap::from([(sym, Formula::one())]) }
    }

    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    pub fn terms(&self) -> impl Iterator<Item = (Sym, &Formula)> {
        self.terms.iter().map(|(s, f)| (*s, f))
    }

    pub fn get(&self, sym: Sym) -> Option<&Formula> {
        self.terms.get(&sym)
    }

    pub fn add(&mut self, other: &Linear, factor: &Formula) {
        if factor.is_zero() {
            return;
        }
        for (sym, coefficient) in &other.terms {
            self.add_term(*sym, factor.clone().times(coefficient.clone()));
        }
    }

    pub fn add_term(&mut self, sym: Sym, coefficient: Formula) {
        let sum = match self.terms.remove(&sym) {
            Some(before) => before.plus(coefficient),
            None => coefficient,
        };
        let sum = tidy(sum);
        if !sum.is_zero() {
            self.terms.insert(sym, sum);
        }
    }

    pub fn scaled(&self, factor: &Formula) -> Linear {
        let mut out = Linear::zero();
        out.add(self, factor);
        out
    }

    pub fn plus(&self, other: &Linear) -> Linear {
        let mut out = self.clone();
        out.add(other, &Formula::one());
        out
    }

    pub fn minus(&self, other: &Linear) -> Linear {
        let mut out = self.clone();
        out.add(other, &Formula::int(-1));
        out
    }

    /// The same form with other coefficients; zeros are dropped.
    pub fn map(&self, f: impl Fn(&Formula) -> Formula) -> Linear {
        let terms = self.terms.iter().map(|(s, c)| (*s, tidy(f(c)))).filter(|(_, c)| !c.is_zero()).collect();
        Linear { terms }
    }

    pub fn remove(&mut self, sym: Sym) -> Option<Formula> {
        self.terms.remove(&sym)
    }
}

/// Terms beyond which a polynomial is left as it was written.
const LIMIT: usize = 60;

/// A polynomial in canonical form where the formula is a short one; anything else as it is.
pub fn tidy(formula: Formula) -> Formula {
    match polynomial(&formula) {
        Some(poly) if poly.terms().len() <= LIMIT => {
            let canonical = poly.to_formula();
            // Products of sums stay as written: expanding them makes them longer.
            if canonical.is_zero() || canonical.size() <= formula.size() { canonical } else { formula }
        }
        _ => formula,
    }
}

/// The formula as a polynomial; `None` for quotients and what grows too large.
pub fn polynomial(formula: &Formula) -> Option<Poly> {
    match formula {
        Formula::Number(value) => Some(Poly::constant(value.clone())),
        Formula::Atom(at) => Some(Poly::atom(*at)),
        Formula::Sum(list) => {
            let mut terms: Vec<(Rational, Monomial)> = Vec::new();
            for item in list {
                terms.extend(polynomial(item)?.terms().iter().cloned());
            }
            Poly::new(terms)
        }
        Formula::Product(list) => {
            let mut product = Poly::one();
            for item in list {
                product = product.times(&polynomial(item)?)?;
                if product.terms().len() > 4 * LIMIT {
                    return None;
                }
            }
            Some(product)
        }
        Formula::Power(base, exponent) => {
            let base = polynomial(base)?;
            let exponent = u32::try_from(*exponent).ok()?;
            if base.terms().len() > 8 || exponent > 8 { None } else { base.power(exponent) }
        }
        Formula::Quotient(top, bottom) => {
            let by = polynomial(bottom)?.as_constant()?.checked_recip()?;
            polynomial(top)?.scaled(&by)
        }
    }
}
