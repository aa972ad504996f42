//! Evaluation of expressions one point at a time, for parameters, checks and formulas; the solver's inner loops use the tape.

use super::table::{Piece, parts, segment};
use super::{Cmp, Dag, Func, Node, NodeId, PART, Sym, TablePart, ces};
use crate::expr::integrate::quadrature;
use rustc_hash::FxHashMap;

/// The value of an elementary function.
pub fn func(f: Func, x: f64) -> f64 {
    match f {
        Func::Exp => x.exp(),
        Func::Ln => x.ln(),
        Func::Sqrt => x.sqrt(),
        Func::Abs => x.abs(),
        Func::Sign => {
            if x == 0.0 {
                0.0
            } else {
                x.signum()
            }
        }
    }
}

/// Whether a comparison holds.
pub fn compare(cmp: Cmp, a: f64, b: f64) -> bool {
    match cmp {
        Cmp::Less => a < b,
        Cmp::LessEqual => a <= b,
        Cmp::Equal => a == b,
        Cmp::NotEqual => a != b,
        Cmp::Near => (a - b).abs() <= super::NEAR,
    }
}

/// `base^exponent` by repeated multiplication where the exponent is a small integer.
pub fn power(base: f64, exponent: f64) -> f64 {
    if exponent == 1.0 {
        base
    } else if exponent == 2.0 {
        base * base
    } else if exponent == 0.5 {
        base.sqrt()
    } else if exponent == -1.0 {
        1.0 / base
    } else {
        base.powf(exponent)
    }
}

/// Values by node: one place for each node below the highest, or only those that are there, where these are few.
#[derive(Clone)]
enum Values {
    All(Vec<f64>),
    Few(FxHashMap<NodeId, f64>),
}

impl Values {
    fn new(order: &[NodeId]) -> Values {
        let size = order.last().map_or(0, |id| id.index() + 1);
        if order.len() < size / PART { Values::Few(FxHashMap::default()) } else { Values::All(vec![f64::NAN; size]) }
    }

    fn get(&self, id: NodeId) -> f64 {
        match self {
            Values::All(list) => list.get(id.index()).copied().unwrap_or(f64::NAN),
            Values::Few(map) => map.get(&id).copied().unwrap_or(f64::NAN),
        }
    }

    fn set(&mut self, id: NodeId, value: f64) {
        match self {
            Values::All(list) => {
                if let Some(place) = list.get_mut(id.index()) {
                    *place = value;
                }
            }
            Values::Few(map) => {
                map.insert(id, value);
            }
        }
    }
}

/// The values of `roots`, each node under them evaluated once; `value_of` gives the symbols. NaN where undefined.
pub fn evaluate(dag: &Dag, roots: &[NodeId], value_of: &mut dyn FnMut(Sym) -> f64) -> Vec<f64> {
    evaluate_by(dag, roots, value_of, &|_, _| None)
}

/// As [`evaluate`], where nothing times whatever is nothing, as of a factor that there is none of and that has no price.
pub fn evaluate_present(dag: &Dag, roots: &[NodeId], value_of: &mut dyn FnMut(Sym) -> f64) -> Vec<f64> {
    evaluate_by(dag, roots, value_of, &|node, values| match node {
        Node::Prod(factors) if factors.iter().any(|f| values.get(*f) == 0.0) => Some(0.0),
        _ => None,
    })
}

/// Node by node, `rule` first.
fn evaluate_by(dag: &Dag, roots: &[NodeId], value_of: &mut dyn FnMut(Sym) -> f64, rule: &dyn Fn(&Node, &Values) -> Option<f64>) -> Vec<f64> {
    let order = dag.reachable(roots);
    let mut values = Values::new(&order);
    for &id in &order {
        let value = match dag.node(id) {
            Node::Sym(s) => value_of(*s),
            node => rule(node, &values).unwrap_or_else(|| node_value(dag, node, &values)),
        };
        values.set(id, value);
    }
    roots.iter().map(|r| values.get(*r)).collect()
}

/// Some expressions at one point after another: what there is to evaluate is found once.
pub struct Repeated<'d> {
    dag: &'d Dag,
    roots: Vec<NodeId>,
    order: Vec<NodeId>,
    values: Values,
}

