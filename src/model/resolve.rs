//! Expressions: names to symbols, binders to elements, functions inlined, families unrolled.

use super::conditions::Truth;
use super::names::What;
use super::{Economy, bounds, builtins, naming};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{NodeId, Sym};
use crate::source::Span;
use crate::syntax::tree::{Binder, Expr, ExprKind, Family, Fold, Name, SetExpr};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Reported already: the caller only has to stop.
#[derive(Clone, Copy, Debug)]
pub struct Reported;

pub type Resolved<T> = Result<T, Reported>;

/// What a bound name stands for.
#[derive(Clone, Debug)]
pub enum Binding {
    Element(Arc<str>),
    Value(NodeId),
}

/// Names bound around an expression, innermost last.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub bound: Vec<(Arc<str>, Binding)>,
    pub prefix: Option<Arc<str>>,
    /// The sets that bound names run over.
    pub(super) sets: Vec<(Arc<str>, Arc<str>)>,
    /// Depth of functions being inlined.
    pub(super) depth: usize,
}

impl Scope {
    pub fn in_file(prefix: Option<Arc<str>>) -> Self {
        Scope { prefix, ..Scope::default() }
    }

    pub fn with(&self, name: Arc<str>, binding: Binding) -> Scope {
        let mut scope = self.clone();
        scope.bound.push((name, binding));
        scope
    }

    /// The set that a bound index runs over.
    pub(super) fn set_of(&self, name: &str) -> Option<&Arc<str>> {
        self.sets.iter().rev().find(|(n, _)| n.as_ref() == name).map(|(_, s)| s)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Binding> {
        self.bound.iter().rev().find(|(n, _)| n.as_ref() == name).map(|(_, b)| b)
    }

    /// The elements that the scope's binders stand for, in order.
    pub fn elements(&self) -> Vec<Arc<str>> {
        self.bound.iter().filter_map(|(_, b)| if let Binding::Element(e) = b { Some(e.clone()) } else { None }).collect()
    }
}

/// Resolves expressions against an economy, collecting what is wrong with them.
pub struct Resolver<'e> {
    pub economy: &'e mut Economy,
    pub diagnostics: &'e mut Diagnostics,
}

