//! From the expression DAG to formulas as they are read.

use super::names::{self, Style};
use super::term::{Name, Piecewise, Term, is_short};
use crate::expr::{Cmp, Dag, Func, Node, NodeId, Sym, TablePart, eval};
use crate::model::{Economy, Key};
use crate::system::{Quantity, Role, SymInfo};
use rustc_hash::{FxHashMap, FxHashSet};

/// Formulas nested deeper than this are cut.
const DEPTH: usize = 200;
/// A formula of more parts than this is cut: it could not be read, and a shared DAG may unfold to more than memory holds.
const PARTS: usize = 150_000;

/// Turns nodes of one DAG into formulas.
pub struct Builder<'a> {
    pub dag: &'a Dag,
    pub syms: &'a [SymInfo],
    pub style: Style,
    /// Numbers that only have a name by their place are printed as numbers.
    numbers: bool,
    /// Symbols that keep their names even so: shocks and sweeps move them.
    pub moving: FxHashSet<Sym>,
    /// Names to print in place of a symbol.
    pub renamed: FxHashMap<Sym, Term>,
    /// A nest was printed with its elasticity as a symbol.
    pub general: bool,
    /// Places that were printed by name.
    pub named_places: FxHashSet<Sym>,
    /// Formulas to print in place of a node: the unit cost where inputs repeat it.
    replaced: FxHashMap<NodeId, Term>,
    known: FxHashMap<NodeId, Option<f64>>,
    parts: usize,
}

impl<'a> Builder<'a> {
    pub fn new(dag: &'a Dag, syms: &'a [SymInfo], style: Style) -> Self {
        Builder {
            dag,
            syms,
            style,
            numbers: true,
            moving: FxHashSet::default(),
            renamed: FxHashMap::default(),
            general: false,
            named_places: FxHashSet::default(),
            replaced: FxHashMap::default(),
            known: FxHashMap::default(),
            parts: 0,
        }
    }

    /// A builder in the words of an economy: moved numbers by name and, for people, K(I) for the foreign labor of a task line.
    pub fn of(economy: &Economy, dag: &'a Dag, syms: &'a [SymInfo], style: Style) -> Self {
        let mut b = Builder::new(dag, syms, style);
        let shocked = economy.shocks.iter().flat_map(|s| s.changes.iter().map(|c| c.target));
        let swept = economy.sweeps.iter().flat_map(|s| s.axes.iter().map(|a| a.target));
        b.moving = shocked.chain(swept).collect();
        if style == Style::Display && !economy.names.entries.contains_key("K") {
            for (key, &sym) in &economy.keys {
                let Key::ForeignLabor(l, _) = key else { continue };
                if economy.lines.get(*l).is_none_or(|line| line.places.len() > 1) {
                    continue;
                }
                if let Some(&margin) = economy.keys.get(&Key::Margin(*l)) {
                    let at = b.symbol(margin);
                    b.renamed.insert(sym, Term::Call("K".into(), vec![at]));
                }
            }
        }
        b
    }

    /// Whether numbers that only have a name by their place are printed as numbers, or by that name.
    pub fn set_numbers(&mut self, numbers: bool) {
        self.numbers = numbers;
        self.known.clear();
    }

    /// The name of a symbol.
    pub fn name(&self, sym: Sym) -> Name {
        match self.syms.get(sym.index()) {
            Some(info) => names::of(info, self.style),
            None => Name::plain("?"),
        }
    }

    /// A symbol as a formula: its name, or what is printed in its place.
    pub fn symbol(&self, sym: Sym) -> Term {
        match self.renamed.get(&sym) {
            Some(t) => t.clone(),
            None => Term::Name(self.name(sym)),
        }
    }

    /// The formula of a node.
    pub fn term(&mut self, node: NodeId) -> Term {
        self.parts = 0;
        self.build(node, 0)
    }

    /// The formula of a node in which some nodes are printed as the formulas given.
    pub fn term_with(&mut self, node: NodeId, replaced: FxHashMap<NodeId, Term>) -> Term {
        self.replaced = replaced;
        let t = self.term(node);
        self.replaced = FxHashMap::default();
        t
    }

