//! Sets whose elements follow each other: first and last, the element before, what is later, and growth from one to the next.

use super::resolve::{Binding, Resolved, Resolver, Scope};
use crate::diag::Diagnostic;
use crate::expr::NodeId;
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Name};
use rustc_hash::FxHashSet;
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
                let readings = match self.readings(base, scope)? {
                    Ok(readings) => readings,
                    Err(d) => return Some(Err(d)),
                };
                if n.fract() != 0.0 || n > 1e6 {
                    return Some(Err(Diagnostic::new("N004", "a step from one element to another is a whole number").at(step.span, "this one")));
                }
                let mut found: Vec<Placed> = Vec::new();
                for here in &readings {
                    match self.stepped(here, *back, n as usize, e.span) {
                        Ok(there) => found.push(there),
                        Err(d) => return Some(Err(d)),
                    }
                }
                Some(self.only(found, e.span))
            }
            _ => None,
        }
    }

    /// The element so many steps away.
    fn stepped(&self, here: &Placed, back: bool, n: usize, span: Span) -> Result<Placed, Diagnostic> {
        let at = if back { here.at.checked_sub(n) } else { here.at.checked_add(n) };
        let found =
            at.and_then(|at| self.economy.names.sets.get(&here.set)?.get(at).map(|e| Placed { element: e.clone(), set: here.set.clone(), at }));
        let (end, word, guard) = if back { ("first", "before", "first") } else { ("last", "after", "last") };
        let Some(found) = found else {
            let words = format!("`{}` has no element {n} {word} `{}`, near its {end}", here.set, here.element);
            let help = format!("leave it out: `where t != {guard}({})`", here.set);
            return Err(Diagnostic::new("N051", words).at(span, "asked for here").help(help));
        };
        self.without_gap(here, &found, span).map(|()| found)
    }

    /// The one of several readings; where they name different elements, nothing says which is meant.
    fn only(&self, readings: Vec<Placed>, span: Span) -> Result<Placed, Diagnostic> {
        let alike = readings.windows(2).all(|w| matches!(w, [a, b] if a.element == b.element));
        match readings.into_iter().next() {
            Some(first) if alike => Ok(first),
            found => {
                let element = found.map_or_else(String::new, |f| f.element.to_string());
                Err(Diagnostic::new("N053", "an element of several ordered sets").at(span, format!("`{element}` in one of them, another in others")))
            }
        }
    }

    /// Whether an expression stands for an element whatever it is compared with: a bound index, `first(Y)`, or one some steps from these.
    pub(super) fn is_element(&self, e: &Expr, scope: &Scope) -> bool {
        match &e.bare().kind {
            ExprKind::Name(n) => !n.quoted && matches!(scope.get(&n.text), Some(Binding::Element(_))),
            ExprKind::Call(..) => true,
            ExprKind::Sum(terms) => terms.first().is_some_and(|(_, base)| self.is_element(base, scope)),
            _ => false,
        }
    }

    /// What an index may stand for in ordered sets: a bound one, `first(Y)` and `t - 1` for one element, one that is written out for that of each
    /// ordered set that has it.
    fn readings(&self, e: &Expr, scope: &Scope) -> Option<Result<Vec<Placed>, Diagnostic>> {
        if let Some(found) = self.placed(e, scope) {
            return Some(found.map(|p| vec![p]));
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
        let placed = |set: &Arc<str>| {
            let at = *names.ordered.get(set)?.places.get(&element)?;
            Some(Placed { element: element.clone(), set: set.clone(), at })
        };
        if let Some(set) = of {
            return if names.ordered.contains_key(&set) { Some(Ok(vec![placed(&set)?])) } else { Some(Err(unordered(&set, span))) };
        }
        let mut sets: Vec<&Arc<str>> = names.ordered.keys().collect();
        sets.sort();
        let found: Vec<Placed> = sets.into_iter().filter_map(placed).collect();
        (!found.is_empty()).then_some(Ok(found))
    }

    /// The places of two indices that are compared, in the ordered set that both are of.
    pub(super) fn compared(&self, a: &Expr, b: &Expr, scope: &Scope) -> Option<(usize, usize)> {
        let (Some(Ok(x)), Some(Ok(y))) = (self.readings(a, scope), self.readings(b, scope)) else { return None };
        let at = |p: &Placed, set: &Arc<str>| self.economy.names.ordered.get(set)?.places.get(&p.element).copied();
        let within = |p: &Placed, q: &Placed| if p.set == q.set { Some((p.at, q.at)) } else { None };
        let pairs = || x.iter().flat_map(|p| y.iter().map(move |q| (p, q)));
        let mut places: Vec<(usize, usize)> = pairs().filter_map(|(p, q)| within(p, q)).collect();
        if places.is_empty() {
            places = pairs().filter_map(|(p, q)| Some((p.at, at(q, &p.set)?)).or_else(|| Some((at(p, &q.set)?, q.at)))).collect();
        }
        let first = *places.first()?;
        places.iter().all(|p| p.0.cmp(&p.1) == first.0.cmp(&first.1)).then_some(first)
    }

    /// Readings of an index whose set holds just the elements that a family has at its last index; all where none does.
    fn of_family(&self, readings: Vec<Placed>, family: &Expr, scope: &Scope) -> Vec<Placed> {
        let (ExprKind::Name(n) | ExprKind::Index(n, _)) = &family.bare().kind else { return readings };
        let names = &self.economy.names;
        let full = names.full_name(&n.text, scope.prefix.as_deref());
        let Some(table) = names.tables.get(&full) else { return readings };
        let last: FxHashSet<&Arc<str>> = table.members.keys().filter_map(|index| index.last()).collect();
        let same = |p: &Placed| names.ordered.get(&p.set).is_some_and(|o| o.places.len() == last.len() && o.places.keys().all(|e| last.contains(e)));
        let own: Vec<Placed> = readings.iter().filter(|p| same(p)).cloned().collect();
        if own.is_empty() { readings } else { own }
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
        let mut places: Vec<Vec<Placed>> = Vec::new();
        for index in args.iter().skip(1) {
            match self.readings(index, scope) {
                Some(Ok(readings)) => places.push(self.of_family(readings, &args[0], scope)),
                Some(Err(d)) => return self.report(d),
                None => {
                    let d =
                        Diagnostic::new("N053", "this is no element of an ordered set").at(index.span, format!("`{word}` goes from one to the next"));
                    return self.report(d.help("declare the set with its order: `set Year = {1997, 1998} ordered`"));
                }
            }
        }
        // The set that all of them are of.
        let common = |p: &Placed| places.iter().all(|readings| readings.iter().any(|r| r.set == p.set));
        let sets: Vec<Arc<str>> = places.first().map(|r| r.iter().filter(|p| common(p)).map(|p| p.set.clone()).collect()).unwrap_or_default();
        let [set] = sets.as_slice() else {
            let known = |p: &Placed| format!("`{}`", p.set);
            let all: Vec<String> = places.iter().flatten().map(known).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
            let words = if sets.is_empty() { "elements of different ordered sets" } else { "an element of several ordered sets" };
            let d = Diagnostic::new("N053", words).at(span, format!("of {}: from which to the next?", all.join(" and ")));
            return self.report(d.help("let the family run over the set that is meant, from end to end"));
        };
        let places: Vec<Placed> = places.iter().filter_map(|r| r.iter().find(|p| p.set == *set).cloned()).collect();
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