impl<'d> Repeated<'d> {
    pub fn new(dag: &'d Dag, roots: &[NodeId]) -> Repeated<'d> {
        let order = dag.reachable(roots);
        let values = Values::new(&order);
        Repeated { dag, roots: roots.to_vec(), order, values }
    }

    /// The values of the expressions, as [`evaluate`] gives them.
    pub fn at(&mut self, value_of: &mut dyn FnMut(Sym) -> f64) -> impl Iterator<Item = f64> + '_ {
        for &id in &self.order {
            let value = match self.dag.node(id) {
                Node::Sym(s) => value_of(*s),
                node => node_value(self.dag, node, &self.values),
            };
            self.values.set(id, value);
        }
        self.roots.iter().map(|r| self.values.get(*r))
    }
}

/// The value of one expression: see [`evaluate`].
pub fn evaluate_one(dag: &Dag, root: NodeId, value_of: &mut dyn FnMut(Sym) -> f64) -> f64 {
    evaluate(dag, &[root], value_of).first().copied().unwrap_or(f64::NAN)
}

/// The values of definitions that may rest on each other, in any order: `values` holds those of other symbols by number, and takes theirs. A
/// definition that leads back to itself stays NaN.
///
/// Each node is evaluated once, however long the chains and however many definitions share it.
pub fn definitions(dag: &Dag, bodies: &FxHashMap<Sym, NodeId>, values: &mut [f64]) {
    let mut roots: Vec<NodeId> = bodies.values().copied().collect();
    roots.sort_unstable();
    let mut known = Values::new(&roots);
    // Absent: new, false: on the path, true: done.
    let mut state: FxHashMap<NodeId, bool> = FxHashMap::default();
    let mut path: Vec<(NodeId, Vec<NodeId>)> = Vec::new();
    let below = |id: NodeId| -> Vec<NodeId> {
        let mut out = Vec::new();
        match dag.node(id) {
            Node::Sym(s) => out.extend(bodies.get(s).copied()),
            other => other.for_children(|c| out.push(c)),
        }
        out
    };
    for root in roots {
        if state.contains_key(&root) {
            continue;
        }
        state.insert(root, false);
        path.push((root, below(root)));
        while let Some((at, rest)) = path.last_mut() {
            let at = *at;
            if let Some(next) = rest.pop() {
                // A circle leaves what is on the path without a value.
                if let std::collections::hash_map::Entry::Vacant(entry) = state.entry(next) {
                    entry.insert(false);
                    path.push((next, below(next)));
                }
                continue;
            }
            let value = match dag.node(at) {
                Node::Sym(s) => match bodies.get(s) {
                    Some(body) => known.get(*body),
                    None => values.get(s.index()).copied().unwrap_or(f64::NAN),
                },
                node => node_value(dag, node, &known),
            };
            known.set(at, value);
            state.insert(at, true);
            path.pop();
        }
    }
    for (sym, body) in bodies {
        if let Some(place) = values.get_mut(sym.index()) {
            *place = known.get(*body);
        }
    }
}

fn node_value(dag: &Dag, node: &Node, values: &Values) -> f64 {
    let v = |x: &NodeId| values.get(*x);
    let all = |xs: &[NodeId]| xs.iter().map(v).collect::<Vec<f64>>();
    match node {
        Node::Const(r) => r.0,
        Node::Sym(_) => f64::NAN,
        Node::Sum(xs) => xs.iter().map(v).sum(),
        Node::Prod(xs) => xs.iter().map(v).product(),
        Node::Neg(x) => -v(x),
        Node::Div(a, b) => v(a) / v(b),
        Node::Pow(a, b) => power(v(a), v(b)),
        Node::Func(f, x) => func(*f, v(x)),
        Node::Min(xs) => fold(xs.iter().map(v), |a, b| a < b),
        Node::Max(xs) => fold(xs.iter().map(v), |a, b| a > b),
        Node::Ces { sigma, weights, prices } => ces::unit_cost(v(sigma), &all(weights), &all(prices)),
        Node::Table { smooth, part, x, knots } => {
            let (knots, x) = (all(knots), v(x));
            let piece = Piece { smooth: *smooth, segment: segment(&knots, x) };
            let [value, slope, integral] = parts(&knots, piece, x);
            match part {
                TablePart::Value => value,
                TablePart::Slope => slope,
                TablePart::Integral => integral,
            }
        }
        Node::Quad { var, body, upper } => integrate_body(dag, *var, *body, v(upper), values),
        Node::Select { cmp, a, b, then, otherwise } => {
            if compare(*cmp, v(a), v(b)) {
                v(then)
            } else {
                v(otherwise)
            }
        }
    }
}

