//! Log changes of expressions: a product adds, a power scales, a sum and a CES nest bring shares named after what they are.

use super::ask::failed;
use super::atoms::{Atom, Atoms, Measures, Range};
use super::linear::Linear;
use super::point::Point;
use crate::accounts::Accounts;
use crate::algebra::{Failure, Formula, Rational};
use crate::diag::Diagnostic;
use crate::expr::{Dag, Func, Node, NodeId, Sym, ces, eval};
use crate::model::Economy;
use crate::system::{Quantity, Role, System};
use rustc_hash::{FxHashMap, FxHashSet};

/// How the change of a symbol is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// d ln.
    Log,
    /// dI/(1 − I).
    Margin,
    /// A plain differential.
    Plain,
}

/// Which number of an expression a letter stands for: its level, its logarithm.
const LEVEL: u32 = u32::MAX;
const LOG: u32 = u32::MAX - 1;
/// Slopes in symbols from here on, below it elasticities in them.
const SLOPES: u32 = 1 << 31;

/// Parts of a coefficient beyond which nothing can be worked out with it, let alone read.
const LARGEST: usize = 50_000;

/// Builds log changes of the expressions of one system at one point.
pub struct Hats<'a> {
    pub economy: &'a Economy,
    pub accounts: &'a Accounts,
    pub system: &'a System,
    pub point: &'a Point,
    pub atoms: Atoms,
    /// Parameters that may move; all others are constants here.
    pub moving: FxHashSet<Sym>,
    pub(super) dag: Dag,
    /// By node of the system's DAG.
    values: FxHashMap<NodeId, f64>,
    memo: FxHashMap<NodeId, Linear>,
    /// What each symbol of a task line is.
    pub(super) lines: FxHashMap<Sym, (usize, super::tasks::LinePart)>,
    pub(super) nests: FxHashMap<NodeId, super::nests::NestOf>,
    /// Definitions that are one expression over another.
    ratios: FxHashMap<(NodeId, NodeId), Sym>,
    /// Letters for numbers without a name of their own, by what they belong to.
    generated: FxHashMap<(NodeId, u32), u32>,
    /// Nodes that are zero, and whether they are so throughout the regime.
    pub(super) none: FxHashMap<NodeId, bool>,
    /// Sums of the user's own, numbered as they are met.
    pub(super) sums: Vec<NodeId>,
    /// Whether a form grew beyond [`LARGEST`] and was given up.
    pub(super) outgrown: bool,
}

