//! An evaluator of printed formulas that shares nothing with lowering: trees in, numbers out.

use std::collections::HashMap;
use tasktrade::model::Economy;
use tasktrade::syntax::tree::{Comparison, Expr, ExprKind, Family, Fold, Kind, SetExpr};

/// Values of names in brackets form: `w[Home]`.
pub type Values = HashMap<String, f64>;

pub struct Evaluator<'a> {
    pub economy: &'a Economy,
    pub values: &'a Values,
}

/// What is bound: an element of a set, or the value of an argument.
#[derive(Clone)]
pub enum Bound {
    Element(String),
    Value(f64),
}

pub type Scope = Vec<(String, Bound)>;

impl Evaluator<'_> {
    /// All scopes of a family, in order.
    pub fn members(&self, family: Option<&Family>, scope: &Scope) -> Option<Vec<Scope>> {
        let Some(f) = family else { return Some(vec![scope.clone()]) };
        let mut scopes = vec![scope.clone()];
        for b in &f.binders {
            let elements: Vec<String> = match &b.set {
                SetExpr::Named(n) => self.economy.names.sets.get(&n.text)?.iter().map(|e| e.to_string()).collect(),
                SetExpr::Listed(ns) => ns.iter().map(|n| n.text.to_string()).collect(),
            };
            let with = |s: &Scope, e: &String| s.iter().cloned().chain([(b.variable.text.to_string(), Bound::Element(e.clone()))]).collect::<Scope>();
            scopes = scopes.iter().flat_map(|s| elements.iter().map(|e| with(s, e)).collect::<Vec<_>>()).collect();
        }
        let mut out = Vec::new();
        for s in scopes {
            if match &f.guard {
                Some(g) => self.holds(g, &s)?,
                None => true,
            } {
                out.push(s);
            }
        }
        Some(out)
    }

    fn element(&self, e: &Expr, scope: &Scope) -> Option<String> {
        match &e.bare().kind {
            ExprKind::Name(n) => Some(match scope.iter().rev().find(|(b, _)| *b == *n.text && !n.quoted) {
                Some((_, Bound::Element(e))) => e.clone(),
                _ => n.text.to_string(),
            }),
            ExprKind::Index(n, index) => Some(format!("{}[{}]", n.text, self.index(index, scope)?)),
            _ => None,
        }
    }

    fn index(&self, index: &[Expr], scope: &Scope) -> Option<String> {
        let parts: Option<Vec<String>> = index.iter().map(|i| self.element(i, scope).map(|e| tasktrade::model::naming::element(&e))).collect();
        Some(parts?.join(", "))
    }

    fn holds(&self, e: &Expr, scope: &Scope) -> Option<bool> {
        match &e.bare().kind {
            ExprKind::And(xs) => xs.iter().map(|x| self.holds(x, scope)).try_fold(true, |a, b| Some(a && b?)),
            ExprKind::Or(xs) => xs.iter().map(|x| self.holds(x, scope)).try_fold(false, |a, b| Some(a || b?)),
            ExprKind::Not(x) => self.holds(x, scope).map(|b| !b),
            ExprKind::Compare(c, a, b) => {
                let (x, y) = (self.value(a, scope), self.value(b, scope));
                let order = match (x, y) {
                    (Some(x), Some(y)) => x.partial_cmp(&y)?,
                    _ => self.element(a, scope)?.cmp(&self.element(b, scope)?),
                };
                Some(match c {
                    Comparison::Less => order.is_lt(),
                    Comparison::LessEqual => order.is_le(),
                    Comparison::Greater => order.is_gt(),
                    Comparison::GreaterEqual => order.is_ge(),
                    Comparison::Equal => order.is_eq(),
                    Comparison::NotEqual => order.is_ne(),
                })
            }
            _ => None,
        }
    }

    /// The value of an expression; `None` where it names what this evaluator does not know.
    pub fn value(&self, e: &Expr, scope: &Scope) -> Option<f64> {
        let many = |xs: &[Expr]| xs.iter().map(|x| self.value(x, scope)).collect::<Option<Vec<f64>>>();
        match &e.bare().kind {
            ExprKind::Number(v, _) | ExprKind::Percent(v, _) => Some(*v),
            ExprKind::Name(n) => match scope.iter().rev().find(|(b, _)| *b == *n.text) {
                Some((_, Bound::Value(v))) => Some(*v),
                Some(_) => None,
                None => self.values.get(n.text.as_ref()).copied(),
            },
            ExprKind::Index(n, index) => self.values.get(&format!("{}[{}]", n.text, self.index(index, scope)?)).copied(),
            ExprKind::Negate(x) => self.value(x, scope).map(|v| -v),
            ExprKind::Sum(xs) => {
                xs.iter().try_fold(0.0, |a, (minus, x)| Some(if *minus { a - self.value(x, scope)? } else { a + self.value(x, scope)? }))
            }
            // A formula that divides by zero says nothing here: `ces` at an elasticity of 1 is the limit of what is printed.
            ExprKind::Product(xs) => xs.iter().try_fold(1.0, |a, (over, x)| match (*over, self.value(x, scope)?) {
                (true, 0.0) => None,
                (true, v) => Some(a / v),
                (false, v) => Some(a * v),
            }),
            ExprKind::Power(a, b) => Some(self.value(a, scope)?.powf(self.value(b, scope)?)),
            ExprKind::Call(f, xs) => {
                let v = many(xs)?;
                match (f.text.as_ref(), v.as_slice()) {
                    ("exp", [x]) => Some(x.exp()),
                    ("ln", [x]) => Some(x.ln()),
                    ("sqrt", [x]) => Some(x.sqrt()),
                    ("abs", [x]) => Some(x.abs()),
                    ("min", v) => v.iter().copied().reduce(f64::min),
                    ("max", v) => v.iter().copied().reduce(f64::max),
                    (name, v) => match &self.economy.names.entries.get(name)?.declaration.kind {
                        Kind::Function { arguments, body, .. } if arguments.len() == v.len() => {
                            let inner: Scope = arguments.iter().zip(v).map(|(a, v)| (a.text.to_string(), Bound::Value(*v))).collect();
                            self.value(body, &inner)
                        }
                        _ => None,
                    },
                }
            }
            ExprKind::If { condition, then, otherwise } => {
                if self.holds(condition, scope)? {
                    self.value(then, scope)
                } else {
                    self.value(otherwise, scope)
                }
            }
            ExprKind::Fold { fold, family, body } => {
                let scopes = self.members(Some(family), scope)?;
                let v = scopes.iter().map(|s| self.value(body, s)).collect::<Option<Vec<f64>>>()?;
                Some(match fold {
                    Fold::Sum => v.iter().sum(),
                    Fold::Prod => v.iter().product(),
                    Fold::Min => v.iter().copied().fold(f64::INFINITY, f64::min),
                    Fold::Max => v.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                })
            }
            _ => None,
        }
    }
}
