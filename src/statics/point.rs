//! Where a log-linear form is taken: values of all symbols, and which unknowns sit at a bound.

use crate::expr::Sym;
use crate::solve::{Position, Solution};
use crate::system::{Role, System};

/// An equilibrium, or the interior of a regime without numbers.
#[derive(Clone, Debug)]
pub struct Point {
    /// By symbol; NaN without numbers.
    pub values: Vec<f64>,
    /// By symbol: an unknown at its lower or upper bound.
    pub at_bound: Vec<Option<Bound>>,
    pub numeric: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Lower,
    Upper,
}

impl Point {
    pub fn of(system: &System, solution: &Solution) -> Point {
        let mut at_bound = vec![None; system.syms.len()];
        for (sym, position) in &solution.positions {
            let bound = match position {
                Position::Lower => Some(Bound::Lower),
                Position::Upper => Some(Bound::Upper),
                _ => None,
            };
            if let Some(slot) = at_bound.get_mut(sym.index()) {
                *slot = bound;
            }
        }
        // A sum of unknowns that all stay where they are does not move.
        for (sum, parts) in &system.steps {
            if let Some(first) = parts.first()
                && parts.iter().all(|p| at_bound.get(p.index()).copied().flatten().is_some())
            {
                at_bound[sum.index()] = at_bound[first.index()];
            }
        }
        let mut values = solution.values.clone();
        values.resize(system.syms.len(), f64::NAN);
        // The price of what there is none of is infinite: a nest does without it.
        for sym in system.unknowns() {
            if let Some(value) = values.get_mut(sym.index()).filter(|v| v.is_nan()) {
                *value = f64::INFINITY;
            }
        }
        Point { values, at_bound, numeric: true }
    }

    /// All industries active, all tasks split: what is said of a technology without numbers.
    pub fn interior(system: &System) -> Point {
        let values = system.syms.iter().map(|s| if let Role::Parameter(v) = s.role { v } else { f64::NAN }).collect();
        Point { values, at_bound: vec![None; system.syms.len()], numeric: false }
    }

    pub fn value(&self, sym: Sym) -> f64 {
        self.values.get(sym.index()).copied().unwrap_or(f64::NAN)
    }

    pub fn bound(&self, sym: Sym) -> Option<Bound> {
        self.at_bound.get(sym.index()).copied().flatten()
    }
}
