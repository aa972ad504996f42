//! What commands name: parameters to change, grids to sweep, expressions to report.

use super::resolve::{Binding, Resolved, Resolver, Scope};
use super::{Axis, By, Change, Grid, Named};
use crate::diag::Diagnostic;
use crate::expr::{Node, NodeId, Sym};
use crate::source::Span;
use crate::syntax::format::expr_to_string;
use crate::syntax::tree::{self, Expr, ExprKind};
use rustc_hash::FxHashMap;

/// A shock or an axis without anything that it would move.
fn moves_nothing(span: Span) -> Diagnostic {
    Diagnostic::new("C014", "nothing is moved")
        .at(span, "no parameter of the model is meant by this")
        .help("name one: `beta -10%`, or widen the family")
}

impl Resolver<'_> {
    /// The parameter that an expression names.
    pub fn parameter(&mut self, e: &Expr, scope: &Scope) -> Resolved<Sym> {
        let node = self.expr(e, scope)?;
        let sym = match self.economy.dag.node(node) {
            Node::Sym(s) => *s,
            _ => return self.report(Diagnostic::new("C010", "only a parameter can be changed").at(e.span, "this is an expression")),
        };
        if !self.economy.info(sym).quantity.is_parameter() {
            let shown = self.economy.info(sym).name.clone();
            return self.report(
                Diagnostic::new("C010", format!("`{shown}` is determined by the equilibrium"))
                    .at(e.span, "not a parameter")
                    .help("change what moves it: a parameter, an endowment, a given price"),
            );
        }
        Ok(sym)
    }

    pub fn changes(&mut self, changes: &[tree::Change], scope: &Scope) -> Vec<Change> {
        let mut out: Vec<Change> = Vec::new();
        let mut seen: FxHashMap<Sym, Span> = FxHashMap::default();
        for c in changes {
            let Ok(scopes) = self.members(c.family.as_ref(), scope) else { continue };
            if scopes.is_empty() {
                self.diagnostics.push(moves_nothing(c.span));
            }
            for s in scopes {
                let Ok(target) = self.parameter(&c.target, &s) else { continue };
                let by = match &c.by {
                    tree::By::Percent(e) => self.value(e, &s).map(By::Relative),
                    tree::By::Set(e) => self.value(e, &s).map(By::Set),
                    tree::By::Add(e) | tree::By::Points(e) => self.value(e, &s).map(By::Add),
                };
                let Ok(by) = by else { continue };
                if matches!(by, By::Relative(_)) && self.economy.is_rate(target) {
                    let d = self.share_of_a_rate(target, c);
                    self.diagnostics.push(d);
                    continue;
                }
                if let Some(first) = seen.insert(target, c.span) {
                    let shown = self.economy.info(target).name.clone();
                    let d = Diagnostic::new("C011", format!("`{shown}` is changed twice"))
                        .at(c.span, "again here")
                        .see(first, "changed here")
                        .help("combine the two");
                    self.diagnostics.push(d);
                    continue;
                }
                out.push(Change { target, by, span: c.span });
            }
        }
        out
    }

    /// A rate that is to change by a percentage of itself.
    fn share_of_a_rate(&self, target: Sym, c: &tree::Change) -> Diagnostic {
        let (shown, written) = (self.economy.info(target).name.clone(), expr_to_string(&c.target));
        let (sign, amount) = match &c.by {
            tree::By::Percent(Expr { kind: ExprKind::Negate(e), .. }) => ('-', expr_to_string(e)),
            tree::By::Percent(e) => ('+', expr_to_string(e)),
            _ => ('+', String::new()),
        };
        Diagnostic::new("C016", format!("`{shown}` is a rate: a percentage of it is misread"))
            .at(c.span, "percent of the rate, or points of it?")
            .help(format!("write `{written} {sign}{}pp` for points, `{written} = …` for a new rate", amount.trim_end_matches('%')))
    }

    fn value(&mut self, e: &Expr, s: &Scope) -> Resolved<NodeId> {
        let node = self.expr(e, s)?;
        self.only_parameters(node, e.span, "the size of a shock")?;
        Ok(node)
    }

    pub fn axes(&mut self, axes: &[tree::Axis], scope: &Scope) -> Vec<Axis> {
        let mut out = Vec::new();
        for a in axes {
            let Ok(target) = self.parameter(&a.target, scope) else { continue };
            let grid = match &a.grid {
                tree::Grid::Range { from, to, points, log } => {
                    let ends = (self.value(from, scope), self.value(to, scope));
                    let points = match points {
                        Some(p) => match self.value(p, scope) {
                            Ok(n) => Some(n),
                            Err(_) => continue,
                        },
                        None => None,
                    };
                    let (Ok(from), Ok(to)) = ends else { continue };
                    Grid::Range { from, to, points, log: *log }
                }
                tree::Grid::List(values) => {
                    let nodes: Vec<_> = values.iter().filter_map(|v| self.value(v, scope).ok()).collect();
                    if nodes.len() != values.len() {
                        continue;
                    }
                    Grid::List(nodes)
                }
            };
            out.push(Axis { target, grid, span: a.span });
        }
        out
    }

    /// Expressions of a list with their words, families unrolled.
    pub fn named(&mut self, items: &[tree::Item], scope: &Scope) -> Vec<Named> {
        let mut out = Vec::new();
        for item in items {
            let Ok(scopes) = self.members(item.family.as_ref(), scope) else { continue };
            for s in scopes {
                if let Some(cuts) = self.cuts(&bind(&item.value, &s)) {
                    self.economy.cuts.extend(cuts);
                    continue;
                }
                let Ok(node) = self.expr(&item.value, &s) else { continue };
                let name = match self.economy.dag.node(node) {
                    Node::Sym(sym) => self.economy.info(*sym).name.clone(),
                    _ => expr_to_string(&bind(&item.value, &s)),
                };
                out.push(Named { name, node, span: item.value.span });
            }
        }
        out
    }
}

