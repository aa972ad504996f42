//! Builds the economy: names first, then sets and members, then values, then everything that may name quantities.

use super::names::{Entry, Names, Table, What};
use super::resolve::{Reported, Resolver, Scope};
use super::{Country, Demand, Economy, Factor, Good, Key, ValueCheck, bounds, load, naming};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::{NodeId, Sym};
use crate::source::Span;
use crate::syntax::tree::{Declaration, Expr, ExprKind, Head, Kind, Members, Name};
use crate::system::{Quantity, Role};
use std::sync::Arc;
use unicode_security::mixed_script::AugmentedScriptSet;

/// The passes over one program.
pub struct Builder<'p> {
    pub program: &'p load::Program,
    pub economy: Economy,
    pub diagnostics: Diagnostics,
    /// Cost expressions of task lines, resolved once all names have symbols.
    pub pending_costs: Vec<super::tasks::Pending>,
    /// Some declaration of the economy's structure is broken: what it would have brought is not missed a second time.
    pub incomplete: bool,
    /// Something was refused for its size: what follows from its absence is no news.
    pub refused: bool,
    /// Some good is told apart by origin or bears a border.
    pub between: bool,
    /// Nests of the form being resolved, so that technologies that double at every level end.
    pub nests: usize,
}

pub fn build(program: &load::Program) -> (Economy, Diagnostics) {
    let (program, wrong) = super::data::filled(program);
    let incomplete = program.diagnostics.has_errors() || !wrong.is_empty();
    let mut diagnostics = Diagnostics::default();
    wrong.into_iter().for_each(|d| diagnostics.push(d));
    let mut b = Builder {
        program: &program,
        economy: Economy::default(),
        diagnostics,
        pending_costs: Vec::new(),
        incomplete,
        refused: false,
        between: program.declarations.iter().any(|l| match &l.declaration.kind {
            Kind::Border(_) => true,
            Kind::Good(g) => g.differentiated.is_some(),
            _ => false,
        }),
        nests: 0,
    };
    b.names();
    b.sets();
    b.look_alikes();
    b.countries();
    b.factors();
    b.goods();
    b.bordered_goods();
    if b.too_large() {
        return (Economy::default(), b.diagnostics);
    }
    b.members();
    b.industries();
    b.task_lines();
    if b.too_large() {
        return (Economy::default(), b.diagnostics);
    }
    b.prices();
    b.places_of_countries();
    b.parameter_values();
    b.origins();
    b.borders();
    b.task_borders();
    b.technologies();
    b.augmented_tasks();
    b.households();
    if b.refused {
        return (Economy::default(), b.diagnostics);
    }
    b.task_costs();
    b.incomplete |= b.diagnostics.has_errors();
    b.items();
    b.bodies();
    b.structural_checks();
    (b.economy, b.diagnostics)
}

