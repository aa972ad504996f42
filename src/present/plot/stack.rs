//! Geometry of bars and cells: edges between neighbours, stacks above and below zero.

use super::figure::Stack;

/// Whether an axis has a place for a value.
fn usable(v: f64, log: bool) -> bool {
    v.is_finite() && (!log || v > 0.0)
}

/// Edges `(from, to)` of the cell around each centre: halfway to its neighbours, in logs on a logarithmic axis.
///
/// Centres may stand in any order; one that is not usable has no cell, a lone one gets a cell of unit width (a factor of 2 in logs).
pub(crate) fn edges(at: &[f64], log: bool) -> Vec<Option<(f64, f64)>> {
    let to = |v: f64| if log { v.ln() } else { v };
    let back = |v: f64| if log { v.exp() } else { v };
    let mut order: Vec<usize> = (0..at.len()).filter(|i| at.get(*i).is_some_and(|v| usable(*v, log))).collect();
    let value = |i: usize| at.get(i).map_or(0.0, |v| to(*v));
    order.sort_by(|a, b| value(*a).total_cmp(&value(*b)));
    let sorted: Vec<f64> = order.iter().map(|i| value(*i)).collect();
    let mut distinct = sorted.clone();
    distinct.dedup();
    let middle = |a: f64, b: f64| a / 2.0 + b / 2.0;
    let mut out = vec![None; at.len()];
    for (index, v) in order.iter().zip(&sorted) {
        let k = distinct.partition_point(|d| d < v);
        let before = k.checked_sub(1).and_then(|k| distinct.get(k));
        let after = distinct.get(k + 1);
        let half = match (before, after) {
            (Some(b), _) => v / 2.0 - b / 2.0,
            (_, Some(a)) => a / 2.0 - v / 2.0,
            _ if log => std::f64::consts::LN_2 / 2.0,
            _ => 0.5,
        };
        let from = before.map_or(v - half, |b| middle(*b, *v));
        let until = after.map_or(v + half, |a| middle(*v, *a));
        if let Some(slot) = out.get_mut(*index) {
            *slot = Some((back(from), back(until)));
        }
    }
    out
}

/// The outermost edges of all cells.
pub(crate) fn outer_edges(at: &[f64], log: bool) -> Vec<f64> {
    let all = edges(at, log);
    let low = all.iter().flatten().map(|e| e.0).fold(f64::INFINITY, f64::min);
    let high = all.iter().flatten().map(|e| e.1).fold(f64::NEG_INFINITY, f64::max);
    [low, high].into_iter().filter(|v| v.is_finite()).collect()
}

/// A part of a bar, and where it begins and ends.
pub(crate) type Piece = (usize, f64, f64);

/// The pieces of each complete bar, from zero outwards, with the bar's index.
pub(crate) fn pieces(stack: &Stack) -> Vec<(usize, Vec<Piece>)> {
    let mut bars = Vec::new();
    for i in 0..stack.at.len() {
        let values: Vec<f64> = stack.parts.iter().map(|(_, v)| v.get(i).copied().map_or(f64::NAN, |v| v)).collect();
        if !stack.at.get(i).is_some_and(|v| v.is_finite()) || values.iter().any(|v| !v.is_finite()) {
            continue;
        }
        let (mut up, mut down) = (0.0f64, 0.0f64);
        let mut parts = Vec::new();
        for (k, v) in values.iter().enumerate().filter(|(_, v)| **v != 0.0) {
            let edge = if *v > 0.0 { &mut up } else { &mut down };
            let next = (*edge + v).clamp(f64::MIN, f64::MAX);
            parts.push((k, *edge, next));
            *edge = next;
        }
        bars.push((i, parts));
    }
    bars
}

/// How far each complete bar reaches: `(index, lowest, highest, total mark)`.
pub(crate) fn reaches(stack: &Stack) -> Vec<(usize, f64, f64, Option<f64>)> {
    pieces(stack)
        .into_iter()
        .map(|(i, parts)| {
            let ends = || parts.iter().map(|p| p.2);
            (i, ends().fold(0.0, f64::min), ends().fold(0.0, f64::max), total(stack, i))
        })
        .collect()
}

/// The total's mark of a bar, where there is one.
pub(crate) fn total(stack: &Stack, i: usize) -> Option<f64> {
    stack.total.as_ref().and_then(|(_, t)| t.get(i).copied()).filter(|t| t.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::plot::text::Label;

    #[test]
    fn edges_lie_halfway() {
        assert_eq!(edges(&[1.0, 2.0, 4.0], false), [Some((0.5, 1.5)), Some((1.5, 3.0)), Some((3.0, 5.0))]);
        assert_eq!(edges(&[f64::NAN, 2.0], false), [None, Some((1.5, 2.5))]);
        let logs = edges(&[1.0, 4.0, 0.0], true);
        assert!(logs.first().copied().flatten().is_some_and(|e| (e.1 - 2.0).abs() < 1e-12) && logs.last() == Some(&None));
        assert_eq!(edges(&[3.0, 1.0], false), [Some((2.0, 4.0)), Some((0.0, 2.0))]);
    }

    #[test]
    fn signs_stack_apart() {
        let part = |v: &[f64]| (Label::plain("p"), v.to_vec());
        let stack = Stack { at: vec![1.0, 2.0], parts: vec![part(&[2.0, f64::NAN]), part(&[-1.0, 1.0]), part(&[3.0, 1.0])], total: None, first: 0 };
        assert_eq!(pieces(&stack), vec![(0, vec![(0, 0.0, 2.0), (1, 0.0, -1.0), (2, 2.0, 5.0)])]);
        assert_eq!(reaches(&stack), vec![(0, -1.0, 5.0, None)]);
    }
}
