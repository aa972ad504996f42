//! Linear systems with formulas for coefficients.

use super::convert::{Quotient, Ring, Whole};
use super::minors::Minors;
use crate::task::{Failure, LinearSystem};
use crate::{Factored, Formula};
use std::collections::BTreeMap;
use symbolica::domains::rational_polynomial::FromNumeratorAndDenominator;
use symbolica::prelude::*;

/// An equation with whole coefficients: unknowns and right-hand sides by column.
pub type Row = BTreeMap<usize, Whole>;

/// Terms that a step of elimination may make, to begin with; beyond it minors are cheaper.
const GROWTH: usize = 64;

/// The unknowns wanted, for each right-hand side.
///
/// Unknowns that are not wanted are eliminated while that is cheap, the sparsest pivot first, each row kept without denominators and
/// common factors. What remains is solved by Cramer's rule from minors, which carry no factors that cancel later.
pub fn solve(system: &LinearSystem, wanted: &[usize]) -> Result<Vec<Vec<Factored>>, Failure> {
    check(system, wanted, system.rows.len())?;
    match together(system, wanted) {
        Err(Failure::TooLarge) if wanted.len() > 1 => {
            let mut sides = vec![Vec::new(); system.sides.len()];
            for unknown in wanted {
                for (side, values) in sides.iter_mut().zip(together(system, &[*unknown])?) {
                    side.extend(values);
                }
            }
            Ok(sides)
        }
        result => result,
    }
}

/// All the wanted unknowns from one elimination.
fn together(system: &LinearSystem, wanted: &[usize]) -> Result<Vec<Vec<Factored>>, Failure> {
    let count = system.rows.len();
    let formulas = system.rows.iter().flatten().map(|entry| &entry.1).chain(system.sides.iter().flatten());
    let ring = Ring::of(formulas);
    let mut rows = Vec::with_capacity(count);
    for (index, row) in system.rows.iter().enumerate() {
        let sides = system.sides.iter().enumerate().filter_map(|(side, list)| Some((count + side, list.get(index)?)));
        rows.push(whole(&ring, row.iter().map(|(unknown, formula)| (*unknown, formula)).chain(sides))?);
    }
    let mut left: Vec<usize> = (0..count).collect();
    let mut bound = GROWTH;
    let minors = loop {
        while let Some((index, pivot, growth)) = cheapest(&rows, count, wanted)
            && growth <= bound
        {
            let row = rows.swap_remove(index);
            eliminate(&mut rows, &row, pivot);
            left.retain(|unknown| *unknown != pivot);
        }
        if let Some(minors) = Minors::plan(&rows, &left, wanted, count, system.sides.len()) {
            break minors;
        }
        if left.iter().all(|unknown| wanted.contains(unknown)) {
            return Err(Failure::TooLarge);
        }
        // With all pivots gone nothing can grow any more, so this ends.
        bound = if cheapest(&rows, count, wanted).is_some() { bound.saturating_mul(8) } else { return Err(Failure::Singular) };
    };
    let values = minors.compute(ring.zero());
    let determinant = values.determinant().ok_or(Failure::Singular)?;
    let value = |side: usize, unknown: usize| {
        let top = values.replaced(unknown, side).unwrap_or_else(|| ring.zero().clone());
        ring.factored(&Quotient::from_num_den(top, determinant.clone(), &Z, true))
    };
    (0..system.sides.len()).map(|side| wanted.iter().map(|unknown| value(side, *unknown)).collect()).collect()
}

fn check(system: &LinearSystem, wanted: &[usize], count: usize) -> Result<(), Failure> {
    let malformed = |what: &str| Err(Failure::Malformed(what.to_string()));
    if wanted.iter().any(|unknown| *unknown >= count) {
        return malformed("an unknown is wanted that no equation stands for");
    }
    if system.rows.iter().flatten().any(|entry| entry.0 >= count) {
        return malformed("more unknowns than equations");
    }
    if system.sides.iter().any(|side| side.len() != count) {
        return malformed("a right-hand side needs one formula an equation");
    }
    Ok(())
}

/// A row over its common denominator.
fn whole<'a>(ring: &Ring, entries: impl Iterator<Item = (usize, &'a Formula)>) -> Result<Row, Failure> {
    let mut values: BTreeMap<usize, Quotient> = BTreeMap::new();
    for (column, formula) in entries {
        let value = ring.quotient(formula)?;
        let sum = match values.get(&column) {
            Some(present) => present + &value,
            None => value,
        };
        values.insert(column, sum);
    }
    let mut common = ring.zero().one();
    for value in values.values() {
        let shared = common.gcd(&value.denominator);
        common = &common * &(&value.denominator / &shared);
    }
    let mut row = Row::new();
    for (column, value) in values {
        if !value.is_zero() {
            row.insert(column, &value.numerator * &(&common / &value.denominator));
        }
    }
    Ok(primitive(row))
}

/// The row without what all its coefficients share.
fn primitive(mut row: Row) -> Row {
    row.retain(|_, value| !value.is_zero());
    if row.is_empty() || row.values().any(|value| value.is_one()) {
        return row;
    }
    let shared = Whole::gcd_multiple(row.values().cloned().collect());
    if shared.is_one() {
        return row;
    }
    row.into_iter().map(|(column, value)| (column, &value / &shared)).collect()
}

fn length(row: &Row) -> usize {
    row.values().map(Whole::nterms).sum()
}

/// The row and unknown, not a wanted one, whose elimination makes the fewest terms, and how many.
fn cheapest(rows: &[Row], count: usize, wanted: &[usize]) -> Option<(usize, usize, usize)> {
    let lengths: Vec<usize> = rows.iter().map(length).collect();
    let mut best: Option<(usize, usize, usize)> = None;
    for (index, (row, own)) in rows.iter().zip(&lengths).enumerate() {
        for (column, pivot) in row.iter().filter(|entry| *entry.0 < count && !wanted.contains(entry.0)) {
            let mut made = 0;
            for (other, (target, length)) in rows.iter().zip(&lengths).enumerate() {
                if other != index
                    && let Some(entry) = target.get(column)
                {
                    let (after, before) = (length * pivot.nterms() + entry.nterms() * own, *length);
                    made += after.saturating_sub(before);
                }
            }
            if best.is_none_or(|found| made < found.2) {
                best = Some((index, *column, made));
            }
        }
    }
    best
}

/// Takes the pivot's unknown out of every other row.
fn eliminate(rows: &mut [Row], pivot_row: &Row, unknown: usize) {
    let Some(pivot) = pivot_row.get(&unknown) else { return };
    for row in rows {
        let Some(own) = row.remove(&unknown) else { continue };
        let shared = own.gcd(pivot);
        let (times, less) = (pivot / &shared, &own / &shared);
        let mut next: Row = row.iter().map(|(column, value)| (*column, value * &times)).collect();
        for (column, value) in pivot_row.iter().filter(|entry| *entry.0 != unknown) {
            let product = value * &less;
            let entry = match next.get(column) {
                Some(present) => present - &product,
                None => -product,
            };
            next.insert(*column, entry);
        }
        *row = primitive(next);
    }
}
