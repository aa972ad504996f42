//! Industries and households: who makes what where, and with which technology or taste.

use super::bounds::THINGS;
use super::names::What;
use super::resolve::{Binding, Reported, Scope};
use super::structure::{Builder, name_expr};
use super::{Demand, Household, Industry, Input, Nest, NestInput, Shape, ValueCheck, naming};
use crate::diag::Diagnostic;
use crate::expr::{Node, NodeId};
use crate::source::Span;
use crate::syntax::tree::{self, Expr, ExprKind, Form, FormKind, Kind, Name};
use crate::system::{Quantity, Role};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Named technologies may build on each other this deep.
const FORM_DEPTH: usize = 64;
/// Nests of one industry or household.
const NEST_LIMIT: usize = 10_000;

/// Who a form belongs to, for the names of its places.
struct Owner {
    /// Indices of its places: `[x]`, `[x, Home]`, `[demand]`.
    index: Vec<Arc<str>>,
    /// How messages call it.
    shown: String,
    /// In demand weights are normalised, and only goods stand.
    demand: bool,
}

impl Builder<'_> {
    /// The industries of every country, without their technologies.
    pub fn industries(&mut self) {
        for (d, scope) in self.declarations() {
            let Kind::Industry(ind) = &d.kind else { continue };
            for (name, country, s) in self.industry_members(ind, &scope) {
                let makes = match &ind.makes {
                    Some(g) => match self.resolver().element(&name_expr(g), &s) {
                        Ok(e) => (e, g.span),
                        Err(Reported) => continue,
                    },
                    None => (name.clone(), ind.head.span),
                };
                let Some(good) = self.economy.good_named(&makes.0) else {
                    let mut diag = Diagnostic::new("N032", format!("the industry `{name}` makes no declared good"))
                        .at(makes.1, format!("`{}` is not a good", makes.0));
                    diag.help = self
                        .near(&makes.0, || self.economy.goods.iter().map(|g| g.name.as_ref()))
                        .map(|n| format!("did you mean `{n}`?"))
                        .or_else(|| Some(format!("declare it: `good {}`, or say what the industry makes: `makes GOOD`", makes.0)));
                    self.report(diag);
                    continue;
                };
                if let Some(first) = self.economy.industry_named(&name, country).and_then(|j| self.economy.industries.get(j)) {
                    let diag =
                        Diagnostic::new("M030", format!("the industry `{name}` is declared twice in {}", self.economy.countries[country].name))
                            .at(ind.head.span, "again here")
                            .see(first.span, "declared here")
                            .help("an industry may differ by country: give each declaration its own `in COUNTRY`");
                    self.report(diag);
                    continue;
                }
                if !self.economy.names.entries.contains_key(&name) {
                    self.economy.names.order.push(name.clone());
                    let entry =
                        super::names::Entry { what: What::Industry, span: ind.head.span, declaration: d.clone(), prefix: scope.prefix.clone() };
                    self.economy.names.entries.insert(name.clone(), entry);
                }
                let zero = self.economy.dag.constant(0.0);
                self.economy.add_industry(Industry {
                    name,
                    label: ind.label.as_ref().map(|l| l.text.clone()),
                    country,
                    good,
                    form: Nest { name: None, shape: Shape::Leontief, sigma: zero, inputs: Vec::new(), span: ind.head.span },
                    productivity: None,
                    augmentations: Vec::new(),
                    markup: None,
                    span: ind.head.span,
                });
            }
        }
    }

    /// Name, country and scope of every industry that a declaration stands for.
    fn industry_members(&mut self, ind: &tree::Industry, scope: &Scope) -> Vec<(Arc<str>, usize, Scope)> {
        let mut out = Vec::new();
        let Ok(scopes) = self.resolver().members(ind.head.family.as_ref(), scope) else { return out };
        let mut members = scopes.len();
        for s in scopes {
            let mut elements = s.elements();
            let name = match &ind.head.name {
                Some(n) => self.economy.names.full_name(&n.text, scope.prefix.as_deref()),
                None if !elements.is_empty() => elements.remove(0),
                None => continue,
            };
            // A second index of the family is the country.
            let mut countries: Vec<Name> = ind.countries.clone();
            if let Some(r) = elements.last() {
                if elements.len() > 1 || !countries.is_empty() {
                    self.report(
                        Diagnostic::new("M031", format!("the industry `{name}` has too many indices"))
                            .at(ind.head.span, "an industry is indexed by itself and its country"),
                    );
                    continue;
                }
                countries = vec![Name { text: r.clone(), span: ind.head.span, quoted: false }];
            }
            let here = if countries.is_empty() { self.economy.index.inside } else { countries.len() };
            let all = (self.economy.industries.len() + out.len()).saturating_add(members.saturating_mul(here));
            if all > THINGS {
                self.refuse(all, "industries", THINGS, ind.head.span);
                return Vec::new();
            }
            members -= 1;
            if countries.is_empty() {
                out.extend(self.economy.inside().map(|r| (name.clone(), r, s.clone())));
                continue;
            }
            for c in &countries {
                let Ok(element) = self.resolver().element(&name_expr(c), &s) else { continue };
                if let Some(r) = self.country(&element, c.span) {
                    if self.economy.countries[r].outside {
                        let diag = Diagnostic::new("M032", format!("{element} is outside the model, so it has no industries"))
                            .at(c.span, "an outside country only gives prices")
                            .help("leave out `outside` to model it");
                        self.report(diag);
                        continue;
                    }
                    out.push((name.clone(), r, s.clone()));
                }
            }
        }
        out
    }

    /// The country of that name, or a diagnostic.
    pub fn country(&mut self, name: &str, span: Span) -> Option<usize> {
        let found = self.economy.country_named(name);
        if found.is_none() {
            let mut d = Diagnostic::new("N033", format!("`{name}` is not a country")).at(span, "a country is needed here");
            d.help = self
                .near(name, || self.economy.countries.iter().map(|c| c.name.as_ref()))
                .map(|n| format!("did you mean `{n}`?"))
                .or_else(|| Some(format!("declare it: `country {name} {{ … }}`")));
            self.report(d);
        }
        found
    }

    /// How many declarations describe industries of that name: places need the country only where there are several.
    fn declared(&self) -> FxHashMap<Arc<str>, usize> {
        let mut last: FxHashMap<Arc<str>, (Span, usize)> = FxHashMap::default();
        for i in &self.economy.industries {
            let entry = last.entry(i.name.clone()).or_insert((i.span, 1));
            if entry.0 != i.span {
                *entry = (i.span, entry.1 + 1);
            }
        }
        last.into_iter().map(|(name, (_, n))| (name, n)).collect()
    }

    /// The model's own factors with weights, as a technology to start from.
    fn some_inputs(&self) -> String {
        let list: Vec<String> = self.economy.factors.iter().take(3).map(|f| format!("{}: 1", naming::element(&f.name))).collect();
        if list.is_empty() { "INPUT: WEIGHT, …".to_string() } else { list.join(", ") }
    }

    pub fn technologies(&mut self) {
        let declared = self.declared();
        for (d, scope) in self.declarations() {
            let Kind::Industry(ind) = &d.kind else { continue };
            let Some(form) = &ind.technology else {
                let help = format!("add `technology ces(0.5) normalized {{ {} }}`", self.some_inputs());
                self.report(Diagnostic::new("M033", "an industry without technology").at(ind.head.span, "nothing says how it produces").help(help));
                continue;
            };
            // By index: technology, productivity, that of factors, markup.
            type Shared = (Nest, Option<crate::expr::Sym>, Vec<(usize, crate::expr::Sym)>, Option<crate::expr::Sym>);
            let mut shared: FxHashMap<Vec<Arc<str>>, Shared> = FxHashMap::default();
            for (name, country, s) in self.industry_members_quiet(ind, &scope) {
                let Some(j) = self.economy.industry_named(&name, country).filter(|j| self.economy.industries[*j].span == ind.head.span) else {
                    continue;
                };
                let by_country = declared.get(&name) != Some(&1) || s.elements().len() > 1;
                let mut index = vec![name.clone()];
                if by_country {
                    index.push(self.economy.countries[country].name.clone());
                }
                // One declaration in several countries has one set of places.
                if let Some((nest, productivity, augmentations, markup)) = shared.get(&index) {
                    if !self.has_room(1, inputs_of(nest), ind.head.span) {
                        return;
                    }
                    let (nest, productivity, augmentations, markup) = (nest.clone(), *productivity, augmentations.clone(), *markup);
                    let i = &mut self.economy.industries[j];
                    (i.form, i.productivity, i.augmentations, i.markup) = (nest, productivity, augmentations, markup);
                    continue;
                }
                let owner = Owner { index: index.clone(), shown: format!("industry {name}"), demand: false };
                let Some(nest) = self.form(form, &s, &owner, &[], None, 0) else { continue };
                let productivity = ind.productivity.as_ref().and_then(|p| {
                    let node = self.resolver().expr(p, &s).ok()?;
                    if !self.is_parametric(node) {
                        self.only_variables(node, p.span, &name)?;
                        let name = naming::indexed(self.place_word("productivity", "efficiency"), &index);
                        return Some(self.place_node(name, Quantity::Flow, node, p.span, &format!("productivity of {}", index[0])));
                    }
                    let sym = self.industry_place("productivity", "efficiency", &index, p, &s, "productivity of")?;
                    self.check(sym, Demand::Positive, p.span, format!("the productivity of `{name}`"));
                    Some(sym)
                });
                let markup = ind.markup.as_ref().and_then(|m| self.markup(&index, m, &s, &name));
                let augmentations = self.augmentations(&ind.augmentations, &index, &format!("`{name}`"), index.len() > 1, &s);
                shared.insert(index, (nest.clone(), productivity, augmentations.clone(), markup));
                let i = &mut self.economy.industries[j];
                (i.form, i.productivity, i.augmentations, i.markup) = (nest, productivity, augmentations, markup);
            }
        }
        self.specific_factors();
    }

    fn industry_members_quiet(&mut self, ind: &tree::Industry, scope: &Scope) -> Vec<(Arc<str>, usize, Scope)> {
        let before = std::mem::take(&mut self.diagnostics);
        let members = self.industry_members(ind, scope);
        self.diagnostics = before;
        members
    }

    fn industry_place(
        &mut self,
        short: &'static str,
        long: &'static str,
        index: &[Arc<str>],
        value: &Expr,
        s: &Scope,
        meaning: &str,
    ) -> Option<crate::expr::Sym> {
        let word = self.place_word(short, long);
        let name = naming::indexed(word, index);
        let sym = self.place(name, Quantity::Place, value, s, &format!("{meaning} {}", index[0]), false)?;
        self.enter(word, index.to_vec(), sym, index.len() > 1);
        Some(sym)
    }

    /// Complains where a productivity names a quantity that conditions of the economy determine: with its own variables, which have equations
    /// beside them, theory claims nothing of the economy that such a technology would break.
    fn only_variables(&mut self, node: crate::expr::NodeId, span: Span, industry: &str) -> Option<()> {
        let own = |b: &Self, x: &crate::expr::Sym| b.economy.is_parametric(*x) || b.economy.variables.iter().any(|v| v.sym == *x);
        let symbols = self.economy.dag.symbols(&[node]);
        let Some(bad) = symbols.iter().find(|x| !own(self, x)) else { return Some(()) };
        let quantity = self.economy.info(*bad).name.clone();
        let d = Diagnostic::new("N030", format!("the productivity of `{industry}` may depend on parameters and on variables of the file"))
            .at(span, format!("`{quantity}` is determined by the economy's own conditions"))
            .help(format!("declare a variable for it, `variable v` with `equation follow: v = {quantity}`, and name `v` here"));
        self.diagnostics.push(d);
        None
    }

    /// Whether an expression follows parameters only.
    fn is_parametric(&self, node: crate::expr::NodeId) -> bool {
        self.economy.dag.symbols(&[node]).iter().all(|&x| self.economy.is_parametric(x))
    }

    /// A markup may name anything: what is no parameter is a definition of its own.
    fn markup(&mut self, index: &[Arc<str>], value: &Expr, s: &Scope, name: &str) -> Option<crate::expr::Sym> {
        let word = self.place_word("markup", "price_markup");
        let node = self.resolver().expr(value, s).ok()?;
        let sym = match self.economy.dag.node(node) {
            Node::Sym(sym) => *sym,
            _ => {
                let quantity = if self.is_parametric(node) { Quantity::Place } else { Quantity::Flow };
                self.place_node(naming::indexed(word, index), quantity, node, value.span, &format!("markup of {name}"))
            }
        };
        self.enter(word, index.to_vec(), sym, index.len() > 1);
        if self.economy.is_parametric(sym) {
            self.check(sym, Demand::Positive, value.span, format!("the markup of `{name}`"));
        }
        Some(sym)
    }

    fn specific_factors(&mut self) {
        let mut found = Vec::new();
        for ind in &self.economy.industries {
            for f in factors_of(&ind.form) {
                let factor = &self.economy.factors[f];
                if let Some(own) = &factor.specific
                    && *own != ind.name
                {
                    found.push((factor.clone(), ind.clone()));
                }
            }
        }
        for (factor, ind) in found {
            let own = factor.specific.clone().unwrap_or_default();
            let d = Diagnostic::new("M034", format!("`{}` is specific to `{own}`", factor.name))
                .at(ind.form.span, format!("`{}` uses it too", ind.name))
                .see(factor.span, "declared specific here")
                .help("drop `specific to`, or give this industry a factor of its own");
            self.report(d);
        }
    }

    pub fn households(&mut self) {
        self.economy.households = vec![None; self.economy.countries.len()];
        let mut general: Option<Span> = None;
        // Demands that name countries hold for them; one without holds for the rest.
        for named in [true, false] {
            for (d, scope) in self.declarations() {
                let Kind::Demand { form, countries } = &d.kind else { continue };
                if countries.is_empty() == named {
                    continue;
                }
                let targets: Vec<usize> = if named {
                    countries
                        .iter()
                        .filter_map(|c| self.country(&c.text, c.span).map(|r| (r, c.span)))
                        .collect::<Vec<_>>()
                        .into_iter()
                        .filter_map(|(r, span)| self.household_place(r, span))
                        .collect()
                } else {
                    if let Some(first) = general {
                        self.report(
                            Diagnostic::new("M035", "two demands for the same households")
                                .at(form.span, "again here")
                                .see(first, "declared here")
                                .help("say `in COUNTRY` where tastes differ"),
                        );
                        continue;
                    }
                    general = Some(form.span);
                    self.economy.inside().filter(|&r| self.economy.households[r].is_none()).collect()
                };
                let mut index: Vec<Arc<str>> = vec!["demand".into()];
                if named {
                    index.extend(countries.first().map(|c| c.text.clone()));
                }
                let owner = Owner { index, shown: "demand".into(), demand: true };
                let Some(nest) = self.form(form, &scope, &owner, &[], None, 0) else { continue };
                if !self.has_room(targets.len(), inputs_of(&nest), form.span) {
                    return;
                }
                for r in targets {
                    self.economy.households[r] = Some(Household { form: nest.clone(), span: form.span });
                }
            }
        }
    }

    fn household_place(&mut self, r: usize, span: Span) -> Option<usize> {
        let name = self.economy.countries[r].name.clone();
        if self.economy.countries[r].outside {
            self.report(
                Diagnostic::new("M036", format!("{name} is outside the model, so it has no household"))
                    .at(span, "it spends its earnings at the given prices"),
            );
            return None;
        }
        if let Some(h) = &self.economy.households[r] {
            let first = h.span;
            self.report(
                Diagnostic::new("M035", "two demands for the same household")
                    .at(span, format!("again for {name}"))
                    .see(first, "declared here")
                    .help("keep one of them"),
            );
            return None;
        }
        Some(r)
    }

    /// Resolves a form; `path` names the nests above, `name` this one.
    fn form(&mut self, form: &Form, scope: &Scope, owner: &Owner, path: &[Arc<str>], name: Option<Arc<str>>, depth: usize) -> Option<Nest> {
        self.nests = if depth == 0 { 1 } else { self.nests + 1 };
        if self.nests > NEST_LIMIT {
            if self.nests == NEST_LIMIT + 1 {
                let d = Diagnostic::new("N012", format!("{} has more than {NEST_LIMIT} nests", owner.shown));
                self.report(d.at(form.span, "its technologies multiply from one level to the next").help("build it from fewer nests"));
            }
            return None;
        }
        if depth > FORM_DEPTH {
            self.report(Diagnostic::new("N027", "a technology is defined by itself").at(form.span, "a definition may not lead back to itself"));
            return None;
        }
        match &form.kind {
            FormKind::Named { name: tech, arguments } => {
                let full = self.economy.names.full_name(&tech.text, scope.prefix.as_deref());
                let entry = self.economy.names.entries.get(&full).cloned();
                let Some((Kind::Technology { arguments: names, form: body, .. }, entry)) = entry.as_ref().map(|e| (&e.declaration.kind, e)) else {
                    let mut d = Diagnostic::new("N034", format!("`{}` is not a technology", tech.text)).at(tech.span, "a form is needed here");
                    d.help = self
                        .economy
                        .names
                        .suggest(&tech.text, &["leontief", "cobb_douglas", "ces", "general"])
                        .map(|s| format!("did you mean `{s}`?"))
                        .or_else(|| Some("write `leontief {…}`, `cobb_douglas {…}` or `ces(0.5) {…}`".into()));
                    self.report(d);
                    return None;
                };
                if names.len() != arguments.len() {
                    self.report(
                        Diagnostic::new("N026", format!("`{}` takes {} arguments, not {}", tech.text, names.len(), arguments.len()))
                            .at(form.span, "used here"),
                    );
                    return None;
                }
                let mut inner = Scope::in_file(entry.prefix.clone());
                for (n, a) in names.iter().zip(arguments) {
                    let binding = self.argument(a, scope)?;
                    inner.bound.push((n.text.clone(), binding));
                }
                self.form(body, &inner, owner, path, name, depth + 1)
            }
            FormKind::Nest { shape, normalized, inputs } => self.nest(form, shape, *normalized, inputs, scope, owner, path, name, depth),
        }
    }

    /// An argument of a technology: a number, an index, or the name of an input.
    fn argument(&mut self, a: &Expr, scope: &Scope) -> Option<Binding> {
        if let ExprKind::Name(n) = &a.bare().kind {
            let bound = scope.bound.iter().rev().find(|(b, _)| *b == n.text).map(|(_, b)| b.clone());
            if let Some(b) = bound {
                return Some(b);
            }
            let what = self.economy.names.lookup(&n.text, scope.prefix.as_deref()).map(|(_, e)| e.what.clone());
            if matches!(what, Some(What::Factor | What::Good | What::Industry | What::Country)) {
                return Some(Binding::Element(n.text.clone()));
            }
        }
        self.resolver().expr(a, scope).ok().map(Binding::Value)
    }

    #[allow(clippy::too_many_arguments)]
    fn nest(
        &mut self,
        form: &Form,
        shape: &tree::Shape,
        normalized: bool,
        inputs: &[tree::Input],
        scope: &Scope,
        owner: &Owner,
        path: &[Arc<str>],
        name: Option<Arc<str>>,
        depth: usize,
    ) -> Option<Nest> {
        let (kind, sigma) = match shape {
            tree::Shape::Leontief => (Shape::Leontief, self.economy.dag.constant(0.0)),
            tree::Shape::CobbDouglas => (Shape::CobbDouglas, self.economy.dag.constant(1.0)),
            tree::Shape::Ces(e) | tree::Shape::General(e) => {
                let word = self.place_word("sigma", "substitution_elasticity");
                let index: Vec<Arc<str>> = owner.index[..1].iter().chain(path).chain(&owner.index[1..]).cloned().collect();
                let place = naming::indexed(word, &index);
                let sym = self.place(place, Quantity::Place, e, scope, &format!("elasticity of substitution in {}", owner.shown), false)?;
                self.enter(word, index, sym, owner.index.len() > 1);
                self.check(sym, Demand::NonNegative, e.span, format!("the elasticity of substitution of {}", owner.shown));
                let kind = if matches!(shape, tree::Shape::General(_)) { Shape::General } else { Shape::Ces };
                (kind, self.economy.dag.sym(sym))
            }
        };
        let mut list: Vec<NestInput> = Vec::new();
        let mut failed = false;
        for input in inputs {
            let Ok(scopes) = self.resolver().members(input.family.as_ref(), scope) else {
                failed = true;
                continue;
            };
            for s in scopes {
                match self.input(input, &s, owner, path, kind, depth) {
                    Some((key, found)) => {
                        if list.iter().any(|i| self.key_of(i) == key) {
                            self.report(
                                Diagnostic::new("M037", format!("`{key}` stands twice in this nest"))
                                    .at(input.span, "again here")
                                    .help("add the weights and keep one"),
                            );
                            failed = true;
                            continue;
                        }
                        list.push(found);
                    }
                    None => failed = true,
                }
            }
        }
        if failed {
            return None;
        }
        if list.is_empty() {
            self.report(
                Diagnostic::new("M038", "this nest has no inputs")
                    .at(form.span, "nothing is used")
                    .help("name factors or goods with their weights: `{ L: 0.4, H: 0.6 }`"),
            );
            return None;
        }
        self.weights(form, kind, normalized || owner.demand, sigma, &mut list, owner);
        Some(Nest { name, shape: kind, sigma, inputs: list, span: form.span })
    }

    /// Normalises weights, or demands that they sum to 1 where the form needs it.
    fn weights(&mut self, form: &Form, kind: Shape, normalized: bool, sigma: NodeId, list: &mut [NestInput], owner: &Owner) {
        let weights: Vec<NodeId> = list.iter().map(|i| i.weight).collect();
        for i in list.iter() {
            let subject = format!("the weight of {} in {}", self.key_of(i), owner.shown);
            self.economy.checks.push(ValueCheck { sym: None, node: i.weight, what: Demand::NonNegative, span: i.span, subject });
        }
        if kind != Shape::General {
            let node = self.economy.dag.sum(&weights);
            let subject = format!("the sum of the weights of {}", owner.shown);
            self.economy.checks.push(ValueCheck { sym: None, node, what: Demand::Positive, span: form.span, subject });
        }
        if normalized && kind != Shape::Leontief {
            let total = self.economy.dag.sum(&weights);
            for i in list.iter_mut() {
                i.weight = self.economy.dag.div(i.weight, total);
            }
        } else if matches!(kind, Shape::CobbDouglas | Shape::Ces) {
            let node = self.economy.dag.sum(&weights);
            self.economy.checks.push(ValueCheck {
                sym: None,
                node,
                what: Demand::SumsToOne { weights, sigma },
                span: form.span,
                subject: owner.shown.clone(),
            });
        }
    }

    fn key_of(&self, i: &NestInput) -> Arc<str> {
        match &i.what {
            Input::Factor(f) => self.economy.factors[*f].name.clone(),
            Input::Good(g) => self.economy.goods[*g].name.clone(),
            Input::Nest(n) => n.name.clone().unwrap_or_default(),
        }
    }

    fn input(
        &mut self,
        input: &tree::Input,
        s: &Scope,
        owner: &Owner,
        path: &[Arc<str>],
        parent: Shape,
        depth: usize,
    ) -> Option<(Arc<str>, NestInput)> {
        let key = self.resolver().element(&input.key, s).ok()?;
        let factor = self.economy.factor_named(&key);
        let good = self.economy.good_named(&key);
        let mut weight = input.weight.as_ref();
        // A technology by its name, with or without a weight in front, is a nest.
        let mut named: Option<Form> = None;
        let rest: Option<Expr>;
        if input.nest.is_none()
            && let Some((form, left)) = weight.and_then(|w| self.split_named(w, s))
        {
            named = Some(form);
            rest = left;
            weight = rest.as_ref();
        }
        let nest = input.nest.as_ref().or(named.as_ref());
        let what = if let Some(form) = nest {
            if factor.is_some() || good.is_some() {
                self.report(
                    Diagnostic::new("M039", format!("`{key}` names a nest and {}", if factor.is_some() { "a factor" } else { "a good" }))
                        .at(input.key.span, "a nest needs a name of its own")
                        .help("rename the nest"),
                );
                return None;
            }
            let below: Vec<Arc<str>> = path.iter().cloned().chain([key.clone()]).collect();
            Input::Nest(Box::new(self.form(form, s, owner, &below, Some(key.clone()), depth + 1)?))
        } else if let (Some(f), false) = (factor, owner.demand) {
            Input::Factor(f)
        } else if let Some(g) = good {
            Input::Good(g)
        } else {
            let why = if factor.is_some() { "a household demands goods, not factors" } else { "neither a factor nor a good" };
            let code = if factor.is_some() { "M040" } else { "N035" };
            let known: Vec<Arc<str>> = self
                .economy
                .factors
                .iter()
                .map(|f| f.name.clone())
                .filter(|_| !owner.demand)
                .chain(self.economy.goods.iter().map(|g| g.name.clone()))
                .collect();
            let mut d = Diagnostic::new(code, format!("`{key}` cannot be an input of {}", owner.shown)).at(input.key.span, why);
            d.help = self.near(&key, || known.iter().map(|k| k.as_ref())).map(|n| format!("did you mean `{n}`?"));
            self.report(d);
            return None;
        };
        let place: Vec<Arc<str>> = owner.index[..1].iter().chain(path).chain([&key]).chain(&owner.index[1..]).cloned().collect();
        let word = self.place_word("weight", "input_weight");
        let name = naming::indexed(word, &place);
        let weight = match weight {
            Some(w) => {
                let sym = self.place(name, Quantity::Place, w, s, &format!("weight of {key} in {}", owner.shown), false)?;
                self.enter(word, place, sym, owner.index.len() > 1);
                self.economy.dag.sym(sym)
            }
            None if parent == Shape::General => {
                let info = super::parameter_info(
                    name,
                    Quantity::Hidden,
                    Role::Parameter(f64::NAN),
                    format!("weight of {key} in {}", owner.shown),
                    Some(input.span),
                );
                let sym = self.economy.new_sym(info);
                self.economy.dag.sym(sym)
            }
            None if parent == Shape::CobbDouglas => {
                self.report(
                    Diagnostic::new("M041", format!("`{key}` needs a weight"))
                        .at(input.span, "a Cobb–Douglas form has exponents that sum to 1")
                        .help(format!("write `{key}: 0.5`, or `{key}: 0.5 * ces(…) {{…}}` for a nest")),
                );
                return None;
            }
            None => self.economy.dag.constant(1.0),
        };
        Some((key, NestInput { weight, what, span: input.span }))
    }

    /// Splits `0.7 * value_added(2)` into its weight and the technology that it ends in.
    fn split_named(&self, e: &Expr, scope: &Scope) -> Option<(Form, Option<Expr>)> {
        let technology = |e: &Expr| -> Option<Form> {
            let (name, arguments) = match &e.bare().kind {
                ExprKind::Name(n) => (n.clone(), Vec::new()),
                ExprKind::Call(n, args) => (n.clone(), args.clone()),
                _ => return None,
            };
            let (_, entry) = self.economy.names.lookup(&name.text, scope.prefix.as_deref())?;
            (entry.what == What::Technology).then_some(Form { span: e.span, kind: FormKind::Named { name, arguments } })
        };
        if let Some(form) = technology(e) {
            return Some((form, None));
        }
        let ExprKind::Product(factors) = &e.bare().kind else { return None };
        let ((false, last), rest) = factors.split_last()? else { return None };
        let form = technology(last)?;
        let span = rest.first()?.1.span.to(rest.last()?.1.span);
        let weight = match rest {
            [(false, one)] => one.clone(),
            _ => Expr { span, kind: ExprKind::Product(rest.to_vec()) },
        };
        Some((form, Some(weight)))
    }
}

/// The factors that a nest uses, each once.
pub fn factors_of(nest: &Nest) -> Vec<usize> {
    distinct(nest, |i| if let Input::Factor(f) = i { Some(*f) } else { None })
}

/// Inputs of a nest, those of its nests included.
fn inputs_of(nest: &Nest) -> usize {
    let mut count = 0;
    collect(nest, &mut |_| count += 1);
    count
}

/// The goods that a nest uses, each once.
pub fn goods_of(nest: &Nest) -> Vec<usize> {
    distinct(nest, |i| if let Input::Good(g) = i { Some(*g) } else { None })
}

fn distinct(nest: &Nest, pick: impl Fn(&Input) -> Option<usize>) -> Vec<usize> {
    let mut seen = rustc_hash::FxHashSet::default();
    let mut out = Vec::new();
    collect(nest, &mut |i| out.extend(pick(i).filter(|k| seen.insert(*k))));
    out
}

fn collect(nest: &Nest, f: &mut impl FnMut(&Input)) {
    for i in &nest.inputs {
        f(&i.what);
        if let Input::Nest(n) = &i.what {
            collect(n, f);
        }
    }
}
