//! Calls of functions and schedules, whose bodies are resolved where they are called.

use super::names::What;
use super::resolve::{Binding, Reported, Resolved, Resolver, Scope};
use super::{bounds, builtins};
use crate::diag::Diagnostic;
use crate::expr::{Func, Node, NodeId, Sym, TablePart, differentiate, steps};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Kind, Name, ScheduleBody};
use rustc_hash::FxHashMap;

const FUNCTIONS: &[(&str, Func)] = &[("exp", Func::Exp), ("ln", Func::Ln), ("sqrt", Func::Sqrt), ("abs", Func::Abs)];

/// Calls that one call in a model may lead to.
const CALL_LIMIT: usize = 100_000;

impl Resolver<'_> {
    pub(super) fn call(&mut self, f: &Name, args: &[Expr], span: Span, scope: &Scope) -> Resolved<NodeId> {
        let full = self.economy.names.full_name(&f.text, scope.prefix.as_deref());
        if let Some(entry) = self.economy.names.entries.get(&full).cloned() {
            // Functions that call each other twice double at every level: depth alone does not bound them.
            self.economy.inlined = if scope.depth == 0 { 1 } else { self.economy.inlined + 1 };
            if self.economy.inlined > CALL_LIMIT {
                if self.economy.inlined > CALL_LIMIT + 1 {
                    return Err(Reported);
                }
                return self.report(
                    Diagnostic::new("N012", format!("`{}` leads to more than {CALL_LIMIT} calls", f.text))
                        .at(entry.span, "its calls multiply from one level to the next")
                        .help("name what is used twice with `let`"),
                );
            }
            let inner = Scope { prefix: entry.prefix.clone(), depth: scope.depth + 1, ..Scope::default() };
            match &entry.declaration.kind {
                Kind::Function { arguments, body, .. } if entry.what == What::Function => {
                    let scope = self.bind_arguments(&f.text, arguments, args, span, scope, inner)?;
                    return self.expr(body, &scope);
                }
                Kind::Schedule { task, arguments, body, .. } if entry.what == What::Schedule => {
                    let Some((x, rest)) = args.split_first() else {
                        return self.report(
                            Diagnostic::new("N021", format!("the schedule `{}` needs a task", f.text)).at(span, format!("write `{}(I)`", f.text)),
                        );
                    };
                    let x = self.expr(x, scope)?;
                    let scope = self.bind_arguments(&f.text, arguments, rest, span, scope, inner)?.with(task.text.clone(), Binding::Value(x));
                    return self.schedule(body, x, &scope, TablePart::Value);
                }
                _ => {
                    let word = entry.what.word();
                    return self.report(
                        Diagnostic::new("N022", format!("`{}` is {word} and cannot be called", f.text))
                            .at(span, "called here")
                            .help(format!("an index stands in brackets: `{}[…]`", f.text)),
                    );
                }
            }
        }
        match f.text.as_ref() {
            "slope" | "integral" => self.schedule_call(&f.text, args, span, scope),
            "min" | "max" if args.is_empty() => self.report(
                Diagnostic::new("N023", format!("`{}` needs at least one argument", f.text))
                    .at(span, "called here")
                    .help(format!("write `{0}(a, b)`, or `{0}(g in S) a[g]` over a set", f.text)),
            ),
            "min" | "max" => {
                let mut nodes = Vec::new();
                for a in args {
                    nodes.push(self.expr(a, scope)?);
                }
                let dag = &mut self.economy.dag;
                Ok(if f.text.as_ref() == "min" { dag.min(&nodes) } else { dag.max(&nodes) })
            }
            "real" => builtins::real(self, args, span, scope),
            "growth" | "pct" | "rate" => self.growth(&f.text, args, span, scope),
            name => match FUNCTIONS.iter().find(|(n, _)| *n == name) {
                Some((_, func)) => {
                    let [x] = args else {
                        return self
                            .report(Diagnostic::new("N023", format!("`{name}` takes one argument, not {}", args.len())).at(span, "called here"));
                    };
                    let arg = self.expr(x, scope)?;
                    if (*func == Func::Ln || *func == Func::Sqrt)
                        && let Some(c) = self.economy.dag.as_const(arg)
                        && (c < 0.0 || (c == 0.0 && *func == Func::Ln))
                    {
                        return self.report(Diagnostic::new("N024", format!("`{name}` of {c} is not a number")).at(x.span, "this is not positive"));
                    }
                    Ok(self.economy.dag.func(*func, arg))
                }
                None if name == "log" => self.report(
                    Diagnostic::new("N025", "`log` is ambiguous").at(f.span, "natural or decimal?").help("write `ln` for the natural logarithm"),
                ),
                None => {
                    let others: Vec<&str> =
                        FUNCTIONS.iter().map(|(n, _)| *n).chain(["min", "max", "slope", "integral", "real", "growth", "pct", "rate"]).collect();
                    let mut d = Diagnostic::new("N002", format!("there is no function `{name}`")).at(f.span, "called here");
                    d.help = match name {
                        "log10" | "log2" => Some(format!("write `ln(x) / ln({})`", &name[3..])),
                        _ => self.economy.names.suggest(name, &others).map(|s| format!("did you mean `{s}`?")),
                    };
                    self.report(d)
                }
            },
        }
    }

    /// Whether a name can only be an element of a set: it is quoted, a country, good or industry, or no name at all but an element.
    fn only_element(&self, n: &Name, scope: &Scope) -> bool {
        let names = &self.economy.names;
        if n.quoted {
            return true;
        }
        match names.lookup(&n.text, scope.prefix.as_deref()) {
            Some((_, entry)) => matches!(entry.what, What::Good | What::Industry | What::Country),
            None => !names.tables.contains_key(&n.text) && names.elements.contains(&n.text),
        }
    }

    fn bind_arguments(&mut self, name: &str, names: &[Name], args: &[Expr], span: Span, outer: &Scope, mut inner: Scope) -> Resolved<Scope> {
        if names.len() > bounds::ARGUMENTS {
            // Refused where it is declared.
            return Err(Reported);
        }
        if names.len() != args.len() {
            let wanted: Vec<&str> = names.iter().map(|n| n.text.as_ref()).collect();
            return self.report(
                Diagnostic::new("N026", format!("`{name}` takes {} arguments, not {}", names.len(), args.len()))
                    .at(span, "called here")
                    .help(format!("its arguments are ({})", wanted.join(", "))),
            );
        }
        if inner.depth > 64 {
            return self
                .report(Diagnostic::new("N027", format!("`{name}` is defined by itself")).at(span, "a definition may not lead back to itself"));
        }
        for (n, a) in names.iter().zip(args) {
            // An index handed on stays an index.
            let binding = match &a.bare().kind {
                ExprKind::Name(x) => match outer.get(&x.text) {
                    Some(Binding::Element(e)) => Binding::Element(e.clone()),
                    None if self.only_element(x, outer) => Binding::Element(x.text.clone()),
                    _ => Binding::Value(self.expr(a, outer)?),
                },
                _ => Binding::Value(self.expr(a, outer)?),
            };
            inner.bound.push((n.text.clone(), binding));
        }
        Ok(inner)
    }

    /// A schedule's value, slope or integral at `x`, with its task and arguments bound in `scope`.
    fn schedule(&mut self, body: &ScheduleBody, x: NodeId, scope: &Scope, part: TablePart) -> Resolved<NodeId> {
        match body {
            ScheduleBody::Formula(e) => self.expr(e, scope),
            ScheduleBody::Table { smooth, rows } => {
                let mut knots = Vec::with_capacity(rows.len() * 2);
                for (at, value) in rows {
                    knots.push(self.expr(at, scope)?);
                    knots.push(self.expr(value, scope)?);
                }
                self.covers(rows, &knots)?;
                Ok(self.economy.dag.intern(Node::Table { smooth: *smooth, part, x, knots: knots.into() }))
            }
            // The file is told of where it is read.
            ScheduleBody::Loaded { .. } => Err(Reported),
            ScheduleBody::Steps { rows } => {
                let mut stair = Vec::with_capacity(rows.len());
                for (end, value) in rows {
                    stair.push((self.expr(end, scope)?, self.expr(value, scope)?));
                }
                self.climbs(rows, &stair)?;
                Ok(steps::stair(&mut self.economy.dag, x, &stair))
            }
        }
    }

    /// A schedule's table gives a value to every task: knots from 0 to 1, no two at one task.
    fn covers(&mut self, rows: &[(Expr, Expr)], knots: &[NodeId]) -> Resolved<()> {
        let mut at: Vec<(f64, Span)> = Vec::with_capacity(rows.len());
        for (row, pair) in rows.iter().zip(knots.chunks(2)) {
            // Knots that parameters move are looked at with the cost's values.
            let Some(v) = pair.first().and_then(|n| self.economy.dag.as_const(*n)) else { return Ok(()) };
            at.push((v, row.0.span));
        }
        let Some(&(_, span)) = at.first() else { return Ok(()) };
        at.sort_by(|a, b| a.0.total_cmp(&b.0));
        if let Some(pair) = at.windows(2).find(|p| p[0].0 == p[1].0) {
            return self.report(
                Diagnostic::new("M009", format!("this table has two values at task {}", super::checks::number(pair[0].0)))
                    .at(pair[1].1, "again here")
                    .see(pair[0].1, "the first")
                    .help("a schedule does not jump: keep one of them, or put the second a little later"),
            );
        }
        let ends = (at.first().map_or(0.0, |a| a.0), at.last().map_or(0.0, |a| a.0));
        if ends != (0.0, 1.0) {
            return self.report(
                Diagnostic::new("M009", "this table does not cover all tasks")
                    .at(span, format!("it runs from {} to {}", super::checks::number(ends.0), super::checks::number(ends.1)))
                    .help("tasks are [0, 1]: let the first entry be at 0 and the last at 1"),
            );
        }
        Ok(())
    }

    /// The ends of steps rise from above 0 to 1, and so does what they cost.
    fn climbs(&mut self, rows: &[(Expr, Expr)], stair: &[(NodeId, NodeId)]) -> Resolved<()> {
        let shown = super::checks::number;
        let dag = &self.economy.dag;
        let fault = |at: Span, words: String, help: &str| Err((at, words, help.to_string()));
        let check = || {
            let mut before = (0.0, f64::NEG_INFINITY);
            for (row, (end, value)) in rows.iter().zip(stair) {
                let (end, value) = (dag.as_const(*end), dag.as_const(*value));
                if let Some(end) = end {
                    if end <= before.0 {
                        return fault(
                            row.0.span,
                            format!("it ends at {}, the one before at {}", shown(end), shown(before.0)),
                            "let the ends of the steps rise: `steps {0.4: 1.1, 1: 3}`",
                        );
                    }
                    before.0 = end;
                }
                if let Some(value) = value {
                    if value <= before.1 {
                        return fault(
                            row.1.span,
                            format!("it costs {}, the one before {}", shown(value), shown(before.1)),
                            "order tasks by their cost, and make one step of tasks that cost the same",
                        );
                    }
                    before.1 = value;
                }
            }
            match (rows.last(), stair.last().and_then(|s| dag.as_const(s.0))) {
                (Some(row), end) if end != Some(1.0) => {
                    let words = end.map_or("it must end at 1".to_string(), |e| format!("it ends at {}", shown(e)));
                    fault(row.0.span, words, "tasks are [0, 1]: let the last step end at 1")
                }
                _ => Ok(()),
            }
        };
        match check() {
            Ok(()) => Ok(()),
            Err((at, words, help)) => self.report(Diagnostic::new("M009", "these steps do not cover all tasks in order").at(at, words).help(help)),
        }
    }

    /// `slope(t, x)` and `integral(t, x)`, with the schedule's own arguments after `x`.
    fn schedule_call(&mut self, which: &str, args: &[Expr], span: Span, scope: &Scope) -> Resolved<NodeId> {
        let (Some(first), Some(at)) = (args.first(), args.get(1)) else {
            return self.report(Diagnostic::new("N028", format!("`{which}` takes a schedule and a task")).at(span, format!("write `{which}(t, I)`")));
        };
        let name = match &first.bare().kind {
            ExprKind::Name(n) => n.clone(),
            _ => {
                return self
                    .report(Diagnostic::new("N028", format!("`{which}` takes a schedule by its name")).at(first.span, "this is an expression"));
            }
        };
        let full = self.economy.names.full_name(&name.text, scope.prefix.as_deref());
        let entry = self.economy.names.entries.get(&full).cloned();
        let Some((Kind::Schedule { task, arguments, body, .. }, entry)) = entry.as_ref().map(|e| (&e.declaration.kind, e)) else {
            return self.report(Diagnostic::new("N028", format!("`{}` is not a schedule", name.text)).at(first.span, "a schedule is needed here"));
        };
        let x = self.expr(at, scope)?;
        let var = self.bound_symbol(&task.text);
        let v = self.economy.dag.sym(var);
        let inner = Scope { prefix: entry.prefix.clone(), depth: scope.depth + 1, ..Scope::default() };
        let inner = self.bind_arguments(&name.text, arguments, &args[2..], span, scope, inner)?.with(task.text.clone(), Binding::Value(v));
        let cost = self.schedule(body, v, &inner, TablePart::Value)?;
        let dag = &mut self.economy.dag;
        if which == "integral" {
            return Ok(steps::integral(dag, cost, var, x));
        }
        let slope = differentiate::derivative(dag, cost, var);
        let map: FxHashMap<Sym, NodeId> = std::iter::once((var, x)).collect();
        Ok(dag.substitute(slope, &map))
    }
}
