//! Sums of the user's own: terms that are named shares of the whole by their names, first-order conditions, levels where a term may be negative.
//!
//! Terms are read as products of powers. A term over the whole that cancels to a named share is that share: with `w L = s w L + …` the first term is
//! s of the whole, since both sides of an equation are one number.

use super::atoms::{Atoms, Measures, Range};
use super::hat::Hats;
use crate::algebra::{Formula, Poly, Rational};
use crate::expr::{Dag, Func, Node, NodeId, Sym};
use crate::model::{Demand, Economy};
use crate::system::{Condition, Quantity, Role, System};

/// Bases of a ratio beyond which it is no shorter than a letter.
const BASES: usize = 5;
/// Symbols in a ratio beyond which a letter is shorter than levels.
const LEVELS: usize = 4;
/// Steps down definitions.
const DEEP: u8 = 12;

/// A number times powers of symbols and of sums; exponents are formulas of symbols by their numbers.
#[derive(Clone, Debug)]
pub struct Powers {
    number: f64,
    list: Vec<(NodeId, Formula)>,
}

impl Powers {
    /// An expression as a product of powers; `open` goes into definitions of the user that are products themselves.
    pub fn of(system: &System, dag: &Dag, node: NodeId, open: bool) -> Powers {
        let mut out = Powers { number: 1.0, list: Vec::new() };
        out.gather(system, dag, node, &Formula::one(), open, DEEP);
        out
    }

    fn gather(&mut self, system: &System, dag: &Dag, node: NodeId, power: &Formula, open: bool, depth: u8) {
        let Some(depth) = depth.checked_sub(1) else { return self.add(node, power) };
        match dag.node(node) {
            Node::Const(r) if r.0 > 0.0 => match whole(power) {
                Some(n) => self.number *= r.0.powi(n),
                None if r.0 == 1.0 => {}
                None => self.add(node, power),
            },
            Node::Const(r) => match whole(power) {
                Some(n) => self.number *= r.0.powi(n),
                None => self.add(node, power),
            },
            Node::Neg(x) if whole(power).is_some() => {
                self.number *= if whole(power).is_some_and(|n| n % 2 == 0) { 1.0 } else { -1.0 };
                self.gather(system, dag, *x, power, open, depth);
            }
            Node::Prod(xs) => xs.iter().for_each(|x| self.gather(system, dag, *x, power, open, depth)),
            Node::Div(a, b) => {
                self.gather(system, dag, *a, power, open, depth);
                self.gather(system, dag, *b, &power.clone().negated(), open, depth);
            }
            Node::Pow(base, exponent) => match exponent_of(dag, *exponent) {
                Some(e) => self.gather(system, dag, *base, &power.clone().times(e), open, depth),
                None => self.add(node, power),
            },
            Node::Func(Func::Sqrt, x) => match Rational::new(1, 2) {
                Some(half) => self.gather(system, dag, *x, &power.clone().times(half.into()), open, depth),
                None => self.add(node, power),
            },
            Node::Sym(s) => match system.info(*s).role {
                Role::Definition(inner) if open && system.info(*s).quantity == Quantity::Named && is_product(dag, inner) => {
                    self.gather(system, dag, inner, power, open, depth);
                }
                _ => self.add(node, power),
            },
            _ => self.add(node, power),
        }
    }

    fn add(&mut self, node: NodeId, power: &Formula) {
        match self.list.iter_mut().find(|x| x.0 == node) {
            Some(there) => there.1 = there.1.clone().plus(power.clone()),
            None => self.list.push((node, power.clone())),
        }
        self.list.retain(|x| whole(&x.1) != Some(0));
    }

    pub fn times(&self, other: &Powers, power: &Formula) -> Option<Powers> {
        let mut out = self.clone();
        out.number *= match whole(power) {
            Some(n) => other.number.powi(n),
            None if other.number == 1.0 => 1.0,
            None => return None,
        };
        for (node, p) in &other.list {
            out.add(*node, &p.clone().times(power.clone()));
        }
        Some(out)
    }

    pub fn over(&self, other: &Powers) -> Option<Powers> {
        self.times(other, &Formula::int(-1))
    }

