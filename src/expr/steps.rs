//! Expressions that jump: piecewise constant schedules are choices by where a task lies, `if i <= e then a else b`.

use super::{Cmp, Dag, Node, NodeId, Sym, integrate};

/// The part of an expression between two jumps: on `(from, to]` it is `value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub from: NodeId,
    pub to: NodeId,
    pub value: NodeId,
}

/// Ends of steps that cannot be put in order, since they are not all numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unordered;

/// The steps of a piecewise constant expression of `x`: `values[k]` up to and with `ends[k]`, the last one beyond all ends too.
pub fn stair(dag: &mut Dag, x: NodeId, rows: &[(NodeId, NodeId)]) -> NodeId {
    let Some(((end, last), others)) = rows.split_last() else { return dag.constant(f64::NAN) };
    if others.is_empty() {
        // A choice all the same: one step is flat because it says so.
        return dag.intern(Node::Select { cmp: Cmp::LessEqual, a: x, b: *end, then: *last, otherwise: *last });
    }
    others.iter().rev().fold(*last, |otherwise, &(end, then)| dag.intern(Node::Select { cmp: Cmp::LessEqual, a: x, b: end, then, otherwise }))
}

/// What an expression of `var` is between its jumps in `[0, 1]`; empty where it has none.
///
/// # Errors
/// Jumps of several schedules, some of them where a parameter says.
pub fn steps(dag: &mut Dag, root: NodeId, var: Sym) -> Result<Vec<Step>, Unordered> {
    let parts = together(dag, &[root], var)?;
    Ok(parts.into_iter().filter_map(|(from, to, values)| Some(Step { from, to, value: *values.first()? })).collect())
}

/// [`steps`] of several expressions: from where to where none of them jumps, and what each is there.
///
/// # Errors
/// Jumps of several schedules, some of them where a parameter says.
pub fn together(dag: &mut Dag, roots: &[NodeId], var: Sym) -> Result<Vec<(NodeId, NodeId, Vec<NodeId>)>, Unordered> {
    let x = dag.sym(var);
    let mut ends: Vec<NodeId> = Vec::new();
    // A stair's last choice is made first.
    for id in dag.reachable(roots).into_iter().rev() {
        if let Node::Select { cmp: Cmp::LessEqual, a, b, .. } = dag.node(id)
            && *a == x
            && !ends.contains(b)
        {
            ends.push(*b);
        }
    }
    if ends.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Option<Vec<(f64, NodeId)>> = ends.iter().map(|e| Some((dag.as_const(*e)?, *e))).collect();
    match numbers {
        Some(mut numbers) => {
            numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
            ends = numbers.into_iter().map(|n| n.1).collect();
        }
        // In the order that one stair has them.
        None if chain(dag, roots, x).as_ref() == Some(&ends) => {}
        None => return Err(Unordered),
    }
    let mut out = Vec::new();
    let mut from = dag.constant(0.0);
    let one = dag.constant(1.0);
    for k in 0..=ends.len() {
        if from == one {
            break;
        }
        let to = ends.get(k).copied().unwrap_or(one);
        // At or below an end that is no lower than this step's own.
        let within = |dag: &mut Dag, root: NodeId| {
            dag.rebuild(root, &|node, now| match node {
                Node::Select { cmp: Cmp::LessEqual, a, b, then, otherwise } if *a == x => {
                    let end = ends.iter().position(|e| e == b)?;
                    Some(now(if end >= k { *then } else { *otherwise }))
                }
                _ => None,
            })
        };
        let values = roots.iter().map(|root| within(dag, *root)).collect();
        out.push((from, to, values));
        from = to;
    }
    Ok(out)
}

/// The ends of the only stair of these expressions, in its own order.
fn chain(dag: &Dag, roots: &[NodeId], x: NodeId) -> Option<Vec<NodeId>> {
    let choices: Vec<NodeId> =
        dag.reachable(roots).into_iter().filter(|n| matches!(dag.node(*n), Node::Select { cmp: Cmp::LessEqual, a, .. } if *a == x)).collect();
    // Each choice but the outermost is what the one around it falls back on.
    let mut at = *choices.last()?;
    let mut out = Vec::new();
    loop {
        let Node::Select { b, otherwise, .. } = dag.node(at) else { return None };
        out.push(*b);
        match choices.contains(otherwise) {
            true => at = *otherwise,
            false => break,
        }
    }
    (out.len() == choices.len()).then_some(out)
}

