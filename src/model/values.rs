//! Values that a file gives: endowments, prices and productivities of countries, parameters and their tables.

use super::resolve::{Resolver, Scope};
use super::structure::Builder;
use super::{Demand, Economy, Interval, naming};
use crate::diag::{Diagnostic, Diagnostics};
use crate::expr::NodeId;
use crate::source::Span;
use crate::syntax::tree::{self, Declaration, Expr, ExprKind, Head, Kind};
use crate::system::{Quantity, Role, SymInfo};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Where the rows of each table stand, by key.
type Places<'v> = FxHashMap<*const Vec<(tree::Name, Expr)>, FxHashMap<&'v str, usize>>;

impl Builder<'_> {
    /// Endowments, given factor prices and productivity of every country.
    pub(super) fn places_of_countries(&mut self) {
        let factors = self.economy.factors.len();
        for c in &mut self.economy.countries {
            c.endowments = vec![None; factors];
            c.prices = vec![None; factors];
        }
        for (d, scope) in self.declarations() {
            let Kind::Country(c) = &d.kind else { continue };
            for (name, s) in self.elements(&c.head, &scope) {
                let Some(r) = self.economy.country_named(&name) else { continue };
                let outside = self.economy.countries[r].outside;
                for (entries, is_price) in [(&c.endowments, false), (&c.prices, true)] {
                    for entry in entries {
                        let Ok(scopes) = self.resolver().members(entry.family.as_ref(), &s) else { continue };
                        for s in scopes {
                            self.country_entry(r, outside, entry, is_price, &s);
                        }
                    }
                }
                let place = [self.economy.countries[r].name.clone()];
                self.economy.countries[r].augmentations = self.augmentations(&c.augmentations, &place, &name, true, &s);
                if let Some(p) = &c.productivity {
                    let place = naming::by_country(&self.economy, self.place_word("productivity", "efficiency"), &[], Some(r)).0;
                    if let Some(sym) = self.place(place, Quantity::Place, p, &s, &format!("productivity of {name}"), true) {
                        self.economy.countries[r].productivity = Some(sym);
                        let word = self.place_word("productivity", "efficiency");
                        self.enter(word, vec![name.clone()], sym, true);
                        self.check(sym, Demand::Positive, p.span, format!("the productivity of {name}"));
                    }
                }
            }
        }
    }

    /// The word for a place, or its long form where the model declares the short one itself.
    pub fn place_word(&self, short: &'static str, long: &'static str) -> &'static str {
        if self.economy.names.entries.contains_key(short) { long } else { short }
    }

    fn country_entry(&mut self, r: usize, outside: bool, entry: &tree::Entry, is_price: bool, s: &Scope) {
        let Ok(key) = self.resolver().element(&entry.key, s) else { return };
        let country = self.economy.countries[r].name.clone();
        let Some(f) = self.economy.factor_named(&key) else {
            let mut d = Diagnostic::new("N031", format!("`{key}` is not a factor"))
                .at(entry.key.span, if is_price { "only factors have prices here" } else { "only factors can be endowed" });
            d.help = self
                .near(&key, || self.economy.factors.iter().map(|f| f.name.as_ref()))
                .map(|n| format!("did you mean `{n}`?"))
                .or_else(|| Some(format!("declare it: `factor {key}`")));
            self.report(d);
            return;
        };
        if is_price && !outside {
            let d = Diagnostic::new("M022", format!("the price of `{key}` in {country} is determined by its market"))
                .at(entry.key.span, "a given factor price")
                .help(format!("mark the country `outside` if its prices are given, or endow it: `endowment {key} = …`"));
            self.report(d);
            return;
        }
        if !is_price && outside {
            let d = Diagnostic::new("M023", format!("{country} is outside the model, so nothing clears there"))
                .at(entry.key.span, "an endowment plays no part")
                .help(format!("give the factor's price instead: `price {key} = …`"));
            self.report(d);
            return;
        }
        let taken = if is_price { self.economy.countries[r].prices[f] } else { self.economy.countries[r].endowments[f] };
        if taken.is_some() {
            self.report(
                Diagnostic::new("M024", format!("`{key}` is given twice in {country}")).at(entry.key.span, "again here").help("keep one of them"),
            );
            return;
        }
        let factor = self.economy.factors[f].clone();
        let label = factor.label.clone().unwrap_or_else(|| factor.name.clone());
        if is_price {
            let name = match &factor.price {
                Some(p) => naming::by_country(&self.economy, p, &factor.index, Some(r)),
                None => naming::by_country(&self.economy, "price", &[factor.name.clone()], Some(r)),
            };
            if let Some(sym) = self.place(name.0, Quantity::GivenPrice, &entry.value, s, &format!("price of {label} in {country}"), true) {
                let info = &mut self.economy.syms[sym.index()];
                (info.display, info.latex) = (name.1, name.2);
                self.economy.countries[r].prices[f] = Some(sym);
                self.factor_price_entry(f, r, sym);
                self.check(sym, Demand::Positive, entry.value.span, format!("the price of `{key}` in {country}"));
            }
            return;
        }
        let names = naming::by_country(&self.economy, &factor.base, &factor.index, Some(r));
        if let Some(sym) = self.place(names.0, Quantity::Endowment, &entry.value, s, &format!("endowment of {label} in {country}"), true) {
            let info: &mut SymInfo = &mut self.economy.syms[sym.index()];
            (info.display, info.latex) = (names.1, names.2);
            self.economy.countries[r].endowments[f] = Some(sym);
            let mut index = factor.index.clone();
            index.push(country.clone());
            self.enter(&factor.base, index, sym, true);
            self.check(sym, Demand::NonNegative, entry.value.span, format!("the endowment of `{key}` in {country}"));
        }
    }

    /// Values and intervals of parameters, intervals and starts of variables.
    pub(super) fn parameter_values(&mut self) {
        for (d, scope) in self.declarations() {
            match &d.kind {
                Kind::Parameter { name, value, interval, .. } => {
                    let Some(base) = self.own_table(name, d, &scope) else { continue };
                    let mut known = Places::default();
                    for (index, s) in self.indexed_scopes(name, &scope) {
                        let Some(&sym) = self.economy.names.tables.get(&base).and_then(|t| t.members.get(&index)) else { continue };
                        let Some(v) = self.table_value(value, &index, &naming::indexed(&base, &index), &mut known) else { continue };
                        let Ok(node) = self.resolver().expr(v, &s) else { continue };
                        let shown = format!("the parameter `{}`", self.economy.info(sym).name);
                        if self.resolver().only_parameters(node, v.span, &shown).is_err() {
                            continue;
                        }
                        self.economy.written.insert(sym, v.span);
                        self.economy.syms[sym.index()].role = match self.economy.dag.as_const(node) {
                            Some(c) => Role::Parameter(c),
                            None => Role::Definition(node),
                        };
                        if let Some(interval) = interval.as_ref().and_then(|i| self.interval(i, &s)) {
                            let subject = format!("`{}`", self.economy.info(sym).name);
                            self.check(sym, Demand::Within(interval), v.span, subject);
                        }
                    }
                    self.unused_rows(value, name, &scope);
                }
                Kind::Variable { name, interval, start, .. } => {
                    let Some(base) = self.own_table(name, d, &scope) else { continue };
                    let mut values = None;
                    for (index, s) in self.indexed_scopes(name, &scope) {
                        let Some(&sym) = self.economy.names.tables.get(&base).and_then(|t| t.members.get(&index)) else { continue };
                        let open = interval.as_ref().map_or([false; 2], |i| [i.low_open, i.high_open]);
                        self.economy.variables.push(super::UserVariable { sym, open, span: name.span });
                        let (mut lower, mut upper) = (f64::NEG_INFINITY, f64::INFINITY);
                        if let Some(i) = interval.as_ref().and_then(|i| self.interval(i, &s)) {
                            let at = |n: Option<NodeId>, other: f64, e: &Economy| n.map_or(Some(other), |n| e.dag.as_const(n));
                            match (at(i.low, lower, &self.economy), at(i.high, upper, &self.economy)) {
                                (Some(l), Some(h)) => (lower, upper) = (l, h),
                                _ => self.report(
                                    Diagnostic::new("M025", "the bounds of a variable are numbers")
                                        .at(i.span, "these depend on parameters")
                                        .help("use an equation with `complements` for a bound that moves"),
                                ),
                            }
                        }
                        let start = start.as_ref().and_then(|e| {
                            let node = self.resolver().expr(e, &s).ok()?;
                            self.resolver().only_parameters(node, e.span, "a start").ok()?;
                            if let Some(value) = self.economy.dag.as_const(node) {
                                return Some(value);
                            }
                            // Parameters are all there before variables are: their values hold for the whole family.
                            let values = values.get_or_insert_with(|| self.economy.parameter_values(&Default::default()));
                            let value = |s: crate::expr::Sym| values.get(s.index()).copied().unwrap_or(f64::NAN);
                            Some(crate::expr::eval::evaluate_one(&self.economy.dag, node, &mut |s| value(s)))
                        });
                        self.economy.syms[sym.index()].role = Role::Unknown { lower, upper, start };
                    }
                }
                _ => {}
            }
        }
    }

    /// The name of a declaration's table, unless the declaration lost its name to an earlier one.
    pub fn own_table(&self, head: &Head, d: &Arc<Declaration>, scope: &Scope) -> Option<Arc<str>> {
        let n = head.name.as_ref()?;
        let base = self.economy.names.full_name(&n.text, scope.prefix.as_deref());
        // A family that was refused for its size has no table.
        let made = self.economy.names.tables.contains_key(&base);
        self.economy.names.entries.get(&base).filter(|e| made && Arc::ptr_eq(&e.declaration, d)).map(|_| base.clone())
    }

    pub fn indexed_scopes(&mut self, head: &Head, scope: &Scope) -> Vec<(Vec<Arc<str>>, Scope)> {
        // Errors in the family were reported when its members were made.
        let mut quiet = Diagnostics::default();
        let scopes = Resolver { economy: &mut self.economy, diagnostics: &mut quiet }.members(head.family.as_ref(), scope).unwrap_or_default();
        scopes.into_iter().map(|s| (s.elements(), s)).collect()
    }

    /// The entry of an inline table for an index, or the expression itself.
    fn table_value<'v>(&mut self, value: &'v Expr, index: &[Arc<str>], shown: &str, known: &mut Places<'v>) -> Option<&'v Expr> {
        let mut at = value;
        for i in index {
            let ExprKind::Table(rows) = &at.bare().kind else { return Some(at) };
            let places = known.entry(std::ptr::from_ref(rows)).or_insert_with(|| {
                let mut places: FxHashMap<&'v str, usize> = FxHashMap::default();
                for (k, row) in rows.iter().enumerate() {
                    places.entry(row.0.text.as_ref()).or_insert(k);
                }
                places
            });
            match places.get(i.as_ref()).and_then(|k| rows.get(*k)) {
                Some((_, v)) => at = v,
                None => {
                    self.report(
                        Diagnostic::new("M026", format!("`{shown}` has no value"))
                            .at(at.span, format!("this table has no entry for `{i}`"))
                            .help(format!("add `{}: …`", naming::element(i))),
                    );
                    return None;
                }
            }
        }
        Some(at)
    }

    /// Entries of a table that no member asks for are slips of the pen.
    fn unused_rows(&mut self, value: &Expr, head: &Head, scope: &Scope) {
        if !matches!(value.bare().kind, ExprKind::Table(_)) {
            return;
        }
        let indices: Vec<Vec<Arc<str>>> = self.indexed_scopes(head, scope).into_iter().map(|(i, _)| i).collect();
        let rest: Vec<&[Arc<str>]> = indices.iter().map(Vec::as_slice).collect();
        self.unused_below(value, &rest);
    }

    /// The same for one level of a table, given what is left of the indices of the members that it holds.
    fn unused_below(&mut self, value: &Expr, indices: &[&[Arc<str>]]) {
        let ExprKind::Table(rows) = &value.bare().kind else { return };
        let mut groups: rustc_hash::FxHashMap<&str, Vec<&[Arc<str>]>> = Default::default();
        for i in indices {
            if let Some((first, rest)) = i.split_first() {
                groups.entry(first.as_ref()).or_default().push(rest);
            }
        }
        let mut seen: rustc_hash::FxHashMap<&str, Span> = Default::default();
        for (key, below) in rows {
            if let Some(first) = seen.insert(key.text.as_ref(), key.span) {
                let d =
                    Diagnostic::new("M024", format!("`{}` stands twice in this table", key.text)).at(key.span, "again here").see(first, "the first");
                self.report(d.help("keep one of them"));
            }
            match groups.get(key.text.as_ref()) {
                Some(rest) => self.unused_below(below, rest),
                None => {
                    let mut d =
                        Diagnostic::new("M027", format!("`{}` is no index of this family", key.text)).at(key.span, "this entry is never used");
                    d.help = self.near(&key.text, || groups.keys().copied()).map(|n| format!("did you mean `{n}`?"));
                    self.report(d);
                }
            }
        }
    }

    pub fn interval(&mut self, i: &tree::Interval, scope: &Scope) -> Option<Interval> {
        let bound = |e: &Expr, infinite: &str, b: &mut Self| -> Option<Option<NodeId>> {
            let bare = e.bare();
            let is_inf = |x: &Expr| matches!(&x.bare().kind, ExprKind::Name(n) if n.text.as_ref() == "inf");
            if is_inf(bare) && infinite == "inf" || matches!(&bare.kind, ExprKind::Negate(x) if is_inf(x)) && infinite == "-inf" {
                return Some(None);
            }
            let node = b.resolver().expr(e, scope).ok()?;
            b.resolver().only_parameters(node, e.span, "a bound").ok()?;
            Some(Some(node))
        };
        let low = bound(&i.low, "-inf", self)?;
        let high = bound(&i.high, "inf", self)?;
        if let (Some(l), Some(h)) = (low.and_then(|n| self.economy.dag.as_const(n)), high.and_then(|n| self.economy.dag.as_const(n)))
            && (l > h || (l == h && (i.low_open || i.high_open)))
        {
            self.report(Diagnostic::new("M028", "this interval is empty").at(i.span, "no number lies in it").help("the lower bound comes first"));
            return None;
        }
        Some(Interval { low, high, low_open: i.low_open, high_open: i.high_open, span: i.span })
    }
}