    /// The only symbol, where the product is that and nothing else.
    fn only(&self, dag: &Dag) -> Option<Sym> {
        match self.list.as_slice() {
            [(node, p)] if self.number == 1.0 && whole(p) == Some(1) => match dag.node(*node) {
                Node::Sym(s) => Some(*s),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether each exponent is a small whole number.
    fn plain(&self) -> bool {
        self.list.len() <= BASES && self.list.iter().all(|(_, p)| whole(p).is_some_and(|n| n.abs() <= 2))
    }

    /// What stands above and below the line, in levels.
    fn levels(&self, hats: &mut Hats) -> Option<(Formula, Formula)> {
        let number = Formula::from(Rational::from_f64(self.number)?);
        let (mut above, mut below) = (vec![number], Vec::new());
        for (node, p) in &self.list {
            let n = whole(p)?;
            let level = hats.level(*node);
            if n > 0 { above.push(level.power(n)) } else { below.push(level.power(-n)) }
        }
        Some((Formula::product(above), Formula::product(below)))
    }
}

fn is_product(dag: &Dag, node: NodeId) -> bool {
    matches!(dag.node(node), Node::Prod(_) | Node::Div(..) | Node::Pow(..))
}

/// An exponent as a formula of symbols by their numbers.
fn exponent_of(dag: &Dag, node: NodeId) -> Option<Formula> {
    Some(match dag.node(node) {
        Node::Const(r) => Formula::from(Rational::from_f64(r.0)?),
        Node::Sym(s) => Formula::atom(s.index() as u32),
        Node::Sum(xs) => Formula::sum(xs.iter().map(|x| exponent_of(dag, *x)).collect::<Option<Vec<_>>>()?),
        Node::Prod(xs) => Formula::product(xs.iter().map(|x| exponent_of(dag, *x)).collect::<Option<Vec<_>>>()?),
        Node::Neg(x) => exponent_of(dag, *x)?.negated(),
        Node::Div(a, b) => exponent_of(dag, *a)?.over(exponent_of(dag, *b)?),
        _ => return None,
    })
}

/// The whole number that an exponent is whatever its symbols are: the same at several points; the solver's derivative is the last check.
fn whole(power: &Formula) -> Option<i32> {
    let atoms = power.atoms();
    let Some(last) = atoms.last() else { return round(power.eval(&[])) };
    let mut found = None;
    for seed in 1..=3u64 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let values: Vec<f64> = (0..=*last)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                0.3 + 3.0 * ((state >> 33) as f64 / (1u64 << 31) as f64)
            })
            .collect();
        let n = round(power.eval(&values))?;
        if *found.get_or_insert(n) != n {
            return None;
        }
    }
    found
}

fn round(v: f64) -> Option<i32> {
    ((v - v.round()).abs() < 1e-9 && v.abs() < 100.0).then(|| v.round() as i32)
}