/// Smallest or largest, NaN if any is NaN.
fn fold(values: impl Iterator<Item = f64>, better: impl Fn(f64, f64) -> bool) -> f64 {
    values.reduce(|a, b| if b.is_nan() || better(b, a) && !a.is_nan() { b } else { a }).unwrap_or(f64::NAN)
}

/// The nodes under `body` that depend on `var`, children first.
pub fn dependents(dag: &Dag, body: NodeId, var: Sym) -> Vec<NodeId> {
    let mut out: Vec<NodeId> = Vec::new();
    for id in dag.reachable(&[body]) {
        let node = dag.node(id);
        let mut hit = *node == Node::Sym(var);
        // In the order of their numbers, as they are found.
        node.for_children(|c| hit = hit || out.binary_search(&c).is_ok());
        if hit {
            out.push(id);
        }
    }
    out
}

fn integrate_body(dag: &Dag, var: Sym, body: NodeId, upper: f64, outer: &Values) -> f64 {
    let inner = dependents(dag, body, var);
    let mut values = outer.clone();
    quadrature(
        &mut |x| {
            for id in &inner {
                let value = match dag.node(*id) {
                    Node::Sym(_) => x,
                    node => node_value(dag, node, &values),
                };
                values.set(*id, value);
            }
            values.get(body)
        },
        upper,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_node_has_its_value() {
        let mut dag = Dag::default();
        let (x, y) = (dag.sym(Sym(0)), dag.sym(Sym(1)));
        let two = dag.constant(2.0);
        let half = dag.constant(0.5);
        let sum = dag.add(x, y);
        let prod = dag.prod(&[x, y, two]);
        let div = dag.div(x, y);
        let pow = dag.pow(x, y);
        let low = dag.min(&[x, y]);
        let high = dag.max(&[x, y]);
        let ces = dag.ces(two, &[half, half], &[x, y]);
        let select = dag.intern(Node::Select { cmp: Cmp::Less, a: x, b: y, then: two, otherwise: half });
        let knots = [0.0, 1.0, 1.0, 2.0].map(|v| dag.constant(v));
        let table = dag.intern(Node::Table { smooth: false, part: TablePart::Integral, x: y, knots: knots.into() });
        let roots = [sum, prod, div, pow, low, high, ces, select, table];
        let got = evaluate(&dag, &roots, &mut |s| if s.0 == 0 { 3.0 } else { 2.0 });
        let expected = [5.0, 12.0, 1.5, 9.0, 2.0, 3.0, 2.4, 0.5, 4.0];
        for (g, e) in got.iter().zip(expected) {
            assert!((g - e).abs() < 1e-14, "{g} against {e}");
        }
    }

    #[test]
    fn a_long_sum_and_a_deep_chain_are_evaluated() {
        let mut dag = Dag::default();
        let x = dag.sym(Sym(0));
        let mut node = x;
        for _ in 0..200_000 {
            node = dag.intern(Node::Sum([node, x].into()));
        }
        assert_eq!(evaluate_one(&dag, node, &mut |_| 1.0), 200_001.0);
    }

    #[test]
    fn a_quadrature_sees_parameters_from_outside() {
        let mut dag = Dag::default();
        let (a, i, u) = (dag.sym(Sym(0)), dag.sym(Sym(1)), dag.sym(Sym(2)));
        let square = dag.mul(i, i);
        let arg = dag.mul(a, square);
        let body = dag.func(Func::Exp, arg);
        let quad = dag.intern(Node::Quad { var: Sym(1), body, upper: u });
        let got = evaluate_one(&dag, quad, &mut |s| [-1.0, f64::NAN, 1.0][s.index()]);
        assert!((got - 0.746_824_132_812_427).abs() < 1e-13);
    }
}