impl<'p> Builder<'p> {
    pub fn resolver(&mut self) -> Resolver<'_> {
        Resolver { economy: &mut self.economy, diagnostics: &mut self.diagnostics }
    }

    /// The name nearest to a misspelt one, while there is still use for it.
    pub fn near<'a, I: Iterator<Item = &'a str>>(&self, name: &str, among: impl FnOnce() -> I) -> Option<String> {
        if self.diagnostics.is_full() { None } else { super::names::nearest(name, among()) }
    }

    pub fn report(&mut self, d: Diagnostic) {
        self.diagnostics.push(d);
    }

    /// All declarations with the scope of their file.
    pub fn declarations(&self) -> impl Iterator<Item = (&'p Arc<Declaration>, Scope)> + use<'p> {
        self.program.declarations.iter().map(|l| (&l.declaration, Scope::in_file(l.prefix.clone())))
    }

    fn names(&mut self) {
        for loaded in &self.program.declarations {
            let d = &loaded.declaration;
            let mut add = |name: &Name, what: What| self.declare(name, what, d, &loaded.prefix);
            match &d.kind {
                Kind::Model { name, label } => {
                    let at = self.economy.span;
                    if let Some(first) = at {
                        self.report(Diagnostic::new("N041", "a file has one model").at(name.span, "a second name").see(first, "already named here"));
                    }
                    self.economy.name = Some(name.text.clone());
                    self.economy.label = label.as_ref().map(|l| l.text.clone());
                    self.economy.span = Some(name.span);
                    if let Some(doc) = &d.doc {
                        self.economy.docs.insert(name.text.clone(), doc.clone());
                    }
                }
                Kind::Import { .. } => {}
                Kind::Parameter { name, .. } => head_name(name).into_iter().for_each(|n| add(n, What::Parameter)),
                Kind::Set { name, .. } => add(name, What::Set),
                Kind::Function { name, .. } => add(name, What::Function),
                Kind::Technology { name, .. } => add(name, What::Technology),
                Kind::Schedule { name, .. } => add(name, What::Schedule),
                Kind::Country(c) => head_name(&c.head).into_iter().for_each(|n| add(n, What::Country)),
                Kind::Factor { name, price, .. } => {
                    head_name(name).into_iter().for_each(|n| add(n, What::Factor));
                    price.iter().for_each(|p| add(p, What::FactorPrice));
                }
                Kind::Tasks(t) => {
                    add(&t.name, What::Tasks);
                    let mut seen: rustc_hash::FxHashSet<&str> = Default::default();
                    let named = t.lines.iter().flat_map(|l| [(&l.margin, What::Margin), (&l.bill, What::Bill)]);
                    for (n, what) in named.chain([(&t.margin, What::Margin), (&t.bill, What::Bill)]) {
                        let Some(n) = n else { continue };
                        // Lines of one task set may share the name of their margins, which then has indices.
                        if seen.insert(n.text.as_ref()) {
                            add(n, what);
                        }
                    }
                }
                Kind::Good(g) => {
                    head_name(&g.head).into_iter().for_each(|n| add(n, What::Good));
                    if let Some(s) = g.price.as_ref().and_then(|p| p.symbol.as_ref()) {
                        add(s, What::GoodPrice);
                    }
                }
                Kind::Industry(i) => head_name(&i.head).into_iter().for_each(|n| add(n, What::Industry)),
                Kind::Variable { name, .. } => head_name(name).into_iter().for_each(|n| add(n, What::Variable)),
                Kind::Let { name, .. } => head_name(name).into_iter().for_each(|n| add(n, What::Let)),
                Kind::Equation { name, .. } => head_name(name).into_iter().for_each(|n| add(n, What::Equation)),
                Kind::Shock { name, .. } => add(name, What::Shock),
                Kind::Sweep { name, .. } => add(name, What::Sweep),
                Kind::Demand { .. } | Kind::Numeraire { .. } | Kind::Report { .. } | Kind::Channels { .. } | Kind::Assume { .. } => {}
                Kind::Border(_) => {}
            }
        }
    }

    fn declare(&mut self, name: &Name, what: What, declaration: &Arc<Declaration>, prefix: &Option<Arc<str>>) {
        let full: Arc<str> = match prefix {
            Some(p) => format!("{p}.{}", name.text).into(),
            None => name.text.clone(),
        };
        if let Some(doc) = &declaration.doc {
            self.economy.docs.insert(full.clone(), doc.clone());
        }
        let names = &mut self.economy.names;
        if let Some(first) = names.entries.get(&full) {
            let pair = (&first.what, &what);
            // An industry is named after its good, and may be declared once a country.
            match pair {
                (What::Good, What::Industry) | (What::Industry, What::Industry) => return,
                (What::Industry, What::Good) => {}
                _ => {
                    let d = Diagnostic::new("N040", format!("`{full}` is declared twice"))
                        .at(name.span, format!("declared as {} here", what.word()))
                        .see(first.span, format!("and as {} here", first.what.word()))
                        .help("all kinds of names share one namespace: rename one (only a good and its industry may share a name)");
                    self.diagnostics.push(d);
                    return;
                }
            }
        }
        let twin = naming::greek_word(&full).map(str::to_string).or_else(|| naming::greek_letter(&full).map(str::to_string));
        if let Some((twin, entry)) = twin.and_then(|t| names.entries.get_key_value(t.as_str())) {
            let d = Diagnostic::new("N042", format!("`{full}` and `{twin}` are two names"))
                .at(name.span, "a name of its own")
                .see(entry.span, "different from this one")
                .help("a Greek letter and its word are not the same name; keep one of them");
            self.diagnostics.push(d);
        }
        let means = |name: &str| super::builtins::NAMES.contains(&name) && (self.between || !super::builtins::BETWEEN.contains(&name));
        // What is no number leaves the built-in to those who index it.
        let hides =
            !matches!(what, What::Good | What::Industry | What::Country | What::Set | What::Tasks | What::Equation | What::Shock | What::Sweep);
        if means(&full) && hides {
            let long = super::builtins::long_name(&full);
            let d = Diagnostic::new("N043", format!("`{full}` hides the built-in quantity of that name"))
                .at(name.span, "your own from here on")
                .help(match long {
                    Some(l) => format!("the built-in stays reachable as `{l}[…]`"),
                    None => "rename yours to keep the built-in".to_string(),
                });
            self.diagnostics.push(d);
        }
        if !names.entries.contains_key(&full) {
            names.order.push(full.clone());
        }
        names.entries.insert(full, Entry { what, span: name.span, declaration: declaration.clone(), prefix: prefix.clone() });
    }

    fn sets(&mut self) {
        for (d, scope) in self.declarations() {
            let Kind::Set { name, elements, ordered } = &d.kind else { continue };
            let full = self.economy.names.full_name(&name.text, scope.prefix.as_deref());
            let mut list: Vec<Arc<str>> = Vec::new();
            let mut seen = rustc_hash::FxHashSet::default();
            let none = Vec::new();
            // A column that could not be read was told of.
            let (elements, read) = match elements {
                Members::Listed(elements) => (elements, true),
                Members::Loaded(_) => (&none, false),
            };
            for e in elements {
                if !seen.insert(e.text.clone()) {
                    self.report(
                        Diagnostic::new("N044", format!("`{}` stands twice in the set `{full}`", e.text)).at(e.span, "again here").help("remove one"),
                    );
                    continue;
                }
                list.push(e.text.clone());
            }
            if list.is_empty() && read {
                self.report(Diagnostic::new("N045", format!("the set `{full}` is empty")).at(name.span, "no elements").help("give it at least one"));
            }
            self.economy.names.elements.extend(list.iter().cloned());
            if *ordered {
                self.economy.names.ordered.insert(full.clone(), super::names::Order::of(&list));
            }
            self.economy.names.sets.insert(full, list);
        }
    }

    /// Warns of names that only their letters' scripts tell apart. Greek letters are at home in formulas and print unlike the Latin ones.
    fn look_alikes(&mut self) {
        let names = &self.economy.names;
        let declared = names.order.iter().filter_map(|n| names.entries.get(n).map(|e| (n.clone(), e.span)));
        let mut all: Vec<(Arc<str>, Span)> = declared.collect();
        for (d, _) in self.declarations() {
            if let Kind::Set { elements: Members::Listed(elements), .. } = &d.kind {
                all.extend(elements.iter().map(|e| (e.text.clone(), e.span)));
            }
        }
        if all.iter().all(|(n, _)| n.is_ascii()) {
            return;
        }
        let mut seen: rustc_hash::FxHashMap<String, (Arc<str>, Span)> = Default::default();
        for (name, span) in all {
            let own: String = name
                .chars()
                .map(|c| {
                    naming::greek_name(c)
                        .map_or(c, |w| char::from_u32(GREEK + naming::greek().position(|g| g.0 == w).unwrap_or(0) as u32).unwrap_or(c))
                })
                .collect();
            let shape: String = unicode_security::confusable_detection::skeleton(&own).collect();
            let (first, at) = seen.entry(shape).or_insert_with(|| (name.clone(), span)).clone();
            let mut scripts = AugmentedScriptSet::for_str(&first);
            scripts.intersect_with(AugmentedScriptSet::for_str(&name));
            if first != name && scripts.is_empty() {
                let d = Diagnostic::new("N048", format!("`{name}` and `{first}` look alike and are two names"))
                    .at(span, "letters of another script")
                    .see(at, "than here")
                    .help("rename one of them");
                self.report(d);
            }
        }
    }

    /// The members of a declaration whose members are the elements themselves, or the one it names.
    pub fn elements(&mut self, head: &Head, scope: &Scope) -> Vec<(Arc<str>, Scope)> {
        let Ok(scopes) = self.resolver().members(head.family.as_ref(), scope) else { return Vec::new() };
        match &head.name {
            Some(n) => {
                let full = self.economy.names.full_name(&n.text, scope.prefix.as_deref());
                scopes.into_iter().map(|s| (naming::indexed(&full, &s.elements()).into(), s)).collect()
            }
            None => scopes.into_iter().filter_map(|s| s.elements().first().cloned().map(|e| (e, s))).collect(),
        }
    }

    fn countries(&mut self) {
        for (d, scope) in self.declarations() {
            let Kind::Country(c) = &d.kind else { continue };
            for (name, _) in self.elements(&c.head, &scope) {
                if !self.unique(&name, &c.head, d, What::Country) {
                    continue;
                }
                self.economy.add_country(Country {
                    name,
                    label: c.label.as_ref().map(|l| l.text.clone()),
                    mark: c.mark.as_ref().map(|m| m.text.clone()),
                    outside: c.outside,
                    span: c.head.span,
                    endowments: Vec::new(),
                    prices: Vec::new(),
                    productivity: None,
                    augmentations: Vec::new(),
                });
            }
        }
    }

    /// Registers an element of a family as a name of its own, unless it is one.
    fn unique(&mut self, name: &Arc<str>, head: &Head, d: &Arc<Declaration>, what: What) -> bool {
        if head.name.is_some() {
            return true;
        }
        let names = &mut self.economy.names;
        if let Some(first) = names.entries.get(name) {
            if !(what == What::Industry && first.what == What::Good) {
                let diagnostic = Diagnostic::new("N040", format!("`{name}` is declared twice"))
                    .at(head.span, format!("declared as {} here", what.word()))
                    .see(first.span, format!("and as {} here", first.what.word()))
                    .help("all kinds of names share one namespace: rename one (only a good and its industry may share a name)");
                self.diagnostics.push(diagnostic);
                return false;
            }
            return true;
        }
        names.order.push(name.clone());
        names.entries.insert(name.clone(), Entry { what, span: head.span, declaration: d.clone(), prefix: None });
        true
    }

    fn factors(&mut self) {
        for (d, scope) in self.declarations() {
            let Kind::Factor { name, label, price, specific } = &d.kind else { continue };
            let Some(n) = &name.name else {
                self.report(Diagnostic::new("N046", "a family of factors needs a name").at(name.span, "write `factor K[g in S]`"));
                continue;
            };
            let base = self.economy.names.full_name(&n.text, scope.prefix.as_deref());
            for (full, s) in self.elements(name, &scope) {
                let specific = match specific {
                    Some(sp) => match self.resolver().element(&name_expr(sp), &s) {
                        Ok(e) => Some(e),
                        Err(Reported) => continue,
                    },
                    None => None,
                };
                self.economy.add_factor(Factor {
                    name: full,
                    base: base.clone(),
                    index: s.elements(),
                    label: label.as_ref().map(|l| l.text.clone()),
                    price: price.as_ref().map(|p| self.economy.names.full_name(&p.text, scope.prefix.as_deref())),
                    specific,
                    span: name.span,
                });
            }
        }
    }

    fn goods(&mut self) {
        for (d, scope) in self.declarations() {
            let Kind::Good(g) = &d.kind else { continue };
            for (name, s) in self.elements(&g.head, &scope) {
                if !self.unique(&name, &g.head, d, What::Good) {
                    continue;
                }
                let symbol = g.price.as_ref().and_then(|p| p.symbol.as_ref()).map(|p| self.economy.names.full_name(&p.text, scope.prefix.as_deref()));
                self.economy.add_good(Good {
                    name,
                    label: g.label.as_ref().map(|l| l.text.clone()),
                    price: symbol.map(|p| (p, s.elements())),
                    given: None,
                    numeraire: g.numeraire,
                    nontraded: g.nontraded,
                    at_world_price: g.price.as_ref().is_some_and(|p| p.value.is_some()),
                    differentiated: g.differentiated.is_some(),
                    origins: None,
                    bordered: false,
                    span: g.head.span,
                });
            }
        }
    }

    /// Symbols for the members of parameters, variables and lets; their values come when all names are known.
    fn members(&mut self) {
        for (d, scope) in self.declarations() {
            let (head, quantity, label) = match &d.kind {
                Kind::Parameter { name, label, .. } => (name, Quantity::Declared, label),
                Kind::Variable { name, label, .. } => (name, Quantity::Variable, label),
                Kind::Let { name, label, .. } => (name, Quantity::Named, label),
                _ => continue,
            };
            let Some(n) = &head.name else {
                self.report(Diagnostic::new("N046", "a family needs a name").at(head.span, "as in `a[g in S]`"));
                continue;
            };
            let base = self.economy.names.full_name(&n.text, scope.prefix.as_deref());
            if self.economy.names.entries.get(&base).is_none_or(|e| !Arc::ptr_eq(&e.declaration, d)) {
                continue;
            }
            let Ok(scopes) = self.resolver().members(head.family.as_ref(), &scope) else { continue };
            if self.economy.syms.len() + scopes.len() > bounds::MEMBERS {
                let d = Diagnostic::new("N012", format!("`{base}` has {}", bounds::members(scopes.len())))
                    .at(head.span, format!("with it the model has more than the {} that are handled", bounds::grouped(bounds::MEMBERS)))
                    .help("narrow the sets");
                self.report(d);
                continue;
            }
            self.economy.names.tables.entry(base.clone()).or_default();
            let meaning = label.as_ref().map(|l| l.text.to_string()).unwrap_or_default();
            for s in scopes {
                let index = s.elements();
                let role = match quantity {
                    Quantity::Variable => Role::Unknown { lower: f64::NEG_INFINITY, upper: f64::INFINITY, start: None },
                    _ => Role::Parameter(f64::NAN),
                };
                let info = super::parameter_info(naming::indexed(&base, &index), quantity, role, meaning.clone(), Some(head.span));
                let sym = self.economy.new_sym(info);
                if let Some(t) = self.economy.names.tables.get_mut(&base) {
                    t.insert(index, sym);
                }
                if quantity == Quantity::Named {
                    self.economy.lets.push(sym);
                }
            }
        }
    }

    /// Tables of factor and good prices under their symbols, and given prices as parameters.
    fn prices(&mut self) {
        let countries = self.economy.countries.len();
        for f in 0..self.economy.factors.len() {
            for r in 0..countries {
                if self.economy.countries[r].outside {
                    continue;
                }
                let sym = self.economy.quantity(Key::FactorPrice(f, r));
                self.factor_price_entry(f, r, sym);
            }
        }
        for (d, scope) in self.declarations() {
            let Kind::Good(g) = &d.kind else { continue };
            for (name, s) in self.elements(&g.head, &scope) {
                let Some(at) = self.economy.good_named(&name) else { continue };
                let good = self.economy.goods[at].clone();
                let value = g.price.as_ref().and_then(|p| p.value.as_ref());
                let place = match &good.price {
                    Some((p, index)) => naming::indexed(p, index),
                    None if good.bordered => naming::indexed("price", &[name.clone(), super::border::WORLD.into()]),
                    None => naming::indexed("price", &[name.clone()]),
                };
                let label = good.label.clone().unwrap_or_else(|| name.clone());
                if let Some(value) = value {
                    if good.nontraded {
                        let d = Diagnostic::new("M020", format!("`{name}` is not traded, so it has no world price"))
                            .at(value.span, "a given world price")
                            .see(good.span, "declared nontraded")
                            .help("remove one of the two");
                        self.report(d);
                    }
                    if good.numeraire {
                        let d = Diagnostic::new("M021", format!("`{name}` has a given price and is the numeraire"))
                            .at(value.span, "a given price anchors all prices")
                            .see(good.span, "so a numeraire is one anchor too many")
                            .help("remove `numeraire`");
                        self.report(d);
                    }
                    let sym = self.place(place, Quantity::GivenPrice, value, &s, &format!("world price of {label}"), true);
                    if let Some(sym) = sym {
                        self.economy.goods[at].given = Some(sym);
                        self.check(sym, Demand::Positive, value.span, format!("the price of `{name}`"));
                    }
                } else if good.numeraire {
                    let one = self.economy.dag.constant(1.0);
                    let sym = self.place_node(place, Quantity::Numeraire, one, g.head.span, &format!("price of {label}, the numeraire"));
                    self.economy.goods[at].given = None;
                    let place = if good.nontraded { self.economy.sole_country() } else { None };
                    if good.nontraded && place.is_none() {
                        let d = Diagnostic::new("N008", format!("the numeraire `{name}` has a price in each country"))
                            .at(good.span, "nontraded, so no single price anchors the others")
                            .help(format!("write `numeraire price[{name}, COUNTRY]` with the country that is meant"));
                        self.report(d);
                    }
                    self.economy.keys.insert(Key::GoodPrice(at, place), sym);
                }
                // The symbol of a good at the border is that of its world price.
                let by_country = !good.one_price() && !good.bordered;
                let countries: Vec<Option<usize>> = if by_country { self.economy.inside().map(Some).collect() } else { vec![None] };
                for r in countries {
                    let sym = self.economy.good_price(at, r);
                    if let Some((p, index)) = &good.price {
                        let mut index = index.clone();
                        index.extend(r.map(|r| self.economy.countries[r].name.clone()));
                        let table = self.economy.names.tables.entry(p.clone()).or_default();
                        table.by_country = by_country;
                        table.insert(index, sym);
                    }
                }
            }
        }
    }

    pub fn factor_price_entry(&mut self, f: usize, r: usize, sym: Sym) {
        let Some(p) = self.economy.factors[f].price.clone() else { return };
        let mut index = self.economy.factors[f].index.clone();
        index.push(self.economy.countries[r].name.clone());
        let table = self.economy.names.tables.entry(p).or_default();
        table.by_country = true;
        table.insert(index, sym);
    }

    /// A symbol for a number with a name by its place; `always` makes one of its own even where the value is another parameter.
    pub fn place(&mut self, name: String, quantity: Quantity, value: &Expr, scope: &Scope, meaning: &str, always: bool) -> Option<Sym> {
        let node = self.resolver().expr(value, scope).ok()?;
        self.resolver().only_parameters(node, value.span, &format!("`{name}`")).ok()?;
        if !always && let crate::expr::Node::Sym(s) = self.economy.dag.node(node) {
            return Some(*s);
        }
        Some(self.place_node(name, quantity, node, value.span, meaning))
    }

    pub fn place_node(&mut self, name: String, quantity: Quantity, node: NodeId, span: Span, meaning: &str) -> Sym {
        let role = match self.economy.dag.as_const(node) {
            Some(v) => Role::Parameter(v),
            None => Role::Definition(node),
        };
        let sym = self.economy.new_sym(super::parameter_info(name, quantity, role, meaning.to_string(), Some(span)));
        self.economy.written.insert(sym, span);
        sym
    }

    pub fn check(&mut self, sym: Sym, what: Demand, span: Span, subject: String) {
        let node = self.economy.dag.sym(sym);
        self.economy.checks.push(ValueCheck { sym: Some(sym), node, what, span, subject });
    }

    /// Adds to the table of names by place: `sigma[x]`, `L[Home]`.
    pub fn enter(&mut self, table: &str, index: Vec<Arc<str>>, sym: Sym, by_country: bool) {
        let t: &mut Table = self.economy.names.tables.entry(table.into()).or_default();
        t.by_country = by_country;
        t.insert(index, sym);
    }
}