impl Hats<'_> {
    /// Shares of the terms of a sum of the user's own; `None` where letters of their own are best.
    pub(super) fn own_shares(&mut self, node: NodeId, present: &[(usize, NodeId)], positive: bool) -> Option<Vec<Formula>> {
        let wholes = self.wholes(node);
        let terms: Vec<NodeId> = present.iter().map(|p| p.1).collect();
        let named: Vec<Option<Sym>> = terms.iter().map(|x| self.named_part(*x, node, &wholes)).collect();
        // Shares that have names but may be negative stay under their names.
        if !positive && terms.iter().any(|x| self.ratio(*x, node).is_some()) {
            return None;
        }
        let open = named.iter().filter(|n| n.is_none()).count();
        if open <= 1 && named.len() > open {
            let known: Vec<Option<Formula>> = named.into_iter().map(|s| s.map(|s| Formula::atom(self.part_atom(s)))).collect();
            let rest = known.iter().flatten().fold(Formula::one(), |left, k| left.minus(k.clone()));
            if open == 0 {
                let group: Vec<u32> = known.iter().flatten().flat_map(|f| f.atoms()).collect();
                self.atoms.add_group(group);
            }
            return Some(known.into_iter().map(|k| k.unwrap_or_else(|| rest.clone())).collect());
        }
        // Income of two sources has them as they are: T/Y says more than a letter for it.
        let income = terms.len() == 2 && wholes.iter().any(|w| matches!(self.dag.node(*w), Node::Sym(_)));
        if !positive || income {
            if let Some(list) = self.level_shares(node, &terms, &wholes) {
                return Some(list);
            }
        }
        match terms.as_slice() {
            [a, b] => self.chosen_shares(*a, *b),
            _ => None,
        }
    }

    /// What the sum is equal to: a symbol that it defines, or the other side of an equation.
    fn wholes(&mut self, node: NodeId) -> Vec<NodeId> {
        let defined: Vec<Sym> = self.system.definitions().filter(|d| d.1 == node).map(|d| d.0).collect();
        let mut out: Vec<NodeId> = defined.into_iter().map(|s| self.dag.sym(s)).collect();
        for e in self.system.equations.iter().filter(|e| e.condition == Condition::User && super::rows::is_active(e, self.point)) {
            if e.left == node {
                out.push(e.right);
            } else if e.right == node {
                out.push(e.left);
            }
        }
        out.retain(|n| !matches!(self.dag.node(*n), Node::Sum(_)));
        out
    }

    /// The named share that a term over the whole cancels to.
    fn named_part(&self, term: NodeId, node: NodeId, wholes: &[NodeId]) -> Option<Sym> {
        let direct = std::iter::once(node).chain(wholes.iter().copied()).find_map(|w| self.ratio(term, w));
        if let Some(s) = direct.filter(|s| self.part_of(*s).is_some()) {
            return Some(s);
        }
        let own = Powers::of(self.system, &self.dag, term, false);
        wholes.iter().find_map(|w| {
            let ratio = own.over(&Powers::of(self.system, &self.dag, *w, false))?;
            ratio.only(&self.dag).filter(|s| self.part_of(*s).is_some())
        })
    }

    /// A symbol that is defined as one term over a sum of positive ones: that term and the others.
    fn part_of(&self, s: Sym) -> Option<(NodeId, Vec<NodeId>)> {
        let (part, list) = part_of(self.system, &self.dag, s)?;
        let others: Vec<NodeId> = list.iter().copied().filter(|x| *x != part).collect();
        (others.len() + 1 == list.len() && list.iter().all(|x| self.positive(*x))).then_some((part, others))
    }

    /// In levels: a term that may be negative has no share.
    fn level_shares(&mut self, node: NodeId, terms: &[NodeId], wholes: &[NodeId]) -> Option<Vec<Formula>> {
        let named = wholes.iter().find(|w| matches!(self.dag.node(**w), Node::Sym(_))).or(wholes.first()).copied();
        let below = match named {
            Some(w) => Powers::of(self.system, &self.dag, w, false),
            None => Powers { number: 1.0, list: vec![(node, Formula::one())] },
        };
        let mut out = Vec::new();
        for term in terms {
            let ratio = Powers::of(self.system, &self.dag, *term, false).over(&below)?;
            let symbols = ratio.list.iter().all(|(n, _)| matches!(self.dag.node(*n), Node::Sym(_)));
            if !ratio.plain() || !symbols || ratio.list.len() > LEVELS {
                return None;
            }
            let (above, below) = ratio.levels(self)?;
            out.push(above.over(below));
        }
        Some(out)
    }

    /// Two terms whose ratio a first-order condition makes a ratio of flows: what is bought of both, at the prices that the choice obeys.
    fn chosen_shares(&mut self, a: NodeId, b: NodeId) -> Option<Vec<Formula>> {
        let (first, second) = (Powers::of(self.system, &self.dag, a, true), Powers::of(self.system, &self.dag, b, true));
        let ratio = second.over(&first)?;
        if ratio.plain() {
            return None;
        }
        let equations: Vec<Powers> = self
            .system
            .equations
            .iter()
            .filter(|e| e.condition == Condition::User && super::rows::is_active(e, self.point))
            .filter_map(|e| Powers::of(self.system, &self.dag, e.left, true).over(&Powers::of(self.system, &self.dag, e.right, true)))
            .collect();
        for equation in &equations {
            for (base, own) in &equation.list {
                let Some((_, there)) = ratio.list.iter().find(|x| x.0 == *base) else { continue };
                for k in [1, -1, 0] {
                    let power = Formula::int(k).minus(there.clone()).over(own.clone());
                    let Some(found) = ratio.times(equation, &power).filter(Powers::plain) else { continue };
                    let (above, below) = found.levels(self)?;
                    let both = above.clone().plus(below.clone());
                    return Some(vec![below.over(both.clone()), above.over(both)]);
                }
            }
        }
        None
    }

    /// Whether a product of the user's equations can hold only where the symbol is positive.
    pub(super) fn positive_by_equation(&self, s: Sym, positive: &dyn Fn(NodeId) -> bool) -> bool {
        self.system.equations.iter().filter(|e| e.condition == Condition::User).any(|e| {
            let Some(all) = Powers::of(self.system, &self.dag, e.left, false).over(&Powers::of(self.system, &self.dag, e.right, false)) else {
                return false;
            };
            let own = |n: NodeId| matches!(self.dag.node(n), Node::Sym(x) if *x == s);
            all.number > 0.0
                && all.list.len() > 1
                && all.list.iter().any(|(n, p)| own(*n) && whole(p).is_some_and(|k| k % 2 != 0))
                && all.list.iter().filter(|(n, _)| !own(*n)).all(|(n, _)| positive(*n))
        })
    }
}

