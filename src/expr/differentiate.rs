//! Derivatives of expressions, as expressions of the same DAG: shared subexpressions stay shared.

use super::{Cmp, Dag, Func, Node, NodeId, Sym, TablePart};
use rustc_hash::FxHashMap;

/// `∂node/∂wrt`, other symbols held; definitions are symbols like any other.
///
/// The derivative of a CES nest in a price is its input coefficient `d_k (c/p_k)^σ`; in σ it is an elementary formula that is 0/0 at σ = 1, where
/// the solver's own derivative is the one to use. A minimum or maximum has the derivative of the branch that holds (the first of equals).
/// NaN where the knots of a smooth table, or the places of the knots under an integral, depend on `wrt`.
pub fn derivative(dag: &mut Dag, node: NodeId, wrt: Sym) -> NodeId {
    let order = super::eval::dependents(dag, node, wrt);
    let zero = dag.constant(0.0);
    let mut d: FxHashMap<NodeId, NodeId> = FxHashMap::default();
    for id in order {
        let of = |x: NodeId| d.get(&x).copied().unwrap_or(zero);
        let rate = match dag.node(id).clone() {
            Node::Const(_) => zero,
            Node::Sym(_) => dag.constant(1.0),
            Node::Sum(xs) => {
                let terms: Vec<_> = xs.iter().map(|x| of(*x)).filter(|t| *t != zero).collect();
                dag.sum(&terms)
            }
            Node::Prod(xs) => {
                let mut terms = Vec::new();
                for (k, x) in xs.iter().enumerate() {
                    if of(*x) != zero {
                        let mut factors = xs.to_vec();
                        factors[k] = of(*x);
                        terms.push(dag.prod(&factors));
                    }
                }
                dag.sum(&terms)
            }
            Node::Neg(x) => dag.neg(of(x)),
            Node::Div(a, b) => quotient(dag, id, of(a), b, of(b)),
            Node::Pow(a, b) => power(dag, id, (a, of(a)), (b, of(b))),
            Node::Func(f, x) => {
                let outer = func(dag, f, id, x);
                dag.mul(outer, of(x))
            }
            Node::Min(xs) => branches(dag, &xs, &|x| of(x), false),
            Node::Max(xs) => branches(dag, &xs, &|x| of(x), true),
            Node::Ces { sigma, weights, prices } => ces(dag, id, sigma, (&weights, &prices), &|x| of(x)),
            Node::Table { smooth, part, x, knots } => {
                let rates: Vec<_> = knots.iter().map(|k| of(*k)).collect();
                table(dag, (smooth, part, x), &knots, of(x), &rates)
            }
            Node::Quad { var, body, upper } => quad(dag, (var, body, upper), wrt, of(upper)),
            Node::Select { cmp, a, b, then, otherwise } => {
                let (then, otherwise) = (of(then), of(otherwise));
                select(dag, cmp, (a, b), then, otherwise)
            }
        };
        d.insert(id, rate);
    }
    d.get(&node).copied().unwrap_or(zero)
}

/// `(da − (a/b) db)/b`
fn quotient(dag: &mut Dag, whole: NodeId, da: NodeId, b: NodeId, db: NodeId) -> NodeId {
    let through = dag.mul(whole, db);
    let numerator = dag.sub(da, through);
    dag.div(numerator, b)
}

fn power(dag: &mut Dag, whole: NodeId, (a, da): (NodeId, NodeId), (b, db): (NodeId, NodeId)) -> NodeId {
    let mut terms = Vec::new();
    if !dag.is_zero(da) {
        let one = dag.constant(1.0);
        let less = dag.sub(b, one);
        let lowered = dag.pow(a, less);
        terms.push(dag.prod(&[b, lowered, da]));
    }
    if !dag.is_zero(db) {
        let log = dag.func(Func::Ln, a);
        terms.push(dag.prod(&[whole, log, db]));
    }
    dag.sum(&terms)
}

fn func(dag: &mut Dag, f: Func, whole: NodeId, x: NodeId) -> NodeId {
    match f {
        Func::Exp => whole,
        Func::Ln => {
            let one = dag.constant(1.0);
            dag.div(one, x)
        }
        Func::Sqrt => {
            let half = dag.constant(0.5);
            dag.div(half, whole)
        }
        Func::Abs => dag.func(Func::Sign, x),
        Func::Sign => dag.constant(0.0),
    }
}

/// Nested selections: the derivative of the branch that holds.
fn branches(dag: &mut Dag, xs: &[NodeId], of: &dyn Fn(NodeId) -> NodeId, largest: bool) -> NodeId {
    let Some((last, rest)) = xs.split_last() else { return dag.constant(0.0) };
    let mut rate = of(*last);
    let mut best = *last;
    for x in rest.iter().rev() {
        let pair = if largest { (best, *x) } else { (*x, best) };
        rate = select(dag, Cmp::LessEqual, pair, of(*x), rate);
        best = if largest { dag.max(&[*x, best]) } else { dag.min(&[*x, best]) };
    }
    rate
}