/// `∫_0^upper body d var`, exactly over the jumps.
pub fn integral(dag: &mut Dag, body: NodeId, var: Sym, upper: NodeId) -> NodeId {
    let Ok(steps) = steps(dag, body, var) else { return integrate::integral(dag, body, var, upper) };
    if steps.is_empty() {
        return integrate::integral(dag, body, var, upper);
    }
    let last = steps.len() - 1;
    let parts: Vec<NodeId> = steps
        .iter()
        .enumerate()
        .map(|(k, s)| {
            let below = if k == last { upper } else { dag.min(&[upper, s.to]) };
            let end = if k == 0 { below } else { dag.max(&[below, s.from]) };
            let width = dag.sub(end, s.from);
            between(dag, s, var, end, width)
        })
        .collect();
    dag.sum(&parts)
}

/// `∫_from^end value d var` over a part of one step, `width` wide.
pub fn between(dag: &mut Dag, step: &Step, var: Sym, end: NodeId, width: NodeId) -> NodeId {
    if !dag.symbols(&[step.value]).contains(&var) {
        return dag.mul(step.value, width);
    }
    let whole = integrate::integral(dag, step.value, var, end);
    let before = integrate::integral(dag, step.value, var, step.from);
    dag.sub(whole, before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::eval;

    fn at(dag: &Dag, node: NodeId, var: Sym, x: f64) -> f64 {
        eval::evaluate_one(dag, node, &mut |s| if s == var { x } else { f64::NAN })
    }

    #[test]
    fn two_stairs_and_a_slope_are_taken_apart() {
        let mut dag = Dag::default();
        let var = Sym(0);
        let x = dag.sym(var);
        let [a, b, c, one, two, three] = [0.4, 0.7, 0.5, 1.0, 2.0, 3.0].map(|v| dag.constant(v));
        let first = stair(&mut dag, x, &[(a, one), (b, two), (one, three)]);
        let second = stair(&mut dag, x, &[(c, one), (one, two)]);
        let slope = dag.add(one, x);
        let body = dag.prod(&[first, second, slope]);
        let parts = steps(&mut dag, body, var).expect("numbers");
        assert_eq!(parts.len(), 4);
        let upper = dag.sym(var);
        let area = integral(&mut dag, body, var, upper);
        for x in [0.0, 0.1, 0.4, 0.45, 0.5, 0.6, 0.7, 0.95, 1.0] {
            let own = parts.iter().find(|p| at(&dag, p.to, var, x) >= x).expect("covered");
            assert_eq!(at(&dag, own.value, var, x), at(&dag, body, var, x), "at {x}");
            let n = 20_000;
            let sum: f64 = (0..n).map(|k| (k as f64 + 0.5) / n as f64 * x).map(|y| at(&dag, body, var, y)).sum::<f64>() * x / n as f64;
            assert!((at(&dag, area, var, x) - sum).abs() < 1e-3, "area to {x}");
        }
    }

    #[test]
    fn ends_that_parameters_move_keep_the_order_of_their_stair() {
        let mut dag = Dag::default();
        let (var, j, k) = (Sym(0), Sym(1), Sym(2));
        let [x, j, k] = [var, j, k].map(|s| dag.sym(s));
        let [one, two, three] = [1.0, 2.0, 3.0].map(|v| dag.constant(v));
        let body = stair(&mut dag, x, &[(k, one), (j, two), (one, three)]);
        let parts = steps(&mut dag, body, var).expect("one stair");
        assert_eq!(parts.iter().map(|p| (p.to, p.value)).collect::<Vec<_>>(), vec![(k, one), (j, two), (one, three)]);
        let other = stair(&mut dag, x, &[(j, one), (one, two)]);
        let both = dag.mul(body, other);
        assert_eq!(steps(&mut dag, both, var), Err(Unordered));
    }
}