/// A definition `part / (part + others)`: the part and all terms.
fn part_of(system: &System, dag: &Dag, s: Sym) -> Option<(NodeId, Vec<NodeId>)> {
    let Role::Definition(node) = system.info(s).role else { return None };
    let Node::Div(part, whole) = dag.node(node) else { return None };
    let whole = match dag.node(*whole) {
        Node::Sym(w) => match system.info(*w).role {
            Role::Definition(inner) => inner,
            _ => return None,
        },
        _ => *whole,
    };
    match dag.node(whole) {
        Node::Sum(list) if list.contains(part) => Some((*part, list.to_vec())),
        _ => None,
    }
}

/// Which of two named shares is the larger, whatever the numbers are: their odds differ by a factor that intervals of parameters decide.
///
/// `Some((true, strict))` where the first is.
pub fn larger(economy: &Economy, system: &System, first: Sym, second: Sym) -> Option<(bool, bool)> {
    let odds = |s: Sym| -> Option<Powers> {
        let (part, list) = part_of(system, &system.dag, s)?;
        let others: Vec<NodeId> = list.into_iter().filter(|x| *x != part).collect();
        let [other] = others.as_slice() else { return None };
        Powers::of(system, &system.dag, part, true).over(&Powers::of(system, &system.dag, *other, true))
    };
    let ratio = odds(first)?.over(&odds(second)?)?;
    if ratio.number != 1.0 || ratio.list.is_empty() {
        return None;
    }
    let (mut up, mut strict) = (None, false);
    for (node, power) in &ratio.list {
        let Node::Sym(s) = system.dag.node(*node) else { return None };
        let (above, open) = beside_one(economy, *s)?;
        let (positive, never_zero) = sign_of(economy, power)?;
        let rises = positive == above;
        if *up.get_or_insert(rises) != rises {
            return None;
        }
        strict |= open && never_zero;
    }
    up.map(|u| (u, strict))
}

/// Whether a parameter's interval is above 1, or within (0, 1), and whether 1 itself is left out.
pub fn beside_one(economy: &Economy, s: Sym) -> Option<(bool, bool)> {
    let (low, low_open, high, high_open) = interval(economy, s)?;
    match (low, high) {
        (Some(l), _) if l >= 1.0 => Some((true, low_open || l > 1.0)),
        (Some(l), Some(h)) if l >= 0.0 && h <= 1.0 => Some((false, high_open || h < 1.0)),
        _ => None,
    }
}