fn select(dag: &mut Dag, cmp: Cmp, (a, b): (NodeId, NodeId), then: NodeId, otherwise: NodeId) -> NodeId {
    if then == otherwise { then } else { dag.intern(Node::Select { cmp, a, b, then, otherwise }) }
}

fn ces(dag: &mut Dag, cost: NodeId, sigma: NodeId, nest: (&[NodeId], &[NodeId]), of: &dyn Fn(NodeId) -> NodeId) -> NodeId {
    let (weights, prices) = nest;
    let zero = dag.constant(0.0);
    let mut terms = Vec::new();
    for (&d, &p) in weights.iter().zip(prices) {
        if of(p) != zero {
            let input = input_coefficient(dag, cost, sigma, d, p);
            terms.push(dag.mul(input, of(p)));
        }
    }
    let one = dag.constant(1.0);
    let r = dag.sub(one, sigma);
    for (&d, &p) in weights.iter().zip(prices) {
        if of(d) != zero {
            let rate = weight_rate(dag, cost, sigma, r, p);
            terms.push(dag.mul(rate, of(d)));
        }
    }
    if of(sigma) != zero {
        let rate = sigma_rate(dag, cost, sigma, r, nest);
        terms.push(dag.mul(rate, of(sigma)));
    }
    dag.sum(&terms)
}

/// Input of one good or factor per unit of a CES nest: `d (c/p)^σ`; `d` at σ = 0, `d c/p` at σ = 1.
pub fn input_coefficient(dag: &mut Dag, cost: NodeId, sigma: NodeId, weight: NodeId, price: NodeId) -> NodeId {
    let ratio = dag.div(cost, price);
    let scaled = dag.pow(ratio, sigma);
    dag.mul(weight, scaled)
}

/// `∂c/∂d`: `c (p/c)^(1−σ)/(1−σ)`; `c ln p` at σ = 1.
fn weight_rate(dag: &mut Dag, cost: NodeId, sigma: NodeId, r: NodeId, price: NodeId) -> NodeId {
    let log = dag.func(Func::Ln, price);
    let at_one = dag.mul(cost, log);
    if dag.is_one(sigma) {
        return at_one;
    }
    let ratio = dag.div(price, cost);
    let scaled = dag.pow(ratio, r);
    let product = dag.mul(cost, scaled);
    let elsewhere = dag.div(product, r);
    if dag.as_const(sigma).is_some() {
        return elsewhere;
    }
    let one = dag.constant(1.0);
    select(dag, Cmp::Equal, (sigma, one), at_one, elsewhere)
}

/// `∂c/∂σ = −c (Σ θ ln p − ln c)/(1−σ)`; `−½ c Var_d(ln p)` at σ = 1.
fn sigma_rate(dag: &mut Dag, cost: NodeId, sigma: NodeId, r: NodeId, (weights, prices): (&[NodeId], &[NodeId])) -> NodeId {
    let log_cost = dag.func(Func::Ln, cost);
    let two = dag.constant(2.0);
    let (mut gaps, mut squares) = (Vec::new(), Vec::new());
    for (&d, &p) in weights.iter().zip(prices) {
        let log = dag.func(Func::Ln, p);
        let gap = dag.sub(log, log_cost);
        let ratio = dag.div(p, cost);
        let scaled = dag.pow(ratio, r);
        gaps.push(dag.prod(&[d, scaled, gap]));
        let square = dag.pow(gap, two);
        squares.push(dag.mul(d, square));
    }
    let half = dag.constant(-0.5);
    let variance = dag.sum(&squares);
    let at_one = dag.prod(&[half, cost, variance]);
    if dag.is_one(sigma) {
        return at_one;
    }
    let sum = dag.sum(&gaps);
    let mean = dag.div(sum, r);
    let product = dag.mul(cost, mean);
    let elsewhere = dag.neg(product);
    if dag.as_const(sigma).is_some() {
        return elsewhere;
    }
    let one = dag.constant(1.0);
    select(dag, Cmp::Equal, (sigma, one), at_one, elsewhere)
}

/// A linear table is linear in its heights, and moving a knot sideways lowers it by the slope.
fn table(dag: &mut Dag, (smooth, part, x): (bool, TablePart, NodeId), knots: &[NodeId], dx: NodeId, rates: &[NodeId]) -> NodeId {
    let zero = dag.constant(0.0);
    let mut terms = Vec::new();
    if dx != zero {
        let next = match part {
            TablePart::Integral => Some(TablePart::Value),
            TablePart::Value => Some(TablePart::Slope),
            TablePart::Slope => None,
        };
        match next {
            Some(part) => {
                let slope = dag.intern(Node::Table { smooth, part, x, knots: knots.into() });
                terms.push(dag.mul(slope, dx));
            }
            None if smooth => terms.push(dag.constant(f64::NAN)),
            None => {}
        }
    }
    if rates.iter().all(|r| *r == zero) {
        return dag.sum(&terms);
    }
    let moved = rates.iter().step_by(2).any(|r| *r != zero);
    if smooth || moved && part != TablePart::Value {
        terms.push(dag.constant(f64::NAN));
        return dag.sum(&terms);
    }
    let along = |take: usize| -> Box<[NodeId]> { knots.iter().enumerate().map(|(i, k)| if i % 2 == 0 { *k } else { rates[i - 1 + take] }).collect() };
    let heights = along(1);
    terms.push(dag.intern(Node::Table { smooth, part, x, knots: heights }));
    if moved {
        let places = along(0);
        let shift = dag.intern(Node::Table { smooth, part, x, knots: places });
        let slope = dag.intern(Node::Table { smooth, part: TablePart::Slope, x, knots: knots.into() });
        let lowered = dag.mul(slope, shift);
        terms.push(dag.neg(lowered));
    }
    dag.sum(&terms)
}

