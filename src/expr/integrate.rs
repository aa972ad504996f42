//! Integrals from 0 of cost schedules: in closed form where one exists, otherwise by quadrature.

use super::{Cmp, Dag, Func, Node, NodeId, Sym, TablePart};
use rustc_hash::FxHashMap;

mod quadrature;
pub use quadrature::quadrature;

/// Products are multiplied out up to this many terms, and polynomials kept up to this degree.
const MAX_TERMS: usize = 64;
const MAX_DEGREE: usize = 12;
const MAX_DEPTH: usize = 64;

/// `∫_0^upper body d var`: a formula for polynomials, powers, exponentials of linear arguments, tables, and what reduces to them by pulling out
/// constants, splitting sums and multiplying out; otherwise a [`Node::Quad`]. Parameters stay symbols.
pub fn integral(dag: &mut Dag, body: NodeId, var: Sym, upper: NodeId) -> NodeId {
    let mut work = Integrator { dag, var, upper, free: FxHashMap::default() };
    match work.integrate(body, 0) {
        Some(node) => node,
        None => dag.intern(Node::Quad { var, body, upper }),
    }
}

/// One term of a body: `coefficient · polynomial(v) · v^power · (a + b v)^k · exp(c v)`, or a table in v.
struct Term {
    coefficient: Vec<NodeId>,
    polynomial: Vec<NodeId>,
    power: Option<NodeId>,
    linear: Option<(NodeId, NodeId, NodeId)>,
    exponent: Option<(NodeId, NodeId)>,
    table: Option<NodeId>,
}

struct Integrator<'a> {
    dag: &'a mut Dag,
    var: Sym,
    upper: NodeId,
    free: FxHashMap<NodeId, bool>,
}

