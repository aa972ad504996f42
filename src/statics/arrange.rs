//! The order and the signs in which a formula is read.

use super::atoms::{Atoms, Measures};
use crate::algebra::{Formula, Monomial};

/// The letters of each product in one order: η, γ, elasticities of substitution, then the others as they were met; sums after letters.
pub fn in_order(formula: &Formula, atoms: &Atoms) -> Formula {
    let all = |list: &[Formula]| list.iter().map(|f| in_order(f, atoms)).collect::<Vec<_>>();
    match formula {
        Formula::Number(_) | Formula::Atom(_) => formula.clone(),
        Formula::Sum(list) => Formula::Sum(all(list)),
        Formula::Power(base, n) => in_order(base, atoms).power(*n),
        Formula::Quotient(top, bottom) => Formula::Quotient(Box::new(in_order(top, atoms)), Box::new(in_order(bottom, atoms))),
        Formula::Product(list) => {
            let mut list = all(list);
            let letter = |f: &Formula| match f {
                Formula::Atom(a) => Some(*a),
                Formula::Power(base, _) => match **base {
                    Formula::Atom(a) => Some(a),
                    _ => None,
                },
                _ => None,
            };
            list.sort_by_key(|f| match (f, letter(f)) {
                (Formula::Number(_), _) => (0, 0),
                (_, Some(a)) => match atoms.get(a).map(|x| &x.measures) {
                    Some(Measures::Steepness(_)) => (1, a),
                    Some(Measures::Offshored(_)) => (2, a),
                    Some(Measures::Substitution) => (3, a),
                    _ => (4, a),
                },
                _ => (5, 0),
            });
            Formula::Product(list)
        }
    }
}

/// Letters first, then sums.
pub(super) fn order(factors: &mut [Formula]) {
    factors.sort_by_key(|f| match f {
        Formula::Atom(_) => 0,
        Formula::Power(base, _) if matches!(**base, Formula::Atom(_)) => 0,
        Formula::Product(_) => 1,
        _ => 2,
    });
}

/// A sum with every term turned, its first positive one in front.
pub fn turned_sum(formula: Formula) -> Formula {
    match formula {
        Formula::Sum(list) => {
            let mut list: Vec<Formula> = list.into_iter().map(turned).collect();
            if let Some(lead) = list.iter().position(|t| !negative(t)) {
                let first = list.remove(lead);
                list.insert(0, first);
            }
            Formula::Sum(list)
        }
        other => turned(other),
    }
}

/// The formula with the other sign, its leading minus taken away where there is one.
pub fn turned(formula: Formula) -> Formula {
    match formula {
        Formula::Number(n) => Formula::Number(n.negated()),
        Formula::Product(list) => match list.split_first() {
            Some((Formula::Number(n), rest)) => Formula::product(std::iter::once(Formula::Number(n.negated())).chain(rest.iter().cloned())),
            _ => Formula::Product(list).negated(),
        },
        Formula::Quotient(top, bottom) => turned(*top).over(*bottom),
        Formula::Sum(list) if list.iter().all(negative) => Formula::Sum(list.into_iter().map(turned).collect()),
        other => other.negated(),
    }
}

pub fn negative(formula: &Formula) -> bool {
    match formula {
        Formula::Number(n) => n.is_negative(),
        Formula::Product(list) => list.first().is_some_and(negative),
        Formula::Quotient(top, _) => negative(top),
        Formula::Sum(list) => list.iter().all(negative),
        _ => false,
    }
}

pub(super) fn monomial_formula(monomial: &Monomial, coefficient: Formula) -> Formula {
    let letters: Vec<Formula> = monomial.powers().iter().map(|(a, p)| Formula::atom(*a).power(i32::try_from(*p).unwrap_or(i32::MAX))).collect();
    match coefficient {
        Formula::Quotient(top, bottom) => Formula::product(signed(*top, letters)).over(*bottom),
        other => Formula::product(signed(other, letters)),
    }
}

/// Number, then letters, then the rest of the coefficient.
fn signed(coefficient: Formula, letters: Vec<Formula>) -> Vec<Formula> {
    match coefficient {
        Formula::Product(list) => {
            let (numbers, rest): (Vec<_>, Vec<_>) = list.into_iter().partition(|f| matches!(f, Formula::Number(_)));
            numbers.into_iter().chain(letters).chain(rest).collect()
        }
        Formula::Number(n) => std::iter::once(Formula::Number(n)).chain(letters).collect(),
        other => letters.into_iter().chain(std::iter::once(other)).collect(),
    }
}
