//! Expressions of the equilibrium system: a hash-consed DAG whose nodes know economics.
//!
//! Children are always created before their parents, so a pass over node numbers in order is an evaluation order and nothing recurses on depth or
//! length. A [`Sym`] is a leaf: a parameter, an unknown, or a definition kept by name (the system says which).

pub mod ces;
pub mod differentiate;
pub mod eval;
pub mod integrate;
pub mod steps;
pub mod table;

use rustc_hash::{FxHashMap, FxHashSet};

/// A symbol: parameter, unknown or definition. Numbers index the owner's symbol table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sym(pub u32);

/// Less than this part of a graph is walked from its roots; more in one pass over all.
pub(crate) const PART: usize = 16;

/// A node of a [`Dag`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Sym {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Elementary functions of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Func {
    Exp,
    Ln,
    Sqrt,
    Abs,
    /// −1, 0 or 1: appears only as the derivative of `Abs`.
    Sign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cmp {
    Less,
    LessEqual,
    Equal,
    NotEqual,
    /// Equal up to where the other branch, which is the same number, would lose its digits: no kink.
    Near,
}

/// How close [`Cmp::Near`] is.
pub const NEAR: f64 = 1e-4;

/// What is asked of a cost schedule given by a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TablePart {
    Value,
    /// Derivative in the argument; one-sided at a knot, by the side that the evaluation asks for.
    Slope,
    /// Integral from 0.
    Integral,
}

/// A number compared and hashed by its bits, so that nodes can be.
#[derive(Clone, Copy, Debug)]
pub struct Real(pub f64);

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}
impl Eq for Real {}
impl std::hash::Hash for Real {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    Const(Real),
    Sym(Sym),
    Sum(Box<[NodeId]>),
    Prod(Box<[NodeId]>),
    Neg(NodeId),
    Div(NodeId, NodeId),
    Pow(NodeId, NodeId),
    Func(Func, NodeId),
    Min(Box<[NodeId]>),
    Max(Box<[NodeId]>),
    /// Unit cost `(Σ d_k p_k^(1−σ))^(1/(1−σ))`; `Π p_k^{d_k}` at σ = 1; `Σ d_k p_k` at σ = 0.
    Ces {
        sigma: NodeId,
        weights: Box<[NodeId]>,
        prices: Box<[NodeId]>,
    },
    /// A schedule by points: knots are `x0, y0, x1, y1, …`; `smooth` is monotone cubic (PCHIP), else piecewise linear.
    Table {
        smooth: bool,
        part: TablePart,
        x: NodeId,
        knots: Box<[NodeId]>,
    },
    /// `∫_0^upper body d var`, with `var` bound in `body`.
    Quad {
        var: Sym,
        body: NodeId,
        upper: NodeId,
    },
    /// `if a ⋈ b then t else e`
    Select {
        cmp: Cmp,
        a: NodeId,
        b: NodeId,
        then: NodeId,
        otherwise: NodeId,
    },
}

impl Node {
    /// Calls `f` on each child, in order.
    pub fn for_children(&self, mut f: impl FnMut(NodeId)) {
        match self {
            Node::Const(_) | Node::Sym(_) => {}
            Node::Sum(xs) | Node::Prod(xs) | Node::Min(xs) | Node::Max(xs) => xs.iter().copied().for_each(f),
            Node::Neg(x) | Node::Func(_, x) => f(*x),
            Node::Div(a, b) | Node::Pow(a, b) => {
                f(*a);
                f(*b);
            }
            Node::Ces { sigma, weights, prices } => {
                f(*sigma);
                weights.iter().copied().for_each(&mut f);
                prices.iter().copied().for_each(&mut f);
            }
            Node::Table { x, knots, .. } => {
                f(*x);
                knots.iter().copied().for_each(&mut f);
            }
            Node::Quad { body, upper, .. } => {
                f(*body);
                f(*upper);
            }
            Node::Select { a, b, then, otherwise, .. } => {
                for x in [*a, *b, *then, *otherwise] {
                    f(x);
                }
            }
        }
    }
}

