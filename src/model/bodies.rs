//! Bodies of functions and schedules: names that nothing declares, found before anyone calls them.

use super::builtins;
use super::resolve::Scope;
use super::structure::Builder;
use crate::diag::Diagnostic;
use crate::syntax::tree::{Expr, ExprKind, Kind, Name, ScheduleBody};
use std::sync::Arc;

impl Builder<'_> {
    /// Arguments stand for numbers or indices, so only names that can be neither are findings here; the rest shows where the body is used.
    pub fn bodies(&mut self) {
        for (d, scope) in self.declarations() {
            match &d.kind {
                Kind::Function { arguments, body, .. } => {
                    let names: Vec<&Name> = arguments.iter().collect();
                    if self.resolver().distinct(&names).is_ok() {
                        self.body(body, &names, &scope);
                    }
                }
                Kind::Technology { arguments, .. } => {
                    let names: Vec<&Name> = arguments.iter().collect();
                    let _ = self.resolver().distinct(&names);
                }
                Kind::Schedule { task, arguments, body, .. } => {
                    let names: Vec<&Name> = std::iter::once(task).chain(arguments).collect();
                    if self.resolver().distinct(&names).is_err() {
                        continue;
                    }
                    match body {
                        ScheduleBody::Formula(e) => self.body(e, &names, &scope),
                        ScheduleBody::Loaded { .. } => {}
                        ScheduleBody::Table { rows, .. } | ScheduleBody::Steps { rows } => rows.iter().for_each(|(at, v)| {
                            self.body(at, &names, &scope);
                            self.body(v, &names, &scope);
                        }),
                    }
                }
                _ => {}
            }
        }
    }

    fn body(&mut self, body: &Expr, arguments: &[&Name], scope: &Scope) {
        let mut used: Vec<&Name> = Vec::new();
        let mut bound: Vec<Arc<str>> = arguments.iter().map(|n| n.text.clone()).collect();
        gather(body, &mut bound, &mut used);
        for n in used {
            let names = &self.economy.names;
            let full = names.full_name(&n.text, scope.prefix.as_deref());
            let known = names.entries.contains_key(&full) || names.tables.contains_key(&full);
            if known || builtins::NAMES.contains(&n.text.as_ref()) || matches!(n.text.as_ref(), "I" | "Omega") {
                continue;
            }
            let near = self.near(&n.text, || bound.iter().map(|b| b.as_ref())).or_else(|| names.suggest(&n.text, builtins::NAMES));
            let mut d = Diagnostic::new("N001", format!("`{}` is not declared", n.text))
                .at(n.span, "neither an argument nor a declared name, and no built-in quantity");
            d.help = near.map(|s| format!("did you mean `{s}`?")).or_else(|| super::reference::meant(&self.economy, &n.text));
            self.report(d);
        }
    }
}

/// The names that an expression uses as quantities, without those bound in it; indices and both sides of comparisons may be elements.
fn gather<'e>(e: &'e Expr, bound: &mut Vec<Arc<str>>, out: &mut Vec<&'e Name>) {
    match &e.kind {
        ExprKind::Name(n) | ExprKind::Index(n, _) => {
            if !n.quoted && !bound.contains(&n.text) {
                out.push(n);
            }
        }
        // `slope` and `integral` take a schedule by its name, which their own resolution looks up.
        ExprKind::Call(_, args) => args.iter().for_each(|a| gather(a, bound, out)),
        ExprKind::Negate(x) | ExprKind::Paren(x) => gather(x, bound, out),
        ExprKind::Sum(xs) | ExprKind::Product(xs) => xs.iter().for_each(|(_, x)| gather(x, bound, out)),
        ExprKind::Power(a, b) => {
            gather(a, bound, out);
            gather(b, bound, out);
        }
        ExprKind::Fold { family, body, .. } => {
            let before = bound.len();
            bound.extend(family.binders.iter().map(|b| b.variable.text.clone()));
            gather(body, bound, out);
            bound.truncate(before);
        }
        ExprKind::If { then, otherwise, .. } => {
            gather(then, bound, out);
            gather(otherwise, bound, out);
        }
        ExprKind::Number(..)
        | ExprKind::Percent(..)
        | ExprKind::Compare(..)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Not(_)
        | ExprKind::Load(_)
        | ExprKind::Table(_) => {}
    }
}
