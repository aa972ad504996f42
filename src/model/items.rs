//! What may name any quantity: lets, equations, the numeraire, reports, channels, assumptions, shocks, sweeps.

use super::resolve::Scope;
use super::structure::Builder;
use super::{Channels, Named, Shock, Sweep, UserEquation, naming};
use crate::diag::Diagnostic;
use crate::expr::{Cmp, Node, Sym};
use crate::syntax::format::expr_to_string;
use crate::syntax::tree::{self, Comparison, Kind};
use crate::system::Role;
use rustc_hash::FxHashSet;
use std::sync::Arc;

impl Builder<'_> {
    pub fn items(&mut self) {
        for (d, scope) in self.declarations() {
            match &d.kind {
                Kind::Let { name, value, .. } => {
                    let Some(base) = self.own_table(name, d, &scope) else { continue };
                    for (index, s) in self.indexed_scopes(name, &scope) {
                        let Some(&sym) = self.economy.names.tables.get(&base).and_then(|t| t.members.get(&index)) else { continue };
                        let Ok(node) = self.resolver().expr(value, &s) else { continue };
                        self.economy.syms[sym.index()].role = Role::Definition(node);
                        self.economy.written.insert(sym, value.span);
                    }
                }
                Kind::Equation { name, left, relation, right, complements } => {
                    self.equation(name, left, *relation, right, complements.as_ref(), &scope)
                }
                Kind::Numeraire { value } => {
                    if let Some(first) = &self.economy.numeraire {
                        let first = first.span;
                        self.report(
                            Diagnostic::new("M021", "two numeraires")
                                .at(value.span, "a second one")
                                .see(first, "the first")
                                .help("prices need one anchor: keep one"),
                        );
                        continue;
                    }
                    // A good is named by habit where its price is meant.
                    if let crate::syntax::tree::ExprKind::Name(n) = &value.bare().kind
                        && self.economy.goods.iter().any(|g| g.name == n.text)
                        && self
                            .economy
                            .names
                            .lookup(&n.text, scope.prefix.as_deref())
                            .is_some_and(|(_, e)| matches!(e.what, super::names::What::Good | super::names::What::Industry))
                    {
                        let d = Diagnostic::new("N006", format!("`{}` is a good, not a price", n.text)).at(value.span, "the numeraire is a price");
                        self.report(d.help(format!("write `numeraire price[{0}]`, or `good {0} … numeraire`", n.text)));
                        self.incomplete = true;
                        continue;
                    }
                    let Ok(node) = self.resolver().expr(value, &scope) else {
                        self.incomplete = true;
                        continue;
                    };
                    self.economy.numeraire = Some(Named { name: expr_to_string(value), node, span: value.span });
                }
                Kind::Report { items } => {
                    for named in self.named(items, &scope) {
                        self.economy.report.push(named);
                    }
                }
                Kind::Channels { of, channels } => self.channels(of, channels, d.span, &scope),
                Kind::Assume { left, comparison, right } => {
                    let (l, r) = (self.resolver().expr(left, &scope), self.resolver().expr(right, &scope));
                    let (Ok(l), Ok(r)) = (l, r) else { continue };
                    let (cmp, l, r) = match comparison {
                        Comparison::Less => (Cmp::Less, l, r),
                        Comparison::LessEqual => (Cmp::LessEqual, l, r),
                        Comparison::Greater => (Cmp::Less, r, l),
                        Comparison::GreaterEqual => (Cmp::LessEqual, r, l),
                        Comparison::Equal => (Cmp::Equal, l, r),
                        Comparison::NotEqual => (Cmp::NotEqual, l, r),
                    };
                    self.economy.assumptions.push((l, cmp, r, d.span));
                }
                Kind::Shock { name, changes } => {
                    let changes = self.resolver().changes(changes, &scope);
                    self.economy.shocks.push(Shock { name: name.text.clone(), changes, span: name.span });
                }
                Kind::Sweep { name, axes } => {
                    let axes = self.resolver().axes(axes, &scope);
                    self.economy.sweeps.push(Sweep { name: name.text.clone(), axes, span: name.span });
                }
                _ => {}
            }
        }
    }

    /// Expressions of a list with their words, families unrolled with their indices put in.
    fn named(&mut self, items: &[tree::Item], scope: &Scope) -> Vec<Named> {
        self.resolver().named(items, scope)
    }

    fn equation(
        &mut self,
        head: &tree::Head,
        left: &tree::Expr,
        relation: tree::Relation,
        right: &tree::Expr,
        complements: Option<&tree::Expr>,
        scope: &Scope,
    ) {
        let Some(n) = &head.name else {
            self.report(Diagnostic::new("N046", "an equation needs a name").at(head.span, "as in `equation balance: …`"));
            return;
        };
        let base = self.economy.names.full_name(&n.text, scope.prefix.as_deref());
        let Ok(scopes) = self.resolver().members(head.family.as_ref(), scope) else { return };
        for s in scopes {
            let (l, r) = (self.resolver().expr(left, &s), self.resolver().expr(right, &s));
            let (Ok(l), Ok(r)) = (l, r) else { continue };
            let complements = match complements {
                Some(c) => match self.resolver().expr(c, &s) {
                    Ok(node) => match self.economy.dag.node(node) {
                        Node::Sym(sym) => Some(*sym),
                        _ => {
                            self.report(Diagnostic::new("M061", "an equation complements one variable").at(c.span, "this is an expression"));
                            continue;
                        }
                    },
                    Err(_) => continue,
                },
                None => None,
            };
            if relation != tree::Relation::Equal && complements.is_none() {
                let d = Diagnostic::new("M062", format!("the inequality `{base}` has no complementary variable"))
                    .at(head.span, "when it is slack, something must be at its bound")
                    .help("add `complements VAR`, the variable that is 0 when the inequality is strict");
                self.report(d);
                continue;
            }
            self.economy.equations.push(UserEquation {
                name: naming::indexed(&base, &s.elements()),
                left: l,
                right: r,
                relation,
                complements,
                span: head.span,
            });
        }
    }

    fn channels(&mut self, of: &[tree::Item], channels: &[(tree::Name, Vec<tree::Expr>)], span: crate::source::Span, scope: &Scope) {
        let mut targets: Vec<Sym> = Vec::new();
        for item in of {
            let Ok(scopes) = self.resolver().members(item.family.as_ref(), scope) else { continue };
            for s in scopes {
                if let Some(sym) = self.quantity_of(&item.value, &s) {
                    targets.push(sym);
                }
            }
        }
        let mut list: Vec<(Arc<str>, Vec<Sym>)> = Vec::new();
        let (mut names, mut placed): (FxHashSet<Arc<str>>, FxHashSet<Sym>) = Default::default();
        for (name, values) in channels {
            if !names.insert(name.text.clone()) {
                self.report(
                    Diagnostic::new("M063", format!("two channels are called `{}`", name.text))
                        .at(name.span, "again here")
                        .help("one channel may hold several quantities: `name = {a, b}`"),
                );
                continue;
            }
            let syms: Vec<Sym> = values.iter().filter_map(|v| self.quantity_of(v, scope)).collect();
            if let Some(dup) = syms.iter().find(|s| placed.contains(*s)) {
                let shown = self.economy.info(*dup).name.clone();
                self.report(
                    Diagnostic::new("M064", format!("`{shown}` stands in two channels"))
                        .at(name.span, "its effect would be counted twice")
                        .help("keep it in one"),
                );
                continue;
            }
            placed.extend(syms.iter().copied());
            list.push((name.text.clone(), syms));
        }
        self.economy.channels.push(Channels { of: targets, channels: list, span });
    }

    fn quantity_of(&mut self, e: &tree::Expr, scope: &Scope) -> Option<Sym> {
        let node = self.resolver().expr(e, scope).ok()?;
        match self.economy.dag.node(node) {
            Node::Sym(s) => Some(*s),
            _ => {
                self.report(
                    Diagnostic::new("M065", "a named quantity is needed here").at(e.span, "this is an expression").help("give it a name with `let`"),
                );
                None
            }
        }
    }
}
