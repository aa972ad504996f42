//! Determinants by expansion along rows, each minor worked out once.

use super::convert::Whole;
use super::linear::Row;
use std::collections::{BTreeMap, BTreeSet};

/// Minors that may be needed at one level before the expansion is given up.
const WIDTH: usize = 3000;

/// A set of columns, by their places in the plan.
type Set = u64;

/// Which minors of a square system with right-hand sides are needed, from the whole down to single entries.
pub struct Minors {
    /// The rows as (place of column, entry), the ones with most entries first, so that few sets are met.
    rows: Vec<Vec<(u32, Whole)>>,
    unknowns: Vec<usize>,
    /// Sets of size 1, 2, … that have to be known.
    levels: Vec<BTreeSet<Set>>,
}

/// Minors with all rows, by column set.
pub struct Values {
    unknowns: Vec<usize>,
    top: BTreeMap<Set, Whole>,
}

fn bit(place: usize) -> Option<Set> {
    u32::try_from(place).ok().and_then(|place| 1u64.checked_shl(place))
}

fn all(places: usize) -> Option<Set> {
    bit(places).and_then(|beyond| beyond.checked_sub(1))
}

/// The columns of [A b] without the place of one unknown, with that of one side.
fn replaced(unknowns: usize, place: usize, side: usize) -> Option<Set> {
    Some((all(unknowns)? & !bit(place)?) | bit(unknowns + side)?)
}

/// How many members of the set come before the place.
fn before(set: Set, place: u32) -> u32 {
    (set & ((1u64 << place) - 1)).count_ones()
}

impl Minors {
    /// `None` where more columns or minors would be needed than is wise, or rows and unknowns differ in number.
    pub fn plan(rows: &[Row], unknowns: &[usize], wanted: &[usize], count: usize, sides: usize) -> Option<Minors> {
        if rows.len() != unknowns.len() || unknowns.len() + sides >= 63 {
            return None;
        }
        let place = |column: &usize| match column.checked_sub(count) {
            Some(side) => Some(unknowns.len() + side),
            None => unknowns.iter().position(|unknown| unknown == column),
        };
        let entries = |row: &Row| row.iter().map(|(column, value)| Some((u32::try_from(place(column)?).ok()?, value.clone()))).collect();
        let mut rows: Vec<Vec<(u32, Whole)>> = rows.iter().map(entries).collect::<Option<_>>()?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.len()));
        let mut level: BTreeSet<Set> = BTreeSet::from([all(unknowns.len())?]);
        for (place, _) in unknowns.iter().enumerate().filter(|entry| wanted.contains(entry.1)) {
            for side in 0..sides {
                level.insert(replaced(unknowns.len(), place, side)?);
            }
        }
        let mut levels = vec![level];
        for row in rows.iter().skip(1).rev() {
            let above = levels.last()?;
            let below: BTreeSet<Set> = above
                .iter()
                .flat_map(|set| row.iter().map(move |entry| (set, 1u64 << entry.0)))
                .filter(|(set, bit)| *set & bit != 0)
                .map(|(set, bit)| set & !bit)
                .collect();
            if below.len() > WIDTH {
                return None;
            }
            levels.push(below);
        }
        levels.reverse();
        Some(Minors { rows, unknowns: unknowns.to_vec(), levels })
    }

    pub fn compute(self, zero: &Whole) -> Values {
        let mut known: BTreeMap<Set, Whole> = BTreeMap::from([(0, zero.one())]);
        for (row, sets) in self.rows.iter().zip(&self.levels) {
            let mut next = BTreeMap::new();
            for set in sets {
                let mut sum = zero.clone();
                for (place, entry) in row {
                    let Some(minor) = known.get(&(set & !(1u64 << place))).filter(|_| set & (1u64 << place) != 0) else { continue };
                    let product = entry * minor;
                    let negative = (set.count_ones() - 1 + before(*set, *place)) % 2 == 1;
                    sum = if negative { &sum - &product } else { &sum + &product };
                }
                if !sum.is_zero() {
                    next.insert(*set, sum);
                }
            }
            known = next;
        }
        Values { unknowns: self.unknowns, top: known }
    }
}

impl Values {
    /// The determinant; `None` where it is zero.
    pub fn determinant(&self) -> Option<Whole> {
        self.top.get(&all(self.unknowns.len())?).cloned()
    }

    /// The determinant with a right-hand side in the column of an unknown; `None` where it is zero.
    pub fn replaced(&self, unknown: usize, side: usize) -> Option<Whole> {
        let count = self.unknowns.len();
        let place = self.unknowns.iter().position(|other| *other == unknown)?;
        let value = self.top.get(&replaced(count, place, side)?)?.clone();
        // The side's column stands last and has to pass those after the unknown's.
        Some(if (count - 1 - place) % 2 == 1 { -value } else { value })
    }
}
