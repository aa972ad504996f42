//! Linear systems with formulas for coefficients.

use super::super::task::{Failure, LinearSystem};
use super::super::{Factored, Formula};
use super::convert::{Quotient, Ring, Whole};
use std::collections::BTreeMap;
use symbolica::domains::rational_polynomial::FromNumeratorAndDenominator;
use symbolica::prelude::*;

/// An equation with whole coefficients: unknowns and right-hand sides by column.
type Row = BTreeMap<usize, Whole>;

/// The unknowns wanted, for each right-hand side.
///
/// The other unknowns are eliminated one by one, the sparsest pivot first, each row kept without denominators and common factors;
/// what remains is a small system in the unknowns wanted.
pub fn solve(system: &LinearSystem, wanted: &[usize]) -> Result<Vec<Vec<Factored>>, Failure> {
    let count = system.rows.len();
    check(system, wanted, count)?;
    let formulas = system.rows.iter().flatten().map(|entry| &entry.1).chain(system.sides.iter().flatten());
    let ring = Ring::of(formulas);
    let mut rows = Vec::with_capacity(count);
    for (index, row) in system.rows.iter().enumerate() {
        let sides = system.sides.iter().enumerate().filter_map(|(side, list)| Some((count + side, list.get(index)?)));
        rows.push(whole(&ring, row.iter().map(|(unknown, formula)| (*unknown, formula)).chain(sides))?);
    }
    let keep = |unknown: usize| wanted.contains(&unknown);
    while let Some((pivot_row, pivot)) = next_pivot(&rows, count, &keep) {
        let row = rows.swap_remove(pivot_row);
        eliminate(&mut rows, &row, pivot);
    }
    let unique: Vec<usize> = (0..count).filter(|unknown| keep(*unknown)).collect();
    if (0..count).any(|unknown| !keep(unknown) && rows.iter().any(|row| row.contains_key(&unknown))) || rows.len() != unique.len() {
        return Err(Failure::Singular);
    }
    let values = small(&ring, rows, &unique, count, system.sides.len())?;
    let place = |unknown: &usize| unique.iter().position(|other| other == unknown);
    let side = |list: &Vec<Quotient>| {
        let pick = |unknown: &usize| {
            let value = place(unknown).and_then(|place| list.get(place)).ok_or(Failure::Singular)?;
            ring.factored(value)
        };
        wanted.iter().map(pick).collect::<Result<Vec<_>, Failure>>()
    };
    values.iter().map(side).collect()
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
    if row.is_empty() {
        return row;
    }
    let shared = Whole::gcd_multiple(row.values().cloned().collect());
    if shared.is_one() {
        return row;
    }
    row.into_iter().map(|(column, value)| (column, &value / &shared)).collect()
}

/// The entry whose elimination fills in least (Markowitz' count times its length), among unknowns that are not wanted.
fn next_pivot(rows: &[Row], count: usize, keep: &impl Fn(usize) -> bool) -> Option<(usize, usize)> {
    let mut uses: BTreeMap<usize, usize> = BTreeMap::new();
    for row in rows {
        for column in row.keys() {
            *uses.entry(*column).or_default() += 1;
        }
    }
    let mut best: Option<((usize, usize, usize), (usize, usize))> = None;
    for (index, row) in rows.iter().enumerate() {
        let length: usize = row.values().map(Whole::nterms).sum();
        for (column, value) in row.iter().filter(|entry| *entry.0 < count && !keep(*entry.0)) {
            let others = uses.get(column).copied().unwrap_or(1).saturating_sub(1);
            let cost = (others * length * value.nterms(), value.nterms(), length);
            if best.as_ref().is_none_or(|found| cost < found.0) {
                best = Some((cost, (index, *column)));
            }
        }
    }
    best.map(|found| found.1)
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

/// Solves what is left, a system in the wanted unknowns alone; one list of values a right-hand side.
fn small(ring: &Ring, mut rows: Vec<Row>, unknowns: &[usize], count: usize, sides: usize) -> Result<Vec<Vec<Quotient>>, Failure> {
    let mut pivots: Vec<(usize, Row)> = Vec::new();
    let mut left: Vec<usize> = unknowns.to_vec();
    while !left.is_empty() {
        let (index, pivot) = next_pivot(&rows, count, &|unknown| !left.contains(&unknown)).ok_or(Failure::Singular)?;
        let row = rows.swap_remove(index);
        eliminate(&mut rows, &row, pivot);
        for (_, solved) in &mut pivots {
            eliminate(std::slice::from_mut(solved), &row, pivot);
        }
        pivots.push((pivot, row));
        left.retain(|unknown| *unknown != pivot);
    }
    let value = |unknown: usize, side: usize| -> Result<Quotient, Failure> {
        let row = pivots.iter().find(|pivot| pivot.0 == unknown).map(|pivot| &pivot.1).ok_or(Failure::Singular)?;
        let bottom = row.get(&unknown).cloned().ok_or(Failure::Singular)?;
        let top = row.get(&(count + side)).cloned().unwrap_or_else(|| ring.zero().clone());
        Ok(Quotient::from_num_den(top, bottom, &Z, true))
    };
    (0..sides).map(|side| unknowns.iter().map(|unknown| value(*unknown, side)).collect()).collect()
}
