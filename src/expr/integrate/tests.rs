use super::super::eval::evaluate_one;
use super::*;
use crate::expr::Dag;

const VAR: Sym = Sym(0);
const UPPER: Sym = Sym(1);
const A: Sym = Sym(2);
const G: Sym = Sym(3);

struct Bench {
    dag: Dag,
    v: NodeId,
    u: NodeId,
    a: NodeId,
    g: NodeId,
}

impl Bench {
    fn new() -> Self {
        let mut dag = Dag::default();
        let [v, u, a, g] = [VAR, UPPER, A, G].map(|s| dag.sym(s));
        Bench { dag, v, u, a, g }
    }

    fn c(&mut self, value: f64) -> NodeId {
        self.dag.constant(value)
    }

    fn pow(&mut self, x: NodeId, k: f64) -> NodeId {
        let k = self.c(k);
        self.dag.pow(x, k)
    }

    /// The closed form, compared with quadrature at several upper limits.
    fn closed(&mut self, body: NodeId) {
        let formula = integral(&mut self.dag, body, VAR, self.u);
        assert!(!self.dag.reachable(&[formula]).iter().any(|n| matches!(self.dag.node(*n), Node::Quad { .. })), "no closed form");
        let quad = self.dag.intern(Node::Quad { var: VAR, body, upper: self.u });
        for upper in [0.0, 0.2, 0.71, 0.97] {
            let mut at = |s: Sym| [f64::NAN, upper, 1.3, 0.4][s.index()];
            let (exact, numeric) = (evaluate_one(&self.dag, formula, &mut at), evaluate_one(&self.dag, quad, &mut at));
            assert!((exact - numeric).abs() < 3e-13 * numeric.abs().max(0.1), "{exact} against {numeric} at {upper}");
        }
    }
}

#[test]
fn schedules_of_the_literature_have_closed_forms() {
    let mut b = Bench::new();
    let one = b.c(1.0);
    let scaled = b.dag.mul(b.a, b.v);
    let linear = b.dag.add(one, scaled);
    b.closed(linear);
    let power = b.dag.pow(b.v, b.g);
    let steep = b.dag.mul(b.a, power);
    let schedule = b.dag.add(one, steep);
    b.closed(schedule);
    let exponential = b.dag.func(Func::Exp, scaled);
    b.closed(exponential);
    let rest = b.dag.sub(one, b.v);
    let pole = b.pow(rest, -0.8);
    b.closed(pole);
    let minus = b.dag.neg(b.g);
    let symbolic = b.dag.pow(rest, minus);
    b.closed(symbolic);
    let inverse = b.pow(linear, -1.0);
    b.closed(inverse);
    let root = b.dag.func(Func::Sqrt, linear);
    b.closed(root);
    let times = b.dag.mul(b.g, exponential);
    b.closed(times);
}

#[test]
fn products_are_multiplied_out() {
    let mut b = Bench::new();
    let one = b.c(1.0);
    let square = b.dag.mul(b.v, b.v);
    let quadratic = b.dag.sum(&[one, b.v, square]);
    let slope = b.dag.mul(b.a, b.v);
    let exponential = b.dag.func(Func::Exp, slope);
    let product = b.dag.mul(quadratic, exponential);
    b.closed(product);
    let rest = b.dag.sub(one, b.v);
    let root = b.dag.func(Func::Sqrt, rest);
    let both = b.dag.mul(quadratic, root);
    b.closed(both);
    let halves = b.pow(b.v, 0.5);
    let shifted = b.dag.add(one, halves);
    let squared = b.pow(shifted, 2.0);
    b.closed(squared);
    let mixed = b.dag.mul(shifted, quadratic);
    b.closed(mixed);
    let fraction = b.dag.div(quadratic, b.a);
    b.closed(fraction);
    let ratio = b.dag.div(quadratic, rest);
    b.closed(ratio);
    let two = b.c(2.0);
    let base = b.dag.pow(two, slope);
    b.closed(base);
    let cube = b.pow(quadratic, 3.0);
    b.closed(cube);
}

#[test]
fn tables_integrate_by_their_own_area() {
    let mut b = Bench::new();
    for smooth in [false, true] {
        let knots: Box<[NodeId]> = [0.0, 1.0, 0.25, 1.2, 0.6, 1.9, 1.0, 3.4].iter().map(|k| b.c(*k)).collect();
        let table = b.dag.intern(Node::Table { smooth, part: TablePart::Value, x: b.v, knots });
        let scaled = b.dag.mul(b.a, table);
        b.closed(scaled);
    }
}

#[test]
fn what_has_no_formula_is_a_quadrature() {
    let mut b = Bench::new();
    let square = b.dag.mul(b.v, b.v);
    let body = b.dag.func(Func::Exp, square);
    let node = integral(&mut b.dag, body, VAR, b.u);
    assert!(matches!(b.dag.node(node), Node::Quad { .. }));
    let log = b.pow(b.v, -1.0);
    let diverges = integral(&mut b.dag, log, VAR, b.u);
    assert!(matches!(b.dag.node(diverges), Node::Quad { .. }));
}

#[test]
fn an_exponential_with_rate_zero_is_flat() {
    let mut b = Bench::new();
    let slope = b.dag.mul(b.a, b.v);
    let body = b.dag.func(Func::Exp, slope);
    let formula = integral(&mut b.dag, body, VAR, b.u);
    let at = evaluate_one(&b.dag, formula, &mut |s| [f64::NAN, 0.4, 0.0, 0.0][s.index()]);
    assert!((at - 0.4).abs() < 1e-15);
}