/// `body(upper) upper′ + ∫ ∂body`
fn quad(dag: &mut Dag, (var, body, upper): (Sym, NodeId, NodeId), wrt: Sym, dupper: NodeId) -> NodeId {
    let mut terms = Vec::new();
    if !dag.is_zero(dupper) {
        let mut map = FxHashMap::default();
        map.insert(var, upper);
        let at_end = dag.substitute(body, &map);
        terms.push(dag.mul(at_end, dupper));
    }
    // Bound by this quadrature: not the symbol that is asked for.
    if var != wrt {
        let inside = derivative(dag, body, wrt);
        if !dag.is_zero(inside) {
            terms.push(super::integrate::integral(dag, inside, var, upper));
        }
    }
    dag.sum(&terms)
}

#[cfg(test)]
mod tests {
    use super::super::eval::evaluate_one;
    use super::*;

    const AT: [f64; 4] = [0.7, 1.9, 0.6, f64::NAN];

    fn value(dag: &Dag, node: NodeId, point: &[f64]) -> f64 {
        evaluate_one(dag, node, &mut |s| point[s.index()])
    }

    fn check(dag: &mut Dag, node: NodeId) {
        for k in 0..3 {
            let d = derivative(dag, node, Sym(k));
            let h = 1e-6;
            let (mut up, mut down) = (AT, AT);
            up[k as usize] += h;
            down[k as usize] -= h;
            let difference = (value(dag, node, &up) - value(dag, node, &down)) / (2.0 * h);
            let exact = value(dag, d, &AT);
            assert!((exact - difference).abs() < 1e-7 * difference.abs().max(1.0), "{k}: {exact} against {difference}");
        }
    }

    #[test]
    fn derivatives_agree_with_differences() {
        let mut dag = Dag::default();
        let xs: Vec<NodeId> = (0..3).map(|k| dag.sym(Sym(k))).collect();
        let (x, y, z) = (xs[0], xs[1], xs[2]);
        let i = dag.sym(Sym(3));
        let quotient = dag.div(x, y);
        let product = dag.prod(&[x, y, z, quotient]);
        let power = dag.pow(product, z);
        let log = dag.func(Func::Ln, power);
        let exp = dag.func(Func::Exp, quotient);
        let root = dag.func(Func::Sqrt, exp);
        let difference = dag.sub(x, y);
        let size = dag.func(Func::Abs, difference);
        let low = dag.min(&[y, size, z]);
        let high = dag.max(&[y, size, z]);
        let ces = dag.ces(z, &[x, y], &[y, quotient]);
        let ones: Vec<NodeId> = [0.0, 1.0, 0.5, 1.4, 1.0].iter().map(|v| dag.constant(*v)).collect();
        let knots: Box<[NodeId]> = [ones[0], x, ones[2], y, ones[4], ones[3]].into();
        let moving: Box<[NodeId]> = [ones[0], ones[1], z, y, y, ones[3]].into();
        let table = dag.intern(Node::Table { smooth: false, part: TablePart::Value, x: z, knots: knots.clone() });
        let moved = dag.intern(Node::Table { smooth: false, part: TablePart::Value, x, knots: moving });
        let area = dag.intern(Node::Table { smooth: false, part: TablePart::Integral, x: z, knots });
        let inner = dag.prod(&[x, i, i]);
        let body = dag.func(Func::Exp, inner);
        let quad = dag.intern(Node::Quad { var: Sym(3), body, upper: z });
        for node in [log, root, size, low, high, ces, table, moved, area, quad] {
            check(&mut dag, node);
        }
    }

    #[test]
    fn a_nest_in_a_price_gives_its_input_coefficient() {
        let mut dag = Dag::default();
        let (p, q) = (dag.sym(Sym(0)), dag.sym(Sym(1)));
        let (d, e) = (dag.constant(0.3), dag.constant(0.7));
        let one = dag.constant(1.0);
        let cost = dag.ces(one, &[d, e], &[p, q]);
        let rate = derivative(&mut dag, cost, Sym(0));
        let ratio = dag.div(cost, p);
        assert_eq!(rate, dag.mul(d, ratio));
    }
}
