//! The social accounting matrix of an equilibrium: rows receive, columns pay.

use super::Accounts;
use super::payments::{Account, Payment, payments};
use crate::expr::{Dag, eval};
use crate::model::Economy;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The rows of an economy as payments, to be valued at its equilibria.
pub struct Ledger {
    pub rows: Arc<Accounts>,
    payments: Vec<Payment>,
}

/// Payments between accounts at one equilibrium.
#[derive(Clone, Debug, PartialEq)]
pub struct Sam {
    /// In the order of the matrix; every account that the economy has, idle ones too.
    pub accounts: Vec<Account>,
    /// (receives, pays, value) by place in `accounts`: one a pair, none of zero, by row.
    pub cells: Vec<(usize, usize, f64)>,
}

/// How well rows and columns agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Balance {
    /// All payments.
    pub payments: f64,
    /// The account with the largest difference, its receipts and its payments.
    pub worst: Option<(Account, f64, f64)>,
}

impl Balance {
    /// The largest difference between a row and its column, as a share of all payments.
    pub fn gap(&self) -> f64 {
        match self.worst {
            Some((_, received, paid)) if self.payments > 0.0 => (received - paid).abs() / self.payments,
            _ => 0.0,
        }
    }
}

impl Ledger {
    /// The payments of an economy that is still to be lowered: their nodes stay valid in what is lowered from it.
    pub fn new(rows: Arc<Accounts>, economy: &mut Economy) -> Ledger {
        let payments = payments(&rows, economy);
        Ledger { rows, payments }
    }

    /// The matrix at the values of all symbols; `dag` is that of the system lowered from this ledger's economy. Where a country lacks a factor
    /// (`lacking`) there is a price that is none, and nothing is paid at it.
    pub fn at(&self, dag: &Dag, values: &[f64], lacking: bool) -> Sam {
        let mut accounts: Vec<Account> = self.payments.iter().flat_map(|p| [p.receives, p.pays]).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let place: FxHashMap<Account, usize> = accounts.iter().enumerate().map(|(i, a)| (*a, i)).collect();
        let nodes: Vec<_> = self.payments.iter().map(|p| p.value).collect();
        let values = eval::evaluate(dag, &nodes, &mut |s| values.get(s.index()).copied().unwrap_or(f64::NAN));
        let mut sums: FxHashMap<(usize, usize), f64> = FxHashMap::default();
        for (p, v) in self.payments.iter().zip(values) {
            *sums.entry((place[&p.receives], place[&p.pays])).or_default() += if lacking && v.is_nan() { 0.0 } else { v };
        }
        let mut cells: Vec<(usize, usize, f64)> = sums.into_iter().filter(|c| c.1 != 0.0).map(|((r, c), v)| (r, c, v)).collect();
        cells.sort_unstable_by_key(|c| (c.0, c.1));
        Sam { accounts, cells }
    }
}

impl Sam {
    /// What an account receives, and what it pays.
    pub fn totals(&self) -> Vec<(f64, f64)> {
        let mut out = vec![(0.0, 0.0); self.accounts.len()];
        for &(r, c, v) in &self.cells {
            out[r].0 += v;
            out[c].1 += v;
        }
        out
    }

    pub fn balance(&self) -> Balance {
        let totals = self.totals();
        let payments = self.cells.iter().map(|c| c.2.abs()).sum();
        let gap = |t: &(f64, f64)| (t.0 - t.1).abs();
        let worst = self.accounts.iter().zip(&totals).max_by(|a, b| gap(a.1).total_cmp(&gap(b.1))).map(|(a, t)| (*a, t.0, t.1));
        Balance { payments, worst }
    }
}

/// What changed from one matrix of a ledger to another.
pub fn change(before: &Sam, after: &Sam) -> Sam {
    let mut cells: FxHashMap<(usize, usize), f64> = after.cells.iter().map(|&(r, c, v)| ((r, c), v)).collect();
    for &(r, c, v) in &before.cells {
        *cells.entry((r, c)).or_default() -= v;
    }
    let mut cells: Vec<(usize, usize, f64)> = cells.into_iter().map(|((r, c), v)| (r, c, v)).collect();
    cells.sort_unstable_by_key(|c| (c.0, c.1));
    Sam { accounts: after.accounts.clone(), cells }
}
