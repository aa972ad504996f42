//! Responses where the active conditions leave something open: what does not rest on that has one all the same.

use super::linear::Linear;
use super::rows::Rows;
use crate::expr::Sym;
use rustc_hash::FxHashMap;

/// Pivots below this, rows being scaled to 1, are none.
const RANK: f64 = 1e-10;
/// What elimination leaves of an entry that is zero.
const LEFT: f64 = 1e-8;
/// Conditions beyond which nothing is set apart: elimination is dense.
const LARGEST: usize = 300;

/// The independent conditions, and the unknowns that they settle once what is open stands still; `None` where nothing is open, where a condition
/// contradicts others, or where a target rests on what is open. `values` are those of the letters.
pub fn settled(rows: &Rows, targets: &[Linear], sources: &[Sym], values: &[f64]) -> Option<Rows> {
    let (m, n) = (rows.rows.len(), rows.unknowns.len());
    if m.max(n) > LARGEST {
        return None;
    }
    let column: FxHashMap<Sym, usize> = rows.unknowns.iter().chain(sources).enumerate().map(|(k, s)| (*s, k)).collect();
    let numbers = |form: &Linear| {
        let mut row = vec![0.0; n + sources.len()];
        form.terms().for_each(|(sym, c)| {
            if let Some(at) = column.get(&sym) {
                row[*at] = c.eval(values);
            }
        });
        let size = row[..n].iter().fold(0.0f64, |m, v| m.max(v.abs()));
        row.iter_mut().for_each(|v| *v /= if size > 0.0 { size } else { 1.0 });
        row
    };
    let mut matrix: Vec<Vec<f64>> = rows.rows.iter().map(|r| numbers(&r.form)).chain(targets.iter().map(&numbers)).collect();
    if matrix.iter().flatten().any(|v| !v.is_finite()) {
        return None;
    }
    let (mut used, mut taken) = (vec![false; m], vec![false; n]);
    loop {
        let open = |i: &usize| !used[*i];
        let entries = (0..m).filter(open).flat_map(|i| (0..n).filter(|k| !taken[*k]).map(move |k| (i, k)));
        let Some((i, k)) = entries.max_by(|a, b| matrix[a.0][a.1].abs().total_cmp(&matrix[b.0][b.1].abs())) else { break };
        if matrix[i][k].abs() <= RANK {
            break;
        }
        (used[i], taken[k]) = (true, true);
        let pivot = matrix[i].clone();
        for (_, row) in matrix.iter_mut().enumerate().filter(|(other, _)| *other >= m || !used[*other]) {
            let factor = row[k] / pivot[k];
            if factor != 0.0 {
                row.iter_mut().zip(&pivot).for_each(|(v, p)| *v -= factor * p);
                row[k] = 0.0;
            }
        }
    }
    let independent = used.iter().all(|u| *u) && taken.iter().all(|t| *t);
    let contradicts = (0..m).filter(|i| !used[*i]).any(|i| matrix[i][n..].iter().any(|v| v.abs() > LEFT));
    let rests = matrix[m..].iter().any(|row| (0..n).any(|k| !taken[k] && row[k].abs() > LEFT));
    if independent || contradicts || rests {
        return None;
    }
    let mut out = rows.clone();
    let (mut used, mut taken) = (used.into_iter(), taken.into_iter());
    out.rows.retain(|_| used.next() == Some(true));
    out.unknowns.retain(|_| taken.next() == Some(true));
    Some(out)
}