/// The hash-consed store: equal expressions are one node.
#[derive(Clone, Debug, Default)]
pub struct Dag {
    nodes: Vec<Node>,
    index: FxHashMap<Node, NodeId>,
}

impl Dag {
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Stores a node as it is, without simplification.
    pub fn intern(&mut self, node: Node) -> NodeId {
        if let Some(&id) = self.index.get(&node) {
            return id;
        }
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(node.clone());
        self.index.insert(node, id);
        id
    }

    pub fn constant(&mut self, value: f64) -> NodeId {
        // −0 and 0 are one number to a reader.
        self.intern(Node::Const(Real(if value == 0.0 { 0.0 } else { value })))
    }

    pub fn sym(&mut self, sym: Sym) -> NodeId {
        self.intern(Node::Sym(sym))
    }

    /// The value of a constant node.
    pub fn as_const(&self, id: NodeId) -> Option<f64> {
        match self.node(id) {
            Node::Const(r) => Some(r.0),
            _ => None,
        }
    }

    pub fn is_zero(&self, id: NodeId) -> bool {
        self.as_const(id) == Some(0.0)
    }

    pub fn is_one(&self, id: NodeId) -> bool {
        self.as_const(id) == Some(1.0)
    }

    /// `Σ terms`; zeros are dropped, constants gathered at the place of the first.
    pub fn sum(&mut self, terms: &[NodeId]) -> NodeId {
        let mut kept = Vec::with_capacity(terms.len());
        let mut constant: Option<(usize, f64)> = None;
        for &t in terms {
            match self.as_const(t) {
                Some(c) => {
                    let (at, sum) = constant.unwrap_or((kept.len(), 0.0));
                    if constant.is_none() {
                        kept.push(t);
                    }
                    constant = Some((at, sum + c));
                }
                None => kept.push(t),
            }
        }
        if let Some((at, c)) = constant {
            if c == 0.0 && kept.len() > 1 {
                kept.remove(at);
            } else {
                kept[at] = self.constant(c);
            }
        }
        match kept.len() {
            0 => self.constant(0.0),
            1 => kept[0],
            _ => self.intern(Node::Sum(kept.into())),
        }
    }

    pub fn add(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.sum(&[a, b])
    }

    pub fn sub(&mut self, a: NodeId, b: NodeId) -> NodeId {
        if a == b {
            return self.constant(0.0);
        }
        let nb = self.neg(b);
        self.sum(&[a, nb])
    }

    pub fn neg(&mut self, x: NodeId) -> NodeId {
        match *self.node(x) {
            Node::Const(r) => self.constant(-r.0),
            Node::Neg(y) => y,
            _ => self.intern(Node::Neg(x)),
        }
    }

    /// `Π factors`; ones are dropped, constants gathered in front, a zero makes the product zero.
    pub fn prod(&mut self, factors: &[NodeId]) -> NodeId {
        let mut kept = Vec::with_capacity(factors.len());
        let mut constant = 1.0;
        for &x in factors {
            match self.as_const(x) {
                Some(c) => constant *= c,
                None => kept.push(x),
            }
        }
        if constant == 0.0 {
            return self.constant(0.0);
        }
        if constant == -1.0 && !kept.is_empty() {
            let p = if kept.len() == 1 { kept[0] } else { self.intern(Node::Prod(kept.into())) };
            return self.neg(p);
        }
        if constant != 1.0 {
            let c = self.constant(constant);
            kept.insert(0, c);
        }
        match kept.len() {
            0 => self.constant(1.0),
            1 => kept[0],
            _ => self.intern(Node::Prod(kept.into())),
        }
    }