/// Letters of private use from here on stand for the Greek ones: they look like no others.
const GREEK: u32 = 0xe000;

fn head_name(head: &Head) -> Option<&Name> {
    head.name.as_ref()
}

pub fn name_expr(n: &Name) -> Expr {
    Expr { span: n.span, kind: ExprKind::Name(n.clone()) }
}

impl Economy {
    /// The price of a good for users in country `r`: given, the numeraire, an unknown, or what follows from other prices; without a country
    /// the world's.
    pub fn good_price(&mut self, good: usize, country: Option<usize>) -> Sym {
        let item = &self.goods[good];
        match (item.given, country) {
            (Some(sym), country) if !item.bordered || country.is_none() => sym,
            (None, _) if item.one_price() => self.quantity(Key::GoodPrice(good, None)),
            (_, country) => self.quantity(Key::GoodPrice(good, country)),
        }
    }

    /// The price that makers of a good get in country `r`.
    pub fn producer_price(&mut self, good: usize, country: usize) -> Sym {
        if self.goods[good].differentiated { self.quantity(Key::ProducerPrice(good, country)) } else { self.good_price(good, Some(country)) }
    }

    /// The price of a factor in a country; `None` where an outside country gives none.
    pub fn factor_price(&mut self, factor: usize, country: usize) -> Option<Sym> {
        if self.countries[country].outside {
            return self.countries[country].prices.get(factor).copied().flatten();
        }
        Some(self.quantity(Key::FactorPrice(factor, country)))
    }

    /// The names table, for callers that only read.
    pub fn names(&self) -> &Names {
        &self.names
    }
}