    /// The number that a symbol is printed as.
    fn number_of(&self, sym: Sym) -> Option<f64> {
        let info = self.syms.get(sym.index())?;
        match info.role {
            // What a numeraire expression is set to has no name of the file's.
            Role::Parameter(v) if info.quantity == Quantity::Numeraire && info.name.starts_with("numeraire[") => Some(v),
            Role::Parameter(v) if self.numbers && info.quantity == Quantity::Place && v.is_finite() && !self.moving.contains(&sym) => Some(v),
            _ => None,
        }
    }

    /// The value of a node whose symbols are all printed as numbers.
    fn known(&mut self, node: NodeId, depth: usize) -> Option<f64> {
        if let Some(&v) = self.known.get(&node) {
            return v;
        }
        let value = match self.dag.node(node) {
            Node::Const(r) => Some(r.0),
            Node::Sym(s) => self.number_of(*s),
            _ if depth > DEPTH => None,
            Node::Ces { .. } | Node::Table { .. } | Node::Quad { .. } | Node::Select { .. } => None,
            n => {
                let mut children = Vec::new();
                n.for_children(|c| children.push(c));
                let all = children.into_iter().all(|c| self.known(c, depth + 1).is_some());
                // Few enough to evaluate here: every child is known already.
                if all { self.evaluate(node) } else { None }
            }
        };
        self.known.insert(node, value);
        value
    }

    fn evaluate(&self, node: NodeId) -> Option<f64> {
        let get = |c: &NodeId| self.known.get(c).copied().flatten();
        match self.dag.node(node) {
            Node::Sum(xs) => xs.iter().map(get).sum(),
            Node::Prod(xs) => xs.iter().map(get).product(),
            Node::Neg(x) => get(x).map(|v| -v),
            Node::Div(a, b) => Some(get(a)? / get(b)?),
            Node::Pow(a, b) => Some(eval::power(get(a)?, get(b)?)),
            Node::Func(f, x) => Some(eval::func(*f, get(x)?)),
            Node::Min(xs) => xs.iter().map(get).try_fold(f64::INFINITY, |m, v| Some(m.min(v?))),
            Node::Max(xs) => xs.iter().map(get).try_fold(f64::NEG_INFINITY, |m, v| Some(m.max(v?))),
            _ => None,
        }
    }

    fn build(&mut self, node: NodeId, depth: usize) -> Term {
        self.parts += 1;
        if depth > DEPTH || self.parts > PARTS {
            return Term::Cut;
        }
        if let Some(t) = self.replaced.get(&node) {
            return t.clone();
        }
        if let Some(v) = self.known(node, depth).filter(|v| is_short(*v)) {
            return if v < 0.0 { Term::Neg(Box::new(Term::Number(-v))) } else { Term::Number(v) };
        }
        let d = depth + 1;
        match self.dag.node(node) {
            Node::Const(r) => {
                if r.0 < 0.0 {
                    Term::Neg(Box::new(Term::Number(-r.0)))
                } else {
                    Term::Number(r.0)
                }
            }
            Node::Sym(s) => self.leaf(*s),
            Node::Sum(xs) => Term::sum(self.all(xs, d)),
            Node::Prod(xs) => match self.textbook(xs, d) {
                Some(t) => t,
                None => Term::prod(self.all(xs, d)),
            },
            Node::Neg(x) => Term::neg(self.build(*x, d)),
            Node::Div(a, b) => {
                let (a, b) = (self.build(*a, d), self.build(*b, d));
                Term::div(a, b)
            }
            Node::Pow(a, b) => {
                let (a, b) = (self.build(*a, d), self.build(*b, d));
                Term::pow(a, b)
            }
            Node::Func(f, x) => {
                let name = match f {
                    Func::Exp => "exp",
                    Func::Ln => "ln",
                    Func::Sqrt => "sqrt",
                    Func::Abs => "abs",
                    Func::Sign => "sign",
                };
                Term::Call(name.into(), vec![self.build(*x, d)])
            }
            Node::Min(xs) => Term::Call("min".into(), self.all(xs, d)),
            Node::Max(xs) => Term::Call("max".into(), self.all(xs, d)),
            Node::Ces { sigma, weights, prices } => self.ces(*sigma, weights, prices, d),
            Node::Table { smooth, part, x, knots } => {
                let flat = self.all(knots, d);
                let points = flat.chunks(2).filter_map(|c| Some((c.first()?.clone(), c.get(1)?.clone()))).collect();
                let what = match part {
                    TablePart::Value => Piecewise::Value,
                    TablePart::Slope => Piecewise::Slope,
                    TablePart::Integral => Piecewise::Integral,
                };
                Term::Table { what, smooth: *smooth, points, at: Box::new(self.build(*x, d)) }
            }
            Node::Quad { var, body, upper } => {
                let variable = self.name(*var).base;
                let (body, upper) = (self.build(*body, d), self.build(*upper, d));
                Term::Integral { variable, body: Box::new(body), upper: Box::new(upper) }
            }
            Node::Select { cmp, a, b, then, otherwise } => {
                let op = match cmp {
                    Cmp::Less => "<",
                    Cmp::LessEqual => "<=",
                    Cmp::Equal | Cmp::Near => "==",
                    Cmp::NotEqual => "!=",
                };
                let condition = Term::Relation(op, Box::new(self.build(*a, d)), Box::new(self.build(*b, d)));
                let (then, otherwise) = (self.build(*then, d), self.build(*otherwise, d));
                Term::Choice { condition: Box::new(condition), then: Box::new(then), otherwise: Box::new(otherwise) }
            }
        }
    }