    pub fn mul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.prod(&[a, b])
    }

    pub fn div(&mut self, a: NodeId, b: NodeId) -> NodeId {
        if self.is_one(b) || self.is_zero(a) && self.as_const(b) != Some(0.0) {
            return a;
        }
        match (self.as_const(a), self.as_const(b)) {
            (Some(x), Some(y)) if y != 0.0 => self.constant(x / y),
            _ => self.intern(Node::Div(a, b)),
        }
    }

    pub fn pow(&mut self, base: NodeId, exponent: NodeId) -> NodeId {
        if self.is_one(exponent) {
            return base;
        }
        if self.is_zero(exponent) || self.is_one(base) {
            return self.constant(1.0);
        }
        if let (Some(x), Some(y)) = (self.as_const(base), self.as_const(exponent)) {
            let v = x.powf(y);
            if v.is_finite() {
                return self.constant(v);
            }
        }
        self.intern(Node::Pow(base, exponent))
    }

    pub fn func(&mut self, func: Func, x: NodeId) -> NodeId {
        if let Some(c) = self.as_const(x) {
            let v = eval::func(func, c);
            if v.is_finite() {
                return self.constant(v);
            }
        }
        match (func, self.node(x)) {
            (Func::Ln, &Node::Func(Func::Exp, y)) | (Func::Exp, &Node::Func(Func::Ln, y)) => y,
            _ => self.intern(Node::Func(func, x)),
        }
    }

    pub fn min(&mut self, xs: &[NodeId]) -> NodeId {
        if xs.len() == 1 { xs[0] } else { self.intern(Node::Min(xs.into())) }
    }

    pub fn max(&mut self, xs: &[NodeId]) -> NodeId {
        if xs.len() == 1 { xs[0] } else { self.intern(Node::Max(xs.into())) }
    }

    /// Unit cost of a CES nest: see [`Node::Ces`].
    pub fn ces(&mut self, sigma: NodeId, weights: &[NodeId], prices: &[NodeId]) -> NodeId {
        self.intern(Node::Ces { sigma, weights: weights.into(), prices: prices.into() })
    }

    /// The same expression with symbols replaced; nodes that do not contain them are shared.
    pub fn substitute(&mut self, root: NodeId, map: &FxHashMap<Sym, NodeId>) -> NodeId {
        self.rebuild(root, &|node, _| match node {
            Node::Sym(s) => map.get(s).copied(),
            _ => None,
        })
    }

    /// The same expression with some nodes replaced; `f` is given a node and what its children became.
    pub fn rebuild(&mut self, root: NodeId, f: &dyn Fn(&Node, &dyn Fn(NodeId) -> NodeId) -> Option<NodeId>) -> NodeId {
        let order = self.reachable(&[root]);
        let mut new: FxHashMap<NodeId, NodeId> = FxHashMap::default();
        for id in order {
            let node = self.node(id).clone();
            let get = |x: NodeId| new.get(&x).copied().unwrap_or(x);
            if let Some(to) = f(&node, &get) {
                if to != id {
                    new.insert(id, to);
                }
                continue;
            }
            let all = |xs: &[NodeId]| xs.iter().map(|&x| get(x)).collect::<Vec<_>>();
            let replaced = match &node {
                Node::Sym(_) | Node::Const(_) => continue,
                Node::Sum(xs) => {
                    let xs = all(xs);
                    self.sum(&xs)
                }
                Node::Prod(xs) => {
                    let xs = all(xs);
                    self.prod(&xs)
                }
                Node::Min(xs) => {
                    let xs = all(xs);
                    self.min(&xs)
                }
                Node::Max(xs) => {
                    let xs = all(xs);
                    self.max(&xs)
                }
                Node::Neg(x) => {
                    let x = get(*x);
                    self.neg(x)
                }
                Node::Func(f, x) => {
                    let x = get(*x);
                    self.func(*f, x)
                }
                Node::Div(a, b) => {
                    let (a, b) = (get(*a), get(*b));
                    self.div(a, b)
                }
                Node::Pow(a, b) => {
                    let (a, b) = (get(*a), get(*b));
                    self.pow(a, b)
                }
                Node::Ces { sigma, weights, prices } => {
                    let (s, w, p) = (get(*sigma), all(weights), all(prices));
                    self.ces(s, &w, &p)
                }
                Node::Table { smooth, part, x, knots } => {
                    let (x, knots) = (get(*x), all(knots).into());
                    self.intern(Node::Table { smooth: *smooth, part: *part, x, knots })
                }
                Node::Quad { var, body, upper } => {
                    let (body, upper) = (get(*body), get(*upper));
                    self.intern(Node::Quad { var: *var, body, upper })
                }
                Node::Select { cmp, a, b, then, otherwise } => {
                    let (a, b, then, otherwise) = (get(*a), get(*b), get(*then), get(*otherwise));
                    self.intern(Node::Select { cmp: *cmp, a, b, then, otherwise })
                }
            };
            if replaced != id {
                new.insert(id, replaced);
            }
        }
        new.get(&root).copied().unwrap_or(root)
    }

    /// All nodes under `roots`, children before parents.
    pub fn reachable(&self, roots: &[NodeId]) -> Vec<NodeId> {
        let Some(top) = roots.iter().map(|r| r.index()).max() else { return Vec::new() };
        self.few_reachable(roots, top / PART).unwrap_or_else(|| self.many_reachable(roots, top))
    }

    /// The nodes under `roots` if there are at most `limit`: work in proportion to them, whatever else the graph holds.
    fn few_reachable(&self, roots: &[NodeId], limit: usize) -> Option<Vec<NodeId>> {
        let mut seen: FxHashSet<NodeId> = roots.iter().copied().collect();
        let mut out: Vec<NodeId> = seen.iter().copied().collect();
        let mut at = 0;
        while let Some(id) = out.get(at) {
            self.node(*id).for_children(|c| {
                if seen.insert(c) {
                    out.push(c);
                }
            });
            if out.len() > limit {
                return None;
            }
            at += 1;
        }
        out.sort_unstable();
        Some(out)
    }

    fn many_reachable(&self, roots: &[NodeId], top: usize) -> Vec<NodeId> {
        let mut seen = vec![false; top + 1];
        for r in roots {
            seen[r.index()] = true;
        }
        // Children have smaller numbers: one downward pass marks everything.
        for i in (0..=top).rev() {
            if seen[i] {
                self.nodes[i].for_children(|c| seen[c.index()] = true);
            }
        }
        (0..=top as u32).map(NodeId).filter(|id| seen[id.index()]).collect()
    }

    /// The symbols that occur under `roots`, each once, in order of their numbers; variables bound by a quadrature are left out.
    pub fn symbols(&self, roots: &[NodeId]) -> Vec<Sym> {
        let all = self.reachable(roots);
        let binds = all.iter().any(|id| matches!(self.node(*id), Node::Quad { .. }));
        let mut out: Vec<Sym> = if binds {
            self.free_symbols(roots).into_iter().collect()
        } else {
            let symbol = |id: NodeId| if let Node::Sym(s) = self.node(id) { Some(*s) } else { None };
            all.into_iter().filter_map(symbol).collect()
        };
        out.sort_unstable();
        out
    }

    /// The symbols under `roots` that no quadrature binds: what one binds inside may stand free beside it.
    fn free_symbols(&self, roots: &[NodeId]) -> FxHashSet<Sym> {
        let mut out = FxHashSet::default();
        let mut seen: FxHashSet<NodeId> = roots.iter().copied().collect();
        let mut open: Vec<NodeId> = seen.iter().copied().collect();
        while let Some(id) = open.pop() {
            match self.node(id) {
                Node::Sym(s) => {
                    out.insert(*s);
                }
                Node::Quad { var, body, upper } => {
                    out.extend(self.free_symbols(&[*body]).into_iter().filter(|s| s != var));
                    open.extend(seen.insert(*upper).then_some(*upper));
                }
                node => node.for_children(|c| open.extend(seen.insert(c).then_some(c))),
            }
        }
        out
    }
}