impl<'a> Hats<'a> {
    pub fn new(
        economy: &'a Economy,
        accounts: &'a Accounts,
        system: &'a System,
        point: &'a Point,
        moving: impl IntoIterator<Item = Sym>,
    ) -> Hats<'a> {
        let mut roots: Vec<NodeId> = system.definitions().map(|d| d.1).collect();
        roots.extend(system.equations.iter().flat_map(|e| [e.left, e.right]));
        let order = system.dag.reachable(&roots);
        let found = eval::evaluate_present(&system.dag, &order, &mut |s| point.value(s));
        let values = order.into_iter().zip(found).collect();
        let ratios = system
            .definitions()
            .filter_map(|(s, node)| match system.dag.node(node) {
                Node::Div(a, b) => Some(((*a, *b), s)),
                _ => None,
            })
            .collect();
        let mut hats = Hats {
            economy,
            accounts,
            system,
            point,
            atoms: Atoms::default(),
            moving: moving.into_iter().collect(),
            dag: system.dag.clone(),
            values,
            memo: FxHashMap::default(),
            lines: FxHashMap::default(),
            nests: FxHashMap::default(),
            ratios,
            generated: FxHashMap::default(),
            none: FxHashMap::default(),
            sums: Vec::new(),
            outgrown: false,
        };
        hats.find_lines();
        hats.find_nests();
        hats
    }

    /// The value of a node; NaN without numbers.
    pub fn value(&mut self, node: NodeId) -> f64 {
        if let Some(&v) = self.values.get(&node) {
            return v;
        }
        let point = self.point;
        let v = eval::evaluate_present(&self.dag, &[node], &mut |s| point.value(s)).first().copied().unwrap_or(f64::NAN);
        self.values.insert(node, v);
        v
    }

    pub fn measure(&self, sym: Sym) -> Measure {
        let info = self.system.info(sym);
        let value = self.point.value(sym);
        match info.quantity {
            Quantity::Margin => Measure::Margin,
            Quantity::NetFlow => Measure::Plain,
            _ if value <= 0.0 => Measure::Plain,
            _ => Measure::Log,
        }
    }

    /// Refuses forms of which one was given up.
    ///
    /// # Errors
    /// A054: a coefficient is longer than anything can be worked out with.
    pub fn complete(&self) -> Result<(), Diagnostic> {
        if self.outgrown { Err(failed(&Failure::TooLarge)) } else { Ok(()) }
    }

    /// The log change of a symbol.
    pub fn of(&mut self, sym: Sym) -> Linear {
        let node = self.dag.sym(sym);
        self.hat(node)
    }

    /// The log change of an expression.
    pub fn hat(&mut self, root: NodeId) -> Linear {
        // Definitions form no circle, so working off a stack of open nodes ends; nothing recurses on depth.
        let mut open = vec![root];
        while let Some(&node) = open.last() {
            if self.memo.contains_key(&node) {
                open.pop();
                continue;
            }
            let missing: Vec<NodeId> = self.needs(node).into_iter().filter(|n| !self.memo.contains_key(n)).collect();
            if missing.is_empty() {
                let mut form = self.compute(node);
                // What definitions take twice from each other doubles with each of them.
                if form.terms().any(|(_, c)| c.size() > LARGEST) {
                    (form, self.outgrown) = (Linear::zero(), true);
                }
                self.memo.insert(node, form);
                open.pop();
            } else {
                open.extend(missing);
            }
        }
        self.memo.get(&root).cloned().unwrap_or_default()
    }

    /// The nodes whose log changes that of `node` is made of.
    fn needs(&mut self, node: NodeId) -> Vec<NodeId> {
        match self.dag.node(node).clone() {
            Node::Sym(s) => match self.system.info(s).role {
                Role::Definition(inner) if !self.moving.contains(&s) && !self.is_line_part(s) => vec![inner],
                _ => self.line_needs(s),
            },
            Node::Sum(xs) if self.home_part(&xs).is_some() => Vec::new(),
            Node::Sum(xs) => xs.iter().copied().filter(|x| !self.absent(*x) && !self.vanishes(*x)).collect(),
            Node::Prod(xs) => xs.to_vec(),
            Node::Neg(x) | Node::Func(_, x) => vec![x],
            Node::Div(a, b) | Node::Pow(a, b) => vec![a, b],
            Node::Ces { sigma, weights, prices } => [sigma].into_iter().chain(weights.iter().copied()).chain(prices.iter().copied()).collect(),
            Node::Min(xs) | Node::Max(xs) => self.branch(node, &xs).into_iter().collect(),
            Node::Select { cmp, a, b, then, otherwise } => {
                let (va, vb) = (self.value(a), self.value(b));
                vec![if eval::compare(cmp, va, vb) { then } else { otherwise }]
            }
            Node::Const(_) | Node::Table { .. } | Node::Quad { .. } => Vec::new(),
        }
    }

    pub(super) fn branch(&mut self, node: NodeId, xs: &[NodeId]) -> Option<NodeId> {
        let v = self.value(node);
        xs.iter().copied().find(|x| self.value(*x) == v)
    }

    fn known(&self, node: NodeId) -> Linear {
        self.memo.get(&node).cloned().unwrap_or_default()
    }

    fn compute(&mut self, node: NodeId) -> Linear {
        match self.dag.node(node).clone() {
            Node::Const(_) => Linear::zero(),
            Node::Sym(s) => self.symbol(s),
            Node::Sum(xs) => match self.home_part(&xs) {
                Some(margin) => Linear::change(margin).scaled(&Formula::int(-1)),
                None => self.sum(node, &xs),
            },
            Node::Prod(xs) => {
                let mut out = Linear::zero();
                for x in xs.iter() {
                    let part = self.known(*x);
                    out.add(&part, &Formula::one());
                }
                out
            }
            Node::Neg(x) | Node::Func(Func::Abs, x) => self.known(x),
            Node::Div(a, b) => self.known(a).minus(&self.known(b)),
            Node::Pow(base, exponent) => self.power(base, exponent),
            Node::Func(Func::Exp, x) => self.plain(x),
            Node::Func(Func::Sqrt, x) => self.known(x).scaled(&half()),
            Node::Func(Func::Ln, x) => {
                let level = self.level(node);
                self.known(x).map(|c| c.clone().over(level.clone()))
            }
            Node::Func(Func::Sign, _) => Linear::zero(),
            Node::Ces { sigma, weights, prices } => self.ces(node, sigma, &weights, &prices),
            Node::Min(xs) | Node::Max(xs) => self.branch(node, &xs).map(|b| self.known(b)).unwrap_or_default(),
            Node::Select { .. } => self.needs(node).first().map(|n| self.known(*n)).unwrap_or_default(),
            Node::Table { .. } | Node::Quad { .. } => self.opaque(node),
        }
    }

    fn symbol(&mut self, s: Sym) -> Linear {
        let info = self.system.info(s);
        if self.moving.contains(&s) {
            return self.own_change(s);
        }
        match info.role {
            Role::Parameter(_) | Role::Bound => Linear::zero(),
            Role::Unknown { .. } if self.point.bound(s).is_some() => Linear::zero(),
            Role::Unknown { .. } => self.own_change(s),
            Role::Definition(inner) => match self.line_part(s) {
                Some(form) => form,
                None => self.known(inner),
            },
        }
    }

    /// The log change of a symbol whose own change is measured as it is.
    fn own_change(&mut self, s: Sym) -> Linear {
        let node = self.dag.sym(s);
        match self.measure(s) {
            Measure::Log => Linear::change(s),
            // At zero this has no value: what is a multiple of the symbol is taken plainly instead.
            Measure::Plain => {
                let letter = Formula::atom(self.symbol_atom(s));
                Linear::change(s).map(|_| Formula::one().over(letter.clone()))
            }
            Measure::Margin => {
                let level = self.level(node);
                let ratio = Formula::one().minus(level.clone()).over(level);
                Linear::change(s).scaled(&ratio)
            }
        }
    }

    /// `1 − I`, whose log change is −dI/(1 − I).
    fn home_part(&self, xs: &[NodeId]) -> Option<Sym> {
        let [one, rest] = xs else { return None };
        let Node::Neg(inner) = self.dag.node(*rest) else { return None };
        match self.dag.node(*inner) {
            Node::Sym(s) if self.dag.is_one(*one) && self.system.info(*s).quantity == Quantity::Margin => {
                let moves = self.moving.contains(s) || matches!(self.system.info(*s).role, Role::Unknown { .. }) && self.point.bound(*s).is_none();
                moves.then_some(*s)
            }
            _ => None,
        }
    }

    fn sum(&mut self, node: NodeId, xs: &[NodeId]) -> Linear {
        let there: Vec<(usize, NodeId)> = xs.iter().copied().enumerate().filter(|(_, x)| !self.absent(*x)).collect();
        let (gone, present): (Vec<(usize, NodeId)>, Vec<(usize, NodeId)>) = there.into_iter().partition(|(_, x)| self.vanishes(*x));
        if !gone.is_empty() {
            let level = self.level(node);
            let mut out = self.sum_of(node, &present);
            for (_, x) in gone {
                out = out.plus(&self.plain(x).map(|c| c.clone().over(level.clone())));
            }
            return out;
        }
        self.sum_of(node, &present)
    }

    fn sum_of(&mut self, node: NodeId, present: &[(usize, NodeId)]) -> Linear {
        let parts: Vec<Linear> = present.iter().map(|(_, x)| self.known(*x)).collect();
        if parts.iter().all(Linear::is_zero) {
            return Linear::zero();
        }
        if let [only] = parts.as_slice() {
            return only.clone();
        }
        if let Some(form) = self.beside_constant(node, present) {
            return form;
        }
        let shares = self.sum_shares(node, present);
        weighted(&parts, &shares)
    }

    /// `1 + x` and `1 − x` of a single symbol, in its own level: x/(1 + x) reads better than a share.
    fn beside_constant(&mut self, node: NodeId, present: &[(usize, NodeId)]) -> Option<Linear> {
        let [(_, a), (_, b)] = present else { return None };
        let other = match (self.dag.node(*a), self.dag.node(*b)) {
            (Node::Const(_), _) => *b,
            (_, Node::Const(_)) => *a,
            _ => return None,
        };
        let inner = match self.dag.node(other) {
            Node::Neg(x) => *x,
            _ => other,
        };
        if !matches!(self.dag.node(inner), Node::Sym(_)) || self.system.sums.contains_key(&node) {
            return None;
        }
        let change = self.known(other);
        let share = self.level(other).over(self.level(node));
        Some(change.scaled(&share))
    }

    /// Σθ of prices, and what weights and σ do where they move.
    fn ces(&mut self, node: NodeId, sigma: NodeId, weights: &[NodeId], prices: &[NodeId]) -> Linear {
        let at = |h: &mut Self, xs: &[NodeId]| xs.iter().map(|x| h.value(*x)).collect::<Vec<f64>>();
        let (s, d, p) = (self.value(sigma), at(self, weights), at(self, prices));
        let mut inputs = vec![f64::NAN; prices.len()];
        let cost = if self.point.numeric { ces::cost_and_inputs(s, &d, &p, &mut inputs) } else { f64::NAN };
        // Of an input that is not to be had nothing is spent.
        let value =
            |k: usize| inputs.get(k).zip(p.get(k)).map_or(f64::NAN, |(a, p)| if p.is_infinite() && cost.is_finite() { 0.0 } else { a * p / cost });
        let present: Vec<usize> = (0..prices.len()).filter(|k| d.get(*k) != Some(&0.0) && value(*k) != 0.0).collect();
        let parts: Vec<Linear> = present.iter().filter_map(|k| prices.get(*k)).map(|x| self.known(*x)).collect();
        let shares: Vec<Formula> = if present.len() == 1 {
            vec![Formula::one()]
        } else {
            let mut group = Vec::new();
            for &k in &present {
                let atom = self.nest_share(node, k, value(k));
                group.push(self.atoms.intern(atom));
            }
            self.atoms.add_group(group.clone());
            group.into_iter().map(Formula::atom).collect()
        };
        let mut out = weighted(&parts, &shares);
        let mut partials = vec![f64::NAN; weights.len()];
        if self.point.numeric {
            ces::weight_partials(s, &d, &p, &mut partials);
        }
        for (k, weight) in weights.iter().enumerate() {
            let change = self.known(*weight);
            if change.is_zero() {
                continue;
            }
            if d.get(k) == Some(&0.0) {
                // A weight of zero has no log change.
                let value = partials.get(k).map_or(f64::NAN, |v| v / cost);
                let factor = self.nest_effect(node, Some(k), value);
                let change = self.plain(*weight);
                out.add(&change, &factor);
                continue;
            }
            // ∂ ln c / ∂ ln d_k = θ_k / (1 − σ), away from σ = 1.
            let factor = if (s - 1.0).abs() > 1e-3 {
                let share = present.iter().position(|x| *x == k).and_then(|x| shares.get(x)).cloned().unwrap_or_else(Formula::zero);
                share.over(Formula::one().minus(self.level(sigma)))
            } else {
                let value = partials.get(k).zip(d.get(k)).map_or(f64::NAN, |(v, d)| v * d / cost);
                self.nest_effect(node, Some(k), value)
            };
            out.add(&change, &factor);
        }
        if !self.known(sigma).is_zero() {
            let partial = if self.point.numeric { ces::sigma_partial(s, &d, &p) / cost } else { f64::NAN };
            // Fixed coefficients have no log change of σ.
            let (change, value) = if s == 0.0 { (self.plain(sigma), partial) } else { (self.known(sigma), partial * s) };
            let factor = self.nest_effect(node, None, value);
            out.add(&change, &factor);
        }
        out
    }

    fn power(&mut self, base: NodeId, exponent: NodeId) -> Linear {
        let power = self.level(exponent);
        let mut out = self.known(base).scaled(&power);
        let change = self.known(exponent);
        if !change.is_zero() {
            let moved = self.plain(exponent);
            let value = self.value(base).ln();
            let words = self.words(base);
            let log = self.generated((base, LOG), &format!("ln of {words}"), value);
            // ln k is positive for k above 1.
            if let (Formula::Atom(at), Node::Sym(s)) = (&log, self.dag.node(base))
                && super::own::beside_one(self.economy, *s) == Some((true, true))
            {
                self.atoms.restrict(*at, Range::Positive);
            }
            out.add(&moved, &log);
        }
        out
    }

    /// The plain differential of an expression.
    pub fn plain(&mut self, node: NodeId) -> Linear {
        if self.absent(node) {
            return Linear::zero();
        }
        match self.dag.node(node).clone() {
            Node::Const(_) => Linear::zero(),
            Node::Sum(xs) if self.home_part(&xs).is_none() => {
                let mut out = Linear::zero();
                for x in xs.iter() {
                    let part = self.plain(*x);
                    out.add(&part, &Formula::one());
                }
                out
            }
            Node::Neg(x) => self.plain(x).scaled(&Formula::int(-1)),
            Node::Sym(s) => self.plain_symbol(s, node),
            _ if !self.vanishes(node) => {
                let form = self.hat(node);
                if form.is_zero() { form } else { form.scaled(&self.level(node)) }
            }
            Node::Prod(xs) => {
                let zeros: Vec<NodeId> = xs.iter().copied().filter(|x| self.value(*x) == 0.0).collect();
                let [only] = zeros.as_slice() else { return Linear::zero() };
                let others: Vec<Formula> = xs.iter().filter(|x| *x != only).map(|x| self.level(*x)).collect();
                self.plain(*only).scaled(&Formula::product(others))
            }
            Node::Div(a, b) => {
                let below = self.level(b);
                self.plain(a).map(|c| c.clone().over(below.clone()))
            }
            Node::Pow(base, exponent) => match self.value(exponent) {
                1.0 => self.plain(base),
                flat if flat > 1.0 => Linear::zero(),
                // The slope has no bound.
                _ => self.hat(node),
            },
            Node::Func(Func::Ln, x) => self.hat(x),
            Node::Min(xs) | Node::Max(xs) => self.branch(node, &xs).map(|b| self.plain(b)).unwrap_or_default(),
            Node::Select { .. } => self.needs(node).first().copied().map(|n| self.plain(n)).unwrap_or_default(),
            Node::Table { .. } | Node::Quad { .. } => self.slopes(node),
            Node::Sum(_) | Node::Func(..) | Node::Ces { .. } => self.hat(node),
        }
    }

    fn plain_symbol(&mut self, s: Sym, node: NodeId) -> Linear {
        let own = self.moving.contains(&s) || matches!(self.system.info(s).role, Role::Unknown { .. }) && self.point.bound(s).is_none();
        if own && self.measure(s) == Measure::Plain {
            return Linear::change(s);
        }
        if own && self.measure(s) == Measure::Margin {
            let level = self.level(node);
            return Linear::change(s).scaled(&Formula::one().minus(level));
        }
        match self.system.info(s).role {
            Role::Definition(inner) if !self.moving.contains(&s) && (self.system.info(s).quantity == Quantity::NetFlow || self.vanishes(node)) => {
                self.plain(inner)
            }
            _ => {
                let form = self.hat(node);
                if form.is_zero() { form } else { form.scaled(&self.level(node)) }
            }
        }
    }

    /// The level of an expression, as a formula of levels of symbols.
    pub fn level(&mut self, node: NodeId) -> Formula {
        if self.value(node) == 0.0 {
            return Formula::zero();
        }
        match self.dag.node(node).clone() {
            Node::Const(r) => Rational::from_f64(r.0).map_or_else(|| self.generated((node, LEVEL), "a constant", r.0), Formula::from),
            Node::Sym(s) => Formula::atom(self.symbol_atom(s)),
            Node::Sum(xs) if xs.len() <= 6 => {
                let parts: Vec<Formula> = xs.iter().map(|x| self.level(*x)).collect();
                Formula::sum(parts)
            }
            Node::Prod(xs) if xs.len() <= 6 => {
                let parts: Vec<Formula> = xs.iter().map(|x| self.level(*x)).collect();
                Formula::product(parts)
            }
            Node::Neg(x) => self.level(x).negated(),
            Node::Div(a, b) => self.level(a).over(self.level(b)),
            _ => {
                let value = self.value(node);
                let words = self.words(node);
                self.generated((node, LEVEL), &words, value)
            }
        }
    }

    /// Elasticities of an expression that has no rule of its own, as atoms.
    pub(super) fn opaque(&mut self, node: NodeId) -> Linear {
        let whole = self.value(node);
        self.by_symbol(node, "elasticity", whole, |s| s.index() as u32)
    }

    /// The same for one that is zero: its slopes.
    fn slopes(&mut self, node: NodeId) -> Linear {
        self.by_symbol(node, "slope", 1.0, |s| SLOPES + s.index() as u32)
    }

    fn by_symbol(&mut self, node: NodeId, word: &str, whole: f64, letter: impl Fn(Sym) -> u32) -> Linear {
        let mut out = Linear::zero();
        for s in self.dag.symbols(&[node]) {
            let (change, size) = self.sized_change(s);
            if change.is_zero() {
                continue;
            }
            let slope = crate::expr::differentiate::derivative(&mut self.dag, node, s);
            let value = self.value(slope) * size / whole;
            if value == 0.0 {
                continue;
            }
            let words = self.words(node);
            let name = self.system.info(s).name.clone();
            let factor = self.generated((node, letter(s)), &format!("{word} of {words} in {name}"), value);
            out.add(&change, &factor);
        }
        out
    }

    /// The change of a symbol and the number that turns a slope into its multiplier: log changes go by the value, plain ones by 1.
    pub(super) fn sized_change(&mut self, s: Sym) -> (Linear, f64) {
        let node = self.dag.sym(s);
        if self.vanishes(node) { (self.plain(node), 1.0) } else { (self.hat(node), self.point.value(s)) }
    }

    /// An atom for a number that has no name of its own; `of` says which number of which expression.
    pub(super) fn generated(&mut self, of: (NodeId, u32), meaning: &str, value: f64) -> Formula {
        if let Some(&at) = self.generated.get(&of) {
            return Formula::atom(at);
        }
        let n = self.generated.len() + 1;
        let atom = Atom {
            name: format!("k{n}"),
            display: format!("k{n}"),
            latex: format!("k_{{{n}}}"),
            meaning: meaning.to_string(),
            value,
            range: Range::Any,
            measures: Measures::Other,
        };
        let at = self.atoms.intern(atom);
        self.generated.insert(of, at);
        Formula::atom(at)
    }

    /// The definition that is `part / whole`, if the model has one.
    pub(super) fn ratio(&self, part: NodeId, whole: NodeId) -> Option<Sym> {
        self.ratios.get(&(part, whole)).copied()
    }
}

fn half() -> Formula {
    Rational::new(1, 2).map_or_else(Formula::zero, Formula::from)
}

/// `Σ share · part`, where a coefficient that all parts have in common needs no shares: they add up to 1.
pub(super) fn weighted(parts: &[Linear], shares: &[Formula]) -> Linear {
    let mut out = Linear::zero();
    let mut syms: Vec<Sym> = parts.iter().flat_map(|p| p.terms().map(|t| t.0)).collect();
    syms.sort_unstable();
    syms.dedup();
    for s in syms {
        let first = parts.first().and_then(|p| p.get(s));
        match first {
            Some(common) if parts.iter().all(|p| p.get(s) == Some(common)) => out.add_term(s, common.clone()),
            _ => {
                for (part, share) in parts.iter().zip(shares) {
                    if let Some(c) = part.get(s) {
                        out.add_term(s, share.clone().times(c.clone()));
                    }
                }
            }
        }
    }
    out
}