    fn leaf(&mut self, s: Sym) -> Term {
        if let Some(v) = self.number_of(s) {
            return Term::Number(v);
        }
        if self.syms.get(s.index()).is_some_and(|i| i.quantity == Quantity::Place) {
            self.named_places.insert(s);
        }
        self.symbol(s)
    }

    fn all(&mut self, xs: &[NodeId], depth: usize) -> Vec<Term> {
        xs.iter().map(|&x| self.build(x, depth)).collect()
    }

    /// `Π (p/d)^d`: the unit cost of the textbook Cobb–Douglas function, which lowering writes as `Π d^(−d) · Π p^d`.
    fn textbook(&mut self, xs: &[NodeId], depth: usize) -> Option<Term> {
        let flat: Vec<NodeId> = xs.iter().flat_map(|x| if let Node::Prod(inner) = self.dag.node(*x) { inner.to_vec() } else { vec![*x] }).collect();
        let nest = flat.iter().copied().find(|x| matches!(self.dag.node(*x), Node::Ces { .. }))?;
        let Node::Ces { sigma, weights, prices } = self.dag.node(nest) else { return None };
        if self.dag.as_const(*sigma) != Some(1.0) {
            return None;
        }
        let scales: Vec<NodeId> = flat.iter().copied().filter(|&x| x != nest).collect();
        let scaled = |w: &NodeId| {
            scales.iter().any(|&s| match self.dag.node(s) {
                Node::Pow(base, exponent) => base == w && matches!(self.dag.node(*exponent), Node::Neg(d) if d == w),
                _ => false,
            })
        };
        if scales.len() != weights.len() || !weights.iter().all(scaled) {
            return None;
        }
        let (weights, prices) = (weights.clone(), prices.clone());
        let factors = weights.iter().zip(prices.iter()).map(|(&w, &p)| {
            let (w, p) = (self.build(w, depth), self.build(p, depth));
            Term::pow(Term::Div(Box::new(p), Box::new(w.clone())), w)
        });
        Some(Term::Prod(factors.collect()))
    }

    fn ces(&mut self, sigma: NodeId, weights: &[NodeId], prices: &[NodeId], depth: usize) -> Term {
        let value = self.known(sigma, depth);
        let pairs: Vec<(Term, Term)> = weights.iter().zip(prices).map(|(&w, &p)| (self.build(w, depth), self.build(p, depth))).collect();
        if value == Some(1.0) {
            return Term::prod(pairs.into_iter().map(|(w, p)| Term::pow(p, w)).collect());
        }
        if value == Some(0.0) {
            return Term::sum(pairs.into_iter().map(|(w, p)| Term::prod(vec![w, p])).collect());
        }
        let one = Term::Number(1.0);
        let power = match value.map(|v| 1.0 - v).filter(|e| is_short(*e)) {
            Some(e) if e < 0.0 => Term::Neg(Box::new(Term::Number(-e))),
            Some(e) => Term::Number(e),
            None => {
                self.general = true;
                let sigma = self.build(sigma, depth);
                Term::sum(vec![one.clone(), Term::neg(sigma)])
            }
        };
        let sum = Term::sum(pairs.into_iter().map(|(w, p)| Term::prod(vec![w, Term::pow(p, power.clone())])).collect());
        Term::pow(sum, Term::div(one, power))
    }
}