fn interval(economy: &Economy, s: Sym) -> Option<(Option<f64>, bool, Option<f64>, bool)> {
    economy.checks.iter().find_map(|c| match &c.what {
        Demand::Within(i) if c.sym == Some(s) => {
            let value = |n: Option<NodeId>| n.and_then(|n| economy.dag.as_const(n));
            Some((value(i.low), i.low_open, value(i.high), i.high_open))
        }
        _ => None,
    })
}

/// Whether an exponent is positive (`true`) or negative whatever its parameters are within their intervals, and whether it is never zero.
fn sign_of(economy: &Economy, power: &Formula) -> Option<(bool, bool)> {
    let mut poly = super::linear::polynomial(power)?;
    let mut open = true;
    // Each parameter from its lower bound on: σ = 1 + (σ − 1).
    for at in poly.atoms() {
        let (low, low_open, ..) = interval(economy, Sym(at))?;
        let shifted = Poly::constant(Rational::from_f64(low?)?).plus(&Poly::atom(at))?;
        poly = poly.replace(at, &shifted)?;
        open &= low_open;
    }
    let one_sign = |positive: bool| !poly.is_zero() && poly.terms().iter().all(|(c, _)| c.is_positive() == positive);
    let never_zero = open || poly.terms().iter().any(|(_, m)| m.degree() == 0);
    [true, false].into_iter().find(|p| one_sign(*p)).map(|p| (p, never_zero))
}

/// A response with an own equation used to write one of its levels in the others, in each way that is linear.
pub fn rewritten(hats: &mut Hats, value: &Formula) -> Vec<Formula> {
    let met = value.atoms();
    let system = hats.system;
    let mut out = Vec::new();
    for e in system.equations.iter().filter(|e| e.condition == Condition::User) {
        for (sum, product) in [(e.left, e.right), (e.right, e.left)] {
            if !matches!(hats.dag.node(sum), Node::Sum(_)) || matches!(hats.dag.node(product), Node::Sum(_)) {
                continue;
            }
            let powers = Powers::of(system, &hats.dag, product, false);
            if !powers.plain() {
                continue;
            }
            let total = hats.level(sum);
            for (node, power) in &powers.list {
                let Node::Sym(s) = hats.dag.node(*node) else { continue };
                let (s, node) = (*s, *node);
                let others = Powers { number: powers.number, list: powers.list.iter().filter(|x| x.0 != node).cloned().collect() };
                let Some((above, below)) = others.levels(hats) else { continue };
                let at = hats.symbol_atom(s);
                if whole(power) == Some(1) && met.contains(&at) && !total.atoms().contains(&at) {
                    let instead = total.clone().times(below).over(above);
                    out.push(value.replace(&|a| (a == at).then(|| instead.clone())));
                }
            }
        }
    }
    out
}

/// Orders of named shares that hold whatever the numbers are: the larger, the smaller, whether strictly.
pub fn orders(economy: &Economy, system: &System, atoms: &Atoms) -> Vec<(u32, u32, bool)> {
    let shares: Vec<(u32, Sym)> = atoms
        .iter()
        .filter_map(|(at, a)| match a.measures {
            Measures::Level(s) if a.range == Range::Share => Some((at, s)),
            _ => None,
        })
        .collect();
    let mut out = Vec::new();
    for (n, (first, s)) in shares.iter().enumerate() {
        for (second, t) in shares.iter().skip(n + 1) {
            match larger(economy, system, *s, *t) {
                Some((true, strict)) => out.push((*first, *second, strict)),
                Some((false, strict)) => out.push((*second, *first, strict)),
                None => {}
            }
        }
    }
    out
}

/// Letters of parameters within (0, 1), which are as good as shares.
pub fn parts_of_one(economy: &Economy, atoms: &Atoms) -> Vec<u32> {
    let level = |a: &super::atoms::Atom| match a.measures {
        Measures::Level(s) if a.range != Range::Share => Some(s),
        _ => None,
    };
    let within =
        |s: Sym| interval(economy, s).is_some_and(|(low, low_open, high, high_open)| low == Some(0.0) && low_open && high == Some(1.0) && high_open);
    atoms.iter().filter(|(_, a)| level(a).is_some_and(within)).map(|x| x.0).collect()
}
