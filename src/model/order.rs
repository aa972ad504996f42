//! Sets whose elements follow each other: first and last, the element before, what is later, and growth from one to the next.

use super::resolve::{Binding, Resolved, Resolver, Scope};
use crate::diag::Diagnostic;
use crate::expr::NodeId;
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Name};
use std::sync::Arc;

/// An element of an ordered set.
#[derive(Clone, Debug)]
pub struct Placed {
    pub element: Arc<str>,
    pub set: Arc<str>,
    pub at: usize,
}

impl Resolver<'_> {
    /// The element that `first(Y)`, `last(Y)` or `t - 1` names; `None` where an expression is none of these.
    pub(super) fn placed(&self, e: &Expr, scope: &Scope) -> Option<Result<Placed, Diagnostic>> {
        match &e.bare().kind {
            ExprKind::Call(f, args) if matches!(f.text.as_ref(), "first" | "last") => {
                let names = &self.economy.names;
                if names.lookup(&f.text, scope.prefix.as_deref()).is_some() {
                    return None;
                }
                let ([arg], word) = (args.as_slice(), f.text.as_ref()) else {
                    let words = format!("`{}` takes one set", f.text);
                    return Some(Err(Diagnostic::new("N023", words).at(e.span, "called here").help(format!("write `{}(Year)`", f.text))));
                };
                let ExprKind::Name(n) = &arg.bare().kind else {
                    return Some(Err(Diagnostic::new("N003", "this is not a set").at(arg.span, format!("write `{word}(Year)`"))));
                };
                let set = names.full_name(&n.text, scope.prefix.as_deref());
                let Some(list) = names.sets.get(&set) else {
                    return Some(Err(Diagnostic::new("N003", format!("`{}` is not a set", n.text)).at(n.span, format!("`{word}` is of a set"))));
                };
                if !names.ordered.contains_key(&set) {
                    return Some(Err(unordered(&set, n.span)));
                }
                let at = if word == "first" { 0 } else { list.len().saturating_sub(1) };
                // An empty set was told of where it is declared.
                list.get(at).map(|element| Ok(Placed { element: element.clone(), set, at }))
            }
            ExprKind::Sum(terms) => {
                let [(false, base), (back, step)] = terms.as_slice() else { return None };
                let ExprKind::Number(n, _) = step.bare().kind else { return None };
                let here = match self.in_order(base, scope)? {
                    Ok(here) => here,
                    Err(d) => return Some(Err(d)),
                };
                if n.fract() != 0.0 || n > 1e6 {
                    return Some(Err(Diagnostic::new("N004", "a step from one element to another is a whole number").at(step.span, "this one")));
                }
                let list = self.economy.names.sets.get(&here.set)?;
                let at = if *back { here.at.checked_sub(n as usize) } else { here.at.checked_add(n as usize) };
                let found = at.and_then(|at| list.get(at).map(|e| Placed { element: e.clone(), set: here.set.clone(), at }));
                let (end, word, guard) = if *back { ("first", "before", "first") } else { ("last", "after", "last") };
                let Some(found) = found else {
                    let words = format!("`{}` has no element {n} {word} `{}`, near its {end}", here.set, here.element);
                    let help = format!("leave it out: `where t != {guard}({})`", here.set);
                    return Some(Err(Diagnostic::new("N051", words).at(e.span, "asked for here").help(help)));
                };
                Some(self.without_gap(&here, &found, e.span).map(|()| found))
            }
            _ => None,
        }
    }

    /// An index that stands for an element of an ordered set: a bound one, `first(Y)`, `t - 1`, or an element that only one such set has.
    fn in_order(&self, e: &Expr, scope: &Scope) -> Option<Result<Placed, Diagnostic>> {
        if let Some(found) = self.placed(e, scope) {
            return Some(found);
        }
        let names = &self.economy.names;
        let (element, of, span) = match &e.bare().kind {
            ExprKind::Name(n) => match scope.get(&n.text) {
                Some(Binding::Element(el)) if !n.quoted => (el.clone(), scope.set_of(&n.text).cloned(), n.span),
                Some(Binding::Value(_)) => return None,
                _ => (n.text.clone(), None, n.span),
            },
            ExprKind::Number(_, text) => (text.clone(), None, e.span),
            _ => return None,
        };
        if let Some(set) = of {
            if !names.ordered.contains_key(&set) {
                return Some(Err(unordered(&set, span)));
            }
            let at = *names.ordered.get(&set)?.places.get(&element)?;
            return Some(Ok(Placed { element, set, at }));
        }
        let mut sets: Vec<&Arc<str>> = names.ordered.iter().filter(|(_, order)| order.places.contains_key(&element)).map(|(s, _)| s).collect();
        sets.sort();
        let set = (*sets.first()?).clone();
        let at = *names.ordered.get(&set)?.places.get(&element)?;
        Some(Ok(Placed { element, set, at }))
    }

    /// The places of two indices that are compared, where both are of one ordered set.
    pub(super) fn compared(&self, a: &Expr, b: &Expr, scope: &Scope) -> Option<(usize, usize)> {
        let (Some(Ok(x)), Some(Ok(y))) = (self.in_order(a, scope), self.in_order(b, scope)) else { return None };
        let at = |p: &Placed, set: &Arc<str>| self.economy.names.ordered.get(set)?.places.get(&p.element).copied();
        if x.set == y.set { Some((x.at, y.at)) } else { at(&y, &x.set).map(|b| (x.at, b)).or_else(|| at(&x, &y.set).map(|a| (a, y.at))) }
    }

    /// The usual step of an ordered set of numbers: the smallest there is.
    fn step(&self, set: &str) -> Option<f64> {
        self.economy.names.ordered.get(set)?.step
    }

    /// In a set of numbers, such as years, none may be missing between two.
    fn without_gap(&self, a: &Placed, b: &Placed, span: Span) -> Result<(), Diagnostic> {
        let (Some(step), Ok(x), Ok(y)) = (self.step(&a.set), a.element.parse::<f64>(), b.element.parse::<f64>()) else { return Ok(()) };
        let apart = a.at.abs_diff(b.at) as f64;
        if (y - x).abs() <= step * (apart + 1e-6) {
            return Ok(());
        }
        let words = format!("between `{}` and `{}` of `{}` there is a gap", b.element, a.element, a.set);
        let help = format!("`rate(x, {}, {})` counts the steps between", b.element, a.element);
        Err(Diagnostic::new("N052", words).at(span, "a step across it is longer than the others").help(help))
    }

    /// `growth(x, t)`, `pct(x, t)`: the change of a family from the element before, in logs or percent; `rate(x, a, b)`: the compound rate a step.
    pub(super) fn growth(&mut self, word: &str, args: &[Expr], span: Span, scope: &Scope) -> Resolved<NodeId> {
        let wanted = if word == "rate" { 3 } else { 2 };
        if args.len() != wanted {
            let form = if word == "rate" { "rate(x, 1997, 2004)".to_string() } else { format!("{word}(x, t)") };
            let d = Diagnostic::new("N023", format!("`{word}` takes {wanted} arguments, not {}", args.len())).at(span, "called here");
            return self.report(d.help(format!("write `{form}`, x a family over an ordered set")));
        }
        let mut places = Vec::new();
        for index in args.iter().skip(1) {
            match self.in_order(index, scope) {
                Some(Ok(p)) => places.push(p),
                Some(Err(d)) => return self.report(d),
                None => {
                    let d =
                        Diagnostic::new("N053", "this is no element of an ordered set").at(index.span, format!("`{word}` goes from one to the next"));
                    return self.report(d.help("declare the set with its order: `set Year = {1997, 1998} ordered`"));
                }
            }
        }
        let (from, to) = match places.as_slice() {
            [to] => {
                let before = to.at.checked_sub(1).and_then(|at| Some((at, self.economy.names.sets.get(&to.set)?.get(at)?.clone())));
                let Some((at, element)) = before else {
                    let d = Diagnostic::new("N051", format!("`{}` is the first of `{}`: nothing goes before it", to.element, to.set));
                    return self.report(d.at(span, "growth from what?").help(format!("leave it out: `where t != first({})`", to.set)));
                };
                let from = Placed { element, set: to.set.clone(), at };
                if let Err(d) = self.without_gap(to, &from, span) {
                    return self.report(d);
                }
                (from, to.clone())
            }
            [from, to] => (from.clone(), to.clone()),
            _ => return Err(super::resolve::Reported),
        };
        let (x, y) = (self.member_at(&args[0], &from, scope)?, self.member_at(&args[0], &to, scope)?);
        let dag = &mut self.economy.dag;
        let ratio = dag.div(y, x);
        Ok(match word {
            "growth" => dag.func(crate::expr::Func::Ln, ratio),
            "pct" => {
                let (one, hundred) = (dag.constant(1.0), dag.constant(100.0));
                let change = dag.sub(ratio, one);
                dag.mul(hundred, change)
            }
            _ => {
                let steps = match (self.step(&from.set), from.element.parse::<f64>(), to.element.parse::<f64>()) {
                    (Some(step), Ok(a), Ok(b)) => (b - a) / step,
                    _ => to.at as f64 - from.at as f64,
                };
                if steps <= 0.0 {
                    let d = Diagnostic::new("N051", format!("`{}` does not come after `{}`", to.element, from.element));
                    return self.report(d.at(span, "a rate goes from an earlier element to a later one"));
                }
                let dag = &mut self.economy.dag;
                let (one, root) = (dag.constant(1.0), dag.constant(1.0 / steps));
                let factor = dag.pow(ratio, root);
                dag.sub(factor, one)
            }
        })
    }

    /// The member of a family at an element of its last index.
    fn member_at(&mut self, family: &Expr, at: &Placed, scope: &Scope) -> Resolved<NodeId> {
        let (name, mut index) = match &family.bare().kind {
            ExprKind::Name(n) => (n.clone(), Vec::new()),
            ExprKind::Index(n, index) => (n.clone(), index.clone()),
            _ => {
                let d = Diagnostic::new("N004", "growth is that of a family").at(family.span, "this is an expression");
                return self.report(d.help("name it: `let x[t in Year] = …`, then `growth(x, t)`"));
            }
        };
        let element = Name { text: at.element.clone(), span: family.span, quoted: true };
        index.push(Expr { span: family.span, kind: ExprKind::Name(element) });
        self.expr(&Expr { span: family.span, kind: ExprKind::Index(name, index) }, scope)
    }
}

fn unordered(set: &str, span: Span) -> Diagnostic {
    Diagnostic::new("N053", format!("the elements of `{set}` have no order"))
        .at(span, "which comes before which?")
        .help(format!("say so where it is declared: `set {set} = … ordered`"))
}