impl Resolver<'_> {
    /// The line whose cuts an item of a list asks for; `Some(None)` where there is none of that name.
    fn cuts(&mut self, e: &Expr) -> Option<Option<(String, usize)>> {
        let ExprKind::Index(name, index) = &e.kind else { return None };
        if name.text.as_ref() != "cuts" || self.economy.names.entries.contains_key("cuts") {
            return None;
        }
        let index: Vec<std::sync::Arc<str>> = index.iter().map(|i| expr_to_string(i).into()).collect();
        let ask = super::builtins::Ask { name: "cuts", index: &index, span: e.span };
        let line = ask.which_line(self).ok();
        Some(line.map(|l| (super::naming::indexed("cuts", &index), l)))
    }
}

/// An expression with the indices that a family binds put in.
fn bind(e: &Expr, scope: &Scope) -> Expr {
    let swap = |n: &tree::Name| -> tree::Name {
        let bound = scope.bound.iter().rev().find(|(b, _)| *b == n.text);
        match bound {
            Some((_, Binding::Element(el))) => tree::Name { text: el.clone(), span: n.span, quoted: n.quoted },
            _ => n.clone(),
        }
    };
    let all = |xs: &[Expr]| xs.iter().map(|x| bind(x, scope)).collect::<Vec<_>>();
    let signed = |xs: &[(bool, Expr)]| xs.iter().map(|(s, x)| (*s, bind(x, scope))).collect::<Vec<_>>();
    let boxed = |x: &Expr| Box::new(bind(x, scope));
    let kind = match &e.kind {
        ExprKind::Name(n) => ExprKind::Name(swap(n)),
        ExprKind::Index(n, index) => ExprKind::Index(n.clone(), all(index)),
        ExprKind::Call(n, args) => ExprKind::Call(n.clone(), all(args)),
        ExprKind::Negate(x) => ExprKind::Negate(boxed(x)),
        ExprKind::Paren(x) => ExprKind::Paren(boxed(x)),
        ExprKind::Sum(xs) => ExprKind::Sum(signed(xs)),
        ExprKind::Product(xs) => ExprKind::Product(signed(xs)),
        ExprKind::Power(a, b) => ExprKind::Power(boxed(a), boxed(b)),
        other => other.clone(),
    };
    Expr { span: e.span, kind }
}