impl Resolver<'_> {
    /// The name nearest to a misspelt one, while there is still use for it.
    pub(super) fn near<'a, I: Iterator<Item = &'a str>>(&self, name: &str, among: impl FnOnce() -> I) -> Option<String> {
        if self.diagnostics.is_full() { None } else { super::names::nearest(name, among()) }
    }

    pub fn report<T>(&mut self, diagnostic: Diagnostic) -> Resolved<T> {
        self.diagnostics.push(diagnostic);
        Err(Reported)
    }

    /// The elements of a set expression.
    pub fn set(&mut self, set: &SetExpr, scope: &Scope) -> Resolved<Vec<Arc<str>>> {
        match set {
            SetExpr::Listed(names) => Ok(names.iter().map(|n| n.text.clone()).collect()),
            SetExpr::Named(name) => {
                let full = self.economy.names.full_name(&name.text, scope.prefix.as_deref());
                if let Some(elements) = self.economy.names.sets.get(&full) {
                    return Ok(elements.clone());
                }
                let help = self.economy.names.suggest(&name.text, &[]).map(|s| format!("did you mean `{s}`?"));
                let mut d = Diagnostic::new("N003", format!("`{}` is not a set", name.text)).at(name.span, "an index runs over a set");
                d.help = help.or_else(|| Some(format!("declare it: `set {} = {{a, b}}`", name.text)));
                self.report(d)
            }
        }
    }

    /// Complains where two bound names are the same: the second would hide the first.
    pub fn distinct(&mut self, names: &[&Name]) -> Resolved<()> {
        if let Some(last) = names.last().filter(|_| names.len() > bounds::ARGUMENTS + 1) {
            let d = Diagnostic::new("N012", format!("{} names are bound at once", bounds::grouped(names.len())))
                .at(last.span, "the last of them")
                .help(format!("at most {} are handled", bounds::ARGUMENTS));
            return self.report(d);
        }
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        for name in names {
            if let Some(first) = seen.insert(name.text.as_ref(), name.span) {
                return self.report(
                    Diagnostic::new("N047", format!("`{}` is bound twice", name.text))
                        .at(name.span, "again here")
                        .see(first, "bound here")
                        .help("give each its own name"),
                );
            }
        }
        Ok(())
    }

    /// The scopes of a family's members, in order; one, the given scope, without family.
    pub fn members(&mut self, family: Option<&Family>, scope: &Scope) -> Resolved<Vec<Scope>> {
        let Some(family) = family else { return Ok(vec![scope.clone()]) };
        let mut scopes = vec![scope.clone()];
        let mut sizes: Vec<usize> = Vec::new();
        let variables: Vec<&Name> = family.binders.iter().map(|b| &b.variable).collect();
        self.distinct(&variables)?;
        for Binder { variable, set } in &family.binders {
            let elements = self.set(set, scope)?;
            sizes.push(elements.len());
            let size = scopes.len().saturating_mul(elements.len());
            if size > bounds::TERMS {
                // What the binders to come would add is part of the answer.
                for b in family.binders.iter().skip(sizes.len()) {
                    sizes.push(self.set(&b.set, scope)?.len());
                }
                let all = sizes.iter().fold(1usize, |n, s| n.saturating_mul(*s));
                return self.report(
                    Diagnostic::new("N012", format!("this family has {}", bounds::members(all)))
                        .at(variable.span, format!("here it grows past {}", bounds::grouped(bounds::TERMS)))
                        .help("narrow the sets"),
                );
            }
            self.spend(size, variable.span)?;
            let over = match set {
                SetExpr::Named(n) => Some(self.economy.names.full_name(&n.text, scope.prefix.as_deref())),
                SetExpr::Listed(_) => None,
            };
            for s in &mut scopes {
                s.sets.extend(over.iter().map(|set| (variable.text.clone(), set.clone())));
            }
            scopes = scopes.iter().flat_map(|s| elements.iter().map(|e| s.with(variable.text.clone(), Binding::Element(e.clone())))).collect();
        }
        if let Some(guard) = &family.guard {
            let mut kept = Vec::with_capacity(scopes.len());
            for s in scopes {
                match self.condition(guard, &s)? {
                    Truth::Known(true) => kept.push(s),
                    Truth::Known(false) => {}
                    Truth::Open(..) => {
                        return self.report(
                            Diagnostic::new("N013", "which members a family has may not depend on values")
                                .at(guard.span, "this can only compare indices")
                                .help("use `if … then … else …` in the body"),
                        );
                    }
                }
            }
            scopes = kept;
        }
        Ok(scopes)
    }

    /// The element that an index expression names.
    pub fn element(&mut self, e: &Expr, scope: &Scope) -> Resolved<Arc<str>> {
        match self.placed(e, scope) {
            Some(Ok(found)) => return Ok(found.element),
            Some(Err(d)) => return self.report(d),
            None => {}
        }
        match &e.bare().kind {
            ExprKind::Name(n) => match scope.get(&n.text) {
                Some(Binding::Element(el)) if !n.quoted => Ok(el.clone()),
                _ => Ok(n.text.clone()),
            },
            ExprKind::Index(base, index) => {
                let mut parts = Vec::new();
                for i in index {
                    parts.push(self.element(i, scope)?);
                }
                Ok(naming::indexed(&base.text, &parts).into())
            }
            ExprKind::Number(_, text) => Ok(text.clone()),
            _ => self.report(Diagnostic::new("N004", "an index names an element of a set").at(e.span, "this is an expression")),
        }
    }

    /// Counts what is unfolded; functions and sums multiply each other, so that only the total is bounded.
    fn spend(&mut self, terms: usize, span: Span) -> Resolved<()> {
        let before = self.economy.resolved;
        self.economy.resolved = before.saturating_add(terms);
        if self.economy.resolved <= bounds::TERMS {
            return Ok(());
        }
        if before > bounds::TERMS {
            return Err(Reported);
        }
        self.report(
            Diagnostic::new("N012", format!("the model unfolds to more than {} terms", bounds::grouped(bounds::TERMS)))
                .at(span, "the last of them")
                .help("families, sums and functions multiply each other: narrow the sets, or name with `let` what is used often"),
        )
    }

    /// A node for an expression.
    pub fn expr(&mut self, e: &Expr, scope: &Scope) -> Resolved<NodeId> {
        self.spend(1, e.span)?;
        match &e.kind {
            ExprKind::Number(v, _) => Ok(self.economy.dag.constant(*v)),
            ExprKind::Percent(v, _) => Ok(self.economy.dag.constant(*v)),
            ExprKind::Paren(x) => self.expr(x, scope),
            ExprKind::Name(n) => self.name(n, &[], e.span, scope),
            ExprKind::Index(n, index) => self.name(n, index, e.span, scope),
            ExprKind::Call(f, args) => self.call(f, args, e.span, scope),
            ExprKind::Negate(x) => {
                let x = self.expr(x, scope)?;
                Ok(self.economy.dag.neg(x))
            }
            ExprKind::Sum(terms) => {
                let mut nodes = Vec::with_capacity(terms.len());
                let mut failed = false;
                for (minus, t) in terms {
                    match self.expr(t, scope) {
                        Ok(n) => nodes.push(if *minus { self.economy.dag.neg(n) } else { n }),
                        Err(Reported) => failed = true,
                    }
                }
                if failed { Err(Reported) } else { Ok(self.economy.dag.sum(&nodes)) }
            }
            ExprKind::Product(factors) => self.product(factors, scope),
            ExprKind::Power(a, b) => {
                let (a, b) = (self.expr(a, scope), self.expr(b, scope));
                Ok(self.economy.dag.pow(a?, b?))
            }
            ExprKind::Fold { fold, family, body } => {
                let mut nodes = Vec::new();
                for s in self.members(Some(family), scope)? {
                    nodes.push(self.expr(body, &s)?);
                }
                let dag = &mut self.economy.dag;
                match fold {
                    Fold::Sum => Ok(dag.sum(&nodes)),
                    Fold::Prod => Ok(dag.prod(&nodes)),
                    Fold::Min | Fold::Max if nodes.is_empty() => {
                        self.report(Diagnostic::new("N016", "the least or greatest of no members").at(e.span, "the family is empty"))
                    }
                    Fold::Min => Ok(dag.min(&nodes)),
                    Fold::Max => Ok(dag.max(&nodes)),
                }
            }
            ExprKind::If { condition, then, otherwise } => match self.condition(condition, scope)? {
                Truth::Known(true) => self.expr(then, scope),
                Truth::Known(false) => self.expr(otherwise, scope),
                open => {
                    let (t, o) = (self.expr(then, scope)?, self.expr(otherwise, scope)?);
                    Ok(open.select(&mut self.economy.dag, t, o))
                }
            },
            // What a file did not give was told where it was read.
            ExprKind::Load(_) => Err(Reported),
            ExprKind::Table(_) => self.report(
                Diagnostic::new("N017", "a table is the value of a family")
                    .at(e.span, "a number is needed here")
                    .help("give it to an indexed parameter, `parameter a[g in S] = {x: 1, y: 2}`, and use `a[x]`"),
            ),
            ExprKind::Compare(..) | ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) => self.report(
                Diagnostic::new("N018", "a comparison is not a number").at(e.span, "a number is needed here").help("write `if … then … else …`"),
            ),
        }
    }

    fn product(&mut self, factors: &[(bool, Expr)], scope: &Scope) -> Resolved<NodeId> {
        let mut acc: Option<NodeId> = None;
        let mut pending: Vec<NodeId> = Vec::new();
        let mut failed = false;
        for (divide, f) in factors {
            let Ok(n) = self.expr(f, scope) else {
                failed = true;
                continue;
            };
            if !divide {
                pending.push(n);
                continue;
            }
            if self.economy.dag.is_zero(n) {
                self.diagnostics.push(Diagnostic::new("N020", "division by zero").at(f.span, "this is 0"));
                failed = true;
                continue;
            }
            pending.splice(0..0, acc);
            let top = self.economy.dag.prod(&pending);
            pending.clear();
            acc = Some(self.economy.dag.div(top, n));
        }
        if failed {
            return Err(Reported);
        }
        pending.splice(0..0, acc);
        Ok(self.economy.dag.prod(&pending))
    }

    /// A node for a name with indices: binder, declared name, built-in quantity.
    fn name(&mut self, n: &Name, index: &[Expr], span: Span, scope: &Scope) -> Resolved<NodeId> {
        if index.is_empty() && !n.quoted {
            match scope.get(&n.text) {
                Some(Binding::Value(v)) => return Ok(*v),
                Some(Binding::Element(el)) => {
                    let el = el.clone();
                    return self.report(
                        Diagnostic::new("N005", format!("the index `{}` is no number", n.text))
                            .at(span, format!("it stands for `{el}` here"))
                            .help(format!("use it as an index, as in `price[{}]`", n.text)),
                    );
                }
                None => {}
            }
        }
        self.symbol(n, index, span, scope).map(|s| self.economy.dag.sym(s))
    }

    /// The symbol that a name with indices denotes.
    pub fn symbol(&mut self, n: &Name, index: &[Expr], span: Span, scope: &Scope) -> Resolved<Sym> {
        let mut elements = Vec::with_capacity(index.len());
        for i in index {
            elements.push(self.element(i, scope)?);
        }
        self.symbol_at(n, elements, span, scope)
    }

    /// The same with its indices known.
    pub(super) fn symbol_at(&mut self, n: &Name, elements: Vec<Arc<str>>, span: Span, scope: &Scope) -> Resolved<Sym> {
        let full = self.economy.names.full_name(&n.text, scope.prefix.as_deref());
        if let Some(entry) = self.economy.names.entries.get(&full) {
            let what = entry.what.clone();
            let declared = entry.span;
            if matches!(
                what,
                What::Good
                    | What::Industry
                    | What::Country
                    | What::Set
                    | What::Function
                    | What::Technology
                    | What::Schedule
                    | What::Tasks
                    | What::Equation
                    | What::Shock
                    | What::Sweep
            ) {
                // What is no number leaves the built-in of its name to those who index it: `output[x]` of a good called output.
                if !elements.is_empty()
                    && let Some(found) = builtins::symbol(self, &n.text, &elements, span)
                {
                    return found;
                }
                let offer = match what {
                    What::Good | What::Industry => format!("write `output[{0}]`, `price[{0}]`, `exports[{0}]` or another of its quantities", n.text),
                    What::Country => format!("write `welfare[{0}]`, `income[{0}]` or another of its quantities", n.text),
                    What::Schedule => format!("a schedule is called: `{}(I)`", n.text),
                    What::Function => format!("a function is called: `{}(…)`", n.text),
                    What::Set => format!("sum over it: `sum(g in {}) …`", n.text),
                    What::Tasks => format!("write `gamma[{0}]`, `task_imports[{0}]` or another of its quantities", n.text),
                    _ => "name a quantity".to_string(),
                };
                // Factors and goods may share the words of built-ins only as indices; a bare one is a slip.
                return self.report(
                    Diagnostic::new("N006", format!("`{}` is {}, not a number", n.text, what.word()))
                        .at(span, "used as a number")
                        .see(declared, "declared here")
                        .help(offer),
                );
            }
            return self.member(&full, &elements, span);
        }
        if let Some(found) = builtins::symbol(self, &n.text, &elements, span) {
            return found;
        }
        // A name by its place: `sigma[x]`, `weight[x, L]`, `markup[x]`.
        if self.economy.names.tables.contains_key(&full) {
            return self.member(&full, &elements, span);
        }
        if let Some(found) = super::printed::symbol(self, n, &elements, span, scope) {
            return found;
        }
        if n.text.as_ref() == "real" {
            return self.report(Diagnostic::new("N006", "`real` takes a value").at(span, "used as a number").help("write `real(w)`"));
        }
        let mut d = Diagnostic::new("N001", format!("`{}` is not declared", n.text)).at(span, "not a declared name, and no built-in quantity");
        // Beyond the findings that are kept nobody reads what was meant.
        d.help = if self.diagnostics.is_full() { None } else { self.meant(&n.text) };
        self.report(d)
    }

    /// What was meant by a name that is none.
    fn meant(&self, name: &str) -> Option<String> {
        if name.contains('·') {
            return Some("a product is written with `*`".into());
        }
        let others: Vec<&str> = builtins::NAMES.iter().copied().filter(|b| b.chars().count() > 1).collect();
        let near = self.economy.names.suggest(name, &others);
        // A word of its own is meant before a name that only looks like it.
        let close = near.as_ref().is_some_and(|n| n.to_lowercase() == name.to_lowercase());
        let word = super::reference::meant(self.economy, name).filter(|_| !close);
        word.or_else(|| near.map(|s| format!("did you mean `{s}`?")))
    }

    fn member(&mut self, name: &Arc<str>, index: &[Arc<str>], span: Span) -> Resolved<Sym> {
        let sole = self.economy.sole_country().map(|r| self.economy.countries[r].name.clone());
        let Some(table) = self.economy.names.tables.get(name) else {
            if self.diagnostics.has_errors() {
                // Its declaration was reported as broken.
                return Err(Reported);
            }
            let d = Diagnostic::new("N009", format!("there is no `{}`", naming::indexed(name, index)));
            return match self.economy.factors.iter().any(|f| f.base == *name) {
                true => self.report(d.at(span, "no country is endowed with this factor").help(format!("endow one: `endowment {name} = …`"))),
                false => self.report(d.at(span, "declared, and nothing in the model has it")),
            };
        };
        if let Some(&sym) = table.members.get(index) {
            return Ok(sym);
        }
        if table.by_country
            && let Some(c) = sole
        {
            let mut longer = index.to_vec();
            longer.push(c);
            if let Some(&sym) = table.members.get(&longer) {
                return Ok(sym);
            }
        }
        let shown = naming::indexed(name, index);
        if self.diagnostics.is_full() {
            return self.report(Diagnostic::new("N009", format!("there is no `{shown}`")).at(span, "no member of that index"));
        }
        let near: Vec<String> = table
            .order
            .iter()
            .filter(|i| i.len() > index.len() && i[..index.len()] == *index)
            .map(|i| format!("`{}`", naming::indexed(name, i)))
            .take(6)
            .collect();
        let all: Vec<String> = table.order.iter().map(|i| naming::indexed(name, i)).collect();
        let d = if table.order.iter().any(|i| i.is_empty()) {
            Diagnostic::new("N007", format!("`{name}` has no indices")).at(span, format!("`{shown}` asks for one")).help(format!("write `{name}`"))
        } else if !near.is_empty() {
            let why = if table.by_country { "there are several countries" } else { "it is a family" };
            Diagnostic::new("N008", format!("`{shown}` needs an index")).at(span, why).help(format!("write {}", near.join(" or ")))
        } else {
            let mut d = Diagnostic::new("N009", format!("there is no `{shown}`")).at(span, "no member of that index");
            d.help = self.near(&shown, || all.iter().map(String::as_str)).map(|s| format!("did you mean `{s}`?")).or_else(|| {
                (!all.is_empty()).then(|| format!("there are {}", all.iter().take(6).map(|s| format!("`{s}`")).collect::<Vec<_>>().join(", ")))
            });
            d
        };
        self.report(d)
    }

    /// A fresh symbol for the variable of a schedule.
    pub fn bound_symbol(&mut self, name: &str) -> Sym {
        let (display, latex) = naming::pretty(name);
        self.economy.new_sym(crate::system::SymInfo {
            name: format!("{name}'"),
            display,
            latex,
            meaning: "task".into(),
            role: crate::system::Role::Bound,
            quantity: crate::system::Quantity::Hidden,
            origin: None,
        })
    }

    /// The cost expression of an offshoring line in its task `i`: returns the task's symbol and the node.
    pub fn cost(&mut self, e: &Expr, scope: &Scope) -> Resolved<(Sym, NodeId)> {
        let var = self.bound_symbol("i");
        let v = self.economy.dag.sym(var);
        let node = self.expr(e, &scope.with("i".into(), Binding::Value(v)))?;
        Ok((var, node))
    }

    /// Complains about anything but parameters in an expression of a parameter, schedule or place.
    pub fn only_parameters(&mut self, node: NodeId, span: Span, of: &str) -> Resolved<()> {
        let symbols = self.economy.dag.symbols(&[node]);
        if let Some(&bad) = symbols.iter().find(|&&s| !self.economy.is_parametric(s)) {
            let name = self.economy.info(bad).name.clone();
            let help = if self.economy.info(bad).quantity == crate::system::Quantity::Variable {
                "markups and productivities of industries may follow a variable; elsewhere write an `equation` of your own"
            } else {
                "write it as a `let`, or as a `variable` with an `equation`"
            };
            return self.report(
                Diagnostic::new("N030", format!("{of} may only depend on parameters"))
                    .at(span, format!("`{name}` is determined by the equilibrium"))
                    .help(help),
            );
        }
        Ok(())
    }
}
