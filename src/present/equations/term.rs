//! Formulas as they are printed: a tree with structured names, so that one rule over a set can be told from its members.

use std::sync::Arc;

/// What stands between the brackets of a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Index {
    /// An element of a set, or a word that is no element.
    Element(Arc<str>),
    /// `K[x]`: a member of a family as an element.
    Nested(Arc<str>, Vec<Index>),
    /// Bound by a fold or a family around it, by number.
    Bound(u32),
    /// Bound, under the name that it is printed with.
    Variable(Arc<str>),
}

/// `w*[x, Home]`: base `w`, mark `*`, two indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    pub base: Arc<str>,
    pub mark: Option<Arc<str>>,
    pub index: Vec<Index>,
}

/// The set that an index runs over.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Set {
    Named(Arc<str>),
    Listed(Vec<Arc<str>>),
}

/// `g in S`, with `variable` bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binder {
    pub variable: Index,
    pub set: Set,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    Sum,
    Prod,
    Min,
    Max,
}

/// A formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    Number(f64),
    Name(Name),
    /// An index as it stands in a guard.
    Index(Index),
    Sum(Vec<Term>),
    Prod(Vec<Term>),
    Neg(Box<Term>),
    Div(Box<Term>, Box<Term>),
    Pow(Box<Term>, Box<Term>),
    Call(Arc<str>, Vec<Term>),
    Fold {
        fold: Fold,
        binders: Vec<Binder>,
        guard: Option<Box<Term>>,
        body: Box<Term>,
    },
    /// `∫_0^upper body d var`
    Integral {
        variable: Arc<str>,
        body: Box<Term>,
        upper: Box<Term>,
    },
    /// A schedule by points, at `at`.
    Table {
        what: Piecewise,
        smooth: bool,
        points: Vec<(Term, Term)>,
        at: Box<Term>,
    },
    Relation(&'static str, Box<Term>, Box<Term>),
    /// Conditions joined by `and` or `or`; `not` with one.
    Logic(&'static str, Vec<Term>),
    Choice {
        condition: Box<Term>,
        then: Box<Term>,
        otherwise: Box<Term>,
    },
    /// Several formulas that belong together: the sides and the partner of one condition.
    Tuple(Vec<Term>),
    /// A part too large to print.
    Cut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piecewise {
    Value,
    Slope,
    Integral,
}

impl Name {
    pub fn plain(base: impl Into<Arc<str>>) -> Name {
        Name { base: base.into(), mark: None, index: Vec::new() }
    }
}

impl Term {
    pub fn number(&self) -> Option<f64> {
        match self {
            Term::Number(v) => Some(*v),
            Term::Neg(x) => x.number().map(|v| -v),
            _ => None,
        }
    }

    fn is(&self, v: f64) -> bool {
        matches!(self, Term::Number(x) if *x == v)
    }

    /// `Σ terms`, flat, without zeros, numbers added up where that leaves a short number.
    pub fn sum(terms: Vec<Term>) -> Term {
        let mut out: Vec<Term> = Vec::with_capacity(terms.len());
        let mut constant: Option<usize> = None;
        for t in terms {
            let parts = match t {
                Term::Sum(xs) => xs,
                t => vec![t],
            };
            for p in parts {
                let known = constant.and_then(|at| Some((at, out.get(at)?.number()?)));
                match (p.number(), known) {
                    (Some(0.0), _) => {}
                    (Some(v), Some((at, c))) if is_short(v + c) => out[at] = Term::signed(v + c),
                    (Some(_), _) => {
                        constant = Some(out.len());
                        out.push(p);
                    }
                    _ => out.push(p),
                }
            }
        }
        if out.len() > 1 {
            out.retain(|t| !t.is(0.0));
        }
        match out.len() {
            0 => Term::Number(0.0),
            1 => out.remove(0),
            _ => Term::Sum(out),
        }
    }

    fn signed(v: f64) -> Term {
        if v < 0.0 { Term::Neg(Box::new(Term::Number(-v))) } else { Term::Number(v) }
    }

    /// `Π factors` as one fraction: numbers in front, common factors cancelled, the sign outside.
    pub fn prod(factors: Vec<Term>) -> Term {
        let (mut top, mut bottom) = (Vec::new(), Vec::new());
        let mut negative = false;
        for f in factors {
            split(f, &mut top, &mut bottom, &mut negative);
        }
        if top.iter().any(|t| t.is(0.0)) {
            return Term::Number(0.0);
        }
        bottom.retain(|b| match top.iter().position(|t| t == b) {
            Some(at) => {
                top.remove(at);
                false
            }
            None => true,
        });
        let (numbers, mut top): (Vec<Term>, Vec<Term>) = top.into_iter().partition(|t| matches!(t, Term::Number(_)));
        let (below, bottom): (Vec<Term>, Vec<Term>) = bottom.into_iter().partition(|t| matches!(t, Term::Number(_)));
        let (above, below) = (product(numbers), product(below));
        let ratio = above.iter().product::<f64>() / below.iter().product::<f64>();
        let (above, below) = if is_short(ratio) { (vec![ratio], vec![]) } else { (above, below) };
        let numbers = |xs: Vec<f64>| xs.into_iter().filter(|&x| x != 1.0).map(Term::Number).collect::<Vec<_>>();
        let mut all = numbers(above);
        all.append(&mut top);
        let mut under = numbers(below);
        under.extend(bottom);
        let top = Term::flat(all);
        let whole = if under.is_empty() { top } else { Term::Div(Box::new(top), Box::new(Term::flat(under))) };
        if negative { Term::neg(whole) } else { whole }
    }

    fn flat(mut factors: Vec<Term>) -> Term {
        match factors.len() {
            0 => Term::Number(1.0),
            1 => factors.remove(0),
            _ => Term::Prod(factors),
        }
    }

    pub fn neg(x: Term) -> Term {
        match x {
            Term::Neg(y) => *y,
            x if x.is(0.0) => x,
            x => Term::Neg(Box::new(x)),
        }
    }

    pub fn div(a: Term, b: Term) -> Term {
        let inverse = Term::Div(Box::new(Term::Number(1.0)), Box::new(b));
        Term::prod(vec![a, inverse])
    }

    pub fn pow(base: Term, exponent: Term) -> Term {
        match exponent.number() {
            Some(1.0) => base,
            Some(0.0) => Term::Number(1.0),
            _ if base.is(1.0) => base,
            _ => Term::Pow(Box::new(base), Box::new(exponent)),
        }
    }

    /// Calls `f` on every index, in the order of the skeleton; bound ones included.
    pub fn indices_mut(&mut self, f: &mut impl FnMut(&mut Index)) {
        fn index(i: &mut Index, f: &mut impl FnMut(&mut Index)) {
            if let Index::Nested(_, inner) = i {
                inner.iter_mut().for_each(|x| index(x, f));
            } else {
                f(i);
            }
        }
        match self {
            Term::Name(n) => n.index.iter_mut().for_each(|i| index(i, f)),
            Term::Index(i) => index(i, f),
            Term::Fold { binders, guard, body, .. } => {
                binders.iter_mut().for_each(|b| f(&mut b.variable));
                if let Some(g) = guard {
                    g.indices_mut(f);
                }
                body.indices_mut(f);
            }
            other => other.children_mut(&mut |c| c.indices_mut(f)),
        }
    }

    /// Calls `f` on each part, in order; a fold's guard before its body.
    pub fn children_mut(&mut self, f: &mut impl FnMut(&mut Term)) {
        match self {
            Term::Number(_) | Term::Name(_) | Term::Index(_) | Term::Cut => {}
            Term::Sum(xs) | Term::Prod(xs) | Term::Call(_, xs) | Term::Logic(_, xs) | Term::Tuple(xs) => xs.iter_mut().for_each(f),
            Term::Neg(x) => f(x),
            Term::Div(a, b) | Term::Pow(a, b) | Term::Relation(_, a, b) => {
                f(a);
                f(b);
            }
            Term::Fold { guard, body, .. } => {
                if let Some(g) = guard {
                    f(g);
                }
                f(body);
            }
            Term::Integral { body, upper, .. } => {
                f(body);
                f(upper);
            }
            Term::Table { points, at, .. } => {
                for (x, y) in points {
                    f(x);
                    f(y);
                }
                f(at);
            }
            Term::Choice { condition, then, otherwise } => {
                f(condition);
                f(then);
                f(otherwise);
            }
        }
    }

    pub fn children(&self) -> Vec<&Term> {
        match self {
            Term::Number(_) | Term::Name(_) | Term::Index(_) | Term::Cut => Vec::new(),
            Term::Sum(xs) | Term::Prod(xs) | Term::Call(_, xs) | Term::Logic(_, xs) | Term::Tuple(xs) => xs.iter().collect(),
            Term::Neg(x) => vec![x],
            Term::Div(a, b) | Term::Pow(a, b) | Term::Relation(_, a, b) => vec![a, b],
            Term::Fold { guard, body, .. } => guard.iter().map(AsRef::as_ref).chain([body.as_ref()]).collect(),
            Term::Integral { body, upper, .. } => vec![body, upper],
            Term::Table { points, at, .. } => points.iter().flat_map(|(x, y)| [x, y]).chain([at.as_ref()]).collect(),
            Term::Choice { condition, then, otherwise } => vec![condition, then, otherwise],
        }
    }
}

/// Sorts a factor into numerator and denominator.
fn split(f: Term, top: &mut Vec<Term>, bottom: &mut Vec<Term>, negative: &mut bool) {
    match f {
        Term::Prod(xs) => xs.into_iter().for_each(|x| split(x, top, bottom, negative)),
        Term::Neg(x) => {
            *negative = !*negative;
            split(*x, top, bottom, negative);
        }
        Term::Div(a, b) => {
            split(*a, top, bottom, negative);
            split(*b, bottom, top, negative);
        }
        t if t.is(1.0) => {}
        t => top.push(t),
    }
}

/// Numbers multiplied as far as the product stays short.
fn product(numbers: Vec<Term>) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::new();
    for v in numbers.iter().filter_map(Term::number) {
        match out.last_mut() {
            Some(last) if is_short(*last * v) => *last *= v,
            _ => out.push(v),
        }
    }
    out
}

/// Whether a number is written out fully with six digits.
pub fn is_short(v: f64) -> bool {
    if !v.is_finite() {
        return false;
    }
    let rounded: f64 = format!("{v:.5e}").parse().unwrap_or(f64::NAN);
    (rounded - v).abs() <= 4e-15 * v.abs()
}