impl Integrator<'_> {
    fn is_free(&mut self, node: NodeId) -> bool {
        if let Some(&known) = self.free.get(&node) {
            return known;
        }
        let free = !self.dag.symbols(&[node]).contains(&self.var);
        self.free.insert(node, free);
        free
    }

    fn integrate(&mut self, body: NodeId, depth: usize) -> Option<NodeId> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.is_free(body) {
            return Some(self.dag.mul(body, self.upper));
        }
        match self.dag.node(body).clone() {
            Node::Sum(xs) => {
                let mut parts = Vec::new();
                for x in xs.iter() {
                    parts.push(self.integrate(*x, depth + 1)?);
                }
                Some(self.dag.sum(&parts))
            }
            Node::Neg(x) => {
                let inner = self.integrate(x, depth + 1)?;
                Some(self.dag.neg(inner))
            }
            Node::Select { cmp, a, b, then, otherwise } if self.is_free(a) && self.is_free(b) => {
                let (then, otherwise) = (self.integrate(then, depth + 1)?, self.integrate(otherwise, depth + 1)?);
                Some(self.dag.intern(Node::Select { cmp, a, b, then, otherwise }))
            }
            _ => {
                let one = self.dag.constant(1.0);
                let mut term = Term { coefficient: vec![], polynomial: vec![one], power: None, linear: None, exponent: None, table: None };
                let mut sums = Vec::new();
                self.factor(body, one, &mut term, &mut sums, depth)?;
                if sums.is_empty() { self.term(&term) } else { self.expand(body, &sums, depth) }
            }
        }
    }

    /// Takes `node^exponent` into the term; sums that fit nowhere go to `sums`, to be multiplied out.
    fn factor(&mut self, node: NodeId, exponent: NodeId, term: &mut Term, sums: &mut Vec<(NodeId, NodeId)>, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.is_free(node) {
            let c = self.dag.pow(node, exponent);
            term.coefficient.push(c);
            return Some(());
        }
        let whole = self.dag.as_const(exponent).filter(|k| k.fract() == 0.0 && *k > 0.0 && *k <= MAX_DEGREE as f64);
        match self.dag.node(node).clone() {
            Node::Sym(_) => {
                term.power = Some(match term.power {
                    Some(p) => self.dag.add(p, exponent),
                    None => exponent,
                });
                return Some(());
            }
            Node::Prod(xs) => {
                for x in xs.iter() {
                    self.factor(*x, exponent, term, sums, depth + 1)?;
                }
                return Some(());
            }
            Node::Neg(x) if whole.is_some() => {
                let minus = self.dag.constant(-1.0);
                let sign = self.dag.pow(minus, exponent);
                term.coefficient.push(sign);
                return self.factor(x, exponent, term, sums, depth + 1);
            }
            Node::Div(a, b) => {
                self.factor(a, exponent, term, sums, depth + 1)?;
                let inverse = self.dag.neg(exponent);
                return self.factor(b, inverse, term, sums, depth + 1);
            }
            Node::Pow(a, b) if self.is_free(b) => {
                let product = self.dag.mul(b, exponent);
                return self.factor(a, product, term, sums, depth + 1);
            }
            Node::Pow(a, b) if self.is_free(a) => {
                let log = self.dag.func(Func::Ln, a);
                let scale = self.dag.mul(log, exponent);
                return self.exponential(b, scale, term);
            }
            Node::Func(Func::Sqrt, x) => {
                let half = self.dag.constant(0.5);
                let product = self.dag.mul(half, exponent);
                return self.factor(x, product, term, sums, depth + 1);
            }
            Node::Func(Func::Exp, x) => return self.exponential(x, exponent, term),
            Node::Table { part: TablePart::Value, x, ref knots, .. } if self.dag.is_one(exponent) && term.table.is_none() => {
                let fixed = knots.iter().copied().all(|k| self.is_free(k));
                if fixed && self.linear(x).is_some() {
                    term.table = Some(node);
                    return Some(());
                }
                return None;
            }
            _ => {}
        }
        let polynomial = self.polynomial(node, depth)?;
        if polynomial.len() == 2 && whole != Some(1.0) {
            let (a, b) = (polynomial[0], polynomial[1]);
            match term.linear {
                None => term.linear = Some((a, b, exponent)),
                Some((c, d, k)) if (c, d) == (a, b) => {
                    let total = self.dag.add(k, exponent);
                    term.linear = Some((a, b, total));
                }
                Some(_) if whole.is_some() => sums.push((node, exponent)),
                Some(_) => return None,
            }
            return Some(());
        }
        let times = whole? as usize;
        if polynomial.is_empty() {
            sums.push((node, exponent));
            return Some(());
        }
        for _ in 0..times {
            term.polynomial = self.multiply(&term.polynomial.clone(), &polynomial)?;
        }
        Some(())
    }

    /// Multiplies out the sums of a product.
    fn expand(&mut self, body: NodeId, sums: &[(NodeId, NodeId)], depth: usize) -> Option<NodeId> {
        let mut products: Vec<Vec<NodeId>> = vec![Vec::new()];
        let mut rest = body;
        for (node, exponent) in sums {
            let Node::Sum(xs) = self.dag.node(*node).clone() else { return None };
            let times = self.dag.as_const(*exponent)? as usize;
            for _ in 0..times {
                if products.len() * xs.len() > MAX_TERMS {
                    return None;
                }
                products = products.iter().flat_map(|p| xs.iter().map(move |x| [p.as_slice(), &[*x]].concat())).collect();
            }
            let power = self.dag.pow(*node, *exponent);
            rest = self.without(rest, power)?;
        }
        let mut parts = Vec::new();
        for mut factors in products {
            factors.push(rest);
            let product = self.dag.prod(&factors);
            parts.push(self.integrate(product, depth + 1)?);
        }
        Some(self.dag.sum(&parts))
    }

    /// `body` with one factor taken out of its product.
    fn without(&mut self, body: NodeId, factor: NodeId) -> Option<NodeId> {
        if body == factor {
            return Some(self.dag.constant(1.0));
        }
        match self.dag.node(body).clone() {
            Node::Prod(xs) => {
                for (k, x) in xs.iter().enumerate() {
                    if let Some(left) = self.without(*x, factor) {
                        let mut factors = xs.to_vec();
                        factors[k] = left;
                        return Some(self.dag.prod(&factors));
                    }
                }
                None
            }
            Node::Div(a, b) => {
                let left = self.without(a, factor)?;
                Some(self.dag.div(left, b))
            }
            _ => None,
        }
    }

    /// Coefficients of a polynomial in the variable, lowest first; empty for a sum that is none.
    fn polynomial(&mut self, node: NodeId, depth: usize) -> Option<Vec<NodeId>> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.is_free(node) {
            return Some(vec![node]);
        }
        match self.dag.node(node).clone() {
            Node::Sym(_) => Some(vec![self.dag.constant(0.0), self.dag.constant(1.0)]),
            Node::Neg(x) => {
                let inner = self.polynomial(x, depth + 1)?;
                Some(inner.into_iter().map(|c| self.dag.neg(c)).collect())
            }
            Node::Sum(xs) => {
                let mut total: Vec<NodeId> = Vec::new();
                for x in xs.iter() {
                    match self.polynomial(*x, depth + 1) {
                        Some(p) if !p.is_empty() => {
                            for (k, c) in p.into_iter().enumerate() {
                                match total.get_mut(k) {
                                    Some(at) => *at = self.dag.add(*at, c),
                                    None => total.push(c),
                                }
                            }
                        }
                        _ => return Some(Vec::new()),
                    }
                }
                Some(total)
            }
            Node::Prod(xs) => {
                let mut total = vec![self.dag.constant(1.0)];
                for x in xs.iter() {
                    let p = self.polynomial(*x, depth + 1).filter(|p| !p.is_empty())?;
                    total = self.multiply(&total, &p)?;
                }
                Some(total)
            }
            Node::Div(a, b) if self.is_free(b) => {
                let inner = self.polynomial(a, depth + 1)?;
                Some(inner.into_iter().map(|c| self.dag.div(c, b)).collect())
            }
            Node::Pow(a, b) => {
                let times = self.dag.as_const(b).filter(|k| k.fract() == 0.0 && *k >= 0.0 && *k <= MAX_DEGREE as f64)? as usize;
                let p = self.polynomial(a, depth + 1).filter(|p| !p.is_empty())?;
                let mut total = vec![self.dag.constant(1.0)];
                for _ in 0..times {
                    total = self.multiply(&total, &p)?;
                }
                Some(total)
            }
            _ => None,
        }
    }

    fn multiply(&mut self, a: &[NodeId], b: &[NodeId]) -> Option<Vec<NodeId>> {
        if a.len() + b.len() > MAX_DEGREE + 2 {
            return None;
        }
        let mut out = vec![Vec::new(); a.len() + b.len() - 1];
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                out[i + j].push(self.dag.mul(*x, *y));
            }
        }
        Some(out.into_iter().map(|terms| self.dag.sum(&terms)).collect())
    }

    /// `(a, b)` if the node is `a + b v`.
    fn linear(&mut self, node: NodeId) -> Option<(NodeId, NodeId)> {
        let p = self.polynomial(node, 0)?;
        (p.len() == 2).then(|| (p[0], p[1]))
    }

    fn exponential(&mut self, argument: NodeId, scale: NodeId, term: &mut Term) -> Option<()> {
        let (a, b) = self.linear(argument)?;
        let (a, b) = (self.dag.mul(a, scale), self.dag.mul(b, scale));
        let front = self.dag.func(Func::Exp, a);
        term.coefficient.push(front);
        term.exponent = Some(match term.exponent {
            Some((_, c)) => (argument, self.dag.add(b, c)),
            None => (argument, b),
        });
        Some(())
    }

    /// The integral of one term.
    fn term(&mut self, term: &Term) -> Option<NodeId> {
        let mut polynomial = term.polynomial.clone();
        let mut power = term.power;
        let busy = term.exponent.is_some() || term.linear.is_some() || term.table.is_some();
        if let Some(k) = power.and_then(|p| self.dag.as_const(p)).filter(|k| busy && k.fract() == 0.0 && *k >= 0.0) {
            if k as usize + polynomial.len() > MAX_DEGREE + 1 {
                return None;
            }
            let zero = self.dag.constant(0.0);
            polynomial.splice(0..0, std::iter::repeat_n(zero, k as usize));
            power = None;
        }
        let value = match (power, term.linear, term.exponent, term.table) {
            (power, None, None, None) => self.powers(&polynomial, power)?,
            (None, Some(linear), None, None) => self.linear_power(&polynomial, linear)?,
            (None, None, Some((_, rate)), None) => self.exponential_integral(&polynomial, rate)?,
            (None, None, None, Some(table)) if polynomial.len() == 1 => {
                let area = self.table(table)?;
                self.dag.mul(polynomial[0], area)
            }
            _ => return None,
        };
        let mut factors = term.coefficient.clone();
        factors.push(value);
        Some(self.dag.prod(&factors))
    }

    /// `∫ Σ c_j v^(j+g)`
    fn powers(&mut self, polynomial: &[NodeId], power: Option<NodeId>) -> Option<NodeId> {
        let mut parts = Vec::new();
        for (j, c) in polynomial.iter().enumerate() {
            if self.dag.is_zero(*c) {
                continue;
            }
            let raised = self.dag.constant(j as f64 + 1.0);
            let exponent = match power {
                Some(g) => self.dag.add(g, raised),
                None => raised,
            };
            if self.dag.as_const(exponent).is_some_and(|k| k <= 0.0) {
                return None;
            }
            let top = self.dag.pow(self.upper, exponent);
            let product = self.dag.mul(*c, top);
            parts.push(self.dag.div(product, exponent));
        }
        Some(self.dag.sum(&parts))
    }

    /// `∫ q(v) (a + b v)^k` with y = a + b v.
    fn linear_power(&mut self, polynomial: &[NodeId], (a, b, k): (NodeId, NodeId, NodeId)) -> Option<NodeId> {
        // Horner in v = (y − a)/b gives the coefficients in y.
        let shifted = {
            let ratio = self.dag.div(a, b);
            let one = self.dag.constant(1.0);
            [self.dag.neg(ratio), self.dag.div(one, b)]
        };
        let mut in_y: Vec<NodeId> = Vec::new();
        for c in polynomial.iter().rev() {
            if !in_y.is_empty() {
                in_y = self.multiply(&in_y, &shifted)?;
            }
            match in_y.first_mut() {
                Some(first) => *first = self.dag.add(*first, *c),
                None => in_y.push(*c),
            }
        }
        let step = self.dag.mul(b, self.upper);
        let end = self.dag.add(a, step);
        let mut parts = Vec::new();
        for (j, c) in in_y.iter().enumerate() {
            if self.dag.is_zero(*c) {
                continue;
            }
            let raised = self.dag.constant(j as f64 + 1.0);
            let exponent = self.dag.add(k, raised);
            let difference = if self.dag.is_zero(exponent) {
                let ratio = self.dag.div(end, a);
                self.dag.func(Func::Ln, ratio)
            } else {
                let (top, bottom) = (self.dag.pow(end, exponent), self.dag.pow(a, exponent));
                let difference = self.dag.sub(top, bottom);
                self.dag.div(difference, exponent)
            };
            parts.push(self.dag.mul(*c, difference));
        }
        let sum = self.dag.sum(&parts);
        Some(self.dag.div(sum, b))
    }

    /// `∫ q(v) e^{rv}` by parts; the integral of q where r = 0.
    fn exponential_integral(&mut self, polynomial: &[NodeId], rate: NodeId) -> Option<NodeId> {
        let flat = self.powers(polynomial, None)?;
        if self.dag.is_zero(rate) {
            return Some(flat);
        }
        let argument = self.dag.mul(rate, self.upper);
        let top = self.dag.func(Func::Exp, argument);
        let one = self.dag.constant(1.0);
        let gain = self.dag.sub(top, one);
        let mut moment = self.dag.div(gain, rate);
        let mut parts = Vec::new();
        for (n, c) in polynomial.iter().enumerate() {
            if n > 0 {
                let times = self.dag.constant(n as f64);
                let raised = self.dag.pow(self.upper, times);
                let first = self.dag.mul(raised, top);
                let second = self.dag.mul(times, moment);
                let difference = self.dag.sub(first, second);
                moment = self.dag.div(difference, rate);
            }
            parts.push(self.dag.mul(*c, moment));
        }
        let steep = self.dag.sum(&parts);
        if self.dag.as_const(rate).is_some() {
            return Some(steep);
        }
        let zero = self.dag.constant(0.0);
        Some(self.dag.intern(Node::Select { cmp: Cmp::Equal, a: rate, b: zero, then: flat, otherwise: steep }))
    }

    fn table(&mut self, node: NodeId) -> Option<NodeId> {
        let Node::Table { smooth, x, knots, .. } = self.dag.node(node).clone() else { return None };
        let (a, b) = self.linear(x)?;
        let step = self.dag.mul(b, self.upper);
        let end = self.dag.add(a, step);
        let top = self.dag.intern(Node::Table { smooth, part: TablePart::Integral, x: end, knots: knots.clone() });
        let area = if self.dag.is_zero(a) {
            top
        } else {
            let bottom = self.dag.intern(Node::Table { smooth, part: TablePart::Integral, x: a, knots });
            self.dag.sub(top, bottom)
        };
        Some(self.dag.div(area, b))
    }
}

#[cfg(test)]
mod tests;
