//! Conditions: guards of families and of `if`. What compares elements is settled here; what compares values may stay open.

use super::resolve::{Binding, Resolved, Resolver, Scope};
use crate::diag::Diagnostic;
use crate::expr::{Cmp, Dag, Node, NodeId};
use crate::syntax::tree::{Comparison, Expr, ExprKind};
use std::sync::Arc;

/// The truth of a condition: known now, or a comparison of values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Truth {
    Known(bool),
    Open(Cmp, NodeId, NodeId),
}

impl Truth {
    pub(super) fn select(self, dag: &mut Dag, then: NodeId, otherwise: NodeId) -> NodeId {
        match self {
            Truth::Known(true) => then,
            Truth::Known(false) => otherwise,
            Truth::Open(cmp, a, b) => select(dag, cmp, a, b, then, otherwise),
        }
    }
}

fn select(dag: &mut Dag, cmp: Cmp, a: NodeId, b: NodeId, then: NodeId, otherwise: NodeId) -> NodeId {
    dag.intern(Node::Select { cmp, a, b, then, otherwise })
}

impl Resolver<'_> {
    /// An element if the expression can only be one: a bound index or a quoted name.
    fn as_element(&self, e: &Expr, scope: &Scope) -> Option<(Arc<str>, bool)> {
        if self.is_element(e, scope)
            && let Some(Ok(found)) = self.placed(e, scope)
        {
            return Some((found.element, true));
        }
        match &e.bare().kind {
            ExprKind::Name(n) if n.quoted => Some((n.text.clone(), true)),
            ExprKind::Name(n) => match scope.get(&n.text) {
                Some(Binding::Element(el)) => Some((el.clone(), true)),
                Some(Binding::Value(_)) => None,
                None => Some((n.text.clone(), false)),
            },
            // A bare number may be an element, as a year is; it is one where the other side is sure.
            ExprKind::Number(_, text) => Some((text.clone(), false)),
            _ => None,
        }
    }

    /// Whether a condition holds, or on which comparison of values that rests.
    pub(super) fn condition(&mut self, e: &Expr, scope: &Scope) -> Resolved<Truth> {
        match &e.bare().kind {
            ExprKind::Compare(op, a, b) => {
                for side in [a, b] {
                    if self.is_element(side, scope)
                        && let Some(Err(d)) = self.placed(side, scope)
                    {
                        return self.report(d);
                    }
                }
                let elements = (self.as_element(a, scope), self.as_element(b, scope));
                if let (Some((x, sure_x)), Some((y, sure_y))) = &elements
                    && (*sure_x || *sure_y)
                {
                    let places = self.compared(a, b, scope);
                    return match (op, places) {
                        (Comparison::Less, Some((a, b))) => Ok(Truth::Known(a < b)),
                        (Comparison::LessEqual, Some((a, b))) => Ok(Truth::Known(a <= b)),
                        (Comparison::Greater, Some((a, b))) => Ok(Truth::Known(a > b)),
                        (Comparison::GreaterEqual, Some((a, b))) => Ok(Truth::Known(a >= b)),
                        (op, _) => match op {
                            Comparison::Equal => Ok(Truth::Known(x == y)),
                            Comparison::NotEqual => Ok(Truth::Known(x != y)),
                            _ => self.report(
                                Diagnostic::new("N014", "elements of a set have no order")
                                    .at(e.span, "use `==` or `!=`")
                                    .help("a set whose elements follow each other says so: `set Year = … ordered`"),
                            ),
                        },
                    };
                }
                let (a, b) = (self.expr(a, scope)?, self.expr(b, scope)?);
                let (cmp, a, b) = match op {
                    Comparison::Less => (Cmp::Less, a, b),
                    Comparison::LessEqual => (Cmp::LessEqual, a, b),
                    Comparison::Greater => (Cmp::Less, b, a),
                    Comparison::GreaterEqual => (Cmp::LessEqual, b, a),
                    Comparison::Equal => (Cmp::Equal, a, b),
                    Comparison::NotEqual => (Cmp::NotEqual, a, b),
                };
                Ok(match (self.economy.dag.as_const(a), self.economy.dag.as_const(b)) {
                    (Some(x), Some(y)) => Truth::Known(crate::expr::eval::compare(cmp, x, y)),
                    _ => Truth::Open(cmp, a, b),
                })
            }
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                let all = matches!(e.bare().kind, ExprKind::And(_));
                let mut open = Vec::new();
                for p in parts {
                    match self.condition(p, scope)? {
                        Truth::Known(v) if v == all => {}
                        Truth::Known(_) => return Ok(Truth::Known(!all)),
                        Truth::Open(c, a, b) => open.push((c, a, b)),
                    }
                }
                let mut open = open.into_iter().rev();
                let Some((c, a, b)) = open.next() else { return Ok(Truth::Known(all)) };
                // Several open comparisons become one: 1 where the condition holds, compared with 0.
                let mut truth = Truth::Open(c, a, b);
                for (c, a, b) in open {
                    let dag = &mut self.economy.dag;
                    let (one, zero) = (dag.constant(1.0), dag.constant(0.0));
                    let rest = truth.select(dag, one, zero);
                    let joined = if all { select(dag, c, a, b, rest, zero) } else { select(dag, c, a, b, one, rest) };
                    truth = Truth::Open(Cmp::NotEqual, joined, zero);
                }
                Ok(truth)
            }
            ExprKind::Not(x) => Ok(match self.condition(x, scope)? {
                Truth::Known(v) => Truth::Known(!v),
                Truth::Open(c, a, b) => {
                    let dag = &mut self.economy.dag;
                    let (one, zero) = (dag.constant(1.0), dag.constant(0.0));
                    let v = select(dag, c, a, b, zero, one);
                    Truth::Open(Cmp::NotEqual, v, zero)
                }
            }),
            _ => self.report(
                Diagnostic::new("N015", "a condition compares two things")
                    .at(e.span, "this is a value, not a comparison")
                    .help("write it with `==`, `!=`, `<`, `<=`, `>` or `>=`"),
            ),
        }
    }
}
